"""The report as an Excel workbook: what an office filters, ticks off and sends on.

Sheets: 概况, 问题清单, 资料调取清单, 证据不足, 证据清单, 覆盖情况, 未到期与豁免, 规则与依据. Every cell that comes from the files is written as text, never as
a formula or a link.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from zeren.models.vocabulary import LEVELS
from zeren.reports.clean import clean
from zeren.reports.document import FindingDocument, Named, ReportDocument, lacking
from zeren.reports.page import NOTICE
from zeren.reports.places import at
from zeren.reports.requests import window
from zeren.reports.width import wrap

#: What Excel can hold in one cell, in characters.
_CELL: Final = 32_767
_OPTIONS: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
#: The height of a line, in points, and the greatest number of lines that a row shows.
_LINE: Final = 16
_MOST: Final = 12
_TODO: Final = ("整改期限", "整改责任人", "整改情况")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table on a sheet of its own: headings with the width of each column in characters, and rows of text or numbers."""

    name: str
    heads: tuple[tuple[str, int], ...]
    rows: tuple[tuple[str | int, ...], ...]
    note: str = ""
    printed: int = 0  # how many columns are printed; 0 is all


def render(document: ReportDocument) -> bytes:
    """The workbook as bytes; the same document always gives the same bytes."""
    import xlsxwriter

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS)
    day = datetime.fromisoformat(document.on[:10])
    book.set_properties({"title": f"{document.organisation[:200]} 安全生产责任检查", "comments": NOTICE, "created": day})
    formats = _formats(book)
    for sheet in sheets(document):
        _write(book, sheet, formats)
    book.close()
    return buffer.getvalue()


def sheets(document: ReportDocument) -> tuple[Sheet, ...]:
    """The sheets of the workbook, as data."""
    titles = {rule.id: rule for rule in document.rules}
    failed = [one for one in document.findings if one.outcome in ("fail", "error")]
    return (
        _summary(document),
        Sheet("问题清单", _heads(("编号", 14), ("程度", 7), ("规则", 10), ("要求", 26), ("责任单位", 18), ("责任主体", 18), ("应答岗位", 18), ("问题", 40), ("最小补救", 36),
                             ("到期", 12), *((name, 12) for name in _TODO), ("结论", 9), ("机制", 12), ("依据", 50), ("位置", 24), ("备注", 30)),
              tuple((one.id, one.severity, one.rule, titles[one.rule].title, one.unit.label, one.bearer.label, _labels(one.posts), _problem(one), one.fix,
                     one.due, "", "", "", "预警" if one.warning else one.label, titles[one.rule].mechanism,
                     "；".join(one.explanation.basis), at(one.source), one.note) for one in failed),
              "预警只提示风险，不是失职；整改三栏由责任单位填写；打印时印到整改情况一栏", 13),
        Sheet("资料调取清单", _heads(("序号", 6), ("持有单位", 28), ("资料", 16), ("期间", 28), ("可判定项数", 12), ("涉及编号", 60), ("是否提供", 10)),
              tuple((at, one.holder_label, one.kind, window(one), len(one.findings), "、".join(one.findings), "")
                    for at, one in enumerate(sorted(document.requests, key=lambda one: (-len(one.findings), one.holder, one.kind)), 1)),
              "资料没有给齐，不等于没有做；调取后重新检查"),
        Sheet("证据不足", _heads(("编号", 14), ("规则", 10), ("要求", 32), ("责任单位", 20), ("责任主体", 20), ("应答岗位", 20), ("待核事项", 50), ("没有写明的值", 30), ("备注", 24)),
              tuple((one.id, one.rule, titles[one.rule].title, one.unit.label, one.bearer.label, _labels(one.posts), one.message, "、".join(one.unstated), one.note)
                    for one in document.findings if one.outcome == "unknown"), "证据不足不算不符合"),
        Sheet("证据清单", _heads(("编号", 14), ("结论", 9), ("规则", 10), ("责任主体", 20), ("佐证", 60), ("位置", 40)), _evidence(document),
              "已经符合的，只列佐证所在的位置"),
        _coverage(document),
        Sheet("未到期与豁免", _heads(("编号", 14), ("结论", 9), ("规则", 10), ("责任主体", 20), ("事项", 50), ("到期", 14), ("理由", 50)),
              tuple((one.id, one.label, one.rule, one.bearer.label, one.message, one.due, one.note)
                    for one in document.findings if one.outcome in ("pending", "excepted"))),
        Sheet("规则与依据", _heads(("规则", 10), ("要求", 40), ("机制", 12), ("性质", 8), ("程度", 8), ("依据", 100)),
              tuple((rule.id, rule.title, rule.mechanism, rule.modality, rule.severity, "；".join(one.text for one in rule.basis))
                    for rule in document.rules)),
    )


def _heads(*heads: tuple[str, int]) -> tuple[tuple[str, int], ...]:
    return heads


