"""How far up an accident is usually pursued: ``table.问责层级`` with its shifts. Custom, not law, and said so on every line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from zeren.engine.chain.matter import Matter
from zeren.engine.chain.model import Reach
from zeren.engine.chain.offices import FIRM_LAYERS, Office
from zeren.engine.language.rule import Basis
from zeren.models.vocabulary import LEVELS

#: The layers of those who have to report upwards; concealment raises the reach for them alone.
REPORTING: Final = ("村居", "园区", "属地政府", "属地党委", "行业主管", "综合监管")
_PARTY_GOVERNMENT: Final = ("政府正职", "党委正职", "分管安全副职", "分管行业副职", "分管未载副职", "其他副职")
_GENERAL, _DIRECT = "综合监管", ("行业主管", "专项监管")
#: Where a station looks after everything; being one without a trade of its own is no reason there.
_LOW: Final = ("乡级", "村级")
_LOWER: Final = {Reach.MUST: Reach.USUAL, Reach.USUAL: Reach.RARE, Reach.RARE: Reach.RARE, Reach.NEVER: Reach.NEVER}


@dataclass(frozen=True, slots=True)
class Reached:
    """How usual it is that the accident reaches an office, why, and on what that rests."""

    reach: Reach
    note: str
    basis: tuple[str, ...]


class Reaches:
    """The reach table for one accident. ``direct`` are the tiers at which the trade has a regulator of its own."""

    def __init__(self, matter: Matter, direct: Iterable[str] = ()) -> None:
        self._matter, self._direct = matter, frozenset(direct)

    def of(self, office: Office, layers: Sequence[str]) -> Reached:
        """How usual it is that an office on these layers is reached."""
        reasons = self._raised(layers)
        rank = self._matter.grading.rank
        row = self._rows.get((min(rank + 1, 4) if reasons and rank else rank, office.level, office.office))
        if row is None:
            return Reached(Reach.NEVER, f"问责层级表没有{office.level}、{office.office}这一格", ())
        reach, basis = row
        where = office.office if office.office.startswith(office.level) else f"{office.level}{office.office}"
        notes = [f"{self._matter.grading.grade}事故追到{where}：{reach.value}（惯例）"]
        if reasons and rank:
            notes.append(f"因{'、'.join(reasons)}上移一行")
        if reach is not Reach.NEVER and self._too_high(office, bool(reasons)):
            reach = Reach.NEVER
            notes.append("高于参数 chain_depth 所定的层级")
        # The evidence for this is about accidents of production; in events without a grade (forest fires) it takes part itself.
        if set(layers) == {_GENERAL} and rank and office.level in self._direct and office.level not in _LOW and not self._own_trade(office):
            reach = _LOWER[reach]
            notes.append("已有行业或专项监管部门，单凭综合监管少见")
        return Reached(reach, "；".join(notes), basis)

    def _own_trade(self, office: Office) -> bool:
        """Whether the trade is usually this department's own to regulate (``table.行业部门``), whatever its mandate is called here."""
        function = next((row["function"] for _, row in self._matter.facts.where("unit", "id", office.unit)), None)
        return function is not None and any(
            row["function"] == function and row["industry"] in self._called and (row["kind"] != _GENERAL or row["matter"] is not None)
            for row, _ in self._matter.table("行业部门"))

    @cached_property
    def _called(self) -> frozenset[str]:
        """The trades of the accident, by their own names and by those that the tables use."""
        alias = {str(row["alias"]): str(row["industry"]) for row, _ in self._matter.table("行业别名")}
        return frozenset({*self._matter.trades, *(alias[trade] for trade in self._matter.trades if trade in alias)})

    def _raised(self, layers: Sequence[str]) -> list[str]:
        """Why the reach is shifted up one row; several reasons shift it once."""
        if not set(layers) - set(FIRM_LAYERS):
            return []
        reasons = []
        if self._matter.concealment and set(layers) & set(REPORTING):
            reasons.append("瞒报")
        if self._matter.repeats:
            reasons.append("重复发生")
        if self._matter.elevated:
            reasons.append("提级调查")
        return reasons

    def _too_high(self, office: Office, raised: bool) -> bool:
        if office.office not in _PARTY_GOVERNMENT or office.level not in LEVELS:
            return False
        grades = ["一般", "较大", "重大", "特别重大"]
        grade = self._matter.grading.grade
        if grade not in grades:
            return False
        at = grades.index(grade) + (1 if raised else 0)
        depth = self._matter.parameter("chain_depth", grades[min(at, 3)])
        return bool(depth) and LEVELS.index(office.level) < LEVELS.index(str(depth[0]))

    @cached_property
    def _rows(self) -> dict[tuple[int, str, str], tuple[Reach, tuple[str, ...]]]:
        bases = self._matter.pack.bases
        wanted = {self._matter.grading.rank, min(self._matter.grading.rank + 1, 4)}
        found = {}
        for row, basis in self._matter.table("问责层级"):
            rank = int(row["rank"] or 0)
            if rank in wanted:
                lines = bases.describe(Basis(kind, ref) for kind, ref in basis)
                found[rank, str(row["level"]), str(row["office"])] = (Reach(str(row["reach"])), lines)
        return found

