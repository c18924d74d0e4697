"""What every diagram gives: DOT text with its title and what was left out; several pages where one would not be readable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Drawing:
    """One page as DOT text, and the pages that follow it.

    ``name`` says in a word or two what the page shows (``责任链``, ``东岭区``); ``notes`` say in Chinese what was collapsed,
    split or replaced, and why; ``parts`` are the further pages, which have no parts of their own.
    """

    name: str
    title: str
    dot: str
    notes: tuple[str, ...] = ()
    parts: tuple[Drawing, ...] = field(default=())

    def pages(self) -> Iterator[Drawing]:
        """All pages in order, this one first."""
        yield self
        yield from self.parts


def bound(pages: tuple[Drawing, ...]) -> Drawing:
    """One drawing of several pages: the first carries the others. There must be at least one."""
    first, *others = pages
    return Drawing(first.name, first.title, first.dot, first.notes, tuple(others))
