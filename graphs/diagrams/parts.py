"""The building blocks of all diagrams: small pure functions that give text of DOT and of its HTML-like labels.

A label is built from the outside in: ``html(table([row(cell(text(…)))]))``. Whatever comes from a file goes through
:func:`esc`, :func:`text`, :func:`plain` or :func:`key`; nothing else may stand in DOT.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from graphviz import Digraph, escape

from zeren.graphs.diagrams import style
from zeren.graphs.diagrams.style import BODY, INK, MAIN, MUTED, PAPER, SIGN, Mark, Role
from zeren.reports.width import width, wrap

NOTICE: Final = "辅助研判，不构成责任认定"
#: Where a card is stretched, its title gets so many shares of the space and its badge one.
SHARES: Final = 12
#: Stands between the pieces of a subtitle; a long one is broken there.
BAR: Final = "　｜　"
#: Control, bidirectional and invisible characters, which no renderer may see.
_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_BREAKS: Final = re.compile("\r\n|[\r\u0085\u2028\u2029]")
#: What may stand in the name of a node as it is: ASCII but ``% : \ " < >`` and blanks, and the Chinese characters that the font has.
_NAMING: Final = re.compile("[!#$'-9;=?-\\[\\]-~\u4e00-\u9fa5（）、，。；：“”·—]")
_LEFT: Final = '<BR ALIGN="LEFT"/>'


# -- text -----------------------------------------------------------------------------------------------------------

def clean(words: str) -> str:
    """``words`` without control, bidirectional and invisible characters; lines end with a newline, a tab is a blank."""
    plain_breaks = _BREAKS.sub("\n", words).replace("\t", " ")
    return "".join("□" if unicodedata.category(char) == "Cs" else char for char in _UNSEEN.sub("", plain_breaks))


def esc(words: str) -> str:
    """Text for an HTML-like label, in one line. Even there Graphviz reads ``\\N`` as the node's name, so backslashes are doubled."""
    flat = " ".join(clean(words).split("\n"))
    return flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;").replace("\\", "\\\\")


def plain(words: str) -> str:
    """Text for a plain attribute such as a tooltip. Graphviz reads escapes there twice, so a backslash becomes a wide one."""
    escaped: str = escape(clean(words).replace("\n", " ").replace("\\", "＼"))
    return escaped


def key(own: str) -> str:
    """The name of a node in DOT from any id: what DOT, the port syntax or the font could not take is percent-encoded.

    Different ids have different names.

    >>> key('甲:乙')
    '甲%3A乙'
    """
    return "".join(char if _NAMING.fullmatch(char) else quote(char, safe="", errors="surrogatepass") for char in own) or "%"


def html(label: str) -> str:
    """An HTML-like label as an attribute value."""
    return f"<{label}>"


@lru_cache(maxsize=8192)  # a page is planned in many ways before one fits, always with the same names
def text(words: str, size: int = BODY, colour: str = INK, bold: bool = False, columns: int = 0, left: bool = False) -> str:
    """Words in one size and colour, wrapped to ``columns`` (a Chinese character takes two; 0: no wrapping).

    ``left`` sets the lines of a wrapped text flush left; the cell must be left-aligned, too.
    """
    lines = [esc(line) for line in wrap(clean(words), columns)] if columns else [esc(words)]
    lines = [line for line in lines if line.strip()]
    if not lines:
        return ""
    body = _LEFT.join(lines) + _LEFT if left and len(lines) > 1 else "<BR/>".join(lines)
    return f'<FONT POINT-SIZE="{size}" COLOR="{colour}">{f"<B>{body}</B>" if bold else body}</FONT>'


def cut_lines(words: str, columns: int, lines: int) -> str:
    """``words`` shortened so that they take at most ``lines`` lines of ``columns``; what is cut off shows as an ellipsis."""
    found = wrap(clean(words).replace("\n", " "), columns)
    if len(found) <= lines:
        return "\n".join(found)
    last = found[lines - 1]
    while last and width(last) > columns - 2:
        last = last[:-1]
    return "\n".join([*found[: lines - 1], f"{last}…"])


def points(words: str, size: int = BODY) -> float:
    """About how wide a line of ``words`` is, in points."""
    return width(words) * size / 2


# -- tables ---------------------------------------------------------------------------------------------------------

def cell(content: str, **attributes: object) -> str:
    """A cell; attributes are written in capitals, ``align="LEFT"`` as ``ALIGN="LEFT"``."""
    return f"<TD{_attributes(attributes)}>{content}</TD>"


def row(*cells: str) -> str:
    """A row of cells."""
    return f"<TR>{''.join(cells)}</TR>"


