"""Matching by durable-rules, within its limits; what it cannot finish DuckDB does, with the same result and a note."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zeren.engine.backends.base import Backend, Match, Refs, Row, Scope
from zeren.engine.backends.durable import process, sizes
from zeren.engine.backends.durable.candidates import Column, TooLarge, Work, partitions, work
from zeren.engine.backends.durable.codes import Store
from zeren.engine.backends.durable.joins import ROWS, Join, Segment, join, segments
from zeren.engine.backends.durable.rulesets import Tuple, children, pack
from zeren.engine.backends.durable.sizes import Limits
from zeren.engine.backends.reference import Reference
from zeren.engine.language.plan import Plan, Query
from zeren.engine.language.syntax import ON, Atom
from zeren.models.facts import Facts, Value, sort_key
from zeren.models.problems import UsageError

if TYPE_CHECKING:
    from zeren.engine.backends.duckdb import DuckDB

#: The number of an instance among the bindings; no rule can name it.
_INSTANCE = "@instance"


@dataclass(frozen=True, slots=True)
class State:
    """A partial match: what its variables are, its facts so far, and whether no comparison met a missing value."""

    bindings: Mapping[str, Value]
    refs: Refs = ()
    certain: bool = True


#: A query and the states from which its matches start.
Job = tuple[Query, list[State]]


class Durable(Backend):
    """The back end over one set of facts.

    Raises:
        UsageError: durable-rules cannot run here, or the organisation is too large for it.
    """

    def __init__(self, facts: Facts, on: int, limits: Limits | None = None) -> None:
        process.available()
        if facts.stored or len(facts) > sizes.ORGANISATION:
            size = "这是一个数据文件夹" if facts.stored else f"此处有 {len(facts):,} 条（含推导）"
            raise UsageError.of("USE-引擎", f"引擎 durable 只用于场景规模，至多 {sizes.ORGANISATION:,} 条事实；{size}", "改用 --engine duckdb（结果相同）")
        self._store, self._on, self._launcher = Store(facts, on), on, process.Launcher(limits or Limits())
        self._faults: Counter[str] = Counter()
        self._foreseen: dict[tuple[Query, ...], DurableScope] = {}
        self._duck: DuckDB | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be finished here and was left to DuckDB."""
        return tuple(f"durable 的子进程{fault}：{count} 批改由 DuckDB 计算，结果相同" for fault, count in sorted(self._faults.items()))

    def extend(self, facts: Facts, relations: Sequence[str]) -> None:
        """See :class:`zeren.engine.backends.base.Backend`."""
        self._store.extend(facts, relations)
        self._foreseen = {}
        if self._duck is not None:
            self._duck.extend(facts, relations)

    def scope(self, queries: Sequence[Query], on: int) -> DurableScope:
        """See :class:`zeren.engine.backends.base.Backend`."""
        if tuple(queries) in self._foreseen:
            return self._foreseen[tuple(queries)]
        solved = self.tried([(query, [State({ON: on})]) for query in queries], possible=True)
        rows = _rows(queries, solved) if solved is not None else sorted(self.standby(queries).rows, key=lambda row: sort_key(row.values))
        return DurableScope(self, tuple(queries), rows, on)

    def foresee(self, plans: Sequence[Plan]) -> None:
        """See :class:`zeren.engine.backends.base.Backend`: a few child processes for a whole layer of rules, not two or more for each.

        Where one of them fails, every rule is tried by itself.
        """
        if self._faults.total() >= sizes.FAILURES:
            return
        queries = list(dict.fromkeys(query for plan in plans for query in plan.scope))
        with suppress(process.Failed, ArithmeticError):
            solved = dict(zip(queries, self._solve([(query, [State({ON: self._on})]) for query in queries], possible=True), strict=True))
            scopes = {plan.scope: DurableScope(self, plan.scope, _rows(plan.scope, [solved[one] for one in plan.scope]), self._on) for plan in plans}
            wanted = list(dict.fromkeys((plan.scope, query) for plan in plans for query in _queries(plan) if scopes[plan.scope].rows))
            found = self._solve([(query, scopes[scope].starts) for scope, query in wanted])
            for (scope, query), states in zip(wanted, found, strict=True):
                scopes[scope].keep(query, states)
            self._foreseen = scopes

    def standby(self, queries: Sequence[Query]) -> Scope:
        """The instances of ``queries`` by DuckDB."""
        if self._duck is None:
            from zeren.engine.backends.duckdb import DuckDB

            self._duck = DuckDB(self._store.facts, self._on)
        return self._duck.scope(queries, self._on)

    def tried(self, jobs: Sequence[Job], possible: bool = False) -> list[list[State]] | None:
        """All matches of each query from each of its states; nothing where a child process failed, or too many did.

        Raises:
            UsageError: a query is too large and cannot be cut.
        """
        if self._faults.total() >= sizes.FAILURES:
            return None
        try:
            return self._solve(jobs, possible)
        except process.Failed as fault:
            self._faults[str(fault)] += 1
            return None

    def _solve(self, jobs: Sequence[Job], possible: bool = False) -> list[list[State]]:
        cut = [segments(query.steps) for query, _ in jobs]
        states = [starts for _, starts in jobs]
        for depth in range(max(map(len, cut), default=0)):
            now = {at: steps[depth] for at, steps in enumerate(cut) if depth < len(steps) and states[at]}
            found = self._joined({at: (segment, states[at]) for at, segment in now.items()}, possible)
            for at, segment in now.items():
                states[at] = list(self._checked(segment, states[at], found[at], possible))
        return states

    def _joined(self, jobs: Mapping[int, tuple[Segment, list[State]]], possible: bool) -> dict[int, list[Tuple]]:
        """For each job which facts may stand together, by as many child processes as the sizes ask for."""
        result: dict[int, list[Tuple]] = {at: [] for at in jobs}
        works: list[tuple[int, Work]] = []
        for at, (segment, states) in jobs.items():
            if not segment.atoms:
                result[at] = [(None,)]
                continue
            whole = self._work(segment, states, possible)
            try:
                works += [(at, part) for part in partitions(whole)] if all(whole.candidates) else []
            except TooLarge as error:
                raise UsageError.of("USE-引擎", f"引擎 durable 装不下 {error} 的连接：一次至多 {sizes.PARTITION:,} 条，而这里无法不漏地拆分",
                                    "改用 --engine duckdb（结果相同）") from None
        for batch in children(pack(works)):
            for at, match in self._launcher.run(batch):
                result[at].append(match)
        return result

    def _work(self, segment: Segment, states: list[State], possible: bool) -> Work:
        compiled = join(segment, states[0].bindings, self._store.facts.schema, self._store.codes, self._on, possible)
        columns = [[self._store.codes.code(state.bindings.get(name)) for state in states] for name in compiled.variables]

        def column(at: int, number: int) -> Column:
            relation = compiled.patterns[at].relation
            return columns[number] if relation == ROWS else self._store.column(relation, number)

        return work(compiled, column, lambda at: self._count(compiled, at, len(states)))

    def _count(self, compiled: Join, at: int, states: int) -> int:
        """How many facts or rows there are for a pattern; of rows that nothing looks at one stands for all."""
        relation = compiled.patterns[at].relation
        if relation != ROWS:
            return len(self._store.rows(relation))
        return states if compiled.variables else 1

    def _checked(self, segment: Segment, states: list[State], tuples: Iterable[Tuple], possible: bool) -> Iterable[State]:
        """What of the matches that durable-rules found is one by the meaning of the language."""
        pins = _Pins(self._store)
        reference = Reference(self._store.facts, pins)
        for row, chosen in _pinned(segment, tuples):
            pins.chosen = chosen
            for state in states if row is None else (states[row],):
                for bindings, refs, certain in reference.solutions(segment.steps, state.bindings, possible):
                    yield State(bindings, state.refs + refs, state.certain and certain)


