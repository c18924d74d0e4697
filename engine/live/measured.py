"""The live rows of one measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zeren.engine.backends.base import Row
from zeren.engine.evaluate import _ordered
from zeren.engine.ledgers import Ask
from zeren.engine.live.scoped import Key, Rewrite, Scoped
from zeren.engine.live.store import Node
from zeren.engine.measures import Measure, stated, value_of
from zeren.models.facts import Fact

if TYPE_CHECKING:
    from zeren.engine.live.network import Network

#: What a measure says for one key: its rows, the facts behind them, and what would have to be asked for.
_Told = tuple[tuple[Fact, ...], tuple[Fact, ...], tuple[Ask, ...]]


class Measured(Scoped):
    """The rows of a measure, computed as in a check."""

    def __init__(self, network: Network, stage: int, measure: Measure, visible: Rewrite) -> None:
        super().__init__(network, stage, measure.fields, len(measure.relation.key), measure.scope, visible)
        self.measure = measure
        self._told: dict[Node, _Told] = {}

    def compute(self, node: Node) -> None:
        """Compute the rows of one key again."""
        network, relation = self.network, self.measure.relation.name
        before = self._told.pop(node, ((), (), ()))
        network.tracker.begin(node)
        rows = self.rows(node.key)
        after = self._tell(node.key, rows)
        network.tracker.end()
        if after[0]:
            self._told[node] = after
            node.moving = bool(after[2])
            network.context.measured[relation, node.key] = after[1:]
        elif not rows and node.next is None:
            self.drop(node)
        network.exchange(before[0], after[0])
        if before[0] and before[0] == after[0] and before != after:
            for fact in after[0]:
                network.touched(fact)

    def _tell(self, key: Key, rows: list[Row]) -> _Told:
        """As :func:`zeren.engine.evaluate._measure`, for one key."""
        measure, context = self.measure, self.network.context
        facts: list[Fact] = []
        proof: list[Fact] = []
        asks: set[Ask] = set()
        for row in rows:
            fields = dict(zip(measure.fields, row.values, strict=True))
            hits = [hit for query in measure.each for hit in self.hits(query, row.values)]
            opens = [context.open(relies, fields, context.on) for relies in measure.relies]
            outputs = [values for values, _ in hits]
            value = value_of(measure, fields, outputs)
            if value is None:
                continue
            complete = all(one is None for one in opens) and stated(measure, outputs)
            facts.append(Fact(measure.relation.name, (*key, value, complete)))
            proof = [source for _, matched in hits for one in matched for fact in (one if isinstance(one, tuple) else (one,))
                     for source in context.behind(fact)]
            asks = {ask for one in opens for ask in one or ()}
        return tuple(dict.fromkeys(facts)), _ordered(proof), tuple(sorted(asks))
