"""A live session may look at a pattern before the ``let`` that names what the pattern must equal: the ``let`` then decides, it does not overwrite."""

from pathlib import Path

import zeren
from zeren.engine.pack import Pack

RULE = """
id: XXX-001
title: 开过会的单位在本地
mechanism: 试
modality: 禁止
severity: 一般
since: 2014-01-01
basis: [{custom: 试}]
for:
  - unit: {id: $unit, kind: 政府, territory: $place}
bearer: $unit
forbid:
  - record: {kind: 会议, actor: $who}
  - any:
      - - let: {office: $who}
      - - post: {id: $who, unit: $office}
  - unit: {id: $office, territory: $place}
relies: [{ledger: {holder: $unit, kind: 会议}}]
message: "{unit}那里开过会"
doc: 试
"""
ORG = """
on: 2024-05-01
territories: [{id: 甲县, level: 县级}, {id: 乙县, level: 县级}]
units:
  - {id: 甲县政府, kind: 政府, level: 县级, territory: 甲县}
  - {id: 乙县政府, kind: 政府, level: 县级, territory: 乙县}
  - {id: 乙县一厂, kind: 企业, territory: 乙县}
records:
  会议:
""" + "".join(f"    - {{at: 2024-03-{day:02}, actor: 甲县政府}}\n" for day in range(1, 30))  # so many that units are looked at first


def test_let_is_a_condition_wherever_it_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "试").mkdir()
    (tmp_path / "试" / "XXX-001.yaml").write_text(RULE, "utf-8")
    session = zeren.watch(zeren.parse(ORG), pack=Pack([tmp_path]), only=["XXX-001"])
    session.post({"kind": "会议", "actor": "甲县政府", "at": "2024-04-01"})
    found = {one.bearer: (str(one.outcome), one.evidence) for one in session.instances}
    assert found == {one.instance.bearer: (str(one.instance.outcome), one.instance.evidence) for one in session.report()}
    assert {bearer: outcome for bearer, (outcome, _) in found.items()} == {"甲县政府": "fail", "乙县政府": "unknown"}
