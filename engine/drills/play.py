"""Play a drill: the clocks of an accident run as time passes, and whoever is late is told at that moment.

What may run out and what was done are facts that only become more. A session (``Stream``) joins them with the passing of time;
what a turn means is then read off the clocks of the chain, as they stand at that moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from zeren.engine.backends.durable.stream import DurableStream, IndexedStream, Stream
from zeren.engine.chain.clocks import clocks
from zeren.engine.chain.model import Clock
from zeren.engine.drills.timeline import Timeline
from zeren.engine.language.plan import Query
from zeren.engine.language.syntax import Atom, Compare, Test, Var
from zeren.engine.pack import Pack
from zeren.models.facts import Fact, Value
from zeren.models.moments import format_duration, format_moment
from zeren.models.relations import Column, Relation, Type, World

#: The engines a drill may be played on; both tell the same.
ENGINES: Final = ("auto", "durable")
_CLOCK: Final = Relation("clock", "时钟", World.DERIVED, (Column("id"), Column("due", Type.MOMENT)))
_ACT: Final = Relation("act", "履行", World.DERIVED, (Column("clock"), Column("at", Type.MOMENT)))
_TICK: Final = Relation("tick", "时刻", World.DERIVED, (Column("at", Type.MOMENT),))
_SCHEMA: Final = {one.name: one for one in (_CLOCK, _ACT, _TICK)}
_MINUTE: Final = 60


def _equal(column: str, name: str) -> Test:
    return Test(column, "eq", (Var(name),))


_RUNNING: Final = Atom("clock", (_equal("id", "clock"), _equal("due", "due")))
_DONE: Final = Atom("act", (_equal("clock", "clock"), _equal("at", "at")))
#: What a session tells of a clock: that it was met, met too late, or ran out.
QUERIES: Final = (
    Query((_RUNNING, _DONE, Compare("le", Var("at"), Var("due"))), ("clock", "due")),
    Query((_RUNNING, _DONE, Compare("gt", Var("at"), Var("due"))), ("clock", "due")),
    Query((_RUNNING, Atom("tick", (_equal("at", "at"),)), Compare("gt", Var("at"), Var("due"))), ("clock", "due")),
)
_MET, _LATE, _OUT = range(3)


@dataclass(frozen=True, slots=True)
class Turn:
    """What became of a clock: 开始计时, 已完成, 迟到 or 逾期; ``state`` is its state in the chain, ``text`` says the rest."""

    what: str
    clock: Clock
    text: str

    @property
    def state(self) -> str:
        """按时, 迟报, 漏报, 未到期, 证据不足 …, as far as is known at that moment."""
        return self.clock.state


@dataclass(frozen=True, slots=True)
class Scene:
    """One moment: what the trainer says, and what turns."""

    at: int
    says: tuple[str, ...]
    turns: tuple[Turn, ...]


def stream(engine: str) -> Stream:
    """A session for drills on one of ``ENGINES``.

    Raises:
        UsageError: durable-rules cannot run here.
    """
    return DurableStream(QUERIES, _SCHEMA) if engine == "durable" else IndexedStream(QUERIES, _SCHEMA)


def play(timeline: Timeline, pack: Pack, session: Stream) -> Iterator[Scene]:
    """Yield the moments of a drill at which something happens or turns, in the order of time.

    Raises:
        RuleError: a table that the clocks need cannot be read.
    """
    waiting = sorted({*(event.at for event in timeline.events), *_recorded(timeline)})
    known: set[Fact] = set()
    dues: dict[str, int] = {}
    done: set[str] = set()
    while waiting:
        now = waiting.pop(0)
        found = {_name(clock): clock for clock in clocks(timeline.incident, timeline.org, now, pack)}
        fresh = [fact for fact in _facts(found, now) if fact not in known]
        known.update(fresh)
        turns = [_started(clock) for name, clock in found.items() if clock.due is not None and dues.get(name) != clock.due]
        dues |= {name: clock.due for name, clock in found.items() if clock.due is not None}
        news = session.gain(fresh)
        done |= {str(values[0]) for what, values in news if what != _OUT}
        turns += [turn for what, values in news if (turn := _turn(what, values, found, done)) is not None]
        says = tuple(event.says for event in timeline.events if event.at == now)
        if says or turns:
            yield Scene(now, says, tuple(turns))
        ends = {_passed(due) for name, due in dues.items() if name not in done}
        acts = {clock.done for clock in found.values() if clock.done is not None}
        waiting = sorted({*waiting, *(moment for moment in ends | acts if now < moment <= timeline.until)})


def _recorded(timeline: Timeline) -> Iterator[int]:
    """When the accident happened, and when something was recorded that refers to it, up to the end of the drill."""
    (incident,) = (row for _, row in timeline.org.facts.where("incident", "id", timeline.incident))
    began = incident["at"]
    if isinstance(began, int):
        moments = (began, *(row["at"] for _, row in timeline.org.facts.where("record", "ref", timeline.incident)))
        yield from (at for at in moments if isinstance(at, int) and began <= at <= timeline.until)


def _passed(due: int) -> int:
    """The first whole minute after a limit, when it is told that it has passed."""
    return (due // _MINUTE + 1) * _MINUTE


def _name(clock: Clock) -> str:
    return f"{clock.holder}｜{clock.name}"


def _facts(found: Mapping[str, Clock], now: int) -> Iterator[Fact]:
    """The clocks, what was done about them by now, and the moment itself."""
    yield Fact("tick", (now,))
    for name, clock in found.items():
        if clock.due is not None:
            yield Fact("clock", (name, clock.due))
        if clock.due is not None and clock.done is not None and clock.done <= now:
            yield Fact("act", (name, clock.done))


def _started(clock: Clock) -> Turn:
    assert clock.due is not None
    return Turn("开始计时", clock, f"限 {format_moment(clock.due)}")


def _turn(what: int, values: tuple[Value, ...], found: Mapping[str, Clock], done: set[str]) -> Turn | None:
    """What the news of a clock mean; nothing where a later limit has replaced the one that it is about."""
    clock = found.get(str(values[0]))
    if clock is None or clock.due is None or clock.due != values[1]:
        return None
    if what == _OUT:
        return None if str(values[0]) in done else Turn("逾期", clock, f"{format_moment(clock.due)} 已过，还没有记录")
    assert clock.done is not None
    if what == _MET:
        return Turn("已完成", clock, format_moment(clock.done))
    return Turn("迟到", clock, f"{format_moment(clock.done)}，晚{format_duration(clock.done - clock.due)}")
