"""Seven engines on the three rules at 10³, 10⁴ and 10⁵ facts, and the latency of one event (benchmarks/README.md).

Each engine runs in a process of its own, bounded in time and memory, so that one that breaks is a row of the table too.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.peers import Findings
from benchmarks.workload import generate

HERE = Path(__file__).parent
#: Posts that make about so many facts.
SIZES = {1_000: 140, 10_000: 1_380, 100_000: 13_800}
EVENTS = 50
#: Row → module of peers, function that checks, and the function that times events, if it takes them one by one.
ENGINES = {
    "zeren, DuckDB": ("ours", "run", ""),
    "zeren, hash indexes; live session": ("indexed", "run", "events"),
    "zeren, durable-rules wrapped": ("durable_wrapped", "run", ""),
    "durable-rules by its manual": ("durable_plain", "run", ""),
    "durable-rules, absent kinds first": ("durable_plain", "sorted_run", "events"),
    "CLIPS (clipspy)": ("rete", "run", "events"),
    "clingo": ("asp", "run", ""),
    "Python by hand, indexed": ("sets", "run", "events"),
}
BASE = "zeren, DuckDB"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an engine did at one size: seconds, findings, seconds of one event; or how it ended."""

    load: float = 0.0
    check: float = 0.0
    found: Findings | None = None
    event: float | None = None
    memory: int = 0
    fault: str = ""


def one(module: str, run: str, events: str, folder: Path, memory: int) -> None:
    """Run one engine in this process and print what it did."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    peer = import_module(f"benchmarks.peers.{module}")
    result = getattr(peer, run)(folder)
    seconds = getattr(peer, events)(folder, EVENTS) if events else []
    peak = max(_peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    print(json.dumps({"load": result.load.wall, "check": result.check.wall, "found": [sorted(rule) for rule in result.found],
                      "event": median(seconds) if seconds else None, "memory": peak}), flush=True)


def _peak() -> int:
    """The most memory that this process has held, kB; ``ru_maxrss`` would count what it was forked from."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def apart(name: str, folder: Path, seconds: int, memory: int) -> Outcome:
    """Run one engine in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.engines_side_by_side", "--one", name, str(folder), "--memory", str(memory)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return Outcome(fault=f"not done after {seconds} s")
    if done.returncode < 0:
        return Outcome(fault=f"crash, signal {-done.returncode}")
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return Outcome(fault=next((line.partition("] ")[2] for line in lines if "[USE-" in line), lines[-1])[:160])
    told = json.loads(done.stdout.splitlines()[-1])
    found = Findings(*[frozenset(tuple(key) if isinstance(key, list) else key for key in rule) for rule in told["found"]])  # type: ignore[arg-type]
    return Outcome(told["load"], told["check"], found, told["event"], told["memory"])


def judged(mine: Findings, theirs: Findings) -> str:
    """How the findings of an engine differ from those of the engine of record."""
    false = sum(len(b - a) for a, b in zip(mine, theirs, strict=True))  # type: ignore[operator]
    lost = sum(len(a - b) for a, b in zip(mine, theirs, strict=True))  # type: ignore[operator]
    return "equal" if mine == theirs else f"**wrong**: {false:,} false, {lost:,} lost"


def rows(facts: int, results: dict[str, Outcome]) -> list[str]:
    """The lines of the table for one size."""
    base = results[BASE]
    assert base.found is not None
    lines = []
    for name, one in results.items():
        if one.found is None:
            lines.append(f"| {facts:,} | {name} | | | | | | {one.fault} |")
            continue
        event = f"{one.event * 1000:.3g}" if one.event is not None else ""
        lines.append(f"| {facts:,} | {name} | {one.load:.3f} | {one.check:.3f} | {(one.load + one.check) / (base.load + base.check):.2f} | "
                     f"{event} | {one.memory // 1024} | {judged(base.found, one.found)} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", nargs=2, metavar=("ENGINE", "FOLDER"), help=argparse.SUPPRESS)
    parser.add_argument("--sizes", type=int, nargs="*", choices=list(SIZES), default=list(SIZES))
    parser.add_argument("--seconds", type=int, default=120, help="how long one engine may take")
    parser.add_argument("--memory", type=int, default=6 << 30, help="bytes that one engine may use")
    parser.add_argument("--write", action="store_true", help="keep the table in results/engines_side_by_side.md")
    options: Any = parser.parse_args()
    if options.one:
        module, run, events = ENGINES[options.one[0]]
        one(module, run, events, Path(options.one[1]), options.memory)
        return
    text = ["| facts | engine | load s | check s | ÷ DuckDB | one event ms | peak MB | findings |", "|---|---|---|---|---|---|---|---|"]
    for size in options.sizes:
        work, folder = generate(SIZES[size]), HERE / ".cache" / f"engines-{size}"
        folder.mkdir(parents=True, exist_ok=True)
        for module in dict.fromkeys(module for module, _, _ in ENGINES.values()):
            import_module(f"benchmarks.peers.{module}").prepare(work, folder)
        results = {}
        for name in ENGINES:
            results[name] = apart(name, folder, options.seconds, options.memory)
            print(f"{size:,} {name}", file=sys.stderr)
        text += rows(size, results)
    table = "\n".join(text) + "\n"
    print(table)
    if options.write:
        (HERE / "results" / "engines_side_by_side.md").write_text(table, encoding="utf-8")


if __name__ == "__main__":
    main()
