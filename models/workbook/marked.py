"""A copy of a workbook in which the cells with problems are coloured and commented, with a list of all of them in front."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zeren.models.problems import InputError, Problem
from zeren.models.workbook.grid import letters
from zeren.models.workbook.sources import grids
from zeren.models.workbook.values import plain

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.comments import Comment
    from openpyxl.workbook import Workbook

#: The page of the list, which nobody reads as a table.
LIST: Final = "问题"
_BY: Final = "zeren"
_COLOURS: Final = {"错误": "FFF4B6B0", "提醒": "FFFFE8A3"}
_COPIED: Final = frozenset({".xlsx", ".xlsm"})
#: The columns of the list with their widths in characters, and the height of a line in points.
_HEADS: Final = (("程度", 8), ("表", 14), ("格", 8), ("问题", 60), ("改法", 60))
_LINE: Final = 15
#: Cells that are marked, and lines of the list; a file with more has one fault many times.
_MOST: Final = 5_000


def marked(files: Sequence[Path], problems: Iterable[Problem]) -> bytes | None:
    """The first workbook of ``files`` with problems as a marked copy, else the tables of the other files in one workbook.

    Nothing where no problem lies in a table that can be opened.
    """
    told = list(problems)
    for path in files:
        if path.suffix.lower() in _COPIED and (mine := [one for one in told if one.place.file.startswith(f"{path}!")]):
            return _saved(_copy(path), {f"{path}!": ""}, mine)
    others = [path for path in files if path.suffix.lower() not in _COPIED and any(one.place.file.startswith(str(path)) for one in told)]
    return _saved(*_rebuilt(others), told) if others else None


def _copy(path: Path) -> Workbook:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that the copy does not keep
        book = load_workbook(path, keep_links=False)
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                if cell.comment is not None and cell.comment.author == _BY:
                    _unmark(cell, cell.comment)
    if LIST in book.sheetnames:
        del book[LIST]
    return book


def _unmark(cell: Cell | MergedCell, comment: Comment) -> None:
    """Take off the mark of an earlier copy; a comment that was there before comes back."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    before = comment.text.partition("\n——\n")[2]
    cell.comment = Comment(before, "") if before else None
    cell.fill = PatternFill()


def _rebuilt(paths: Sequence[Path]) -> tuple[Workbook, dict[str, str]]:
    """The tables of files that cannot be marked themselves, as pages of a new workbook; and page names by file."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    names: dict[str, str] = {}
    for path in paths:
        try:
            found = grids(path)
        except InputError:
            continue
        for grid in found:
            page = book.create_sheet(grid.name[:31])
            names[grid.file] = page.title
            for at, row in enumerate(grid.rows, start=1):
                for column, cell in enumerate(row, start=1):
                    if text := plain(cell):
                        _put(page.cell(at, column), text)
    return book, names


def _saved(book: Workbook, names: dict[str, str], problems: Iterable[Problem]) -> bytes:
    by_cell: defaultdict[tuple[str, int, int], list[Problem]] = defaultdict(list)
    for one in sorted(set(problems)):
        file, _, sheet = one.place.file.rpartition("!")
        title = sheet if f"{file}!" in names else names.get(one.place.file, "")
        if title in book.sheetnames and len(by_cell) < _MOST:
            by_cell[title, max(1, one.place.line), max(1, one.place.column)].append(one)
    for (title, row, column), mine in by_cell.items():
        _mark(book, title, row, column, mine)
    _list(book, dict(sorted(by_cell.items(), key=lambda one: (book.sheetnames.index(one[0][0]), *one[0][1:]))))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _mark(book: Workbook, title: str, row: int, column: int, problems: Sequence[Problem]) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    cell = book[title].cell(row, column)
    if isinstance(cell, MergedCell):
        return
    worst = "错误" if any(one.severity == "错误" for one in problems) else "提醒"
    cell.fill = PatternFill("solid", fgColor=_COLOURS[worst])
    text = "\n".join(f"{one.severity}：{one.message}\n改法：{one.hint}" for one in problems)
    before = f"\n——\n{cell.comment.text}" if cell.comment is not None else ""
    height = max(120, 20 * sum(1 + len(line) // 22 for line in text.split("\n")))
    cell.comment = Comment(ILLEGAL_CHARACTERS_RE.sub("?", text + before), _BY, height=min(height, 400), width=320)


def _list(book: Workbook, by_cell: dict[tuple[str, int, int], list[Problem]]) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.properties import PageSetupProperties

    page = book.create_sheet(LIST, 0)
    rows = [(one.severity, title, f"{letters(column)}{row}", one.message, one.hint) for (title, row, column), mine in by_cell.items() for one in mine]
    for column, (word, width) in enumerate(_HEADS, start=1):
        page.cell(1, column, word).font = Font(bold=True)
        page.column_dimensions[letters(column)].width = width
    for at, values in enumerate(rows, start=2):
        for column, text in enumerate(values, start=1):
            cell = page.cell(at, column)
            _put(cell, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        page.row_dimensions[at].height = _LINE * max(-(-2 * len(text) // (width - 4)) for text, (_, width) in zip(values, _HEADS, strict=True))
        page.cell(at, 3).hyperlink = f"#'{values[1]}'!{values[2]}"
        page.cell(at, 3).font = Font(color="FF1D4E89", underline="single")
    page.freeze_panes, page.print_title_rows = "A2", "1:1"
    page.page_setup.orientation, page.page_setup.paperSize, page.page_setup.fitToHeight = "landscape", 9, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.oddFooter.center.text = f"{_BY}：{LIST}，第 &P 页，共 &N 页"
    book.active = 0


def _put(cell: Cell, text: str) -> None:
    """Write a text as a text, whatever it begins with, without what a workbook cannot hold."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell.value = ILLEGAL_CHARACTERS_RE.sub("?", text)[:32_000]
    cell.data_type = "s"


def is_marked(data: bytes) -> bool:
    """Whether a workbook is such a copy, which may be written over."""
    from openpyxl import load_workbook

    try:
        return LIST in load_workbook(BytesIO(data), read_only=True).sheetnames
    except Exception:  # whatever it is, it is not ours
        return False
