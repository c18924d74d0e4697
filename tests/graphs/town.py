"""Organisations of the scenarios, with their changes, and a hostile one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import zeren
from zeren.engine.pack import Pack
from zeren.engine.scenarios import organisation
from zeren.graphs.draw import Subject
from zeren.models.moments import parse_moment
from zeren.models.scenario import load_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"
#: What no label may break on: markup, quotes, backslashes, a line break, an emoji, a character that turns the direction.
NASTY = '甲&<乙>"丙"\\N\\G 丁\u202e戊😀'
LONG = "名" * 60


@cache
def scenario(number: str) -> Subject:
    """The organisation of a scenario on its date, under its profile."""
    [folder] = SCENARIOS.glob(f"{number}-*")
    found = load_scenario(folder)
    org = organisation(found)
    on = parse_moment(found.on, "end") if found.on else zeren.moment(org)
    return Subject(org, Pack(profile=found.profile or org.profile or None), on)


def county(towns: int = 1, trades: int = 1) -> str:
    """A county whose head owes each of many towns a letter, and where many trades have nobody to regulate them."""
    quoted = NASTY.replace("\\", "\\\\").replace('"', '\\"')
    rows = "\n".join(f'  - {{id: 镇{at:03}政府, name: "{quoted}{at}", kind: 政府, level: 乡级, territory: 镇{at:03}, superior: 县政府}}' for at in range(towns))
    places = ", ".join(f'{{id: 镇{at:03}, name: "{LONG}{at}", level: 乡级}}' for at in range(towns))
    firms = "\n".join(f"  - {{id: 厂{at:03}, kind: 企业, territory: 甲县, industries: [业{at:03}]}}" for at in range(trades))
    names = ", ".join(f'{{id: 业{at:03}, name: "{quoted}业{at}"}}' for at in range(trades))
    return f"""
on: 2024-12-31
industries: [{names}]
territories: [{{id: 甲县, name: "{quoted}", level: 县级, children: [{places}]}}]
units:
  - id: 县政府
    name: "{LONG}"
    kind: 政府
    level: 县级
    territory: 甲县
    ledgers: [{{kind: [责任书, 检查, 监管名录]}}]
    posts: [{{id: 县长, title: "{quoted}", role: 主要负责人, holder: P1, portfolio: {{事项: ["{quoted}"]}}}}]
  - {{id: 局, kind: 部门, territory: 甲县, superior: 县政府, mandates: [{{kind: 行业主管, industry: 业000}}]}}
{rows}
{firms}
"""


def hostile(towns: int = 1, trades: int = 1) -> Subject:
    """The county of :func:`county` as a subject."""
    org = zeren.parse(county(towns, trades))
    return Subject(org, Pack(), zeren.moment(org), post="县长")
