"""zeren schema: the committed files are what the command prints, and they accept and refuse what the loaders do."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from zeren.engine.pack import Pack
from zeren.models.yaml_text import parse, read

ROOT = Path(__file__).parents[2]
KINDS = ("org", "rule", "scenario", "report", "chain", "event", "comparison", "handover", "asking")


def _schema(kind: str) -> dict:
    return json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_text("utf-8"))


@pytest.mark.parametrize("kind", KINDS)
def test_the_committed_schema_is_the_printed_one(run, kind: str) -> None:
    committed = (ROOT / "schemas" / f"{kind}.schema.json").read_text("utf-8")
    same = run("schema", kind).out == committed
    assert same, f"uv run zeren schema {kind} > schemas/{kind}.schema.json"


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_a_schema(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(_schema(kind))


def test_every_shipped_rule_fits() -> None:
    validator = jsonschema.Draft202012Validator(_schema("rule"))
    wrong = [(id, error.message[:200]) for id, path in Pack().rule_files.items() for error in validator.iter_errors(read(path).plain())]
    assert not wrong


@pytest.mark.parametrize(("old", "new"), [
    ("  - unit: {id: $u, kind: 政府}", "  - unti: {id: $u, kind: 政府}"), ("kind: 政府}\nbearer", "kind: 正府}\nbearer"),
    ("id: $u, kind: 政府}\nbearer", "ident: $u, kind: 政府}\nbearer"), ("severity: 一般", "severity: 要紧"), ("bearer: $u", "bearer: u"),
    ("{custom: 试验}", "{law: 试验}"), ("message:", "mesage:"), ("actor: $u}\nmess", "actor: $u, at: {about: 3}}\nmess"),
])
def test_a_wrong_rule_does_not_fit(old: str, new: str) -> None:
    text = (Path(__file__).parent / "rules" / "试验" / "TST-001.yaml").read_text("utf-8")
    assert old in text
    validator = jsonschema.Draft202012Validator(_schema("rule"))
    assert validator.is_valid(parse(text, "x").plain())
    assert not validator.is_valid(parse(text.replace(old, new), "x").plain())


def test_every_scenario_fits_and_a_wrong_one_does_not() -> None:
    validator = jsonschema.Draft202012Validator(_schema("scenario"))
    files = sorted((ROOT / "scenarios").glob("*/scenario.yaml"))
    assert [str(path) for path in files if not validator.is_valid(read(path).plain())] == []
    good = {"scenario": "1", "title": "甲", "intro": "乙", "org": "org", "expect": {"fail": [{"rule": "AWH-001", "bearer": "市政府"}]}}
    assert validator.is_valid(good)
    assert not validator.is_valid({**good, "expect": {"fial": []}})
    assert not validator.is_valid({**good, "expect": {"fail": [{"rule": "AWH-001"}]}})
    assert not validator.is_valid({**good, "changes": [{"remove": {"unti": {"id": "甲"}}}]})
