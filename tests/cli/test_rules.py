"""zeren rules: list, show, lint, test, new."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
RULES = ("--rules", HERE / "rules")


def _own(run, tmp_path: Path, text: str, id: str = "OWN-001") -> tuple[str, ...]:
    folder = tmp_path / "own" / "自定"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{id}.yaml").write_text(text, "utf-8")
    return ("--rules", str(tmp_path / "own"))


def _good() -> str:
    return (HERE / "rules" / "试验" / "TST-001.yaml").read_text("utf-8").replace("TST-001", "OWN-001")


def test_list_by_prefix_mechanism_and_severity(run) -> None:
    assert run("rules", "list", "TST-00", *RULES).out.rstrip().endswith("共 6 条")
    assert "TST-001  试验  一般  义务  政府开会研究安全" in run("rules", "list", "试验", *RULES).out
    assert "TST-002" not in run("rules", "list", "试验", "--severity", "提示", *RULES).out
    assert run("rules", "list", "没有", *RULES).code == 2


def test_list_shows_a_rule_that_cannot_be_read(run, tmp_path: Path) -> None:
    words = _own(run, tmp_path, _good().replace("unit:", "unti:"))
    assert "个错误，见" in run("rules", "list", "OWN", *words).out


def test_show_says_the_rule_in_words(run) -> None:
    text = run("rules", "show", "TST-002", *RULES).out
    for part in ("TST-002 责令整改的按时整改", "履职记录（编号 $r，种类 责令整改，对象 $e，时间 $t）", "期限：$t + $limit，完成时间 $when",
                 "$e 的 整改", "参数 立即整改的时间  1天", "符合 1 个，不符合 1 个", "安全生产法"):
        assert part in text, part
    assert "最接近的是“TST-002”" in run("rules", "show", "TST-02", *RULES).err


@pytest.mark.parametrize(("old", "new", "code", "says"), [
    ("{custom: 试验}", "{fact: A-9999}", 1, "[RULE-依据]"),
    ("doc: 看会议记录。\n", "", 0, "[RULE-说明]"),
    ('fix: "{u}补开会议"\n', "", 0, "[RULE-改法]"),
    ("kind: 会议, actor: $u}\nmess", "kind: 会议, actor: $u}\nmess", 0, "0 个错误，0 个提醒"),
    ("doc: 看会议记录。", "doc: 〔待填：说明〕", 1, "[RULE-待填]"),
    ("  fail:", "  pending:", 1, "[RULE-例子]"),
    ("{id: $u, kind: 政府}\nbearer", "{id: $u, kind: 政府, headcount: {ge: 300}}\nbearer", 0, "正文里写了数字：300"),
    ("kind: 会议, actor", "kind: 会仪, actor", 0, "0 个错误"),  # record kinds are open text to the language
])
def test_lint_finds(run, tmp_path: Path, old: str, new: str, code: int, says: str) -> None:
    text = _good()
    assert old in text
    found = run("rules", "lint", "OWN", *_own(run, tmp_path, text.replace(old, new)))
    assert says in found.out
    assert found.code == code


def test_lint_finds_rules_that_say_the_same(run, tmp_path: Path) -> None:
    _own(run, tmp_path, _good().replace("OWN-001", "OWN-002"), "OWN-002")
    found = run("rules", "lint", "OWN", *_own(run, tmp_path, _good()))
    assert "OWN-002 的题目与 OWN-001 相同" in found.out
    assert "OWN-002 的条件与 OWN-001 相同" in found.out


def test_examples_run_on_both_engines(run, tmp_path: Path) -> None:
    assert run("rules", "test", "TST-001", "--engine", "both", *RULES).out == "2 个例子，0 个失败；两种引擎一致\n"
    wrong = _own(run, tmp_path, _good().replace("actor: 甲}", "actor: 甲, result: x}").replace("kind: 会议, actor: $u", "kind: 检查, actor: $u"))
    found = run("rules", "test", "OWN", "--engine", "both", *wrong)
    assert found.code == 1
    assert "OWN-001/pass-1" in found.out


def test_a_draft_runs_and_lints_except_for_its_marks(run, tmp_path: Path) -> None:
    words = ("rules", "new", "DRF-001", "--mechanism", "试验", "--title", "新的责任", "--to", tmp_path / "r")
    assert run(*words).code == 0
    lint = run("rules", "lint", "DRF", "--rules", tmp_path / "r")
    assert lint.code == 1
    assert lint.out.count("[RULE-待填]") == lint.out.count("错误 [") == 4
    assert "0 个提醒" in lint.out
    assert run("rules", "test", "DRF", "--rules", tmp_path / "r", "--engine", "both").code == 0
    before = (tmp_path / "r" / "试验" / "DRF-001.yaml").read_bytes()
    assert run(*words).code == 2
    assert (tmp_path / "r" / "试验" / "DRF-001.yaml").read_bytes() == before


@pytest.mark.parametrize(("id", "mechanism", "title"), [
    ("awh-1", "试验", "甲"), ("AWH-001", "试验", "甲"), ("DRF-001", "../外", "甲"), ("DRF-001", "试验", "甲: 乙"),
])
def test_a_draft_needs_a_free_id_a_folder_and_a_title(run, tmp_path: Path, id: str, mechanism: str, title: str) -> None:
    found = run("rules", "new", id, "--mechanism", mechanism, "--title", title, "--to", tmp_path / "r")
    assert found.code == 2
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(("mechanism", "told"), [("安委", True), ("安委会", False), ("试验", False)])
def test_a_mechanism_that_looks_like_a_slip_is_remarked_upon(run, tmp_path: Path, mechanism: str, told: bool) -> None:
    found = run("rules", "new", "DRF-001", "--mechanism", mechanism, "--title", "新的责任", "--to", tmp_path)
    assert found.code == 0
    assert ("最接近的是“安委会”" in found.out) == told
