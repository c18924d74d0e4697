"""Grades at every bound of the tables, by era, with unknown figures, special criteria and changes within the window."""

from __future__ import annotations

from functools import cache

import pytest

import zeren
from zeren.engine.chain.clocks import timeline
from zeren.engine.chain.grading import TABLES, Grade, Scales, history, papers
from zeren.engine.evaluate import evaluate, with_foundations
from zeren.engine.pack import Pack
from zeren.models.facts import Facts
from zeren.models.moments import format_moment
from zeren.models.organisation import Organisation

WHOLE = {"deaths": "0", "missing": "0", "serious_injuries": "0", "direct_loss": "0"}
FIRM = "territories: [{id: 东湖县, level: 县级}]\nunits: [{id: 红星铸造, kind: 企业, territory: 东湖县}, " \
       "{id: 东湖县应急局, kind: 部门, territory: 东湖县, function: 应急管理}]\n"


@cache
def pack() -> Pack:
    return Pack()


def organisation(records: str = "", more: str = "", **cells: str) -> Organisation:
    incident = {"kind": "生产安全事故", "at": "2024-06-03 14:20", "territory": "东湖县", **cells}
    fields = ", ".join(f"{key}: {value}" for key, value in incident.items())
    return zeren.parse(f"on: 2030-12-31\n{FIRM}{more}\nincidents: [{{id: SG-01, {fields}}}]\n{records}")


def grades(org: Organisation) -> tuple[Grade, ...]:
    scales = Scales(Facts(pack().looked_up(TABLES), pack()), org.facts)
    return history(org.facts.of("incident")[0], org.facts.schema["incident"].names, papers(org.facts, ["SG-01"]).get("SG-01", ()), scales)


def told(org: Organisation) -> list[tuple[str, str, str]]:
    return [(one.grade, one.bound, format_moment(one.since)) for one in grades(org)]


@pytest.mark.parametrize(("column", "value", "grade", "rank"), [
    ("deaths", "0", "一般", 1), ("deaths", "1", "一般", 1), ("deaths", "2", "一般", 1),
    ("deaths", "3", "较大", 2), ("deaths", "9", "较大", 2),
    ("deaths", "10", "重大", 3), ("deaths", "29", "重大", 3),
    ("deaths", "30", "特别重大", 4), ("deaths", "300", "特别重大", 4),
    ("serious_injuries", "9", "一般", 1), ("serious_injuries", "10", "较大", 2), ("serious_injuries", "49", "较大", 2),
    ("serious_injuries", "50", "重大", 3), ("serious_injuries", "99", "重大", 3), ("serious_injuries", "100", "特别重大", 4),
    ("direct_loss", "999.9999", "一般", 1), ("direct_loss", "1000", "较大", 2), ("direct_loss", "4999.9999", "较大", 2),
    ("direct_loss", "5000", "重大", 3), ("direct_loss", "9999.9999", "重大", 3), ("direct_loss", "10000", "特别重大", 4),
])  # fmt: skip
def test_every_bound(column: str, value: str, grade: str, rank: int) -> None:
    (one,) = grades(organisation(**{**WHOLE, column: value}))
    assert (one.grade, one.rank, one.alias, one.bound) == (grade, rank, grade, "确定")


def test_the_highest_criterion_wins_and_is_named() -> None:
    (one,) = grades(organisation(**{**WHOLE, "deaths": "3", "serious_injuries": "50", "direct_loss": "1000"}))
    assert one.grade == "重大"
    assert [fact.values[4] for fact in one.rows] == ["重伤"]


def test_a_tie_names_every_criterion() -> None:
    (one,) = grades(organisation(**{**WHOLE, "deaths": "3", "direct_loss": "1000"}))
    assert sorted(str(fact.values[4]) for fact in one.rows) == ["死亡", "直接经济损失"]


@pytest.mark.parametrize(("at", "deaths", "grade", "alias"), [
    ("2007-05-31 23:59", "3", "较大", "重大"), ("2007-06-01", "3", "较大", "较大"), ("2007-06-01 00:01", "3", "较大", "较大"),
    ("2007-05-31 23:59", "2", "一般", "一般"), ("2007-05-31 23:59", "9", "较大", "重大"),
    ("2007-05-31 23:59", "10", "重大", "特大"), ("2007-06-01", "10", "重大", "重大"), ("2007-05-31 23:59", "29", "重大", "特大"),
    ("2007-05-31 23:59", "30", "特别重大", "特别重大"), ("2007-06-01", "30", "特别重大", "特别重大"),
])  # fmt: skip
def test_the_table_of_the_day(at: str, deaths: str, grade: str, alias: str) -> None:
    (one,) = grades(organisation(at=at, **{**WHOLE, "deaths": deaths}))
    assert (one.grade, one.alias) == (grade, alias)


