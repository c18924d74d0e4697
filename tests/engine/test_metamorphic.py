"""What may be done to an organisation without a duty failing, or passing, that did not: random and shipped rules.

``ZEREN_EXAMPLES=5000 uv run pytest tests/engine/test_metamorphic.py`` tries more.
"""

import os
import random
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
import random_cases as cases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zeren.engine.evaluate import evaluate
from zeren.engine.instances import Instance
from zeren.engine.language.plan import Plan, Query
from zeren.engine.language.syntax import atoms
from zeren.engine.outcome import Outcome
from zeren.engine.pack import Pack
from zeren.models.facts import Fact, Facts, Value
from zeren.models.problems import Problems
from zeren.models.registry import ledger_kinds

EXAMPLES = int(os.environ.get("ZEREN_EXAMPLES", "40"))
_SETTINGS = settings(max_examples=EXAMPLES, deadline=None, derandomize="ZEREN_EXAMPLES" not in os.environ, database=None,
                     suppress_health_check=list(HealthCheck))  # fmt: skip
SEEDS = st.integers(0, 2**48)
#: What follows from appointments, and what follows from what other rules found.
HOLDERS = frozenset({"appointment", "answerable"})
FOLLOWS = frozenset({"measure.试和", "measure.试次", "breach", "passed", "coverage", "state", "graded"})
#: What may be found for a duty, and what changes with it.
WITNESSES = {name: frozenset({name}) for name in ("record", "document", "detail", "covers", "tag", "link", "member")} | {
    "appointment": HOLDERS, "post": HOLDERS | {"post"}, "subordination": HOLDERS | {"subordination", "under"}}
#: How often a test had something to look at.
SEEN = dict.fromkeys(("order", "witness", "holder", "names"), 0)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return cases.pack_of(tmp_path_factory.mktemp("试"))


@pytest.fixture(scope="module")
def shipped() -> list[Plan]:
    pack, problems = Pack(), Problems()
    plans = [pack.plan(id, problems) for id in pack.duties]
    assert not problems.errors
    return [one for one in plans if one is not None]


def _case(seed: int, pack: Pack, shipped: list[Plan]) -> tuple[random.Random, Facts, list[Plan]]:
    """An organisation, with random rules or with some of the shipped ones."""
    rnd = random.Random(seed)
    wide = rnd.random() < 0.5
    facts = cases.organisation(rnd, wide)
    if rnd.random() < 0.8:  # where no papers are complete, nothing fails
        holders = [str(fact.values[0]) for fact in facts.of("unit")]
        facts = facts.plus(Fact("ledger", (holder, kind, None, None)) for holder in holders for kind in sorted(ledger_kinds()))
    plans = shipped if wide else cases.book_of(rnd, pack, facts, 4)[1]
    return rnd, facts, [] if cases.in_a_circle(plans) else plans


def _judged(facts: Facts, pack: Pack, plans: list[Plan]) -> tuple[Instance, ...]:
    return evaluate(facts, pack, plans, cases.ON, cases.SINCE, "indexed").instances


def _failed(instances: Iterable[Instance]) -> set[tuple[object, ...]]:
    return {(one.rule_id, *one.key) for one in instances if one.outcome is Outcome.FAIL}


def _relations(queries: Iterable[Query]) -> set[str]:
    return {atom.relation for query in queries for atom in atoms(query.steps)}


def _plain(plan: Plan, touched: frozenset[str]) -> bool:
    """Whether only the one demand of a rule looks at ``touched``, without a deadline: a late witness fails where none is unknown.

    Nor may a fact of ``touched`` that says the opposite stand for a closed ledger.
    """
    elsewhere = _relations((*plan.scope, *plan.breaches, *(query for group in plan.exemptions for query in group)))
    derived = plan.relations & FOLLOWS or any(name.startswith("measure.") for name in plan.relations)
    stated = any(relies.form == "fact" for part in plan.parts for relies in part.relies)
    return len(plan.parts) == 1 and plan.rule.due is None and not elsewhere & touched and not derived and not stated


@_SETTINGS
@given(seed=SEEDS)
def test_the_order_of_facts_does_not_matter(seed: int, pack: Pack, shipped: list[Plan], told: Any) -> None:
    rnd, facts, plans = _case(seed, pack, shipped)
    rows = list(facts)
    first, second = (_judged(Facts(some), pack, plans) for some in (rows, rnd.sample(rows, len(rows))))
    assert [told(one) for one in first] == [told(one) for one in second]
    SEEN["order"] += len(first)


@_SETTINGS
@given(seed=SEEDS)
def test_a_witness_more_fails_nothing(seed: int, pack: Pack, shipped: list[Plan]) -> None:
    rnd, facts, plans = _case(seed, pack, shipped)
    name = rnd.choice(sorted({name for plan in plans for name in plan.relations & set(WITNESSES) if _plain(plan, WITNESSES[name])} or WITNESSES))
    plans = [plan for plan in plans if _plain(plan, WITNESSES[name]) and name in plan.relations]
    more = [fact for fact in cases.rows(rnd, cases.RELATIONS[name], 6) if fact.values[0] not in {old.values[0] for old in facts.of(name)}
            or "id" not in cases.RELATIONS[name].names]  # fmt: skip
    before, after = _judged(facts, pack, plans), _judged(facts.plus(more), pack, plans)
    assert _failed(after) <= _failed(before)
    SEEN["witness"] += len(_failed(before))


@_SETTINGS
@given(seed=SEEDS)
def test_a_holder_less_saves_nobody(seed: int, pack: Pack, shipped: list[Plan]) -> None:
    rnd, facts, plans = _case(seed, pack, shipped)
    plans = [plan for plan in plans if _plain(plan, HOLDERS)]
    holders = list(facts.of("appointment"))
    gone = set(rnd.sample(holders, rnd.randint(1, len(holders)))) if holders else set()
    left = Facts(fact for fact in facts if fact not in gone)
    before, after = _judged(facts, pack, plans), _judged(left, pack, plans)
    assert _failed(before) <= _failed(after)
    SEEN["holder"] += len(_failed(before))


@_SETTINGS
@given(seed=SEEDS)
def test_other_ids_change_nothing_else(seed: int, pack: Pack, shipped: list[Plan]) -> None:
    """Ids in another order too. Where several demands share their patterns, equal bases are told apart by the order of facts."""
    rnd, facts, plans = _case(seed, pack, shipped)
    plans = [plan for plan in plans if len(plan.parts) <= 1 and not cases.names_ids(plan) and not plan.relations & FOLLOWS]
    ids = [id for group in cases.UNIVERSE.values() for id in group]
    names = dict(zip(ids, rnd.sample([f"名{at}" for at in range(len(ids))], len(ids)), strict=True))

    def other(value: Value) -> Value:
        return names.get(value, value) if isinstance(value, str) else value

    def renamed(fact: Fact) -> Fact:
        return replace(fact, values=tuple(map(other, fact.values)))

    expected = [(one.rule_id, tuple(map(other, one.values)), one.outcome, one.due) for one in _judged(facts, pack, plans)]
    found = [(one.rule_id, one.values, one.outcome, one.due) for one in _judged(Facts(map(renamed, facts)), pack, plans)]
    assert sorted(found, key=repr) == sorted(expected, key=repr)
    SEEN["names"] += len(found)


def test_there_was_something_to_look_at() -> None:
    """Runs after the tests above; a test that never meets a failing duty has shown nothing."""
    if not SEEN["order"]:
        pytest.skip("the tests above did not run")
    assert all(count >= EXAMPLES / 8 for count in SEEN.values()), SEEN
