"""Cold start of the command: every run is a new process; the best of several, by the clock and in user CPU."""

from __future__ import annotations

import argparse
import os
import subprocess
import sysconfig
import time
from pathlib import Path

from benchmarks.clock import Cost

HERE = Path(__file__).parent
CITY = HERE.parent / "scenarios" / "01-完整城市" / "org"
#: What is run, and the seconds that it may take.
CASES = {"zeren --help": (["--help"], 0.25), "zeren check, scenario 1": (["check", str(CITY)], 0.8)}


def once(command: list[str]) -> Cost:
    """Run a command to its end, its output thrown away."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # users do not set it
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    errors = process.stderr.read().decode() if process.stderr else ""
    assert os.waitstatus_to_exitcode(status) in (0, 1), f"{command}: {errors}"
    return Cost(wall, usage.ru_utime)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="keep the table in results/cold.md")
    options = parser.parse_args()
    zeren = str(Path(sysconfig.get_path("scripts")) / "zeren")
    lines = [f"New process each time; best of {options.times}.", "", "| command | wall s | user CPU s | at most s |", "|---|---|---|---|"]
    for name, (arguments, limit) in CASES.items():
        once([zeren, *arguments])  # compiled files and the page cache are warm, as on the second day of use
        best = Cost(1e9, 1e9)
        for _ in range(options.times):
            best = best.best(once([zeren, *arguments]))
        lines.append(f"| {name} | {best.wall:.3f} | {best.cpu:.3f} | {limit} |")
    print("\n".join(lines))
    if options.write:
        (HERE / "results").mkdir(exist_ok=True)
        (HERE / "results" / "cold.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
