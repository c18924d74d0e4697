"""Where an id or plain words may stand: what is near to an id is remarked upon, what is plain words is not."""

from __future__ import annotations

import pytest

from zeren.models.organisation import build
from zeren.models.problems import Problem
from zeren.models.yaml_text import parse

TOWN = """
territories: [{{id: 东湖县, level: 县级}}]
units:
  - {{id: 县应急局, kind: 部门, formerly: [县安监局], posts: [{{id: 监察员甲, role: 经办人员}}]}}
  - {{id: 红星铸造, name: 红星铸造有限公司, kind: 企业}}
sites: [{{id: 一号厂房}}]
hazards: [{{id: YH-01, unit: 红星铸造, grade: 重大, found_at: 2024-04-01}}]
incidents: [{{id: SG-2024-1, kind: 生产安全事故, at: 2024-06-03 14:20}}]
documents: [{{id: 县政发〔2024〕3号, kind: 责任书, issuer: 县应急局}}]
records:
  整改: [{{at: 2024-04-05, actor: 红星铸造, {}: {}}}]
"""


def _told(column: str, word: str) -> tuple[Problem, ...]:
    return build(parse(TOWN.format(column, word), "镇.yaml")).warnings


@pytest.mark.parametrize(("column", "word", "own"), [
    ("object", "红星铸厂", "红星铸造"), ("object", "红星 铸造", "红星铸造"), ("object", "红星铸造有限公司", "红星铸造"), ("object", "县应急管理局", "县应急局"),
    ("object", "一号厂房 ２", "一号厂房"), ("ref", "YH-1", "YH-01"), ("ref", "ＹＨ－０１", "YH-01"), ("ref", "YH-02", "YH-01"), ("ref", "SG-2024-7", "SG-2024-1"),
    ("ref", "县政发[2024]3号", "县政发〔2024〕3号"), ("ref", "yh01", "YH-01"),
])
def test_a_slip_is_remarked_upon_with_its_place_and_the_nearest_id(column: str, word: str, own: str) -> None:
    [told] = _told(column, f'"{word}"')
    assert (told.code, told.severity, told.place.line) == ("ORG-023", "提醒", 11)
    assert f"“{word}”没有定义" in told.message
    assert own in told.hint


@pytest.mark.parametrize(("column", "word"), [
    ("object", "全县粉尘涉爆企业"), ("object", "二号厂房"), ("object", "三号厂房"), ("object", "安全员"), ("object", "东湖县"), ("object", "无"), ("object", "县安监局"),
    ("object", "学校食堂"), ("object", "监察员乙"), ("ref", "YH-01"), ("ref", "国务院令第493号"), ("ref", "县政发〔2023〕8号"), ("ref", "市安委办通报"), ("ref", "无"),
])
def test_plain_words_and_what_is_defined_are_left_alone(column: str, word: str) -> None:
    assert _told(column, word) == ()


def test_a_waiver_that_names_nothing_is_remarked_upon() -> None:
    text = TOWN.format("ref", "YH-01") + 'waivers: [{rule: AWH-001, bearer: 县应急局, per: [红星铸厂, 2024-01-01], approver: 县政府, basis: 纪要, reason: 停产}]'
    assert [(one.code, "红星铸造" in one.hint) for one in build(parse(text, "镇.yaml")).warnings] == [("ORG-023", True)]
