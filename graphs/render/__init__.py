"""From DOT to pictures: characters checked first, Graphviz in a process of its own, then the finish of each format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zeren.graphs.render.glyphs import drawable
from zeren.graphs.render.legibility import Legibility, inches, legible
from zeren.graphs.render.process import LIMIT, Command, run_all

FORMATS: Final = ("svg", "png", "pdf")
_CREATED: Final = re.compile(rb"/CreationDate \(D:[^)]*\)")


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished picture: its bytes, how it reads on a slide, and what was replaced in it."""

    data: bytes
    legibility: Legibility
    notes: tuple[str, ...] = ()


def picture(dot: str, kind: str, title: str = "", command: Command | None = None, limit: float = LIMIT) -> Picture:
    """Draw ``dot`` as ``kind``, one of :data:`FORMATS`. Same DOT and same Graphviz, same bytes.

    Raises:
        RenderError: see :func:`zeren.graphs.render.process.run`.
    """
    return pictures([dot], kind, [title], command, limit)[0]


def pictures(dots: Sequence[str], kind: str, titles: Sequence[str], command: Command | None = None, limit: float = LIMIT) -> list[Picture]:
    """Draw the pages of a drawing within ``limit`` seconds. Raises RenderError as :func:`picture` does."""
    checked = [drawable(dot) for dot in dots]
    drawn = _finished(run_all([dot for dot, _ in checked], kind, command, limit), kind, titles)
    return [Picture(data, legible(dot, *inches(data, kind)), notes) for data, (dot, notes) in zip(drawn, checked, strict=True)]


def _finished(pages: Sequence[bytes], kind: str, titles: Sequence[str]) -> list[bytes]:
    """Pages as they are handed out: SVG with fonts (all pages share one, which is made once), PDF without the time of its making."""
    if kind == "svg":
        from zeren.graphs.render.svg import finished_all

        return [text.encode() for text in finished_all([page.decode() for page in pages], titles)]
    if kind == "pdf":
        return [_CREATED.sub(_timeless, page) for page in pages]
    return list(pages)


def _timeless(found: re.Match[bytes]) -> bytes:
    return b"/CreationDate (D:20000101000000Z)".ljust(len(found[0]))
