"""The papers to ask for, those that decide most posts first; none is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from zeren.engine.chain.model import Line, Verdict
from zeren.engine.ledgers import Ask


def decisive(lines: Iterable[Line]) -> dict[tuple[str, str], tuple[int, int]]:
    """Of each (holder, kind) of paper: how many posts that are 证据不足 wait for it, and how many posts it bears upon at all."""
    waiting: Counter[tuple[str, str]] = Counter()
    touched: Counter[tuple[str, str]] = Counter()
    for line in lines:
        wanted = {(ask.holder, ask.kind) for ask in line.asks}
        touched.update(wanted)
        if line.verdict is Verdict.OPEN:
            waiting.update(wanted)
    return {paper: (waiting[paper], number) for paper, number in touched.items()}


def in_order(asks: Iterable[Ask], lines: Iterable[Line]) -> tuple[Ask, ...]:
    """The papers in the order of what they decide; those of one holder and kind stand together."""
    weight = decisive(lines)

    def rank(ask: Ask) -> tuple[int, int, Ask]:
        waiting, touched = weight.get((ask.holder, ask.kind), (0, 0))
        return -waiting, -touched, ask

    return tuple(sorted(set(asks), key=rank))
