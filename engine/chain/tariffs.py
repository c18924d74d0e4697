"""What the tables of fines, bans and sanctions say on a date, and one measure as a line with its source.

A measure is always a range: the tool says what the law or custom provides, people decide.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zeren.engine.derive.closures import holds
from zeren.engine.language.rule import Basis
from zeren.engine.pack import Pack
from zeren.models.facts import Value

GENERAL: Final = "一般规定"
CHECKED, DOUBTFUL, CUSTOM = "已核", "存疑", "惯例"
_VERSION: Final = re.compile(r"[(（][^()（）]*[)）]$")


@dataclass(frozen=True, slots=True)
class Range:
    """From ``low`` to ``high``, both included, in ``unit`` (万元, %, 年, 日, 倍, 阶); ``low`` is absent for “at most”."""

    low: Decimal | None
    high: Decimal
    unit: str

    def __str__(self) -> str:
        unit, tail = ("万", "元") if self.unit == "万元" else (self.unit, "")
        if self.low is None:
            return f"{self.high:f}{unit}{tail}以下"
        if self.low == self.high:
            return f"{self.high:f}{unit}{tail}"
        return f"{self.low:f}{unit}–{self.high:f}{unit}{tail}" if unit in ("万", "%") else f"{self.low:f}–{self.high:f}{unit}"


@dataclass(frozen=True, slots=True)
class Measure:
    """One consequence that the law of the day or custom provides, never a decision.

    Attributes:
        text: what may follow, with its range in words.
        range: the range in numbers, where there is one.
        basis: every source in full, with its check state.
        confidence: 已核, 未核原文, 存疑, 惯例 or 讲话; anything but 已核 is printed beside the text.
        cited: the sources in short, as they stand in the line.
        provided: what must be established first; it stands before the text.
    """

    text: str
    range: Range | None
    basis: tuple[str, ...]
    confidence: str
    cited: str
    provided: str = ""

    @property
    def custom(self) -> bool:
        """Whether this is custom and no law."""
        return self.confidence == CUSTOM

    def __str__(self) -> str:
        before = f"{self.provided}：" if self.provided else ""
        mark = "" if self.confidence == CHECKED else f"〔{self.confidence}〕"
        return f"{before}{self.text}{mark}（{self.cited}）"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a table with its sources (kind, id) and check state."""

    row: Mapping[str, Value]
    basis: tuple[tuple[str, str], ...]
    confidence: str

    def number(self, column: str) -> Decimal | None:
        """A cell that holds a number."""
        value = self.row[column]
        return value if isinstance(value, Decimal) else None

    def text(self, column: str) -> str:
        """A cell that holds text; nothing where it is not stated."""
        value = self.row[column]
        return "" if value is None else str(value)

    def range(self, low: str, high: str, unit: str) -> Range | None:
        """The range between two cells."""
        top = self.number(high)
        return None if top is None else Range(self.number(low), top, unit)


class Tariffs:
    """The tables of measures of a rule pack, each read once; make one for a whole chain."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._bases = pack.bases
        self._entries: dict[str, tuple[Entry, ...]] = {}

    def entries(self, table: str, on: int | None = None) -> tuple[Entry, ...]:
        """The rows of a table in the written order; with ``on`` those of a dated table that hold then."""
        if table not in self._entries:
            found = self.pack.table(table)
            self._entries[table] = tuple(Entry(dict(zip(found.relation.names, fact.values, strict=True)), row.basis, row.confidence)
                                         for fact, row in zip(found.facts, found.rows, strict=True))
        return tuple(one for one in self._entries[table]
                     if on is None or holds(one.row.get("since"), one.row.get("until"), on))

    def measure(self, entry: Entry, text: str, range: Range | None = None, provided: str = "",
                more: Iterable[Entry] = ()) -> Measure:
        """A measure that rests on a row, and on the sources of ``more`` rows."""
        bases = tuple(dict.fromkeys(pair for one in (entry, *more) for pair in one.basis))
        full = self._bases.describe(Basis(kind, ref) for kind, ref in bases)
        told = entry.confidence in (CHECKED, "讲话") or any(line.endswith(f"（{entry.confidence}）") for line in full)
        cited = "、".join(dict.fromkeys(self._short(kind, ref) for kind, ref in entry.basis))
        return Measure(text, range, full if told else (*full, f"表中此格：{entry.confidence}"), entry.confidence, cited, provided)

    def _short(self, kind: str, ref: str) -> str:
        """A source as people name it: the version only where it is no longer in force."""
        if kind == "custom":
            return ref
        source = self._bases.entries.get(ref)
        if source is None or kind == "seed":
            return f"讲话材料 {ref}" if kind == "seed" else ref
        name = str(source["instrument"]).removeprefix("中华人民共和国")
        return (name if source.get("to") else _VERSION.sub("", name)) + str(source.get("article") or "")

    def senses(self, circumstances: Collection[str]) -> frozenset[str]:
        """The circumstances with the names under which the tables of measures have them."""
        return frozenset(circumstances) | {one.text("sense") for one in self.entries("处罚情形")
                                           if one.text("word") in circumstances}

    def sectors(self, industries: Collection[str]) -> frozenset[str]:
        """The regimes of their own into which some industries fall; ``industries`` may hold regimes too."""
        return frozenset(one.text("regime") for one in self.entries("行业门类")
                         if one.text("industry") in industries or one.text("regime") in industries)


def in_force(entries: Iterable[Entry], sectors: Collection[str]) -> tuple[Entry, ...]:
    """The rows of the regimes that apply: those of a sector take the place of the general ones, but stand beside them
    where it is in doubt which apply. Rows without a regime always apply."""
    found = [one for one in entries if one.text("regime") in {"", GENERAL, *sectors}]
    firm = any(one.text("regime") in sectors and one.confidence != DOUBTFUL for one in found)
    return tuple(one for one in found if not (firm and one.text("regime") == GENERAL))
