"""After any sequence of events a session says what a check of the final facts says: random organisations, rules and events.

``ZEREN_EXAMPLES=5000 uv run pytest tests/live/test_equals_check.py`` runs more.
"""

import os
import random

import pytest
import random_cases as cases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from live_cases import Story, fresh, pack_of, rules_of, told

from zeren.engine.language.plan import Plan
from zeren.engine.pack import Pack
from zeren.models.problems import Problems

EXAMPLES = int(os.environ.get("ZEREN_EXAMPLES", "25"))
_SETTINGS = settings(max_examples=EXAMPLES, deadline=None, derandomize="ZEREN_EXAMPLES" not in os.environ, database=None,
                     suppress_health_check=list(HealthCheck))
SEEDS = st.integers(0, 2**48)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return pack_of(tmp_path_factory.mktemp("试"))


@pytest.fixture(scope="module")
def shipped() -> tuple[Pack, list[Plan]]:
    pack, problems = Pack(), Problems()
    plans = [pack.plan(id, problems) for id in pack.duties]
    assert not problems.errors
    return pack, [one for one in plans if one is not None]


def _follow(rnd: random.Random, pack: Pack, plans: list[Plan], wide: bool, events: int) -> None:
    story = Story(rnd, pack, plans, wide)
    try:
        for _ in range(events):
            story.event()
            assert told(story.network.instances()) == told(fresh(story, pack, plans))
    except Exception as error:
        raise AssertionError(story.written()) from error


@_SETTINGS
@given(seed=SEEDS)
def test_random_rules(seed: int, pack: Pack) -> None:
    rnd = random.Random(seed)
    plans = rules_of(rnd, pack, cases.organisation(rnd), 5)
    if not cases.in_a_circle(plans):
        _follow(rnd, pack, plans, wide=False, events=6)


@settings(_SETTINGS, max_examples=max(3, EXAMPLES // 8))
@given(seed=SEEDS)
def test_shipped_rules(seed: int, shipped: tuple[Pack, list[Plan]]) -> None:
    pack, plans = shipped
    _follow(random.Random(seed), pack, plans, wide=True, events=4)
