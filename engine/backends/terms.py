"""Expressions and tests as Python functions over the values of variables: what the back ends in Python share."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

from zeren.engine.language.syntax import Const, Expr, Test, Var
from zeren.models.facts import Value
from zeren.models.vocabulary import STATED_ABSENT

#: The values of the variables, by slot.
Slots = list[Any]
Getter = Callable[[Slots], Any]
#: Judges a row: yes, no, or missing.
Predicate = Callable[[tuple[Value, ...], Slots], bool | None]

COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
}
_ARITH: Final[dict[str, Callable[[Any, Any], Any]]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}
#: Tests that a missing value leaves open when instances are sought.
OPEN: Final = ("ge", "gt", "le", "lt", "in")


def value_of(expr: Expr, slots: dict[str, int]) -> Getter:
    """What reads the value of an expression; missing where a part of it is."""
    if isinstance(expr, Const):
        constant = expr.value
        return lambda env: constant  # noqa: ARG005
    if isinstance(expr, Var):
        return operator.itemgetter(slots[expr.name])
    left, right, combine = value_of(expr.left, slots), value_of(expr.right, slots), _ARITH[expr.op]

    def value(env: Slots) -> Any:
        a, b = left(env), right(env)
        return None if a is None or b is None else combine(a, b)

    return value


def predicate_of(test: Test, names: tuple[str, ...], slots: dict[str, int]) -> Predicate:
    """What judges a row, whose columns are ``names``, by a test."""
    getters = [value_of(operand, slots) for operand in test.operands]
    if test.op in ("at", "overlaps"):
        return _span(getters, names.index("since"), names.index("until"), COMPARE["le" if test.op == "at" else "lt"])
    at, first = names.index(test.column), getters[0]
    if test.op == "present":
        return lambda values, env: (values[at] is not None and values[at] != STATED_ABSENT) == first(env)
    if test.op == "any":
        return _one_of(at, test.operands, getters)
    if test.op == "in":
        return _between(at, first, getters[1])
    compare = COMPARE[test.op]

    def holds(values: tuple[Value, ...], env: Slots) -> bool | None:
        a, b = values[at], first(env)
        return None if a is None or b is None else compare(a, b)

    return holds


def _one_of(at: int, operands: tuple[Expr, ...], getters: list[Getter]) -> Predicate:
    words = frozenset(operand.value for operand in operands if isinstance(operand, Const))
    if len(words) == len(operands):
        return lambda values, env: None if values[at] is None else values[at] in words  # noqa: ARG005
    return lambda values, env: None if values[at] is None else any(values[at] == get(env) for get in getters)


def _span(getters: list[Getter], since: int, until: int, begins: Callable[[Any, Any], bool]) -> Predicate:
    def holds(values: tuple[Value, ...], env: Slots) -> bool | None:
        first, last = getters[0](env), getters[-1](env)
        if first is None or last is None:
            return None
        start, end = values[since], values[until]
        return (start is None or begins(start, last)) and (end is None or first < end)

    return holds


def _between(at: int, low: Getter, high: Getter) -> Predicate:
    def holds(values: tuple[Value, ...], env: Slots) -> bool | None:
        value, a, b = values[at], low(env), high(env)
        over = None if value is None or a is None else value >= a
        under = None if value is None or b is None else value < b
        return False if over is False or under is False else None if over is None or under is None else True

    return holds
