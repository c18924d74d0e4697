"""How long one chain takes, in organisations of three shapes and three sizes: the first one, which makes the indexes, and those after it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.clock import Clock, Cost
from zeren.engine.chain.trace import trace
from zeren.models.organisation import Organisation

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "chain"))
from county_grid import crowd, province  # noqa: E402

SIZES = (1_000, 10_000, 100_000)
SHAPES: dict[str, Callable[[int], Organisation]] = {
    "grid": province,
    "dense": lambda nodes: crowd(1_000, (nodes - 1_000) // 2),
    "dense, one busy office": lambda nodes: crowd(1_000, (nodes - 1_000) // 2, busy=True),
}
LIMIT = 0.2


def chains(org: Organisation, times: int) -> tuple[Cost, Cost, int]:
    """The cost of the first chain, the best of those after it, and the lines of the chain."""
    assert org.on is not None
    costs, lines = [], 0
    for _ in range(times + 1):
        clock = Clock()
        lines = len(trace(org, "SG", org.on).lines)
        costs.append(clock.lap())
    best = costs[1]
    for cost in costs[2:]:
        best = best.best(cost)
    return costs[0], best, lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="keep the table in results/trace.md")
    options = parser.parse_args()
    lines = [f"Seconds. The first chain reads the rules and makes the indexes; then the best of {options.times} (at most {LIMIT}).", "",
             "| shape | units and posts | facts | lines | first, wall | then, wall | then, user CPU |", "|---|---|---|---|---|---|---|"]
    for shape, make in SHAPES.items():
        for size in options.sizes:
            org = make(size)
            nodes = len(org.facts.of("unit")) + len(org.facts.of("post"))
            first, then, found = chains(org, options.times)
            assert found > 20, "a chain that finds nobody proves nothing"
            lines.append(f"| {shape} | {nodes:,} | {len(org.facts):,} | {found} | {first.wall:.2f} | {then.wall:.3f} | {then.cpu:.3f} |")
            print(lines[-1], flush=True)
    if options.write:
        (HERE / "results").mkdir(exist_ok=True)
        (HERE / "results" / "trace.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
