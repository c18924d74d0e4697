"""From the report clocks to the post that had to report: 迟报, 漏报, 谎报, 瞒报 are breaches of whoever led the unit then.

The people on the scene who tell their own head are left out: no post of theirs is named. A limit that is custom
alone makes nobody late.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from zeren.engine.chain.allocation import Seat
from zeren.engine.chain.matter import Finding, Matter
from zeren.engine.chain.model import Breach, Clock
from zeren.engine.chain.reporting import SCENE
from zeren.engine.chain.sheet import CONCEALED, FALSE, LATE, MISSING
from zeren.engine.derive.posts import HEADS
from zeren.engine.instances import Instance
from zeren.models.facts import Value

_WRONG: Final = (LATE, MISSING, FALSE, CONCEALED)
_OWNERS: Final = ("业主", "承包人")
_CUSTOM: Final = "惯例"
#: What stands for the finding id of a breach that a clock shows.
CLOCK: Final = "报告时限"


def late_reports(matter: Matter, seat: Seat, clocks: Iterable[Clock], fails: Iterable[Instance], found: Iterable[Finding]) -> tuple[Breach, ...]:
    """The reports that the seat's unit owed and did not make rightly while he led it, unless a failed duty or a finding says the same."""
    told = {(one.bearer, one.due) for one in fails}
    said = {sense for finding in found for sense in finding.senses}
    return tuple(Breach(f"{clock.name}：{clock.state}（{clock.limit}）", CLOCK, evidence=clock.sources) for clock in clocks
                 if _owed(clock, seat) and seat.holder.held(clock.due or matter.at) and (clock.holder, clock.due) not in told
                 and clock.state not in said and not _told_others(matter, clock)
                 and not told_late(matter, clock.holder, clock.due, clock.done))


def _owed(clock: Clock, seat: Seat) -> bool:
    if clock.state not in _WRONG or clock.name == SCENE or (clock.state in (LATE, MISSING) and _CUSTOM in clock.limit):
        return False
    office = seat.office
    return clock.holder == office.post or (clock.holder == office.unit and office.head and office.role in (*HEADS, *_OWNERS))


def _told_others(matter: Matter, clock: Clock) -> bool:
    """Whether a missing report is one of several, of which others were made: a gap to be mended, not an accident kept back."""
    return clock.state == MISSING and any(row["kind"] == "报告" and _of(matter, row["actor"], clock.holder)
                                          for _, row in matter.facts.where("record", "ref", matter.incident))


def told_late(matter: Matter, holder: str, due: int | None, done: int | None) -> bool:
    """Whether a report that is late counted from the accident was in time counted from when its holder was told of it.

    Told is the unit, what stands inside it, and its departments; the limit then runs anew. A report whose limit runs from being
    told can never be so excused: it was told before the limit ended.
    """
    if due is None or done is None or done <= due:
        return False
    told = [row["at"] for _, row in matter.facts.where("record", "ref", matter.incident) if row["kind"] == "报告" and isinstance(row["at"], int)
            and row["at"] >= matter.at and _of(matter, row["object"], holder) and not _of(matter, row["actor"], holder)]
    return bool(told) and due < min(told) and done <= min(told) + due - matter.at


def _of(matter: Matter, id: Value, unit: str) -> bool:
    """Whether a unit or post is a unit, one of its posts, or of its sections and departments in the same place."""
    seen: set[str] = set()
    frontier = [str(id)] if id is not None else []
    while frontier:
        own = frontier.pop()
        if own == unit:
            return True
        if own not in seen:
            seen.add(own)
            frontier += [str(row["unit"]) for _, row in matter.facts.where("post", "id", own)]
            frontier += [str(row["superior"]) for _, row in matter.facts.where("subordination", "unit", own)
                         if row["kind"] == "内设" or (row["kind"] == "领导" and _place(matter, own) == _place(matter, unit))]
    return False


def _place(matter: Matter, unit: str) -> Value:
    return next((row["territory"] for _, row in matter.facts.where("unit", "id", unit)), None)
