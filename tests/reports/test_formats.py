"""SARIF, JUnit, GitHub annotations and Markdown: they hold to their schemas, say what the JSON says, and names stay names."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
from lxml import etree

import zeren
from zeren.cli.main import main
from zeren.models.problems import Place
from zeren.reports import github, junit, markdown, sarif
from zeren.reports.document import PlaceDocument, ReportDocument, WarningDocument, document

STANDARDS = Path(__file__).parent / "standards"
ROOT = Path(__file__).parents[2]
DEMO = ROOT / "scenarios" / "demo.yaml"


def sarif_run(document: ReportDocument) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(sarif.render(document))
    schema = json.loads((STANDARDS / "sarif-2.1.0.json").read_text("utf-8"))
    problems = [f"{list(error.path)}: {error.message}" for error in jsonschema.Draft4Validator(schema).iter_errors(log)]
    assert problems == []
    run: dict[str, Any] = log["runs"][0]
    return run


def junit_root(document: ReportDocument) -> Any:
    root = etree.fromstring(junit.render(document).encode())
    etree.XMLSchema(etree.parse(str(ROOT / "schemas" / "junit.xsd"))).assertValid(root)
    return root


def test_sarif_says_what_the_document_says(demo: ReportDocument) -> None:
    run = sarif_run(demo)
    kinds = Counter(result["kind"] for result in run["results"])
    count = demo.counts
    assert kinds["fail"] == count["fail"] + sum(one.outcome == "excepted" and one.note != "" for one in demo.findings)
    assert kinds["open"] == count["unknown"]
    assert kinds["informational"] == count["pending"]
    assert {result["level"] for result in run["results"] if result["kind"] != "fail"} == {"none"}
    for result, one in zip(run["results"], demo.findings, strict=True):
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == one.rule
        assert one.message in result["message"]["text"]
        assert result["partialFingerprints"]["findingId/v1"] == one.id
        assert next(name["fullyQualifiedName"] for name in result["locations"][0]["logicalLocations"]) == one.bearer.id


def test_waivers_are_suppressions_and_posts_logical_locations(demo: ReportDocument) -> None:
    run = sarif_run(demo)
    waived = [result for result in run["results"] if "suppressions" in result]
    assert waived
    assert all(result["properties"]["outcome"] == "excepted" for result in waived)
    assert all(result["suppressions"][0]["justification"] for result in waived)
    names = [name for result in run["results"] for name in result["locations"][0]["logicalLocations"]]
    posts = {post.id for one in demo.findings for post in one.posts}
    assert posts <= {name["fullyQualifiedName"] for name in names}


def test_articles_are_taxa(demo: ReportDocument) -> None:
    run = sarif_run(demo)
    taxa = [taxon["id"] for taxon in run["taxonomies"][0]["taxa"]]
    for rule, known in zip(run["tool"]["driver"]["rules"], demo.rules, strict=True):
        targets = [relation["target"] for relation in rule["relationships"]]
        assert {target["id"] for target in targets} == {one.ref for one in known.basis}
        assert all(taxa[target["index"]] == target["id"] for target in targets)


def test_sarif_escapes_file_names(demo: ReportDocument) -> None:
    uris = {location["physicalLocation"]["artifactLocation"]["uri"] for result in sarif_run(demo)["results"]
            for location in result["locations"] if "physicalLocation" in location}
    assert uris == {"%E7%A4%BA%E4%BE%8B%201.yaml"}


def test_junit_counts_and_places(demo: ReportDocument) -> None:
    root = junit_root(demo)
    cases = root.findall(".//testcase")
    failing = [one for one in demo.findings if one.outcome == "fail" and not one.warning]
    assert int(root.get("tests")) == len(cases) == len(demo.findings) + len(demo.passed)
    assert int(root.get("failures")) == len(root.findall(".//failure")) == len(failing)
    assert int(root.get("skipped")) == len(root.findall(".//skipped"))
    places = {(case.get("file"), int(case.get("line"))) for case in cases if case.find("failure") is not None and case.get("file")}
    assert places == {(one.source.file, one.source.line) for one in failing if one.source is not None}


def test_junit_takes_no_character_that_xml_forbids() -> None:
    assert junit.clean("a\x00\x0b\ud800\ufffe甲\n") == "a\ufffd\ufffd\ufffd\ufffd甲\n"


def test_github_annotates_each_failure_once(demo: ReportDocument) -> None:
    lines = github.render(demo).splitlines()
    assert all(re.fullmatch(r"::(error|warning|notice) [^:]*::.+", line) for line in lines)
    assert len(lines) == 1 + sum(one.outcome in ("fail", "error", "unknown") for one in demo.findings)
    first = next(one for one in demo.findings if one.outcome == "fail")
    assert first.source is not None
    assert f"file=示例 1.yaml,line={first.source.line},col={first.source.column}," in lines[0]


def test_markdown_lists_every_failure_and_paper(demo: ReportDocument) -> None:
    text = markdown.render(demo)
    assert all(one.id in text for one in demo.findings if one.outcome == "fail")
    assert text.count("\n| ") >= len(demo.requests)
    assert "辅助研判，不构成责任认定" in text


def test_names_stay_names(hostile: ReportDocument, hostile_name: str) -> None:
    assert hostile_name in hostile.findings[0].message
    assert hostile_name in sarif_run(hostile)["results"][0]["message"]["text"]
    assert hostile_name in junit_root(hostile).find(".//failure").get("message")
    annotations = github.render(hostile).splitlines()
    assert len(annotations) == 2
    assert all(line.count("::") >= 2 for line in annotations)
    assert "%0A\\" not in annotations[0].replace("%250A\\", "")
    page = markdown.render(hostile)
    assert "<script" not in page
    assert not re.search(r"(?<!\\)\]\(", page)
    row = next(line for line in page.splitlines() if "alert" in line and line.startswith("|"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 7  # six cells, whatever the name holds


@pytest.mark.parametrize("word", ["sarif", "junit", "md", "github", "json"])
def test_the_command_writes_the_format_to_stdout_or_a_file(word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "报告"
    assert main(["check", str(DEMO), "-f", word, "-f", f"{word}:{target}"]) == 1
    assert target.read_text("utf-8") == capsys.readouterr().out


def test_a_place_that_cannot_be_written_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(DEMO), "-f", f"sarif:{tmp_path / '无' / '报告'}"]) == 2
    assert "不能写入" in capsys.readouterr().err


@pytest.fixture(scope="module")
def of_a_book(tmp_path_factory: pytest.TempPathFactory) -> ReportDocument:
    """A report on a workbook, named as a user names it: relative to where he stands."""
    book = openpyxl.Workbook()
    for name, rows in {"地区": [["编号", "层级"], ["市", "市级"]], "单位": [["编号", "单位种类", "层级", "地区"], ["市政府", "政府", "市级", "市"]],
                       "岗位": [["编号", "单位", "角色"], ["市长", "市政府", "主要负责人"]], "任职": [["岗位", "人员"], ["市长", "P1"]]}.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("书"))
        book.save("我的 书.xlsx")
        return document(zeren.check(zeren.load("我的 书.xlsx"), on="2024-06-30", only=["AWH-001"]))


def test_programs_are_given_a_path_that_exists_and_people_the_cell(of_a_book: ReportDocument) -> None:
    [result] = sarif_run(of_a_book)["results"]
    [place] = result["locations"]
    assert place["physicalLocation"] == {"artifactLocation": {"uri": "%E6%88%91%E7%9A%84%20%E4%B9%A6.xlsx"}, "region": {"startLine": 2, "startColumn": 1}}
    assert place["logicalLocations"][-1] == {"name": "A2", "fullyQualifiedName": "单位!A2", "kind": "单元格"}
    assert "位置：单位!A2" in result["message"]["text"]
    case = junit_root(of_a_book).find(".//testcase")
    assert (case.get("file"), case.get("line")) == ("我的 书.xlsx", "2")
    assert "位置：我的 书.xlsx!单位!A2" in case.find("failure").text
    first = github.render(of_a_book).splitlines()[0]
    assert "file=我的 书.xlsx,line=2,col=1," in first
    assert "%0A位置：我的 书.xlsx!单位!A2%0A" in first


def test_remarks_on_a_sheet_name_the_file_and_the_sheet(of_a_book: ReportDocument) -> None:
    whole = WarningDocument(PlaceDocument("书.xlsx!单位", 0, 0), "TAB-020", "这张表是隐藏的", "")
    [note] = sarif_run(replace(of_a_book, warnings=(whole,)))["invocations"][0]["toolConfigurationNotifications"]
    assert note["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "%E4%B9%A6.xlsx"}},
                                  "logicalLocations": [{"name": "单位", "fullyQualifiedName": "单位", "kind": "工作表"}]}]
    assert note["message"]["text"] == "单位：这张表是隐藏的"


@pytest.mark.parametrize(("file", "path", "cell", "shown"), [
    ("甲.xlsx!单位", "甲.xlsx", "单位!C5", "甲.xlsx!单位!C5"), ("夹.xlsx!旧/乙.yaml", "夹.xlsx!旧/乙.yaml", "", "夹.xlsx!旧/乙.yaml:5:3"),
    ("a!b/甲.XLSM!表!二", "a!b/甲.XLSM", "表!二!C5", "a!b/甲.XLSM!表!二!C5"), ("单位.csv", "单位.csv", "", "单位.csv:5:3"),
])
def test_a_sheet_is_told_from_its_file(file: str, path: str, cell: str, shown: str) -> None:
    place = Place(file, 5, 3)
    assert (place.path, place.cell, str(place)) == (path, cell, shown)
    assert Place(file).brief == file
