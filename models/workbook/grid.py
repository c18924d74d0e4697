"""A table as it was read: a rectangle of cells with the file and sheet it stands in; the values are not judged yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from zeren.models.problems import Place, Problem
from zeren.models.workbook.package import Spot

#: What a cell may hold; nothing and the empty text are the same.
Cell = str | int | float | bool | date | datetime | time | timedelta | Decimal | None
#: Spots listed in one message.
_LISTED: Final = 6


@dataclass(slots=True)
class Grid:
    """One sheet or file. Rows and columns count from 1 in places, from 0 in ``rows``.

    ``file`` is what places name: the file, with ``!sheet`` in a workbook. ``bad`` holds cells without a usable value and why;
    ``lines`` the line of each row, where that is not its number; ``from_1904`` the start of the calendar of bare numbers.
    """

    file: str
    name: str
    rows: list[list[Cell]]
    bad: Mapping[Spot, tuple[str, str]] = field(default_factory=dict)
    merged: Sequence[tuple[Spot, Spot]] = ()
    lines: Sequence[int] = ()
    from_1904: bool = False
    remarks: list[Problem] = field(default_factory=list)

    def place(self, row: int, column: int) -> Place:
        """Where the cell at a 0-based row and column stands."""
        return Place(self.file, self.lines[row] if self.lines else row + 1, column + 1)

    @property
    def whole(self) -> Place:
        """The table as a whole."""
        return Place(self.file)

    @property
    def filled(self) -> bool:
        """Whether any cell holds something."""
        return any(not blank(cell) for row in self.rows for cell in row)

    def remark(self, message: str, hint: str, place: Place | None = None, code: str = "TAB-020") -> None:
        """Note something that does not stop reading."""
        self.remarks.append(Problem(place or self.whole, code, message, hint, severity="提醒"))


def blank(cell: Cell) -> bool:
    """Whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def letters(column: int) -> str:
    """The letters of a 1-based column.

    >>> letters(1), letters(28)
    ('A', 'AB')
    """
    found = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def listed(words: Sequence[str]) -> str:
    """A few of many, for messages."""
    return "、".join(words[:_LISTED]) + (f" 等 {len(words)} 处" if len(words) > _LISTED else "")


def unmerge(grid: Grid) -> None:
    """Give every row of a cell merged downwards its value; a cell merged across columns says nothing about the others."""
    filled = []
    for (top, left), (bottom, right) in grid.merged:
        if left != right or top == bottom or top >= len(grid.rows):
            continue
        value = grid.rows[top][left] if left < len(grid.rows[top]) else None
        for row in range(top + 1, min(bottom, len(grid.rows) - 1) + 1):
            own = grid.rows[row]
            others = any(not blank(cell) for at, cell in enumerate(own) if at != left)
            if not blank(value) and others and left < len(own):
                own[left] = value
        if not blank(value):
            filled.append(f"{letters(left + 1)}{top + 1}:{letters(left + 1)}{bottom + 1}")
    if filled:
        grid.remark(f"向下合并的单元格，每一行都按它的内容读：{listed(filled)}", "不是这个意思的，取消合并，逐行填写")


def across(grid: Grid, first: int) -> list[tuple[int, int, int]]:
    """The cells below row ``first`` that are merged over several columns and stand among other values: row, left, right."""
    found = []
    for (top, left), (bottom, right) in grid.merged:
        if left == right or top < first or top >= len(grid.rows):
            continue
        for row in range(top, min(bottom, len(grid.rows) - 1) + 1):
            own = grid.rows[row]
            if any(not blank(cell) for at, cell in enumerate(own) if not left <= at <= right) and not blank(grid.rows[top][left]):
                found.append((row, left, right))
    return found
