"""The responsibility graph at a moment: units, posts, persons and places, joined by typed edges.

An edge runs from the one who leads, supervises or answers to the one led or supervised. :class:`Network` reads the facts into
indexes and yields the edges that end at a node; ``graphs.walks`` makes graphs and neighbourhoods of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from zeren.engine.derive.closures import COMMAND, holds
from zeren.models.facts import Fact, Facts, Value

#: (relation, id): the ids of different relations may be equal.
Node = tuple[str, str]

#: Those who are supervised, and those who answer for a place.
SUPERVISED: Final = ("企业", "项目", "个体户", "事业单位", "中介机构", "自然人", "无证经营体")
AUTHORITIES: Final = ("政府", "园区")
#: Units that no longer work.
GONE: Final = ("关闭", "注销")
#: Kind of mandate → kind of edge.
MANDATES: Final = {"行业主管": "主管行业", "专项监管": "专项监管", "综合监管": "综合监管", "行政审批": "行政审批"}
#: The edges along which somebody watches over another's safety.
WATCH: Final = frozenset({*MANDATES.values(), "属地"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that exists at the moment; ``place`` is its territory, or that of the nearest unit above it."""

    id: str
    kind: str
    function: str
    level: str
    place: str | None
    partial: bool
    fact: Fact


@dataclass(frozen=True, slots=True)
class Edge:
    """One typed edge and the fact that it rests on; ``note`` is the industry of a mandate, or how a post is held."""

    source: Node
    target: Node
    kind: str
    fact: Fact
    note: str = ""

    @property
    def key(self) -> tuple[Node, Node, str, str]:
        """What makes it the same edge."""
        return self.source, self.target, self.kind, self.note


