"""``zeren ask``: which papers to ask for first, of whom, so that the fewest decide the most."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from zeren.cli import inputs

_KINDS: Final = ("term", "json", "docx")
_EPILOG: Final = "按“每要一份资料能判定多少项”排序；写 --most 只列最要紧的几份。退出码：0 已列出；2 输入有误。辅助研判，不构成责任认定。"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.add_argument("org", nargs="+", type=Path, metavar="ORG", help="组织文件或文件夹，可写多个；也可以是一份检查报告（.json）")
    inputs.organisation_arguments(parser)
    parser.add_argument("--most", type=int, metavar="份数", help="最多要几份资料")
    parser.add_argument("-f", "--format", default="term", metavar="格式[:文件]", help="term（缺省）、json，或 docx:文件（每个持有单位一封函）")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from zeren.engine.compare.papers import asking
    from zeren.models.problems import UsageError
    from zeren.reports import letters
    from zeren.reports.document import document
    from zeren.reports.reading import looks_like_report, read

    kind, file = inputs.target(args.format, _KINDS)
    if args.most is not None and args.most < 1:
        raise UsageError.of("USE-参数", f"--most 是 {args.most}，应是 1 以上的整数", "如 --most 10")
    if len(args.org) == 1 and looks_like_report(args.org[0]):
        found = read(args.org[0])
    else:
        found = document(inputs.read(args, args.org).report())
    asked = asking(found.requests, [one.id for one in found.findings if one.outcome == "unknown"]).first(args.most)
    if kind == "docx":
        inputs.emit(file, letters.word(asked, found))
    elif kind == "json":
        inputs.emit(file, letters.as_json(asked, found, not file and inputs.ascii_only()))
    else:
        inputs.emit(file, letters.terminal(asked, found, inputs.style()))
    return 0
