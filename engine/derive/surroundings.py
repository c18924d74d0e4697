"""What surrounds an accident: its places, its trades, the units bound to it by contract or ownership, and who was in charge.

``scene``, ``trade`` and ``party`` are as of the moment of the accident, so that a contract that ended since still counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Final

from zeren.engine.derive.closures import holds
from zeren.models.facts import Fact, Facts, Value

#: What stands in ``remit.kind`` where no portfolio of a post is known at all.
UNSTATED: Final = "未载"
#: Links that bind the maker of an accident to somebody who answers with him: from target to source, any depth.
_BINDING: Final = ("发包", "出租", "出借资质", "物业", "委托", "出资")
#: Parties that are in the accident without answering through contracts.
_OUTSIDE: Final = ("受害", "属地", "监管")
#: Units that act for another one: what they do, the firm does.
_INNER: Final = ("内设机构", "项目", "站所", "派出机构")
_FIRMS: Final = ("企业", "事业单位", "个体户", "自然人", "无证经营体")

Row = Mapping[str, Value]


def scene(facts: Facts, incident: str) -> Iterator[Fact]:
    """Yield the territories that hold the place of an accident, the smallest first: incident, territory, level, depth.

    The place is the stated territory, else that of the site, else those of the units that ran the work; the territories
    of units that are named as 属地 count too.
    """
    row = _incident(facts, incident)
    if row is None:
        return
    places = [row["territory"]]
    if places[0] is None:
        places = [site["territory"] for _, site in facts.where("site", "id", row["site"])]
    parts = list(facts.where("involved", "incident", incident))
    named = [one["subject"] for _, one in parts if one["part"] == "属地"]
    if not any(place is not None for place in places) and not named:
        named = [one["subject"] for _, one in parts if one["part"] not in _OUTSIDE]
    places += [unit["territory"] for subject in named for unit in _unit_of(facts, subject)]
    found: dict[str, tuple[int, Value]] = {}
    for place in places:
        depth = 0
        while place is not None and (at := next(facts.where("territory", "id", place), None)) is not None:
            known = found.get(str(place))
            if known is not None and known[0] <= depth:  # what lies above was reached from here already
                break
            found[str(place)] = (depth, at[1]["level"])
            place, depth = at[1]["parent"], depth + 1
    for territory, (depth, level) in sorted(found.items(), key=lambda entry: (entry[1][0], entry[0])):
        yield Fact("scene", (incident, territory, level, Decimal(depth)))


def trade(facts: Facts, incident: str) -> Iterator[Fact]:
    """Yield the trades of an accident with all trades above them: incident, industry, depth.

    They are the stated one, what the site falls under, and what the units that ran the work operate.
    """
    row = _incident(facts, incident)
    if row is None:
        return
    frontier: set[str] = {str(value) for value in (row["industry"],) if value is not None}
    frontier |= {str(one["whole"]) for _, one in facts.where("falls", "part", row["site"]) if row["site"] is not None}
    for fact in party(facts, incident):
        if fact.values[2] in ("经营", "使用") and fact.values[3] == 0:
            frontier |= {str(one["industry"]) for _, one in facts.where("operates", "unit", fact.values[1])}
    seen: set[str] = set()
    depth = 0
    while frontier:
        for industry in sorted(frontier):
            yield Fact("trade", (incident, industry, Decimal(depth)))
        seen |= frontier
        above = {one["parent"] for id in frontier for _, one in facts.where("industry", "id", id)}
        above |= {one["whole"] for id in frontier for _, one in facts.where("falls", "part", id)}
        frontier, depth = {str(value) for value in above if value is not None} - seen, depth + 1


def party(facts: Facts, incident: str) -> Iterator[Fact]:
    """Yield the units in an accident and those bound to them: incident, unit, as, depth, via.

    Depth 0 are the units named as involved, those of involved posts, those standing on the site, and the firms that inner
    sections and projects act for. Deeper ones follow contracts, leases, lent qualifications and shares upwards, any depth;
    ``as`` is then the kind of the last link. Where an owner is involved and nobody as contractor, his contractors are parties.
    """
    row = _incident(facts, incident)
    if row is None or not isinstance(row["at"], int):
        return
    at = row["at"]
    found: dict[tuple[str, str], tuple[int, str | None]] = {}
    for unit, part, via in _named(facts, incident, row, at):
        found.setdefault((unit, part), (0, via))
    owners = [unit for unit, part in found if part in ("所有", "发包")]
    if owners and not any(part in ("承包", "施工") for _, part in found):
        _spread(found, owners, lambda unit: _contractors(facts, unit, at))
    starts = sorted({unit for unit, part in found if part not in _OUTSIDE})
    site = [(str(one["source"]), str(one["kind"])) for _, one in facts.where("link", "target", row["site"])
            if row["site"] is not None and one["kind"] in _BINDING and _in_force(one, at)]
    for unit, kind in site:
        found.setdefault((unit, kind), (1, None))
    _spread(found, [*starts, *(unit for unit, _ in site)], lambda unit: _above(facts, unit, at))
    for (unit, part), (depth, through) in sorted(found.items(), key=lambda entry: (entry[1][0], entry[0])):
        yield Fact("party", (incident, unit, part, Decimal(depth), through))


def remit(facts: Facts, post: str, moment: int) -> Iterator[Fact]:
    """Yield what a post was in charge of at ``moment``: post, unit, kind, subject; 未载 where nothing was ever written."""
    own = next(facts.where("post", "id", post), None)
    if own is None:
        return
    unit = own[1]["unit"]
    rows = [row for _, row in facts.where("portfolio", "post", post)]
    for row in rows:
        if holds(row["since"], row["until"], moment):
            yield Fact("remit", (post, unit, row["kind"], row["subject"]))
    if not rows:
        yield Fact("remit", (post, unit, UNSTATED, None))


def surroundings(facts: Facts, relation: str, moment: int) -> Iterator[Fact]:
    """All rows of one of the relations of this module."""
    if relation == "remit":
        for fact in facts.of("post"):
            yield from remit(facts, str(fact.values[0]), moment)
    else:
        for fact in facts.of("incident"):
            yield from SURROUNDINGS[relation](facts, str(fact.values[0]))


SURROUNDINGS: Final[Mapping[str, Callable[[Facts, str], Iterator[Fact]]]] = {"scene": scene, "trade": trade, "party": party}
#: The relations of this module.
NAMES: Final = (*SURROUNDINGS, "remit")


def _spread(found: dict[tuple[str, str], tuple[int, str | None]], starts: list[str],
            following: Callable[[str], Iterator[tuple[str, str]]]) -> None:
    """Follow links from ``starts``, nearest first; each (unit, part) keeps its shortest way."""
    seen: set[str] = set()
    frontier, depth = sorted(set(starts)), 1
    while frontier:
        seen.update(frontier)
        reached: set[str] = set()
        for unit in frontier:
            for other, part in following(unit):
                found.setdefault((other, part), (depth, unit))
                reached.add(other)
        frontier, depth = sorted(reached - seen), depth + 1


def _named(facts: Facts, incident: str, row: Row, at: int) -> Iterator[tuple[str, str, str | None]]:
    """The units that the accident itself names, and the firms of inner units."""
    direct: list[tuple[str, str]] = []
    for _, one in facts.where("involved", "incident", incident):
        part = str(one["part"] or "经营")
        units = [str(unit["id"]) for unit in _unit_of(facts, one["subject"])]
        units += [str(seat["subject"]) for _, seat in facts.where("occupies", "site", one["subject"]) if _in_force(seat, at)]
        direct += [(unit, part) for unit in units]
    if row["site"] is not None:
        direct += [(str(seat["subject"]), str(seat["as"])) for _, seat in facts.where("occupies", "site", row["site"])
                   if _in_force(seat, at)]
    for unit, part in dict.fromkeys(direct):
        yield unit, part, None
        below, climbed = unit, {unit}
        while part not in _OUTSIDE and (firm := _firm(facts, below, at)) is not None and firm not in climbed:
            yield firm, part, below
            below = firm
            climbed.add(firm)


def _firm(facts: Facts, unit: str, at: int) -> str | None:
    """The firm that an inner section or project belongs to."""
    own = next(facts.where("unit", "id", unit), None)
    if own is None or own[1]["kind"] not in _INNER:
        return None
    above = sorted(str(one["superior"]) for _, one in facts.where("subordination", "unit", unit)
                   if one["kind"] in ("内设", "领导") and _in_force(one, at))
    return next((id for id in above for _, one in facts.where("unit", "id", id) if one["kind"] in (*_FIRMS, *_INNER)), None)


def _above(facts: Facts, unit: str, at: int) -> Iterator[tuple[str, str]]:
    for _, link in facts.where("link", "target", unit):
        if link["kind"] in _BINDING and _in_force(link, at):
            yield str(link["source"]), str(link["kind"])
    own = next(facts.where("unit", "id", unit), None)
    for _, one in facts.where("subordination", "unit", unit):
        if not _in_force(one, at):
            continue
        upper = next(facts.where("unit", "id", one["superior"]), None)
        group = upper is not None and own is not None and upper[1]["kind"] == "企业" and own[1]["kind"] == "企业"
        if one["kind"] == "出资" or (group and one["kind"] in ("领导", "委托")):
            yield str(one["superior"]), "出资"


def _contractors(facts: Facts, unit: str, at: int) -> Iterator[tuple[str, str]]:
    for _, link in facts.where("link", "source", unit):
        if link["kind"] == "发包" and _in_force(link, at):
            for other in _unit_of(facts, link["target"]):
                yield str(other["id"]), "承包"


def _unit_of(facts: Facts, subject: Value) -> Iterator[Row]:
    """The unit that a subject is, or the unit of the post that it is."""
    yield from (row for _, row in facts.where("unit", "id", subject))
    for _, post in facts.where("post", "id", subject):
        yield from (row for _, row in facts.where("unit", "id", post["unit"]))


def _in_force(row: Row, at: int) -> bool:
    return holds(row["since"], row["until"], at)


def _incident(facts: Facts, incident: str) -> Row | None:
    found = next(facts.where("incident", "id", incident), None)
    return found[1] if found is not None else None
