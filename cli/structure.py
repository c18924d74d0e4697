"""``zeren structure``: gaps, overlaps, loops and single points in who answers for whom."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from zeren.cli import inputs

_EPILOG = (
    "只看谁管谁，不看做没做；做没做用 zeren check。退出码：0 没有结构问题；1 有；2 输入或用法有误；3 内部错误。资料不全、不能判定的不算。"
    "辅助研判，不构成责任认定。"
)
#: From so many units on it is said that the work takes a while.
_MANY = 20_000


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.add_argument("org", nargs="+", type=Path, metavar="ORG", help="组织文件或文件夹，可写多个")
    inputs.organisation_arguments(parser)
    parser.add_argument("-f", "--format", choices=("term", "json"), default="term", metavar="格式", help="term（缺省）或 json")
    parser.add_argument("--all", action="store_true", help="依据和位置全部列出")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    given = inputs.read(args, args.org)
    from zeren.graphs.structure import structure
    from zeren.reports import structure as report

    if (size := len(given.org.facts.of("unit"))) > _MANY:
        inputs.say(f"正在查看 {size} 个单位之间的关系，请稍候")
    found = structure(given.org, given.pack, given.on)
    if args.format == "json":
        sys.stdout.write(report.render_json(found, inputs.ascii_only()))
    else:
        sys.stdout.write(report.render(found, inputs.style(), args.all))
    return int(any(one.outcome == "fail" for one in found.findings))
