"""zeren demo: it always works, shows findings of every kind, and its file can be kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from zeren.reports.width import width


def test_demo_shows_every_kind_of_outcome_and_what_to_try(run) -> None:
    found = run("demo")
    assert found.code == 0
    for part in ("不符合（", "证据不足（", "未到期（", "已豁免（", "覆盖情况", "重新计入", "zeren explain", "辅助研判，不构成责任认定"):
        assert part in found.out, part
    assert max(width(line) for line in found.out.splitlines()) <= 80
    found.out.encode("gbk")
    assert run("demo").out == found.out


def test_the_saved_file_gives_the_same_findings(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("demo", "--save", "示例.yaml").code == 0
    report = run("check", "示例.yaml").out
    assert report in run("demo").out
    assert run("demo", "--save", "示例.yaml").code == 2
