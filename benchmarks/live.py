"""How long one event takes in a live session, by kind of event and size of the organisation."""

from __future__ import annotations

import argparse
import gc
import random
import resource
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time

import zeren
from zeren.engine.live.events import Event
from zeren.engine.live.session import Session
from zeren.engine.pack import Pack
from zeren.models.facts import Fact, Facts
from zeren.models.moments import DAY
from zeren.models.organisation import Organisation
from zeren.models.relations import RELATIONS

ROOT = Path(__file__).parents[1]
#: A whole city of 5,600 facts; larger ones are several such cities, the smallest one is one county of a smaller scenario.
CITY = ROOT / "scenarios" / "01-完整城市" / "org"
SMALL = ROOT / "scenarios" / "03-限期五个全覆盖" / "org"
SIZES = (1_000, 10_000, 100_000)
TARGETS = {10_000: 10.0, 100_000: 30.0}
Make = Callable[[], Event]


def organisation(size: int) -> Organisation:
    """At least ``size`` facts: copies of one place under names of their own."""
    org = zeren.load(SMALL if size <= 1_000 else CITY)
    shared = {fact.values[0] for fact in org.facts.of("industry")}
    own = {fact.values[0] for fact in org.facts if RELATIONS[fact.relation].key == ("id",)} - shared
    own |= {fact.values[1] for fact in org.facts.of("appointment")}
    facts: list[Fact] = []
    for number in range(-(-size // len(org.facts))):
        facts += [Fact(fact.relation, tuple(f"{v}#{number}" if isinstance(v, str) and v in own else v for v in fact.values), fact.place)
                  for fact in org.facts]
    return Organisation(org.name, Facts(facts), {}, org.on, org.since, org.profile)


def kinds(session: Session, chance: random.Random) -> Iterator[tuple[str, int, Make]]:
    """The kinds of events: how they are called, how many, and how to make one."""
    facts, on = session.organisation.facts, session.now
    units = [fact.values[0] for fact in facts.of("unit")]
    records = list(facts.of("record"))
    gone: list[Fact] = []

    def record() -> Event:
        if records:
            one = chance.choice(records)
            return Event(None, (), (Fact("record", (f"新{chance.random()}", one.values[1], on - 60, *one.values[3:])),))
        values = (f"新{chance.random()}", "检查", on - 60, None, chance.choice(units), chance.choice(units), None, None)
        return Event(None, (), (Fact("record", values),))

    def hazard() -> Event:
        names = RELATIONS["hazard"].names
        row = {"id": f"新{chance.random()}", "unit": chance.choice(units), "grade": "一般", "found_at": on - 60, "deadline": on + 9 * DAY}
        return Event(None, (), (Fact("hazard", tuple(row.get(name) for name in names)),))

    def taken(relation: str) -> Make:
        pool = chance.sample(list(facts.of(relation)), min(60, len(facts.of(relation))))

        def take() -> Event:
            gone.append(pool.pop())
            return Event(None, (gone[-1],))

        return take

    def back() -> Event:
        return Event(None, (), (gone.pop(),))

    yield "a record comes (检查, 会议, 整改 …)", 200, record
    yield "a hazard comes", 60, hazard
    for relation, label in (("record", "a record"), ("detail", "a detail"), ("document", "a document"), ("covers", "a row of a document"),
                            ("appointment", "an appointment"), ("ledger", "a ledger"), ("post", "a post"), ("stat", "a figure"),
                            ("subordination", "a line of command")):
        count = min(60, len(facts.of(relation)))
        if count:
            yield f"{label} goes", count, taken(relation)
            yield f"{label} comes back", count, back


#: Wall and CPU milliseconds of one event.
Times = list[tuple[float, float]]


def measure(session: Session, count: int, make: Make) -> tuple[Times, int]:
    """The times of ``count`` events, and how many changes they told."""
    times: Times = []
    told = 0
    for _ in range(count):
        event = make()
        start, cpu = perf_counter(), process_time()
        changes = session.happen(event)
        times.append(((perf_counter() - start) * 1000, (process_time() - cpu) * 1000))
        told += len(changes)
    return times, told


def run(size: int) -> Iterator[str]:
    """The rows of one size."""
    org = organisation(size)
    start = perf_counter()
    session = Session(org, Pack(profile=org.profile or None), org.on or 0, warn=10)
    gc.disable()
    count = sum(session.counts().values())
    gc.freeze()
    gc.enable()
    ready = perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield (f"\n## {len(org.facts):,} facts, {count:,} instances\n\nReady after {ready:.1f} s, {memory:.0f} MB.\n\n"
           "| event | n | median ms | p99 ms | median CPU ms | p99 CPU ms | changes told |\n|---|---|---|---|---|---|---|")
    every: Times = []
    chance = random.Random(5)
    for label, number, make in kinds(session, chance):
        times, told = measure(session, number, make)
        every += times
        yield _row(label, times, told)
    for label, step in (("an hour passes", 3600), ("a day passes", DAY)):
        def later(step: int = step) -> Event:
            return Event(session.now + step)

        times, told = measure(session, 40, later)
        every += times
        yield _row(label, times, told)
    wall, cpu = (statistics.median(one[at] for one in every) for at in (0, 1))
    target = TARGETS.get(size)
    yield _row("**all**", every, 0) + ("" if target is None else (
        f"\n\nTarget: median ≤ {target:g} ms — {wall:.1f} ms by the clock ({'met' if wall <= target else 'NOT met'}), {cpu:.1f} ms of CPU."))


def _row(label: str, times: Times, told: int) -> str:
    cells = []
    for at in (0, 1):
        one = sorted(pair[at] for pair in times)
        cells.append(f"{statistics.median(one):.2f} | {one[max(0, int(len(one) * 0.99) - 1)]:.1f}")
    return f"| {label} | {len(times)} | {' | '.join(cells)} | {told or ''} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--write", action="store_true", help="keep the tables in results/live.md")
    options = parser.parse_args()
    lines = ["# Latency of one event in a live session", "",
             "All shipped rules; time of `session.happen`, from facts to told changes with their sentences; one process, on a machine shared with others. "
             "The organisation is a whole city of scenario 01, copied (the smallest size: scenario 03)."]
    for line in lines:
        print(line)
    for size in options.sizes:
        for line in run(size):
            print(line, flush=True)
            lines.append(line)
    if options.write:
        (Path(__file__).parent / "results" / "live.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
