"""Faults of the structure that take a walk over the graph: who is out of everybody's reach, loops of reporting, single points.

Each fault names the ids that it is about and the facts that show it; ``graphs.structure`` puts them into words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import networkx as nx

from zeren.engine.derive.closures import COMMAND
from zeren.engine.derive.posts import HEADS, SAFETY
from zeren.graphs.network import AUTHORITIES, MANDATES, SUPERVISED, WATCH, Edge, Network, Node
from zeren.models.facts import Fact

#: Subordination along which orders or instructions run; shares in a company do not count.
_LINES: Final = (*COMMAND, "业务指导")
#: Links of one who looks at another's safety from outside; he must not be the same person.
_INDEPENDENT: Final = ("审批", "检查", "验收", "评价", "检测", "监理")
_ROOT: Final[Node] = ("", "")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its ``kind``, the ids it is about, and what it rests on.

    ``subjects`` are units, ``posts`` posts; ``detail`` is the person of a single point, or the place of a gap.
    ``sided`` marks a single point that is one person on both sides; ``certain`` is no where the files say that they are not complete.
    """

    kind: str
    subjects: tuple[str, ...]
    facts: tuple[Fact, ...]
    posts: tuple[str, ...] = ()
    detail: str = ""
    certain: bool = True
    sided: bool = False


def faults(network: Network) -> Iterator[Fault]:
    """All faults that need the graph, in a fixed order."""
    for find in (loops, unwatched, unplaced, single_points, both_sides):
        yield from find(network)


def supervised(network: Network) -> list[str]:
    """The units whose safety somebody has to watch over, and that stand under no other such unit."""
    found = [own for own, unit in network.units.items() if unit.kind in SUPERVISED]
    return [own for own in found if not any(network.units[up].kind in SUPERVISED for up in network.commanders(own))]


def reached(network: Network) -> set[Node]:
    """The units to which some way of command, supervision or place leads from an organ of party or state."""
    graph = nx.DiGraph()  # type: ignore[var-annotated]
    for own, unit in network.units.items():
        graph.add_node(("unit", own))
        if unit.kind not in SUPERVISED:
            graph.add_edge(_ROOT, ("unit", own))
        graph.add_edges_from((edge.source, edge.target) for edge in network.into(("unit", own)) if edge.kind in {*COMMAND, *WATCH})
    return set(nx.descendants(graph, _ROOT)) if _ROOT in graph else set()


def unwatched(network: Network) -> Iterator[Fault]:
    """Units to which no way leads from any supervising unit. Silent where the files name no supervising unit at all."""
    if all(unit.kind in SUPERVISED for unit in network.units.values()):
        return
    known = reached(network)
    for own in supervised(network):
        if ("unit", own) not in known:
            unit = network.units[own]
            yield Fault("无人监管", (own,), (unit.fact,), certain=unit.place is not None and not unit.partial)


def unplaced(network: Network) -> Iterator[Fault]:
    """Places with units to watch over and no government or park that answers for them; by place.

    Silent where the files name no government at all.
    """
    if not any(unit.kind in AUTHORITIES for unit in network.units.values()):
        return
    known = reached(network)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for own in supervised(network):
        lines = [own, *network.commanders(own)]
        if ("unit", own) in known and not any(network.local(one) or network.units[one].kind in AUTHORITIES for one in lines):
            found[network.units[own].place or ""].append(own)
    for place, units in sorted(found.items()):
        facts = tuple(network.units[own].fact for own in units)
        certain = bool(place) and not any(network.units[own].partial for own in units)
        yield Fault("责任空白", tuple(units), facts, detail=place, certain=certain)


def loops(network: Network) -> Iterator[Fault]:
    """Loops of reporting: for every knot of units that lead each other the shortest way round."""
    graph = nx.DiGraph()  # type: ignore[var-annotated]
    graph.add_nodes_from(sorted(network.units))
    for own in sorted(network.units):
        graph.add_edges_from((own, up) for up in sorted({up for up, kind, _ in network.above.get(own, ()) if kind in _LINES and up in network.units}))
    for knot in sorted(map(sorted, nx.strongly_connected_components(graph))):
        if len(knot) > 1:
            start = knot[0]
            inner = graph.subgraph(knot)
            ways = [nx.shortest_path(inner, up, start) for up in sorted(inner.successors(start))]
            round_ = [start, *min(ways, key=len)[:-1]]
            yield Fault("循环上报", tuple(round_), tuple(_step(network, one, round_[(at + 1) % len(round_)]) for at, one in enumerate(round_)))


def _step(network: Network, own: str, superior: str) -> Fact:
    return next(fact for up, kind, fact in network.above[own] if up == superior and kind in _LINES)


# -- single points ----------------------------------------------------------------------------------------------------

