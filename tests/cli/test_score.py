"""``zeren scenario score``: what it prints, and what it says of files that are no cases."""

from __future__ import annotations

import json
from pathlib import Path

from zeren.engine.chain.case_reading import case_files
from zeren.engine.scenarios import builtin

ONE = next(path for path in case_files(builtin() / "cases") if path.stem.startswith("pengzhou"))


def test_every_line_says_what_it_is(run) -> None:
    found = run("scenario", "score", ONE)
    assert found.code == 0
    assert len(found.out.splitlines()) >= 3
    assert all(line.endswith("。辅助研判，不构成责任认定") for line in found.out.splitlines())
    assert "共 1 起：召回" in found.out
    assert run("scenario", "score", ONE).out == found.out


def test_json_has_the_keys_that_others_read(run) -> None:
    found = run("scenario", "score", ONE, "-f", "json")
    data = json.loads(found.out)
    assert [case["slug"] for case in data["cases"]] == [ONE.stem]
    assert {"recall", "precision", "reach", "labels", "underivable", "party_le_government"} <= set(data["total"])
    assert data["notice"] == "辅助研判，不构成责任认定"


def test_a_file_that_is_no_case_is_told_and_the_others_are_scored(run, tmp_path: Path) -> None:
    (tmp_path / "一.json").write_text(ONE.read_text("utf-8"), "utf-8")
    (tmp_path / "二.json").write_text("{}", "utf-8")
    found = run("scenario", "score", tmp_path, "-f", "json")
    assert found.code == 2
    assert "二.json" in found.err
    assert "CASE-001" in found.err
    assert len(json.loads(found.out)["cases"]) == 1


def test_a_folder_without_cases(run, tmp_path: Path) -> None:
    found = run("scenario", "score", tmp_path)
    assert (found.code, found.out) == (2, "")
    assert "没有案例文件" in found.err
