"""Closed world is declared: which ledgers were supplied, and which would have to be asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from zeren.models.facts import Facts

#: Open ends of ledgers, in seconds.
_ALWAYS = (-(10**12), 10**12)


@dataclass(frozen=True, slots=True, order=True)
class Ask:
    """Papers to ask for: of which holder, of which kind, for which window (seconds, half-open)."""

    holder: str
    kind: str
    start: int
    end: int


class Ledgers:
    """The declared ledgers; a post's papers are kept by its unit."""

    def __init__(self, facts: Facts) -> None:
        spans: defaultdict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        for holder, kind, since, until in facts.columns("ledger", "holder", "kind", "since", "until"):
            start = since if isinstance(since, int) else _ALWAYS[0]
            spans[str(holder), str(kind)].append((start, until if isinstance(until, int) else _ALWAYS[1]))
        self._spans = {key: merged(found) for key, found in spans.items()}
        #: Of each post the unit that keeps its papers.
        self.units = dict(cast(Iterator[tuple[str, str]], facts.columns("post", "id", "unit")))
        self.partial = frozenset(str(unit) for unit, partial in facts.columns("unit", "id", "partial") if partial is True)

    def unit(self, holder: str) -> str:
        """The unit that keeps the papers of ``holder``."""
        return self.units.get(holder, holder)

    def closed(self, holder: str, kind: str, start: int, end: int) -> bool:
        """Whether one declared span covers the whole window; an empty window is the moment ``start``."""
        spans = self._spans.get((self.unit(holder), kind), ())
        return any(since <= start and end <= until and start < until for since, until in spans)

    def open(self, holder: str, kind: str, start: int, end: int) -> Ask | None:
        """What to ask for, if the ledger is not closed for the window."""
        if self.closed(holder, kind, start, end):
            return None
        return Ask(self.unit(holder), kind, start, end)


def merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join spans that touch or overlap.

    >>> merged([(5, 9), (0, 5), (20, 30)])
    [(0, 9), (20, 30)]
    """
    result: list[tuple[int, int]] = []
    for since, until in sorted(spans):
        if result and since <= result[-1][1]:
            result[-1] = (result[-1][0], max(until, result[-1][1]))
        else:
            result.append((since, until))
    return result
