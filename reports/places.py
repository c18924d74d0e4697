"""Where something is written, as every report says it: ``file:line``, or ``book.xlsx!sheet!C7``."""

from __future__ import annotations

from typing import Protocol

from zeren.models.problems import Place


class Placed(Protocol):
    """What has a place: a source, or the place of one in a report."""

    @property
    def file(self) -> str:
        """The file, or the sheet of a workbook."""

    @property
    def line(self) -> int:
        """The line or row, from 1; 0 where unknown."""

    @property
    def column(self) -> int:
        """The column, from 1; 0 where unknown."""


def place(one: Placed) -> Place:
    """The place, which tells a file from a sheet in it: programs want a path that exists, people the cell."""
    return Place(one.file, one.line, one.column)


def at(one: Placed | None) -> str:
    """The place in brief; empty where there is none."""
    return place(one).brief if one is not None and one.file else ""
