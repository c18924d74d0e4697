"""What may follow: the measures of the tables beside every line of a chain and every unit that was found wanting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from zeren.engine.chain.clocks import Timeline
from zeren.engine.chain.matter import DEFIED, UNGRADED, Matter
from zeren.engine.chain.measures import PostKind, UnitKind, post_kind, post_measures, unit_measures
from zeren.engine.chain.model import Chain, Line
from zeren.engine.chain.tariffs import Tariffs

_WRONG: Final = ("迟报", "漏报", "谎报", "瞒报")
_AUTHORITIES: Final = ("党委", "政府", "部门", "内设机构", "派出机构", "站所", "园区", "安委会", "安委办", "村居")
_FIRMS: Final = ("企业", "项目", "个体户", "自然人", "无证经营体", "事业单位")


class Following:
    """Adds measures to the chain of one accident."""

    def __init__(self, matter: Matter, timeline: Timeline) -> None:
        self._matter, self._timeline = matter, timeline
        self._tariffs = Tariffs(matter.pack)
        grading = matter.grading
        self._grade = "" if grading.grade == UNGRADED else grading.grade
        self._figures: dict[str, Decimal | None] = dict(timeline.grade.figures) if timeline.grade is not None else {}

    def of(self, chain: Chain) -> Chain:
        """The chain with ``measures`` on its lines and ``following`` for units; ranges of law and custom, never decisions."""
        return replace(chain, lines=tuple(self._line(line) for line in chain.lines), following=tuple(self._units()))

    def _line(self, line: Line) -> Line:
        row = next((row for _, row in self._matter.facts.where("post", "id", line.post)), None)
        kind = post_kind(self._tariffs, line.office, str(row["role"]) if row is not None else None)
        if kind is None or self._private(kind, line.unit):
            kind = PostKind.OTHER if kind is not None else None
        if kind is None:
            return line
        found = post_measures(self._tariffs, kind, self._grade, line.degree, line.verdict, self._circumstances(line.unit, line.post),
                              self._matter.at, self._matter.trades)
        return replace(line, measures=tuple(dict.fromkeys(str(one) for one in found)))

    def _private(self, kind: PostKind, unit: str) -> bool:
        """Whether a post that is counted with officials sits in a firm that is not the state's."""
        row = self._unit(unit)
        return kind is PostKind.OFFICIAL and row.get("kind") in _FIRMS and row.get("ownership") in ("民营", "外资", "集体")

    def _units(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        matter = self._matter
        for unit in sorted({finding.unit for finding in matter.findings}):
            row = self._unit(unit)
            kind = UnitKind.AUTHORITY if row.get("kind") in _AUTHORITIES else (
                UnitKind.INTERMEDIARY if row.get("kind") == "中介机构" else UnitKind.FIRM)
            found = unit_measures(self._tariffs, self._grade, self._figures, matter.at, matter.trades,
                                  self._circumstances(unit), kind=kind, level=str(row.get("level") or ""))
            if row and found:
                yield matter.words.value(unit), tuple(dict.fromkeys(str(one) for one in found))

    def _unit(self, unit: str) -> dict[str, object]:
        return dict(next((row for _, row in self._matter.facts.where("unit", "id", unit)), {}))

    def _circumstances(self, *holders: str) -> frozenset[str]:
        """Wrong reports by clocks and by the inquiry, and a stop order that was ignored."""
        found = {clock.state for clock in self._timeline.clocks if clock.holder in holders and clock.state in _WRONG}
        senses = {sense for holder in holders for finding in self._matter.of_unit(holder) for sense in finding.senses}
        return frozenset(found | (senses & {*_WRONG, DEFIED}))
