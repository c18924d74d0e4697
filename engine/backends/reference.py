"""The executable meaning of the language: nested loops over all facts, nothing clever. Used in tests only."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from zeren.engine.backends.base import Backend, Match, Refs, Row
from zeren.engine.language.plan import Plan, Query
from zeren.engine.language.syntax import ON, AtLeast, Atom, Compare, Const, Expr, Let, Step, Test, Var
from zeren.models.facts import Facts, Value, sort_key

_ORDER = {"lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge}
Bindings = Mapping[str, Value]
#: Yields (index, values) of the facts of an atom's relation that may match under some bindings.
Lookup = Callable[[Atom, Bindings], Iterable[tuple[int, tuple[Value, ...]]]]


def evaluate(expr: Expr, bindings: Bindings) -> Value:
    """The value of an expression; missing where any part of it is."""
    if isinstance(expr, Var):
        return bindings.get(expr.name)
    if isinstance(expr, Const):
        return expr.value
    left, right = evaluate(expr.left, bindings), evaluate(expr.right, bindings)
    if left is None or right is None:
        return None
    assert isinstance(left, int | Decimal)
    assert isinstance(right, int | Decimal)
    return left + right if expr.op == "+" else left - right if expr.op == "-" else left * right


def compare(op: str, left: Value, right: Value) -> bool | None:
    """Compare two values; the answer is missing where one of them is."""
    if left is None or right is None:
        return None
    if op == "eq":
        return left == right
    if op == "ne":
        return left != right
    return bool(_ORDER[op](left, right))


class Reference(Backend):
    """Nested loops over ``facts``; with ``possible`` a comparison with a missing value counts as a possible match."""

    def __init__(self, facts: Facts, lookup: Lookup | None = None) -> None:
        self.facts = facts
        self.lookup = lookup or self._scan

    def extend(self, facts: Facts, relations: Sequence[str]) -> None:  # noqa: ARG002
        """See :class:`zeren.engine.backends.base.Backend`."""
        self.facts = facts

    def scope(self, queries: Sequence[Query], on: int) -> ReferenceScope:
        """See :class:`zeren.engine.backends.base.Backend`."""
        found: dict[tuple[Value, ...], bool] = {}
        for query in queries:
            for bindings, _, certain in self.solutions(query.steps, {ON: on}, possible=True):
                values = tuple(bindings.get(name) for name in query.outputs)
                found[values] = found.get(values, False) or certain
        order = sorted(found, key=sort_key)
        names = queries[0].outputs
        return ReferenceScope(self, names, [Row(values, found[values]) for values in order], on)

    def solutions(self, steps: tuple[Step, ...], bindings: Bindings, possible: bool = False,
                  ) -> Iterator[tuple[Bindings, Refs, bool]]:
        """Yield every way to match ``steps``: the bindings, the matched facts, and whether nothing was missing."""
        if not steps:
            yield bindings, (), True
            return
        first, rest = steps[0], steps[1:]
        for bound, ref, sure in self._step(first, bindings, possible):
            for final, refs, certain in self.solutions(rest, bound, possible):
                yield final, (ref + refs), sure and certain

    def _step(self, step: Step, bindings: Bindings, possible: bool) -> Iterator[tuple[Bindings, Refs, bool]]:
        if isinstance(step, Atom):
            for index, values in self.lookup(step, bindings):
                outcome = self._row(step, values, bindings, possible)
                if outcome is not None:
                    yield outcome[0], (index,), outcome[1]
        elif isinstance(step, Let):
            yield {**bindings, step.name: evaluate(step.expr, bindings)}, (), True
        elif isinstance(step, Compare):
            holds = compare(step.op, evaluate(step.left, bindings), evaluate(step.right, bindings))
            if holds or (holds is None and possible):
                yield bindings, (), holds is True
        else:
            yield from self._at_least(step, bindings)

    def fails(self, test: Test, names: tuple[str, ...], values: tuple[Value, ...], bindings: Bindings) -> bool:
        """Whether a test of an atom speaks against a row; one that would only bind a variable does not."""
        if test.op == "eq" and isinstance(test.operands[0], Var) and test.operands[0].name not in bindings:
            return False
        return not self._test(test, names, values, bindings)

    def _at_least(self, step: AtLeast, bindings: Bindings) -> Iterator[tuple[Bindings, Refs, bool]]:
        found = [(inner.get(step.distinct), refs) for inner, refs, _ in self.solutions(step.of, bindings)]
        count = len({value for value, _ in found if value is not None})
        if compare("ge", Decimal(count), evaluate(step.n, bindings)) and count:
            width = sum(isinstance(inner, Atom) for inner in step.of)
            yield bindings, tuple(_indices(refs[at] for _, refs in found) for at in range(width)), True

    def _row(self, atom: Atom, values: tuple[Value, ...], bindings: Bindings, possible: bool) -> tuple[Bindings, bool] | None:
        names = self.facts.schema[atom.relation].names
        bound, certain = dict(bindings), True
        for test in atom.tests:
            if test.op == "eq" and isinstance(test.operands[0], Var) and test.operands[0].name not in bound:
                bound[test.operands[0].name] = values[names.index(test.column)]
                continue
            holds = self._test(test, names, values, bound)
            if holds is False or (holds is None and not (possible and test.op in ("ge", "gt", "le", "lt", "in"))):
                return None
            certain = certain and holds is True
        return bound, certain

    def _test(self, test: Test, names: tuple[str, ...], values: tuple[Value, ...], bindings: Bindings) -> bool | None:
        operands = [evaluate(operand, bindings) for operand in test.operands]
        if test.op in ("at", "overlaps"):
            since, until = values[names.index("since")], values[names.index("until")]
            if any(operand is None for operand in operands):
                return None
            begins = since is None or compare("le" if test.op == "at" else "lt", since, operands[-1])
            return bool(begins) and (until is None or bool(compare("lt", operands[0], until)))
        value = values[names.index(test.column)]
        if test.op == "present":
            return (value is not None and value != "无") == operands[0]
        if test.op == "any":
            return None if value is None else any(compare("eq", value, operand) for operand in operands)
        if test.op == "in":
            low, high = compare("ge", value, operands[0]), compare("lt", value, operands[1])
            return False if False in (low, high) else None if None in (low, high) else True
        return compare(test.op, value, operands[0])

    def _scan(self, atom: Atom, bindings: Bindings) -> Iterable[tuple[int, tuple[Value, ...]]]:  # noqa: ARG002
        return ((index, fact.values) for index, fact in enumerate(self.facts.of(atom.relation)))


def _indices(refs: Iterable[int | tuple[int, ...]]) -> tuple[int, ...]:
    """The different facts of one pattern inside ``at_least``, which holds no second one."""
    return tuple(sorted({ref for ref in refs if isinstance(ref, int)}))


class ReferenceScope:
    """The instances that nested loops found."""

    def __init__(self, engine: Reference, names: tuple[str, ...], rows: list[Row], on: int) -> None:
        self.rows = rows
        self._engine, self._names, self._on = engine, names, on

    def matches(self, query: Query) -> list[Match]:
        """See :class:`zeren.engine.backends.base.Scope`."""
        found = []
        for number, row in enumerate(self.rows):
            start = {ON: self._on, **dict(zip(self._names, row.values, strict=True))}
            for bindings, refs, _ in self._engine.solutions(query.steps, start):
                found.append(Match(number, tuple(bindings.get(name) for name in query.outputs), refs))
        return found

    def settle(self, plan: Plan) -> None:
        """Every instance is decided one by one."""
