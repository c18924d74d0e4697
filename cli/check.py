"""``zeren check``: check an organisation by the rules and report."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zeren.cli import inputs
from zeren.cli.progress import Progress
from zeren.reports.page import Style

if TYPE_CHECKING:
    from zeren.engine.report import Report

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
                        help="term（缺省）或 json，可写多次；写了文件名就写入文件")
    parser.add_argument("--fail-on", choices=_SEVERITIES, default="一般", metavar="程度",
                        help="严重、一般（缺省）或提示：不符合达到这一程度时退出码为 1")
    parser.add_argument("--all", action="store_true", help="全部列出，不只列每条规则的前几条")
    parser.add_argument("--engine", choices=("auto", "duckdb", "indexed", "reference"), default="auto", metavar="引擎",
                        help="auto（缺省，按规模选 indexed 或 duckdb）、duckdb、indexed、reference（慢，用于核对）；结果相同")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    outputs = targets(args.format)
    given = inputs.read(args, args.org)
    from zeren.engine.audit import chosen

    progress = Progress(len(chosen(given.pack, args.only, args.skip)), sys.stderr)
    try:
        report = given.report(args.only, args.skip, args.focus, args.engine, progress)
    finally:
        progress.close()
    for name, file in outputs:
        emit(name, file, report, args)
    return exit_code(report, args.fail_on)


def exit_code(report: Report, fail_on: str) -> int:
    """3 where a rule could not be evaluated, 1 where something is not in order at or above ``fail_on``, else 0."""
    from zeren.engine.outcome import Outcome

    if report.by(Outcome.ERROR):
        return 3
    grave = _SEVERITIES[: _SEVERITIES.index(fail_on) + 1]
    return int(any(not one.warning and one.rule.severity in grave for one in report.by(Outcome.FAIL)))


def targets(formats: Sequence[str]) -> list[tuple[str, str]]:
    """Read ``format[:file]`` words; an empty file is stdout.

    Raises:
        UsageError: a format does not exist, or two reports go to the same place.
    """
    from zeren.models.problems import UsageError, nearest

    found = [(name, file) for name, _, file in (word.partition(":") for word in formats or ["term"])]
    for name, _ in found:
        if name not in FORMATS:
            near = nearest(name, FORMATS)
            raise UsageError.of("USE-格式", f"没有报告格式“{name}”" + (f"，{near}" if near else ""), f"可用：{'、'.join(FORMATS)}")
    places = [file for _, file in found]
    if len(set(places)) < len(places):
        twice = next(place for place in places if places.count(place) > 1)
        raise UsageError.of("USE-格式", f"有两份报告都要写到{twice or '标准输出'}", "写成 -f json:报告.json，最多一份留在标准输出")
    return found


def emit(name: str, file: str, report: Report, args: argparse.Namespace) -> None:
    """Write one report to its file, or to stdout.

    Raises:
        UsageError: the file cannot be written.
    """
    if not file:
        sys.stdout.write(FORMATS[name](report, args, inputs.style(), inputs.ascii_only()))
        return
    from zeren.models.problems import UsageError

    try:
        Path(file).write_text(FORMATS[name](report, args, Style(), False), encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError.of("USE-输出", f"不能写入 {file}：{error.strerror}", "核对文件夹是否存在、是否有写入权限") from None


def _term(report: Report, args: argparse.Namespace, style: Style, _ascii: bool) -> str:
    from zeren.reports import terminal

    return terminal.render(report, style, args.all, " ".join(str(path) for path in args.org))


def _json(report: Report, _args: argparse.Namespace, _style: Style, ascii_only: bool) -> str:
    from zeren.reports import json_report

    return json_report.render(report, ascii_only)


#: Format → how it is made. A new format is one line here and one file in reports/.
FORMATS: Final[dict[str, Callable[[Report, argparse.Namespace, Style, bool], str]]] = {"term": _term, "json": _json}
