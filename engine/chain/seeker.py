"""Match patterns outwards from what is known, at the cost of the neighbourhood: the reference interpreter over indexes.

The most telling pattern that can be looked up is matched first, whatever the written order; closures and other derived
relations are computed for the rows that a pattern asks about. Tests hold the matches against DuckDB.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Final

from zeren.engine.backends.base import Refs
from zeren.engine.backends.reference import Bindings, Reference, evaluate
from zeren.engine.chain.nearby import Nearby
from zeren.engine.language.syntax import AtLeast, Atom, Compare, Const, Let, Step, Test, Var, variables
from zeren.engine.pack import Pack
from zeren.models.facts import Fact, Facts, Value
from zeren.models.relations import Relation

Limits = Mapping[str, Collection[Value]]
_UNLIMITED: Final[Limits] = {}
#: Bindings, the facts of each step by its place, and whether nothing was missing.
_Hit = tuple[Bindings, tuple[tuple[int, tuple[Fact, ...]], ...], bool]


class Seeker(Reference):
    """Matches patterns over ``facts`` as they could be seen at ``seen``; closures hold as of ``moment``.

    Matches carry the facts themselves: :meth:`matches` yields, for each way to match, the bindings and the facts by step.
    """

    def __init__(self, facts: Facts, pack: Pack, moment: int, seen: int, since: int) -> None:
        super().__init__(facts.under(pack))
        self._ready: dict[int, _Ready] = pack.memo.setdefault("seeker", {})
        self.nearby = Nearby(self.facts, pack, moment, seen, since)

    def matches(self, steps: tuple[Step, ...], bindings: Bindings, possible: bool = False, once: frozenset[str] | None = None,
                limits: Limits = _UNLIMITED) -> Iterator[tuple[Bindings, tuple[tuple[Fact, ...], ...], bool]]:
        """Yield every match of ``steps``: bindings, the facts of each step in written order, and whether nothing was missing.

        With ``once``, what is left when these variables are bound need only hold: one match of it will do, a certain one
        if there is any. ``limits``: values of variables besides which no match is of interest; others may be yielded or not.
        """
        waiting = tuple(enumerate(steps))
        for bound, found, certain in self._seek(waiting, bindings, possible, once, limits):
            by_step = dict(found)
            yield bound, tuple(by_step.get(at, ()) for at, _ in waiting), certain

    def solutions(self, steps: tuple[Step, ...], bindings: Bindings, possible: bool = False,
                  ) -> Iterator[tuple[Bindings, Refs, bool]]:
        """See :class:`zeren.engine.backends.reference.Reference`; the numbers of facts are those of this seeker."""
        for bound, found, certain in self.matches(steps, bindings, possible):
            refs: list[int | tuple[int, ...]] = []
            for step, facts in zip(steps, found, strict=True):
                if isinstance(step, Atom):
                    refs.append(self.nearby.number(facts[0]))
                elif isinstance(step, AtLeast):
                    groups: dict[str, list[int]] = {}
                    for fact in facts:
                        groups.setdefault(fact.relation, []).append(self.nearby.number(fact))
                    refs += [tuple(sorted(groups.get(inner.relation, ()))) for inner in step.of if isinstance(inner, Atom)]
            yield bound, tuple(refs), certain

    def _seek(self, waiting: tuple[tuple[int, Step], ...], bindings: Bindings, possible: bool, once: frozenset[str] | None,
              limits: Limits) -> Iterator[_Hit]:
        if not waiting:
            yield bindings, (), True
            return
        if once is not None and all(name in bindings for name in once):
            spare: _Hit | None = None
            for hit in self._seek(waiting, bindings, possible, None, limits):
                if hit[2]:
                    yield hit
                    return
                spare = spare or hit
            if spare is not None:
                yield spare
            return
        at, first, rows = self._next(waiting, bindings, limits)
        rest = tuple(entry for entry in waiting if entry[0] != at)
        for bound, facts, sure in self._one(first, rows, bindings, possible):
            for final, found, certain in self._seek(rest, bound, possible, once, limits):
                yield final, ((at, facts), *found), sure and certain

    def _one(self, step: Step, rows: Callable[[], Iterable[Fact]] | None, bindings: Bindings, possible: bool,
             ) -> Iterator[tuple[Bindings, tuple[Fact, ...], bool]]:
        if isinstance(step, Atom):
            assert rows is not None
            ready = self._prepared(step)
            for fact in rows():
                outcome = self._match(ready, fact.values, bindings, possible)
                if outcome is not None:
                    yield outcome[0], (fact,), outcome[1]
        elif isinstance(step, AtLeast):
            found = [(inner.get(step.distinct), facts) for inner, facts, _ in self.matches(step.of, bindings)]
            count = {value for value, _ in found if value is not None}
            wanted = evaluate(step.n, bindings)
            if count and wanted is not None and len(count) >= wanted:  # type: ignore[operator]
                yield bindings, tuple(dict.fromkeys(fact for _, facts in found for part in facts for fact in part)), True
        else:
            yield from ((bound, (), sure) for bound, _, sure in self._step(step, bindings, possible))

    def _next(self, waiting: tuple[tuple[int, Step], ...], bindings: Bindings, limits: Limits,
              ) -> tuple[int, Step, Callable[[], Iterable[Fact]] | None]:
        """The step to match next: conditions as soon as they can be decided, then the pattern with the fewest rows."""
        best: tuple[int, int, Step, Callable[[], Iterable[Fact]] | None] | None = None
        for at, step in waiting:
            ready = self._prepared(step)
            if not ready.needs <= bindings.keys():
                continue
            if isinstance(step, Compare | Let):
                return at, step, None
            if isinstance(step, AtLeast):
                if all(other >= at for other, _ in waiting):
                    best = best or (0, at, step, None)
                continue
            count, rows = self.nearby.rows(step.relation, ready.known(bindings), ready.choices(bindings, limits))
            if best is None or count < best[0]:
                best = (count, at, step, rows)
            if count <= 1:
                break
        if best is None:  # what is left waits for something that no other step binds
            at, step = waiting[0]
            return at, step, self.nearby.rows(step.relation, {})[1] if isinstance(step, Atom) else None
        return best[1:]

    def passes(self, atom: Atom, fact: Fact) -> bool:
        """Whether a fact passes the tests of a pattern that has literals only."""
        return self._match(self._prepared(atom), fact.values, {}, False) is not None

    def _match(self, ready: _Ready, values: tuple[Value, ...], bindings: Bindings, possible: bool) -> tuple[Bindings, bool] | None:
        """As :meth:`Reference._row`, literals first."""
        for place, allowed in ready.literals:
            if values[place] not in allowed:
                return None
        bound, certain = dict(bindings), True
        for test, name, place in ready.others:
            if name is not None:
                if name not in bound:
                    bound[name] = values[place]
                elif bound[name] is None or values[place] != bound[name]:
                    return None
                continue
            holds = self._test(test, ready.names, values, bound)
            if holds is False or (holds is None and not (possible and test.op in ("ge", "gt", "le", "lt", "in"))):
                return None
            certain = certain and holds is True
        return bound, certain

    def _prepared(self, step: Step) -> _Ready:
        ready = self._ready.get(id(step))
        if ready is None:
            ready = self._ready[id(step)] = _Ready(step, self.facts.schema[step.relation] if isinstance(step, Atom) else None)
        return ready


class _Ready:
    """What a step is asked again and again. It holds the step, so that its identity stays its own.

    ``needs``: the variables that must be bound before; ``literals``: places of columns with the values that a row may have
    there; ``others``: the other tests, with the variable and the place where a column only has to equal a variable;
    ``words``: the columns with a closed vocabulary of which a row must have one of some values.
    """

    __slots__ = ("_equal", "_fixed", "literals", "names", "needs", "others", "step", "words")

    def __init__(self, step: Step, relation: Relation | None) -> None:
        self.step, self.needs = step, frozenset(_needs(step))
        tests = step.tests if isinstance(step, Atom) else ()
        self.names = relation.names if relation is not None else ()
        allowed = [(test, found) for test in tests if (found := _allowed(test)) is not None]
        self.literals = tuple((self.names.index(test.column), found) for test, found in allowed)
        self.others = tuple((test, *self._variable(test)) for test in tests if _allowed(test) is None)
        self._fixed = {test.column: test.operands[0].value for test in tests if test.op == "eq" and isinstance(test.operands[0], Const)}
        self._equal = tuple((test.column, test.operands[0], frozenset(variables(test.operands[0]))) for test in tests
                            if test.op == "eq" and not isinstance(test.operands[0], Const))
        self.words = {test.column: found for test, found in allowed if test.column not in self._fixed
                      and relation is not None and (column := relation.column(test.column)) is not None and column.vocabulary}

    def _variable(self, test: Test) -> tuple[str | None, int]:
        plain = test.op == "eq" and isinstance(test.operands[0], Var)
        return (test.operands[0].name, self.names.index(test.column)) if plain else (None, -1)  # type: ignore[union-attr]

    def known(self, bindings: Bindings) -> dict[str, Value]:
        """The columns whose value the bindings tell."""
        found = dict(self._fixed)
        for column, term, names in self._equal:
            if names <= bindings.keys():
                found[column] = evaluate(term, bindings)
        return found

    def choices(self, bindings: Bindings, limits: Limits) -> Mapping[str, Collection[Value]]:
        """The columns of which a row must have one of some values: by its literals, and by one limit of a variable not yet bound."""
        for column, term, _ in self._equal if limits else ():
            if isinstance(term, Var) and term.name in limits and term.name not in bindings:
                return {**self.words, column: limits[term.name]}
        return self.words


def _allowed(test: Test) -> frozenset[Value] | None:
    """The values with which a row passes a test on literals; nothing for other tests."""
    values = [one.value for one in test.operands if isinstance(one, Const)]
    if len(values) == len(test.operands) and test.op in ("eq", "any"):
        return frozenset(value for value in values if value is not None)
    return frozenset((None, "无")) if test.op == "present" and values == [False] else None


def _needs(step: Step) -> set[str]:
    """The variables that must be bound before a step can be matched."""
    if isinstance(step, Compare):
        return {*variables(step.left), *variables(step.right)}
    if isinstance(step, Let):
        return set(variables(step.expr))
    if isinstance(step, AtLeast):
        return set()
    plain = {id(test) for test in step.tests if test.op == "eq" and isinstance(test.operands[0], Var)}
    return {name for test in step.tests if id(test) not in plain for operand in test.operands for name in variables(operand)}
