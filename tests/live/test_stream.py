"""zeren watch: broken lines are told and the stream goes on; the journal resumes, and refuses what is not its own; kill -9 loses nothing."""

import json
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

from zeren.cli.main import main

ROOT = Path(__file__).parents[2]
ORG = ROOT / "scenarios" / "04-四周四起事故" / "org"
EVENTS = ROOT / "docs" / "samples" / "值守.jsonl"
RULES = ["SBG", "ZRZ"]


def _watch(capsys: pytest.CaptureFixture[str], *more: object, events: Path = EVENTS) -> tuple[int, list[dict], str]:
    code = main(["watch", str(ORG), "--events", str(events), "-f", "json", "--only", *RULES, *map(str, more)])
    out, err = capsys.readouterr()
    return code, [json.loads(line) for line in out.splitlines()], err


def test_the_sample_runs_and_broken_lines_are_told_with_their_places(capsys: pytest.CaptureFixture[str]) -> None:
    code, told, _ = _watch(capsys, "--warn", "10天")
    assert code == 2
    assert (told[-1]["taken"], told[-1]["refused"], told[-1]["notice"]) == (10, 2, "辅助研判，不构成责任认定")
    problems = {one["line"]: one["problems"][0] for one in told[:-1] if one["problems"]}
    assert "最接近的是“临溪县应急局”" in problems[4]["hint"]
    assert problems[4]["place"]["column"] == EVENTS.read_text("utf-8").splitlines()[3].index('"临溪县应急居"') + 1
    assert "缺少逗号或括号" in problems[8]["message"]
    reasons = {(one["line"], change["rule"], change["reason"]) for one in told[:-1] for change in one["changes"]}
    assert {(6, "SBG-001", "overdue"), (10, "ZRZ-001", "warned"), (11, "ZRZ-001", "fulfilled")} <= reasons


def test_the_terminal_says_it_in_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", str(ORG), "--events", str(EVENTS), "--only", *RULES]) == 2
    out = capsys.readouterr().out
    assert "逾期（不符合） SBG-001 沙岗皮革“6·21”清池中毒" in out
    assert "履行 ZRZ-001" in out
    assert "辅助研判，不构成责任认定" in out


def test_every_sound_line_of_the_sample_fits_the_schema() -> None:
    validator = jsonschema.Draft202012Validator(json.loads((ROOT / "schemas" / "event.schema.json").read_text("utf-8")))
    lines = [line for number, line in enumerate(EVENTS.read_text("utf-8").splitlines(), 1) if line.startswith("{") and number != 8]
    assert [error.message for line in lines for error in validator.iter_errors(json.loads(line))] == []
    assert not validator.is_valid({"record": {"kind": "检察", "actor": "市政府"}})


