"""About how large an HTML-like label will be, so that a page can be planned before it is laid out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from xml.etree import ElementTree

from zeren.graphs.diagrams.style import BODY, MAIN
from zeren.reports.width import width

#: A line of the bundled font is this much higher than its size; a bold Latin word about so much wider than two per em.
_LINE = 1.18
_BOLD = 1.04
_POINTS = 72


@dataclass(frozen=True, slots=True)
class Extent:
    """A size in inches."""

    width: float
    height: float


@lru_cache(maxsize=4096)
def extent(label: str) -> Extent:
    """The size of an HTML-like label that ``parts`` built."""
    across, down = _content(ElementTree.fromstring(f"<TD>{label}</TD>"), MAIN, False)
    return Extent(across / _POINTS, down / _POINTS)


def _content(node: ElementTree.Element, size: float, bold: bool) -> tuple[float, float]:
    """Width and height of what stands in a cell, in points: a table, or lines of text."""
    table = node.find("TABLE")
    if table is not None:
        return _table(table)
    lines: list[list[tuple[float, float]]] = [[]]
    _text(node, size, bold, lines)
    return (max((sum(across for across, _ in line) for line in lines), default=0),
            sum(max((down for _, down in line), default=0) for line in lines))


def _text(node: ElementTree.Element, size: float, bold: bool, lines: list[list[tuple[float, float]]]) -> None:
    size = float(node.get("POINT-SIZE", size))
    bold = bold or node.tag == "B"
    for words, child in [(node.text, None), *((child.tail, child) for child in node)]:
        if child is not None:
            if child.tag == "BR":
                lines.append([])
            else:
                _text(child, size, bold, lines)
        if words:
            lines[-1].append((width(words) * size / 2 * (_BOLD if bold else 1), size * _LINE))


def _table(table: ElementTree.Element) -> tuple[float, float]:
    def number(node: ElementTree.Element, name: str, default: float) -> float:
        return float(node.get(name, default))

    border, spacing = number(table, "BORDER", 1), number(table, "CELLSPACING", 2)
    inner, padding = number(table, "CELLBORDER", border), number(table, "CELLPADDING", 2)
    columns: dict[int, float] = {}
    spans: list[tuple[int, int, float]] = []
    high, used = 0.0, 0
    rows = table.findall("TR")
    for row in rows:
        at, tallest = 0, 0.0
        for cell in row.findall("TD"):
            frame = 2 * (number(cell, "BORDER", inner) + number(cell, "CELLPADDING", padding))
            across, down = _content(cell, BODY, False)
            across, down = max(across + frame, number(cell, "WIDTH", 0)), max(down + frame, number(cell, "HEIGHT", 0))
            span = int(number(cell, "COLSPAN", 1))
            if span == 1:
                columns[at] = max(columns.get(at, 0), across)
            else:
                spans.append((at, span, across))
            at, tallest = at + span, max(tallest, down)
        high, used = high + tallest, max(used, len(row))
    for at, span, across in spans:  # what a wide cell takes more than its columns is given to the last of them
        last = at + span - 1
        columns[last] = columns.get(last, 0) + max(0, across - sum(columns.get(one, 0) for one in range(at, at + span)))
    wide = sum(columns.values()) + spacing * (used + 1)
    return wide + 2 * border, high + spacing * (len(rows) + 1) + 2 * border
