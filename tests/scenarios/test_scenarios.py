"""Every shipped scenario gives exactly what it expects, under both engines."""

from pathlib import Path

import pytest

from zeren.engine import scenarios
from zeren.models.scenario import load_scenario

FOLDERS = scenarios.find([scenarios.builtin()])


SMALL = [folder for folder in FOLDERS if not folder.name.startswith(("01", "02"))]


@pytest.mark.parametrize("engine", ["duckdb", "indexed"])
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_scenario_gives_what_it_expects(folder: Path, engine: str) -> None:
    result = scenarios.run(folder, engine)
    assert not result.differences, "\n".join(map(str, result.differences))
    assert len(result.report), "nothing was checked"


@pytest.mark.parametrize("folder", SMALL, ids=lambda folder: folder.name)
def test_the_index_of_the_reference_changes_nothing(folder: Path) -> None:
    plain, indexed = (scenarios.run(folder, engine).report for engine in ("reference", "indexed"))
    assert [(one.id, one.outcome, one.message, one.evidence) for one in plain] == [
        (one.id, one.outcome, one.message, one.evidence) for one in indexed
    ]


def test_the_scenarios_of_the_field_are_there() -> None:
    assert {folder.name[:2] for folder in FOLDERS} >= {"01", "02", "03", "04", "05", "06"}
    for folder in FOLDERS:
        scenario = load_scenario(folder)
        assert len(scenario.intro) > 100, "too short to read aloud"
        assert scenario.id == folder.name


def test_twenty_faults() -> None:
    (folder,) = [folder for folder in FOLDERS if folder.name.startswith("02")]
    assert len(load_scenario(folder).changes) == 20
