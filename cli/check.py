"""``zeren check``: check an organisation by the rules and report."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zeren.cli import inputs
from zeren.cli.progress import Progress
from zeren.reports import formats
from zeren.reports.page import Style

if TYPE_CHECKING:
    from zeren.engine.report import Report

#: The formats with diagrams, which take a while.
_SLOW: Final = ("html", "docx")
_SEVERITIES: Final = ("严重", "一般", "提示")
_EXITS: Final = (
    "退出码只看不符合：有达到 --fail-on 的不符合为 1，否则为 0。证据不足是要补资料，预警是提示风险，未到期是还没到时候，"
    "都不算失职，不使退出码变为 1；规则错误使结果不完整，退出码为 3。辅助研判，不构成责任认定。"
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EXITS
    parser.add_argument("org", nargs="+", type=Path, metavar="ORG", help="组织文件或文件夹，可写多个")
    inputs.organisation_arguments(parser)
    parser.add_argument("--only", nargs="+", default=[], metavar="规则", help="只用这些规则（编号或前缀，如 AWH）")
    parser.add_argument("--skip", nargs="+", default=[], metavar="规则", help="不用这些规则")
    parser.add_argument("--focus", metavar="编号", help="只看与一个单位或岗位有关的发现")
    parser.add_argument("-f", "--format", action="append", default=[], metavar="格式[:文件]",
                        help=f"可写多次；写了文件名就写入文件。{'；'.join(f'{name} {one.purpose}' for name, one in formats.FORMATS.items())}")
    parser.add_argument("--template", type=Path, metavar="文件", help="docx 用自己单位的 Word 模板（要装 zeren[template]）")
    parser.add_argument("--fail-on", choices=_SEVERITIES, default="一般", metavar="程度",
                        help="严重、一般（缺省）或提示：不符合达到这一程度时退出码为 1")
    parser.add_argument("--all", action="store_true", help="全部列出，不只列每条规则的前几条")
    parser.add_argument("--engine", choices=("auto", "duckdb", "indexed", "durable", "reference"), default="auto", metavar="引擎",
                        help="auto（缺省，按规模选 indexed 或 duckdb）、duckdb、indexed、durable（要装 zeren[durable]）、reference（慢，用于核对）；结果相同")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    outputs = formats.targets(args.format)
    given = inputs.read(args, args.org)
    from zeren.engine.audit import chosen
    from zeren.engine.outcome import Outcome

    progress = Progress(len(chosen(given.pack, args.only, args.skip)), sys.stderr)
    try:
        report = given.report(args.only, args.skip, args.focus, args.engine, progress)
    finally:
        progress.close()
    for note in report.evaluation.notes:
        inputs.say(f"提醒：{note}")
    explained = Progress(sum(one.outcome is not Outcome.PASS for one in report), sys.stderr, line="")
    subject = formats.Subject(report, given.org, given.pack, " ".join(str(path) for path in args.org), args.all, inputs.style(),
                              inputs.ascii_only(), args.template, explained.step)
    for name, file in outputs:
        try:
            emit(name, file, subject)
        finally:
            explained.close()
    return exit_code(report, args.fail_on)


def exit_code(report: Report, fail_on: str) -> int:
    """3 where a rule could not be evaluated, 1 where something is not in order at or above ``fail_on``, else 0."""
    from zeren.engine.outcome import Outcome

    if report.by(Outcome.ERROR):
        return 3
    grave = _SEVERITIES[: _SEVERITIES.index(fail_on) + 1]
    return int(any(not one.warning and one.rule.severity in grave for one in report.by(Outcome.FAIL)))


def emit(name: str, file: str, subject: formats.Subject) -> None:
    """Write one report to its file, or to stdout.

    Raises:
        UsageError: the file cannot be written.
    """
    if file:
        if name in _SLOW:
            inputs.say(f"正在画图、排版：{file}，请稍候")
        inputs.emit(file, formats.bytes_of(name, replace(subject, style=Style(), ascii_only=False)))
    else:
        inputs.emit("", formats.FORMATS[name].make(subject))
