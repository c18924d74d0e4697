"""``zeren scenario``: run scenarios and compare with what they expect, list them, or score published cases."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

NOTICE = "辅助研判，不构成责任认定"
#: The plain reference takes minutes on a city; over an index it is the same loops.
_ENGINES = {"auto": ("auto",), "duckdb": ("duckdb",), "indexed": ("indexed",), "both": ("duckdb", "indexed")}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="动作", required=True)
    run_parser = actions.add_parser("run", help="运行场景，与预期逐条比较")
    list_parser = actions.add_parser("list", help="列出场景与讲解词")
    for sub in (run_parser, list_parser):
        sub.add_argument("dirs", nargs="*", type=Path, metavar="DIR", help="场景文件夹，缺省为自带的全部场景")
        sub.add_argument("-f", "--format", choices=("term", "json"), default="term", help="输出格式")
    score_parser = actions.add_parser("score", help="用公开案例检验责任链：召回、准确、层级、责任种类")
    score_parser.add_argument("dirs", nargs="*", type=Path, metavar="DIR", help="案例文件（*.json）或文件夹，缺省为自带的案例")
    score_parser.add_argument("-f", "--format", choices=("term", "json"), default="term", help="输出格式")
    run_parser.add_argument("--engine", choices=tuple(_ENGINES), default="auto", help="用哪一个引擎")
    run_parser.add_argument("--rules", type=Path, action="append", default=[], help="另加的规则文件夹")


def run(args: argparse.Namespace) -> int:
    """Run the subcommand and return 0 (as expected) or 1 (differences)."""
    if args.action == "score":
        from zeren.cli.scenario_score import run_score

        return run_score(args)
    from zeren.engine.scenarios import builtin, find

    folders = find(args.dirs or [builtin()])
    return _list(folders, args.format) if args.action == "list" else _run(folders, args)


def _run(folders: Sequence[Path], args: argparse.Namespace) -> int:
    from zeren.engine.scenarios import Result
    from zeren.engine.scenarios import run as run_one
    from zeren.models.problems import Problem, ZerenError

    engines = _ENGINES[args.engine]
    results: list[Result] = []
    problems: list[Problem] = []
    for folder in folders:
        print(f"运行 {folder.name}", file=sys.stderr)
        try:
            results += [run_one(folder, engine, args.rules) for engine in engines]
        except ZerenError as error:
            problems.extend(error.problems)
    for problem in problems:
        print(problem, file=sys.stderr)
    wrong = sum(bool(one.differences) for one in results)
    if args.format == "json":
        print(json.dumps({"notice": NOTICE, "results": [one.data() for one in results]}, ensure_ascii=False, indent=2))
    else:
        for one in results:
            print("\n".join(_lines(one)))
        print(f"{len(results)} 个场景结果，{wrong} 个与预期不符。{NOTICE}")
    return 2 if problems else 1 if wrong else 0


def _lines(result: object) -> Iterable[str]:
    from zeren.engine.scenarios import LABELS_OF, Result

    assert isinstance(result, Result)
    counts = "，".join(f"{LABELS_OF[kind]} {number}" for kind, number in result.counts().items())
    state = "与预期不符" if result.differences else "符合预期"
    yield f"{state} {result.scenario.id} {result.scenario.title}（{result.engine}；{counts}）"
    yield from (f"    {one}" for one in result.differences)


def _list(folders: Sequence[Path], form: str) -> int:
    from zeren.models.scenario import load_scenario

    scenarios = [load_scenario(folder) for folder in folders]
    if form == "json":
        rows = [{"scenario": one.id, "title": one.title, "intro": one.intro, "folder": str(one.folder)} for one in scenarios]
        print(json.dumps({"notice": NOTICE, "scenarios": rows}, ensure_ascii=False, indent=2))
        return 0
    for one in scenarios:
        print(f"{one.id} {one.title}\n    {' '.join(one.intro.split())}")
    print(NOTICE)
    return 0