def table(rows: Iterable[str], **attributes: object) -> str:
    """A table of rows, without borders and spaces unless ``attributes`` say otherwise."""
    return f"<TABLE{_attributes({'border': 0, 'cellborder': 0, 'cellspacing': 0, 'cellpadding': 4, **attributes})}>{''.join(rows)}</TABLE>"


def stacked(lines: Iterable[str]) -> str:
    """Lines of different sizes, one below the other; in one cell Graphviz would let them touch."""
    rows = [row(cell(one)) for one in lines if one]
    return table(rows, cellpadding=1) if rows else ""


def _attributes(given: Mapping[str, object]) -> str:
    return "".join(f' {name.upper()}="{value}"' for name, value in given.items())


# -- labels of nodes ------------------------------------------------------------------------------------------------

def card(role: Role, title: str, rows: Sequence[str] = (), mark: Mark | None = None, remark: str = "", columns: int = 26,
         padding: int = 4) -> str:
    """A card: badge and title, rows of secondary text, and a footer with mark and ``remark``; wraps at ``columns``.

    The border shows the mark, where there is one, else the role.
    """
    border = (mark.width, mark.border, mark.style) if mark else (2, role.colour, "solid")
    head = row(
        cell(text(role.badge, BODY, PAPER, True), bgcolor=role.colour, width=22),
        cell(text(title, MAIN, INK, True, columns - 5, left=True), colspan=SHARES, align="LEFT", balign="LEFT", width=round(columns * BODY / 2) - 22, bgcolor=role.fill))
    body = [row(cell(text(one, BODY, INK, columns=columns, left=True), colspan=1 + SHARES, align="LEFT", balign="LEFT")) for one in rows if clean(one).strip()]
    foot = [row(cell(text(_signed(mark, remark), SIGN, mark.text, True, columns), colspan=1 + SHARES, bgcolor=mark.fill))] if mark else []
    return table([head, *body, *foot], border=border[0], color=border[1], style=border[2], bgcolor=PAPER, cellpadding=padding)


def pair(party: Sequence[str], government: Sequence[str], party_role: Role, government_role: Role, *,
         party_mark: Mark | None = None, government_mark: Mark | None = None, columns: int = 22) -> str:
    """党政同责 as one node that no layout can separate; ports ``p``, ``m``, ``g``. Each side: name of the unit, then posts."""
    middle = cell(text("党政", BODY, INK, True) + "<BR/>" + text("同责", BODY, INK, True), port="m", border=0, cellpadding=1)
    halves = row(_half("p", party, party_role, party_mark, columns), middle, _half("g", government, government_role, government_mark, columns))
    return table([halves], border=1, color=INK, bgcolor=PAPER, style="ROUNDED", cellspacing=4, cellpadding=1)


def listing(head: str, counts: Sequence[tuple[Mark, int]], entries: Sequence[tuple[str, Mark | None]], total: int,
            colour: str = INK, across: int = 3, columns: int = 18, unit: str = "家") -> str:
    """A list node: how many there are by mark, some of them by name (``across`` in a row), and how many more stand in the list."""
    counted = "　".join(f"{mark.sign} {number}" for mark, number in counts)
    rows = [row(cell(text(f"{head}：{total} {unit}" + (f"　{counted}" if counted else ""), MAIN, INK, True, columns * across + 4), colspan=across, align="LEFT"))]
    for start in range(0, len(entries), across):
        line = [_entry(name, mark, columns) for name, mark in entries[start:start + across]]
        rows.append(row(*line, *(["<TD></TD>"] * (across - len(line)))))
    if total > len(entries):
        rows.append(row(cell(text(f"另有 {total - len(entries)} {unit}，见清单", BODY, MUTED), colspan=across, align="LEFT")))
    return table(rows, border=2, color=colour, bgcolor=PAPER, cellspacing=3, cellpadding=3)


def _half(port: str, lines: Sequence[str], role: Role, mark: Mark | None, columns: int) -> str:
    unit, *posts = lines
    shown = [text(unit, BODY, role.colour, True, columns), *(text(one, style.NAME, INK, True, columns - 4) for one in posts)]
    if mark:
        shown.append(text(_signed(mark, ""), SIGN, INK, True))
    colour, points_wide = (mark.border, mark.width) if mark else (role.colour, 2)
    return cell(stacked(shown), port=port, border=points_wide, color=colour, bgcolor=role.fill, cellpadding=3)


def _entry(name: str, mark: Mark | None, columns: int) -> str:
    if mark is None:
        return cell(text(name, BODY, INK, columns=columns), border=1, color=style.RULE)
    return cell(text(f"{mark.sign} {name}", BODY, mark.text, columns=columns), border=1, color=mark.border, bgcolor=mark.fill)


