"""Text in columns: Chinese characters are two columns wide, so lengths, wrapping and padding go by width, not by count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final
from unicodedata import combining, east_asian_width

#: Marks that are narrow in some terminals and wide in Chinese ones: counted wide, so that no line is too long in either.
_WIDE: Final = frozenset("“”‘’…—·×→")
_ANSI: Final = re.compile(r"\x1b\[[0-9;]*m")
#: What may be carried to the next line as one: a place in a file, a Latin word or one character, with the brackets and stops around it.
#: The bound keeps the search short in a text without breaks.
_TOKEN: Final = re.compile(
    r"\s+|[（《“【]*(?:[\w./\\-]{1,100}\.(?:ya?ml|json)(?::\d+)+|[!-~]+|\S)[，。；：、）》”！？】…]*"
)


def width(text: str) -> int:
    """The number of terminal columns of ``text``; colour codes take none.

    >>> width("安委会 A-1")
    10
    """
    return sum(map(_columns, _ANSI.sub("", text) if "\x1b" in text else text))


@cache
def _columns(char: str) -> int:
    return 0 if combining(char) else 2 if char in _WIDE or east_asian_width(char) in "WF" else 1


def pad(text: str, columns: int, right: bool = False) -> str:
    """Fill ``text`` with blanks up to ``columns``; ``right`` sets it flush right."""
    blanks = " " * max(0, columns - width(text))
    return blanks + text if right else text + blanks


def cut(text: str, columns: int) -> str:
    """Shorten ``text`` to ``columns``, with an ellipsis where something was left out.

    >>> cut("安全生产委员会", 8)
    '安全生…'
    """
    if width(text) <= columns:
        return text
    kept, used = "", 0
    for char in text:
        used += width(char)
        if used > columns - width("…"):
            break
        kept += char
    return kept + "…"


def wrap(text: str, columns: int) -> list[str]:
    """Break ``text`` into lines of at most ``columns``; no line begins with a stop, Latin words stay whole.

    >>> wrap("市政府，县政府。", 8)
    ['市政府，', '县政府。']
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for token in _pieces(paragraph, columns):
            if line and width(line) + width(token) > columns:
                lines.append(line.rstrip())
                line = ""
            if line or not token.isspace():
                line += token
        lines.append(line.rstrip())
    return lines


def _pieces(text: str, columns: int) -> Iterator[str]:
    for token in _TOKEN.findall(text):
        while width(token) > columns:
            at = max(1, next((i for i in range(len(token)) if width(token[: i + 1]) > columns), len(token)))
            yield token[:at]
            token = token[at:]
        if token:
            yield token


def table(rows: Iterable[Sequence[str]], columns: int, indent: str = "", right: Sequence[int] = ()) -> list[str]:
    """Lay out rows in columns; the last column wraps within ``columns``, the others keep their width.

    ``right`` are the columns that stand flush right.
    """
    cells = [list(row) for row in rows]
    if not cells:
        return []
    fixed = [max(width(row[at]) for row in cells) for at in range(len(cells[0]) - 1)]
    start = width(indent) + sum(fixed) + 2 * len(fixed)
    room = max(16, columns - start)
    lines = []
    for row in cells:
        head = "".join(pad(cell, size, at in right) + "  " for at, (cell, size) in enumerate(zip(row, fixed, strict=False)))
        for number, part in enumerate(wrap(row[-1], room)):
            lines.append((indent + head if number == 0 else " " * start) + part)
    return [line.rstrip() for line in lines]
