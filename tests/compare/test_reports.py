"""What became of problems: each pair of states gives the change that the word promises; a JSON report reads back as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

import zeren
from zeren.cli.main import main
from zeren.models.problems import InputError
from zeren.reports import comparisons, json_report
from zeren.reports.document import ReportDocument, document
from zeren.reports.reading import looks_like_report, read
from zeren.reports.rectified import Comparison, compare

DEMO = (files("zeren.scenarios") / "demo.yaml").read_text(encoding="utf-8")


def checked(text: str, on: str = "2024-06-30") -> ReportDocument:
    return document(zeren.check(zeren.parse(text, "示例.yaml"), on=on))


@pytest.fixture(scope="module")
def before() -> ReportDocument:
    return checked(DEMO)


@pytest.fixture(scope="module")
def mended() -> ReportDocument:
    return checked(DEMO.replace("{id: 县安委会主任, role: 主任, holder: P09}", "{id: 县安委会主任, role: 主任, holder: P08}"), "2024-07-01")


def change_of(found: Comparison, rule: str, bearer: str) -> str:
    [item] = [item for item in found.items if item.rule == rule and item.bearer == bearer]
    return item.change


def test_a_mend_is_seen_with_its_proof(before: ReportDocument, mended: ReportDocument) -> None:
    found = compare([before, mended])
    assert change_of(found, "AWH-001", "青石县政府") == "已整改"
    [item] = found.by("已整改")[:1]
    assert all(place.startswith("示例.yaml:") for item in found.by("已整改") for place in item.proof)
    assert item.since == "2024-06-30"


def test_a_problem_that_was_not_there_is_new_and_one_that_stays_remains(before: ReportDocument, mended: ReportDocument) -> None:
    found = compare([mended, replace(before, on="2024-07-02")])
    assert change_of(found, "AWH-001", "青石县政府") == "新增"
    assert change_of(found, "YHP-001", "赤岩铸造") == "仍存在"


def test_what_comes_back_recurs(before: ReportDocument, mended: ReportDocument) -> None:
    found = compare([before, mended, replace(before, on="2024-07-02")])
    assert change_of(found, "AWH-001", "青石县政府") == "复发"


def test_a_new_failure_beside_a_mended_one_of_the_same_duty_recurs(before: ReportDocument) -> None:
    old = next(one for one in before.findings if one.outcome == "fail" and not one.warning)
    other = replace(old, id="0" * 12)
    passed = replace(before.passed[0], id=old.id, rule=old.rule, bearer=old.bearer)
    now = replace(before, findings=(*tuple(one for one in before.findings if one.id != old.id), other), passed=(*before.passed, passed))
    assert {(item.id, item.change) for item in compare([before, now]).items if item.change in ("复发", "已整改")} == {
        (old.id, "已整改"), ("0" * 12, "复发")}


@pytest.mark.parametrize(("outcome", "change"), [("unknown", "转为待核"), ("pending", "转为待核"), ("excepted", "转为豁免")])
def test_what_is_no_longer_certain_is_not_called_mended(outcome: str, change: str, before: ReportDocument) -> None:
    old = next(one for one in before.findings if one.outcome == "fail" and not one.warning)
    now = replace(before, findings=tuple(replace(one, outcome=outcome) if one.id == old.id else one for one in before.findings))
    assert change_of(compare([before, now]), old.rule, old.bearer.id) == change


def test_a_duty_that_is_gone_no_longer_applies(before: ReportDocument) -> None:
    old = next(one for one in before.findings if one.outcome == "fail" and not one.warning)
    now = replace(before, findings=tuple(one for one in before.findings if one.id != old.id))
    assert change_of(compare([before, now]), old.rule, old.bearer.id) == "不再适用"


def test_remarks_tell_what_else_changed(before: ReportDocument) -> None:
    rules = (replace(before.rules[0], hash="0"), *before.rules[2:])
    remarks = "\n".join(compare([before, replace(before, rules=rules, profile="别的", on="2023-01-01", organisation="别处")]).remarks)
    for word in ("组织名称不同", "参数方案不同", "早于", "规则改动了 1 条", "规则少了 1 条"):
        assert word in remarks
    assert compare([before, before]).remarks == ()


def test_a_report_reads_back_as_it_was_written(tmp_path: Path, before: ReportDocument) -> None:
    path = tmp_path / "报告.json"
    path.write_text(json_report.render(zeren.check(zeren.parse(DEMO, "示例.yaml"), on="2024-06-30")), "utf-8")
    assert looks_like_report(path)
    assert read(path) == before


@pytest.mark.parametrize(("text", "told"), [
    ("", "不是 JSON"), ("[1", "不是 JSON"), ("[]", "schema_version"), ('{"schema_version": "9.0", "findings": []}', "'9.0'"),
    ('{"schema_version": "1.0", "findings": 3}', "findings"), ("[" * 100_000, "嵌套太深")])
def test_a_file_that_is_no_report_says_why(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "坏.json"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as error:
        read(path)
    assert told in str(error.value)
    assert str(path) in str(error.value)


def test_every_form_tells_the_same(before: ReportDocument, mended: ReportDocument) -> None:
    found = compare([before, mended])
    data = json.loads(comparisons.comparison_json(found))
    assert [item["id"] for item in data["items"]] == [item.id for item in found.items]
    text, page = comparisons.terminal(found), comparisons.markdown(found)
    for item in found.items:
        assert item.bearer_label in text
        assert item.rule in page
    assert comparisons.word(found) == comparisons.word(found)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo = tmp_path / "组织.yaml"
    demo.write_text(DEMO, "utf-8")
    old, new = tmp_path / "旧.json", tmp_path / "新.json"
    assert main(["check", str(demo), "-f", f"json:{old}"]) == 1
    assert main(["check", str(demo), "--on", "2024-08-30", "-f", f"json:{new}"]) == 1
    assert main(["diff", str(old), str(new)]) == 1
    assert "仍存在" in capsys.readouterr().out
    assert main(["diff", str(old), str(new), "-f", f"docx:{tmp_path / '整改.docx'}"]) == 1
    assert main(["diff", str(old), str(demo)]) == 2
    assert "不是检查报告" in capsys.readouterr().err
    assert main(["diff", str(old)]) == 2
    assert main(["diff", str(demo), str(demo)]) == 0
    assert main(["ask", str(old), "--most", "1"]) == 0
    assert "份资料没有列入" in capsys.readouterr().out
    assert main(["ask", str(demo), "-f", f"docx:{tmp_path / '函.docx'}"]) == 0
    assert main(["ask", str(demo), "--most", "0"]) == 2
