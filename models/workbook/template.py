"""The import workbook: a page for each sheet with headings, drop-downs and notes, blank or filled, and pages that explain it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from zeren.models.moments import format_moment
from zeren.models.organisation import Organisation
from zeren.models.registry import RECORD_KINDS, ledger_kinds
from zeren.models.relations import RELATIONS, Type
from zeren.models.vocabulary import VOCABULARIES
from zeren.models.workbook.book_out import BLUE, GREY, LINE, RED, TITLE_ROWS, Book, fill, width_of
from zeren.models.workbook.columns import HEADER_ITEMS, HEADER_SHEET, OFFERED, SHEET_OF, SHEETS, Field, Sheet
from zeren.models.workbook.facts_out import Out, sheet_rows, written_fields
from zeren.models.workbook.grid import letters

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

#: Rows that get drop-downs below the last filled one, and the rows among which ids are looked for.
_SPARE: Final = 1_000
_ID_ROWS: Final = 20_000
#: Characters that fit across a printed page and can still be read.
_PAGE_WIDTH: Final = 220
#: Rows and columns of the example shown for each sheet.
_SHOWN: Final = 3
_SHOWN_FIELDS: Final = 9
_STEPS: Final = (
    "一、先填 地区、单位、岗位、任职，再填 分管、职责、台账；其余各表有什么填什么，没有的空着。",
    "二、红色列名必填。带下拉箭头的格从列表里选；鼠标停在列名上有说明。",
    "三、“编号”是别处引用它的短名，写得短而可读，如 临江市政府、副市长-工业；全称写在“名称”列。同一个编号各表写法要一样。",
    "四、一格里写几个的，用顿号分开，如 甲局、乙局；名称里本来有顿号的，加英文双引号。",
    "五、日期写成 2024-03-05，时间写成 2024-03-05 09:30。结束日期含当日；现任、至今的空着。",
    "六、没有就写“无”，是明确的没有；不清楚的空着，是没有说明。两者结果不同：前者可以判不符合，后者只算证据不足。",
    "七、人员写化名编号（如 P001），不写真名、身份证号、电话。",
    "八、“台账”表决定结论：写明某单位某种台账是齐全的，没有记载才算没有做；没有写的，只算证据不足，列入资料调取清单。",
    "九、可以改列的次序，可以删去选填的列，可以在表头上面加标题；不要在一格里合并几列。“备注”“序号”列不读。",
    "十、填好后保存，运行 zeren check 本文件.xlsx。有填错的，逐格列出在哪一格、应怎样写；加 --marked 副本.xlsx 得到涂色加批注的副本。",
)
_NOTES: Final[Mapping[Type, str]] = {
    Type.MOMENT: "日期，如 2024-03-05；要写时刻的写 2024-03-05 09:30", Type.NUMBER: "数字，不带单位", Type.BOOL: "是 或 否；不清楚的空着",
}


def workbook(org: Organisation | None = None, example: Organisation | None = None) -> bytes:
    """An import workbook: with every sheet and blank, or holding ``org``; ``example`` is shown on a page of its own.

    Raises:
        UsageError: a text of ``org`` is longer than a cell can hold.
    """
    book = Book()
    rows = sheet_rows(org.facts, org.formerly) if org is not None else {}
    sheets = [sheet for sheet in SHEETS.values() if org is None or sheet.core or sheet.name in rows]
    fields = {sheet.name: _fields(sheet, rows.get(sheet.name, ())) for sheet in sheets}
    _guide(book, sheets)
    _header(book, org)
    for sheet in sheets:
        _page(book, sheet, fields[sheet.name], rows.get(sheet.name, ()))
    if example is not None:
        _example(book, sheet_rows(example.facts, example.formerly))
    _words(book, fields)
    return book.bytes()


def _fields(sheet: Sheet, rows: Sequence[Mapping[str, Out]]) -> list[Field]:
    """What a page offers: the columns, the handy ones, and of the details the usual ones and those in use."""
    needed = {about.key for about in written_fields(sheet, rows)}
    handy = {about.key for about in sheet.fields if about.group in ("extra", "cover")} | set(OFFERED)
    return [about for about in sheet.fields if about.key in needed | handy]


def _guide(book: Book, sheets: Sequence[Sheet]) -> None:
    page = book.book.add_worksheet("说明")
    page.hide_gridlines(2)
    page.set_column(0, 0, 14)
    page.set_column(1, 1, 100)
    page.write_string(0, 0, "安全生产责任体系导入表：填写说明", book.format(bold=True, font_size=16, font_color=BLUE))
    at = 2
    for step in _STEPS:
        page.merge_range(at, 0, at, 1, step, book.format(text_wrap=True))
        page.set_row(at, 17 * (1 + len(step) // 58))
        at += 1
    at += 1
    for name, hint in (("表", "填什么"), *((sheet.name, ("" if sheet.core else "（选填）") + sheet.hint) for sheet in sheets)):
        bold = name == "表"
        page.write_string(at, 0, name, book.format(bold=True, border=1, border_color=LINE))
        page.write_string(at, 1, hint, book.format(bold=bold, border=1, border_color=LINE, text_wrap=True))
        at += 1
    page.write_string(at + 1, 0, "zeren 的结论是辅助研判，不构成责任认定。", book.format(font_color=GREY))
    _print(page)


def _header(book: Book, org: Organisation | None) -> None:
    page = book.book.add_worksheet(HEADER_SHEET)
    page.set_column(0, 0, 16)
    page.set_column(1, 1, 44)
    page.set_column(2, 2, 60)
    values = {"name": org.name, "profile": org.profile, "on": format_moment(org.on, "end") if org.on is not None else "",
              "since": format_moment(org.since) if org.since is not None else ""} if org is not None else {}
    notes = {"name": "报告的标题，如 临江市安全生产责任体系", "on": "按哪一天检查，如 2024-12-31；不填按当天",
             "since": "从哪一天起的事纳入检查；不填为审计日所在年的 1 月 1 日", "profile": "参数方案，一般不填"}
    for column, word in enumerate(("项目", "内容", "怎样填")):
        page.write_string(0, column, word, book.format(bold=True, bottom=1, bottom_color=BLUE, font_color=BLUE))
    for row, (item, key) in enumerate(HEADER_ITEMS.items(), start=1):
        page.write_string(row, 0, item, book.format(bold=True))
        page.write_string(row, 1, values.get(key, ""), book.format(num_format="@", bg_color="#F5F8FB"))
        page.write_string(row, 2, notes[key], book.format(font_color=GREY))
    _print(page)


def _page(book: Book, sheet: Sheet, fields: Sequence[Field], rows: Sequence[Mapping[str, Out]]) -> None:
    page = book.book.add_worksheet(sheet.name)
    page.set_tab_color(BLUE if sheet.core else LINE)
    page.write_string(0, 0, sheet.name + ("" if sheet.core else "（选填）"), book.format(bold=True, font_size=14, font_color=BLUE))
    page.write_string(1, 0, sheet.hint, book.format(font_color=GREY))
    last = TITLE_ROWS + len(rows) + _SPARE
    for column, about in enumerate(fields):
        page.set_column(column, column, width_of(about), book.column_format(about))
        page.write_string(TITLE_ROWS, column, about.heading + ("*" if about.required else ""), _heading(book, about))
        page.write_comment(TITLE_ROWS, column, _note(sheet, about), {"x_scale": 1.6, "y_scale": 0.9, "font_name": "宋体", "font_size": 9})
        if options := _validation(sheet, about):
            page.data_validation(TITLE_ROWS + 1, column, last, column, options)
    fill(book, page, sheet, fields, rows, TITLE_ROWS + 1)
    page.freeze_panes(TITLE_ROWS + 1, 1)
    if rows:
        page.autofilter(TITLE_ROWS, 0, TITLE_ROWS + len(rows), len(fields) - 1)
    _print(page, 1 + int(sum(map(width_of, fields)) // _PAGE_WIDTH))
    page.repeat_rows(TITLE_ROWS)


def _print(page: Worksheet, across: int = 1) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(across, 0)
    page.set_footer("&C第 &P 页，共 &N 页　辅助研判，不构成责任认定")


def _heading(book: Book, about: Field) -> Any:
    return book.format(bold=True, bg_color=RED if about.required else BLUE, font_color="#FFFFFF", border=1, border_color=LINE, text_wrap=True, valign="vcenter")


def _words_of(sheet: Sheet, about: Field) -> tuple[str, Sequence[str]] | None:
    """The name and the words of a closed list that a column takes."""
    if about.group == "detail":
        found = next(keys[about.key] for keys in RECORD_KINDS.values() if about.key in keys)
        return (f"D_{about.key}", (*found.values, "无")) if found.values else None
    if about.column.vocabulary is not None:
        return f"V_{about.column.vocabulary}", VOCABULARIES[about.column.vocabulary]
    if about.key == "kind" and sheet.relation == "record":
        return "V_record_kind", tuple(RECORD_KINDS)
    if about.key == "kind" and sheet.relation == "ledger":
        return "V_ledger_kind", tuple(sorted(ledger_kinds()))
    return None


def _id_range(about: Field) -> str | None:
    """The named range of the ids that a column takes, where they all stand on one sheet."""
    return f"ID_{about.column.refers[0]}" if len(about.column.refers) == 1 and about.column.refers[0] in SHEET_OF and about.column.refers[0] != "record" else None


def _validation(sheet: Sheet, about: Field) -> dict[str, Any] | None:
    if words := _words_of(sheet, about):
        strict = not about.several and about.column.vocabulary != "function"
        return {"validate": "list", "source": f"={words[0]}", "error_type": "stop" if strict else "information", "error_title": about.heading,
                "error_message": "请从列表里选" if strict else "不在列表里；写几个的用顿号分开，确定无误可以保留"}
    if name := _id_range(about):
        where = SHEET_OF[about.column.refers[0]].name
        return {"validate": "list", "source": f"={name}", "error_type": "information", "error_title": about.heading,
                "error_message": f"“{where}”表里没有这个编号；写几个的用顿号分开，确定无误可以保留"}
    if about.column.type is Type.BOOL:
        return {"validate": "list", "source": ["是", "否"], "error_title": about.heading, "error_message": "填 是 或 否；不清楚的空着"}
    return None


def _note(sheet: Sheet, about: Field) -> str:
    """The note of a heading: whether it is required, and what goes there."""
    parts = ["必填。" if about.required else "选填。"]
    if words := _words_of(sheet, about):
        parts.append(f"可填：{'、'.join(words[1][:30])}{'……' if len(words[1]) > 30 else ''}。")
    elif about.column.refers:
        parts.append(f"写{'、'.join(SHEET_OF[name].name for name in about.column.refers if name in SHEET_OF)}表里的编号。")
    elif about.key == "id":
        parts.append("短名，别处引用就写它。")
    if note := _NOTES.get(about.column.type):
        parts.append(note + "。")
    if about.key == "until":
        parts.append("含当日；现任、至今的空着。")
    if about.several:
        parts.append("写几个的用顿号分开。")
    return "".join(parts)


def _example(book: Book, rows: Mapping[str, Sequence[Mapping[str, Out]]]) -> None:
    page = book.book.add_worksheet("填写示例")
    page.hide_gridlines(2)
    page.set_column(0, 11, 18)
    page.write_string(0, 0, "填写示例（虚构）：每张表前几行的样子，只看不填", book.format(bold=True, font_size=14, font_color=BLUE))
    at = 2
    for name, sheet in SHEETS.items():
        if name not in rows or not sheet.core:
            continue
        shown = rows[name][:_SHOWN]
        used = {key for row in shown for key in row}
        fields = [about for about in sheet.fields if about.key in used][:_SHOWN_FIELDS]
        page.write_string(at, 0, f"表：{name}", book.format(bold=True, font_color=BLUE))
        for column, about in enumerate(fields):
            page.write_string(at + 1, column, about.heading, _heading(book, about))
        fill(book, page, sheet, fields, shown, at + 2)
        at += len(shown) + 3
    _print(page)


def _words(book: Book, fields: Mapping[str, Sequence[Field]]) -> None:
    """The hidden page of the closed lists, and the named ranges of lists and ids."""
    page = book.book.add_worksheet("取值")
    page.hide()
    lists = {found[0]: found[1] for name, own in fields.items() for about in own if (found := _words_of(SHEETS[name], about))}
    for column, (name, words) in enumerate(sorted(lists.items())):
        for row, word in enumerate(words):
            page.write_string(row, column, word)
        letter = letters(column + 1)
        book.book.define_name(name, f"=取值!${letter}$1:${letter}${len(words)}")
    for name, top in _id_tops(fields):
        first, end = TITLE_ROWS + 2, TITLE_ROWS + 1 + _ID_ROWS
        book.book.define_name(name, f"=OFFSET({top}!$A${first},0,0,MAX(1,COUNTA({top}!$A${first}:$A${end})),1)")


def _id_tops(fields: Mapping[str, Sequence[Field]]) -> Iterator[tuple[str, str]]:
    """The named ranges of ids in use, with the sheet where each stands in the first column."""
    wanted = {name for own in fields.values() for about in own if (name := _id_range(about))}
    for name in sorted(wanted):
        sheet = SHEET_OF[name.removeprefix("ID_")]
        assert RELATIONS[sheet.relation].columns[0].name == "id"
        if sheet.name in fields:
            yield name, sheet.name

