"""Names that try to break out of a report: in every format they stay names, and none becomes a formula, a path, markup or a command."""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from lxml import etree, html
from openpyxl import load_workbook

import zeren
from zeren.cli.main import main
from zeren.engine.pack import Pack
from zeren.models.organisation import Organisation
from zeren.reports import formats
from zeren.reports.formats import FORMATS, Subject

NAMES = {
    "formula": "=HYPERLINK(\"http://a\",\"b\")", "plus": "+1+cmd|'/c calc'!A1", "minus": "-1+1", "at": "@SUM(1,1)",
    "html": "<img src=x onerror=alert(1)><script>alert(1)</script>", "entity": "&lt;b&gt;&#60;", "markdown": "[x](javascript:a)|`*_#![y](z)",
    "command": "::error file=a::b%0A", "template": "{{ 7*7 }}{% raw %}", "path": "../../../tmp/越界/..\\..\\a:b*?", "breaks": "甲\n=乙\t丙",
    "bidi": "甲\u202e乙\u2066丙\u200f", "emoji": "👩‍👩‍👧‍👦🇨🇳", "long": "长" * 10_000, "markup": "]]></w:t><w:p/>\"'",
}
TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def organisation(name: str) -> Organisation:
    return zeren.parse(json.dumps({
        "on": "2024-06-30", "name": name, "territories": [{"id": "市", "name": name, "level": "市级"}],
        "units": [{"id": "市政府", "name": name, "kind": "政府", "level": "市级", "territory": "市",
                   "posts": [{"id": "市长", "name": name, "role": "主要负责人", "holder": "P1"}]}],
    }, ensure_ascii=False), f"{name[:20]}.yaml")


@pytest.fixture(scope="module", params=list(NAMES), ids=list(NAMES))
def subject(request: pytest.FixtureRequest) -> Subject:
    org, pack = organisation(NAMES[request.param]), Pack()
    return Subject(zeren.check(org, pack=pack), org, pack, "组织")


def made(subject: Subject, name: str) -> bytes:
    return formats.bytes_of(name, subject)


def shown(subject: Subject) -> str:
    """The name as a report may show it."""
    return TURNING.sub("\ufffd", subject.report.name)


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("html", "docx")])
def test_no_name_turns_a_page_around_or_stops_a_report(subject: Subject, name: str) -> None:
    data = made(subject, name)
    assert data
    if name not in ("json", "xlsx", "notice"):
        assert not TURNING.search(data.decode())


def test_json_keeps_every_character(subject: Subject) -> None:
    assert json.loads(made(subject, "json"))["organisation"] == subject.report.name


def test_sarif_is_still_json_and_paths_stay_relative(subject: Subject) -> None:
    [run] = json.loads(made(subject, "sarif"))["runs"]
    assert run["properties"]["organisation"] == shown(subject)
    for result in run["results"]:
        for place in result["locations"]:
            uri = place.get("physicalLocation", {}).get("artifactLocation", {}).get("uri", "")
            assert ":" not in uri.replace("%3A", "")
            assert "\\" not in uri


def test_junit_is_still_xml(subject: Subject) -> None:
    root = etree.fromstring(made(subject, "junit"))
    assert {child.tag for child in root.iter()} <= {"testsuites", "testsuite", "properties", "property", "testcase", "failure", "skipped", "error"}


def test_github_commands_are_those_of_the_report_alone(subject: Subject) -> None:
    lines = made(subject, "github").decode().splitlines()
    assert all(re.match(r"::(error|warning|notice) ", line) for line in lines)
    findings = sum(one.outcome.value in ("fail", "error", "unknown") for one in subject.report)
    assert len(lines) == findings + 1


def test_markdown_has_no_markup_but_its_own(subject: Subject) -> None:
    text = made(subject, "md").decode()
    assert "<" not in text
    assert not re.search(r"(?<!\\)\]\(", text)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} <= {3, 4, 5, 6, 7, 8}


def test_the_workbook_has_no_formula_and_no_link(subject: Subject) -> None:
    book = load_workbook(BytesIO(made(subject, "xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type in ("s", "n") and cell.hyperlink is None for cell in cells)
    assert any(cell.value == shown(subject)[:32_767] for cell in cells)


def words(data: bytes) -> str:
    file: Any = docx.Document(BytesIO(data))
    return "\n".join([*(one.text for one in file.paragraphs), *(cell.text for table in file.tables for row in table.rows for cell in row.cells)])


def test_word_holds_the_name_as_text(subject: Subject) -> None:
    text = words(made(subject, "notice"))
    assert shown(subject) in text
    assert "49" not in text.replace(subject.report.name, "") or "{{" not in subject.report.name


@pytest.mark.parametrize("name", ["html", "markup", "bidi", "path", "long"])
def test_html_and_word_with_diagrams(name: str) -> None:
    org, pack = organisation(NAMES[name]), Pack()
    whole = Subject(zeren.check(org, pack=pack), org, pack, "组织")
    text = made(whole, "html").decode()
    assert text.count("<script>") == 1
    assert not [name for element in html.fromstring(text).iter() for name in element.attrib if name.startswith("on")]
    assert "<img" not in text
    assert not TURNING.search(text)
    if name != "long":
        assert shown(whole) in words(made(whole, "docx"))


def test_the_terminal_shows_no_mark_of_direction(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "组织.json"
    source.write_text(json.dumps({"on": "2024-06-30", "units": [{"id": "市政府", "name": NAMES["bidi"], "kind": "政府", "level": "市级",
                                                                "posts": [{"id": "市长", "role": "主要负责人"}]}]}), "utf-8")
    for command in (["check", str(source)], ["duties", str(source), "市政府"], ["ask", str(source)]):
        main(command)
        assert not TURNING.search(capsys.readouterr().out)


@pytest.mark.parametrize("name", ["path", "breaks", "template", "long"])
def test_no_name_becomes_a_path(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = tmp_path / "甲" / "乙" / "丙"
    work.mkdir(parents=True)
    monkeypatch.chdir(work)
    source = work / "组织.json"
    source.write_text(json.dumps({"on": "2024-06-30", "name": NAMES[name], "units": [
        {"id": "市政府", "name": NAMES[name], "kind": "政府", "level": "市级", "posts": [{"id": "市长", "name": NAMES[name], "role": "主要负责人"}]}]}), "utf-8")
    assert main(["check", "组织.json", "-f", "notice:通知.docx", "-f", "xlsx:清单.xlsx", "-f", "json:报告.json"]) in (0, 1)
    assert main(["ask", "组织.json", "-f", "docx:调取.docx"]) == 0
    assert main(["duties", "组织.json", "市政府", "-f", "docx:清单.docx"]) == 0
    assert main(["diff", "报告.json", "报告.json", "-f", "docx:整改.docx"]) in (0, 1)
    written = {str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*") if one.is_file()}
    assert written == {f"甲/乙/丙/{file}" for file in ("组织.json", "通知.docx", "清单.xlsx", "报告.json", "调取.docx", "清单.docx", "整改.docx")}