def test_the_old_table_knows_deaths_only() -> None:
    old = {"at": "2007-05-31", "deaths": "0", "serious_injuries": "100", "direct_loss": "10000"}
    assert grades(organisation(**old)) == ()
    assert grades(organisation(**{**old, "at": "2007-06-01"}))[0].grade == "特别重大"


@pytest.mark.parametrize(("cells", "grade", "bound"), [
    ({"deaths": "2"}, "一般", "下界"),
    ({"deaths": "3"}, "较大", "下界"),
    ({"deaths": "2", "serious_injuries": "0"}, "一般", "下界"),
    ({"deaths": "2", "serious_injuries": "0", "direct_loss": "0"}, "一般", "确定"),
    ({"serious_injuries": "10", "direct_loss": "0"}, "较大", "下界"),
    ({"missing": "3", "serious_injuries": "0", "direct_loss": "0"}, "较大", "下界"),
    ({"direct_loss": "10000"}, "特别重大", "确定"),
])  # fmt: skip
def test_unknown_is_a_lower_bound_and_never_zero(cells: dict[str, str], grade: str, bound: str) -> None:
    (one,) = grades(organisation(**cells))
    assert (one.grade, one.bound) == (grade, bound)


def test_nothing_known_is_no_grade() -> None:
    assert grades(organisation()) == ()


@pytest.mark.parametrize(("deaths", "missing", "grade"), [
    ("2", "1", "较大"), ("0", "3", "较大"), ("2", "0", "一般"), ("9", "1", "重大"), ("29", "1", "特别重大"), ("0", "2", "一般")])
def test_the_missing_count_as_dead(deaths: str, missing: str, grade: str) -> None:
    assert grades(organisation(**{**WHOLE, "deaths": deaths, "missing": missing}))[0].grade == grade


@pytest.mark.parametrize("kind", ["隐患通报", "防火通报", "自然灾害", "食物中毒", "森林火灾"])
def test_kinds_without_a_grade(kind: str) -> None:
    assert grades(organisation(kind=kind, **{**WHOLE, "deaths": "30"})) == ()


# -- special criteria --------------------------------------------------------------------------------------------


def report(cells: str, at: str = "2024-06-03 16:00", actor: str = "红星铸造", kind: str = "报告") -> str:
    return f"records: {{{kind}: [{{at: {at}, actor: {actor}, object: 东湖县应急局, ref: SG-01, {cells}}}]}}"


@pytest.mark.parametrize(("cells", "grade", "bound"), [
    ("转移人数: 9999, 困人小时: 0", "一般", "确定"), ("转移人数: 10000", "较大", "确定"), ("转移人数: 49999", "较大", "确定"),
    ("转移人数: 50000", "重大", "确定"), ("转移人数: 149999", "重大", "确定"), ("转移人数: 150000", "特别重大", "确定"),
    ("情形: 压力容器爆炸, 转移人数: 0", "较大", "确定"), ("情形: 起重机整体倾覆, 转移人数: 0", "较大", "确定"),
    ("情形: 压力容器爆炸", "较大", "下界"), ("困人小时: 2", "一般", "下界"),
])  # fmt: skip
def test_special_equipment(cells: str, grade: str, bound: str) -> None:
    one = grades(organisation(report(cells), kind="特种设备", **WHOLE))[-1]
    assert (one.grade, one.bound) == (grade, bound)


@pytest.mark.parametrize(("hours", "found"), [("1.9999", []), ("2", ["一般"])])
def test_a_lift_that_held_people(hours: str, found: list[str]) -> None:
    assert [one.grade for one in grades(organisation(report(f"困人小时: {hours}"), kind="特种设备"))] == found


def test_special_criteria_only_where_the_kind_or_industry_is_special() -> None:
    cells = report("情形: 压力容器爆炸, 转移人数: 0")
    assert grades(organisation(cells, **WHOLE))[-1].grade == "一般"
    more = "industries: [{id: 锅炉, parent: 特种设备}, {id: 特种设备}]"
    assert grades(organisation(cells, more, industry="锅炉", **WHOLE))[-1].grade == "较大"


@pytest.mark.parametrize("kind", ["电力", "铁路交通"])
def test_special_figures_that_were_not_checked_leave_a_lower_bound(kind: str) -> None:
    (one,) = grades(organisation(kind=kind, **WHOLE))
    assert (one.grade, one.bound) == ("一般", "下界")


# -- changes within the window -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "last", "after"), [
    ("生产安全事故", "2024-07-03 23:59", "2024-07-04 00:01"), ("中毒窒息", "2024-07-03", "2024-07-04"),
    ("道路交通", "2024-06-10 23:59", "2024-06-11 00:01"), ("火灾", "2024-06-10", "2024-06-11"),
])  # fmt: skip
def test_the_window_counts_from_the_day_after(kind: str, last: str, after: str) -> None:
    counts = {**WHOLE, "deaths": "2", "kind": kind}
    assert told(organisation(report("死亡: 3", last), **counts))[1:] == [("较大", "确定", last)]
    assert told(organisation(report("死亡: 3", after), **counts)) == [("一般", "确定", "2024-06-03 14:20")]


