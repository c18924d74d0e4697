"""Names that try to break out of a report: in every format they stay names, and none becomes a formula, a path, markup or a command."""

from __future__ import annotations

import json
import re
from functools import cache
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
from zeren.models.organisation import build
from zeren.models.yaml_text import parse
from zeren.reports import formats
from zeren.reports.formats import FORMATS, Subject

NAMES = {
    "formula": "=HYPERLINK(\"http://a\",\"b\")", "plus": "+1+cmd|'/c calc'!A1", "minus": "-1+1", "at": "@SUM(1,1)",
    "html": "<img src=x onerror=alert(1)><script>alert(1)</script>", "entity": "&lt;b&gt;&#60;", "markdown": "[x](javascript:a)|`*_#![y](z)",
    "command": "::error file=a::b%0A", "template": "{{ 7*7 }}{% raw %}", "path": "../../../tmp/越界/..\\..\\a:b*?", "breaks": "甲\n=乙\t丙",
    "bidi": "甲\u202e乙\u2066丙\u200f", "emoji": "👩‍👩‍👧‍👦🇨🇳", "long": "长" * 10_000, "markup": "]]></w:t><w:p/>\"'",
}
TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


#: The rules are read once for all names.
PACK = Pack()


#: A title that holds everything which some format could take for its own.
TITLE = "".join(name for name in NAMES.values() if len(name) < 100)


def city(title: str, at: int, name: str) -> str:
    """A city in a file, where everything has this name."""
    return json.dumps({
        "on": "2024-06-30", "name": title, "territories": [{"id": f"市{at}", "name": name, "level": "市级"}],
        "units": [{"id": f"市政府{at}", "name": name, "kind": "政府", "level": "市级", "territory": f"市{at}",
                   "posts": [{"id": f"市长{at}", "name": name, "role": "主要负责人", "holder": f"P{at}"}]}],
    }, ensure_ascii=False)


def about(title: str, *names: str) -> Subject:
    """An organisation of this title, with a city for each name, in a file that is called so too."""
    org = build(*(parse(city(title, at, name), f"{name[:20]}.yaml") for at, name in enumerate(names)))
    return Subject(zeren.check(org, pack=PACK), org, PACK, "组织")


class Made:
    """The reports on all names at once, each made once."""

    def __init__(self) -> None:
        self.subject = about(TITLE, *NAMES.values())

    @cache  # noqa: B019 (one object for all tests)
    def __call__(self, name: str) -> bytes:
        return formats.bytes_of(name, self.subject)


@pytest.fixture(scope="module")
def made() -> Made:
    return Made()


def shown(name: str) -> str:
    """The name as a report may show it."""
    return TURNING.sub("\ufffd", name)


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("html", "docx")])
def test_no_name_turns_a_page_around_or_stops_a_report(made: Made, name: str) -> None:
    data = made(name)
    assert data
    if name not in ("json", "xlsx", "notice"):
        assert not TURNING.search(data.decode())


def test_json_keeps_every_character(made: Made) -> None:
    report = json.loads(made("json"))
    assert report["organisation"] == TITLE
    assert {one["unit"]["label"] for one in report["findings"]} == set(NAMES.values())


def test_sarif_is_still_json_and_paths_stay_relative(made: Made) -> None:
    [run] = json.loads(made("sarif"))["runs"]
    assert run["properties"]["organisation"] == shown(TITLE)
    assert {place["name"] for one in run["results"] for place in one["locations"][0]["logicalLocations"]} >= set(map(shown, NAMES.values()))
    for result in run["results"]:
        for place in result["locations"]:
            uri = place.get("physicalLocation", {}).get("artifactLocation", {}).get("uri", "")
            assert ":" not in uri.replace("%3A", "")
            assert "\\" not in uri


def test_junit_is_still_xml(made: Made) -> None:
    root = etree.fromstring(made("junit"))
    assert {child.tag for child in root.iter()} <= {"testsuites", "testsuite", "properties", "property", "testcase", "failure", "skipped", "error"}


def test_github_commands_are_those_of_the_report_alone(made: Made) -> None:
    lines = made("github").decode().splitlines()
    assert all(re.match(r"::(error|warning|notice) ", line) for line in lines)
    findings = sum(one.outcome.value in ("fail", "error", "unknown") for one in made.subject.report)
    assert len(lines) == findings + 1


def test_markdown_has_no_markup_but_its_own(made: Made) -> None:
    page = made("md").decode()
    assert "<" not in page
    assert not re.search(r"(?<!\\)\]\(", page)
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} <= {3, 4, 5, 6, 7, 8}


def test_the_workbook_has_no_formula_and_no_link(made: Made) -> None:
    book = load_workbook(BytesIO(made("xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type in ("s", "n") and cell.hyperlink is None for cell in cells)
    assert {shown(name)[:32_767] for name in (TITLE, *NAMES.values())} <= {cell.value for cell in cells}


def words(data: bytes) -> str:
    file: Any = docx.Document(BytesIO(data))
    return "\n".join([*(one.text for one in file.paragraphs), *(cell.text for table in file.tables for row in table.rows for cell in row.cells)])


def test_word_holds_the_names_as_text(made: Made) -> None:
    read = words(made("notice"))
    assert [name for name in NAMES.values() if shown(name) not in read] == []


def test_html_and_word_with_diagrams() -> None:
    names = [NAMES[name] for name in ("html", "markup", "bidi", "path", "long")]
    whole = about(NAMES["bidi"] + NAMES["markup"], *names)  # a longer title would be cut
    page = formats.bytes_of("html", whole).decode()
    assert page.count("<script>") == 1
    assert not [name for element in html.fromstring(page).iter() for name in element.attrib if name.startswith("on")]
    assert "<img" not in page
    assert not TURNING.search(page)
    read = "".join(words(formats.bytes_of("docx", whole)).split())  # the title is set in lines
    assert all("".join(TURNING.sub("\ufffd", name).split()) in read for name in (whole.report.name, *names[:4]))


def test_the_terminal_shows_no_mark_of_direction(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "组织.json"
    source.write_text(json.dumps({"on": "2024-06-30", "units": [{"id": "市政府", "name": NAMES["bidi"], "kind": "政府", "level": "市级",
                                                                "posts": [{"id": "市长", "role": "主要负责人"}]}]}), "utf-8")
    for command in (["check", str(source)], ["duties", str(source), "市政府"], ["ask", str(source)]):
        main(command)
        assert not TURNING.search(capsys.readouterr().out)


def test_no_name_becomes_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [NAMES[name] for name in ("path", "breaks", "template", "long")]
    work = tmp_path / "甲" / "乙" / "丙"
    work.mkdir(parents=True)
    monkeypatch.chdir(work)
    for at, name in enumerate(names):
        (work / "组织").mkdir(exist_ok=True)
        (work / f"组织/{at}.json").write_text(city("".join(names[:3]), at, name), "utf-8")
    assert main(["check", "组织", "-f", "notice:通知.docx", "-f", "xlsx:清单.xlsx", "-f", "json:报告.json"]) in (0, 1)
    assert main(["ask", "组织", "-f", "docx:调取.docx"]) == 0
    for at in range(len(names)):
        assert main(["duties", "组织", f"市政府{at}", "-f", "docx:清单.docx"]) == 0
    assert main(["diff", "报告.json", "报告.json", "-f", "docx:整改.docx"]) in (0, 1)
    written = {str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*") if one.is_file()}
    assert written == {f"甲/乙/丙/{file}" for file in (*(f"组织/{at}.json" for at in range(len(names))), "通知.docx", "清单.xlsx", "报告.json", "调取.docx", "清单.docx", "整改.docx")}