def _signed(mark: Mark, remark: str) -> str:
    return f"{mark.sign} {mark.word}" + (f" · {remark}" if remark else "")


# -- the graph ------------------------------------------------------------------------------------------------------

def digraph(name: str, title: str, subtitle: str = "", marks: Sequence[Mark] = (), columns: int = 124,
            **attributes: str) -> Digraph:
    """An empty graph in the house style with its title block (its subtitle set to ``columns``).

    ``attributes`` are those of the graph (``rankdir`` …).
    """
    return Digraph(name, graph_attr={**style.GRAPH, **attributes, "label": html(title_block(title, subtitle, marks, columns))},
                   node_attr=dict(style.NODE), edge_attr=dict(style.EDGE))


def title_block(title: str, subtitle: str = "", marks: Sequence[Mark] = (), columns: int = 124) -> str:
    """Title, subtitle with the notice, and the legend of ``marks``."""
    under = "\n".join(_joined([*subtitle.split(BAR), NOTICE] if subtitle else [NOTICE], columns))
    rows = [row(cell(text(title, style.TITLE, INK, True, 68, left=True), align="LEFT", balign="LEFT")),
            row(cell(text(under, MAIN, MUTED, columns=columns, left=True), align="LEFT", balign="LEFT"))]
    if marks:
        rows.append(row(cell(legend_marks(marks), align="LEFT")))
    return table(rows, cellpadding=3)


def _joined(pieces: Iterable[str], columns: int) -> list[str]:
    """Pieces set side by side with bars, broken only between pieces."""
    lines: list[str] = []
    for piece in pieces:
        longer = f"{lines[-1]}{BAR}{piece}" if lines else ""
        if lines and width(longer) <= columns:
            lines[-1] = longer
        else:
            lines.append(piece)
    return lines


def legend_marks(marks: Sequence[Mark]) -> str:
    """The legend of marks: a table of a fixed size, which its surroundings cannot stretch."""
    wide = 40 + sum(round(points(mark.word, SIGN)) + 50 for mark in marks)
    cells = [cell(text(_signed(mark, ""), SIGN, mark.text, True), bgcolor=mark.fill, border=mark.width, color=mark.border,
                  style=mark.style, cellpadding=4) for mark in marks]
    return table([row(cell(text("图例", BODY, MUTED, True)), *cells)], cellspacing=3, cellpadding=2, fixedsize="TRUE",
                 width=wide, height=40, align="LEFT")


def legend_relations(graph: Digraph, kinds: Iterable[str], name: str = "cluster_legend") -> None:
    """Add the legend of relation kinds: real edges between points, in a cluster of their own."""
    with graph.subgraph(name=name) as legend:
        legend.attr(label=html(text("图例", BODY, MUTED, True)), style="rounded", color=style.RULE, labeljust="l", margin="8")
        for number, kind in enumerate(kinds):
            start, end, word = (f"{name}_{number}{part}" for part in "abc")
            for point in (start, end):
                legend.node(point, label="", shape="point", width="0.01", style="invis")
            legend.node(word, label=html(text(kind)))
            legend.edge(start, end, minlen="2", **style.RELATIONS[kind].attributes)
            legend.edge(end, word, style="invis", minlen="1")


def node(graph: Digraph, own: str, label: str, tooltip: str = "", kind: str = "", **attributes: str) -> str:
    """Add a node for the unit, post or place with id ``own``; ``label`` is HTML-like. Returns its name in DOT."""
    name = key(own)
    given = {"tooltip": plain(tooltip or own), **({"class": kind} if kind else {}), **attributes}
    graph.node(name, label=html(label), id=f"n-{name}", **given)
    return name


def tab(graph: Digraph, name: str, words: str, colour: str = INK, **attributes: str) -> str:
    """Add a dark vertical tab, for a level or a lane: ``words`` two characters a line. Returns its name in DOT."""
    lines = [words[at:at + 2] for at in range(0, len(words), 2)]
    body = "<BR/>".join(esc(line) for line in lines)
    graph.node(name, label=html(f'<FONT COLOR="{PAPER}"><B>{body}</B></FONT>'), shape="box", style="filled", fillcolor=colour, color=colour,
               width="0.5", height="0.8", margin="0.05,0.06", **attributes)
    return name


def lane(label: str = "") -> dict[str, str]:
    """The attributes of a cluster that stands for a lane or a territory."""
    shown = html(text(label, MAIN, INK, True)) if label else ""
    return {"label": shown, "style": "rounded,filled", "fillcolor": style.LANE, "color": style.RULE, "margin": "6", "labelloc": "b", "labeljust": "r"}
