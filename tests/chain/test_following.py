"""What may follow stands beside posts and units, by verdict, and never as a single decision of ours."""

from __future__ import annotations

import zeren

ORG = """
on: 2024-12-31
industries: [{id: 机械}]
territories: [{id: 东湖县, level: 县级}]
units:
  - id: 县政府
    kind: 政府
    level: 县级
    territory: 东湖县
    posts: [{id: 县长, role: 主要负责人, holder: P1}]
  - id: 红星铸造
    kind: 企业
    territory: 东湖县
    industries: [机械]
    posts: [{id: 厂长, role: 主要负责人, holder: P2}]
incidents:
  - id: SG-01
    kind: 生产安全事故
    at: 2024-06-03 14:20
    territory: 东湖县
    industry: 机械
    deaths: 3
    missing: 0
    serious_injuries: 0
    direct_loss: 900
    involved: [{subject: 红星铸造, part: 经营}]
    inquiries:
      - {id: DC-01, body: 县政府, level: 县级, stage: 正式, at: 2024-07-20, findings: [{unit: 红星铸造, duty: 未排查治理事故隐患}]}
"""


def test_fines_follow_the_grade() -> None:
    chain = zeren.trace(zeren.parse(ORG), "SG-01")
    head = chain.line("厂长")
    assert head is not None
    assert any("60%" in one for one in head.measures)
    ((unit, measures),) = chain.following
    assert unit == "红星铸造"
    assert any("100万–200万元" in one for one in measures)


def test_a_post_out_of_reach_gets_nothing() -> None:
    mayor = zeren.trace(zeren.parse(ORG), "SG-01", post="县长").line("县长")
    assert mayor is not None
    assert mayor.on_chain or mayor.measures == ()
