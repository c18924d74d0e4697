"""Calendar periods that the audit window touches; never cut to the window (design §3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from zeren.models.facts import Fact
from zeren.models.moments import moment_of, seconds


def _month_start(at: datetime, months: int) -> datetime:
    """The first of the month that opens the span of ``months`` months around ``at``."""
    return datetime(at.year, (at.month - 1) // months * months + 1, 1)


def _plus_months(at: datetime, months: int) -> datetime:
    total = at.year * 12 + at.month - 1 + months
    return datetime(total // 12, total % 12 + 1, 1)


def _midnight(at: datetime) -> datetime:
    return datetime(at.year, at.month, at.day)


_Step = tuple[Callable[[datetime], datetime], Callable[[datetime], datetime]]
_KINDS: Final[dict[str, _Step]] = {
    "日": (_midnight, lambda at: at + timedelta(days=1)),
    "周": (lambda at: _midnight(at) - timedelta(days=at.weekday()), lambda at: at + timedelta(days=7)),
    "月": (lambda at: _month_start(at, 1), lambda at: _plus_months(at, 1)),
    "季度": (lambda at: _month_start(at, 3), lambda at: _plus_months(at, 3)),
    "半年": (lambda at: _month_start(at, 6), lambda at: _plus_months(at, 6)),
    "年": (lambda at: _month_start(at, 12), lambda at: _plus_months(at, 12)),
}


def periods(since: int, on: int) -> Iterator[Fact]:
    """Yield every period that overlaps [since, on]: kind, start, end (half-open), year of the start, number in the year."""
    for kind, (first, following) in _KINDS.items():
        start, index = first(moment_of(since)), 0
        while seconds(start) <= on:
            end = following(start)
            index = _number(kind, start)
            yield Fact("period", (kind, seconds(start), seconds(end), str(start.year), Decimal(index)))
            start = end


def _number(kind: str, start: datetime) -> int:
    if kind in ("日", "周"):
        day = start.timetuple().tm_yday
        return day if kind == "日" else (day - 1) // 7 + 1
    return (start.month - 1) // {"月": 1, "季度": 3, "半年": 6, "年": 12}[kind] + 1
