"""zeren: a folder of CSV files, the rules of benchmarks/rules, the engine of record."""

from __future__ import annotations

from pathlib import Path

from benchmarks.clock import Clock, Cost
from benchmarks.peers import Findings, Result
from benchmarks.workload import ON, RULES, Workload, seconds, write
from zeren.engine.backends.folder import FolderFacts
from zeren.engine.evaluate import evaluate
from zeren.engine.outcome import Outcome
from zeren.engine.pack import Pack

IDS = ("BEN-001", "BEN-002", "BEN-003")


def prepare(work: Workload, folder: Path) -> None:
    write(work, folder / "csv")


def run(folder: Path) -> Result:
    clock, laps = Clock(), list[Cost]()
    pack = Pack([RULES])
    plans = pack.plans(IDS)
    facts = FolderFacts(folder / "csv")
    # Files are read when the rules ask for them; the first rule starts when they have been.
    found = evaluate(facts, pack, plans, seconds(ON), 0, "duckdb", progress=lambda _: laps.append(clock.lap()))
    laps.append(clock.lap())
    fails = [judged.keys(Outcome.FAIL) for judged in found.judged]
    findings = Findings(
        frozenset(str(key[0]) for key in fails[0]), frozenset((str(key[0]), str(key[1])) for key in fails[1]),
        frozenset(str(key[0]) for key in fails[2]),
    )
    laps.append(clock.lap())
    number = sum(bool(one.evidence) for one in found.instances)
    whole = clock.lap()
    assert number
    return Result(laps[0], sum(laps[1:], Cost()), findings, whole)
