"""Derived relations, kept up to date group by group: each group knows what it was derived from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from zeren.engine.chain.nearby import Nearby
from zeren.engine.derive.grades import TABLES, grades
from zeren.engine.derive.periods import periods
from zeren.engine.derive.states import states
from zeren.engine.derive.surroundings import SURROUNDINGS
from zeren.engine.live.store import Node, View
from zeren.models.facts import Fact, Facts, Value
from zeren.models.moments import DAY

if TYPE_CHECKING:
    from zeren.engine.live.network import Network

#: What names a group: an id, or several values.
Group = tuple[Value, ...]


class Derived:
    """The rows of one derived relation; one node per group."""

    stage = 0

    def __init__(self, network: Network, relation: str) -> None:
        self.network, self.relation = network, relation
        self.relations = frozenset({_DOMAINS[relation]}) if relation in _DOMAINS else frozenset[str]()
        self.nodes: dict[Group, Node] = {}
        self._view = View(network.store)
        self._rows: dict[Node, tuple[Fact, ...]] = {}

    def start(self) -> list[Node]:
        """A node for every group that there is."""
        found = [group for name in self.relations for fact in self.network.store.all(name) for group in self._groups(fact)]
        return [self._node(group) for group in dict.fromkeys(found if self.relations else [()])]

    def reach(self, fact: Fact) -> list[Node]:
        """The groups that a new fact opens."""
        return [self._node(group) for group in self._groups(fact)]

    def _node(self, group: Group) -> Node:
        return self.nodes.get(group) or self.nodes.setdefault(group, Node(0, self, group))

    def _groups(self, fact: Fact) -> Iterator[Group]:
        if self.relation == "state":
            row = dict(zip(self.network.store.schema["record"].names, fact.values, strict=True))
            yield from ((subject, row["kind"]) for subject in (row["ref"], row["object"]) if isinstance(subject, str))
        else:
            yield (fact.values[0],)

    def compute(self, node: Node) -> None:
        """Derive one group again."""
        network = self.network
        network.tracker.begin(node)
        after = tuple(dict.fromkeys(map(_timeless, _HOW[self.relation](self, node.key))))
        network.tracker.end()
        before = self._rows.pop(node, ())
        if after:
            self._rows[node] = after
        network.exchange(before, after)

    # -- how -----------------------------------------------------------------------------------------------------

    def _nearby(self, group: Group) -> Iterable[Fact]:
        """As the accountability chain derives facts on demand."""
        on = self.network.on
        column = {"within": "part", "attribute": "subject", "remit": "post"}.get(
            self.relation, "incident" if self.relation in SURROUNDINGS else "unit")
        return Nearby(self._view, self.network.pack, on, on, self.network.since).rows(self.relation, {column: group[0]})[1]()

    def _periods(self, group: Group) -> Iterator[Fact]:  # noqa: ARG002
        on = self.network.on
        self.network.tracker.flip((on // DAY + 1) * DAY)
        return periods(self.network.since, on)

    def _states(self, group: Group) -> list[Fact]:
        subject, kind = group
        select = self.network.store.select
        rows = [*select("record", ref=subject, kind=kind), *select("record", object=subject, kind=kind)]
        return [fact for fact in states(Facts(rows, self.network.pack)) if fact.values[0] == subject]

    def _grades(self, group: Group) -> Iterator[Fact]:
        select, pack = self.network.store.select, self.network.pack
        incident = group[0]
        inquiries = select("inquiry", incident=incident)
        papers = [fact for ref in (incident, *(one.values[0] for one in inquiries)) for fact in select("record", ref=ref)]
        details = [fact for paper in papers for fact in select("detail", record=paper.values[0])]
        trades = [*self._view.of("industry"), *self._view.of("falls")]
        return grades(Facts([*select("incident", id=incident), *inquiries, *papers, *details, *trades, *pack.looked_up(TABLES)], pack))


def _timeless(fact: Fact) -> Fact:
    """Who answers holds for the present, whenever that is: the moment itself is left out, or every row would change all the time."""
    return Fact("answerable", (*fact.values[:-1], None)) if fact.relation == "answerable" else fact


#: Derived relation → the relation whose facts open its groups.
_DOMAINS: Final[Mapping[str, str]] = {
    **dict.fromkeys(SURROUNDINGS, "incident"), "remit": "post", "within": "territory", "under": "unit", "answerable": "unit",
    "state": "record", "attribute": "hazard", "graded": "incident",
}
_HOW: Final[Mapping[str, Callable[[Derived, Group], Iterable[Fact]]]] = {
    **dict.fromkeys((*SURROUNDINGS, "remit", "within", "under", "answerable", "attribute"), Derived._nearby),
    "period": Derived._periods, "state": Derived._states, "graded": Derived._grades,
}
NAMES: Final = tuple(_HOW)
