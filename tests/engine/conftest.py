"""Both engines at once: every test of meaning demands that they agree before it looks at the answer."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from zeren.engine.evaluate import Evaluation, evaluate
from zeren.engine.instances import Instance
from zeren.engine.language.plan import Plan
from zeren.engine.pack import Pack
from zeren.models.facts import Facts

sys.path.insert(0, str(Path(__file__).parent))  # for random_cases
Both = Callable[[Facts, Pack, Sequence[Plan], int, int], Evaluation]


def told_of(one: Instance) -> dict[str, object]:
    """Everything that an instance says, but for the rule itself."""
    return {
        "rule": one.rule_id, "values": one.values, "outcome": one.outcome.value, "signs": one.signs,
        "evidence": [(fact.relation, fact.values) for fact in one.evidence], "missing": one.missing, "asks": one.asks,
        "due": one.due, "done": one.done, "waiver": one.waiver, "expired": one.expired, "exemption": one.exemption,
    }  # fmt: skip


def run_both(facts: Facts, pack: Pack, plans: Sequence[Plan], on: int, since: int) -> Evaluation:
    """Evaluate with the engine of record, after making sure that the other engines say the same."""
    record = evaluate(facts, pack, plans, on, since, "duckdb")
    for engine in ("reference", "indexed"):
        other = evaluate(facts, pack, plans, on, since, engine)
        assert [told_of(one) for one in record.instances] == [told_of(one) for one in other.instances], engine
    return record


@pytest.fixture(scope="session")
def both() -> Both:
    return run_both


@pytest.fixture(scope="session")
def told() -> Callable[[Instance], dict[str, object]]:
    return told_of