def single_points(network: Network) -> Iterator[Fault]:
    """Persons on whom all supervision of some unit depends, though several units are to watch over it.

    In the graph person → watching unit → watched unit the person is a dominator: take him away and nobody is left.
    """
    answering = _Answering(network)
    graph = nx.DiGraph()  # type: ignore[var-annotated]
    lines: dict[str, list[str]] = {}
    for own in supervised(network):
        keepers = answering.lines(own)
        if len(keepers) > 1:
            lines[own] = keepers
            graph.add_edges_from((("unit", keeper), ("watched", own)) for keeper in keepers)
    for keeper in sorted({one for keepers in lines.values() for one in keepers}):
        persons = answering.persons(keeper)
        graph.add_edges_from(edge for person in persons for edge in ((_ROOT, ("person", person)), (("person", person), ("unit", keeper))))
    for own, keepers in lines.items():
        for person in answering.specialists(own, keepers):
            graph.add_edges_from([(_ROOT, ("person", person)), (("person", person), ("watched", own))])
    if not lines:
        return
    above = nx.immediate_dominators(graph, _ROOT)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for own in lines:
        sort, person = above.get(("watched", own), _ROOT)
        if sort == "person":
            found[person].append(own)
    for person, units in sorted(found.items()):
        keepers = sorted({keeper for own in units for keeper in lines[own]})
        posts, facts = answering.held(person, keepers)
        yield Fault("单点失效", tuple(units), facts, posts, person)


class _Answering:
    """Who answers inside the units that watch over others."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def lines(self, own: str) -> list[str]:
        """The units that watch over ``own`` and whose posts are known; two plates on one door are one line.

        Empty where the posts of one of them are not known: it may well have somebody of its own.
        """
        keepers = sorted({edge.source[1] for edge in self.network.watchers(own)} - {own})
        keepers = [one for one in keepers if self.network.units[one].kind != "村居"]
        if any(not self.network.posts.get(one) or self.network.units[one].partial for one in keepers):
            return []
        plated = {str(unit): str(acts) for unit, acts in self.network.facts.columns("plate", "unit", "acts_as")}
        return [one for one in keepers if plated.get(one) not in keepers and self.persons(one)]

    def persons(self, unit: str) -> list[str]:
        """Who heads a unit or is in charge of safety in it; where all that is vacant, those of the unit above."""
        for one in (unit, *self.network.commanders(unit)):
            posts = [post for post, role, *_ in self.network.posts.get(one, ()) if role in HEADS or self._charged(post, {SAFETY})]
            found = {person for post in posts for person, *_ in self.network.holders.get(post, ())}
            if found:
                return sorted(found)
        return []

    def specialists(self, own: str, keepers: list[str]) -> list[str]:
        """Who in the watching units is in charge of the unit itself, its industry or its place."""
        subjects = {own, *self.network.classes(own), *self.network.places(self.network.units[own].place)}
        posts = [post for keeper in keepers for post, *_ in self.network.posts.get(keeper, ()) if self._charged(post, subjects)]
        return sorted({person for post in posts for person, *_ in self.network.holders.get(post, ())})

    def held(self, person: str, units: list[str]) -> tuple[tuple[str, ...], tuple[Fact, ...]]:
        """The posts that a person holds in ``units`` or above them, and the facts that say so."""
        wanted = {*units, *(up for unit in units for up in self.network.commanders(unit))}
        rows = [(post, fact) for post, held in sorted(self.network.holders.items()) for one, _, fact in held
                if one == person and self.network.offices[post] in wanted]
        return tuple(post for post, _ in rows), tuple(fact for _, fact in rows)

    def _charged(self, post: str, subjects: set[str]) -> bool:
        return any(subject in subjects for _, subject, _ in self.network.portfolios.get(post, ()))


def both_sides(network: Network) -> Iterator[Fault]:
    """Persons who hold a post on both sides: in the unit that watches, and in the one that is watched."""
    staff: defaultdict[str, dict[str, tuple[str, Fact]]] = defaultdict(dict)
    for post, rows in sorted(network.holders.items()):
        for person, _, fact in rows:
            staff[network.offices[post]].setdefault(person, (post, fact))
    seen: set[tuple[str, str, str]] = set()
    for own, unit in network.units.items():
        for edge in network.into(("unit", own)) if unit.kind in SUPERVISED else ():
            keeper = edge.source[1]
            if _independent(network, edge) and keeper not in network.commanders(own):
                for person in sorted(staff[keeper].keys() & staff[own].keys()):
                    if (keeper, own, person) not in seen:
                        seen.add((keeper, own, person))
                        (first, one), (second, other) = staff[keeper][person], staff[own][person]
                        yield Fault("单点失效", (own,), (one, other), (first, second), person, sided=True)


def _independent(network: Network, edge: Edge) -> bool:
    if edge.kind == "属地":
        return network.units[edge.source[1]].kind in AUTHORITIES
    return edge.kind in MANDATES.values() or edge.kind in _INDEPENDENT
