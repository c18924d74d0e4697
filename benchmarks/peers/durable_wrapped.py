"""zeren over durable-rules: the same three rules, inside the wrapper."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from benchmarks.clock import Clock
from benchmarks.peers import Findings, Result
from benchmarks.peers.ours import IDS
from benchmarks.workload import ON, RULES, Workload, seconds, write
from zeren.engine.evaluate import evaluate
from zeren.engine.language.literals import typed
from zeren.engine.outcome import Outcome
from zeren.engine.pack import Pack
from zeren.models.facts import Fact, Facts
from zeren.models.relations import RELATIONS

ENGINE = "durable"


def prepare(work: Workload, folder: Path) -> None:
    write(work, folder / "csv")


def facts(folder: Path) -> Facts:
    """The CSV files as facts in memory."""
    return Facts(fact for path in sorted((folder / "csv").glob("*.csv")) for fact in _rows(path))


def _rows(path: Path) -> Iterator[Fact]:
    relation = RELATIONS[path.stem]
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Fact(relation.name, tuple([typed(column, row[column.name]) if row.get(column.name) else None for column in relation.columns]))


def run(folder: Path, engine: str = ENGINE) -> Result:
    clock = Clock()
    pack = Pack([RULES])
    known = facts(folder)
    load = clock.lap()
    found = evaluate(known, pack, pack.plans(IDS), seconds(ON), 0, engine)
    fails = [[one.key for one in found.instances if one.rule_id == id and one.outcome is Outcome.FAIL] for id in IDS]
    assert not found.notes, found.notes
    return Result(load, clock.lap(), Findings(
        frozenset(str(key[0]) for key in fails[0]), frozenset((str(key[0]), str(key[1])) for key in fails[1]),
        frozenset(str(key[0]) for key in fails[2])))
