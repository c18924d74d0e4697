"""The command as a whole: help, errors, signals, encodings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import zeren
from zeren.cli import check, main
from zeren.cli.progress import Progress
from zeren.reports.document import document

HERE = Path(__file__).parent


def _process(*words: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "zeren.cli.main", *map(str, words)]
    return subprocess.run(command, capture_output=True, env={**os.environ, **environment}, cwd=HERE, check=False)


def _fails(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def broken(_args: object) -> int:
        raise error

    monkeypatch.setattr(check, "run", broken)


def test_help_names_every_command_and_imports_nothing_heavy(run) -> None:
    found = run("--help")
    assert found.code == 0
    assert all(name in found.out for name in main.COMMANDS)
    heavy = "import sys; from zeren.cli.main import main; main(['--help']); " \
            "assert not {'yaml', 'duckdb', 'pydantic', 'networkx', 'zeren.engine'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", heavy], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("name", main.COMMANDS)
def test_every_command_has_help_in_chinese(run, name: str) -> None:
    found = run(name, "--help")
    assert found.code == 0
    assert found.out.startswith(f"用法：zeren {name}")
    assert "usage" not in found.out
    found.out.encode("gbk")


@pytest.mark.parametrize(("words", "says"), [
    ((), "缺少参数：命令"), (("chek",), "最接近的是“check”"), (("check",), "缺少参数：ORG"), (("rules",), "缺少参数：动作"),
])
def test_usage_errors_are_chinese(run, words: tuple[str, ...], says: str) -> None:
    found = run(*words)
    assert (found.code, found.out) == (2, "")
    assert says in found.err
    assert "Traceback" not in found.err


def test_an_internal_error_is_short_and_its_traceback_is_for_debugging(run, monkeypatch: pytest.MonkeyPatch) -> None:
    _fails(monkeypatch, ZeroDivisionError("除零"))
    monkeypatch.delenv("ZEREN_DEBUG", raising=False)
    found = run("check", "x.yaml")
    assert found.code == 3
    assert "内部错误" in found.err
    assert "Traceback" not in found.err
    monkeypatch.setenv("ZEREN_DEBUG", "1")
    assert "Traceback" in run("check", "x.yaml").err


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (BrokenPipeError(), 141)])
def test_interruptions_are_quiet(run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int) -> None:
    _fails(monkeypatch, error)
    monkeypatch.setattr(main, "_silence", lambda: None)
    found = run("check", "x.yaml")
    assert found.code == code
    assert "Traceback" not in found.err


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_other_encodings_do_not_stop_a_report(encoding: str) -> None:
    found = _process("check", "city.yaml", "--rules", "rules", "--only", "TST", PYTHONIOENCODING=encoding)
    assert found.returncode == 1, found.stderr
    text = found.stdout.decode(encoding)
    if encoding == "gbk":
        assert "甲厂有限公司对Z1没有在2024-05-02前整改" in text
        assert text.count("?") == 1  # the legend of the matrix
    data = _process("check", "city.yaml", "--rules", "rules", "--only", "TST", "-f", "json", PYTHONIOENCODING=encoding).stdout
    assert b"\\u7532\\u5382" in data


def test_a_broken_file_gives_located_problems_and_code_2() -> None:
    found = _process("check", "broken.yaml", PYTHONIOENCODING="utf-8")
    assert (found.returncode, found.stdout) == (2, b"")
    lines = [line for line in found.stderr.decode("utf-8").splitlines() if line.startswith("broken.yaml:")]
    assert [line.split(": ")[0] for line in lines] == ["broken.yaml:4:11", "broken.yaml:5:28", "broken.yaml:6:35"]


class _Stream:
    def __init__(self, tty: bool) -> None:
        self.text, self.tty = "", tty

    def isatty(self) -> bool:
        return self.tty

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


class _Plan:
    class rule:
        id = "AWH-001"


def test_progress_keeps_quiet_for_a_second_then_one_line_or_a_bar() -> None:
    for tty, shown in ((False, "正在检查：共 4 条规则，请稍候\n"), (True, "2/4")):
        now, stream = [0.0], _Stream(tty)
        progress = Progress(4, stream, lambda now=now: now[0])
        progress(_Plan())
        assert stream.text == ""
        now[0] = 1.5
        progress(_Plan())
        progress(_Plan())
        progress.close()
        assert shown in stream.text
        assert stream.text.count("正在") == (0 if tty else 1)
        assert stream.text.endswith("\r" if tty else "\n")


def test_a_bar_is_not_drawn_for_each_of_thousands_and_without_a_terminal_an_empty_line_says_nothing() -> None:
    for tty, drawn in ((True, 3), (False, 0)):
        now, stream = [0.0], _Stream(tty)
        progress = Progress(1_000, stream, lambda now=now: now[0], line="")
        for step in range(1_000):
            now[0] = 1.0 + step * 0.00025
            progress.step("JCQ-002")
        assert stream.text.count("JCQ-002") == drawn
        progress.close()
        assert bool(stream.text) == tty


def test_explanations_are_told_of_one_by_one() -> None:
    report = zeren.check(zeren.parse("on: 2024-06-30\nunits: [{id: 镇政府, kind: 政府, level: 乡级}]"))
    named: list[str] = []
    assert [one.rule for one in document(report, named.append).findings] == named != []
