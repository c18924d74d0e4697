"""The letter of docs/excel.md, filled into the template the way its reader would: it loads, and it can be checked."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from openpyxl import load_workbook

import zeren
from zeren.cli.main import main
from zeren.models.organisation import load

ROOT = Path(__file__).parents[2]
#: Sheet → the headings that are filled, and the rows.
LETTER: Final[dict[str, tuple[str, list[tuple[Any, ...]]]]] = {
    "地区": ("编号 层级 上级地区", [
        ("清河县", "县级"),
        ("石桥镇", "乡级", "清河县"),
    ]),
    "行业": ("编号 上级行业", [
        ("工贸", ),
        ("冶金", "工贸"),
    ]),
    "单位": ("编号 名称 单位种类 层级 地区 上级单位 对应党委或政府 加挂的牌子 经营行业 标签 从业人数", [
        ("县委", "中共清河县委", "党委", "县级", "清河县"),
        ("县政府", "清河县人民政府", "政府", "县级", "清河县", None, "县委"),
        ("县安委会", "清河县安委会", "安委会", "县级", "清河县", "县政府"),
        ("县安委办", None, "安委办", "县级", "清河县"),
        ("县应急局", "清河县应急管理局", "部门", "县级", "清河县", "县政府", None, "县安委办"),
        ("石桥镇政府", None, "政府", "乡级", "石桥镇", "县政府"),
        ("永固铸造", "永固铸造有限公司", "企业", None, "石桥镇", None, None, None, "冶金", "高危", 120),
    ]),
    "岗位": ("单位 职务 角色", [
        ("县委", "书记", "主要负责人"),
        ("县政府", "县长", "主要负责人"),
        ("县政府", "副县长", "班子成员"),
        ("县安委会", "主任", "主任"),
        ("县应急局", "局长", "主要负责人"),
        ("石桥镇政府", "镇长", "主要负责人"),
        ("永固铸造", "厂长", "主要负责人"),
        ("永固铸造", "安全员", "安全管理人员"),
    ]),
    "任职": ("岗位 人员 开始日期 结束日期", [
        ("县委书记", "P01", date(2021, 9, 1)),
        ("县政府县长", "P02", date(2022, 1, 10)),
        ("县安委会主任", "P02"),
        ("县政府副县长", "P03", "2023年3月1日"),
        ("县应急局局长", "P04"),
        ("石桥镇政府镇长", "P06", date(2020, 5, 1), date(2024, 5, 31)),
        ("石桥镇政府镇长", "P05", date(2024, 6, 1)),
        ("永固铸造厂长", "P07"),
        ("永固铸造安全员", "P08"),
    ]),
    "分管": ("岗位 分管种类 对象", [
        ("县政府副县长", "事项", "安全生产"),
        ("县政府副县长", "行业", "工贸"),
    ]),
    "职责": ("单位 职责种类 行业", [
        ("县应急局", "行业主管", "工贸"),
    ]),
    "文件": ("编号 文件种类 制发者 各方 时间", [
        ("责任书2024", "责任书", "县政府", "石桥镇政府、县应急局", "2024-01-20"),
    ]),
    "记录": ("记录种类 时间 行为主体 工作对象 检查人 主持人 所涉编号", [
        ("检查", datetime(2024, 3, 5, 9, 0), "县应急局", "永固铸造", "县应急局局长"), *[("会议", x, "县政府", None, None, "县政府县长") for x in ("2024-01-15", "2024-04-12", "2024-07-10", "2024-10-16")], ("整改", "2024-04-10", "永固铸造", None, None, None, "YH-1"),
    ]),
    "隐患": ("编号 单位 隐患级别 发现时间 发现者 隐患内容 整改期限 整改责任岗位", [
        ("YH-1", "永固铸造", "重大", date(2024, 3, 5), "县应急局", "熔炼炉冷却水没有流量报警", date(2024, 4, 15), "永固铸造厂长"),
    ]),
    "台账": ("单位 台账种类 开始日期", [
        ("县政府", "责任书、会议", "2024-01-01"),
        ("县应急局", "检查", "2024-01-01"),
        ("永固铸造", "隐患、整改", "2024-01-01"),
    ]),
}


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The template with the letter in it."""
    monkeypatch.chdir(tmp_path)
    assert main(["template", "-o", "模板.xlsx"]) == 0
    book = load_workbook("模板.xlsx")
    book["概况"]["B2"], book["概况"]["B3"] = "清河县安全生产责任体系", "2024-12-31"
    for name, (words, rows) in LETTER.items():
        page = book[name]
        columns = {str(cell.value).rstrip("*"): cell.column for cell in page[3] if cell.value}
        for at, row in enumerate(rows, start=4):
            for word, value in zip(words.split(), row, strict=False):
                page.cell(at, columns[word]).value = value
    book.save("填好.xlsx")
    return Path("填好.xlsx")


def test_the_letter_fits_the_template(filled: Path) -> None:
    org = load([filled])
    assert (org.name, org.warnings, len(org.facts.of("appointment")), len(org.facts.of("record"))) == ("清河县安全生产责任体系", (), 9, 6)
    assert {str(row["id"]) for row in org.facts.records("post")} >= {"县政府县长", "石桥镇政府镇长", "永固铸造厂长"}
    assert [row["territory"] for row in org.facts.records("mandate")] == ["清河县"]


def test_what_was_not_sent_is_asked_for_and_not_held_against_anybody(filled: Path) -> None:
    report = zeren.check(load([filled]), only=["ZBD-001"])
    assert {finding.outcome.value for finding in report.findings if finding.bearer == "石桥镇政府"} == {"unknown"}


def test_the_letter_becomes_organisation_files(filled: Path) -> None:
    assert main(["import", str(filled), "-o", "组织"]) == 0
    assert {(fact.relation, fact.values) for fact in load(["组织"]).facts} == {(fact.relation, fact.values) for fact in load([filled]).facts}


def test_every_name_of_the_letter_stands_in_the_manual() -> None:
    text = (ROOT / "docs" / "excel.md").read_text("utf-8")
    assert all(name in text for name in ("清河县", "石桥镇", "永固铸造", "县应急局", "P08"))
