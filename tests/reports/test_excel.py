"""The findings as a workbook: every sheet says what the document says, text stays text, and the bytes are stable."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from zeren.reports.document import ReportDocument
from zeren.reports.excel import findings


def opened(document: ReportDocument) -> Any:
    return openpyxl.load_workbook(BytesIO(findings.render(document)))


def column(sheet: Any, head: str) -> list[Any]:
    heads = [cell.value for cell in sheet[3]]
    return [row[heads.index(head)].value for row in sheet.iter_rows(min_row=4)]


def test_each_sheet_holds_its_rows(demo: ReportDocument) -> None:
    book = opened(demo)
    by = {outcome: [one for one in demo.findings if one.outcome == outcome] for outcome in ("fail", "unknown", "pending", "excepted")}
    assert column(book["问题清单"], "编号") == [one.id for one in by["fail"]]
    assert column(book["证据不足"], "编号") == [one.id for one in by["unknown"]]
    assert sorted(column(book["未到期与豁免"], "编号")) == sorted(one.id for one in [*by["pending"], *by["excepted"]])
    assert sum(column(book["资料调取清单"], "可判定项数")) == sum(len(one.findings) for one in demo.requests)
    assert len(column(book["证据清单"], "编号")) == sum(len(one.evidence) for one in [*demo.findings, *demo.passed])
    assert set(column(book["覆盖情况"], "事项")) <= {cell.item for cell in demo.matrix}


def test_sheets_can_be_filtered_and_printed(demo: ReportDocument) -> None:
    for sheet in opened(demo).worksheets:
        assert sheet.auto_filter.ref
        assert sheet.freeze_panes == "B4"
        assert sheet.page_setup.orientation == "landscape"
        assert "辅助研判，不构成责任认定" in str(sheet["A2"].value)


def test_names_that_look_like_formulas_are_text(hostile: ReportDocument, hostile_name: str) -> None:
    sheet = opened(hostile)["问题清单"]
    cells = [cell for row in sheet.iter_rows(min_row=4) for cell in row]
    assert all(cell.data_type in ("s", "n") and cell.hyperlink is None for cell in cells)
    assert hostile_name in column(sheet, "责任单位")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "{="])
def test_no_start_of_a_cell_makes_a_formula(start: str, demo: ReportDocument) -> None:
    from dataclasses import replace

    sheet = opened(replace(demo, organisation=f"{start}1+1"))["概况"]
    assert sheet["B4"].value == f"{start}1+1"
    assert sheet["B4"].data_type == "s"


def test_the_same_report_gives_the_same_bytes(demo: ReportDocument) -> None:
    assert findings.render(demo) == findings.render(demo)
