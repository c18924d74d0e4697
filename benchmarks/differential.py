"""The long run behind the differential tests: every engine reads the language alike, or this finds where not.

A *case* is one random organisation judged by one book of random rules. Cases come in blocks: one book of eight rules, a hundred organisations.
In every case ``reference`` and ``indexed`` are compared, instances, matches and outcomes. DuckDB and durable-rules are slow to start, so they
check some thirty organisations of a block at once, under names of their own, against ``indexed`` on the same large organisation;
durable-rules the first sixteen of each block. Live sessions follow
random events over organisations of their own, against a fresh check after each event.

    python -m benchmarks.differential --n 100000            # as long as it takes; Ctrl-C prints what was done and where to go on
    python -m benchmarks.differential --n 100000 --seed 800 --jobs 2
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

TESTS = Path(__file__).parent.parent / "tests"
sys.path[:0] = [str(TESTS / "engine"), str(TESTS / "live")]
import live_cases as live  # noqa: E402
import random_cases as cases  # noqa: E402

from zeren.engine.backends.base import Backend  # noqa: E402
from zeren.engine.backends.duckdb import DuckDB  # noqa: E402
from zeren.engine.backends.durable import process  # noqa: E402
from zeren.engine.backends.durable.backend import Durable  # noqa: E402
from zeren.engine.backends.durable.sizes import Limits  # noqa: E402
from zeren.engine.backends.indexed import Indexed  # noqa: E402
from zeren.engine.backends.reference import Reference  # noqa: E402
from zeren.engine.evaluate import Evaluation, evaluate  # noqa: E402
from zeren.engine.language.plan import Plan  # noqa: E402
from zeren.engine.pack import Pack  # noqa: E402
from zeren.models.facts import Fact, Facts, Value, sort_key  # noqa: E402
from zeren.models.problems import UsageError  # noqa: E402

RULES, ORGANISATIONS, STORIES, EVENTS = 8, 100, 4, 4
#: So many are checked at once; fewer where rules join across organisations, which grows with the square or worse: then so many have so many matches.
TOGETHER, FEW, MANY = 34, 8, 400
#: Rules are tried on so many organisations, and most of them must have as many instances there.
TRIAL = 8
_BACKENDS: dict[str, Callable[[Facts], Backend]] = {
    "reference": Reference, "indexed": lambda facts: Indexed(facts, cases.ON), "duckdb": lambda facts: DuckDB(facts, cases.ON),
    "durable": lambda facts: Durable(facts, cases.ON),
}  # fmt: skip
_IDS = frozenset(id for group in cases.UNIVERSE.values() for id in group)


@dataclass
class Block:
    """What one block compared, and where two engines said different things."""

    seed: int
    counts: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)


@cache
def folder() -> TemporaryDirectory[str]:
    """The tables of the trial rules; gone at the end."""
    return TemporaryDirectory(prefix="differential-")


@cache
def pack() -> Pack:
    """The rules' catalogue; one launcher serves all checks of this process, every batch still has a child of its own."""
    shared = process.Launcher(Limits())
    process.Launcher = lambda limits: shared  # type: ignore[assignment,misc]  # noqa: ARG005
    return cases.pack_of(Path(folder().name))


@cache
def durable_runs() -> bool:
    try:
        process.available()
    except UsageError:
        return False
    return True


def book(rnd: random.Random) -> tuple[list[dict[str, Any]], list[Plan]]:
    """Rules that load together, as written and as compiled, most of them with instances in some organisation."""
    while True:
        written, plans = cases.book_of(rnd, pack(), together([cases.organisation(rnd) for _ in range(TRIAL)]), RULES, TRIAL)
        if plans and not cases.in_a_circle(plans):
            return written, plans


def together(organisations: Sequence[Facts]) -> Facts:
    """Many organisations as one: ids get the number of theirs, but for the first, whose ids the rules may name."""

    def renamed(value: Value, at: int) -> Value:
        return f"{value}.{at}" if at and isinstance(value, str) and value in _IDS else value

    return Facts(replace(fact, values=tuple(renamed(value, at) for value in fact.values)) for at, one in enumerate(organisations) for fact in one)


def said(facts: Facts, plans: list[Plan], engine: str) -> tuple[list[Any], list[Any], tuple[str, ...]]:
    """The instances with everything they say, for each rule the instances and matches as the back end gives them, and notes."""
    try:
        found = evaluate(facts, pack(), plans, cases.ON, cases.SINCE, engine)
        return live.told(found.instances), list(matches(found, engine)), found.notes
    except UsageError as error:  # too large for durable-rules
        return [], [], (str(error),)
    except Exception as error:  # an engine that fails where another does not disagrees with it
        return [repr(error)], [], ()


def matches(found: Evaluation, engine: str) -> Iterator[Any]:
    backend = _BACKENDS[engine](found.context.facts)
    for one in found.plans:
        scope = backend.scope(one.scope, cases.ON)
        queries = [*(q for part in one.parts for q in part.queries), *one.breaches, *(q for group in one.exemptions for q in group)]
        yield sorted((sort_key(row.values), row.certain) for row in scope.rows)
        for query in queries:
            yield {(scope.rows[match.instance].values, match.outputs, match.refs) for match in scope.matches(query)}


def count(found: list[Any]) -> int:
    """How many matches."""
    return sum(len(one) for one in found if isinstance(one, set))