def _summary(document: ReportDocument) -> Sheet:
    failed = [one for one in document.findings if one.outcome == "fail"]
    rows: list[tuple[str | int, ...]] = [
        ("组织", document.organisation), ("审计日", document.on), ("起算日", document.since), ("参数方案", document.profile or "缺省"),
        ("适用规则", len(document.rules)), ("不符合", sum(not one.warning for one in failed)), ("其中严重", sum(
            not one.warning and one.severity == "严重" for one in failed)), ("预警", sum(one.warning for one in failed)),
        ("证据不足", document.counts.get("unknown", 0)), ("未到期", document.counts.get("pending", 0)),
        ("已豁免", document.counts.get("excepted", 0)), ("规则错误", document.counts.get("error", 0)), ("符合", document.counts.get("pass", 0)),
    ]
    return Sheet("概况", (("项目", 16), ("内容", 60)), tuple(rows), NOTICE)


def _evidence(document: ReportDocument) -> tuple[tuple[str | int, ...], ...]:
    rows: list[tuple[str | int, ...]] = [
        (one.id, one.label, one.rule, one.bearer.label, source.text, at(source))
        for one in document.findings for source in one.evidence
    ]
    rows += [(one.id, "符合", one.rule, one.bearer.label, "", at(place))
             for one in document.passed for place in one.evidence]
    return tuple(rows)


def _coverage(document: ReportDocument) -> Sheet:
    cells = {(cell.item, cell.level): cell for cell in document.matrix}
    ran = {rule.item for rule in document.rules if rule.item is not None}
    items = [item for item in dict.fromkeys(cell.item for cell in document.matrix) if item in ran]
    levels = [level for level in LEVELS if any((item, level) in cells for item in items)]
    rows: list[tuple[str | int, ...]] = []
    for item in items:
        row: list[str | int] = [item]
        for level in levels:
            cell = cells.get((item, level))
            if cell is None or cell.applicability == "不适用":
                row.append("不适用")
                continue
            total = len(cell.covered) + len(cell.uncovered) + len(cell.open)
            parts = [f"{len(cell.covered)}/{total}", f"待核 {len(cell.open)}" if cell.open else "", "委托" if cell.applicability == "委托" else ""]
            row.append(" ".join(part for part in parts if part))
        missing = [f"{level}：{'、'.join(cells[item, level].uncovered)}" for level in levels
                   if (item, level) in cells and cells[item, level].uncovered]
        rows.append((*row, "；".join(missing)))
    return Sheet("覆盖情况", (("事项", 24), *((level, 14) for level in levels), ("未覆盖", 60)), tuple(rows), "已覆盖/应覆盖，按地域计；待核不算未覆盖")


def _labels(named: Iterable[Named]) -> str:
    return "、".join(one.label for one in named)


def _problem(one: FindingDocument) -> str:
    return one.message + (f"（缺：{'、'.join(lacking(one))}）" if lacking(one) else "")


def _formats(book: Any) -> dict[str, Any]:
    font = {"font_name": "宋体", "font_size": 11, "valign": "top", "text_wrap": True}
    return {
        "title": book.add_format({"font_name": "黑体", "font_size": 14, "bold": True}),
        "note": book.add_format({"font_name": "宋体", "font_size": 10, "font_color": "#52606D"}),
        "head": book.add_format({**font, "bold": True, "bg_color": "#E0ECF8", "border": 1, "align": "center", "valign": "vcenter"}),
        "number": book.add_format({**font, "border": 1, "align": "left"}),
        "cell": book.add_format({**font, "border": 1}),
        "grave": book.add_format({"bg_color": "#FBE3E0", "bold": True}),
    }


def _write(book: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    page = book.add_worksheet(sheet.name)
    page.write_string(0, 0, sheet.name, formats["title"])
    page.write_string(1, 0, "；".join(text for text in (sheet.note, NOTICE if sheet.note != NOTICE else "") if text), formats["note"])
    for column, (head, width) in enumerate(sheet.heads):
        page.set_column(column, column, width)
        page.write_string(2, column, head, formats["head"])
    for line, row in enumerate(sheet.rows, 3):
        page.set_row(line, _LINE * _lines(row, sheet))
        for column, value in enumerate(row):
            if isinstance(value, int):
                page.write_number(line, column, value, formats["number"])
            else:
                page.write_string(line, column, clean(value)[:_CELL], formats["cell"])
    last = max(3, 2 + len(sheet.rows))
    page.autofilter(2, 0, last, len(sheet.heads) - 1)
    page.freeze_panes(3, 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(2)
    page.print_area(0, 0, last, (sheet.printed or len(sheet.heads)) - 1)
    page.set_footer(f"&L{NOTICE}&R第 &P 页，共 &N 页")
    grave = next((at for at, (head, _) in enumerate(sheet.heads) if head == "程度"), None)
    if grave is not None and sheet.rows:
        page.conditional_format(3, grave, last, grave, {"type": "cell", "criteria": "==", "value": '"严重"', "format": formats["grave"]})


def _lines(row: Iterable[str | int], sheet: Sheet) -> int:
    """How many lines the fullest cell takes: programs other than Excel do not fit the height of a row by themselves."""
    needed = (len(wrap(str(value)[:_MOST * head[1]], max(4, head[1] - 2))) for value, head in zip(row, sheet.heads[:sheet.printed or None], strict=False))
    return min(max(needed, default=1), _MOST)
