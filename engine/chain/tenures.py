"""Who held a post: at a signature, or while the breach ran (时任), with acting and former holders and vacancies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zeren.engine.chain.candidates import Link
from zeren.engine.chain.matter import Matter
from zeren.engine.derive.closures import holds
from zeren.models.facts import Value
from zeren.models.moments import format_moment

NOT_STATED = "任职情况未载"


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who held a post: person (empty: not stated), the span in seconds, in words, and by which links he is reached."""

    person: str
    since: int | None
    until: int | None
    text: str
    links: tuple[Link, ...]
    fresh: bool = False

    def held(self, moment: int) -> bool:
        """Whether he held it at a moment."""
        return holds(self.since, self.until, moment)


def holders(matter: Matter, post: str, unit: str, links: Sequence[Link]) -> tuple[tuple[Holder, ...], tuple[tuple[Holder | None, str], ...]]:
    """Those who held ``post`` at a signature or while the breach of its unit ran; and who holds or held it at the accident or since,
    without answering, with why (nobody: the post as such)."""
    rows = sorted((row for _, row in matter.facts.where("appointment", "post", post)), key=lambda row: (_start(row), str(row["person"])))
    if not rows:
        return (Holder("", None, None, NOT_STATED, tuple(links)),), ()
    start, end = matter.span(unit)
    found, others = [], []
    for row in rows:
        reached = [link for link in links if _in_time(row, link, start, end)]
        if reached:
            found.append(_holder(matter, row, reached, rows))
        elif holds(row["since"], row["until"], matter.at) or (_start(row) <= matter.on and not _before(row, matter.at)):
            others.append(row)
    if not found:
        return (), ((None, _nobody(matter, rows, links, start)),)
    return tuple(found), tuple((_holder(matter, row, links, rows), _not_he(matter, row, links, start)) for row in others)


def _in_time(row: Mapping[str, Value], link: Link, start: int, end: int) -> bool:
    since, until = row["since"], row["until"]
    if link.signed is not None:
        return holds(since, until, link.signed)
    return (not isinstance(since, int) or since <= end) and (not isinstance(until, int) or start < until)


def _holder(matter: Matter, row: Mapping[str, Value], links: Sequence[Link], rows: Sequence[Mapping[str, Value]]) -> Holder:
    since, until = row["since"], row["until"]
    mode = "" if row["mode"] in (None, "任职") else str(row["mode"])
    present = holds(since, until, matter.on)
    begins = format_moment(since)[:10] if isinstance(since, int) else "起始未载"
    ends = "至今" if until is None else f"至 {format_moment(until, 'after')[:10]}" if isinstance(until, int) else ""
    (limit,) = matter.parameter("新任期")
    fresh = (isinstance(since, int) and isinstance(limit, int) and matter.at - since < limit
             and any(_start(other) < _start(row) for other in rows) and not any(link.signed or link.acted for link in links))
    text = f"{'现任' if present else '时任'}{mode and f'（{mode}）'} {begins} {ends}".rstrip()
    return Holder(str(row["person"]), since if isinstance(since, int) else None, until if isinstance(until, int) else None,
                  text + ("，到任不久" if fresh else ""), tuple(links), fresh)


def _before(row: Mapping[str, Value], moment: int) -> bool:
    return isinstance(row["until"], int) and row["until"] <= moment


def _not_he(matter: Matter, row: Mapping[str, Value], links: Sequence[Link], start: int) -> str:
    """Why one who holds the post does not answer where another does."""
    since = row["since"]
    begins = f"{format_moment(since)[:10]} 才到任" if isinstance(since, int) else "起始未载"
    if isinstance(since, int) and since > matter.at:
        return f"任期不含：{begins}，在事故之后"
    if all(link.signed is not None for link in links):
        return f"任期不含：{begins}，签字、办理的时候不在任"
    if _before(row, start):
        return f"任期不含：{format_moment(start)[:10]} 失职期间开始以前已经离任"
    return f"任期不含：{begins}，在认定的失职期间以后"


def _nobody(matter: Matter, rows: Sequence[Mapping[str, Value]], links: Sequence[Link], start: int) -> str:
    if all(link.signed is not None for link in links):
        return "任期不含：签字或办理时无人在任，或者另有其人"
    if all(_start(row) > matter.at for row in rows):
        return f"任期不含：{format_moment(int(_start(rows[0])))[:10]} 才到任，在事故之后"
    if all(isinstance(row["until"], int) and row["until"] <= start for row in rows):
        return f"任期不含：{format_moment(start)[:10]} 失职期间开始以前已经离任"
    return "任期不含：事故和失职期间岗位空缺，由任命机关的主要负责人答复"


def _start(row: Mapping[str, Value]) -> float:
    return row["since"] if isinstance(row["since"], int) else float("-inf")
