"""Reports to print: the demo, which has every outcome, and an organisation whose names try to break out of every format."""

from __future__ import annotations

from importlib.resources import files

import pytest

import zeren
from zeren.reports.document import ReportDocument, document

#: What a name may hold that some format would take for its own.
HOSTILE = "<script>alert(1)</script>&amp;|`*_[x](http://a)\"';=cmd()::error::%0A\\"


@pytest.fixture(scope="session")
def demo() -> ReportDocument:
    text = (files("zeren.scenarios") / "demo.yaml").read_text(encoding="utf-8")
    return document(zeren.check(zeren.parse(text, "示例 1.yaml")))


@pytest.fixture(scope="session")
def hostile_name() -> str:
    return HOSTILE


@pytest.fixture(scope="session")
def hostile() -> ReportDocument:
    name = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    return document(zeren.check(zeren.parse(f"""
on: 2024-06-30
name: "{name}"
territories: [{{id: 市, level: 市级}}]
units: [{{id: 市政府, name: "{name}", kind: 政府, level: 市级, territory: 市, posts: [{{id: 市长, role: 主要负责人, holder: P1}}]}}]
"""), only=["AWH-001"]))
