"""Conjunctions made ready to be matched in any order: the own variables of ``at_least`` get names of their own, a ``let`` over
the present moment is written out where it is used, and steps are put in the order that looks at the fewest facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from zeren.engine.language.syntax import (
    ON,
    Arith,
    AtLeast,
    Atom,
    Compare,
    Expr,
    Let,
    Step,
    Test,
    Var,
    step_variables,
    variables,
)

#: About how many facts a pattern yields: its relation, and the columns whose values are known.
Estimate = Callable[[Atom, frozenset[str]], float]

#: The place of the tests of a seed that wait for variables of other steps.
LATER = -1


def parted(atom: Atom) -> tuple[Atom, Atom]:
    """The tests of a pattern that need nothing but itself, and those that wait for variables of others."""
    own = {test.operands[0].name for test in atom.tests if test.op == "eq" and isinstance(test.operands[0], Var)}
    ready = tuple(test for test in atom.tests if names_of(test) <= own | {ON})
    return replace(atom, tests=ready), replace(atom, tests=tuple(test for test in atom.tests if test not in ready))


def joined(steps: Sequence[Step], bound: Iterable[str], kept: Iterable[str]) -> tuple[Step, ...]:
    """The steps with one variable in place of two that a condition holds equal, so that it can be looked up.

    ``bound`` have values from the start, ``kept`` must stay. Not for scopes, where a missing value satisfies a condition.
    """
    known, same = {*bound}, dict[str, Expr]()
    places = {name for step in steps if isinstance(step, Atom) for name in step_variables(step)} - known - {ON, *kept}
    for step in steps:
        if isinstance(step, Compare) and step.op == "eq" and isinstance(step.left, Var) and isinstance(step.right, Var):
            for free, other in ((step.left, step.right), (step.right, step.left)):
                if free.name in places - set(same) and other.name in known and not set(same) & {other.name}:
                    same[free.name] = other
                    break
    return tuple(substituted(step, same) for step in steps) if same else tuple(steps)


def prepared(steps: Sequence[Step], bound: Iterable[str]) -> tuple[Step, ...]:
    """The steps with the same meaning in any order in which all that a step needs is bound before it.

    ``bound`` are the variables that have values from the start.
    """
    known, written, result = {*bound, ON}, dict[str, Expr](), []
    for at, raw in enumerate(steps):
        step = substituted(raw, written) if written else raw
        if isinstance(step, Let) and ON in set(variables(step.expr)) and step.name not in bound:
            written[step.name] = step.expr
            continue
        if isinstance(step, AtLeast):
            inner = {name for one in step.of for name in step_variables(one)} - known
            step = substituted(step, {name: Var(f"{name}@{at}") for name in inner})
        elif not isinstance(step, Compare):
            known |= set(step_variables(step))
        result.append(step)
    return tuple(result)


def substituted(step: Step, written: Mapping[str, Expr]) -> Step:
    """The step with expressions in place of variables."""
    def of(expr: Expr) -> Expr:
        if isinstance(expr, Var):
            return written.get(expr.name, expr)
        return replace(expr, left=of(expr.left), right=of(expr.right)) if isinstance(expr, Arith) else expr

    if isinstance(step, Atom):
        return replace(step, tests=tuple(Test(test.column, test.op, tuple(map(of, test.operands))) for test in step.tests))
    if isinstance(step, Compare):
        return replace(step, left=of(step.left), right=of(step.right))
    if isinstance(step, Let):
        name = written.get(step.name)
        return replace(step, name=name.name if isinstance(name, Var) else step.name, expr=of(step.expr))
    distinct = written.get(step.distinct)
    return replace(step, n=of(step.n), distinct=distinct.name if isinstance(distinct, Var) else step.distinct,
                   of=tuple(substituted(one, written) for one in step.of))


def dated(step: Step) -> bool:
    """Whether the present moment decides about a step."""
    return ON in set(step_variables(step))


def arranged(steps: Iterable[tuple[int, Step]], bound: Iterable[str], estimate: Estimate) -> Iterator[tuple[int, Step]]:
    """Yield the steps, with their places, in a good order: conditions as soon as they can be decided, then the fewest facts."""
    known, waiting = {*bound, ON}, [_Waiting(at, step) for at, step in steps]
    while waiting:
        ready = [one for one in waiting if one.needs <= known]
        # What a list needs is bound above it, so that the first step that waits is always ready.
        one = next((one for one in ready if one.at_once), None) or (
            ready[0] if len(ready) == 1 else min(ready, key=lambda one: (one.cost(known, estimate), one.at)))
        waiting.remove(one)
        known |= one.binds
        yield one.at, one.step


class _Waiting:
    """A step that waits for its place, with what decides about it, found once."""

    __slots__ = ("at", "at_once", "binds", "needs", "patterns", "step")

    def __init__(self, at: int, step: Step) -> None:
        self.at, self.step, self.needs = at, step, _needs(step)
        self.at_once = at == LATER or isinstance(step, Compare | Let)
        self.binds = set() if isinstance(step, Compare | AtLeast) else set(step_variables(step))
        inner = step.of if isinstance(step, AtLeast) else (step,)
        self.patterns = [(one, [(test.column, names) for test in one.tests if test.op == "eq" and ON not in (names := names_of(test))])
                         for one in inner if isinstance(one, Atom)]

    def cost(self, known: set[str], estimate: Estimate) -> float:
        found = min(estimate(atom, frozenset(column for column, names in equal if names <= known)) for atom, equal in self.patterns)
        return found + 0.5 if isinstance(self.step, AtLeast) else found


def names_of(test: Test) -> set[str]:
    """The variables that a test mentions."""
    return {name for operand in test.operands for name in variables(operand)}


def _needs(step: Step) -> set[str]:
    """The variables that must be bound before a step."""
    if isinstance(step, Compare):
        return {*variables(step.left), *variables(step.right)}
    if isinstance(step, Let):
        return set(variables(step.expr))
    if isinstance(step, AtLeast):  # its own variables have an @ in their names
        return {name for name in step_variables(step) if "@" not in name}
    own = {test.operands[0].name for test in step.tests if test.op == "eq" and isinstance(test.operands[0], Var)}
    return {name for test in step.tests for name in names_of(test)} - own
