"""template, import, export and --marked as their users call them."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from books import GOOD, book
from openpyxl import load_workbook

from zeren.cli.main import main
from zeren.models.organisation import load

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "scenarios/demo.yaml"
BAD = {**GOOD, "岗位": [["编号", "单位", "角色"], ["市长", "市正府", "主要负责人"], ["副市长", "市政府", "副市长"]]}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_template_is_blank_and_says_so(capsys: Any) -> None:
    assert main(["template", "-o", "模板.xlsx"]) == 0
    pages = load_workbook("模板.xlsx")
    assert pages.sheetnames[:5] == ["说明", "概况", "地区", "行业", "单位"]
    assert {"ID_unit", "ID_post", "V_role", "V_record_kind"} <= set(pages.defined_names)
    assert [cell.value for cell in pages["任职"][3]] == ["岗位*", "人员*", "任职方式", "开始日期", "结束日期"]
    assert "编号" in pages["任职"]["A3"].comment.text
    lists = {str(one.sqref).split(":")[0]: one.formula1 for one in pages["任职"].data_validations.dataValidation}
    assert lists["A4"] == "ID_post"
    assert main(["check", "模板.xlsx"]) == 2
    assert "各表只有表头" in capsys.readouterr().err


def test_the_example_checks_like_its_source(capsys: Any) -> None:
    assert main(["template", "--example", "-o", "例.xlsx"]) == 0
    capsys.readouterr()
    book_code, book_told = main(["check", "例.xlsx", "-f", "json"]), _findings(capsys)
    assert (book_code, book_told) == (main(["check", str(DEMO), "-f", "json"]), _findings(capsys))
    assert book_code == 1


def _findings(capsys: Any) -> list[tuple[str, str, str]]:
    return [(one["rule"], one["outcome"], one["message"]) for one in json.loads(capsys.readouterr().out)["findings"]]


@pytest.mark.parametrize(("form", "target"), [([], "书.xlsx"), (["--as", "csv"], "表"), (["--as", "parquet"], "列")])
def test_export_and_import(form: list[str], target: str) -> None:
    assert main(["export", str(DEMO), "-o", target, *form]) == 0
    assert main(["import", target, "-o", "组织"]) == 0
    assert main(["import", target, "-o", "一个.yaml"]) == 0
    expected = {(fact.relation, fact.values) for fact in load([DEMO]).facts}
    for path in ("组织", "一个.yaml"):
        assert {(fact.relation, fact.values) for fact in load([path]).facts} == expected
    if not form:
        assert "- id: 云溪市委  # 单位!A4" in Path("组织/机构.yaml").read_text("utf-8")


def test_nothing_is_written_over(capsys: Any) -> None:
    Path("书.xlsx").write_text("重要", "utf-8")
    Path("夹").mkdir()
    Path("夹/旧.yaml").write_text("重要", "utf-8")
    for words in (["template", "-o", "书.xlsx"], ["export", str(DEMO), "-o", "书.xlsx"], ["export", str(DEMO), "-o", "夹", "--as", "csv"], ["import", str(DEMO), "-o", "夹"],
                  ["export", str(DEMO), "-o", "书.docx"], ["check", str(DEMO), "--marked", "书.xlsx"]):
        assert main(words) == 2
    assert Path("书.xlsx").read_text("utf-8") == Path("夹/旧.yaml").read_text("utf-8") == "重要"
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("command", [["check"], ["import", "-o", "出"]])
def test_a_marked_copy(command: list[str], capsys: Any) -> None:
    data = book(BAD)
    Path("书.xlsx").write_bytes(data)
    words = [command[0], "书.xlsx", *command[1:]]
    assert main(words) == 2
    assert "--marked" in capsys.readouterr().err
    assert main([*words, "--marked", "副本.xlsx"]) == 2
    pages = load_workbook("副本.xlsx")
    assert pages["岗位"]["B2"].fill.fgColor.rgb == "FFF4B6B0"
    assert "最接近的是“市政府”" in pages["岗位"]["B2"].comment.text
    assert [row[2].value for row in pages["问题"].iter_rows(min_row=2)] == ["B2", "C3"]
    assert pages["任职"]["A2"].comment is None
    assert Path("书.xlsx").read_bytes() == data


def test_a_mended_copy_loses_its_marks() -> None:
    Path("书.xlsx").write_bytes(book(BAD))
    main(["check", "书.xlsx", "--marked", "副本.xlsx"])
    pages = load_workbook("副本.xlsx")
    pages["岗位"]["B2"] = "市政府"
    pages.save("副本.xlsx")
    assert main(["check", "副本.xlsx", "--marked", "再一份.xlsx"]) == 2
    again = load_workbook("再一份.xlsx")
    assert (again["岗位"]["B2"].comment, [row[2].value for row in again["问题"].iter_rows(min_row=2)]) == (None, ["C3"])


def test_csv_is_marked_in_a_workbook_of_its_own() -> None:
    Path("表").mkdir()
    Path("表/单位.csv").write_text("编号,单位种类\n甲,企叶\n", "utf-8")
    assert main(["check", "表", "--marked", "副本.xlsx"]) == 2
    assert load_workbook("副本.xlsx")["单位"]["B2"].comment is not None


def test_names_that_look_like_formulas_stay_text() -> None:
    Path("坏.yaml").write_text("units: [{id: '=1+1', kind: 企业, name: '@SUM(A1)'}, {id: +86, kind: 企业}]", "utf-8")
    assert main(["export", "坏.yaml", "-o", "书.xlsx"]) == 0
    assert main(["export", "坏.yaml", "-o", "表", "--as", "csv"]) == 0
    cells = [(cell.data_type, cell.value) for row in load_workbook(BytesIO(Path("书.xlsx").read_bytes()))["单位"].iter_rows(min_row=4, max_col=2) for cell in row]
    assert cells == [("s", "=1+1"), ("s", "@SUM(A1)"), ("s", "+86"), ("n", None)]
    assert Path("表/unit.csv").read_text("utf-8-sig").splitlines()[1].startswith("'+86,")
    assert {row["id"] for row in load(["表"]).facts.records("unit")} == {"=1+1", "+86"}


def test_a_text_too_long_for_a_cell_is_no_silent_loss(capsys: Any) -> None:
    Path("长.yaml").write_text(f"units: [{{id: 甲, kind: 企业, name: {'长' * 40_000}}}]", "utf-8")
    assert main(["export", "长.yaml", "-o", "书.xlsx"]) == 2
    assert "--as csv" in capsys.readouterr().err
    assert main(["export", "长.yaml", "-o", "表", "--as", "csv"]) == 0
    assert len(str(next(load(["表"]).facts.records("unit"))["name"])) == 40_000


def test_the_list_of_problems_follows_the_sheets_and_fits_a_page() -> None:
    Path("书.xlsx").write_bytes(book({**BAD, "单位": [["编号", "单位种类"], ["市政府", "政府"], ["甲", "企叶"]], "任职": [["岗位", "人员"], ["市常", "P1"]]}))
    assert main(["check", "书.xlsx", "--marked", "副本.xlsx"]) == 2
    page = load_workbook("副本.xlsx")["问题"]
    assert [row[1].value for row in page.iter_rows(min_row=2)] == ["单位", "岗位", "岗位", "任职"]
    assert (page.page_setup.orientation, page.page_setup.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", 0, True)
    assert all(page.row_dimensions[at].height >= 15 * len(page.cell(at, 5).value) * 2 // 60 for at in range(2, 6))


def test_what_is_to_be_defined_is_named_by_its_sheet(capsys: Any) -> None:
    Path("书.xlsx").write_bytes(book({"单位": [["编号", "单位种类", "经营行业"], ["甲", "企业", "机械"]], "行业": [["编号"], ["冶金"]]}))
    assert main(["check", "书.xlsx"]) == 2
    assert "先在“行业”表里写出该行业" in capsys.readouterr().err
