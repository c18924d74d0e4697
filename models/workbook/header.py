"""Finds the headings of a table and what they stand for, in whatever row and order they were written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

from zeren.models.problems import Problems, choices, nearest
from zeren.models.workbook.columns import IGNORED, Field, Sheet, field_named, folded, headings
from zeren.models.workbook.grid import Grid, blank, letters
from zeren.models.workbook.values import plain

#: Rows among which the headings are looked for, below titles and notes.
_EARLY: Final = 30
#: How alike a heading must be to be taken for a misspelt one, and to be named as perhaps meant.
_SAME: Final = 0.74
_LIKE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Header:
    """The row of the headings, 0-based, and the fields by column."""

    row: int
    fields: Mapping[int, Field]


def find_header(grid: Grid, sheet: Sheet, problems: Problems) -> Header | None:
    """Find the headings; without all that are required nothing is returned, and the problems say what is missing."""
    row = _best(grid, sheet)
    if row is None:
        problems.add(grid.whole if not grid.rows else grid.place(0, 0), "TAB-010", f"这张{_what(grid)}里找不到“{sheet.name}”的列名",
                     f"表头写这些列名：{choices(headings(sheet), 20)}；zeren template 给出空白模板")
        return None
    fields = _matched(grid, sheet, row, problems)
    known = {field.key for field in fields.values()}
    missing = [field for field in sheet.fields if field.required and field.key not in known]
    unread = [plain(cell) for at, cell in enumerate(grid.rows[row]) if not blank(cell) and at not in fields]
    for field in missing:
        near = nearest(field.heading, unread)
        hint = f"补上这一列；{near.replace('最接近的', '现有列名里最接近的')}，若是同一列，改为“{field.heading}”" if near else "补上这一列；列名见 zeren template 的模板"
        problems.add(grid.place(row, 0), "TAB-011", f"“{sheet.name}”缺少必填的列“{field.heading}”", hint)
    return None if missing else Header(row, fields)


def _what(grid: Grid) -> str:
    return "表" if "!" in grid.file else " CSV 表格" if grid.file.lower().endswith(".csv") else "表格"


def _best(grid: Grid, sheet: Sheet) -> int | None:
    """The row among the first with the most known headings; the first of several."""
    scores = [len({field.key for cell in row if isinstance(cell, str) and (field := field_named(sheet, cell))}) for row in grid.rows[:_EARLY]]
    enough = min(2, sum(field.required for field in sheet.fields) or 1)
    best = max(scores, default=0)
    return scores.index(best) if best >= enough else None


def _matched(grid: Grid, sheet: Sheet, row: int, problems: Problems) -> dict[int, Field]:
    found: dict[int, Field] = {}
    owner: dict[str, int] = {}
    unknown = []
    for at, cell in enumerate(grid.rows[row]):
        if blank(cell):
            continue
        field = field_named(sheet, plain(cell))
        if field is None:
            unknown.append(at)
        elif field.key in owner:
            first = letters(owner[field.key] + 1)
            problems.add(grid.place(row, at), "TAB-012", f"列名“{plain(cell)}”与 {first} 列的“{plain(grid.rows[row][owner[field.key]])}”重复，都是 {field.heading}",
                         "只留一列，或改成别的列名")
        else:
            raw = field.group == "column" and cell == field.key
            found[at], owner[field.key] = replace(field, several=False, raw=True) if raw else field, at
    for at in unknown:
        _unknown(grid, sheet, row, at, found, owner)
    return found


def _unknown(grid: Grid, sheet: Sheet, row: int, at: int, found: dict[int, Field], owner: dict[str, int]) -> None:
    """Take a misspelt heading for what it must mean, or say that the column is not read."""
    word = plain(grid.rows[row][at])
    if folded(word) in IGNORED or not any(not blank(line[at]) for line in grid.rows[row + 1:] if at < len(line)):
        return
    free = [field for field in sheet.fields if field.key not in owner]
    near = max(free, key=lambda field: (_alike(word, field), field.heading), default=None)
    alike = _alike(word, near) if near is not None else 0.0
    if near is not None and alike >= _SAME:
        found[at], owner[near.key] = near, at
        grid.remark(f"列名“{word}”按“{near.heading}”读", f"是这个意思的，改为“{near.heading}”；不是的，换一个列名", grid.place(row, at))
        return
    hint = f"最接近的是“{near.heading}”，若是同一列请改名；" if near is not None and alike >= _LIKE else ""
    grid.remark(f"这一列没有读：“{sheet.name}”没有列名“{word}”", f"{hint}可用的列名有 {choices([field.heading for field in free if field.group != 'detail'], 20)}",
                grid.place(row, at))


def _alike(word: str, field: Field) -> float:
    return SequenceMatcher(None, folded(word), folded(field.heading)).ratio()

