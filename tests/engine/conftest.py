"""Both engines at once: every test of meaning demands that they agree before it looks at the answer."""

from collections.abc import Callable, Sequence

import pytest

from zeren.engine.evaluate import Evaluation, evaluate
from zeren.engine.instances import Instance
from zeren.engine.language.plan import Plan
from zeren.engine.pack import Pack
from zeren.models.facts import Facts

Both = Callable[[Facts, Pack, Sequence[Plan], int, int], Evaluation]


def told(one: Instance) -> dict[str, object]:
    """Everything that an instance says, but for the rule itself."""
    return {
        "rule": one.rule_id, "values": one.values, "outcome": one.outcome.value, "signs": one.signs,
        "evidence": [(fact.relation, fact.values) for fact in one.evidence], "missing": one.missing, "asks": one.asks,
        "due": one.due, "done": one.done, "waiver": one.waiver, "expired": one.expired, "exemption": one.exemption,
    }  # fmt: skip


def run_both(facts: Facts, pack: Pack, plans: Sequence[Plan], on: int, since: int) -> Evaluation:
    """Evaluate with the engine of record, after making sure that the reference says the same."""
    record = evaluate(facts, pack, plans, on, since, "duckdb")
    reference = evaluate(facts, pack, plans, on, since, "reference")
    assert [told(one) for one in record.instances] == [told(one) for one in reference.instances]
    return record


@pytest.fixture(scope="session")
def both() -> Both:
    return run_both
