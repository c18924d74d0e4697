"""Reads the rows of one table into written values with their places, and says of every cell what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from zeren.models.nodes import Node, Scalar
from zeren.models.problems import Place, Problems
from zeren.models.relations import Type
from zeren.models.workbook.columns import Field, Sheet
from zeren.models.workbook.grid import Cell, Grid, across, blank, letters, listed, unmerge
from zeren.models.workbook.header import Header, find_header
from zeren.models.workbook.values import CONTROL, NOTHING, pieces, plain, unescaped, value

_NOBODY: Final[Collection[str]] = frozenset()


@dataclass(slots=True)
class Row:
    """A row: its cells by key. An empty cell is not there; one that says “—” is there and holds nothing."""

    place: Place
    cells: dict[str, list[Node]] = field(default_factory=dict)

    def text(self, key: str) -> str | None:
        """The single text under ``key``."""
        found = self.cells.get(key)
        return found[0].text if found else None

    def says_nothing(self, key: str) -> bool:
        """Whether the cell says that there is no value."""
        return self.cells.get(key) == []


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with its rows and the columns in which its keys are written."""

    sheet: Sheet
    grid: Grid
    header: Header
    rows: list[Row]


def read_table(grid: Grid, sheet: Sheet, problems: Problems, cells: Problems, ids: Collection[str] = _NOBODY) -> Table | None:
    """Read one table. ``problems`` make the table unusable, ``cells`` are wrong cells; ``ids`` are never split at commas."""
    unmerge(grid)
    header = find_header(grid, sheet, problems)
    if header is None:
        return None
    mixed = {row: (left, right) for row, left, right in across(grid, header.row + 1)}
    columns = [_Column(at, about, grid, cells, ids) for at, about in header.fields.items()]
    rows = []
    for at in _data(grid, header):
        if at in mixed:
            left, right = mixed[at]
            cells.add(grid.place(at, left), "TAB-015", f"合并单元格跨了 {letters(left + 1)} 到 {letters(right + 1)} 列，不知道各列各是什么", "取消合并，每格分别填写")
        rows.append(_row(grid, columns, at, cells))
    return Table(sheet, grid, header, rows)


def _data(grid: Grid, header: Header) -> Iterator[int]:
    """The rows below the headings that hold data; what else stands there is named."""
    titles = {at: plain(cell) for at, cell in enumerate(grid.rows[header.row]) if not blank(cell)}
    wide = {(top, left) for (top, left), (_, right) in grid.merged if right > left}
    broken = {row for row, _ in grid.bad}
    sections, repeated, outside = [], [], set()
    for at in range(header.row + 1, len(grid.rows)):
        own = grid.rows[at]
        filled = [column for column, cell in enumerate(own) if cell != "" and cell is not None]
        if not filled and at + 1 not in broken:
            continue
        if len(filled) == 1 and ((at, filled[0]) in wide or blank(own[filled[0]])):
            if not blank(own[filled[0]]):
                sections.append(str(at + 1))
        elif len(filled) > 1 and titles.get(filled[0]) == own[filled[0]] and all(titles.get(column) == plain(own[column]) for column in filled):
            repeated.append(str(at + 1))
        else:
            outside.update(filled)
            yield at
    if sections:
        grid.remark(f"整行合并的小标题没有读：第 {listed(sections)} 行", "是数据的，取消合并，逐格填写")
    if repeated:
        grid.remark(f"重复的表头没有读：第 {listed(repeated)} 行", "不必处理")
    nameless = [column for column in sorted(outside - set(titles)) if any(column < len(row) and not blank(row[column]) for row in grid.rows[header.row + 1:])]
    if nameless:
        grid.remark(f"没有列名的列里有内容，没有读：{listed([letters(column + 1) for column in nameless])} 列", "要用的，在表头写上列名")


class _Column:
    """Reads the cells of one column; what was read once is not read again."""

    def __init__(self, at: int, about: Field, grid: Grid, cells: Problems, ids: Collection[str]) -> None:
        self.at, self.about, self._grid, self._cells, self._ids = at, about, grid, cells, ids
        self._known: dict[Cell, list[Scalar]] = {}

    def read(self, cell: Cell, place: Place) -> list[Scalar]:
        """The values of a cell; problems and remarks are recorded at its place."""
        simple = isinstance(cell, str | date)  # numbers and truth values may be equal and yet differ
        known = self._known.get(cell) if simple else None
        if known is not None:
            return known
        if isinstance(cell, str) and (control := CONTROL.search(cell)):
            self._cells.add(place, "TAB-018", f"“{self.about.heading}”里有不能出现的控制字符 U+{ord(control.group()):04X}", "可能是复制时带入的；删去这一格，重新键入")
            return []
        found, remark = _values(self.about, cell, self._grid.from_1904, self._ids)
        if remark and self.about.column.type is Type.MOMENT:
            self._grid.remark(f"{self.about.heading}：{remark}", "写成 2024-03-05 这样的日期", place)
        elif remark:
            self._cells.add(place, "TAB-017", f"{self.about.heading}：{remark}", "在 Excel 中先把整列设为“文本”，再填写")
        elif simple:
            self._known[cell] = found
        return found


def _row(grid: Grid, columns: Collection[_Column], at: int, cells: Problems) -> Row:
    own = grid.rows[at]
    found = Row(grid.place(at, 0))
    for column in columns:
        cell = own[column.at] if column.at < len(own) else None
        if grid.bad and (why := grid.bad.get((at + 1, column.at + 1))):
            cells.add(grid.place(at, column.at), "TAB-016", f"“{column.about.heading}”的{why[0]}", why[1])
        if cell is not None and cell != "" and not (isinstance(cell, str) and cell.isspace()):
            place = grid.place(at, column.at)
            found.cells[column.about.key] = [Node(one, place) for one in column.read(cell, place)]
        elif column.about.raw:
            found.cells[column.about.key] = []
    return found


def _values(about: Field, cell: Cell, from_1904: bool, ids: Collection[str]) -> tuple[list[Scalar], str]:
    """The values of one cell, none where it says that there is none, and a remark on how they were understood."""
    text = plain(cell)
    if about.raw and about.column.type is Type.TEXT:
        return [unescaped(text)], ""
    if about.several and text not in ids and about.column.type is Type.TEXT:
        if text in NOTHING:
            return [], ""
        words = pieces(unescaped(text))
        return [value(about.column, word)[0] if about.column.vocabulary else word for word in words], ""
    one, remark = value(about.column, cell, from_1904)
    return [] if one is None else [one], remark
