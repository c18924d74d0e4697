"""The random cases are worth something: a fault planted in one engine is found by comparing it with another."""

import operator
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import random_cases as cases

from zeren.engine.backends import indexed, terms
from zeren.engine.evaluate import evaluate
from zeren.engine.pack import Pack

#: Books of eight rules, and organisations for each.
BOOKS, EACH = 60, 12
Patch = Callable[[pytest.MonkeyPatch], None]


def _operator(name: str, wrong: Any) -> Patch:
    return lambda patch: patch.setitem(terms.COMPARE, name, wrong)


def _ends(one: str, first: Any, second: Any) -> Patch:
    """``since`` or ``until`` of `at` or `overlaps`, compared wrongly."""

    def patched(patch: pytest.MonkeyPatch) -> None:
        right = terms._span

        def span(getters: Any, since: int, until: int, begins: Any) -> Any:
            if (one == "at") != (begins is operator.le):
                return right(getters, since, until, begins)

            def holds(values: tuple[Any, ...], env: Any) -> bool | None:
                a, b = getters[0](env), getters[-1](env)
                if a is None or b is None:
                    return None
                return (values[since] is None or first(values[since], b)) and (values[until] is None or second(a, values[until]))

            return holds

        patch.setattr(terms, "_span", span)

    return patched


def _window(first: Any, second: Any) -> Patch:
    """The ends of `in`, compared wrongly."""

    def between(at: int, low: Any, high: Any) -> Any:
        def holds(values: tuple[Any, ...], env: Any) -> bool | None:
            value, a, b = values[at], low(env), high(env)
            over = None if value is None or a is None else first(value, a)
            under = None if value is None or b is None else second(value, b)
            return False if over is False or under is False else None if over is None or under is None else True

        return holds

    return lambda patch: patch.setattr(terms, "_between", between)


FAULTS: dict[str, Patch] = {
    "le is lt": _operator("le", operator.lt), "lt is le": _operator("lt", operator.le), "ge is gt": _operator("ge", operator.gt),
    "gt is ge": _operator("gt", operator.ge), "- is +": lambda patch: patch.setitem(terms._ARITH, "-", operator.add),
    "at: since without its moment": _ends("at", operator.lt, operator.lt), "at: until with its moment": _ends("at", operator.le, operator.le),
    "overlaps: since with its moment": _ends("overlaps", operator.le, operator.lt),
    "overlaps: until with its moment": _ends("overlaps", operator.lt, operator.le),
    "in: without its first moment": _window(operator.gt, operator.lt), "in: with its last moment": _window(operator.ge, operator.le),
    "无 is something": lambda patch: patch.setattr(terms, "STATED_ABSENT", "@"), "what is missing fails": lambda patch: patch.setattr(indexed, "OPEN", ()),
}  # fmt: skip


def _judged(pack: Pack, plans: Any, facts: Any) -> list[Any]:
    instances = evaluate(facts, pack, plans, cases.ON, cases.SINCE, "indexed").instances
    return [(one.rule_id, one.values, one.outcome, one.signs, one.evidence) for one in instances]


def test_planted_faults_are_found(tmp_path: Path) -> None:
    pack, found = cases.pack_of(tmp_path), []
    for seed in range(BOOKS):
        rnd = random.Random(seed)
        plans = cases.book_of(rnd, pack, cases.organisation(rnd), 8)[1]
        for _ in range(0 if cases.in_a_circle(plans) else EACH):
            facts = cases.organisation(rnd)
            found.append((plans, facts, _judged(pack, plans, facts)))
    missed = []
    for fault, plant in FAULTS.items():
        with pytest.MonkeyPatch.context() as patch:
            plant(patch)
            if all(_judged(pack, plans, facts) == right for plans, facts, right in found):
                missed.append(fault)
    assert not missed
