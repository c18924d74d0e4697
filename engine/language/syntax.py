"""The parts a rule is made of. All of them are immutable; a list of patterns is a tuple of items, in written order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from zeren.models.facts import Value
from zeren.models.problems import NOWHERE, Place
from zeren.models.relations import Type

#: The moment of the audit; every pattern may use it.
ON: Final = "on"


@dataclass(frozen=True, slots=True)
class Var:
    """A variable; the same name means the same value."""

    name: str


@dataclass(frozen=True, slots=True)
class Const:
    """A typed literal."""

    value: Value
    type: Type


@dataclass(frozen=True, slots=True)
class Arith:
    """``left op right`` with ``+``, ``-`` or ``*``."""

    op: str
    left: Expr
    right: Expr
    type: Type


Expr = Var | Const | Arith


@dataclass(frozen=True, slots=True)
class Test:
    """A condition on one column of an atom.

    ``op`` is ``eq``, ``ne``, ``any`` (one of the operands), ``ge``, ``gt``, ``le``, ``lt``, ``present`` (one operand:
    yes or no), ``in`` (half-open, two operands), ``at`` (the row holds at the operand) or ``overlaps`` (two operands).
    The last two look at ``since`` and ``until`` and have the column ``at`` or ``overlaps``.
    """

    column: str
    op: str
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Atom:
    """One pattern: a row of ``relation`` that passes all tests."""

    relation: str
    tests: tuple[Test, ...]
    place: Place = field(default=NOWHERE, compare=False)

    def variable(self, column: str) -> str | None:
        """The variable that stands in ``column``, if one does."""
        term = self.term(column)
        return term.name if isinstance(term, Var) else None

    def term(self, column: str) -> Expr | None:
        """The single value that ``column`` must equal, if one is given."""
        for test in self.tests:
            if test.column == column and test.op == "eq":
                return test.operands[0]
        return None


@dataclass(frozen=True, slots=True)
class Compare:
    """A ``where`` condition between two expressions."""

    op: str
    left: Expr
    right: Expr
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Let:
    """A name for the value of an expression."""

    name: str
    expr: Expr
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least ``n`` different values of ``distinct`` among the matches of ``of``; its own variables stay inside."""

    n: Expr
    distinct: str
    of: tuple[Step, ...]
    place: Place = field(default=NOWHERE, compare=False)


Step = Atom | Compare | Let | AtLeast


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of several lists must match."""

    branches: tuple[tuple[Item, ...], ...]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Named lists that must all match; each has an outcome of its own."""

    groups: tuple[tuple[str, tuple[Item, ...]], ...]
    place: Place = field(default=NOWHERE, compare=False)


Item = Step | AnyOf | AllOf


def variables(expr: Expr) -> Iterator[str]:
    """Yield the variables of an expression."""
    if isinstance(expr, Var):
        yield expr.name
    elif isinstance(expr, Arith):
        yield from variables(expr.left)
        yield from variables(expr.right)


def step_variables(step: Step) -> Iterator[str]:
    """Yield the variables that a step mentions (those of ``at_least`` too)."""
    if isinstance(step, Atom):
        for test in step.tests:
            for operand in test.operands:
                yield from variables(operand)
    elif isinstance(step, Compare):
        yield from variables(step.left)
        yield from variables(step.right)
    elif isinstance(step, Let):
        yield step.name
        yield from variables(step.expr)
    else:
        yield from variables(step.n)
        for inner in step.of:
            yield from step_variables(inner)


def atoms(steps: tuple[Step, ...]) -> Iterator[Atom]:
    """Yield the atoms of a conjunction, those inside ``at_least`` too, in written order."""
    for step in steps:
        if isinstance(step, Atom):
            yield step
        elif isinstance(step, AtLeast):
            yield from atoms(step.of)


def conjunctions(items: tuple[Item, ...]) -> tuple[tuple[Step, ...], ...]:
    """Expand ``any`` into plain conjunctions; ``all`` becomes part of each of them."""
    result: tuple[tuple[Step, ...], ...] = ((),)
    for item in items:
        if isinstance(item, AnyOf):
            choices = tuple(c for branch in item.branches for c in conjunctions(branch))
        elif isinstance(item, AllOf):
            choices = conjunctions(tuple(step for _, group in item.groups for step in group))
        else:
            choices = ((item,),)
        result = tuple(done + choice for done in result for choice in choices)
    return result
