"""Measures: their values, what they are built on, and when they may be called complete."""

from decimal import Decimal
from pathlib import Path

import pytest

from zeren.engine.context import Context
from zeren.engine.evaluate import evaluate
from zeren.engine.pack import Pack
from zeren.models.facts import Fact, Value
from zeren.models.moments import year_start
from zeren.models.organisation import build
from zeren.models.problems import RuleError
from zeren.models.yaml_text import parse

MEASURES = """
- name: 甲
  label: 各指标统计之和
  for: [{indicator: {holder: $h, metric: $m, year: 2024, cap: $cap}}]
  key: {holder: $h, metric: $m}
  each: [{stat: {holder: $h, metric: $m, at: $t, value: $v}}, {where: ["$v <= $cap", "$t <= $on"]}]
  value: {sum: $v}
  relies: [{ledger: {holder: $h, kind: $m}}]
- name: 乙
  label: 和与控制数之比
  for: [{indicator: {holder: $h, metric: $m, year: 2024, cap: $cap}}, {measure.甲: {holder: $h, metric: $m, value: $sum}}]
  key: {holder: $h, metric: $m}
  value: {share: [$sum, $cap], digits: 3}
- name: 丙
  label: 月内无人值班
  for: [{unit: {id: $u}}, {period: {kind: 月, start: $from, end: $to}}]
  key: {holder: $u, at: $from, end: $to}
  each: [{record: {kind: 值班, actor: $u, at: $a, until: $b}}]
  value: {gap: [$a, $b, $from, $to]}
  relies: [{ledger: {holder: $u, kind: 值班, from: $from, to: $to}}]
"""
RULE = """
id: SHI-001
title: 试
mechanism: 试
modality: 预警
severity: 提示
basis: [{custom: 试}]
for: [{unit: {id: $u}}]
bearer: $u
forbid:
  - any:
      - [{measure.乙: {holder: $u, value: {gt: 0}}}, {measure.甲: {holder: $u, value: {gt: 0}}}]
      - [{measure.丙: {holder: $u, value: {gt: 0}}}]
message: "{u}"
"""


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    (tmp_path / "measures.yaml").write_text(MEASURES, encoding="utf-8")
    (tmp_path / "试").mkdir()
    (tmp_path / "试" / "SHI-001.yaml").write_text(RULE, encoding="utf-8")
    return Pack([tmp_path])


def _context(pack: Pack, text: str, engine: str) -> Context:
    org = build(parse(text, "试.yaml"))
    assert org.on is not None
    return evaluate(org.facts, pack, pack.plans(["SHI-001"]), org.on, year_start(org.on), engine).context


def _rows(context: Context, name: str) -> list[tuple[Value, ...]]:
    return [fact.values for fact in context.facts.of(f"measure.{name}")]


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_a_measure_builds_on_a_measure_and_keeps_its_proof(pack: Pack, engine: str) -> None:
    context = _context(pack, """
on: 2024-05-31
units: [{id: 某市, kind: 政府, indicators: [{metric: 死亡人数, year: 2024, cap: 49}], ledgers: [{kind: 死亡人数}]}]
stats:
  - {holder: 某市, metric: 死亡人数, at: 2024-02-01, value: 20}
  - {holder: 某市, metric: 死亡人数, at: 2024-05-31, value: 15}
  - {holder: 某市, metric: 死亡人数, at: 2024-05-30, value: 50}
  - {holder: 某市, metric: 死亡人数, at: 2024-06-01, value: 9}
""", engine)  # fmt: skip
    assert _rows(context, "甲") == [("某市", "死亡人数", Decimal(35), True)]
    assert _rows(context, "乙") == [("某市", "死亡人数", Decimal("0.714"), True)]
    proof: list[Fact] = list(context.sources("measure.甲", 0))
    assert sorted({fact.place.line for fact in proof}) == [5, 6]


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_a_shift_without_an_end_covers_nothing_and_proves_nothing(pack: Pack, engine: str) -> None:
    context = _context(pack, """
on: 2024-01-31
units:
  - {id: 甲局, kind: 部门, ledgers: [{kind: 值班}]}
  - {id: 乙局, kind: 部门, ledgers: [{kind: 值班}]}
  - {id: 丙局, kind: 部门}
records:
  值班:
    - {at: 2024-01-01, until: 2024-01-20, actor: 甲局}
    - {at: 2024-01-20 12:00, until: 2024-01-30, actor: 甲局}
    - {at: 2024-01-01, until: 2024-01-30, actor: 乙局}
    - {at: 2024-01-31, actor: 乙局}
    - {at: 2023-12-31, until: 2024-02-02, actor: 丙局}
""", engine)  # fmt: skip
    found = {row[0]: row[-2:] for row in _rows(context, "丙")}
    assert found == {"甲局": (Decimal(1440), True), "乙局": (Decimal(1440), False), "丙局": (Decimal(0), False)}


def test_a_variable_of_each_must_follow_from_the_key(tmp_path: Path) -> None:
    loose = MEASURES.replace("key: {holder: $h, metric: $m}\n  each", "key: {metric: $m}\n  each")
    (tmp_path / "measures.yaml").write_text(loose, encoding="utf-8")
    with pytest.raises(RuleError, match="变量 cap、h 不由键唯一确定"):
        _ = Pack([tmp_path]).measures


def test_the_shipped_measures_can_be_read() -> None:
    assert {"年度累计", "时间进度", "用量占比", "下级指标合计", "值班缺口"} <= set(Pack().measures)