def differ(facts: Facts, plans: list[Plan], left: str, right: str) -> bool:
    return said(facts, plans, left)[:2] != said(facts, plans, right)[:2]


def smallest(facts: Facts, written: list[dict[str, Any]], plans: list[Plan], left: str, right: str) -> str:
    """The disagreement with as few rules and facts as taking them away one by one leaves."""
    kept = list(zip(written, plans, strict=True))
    for one in list(kept):
        fewer = [other for other in kept if other is not one]
        if differ(facts, [rule for _, rule in fewer], left, right):
            kept = fewer
    rows: list[Fact] = list(facts)
    for fact in list(rows):
        some = [other for other in rows if other is not fact]
        if differ(Facts(some), [rule for _, rule in kept], left, right):
            rows = some
    rules = "\n".join(json.dumps(rule, ensure_ascii=False) for rule, _ in kept)
    return f"{left} and {right}\n{rules}\n" + "\n".join(f"{fact.relation} {fact.values}" for fact in rows)


def run(seed: int) -> Block:
    """One block: a book of rules over many organisations, alone and together, and stories of events."""
    block, rnd = Block(seed), random.Random(seed)
    written, plans = book(rnd)
    organisations = [cases.organisation(rnd, wide=rnd.random() < 0.1) for _ in range(ORGANISATIONS)]
    for facts in organisations:
        compare(block, facts, written, plans, "reference", "indexed", 1)
    size = TOGETHER if count(said(together(organisations[:FEW]), plans, "indexed")[1]) < MANY else FEW
    for first in range(0, ORGANISATIONS, size):
        some = organisations[first : first + size]
        compare(block, together(some), written, plans, "duckdb", "indexed", len(some))
    if durable_runs():
        compare(block, together(organisations[: 2 * FEW]), written, plans, "durable", "indexed", 2 * FEW)
    for _ in range(STORIES):
        follow(block, rnd, plans)
    return block


def compare(block: Block, facts: Facts, written: list[dict[str, Any]], plans: list[Plan], left: str, right: str, cases_: int) -> None:
    ours, theirs = said(facts, plans, left), said(facts, plans, right)
    pair = f"{left} = {right}"
    if ours[2]:  # it said that it could not, and left the work to another engine: nothing to compare
        block.counts[f"{pair}: left to another engine"] += cases_
        return
    block.counts[f"{pair}: cases"] += cases_
    block.counts[f"{pair}: instances"] += len(ours[0])
    block.counts[f"{pair}: matches"] += count(ours[1])
    if ours[:2] != theirs[:2]:
        block.found.append(f"seed {block.seed}: {smallest(facts, written, plans, left, right)}")


def follow(block: Block, rnd: random.Random, plans: list[Plan]) -> None:
    story = live.Story(rnd, pack(), plans, wide=False)
    for _ in range(EVENTS):
        try:
            story.event()
            told, wanted = live.told(story.network.instances()), live.told(live.fresh(story, pack(), plans))
        except Exception as error:
            told, wanted = [{"error": repr(error)}], []
        block.counts["live = fresh check: events"] += 1
        block.counts["live = fresh check: instances"] += len(wanted)
        if told != wanted:
            rules = "\n".join(str(plan.rule.source.plain()) for plan in plans if plan.rule.source is not None)
            block.found.append(f"seed {block.seed}: live and fresh check\n{rules}\n{story.written()}")
            return
    block.counts["live = fresh check: cases"] += 1


def blocks(seeds: range, jobs: int) -> Iterator[Block]:
    if jobs == 1:
        yield from map(run, seeds)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(run, seeds)


def bar(done: int, total: int, started: float) -> None:
    filled, spent = 40 * done // total, time.monotonic() - started
    left = f"{spent / done * (total - done):,.0f} s left" if done else ""
    end = "" if sys.stderr.isatty() else "\n"
    if end == "" or done == total or done % max(1, total // 100) == 0:
        sys.stderr.write(f"\r[{'#' * filled}{'-' * (40 - filled)}] {done:,}/{total:,} blocks {left}  {end}".removeprefix("\r" if end else ""))
        sys.stderr.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=1_000, help="how many cases: organisations, each with a book of rules")
    parser.add_argument("--seed", type=int, default=0, help="number of the first block; a run that ended early says where to go on")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    options = parser.parse_args()
    seeds = range(options.seed, options.seed - (-options.n // ORGANISATIONS))
    counts: Counter[str] = Counter()
    found: list[str] = []
    done, started = 0, time.monotonic()
    for ending in (signal.SIGINT, signal.SIGTERM):  # also in the background, where a shell lets both be ignored
        signal.signal(ending, signal.default_int_handler)
    try:
        for block in blocks(seeds, options.jobs):
            done += 1
            counts += block.counts
            found += block.found
            for one in block.found:
                print(one, flush=True)
            bar(done, len(seeds), started)
    except KeyboardInterrupt:
        pass
    print(f"\n{done:,} blocks, each {RULES} rules over {ORGANISATIONS} organisations; seeds {seeds.start} to {seeds.start + done - 1}")
    for name in sorted(counts):
        print(f"{name:<34} {counts[name]:>12,}")
    print(f"{len(found)} disagreements")
    if done < len(seeds):
        print(f"go on: --seed {seeds.start + done} --n {(len(seeds) - done) * ORGANISATIONS}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
