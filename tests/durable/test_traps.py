"""Every trap of durable-rules that our inputs can reach: the manual's way fails, ours is right. One file in traps/ each."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from zeren.engine.evaluate import evaluate
from zeren.engine.language.literals import typed
from zeren.engine.language.plan import Plan, plan
from zeren.engine.language.read import read_rule
from zeren.engine.pack import Pack
from zeren.models.facts import Fact, Facts, Value, written
from zeren.models.moments import parse_moment
from zeren.models.problems import Problems
from zeren.models.relations import RELATIONS
from zeren.models.yaml_text import parse

HERE = Path(__file__).parent
LAYOUTS = 12
ON, SINCE = parse_moment("2024-06-30", "end"), parse_moment("2024-01-01")
_RULE = {"id": "T-001", "title": "试", "mechanism": "试", "modality": "义务", "severity": "一般", "basis": [{"custom": "试"}]}
_END = {"relies": [{"ledger": {"holder": "u0", "kind": "检查"}}], "message": "试"}
TRAPS = {path.stem: yaml.load(path.read_text("utf-8"), yaml.BaseLoader) for path in sorted((HERE / "traps").glob("*.yaml"))}


def test_there_are_traps() -> None:
    assert len(TRAPS) >= 20


def _naive(program: str, layout: int) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own; ``layout`` only moves things about in its memory."""
    environment = {**os.environ, "PYTHONHASHSEED": str(layout), "LAYOUT": "x" * 5_000 * layout}
    return subprocess.run([sys.executable, str(HERE / "naive.py")], input=program, capture_output=True, text=True, timeout=120, check=False,
                          env=environment)


@pytest.mark.parametrize("name", TRAPS)
def test_the_naive_use_fails(name: str) -> None:
    """It dies, or finds something else. What breaks memory need not die of it every time: then several layouts are tried."""
    trap = TRAPS[name]
    if trap.get("crash"):
        assert any(_naive(trap["naive"], layout).returncode < 0 for layout in range(LAYOUTS)), "it survived"
        return
    done = _naive(trap["naive"], 0)
    assert done.returncode <= 0, f"it fails in another way than said: {done.stderr}"
    assert done.returncode or json.loads(done.stdout) != sorted(trap["truth"]), "the trap is gone"


@pytest.mark.parametrize("name", TRAPS)
def test_ours_is_right(name: str) -> None:
    trap = TRAPS[name]
    pack = Pack()
    facts, rule = _facts(trap["facts"]), _rule(trap["rule"], pack)
    for engine in ("reference", "durable"):
        found = evaluate(facts, pack, [rule], ON, SINCE, engine)
        told = [[written(value) for value in one.key] for one in found.instances if one.outcome.value == trap.get("outcome", "pass")]
        assert sorted(told) == sorted(trap["truth"]), engine
        assert not found.notes


def _facts(relations: Mapping[str, list[Mapping[str, str]]]) -> Facts:
    """The facts, with every ledger of every unit closed, so that absence counts."""
    found = [Fact(name, tuple(_value(name, column, row) for column in RELATIONS[name].names)) for name, rows in relations.items() for row in rows]
    return Facts([*found, *(Fact("ledger", ("u0", kind, None, None)) for kind in ("检查", "整改"))])


def _value(relation: str, name: str, row: Mapping[str, str]) -> Value:
    column = RELATIONS[relation].column(name)
    assert column is not None
    if name not in row:
        return None
    value = _long(row[name])
    if relation == "stat" and value == "0.00001":  # more digits than a file may hold, as a measure may compute it
        return Decimal(value)
    return typed(column, value)


def _long(text: str) -> str:
    """``a × 65536`` spelt out."""
    letter, sign, number = text.partition(" × ")
    return letter * int(number) if sign else text


def _rule(written_rule: Mapping[str, Any], pack: Pack) -> Plan:
    def spelt(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: spelt(value) for key, value in part.items()}
        return [spelt(one) for one in part] if isinstance(part, list) else _long(part)

    problems = Problems()
    read = read_rule(parse(json.dumps({**_RULE, **spelt(written_rule), **_END}, ensure_ascii=False), "试.yaml"), pack, problems)
    found = plan(read, pack, problems) if read is not None else None
    assert found is not None, list(map(str, problems))
    return found
