"""The relation ``coverage``: how far each item of the coverage matrix is met in each territory, counted as instances come and go."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from zeren.engine.live.store import Node
from zeren.engine.outcome import Outcome, coverage_state
from zeren.models.facts import Fact

if TYPE_CHECKING:
    from zeren.engine.live.network import Network

#: Item and territory.
Cell = tuple[str, str]


class Coverage:
    """One node per cell; rules of earlier stages count."""

    relations = frozenset[str]()

    def __init__(self, network: Network, stage: int) -> None:
        self.network, self.stage = network, stage
        self._counts: dict[Cell, Counter[Outcome]] = {}
        self._nodes: dict[Cell, Node] = {}
        self._told: dict[Node, tuple[Fact, ...]] = {}

    def change(self, cell: Cell, outcome: Outcome, by: int, stage: int) -> None:
        """Count an instance of a rule of ``stage`` in or out."""
        if stage < self.stage:
            self._counts.setdefault(cell, Counter())[outcome] += by
            self.network.mark(self._nodes.get(cell) or self._nodes.setdefault(cell, Node(self.stage, self, cell)))

    def start(self) -> list[Node]:
        """Cells come with instances."""
        return []

    def reach(self, fact: Fact) -> list[Node]:  # noqa: ARG002
        """Cells come with instances."""
        return []

    def compute(self, node: Node) -> None:
        """Sum up one cell again."""
        network, (item, place) = self.network, node.key
        network.tracker.begin(node)
        found = [outcome for outcome, count in self._counts[node.key].items() if count > 0]
        after = (Fact("coverage", (item, place, network.context.level_of(place), coverage_state(found))),) if found else ()
        network.tracker.end()
        network.exchange(self._told.pop(node, ()), after)
        self._told[node] = after
