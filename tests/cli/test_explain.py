"""zeren explain: the tree of a finding, and the answer where a rule has none for somebody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RULES = ("--rules", HERE / "rules")


def _ids(check, rule: str) -> dict[str, str]:
    data = json.loads(check("-f", "json", "--only", rule).out)
    return {one["bearer"]["id"]: one["id"] for one in data["findings"]}


def test_the_tree_says_what_holds_what_is_missing_and_where(run, check) -> None:
    id = _ids(check, "TST-001")["县政府"]
    text = run("explain", id[:7], HERE / "city.yaml", *RULES).out
    unwrapped = text + "".join(line.strip() for line in text.splitlines())  # where lines break depends on the length of the path
    for part in ("不符合：县政府没有开会研究安全", f"发现  {id}", "[满足] 适用", "[缺少] 要求", "[缺少] 履职记录（种类 会议，办理人 县政府）",
                 "最接近的是履职记录（编号 H1", "办理人是 市政府，应为 县政府", "city.yaml:13", "重新计入", "辅助研判，不构成责任认定"):
        assert part in unwrapped, part


def test_a_rule_and_a_bearer_give_every_instance(run) -> None:
    text = run("explain", "TST-002", "甲厂有限公司", HERE / "city.yaml", *RULES).out
    assert text.count("TST-002 责令整改的按时整改（严重，义务）") == 2
    assert "超期  2小时30分钟" in text


def test_unknown_says_what_to_ask_for(run) -> None:
    text = run("explain", "TST-001", "镇政府", HERE / "city.yaml", *RULES).out
    assert "[待核] 要求" in text
    assert "调取  镇政府的会议" in text


def test_a_breach_says_what_was_found(run) -> None:
    text = run("explain", "TST-003", "甲厂", HERE / "city.yaml", *RULES).out
    assert "[出现] 禁止的情形" in text
    assert "满足] 禁止" not in text


def test_json_is_the_explanation_as_data(run) -> None:
    data = json.loads(run("explain", "TST-001", "县政府", HERE / "city.yaml", *RULES, "--json").out)
    (one,) = data["explanations"]
    assert (one["outcome"], one["rule"], one["tree"][1]["state"]) == ("fail", "TST-001", "缺少")
    assert data["notice"] == "辅助研判，不构成责任认定"


@pytest.mark.parametrize(("rule", "bearer", "says"), [
    ("TST-001", "甲厂", "不适用：TST-001"), ("TST-001", "市长", "不适用：TST-001"),
    ("TST-006", "厂长", "适用性待核：TST-006"), ("TST-006", "甲厂", "不适用：TST-006"),
    ("TST-006", "县长", "不适用：TST-006"),  # 县政府的检查台账是齐全的
])
def test_without_an_instance_not_applicable_or_open(run, rule: str, bearer: str, says: str) -> None:
    found = run("explain", rule, bearer, HERE / "city.yaml", *RULES)
    assert found.code == 0
    assert says in found.out


@pytest.mark.parametrize(("words", "says"), [
    (("ffffffffffff",), "没有发现“ffffffffffff”"), (("",), "开头的发现有"), (("TST-001", "市政付"), "最接近的是“市政府”"),
])
def test_what_does_not_exist_is_told(run, words: tuple[str, ...], says: str) -> None:
    found = run("explain", *words, HERE / "city.yaml", *RULES)
    assert found.code == 2
    assert says in found.err


def test_too_few_words_are_a_usage_error(run) -> None:
    assert run("explain", "TST-001", HERE / "city.yaml", *RULES).code == 2
