"""Conjunctions as chained Python functions over hash indexes: for small organisations, without starting a database.

Each pattern is compiled once: the columns that must equal something known become the key of an index, the other tests
become predicates, the rest binds slots of one list. Tests hold it against the reference and DuckDB.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Final

from zeren.engine.backends.base import Backend, Match, Refs, Row
from zeren.engine.backends.terms import COMPARE, OPEN, Getter, Predicate, Slots, predicate_of, value_of
from zeren.engine.derive.closures import CLOSURES
from zeren.engine.language.plan import Plan, Query
from zeren.engine.language.syntax import ON, AtLeast, Atom, Compare, Let, Step, Var, variables
from zeren.models.facts import Fact, Facts, Value, sort_key

#: Continues with the next step: slots, facts so far, and whether no comparison met a missing value.
Next = Callable[[Slots, Refs, bool], None]
Rows = dict[Any, list[tuple[int, tuple[Value, ...]]]]

#: The slot of the instance's number; no rule can name it.
_INSTANCE: Final = "@instance"


class Indexed(Backend):
    """The back end; indexes are built when a pattern first needs them."""

    def __init__(self, facts: Facts, on: int) -> None:
        self._facts, self._on = facts, on
        self._indexes: dict[tuple[str, tuple[int, ...]], Rows] = {}
        self._rows: dict[str, list[tuple[int, tuple[Value, ...]]]] = {}

    def extend(self, facts: Facts, relations: Sequence[str]) -> None:
        """See :class:`zeren.engine.backends.base.Backend`."""
        self._facts = facts
        for name in relations:
            self._rows.pop(name, None)
        self._indexes = {key: rows for key, rows in self._indexes.items() if key[0] not in relations}

    def scope(self, queries: Sequence[Query], on: int) -> IndexedScope:
        """See :class:`zeren.engine.backends.base.Backend`."""
        found: dict[tuple[Value, ...], bool] = {}
        for query in queries:
            slots = {ON: 0}

            def emit(env: Slots, refs: Refs, certain: bool, at: dict[str, int] = slots, query: Query = query) -> None:  # noqa: ARG001
                values = tuple([env[at[name]] for name in query.outputs])
                found[values] = found.get(values, False) or certain

            run = self.chain(query.steps, slots, emit, possible=True)
            run([on] + [None] * len(slots), (), True)
        rows = [Row(values, found[values]) for values in sorted(found, key=sort_key)]
        return IndexedScope(self, queries[0].outputs, rows, on)

    def chain(self, steps: Sequence[Step], slots: dict[str, int], last: Next, possible: bool = False) -> Next:
        """Compile ``steps``; new variables get slots, so that ``slots`` must not be read before this returns."""
        makers: list[Callable[[Next], Next]] = [self._step(step, slots, possible) for step in steps]
        for make in reversed(makers):
            last = make(last)
        return last

    def rows(self, relation: str) -> list[tuple[int, tuple[Value, ...]]]:
        """All rows of a relation with their numbers; closures are walked when first asked for."""
        if relation not in self._rows:
            facts: Sequence[Fact] = self._facts.of(relation)
            if relation in CLOSURES and not facts:
                facts = Facts(CLOSURES[relation].walk(self._facts, self._on), self._facts.schema).of(relation)
            self._rows[relation] = [(at, fact.values) for at, fact in enumerate(facts)]
        return self._rows[relation]

    def index(self, relation: str, columns: tuple[int, ...]) -> Rows:
        """Rows by the values of ``columns``; rows that miss one of them are left out."""
        key = (relation, columns)
        if key not in self._indexes:
            grouped: defaultdict[Any, list[tuple[int, tuple[Value, ...]]]] = defaultdict(list)
            for row in self.rows(relation):
                values = tuple([row[1][at] for at in columns])
                if None not in values:
                    grouped[values].append(row)
            self._indexes[key] = dict(grouped)
        return self._indexes[key]

    def _step(self, step: Step, slots: dict[str, int], possible: bool) -> Callable[[Next], Next]:
        if isinstance(step, Atom):
            return self._atom(step, slots, possible)
        if isinstance(step, AtLeast):
            return self._at_least(step, slots)
        if isinstance(step, Let):
            value, slot = value_of(step.expr, slots), slots.setdefault(step.name, len(slots))
            return lambda following: _bind(slot, value, following)
        return _condition(step, slots, possible)

    def _atom(self, atom: Atom, slots: dict[str, int], possible: bool) -> Callable[[Next], Next]:
        names = self._facts.schema[atom.relation].names
        keys: list[tuple[int, Getter]] = []
        binds: list[tuple[int, int]] = []
        tests: list[tuple[Predicate, bool]] = []
        before = set(slots)
        for test in atom.tests:
            term = test.operands[0]
            if test.op == "eq" and isinstance(term, Var) and term.name not in slots:
                slots[term.name] = len(slots)
                binds.append((slots[term.name], names.index(test.column)))
            elif test.op == "eq" and set(variables(term)) <= before:
                keys.append((names.index(test.column), value_of(term, slots)))
            else:
                tests.append((predicate_of(test, names, slots), possible and test.op in OPEN))
        keys.sort(key=lambda entry: entry[0])
        columns = tuple(at for at, _ in keys)
        getters = [getter for _, getter in keys]
        candidates = self.index(atom.relation, columns) if keys else None
        every = None if keys else self.rows(atom.relation)

        def make(following: Next) -> Next:
            def run(env: Slots, refs: Refs, certain: bool) -> None:
                rows = every if candidates is None else candidates.get(tuple([get(env) for get in getters]), ())
                for number, values in rows or ():
                    for slot, at in binds:
                        env[slot] = values[at]
                    sure = certain
                    for predicate, may_be_open in tests:
                        holds = predicate(values, env)
                        if not holds:
                            if holds is False or not may_be_open:
                                break
                            sure = False
                    else:
                        following(env, (*refs, number), sure)

            return run

        return make

    def _at_least(self, step: AtLeast, slots: dict[str, int]) -> Callable[[Next], Next]:
        inner, number = dict(slots), value_of(step.n, slots)
        found: list[tuple[Any, Refs]] = []
        width = sum(isinstance(one, Atom) for one in step.of)

        def note(env: Slots, refs: Refs, certain: bool) -> None:  # noqa: ARG001
            found.append((env[inner[step.distinct]], refs))

        run_inner = self.chain(step.of, inner, note)

        def make(following: Next) -> Next:
            def run(env: Slots, refs: Refs, certain: bool) -> None:
                found.clear()
                run_inner([*env, *[None] * (len(inner) - len(env))], (), True)
                count, least = len({value for value, _ in found if value is not None}), number(env)
                if count and least is not None and count >= least:
                    groups = tuple(tuple(sorted({own[at] for _, own in found})) for at in range(width))
                    following(env, (*refs, *groups), certain)  # type: ignore[arg-type]

            return run

        return make


def _bind(slot: int, value: Getter, following: Next) -> Next:
    def run(env: Slots, refs: Refs, certain: bool) -> None:
        env[slot] = value(env)
        following(env, refs, certain)

    return run


def _condition(step: Compare, slots: dict[str, int], possible: bool) -> Callable[[Next], Next]:
    left, right, compare = value_of(step.left, slots), value_of(step.right, slots), COMPARE[step.op]

    def make(following: Next) -> Next:
        def run(env: Slots, refs: Refs, certain: bool) -> None:
            a, b = left(env), right(env)
            if a is None or b is None:
                if possible:
                    following(env, refs, False)
            elif compare(a, b):
                following(env, refs, certain)

        return run

    return make


class IndexedScope:
    """The instances, ready to be matched against."""

    def __init__(self, engine: Indexed, names: tuple[str, ...], rows: list[Row], on: int) -> None:
        self.rows = rows
        self._engine, self._names, self._on = engine, names, on

    def matches(self, query: Query) -> list[Match]:
        """See :class:`zeren.engine.backends.base.Scope`."""
        if not self.rows:
            return []
        slots = {ON: 0, _INSTANCE: 1, **{name: at for at, name in enumerate(self._names, 2)}}
        found: list[Match] = []

        def emit(env: Slots, refs: Refs, certain: bool) -> None:  # noqa: ARG001
            found.append(Match(env[1], tuple([env[slots[name]] for name in query.outputs]), refs))

        run = self._engine.chain(query.steps, slots, emit)
        spare = [None] * (len(slots) - 2 - len(self._names))
        for number, row in enumerate(self.rows):
            run([self._on, number, *row.values, *spare], (), True)
        return found

    def settle(self, plan: Plan) -> None:
        """Every instance is decided one by one."""
