"""Every shipped rule reads cleanly, and each of its examples holds on both engines."""

import pytest

from zeren.engine.examples import Example, examples, missing_examples, run
from zeren.engine.language.plan import Plan
from zeren.engine.pack import Pack
from zeren.models.problems import Problems

PACK = Pack()
_READ: dict[str, tuple[Plan | None, Problems]] = {}


def _read(id: str) -> tuple[Plan | None, Problems]:
    if id not in _READ:
        problems = Problems()
        _READ[id] = PACK.plan(id, problems, whole=True), problems
    return _READ[id]


def _examples() -> list[object]:
    plans = [plan for id in PACK.rule_files if (plan := _read(id)[0]) is not None]
    return [pytest.param(plan, example, id=example.name) for plan in plans for example in examples(plan)]


@pytest.mark.parametrize("id", PACK.rule_files)
def test_reads_without_problems_and_has_its_examples(id: str) -> None:
    plan, problems = _read(id)
    assert plan is not None, "\n".join(map(str, problems))
    assert not list(problems), "\n".join(map(str, problems))
    assert not missing_examples(plan)
    assert plan.rule.fix or plan.rule.layer or plan.rule.modality == "预警" or plan.rule.doc


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
@pytest.mark.parametrize(("plan", "example"), _examples())
def test_example_holds(plan: Plan, example: Example, engine: str) -> None:
    verdict = run(example, plan, PACK, engine)
    assert not verdict.problem, f"{example.place}: {verdict.problem}"


def test_there_are_rules() -> None:
    assert len(PACK.rule_files) >= 1
    assert _examples()
