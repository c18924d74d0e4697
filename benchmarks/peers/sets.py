"""Python by hand: dictionaries and sets, one pass per rule."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from benchmarks.clock import Clock
from benchmarks.peers import Findings, Result
from benchmarks.workload import ON, SAFETY, WINDOW, Workload, write


def prepare(work: Workload, folder: Path) -> None:
    write(work, folder / "csv")


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        yield from reader


def run(folder: Path) -> Result:
    clock = Clock()
    folder /= "csv"
    posts = [(id, unit, role) for id, unit, role in _rows(folder / "post.csv")]
    duties = {(post, subject) for post, kind, subject in _rows(folder / "portfolio.csv") if kind == "事项"}
    records = defaultdict(list)
    for id, kind, at, actor, object in _rows(folder / "record.csv"):
        if kind == "检查":
            records[actor, object].append((at, id))
    below = defaultdict(list)
    for unit, superior, _ in _rows(folder / "subordination.csv"):
        below[superior].append(unit)
    load = clock.lap()
    low, high = str(ON - WINDOW), str(ON)
    no_safety = frozenset(id for id, _, role in posts if role == "主要负责人" and (id, SAFETY) not in duties)
    evidence = {duty: min((id for at, id in records.get(duty, ()) if low <= at < high), default=None) for duty in duties}
    reached, frontier = {"集团"}, ["集团"]
    while frontier:
        for unit in below[frontier.pop()]:
            if unit not in reached:
                reached.add(unit)
                frontier.append(unit)
    found = Findings(
        no_safety, frozenset(duty for duty, record in evidence.items() if record is None),
        frozenset(id for id, unit, _ in posts if unit not in reached),
    )
    return Result(load, clock.lap(), found)


def events(folder: Path, count: int) -> list[float]:
    """Seconds of each of some new records: the duty that a record proves is found by its key, and was open or not."""
    duties = [(post, subject) for post, kind, subject in _rows(folder / "csv" / "portfolio.csv") if kind == "事项"]
    evidence: dict[tuple[str, str], str | None] = dict.fromkeys(duties)
    for id, _, at, actor, object in _rows(folder / "csv" / "record.csv"):
        if (actor, object) in evidence and str(ON - WINDOW) <= at < str(ON):
            evidence[actor, object] = id
    seconds, changed = [], []
    for at, (actor, object) in enumerate(duties[:count]):
        started = perf_counter()
        if evidence.get((actor, object), "") is None:
            evidence[actor, object] = f"新-{at}"
            changed.append((actor, object))
        seconds.append(perf_counter() - started)
    return seconds
