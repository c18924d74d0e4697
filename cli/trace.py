"""``zeren trace``: from an accident to every answerable post, with reasons; with ``--post`` why one is on the chain or not."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from zeren.cli import inputs

_EPILOG = (
    "退出码：0 已列出责任链（不论结论如何）；2 输入或用法有误；3 内部错误。问责到哪一级是惯例，不是法条。辅助研判，不构成责任认定。"
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.add_argument("org", nargs="+", type=Path, metavar="ORG", help="组织文件或文件夹，可写多个")
    parser.add_argument("incident", metavar="事故", help="事故编号，或显示的名称")
    inputs.organisation_arguments(parser)
    parser.add_argument("--post", metavar="岗位", help="只说明这个岗位：为什么在责任链上，或者为什么不在")
    parser.add_argument("-f", "--format", choices=("term", "json"), default="term", metavar="格式", help="term（缺省）或 json")
    parser.add_argument("--all", action="store_true", help="未列入的岗位、依据和佐证全部列出")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from zeren.engine.chain.trace import trace
    from zeren.models.named import named

    given = inputs.read(args, args.org)
    incident = named(given.org, args.incident, ("incident",), "事故")
    post = named(given.org, args.post, ("post",), "岗位") if args.post is not None else None
    chain = trace(given.org, incident, given.on, given.pack, post)
    if args.format == "json":
        from zeren.reports import chain_json

        sys.stdout.write(chain_json.render(chain, given.org.labels, inputs.ascii_only()))
        return 0
    from zeren.reports import chain_terminal

    if post is not None:
        sys.stdout.write(chain_terminal.render_post(chain, post, inputs.style()))
    else:
        sys.stdout.write(chain_terminal.render(chain, given.org.labels, inputs.style(), args.all))
    return 0
