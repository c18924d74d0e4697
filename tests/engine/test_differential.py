"""Every engine says the same: random rules and all shipped rules over random organisations.

CI runs a few hundred examples; ``ZEREN_EXAMPLES=20000 uv run pytest tests/engine/test_differential.py`` runs more.
"""

import json
import os
import random
from dataclasses import replace
from typing import Any

import pytest
import random_cases as cases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zeren.engine.backends import duckdb as duckdb_backend
from zeren.engine.backends.base import Backend, Scope
from zeren.engine.backends.duckdb import DuckDB
from zeren.engine.backends.indexed import Indexed
from zeren.engine.backends.reference import Reference
from zeren.engine.evaluate import Evaluation, evaluate, with_foundations
from zeren.engine.language.plan import Plan
from zeren.engine.outcome import Outcome
from zeren.engine.pack import Pack
from zeren.engine.report import Report
from zeren.models.facts import Fact, Facts, Value, sort_key
from zeren.models.problems import Problems
from zeren.models.registry import ledger_kinds
from zeren.reports.json_report import render

EXAMPLES = int(os.environ.get("ZEREN_EXAMPLES", "40"))
RULES_EACH = 5
ENGINES = ("duckdb", "reference", "indexed")
_SETTINGS = settings(max_examples=EXAMPLES, deadline=None, derandomize="ZEREN_EXAMPLES" not in os.environ, database=None,
                     suppress_health_check=list(HealthCheck))  # fmt: skip
SEEDS = st.integers(0, 2**48)
#: Derived from the absence of facts, or from which ledgers are closed: more facts may mean fewer of these.
NOT_MONOTONE = frozenset({"measure.试和", "measure.试次", "breach", "passed", "state", "graded"})


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return cases.pack_of(tmp_path_factory.mktemp("试"))


@pytest.fixture(scope="module")
def shipped() -> tuple[Pack, list[Plan]]:
    """The rules that load: one that does not is told by tests/rules."""
    pack, problems = Pack(), Problems()
    plans = [pack.plan(id, problems) for id in pack.rule_files]
    return pack, [one for one in plans if one is not None]


def _shown(facts: Facts, written: object) -> str:
    rows = "\n".join(f"{fact.relation} {[str(v) if v is not None else None for v in fact.values]}" for fact in facts)
    return f"{json.dumps(written, ensure_ascii=False)}\n{rows}"


def _matches(scope: Scope, one: Plan) -> list[object]:
    queries = [*(q for part in one.parts for q in part.queries), *one.breaches, *(q for group in one.exemptions for q in group)]
    return [{(scope.rows[m.instance].values, m.outputs, m.refs) for m in scope.matches(query)} for query in queries]


COUNTED = {"organisations": 0, "rules": 0, "instances": 0, "decided": 0}


@_SETTINGS
@given(seed=SEEDS)
def test_random_rules(seed: int, pack: Pack, told: Any) -> None:
    rnd = random.Random(seed)
    facts = cases.organisation(rnd)
    written, plans = cases.book_of(rnd, pack, facts, RULES_EACH)
    if cases.in_a_circle(plans):
        return
    try:
        found = {engine: evaluate(facts, pack, plans, cases.ON, cases.SINCE, engine) for engine in ENGINES}
        record = found.pop("duckdb")
        for engine, other in found.items():
            assert [told(one) for one in record.instances] == [told(one) for one in other.instances], engine
            assert _raw(record, "duckdb") == _raw(other, engine), engine
    except Exception as error:
        raise AssertionError(_shown(facts, written)) from error
    COUNTED["organisations"] += 1
    COUNTED["rules"] += len(plans)
    COUNTED["instances"] += len(record.instances)
    COUNTED["decided"] += sum(one.outcome in (Outcome.PASS, Outcome.FAIL) for one in record.instances)


def _raw(found: Evaluation, engine: str) -> list[object]:
    """The instances and all matches of all parts, as a back end gives them."""
    facts = found.context.facts
    backend: Backend = DuckDB(facts, cases.ON)
    if engine != "duckdb":
        backend = Reference(facts) if engine == "reference" else Indexed(facts, cases.ON)
    result: list[object] = []
    for one in found.plans:
        scope = backend.scope(one.scope, cases.ON)
        result.append(sorted((sort_key(row.values), row.certain) for row in scope.rows))
        result.append(_matches(scope, one))
    return result


def test_random_rules_were_worth_it() -> None:
    """Random rules that never match would prove nothing; runs after the test above."""
    if not COUNTED["organisations"]:
        pytest.skip("the random rules did not run")
    print(COUNTED)
    assert COUNTED["rules"] >= 4 * COUNTED["organisations"]
    assert COUNTED["instances"] >= COUNTED["rules"]
    assert COUNTED["decided"] >= COUNTED["instances"] / 4


def _checked(facts: Facts, pack: Pack, plans: list[Plan]) -> Evaluation:
    plans = [] if cases.in_a_circle(plans) else plans
    return evaluate(facts, pack, plans, cases.ON, cases.SINCE, "duckdb")


