"""Match patterns outwards from what is known, at the cost of the neighbourhood: the reference interpreter over indexes.

The most telling pattern that can be looked up is matched first, whatever the written order; closures and other derived
relations are computed for the rows that a pattern asks about. Tests hold the matches against DuckDB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from zeren.engine.backends.base import Refs
from zeren.engine.backends.reference import Bindings, Reference, evaluate
from zeren.engine.chain.nearby import Nearby
from zeren.engine.language.syntax import AtLeast, Atom, Compare, Const, Expr, Let, Step, Var, variables
from zeren.engine.pack import Pack
from zeren.models.facts import Fact, Facts, Value

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
                ) -> Iterator[tuple[Bindings, tuple[tuple[Fact, ...], ...], bool]]:
        """Yield every match of ``steps``: bindings, the facts of each step in written order, and whether nothing was missing.

        With ``once``, what is left when these variables are bound need only hold: one match of it will do, a certain one
        if there is any.
        """
        waiting = tuple(enumerate(steps))
        for bound, found, certain in self._seek(waiting, bindings, possible, once):
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

    def _seek(self, waiting: tuple[tuple[int, Step], ...], bindings: Bindings, possible: bool, once: frozenset[str] | None) -> Iterator[_Hit]:
        if not waiting:
            yield bindings, (), True
            return
        if once is not None and all(name in bindings for name in once):
            spare: _Hit | None = None
            for hit in self._seek(waiting, bindings, possible, None):
                if hit[2]:
                    yield hit
                    return
                spare = spare or hit
            if spare is not None:
                yield spare
            return
        at, first, rows = self._next(waiting, bindings)
        rest = tuple(entry for entry in waiting if entry[0] != at)
        for bound, facts, sure in self._one(first, rows, bindings, possible):
            for final, found, certain in self._seek(rest, bound, possible, once):
                yield final, ((at, facts), *found), sure and certain

    def _one(self, step: Step, rows: Callable[[], Iterable[Fact]] | None, bindings: Bindings, possible: bool,
             ) -> Iterator[tuple[Bindings, tuple[Fact, ...], bool]]:
        if isinstance(step, Atom):
            assert rows is not None
            for fact in rows():
                outcome = self._row(step, fact.values, bindings, possible)
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

    def _next(self, waiting: tuple[tuple[int, Step], ...], bindings: Bindings,
              ) -> tuple[int, Step, Callable[[], Iterable[Fact]] | None]:
        """The step to match next: conditions as soon as they can be decided, then the pattern with the fewest rows."""
        best: tuple[int, int, Step, Callable[[], Iterable[Fact]] | None] | None = None
        for at, step in waiting:
            ready = self._prepared(step)
            if not all(name in bindings for name in ready.needs):
                continue
            if isinstance(step, Compare | Let):
                return at, step, None
            if isinstance(step, AtLeast):
                if all(other >= at for other, _ in waiting):
                    best = best or (0, at, step, None)
                continue
            known = {column: term.value if isinstance(term, Const) else evaluate(term, bindings)
                     for column, term, names in ready.equal if all(name in bindings for name in names)}
            count, rows = self.nearby.rows(step.relation, known)
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
        names = self.facts.schema[atom.relation].names
        return all(self._test(test, names, fact.values, {}) for test in atom.tests)

    def _row(self, atom: Atom, values: tuple[Value, ...], bindings: Bindings, possible: bool) -> tuple[Bindings, bool] | None:
        bound, certain = dict(bindings), True
        names = self._prepared(atom).names
        for test, place in zip(atom.tests, self._prepared(atom).places, strict=True):
            term = test.operands[0]
            if test.op == "eq":
                if isinstance(term, Const):
                    if values[place] != term.value or term.value is None:
                        return None
                    continue
                if isinstance(term, Var):
                    if term.name not in bound:
                        bound[term.name] = values[place]
                    elif bound[term.name] is None or values[place] != bound[term.name]:
                        return None
                    continue
            holds = self._test(test, names, values, bound)
            if holds is False or (holds is None and not (possible and test.op in ("ge", "gt", "le", "lt", "in"))):
                return None
            certain = certain and holds is True
        return bound, certain

    def _prepared(self, step: Step) -> _Ready:
        ready = self._ready.get(id(step))
        if ready is None:
            names = self.facts.schema[step.relation].names if isinstance(step, Atom) else ()
            tests = step.tests if isinstance(step, Atom) else ()
            ready = self._ready[id(step)] = _Ready(
                step, names, tuple(names.index(test.column) if test.column in names else -1 for test in tests),
                frozenset(_needs(step)),
                tuple((test.column, test.operands[0], frozenset(variables(test.operands[0]))) for test in tests if test.op == "eq"))
        return ready


@dataclass(frozen=True, slots=True)
class _Ready:
    """What a step is asked again and again: the columns of its relation, where its tests look, what must be bound before,
    and which columns must equal what. It holds the step, so that its identity stays its own."""

    step: Step
    names: tuple[str, ...]
    places: tuple[int, ...]
    needs: frozenset[str]
    equal: tuple[tuple[str, Expr, frozenset[str]], ...]


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
