"""``zeren diff``: what became of the problems of an earlier report, or what a re-assignment leaves without a bearer."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from zeren.cli import inputs

_KINDS: Final = ("term", "json", "md", "docx")
_EPILOG: Final = (
    "两份或更多检查报告（zeren check -f json 写出，从旧到新）：已整改、新增、仍存在、复发，按单位列出。两个组织文件或文件夹：哪些分管、监管职责和岗位"
    "没有人承接了。退出码：1 有新增、复发、仍存在的问题或无人承接的职责；0 没有；2 输入有误。辅助研判，不构成责任认定。"
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.add_argument("inputs", nargs="+", type=Path, metavar="旧 新", help="从旧到新的报告（.json），或新旧两个组织")
    inputs.organisation_arguments(parser)
    parser.add_argument("-f", "--format", default="term", metavar="格式[:文件]", help="term（缺省）、json、md 或 docx:文件")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from zeren.reports.reading import looks_like_report

    kind, file = inputs.target(args.format, _KINDS)
    reports = [looks_like_report(path) for path in args.inputs]
    _check(args.inputs, reports)
    made, worse = _of_reports(args, kind, file) if all(reports) else _of_organisations(args, kind, file)
    inputs.emit(file, made)
    return int(worse)


def _check(paths: list[Path], reports: list[bool]) -> None:
    from zeren.models.problems import UsageError

    if len(paths) < 2:
        raise UsageError.of("USE-参数", "要写两份才能比较", "zeren diff 旧.json 新.json，或 zeren diff 旧组织 新组织")
    if any(reports) and not all(reports):
        other = paths[reports.index(False)]
        raise UsageError.of("USE-参数", f"{other} 不是检查报告，而别的是", "报告与报告比，组织与组织比；报告用 zeren check ORG -f json:报告.json 写出")
    if not all(reports) and len(paths) > 2:
        raise UsageError.of("USE-参数", "组织一次只比较新旧两个", "把一个组织的文件放进同一个文件夹")


def _of_reports(args: argparse.Namespace, kind: str, file: str) -> tuple[str | bytes, bool]:
    from zeren.reports import comparisons
    from zeren.reports.reading import read
    from zeren.reports.rectified import compare

    found = compare([read(path) for path in args.inputs])
    worse = bool(found.by("新增") or found.by("复发") or found.by("仍存在"))
    if kind == "docx":
        return comparisons.word(found), worse
    if kind == "json":
        return comparisons.comparison_json(found, not file and inputs.ascii_only()), worse
    return comparisons.markdown(found) if kind == "md" else comparisons.terminal(found, inputs.style()), worse


def _of_organisations(args: argparse.Namespace, kind: str, file: str) -> tuple[str | bytes, bool]:
    from zeren.engine.compare.bearers import handover
    from zeren.reports import comparisons

    old, new = (inputs.read(args, [path]).report() for path in args.inputs)
    found = handover(old, new)
    if kind == "docx":
        from zeren.models.moments import format_moment

        return comparisons.handover_word(found, new.name, format_moment(new.on, "end")), bool(found.orphaned)
    if kind == "json":
        return comparisons.handover_json(found, not file and inputs.ascii_only()), bool(found.orphaned)
    text = comparisons.handover_markdown(found) if kind == "md" else comparisons.handover_terminal(found, inputs.style())
    return text, bool(found.orphaned)
