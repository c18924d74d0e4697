"""A page of terminal text: headings, labelled lines and tables, wrapped by width, coloured where that is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from zeren.reports.clean import straight
from zeren.reports.width import table, width, wrap

NOTICE: Final = "辅助研判，不构成责任认定"
#: The longest name that a title tells in full, in characters.
_LONGEST: Final = 60
_CODES: Final = {
    "bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "magenta": "35", "cyan": "36",
}
#: The colour of each severity and outcome.
SEVERITY_COLOUR: Final = {"严重": "red", "一般": "yellow", "提示": "cyan"}


@dataclass(frozen=True, slots=True)
class Style:
    """How a page is set: its width in columns, and whether colour codes may be used."""

    columns: int = 80
    colour: bool = False

    def paint(self, text: str, *names: str) -> str:
        """Colour ``text``, where colour is wanted."""
        if not self.colour or not text:
            return text
        return f"\x1b[{';'.join(_CODES[name] for name in names)}m{text}\x1b[0m"


@dataclass(slots=True)
class Page:
    """Collects lines; nothing is wider than the style allows (except where one cell of a table is)."""

    style: Style = field(default_factory=Style)
    lines: list[str] = field(default_factory=list)

    def line(self, text: str = "", indent: int = 0, *colours: str, hang: int = 0) -> None:
        """Add a text, wrapped; further lines are indented by ``hang`` more."""
        first, *rest = wrap(text, self.style.columns - indent - hang) if hang else wrap(text, self.style.columns - indent)
        self.lines.append(" " * indent + self._painted(first, colours))
        self.lines.extend(" " * (indent + hang) + self._painted(one, colours) for one in rest)

    def heading(self, text: str, *colours: str) -> None:
        """Add a heading, ruled off."""
        if self.lines:
            self.lines.append("")
        self.lines.append(self._painted(text, ("bold", *colours)))
        self.lines.append(self._painted("-" * min(self.style.columns, max(width(text), 12)), ("dim",)))

    def labelled(self, label: str, text: str, indent: int = 0, *colours: str) -> None:
        """Add ``label  text``; the text is wrapped beside the label."""
        if not text:
            return
        start = indent + width(label) + 2
        first, *rest = wrap(text, max(16, self.style.columns - start))
        self.lines.append(" " * indent + self._painted(label, ("dim",)) + "  " + self._painted(first, colours))
        self.lines.extend(" " * start + self._painted(one, colours) for one in rest)

    def table(self, rows: Iterable[Sequence[str]], indent: int = 0, right: Sequence[int] = (), head: bool = True) -> None:
        """Add a table; with ``head`` its first row is the heading."""
        lines = table(rows, self.style.columns, " " * indent, right)
        if head and lines:
            lines[0] = self._painted(lines[0], ("dim",))
        self.lines.extend(lines)

    def text(self) -> str:
        """The page as text, with a line end at the end."""
        return straight("\n".join(self.lines) + "\n")

    def _painted(self, text: str, colours: Iterable[str]) -> str:
        names = tuple(colours)
        return self.style.paint(text, *names) if names else text


def headed(organisation: str, what: str) -> tuple[str, str]:
    """The parts of a title; a name that speaks of 安全生产 itself is not followed by it again.

    >>> "".join(headed("临江市安全生产责任体系", "安全生产责任检查报告")), "".join(headed("临江市", "安全生产责任检查报告"))
    ('临江市安全生产责任体系检查报告', '临江市安全生产责任检查报告')
    """
    short = what.removeprefix("安全生产责任").removeprefix("安全生产") if "安全生产" in organisation else what
    return (organisation if len(organisation) <= _LONGEST else organisation[:_LONGEST - 1] + "…"), short
