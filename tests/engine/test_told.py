"""A message names what the breach found; without one the words vanish."""

import pytest

import zeren

ORG = """
on: 2024-06-30
industries: [城镇燃气]
territories: [{id: 临江市, level: 市级}]
units:
  - {id: 市政府, kind: 政府, level: 市级, territory: 临江市%s}
  - {id: 市住建局, kind: 部门, territory: 临江市, mandates: [{kind: 行业主管, industry: 城镇燃气, lead: true}]}
"""
SECOND = "  - {id: 市城管局, kind: 部门, territory: 临江市, mandates: [{kind: 行业主管, industry: 城镇燃气, lead: true}]}\n"


@pytest.mark.parametrize(("more", "partial", "outcome", "end"), [
    (SECOND, "", "fail", "牵头主管部门 市住建局 市城管局"), ("", ", partial: true", "unknown", "牵头主管部门"),
])
def test_optional_words_of_a_message(more: str, partial: str, outcome: str, end: str) -> None:
    report = zeren.check(zeren.parse(ORG % partial + more), only=["SGB-003"])
    (finding,) = report.by(outcome)
    assert finding.message.endswith(end)
