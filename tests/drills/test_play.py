"""A drill is played moment by moment: what runs, who was in time, who is late as it happens."""

from dataclasses import replace
from pathlib import Path

import pytest

from zeren.cli.main import main
from zeren.engine import scenarios
from zeren.engine.drills.play import IndexedStream, play, stream
from zeren.engine.drills.timeline import Timeline, read_timeline
from zeren.engine.pack import Pack
from zeren.models.moments import parse_moment
from zeren.models.problems import InputError, UsageError

DRILL = Path(scenarios.builtin(), "drill.yaml")
GOLDEN = Path(__file__).parent / "play.txt"


@pytest.fixture(scope="module")
def timeline() -> Timeline:
    return read_timeline(DRILL)


def _turns(timeline: Timeline, until: str) -> list[tuple[str, str, str]]:
    return [(turn.what, turn.clock.holder, turn.clock.name) for scene in play(timeline, Pack(), stream("auto"))
            if scene.at <= parse_moment(until) for turn in scene.turns]  # fmt: skip


def test_the_transcript(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drill", "play", str(DRILL), "--clocks-only"]) == 0
    assert capsys.readouterr().out == GOLDEN.read_text("utf-8")


def test_it_ends_with_the_chain(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drill", "play", str(DRILL)]) == 0
    played = capsys.readouterr().out
    assert played.startswith(GOLDEN.read_text("utf-8"))
    assert "县长" in played.removeprefix(GOLDEN.read_text("utf-8"))


def test_late_is_told_when_the_limit_passes_and_again_when_it_is_done(timeline: Timeline) -> None:
    told = {what: [scene.at for scene in play(timeline, Pack(), stream("auto")) for turn in scene.turns
                   if (turn.what, turn.clock.holder) == (what, "河口县政府")] for what in ("开始计时", "逾期", "迟到")}  # fmt: skip
    assert told == {"开始计时": [parse_moment("2022-02-14 06:20")], "逾期": [parse_moment("2022-02-14 08:21")],
                    "迟到": [parse_moment("2022-02-14 19:20")]}  # fmt: skip


def test_clocks_start_with_the_accident_whatever_the_first_event_is(timeline: Timeline) -> None:
    later = replace(timeline, events=timeline.events[-1:])
    began = next(scene.at for scene in play(later, Pack(), stream("auto")))
    assert began == parse_moment("2022-02-14 06:20")
    assert ("开始计时", "河口县政府", "河口县政府书面报告平澜市政府") in _turns(later, "2022-02-14 06:20")


def test_what_has_not_happened_is_not_told(timeline: Timeline) -> None:
    """The head was told at 06:40; at 06:20 nobody knows that."""
    assert not [turn for turn in _turns(timeline, "2022-02-14 06:39") if turn[0] == "已完成"]
    assert [turn for turn in _turns(timeline, "2022-02-14 06:40") if turn[0] == "已完成"]


def test_an_event_adds_facts(timeline: Timeline) -> None:
    """The police report is written in the drill only; it starts the clocks of the city."""
    started = [scene.at for scene in play(timeline, Pack(), stream("auto")) for turn in scene.turns
               if turn.what == "开始计时" and turn.clock.holder == "平澜市应急局"]
    assert set(started) == {parse_moment("2022-02-14 09:50")}


def test_a_session_tells_nothing_twice() -> None:
    session = stream("auto")
    assert isinstance(session, IndexedStream)
    assert session.gain([]) == []


@pytest.mark.parametrize(("text", "expected"), [
    ("- 1", "演练文件应是“键: 值”"),
    ("drill: x\norg: 没有\nincident: SG\nuntil: 2022-13-01\nevents: [{at: 昨天, says: [a]}, {say: b}]",
     "没有组织文件“没有”|2022-13-01|“昨天”不是日期|says 应是文字|事件没有“say”|事件缺少 at、says"),
    ("drill: x\norg: []\nincident: SG\nuntil: 2022-01-01\nevents: [{at: 2022-02-01, says: a}]", "until 早于最后一个事件"),
])  # fmt: skip
def test_mistakes_are_told_together(tmp_path: Path, text: str, expected: str) -> None:
    file = tmp_path / "演练.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(InputError) as error:
        read_timeline(file)
    for part in expected.split("|"):
        assert part in str(error.value)


def test_an_accident_that_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "演练.yaml"
    org = Path(scenarios.builtin(), "13-迟报的道路事故", "org")
    file.write_text(f"drill: x\norg: {org}\nincident: SG-0215\nuntil: 2022-03-01\nevents: [{{at: 2022-02-14, says: a}}]", "utf-8")
    with pytest.raises(UsageError, match="最接近的是“SG-0214”"):
        read_timeline(file)
