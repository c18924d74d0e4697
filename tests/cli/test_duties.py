"""zeren duties: the list of one post, from the same instances as a check."""

from __future__ import annotations

import json
from pathlib import Path

HERE = Path(__file__).parent
WORDS = (HERE / "city.yaml",)
RULES = ("--rules", HERE / "rules")


def _duties(run, post: str) -> dict[str, dict]:
    data = json.loads(run("duties", *WORDS, post, *RULES, "-f", "json").out)
    return {one["rule"]: one for one in data["duties"] if one["rule"].startswith("TST")}


def test_a_head_answers_for_his_unit(run) -> None:
    found = _duties(run, "厂长")
    assert set(found) == {"TST-002", "TST-003"}  # TST-004 is a warning, and no duty
    assert [one["state"] for one in found["TST-002"]["occurrences"]] == ["fail", "fail"]
    assert (found["TST-002"]["own"], found["TST-002"]["cycle"], found["TST-003"]["cycle"]) == (False, "限期", "经常")


def test_what_a_post_owes_itself_is_its_own(run) -> None:
    assert _duties(run, "市长")["TST-006"]["own"] is True


def test_nobody_else_gets_the_duty(run) -> None:
    assert _duties(run, "副市长") == {}


def test_the_vacant_post_passes_to_the_superior_head(run) -> None:
    assert "TST-005" not in _duties(run, "县长")
    assert {one["bearer"] for one in json.loads(run("duties", *WORDS, "市长", *RULES, "-f", "json").out)["duties"]
            if one["rule"] == "TST-005"} == {"市政府", "县政府", "镇政府"}


def test_the_terminal_names_post_holder_basis_and_state(run) -> None:
    text = run("duties", *WORDS, "甲厂有限公司厂长", *RULES).out
    for part in ("责任清单：甲厂有限公司厂长（甲厂有限公司，主要负责人）", "在任 P3", "TST-002 责令整改的按时整改：不符合 2",
                 "责任单位 甲厂有限公司", "安全生产法", "佐证  履职记录（编号 G1", "辅助研判，不构成责任认定"):
        assert part in text, part
    text.encode("gbk")


def test_an_unknown_post_is_told_with_the_nearest(run) -> None:
    found = run("duties", *WORDS, "厂张", *RULES)
    assert found.code == 2
    assert "最接近的是“厂长”" in found.err
