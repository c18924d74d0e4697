"""The published schema accepts every shipped scenario and refuses a misspelt key."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from zeren.cli.schema_scenario import scenario_schema
from zeren.engine import scenarios
from zeren.models.yaml_text import read

FOLDERS = scenarios.find([scenarios.builtin()])


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema: dict[str, Any] = scenario_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def plain(value: Any) -> Any:
    """What an editor's YAML reader would see: counts are numbers."""
    if isinstance(value, dict):
        return {key: {kind: int(number) for kind, number in one.items()} if key == "counts" else plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_shipped_scenarios_follow_the_schema(folder: Path, validator: Draft202012Validator) -> None:
    data = plain(read(folder / "scenario.yaml").plain())
    assert not [f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator.iter_errors(data)]


@pytest.mark.parametrize("change", [{"expct": {}}, {"on": "去年"}, {"changes": [{"remov": {}}]}, {"expect": {"fail": [{"rule": "AWH-001"}]}},
                                    {"expect": {"matrix": {"通报": {"市级": "一半"}}}}])
def test_mistakes_are_refused(change: dict[str, Any], validator: Draft202012Validator) -> None:
    good = {"scenario": "x", "title": "题", "intro": "词", "org": "org", "expect": {}}
    assert validator.is_valid(good)
    assert not validator.is_valid(good | change)
