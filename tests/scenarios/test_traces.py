"""What a scenario says when a chain is not what it expects; the words it may use are those of the chain."""

from pathlib import Path

import pytest

from zeren.engine import scenarios
from zeren.engine.chain.model import Verdict
from zeren.models.scenario_trace import OFF_CHAIN, ON_CHAIN

ORG = """
territories: [{id: 东湖县, level: 县级, children: [{id: 柳河镇, level: 乡级}]}]
industries: [{id: 工贸}]
units:
  - id: 红星铸造
    kind: 企业
    territory: 柳河镇
    industries: [工贸]
    posts: [{id: 厂长, role: 主要负责人, holder: P1}, {id: 会计, role: 班子成员, holder: P2, portfolio: {事项: [财务]}}]
incidents:
  - id: SG-01
    kind: 生产安全事故
    at: 2024-06-03 14:20
    territory: 柳河镇
    industry: 工贸
    deaths: 3
    involved: [{subject: 红星铸造, part: 经营}]
    inquiries: [{id: DC-01, stage: 正式, at: 2024-07-01, findings: [{unit: 厂长, duty: 未组织排查隐患}]}]
"""
HEAD = "scenario: x\ntitle: 题\nintro: 词\norg: org.yaml\non: 2024-12-31\nonly: [AWH-001]\nexpect: {exactly: false}\ntrace: [{incident: SG-01, expect: {"


def signs(folder: Path, text: str) -> list[str]:
    (folder / "org.yaml").write_text(ORG, encoding="utf-8")
    (folder / "scenario.yaml").write_text(HEAD + text + "}}]\n", encoding="utf-8")
    return [one.sign for one in scenarios.run(folder).differences]


@pytest.mark.parametrize(("text", "expected"), [
    ("grade: 较大, chain: [{post: 厂长, verdict: 失职, layer: 企业主体}], not: [{post: 会计, verdict: 无涉, why: 分管不含}]", []),
    ("chain: [{post: 厂长, person: P1, verdict: 失职}]", []),
    ("", ["多出"]),
    ("exactly: false", []),
    ("exactly: false, grade: 重大", ["不同"]),
    ("chain: [{post: 厂长, verdict: 尽职}]", ["不同"]),
    ("chain: [{post: 厂长, verdict: 失职, degree: 重要领导}]", ["不同"]),
    ("exactly: false, chain: [{post: 厂长, person: P2, verdict: 失职}]", ["缺少"]),
    ("exactly: false, chain: [{post: 会计, verdict: 失职}]", ["缺少"]),
    ("exactly: false, not: [{post: 厂长}]", ["多出"]),
    ("exactly: false, not: [{post: 会计, why: 层级不及}]", ["不同"]),
    ("exactly: false, clocks: [{holder: 红星铸造, state: 瞒报}]", ["不同"]),
])
def test_a_chain_is_compared(text: str, expected: list[str], tmp_path: Path) -> None:
    assert signs(tmp_path, text) == expected


def test_the_verdicts_are_those_of_the_chain() -> None:
    assert {*ON_CHAIN, *OFF_CHAIN} == {str(one) for one in Verdict}
