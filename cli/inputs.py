"""Arguments that several commands share, and what they name: organisation, rules, audit moment, report."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zeren.reports.page import Style

if TYPE_CHECKING:
    from zeren.engine.language.plan import Plan
    from zeren.engine.pack import Pack
    from zeren.engine.report import Report
    from zeren.models.organisation import Organisation
    from zeren.models.problems import Problem

#: How many remarks on the organisation file are shown.
_REMARKS = 20
#: Tables of more bytes take long enough to say so.
_LARGE = 300_000


def organisation_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare --on, --profile, --rules and --waivers."""
    parser.add_argument("--on", metavar="日期", help="审计日，如 2024-12-31；缺省用组织文件里的 on")
    parser.add_argument("--profile", metavar="名称", help="参数方案；缺省用组织文件里的 profile")
    rules_argument(parser)
    marked_argument(parser)
    parser.add_argument("--waivers", type=Path, action="append", default=[], metavar="文件", help="另附的豁免文件（其中写 waivers:）")


def marked_argument(parser: argparse.ArgumentParser) -> None:
    """Declare --marked."""
    parser.add_argument("--marked", type=Path, metavar="副本.xlsx", help="ORG 是工作簿或 CSV 时：把有问题的格涂色、加批注，另存为这个副本")


def rules_argument(parser: argparse.ArgumentParser) -> None:
    """Declare --rules."""
    parser.add_argument("--rules", type=Path, action="append", default=[], metavar="文件夹", help="另加的规则文件夹，可写多次")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a command works on: the organisation, the rules under a profile, and the audit moment in seconds."""

    org: Organisation
    pack: Pack
    on: int

    def report(self, only: Sequence[str] = (), skip: Sequence[str] = (), focus: str | None = None, engine: str = "auto",
               progress: Callable[[Plan], None] | None = None) -> Report:
        """Check the organisation; see :func:`zeren.engine.audit.audit`."""
        from zeren.engine.audit import audit

        return audit(self.org, self.pack, self.on, only, skip, focus, engine, progress)


def read(args: argparse.Namespace, paths: Sequence[Path]) -> Inputs:
    """Load what the arguments name; remarks go to stderr.

    Raises:
        InputError: a file cannot be used. UsageError: a date, profile or folder does not exist.
    """
    from zeren import moment

    rules = pack(args.rules)
    org = organisation([*paths, *args.waivers], getattr(args, "marked", None))
    on = moment(org, args.on)
    if args.on is None and org.on is None:
        say("提醒：组织文件没有写审计日 on，按今天检查；写明 --on 日期，结果才能重复")
    remarks(org, rules)
    return Inputs(org, with_profile(rules, args.profile or org.profile), on)


def organisation(paths: Sequence[Path], marked: Path | None = None) -> Organisation:
    """Load an organisation; ``marked`` is where a copy of a workbook with its problems goes.

    Raises:
        InputError: a file cannot be used. UsageError: the copy cannot be written.
    """
    from zeren.models.organisation import load
    from zeren.models.problems import InputError

    if any(path.suffix.lower() in (".xlsx", ".xlsm", ".csv") and path.is_file() and path.stat().st_size > _LARGE for path in paths):
        say("正在读取表格，请稍候")
    try:
        org = load(paths)
    except InputError as error:
        mark(paths, error.problems, marked)
        raise
    if marked is not None:
        mark(paths, org.warnings, marked)
    return org


def mark(paths: Sequence[Path], problems: Sequence[Problem], target: Path | None) -> None:
    """Write the marked copy, or say that there could be one.

    Raises:
        UsageError: there is another file in its place, or it cannot be written.
    """
    cells = [one for one in problems if one.place.line and one.place.sheet]
    if target is None:
        if cells:
            say(f"有 {len(cells)} 处问题在表格里：加 --marked 副本.xlsx，把这些格涂色、加批注，另存一份")
        return
    from zeren.cli import outputs
    from zeren.models.organisation import files
    from zeren.models.problems import UsageError
    from zeren.models.workbook.marked import is_marked, marked

    outputs.need_suffix(target, ".xlsx")
    if target.exists() and (not target.is_file() or target.resolve() in [path.resolve() for path in paths] or not is_marked(target.read_bytes())):
        raise UsageError.of("USE-输出", f"{target} 已经存在，不覆盖", "换一个文件名")
    data = marked(files(paths), problems)
    if data is None:
        say("没有问题落在表格里，没有写副本")
    else:
        outputs.write_over(target, data)
        say(f"已写入 {target}：有问题的格涂了色、加了批注，全部问题列在“问题”表")


def pack(folders: Sequence[Path]) -> Pack:
    """The shipped rules and those of ``folders``.

    Raises:
        UsageError: a folder does not exist.
    """
    from zeren.engine.pack import Pack
    from zeren.models.problems import UsageError

    for folder in folders:
        if not folder.is_dir():
            raise UsageError.of("USE-文件夹", f"没有规则文件夹 {folder}", "核对 --rules 的路径；其下按机制分文件夹放规则")
    return Pack(folders)


def with_profile(rules: Pack, profile: str) -> Pack:
    """The rules under a profile, read now so that a wrong name shows at once.

    Raises:
        UsageError: there is no such profile.
    """
    chosen = rules.with_profile(profile or None)
    if profile:
        _ = chosen.parameters
    return chosen


def remarks(org: Organisation, rules: Pack) -> None:
    """Tell the remarks of the loader, and waivers that name no rule."""
    from zeren.models.problems import nearest

    more = []
    for fact in org.facts.of("waiver"):
        rule = str(fact.values[0])
        if rule not in rules.rule_files:
            near = nearest(rule, rules.rule_files)
            more.append(f"{fact.place}: 提醒 [USE-豁免] 豁免所写的规则“{rule}”不存在，这条豁免不起作用" + (f"（{near}）" if near else ""))
    warn(org, more)


def warn(org: Organisation, more: Sequence[str] = ()) -> None:
    """Tell the remarks of the loader and ``more``; only the first of many."""
    lines = [*map(str, org.warnings), *more]
    for line in dict.fromkeys(lines[:_REMARKS]):
        say(line)
    if len(lines) > _REMARKS:
        say(f"还有 {len(lines) - _REMARKS} 处提醒")


def say(text: str) -> None:
    """Write a line to stderr, where it does not disturb the report."""
    print(text, file=sys.stderr)


def target(word: str, kinds: Sequence[str]) -> tuple[str, str]:
    """Read ``format[:file]``; an empty file is stdout.

    Raises:
        UsageError: there is no such format, or it needs a file.
    """
    from zeren.models.problems import UsageError, nearest

    kind, _, file = word.partition(":")
    if kind not in kinds:
        near = nearest(kind, kinds)
        raise UsageError.of("USE-格式", f"没有格式“{kind}”" + (f"，{near}" if near else ""), f"可用：{'、'.join(kinds)}")
    if kind == "docx" and not file:
        raise UsageError.of("USE-格式", "docx 不能写到标准输出", "写上文件名，如 -f docx:文件.docx")
    return kind, file


def emit(file: str, made: str | bytes) -> None:
    """Write to a file, and say so on stderr; or to stdout, where ``file`` is empty.

    Raises:
        UsageError: the file cannot be written.
    """
    if file:
        write(Path(file), made if isinstance(made, bytes) else made.encode("utf-8", "replace"))
        say(f"已写入 {file}")
    else:
        sys.stdout.write(made if isinstance(made, str) else made.decode("utf-8"))


def write(file: Path, data: bytes) -> None:
    """Write a report to a file.

    Raises:
        UsageError: the file cannot be written.
    """
    from zeren.models.problems import UsageError

    try:
        file.write_bytes(data)
    except OSError as error:
        raise UsageError.of("USE-输出", f"不能写入 {file}：{error.strerror}", "核对文件夹是否存在、是否有写入权限") from None


def style() -> Style:
    """How stdout is to be set: colour and its real width only on a terminal, 80 columns otherwise."""
    if not sys.stdout.isatty():
        return Style()
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Style(columns=max(60, min(120, shutil.get_terminal_size().columns)), colour=not plain)


def ascii_only() -> bool:
    """Whether stdout cannot write every character, so that JSON must escape them."""
    return (sys.stdout.encoding or "").lower().replace("-", "") not in ("utf8", "utf16", "utf8sig")
