"""The command drill: from making an exercise to its slides, and what it says when something is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

TOWN = Path(__file__).parents[2] / "scenarios/demo.yaml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One drill of two faults in the demo town."""
    from zeren.cli.main import main

    path = tmp_path_factory.mktemp("演练") / "一"
    assert main(["drill", "make", str(TOWN), "--faults", "2", "--seed", "4", "--kinds", "安委会", "责任书", "-o", str(path)]) == 0
    return path


def test_a_full_sheet_earns_everything(run, folder: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "答卷.csv"
    sheet.write_text(run("drill", "reveal", folder, "-f", "csv").out, encoding="utf-8")
    result = run("drill", "grade", folder, sheet)
    assert result.code == 0
    assert "得分 2 / 2" in result.out
    assert "辅助研判，不构成责任认定" in result.out
    data = json.loads(run("drill", "grade", folder, sheet, "-f", "json").out)
    assert (data["score"], data["most"], data["others"]) == ("2", 2, [])


def test_the_empty_sheet_that_was_written_earns_nothing(run, folder: Path) -> None:
    result = run("drill", "grade", folder, folder / "答卷.csv")
    assert result.code == 0
    assert "得分 0 / 2" in result.out
    assert "没有找到（2）" in result.out


def test_wrong_lines_cost_what_the_trainer_says(run, folder: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "答卷.csv"
    sheet.write_text(run("drill", "reveal", folder, "-f", "csv").out + "没有这个单位,ZRS-001,\n", encoding="utf-8")
    assert "得分 2 / 2" in run("drill", "grade", folder, sheet).out
    told = run("drill", "grade", folder, sheet, "--deduct", "0.5").out
    assert "得分 1.5 / 2" in told
    assert "扣 0.5 分" in told
    assert json.loads(run("drill", "grade", folder, sheet, "--deduct", "9", "-f", "json").out)["score"] == "0"
    for wrong in ("x", "-1"):
        result = run("drill", "grade", folder, sheet, f"--deduct={wrong}")
        assert result.code == 2
        assert "不小于 0" in result.err


def test_the_exercise_may_be_a_workbook(run, folder: Path, tmp_path: Path) -> None:
    book = tmp_path / "演练"
    result = run("drill", "make", TOWN, "--faults", "2", "--seed", "4", "--kinds", "安委会", "责任书", "--as", "xlsx", "-o", book)
    assert result.code == 0
    assert sorted(path.name for path in book.iterdir()) == ["答卷.csv", "答案.sealed", "组织.xlsx", "题目.md"]
    assert "组织.xlsx" in (book / "题目.md").read_text("utf-8")
    same = [[(one["id"], one["outcome"]) for one in json.loads(run("check", org, "-f", "json").out)["findings"]] for org in (book / "组织.xlsx", folder / "组织")]
    assert same[0] == same[1]


def test_of_what_stood_there_before_a_few_are_told(run, folder: Path) -> None:
    few, everything = (run("drill", "reveal", folder, *more).out for more in ((), ("--all",)))
    assert "--all 全部列出" in few
    assert "--all" not in everything
    assert len(everything) > len(few)


def test_reveal_tells_the_faults_and_what_stood_there_before(run, folder: Path) -> None:
    told = run("drill", "reveal", folder).out
    assert "毛病 2 处" in told
    assert "查出 " in told
    assert "原来就有" in told
    data = json.loads(run("drill", "reveal", folder, "-f", "json").out)
    assert [one["mechanism"] for one in data["planted"]] in (["安委会", "责任书"], ["责任书", "安委会"])


def test_the_exercise_loads_and_shows_its_faults(run, folder: Path) -> None:
    found = json.loads(run("drill", "reveal", folder, "-f", "json").out)
    report = run("check", folder / "组织", "--all").out
    assert all(one["rule"] in report for planted in found["planted"] for one in planted["hits"])


def test_slides_are_numbered(run, folder: Path, tmp_path: Path) -> None:
    result = run("drill", "slides", folder, "-o", tmp_path / "讲评")
    assert result.code == 0
    names = [Path(line).name for line in result.out.splitlines()]
    assert names == ["01-题目.svg", "02-提示.svg", "03-揭晓1.svg", "04-揭晓2.svg", "05-总表.svg"]
    assert all((tmp_path / "讲评" / name).read_text("utf-8").startswith("<?xml") for name in names)


def test_kinds_lists_the_catalogue(run) -> None:
    assert "责任书漏签" in run("drill", "kinds").out


@pytest.mark.parametrize(("words", "told"), [
    (("make", TOWN, "--faults", "0", "-o", "x"), "至少要有一处"),
    (("make", TOWN, "--kinds", "责任书漏", "-o", "x"), "最接近的是“责任书漏签”"),
    (("make", TOWN, "--catalogue", "没有.yaml", "-o", "x"), "文件不存在"),
    (("make", TOWN), "缺少参数"),
    (("reveal", "没有"), "读不到答案"),
    (("grade", "没有", "没有.csv"), "读不到答案"),
    (("guess",), "make"),
])
def test_mistakes_are_told(run, words: tuple[object, ...], told: str) -> None:
    result = run("drill", *words)
    assert result.code == 2
    assert told in result.err


def test_a_folder_in_use_is_left_alone(run, folder: Path) -> None:
    result = run("drill", "make", TOWN, "--faults", "1", "-o", folder)
    assert result.code == 2
    assert "不覆盖" in result.err


def test_a_rule_card_is_written(run, tmp_path: Path) -> None:
    result = run("rules", "card", "AWH-001", "-o", tmp_path / "卡片.svg")
    assert result.code == 0
    assert (tmp_path / "卡片.dot").exists()
    assert "政府主要负责人" in (tmp_path / "卡片.svg").read_text("utf-8")