@settings(_SETTINGS, max_examples=max(4, EXAMPLES // 15))
@given(seed=SEEDS)
def test_shipped_rules(seed: int, shipped: tuple[Pack, list[Plan]], both: Any) -> None:
    pack, plans = shipped
    facts = cases.organisation(random.Random(seed), wide=True)
    try:
        both(facts, pack, plans, cases.ON, cases.SINCE)
    except Exception as error:
        raise AssertionError(_shown(facts, seed)) from error


@settings(_SETTINGS, max_examples=max(3, EXAMPLES // 50))
@given(seed=SEEDS)
def test_large_relations_go_in_the_same(seed: int, pack: Pack, told: Any) -> None:
    """Many rows take another way into the database; values with quotes, commas and line ends must survive it."""
    rnd = random.Random(seed)
    facts = cases.organisation(rnd)
    odd = ['逗号,引号"', "换\n行", "\\N", "NULL", " 空 白 ", "", "'", "真"]
    facts = facts.plus(Fact("record", (f"odd{at}", "会议", cases.SINCE, None, "u0", text, text, None)) for at, text in enumerate(odd))
    scope = cases.read({"id": "T-900", "title": "试", "mechanism": "试", "modality": "义务", "severity": "一般", "basis": [{"custom": "试"}],
                        "for": [{"record": {"id": "$r", "object": "$o", "result": "$x", "actor": "$u"}}], "bearer": "$u", "per": ["$r", "$o", "$x"],
                        "need": [{"detail": {"record": "$r"}}], "relies": [{"ledger": {"holder": "$u", "kind": "会议"}}], "message": "试"}, pack)
    assert scope is not None
    plans = [scope, *cases.book_of(rnd, pack, facts, 2)[1]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duckdb_backend, "_BULK", 0)
        bulk = [told(one) for one in _checked(facts, pack, plans).instances]
    assert bulk == [told(one) for one in evaluate(facts, pack, plans, cases.ON, cases.SINCE, "reference").instances]


def _closed(facts: Facts) -> Facts:
    """The same with every ledger of every unit closed for ever, and nothing partial."""
    holders = [str(fact.values[0]) for fact in facts.of("unit")]
    return facts.plus(Fact("ledger", (holder, kind, None, None)) for holder in holders for kind in sorted(ledger_kinds()))


@settings(_SETTINGS, max_examples=max(10, EXAMPLES // 3))
@given(seed=SEEDS)
def test_closing_ledgers_and_adding_witnesses(seed: int, pack: Pack) -> None:
    """A closed ledger turns no pass into a fail; another fact of a need never makes a duty fail that did not."""
    rnd = random.Random(seed)
    facts = cases.organisation(rnd)
    plans = [one for one in cases.book_of(rnd, pack, facts, 3)[1] if not one.relations & NOT_MONOTONE]
    before = {(one.rule_id, one.values): one for one in _checked(facts, pack, plans).instances}
    for one in _checked(_closed(facts), pack, plans).instances:
        if before[one.rule_id, one.values].outcome is Outcome.PASS:
            assert one.outcome is Outcome.PASS
    more = facts.plus(cases.rows(rnd, cases.RELATIONS["detail"], 6))
    for one in _checked(more, pack, plans).instances:
        old = before.get((one.rule_id, one.values))
        if old is not None and old.outcome is Outcome.PASS and not one.plan.breaches:
            assert one.outcome in (Outcome.PASS, Outcome.EXCEPTED) or not old.signs.certain


@settings(_SETTINGS, max_examples=max(10, EXAMPLES // 3))
@given(seed=SEEDS)
def test_names_do_not_matter(seed: int, pack: Pack) -> None:
    """Other ids for the same things, chosen so that they sort the same way, give the same findings under other names."""
    rnd = random.Random(seed)
    facts = cases.organisation(rnd)
    plans = [one for one in cases.book_of(rnd, pack, facts, 3)[1] if not cases.names_ids(one)]
    ids = {id for group in cases.UNIVERSE.values() for id in group}

    def other(value: Value) -> Value:
        return f"{value[0]}x{value[1:]}" if isinstance(value, str) and value in ids else value

    renamed = Facts(replace(fact, values=tuple(map(other, fact.values))) for fact in facts)
    expected = [(one.rule_id, tuple(map(other, one.values)), one.outcome) for one in _checked(facts, pack, plans).instances]
    found = [(one.rule_id, one.values, one.outcome) for one in _checked(renamed, pack, plans).instances]
    assert sorted(found, key=repr) == sorted(expected, key=repr)


@settings(_SETTINGS, max_examples=max(6, EXAMPLES // 20))
@given(seed=SEEDS)
def test_order_does_not_matter(seed: int, shipped: tuple[Pack, list[Plan]]) -> None:
    """The facts in any order give the same bytes."""
    rnd = random.Random(seed)
    rows = list(cases.organisation(rnd, wide=True))
    shuffled = rnd.sample(rows, len(rows))
    pack, plans = shipped
    some = rnd.sample(plans, min(4, len(plans)))
    first, second = (
        render(Report("试", _checked(Facts(facts), pack, with_foundations(pack, [one.rule.id for one in some])), {}, pack.profile, cases.SINCE)) for facts in (rows, shuffled)
    )
    assert first == second
