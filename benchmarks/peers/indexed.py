"""zeren over hash indexes, its back end for small organisations; and its live session for events."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from benchmarks.peers import Result
from benchmarks.peers import durable_wrapped as other
from benchmarks.peers.ours import IDS
from benchmarks.workload import ON, RULES, seconds
from zeren.engine.live.session import Session
from zeren.engine.pack import Pack
from zeren.models.facts import Fact
from zeren.models.organisation import Organisation

prepare = other.prepare


def run(folder: Path) -> Result:
    return other.run(folder, "indexed")


def events(folder: Path, count: int) -> list[float]:
    """Seconds of each of some new records, once everything is there."""
    facts = other.facts(folder)
    session = Session(Organisation("集团", facts, {}, since=0), Pack([RULES]), seconds(ON), only=IDS)
    session.advance("2025-01-01")
    found = []
    for at, fact in enumerate(facts.of("portfolio")[:count]):
        record = Fact("record", (f"新-{at}", "检查", seconds(ON) - 60, None, fact.values[0], fact.values[2], None, None))
        started = perf_counter()
        session.post(record)
        found.append(perf_counter() - started)
    return found
