"""durable-rules as its manual shows it: one host, rules with negation, facts one at a time; reachability by chaining.

``run`` loads facts in the order in which they are written, ``sorted_run`` what may be absent first, which takes knowledge of the
engine; neither uses what zeren puts around it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.clock import Clock
from benchmarks.peers import Findings, Result
from benchmarks.peers.sets import _rows
from benchmarks.workload import ON, SAFETY, WINDOW, Workload, write

LOW, HIGH = str(ON - WINDOW), str(ON)
Fact = dict[str, Any]


def prepare(work: Workload, folder: Path) -> None:
    write(work, folder / "csv")


def kinds(folder: Path) -> dict[str, list[Fact]]:
    """The facts by kind."""
    folder /= "csv"
    return {
        "top": [{"k": "reached", "unit": "集团"}],
        "post": [{"k": "post", "name": id, "unit": unit, "head": int(role == "主要负责人")} for id, unit, role in _rows(folder / "post.csv")],
        "superior": [{"k": "superior", "unit": unit, "of": of} for unit, of, _ in _rows(folder / "subordination.csv")],
        "duty": [{"k": "duty", "post": post, "subject": subject} for post, _, subject in _rows(folder / "portfolio.csv")],
        "record": [{"k": "record", "number": id, "actor": actor, "object": object, "at": at}
                   for id, _, at, actor, object in _rows(folder / "record.csv")],
    }


def host(found: list[tuple[int, str, str]]) -> Any:
    from durable.engine import Host

    def safety(c: Any) -> None:
        found.append((1, c.p.name, ""))

    def recorded(c: Any) -> None:
        found.append((2, c.d.post, c.d.subject))

    def line(c: Any) -> None:
        found.append((3, c.p.name, ""))

    def down(c: Any) -> None:
        with suppress(Exception):  # reached already
            c.assert_fact({"k": "reached", "unit": c.s1.unit})

    made = Host()
    made.register_rulesets({"r": {
        "down": {"all": [{"u": {"k": "reached"}}, {"s1": {"$and": [{"k": "superior"}, {"of": {"u": "unit"}}]}}], "run": down},
        "safety": {"all": [{"p": {"$and": [{"k": "post"}, {"head": 1}]}},
                           {"n$not": {"$and": [{"k": "duty"}, {"subject": SAFETY}, {"post": {"p": "name"}}]}}], "run": safety},
        "recorded": {"all": [{"d": {"k": "duty"}}, {"n$not": {"$and": [
            {"k": "record"}, {"$gte": {"at": LOW}}, {"$lt": {"at": HIGH}}, {"object": {"d": "subject"}}, {"actor": {"d": "post"}}]}}], "run": recorded},
        "line": {"all": [{"p": {"k": "post"}}, {"n$not": {"$and": [{"k": "reached"}, {"unit": {"p": "unit"}}]}}], "run": line},
    }})  # fmt: skip
    return made


def run(folder: Path, order: tuple[str, ...] = ("top", "post", "superior", "duty", "record")) -> Result:
    clock = Clock()
    facts = kinds(folder)
    load = clock.lap()
    found: list[tuple[int, str, str]] = []
    made = host(found)
    for fact in _in_order(facts, order):
        with suppress(Exception):  # no rule knows it
            made.assert_fact("r", fact)
    findings = Findings(frozenset(a for n, a, _ in found if n == 1), frozenset((a, b) for n, a, b in found if n == 2),
                        frozenset(a for n, a, _ in found if n == 3))
    return Result(load, clock.lap(), findings)


def sorted_run(folder: Path) -> Result:
    """What may be absent first."""
    return run(folder, ("superior", "top", "record", "duty", "post"))


def events(folder: Path, count: int) -> list[float]:
    """Seconds of each of some new records, once everything is there."""
    found: list[tuple[int, str, str]] = []
    made, facts = host(found), kinds(folder)
    for fact in _in_order(facts, ("superior", "top", "record", "duty", "post")):
        with suppress(Exception):
            made.assert_fact("r", fact)
    seconds = []
    for at, duty in enumerate(facts["duty"][:count]):
        fact = {"k": "record", "number": f"新-{at}", "actor": duty["post"], "object": duty["subject"], "at": str(ON - timedelta(days=1))}
        started = perf_counter()
        with suppress(Exception):
            made.assert_fact("r", fact)
        seconds.append(perf_counter() - started)
    return seconds


def _in_order(facts: dict[str, list[Fact]], order: tuple[str, ...]) -> Iterator[Fact]:
    for name in order:
        for fact in facts[name]:
            yield dict(fact)


sys.setrecursionlimit(20_000)  # chaining runs inside the action that caused it
