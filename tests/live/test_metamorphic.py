"""What must not matter to a session: the order of independent events at one moment, whether they come as one, and what came and went.

``ZEREN_EXAMPLES=2000 uv run pytest tests/live/test_metamorphic.py`` runs more.
"""

import os
import random

import pytest
import random_cases as cases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from live_cases import Story, pack_of, rules_of, told

from zeren.engine.evaluate import layered
from zeren.engine.pack import Pack
from zeren.models.facts import Fact
from zeren.models.problems import RuleError

EXAMPLES = int(os.environ.get("ZEREN_EXAMPLES", "15"))
_SETTINGS = settings(max_examples=EXAMPLES, deadline=None, derandomize="ZEREN_EXAMPLES" not in os.environ, database=None,
                     suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return pack_of(tmp_path_factory.mktemp("试"))


def _story(seed: int, pack: Pack) -> tuple[Story, list[Fact]] | None:
    """A session over random rules, and facts that have still to come."""
    rnd = random.Random(seed)
    plans = rules_of(rnd, pack, cases.organisation(rnd), 5)
    try:
        layered(plans)
    except RuleError:  # rules that wait for each other
        return None
    story = Story(rnd, pack, plans, wide=False)
    return story, [fact for fact in story._spare if not story.book.has(fact)]


def _step(story: Story, gone: list[Fact], come: list[Fact]) -> None:
    story.network.step(*story.book.change(gone, come, story.on), story.on, story.since)


def _state(story: Story) -> list[dict[str, object]]:
    story.network.refresh()
    return told(story.network.instances())


@_SETTINGS
@given(seed=st.integers(0, 2**48))
def test_the_order_of_events_at_one_moment(seed: int, pack: Pack) -> None:
    states = []
    for shuffled in (False, True, None):
        made = _story(seed, pack)
        if made is None:
            return
        story, facts = made
        if shuffled:
            random.Random(seed).shuffle(facts)
        for some in [facts] if shuffled is None else [[fact] for fact in facts]:
            _step(story, [], some)
        states.append(_state(story))
    assert states[0] == states[1] == states[2]


@_SETTINGS
@given(seed=st.integers(0, 2**48))
def test_what_came_and_went_did_not_happen(seed: int, pack: Pack) -> None:
    made = _story(seed, pack)
    if made is None:
        return
    story, facts = made
    before = _state(story)
    for fact in facts:
        _step(story, [], [fact])
    for fact in random.Random(seed).sample(facts, len(facts)):
        _step(story, [fact], [])
    assert _state(story) == before
    held = list(story.book.facts())
    for fact in random.Random(seed).sample([fact for fact in held if fact.relation not in ("territory", "unit", "post")], min(8, len(held) // 4)):
        _step(story, [fact], [])
        _step(story, [], [fact])
    assert _state(story) == before