def test_each_change_is_dated() -> None:
    records = """
records:
  报告:
    - {at: 2024-06-03 15:00, actor: 红星铸造, object: 东湖县应急局, ref: SG-01, 死亡: 2, 失踪: 0}
    - {at: 2024-06-05 08:00, actor: 红星铸造, object: 东湖县应急局, ref: SG-01, 死亡: 3}
    - {at: 2024-06-20 08:00, actor: 红星铸造, object: 东湖县应急局, ref: SG-01, 死亡: 10}
    - {at: 2024-07-20 08:00, actor: 红星铸造, object: 东湖县应急局, ref: SG-01, 死亡: 30}
"""
    org = organisation(records, **{**WHOLE, "deaths": "2"})
    assert told(org) == [("一般", "确定", "2024-06-03 14:20"), ("较大", "确定", "2024-06-05 08:00"), ("重大", "确定", "2024-06-20 08:00")]
    assert [fact.relation for fact in grades(org)[-1].evidence] == ["incident", "record"]


@pytest.mark.parametrize(("cells", "grade"), [
    ("死亡: 1", "较大"), ("死亡: 1, 失踪: 1", "较大"), ("死亡: 1, 失踪: 0, result: 核实", "一般"), ("重伤: 50", "重大"),
    ("失踪: 10", "重大")])
def test_only_verified_figures_lower_a_grade(cells: str, grade: str) -> None:
    assert grades(organisation(report(cells, "2024-06-05 08:00"), **{**WHOLE, "deaths": "1", "missing": "2"}))[-1].grade == grade


def test_an_author_corrects_himself_and_others_do_not_lower_it() -> None:
    records = """
records:
  报告:
    - {at: 2024-06-03 15:00, actor: 红星铸造, object: 东湖县应急局, ref: SG-01, 死亡: 2, 失踪: 8}
    - {at: 2024-06-03 16:00, actor: 东湖县应急局, object: 市应急局, ref: SG-01, 死亡: 1}
    - {at: 2024-06-04 09:00, actor: 红星铸造, object: 东湖县应急局, ref: SG-01, 死亡: 3, 失踪: 0}
"""
    org = organisation(records, **{**WHOLE, "deaths": "2"})
    assert [grade for grade, _, _ in told(org)] == ["一般", "重大", "较大"]


def test_figures_that_a_report_supplies_are_no_longer_unknown() -> None:
    org = organisation(report("死亡: 2, 失踪: 0, 重伤: 0", "2024-06-04 09:00"), direct_loss="10")
    assert told(org) == [("一般", "下界", "2024-06-03 14:20"), ("一般", "确定", "2024-06-04 09:00")]


def test_a_date_without_a_time_on_the_day_of_the_accident_counts() -> None:
    org = organisation(report("死亡: 3", "2024-06-03"), **{**WHOLE, "deaths": "2"})
    assert [one.grade for one in grades(org)] == ["一般", "较大"]
    before = organisation(report("死亡: 3", "2024-06-02"), **{**WHOLE, "deaths": "2"})
    assert [one.grade for one in grades(before)] == ["一般"]


@pytest.mark.parametrize(("records", "kind", "grade", "rank"), [
    (report("死亡: 3", "2024-06-20"), "生产安全事故", "较大", 2), (report("死亡: 3", "2024-07-20"), "生产安全事故", "一般", 1),
    (report("转移人数: 50000", "2024-09-01", kind="调查认定").replace("ref: SG-01", "ref: DC-01"), "特种设备", "重大", 3)])
def test_the_derived_relation_and_the_timeline_say_the_same(records: str, kind: str, grade: str, rank: int) -> None:
    cells = {**WHOLE, "deaths": "2", "kind": kind, "inquiries": "[{id: DC-01, body: 东湖县应急局, stage: 正式, at: 2024-08-01}]"}
    org = organisation(records, **cells)
    assert org.on is not None
    found = evaluate(org.facts, pack(), with_foundations(pack(), ["YTA-001"]), org.on, 0, "reference")
    (fact,) = found.context.facts.of("graded")
    last = timeline("SG-01", org, org.on, pack()).grade
    assert last is not None
    assert fact.values == ("SG-01", last.grade, last.rank, last.bound) == ("SG-01", grade, rank, "确定")


def test_the_order_of_the_input_does_not_show() -> None:
    lines = ["{at: 2024-06-05, actor: 红星铸造, object: 东湖县应急局, ref: SG-01, 死亡: 3}",
             "{at: 2024-06-05, actor: 东湖县应急局, object: 市应急局, ref: SG-01, 死亡: 10}"]
    both = [told(organisation(f"records: {{报告: [{', '.join(order)}]}}", **{**WHOLE, "deaths": "2"})) for order in (lines, lines[::-1])]
    assert both[0] == both[1]
    assert both[0][-1][0] == "重大"
