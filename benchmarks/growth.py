"""How the time of a check grows with the organisation: shipped rules over China's real administrative tree."""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from math import log
from multiprocessing import get_context
from pathlib import Path

from benchmarks.china import China
from benchmarks.clock import Clock, Cost
from benchmarks.organisations import grow
from zeren.engine.backends.folder import FolderFacts
from zeren.engine.evaluate import evaluate
from zeren.engine.outcome import Outcome
from zeren.engine.pack import Pack
from zeren.models.moments import parse_moment, year_start

HERE = Path(__file__).parent
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
#: Heads of committees, of enterprises, of villages; who inspects signs; every enterprise listed and inspected.
RULES = ("AWH-001", "QYZ-001", "DZT-003", "JCQ-001", "SDG-001")
ON = parse_moment("2023-12-31", "end")
LIMIT = 1.1


def check(folder: Path, times: int) -> tuple[Cost, int, dict[str, int]]:
    """Read a folder and check it ``times`` times: the best time, facts, fails by rule."""
    best = Cost(1e9, 1e9)
    for _ in range(times):
        clock = Clock()
        pack = Pack()
        facts = FolderFacts(folder)
        found = evaluate(facts, pack, pack.plans(RULES), ON, year_start(ON), "duckdb")
        best = best.best(clock.lap())
    fails = {plan.rule.id: sum(one.rule_id == plan.rule.id and one.outcome is Outcome.FAIL for one in found.instances)
             for plan in found.plans}
    return best, len(facts), fails


def exponent(first: tuple[int, float], last: tuple[int, float]) -> float:
    """The power of the number of posts with which time grows from one measurement to another."""
    return log(last[1] / first[1]) / log(last[0] / first[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="keep the table in results/growth.md")
    options = parser.parse_args()
    china = China()
    lines = [f"Rules {', '.join(RULES)}; reading the files included; best of {options.times}.", "",
             "| posts | facts | fails | wall s | user CPU s | exponent of the step (CPU) |", "|---|---|---|---|---|---|"]
    points: list[tuple[int, Cost]] = []
    for size in options.sizes:
        folder = HERE / ".cache" / f"growth-{size}"
        posts = grow(china, size, folder)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            cost, facts, fails = pool.submit(check, folder, options.times).result()
        assert all(fails.values()), f"a rule found nothing, which proves nothing: {fails}"
        points.append((posts, cost))
        step = f"{exponent((points[-2][0], points[-2][1].cpu), (posts, cost.cpu)):.2f}" if len(points) > 1 else ""
        lines.append(f"| {posts:,} | {facts:,} | {sum(fails.values()):,} | {cost.wall:.2f} | {cost.cpu:.2f} | {step} |")
        print(lines[-1], flush=True)
    (first, least), (last, most) = points[0], points[-1]
    whole = {"wall": exponent((first, least.wall), (last, most.wall)), "CPU": exponent((first, least.cpu), (last, most.cpu))}
    lines += ["", f"Exponent from {first:,} to {last:,} posts: {whole['CPU']:.2f} by CPU, {whole['wall']:.2f} by the clock (at most {LIMIT})."]
    print("\n".join(lines))
    if options.write:
        (HERE / "results").mkdir(exist_ok=True)
        (HERE / "results" / "growth.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
