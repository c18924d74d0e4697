"""The Python API: its examples run, its results do not change, and threads do not disturb each other."""

import doctest
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest

import zeren
from zeren.reports.json_report import render

TEXT = """
on: 2024-06-30
territories: [{id: 临江市, level: 市级}]
units:
  - id: 市政府
    kind: 政府
    level: 市级
    territory: 临江市
    posts: [{id: 市长, role: 主要负责人, holder: P1}]
  - {id: 甲厂, kind: 企业, territory: 临江市, posts: [{id: 厂长, role: 主要负责人, holder: P2}]}
"""


@pytest.fixture(scope="module")
def org() -> zeren.Organisation:
    return zeren.parse(TEXT)


def test_the_examples_of_the_documentation_run() -> None:
    result = doctest.testmod(zeren, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert result.attempted
    assert not result.failed


def test_load_reads_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "组织.yaml").write_text(TEXT, "utf-8")
    assert list(zeren.load(tmp_path).facts) == list(zeren.load(str(tmp_path / "组织.yaml")).facts)


def test_eight_threads_give_the_same_report(org: zeren.Organisation) -> None:
    pack = zeren.Pack()
    with ThreadPoolExecutor(8) as pool:
        shared = list(pool.map(lambda _: render(zeren.check(org, pack=pack)), range(8)))
        apart = list(pool.map(lambda _: render(zeren.check(org)), range(8)))
    assert len({*shared, *apart}) == 1


def test_results_cannot_be_changed(org: zeren.Organisation) -> None:
    report = zeren.check(org, only=["AWH-001"])
    with pytest.raises(FrozenInstanceError):
        report[0].message = "改"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        org.name = "改"  # type: ignore[misc]
    with pytest.raises(TypeError):
        org.labels["市长"] = "改"  # type: ignore[index]
    assert isinstance(org.labels, MappingProxyType)
    assert isinstance(report.findings, tuple)
    assert [one.id for one in zeren.check(org, only=["AWH-001"])] == [one.id for one in report]


def test_on_decides_what_is_seen(org: zeren.Organisation) -> None:
    fail = zeren.Outcome.FAIL
    assert {one.outcome for one in zeren.check(org, only=["AWH-001"])} == {fail}
    assert not zeren.check(org, on="2013-12-31", only=["AWH-001"]), "the rule came into force in 2014"
    assert render(zeren.check(org, on=date(2024, 6, 30))) == render(zeren.check(org))
    with pytest.raises(zeren.UsageError, match="USE-日期"):
        zeren.check(org, on="昨天")


def test_only_skip_and_focus(org: zeren.Organisation) -> None:
    whole = zeren.check(org)
    only = zeren.check(org, only=["AWH"])
    assert {one.rule.id for one in only} == {one.rule.id for one in whole if one.rule.id.startswith("AWH")} != set()
    rest = zeren.check(org, skip=["AWH"])
    assert len(rest) == len(whole) - len(only)
    assert {one.bearer for one in zeren.check(org, focus="甲厂")} <= {"甲厂", "厂长"}
    assert {one.bearer for one in zeren.check(org, only=["AWH-001"], focus="市长")} == {"市政府"}
    for wrong in ({"only": ["AWX-001"]}, {"skip": ["没有"]}, {"focus": "没有"}, {"profile": "没有"}):
        with pytest.raises(zeren.UsageError) as caught:
            zeren.check(org, **wrong)  # type: ignore[arg-type]
        assert caught.value.problems


def test_findings_explain_themselves(org: zeren.Organisation) -> None:
    report = zeren.check(org, only=["AWH-001"])
    (finding,) = report.by("fail")
    told = finding.explain()
    assert told.finding == finding.id
    assert told.outcome == "fail"
    assert told.sentence == finding.message
    assert told.tree
    assert told.basis
    assert report.finding(finding.id[:6]) is finding
    assert report.finding("zzz") is None
    assert sum(report.counts.values()) == len(report)


def test_every_problem_is_an_error_of_zeren() -> None:
    with pytest.raises(zeren.InputError) as caught:
        zeren.parse("units: [{id: 甲, kind: 政俯}, {id: 甲, kind: 政府}]")
    assert len(caught.value.problems) == 2
    assert isinstance(caught.value, zeren.ZerenError)
    assert all(isinstance(problem, zeren.Problem) and problem.place.line for problem in caught.value.problems)


def test_an_audit_date_that_does_not_exist_is_explained(org: zeren.Organisation) -> None:
    with pytest.raises(zeren.UsageError, match="2024年2月只有29天"):
        zeren.check(org, on="2024-02-30")


def test_a_rule_prints_as_its_id(org: zeren.Organisation) -> None:
    assert {str(finding.rule) for finding in zeren.check(org, only=["AWH-001"])} == {"AWH-001"}


def test_a_time_limit_in_a_nearest_miss_is_a_date_and_attributes_have_chinese_names() -> None:
    org = zeren.parse("""
on: 2024-06-30
units: [{id: 甲厂, kind: 企业, posts: [{id: 厂长, role: 主要负责人, holder: P1}], ledgers: [{kind: [隐患, 整改], since: 2024-01-01}]}]
hazards: [{id: H1, unit: 甲厂, grade: 重大, found_at: 2024-04-01, measure: 更换, deadline: 2024-05-01}]
""")
    misses = [finding.explain().nearest_miss for finding in zeren.check(org, only=["YHP-001", "YHP-003"]).by("fail")]
    assert any("时间不晚于 2024-04-02" in text for text in misses)
    assert not any("+" in text or "owner_post" in text for text in misses)


def test_the_unit_of_a_post_is_said_once() -> None:
    org = zeren.parse("""
on: 2024-06-30
territories: [{id: 柳镇, level: 乡级}]
units: [{id: 镇安监站, kind: 站所, function: 安全监管站, territory: 柳镇, posts: [
  {id: 站长, title: 站长, role: 主要负责人, holder: P1, portfolio: {事项: [安全生产, 招商引资]}}]}]
""")
    [warning] = zeren.check(org, only=["JGD-004"]).by("fail")
    assert warning.message.startswith("镇安监站站长分管")
