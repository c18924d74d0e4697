"""A drawing as files: DOT always, a picture where there is a renderer, one file per page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zeren.graphs.render import FORMATS, pictures
from zeren.graphs.render.errors import TimeLimit
from zeren.graphs.render.glyphs import drawable
from zeren.graphs.render.legibility import LEAST_MAIN, LEAST_SECONDARY, Legibility
from zeren.graphs.render.process import LIMIT, Command
from zeren.models.problems import UsageError, nearest

if TYPE_CHECKING:
    from zeren.graphs.diagrams.drawing import Drawing
    from zeren.graphs.draw import Subject

SUFFIXES: Final = (*FORMATS, "dot")


@dataclass(frozen=True, slots=True)
class Written:
    """The files that were written, and what is to be told of the drawing."""

    files: tuple[Path, ...]
    notes: tuple[str, ...]


def kind_of(target: Path) -> str:
    """The format that the name of a file asks for.

    Raises:
        UsageError: it asks for none that there is.
    """
    kind = target.suffix.lower().removeprefix(".")
    if kind not in SUFFIXES:
        near = nearest(kind, SUFFIXES) if kind else ""
        what = f"不认识图形格式“.{kind}”" if kind else f"文件名 {target} 没有写格式"
        raise UsageError.of("USE-格式", what + (f"，{near}" if near else ""), "文件名用 .svg、.png、.pdf 或 .dot 结尾")
    return kind


def targets(drawing: Drawing, target: Path) -> list[tuple[Drawing, Path]]:
    """Each page and its file: ``图.svg``, or ``图-1.svg``, ``图-2.svg`` where there are several."""
    found = list(drawing.pages())
    if len(found) == 1:
        return [(drawing, target)]
    return [(page, target.with_name(f"{target.stem}-{number}{target.suffix}")) for number, page in enumerate(found, 1)]


def write(drawing: Drawing, target: Path, command: Command | None = None, limit: float = LIMIT) -> Written:
    """Write all pages: first every ``.dot``, then the pictures in the format that ``target`` ends with.

    Raises:
        UsageError: there is no such format, or the folder cannot be written to. RenderError: see
        :func:`zeren.graphs.render.process.run`; the DOT files stand.
    """
    kind, paged = kind_of(target), targets(drawing, target)
    notes, files = list(drawing.notes), []
    for page, file in paged:
        dot, lacking = drawable(page.dot)
        files.append(_put(file.with_suffix(".dot"), dot.encode()))
        notes += lacking
    if kind != "dot":
        made = pictures([page.dot for page, _ in paged], kind, [page.title for page, _ in paged], command, limit)
        for one, (_, file) in zip(made, paged, strict=True):
            files.append(_put(file, one.data))
            notes += _small(file, one.legibility)
    return Written(tuple(sorted(files, key=lambda file: file.suffix == ".dot")), tuple(dict.fromkeys(notes)))


def write_or_focus(kind: str, subject: Subject, target: Path, command: Command | None = None, limit: float = LIMIT) -> Written:
    """Draw and write; where the layout takes too long, the neighbourhood of the unit in question instead, and a note that says so.

    Raises:
        UsageError, RenderError: see :func:`write` and :func:`zeren.graphs.draw.drawing`.
    """
    from zeren.graphs.draw import drawing

    kind_of(target)
    try:
        return write(drawing(kind, subject), target, command, limit)
    except TimeLimit as late:
        centre = subject.unit or subject.post or _top(subject)
        if kind == "focus" or centre is None:
            raise
        near = write(drawing("focus", replace(subject, unit=centre)), target, command, limit)
        why = late.problems[0].message
        return Written(near.files, (f"{why}，改画了“{subject.org.label(centre)}”的聚焦图；换一个中心用 --as focus --unit 编号", *near.notes))


def _top(subject: Subject) -> str | None:
    """The government of the highest level, else any unit: what a view of the whole is about."""
    from zeren.models.vocabulary import LEVELS

    def height(row: dict[str, object]) -> tuple[bool, int, str]:
        level = row["level"]
        return row["kind"] != "政府", LEVELS.index(str(level)) if level in LEVELS else len(LEVELS), str(row["id"])

    rows: list[dict[str, object]] = [dict(row) for row in subject.org.facts.records("unit")]
    return str(min(rows, key=height)["id"]) if rows else None


def _small(file: Path, size: Legibility) -> list[str]:
    if size.ok:
        return []
    return [f"{file.name} 投影到 13.33×7.5 英寸的幻灯片上，正文约 {size.main:.1f} 磅、小字约 {size.secondary:.1f} 磅"
            f"（应不小于 {LEAST_MAIN:g} 和 {LEAST_SECONDARY:g} 磅），请缩小范围：--as focus --unit 编号"]


def _put(file: Path, data: bytes) -> Path:
    try:
        file.write_bytes(data)
    except OSError as error:
        raise UsageError.of("USE-输出", f"不能写入 {file}：{error.strerror}", "核对文件夹是否存在、是否有写入权限") from None
    return file
