"""What was not handed in and what was not done are told apart the way the manual says (docs/excel.md)."""

from __future__ import annotations

import pytest
from books import Rows, book
from conftest import Given

import zeren

_TOWN: dict[str, Rows] = {
    "概况": [["项目", "内容"], ["名称", "石桥镇"], ["审计日", "2024-12-31"]],
    "地区": [["编号", "层级"], ["石桥镇", "乡级"]],
    "岗位": [["编号", "单位", "角色"], ["镇长", "石桥镇政府", "主要负责人"], ["镇安委会主任", "石桥镇安委会", "主任"]],
    "任职": [["岗位", "人员"], ["镇长", "P01"], ["镇安委会主任", "P02"]],
}


@pytest.mark.parametrize(("partial", "ledger", "outcomes"), [
    (None, False, {"AWH-001": ["fail"], "ZBD-001": ["unknown"] * 7}),
    ("是", False, {"AWH-001": ["unknown"], "ZBD-001": ["unknown"] * 7}),
    (None, True, {"AWH-001": ["fail"], "ZBD-001": ["fail"] * 6 + ["unknown"]}),
])
def test_what_is_missing(given: Given, partial: str | None, ledger: bool, outcomes: dict[str, list[str]]) -> None:
    sheets = _TOWN | {
        "单位": [["编号", "单位种类", "层级", "地区", "上级单位", "信息不全"], ["石桥镇政府", "政府", "乡级", "石桥镇", None, partial],
               ["石桥镇安委会", "安委会", None, None, "石桥镇政府", None]],
        "台账": [["单位", "台账种类", "开始日期"], *([["石桥镇政府", "值班", "2024-01-01"]] if ledger else [])],
    }
    report = zeren.check(given.load(book(sheets)), only=list(outcomes))
    assert {rule: sorted(one.outcome.value for one in report if one.rule.id == rule) for rule in outcomes} == outcomes
