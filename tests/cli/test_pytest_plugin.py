"""The pytest plugin, in a process of its own: scenarios pass, fail with a tree, and are refused with their places."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
SCENARIO = Path(__file__).parents[2] / "scenarios" / "05-校园周边隐患台账"


@pytest.fixture
def scenario(pytester: pytest.Pytester) -> Path:
    shutil.copytree(SCENARIO, pytester.path / "例", ignore=shutil.ignore_patterns("三个月以后"))
    return pytester.path / "例" / "scenario.yaml"


def test_a_scenario_is_a_test(pytester: pytest.Pytester, scenario: Path) -> None:
    pytester.runpytest_subprocess("-q").assert_outcomes(passed=1)


def test_a_difference_shows_the_tree(pytester: pytest.Pytester, scenario: Path) -> None:
    text = scenario.read_text("utf-8")
    first = next(line for line in text.splitlines() if line.strip().startswith("- {rule:"))
    scenario.write_text(text.replace(first + "\n", "", 1), "utf-8")
    result = pytester.runpytest_subprocess("-q")
    result.assert_outcomes(failed=1)
    shown = result.stdout.str()
    assert all(word in shown for word in ("处与预期不同", "多出", "依据"))
    assert "Traceback" not in shown


def test_a_mistake_shows_its_place(pytester: pytest.Pytester, scenario: Path) -> None:
    scenario.write_text(scenario.read_text("utf-8").replace("expect:", "expct:", 1), "utf-8")
    result = pytester.runpytest_subprocess("-q")
    result.assert_outcomes(failed=1)
    assert "scenario.yaml:" in result.stdout.str()
    assert "Traceback" not in result.stdout.str()


def test_files_of_others_are_left_alone(pytester: pytest.Pytester) -> None:
    (pytester.path / "scenario.yaml").write_text("steps: []\n", "utf-8")
    assert pytester.runpytest_subprocess("-q").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_rules_of_ones_own(pytester: pytest.Pytester, scenario: Path) -> None:
    pytester.makeini("[pytest]\nzeren_rules = 规则\n")
    result = pytester.runpytest_subprocess("-q")
    result.assert_outcomes(failed=1)
    assert "没有规则文件夹" in result.stdout.str()
    rule = pytester.path / "规则" / "隐患" / "YHP-999.yaml"
    rule.parent.mkdir(parents=True)
    rule.write_text("id: YHP-999\n", "utf-8")
    result = pytester.runpytest_subprocess("-q")
    result.assert_outcomes(failed=1)
    assert "YHP-999.yaml:1" in result.stdout.str()
