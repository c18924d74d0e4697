"""``zeren draw``: diagrams as SVG, PNG, PDF or DOT, that can be projected and put into reports."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from threading import Timer
from typing import Final

from zeren.cli import inputs

_EPILOG: Final = (
    "总是同时写出 .dot；一页放不下时分为 文件-1.svg、文件-2.svg。图画好了退出码为 0；2 输入或用法有误，或者没有画图的程序；"
    "3 内部错误。辅助研判，不构成责任认定。"
)
_KINDS: Final = (
    "map 责任体系总图；focus 一个单位或岗位的四邻；post 一个岗位的责任；coverage 行业与属地、五级五覆盖；"
    "chain 事故责任链；rule 一条规则的条件"
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.add_argument("org", nargs="+", type=Path, metavar="ORG", help="组织文件或文件夹，可写多个")
    inputs.organisation_arguments(parser)
    parser.add_argument("--as", dest="kind", required=True, metavar="图种", help=_KINDS)
    parser.add_argument("--incident", metavar="事故", help="事故编号或名称（chain；只有一起事故时可省略）")
    parser.add_argument("--post", metavar="岗位", help="岗位编号或名称（post）")
    parser.add_argument("--unit", "--focus", dest="unit", metavar="单位", help="单位或岗位的编号或名称（focus；map 只画这一片）")
    parser.add_argument("--rule", metavar="规则", help="规则编号（rule）")
    parser.add_argument("--findings", action="store_true", help="把检查发现标在图上（map、focus）")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="文件", help="以 .svg、.png、.pdf 或 .dot 结尾")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from zeren.graphs.draw import subject
    from zeren.graphs.files import kind_of, write_or_focus
    from zeren.graphs.render.errors import RenderError

    kind_of(args.output)
    given = inputs.read(args, args.org)
    about = subject(given.org, given.pack, given.on, incident=args.incident, post=args.post, unit=args.unit, rule=args.rule,
                    findings=args.findings)
    waiting = Timer(1.0, inputs.say, ["正在计算和排图，请稍候"])
    waiting.daemon = True
    waiting.start()
    try:
        written = write_or_focus(args.kind, about, args.output)
    except RenderError as error:
        waiting.cancel()
        return _without_picture(error)
    finally:
        waiting.cancel()
    for note in written.notes:
        inputs.say(f"说明：{note}")
    for file in written.files:
        sys.stdout.write(f"{file}\n")
    return 0


def _without_picture(error: Exception) -> int:
    """Say why there is no picture: 2 where the machine or the size is the reason, 3 where it is a defect of ours."""
    from zeren.cli.main import BAD_INPUT, INTERNAL, problems_text
    from zeren.graphs.render.errors import NoRenderer, RenderError, TimeLimit

    assert isinstance(error, RenderError)
    inputs.say(problems_text(error))
    return BAD_INPUT if isinstance(error, NoRenderer | TimeLimit) else INTERNAL
