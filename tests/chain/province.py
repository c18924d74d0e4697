"""A small province for the tests of the chain: places, departments, one foundry; and how to ask for its clocks."""

from __future__ import annotations

from functools import cache

import zeren
from zeren.engine.chain.clocks import Timeline, timeline
from zeren.engine.chain.model import Clock
from zeren.engine.pack import Pack
from zeren.models.moments import parse_moment

CITY = """
territories:
  - id: 中国
    level: 国家级
    children:
      - id: 中原省
        level: 省级
        children:
          - {id: 临江市, level: 市级, children: [{id: 东湖县, level: 县级, children: [{id: 柳镇, level: 乡级}]}, {id: 西山县, level: 县级}]}
industries: [{id: 红矿, parent: 煤矿}, {id: 煤矿}, {id: 机械}]
units:
  - {id: 应急部, kind: 部门, territory: 中国, function: 应急管理}
  - {id: 省政府, kind: 政府, level: 省级, territory: 中原省}
  - {id: 省应急厅, kind: 部门, territory: 中原省, function: 应急管理}
  - {id: 省市场监管局, kind: 部门, territory: 中原省, function: 市场监督管理}
  - {id: 矿监局, kind: 派出机构, territory: 中原省, function: 矿山安全监察}
  - {id: 市政府, kind: 政府, level: 市级, territory: 临江市}
  - {id: 市应急局, kind: 部门, territory: 临江市, function: 应急管理}
  - {id: 市工信局, kind: 部门, territory: 临江市, function: 工业和信息化, mandates: [{kind: 行业主管, industry: 机械}]}
  - {id: 县政府, kind: 政府, level: 县级, territory: 东湖县, superior: 市政府}
  - {id: 县应急局, kind: 部门, territory: 东湖县, function: 应急管理}
  - {id: 县工信局, kind: 部门, territory: 东湖县, function: 工业和信息化, mandates: [{kind: 行业主管, industry: 机械}]}
  - id: 红星铸造
    kind: 企业
    territory: FIRM
    posts: [{id: 厂长, role: 主要负责人, holder: P1}, {id: 班长, role: 班组长, holder: P2}]
"""
KINDS = "[报告, 应急处置, 调查认定, 事故调查, 批复, 评估, 立案, 处罚, 处理, 问责, 验收, 警示教育, 通报]"
HOLDERS = ("应急部", "省政府", "省应急厅", "市政府", "市应急局", "市工信局", "县政府", "县应急局", "县工信局", "红星铸造", "矿监局", "省市场监管局")
LEDGERS = "\nfacts: {ledger: [" + ", ".join(
    f"{{holder: {holder}, kind: {kind}, since: 2000-01-01}}" for holder in HOLDERS for kind in KINDS.strip("[]").split(", ")) + "]}"


@cache
def pack(profile: str | None = None) -> Pack:
    return Pack(profile=profile)


def told(records: str = "", on: str = "2030-12-31", closed: bool = True, profile: str | None = None, more: str = "",
         firm: str = "柳镇", **cells: str) -> Timeline:
    incident = {"kind": "生产安全事故", "at": "2024-06-03 14:20", "known_at": "2024-06-03 14:40", "territory": "柳镇", "deaths": "1",
                "missing": "0", "serious_injuries": "0", "direct_loss": "0", "involved": "[{subject: 红星铸造, part: 经营}]", **cells}
    fields = ", ".join(f"{key}: {value}" for key, value in incident.items() if value)
    text = CITY.replace("FIRM", firm) + f"incidents: [{{id: SG-01, {fields}}}]\n" + (f"records:\n{records}" if records else "")
    org = zeren.parse(text + (LEDGERS if closed else "") + more)
    return timeline("SG-01", org, parse_moment(on, "end"), pack(profile))


def named(found: Timeline, name: str, holder: str = "") -> Clock:
    (one,) = [clock for clock in found.clocks if name in clock.name and holder in clock.holder]
    return one


def report(at: str, actor: str, to: str, cells: str = "") -> str:
    return f"    - {{at: {at}, actor: {actor}, object: {to}, ref: SG-01{', ' + cells if cells else ''}}}\n"


def reports(*lines: str) -> str:
    return "  报告:\n" + "".join(lines)


CHAIN = (report("2024-06-03 15:00", "红星铸造", "县应急局", "死亡: N"), report("2024-06-03 17:00", "县应急局", "市应急局", "死亡: N"),
         report("2024-06-03 19:00", "市应急局", "省应急厅", "死亡: N"), report("2024-06-03 21:00", "省应急厅", "应急部", "死亡: N"))
