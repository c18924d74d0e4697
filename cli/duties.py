"""``zeren duties``: the duties of one post (责任清单)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from zeren.cli import inputs
from zeren.reports.page import NOTICE


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("org", nargs="+", type=Path, metavar="ORG", help="组织文件或文件夹，可写多个")
    parser.add_argument("post", metavar="岗位", help="岗位编号，或显示的名称")
    inputs.organisation_arguments(parser)
    parser.add_argument("-f", "--format", choices=("term", "json"), default="term", metavar="格式", help="term（缺省）或 json")
    parser.add_argument("--all", action="store_true", help="每项职责的各次情形全部列出")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from zeren.engine.duties import duties

    given = inputs.read(args, args.org)
    post = _post(given, args.post)
    found = duties(given.report(focus=post), post)
    if args.format == "json":
        from dataclasses import asdict

        from zeren.reports.json_report import dump

        sys.stdout.write(dump({**asdict(found), "notice": NOTICE}, inputs.ascii_only()))
    else:
        from zeren.reports.duties import render

        sys.stdout.write(render(found, inputs.style(), args.all))
    return 0


def _post(given: inputs.Inputs, word: str) -> str:
    """The id of the post that ``word`` means. Raises UsageError with the nearest one where there is none."""
    from zeren.models.problems import UsageError, nearest

    posts = {str(fact.values[0]) for fact in given.org.facts.of("post")}
    if word in posts:
        return word
    named = sorted(id for id in posts if given.org.label(id) == word)
    if len(named) == 1:
        return named[0]
    if named:
        raise UsageError.of("USE-对象", f"叫“{word}”的岗位有 {len(named)} 个：{'、'.join(named)}", "写岗位编号")
    near = nearest(word, posts | {given.org.label(id) for id in posts})
    raise UsageError.of("USE-对象", f"组织中没有岗位“{word}”" + (f"，{near}" if near else ""), "岗位编号见组织文件的 posts")
