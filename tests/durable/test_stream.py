"""A session on durable-rules that only gains facts tells what the default engine tells, gain by gain, also when its child dies."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zeren.cli.main import main
from zeren.engine import scenarios
from zeren.engine.backends.durable import process, sizes
from zeren.engine.backends.durable.stream import DurableStream, IndexedStream, News
from zeren.engine.drills.play import stream
from zeren.models.facts import Fact

HERE = Path(__file__).parent
DRILL = Path(scenarios.builtin(), "drill.yaml")
NAMES = st.sampled_from(["甲", "乙", "costarring", "liquid"])
MOMENTS = st.integers(-3, 3)
FACTS = st.one_of(
    st.builds(lambda name, due: Fact("clock", (name, due)), NAMES, st.one_of(st.none(), MOMENTS)),
    st.builds(lambda name, at: Fact("act", (name, at)), st.one_of(st.none(), NAMES), MOMENTS),
    st.builds(lambda at: Fact("tick", (at,)), MOMENTS),
)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(gains=st.lists(st.lists(FACTS, max_size=4), min_size=1, max_size=5))
def test_gain_by_gain(gains: list[list[Fact]]) -> None:
    ours, other = stream("durable"), stream("auto")
    try:
        for facts in gains:
            assert ours.gain(facts) == other.gain(facts)
        assert not ours.notes
    finally:
        ours.close()


def test_the_same_transcript(capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for engine in ("auto", "durable"):
        assert main(["drill", "play", str(DRILL), "--engine", engine]) == 0
        told.append(capsys.readouterr())
    assert told[0] == told[1]


GAINS = [[Fact("clock", ("甲", 5)), Fact("tick", (1,))], [Fact("act", ("甲", 7)), Fact("tick", (7,))], [Fact("clock", ("乙", 6))]]


def _played(session: DurableStream | IndexedStream) -> list[list[News]]:
    try:
        return [session.gain(facts) for facts in GAINS]
    finally:
        session.close()


@pytest.mark.parametrize("name", ["crash", "liar", "half", "silent"])
def test_a_child_that_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "CHILD", HERE / "children" / f"{name}.py")
    ours, other = stream("durable"), stream("auto")
    assert isinstance(ours, DurableStream)
    assert isinstance(other, IndexedStream)
    assert _played(ours) == _played(other) == [[], [(1, ("甲", 5)), (2, ("甲", 5))], [(2, ("乙", 6))]]
    assert "由默认引擎计算" in ours.notes[0]


def test_a_child_that_dies_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was told before is not told again."""
    ours, other = stream("durable"), stream("auto")
    assert isinstance(ours, DurableStream)
    told: list[list[News]] = []
    for at, facts in enumerate(GAINS):
        if at == 2:
            ours.close()
        told.append(ours.gain(facts))
        assert told[-1] == other.gain(facts)
    assert ours.notes
    ours.close()


def test_a_session_that_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zeren.engine.backends.durable.stream._MOST", 3)
    ours, other = stream("durable"), stream("auto")
    for at in range(6):
        facts = [Fact("clock", (f"k{at}", at)), Fact("tick", (at,))]
        assert ours.gain(facts) == other.gain(facts)
    assert "装满了" in ours.notes[0]
    assert sizes.PARTITION == 5_000
    ours.close()
