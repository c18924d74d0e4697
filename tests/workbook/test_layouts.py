"""What office programs make of a table: merged and hidden cells, formulas, dates as numbers, old files, other encodings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from books import GOOD, book

from zeren.models.moments import format_moment

UNITS = [["编号", "单位种类", "名称"], ["甲", "企业", None], ["乙", "企业", None]]


def _units(org: Any) -> list[tuple[Any, ...]]:
    return sorted((row["id"], row["name"]) for row in org.facts.records("unit"))


def _first(lines: Sequence[str]) -> list[str]:
    return [line.partition("｜")[0] for line in lines]


def test_cells_merged_downwards_hold_for_every_row(given: Any) -> None:
    def merge(made: xlsxwriter.Workbook) -> None:
        made.get_worksheet_by_name("岗位").merge_range("B2:B3", "甲")

    data = book({"单位": UNITS, "岗位": [["编号", "单位", "角色"], ["厂长", None, "主要负责人"], ["班长", None, "班组长"]]}, merge)
    assert [row["unit"] for row in given.load(data).facts.records("post")] == ["甲", "甲"]
    assert _first(given.remarks(data)) == ["书.xlsx!岗位 [TAB-020] 向下合并的单元格，每一行都按它的内容读：B2:B3"]


def test_headings_in_two_rows(given: Any) -> None:
    def merge(made: xlsxwriter.Workbook) -> None:
        page = made.get_worksheet_by_name("任职")
        page.merge_range("A1:A2", "岗位")
        page.merge_range("B1:B2", "人员")
        page.merge_range("C1:D1", "任期")

    data = book({**GOOD, "任职": [[], [None, None, "开始日期", "结束日期"], ["市长", "P1", "2022-01-10", "2024-01-01"]]}, merge)
    [row] = given.load(data).facts.records("appointment")
    assert (row["person"], format_moment(row["since"])) == ("P1", "2022-01-10")


def test_cells_merged_across_columns_are_asked_about(given: Any) -> None:
    data = book({"单位": UNITS}, lambda made: made.get_worksheet_by_name("单位").merge_range("B3:C3", "企业"))
    assert _first(given.errors(data)) == ["书.xlsx!单位!B3 [TAB-015] 合并单元格跨了 B 到 C 列，不知道各列各是什么"]


def test_a_heading_over_the_whole_width_is_no_row(given: Any) -> None:
    data = book({"单位": [*UNITS[:2], [], UNITS[2]]}, lambda made: made.get_worksheet_by_name("单位").merge_range("A3:C3", "二、县级单位"))
    assert [own for own, _ in _units(given.load(data))] == ["乙", "甲"]
    assert _first(given.remarks(data)) == ["书.xlsx!单位 [TAB-020] 整行合并的小标题没有读：第 3 行"]


def test_what_is_hidden_is_read_and_told(given: Any) -> None:
    def hide(made: xlsxwriter.Workbook) -> None:
        page = made.get_worksheet_by_name("单位")
        page.set_row(2, None, None, {"hidden": True})
        page.set_column(2, 2, None, None, {"hidden": True})
        made.get_worksheet_by_name("行业").hide()

    data = book({"单位": UNITS, "行业": [["编号", "名称"], ["冶金", "冶金"]]}, hide)
    assert [own for own, _ in _units(given.load(data))] == ["乙", "甲"]
    assert _first(given.remarks(data)) == [
        "书.xlsx!单位 [TAB-020] 有隐藏的列，也读了：C", "书.xlsx!单位 [TAB-020] 有隐藏的行，也读了：第 3 行", "书.xlsx!行业 [TAB-020] 这张表是隐藏的，也读了"]


def test_formulas_count_as_they_were_saved(given: Any) -> None:
    def solved(made: xlsxwriter.Workbook) -> None:
        made.get_worksheet_by_name("单位").write_formula("C2", '="甲"&"厂"', None, "甲厂")

    assert _units(given.load(book({"单位": UNITS}, solved))) == [("乙", None), ("甲", "甲厂")]
    assert _first(given.remarks(book({"单位": UNITS}, solved))) == ["书.xlsx!单位 [TAB-020] 有 1 格是公式，按保存时的结果读"]


def test_formulas_without_a_result_are_asked_about(given: Any) -> None:
    def unsolved(made: xlsxwriter.Workbook) -> None:
        page = made.get_worksheet_by_name("单位")
        page.write_formula("C2", '="甲"&"厂"', None, "")
        page.write_formula("C3", "=1/0", None, "#DIV/0!")

    assert _first(given.errors(book({"单位": UNITS}, unsolved))) == [
        "书.xlsx!单位!C2 [TAB-016] “名称”的公式没有保存计算结果", "书.xlsx!单位!C3 [TAB-016] “名称”的公式的结果是错误值"]


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("cell", [date(2024, 3, 5), datetime(2024, 3, 5, 9, 30), "number"])
def test_dates_in_either_calendar(given: Any, old: bool, cell: Any) -> None:
    start = date(1904, 1, 1) if old else date(1899, 12, 30)
    shown = (date(2024, 3, 5) - start).days if cell == "number" else cell
    data = book({**GOOD, "任职": [["岗位", "人员", "开始日期"], ["市长", "P1", shown]]}, date_1904=old)
    [row] = given.load(data).facts.records("appointment")
    assert format_moment(row["since"]) == ("2024-03-05 09:30" if isinstance(cell, datetime) else "2024-03-05")


def test_numbers_that_should_be_text(given: Any) -> None:
    rows = [["编号", "单位种类", "登记情况"], [101, "企业", 91350000123456789.0]]
    assert _first(given.errors(book({"单位": rows}))) == [
        "书.xlsx!单位!C2 [TAB-017] 登记情况：“9.13500001234568e+16”超过 15 位，末几位已被表格程序改成 0；把这一列设为文本格式，重新填写"]
    assert _units(given.load(book({"单位": [["编号", "单位种类"], [101, "企业"]]}))) == [("101", None)]


def test_an_old_workbook(given: Any) -> None:
    org = given.load((Path(__file__).parent / "files" / "旧版.xls").read_bytes(), "旧版.xls")
    [row] = org.facts.records("appointment")
    assert (org.name, format_moment(row["since"])) == ("临江市", "2022-01-10")


CSV = "编号,单位种类,名称\n甲,企业,\"甲,乙\"\n"


@pytest.mark.parametrize(
    ("data", "remarks"),
    [
        (CSV.encode(), 0), (CSV.encode("utf-8-sig"), 0), (CSV.encode("gb18030"), 1), (CSV.encode("utf-16"), 0),
        (CSV.replace("\n", "\r\n").encode(), 0), ("编号;单位种类;名称\n甲;企业;甲,乙\n".encode(), 0), ("编号\t单位种类\t名称\n甲\t企业\t甲,乙\n".encode(), 0),
        ("单位一览,,\n编号,单位种类,名称\n甲,企业,\"甲,乙\"\n".encode(), 0),
    ],
)  # fmt: skip
def test_csv_of_every_make(given: Any, data: bytes, remarks: int) -> None:
    org = given.load(data, "临江-单位.csv")
    assert (_units(org), len(org.warnings)) == ([("甲", "甲,乙")], remarks)


def test_lines_of_csv_are_those_of_an_editor(given: Any) -> None:
    [line] = given.errors('编号,单位种类,名称\n甲,企业,"一\n二"\n乙,企叶,\n'.encode(), "单位.csv")
    assert line.startswith("单位.csv:4:2 [ORG-004]")


def test_former_names_and_several_files(given: Any) -> None:
    given.folder.joinpath("单位.csv").write_text("编号,单位种类,旧名称\n应急局,部门,安监局\n", "utf-8")
    given.folder.joinpath("机构.yaml").write_text("facts: {post: [{id: 局长, unit: 安监局, role: 主要负责人}]}", "utf-8")
    from zeren.models.organisation import load

    assert [row["unit"] for row in load([given.folder]).facts.records("post")] == ["应急局"]


def test_a_book_of_one_sheet_may_be_named_after_it(given: Any) -> None:
    assert _units(given.load(book({"Sheet1": UNITS}), "2024年单位表.xlsx")) == [("乙", None), ("甲", None)]
    assert "[TAB-013]" in given.errors(book({"Sheet1": UNITS}))[0]
