"""Marks a trainee's sheet against the answer: found, half found, missed, wrong. Whatever is credited is credited once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zeren.engine.drills.model import Answer, Hit, Planted
from zeren.engine.drills.sheet import Line
from zeren.models.problems import nearest

FULL, HALF, NONE = Decimal(1), Decimal("0.5"), Decimal(0)
_RULE: Final = re.compile(r"[A-Za-z]{3}-?\d{3}")
#: Words that say only that something is wrong, not what.
_EMPTY: Final = re.compile(r"没有|没|未|不|无|的|了|应当|应|该|把|被|在|与|和|按|规定|问题|缺|漏|少")
#: How much of what somebody wrote must stand in the answer, as a share of its pairs of characters.
_ALIKE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Mark:
    """What one fault was credited with: the marks, and the line that earned them (none where it was missed)."""

    planted: Planted
    marks: Decimal
    line: Line | None


@dataclass(frozen=True, slots=True)
class Other:
    """A line that earned nothing: why, in a sentence. ``wrong`` where it names something that is in order."""

    line: Line
    reason: str
    wrong: bool


@dataclass(frozen=True, slots=True)
class Grade:
    """The result: a mark per fault in the order of the answer, and the lines that earned nothing; ``deduct`` is what each wrong line costs."""

    marks: tuple[Mark, ...]
    others: tuple[Other, ...]
    deduct: Decimal = NONE

    @property
    def lost(self) -> Decimal:
        """What the wrong lines cost together."""
        return self.deduct * sum(one.wrong for one in self.others)

    @property
    def score(self) -> Decimal:
        """The sum of the marks less what wrong lines cost, never below zero; the most is the number of faults."""
        return max(NONE, sum((one.marks for one in self.marks), NONE) - self.lost)

    def credited(self, marks: Decimal) -> tuple[Mark, ...]:
        """The faults with exactly these marks."""
        return tuple(one for one in self.marks if one.marks == marks)


def grade(answer: Answer, lines: Sequence[Line], deduct: Decimal = NONE) -> Grade:
    """Mark a sheet: each line earns marks for one fault at most, so that the sum is the greatest possible.

    A line that names something in order costs ``deduct``; what is true but was not asked, or is said twice, costs nothing.
    """
    names = _Names(answer)
    who = [names.ids(line.who) for line in lines]
    worth = {(at, number): earned for number, planted in enumerate(answer.planted) for at, line in enumerate(lines)
             if line.who and line.what and (earned := _worth(line, who[at], planted, answer)) > 0}
    pairs = _matched(worth)
    chosen = {number: at for at, number in pairs}
    marks = tuple(
        Mark(planted, worth[chosen[number], number] if number in chosen else NONE, lines[chosen[number]] if number in chosen else None)
        for number, planted in enumerate(answer.planted)
    )
    used = set(chosen.values())
    good = {at for at, _ in worth}
    others = tuple(_other(line, who[at], at in good, answer) for at, line in enumerate(lines) if at not in used)
    return Grade(marks, others, deduct)


def _matched(worth: dict[tuple[int, int], Decimal]) -> list[tuple[int, int]]:
    """Pairs of line and fault whose marks add up to the most; ties go to the earlier line."""
    if not worth:
        return []
    import networkx

    graph: networkx.Graph[tuple[str, int]] = networkx.Graph()
    for (at, number), marks in sorted(worth.items()):
        graph.add_edge(("line", at), ("fault", number), weight=int(marks * 2_000_000) - at)
    pairs = [dict(pair) for pair in networkx.max_weight_matching(graph)]
    return sorted((pair["line"], pair["fault"]) for pair in pairs)


def _worth(line: Line, who: frozenset[str], planted: Planted, answer: Answer) -> Decimal:
    """What a line would earn for a fault."""
    units = {answer.units.get(one, one) for one in who}
    exact = any(who & hit.subjects for hit in planted.hits)
    near = exact or any(hit.unit in units for hit in planted.hits)
    if not near and not any(who & hit.subjects and _says(line, (hit,)) for hit in planted.others):
        return NONE
    return FULL if exact and _says(line, planted.hits, planted) else HALF


def _says(line: Line, hits: Iterable[Hit], planted: Planted | None = None) -> bool:
    """Whether a line names the rule of one of the findings, or says in words what is wrong."""
    hits = tuple(hits)
    if named := {_rule(word) for word in _RULE.findall(unicodedata.normalize("NFKC", line.what))}:
        return any(hit.rule in named for hit in hits)
    told = [planted.title, planted.says, planted.mechanism] if planted is not None else []
    told += [text for hit in hits for text in (hit.title, hit.message)]
    return alike(" ".join((line.what, line.note)), told, [line.who, *(label for hit in hits for label in (hit.bearer_label, hit.unit_label))])


def alike(text: str, told: Iterable[str], names: Iterable[str] = ()) -> bool:
    """Whether most of what ``text`` says stands in one of ``told``; names of units and posts do not count.

    >>> alike("责任书没签", ["少签了一份责任书"])
    True
    >>> alike("没有检查", ["少签了一份责任书"])
    False
    """
    own = _pairs(text, names)
    return bool(own) and any(len(own & _pairs(one, names)) >= _ALIKE * len(own) for one in told)


def _pairs(text: str, names: Iterable[str]) -> set[str]:
    text = plain(text)
    for name in sorted({plain(name) for name in names}, key=len, reverse=True):
        text = text.replace(name, "|") if name else text
    pieces = _EMPTY.sub("|", text).split("|")
    return {piece[at:at + 2] for piece in pieces for at in range(len(piece) - 1)}


def _rule(word: str) -> str:
    return f"{word[:3].upper()}-{word[-3:]}"


def plain(text: str) -> str:
    """A text without spaces, punctuation and differences of width or case.

    >>> plain("北屏县 政府（本级）"), plain("ＺＲＳ-001")
    ('北屏县政府本级', 'zrs001')
    """
    return "".join(one for one in unicodedata.normalize("NFKC", text).lower() if one.isalnum())


def _other(line: Line, who: frozenset[str], good: bool, answer: Answer) -> Other:
    """Why a line earned nothing."""
    if not line.who or not line.what:
        return Other(line, f"没有写{'问题' if line.who else '责任主体'}", wrong=False)
    if good:
        return Other(line, "这一处已经有别的一行写到了", wrong=False)
    if any(who & hit.subjects and _says(line, (hit,)) for hit in answer.before):
        return Other(line, "属实，但不是这次安排的毛病，原来就有", wrong=False)
    if not who:
        near = nearest(line.who, set(answer.names.values()) | set(answer.names))
        return Other(line, f"材料里没有“{line.who}”" + (f"，{near}" if near else ""), wrong=True)
    return Other(line, "这里没有安排毛病", wrong=True)


class _Names:
    """Finds units and posts by id or by the name that is shown, however it is typed."""

    def __init__(self, answer: Answer) -> None:
        self._ids: dict[str, set[str]] = {}
        for id, label in answer.names.items():
            for word in (id, label):
                self._ids.setdefault(plain(word), set()).add(id)
        for hit in (*answer.hits(), *answer.before):  # a bearer may be something else than a unit or post
            for word in (hit.bearer, hit.bearer_label):
                self._ids.setdefault(plain(word), set()).add(hit.bearer)

    def ids(self, word: str) -> frozenset[str]:
        """The ids that ``word`` means; several names may stand in one cell."""
        if found := self._ids.get(plain(word)):
            return frozenset(found)
        parts = [part for part in re.split(r"[、,，;；/|（(]", word) if part.strip()]
        return frozenset(id for part in parts for id in self._ids.get(plain(part), ()))
