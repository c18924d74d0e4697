"""A county with a township, a village, a factory and its neighbours, for the tests of chains; every test changes one thing."""

from __future__ import annotations

import json
from typing import Any

import yaml

import zeren
from zeren.engine.chain.model import Chain, Line
from zeren.models.organisation import Organisation

HEAD = """
'on': '2024-12-31'
industries: [{id: 工贸, children: [{id: 铸造}]}, {id: 教育}]
territories:
  - {id: 临江市, level: 市级, children: [{id: 东湖县, level: 县级, children: [{id: 柳河镇, level: 乡级, children: [{id: 上湾村, level: 村级}]}]}]}
  - {id: 西山县, level: 县级, parent: 临江市}
"""
UNITS = """
- {id: 红星铸造, kind: 企业, territory: 上湾村, industries: [铸造], posts: [{id: 厂长, role: 主要负责人, holder: P1}, {id: 安全副厂长, role: 班子成员, holder: P2, portfolio: {事项: [安全生产]}}, {id: 财务副厂长, role: 班子成员, holder: P3, portfolio: {事项: [财务]}}]}
- {id: 上湾村委会, kind: 村居, territory: 上湾村, posts: [{id: 村书记, role: 村书记, holder: P4}]}
- {id: 镇政府, kind: 政府, level: 乡级, territory: 柳河镇, posts: [{id: 镇长, role: 主要负责人, holder: P5}, {id: 副镇长, role: 党政副职, holder: P6, portfolio: {事项: [安全生产]}}]}
- {id: 镇党委, kind: 党委, level: 乡级, territory: 柳河镇, pair: 镇政府, posts: [{id: 镇书记, role: 主要负责人, holder: P7}]}
- {id: 安监站, kind: 站所, level: 乡级, territory: 柳河镇, function: 安全监管站, superior: {unit: 镇政府, kind: 内设}, posts: [{id: 站长, role: 主要负责人, holder: P8}]}
- {id: 县政府, kind: 政府, level: 县级, territory: 东湖县, posts: [{id: 县长, role: 主要负责人, holder: P9}, {id: 副县长-安全, role: 党政副职, holder: P10, portfolio: {事项: [安全生产]}}, {id: 副县长-工业, role: 党政副职, holder: P11, portfolio: {行业: [工贸]}}, {id: 副县长-教育, role: 党政副职, holder: P12, portfolio: {行业: [教育]}}]}
- {id: 县委, kind: 党委, level: 县级, territory: 东湖县, pair: 县政府, posts: [{id: 县委书记, role: 主要负责人, holder: P13}]}
- {id: 县工信局, kind: 部门, level: 县级, territory: 东湖县, superior: 县政府, mandates: [{kind: 行业主管, industry: [工贸]}], posts: [{id: 工信局长, role: 主要负责人, holder: P14}, {id: 工信副局长, role: 班子成员, holder: P15, portfolio: {行业: [工贸]}}]}
- {id: 县应急局, kind: 部门, level: 县级, territory: 东湖县, function: 应急管理, superior: 县政府, mandates: [{kind: 综合监管}], posts: [{id: 应急局长, role: 主要负责人, holder: P16}]}
- {id: 县教育局, kind: 部门, level: 县级, territory: 东湖县, superior: 县政府, mandates: [{kind: 行业主管, industry: [教育]}], posts: [{id: 教育局长, role: 主要负责人, holder: P17}]}
- {id: 邻县政府, kind: 政府, level: 县级, territory: 西山县, posts: [{id: 邻县县长, role: 主要负责人, holder: P18}]}
- {id: 市政府, kind: 政府, level: 市级, territory: 临江市, posts: [{id: 市长, role: 主要负责人, holder: P19}]}
- {id: 市委, kind: 党委, level: 市级, territory: 临江市, pair: 市政府, posts: [{id: 市委书记, role: 主要负责人, holder: P20}]}
- {id: 邻厂, kind: 企业, territory: 上湾村, posts: [{id: 邻厂厂长, role: 主要负责人, holder: P21}]}
"""


class Place:
    """The organisation as nested data, to be changed and then traced."""

    def __init__(self, deaths: int = 3, findings: list[dict[str, Any]] | None = None, **incident: Any) -> None:
        self.data: dict[str, Any] = yaml.safe_load(HEAD)
        self.data["units"] = yaml.safe_load(UNITS)
        self.data["incidents"] = [{
            "id": "SG-01", "kind": "生产安全事故", "at": "2024-06-03 14:20", "territory": "上湾村", "industry": "铸造", "deaths": deaths, "missing": 0,
            "serious_injuries": 0, "direct_loss": 100, "involved": [{"subject": "红星铸造", "part": "经营"}], **incident,
        }]
        if findings:
            self.data["incidents"][0]["inquiries"] = [{"id": "DC-01", "stage": "正式", "findings": findings}]

    def unit(self, id: str) -> dict[str, Any]:
        """The entry of a unit."""
        return next(unit for unit in self.data["units"] if unit["id"] == id)

    def post(self, id: str) -> dict[str, Any]:
        """The entry of a post."""
        return next(post for unit in self.data["units"] for post in unit.get("posts", []) if post["id"] == id)

    def add(self, **unit: Any) -> None:
        """Add a unit."""
        self.data["units"].append(unit)

    def link(self, kind: str, source: str, target: str, **more: Any) -> None:
        """Add a link."""
        links = self.data.setdefault("links", [])
        links.append({"id": f"L-{len(links)}", "kind": kind, "source": source, "target": target, "since": "2024-01-01", **more})

    def organisation(self) -> Organisation:
        """The organisation."""
        return zeren.parse(json.dumps(self.data, ensure_ascii=False))

    def trace(self, post: str | None = None, profile: str | None = None) -> Chain:
        """The chain."""
        return zeren.trace(self.organisation(), "SG-01", post=post, profile=profile)


def on(chain: Chain) -> set[str]:
    """The posts on the chain."""
    return {line.post for line in chain.lines}


def line(chain: Chain, post: str) -> Line:
    """The line of a post that must be there, on the chain or left out."""
    found = chain.line(post)
    assert found is not None, f"{post} 既不在链上也不在未列入之中"
    return found
