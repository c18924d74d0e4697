"""``zeren rules``: list, show, lint, test and new."""

from __future__ import annotations

import argparse
from pathlib import Path

from zeren.engine.examples import all_examples, examples, missing_examples, run as run_example
from zeren.engine.pack import Pack, matching
from zeren.models.problems import Problems


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", required=True)
    for name, text in {"lint": "检查规则的写法", "test": "运行规则内的例子"}.items():
        sub = actions.add_parser(name, help=text)
        sub.add_argument("ids", nargs="*", help="规则编号或前缀，缺省为全部")
        sub.add_argument("--rules", type=Path, action="append", default=[], help="另加的规则文件夹")


def run(args: argparse.Namespace) -> int:
    """Run the subcommand."""
    pack = Pack(args.rules)
    ids = matching(pack.rule_files, args.ids) if args.ids else list(pack.rule_files)
    return {"lint": _lint, "test": _test}[args.action](pack, ids)


def _lint(pack: Pack, ids: list[str]) -> int:
    problems = Problems()
    for id in ids:
        plan = pack.plan(id, problems, whole=True)
        lacking = missing_examples(plan) if plan is not None else []
        if plan is not None and lacking:
            problems.add(plan.rule.place, "RULE-例子", f"{id} 缺少 {'、'.join(lacking)} 的例子")
    for problem in sorted(problems):
        print(problem)
    print(f"{len(ids)} 条规则，{len(problems.errors)} 个错误，{len(problems.items) - len(problems.errors)} 个提醒")
    return 1 if problems.errors else 0


def _test(pack: Pack, ids: list[str]) -> int:
    verdicts = [run_example(example, plan, pack) for plan, example in all_examples(pack, ids)]
    for verdict in verdicts:
        if verdict.problem:
            print(f"失败 {verdict.example.name}（{verdict.example.place}）\n    {verdict.problem}")
    wrong = sum(bool(verdict.problem) for verdict in verdicts)
    print(f"{len(verdicts)} 个例子，{wrong} 个失败")
    return 1 if wrong else 0


__all__ = ["configure", "examples", "run"]