def test_a_journal_takes_nothing_twice_and_goes_on_where_it_was(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    whole = _watch(capsys)[1]
    events, journal = tmp_path / "events.jsonl", tmp_path / "值守.db"
    lines = EVENTS.read_text("utf-8").splitlines(keepends=True)
    told: list[dict] = []
    for end in (5, 5, 9, len(lines)):
        events.write_text("".join(lines[:end]), "utf-8")
        told += _watch(capsys, "--journal", journal, events=events)[1]
    assert [one["event"] for one in told if "event" in one] == list(range(1, 13))
    assert told[-1]["state"] == whole[-1]["state"]
    assert [one["changes"] and [change["message"] for change in one["changes"]] for one in told if "event" in one] == [
        one["changes"] and [change["message"] for change in one["changes"]] for one in whole[:-1]]


def test_a_line_that_was_taken_in_cannot_be_changed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    events, journal = tmp_path / "events.jsonl", tmp_path / "值守.db"
    events.write_text('{"id": "a", "advance": "2024-07-01"}\n', "utf-8")
    _watch(capsys, "--journal", journal, events=events)
    events.write_text('{"id": "a", "advance": "2024-07-02"}\n', "utf-8")
    code, told, _ = _watch(capsys, "--journal", journal, events=events)
    assert (code, told[0]["problems"][0]["code"]) == (2, "WCH-改动")


def test_an_id_is_taken_in_once_wherever_it_stands(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    events, journal = tmp_path / "events.jsonl", tmp_path / "值守.db"
    line = '{"id": "a", "record": {"kind": "会议", "id": "HY-9", "actor": "市政府", "at": "2024-06-01 09:00"}}\n'
    events.write_text(line * 3, "utf-8")
    told = _watch(capsys, "--journal", journal, events=events)[1]
    assert (told[-1]["taken"], told[-1]["known"], told[-1]["refused"]) == (1, 2, 0)


def test_a_line_that_was_refused_may_be_mended_where_it_stands(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    events, journal = tmp_path / "events.jsonl", tmp_path / "值守.db"
    for moment in ("昨天", "2024-07-02"):
        events.write_text(f'{{"id": "a", "advance": "{moment}"}}\n{{"id": "b", "advance": "2024-07-01"}}\n', "utf-8")
        told = _watch(capsys, "--journal", journal, events=events)[1]
    assert [one["line"] for one in told if "line" in one] == [1]
    assert (told[-1]["taken"], told[-1]["refused"], told[-1]["known"], told[-1]["end"]) == (1, 0, 1, "2024-07-02 24:00")
    events.write_text('{"id": "a", "advance": "2024-07-03"}\n', "utf-8")
    assert _watch(capsys, "--journal", journal, events=events)[1][0]["problems"][0]["code"] == "WCH-改动"


def test_events_with_ids_may_move_within_their_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    events, journal = tmp_path / "events.jsonl", tmp_path / "值守.db"
    line = '{"id": "a", "advance": "2024-07-01"}\n'
    events.write_text(line, "utf-8")
    _watch(capsys, "--journal", journal, events=events)
    events.write_text('{"id": "b", "advance": "2024-06-30"}\n' + line, "utf-8")
    code, told, _ = _watch(capsys, "--journal", journal, events=events)
    assert (code, told[-1]["taken"], told[-1]["known"]) == (2, 0, 1)  # only what stands where another was taken in is refused
    assert _watch(capsys, "--journal", journal, events=events)[1][-1]["known"] == 2  # and that is told once


def test_a_file_is_known_from_whatever_folder_the_watch_is_started(
        capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "events.jsonl").write_text('{"advance": "2024-07-01"}\n', "utf-8")
    _watch(capsys, "--journal", tmp_path / "值守.db", events=tmp_path / "events.jsonl")
    monkeypatch.chdir(tmp_path)
    told = _watch(capsys, "--journal", "值守.db", events=Path("events.jsonl"))[1]
    assert (told[-1]["taken"], told[-1]["known"]) == (0, 1)


def test_a_full_disk_is_no_damage_and_nothing_is_lost(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    events, journal = tmp_path / "events.jsonl", tmp_path / "值守.db"
    note = "x" * 4000
    events.write_text("".join(f'{{"id": "e{at}", "at": "2024-07-01", "note": "{note}"}}\n' for at in range(60)), "utf-8")
    program = ("import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
               "resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))\n"
               "from zeren.cli.main import main; sys.exit(main(sys.argv[1:]))")
    ended = subprocess.run([sys.executable, "-c", program, "watch", str(ORG), "--events", str(events), "-f", "json", "--only", "SBG-001",
                            "--journal", str(journal)], capture_output=True, text=True, check=False)
    assert (ended.returncode, "WCH-写入" in ended.stderr, "磁盘" in ended.stderr) == (2, True, True)
    taken = len(ended.stdout.splitlines())
    assert 0 < taken < 60
    code = main(["watch", str(ORG), "--events", str(events), "-f", "json", "--only", "SBG-001", "--journal", str(journal)])
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (code, last["taken"] + last["known"]) == (0, 60)


def test_a_line_of_the_journal_that_was_altered_is_found(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    journal = tmp_path / "值守.db"
    _watch(capsys, "--journal", journal)
    with sqlite3.connect(journal) as other:
        other.execute("UPDATE event SET text = replace(text, '沙岗皮革', '沙岗皮具') WHERE number = 2")
    other.close()
    code, told, err = _watch(capsys, "--journal", journal)
    assert (code, told, "第 2 条的内容变了" in err) == (2, [], True)


@pytest.mark.parametrize(("more", "said"), [(["--warn", "3天"], "--warn：日志里是 0天，现在是 3天"), (["--on", "2024-06-19"], "起始时间"),
                                            (["--profile", "五个全覆盖"], "规则与参数"), (["--skip", "SBG-002"], "--skip")])
def test_a_journal_of_something_else_is_refused(more: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    journal = tmp_path / "值守.db"
    _watch(capsys, "--journal", journal)
    code, told, err = _watch(capsys, "--journal", journal, *more)
    assert (code, told) == (2, [])
    assert said in err


def test_a_journal_of_another_audit_period_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    org, events = tmp_path / "org.yaml", tmp_path / "events.jsonl"
    events.write_text('{"advance": "2024-05-02"}\n', "utf-8")
    codes = []
    for since in ("2024-01-01", "2023-01-01"):
        org.write_text(f"on: 2024-05-01\nsince: {since}\nunits: [{{id: 甲, kind: 企业}}]\n", "utf-8")
        codes.append(main(["watch", str(org), "--events", str(events), "--journal", str(tmp_path / "值守.db")]))
    assert (codes, "组织文件：日志里是" in capsys.readouterr().err) == ([0, 2], True)


def test_what_was_told_last_is_told_again_in_the_format_of_now(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    events, journal = tmp_path / "events.jsonl", tmp_path / "值守.db"
    events.write_text('{"id": "a", "advance": "2024-07-01"}\n', "utf-8")
    command = ["watch", str(ORG), "--events", str(events), "--only", "SBG", "--journal", str(journal)]
    assert main(command) == 0
    with sqlite3.connect(journal) as other:
        other.execute("UPDATE event SET told = 0")
    other.close()
    capsys.readouterr()
    assert main([*command, "-f", "json"]) == 0
    first, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["event"], first["line"], last["known"]) == (1, 1, 1)


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_a_file_that_is_no_utf8_is_told_so(encoding: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    events.write_bytes('{"record": {"kind": "检查", "actor": "市政府"}}\n'.encode(encoding))
    code, told, _ = _watch(capsys, events=events)
    assert (code, told[0]["problems"][0]["code"]) == (2, "EVT-编码")
    assert "另存为 UTF-8" in told[0]["problems"][0]["hint"]


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_stream_that_the_caller_closed_is_no_fault(closed: str) -> None:
    line = f'exec "$0" -m zeren.cli.main watch "$1" --only SBG-001 --events - {closed}'
    ended = subprocess.run(["sh", "-c", line, sys.executable, str(ORG)], input=b"", capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.parametrize("damage", ["text", "cut", "other"])
def test_a_damaged_journal_is_refused(damage: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    journal = tmp_path / "值守.db"
    if damage == "other":
        with sqlite3.connect(journal) as other:
            other.execute("CREATE TABLE t (x)")
        other.close()
    else:
        _watch(capsys, "--journal", journal)
        data = journal.read_bytes()
        journal.write_bytes(b"not a database, but a text that somebody put here" * 20 if damage == "text" else data[: len(data) // 2])
    code, told, err = _watch(capsys, "--journal", journal)
    assert (code, told) == (2, [])
    assert "日志" in err
    assert "Traceback" not in err


def test_two_watches_cannot_share_a_journal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    journal = tmp_path / "值守.db"
    _watch(capsys, "--journal", journal)
    other = sqlite3.connect(journal, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        code, _, err = _watch(capsys, "--journal", journal)
    finally:
        other.close()
    assert code == 2
    assert "正被另一个 zeren watch 使用" in err


def _started(journal: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "zeren.cli.main", "watch", str(ORG), "--events", str(EVENTS), "-f", "json", "--only", "SBG-001",
               "--journal", str(journal)]
    with out.open("wb") as file:
        return subprocess.Popen(command, stdout=file, stderr=subprocess.DEVNULL)


def test_killed_at_random_moments_it_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    """A few rounds here; the long run is benchmarks/killed.py."""
    rnd, journal, out = random.Random(3), tmp_path / "值守.db", tmp_path / "out"
    assert _started(tmp_path / "whole.db", out).wait() == 2
    whole = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    told: list[dict] = []
    for kills in range(6):
        process = _started(journal, out)
        while process.poll() is None and out.stat().st_size == 0:
            time.sleep(0.002)
        time.sleep(rnd.uniform(0, 0.03))
        if kills < 5 and process.poll() is None:
            process.kill()
        process.wait()
        told += [json.loads(line) for line in out.read_text("utf-8").split("\n")[:-1]]
    assert told[-1]["state"] == whole[-1]["state"]
    found = {one["event"]: one for one in told if "event" in one}
    assert found == {one["event"]: one for one in whole if "event" in one}