class Network:
    """The facts as indexes, from which edges are made; nothing is computed before somebody asks for it."""

    def __init__(self, facts: Facts, on: int) -> None:
        self.facts, self.on = facts, on

    # -- what there is ----------------------------------------------------------------------------------------

    @cached_property
    def units(self) -> dict[str, Unit]:
        """The units that exist at the moment, by id."""
        rows = {str(row["id"]): (row, fact) for fact, row in self._rows("unit", spans=True) if row["status"] not in GONE}
        return {
            own: Unit(own, str(row["kind"]), str(row["function"] or ""), str(row["level"] or ""), self._place(own, rows),
                      row["partial"] is True, fact)
            for own, (row, fact) in rows.items()
        }  # fmt: skip

    @cached_property
    def above(self) -> dict[str, list[tuple[str, str, Fact]]]:
        """Unit → its superiors: (superior, kind of subordination, fact)."""
        found: defaultdict[str, list[tuple[str, str, Fact]]] = defaultdict(list)
        for fact, row in self._rows("subordination", spans=True):
            found[str(row["unit"])].append((str(row["superior"]), str(row["kind"]), fact))
        return dict(found)

    @cached_property
    def below(self) -> dict[str, list[tuple[str, str]]]:
        """Unit → those directly under it: (unit, kind of subordination)."""
        found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for own, superiors in self.above.items():
            for superior, kind, _ in superiors:
                found[superior].append((own, kind))
        return {own: sorted(set(rows)) for own, rows in found.items()}

    @cached_property
    def parents(self) -> dict[str, str | None]:
        """Territory → the territory that it lies in."""
        return {str(own): _text(parent) for own, parent in self.facts.columns("territory", "id", "parent")}

    @cached_property
    def levels(self) -> dict[str, str]:
        """Territory → level."""
        return {str(own): str(level) for own, level in self.facts.columns("territory", "id", "level")}

    @cached_property
    def inside(self) -> dict[str | None, list[str]]:
        """Territory → those directly inside it; those at the top stand under None."""
        found: defaultdict[str | None, list[str]] = defaultdict(list)
        for own, parent in self.parents.items():
            found[parent].append(own)
        return dict(found)

    @cached_property
    def residents(self) -> dict[str | None, list[str]]:
        """Territory → the units that have their place there; None: no place is stated."""
        found: defaultdict[str | None, list[str]] = defaultdict(list)
        for unit in self.units.values():
            found[unit.place].append(unit.id)
        return dict(found)

    @cached_property
    def wider(self) -> dict[str, list[str]]:
        """Industry → those one step wider: its parent and what it falls under."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for own, parent in self.facts.columns("industry", "id", "parent"):
            if parent is not None:
                found[str(own)].append(str(parent))
        for part, whole in self.facts.columns("falls", "part", "whole"):
            found[str(part)].append(str(whole))
        return dict(found)

    @cached_property
    def industries(self) -> dict[str, list[str]]:
        """Unit → the industries that it operates in."""
        return _grouped(self.facts.columns("operates", "unit", "industry"))

    @cached_property
    def mandates(self) -> dict[str, list[tuple[str, str | None, str | None, bool | None, Fact]]]:
        """Unit → its mandates: (kind, industry, territory, lead, fact)."""
        found: defaultdict[str, list[tuple[str, str | None, str | None, bool | None, Fact]]] = defaultdict(list)
        for fact, row in self._rows("mandate", spans=True):
            own = str(row["unit"])
            if own in self.units:
                lead = row["lead"] if isinstance(row["lead"], bool) else None
                found[own].append((str(row["kind"]), _text(row["industry"]), _text(row["territory"]) or self.units[own].place, lead, fact))
        return dict(found)

    @cached_property
    def posts(self) -> dict[str, list[tuple[str, str, str, Fact]]]:
        """Unit → its posts: (post, role, title, fact)."""
        found: defaultdict[str, list[tuple[str, str, str, Fact]]] = defaultdict(list)
        for fact, row in self._rows("post"):
            found[str(row["unit"])].append((str(row["id"]), str(row["role"]), str(row["title"] or row["id"]), fact))
        return dict(found)

    @cached_property
    def offices(self) -> dict[str, str]:
        """Post → its unit."""
        return {post: own for own, rows in self.posts.items() for post, *_ in rows}

    @cached_property
    def holders(self) -> dict[str, list[tuple[str, str, Fact]]]:
        """Post → who holds it at the moment: (person, mode, fact)."""
        found: defaultdict[str, list[tuple[str, str, Fact]]] = defaultdict(list)
        for fact, row in self._rows("appointment", spans=True):
            found[str(row["post"])].append((str(row["person"]), str(row["mode"] or ""), fact))
        return dict(found)

    @cached_property
    def portfolios(self) -> dict[str, list[tuple[str, str, Fact]]]:
        """Post → what it is in charge of: (kind, subject, fact)."""
        found: defaultdict[str, list[tuple[str, str, Fact]]] = defaultdict(list)
        for fact, row in self._rows("portfolio", spans=True):
            found[str(row["post"])].append((str(row["kind"]), str(row["subject"]), fact))
        return dict(found)

    # -- closures ---------------------------------------------------------------------------------------------

    def places(self, place: str | None) -> Iterator[str]:
        """A territory and those that it lies in, inside first."""
        while place is not None and place in self.parents:
            yield place
            place = self.parents[place]

    def within(self, place: str) -> Iterator[str]:
        """A territory and all that lie in it, outside first."""
        yield place
        for inner in self.inside.get(place, ()):
            yield from self.within(inner)

    def classes(self, unit: str) -> list[str]:
        """The industries of a unit and all wider ones."""
        found = dict.fromkeys(self.industries.get(unit, ()))
        queue = list(found)
        for one in queue:
            more = [wide for wide in self.wider.get(one, ()) if wide not in found]
            found.update(dict.fromkeys(more))
            queue.extend(more)
        return list(found)

    def commanders(self, unit: str) -> list[str]:
        """The units under whose command a unit stands, without itself, nearest first."""
        found = {unit: None}
        queue = [unit]
        for one in queue:
            more = [up for up, kind, _ in self.above.get(one, ()) if kind in COMMAND and up in self.units and up not in found]
            found.update(dict.fromkeys(more))
            queue.extend(dict.fromkeys(more))
        return list(found)[1:]

    # -- edges ------------------------------------------------------------------------------------------------

    def into(self, node: Node) -> Iterator[Edge]:
        """The edges that end at a node, in a fixed order. Unknown nodes have none."""
        sort, own = node
        if sort == "unit" and own in self.units:
            yield from self._led(own)
            yield from self._linked(own)
            yield from self._charged(node)
            if self.units[own].kind in SUPERVISED:
                yield from self.watchers(own)
        elif sort == "post" and own in self.offices:
            for person, mode, fact in self.holders.get(own, ()):
                yield Edge(("person", person), node, "任职", fact, mode)
            unit = self.offices[own]
            fact = next(fact for post, _, _, fact in self.posts[unit] if post == own)
            yield Edge(("unit", unit), node, "设岗", fact)
        elif sort in ("industry", "territory"):
            yield from self._charged(node)

    def watchers(self, own: str) -> Iterator[Edge]:
        """Who watches over a supervised unit: by mandate for its industries and place, and the authority of its place."""
        unit, node = self.units[own], ("unit", own)
        classes = [*self.classes(own), None]
        for place in self.places(unit.place):
            for industry in classes:
                for keeper, kind, fact in self._scopes.get((industry, place), ()):
                    if keeper != own:
                        yield Edge(("unit", keeper), node, MANDATES[kind], fact, industry or "")
        for keeper in self.local(own):
            yield Edge(("unit", keeper), node, "属地", unit.fact)

    def local(self, own: str) -> list[str]:
        """Who answers for the place of a unit: the nearest government or park upwards, and the village below it."""
        found: list[str] = []
        for place in self.places(self.units[own].place):
            there = self._hosts.get(place, ())
            seats = [one for one in there if self.units[one].kind in AUTHORITIES and one != own]
            found += seats or [one for one in there if self.units[one].kind == "村居" and one != own]
            if seats:
                break
        return found

    @cached_property
    def _hosts(self) -> dict[str | None, list[str]]:
        """Who can answer for a place, of all that sit in it: looked at for each enterprise, of which a place may have thousands."""
        found = {place: [one for one in there if self.units[one].kind in {*AUTHORITIES, "村居"}] for place, there in self.residents.items()}
        return {place: there for place, there in found.items() if there}

    @cached_property
    def _scopes(self) -> dict[tuple[str | None, str | None], list[tuple[str, str, Fact]]]:
        found: defaultdict[tuple[str | None, str | None], list[tuple[str, str, Fact]]] = defaultdict(list)
        for keeper, rows in self.mandates.items():
            for kind, industry, place, _, fact in rows:
                found[industry, place].append((keeper, kind, fact))
        return dict(found)

    @cached_property
    def charges(self) -> dict[Node, list[tuple[str, str, Fact]]]:
        """Unit, industry or territory → the posts in charge of it: (post, kind of portfolio, fact)."""
        sorts = {"部门": "unit", "单位": "unit", "行业": "industry", "地域": "territory"}
        found: defaultdict[Node, list[tuple[str, str, Fact]]] = defaultdict(list)
        for post, rows in self.portfolios.items():
            for kind, subject, fact in rows:
                if kind in sorts:
                    found[sorts[kind], subject].append((post, kind, fact))
        return dict(found)

    @cached_property
    def pairs(self) -> dict[str, list[tuple[str, str, Fact]]]:
        """Unit → edges that end at it from the relations between two units other than subordination and links."""
        found: defaultdict[str, list[tuple[str, str, Fact]]] = defaultdict(list)
        for relation, source, target, kind in (
            ("pair", "party", "government", "党政同责"), ("delegation", "from", "to", "赋权"), ("plate", "acts_as", "unit", "加挂"),
            ("member", "body", "unit", "成员"),
        ):  # fmt: skip
            for fact, row in self._rows(relation, spans=self.facts.schema[relation].temporal):
                found[str(row[target])].append((str(row[source]), kind, fact))
        return dict(found)

    @cached_property
    def links(self) -> dict[str, list[tuple[str, str, Fact]]]:
        """Unit → the links that end at it, or at a site that it stands in."""
        sites = _grouped(
            (row["site"], row["subject"]) for _, row in self._rows("occupies", spans=True))
        found: defaultdict[str, list[tuple[str, str, Fact]]] = defaultdict(list)
        for fact, row in self._rows("link", spans=True):
            target = str(row["target"])
            for own in sites.get(target, [target]):
                if own != row["source"]:
                    found[own].append((str(row["source"]), str(row["kind"]), fact))
        return dict(found)

    def _led(self, own: str) -> Iterator[Edge]:
        for superior, kind, fact in self.above.get(own, ()):
            if superior in self.units:
                yield Edge(("unit", superior), ("unit", own), kind, fact)

    def _linked(self, own: str) -> Iterator[Edge]:
        for source, kind, fact in (*self.pairs.get(own, ()), *self.links.get(own, ())):
            if source in self.units:
                yield Edge(("unit", source), ("unit", own), kind, fact)

    def _charged(self, node: Node) -> Iterator[Edge]:
        for post, kind, fact in self.charges.get(node, ()):
            yield Edge(("post", post), node, "分管", fact, kind)

    # -- reading ----------------------------------------------------------------------------------------------

    def _rows(self, relation: str, spans: bool = False) -> Iterator[tuple[Fact, dict[str, Value]]]:
        names = self.facts.schema[relation].names
        for fact in self.facts.of(relation):
            row = dict(zip(names, fact.values, strict=True))
            if not spans or holds(row["since"], row["until"], self.on):
                yield fact, row

    def _place(self, own: str, rows: dict[str, tuple[dict[str, Value], Fact]]) -> str | None:
        """The territory of a unit, or of the nearest unit above it that states one."""
        seen, queue = {own}, [own]
        for one in queue:
            if one in rows and rows[one][0]["territory"] is not None:
                return str(rows[one][0]["territory"])
            more = [up for up, kind, _ in self.above.get(one, ()) if kind in COMMAND and up not in seen]
            seen.update(more)
            queue.extend(more)
        return None


def _grouped(pairs: Iterable[tuple[Value, ...]]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for key, value in pairs:
        found[str(key)].append(str(value))
    return dict(found)


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
