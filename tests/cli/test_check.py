"""zeren check: exit codes, streams, formats, what the terminal report says."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from zeren.reports.width import width

HERE = Path(__file__).parent
SCHEMAS = HERE.parents[1] / "schemas"


@pytest.mark.parametrize(("only", "fail_on", "code"), [
    ("TST-002", "严重", 1), ("TST-001", "严重", 0), ("TST-001", "一般", 1), ("TST-003", "一般", 0), ("TST-003", "提示", 1),
    ("TST-004", "提示", 0),  # a warning accuses nobody
    ("TST-006", "提示", 0),
])
def test_exit_code_follows_the_gravest_violation(check, only: str, fail_on: str, code: int) -> None:
    assert check("--only", only, "--fail-on", fail_on).code == code


def test_default_of_fail_on_is_一般(check) -> None:
    assert [check("--only", id).code for id in ("TST-001", "TST-003")] == [1, 0]


def test_missing_papers_and_what_is_not_due_are_no_violation(run, tmp_path: Path) -> None:
    file = tmp_path / "镇.yaml"
    file.write_text("on: 2024-06-30\nunits: [{id: 镇政府, kind: 政府}]\n", "utf-8")
    found = run("check", file, "--rules", HERE / "rules", "--only", "TST-001", "--fail-on", "提示")
    assert found.code == 0
    assert "证据不足 1" in found.out


def test_the_report_says_what_who_where_why_and_how(check) -> None:
    text = check().out
    for part in ("不符合 5  证据不足 2  预警 1  未到期 1  已豁免 1  符合 4", "[严重] TST-002", "甲厂有限公司（责任岗位：甲厂有限公司厂长）",
                 "city.yaml:40", "安全生产法", "2小时30分钟（期限 2024-05-02 08:00）", "履职记录（编号 G1", "甲厂有限公司立即整改",
                 "甲厂有限公司把资质借给乙厂", "资料调取清单", "乙厂      截至 2024-06-30", "预警（1）", "2024-07-01 20:00", "豁免至 2024-09-30",
                 "豁免已于 2024-05-31 到期，重新计入", "未覆盖 安委会主任  北县", "zeren explain", "辅助研判，不构成责任认定"):
        assert part in text, part


def test_order_is_by_gravity_then_unknown_then_warnings(check) -> None:
    text = check().out
    marks = ["[严重] TST-002", "[严重] TST-005", "[一般] TST-001", "[提示] TST-003", "证据不足（2）", "预警（1）", "未到期（1）", "已豁免（1）",
             "覆盖情况", "下一步"]
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)


def test_the_report_fits_80_columns_and_gbk(check) -> None:
    text = check("--all").out
    paths = str(HERE)
    assert all(width(line) <= 80 for line in text.splitlines() if not any(part in line for part in paths.split("/")[1:]))
    text.encode("gbk")


def test_colour_only_on_a_terminal_without_no_color(check, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" not in check().out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[" in check().out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in check().out


def test_long_lists_are_cut_unless_all_is_asked_for(run, tmp_path: Path) -> None:
    units = "".join(f"  - {{id: 镇{n:03}, kind: 政府, ledgers: [{{kind: 会议, since: 2024-01-01}}]}}\n" for n in range(300))
    (tmp_path / "多.yaml").write_text(f"on: 2024-06-30\nunits:\n{units}", "utf-8")
    words = ("check", tmp_path / "多.yaml", "--rules", HERE / "rules", "--only", "TST-001")
    short, whole = run(*words).out, run(*words, "--all").out
    assert "还有 295 条" in short
    assert len(short.splitlines()) < 60
    assert "镇299没有" not in short
    assert "镇299没有" in whole


def test_json_fits_its_schema_and_holds_every_instance(check) -> None:
    text = check("-f", "json").out
    data = json.loads(text)
    jsonschema.validate(data, json.loads((SCHEMAS / "report.schema.json").read_text("utf-8")))
    assert data["counts"] == {"error": 0, "excepted": 1, "fail": 6, "pass": 4, "pending": 1, "unknown": 2}
    assert len(data["findings"]) + len(data["passed"]) == 14
    assert (data["schema_version"], data["on"], data["since"]) == ("1.0", "2024-06-30", "2024-01-01")
    assert all(one["explanation"]["tree"] for one in data["findings"])
    assert [one["evidence"][0]["line"] for one in data["passed"] if one["rule"] == "TST-001"] == [34]
    assert all(len(one["hash"]) == 64 for one in data["rules"])
    assert text == json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    late = next(one for one in data["findings"] if one["late_by"] is not None)
    assert (late["late_by"], late["due"]) == (9000, "2024-05-02 08:00")


def test_json_is_the_same_every_time_and_on_both_engines(check) -> None:
    first = check("-f", "json").out
    assert check("-f", "json").out == first
    assert check("-f", "json", "--engine", "reference").out == first


def test_several_formats_go_to_their_files(check, tmp_path: Path) -> None:
    found = check("-f", f"json:{tmp_path / '报告.json'}", "-f", "term")
    assert found.out.startswith("试验市")
    assert json.loads((tmp_path / "报告.json").read_text("utf-8"))["organisation"] == "试验市"


@pytest.mark.parametrize(("words", "says"), [
    (("-f", "jsn"), "最接近的是“json”"), (("-f", "json", "-f", "term"), "都要写到标准输出"), (("-f", "json:/没有/报告.json"), "不能写入"),
    (("--only", "TTS"), "没有规则“TTS”"), (("--profile", "默任"), "最接近的是“默认”"), (("--focus", "市场"), "最接近的是“市长”"),
    (("--on", "昨天"), "不是日期"), (("--on", "9999-12-31"), "像是年份写错了"), (("--on", "0001-01-01"), "像是年份写错了"), (("--fail-on", "高"), "--fail-on 没有取值“高”"), (("--colour",), "多出了参数：--colour"),
    (("--rules", "没有"), "没有规则文件夹"),
])
def test_wrong_usage_is_told_in_chinese_with_code_2(check, words: tuple[str, ...], says: str) -> None:
    found = check(*words)
    assert found.code == 2
    assert says in found.err
    assert not found.out


def test_focus_skip_and_on(check) -> None:
    focused = json.loads(check("-f", "json", "--focus", "县长").out)
    assert {one["rule"] for one in focused["findings"]} <= {"TST-001", "TST-005"}
    assert "TST-002" not in check("--skip", "TST-002").out
    assert "审计日 2024-05-02" in check("--on", "2024-05-02").out


def test_a_waiver_file_is_merged_and_a_waiver_of_nothing_is_told(check, tmp_path: Path) -> None:
    file = tmp_path / "豁免.yaml"
    body = "since: 2024-06-01, until: 2024-12-31, approver: 市安委会, basis: 纪要9号, reason: 过渡}"
    file.write_text(f"waivers:\n  - {{rule: TST-001, bearer: 县政府, {body}\n  - {{rule: TST-999, bearer: 县政府, {body}\n", "utf-8")
    found = check("--only", "TST-001", "--waivers", file)
    assert found.code == 0
    assert "纪要9号" in found.out
    assert "规则“TST-999”不存在" in found.err


def test_no_audit_date_is_told(run, tmp_path: Path) -> None:
    (tmp_path / "无日期.yaml").write_text("units: [{id: 甲, kind: 政府}]\n", "utf-8")
    assert "按今天检查" in run("check", tmp_path / "无日期.yaml", "--only", "AWH-001").err


def test_every_problem_of_a_broken_file_is_listed(run) -> None:
    found = run("check", HERE / "broken.yaml")
    assert found.code == 2
    assert [f"broken.yaml:{place}" in found.err for place in ("4:11", "5:28", "6:35")] == [True] * 3
    assert not found.out




def test_each_file_that_was_written_is_told_of_once_and_nothing_else(run, tmp_path: Path) -> None:
    file = tmp_path / "镇.yaml"
    file.write_text("on: 2024-06-30\nunits: [{id: 镇政府, kind: 政府}]\n", "utf-8")
    found = run("check", file, "-f", f"json:{tmp_path / '报告.json'}", "-f", f"xlsx:{tmp_path / '清单.xlsx'}", "-f", "md")
    assert found.err.splitlines() == [f"已写入 {tmp_path / '报告.json'}", f"已写入 {tmp_path / '清单.xlsx'}"]
    assert "已写入" not in found.out
