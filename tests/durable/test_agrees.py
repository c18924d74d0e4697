"""durable-rules, behind its wrapper, gives what the other engines give: examples of the rules, scenarios, random organisations.

``ZEREN_EXAMPLES=2000 uv run pytest tests/durable/test_agrees.py`` tries more of the last.
"""

import importlib.util
import os
import random
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zeren.engine import scenarios
from zeren.engine.backends.durable import sizes
from zeren.engine.backends.durable.backend import Durable
from zeren.engine.backends.indexed import Indexed
from zeren.engine.evaluate import Evaluation, evaluate, with_foundations
from zeren.engine.examples import all_examples, organisation
from zeren.engine.pack import Pack
from zeren.engine.report import Report
from zeren.models.facts import sort_key
from zeren.models.moments import year_start

EXAMPLES = int(os.environ.get("ZEREN_EXAMPLES", "25"))
SEEDS = st.integers(0, 2**48)
_SETTINGS = settings(max_examples=EXAMPLES, deadline=None, derandomize="ZEREN_EXAMPLES" not in os.environ, database=None,
                     suppress_health_check=list(HealthCheck))  # fmt: skip
PACK = Pack()
FOLDERS = scenarios.find([scenarios.builtin()])
pytestmark = pytest.mark.usefixtures("one_launcher")


def _module(name: str) -> ModuleType:
    """A module of tests/engine, which is no package."""
    path = Path(__file__).parents[1] / "engine" / f"{name}.py"
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(f"durable_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = found
    spec.loader.exec_module(found)
    return found


differential = _module("test_differential")
cases = differential.cases
pack = differential.pack


def _told(found: Evaluation) -> list[object]:
    return [(one.rule_id, one.values, one.outcome, one.signs, one.missing, one.asks, one.due, one.done,
             [(fact.relation, fact.values) for fact in one.evidence]) for one in found.instances]  # fmt: skip


@pytest.mark.parametrize("id", PACK.rule_files)
def test_the_examples_of_a_rule(id: str) -> None:
    """What the default engine says of them, which tests/rules holds against what their authors expect."""
    for _, example in all_examples(PACK, [id]):
        org = organisation(example)
        assert org.on is not None
        chosen = PACK.with_profile(org.profile or None)
        since = org.since if org.since is not None else year_start(org.on)
        plans = with_foundations(chosen, [id])
        found = {engine: evaluate(org.facts, chosen, plans, org.on, since, engine) for engine in ("durable", "indexed")}
        assert _told(found["durable"]) == _told(found["indexed"]), example.place
        assert not found["durable"].notes


def _seen(report: Report) -> list[tuple[object, ...]]:
    """Everything that people see of a report."""
    return [(one.id, one.outcome, one.message, one.missing, one.due, one.late_by, one.evidence) for one in report]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_scenario(folder: Path) -> None:
    ours, record = (scenarios.run(folder, engine) for engine in ("durable", "indexed"))
    assert not ours.differences, "\n".join(map(str, ours.differences))
    assert _seen(ours.report) == _seen(record.report)
    assert not ours.report.evaluation.notes


def _same(seed: int, pack: Pack) -> None:
    """Random rules over a random organisation: the same instances, matches and outcomes."""
    rnd = random.Random(seed)
    facts = cases.organisation(rnd)
    written, plans = cases.book_of(rnd, pack, facts, 5)
    if cases.in_a_circle(plans):
        return
    try:
        ours, record = (evaluate(facts, pack, plans, cases.ON, cases.SINCE, engine) for engine in ("durable", "reference"))
        assert _told(ours) == _told(record)
        assert not ours.notes
        backends: tuple[Any, ...] = (Durable(record.context.facts, cases.ON), Indexed(record.context.facts, cases.ON))
        for one in record.plans:
            left, right = (backend.scope(one.scope, cases.ON) for backend in backends)
            assert [(sort_key(row.values), row.certain) for row in left.rows] == [(sort_key(row.values), row.certain) for row in right.rows]
            assert differential._matches(left, one) == differential._matches(right, one), one.rule.id
    except Exception as error:
        raise AssertionError(differential._shown(facts, written)) from error


@_SETTINGS
@given(seed=SEEDS)
def test_random_rules(seed: int, pack: Pack) -> None:
    _same(seed, pack)


@settings(_SETTINGS, max_examples=max(10, EXAMPLES // 2))
@given(seed=SEEDS)
def test_random_rules_in_small_pieces(seed: int, pack: Pack) -> None:
    """Three patterns to a rule, one rule to a ruleset, a few facts to a child: the seams show, if they are wrong."""
    with pytest.MonkeyPatch.context() as patch:
        for name, size in {"PATTERNS": 3, "RULES": 1, "CHILD": 30, "BATCH": 3, "LINKS": 1}.items():
            patch.setattr(sizes, name, size)
        _same(seed, pack)
