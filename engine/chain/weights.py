"""What weighs heavier or lighter on a post: concealment, an ignored stop order, a second failed fix; rescue and prompt reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Final

from zeren.engine.chain.allocation import Seat
from zeren.engine.chain.lateness import told_late
from zeren.engine.chain.matter import CONCEALED, DEFIED, Matter
from zeren.engine.chain.model import Clock
from zeren.engine.chain.offices import FIRM_LAYERS
from zeren.models.facts import Value

_WRONG: Final = ("瞒报", "谎报", "漏报", "迟报")
_STOPS: Final = ("停产", "停产整顿")
_RUNNING: Final = ("经营", "使用", "承包", "施工")


class Weights:
    """The aggravating and mitigating facts around one accident."""

    def __init__(self, matter: Matter, clocks: Iterable[Clock]) -> None:
        self._matter, self._clocks = matter, tuple(clocks)

    def heavier(self, seat: Seat) -> tuple[str, ...]:
        """What aggravates, in words."""
        unit = seat.office.unit
        found = [f"{clock.name}：{clock.state}" for clock in self._clocks if clock.holder in (unit, seat.office.post) and clock.state in _WRONG
                 and not told_late(self._matter, clock.holder, clock.due, clock.done)]
        found += [f"{CONCEALED}：{one.text}" for one in self._matter.of_unit(unit) if CONCEALED in one.senses]
        if set(seat.layers) & set(FIRM_LAYERS):
            found += [f"停产指令未解除而发生事故（{record}）" for firm, record in self._stopped if firm == unit]
            found += [f"停产指令不执行：{one.text}" for one in self._matter.of_unit(unit) if DEFIED in one.senses]
        found += [f"同一隐患 {count} 次验收不合格（{hazard}）" for hazard, count, touched in self._unfixed
                  if unit in touched or seat.office.post in touched]
        return tuple(dict.fromkeys(found))

    def lighter(self, seat: Seat) -> tuple[str, ...]:
        """What mitigates, in words."""
        unit, post = seat.office.unit, seat.office.post
        found = [f"事故后组织应急处置（{row['id']}）" for _, row in self._matter.facts.where("record", "ref", self._matter.incident)
                 if row["kind"] == "应急处置" and row["actor"] in (unit, post)]
        found += [f"{clock.name}：按时" for clock in self._clocks if clock.holder == unit and clock.state == "按时" and "报告" in clock.name]
        found += [f"{clock.name}：接报时已过时限，接报以后在同样长的时限内报出" for clock in self._clocks
                  if clock.holder == unit and clock.state in _WRONG and told_late(self._matter, clock.holder, clock.due, clock.done)]
        return tuple(dict.fromkeys(found))

    @cached_property
    def _stopped(self) -> tuple[tuple[str, str], ...]:
        """The firms that ran although the last stop order before the accident was not lifted."""
        found = []
        for firm, parts in self._matter.parties.items():
            if not parts & set(_RUNNING):
                continue
            orders = [row for _, row in self._matter.facts.where("record", "object", firm) if row["kind"] in _STOPS]
            starts = [row for column in ("object", "actor") for _, row in self._matter.facts.where("record", column, firm)
                      if row["kind"] == "复产"]
            last = max(((at, str(row["id"])) for at, row in self._before(orders)), default=None)
            if last is not None and not any(at >= last[0] for at, _ in self._before(starts)):
                found.append((firm, last[1]))
        return tuple(found)

    def _before(self, rows: Iterable[Mapping[str, Value]]) -> Iterator[tuple[int, Mapping[str, Value]]]:
        """The records from before the accident, with their moments."""
        for row in rows:
            if isinstance(row["at"], int) and row["at"] < self._matter.at:
                yield row["at"], row

    @cached_property
    def _unfixed(self) -> tuple[tuple[str, int, frozenset[str]], ...]:
        """Hazards of the parties that failed acceptance as often as the parameter says, with the units and posts in charge."""
        (limit,) = self._matter.parameter("同一隐患整改不力次数")
        assert isinstance(limit, Decimal)
        return tuple(sorted(self._failed(limit)))

    def _failed(self, limit: Decimal) -> Iterator[tuple[str, int, frozenset[str]]]:
        for firm in self._matter.parties:
            for _, hazard in self._matter.facts.where("hazard", "unit", firm):
                count = sum(1 for _, row in self._matter.facts.where("record", "ref", hazard["id"])
                            if row["kind"] == "验收" and row["result"] == "不合格" and isinstance(row["at"], int) and row["at"] <= self._matter.at)
                if count >= limit:
                    columns: Sequence[str] = ("unit", "owner", "owner_post", "supervisor", "supervisor_post")
                    yield str(hazard["id"]), count, frozenset(str(hazard[column]) for column in columns if hazard[column] is not None)
