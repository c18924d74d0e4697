"""CLIPS through clipspy: templates, a rule per finding, reachability by chaining before anything else fires."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import clips

from benchmarks.clock import Clock
from benchmarks.peers import Findings, Result
from benchmarks.workload import ON, SAFETY, WINDOW, Workload, seconds

CONSTRUCTS = (
    "(deftemplate post (slot id) (slot unit) (slot head))",
    "(deftemplate superior (slot unit) (slot of))",
    "(deftemplate duty (slot post) (slot subject))",
    "(deftemplate record (slot id) (slot actor) (slot object) (slot at))",
    "(deftemplate reached (slot unit))",
    "(deftemplate finding (slot rule) (slot post) (slot subject (default \"\")))",
    '(defrule top (declare (salience 20)) => (assert (reached (unit "集团"))))',
    "(defrule down (declare (salience 10)) (reached (unit ?u)) (superior (unit ?v) (of ?u)) => (assert (reached (unit ?v))))",
    f'(defrule safety (post (id ?p) (head yes)) (not (duty (post ?p) (subject "{SAFETY}"))) => (assert (finding (rule 1) (post ?p))))',
    f"(defrule recorded (duty (post ?p) (subject ?s)) (not (record (actor ?p) (object ?s) "
    f"(at ?t&:(>= ?t {seconds(ON - WINDOW)})&:(< ?t {seconds(ON)})))) => (assert (finding (rule 2) (post ?p) (subject ?s))))",
    "(defrule line (post (id ?p) (unit ?u)) (not (reached (unit ?u))) => (assert (finding (rule 3) (post ?p))))",
)


def prepare(work: Workload, folder: Path) -> None:
    with (folder / "facts.clp").open("w", encoding="utf-8") as file:
        for record, id, subject, at in work.records:
            file.write(f'(record (id "{record}") (actor "{id}") (object "{subject}") (at {seconds(at)}))\n')
        for unit, superior in sorted({(p.unit, p.superior) for p in work.posts if p.superior not in (None, p.unit)}):
            file.write(f'(superior (unit "{unit}") (of "{superior}"))\n')
        for id, subject in work.duties:
            file.write(f'(duty (post "{id}") (subject "{subject}"))\n')
        for post in work.posts:
            file.write(f'(post (id "{post.id}") (unit "{post.unit}") (head {"yes" if post.leads else "no"}))\n')


def run(folder: Path) -> Result:
    clock = Clock()
    environment = clips.Environment()
    for construct in CONSTRUCTS:
        environment.build(construct)
    environment.load_facts(str(folder / "facts.clp"))
    load = clock.lap()
    environment.run()
    rows: dict[int, list[tuple[str, str]]] = {1: [], 2: [], 3: []}
    for fact in environment.find_template("finding").facts():
        rows[fact["rule"]].append((fact["post"], fact["subject"]))
    check = clock.lap()
    found = Findings(frozenset(post for post, _ in rows[1]), frozenset(rows[2]), frozenset(post for post, _ in rows[3]))
    return Result(load, check, found)


def events(folder: Path, count: int) -> list[float]:
    """Seconds of each of some new records, once everything is there."""
    environment = clips.Environment()
    for construct in CONSTRUCTS:
        environment.build(construct)
    environment.load_facts(str(folder / "facts.clp"))
    environment.run()
    duties = [(fact["post"], fact["subject"]) for fact in environment.find_template("duty").facts()][:count]
    seconds_of = []
    for at, (post, subject) in enumerate(duties):
        started = perf_counter()
        environment.assert_string(f'(record (id "新-{at}") (actor "{post}") (object "{subject}") (at {seconds(ON) - 60}))')
        environment.run()
        seconds_of.append(perf_counter() - started)
    return seconds_of
