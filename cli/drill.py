"""``zeren drill``: make an exercise from an organisation that is in order, open its answer, mark a sheet, show it on slides."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zeren.cli import inputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zeren.engine.drills.catalogue import Fault
    from zeren.engine.pack import Pack

_NUMBER: Final = re.compile(r"[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Action:
    """A subcommand: what it does, how its arguments are declared, and how it runs."""

    text: str
    configure: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="动作", title="动作")
    for name, action in ACTIONS.items():
        sub = actions.add_parser(name, help=action.text, description=action.text)
        action.configure(sub)


def run(args: argparse.Namespace) -> int:
    """Run the subcommand."""
    return ACTIONS[args.action].run(args)


def _for_make(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("org", nargs="+", type=Path, metavar="ORG", help="合规的组织文件或文件夹，可写多个")
    parser.add_argument("--faults", type=int, default=5, metavar="数目", help="安排几处毛病，缺省 5")
    parser.add_argument("--seed", type=int, default=1, metavar="种子", help="一个整数：同样的组织、数目和种子，题目相同；缺省 1")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="文件夹", help="写到哪个新文件夹")
    parser.add_argument("--kinds", nargs="+", default=[], metavar="毛病", help="只用这些毛病或机制，如 责任书漏签 检查；zeren drill kinds 列出")
    parser.add_argument("--as", dest="form", choices=("yaml", "xlsx"), default="yaml", metavar="格式",
                        help="材料写成 yaml（缺省，一个文件夹），或 xlsx（一本工作簿）")
    _catalogue(parser)
    inputs.organisation_arguments(parser)


def _for_kinds(parser: argparse.ArgumentParser) -> None:
    _catalogue(parser)
    inputs.rules_argument(parser)


def _for_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="文件夹", help="出题时写出的文件夹")


def _for_reveal(parser: argparse.ArgumentParser) -> None:
    _for_folder(parser)
    parser.add_argument("-f", "--format", choices=("term", "json", "csv"), default="term", metavar="格式", help="term（缺省）、json，或 csv：写成一份满分的答卷")
    parser.add_argument("--all", action="store_true", help="原来就有的不符合、证据不足全部列出")


def _for_grade(parser: argparse.ArgumentParser) -> None:
    _for_folder(parser)
    parser.add_argument("sheet", type=Path, metavar="答卷", help="学员的答卷，Excel、CSV 或 YAML")
    parser.add_argument("--deduct", default="0", metavar="分", help="每写错一行扣几分，如 0.5；缺省不扣。扣到 0 为止")
    parser.add_argument("-f", "--format", choices=("term", "json"), default="term", metavar="格式", help="term（缺省）或 json")


def _for_slides(parser: argparse.ArgumentParser) -> None:
    _for_folder(parser)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="文件夹", help="写到哪个文件夹：01-题目.svg、02-提示.svg……")


def _catalogue(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--catalogue", type=Path, metavar="文件", help="自己的毛病目录，写法同 scenarios/faults.yaml；缺省用自带的")


def _make(args: argparse.Namespace) -> int:
    from zeren.engine.drills.exercise import write_folder
    from zeren.engine.drills.inject import make
    from zeren.models.problems import UsageError

    if args.faults < 1:
        raise UsageError.of("USE-数目", f"--faults {args.faults}：至少要有一处毛病", "写一个正整数，如 --faults 5")
    given = inputs.read(args, args.org)
    faults = _chosen(given.pack, args.catalogue, args.kinds)
    progress = _Progress(args.faults)
    try:
        drill = make([*args.org, *args.waivers], faults, args.faults, args.seed, given.pack, given.on, progress)
    finally:
        progress.close()
    written = write_folder(drill, args.output, args.form)
    if drill.answer.before:
        inputs.say(f"提醒：这个组织本来就有 {len(drill.answer.before)} 条不符合或证据不足，不算在题里；学员写到的，判为“原来就有”")
    print(f"已写出 {len(drill.answer.planted)} 处毛病的演练：{args.output}")
    for path in written:
        print(f"  {path}")
    print(f"把文件夹交给学员（答案是封好的）；看答案 zeren drill reveal {args.output}，批改 zeren drill grade {args.output} 答卷.csv")
    return 0


def _kinds(args: argparse.Namespace) -> int:
    from zeren.reports.page import Page

    page = Page(inputs.style())
    faults = _chosen(inputs.pack(args.rules), args.catalogue, [])
    page.table([["毛病", "机制", "说明", "查出它的规则"],
                *([one.id, one.mechanism, one.title, one.rules[0] + (f" 等 {len(one.rules)} 条" if len(one.rules) > 1 else "")] for one in faults)])
    page.line(f"{len(faults)} 种")
    sys.stdout.write(page.text())
    return 0


def _reveal(args: argparse.Namespace) -> int:
    from zeren.engine.drills.exercise import model_sheet
    from zeren.engine.drills.seal import open_sealed
    from zeren.reports import drills
    from zeren.reports.json_report import dump

    answer = open_sealed(args.folder)
    texts: dict[str, Callable[[], str]] = {
        "term": lambda: drills.answers(answer, inputs.style(), args.all), "csv": lambda: model_sheet(answer),
        "json": lambda: dump(drills.answer_data(answer), inputs.ascii_only()),
    }
    sys.stdout.write(texts[args.format]())
    return 0


def _grade(args: argparse.Namespace) -> int:
    from zeren.engine.drills.grade import grade
    from zeren.engine.drills.seal import open_sealed
    from zeren.engine.drills.sheet import read_sheet
    from zeren.models.problems import UsageError
    from zeren.reports import drills
    from zeren.reports.json_report import dump

    if not _NUMBER.fullmatch(args.deduct):
        raise UsageError.of("USE-扣分", f"--deduct {args.deduct}：扣分应是不小于 0 的数", "如 --deduct 0.5")
    answer, lines = open_sealed(args.folder), read_sheet(args.sheet)
    result = grade(answer, lines, Decimal(args.deduct))
    if args.format == "json":
        sys.stdout.write(dump(drills.data(answer, result), inputs.ascii_only()))
    else:
        sys.stdout.write(drills.graded(answer, result, len(lines), inputs.style()))
    return 0


def _slides(args: argparse.Namespace) -> int:
    from zeren.engine.drills.seal import open_sealed
    from zeren.graphs.files import write
    from zeren.graphs.slides import slides
    from zeren.models.problems import UsageError

    pages = slides(open_sealed(args.folder))
    try:
        args.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError.of("USE-输出", f"不能写入 {args.output}：{error.strerror}", "核对文件夹是否有写入权限") from None
    inputs.say(f"正在画 {len(pages)} 张，请稍候")
    for number, page in enumerate(pages, 1):
        written = write(page, args.output / f"{number:02}-{page.name}.svg")
        for note in written.notes:
            inputs.say(f"说明：{note}")
        print(written.files[0])
    return 0


def _for_play(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="演练", help="演练文件（写法见 docs/durable.md），如 scenarios/drill.yaml")
    parser.add_argument("--engine", choices=("auto", "durable"), default="auto", metavar="引擎",
                        help="auto（缺省），或 durable：在 durable-rules 的会话里推演（要装 zeren[durable]）；过程相同")
    parser.add_argument("--profile", metavar="名称", help="参数方案；缺省用组织文件里的 profile")
    parser.add_argument("--clocks-only", action="store_true", help="只推演时钟，不接着列责任链")
    inputs.rules_argument(parser)


def _play(args: argparse.Namespace) -> int:
    from zeren.engine.chain.trace import trace
    from zeren.engine.drills.play import play, stream
    from zeren.engine.drills.timeline import read_timeline
    from zeren.reports import chain_terminal, drill_play

    session = stream(args.engine)
    timeline, style = read_timeline(args.file), inputs.style()
    pack = inputs.with_profile(inputs.pack(args.rules), args.profile or timeline.org.profile)
    sys.stdout.write(drill_play.opening(timeline, style))
    try:
        for scene in play(timeline, pack, session):
            sys.stdout.write(drill_play.scene(scene, style))
            sys.stdout.flush()
    finally:
        session.close()
    for note in session.notes:
        inputs.say(f"提醒：{note}")
    if not args.clocks_only:
        chain = trace(timeline.org, timeline.incident, timeline.until, pack)
        sys.stdout.write("\n" + chain_terminal.render(chain, timeline.org.labels, style))
    return 0


def _chosen(pack: Pack, path: Path | None, words: Sequence[str]) -> tuple[Fault, ...]:
    """The faults of a catalogue that ``words`` name by id or mechanism; all without words. Raises UsageError where a word names none."""
    from zeren.engine.drills.catalogue import read_catalogue
    from zeren.models.problems import UsageError, nearest

    faults = read_catalogue(pack, path)
    known = {name for one in faults for name in (one.id, one.mechanism)}
    for word in words:
        if word not in known:
            near = nearest(word, known)
            raise UsageError.of("USE-毛病", f"没有毛病或机制“{word}”" + (f"，{near}" if near else ""), "zeren drill kinds 列出全部毛病")
    return tuple(one for one in faults if not words or one.id in words or one.mechanism in words)


class _Progress:
    """Tells on stderr how many faults are planted: a bar on a terminal, one line otherwise."""

    def __init__(self, total: int) -> None:
        self._total, self._told = total, False

    def __call__(self, done: int) -> None:
        """Note that ``done`` faults are planted."""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r正在出题 {done}/{self._total}")
        elif not self._told:
            sys.stderr.write(f"正在出题：{self._total} 处毛病，请稍候\n")
        self._told = True
        sys.stderr.flush()

    def close(self) -> None:
        """Wipe the bar."""
        if self._told and sys.stderr.isatty():
            sys.stderr.write("\r" + " " * 40 + "\r")


#: Subcommand → what it is. A new one is a line here.
ACTIONS: Final = {
    "make": Action("出题：在合规的组织里安排若干处毛病", _for_make, _make),
    "grade": Action("批改学员的答卷", _for_grade, _grade),
    "reveal": Action("打开封好的答案", _for_reveal, _reveal),
    "slides": Action("做成讲课用的一组图：题目、提示、逐处揭晓", _for_slides, _slides),
    "kinds": Action("列出可以安排的毛病", _for_kinds, _kinds),
    "play": Action("推演一起事故：按时间走，谁迟了当场提示，最后列出责任链", _for_play, _play),
}
