"""A chain grades an accident as a check does, reports about its inquiry included."""

from __future__ import annotations

import zeren
from zeren.engine.chain.nearby import Nearby
from zeren.engine.derive.grades import TABLES, grades
from zeren.engine.pack import Pack
from zeren.models.facts import Facts
from zeren.models.moments import parse_moment

ORG = """
on: 2024-12-31
territories: [{id: 县, level: 县级}]
units: [{id: 县政府, kind: 政府, level: 县级, territory: 县, posts: [{id: 县长, role: 主要负责人, holder: P1}]}]
incidents:
  - {id: 事故, at: 2024-05-01 08:00, territory: 县, kind: 生产安全事故, deaths: 2, missing: 0, serious_injuries: 0, direct_loss: 10, endangered: 0,
     inquiries: [{id: 调查, kind: 事故调查, body: 县政府, level: 县级, stage: 正式}]}
records: {报告: [
  {id: 补报, at: 2024-05-03 08:00, actor: 县长, ref: 调查, 死亡: 3}]}
"""


def test_a_report_about_the_inquiry_counts() -> None:
    org = zeren.parse(ORG)
    pack = Pack()
    facts = org.facts.under(pack)
    at = parse_moment("2024-12-31", "end")
    near = Nearby(facts, pack, at, at, parse_moment("2023-01-01"))
    _, rows = near.rows("graded", {"incident": "事故"})
    found = {fact.values for fact in rows()}
    whole = Facts([*facts, *pack.looked_up(TABLES)], pack)
    assert found == {fact.values for fact in grades(whole)}
    assert {values[1] for values in found} == {"较大"}
