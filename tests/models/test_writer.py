"""What the writer writes loads again as the same facts, whatever the organisation."""

from __future__ import annotations

from pathlib import Path

import pytest

from zeren.models import organisation
from zeren.models.writer import same, write
from zeren.models.yaml_text import parse

ROOT = Path(__file__).parents[2]
FILES = [*sorted(ROOT.glob("scenarios/*/org")), ROOT / "scenarios/demo.yaml", ROOT / "tests/models/good/临江.yaml"]

#: Everything that has tripped a writer: words that YAML takes for something else, rows that fit no entry, odd times and numbers.
ODD = """
name: 'true'
on: 2024-06-30
industries: [x, {id: y, children: [z]}]
territories: [{id: 甲市, level: 市级}]
units:
  - {id: 甲, kind: 企业, name: "a: b # c, [d] {e}\\nf", territory: 甲市, headcount: 12.0, posts: [
      {id: 岗, role: 主要负责人, holders: [{person: '~', since: 2024-01-01, until: 2024-02-29}, {person: 'null', mode: 代理, since: 2024-03-01}],
       portfolio: [{kind: 行业, subject: [x, y], since: 2024-01-01}]}]}
  - {id: 乙, kind: 部门, territory: 甲市, function: 应急管理, superior: [甲, {unit: 丙, kind: 业务指导, since: 2024-03-01}],
     ledgers: [{kind: [检查, 会议], since: 2024-01-01, until: 2024-06-30}, {kind: 报告}]}
  - {id: 丙, kind: 政府, level: 市级, territory: 甲市, mandates: [{kind: 综合监管}]}
documents:
  - {id: 'no', kind: 责任书, issuer: 丙, party: [甲, 乙], at: 2024-01-05 23:59:59, covers: [{单位: 甲, row: 十, number: 2}, {单位: [甲, 乙]}]}
  - {id: 😀, kind: 责任书, issuer: 丙}
records:
  检查: [{id: '0371', at: 2024-05-01 08:30, until: 2024-05-02, actor: 乙, 问题数: 3, 检查人: [岗], 不发通知: 否}]
hazards: [{id: H, unit: 甲, grade: 一般, found_at: 2024-05-01, deadline: 2024-05-20, measure: 无}]
stats: [{holder: 丙, metric: 死亡人数, at: 2024-01-31, value: 0}]
waivers: [{rule: AWH-001, bearer: 丙, per: [a, b], approver: 甲, basis: 文, reason: "-"}]
facts:
  mandate: [{unit: 乙, kind: 综合监管}]
  covers: [{document: 'no', kind: 事项, subject: 无行号}]
  delegation: [{from: 丙, to: 乙, power: 日常}]
"""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name if path.is_dir() else path.stem)
def test_an_organisation_survives_being_written(path: Path) -> None:
    org = organisation.load([path])
    assert _survives(org)


def test_odd_values_survive() -> None:
    org = organisation.build(parse(ODD, "文本.yaml"))
    assert _survives(org)
    assert "name: 'true'" in write(org)["机构.yaml"]


def test_the_same_facts_are_written_alike_whatever_their_order() -> None:
    org = organisation.build(parse(ODD, "文本.yaml"))
    again = organisation.build(*(parse(text, name) for name, text in reversed(write(org).items())))
    assert write(again) == write(org)


def test_rare_characters_of_names_stay_readable() -> None:
    text = write(organisation.build(parse("units: [{id: 𰻝镇政府, kind: 政府, name: '@𰻝: 镇'}]", "文本.yaml")))["机构.yaml"]
    assert "𰻝镇政府" in text
    assert "'@𰻝: 镇'" in text


def _survives(org: organisation.Organisation) -> bool:
    back = organisation.build(*(parse(text, name) for name, text in write(org).items()))
    assert (back.name, back.on, back.since, back.profile, dict(back.labels)) == (org.name, org.on, org.since, org.profile, dict(org.labels))
    return same(org.facts, back.facts)
