"""The network of a session: facts → derived relations → measures → rules, layer by layer; a change flows through it once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from heapq import heappop, heappush
from itertools import count
from typing import Final, Protocol

from zeren.engine.evaluate import RESULTS, _closure_of, _measure_order, layered
from zeren.engine.instances import Instance
from zeren.engine.language.plan import Plan
from zeren.engine.language.syntax import AtLeast, Atom, Const, Step, Test
from zeren.engine.live.context import LiveContext
from zeren.engine.live.coverage import Coverage
from zeren.engine.live.derived import NAMES as DERIVED
from zeren.engine.live.derived import Derived
from zeren.engine.live.duties import Duties
from zeren.engine.live.matching import Matcher
from zeren.engine.live.measured import Measured
from zeren.engine.live.scoped import Rewrite
from zeren.engine.live.store import Node, Store, Tracker
from zeren.engine.live.whole import Whole, restless
from zeren.engine.pack import Pack
from zeren.models.facts import Fact, Value
from zeren.models.relations import Type

_LOOKED_UP: Final = ("table.", "param.")
#: What a change came from: facts that the last event brought or took.
Causes = dict[Fact, None]


class Owner(Protocol):
    """A computation with nodes."""

    @property
    def relations(self) -> frozenset[str]:
        """The relations whose new facts may bring nodes."""

    @property
    def stage(self) -> int:
        """When in a change it is computed."""

    def start(self) -> list[Node]:
        """The nodes at the beginning."""

    def reach(self, fact: Fact) -> list[Node]:
        """The nodes that a new fact may bring or change."""

    def compute(self, node: Node) -> None:
        """Compute one node again and tell the network what changed."""


class Network:
    """Keeps every instance of ``plans`` as a check would judge it, while facts come and go and time passes.

    Args:
        pack: the rules' catalogue; ``plans``: the rules and those that they build on.
        on: the present, seconds; ``since``: the start of the audit window; ``warn``: seconds before a due date that matter too.
    """

    def __init__(self, pack: Pack, plans: Sequence[Plan], on: int, since: int, warn: int = 0) -> None:
        self.pack, self.since, self.warn = pack, since, warn
        self.tracker = Tracker(on)
        self.store = Store(pack, self.tracker)
        self.matcher = Matcher(self.store)
        self.context = LiveContext(self.store, pack)
        self._emitted: dict[tuple[str, tuple[Value, ...]], int] = {}
        self._added: list[tuple[Fact, Causes]] = []
        self._agenda: list[tuple[int, int, Node]] = []
        self._serial = count()
        self._moved: dict[tuple[str, tuple[Value, ...]], tuple[Instance | None, Instance | None, Node, Causes]] = {}
        self._causes: Causes = {}
        self.used = _closure_of(frozenset(name for plan in plans for name in plan.relations), pack)
        self.duties: list[Duties | Whole] = []
        self._owners: list[list[Owner]] = self._arrange(plans)
        self._dirty: list[dict[Node, Causes]] = [{} for _ in self._owners]

    @property
    def on(self) -> int:
        """The present moment."""
        return self.tracker.on

    def _arrange(self, plans: Sequence[Plan]) -> list[list[Owner]]:
        """The computations by stage: derived relations, measures one by one, then the layers of rules."""
        stages: list[list[Owner]] = [[Derived(self, name) for name in DERIVED if name in self.used]]
        for name in _measure_order(self.used, self.pack):
            stages.append([Measured(self, len(stages), self.pack.measures[name], _all)])
        layers = layered(list(plans))
        users = [at for at, layer in enumerate(layers) if any("coverage" in plan.relations for plan in layer)]
        first = users[0] if users else len(layers)
        self.cells = Coverage(self, len(stages) + first if users else 0)
        earlier: list[str] = []
        for at, layer in enumerate(layers):
            if at == first:
                stages.append([self.cells])
            visible = _seeing(earlier)
            owners = [(Whole if restless(plan) else Duties)(self, len(stages), plan, visible) for plan in layer]
            self.duties += owners
            stages.append([*owners])
            earlier = [*earlier, *(plan.rule.id for plan in layer)]
        return stages

    # -- a change ------------------------------------------------------------------------------------------------

    def start(self, facts: Iterable[Fact], progress: Callable[[Plan], None] | None = None) -> None:
        """Take in the facts of the beginning and judge everything."""
        self.store.load(facts)
        self.store.load(self.pack.looked_up(sorted(name for name in self.used if name.startswith(_LOOKED_UP))))
        for at, owners in enumerate(self._owners):
            for owner in owners:
                if progress is not None and isinstance(owner, Duties | Whole):
                    progress(owner.plan)
                for node in owner.start():
                    self._compute(node)
            for node in list(self._dirty[at]):
                self._compute(node)
            self._dirty[at] = {}
        self._added, self._moved = [], {}

    def step(self, gone: Sequence[Fact], come: Sequence[Fact], on: int, since: int) -> list[tuple[Instance | None, Instance | None, Causes]]:
        """Let facts go and come, and time pass to ``on``; returns what changed: before, after, and the facts that caused it."""
        if since != self.since:
            self.since = since
            self._wake(lambda node: isinstance(node.owner, Derived) and node.owner.relation == "period")
        self.tracker.on = max(on, self.on)
        while self._agenda and self._agenda[0][0] <= self.on:
            moment, _, node = heappop(self._agenda)
            if node.next == moment:
                self.mark(node)
        for fact in gone:
            self._causes = {fact: None}
            self._take(fact)
        for fact in come:
            self._causes = {fact: None}
            self._bring(fact)
        self._causes = {}
        return self._flow()

    def refresh(self) -> None:
        """Compute again what names the present moment itself, such as the papers to ask for."""
        for owner in (one for owners in self._owners for one in owners):
            for node in list(getattr(owner, "nodes", {}).values()):
                if node.moving:
                    self.mark(node)
        self._flow()

    def _flow(self) -> list[tuple[Instance | None, Instance | None, Causes]]:
        for at, owners in enumerate(self._owners):
            for owner in owners:
                for fact, causes in self._added if owner.relations else ():
                    if fact.relation in owner.relations:
                        for node in owner.reach(fact):
                            self._dirty[at].setdefault(node, {}).update(causes)
            waiting, self._dirty[at] = self._dirty[at], {}
            for node, causes in waiting.items():
                self._causes = causes
                self._compute(node)
            self._causes = {}
        moved, self._moved, self._added = self._moved, {}, []
        return [(before, after, causes) for before, after, _, causes in moved.values()]

    def _compute(self, node: Node) -> None:
        node.owner.compute(node)
        if node.next is not None:
            heappush(self._agenda, (node.next, next(self._serial), node))

    def _wake(self, wanted: Callable[[Node], bool]) -> None:
        for owners in self._owners:
            for owner in owners:
                for node in getattr(owner, "nodes", {}).values():
                    if wanted(node):
                        self.mark(node)

    # -- what computations tell ------------------------------------------------------------------------------------

    def mark(self, node: Node) -> None:
        """Let a node be computed again in this change, because of what is happening now."""
        self._dirty[node.stage].setdefault(node, {}).update(self._causes)

    def touched(self, fact: Fact) -> None:
        """Something behind a fact changed, though the fact did not."""
        for node in self.store.readers(fact):
            self.mark(node)

    def exchange(self, before: Iterable[Fact], after: Iterable[Fact]) -> None:
        """Replace facts that a computation told by those that it tells now; several may tell the same."""
        old = {(fact.relation, fact.values): fact for fact in before}
        new = {(fact.relation, fact.values): fact for fact in after}
        for key, fact in new.items():
            if key not in old:
                self._emitted[key] = self._emitted.get(key, 0) + 1
                if self._emitted[key] == 1:
                    self._bring(fact)
        for key, fact in old.items():
            if key not in new:
                self._emitted[key] -= 1
                if not self._emitted[key]:
                    del self._emitted[key]
                    self._take(fact)

    def moved(self, node: Node, before: Instance | None, after: Instance | None) -> None:
        """An instance was judged again."""
        one = after or before
        if one is not None:
            key = (one.rule_id, one.key)
            first = self._moved[key][0] if key in self._moved else before
            self._moved[key] = (first, after, node, self._causes)

    def _bring(self, fact: Fact) -> None:
        for node in self.store.add(fact):
            self.mark(node)
        self._added.append((fact, self._causes))

    def _take(self, fact: Fact) -> None:
        for node in self.store.remove(fact):
            self.mark(node)

    # -- what there is -----------------------------------------------------------------------------------------------

    def cell(self, one: Instance) -> tuple[str, str] | None:
        """The cell of the coverage matrix that an instance counts in."""
        item = one.plan.rule.item
        place = self.context.territory(one.bearer) if item is not None else None
        return (item, place) if item is not None and place is not None else None

    def instances(self) -> Iterator[Instance]:
        """All instances as they were last judged."""
        for duties in self.duties:
            yield from duties.all()


def _all(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return steps


def _seeing(earlier: Sequence[str]) -> Rewrite:
    """Results of rules of earlier layers only, where a pattern does not name the rule."""
    words = tuple(Const(id, Type.TEXT) for id in earlier)

    def visible(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(_narrow(step, words) for step in steps)

    return visible


def _narrow(step: Step, words: tuple[Const, ...]) -> Step:
    if isinstance(step, Atom):
        told = step.relation in RESULTS and step.relation != "coverage"
        return replace(step, tests=(*step.tests, Test("rule", "any", words))) if told else step
    return replace(step, of=tuple(_narrow(one, words) for one in step.of)) if isinstance(step, AtLeast) else step
