"""A province of any size as facts: every place with its government, party committee and departments, and firms in townships;
and one whose places are crowded with firms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from zeren.models.facts import Fact, Facts, Value
from zeren.models.moments import parse_moment
from zeren.models.organisation import Organisation
from zeren.models.relations import RELATIONS

SINCE = parse_moment("2020-01-01")
TRADES = ("铸造", "冶金", "纺织", "食品", "建材", "机械", "化工", "造纸", "木材", "塑料", "电子", "仓储")
FIRMS, TOWNS, COUNTIES = 12, 12, 10


def fact(relation: str, **cells: Value) -> Fact:
    """A fact; ``as`` is written ``as_``."""
    given = {name.rstrip("_"): value for name, value in cells.items()}
    return Fact(relation, tuple(given.get(name) for name in RELATIONS[relation].names))


class Grid:
    """Grows places until there are enough units and posts."""

    def __init__(self, nodes: int) -> None:
        self.facts: list[Fact] = [fact("industry", id="工贸"), fact("industry", id="教育"), *(fact("industry", id=one, parent="工贸") for one in TRADES)]
        self.nodes, self._wanted, self._firms = 0, nodes, 0
        self._place("省", "省级", None)
        cities = iter(range(10_000))
        while not self.full:
            self._city(f"市{next(cities)}")

    @property
    def full(self) -> bool:
        """Whether there are enough units and posts."""
        return self.nodes >= self._wanted

    def _city(self, city: str) -> None:
        self._place(city, "市级", "省")
        for county in (f"{city}县{number}" for number in range(COUNTIES)):
            if self.full:
                return
            self._place(county, "县级", city)
            for town in (f"{county}镇{number}" for number in range(TOWNS)):
                self._place(town, "乡级", county)
                for _ in range(FIRMS):
                    self._firm(town)

    def _firm(self, town: str) -> None:
        firm = f"企{self._firms}"
        self._unit(firm, "企业", None, town)
        self.facts.append(fact("operates", unit=firm, industry=TRADES[self._firms % len(TRADES)]))
        self._posts(firm, [("总", "主要负责人", ()), ("安", "班子成员", [("事项", "安全生产")]), ("员", "安全管理人员", ())])
        if self._firms % 3 == 2:
            self.facts.append(fact("link", id=f"L{firm}", kind="发包", source=firm, target=f"企{self._firms - 1}", since=SINCE))
        self.facts.append(fact("record", id=f"J{firm}", kind="检查", at=parse_moment("2024-03-01"), actor=f"{town}应急局员", object=firm))
        self._firms += 1

    def _place(self, place: str, level: str, above: str | None) -> None:
        government, party = f"{place}政府", f"{place}委"
        self.facts.append(fact("territory", id=place, level=level, parent=above))
        self._unit(government, "政府", level, place, f"{above}政府" if above else None)
        self._unit(party, "党委", level, place)
        self.facts.append(fact("pair", party=party, government=government))
        self._posts(government, [("正", "主要负责人", ()), ("安", "党政副职", [("事项", "安全生产")]), ("工", "党政副职", [("行业", "工贸")]),
                                 ("教", "党政副职", [("行业", "教育")])])
        self._posts(party, [("书", "主要负责人", ())])
        for name, industry, kind in (("应急局", None, "综合监管"), ("工信局", "工贸", "行业主管"), ("教育局", "教育", "行业主管")):
            self._unit(place + name, "站所" if level == "乡级" else "部门", level, place, government)
            self.facts.append(fact("mandate", unit=place + name, kind=kind, industry=industry, territory=place))
            self._posts(place + name, [("长", "主要负责人", ()), ("副", "班子成员", [("事项", "安全生产")]), ("科", "内设机构负责人", [("行业", "工贸")]),
                                       ("员", "经办人员", ())])

    def _unit(self, id: str, kind: str, level: str | None, territory: str, superior: str | None = None) -> None:
        self.nodes += 1
        self.facts.append(fact("unit", id=id, kind=kind, level=level, territory=territory))
        if superior is not None:
            self.facts.append(fact("subordination", unit=id, superior=superior, kind="领导"))

    def _posts(self, unit: str, posts: Iterable[tuple[str, str, Iterable[tuple[str, str]]]]) -> None:
        for name, role, portfolio in posts:
            self.nodes += 1
            post = unit + name
            self.facts += [fact("post", id=post, unit=unit, role=role), fact("appointment", post=post, person=f"人{post}", since=SINCE)]
            self.facts += [fact("portfolio", post=post, kind=kind, subject=subject) for kind, subject in portfolio]


def accident() -> Iterator[Fact]:
    """An accident with twelve deaths in the first firm of a chain of contracts, and what an inquiry found."""
    yield fact("incident", id="SG", at=parse_moment("2024-06-03 14:00"), territory="市0县0镇3", industry="铸造", kind="生产安全事故", deaths=Decimal(12),
               missing=Decimal(0), serious_injuries=Decimal(0), direct_loss=Decimal(900))
    yield fact("involved", incident="SG", subject="企40", part="经营")
    yield fact("link", id="LX", kind="发包", source="企41", target="企40", since=SINCE)
    yield fact("inquiry", id="Q", incident="SG", level="省级", stage="正式")
    yield fact("finding", inquiry="Q", unit="企40", duty="未排查隐患")
    yield fact("finding", inquiry="Q", unit="市0县0镇3政府", duty="监管不力")


def province(nodes: int) -> Organisation:
    """An organisation with at least ``nodes`` units and posts, and one accident."""
    return Organisation("省", Facts([*Grid(nodes).facts, *accident()]), {}, parse_moment("2024-12-31", "end"))


def crowd(nodes: int, firms: int, busy: bool = False) -> Organisation:
    """A province with ``firms`` more firms in the places around the accident. ``busy``: one office of the county has inspected,
    licensed, and found a hazard in each."""
    places, more = ("省", "市0", "市0县0", "市0县0镇3"), list[Fact]()
    for number in range(firms):
        firm, office, at = f"众{number}", "市0县0应急局", parse_moment("2024-03-01") + 60 * number
        more += [fact("unit", id=firm, kind="企业", territory=places[number % 4]), fact("post", id=f"{firm}总", unit=firm, role="主要负责人"),
                 fact("appointment", post=f"{firm}总", person=f"人{firm}", since=SINCE), fact("operates", unit=firm, industry=TRADES[number // 4 % 12])]
        if busy:
            more += [fact("record", id=f"检{firm}", kind="检查", at=at, actor=f"{office}员", object=firm), fact("detail", record=f"检{firm}", key="检查人", value=f"{office}员"),
                     fact("link", id=f"证{firm}", kind="审批", source=office, target=firm, actor=f"{office}科", since=SINCE),
                     fact("hazard", id=f"患{firm}", unit=firm, grade="一般", found_at=at, found_by=f"{office}员")]
    return Organisation("省", Facts([*Grid(nodes).facts, *accident(), *more]), {}, parse_moment("2024-12-31", "end"))
