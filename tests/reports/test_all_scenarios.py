"""The formats for programs hold to their schemas for every scenario that zeren ships."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from lxml import etree

from zeren.engine.scenarios import builtin, find, run
from zeren.reports import junit, sarif
from zeren.reports.document import document
from zeren.reports.json_report import written
from zeren.reports.schema import report_schema

ROOT = Path(__file__).parents[2]
REPORT = jsonschema.Draft202012Validator(report_schema())
SARIF = jsonschema.Draft4Validator(json.loads((Path(__file__).parent / "standards" / "sarif-2.1.0.json").read_text("utf-8")))
SCENARIOS = {folder.name: folder for folder in find([builtin()])}


@pytest.mark.parametrize("name", list(SCENARIOS))
def test_json_sarif_and_junit_hold_to_their_schemas(name: str) -> None:
    report = run(SCENARIOS[name]).report
    made = document(report)
    data = json.loads(written(made))
    REPORT.validate(data)
    assert len(data["findings"]) + len(data["passed"]) == sum(data["counts"].values()) == len(report)

    log = json.loads(sarif.render(made))
    SARIF.validate(log)
    assert len(log["runs"][0]["results"]) == len(made.findings) - made.counts["error"]

    root = etree.fromstring(junit.render(made).encode())
    etree.XMLSchema(etree.parse(str(ROOT / "schemas" / "junit.xsd"))).assertValid(root)
    failures = sum(one.outcome == "fail" and not one.warning for one in made.findings)
    assert (int(root.get("tests")), int(root.get("failures"))) == (len(report), failures)
