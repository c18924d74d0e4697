"""clingo: facts and three rules with default negation."""

from __future__ import annotations

from pathlib import Path

import clingo

from benchmarks.clock import Clock
from benchmarks.peers import Findings, Result
from benchmarks.workload import ON, SAFETY, WINDOW, Workload, seconds

PROGRAM = f"""
no_safety(P) :- post(P, _), head(P), not duty(P, "{SAFETY}").
proven(P, S) :- record(_, P, S, T), T >= {seconds(ON - WINDOW)}, T < {seconds(ON)}.
no_record(P, S) :- duty(P, S), not proven(P, S).
reached("集团").
reached(U) :- superior(U, V), reached(V).
no_line(P) :- post(P, U), not reached(U).
#show no_safety/1. #show no_record/2. #show no_line/1.
"""


def prepare(work: Workload, folder: Path) -> None:
    with (folder / "facts.lp").open("w", encoding="utf-8") as file:
        for post in work.posts:
            file.write(f'post("{post.id}","{post.unit}").\n' + (f'head("{post.id}").\n' if post.leads else ""))
        for unit, superior in sorted({(p.unit, p.superior) for p in work.posts if p.superior not in (None, p.unit)}):
            file.write(f'superior("{unit}","{superior}").\n')
        for id, subject in work.duties:
            file.write(f'duty("{id}","{subject}").\n')
        for record, id, subject, at in work.records:
            file.write(f'record("{record}","{id}","{subject}",{seconds(at)}).\n')


def run(folder: Path) -> Result:
    clock = Clock()
    control = clingo.Control(["--warn=none"])
    control.load(str(folder / "facts.lp"))
    control.add("base", [], PROGRAM)
    load = clock.lap()
    control.ground([("base", [])])
    with control.solve(yield_=True) as handle:
        model = handle.model()
        assert model is not None
        shown = model.symbols(shown=True)
    check = clock.lap()
    rows: dict[str, list[tuple[str, ...]]] = {"no_safety": [], "no_record": [], "no_line": []}
    for symbol in shown:
        rows[symbol.name].append(tuple(argument.string for argument in symbol.arguments))
    found = Findings(
        frozenset(name for (name,) in rows["no_safety"]), frozenset((post, subject) for post, subject in rows["no_record"]),
        frozenset(name for (name,) in rows["no_line"]),
    )
    return Result(load, check, found)
