"""``zeren watch`` killed with SIGKILL at random moments, again and again: is an event lost, told differently, or the result another?"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

HERE = Path(__file__).parent
ORG = HERE.parent / "scenarios" / "04-四周四起事故" / "org"
RULES = ("SBG", "YHP", "JCQ", "ZRZ")
UNITS = ("沙岗皮革", "临溪县应急局", "平丘县应急局", "市应急局", "临溪县政府", "市政府")
LINES = 120


def story(chance: random.Random, piped: bool) -> Iterator[str]:
    """Lines of events; in a file some are broken, in a pipe each has an id."""
    hazards: list[str] = []
    day = 21
    for number in range(LINES):
        luck, at, event = chance.random(), f"2024-06-{day:02} 09:{chance.randrange(60):02}", dict[str, Any]()
        if luck < 0.3:
            hazards.append(f"YH-{number}")
            event = {"fact": {"hazard": {"id": hazards[-1], "unit": "沙岗皮革", "grade": "一般", "found_at": at, "deadline": f"2024-06-{day + 1:02}"}}}
        elif luck < 0.4 and hazards:
            event = {"retract": hazards.pop(chance.randrange(len(hazards)))}
        elif luck < 0.9 or piped:
            event = {"record": {"kind": chance.choice(("检查", "会议")), "id": f"J-{number}", "actor": chance.choice(UNITS), "object": "沙岗皮革"}}
        else:
            event = {"retract": "没有这个编号"}
        day = min(29, day + (chance.random() < 0.08))
        line = json.dumps({"id": f"e{number}", "at": at, **event}, ensure_ascii=False)
        yield line if piped or chance.random() > 0.05 else line[:-3]


def started(folder: Path, journal: str, out: Path, piped: bool) -> subprocess.Popen[bytes]:
    """A watch over the events in ``folder``."""
    events = folder / "events.jsonl"
    command = [sys.executable, "-m", "zeren.cli.main", "watch", str(ORG), "-f", "json", "--only", *RULES, "--journal", str(folder / journal),
               "--warn", "2天", "--events", "-" if piped else str(events)]
    with out.open("wb") as to, events.open("rb") as lines:
        return subprocess.Popen(command, stdin=lines if piped else subprocess.DEVNULL, stdout=to, stderr=subprocess.DEVNULL)


def spoken(out: Path) -> list[dict[str, Any]]:
    """The lines that came out whole."""
    return [json.loads(line) for line in out.read_text("utf-8").split("\n")[:-1]]


def heard(process: subprocess.Popen[bytes], out: Path) -> float:
    """When the first line came out, or the process ended."""
    while process.poll() is None and not out.stat().st_size:
        time.sleep(0.002)
    return time.perf_counter()


def run(chance: random.Random, piped: bool, kills: int, count: Counter[str]) -> None:
    """One story, killed up to ``kills`` times until it ends, held against the same story undisturbed."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "events.jsonl").write_text("".join(f"{line}\n" for line in story(chance, piped)), "utf-8")
        out, begun = folder / "out", time.perf_counter()
        process = started(folder, "whole.db", out, piped)
        first = heard(process, out) - begun
        process.wait()
        whole, span = spoken(out), time.perf_counter() - begun
        told: list[dict[str, Any]] = []
        for at in range(kills + 1):
            process = started(folder, "killed.db", out, piped)
            if at < kills:
                if chance.random() < 0.2:  # at any moment, or while events come
                    time.sleep(chance.uniform(0, span))
                else:
                    heard(process, out)
                    time.sleep(chance.uniform(0, (span - first) / 4))
                if process.poll() is None:
                    process.kill()
                    count["kills"] += 1
            process.wait()
            lines = spoken(out)
            count["kills between the first event and the last"] += bool(lines) and "state" not in lines[-1]
            told += lines
            if lines and "state" in lines[-1]:
                break
        found: dict[int, dict[str, Any]] = {}
        for one in (line for line in told if "event" in line):
            count["lines told again, word for word"] += found.get(one["event"]) == one
            count["lines told differently"] += one["event"] in found and found[one["event"]] != one
            found[one["event"]] = one
        expected = {line["event"]: line for line in whole if "event" in line}
        count["stories"] += 1
        count["events"] += len(expected)
        count["events lost"] += len(expected.keys() - found.keys())
        count["events told otherwise than undisturbed"] += sum(found.get(key) != line for key, line in expected.items() if key in found)
        count["results that differ"] += told[-1].get("state") != whole[-1]["state"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=200, help="how many kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="keep the counts in results/killed.md")
    options = parser.parse_args()
    chance, count = random.Random(options.seed), Counter[str]()
    while count["kills"] < options.n:
        run(chance, count["stories"] % 2 == 1, min(8, options.n - count["kills"]), count)
        print(f"{count['kills']} kills, {count['events lost']} lost", file=sys.stderr)
    names = ("kills", "kills between the first event and the last", "stories", "events", "lines told again, word for word",
             "lines told differently", "events lost", "events told otherwise than undisturbed", "results that differ")
    lines = ["# zeren watch, killed at random moments", "", "Every second story comes through a pipe and is sent again from its beginning.", "",
             "| | |", "|---|---|", *(f"| {name} | {count[name]:,} |" for name in names)]
    print("\n".join(lines))
    if options.write:
        (HERE / "results" / "killed.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
