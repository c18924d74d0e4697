"""``zeren rules``: list, show, draw as a card, lint, test, mutate and new."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zeren.cli import inputs

if TYPE_CHECKING:
    from zeren.engine.pack import Pack

_ACTIONS: Final = {
    "list": "列出规则", "show": "查看一条规则：条件、依据、台账、参数", "lint": "检查规则的写法", "test": "运行规则内的例子",
    "mutate": "把规则改错一处，看例子能否发现",
    "new": "新建一条规则的草稿", "card": "把一条规则画成讲课用的卡片",
}
_SEVERITIES: Final = ("严重", "一般", "提示")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="动作", title="动作")
    for name, text in _ACTIONS.items():
        sub = actions.add_parser(name, help=text, description=text)
        inputs.rules_argument(sub)
        if name in ("list", "lint", "test", "mutate"):
            sub.add_argument("ids", nargs="*", metavar="规则", help="规则编号、前缀或机制名称，缺省为全部")
        if name == "lint":
            sub.add_argument("--unused", action="store_true", help="也列出没有规则用到的参数、表和指标")
        if name == "list":
            sub.add_argument("--severity", choices=_SEVERITIES, metavar="程度", help="只列严重、一般或提示")
        if name in ("show", "card"):
            sub.add_argument("id", metavar="规则", help="规则编号")
            sub.add_argument("--profile", metavar="名称", help="参数方案，缺省为 默认")
        if name == "card":
            sub.add_argument("-o", "--output", type=Path, metavar="文件", help="以 .svg、.png、.pdf 或 .dot 结尾；缺省为 编号.svg")
        if name == "test":
            sub.add_argument("--engine", choices=("auto", "duckdb", "reference", "both"), default="auto", metavar="引擎",
                             help="duckdb（缺省）、reference，或 both：两种都运行并比较")
        if name == "mutate":
            sub.add_argument("-f", "--format", choices=("term", "json"), default="term", metavar="格式", help="term（缺省）或 json")
            sub.add_argument("--least", type=float, default=95.0, metavar="百分数", help="例子至少应发现的比例，不到时退出码为 1，缺省 95")
        if name == "new":
            sub.add_argument("id", metavar="编号", help="机制字母-三位数字，如 AWH-009")
            sub.add_argument("--mechanism", required=True, metavar="机制", help="所属机制，也是文件夹名，如 安委会")
            sub.add_argument("--title", required=True, metavar="题目", help="一句话说清谁做什么")
            sub.add_argument("--to", type=Path, default=Path("rules"), metavar="文件夹", help="写到哪个规则文件夹，缺省 rules")


def run(args: argparse.Namespace) -> int:
    """Run the subcommand."""
    runs: dict[str, Callable[[argparse.Namespace], int]] = {
        "list": _list, "show": _show, "lint": _lint, "test": _test, "mutate": _mutate, "new": _new, "card": _card,
    }
    return runs[args.action](args)


def selected(pack: Pack, words: Sequence[str]) -> list[str]:
    """The rule ids that ``words`` name: ids, prefixes, or mechanisms (their folders); all without words.

    Raises:
        UsageError: a word names nothing.
    """
    from zeren.engine.pack import matching

    if not words:
        return list(pack.rule_files)
    folders = {path.parent.name for path in pack.rule_files.values()}
    mechanisms = {word for word in words if word in folders}
    by_id = set(matching(pack.rule_files, [word for word in words if word not in mechanisms]))
    return [id for id, path in pack.rule_files.items() if id in by_id or path.parent.name in mechanisms]


def _list(args: argparse.Namespace) -> int:
    from zeren.reports.rule_text import listing

    pack = inputs.pack(args.rules)
    sys.stdout.write(listing(pack, selected(pack, args.ids), args.severity, inputs.style()))
    return 0


def _show(args: argparse.Namespace) -> int:
    from zeren.reports.rule_text import shown

    pack = inputs.with_profile(inputs.pack(args.rules), args.profile or "")
    sys.stdout.write(shown(pack, pack.find(args.id), inputs.style()))
    return 0


def _card(args: argparse.Namespace) -> int:
    from zeren.graphs.diagrams.rule import rule_card
    from zeren.graphs.files import kind_of, write

    target = args.output or Path(f"{args.id}.svg")
    kind_of(target)
    pack = inputs.with_profile(inputs.pack(args.rules), args.profile or "")
    written = write(rule_card(pack, args.id), target)
    for note in written.notes:
        inputs.say(f"说明：{note}")
    for file in written.files:
        print(file)
    return 0


def _lint(args: argparse.Namespace) -> int:
    from zeren.cli.rules_lint import lint

    pack = inputs.pack(args.rules)
    ids = selected(pack, args.ids)
    problems = lint(pack, ids, args.unused)
    for problem in sorted(set(problems)):
        print(problem)
    print(f"{len(ids)} 条规则，{len(problems.errors)} 个错误，{len(problems.items) - len(problems.errors)} 个提醒")
    return 1 if problems.errors else 0


def _test(args: argparse.Namespace) -> int:
    from zeren.engine.examples import all_examples
    from zeren.engine.examples import run as run_example

    pack = inputs.pack(args.rules)
    engines = ("duckdb", "reference") if args.engine == "both" else (args.engine,)
    count = wrong = 0
    for plan, example in all_examples(pack, selected(pack, args.ids)):
        verdicts = {engine: run_example(example, plan, pack, engine) for engine in engines}
        count += 1
        found = [f"{engine}：{verdict.problem}" for engine, verdict in verdicts.items() if verdict.problem]
        judged = {tuple((one.values, one.outcome) for one in verdict.instances) for verdict in verdicts.values()}
        if len(judged) > 1:
            found.append("两种引擎的结论不同")
        if found:
            wrong += 1
            print("\n    ".join([f"失败 {example.name}（{example.place}）", *found]))
    print(f"{count} 个例子，{wrong} 个失败" + ("；两种引擎一致" if len(engines) > 1 and not wrong else ""))
    return 1 if wrong else 0


def _mutate(args: argparse.Namespace) -> int:
    from zeren.cli import rules_mutate

    pack = inputs.pack(args.rules)
    return rules_mutate.run(pack, selected(pack, args.ids), args.format, args.least)


def _new(args: argparse.Namespace) -> int:
    from zeren.cli.rules_new import create
    from zeren.models.problems import nearest

    pack = inputs.pack(args.rules)
    path = create(pack, args.id, args.mechanism, args.title, args.to)
    mechanisms = {file.parent.name for file in pack.rule_files.values()}
    print(f"已写入 {path}")
    if args.mechanism not in mechanisms and (near := nearest(args.mechanism, mechanisms)):
        print(f"提醒：机制“{args.mechanism}”是新的；{near}，若指的是它，请把文件移过去，并改写其中的 mechanism")
    print(f"下一步：填写其中的“〔待填…〕”，然后 zeren rules lint {args.id}，zeren rules test {args.id}")
    return 0
