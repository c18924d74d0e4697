"""Diagrams for a page of HTML: SVG without fonts of its own, with ids that stay apart, and posts that can be reached by key and click."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zeren.graphs.draw import Subject

_STYLE: Final = re.compile(r"<style>.*?</style>", re.DOTALL)
_PROLOGUE: Final = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_ID: Final = re.compile(r'\bid="([^"]*)"')
_NODE: Final = re.compile(r'<g id="n-([^"]*)" class="([^"]*)">')
_SIZE: Final = re.compile(r'<svg width="(\d+)pt" height="(\d+)pt"')
#: A page with more accidents than this shows the chains of the gravest only.
INCIDENTS: Final = 6


@dataclass(frozen=True, slots=True)
class Figure:
    """One picture of the page: SVG text that may stand in HTML, its title, and what was left out of it."""

    id: str
    title: str
    svg: str
    notes: tuple[str, ...]


def figures(subject: Subject, incidents: Sequence[str]) -> tuple[tuple[Figure, ...], tuple[str, ...]]:
    """The map with findings, the coverage, and a chain for each of ``incidents``; and why a picture is missing, where one is."""
    wanted = [("map", replace(subject, findings=True)), ("coverage", subject)]
    wanted += [("chain", replace(subject, incident=one)) for one in incidents]
    found: list[Figure] = []
    missing: list[str] = []
    for kind, about in wanted:
        try:
            found += _drawn(kind, about, len(found))
        except Unavailable as error:
            missing.append(str(error))
    return tuple(found), tuple(dict.fromkeys(missing))


class Unavailable(Exception):
    """A picture cannot be had here; the report goes on without it."""


def _drawn(kind: str, about: Subject, number: int) -> Iterator[Figure]:
    from zeren.graphs.draw import drawing
    from zeren.graphs.render import picture
    from zeren.graphs.render.errors import RenderError
    from zeren.models.problems import UsageError

    try:
        made = drawing(kind, about)
        for at, page in enumerate(made.pages()):
            drawn = picture(page.dot, "svg", page.title)
            name = f"f{number + at}"
            yield Figure(name, page.title, inlined(drawn.data.decode(), name, page.title), (*(made.notes if not at else ()), *drawn.notes))
    except (RenderError, UsageError) as error:
        raise Unavailable("；".join(problem.message for problem in error.problems)) from None


def inlined(svg: str, name: str, title: str) -> str:
    """An SVG file as a part of an HTML page."""
    plain = _STYLE.sub("", _PROLOGUE.sub("", svg), count=1)
    nodes = _NODE.sub(lambda node: f'<g data-node="{node[1]}" id="n-{node[1]}" class="{node[2]}">', plain)
    apart = _ID.sub(lambda one: f'id="{name}-{one[1]}"', nodes)
    label = escape(title, quote=True)
    return _SIZE.sub(lambda size: f'<svg role="group" aria-label="{label}" width="{size[1]}pt"', apart, count=1)
