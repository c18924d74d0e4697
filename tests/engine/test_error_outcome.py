"""A rule that an engine cannot evaluate becomes a finding of its own; the others are judged all the same."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import zeren
from zeren.engine.backends.base import BackendError
from zeren.engine.backends.duckdb import DuckDB
from zeren.engine.backends.indexed import Indexed, IndexedScope
from zeren.engine.language.plan import Query
from zeren.models.facts import Facts

ORG = """
on: 2024-06-30
territories: [{id: 临江市, level: 市级}]
units:
  - {id: 市政府, kind: 政府, level: 市级, territory: 临江市, posts: [{id: 市长, role: 主要负责人, holder: P1}]}
"""


def test_a_fault_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Indexed.scope

    def broken(self: Indexed, queries: Sequence[Query], on: int) -> IndexedScope:
        if queries[0].outputs[0] == "gov":
            raise BackendError("数字超出范围")
        return plain(self, queries, on)

    monkeypatch.setattr(Indexed, "scope", broken)
    report = zeren.check(zeren.parse(ORG), only=["AWH-001", "DZT-001"])
    (error,) = report.by("error")
    assert error.message == "规则 AWH-001 未能求值：数字超出范围"
    assert {finding.rule.id for finding in report} == {"AWH-001", "DZT-001"}


def test_a_limit_of_the_database_is_such_a_fault() -> None:
    with pytest.raises(BackendError):
        DuckDB(Facts(()), 0).fetch("SELECT CAST(99999999999999 AS DECIMAL(18, 4)) + CAST('x' AS DECIMAL(18, 4))")
