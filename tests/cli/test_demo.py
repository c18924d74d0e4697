"""zeren demo: it always works, shows findings of every kind, and its file can be kept."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from zeren import check, parse
from zeren.engine.outcome import Outcome
from zeren.reports.width import width


def test_demo_shows_every_kind_of_outcome_and_what_to_try(run) -> None:
    found = run("demo")
    assert found.code == 0
    for part in ("不符合（", "证据不足（", "预警（", "未到期（", "已豁免（", "覆盖情况", "重新计入", "zeren explain", "辅助研判，不构成责任认定"):
        assert part in found.out, part
    assert max(width(line) for line in found.out.splitlines()) <= 80
    found.out.encode("gbk")
    assert run("demo").out == found.out


def test_the_demo_is_short_enough_to_be_read() -> None:
    report = check(parse((files("zeren.scenarios") / "demo.yaml").read_text("utf-8")))
    assert set(report.counts) == {one for one in Outcome if one not in (Outcome.ERROR, Outcome.NOT_APPLICABLE)}
    assert 8 <= len([one for one in report.by("fail") if not one.warning]) <= 12
    assert 3 <= len(report.requests) <= 6


def test_the_saved_file_gives_the_same_findings(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("demo", "--save", "示例.yaml").code == 0
    report = run("check", "示例.yaml").out
    assert report in run("demo").out
    assert run("demo", "--save", "示例.yaml").code == 2
