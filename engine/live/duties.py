"""The live instances of one rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from zeren.engine.backends.base import Match, Refs, Row
from zeren.engine.evaluate import _found as found_facts
from zeren.engine.instances import Instance
from zeren.engine.judge import judge, not_judged
from zeren.engine.language.plan import Plan, Query
from zeren.engine.language.syntax import ON, variables
from zeren.engine.live.scoped import Rewrite, Scoped
from zeren.engine.live.store import Node
from zeren.engine.outcome import Outcome
from zeren.models.facts import Fact

if TYPE_CHECKING:
    from zeren.engine.live.network import Network

#: What of an instance later layers can see: relation and outcome.
SEEN: Final = (("breach", Outcome.FAIL), ("passed", Outcome.PASS))


class Duties(Scoped):
    """The instances of a rule. A node's instance is decided by the same function as in a check."""

    def __init__(self, network: Network, stage: int, plan: Plan, visible: Rewrite) -> None:
        super().__init__(network, stage, plan.fields, len(plan.rule.key), plan.scope, visible)
        self.plan = plan
        self.instances: dict[Node, Instance] = {}
        self._restless = plan.rule.due is not None and ON in set(variables(plan.rule.due))
        self._seen = [entry for entry in SEEN if entry[0] in network.used]
        self._cells: dict[Node, tuple[str, str]] = {}
        #: Nodes that could not be evaluated, and why: then the whole rule has one instance that says so.
        self.faults: dict[Node, str] = {}

    def compute(self, node: Node) -> None:
        """Decide one instance again and tell what later layers can see of it."""
        network = self.network
        before = self.instances.pop(node, None)
        network.tracker.begin(node)
        try:
            after, there = self._decide(node)
            self.faults.pop(node, None)
        except ArithmeticError as error:
            after, there = None, True
            self.faults[node] = str(error) or type(error).__name__
        cell = network.cell(after) if after is not None else None
        network.tracker.end()
        if after is not None:
            self.instances[node] = after
            node.moving = bool(after.asks)
        elif not there and node.next is None:
            self.drop(node)
        network.moved(node, before, after)
        network.exchange(self._facts(before), self._facts(after))
        if before is not None and (old := self._cells.pop(node, None)) is not None:
            network.cells.change(old, before.outcome, -1, self.stage)
        if cell is not None and after is not None:
            self._cells[node] = cell
            network.cells.change(cell, after.outcome, 1, self.stage)

    def _decide(self, node: Node) -> tuple[Instance | None, bool]:
        """The instance, and whether the scope matches at all."""
        network, rule = self.network, self.plan.rule
        rows = self.rows(node.key)
        if not rows:
            return None, False
        if self.plan.anchor is None:
            network.tracker.span(rule.since, rule.until)
        found = judge(self.plan, _Rows(self, rows), network.context).instances
        if not found:
            return None, True
        due = found[0].due
        if self._restless:
            network.tracker.flip(network.on + 1)
        if due is not None:  # $on is the last second of a day, so that a duty is due one second early
            for moment in (due - 1, due, due - network.warn):
                network.tracker.flip(moment)
        return found[0], True

    def _facts(self, one: Instance | None) -> list[Fact]:
        """What later layers can see of an instance."""
        return [] if one is None else [fact for relation, outcome in self._seen if one.outcome is outcome
                                       for fact in found_facts(relation, outcome, [one])]

    def all(self) -> list[Instance]:
        """The instances, in no particular order."""
        if self.faults:
            fault = self.faults[min(self.faults, key=lambda node: repr(node.key))]
            return list(not_judged(self.plan, fault, self.network.context).instances)
        return list(self.instances.values())


class _Rows:
    """The instances with one key, as the judge asks for them."""

    def __init__(self, duties: Scoped, rows: list[Row]) -> None:
        self.rows = rows
        self._duties = duties

    def matches(self, query: Query) -> list[Match]:
        """See :class:`zeren.engine.backends.base.Scope`."""
        number = self._duties.network.context.facts.number
        return [Match(at, outputs, _refs(facts, number)) for at, row in enumerate(self.rows)
                for outputs, facts in self._duties.hits(query, row.values)]

    def settle(self, plan: Plan) -> None:
        """Every instance is decided one by one."""


def _refs(facts: tuple[Fact | tuple[Fact, ...], ...], number: Callable[[Fact], int]) -> Refs:
    return tuple([tuple(sorted(map(number, one))) if isinstance(one, tuple) else number(one) for one in facts])

