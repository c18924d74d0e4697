"""A played drill for people at a terminal: moment by moment, then the chain."""

from __future__ import annotations

from typing import Final

from zeren.engine.chain.model import Clock
from zeren.engine.drills.play import Scene, Turn
from zeren.engine.drills.timeline import Timeline
from zeren.models.moments import format_moment
from zeren.reports.page import NOTICE, Page, Style

#: Turns in words of one width.
_WORDS: Final = {"已完成": "完成", "迟到": "迟到", "逾期": "逾期", "开始计时": "计时"}
_COLOURS: Final = {"已完成": "green", "迟到": "red", "逾期": "red", "开始计时": "cyan"}


def opening(timeline: Timeline, style: Style) -> str:
    """What is read out before the drill."""
    page = Page(style)
    page.line(f"{timeline.title}：{timeline.org.label(timeline.incident)}", 0, "bold")
    page.line(NOTICE, 0, "dim")
    for paragraph in timeline.intro.strip().splitlines():
        page.line(paragraph)
    return page.text()


def scene(one: Scene, style: Style) -> str:
    """One moment of the drill."""
    page = Page(style)
    page.line()
    page.line(format_moment(one.at), 0, "bold")
    for text in one.says:
        page.line(text, 2)
    for turn in one.turns:
        page.labelled(_WORDS[turn.what], f"{_who(turn.clock)}，{turn.text}{_state(turn)}", 2, _COLOURS[turn.what])
    return page.text()


def _who(clock: Clock) -> str:
    """Whose clock it is and for what; names of clocks that begin with the holder say it already."""
    return clock.name if clock.name.startswith(clock.holder_label) else f"{clock.holder_label}：{clock.name}"


def _state(turn: Turn) -> str:
    """How the clock stands at that moment, where that says more than the turn."""
    return "" if turn.state in ("按时", "未到期") else f"（此刻：{turn.state}）"
