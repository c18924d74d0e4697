"""Writes sheets as an .xlsx workbook: the blank template, and an organisation. The same content gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from zeren.models.moments import moment_of
from zeren.models.problems import UsageError
from zeren.models.relations import Type
from zeren.models.workbook.columns import Field, Sheet
from zeren.models.workbook.facts_out import Moment, Nothing, Out
from zeren.models.workbook.values import escaped, joined

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

#: The longest text that a cell can hold.
MAX_TEXT: Final = 32_767
#: The rows of a sheet.
MAX_ROWS: Final = 1_048_576
#: Rows above the headings: what the sheet is for.
TITLE_ROWS: Final = 2
FONT: Final = "宋体"
INK, RED, BLUE, GREY, LINE = "#1F2933", "#B42318", "#1D4E89", "#667085", "#C8D0D9"
_FIRST_YEAR: Final = 1901
_OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


class Book:
    """A workbook that is being written, with its formats."""

    def __init__(self) -> None:
        import xlsxwriter

        self._bytes = BytesIO()
        self.book: Workbook = xlsxwriter.Workbook(self._bytes, dict(_OPTIONS))
        self.book.set_properties({"title": "安全生产责任体系", "comments": "辅助研判，不构成责任认定", "created": datetime(2024, 1, 1)})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def format(self, **options: Any) -> Any:
        """A cell format, made once."""
        options = {"font_name": FONT, "font_size": 10.5, "font_color": INK, "valign": "top", **options}
        key = tuple(sorted(options.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(options)
        return self._formats[key]

    def bytes(self) -> bytes:
        """The finished file."""
        self.book.close()
        return self._bytes.getvalue()

    def column_format(self, about: Field) -> Any:
        """How the cells of a column are shown: ids stay text, dates are dates."""
        if about.column.type is Type.MOMENT:
            return self.format(num_format="yyyy-mm-dd", align="left")
        if about.column.type is Type.NUMBER:
            return self.format(num_format="General", align="right")
        return self.format(num_format="@", text_wrap=True)

    def write(self, page: Worksheet, row: int, column: int, about: Field, value: Out, where: str) -> None:
        """Write one cell so that reading gives the same value.

        Raises:
            UsageError: the text is longer than a cell can hold.
        """
        if isinstance(value, Moment):
            clock = moment_of(value.seconds)
            if clock.year < _FIRST_YEAR or (not value.bare and not clock.hour and not clock.minute and not clock.second):
                page.write_string(row, column, value.text, self.format(num_format="@"))
            else:
                shape = "yyyy-mm-dd" if value.bare else "yyyy-mm-dd hh:mm:ss" if clock.second else "yyyy-mm-dd hh:mm"
                page.write_datetime(row, column, clock, self.format(num_format=shape, align="left"))
        elif isinstance(value, Decimal) and Decimal(f"{float(value):.15g}") == value:
            page.write_number(row, column, float(value), self.column_format(about))
        elif value is not None:
            text = cell_text([value] if about.several and isinstance(value, str) else value)
            if len(text) > MAX_TEXT:
                raise UsageError.of("USE-导出", f"{where}的“{about.heading}”有 {len(text)} 个字，Excel 一格至多 {MAX_TEXT} 个", "改为 --as csv 或 --as parquet")
            page.write_string(row, column, text, self.column_format(about))


def cell_text(value: str | list[str] | Decimal | bool | Moment | Nothing, formulas: bool = False) -> str:
    """A cell as text; ``formulas``: what looks like a formula is kept from being one."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Nothing):
        return value.value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Moment):
        return value.text
    if isinstance(value, list):
        return escaped(joined(value), formulas)
    return escaped(value, formulas)


def fill(book: Book, page: Worksheet, sheet: Sheet, fields: Sequence[Field], rows: Sequence[Mapping[str, Out]], first: int) -> None:
    """Write the rows of a sheet below row ``first``, 0-based.

    Raises:
        UsageError: there are more than a sheet can hold, or a text is too long for a cell.
    """
    if first + len(rows) > MAX_ROWS:
        raise UsageError.of("USE-导出", f"“{sheet.name}”有 {len(rows)} 行，Excel 一张表至多 {MAX_ROWS} 行", "改为 --as csv 或 --as parquet")
    for at, row in enumerate(rows, start=first):
        for column, about in enumerate(fields):
            if about.key in row:
                book.write(page, at, column, about, row[about.key], f"{sheet.name}的第 {at + 1} 行")


def width_of(about: Field) -> float:
    """A width in characters that suits most contents of a column."""
    if about.column.type is Type.MOMENT:
        return 17
    if about.column.type in (Type.NUMBER, Type.BOOL):
        return max(10, 2.2 * len(about.heading) + 2)
    long = about.key in ("name", "content", "measure", "standard", "interim", "reason", "basis", "value", "duty", "party", "superior")
    return max(24 if long else 15, 2.2 * len(about.heading) + 3)
