"""Every shipped scenario gives exactly what it expects, under both engines."""

from pathlib import Path

import pytest

from zeren.engine import scenarios
from zeren.engine.report import Report
from zeren.models.scenario import load_scenario

FOLDERS = scenarios.find([scenarios.builtin()])


SMALL = [folder for folder in FOLDERS if not folder.name.startswith(("01", "02"))]


def seen(report: Report) -> list[tuple[object, ...]]:
    """Everything that people see of a report."""
    return [(one.id, one.outcome, one.message, one.missing, one.due, one.late_by, one.evidence) for one in report]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_scenario_gives_what_it_expects_under_both_engines(folder: Path) -> None:
    results = [scenarios.run(folder, engine) for engine in ("duckdb", "indexed")]
    for result in results:
        assert not result.differences, "\n".join(map(str, result.differences))
    assert len(results[0].report), "nothing was checked"
    assert seen(results[0].report) == seen(results[1].report)


@pytest.mark.parametrize("folder", SMALL, ids=lambda folder: folder.name)
def test_the_index_of_the_reference_changes_nothing(folder: Path) -> None:
    plain, indexed = (scenarios.run(folder, engine).report for engine in ("reference", "indexed"))
    assert seen(plain) == seen(indexed)


def test_the_scenarios_of_the_field_are_there() -> None:
    assert {folder.name[:2] for folder in FOLDERS} >= {f"{number:02}" for number in (*range(1, 7), *range(11, 17))}
    for folder in FOLDERS:
        scenario = load_scenario(folder)
        assert len(scenario.intro) > 100, "too short to read aloud"
        assert scenario.id == folder.name


def test_twenty_faults() -> None:
    (folder,) = [folder for folder in FOLDERS if folder.name.startswith("02")]
    assert len(load_scenario(folder).changes) == 20
