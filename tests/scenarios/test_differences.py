"""What a scenario says when a check gives something else than it expects, and what its changes do."""

from pathlib import Path

import pytest

from zeren.cli.main import main
from zeren.engine import scenarios

ORG = """
territories: [{id: 临江市, level: 市级, children: [{id: 东湖县, level: 县级}]}]
units:
  - id: 市政府
    kind: 政府
    level: 市级
    territory: 临江市
    posts: [{id: 市长, role: 主要负责人, holder: P1}]
    units: [{id: 市安委会, kind: 安委会, posts: [{id: 市安委会主任, role: 主任, holder: P1}]}]
  - id: 县政府
    kind: 政府
    level: 县级
    territory: 东湖县
    superior: 市政府
    posts: [{id: 县长, role: 主要负责人, holder: P2}]
    units: [{id: 县安委会, kind: 安委会, posts: [{id: 县安委会主任, role: 主任, holder: P2}]}]
"""
HEAD = "scenario: x\ntitle: 题\nintro: 词\norg: org.yaml\non: 2024-06-30\nonly: [AWH-001]\n"
FAULT = "changes:\n  - why: 换人\n    change: {appointment: {post: 县安委会主任}}\n    set: {person: P9}\n"


def run(folder: Path, text: str) -> scenarios.Result:
    (folder / "org.yaml").write_text(ORG, encoding="utf-8")
    (folder / "scenario.yaml").write_text(HEAD + text, encoding="utf-8")
    return scenarios.run(folder)


def signs(result: scenarios.Result) -> list[tuple[str, int]]:
    return [(one.sign, one.place.line) for one in result.differences]


def test_as_expected(tmp_path: Path) -> None:
    text = FAULT + "    gives: {fail: [{rule: AWH-001, bearer: 县政府}]}\nexpect: {counts: {fail: 1, pass: 1}, messages: [不是政府主要负责人]}\n"
    assert signs(run(tmp_path, text)) == []


def test_an_unexpected_finding_is_shown_with_message_and_place(tmp_path: Path) -> None:
    (one,) = run(tmp_path, FAULT + "expect: {exactly: true}\n").differences
    assert one.sign == "多出"
    assert "AWH-001 县政府" in one.text
    assert "不是政府主要负责人" in one.text
    assert (Path(one.place.file).name, one.place.line) == ("org.yaml", 10)


def test_a_missing_finding_says_what_was_found_instead(tmp_path: Path) -> None:
    (one,) = run(tmp_path, "expect:\n  fail:\n    - {rule: AWH-001, bearer: 县政府}\n").differences
    assert (one.sign, one.place.line) == ("缺少", 9)
    assert "得到：符合" in one.text


def test_open_expectations_allow_other_findings(tmp_path: Path) -> None:
    assert signs(run(tmp_path, FAULT + "expect: {exactly: false}\n")) == []


def test_numbers_cells_lateness_and_messages_are_compared(tmp_path: Path) -> None:
    text = FAULT + (
        "expect:\n  fail:\n    - {rule: AWH-001, bearer: 县政府, late: 5分钟}\n    - {rule: AWH-001, bearer: 县政府, message: 别的话}\n"
        "  counts: {pass: 2}\n  matrix:\n    安委会主任:\n      市级: 1/1\n      县级: 1/1\n      村级: 0/0\n  messages: [没有这句话]\n"
    )
    result = run(tmp_path, text)
    assert sorted(signs(result)) == sorted(
        [("不同", 15), ("不同", 19), ("不同", 20), ("缺少", 13), ("缺少", 14), ("缺少", 21), ("多出", 10)]
    )


def test_removing_a_post_removes_its_holders(tmp_path: Path) -> None:
    text = "changes:\n  - remove: {post: 县安委会主任}\nexpect: {fail: [{rule: AWH-001, bearer: 县政府}]}\n"
    result = run(tmp_path, text)
    assert signs(result) == []
    assert not [fact for fact in result.report.evaluation.context.facts.of("appointment") if "县安委会主任" in fact.values]


def test_a_base_gives_organisation_and_changes_but_not_its_expectations(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    run(tmp_path / "a", FAULT + "expect: {fail: [{rule: AWH-001, bearer: 县政府}]}\n")
    (tmp_path / "b" / "scenario.yaml").write_text(
        "scenario: y\ntitle: 题\nintro: 词\nbase: ../a\nonly: [AWH-001]\n"
        "changes: [{remove: {post: 市安委会主任}}]\nexpect: {fail: [{rule: AWH-001, bearer: [县政府, 市政府]}]}\n", encoding="utf-8",
    )
    assert signs(scenarios.run(tmp_path / "b")) == []


@pytest.mark.parametrize(("text", "code"), [("expect: {counts: {pass: 2}}\n", 0), ("expect: {counts: {pass: 3}}\n", 1), ("expct: 1\n", 2)])
def test_exit_codes(tmp_path: Path, text: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "org.yaml").write_text(ORG, encoding="utf-8")
    (tmp_path / "scenario.yaml").write_text(HEAD + text, encoding="utf-8")
    assert main(["scenario", "run", str(tmp_path), "--engine", "both"]) == code
    assert "辅助研判，不构成责任认定" in capsys.readouterr().out