def _rows(queries: Sequence[Query], solved: Sequence[list[State]]) -> list[Row]:
    """The distinct outputs of the matches that were found for ``queries``."""
    found: dict[tuple[Value, ...], bool] = {}
    for query, states in zip(queries, solved, strict=True):
        for state in states:
            values = tuple([state.bindings.get(name) for name in query.outputs])
            found[values] = found.get(values, False) or state.certain
    return [Row(values, found[values]) for values in sorted(found, key=sort_key)]


def _queries(plan: Plan) -> list[Query]:
    """Everything that is matched for the instances of a rule."""
    parts = (query for part in plan.parts for query in part.queries)
    return list(dict.fromkeys([*parts, *plan.breaches, *(query for queries in plan.exemptions for query in queries)]))


def _pinned(segment: Segment, tuples: Iterable[Tuple]) -> Iterable[tuple[int | None, dict[int, list[int]]]]:
    """The row and, for each atom, the facts to be checked: one each, for ``at_least`` all those of the row."""
    atoms = [id(atom) for atom in segment.atoms]
    if not segment.counted:
        for row, *facts in tuples:
            yield row, {atom: [index] for atom, index in zip(atoms, facts, strict=False) if index is not None}
        return
    grouped: dict[int | None, list[set[int]]] = {}
    for row, *facts in tuples:
        seen = grouped.setdefault(row, [set() for _ in atoms])
        for own, index in zip(seen, facts, strict=True):
            if index is not None:
                own.add(index)
    for row, chosen in grouped.items():
        yield row, {atom: sorted(own) for atom, own in zip(atoms, chosen, strict=True)}


