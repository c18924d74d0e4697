"""``zeren duties``: the duties of one post, or of every post of a unit (责任清单)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from zeren.cli import inputs
from zeren.reports.page import NOTICE

_KINDS: Final = ("term", "json", "docx")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("org", nargs="+", type=Path, metavar="ORG", help="组织文件或文件夹，可写多个")
    parser.add_argument("post", metavar="岗位", help="岗位编号或显示的名称；写单位则列出其全部岗位")
    inputs.organisation_arguments(parser)
    parser.add_argument("-f", "--format", default="term", metavar="格式[:文件]", help="term（缺省）、json 或 docx:文件")
    parser.add_argument("--all", action="store_true", help="每项职责的各次情形全部列出")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from zeren.engine.duties import duties

    kind, file = inputs.target(args.format, _KINDS)
    given = inputs.read(args, args.org)
    posts = _posts(given, args.post)
    report = given.report(focus=posts[0] if len(posts) == 1 else None)
    found = [duties(report, post) for post in posts]
    if kind == "docx":
        from zeren.reports.word import duties as word

        made: str | bytes = word.render(found)
    elif kind == "json":
        from dataclasses import asdict

        from zeren.reports.json_report import dump

        data = [{**asdict(one), "notice": NOTICE} for one in found]
        made = dump(data[0] if len(data) == 1 else data, not file and inputs.ascii_only())
    else:
        from zeren.reports.duties import render

        made = "\n".join(render(one, inputs.style() if not file else None, args.all) for one in found)
    inputs.emit(file, made)
    return 0


def _posts(given: inputs.Inputs, word: str) -> list[str]:
    """The posts that ``word`` means: one, or all of a unit in the order of the file."""
    from zeren.models.named import named

    units = [str(fact.values[0]) for fact in given.org.facts.of("unit") if word in (fact.values[0], given.org.label(str(fact.values[0])))]
    held = [str(row["id"]) for row in given.org.facts.records("post") if row["unit"] in units]
    return held or [named(given.org, word, ("post",), "岗位")]
