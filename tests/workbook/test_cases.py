"""What is said of each way to fill a workbook: cases/*.yaml hold the tables and the exact words. Add a case = add text.

``ZEREN_GOLDEN=1 pytest tests/workbook/test_cases.py`` writes the words that come out; read them before you keep them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from books import book

from zeren.models.facts import Facts
from zeren.models.moments import format_moment
from zeren.models.problems import InputError
from zeren.models.relations import RELATIONS, Type

FILES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
CASES = [(path, at, case) for path in FILES for at, case in enumerate(yaml.safe_load(path.read_text("utf-8")))]


def _rows(text: str) -> list[list[str]]:
    return [[cell.strip(" ") for cell in line.split("|")] for line in text.splitlines()]


def _facts(facts: Facts, relation: str) -> list[dict[str, str]]:
    found = []
    for row in facts.records(relation):
        days = {column.name: column.day for column in RELATIONS[relation].columns if column.type is Type.MOMENT}
        found.append({key: format_moment(value, days[key]) if key in days and isinstance(value, int) else str(value) for key, value in row.items() if value is not None})
    return found


def _outcome(given: Any, case: dict[str, Any]) -> dict[str, list[str]]:
    data = book({name: _rows(text) for name, text in case["sheets"].items()})
    try:
        given.load(data)
    except InputError:
        return {"errors": given.errors(data)}
    return {"errors": [], "remarks": given.remarks(data)}


@pytest.mark.parametrize(("path", "at", "case"), CASES, ids=[case["title"] for _, _, case in CASES])
def test_case(given: Any, path: Path, at: int, case: dict[str, Any]) -> None:
    found = _outcome(given, case)
    if os.environ.get("ZEREN_GOLDEN") == "1":
        _keep(path, at, found)
        return
    assert found["errors"] == case["errors"]
    assert found.get("remarks", []) == case.get("remarks", [])
    for relation, rows in case.get("facts", {}).items():
        org = given.load(book({name: _rows(text) for name, text in case["sheets"].items()}))
        assert _facts(org.facts, relation) == [{key: str(value) for key, value in row.items()} for row in rows]


def _keep(path: Path, at: int, found: dict[str, list[str]]) -> None:
    """Put the words that came out into the case, as text, without touching the rest of the file."""
    blocks = path.read_text("utf-8").split("\n- title: ")
    lines = blocks[at + 1].splitlines()
    kept, skip = [], False
    for line in lines:
        if line.startswith("  ") and not line.startswith("   ") and not line.startswith("  -"):
            skip = line.startswith(("  errors:", "  remarks:"))
        if not skip:
            kept.append(line)
    for key, words in found.items():
        if words or key == "errors":
            kept += [f"  {key}: []"] if not words else [f"  {key}:", *(f"  - {yaml.safe_dump(word, allow_unicode=True, width=10**6, default_style=chr(39)).strip()}" for word in words)]
    blocks[at + 1] = "\n".join(kept)
    path.write_text("\n- title: ".join(blocks).rstrip() + "\n", "utf-8")