class _Pins:
    """Shows the reference only the facts that are to be checked, by the identity of the atom."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.chosen: dict[int, list[int]] = {}

    def __call__(self, atom: Atom, bindings: Mapping[str, Value]) -> Iterable[tuple[int, tuple[Value, ...]]]:  # noqa: ARG002
        rows = self._store.rows(atom.relation)
        return [(index, rows[index]) for index in self.chosen[id(atom)]]


class DurableScope:
    """The instances that durable-rules found."""

    def __init__(self, engine: Durable, queries: tuple[Query, ...], rows: list[Row], on: int) -> None:
        self.rows = rows
        self._engine, self._queries, self._on = engine, queries, on
        self._found: dict[Query, list[Match]] = {}

    @property
    def starts(self) -> list[State]:
        """The instances as what matches start from."""
        names = self._queries[0].outputs
        return [State({ON: self._on, _INSTANCE: number, **dict(zip(names, row.values, strict=True))}) for number, row in enumerate(self.rows)]

    def keep(self, query: Query, states: Iterable[State]) -> None:
        """Keep what was found for ``query``."""
        self._found[query] = [_match(state, query) for state in states]

    def settle(self, plan: Plan) -> None:
        """Every instance is decided one by one; the queries of the plan are run together, in one batch."""
        self._run([query for query in _queries(plan) if query not in self._found])

    def matches(self, query: Query) -> list[Match]:
        """See :class:`zeren.engine.backends.base.Scope`."""
        if query not in self._found:
            self._run([query])
        return self._found[query]

    def _run(self, queries: Sequence[Query]) -> None:
        starts = self.starts
        solved = self._engine.tried([(query, starts) for query in queries]) if starts and queries else [[] for _ in queries]
        if solved is None:
            self._found |= self._standby(queries)
            return
        for query, states in zip(queries, solved, strict=True):
            self.keep(query, states)

    def _standby(self, queries: Sequence[Query]) -> dict[Query, list[Match]]:
        """The matches by DuckDB, for the instances as they are numbered here."""
        other = self._engine.standby(self._queries)
        numbers = {row.values: number for number, row in enumerate(self.rows)}
        ours = [numbers[row.values] for row in other.rows]
        return {query: [match._replace(instance=ours[match.instance]) for match in other.matches(query)] for query in queries}


def _match(state: State, query: Query) -> Match:
    number = state.bindings[_INSTANCE]
    assert isinstance(number, int)
    return Match(number, tuple([state.bindings.get(name) for name in query.outputs]), state.refs)
