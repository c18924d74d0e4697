"""Which facts a join needs at all, and how a large join is cut so that no match is lost."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from zeren.engine.backends.durable import sizes
from zeren.engine.backends.durable.joins import Join, Pattern

#: The codes of a column of a pattern, by index of the fact or row.
Column = Sequence[int | None]
#: For each pattern the indices of the facts that may stand there.
Candidates = list[list[int]]
_HOLDS: Final[dict[str, Callable[[int, int], bool]]] = {"eq": operator.eq, "lte": operator.le, "gte": operator.ge}


class TooLarge(Exception):
    """A join that cannot be cut into partitions of the size within which durable-rules is right; the text says which."""


@dataclass(frozen=True, slots=True)
class Work:
    """A join with its candidates and the columns of its patterns."""

    join: Join
    candidates: Candidates
    columns: Callable[[int, int], Column]

    @property
    def size(self) -> int:
        """How many facts it needs."""
        return len(self.facts)

    @property
    def facts(self) -> set[tuple[str, int]]:
        """Relation and index of the facts that it needs; rows that nothing looks at are not among them."""
        return {(pattern.relation, index) for pattern, found in zip(self.join.patterns, self.candidates, strict=True)
                if pattern.relation or self.join.variables for index in found}


def work(join: Join, columns: Callable[[int, int], Column], count: Callable[[int], int]) -> Work:
    """Find the candidates: facts that pass a pattern's own tests and meet an equal value across every link."""
    found = [_own(pattern, at, columns, count(at)) for at, pattern in enumerate(join.patterns)]
    links = [(at, link) for at, pattern in enumerate(join.patterns) for link in pattern.links if link[1] == "eq"]
    for at, (column, _, other, its) in (*links, *reversed(links)):
        mine, theirs = columns(at, column), columns(other, its)
        both = {mine[index] for index in found[at]} & {theirs[index] for index in found[other]}
        found[at] = [index for index in found[at] if mine[index] in both]
        found[other] = [index for index in found[other] if theirs[index] in both]
    return Work(join, found, columns)


def _own(pattern: Pattern, at: int, columns: Callable[[int, int], Column], count: int) -> list[int]:
    found: Iterable[int] = range(count)
    for column in sorted(pattern.stated):
        codes = columns(at, column)
        found = [index for index in found if codes[index] is not None]
    for column, op, wanted in pattern.constants:
        codes, compare = columns(at, column), _HOLDS[op]
        found = [index for index in found if (code := codes[index]) is not None and compare(code, wanted)]
    return list(found)


def holds(pattern: Pattern, codes: Sequence[int | None]) -> bool:
    """Whether one fact passes a pattern's own tests."""
    passed = ((codes[column], op, wanted) for column, op, wanted in pattern.constants)
    return all(codes[column] is not None for column in pattern.stated) and all(
        code is not None and _HOLDS[op](code, wanted) for code, op, wanted in passed)


def partitions(whole: Work) -> Iterator[Work]:
    """Cut a join into parts of at most ``sizes.PARTITION`` facts.

    Every match has one value for each set of linked columns, and one fact for each pattern. So a join may be cut by the
    values of such a set, or by the facts of one pattern, if what is not cut goes into every part.

    Raises:
        TooLarge: no cut makes the parts small enough.
    """
    if whole.size <= sizes.PARTITION:
        yield whole
        return
    for cut in sorted(_cuts(whole), key=lambda cut: (_uncut(whole, cut), sorted(cut.items()))):
        if _uncut(whole, cut) >= sizes.PARTITION:
            break
        number = 2 * -(-whole.size // sizes.PARTITION)
        while number <= whole.size:
            parts = _parts(whole, cut, number)
            if all(part.size <= sizes.PARTITION for part in parts):
                yield from parts
                return
            number *= 2
    told = "、".join(f"{pattern.relation}（{len(found)} 条）" for pattern, found in zip(whole.join.patterns, whole.candidates, strict=True)
                    if pattern.relation)
    raise TooLarge(told)


#: Pattern → the column by whose code its facts are dealt out, or -1 for the facts one by one.
Cut = dict[int, int]


def _cuts(whole: Work) -> list[Cut]:
    """The ways to cut: each set of columns that links hold equal, and each pattern by itself."""
    sets: list[set[tuple[int, int]]] = []
    for at, pattern in enumerate(whole.join.patterns):
        for column, op, other, its in pattern.links:
            if op == "eq":
                joined = {(at, column), (other, its)}
                touching = [one for one in sets if one & joined]
                sets = [one for one in sets if not one & joined] + [joined.union(*touching)]
    return [*(dict(sorted(one, reverse=True)) for one in sets),
            *({at: -1} for at in range(len(whole.join.patterns)))]


def _uncut(whole: Work, cut: Cut) -> int:
    """How many facts must go into every part."""
    return len({(pattern.relation, index) for at, (pattern, found) in enumerate(zip(whole.join.patterns, whole.candidates, strict=True))
                if at not in cut for index in found})


def _parts(whole: Work, cut: Cut, number: int) -> list[Work]:
    dealt: list[dict[int, list[int]]] = []
    for at, found in enumerate(whole.candidates):
        column = cut.get(at)
        hands: defaultdict[int, list[int]] = defaultdict(list)
        if column is not None:
            codes = whole.columns(at, column) if column >= 0 else None
            for index in found:
                code = index if codes is None else codes[index]
                assert code is not None, "a linked column is stated"
                hands[code % number].append(index)
        dealt.append(hands if column is not None else dict.fromkeys(range(number), found))
    parts = [Work(whole.join, [hands.get(part, []) for hands in dealt], whole.columns) for part in range(number)]
    return [part for part in parts if all(part.candidates)]
