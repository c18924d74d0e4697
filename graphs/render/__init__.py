"""From DOT to pictures: characters checked first, Graphviz in a process of its own, then the finish of each format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from zeren.graphs.render.glyphs import drawable
from zeren.graphs.render.legibility import Legibility, inches, legible
from zeren.graphs.render.process import LIMIT, Command, run

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
    return finished([drawn(dot, kind, command, limit)], kind, [title])[0]


def drawn(dot: str, kind: str, command: Command | None = None, limit: float = LIMIT) -> Picture:
    """What Graphviz makes of ``dot``, still to be :func:`finished`. Raises RenderError as :func:`picture` does."""
    checked, notes = drawable(dot)
    data = run(checked, kind, command, limit)
    return Picture(data, legible(checked, *inches(data, kind)), notes)


def finished(pages: Sequence[Picture], kind: str, titles: Sequence[str]) -> list[Picture]:
    """Pages as they are handed out: SVG with fonts (all pages share one, which is made once), PDF without the time of its making."""
    if kind == "svg":
        from zeren.graphs.render.svg import finished_all

        texts = finished_all([page.data.decode() for page in pages], titles)
        return [replace(page, data=text.encode()) for page, text in zip(pages, texts, strict=True)]
    if kind == "pdf":
        return [replace(page, data=_CREATED.sub(_timeless, page.data)) for page in pages]
    return list(pages)


def _timeless(found: re.Match[bytes]) -> bytes:
    return b"/CreationDate (D:20000101000000Z)".ljust(len(found[0]))
