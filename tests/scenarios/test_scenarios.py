"""Every shipped scenario gives exactly what it expects, under both engines."""

from pathlib import Path

import pytest

from zeren.engine import scenarios
from zeren.models.scenario import load_scenario

FOLDERS = scenarios.find([scenarios.builtin()])


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_scenario_gives_what_it_expects(folder: Path, engine: str) -> None:
    result = scenarios.run(folder, engine)
    assert not result.differences, "\n".join(map(str, result.differences))
    assert len(result.report), "nothing was checked"


def test_the_scenarios_of_the_field_are_there() -> None:
    assert [folder.name[:2] for folder in FOLDERS] == ["01", "02", "03", "04", "05", "06"]
    for folder in FOLDERS:
        scenario = load_scenario(folder)
        assert len(scenario.intro) > 100, "too short to read aloud"
        assert scenario.id == folder.name
