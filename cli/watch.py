"""``zeren watch``: take in events one by one and tell what each of them changed."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zeren.cli import inputs
from zeren.cli.progress import Progress

if TYPE_CHECKING:
    from zeren.engine.live.session import Session
    from zeren.engine.live.stream import Told

_EXITS = (
    "退出码：0 全部收下；2 有退回的行，或输入、用法有误；3 内部错误；130 按了 Ctrl-C；141 读结果的程序先走了。事件的写法见 docs/watch.md 和 zeren schema event。"
    "有 --journal 时，中断后用同样的命令再运行，从断处接着来，不丢也不重。辅助研判，不构成责任认定。"
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EXITS
    parser.add_argument("org", nargs="+", type=Path, metavar="ORG", help="开始时的组织文件或文件夹，可写多个")
    inputs.organisation_arguments(parser)
    parser.add_argument("--events", required=True, metavar="文件|-", help="事件，每行一个 JSON；- 是标准输入")
    parser.add_argument("--journal", type=Path, metavar="文件", help="日志（SQLite），没有就新建；重新运行时从它接着来")
    parser.add_argument("--warn", default="0天", metavar="N天", help="期限前多久提醒，如 10天；缺省不提醒")
    parser.add_argument("--only", nargs="+", default=[], metavar="规则", help="只看这些规则（编号或前缀，如 AWH）")
    parser.add_argument("--skip", nargs="+", default=[], metavar="规则", help="不看这些规则")
    parser.add_argument("-f", "--format", choices=("term", "json"), default="term", metavar="格式", help="term（缺省）或 json（每行一个 JSON）")
    parser.add_argument("--all", action="store_true", help="新增的符合、未到期也逐条列出")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    warn = _days(args.warn)
    given = inputs.read(args, args.org)
    from zeren.engine.audit import chosen
    from zeren.engine.live.journal import Journal
    from zeren.engine.live.session import Session
    from zeren.engine.live.stream import follow, identity, resume
    from zeren.reports import live_text

    style, ascii_only, as_json = inputs.style(), inputs.ascii_only(), args.format == "json"
    progress = Progress(len(chosen(given.pack, args.only, args.skip)), sys.stderr)
    with _lines(args.events) as lines:
        session = Session(given.org, given.pack, given.on, warn, args.only, args.skip, progress)
        journal = Journal(args.journal, identity(session, args.only, args.skip, warn)) if args.journal is not None else None
        try:
            def tell(told: Mapping[str, Any]) -> None:
                _out(live_text.dump(told, ascii_only) if as_json else live_text.lines(told, style, args.all))

            earlier = resume(session, journal, tell) if journal is not None else []
            _ready(session, progress)
            if not as_json and not earlier:
                _out(live_text.opening(session, style))

            def describe(told: Told) -> Mapping[str, Any]:
                return live_text.document(told, session.words)

            tally = follow(session, lines, args.events, describe, tell, journal)
        finally:
            if journal is not None:
                journal.close()
    _out(live_text.dump(live_text.ending(session, tally), ascii_only) if as_json else live_text.closing(session, tally))
    return 2 if tally.refused else 0


def _ready(session: Session, progress: Progress) -> None:
    """Judge the beginning; what it made lives as long as the session, and the collector need not walk it again."""
    gc.disable()
    try:
        _ = session.network
    finally:
        progress.close()
        gc.freeze()
        gc.enable()


def _out(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _days(text: str) -> float:
    """``10天`` or ``10`` as days. Raises UsageError."""
    from zeren.models.moments import DAY, parse_duration
    from zeren.models.problems import UsageError

    try:
        return parse_duration(f"{text}天" if text.strip().isdigit() else text) / DAY
    except ValueError:
        raise UsageError.of("USE-时长", f"--warn 的“{text}”不是时长", "写法如 10天、12小时") from None


@contextmanager
def _lines(name: str) -> Iterator[Iterable[str]]:
    """The lines of a file or of stdin; bytes that are no UTF-8 come as marks, so that the line is refused and the stream goes on."""
    from zeren.models.problems import UsageError

    if name == "-":
        if hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")
        yield sys.stdin
        return
    try:
        file = open(name, encoding="utf-8-sig", errors="replace")  # noqa: SIM115
    except OSError as error:
        raise UsageError.of("USE-事件", f"不能读取事件文件 {name}：{error.strerror}", "核对路径；从管道送来的写 --events -") from None
    with file:
        yield file
