"""Diagrams for a page of HTML: SVG without fonts of its own, with ids that stay apart, and posts that can be reached by key and click."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import unquote

from zeren.reports.clean import straight
from zeren.reports.pictures import Page

_STYLE: Final = re.compile(r"<style>.*?</style>", re.DOTALL)
_PROLOGUE: Final = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_ID: Final = re.compile(r'\bid="([^"]*)"')
_NODE: Final = re.compile(r'<g id="n-([^"]*)" class="([^"]*)">')
_SIZE: Final = re.compile(r'<svg width="(\d+)pt" height="(\d+)pt"')


@dataclass(frozen=True, slots=True)
class Figure:
    """One picture of the page: SVG text that may stand in HTML, its title, and what was left out of it."""

    id: str
    title: str
    svg: str
    notes: tuple[str, ...]


def figures(pages: Iterable[Page]) -> tuple[Figure, ...]:
    """The pages, which must be SVG, as parts of an HTML page."""
    return tuple(Figure(f"f{at}", page.title, inlined(straight(page.data.decode()), f"f{at}", straight(page.title)), page.notes) for at, page in enumerate(pages))


def inlined(svg: str, name: str, title: str) -> str:
    """An SVG file as a part of an HTML page; ``data-node`` of a node is the id of what it shows."""
    plain = _STYLE.sub("", _PROLOGUE.sub("", svg), count=1)
    nodes = _NODE.sub(lambda node: f'<g data-node="{escape(unquote(node[1]))}" id="n-{node[1]}" class="{node[2]}">', plain)
    apart = _ID.sub(lambda one: f'id="{name}-{one[1]}"', nodes)
    return _SIZE.sub(lambda size: f'<svg role="group" aria-label="{escape(title)}" width="{size[1]}pt"', apart, count=1)
