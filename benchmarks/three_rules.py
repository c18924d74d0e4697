"""Three rules on 10,000 posts in one run: zeren, hand-written SQL and Python, pySHACL, CLIPS and clingo (benchmarks/README.md)."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

from benchmarks.clock import Cost, repeated
from benchmarks.peers import Findings, Result
from benchmarks.workload import Workload, generate

HERE = Path(__file__).parent
ENGINES = {
    "ours": "zeren", "sql": "DuckDB, SQL by hand", "sets": "Python by hand, indexed", "rete": "CLIPS (clipspy)", "asp": "clingo",
    "shacl": "pySHACL, core shapes",
}


def measured(name: str, folder: Path, times: int) -> Result:
    """Run one engine several times in this process."""
    run, results = import_module(f"benchmarks.peers.{name}").run, list[Result]()

    def once() -> list[Cost]:
        results.append(run(folder))
        one = results[-1]
        return [one.load, one.check, one.whole or Cost()]

    load, check, whole = repeated(once, times)
    assert len({result.found for result in results}) == 1, f"{name} is not deterministic"
    return Result(load, check, results[0].found, whole if results[0].whole else None)


def measure(work: Workload, folder: Path, names: list[str], times: int) -> dict[str, Result]:
    """Run every engine, each in a fresh process; all must find the same."""
    results: dict[str, Result] = {}
    for name in names:
        folder.mkdir(parents=True, exist_ok=True)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            pool.submit(prepare, name, work, folder).result()
            results[name] = pool.submit(measured, name, folder, times).result()
        same(names[0], results[names[0]].found, name, results[name].found)
    return results


def prepare(name: str, work: Workload, folder: Path) -> None:
    """Write the files that an engine reads."""
    import_module(f"benchmarks.peers.{name}").prepare(work, folder)


def same(one: str, mine: Findings, other: str, theirs: Findings) -> None:
    """Raise where two engines differ, and say where."""
    for rule, left, right in zip(Findings._fields, mine, theirs, strict=True):
        assert left, f"{one}: {rule} found nothing, which proves nothing"
        assert left == right, f"{rule}: {one} {len(left)}, {other} {len(right)}, e.g. {sorted(left ^ right)[:3]}"


def table(work: Workload, results: Mapping[str, Result]) -> str:
    """The figures as Markdown."""
    ours = results["ours"]
    total = ours.load + ours.check
    lines = [
        f"{work.size}; findings {' / '.join(f'{len(rule):,}' for rule in ours.found)}, the same for every engine.", "",
        "| engine | load s | check s | both s | both, user CPU s | wall ÷ zeren | CPU ÷ zeren | + every pass as an object s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, result in results.items():
        both = result.load + result.check
        whole = f"{result.whole.wall:.3f}" if result.whole else ""
        lines.append(f"| {ENGINES[name]} | {result.load.wall:.3f} | {result.check.wall:.3f} | {both.wall:.3f} | {both.cpu:.3f} | "
                     f"{both.wall / total.wall:.2f} | {both.cpu / total.cpu:.2f} | {whole} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=7, help="best of so many runs; a slow engine makes fewer")
    parser.add_argument("--engines", nargs="*", choices=list(ENGINES), default=list(ENGINES))
    parser.add_argument("--write", action="store_true", help="keep the table in results/three_rules.md")
    options = parser.parse_args()
    work = generate(options.posts)
    found = measure(work, HERE / ".cache" / f"three-rules-{options.posts}", list(dict.fromkeys(["ours", *options.engines])), options.times)
    text = table(work, found)
    print(text)
    if options.write:
        (HERE / "results").mkdir(exist_ok=True)
        (HERE / "results" / "three_rules.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
