"""A rule that speaks of the present moment itself (a key that is computed from it): judged as a whole whenever something moves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zeren.engine.backends.indexed import Indexed
from zeren.engine.context import Context
from zeren.engine.evaluate import _found as found_facts
from zeren.engine.instances import Instance
from zeren.engine.judge import judge, not_judged
from zeren.engine.language.plan import Plan, Query
from zeren.engine.language.syntax import ON, Let, variables
from zeren.engine.live.duties import SEEN
from zeren.engine.live.scoped import Key, Rewrite
from zeren.engine.live.store import Node
from zeren.models.facts import Fact, Facts
from zeren.models.relations import RELATIONS

if TYPE_CHECKING:
    from zeren.engine.live.network import Network


def restless(plan: Plan) -> bool:
    """Whether a rule binds a value that moves with the present to a key or an output, or asks for the moment of an answer."""
    moving = {step.name for query in _queries(plan) for step in query.steps if isinstance(step, Let) and ON in set(variables(step.expr))}
    used = {*plan.fields, *(name for query in _queries(plan) for name in query.outputs)}
    asked = any(atom.relation == "answerable" and any(test.column == "at" for test in atom.tests) for atom in plan.patterns)
    return bool(moving & used) or ON in used or asked


def _queries(plan: Plan) -> list[Query]:
    return [*plan.scope, *plan.breaches, *(query for group in plan.exemptions for query in group), *(query for part in plan.parts for query in part.queries)]


class Whole:
    """All instances of one such rule, under one node."""

    relations = frozenset[str]()

    def __init__(self, network: Network, stage: int, plan: Plan, visible: Rewrite) -> None:
        self.network, self.stage, self.plan, self._visible = network, stage, plan, visible
        self.instances: dict[Key, Instance] = {}
        self._node = Node(stage, self, ())
        self._cells: list[tuple[tuple[str, str], Instance]] = []

    def start(self) -> list[Node]:
        """The one node."""
        return [self._node]

    def reach(self, fact: Fact) -> list[Node]:  # noqa: ARG002
        """New facts dirty the one node by what it read."""
        return []

    def compute(self, node: Node) -> None:
        """Judge the rule over all facts of the moment."""
        network, before = self.network, self.instances
        network.tracker.begin(node)
        for relation in sorted({*RELATIONS, *self.plan.relations}):
            network.store.look(relation, (), ())
        network.tracker.flip(network.on + 1)
        network.tracker.end()
        self.instances = {one.key: one for one in self._judged()}
        for key in dict.fromkeys((*before, *self.instances)):
            network.moved(node, before.get(key), self.instances.get(key))
        network.exchange([fact for one in before.values() for fact in _facts(one)],
                         [fact for one in self.instances.values() for fact in _facts(one)])
        for old, one in self._cells:
            network.cells.change(old, one.outcome, -1, self.stage)
        self._cells = [(cell, one) for one in self.instances.values() if (cell := network.cell(one)) is not None]
        for new, one in self._cells:
            network.cells.change(new, one.outcome, 1, self.stage)

    def all(self) -> list[Instance]:
        """The instances, in no particular order."""
        return list(self.instances.values())

    def _judged(self) -> tuple[Instance, ...]:
        network, on = self.network, self.network.on
        rows = (replace(fact, values=(*fact.values[:-1], on)) if fact.relation == "answerable" else fact
                for relation in network.store.relations() for fact in network.store.all(relation))
        context = Context(Facts(rows, network.pack), network.pack, on)
        context.measured = network.context.measured
        plan = _narrowed(self.plan, self._visible)
        try:
            found = judge(plan, Indexed(context.facts, on).scope(plan.scope, on), context)
        except ArithmeticError as error:
            found = not_judged(plan, str(error) or type(error).__name__, context)
        return tuple(replace(one, plan=self.plan) for one in found.instances)


def _narrowed(plan: Plan, visible: Rewrite) -> Plan:
    def of(queries: tuple[Query, ...]) -> tuple[Query, ...]:
        return tuple(replace(query, steps=visible(query.steps)) for query in queries)

    return replace(plan, scope=of(plan.scope), breaches=of(plan.breaches), exemptions=tuple(map(of, plan.exemptions)),
                   parts=tuple(replace(part, queries=of(part.queries)) for part in plan.parts))


def _facts(one: Instance) -> list[Fact]:
    return [fact for relation, outcome in SEEN for fact in found_facts(relation, outcome, [one])]


