"""A workbook of many rows, checked and imported: each run a new process, by the clock and in CPU, beside what only reading its cells costs.

A county as an office would fill it in: one fifth enterprises, their heads and who holds the post, two fifths what was done there.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

import xlsxwriter

from benchmarks.clock import Cost

HERE = Path(__file__).parent
#: Seconds that a command may take at 50,000 rows.
LIMIT = 10.0
ZEREN = str(Path(sysconfig.get_path("scripts")) / "zeren")
#: The least and the usual that a Python program pays for the cells of a workbook.
READERS = {
    "cells only, calamine": "import sys, python_calamine as c; b = c.load_workbook(sys.argv[1]); [b.get_sheet_by_name(n).to_python() for n in b.sheet_names]",
    "cells only, openpyxl": "import sys, openpyxl as o; [list(s.iter_rows(values_only=True)) for s in o.load_workbook(sys.argv[1], read_only=True)]",
}
Rows = Sequence[Sequence[object]]


def sheets(rows: int) -> Mapping[str, Rows]:
    """The tables of the county, with ``rows`` rows in all."""
    firms = [f"企业{number:05}" for number in range((rows - 9) // 5)]
    return {
        "概况": [["项目", "内容"], ["名称", "清河县"], ["审计日", "2024-12-31"]],
        "地区": [["编号", "层级", "上级地区"], ["清河县", "县级", None], ["石桥镇", "乡级", "清河县"]],
        "单位": [["编号", "单位种类", "层级", "地区", "上级单位", "从业人数"], ["县政府", "政府", "县级", "清河县"], ["县应急局", "部门", "县级", "清河县", "县政府"],
               ["镇政府", "政府", "乡级", "石桥镇", "县政府"], *([firm, "企业", None, "石桥镇", None, 20 + at % 400] for at, firm in enumerate(firms))],
        "岗位": [["编号", "单位", "角色"], ["县长", "县政府", "主要负责人"], ["局长", "县应急局", "主要负责人"], *([f"{firm}厂长", firm, "主要负责人"] for firm in firms)],
        "任职": [["岗位", "人员", "开始日期"], ["县长", "P1", "2022-01-10"], *([f"{firm}厂长", f"P{at + 2}", "2021-03-01"] for at, firm in enumerate(firms))],
        "记录": [["记录种类", "时间", "行为主体", "工作对象", "检查人", "签字人", "主持人", "学时"], *_done(firms)],
        "台账": [["单位", "台账种类", "开始日期"], ["县应急局", "检查", "2024-01-01"]],
    }


def _done(firms: Sequence[str]) -> Iterator[list[object]]:
    for at, firm in enumerate(firms):
        day = f"2024-{1 + at % 12:02}-{1 + at % 28:02}"
        yield ["检查", f"{day} 09:{at % 60:02}", "县应急局", firm, "局长", "局长" if at % 20 else None]
        yield ["培训", day, firm, None, None, None, None, 2 + at % 40] if at % 2 else ["会议", day, firm, None, None, None, f"{firm}厂长"]


def written(path: Path, rows: int) -> int:
    """Write the workbook; how many rows of data it has."""
    made = sheets(rows)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        for name, table in made.items():
            page = book.add_worksheet(name)
            for at, row in enumerate(table):
                page.write_row(at, 0, row)
    return sum(len(table) - 1 for table in made.values())


def once(command: Sequence[str]) -> Cost:
    """Run a command to its end, its output thrown away; ``cpu`` is user and system time."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # users do not set it
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) in (0, 1), f"{command} failed"
    return Cost(time.perf_counter() - started, usage.ru_utime + usage.ru_stime)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="keep the table in results/workbook.md")
    parser.add_argument("--keep", type=Path, help="only write the workbook to this file")
    options = parser.parse_args()
    if options.keep is not None:
        print(f"{options.keep}: {written(options.keep, options.rows):,} rows")
        return
    with TemporaryDirectory() as folder:
        book = Path(folder) / "清河县.xlsx"
        rows = written(book, options.rows)
        lines = [f"{rows:,} rows, {book.stat().st_size / 2**20:.1f} MB. New process each time; best of {options.times}, taken in turn; at most {LIMIT:.0f} s.", "",
                 "| what | wall s | CPU s, user and system | times the cells alone |", "|---|---|---|---|"]
        cases = {name: [sys.executable, "-c", code, str(book)] for name, code in READERS.items()} | {
            "zeren check": [ZEREN, "check", str(book)],
            "zeren check, Word": [ZEREN, "check", str(book), "-f", f"docx:{folder}/报告.docx"],
            "zeren import": [ZEREN, "import", str(book), "-o", f"{folder}/组织"],
        }
        best = dict.fromkeys(cases, Cost(1e9, 1e9))
        for _ in range(options.times):
            for name, command in cases.items():
                best[name] = best[name].best(once(command))
                rmtree(Path(folder) / "组织", ignore_errors=True)
    least = best["cells only, calamine"]
    lines += [f"| {name} | {cost.wall:.2f} | {cost.cpu:.2f} | {cost.cpu / least.cpu:.1f} |" for name, cost in best.items()]
    print("\n".join(lines))
    if options.write:
        (HERE / "results").mkdir(exist_ok=True)
        (HERE / "results" / "workbook.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
