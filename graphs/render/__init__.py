"""From DOT to pictures: characters checked first, Graphviz in a process of its own, then the finish of each format."""

from __future__ import annotations

import re
from dataclasses import dataclass
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
    checked, notes = drawable(dot)
    drawn = run(checked, kind, command, limit)
    size = inches(drawn, kind)
    if kind == "svg":
        from zeren.graphs.render.svg import finished

        drawn = finished(drawn.decode(), title).encode()
    elif kind == "pdf":
        drawn = _CREATED.sub(lambda found: b"/CreationDate (D:20000101000000Z)".ljust(len(found[0])), drawn)
    return Picture(drawn, legible(checked, *size), notes)
