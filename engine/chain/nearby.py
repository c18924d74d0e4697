"""Facts on demand: authored ones by index, derived ones computed for what is asked about and kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from heapq import merge
from typing import Final

from zeren.engine.derive.attributes import attributes
from zeren.engine.derive.closures import CLOSURES, COMMAND, holds
from zeren.engine.derive.grades import TABLES, grades
from zeren.engine.derive.periods import periods
from zeren.engine.derive.posts import HEADS
from zeren.engine.derive.states import states
from zeren.engine.derive.surroundings import SURROUNDINGS, remit
from zeren.engine.pack import Pack
from zeren.models.facts import Fact, Facts, Value, sort_key
from zeren.models.relations import INSIDE

#: The estimated number of rows where nothing narrows a relation down.
_MANY: Final = 1_000_000
_TABLES: Final = ("table.", "param.")
#: As many rows are looked through rather than narrowed down further.
_FEW: Final = 16
_NOTHING: Final[Mapping[str, Collection[Value]]] = {}
Supply = tuple[int, Callable[[], Iterable[Fact]]]


class Nearby:
    """Rows of relations by what is known about them, as they could be seen at ``seen``; closures hold as of ``moment``.

    ``since`` opens the window of periods. Nothing here changes the facts; what was derived is kept for the next question.
    """

    def __init__(self, facts: Facts, pack: Pack, moment: int, seen: int, since: int) -> None:
        self.facts, self.pack, self.moment, self.seen, self.since = facts, pack, moment, seen, since
        self._kept: dict[tuple[str, Value], tuple[Fact, ...]] = {}
        self._stored: dict[str, tuple[Facts, Sequence[Fact], frozenset[str]]] = {}
        self._whole: dict[str, Facts] = {}
        self._numbers: dict[Fact, int] = {}
        self._numbered: defaultdict[str, list[Fact]] = defaultdict(list)

    def rows(self, relation: str, known: Mapping[str, Value], words: Mapping[str, Collection[Value]] = _NOTHING) -> Supply:
        """About how many rows there can be, and a function that yields them.

        ``known`` are columns with their values; ``words`` are columns in which only some values are of interest. Rows with
        other ones may be left out or not.
        """
        if relation in _ASKED:
            for column in _ASKED[relation]:
                if column in known:
                    return _of(self._derived(relation, column, known[column]))
            return _MANY * 2, lambda: self.whole(relation).of(relation)
        facts, stored, vague = self._stored.get(relation) or self._look(relation)
        best: Sequence[int] | None = None
        column = ""
        for name, value in known.items():
            if name not in vague:
                places = facts.spots(relation, name, value)
                if best is None or len(places) < len(best):
                    best, column = places, name
        if len(stored if best is None else best) > _FEW:
            narrow = {**words, **{name: (value,) for name, value in known.items() if name in vague}}
            if narrow:
                runs = facts.among(relation, narrow if best is None else {**narrow, column: (known[column],)})
                return sum(map(len, runs)), lambda: self._visible(relation, [stored[at] for at in merge(*runs)])
        if best is None:
            return (len(stored) if len(stored) < 100 else _MANY), lambda: self._visible(relation, stored)
        found = best
        return len(found), lambda: self._visible(relation, [stored[at] for at in found])

    def _look(self, relation: str) -> tuple[Facts, Sequence[Fact], frozenset[str]]:
        """Where a relation stands, its facts, and the columns with a closed vocabulary, which tell little."""
        facts = self.whole(relation) if relation.startswith(_TABLES) or relation == "period" else self.facts
        words = frozenset(column.name for column in self.pack[relation].columns if column.vocabulary)
        found = self._stored[relation] = facts, facts.of(relation), words
        return found

    def number(self, fact: Fact) -> int:
        """The place of a fact in its relation; derived facts are numbered as they come."""
        if fact.relation not in _ASKED:
            facts = self.whole(fact.relation) if fact.relation.startswith(_TABLES) or fact.relation == "period" else self.facts
            rows, first = facts.of(fact.relation), self.pack[fact.relation].names[0]
            return next(at for at in facts.spots(fact.relation, first, fact.values[0]) if rows[at] == fact)
        if fact not in self._numbers:
            self._numbers[fact] = len(self._numbered[fact.relation])
            self._numbered[fact.relation].append(fact)
        return self._numbers[fact]

    def of(self, relation: str) -> Sequence[Fact]:
        """The facts of a relation by the numbers that :meth:`number` gives."""
        if relation in _ASKED:
            return self._numbered[relation]
        return (self.whole(relation) if relation.startswith(_TABLES) or relation == "period" else self.facts).of(relation)

    def whole(self, relation: str) -> Facts:
        """A table, the periods, or all of a derived relation."""
        if relation not in self._whole:
            self._whole[relation] = Facts(self._all(relation), self.pack)
        return self._whole[relation]

    def _visible(self, relation: str, rows: Iterable[Fact]) -> Iterable[Fact]:
        if relation in INSIDE:
            return [fact for fact in rows if self._inside(relation, fact)]
        event = self.pack[relation].event
        if event is None:
            return rows
        at = self.pack[relation].names.index(event)
        return [fact for fact in rows if not isinstance(when := fact.values[at], int) or when <= self.seen]

    def _inside(self, relation: str, fact: Fact) -> bool:
        """Whether what a fact is a part of (the record of a detail) can be seen."""
        column, outer = INSIDE[relation]
        event = self.pack[outer].event
        found = [row[event] for _, row in self.facts.where(outer, "id", self.facts.get(fact, column)) if event is not None]
        return not any(isinstance(when, int) and when > self.seen for when in found)

    def _all(self, relation: str) -> Iterator[Fact]:
        if relation.startswith(_TABLES):
            yield from self.pack.looked_up([relation])
        elif relation == "period":
            yield from periods(self.since, self.moment)
        elif relation in CLOSURES:
            yield from CLOSURES[relation].walk(self.facts, self.moment)
        elif relation == "state":
            yield from states(self.facts.until(self.seen))
        elif relation == "attribute":
            yield from attributes(self.facts.until(self.seen))
        elif relation == "answerable":
            for fact in self.facts.of("unit"):
                yield from self._derived(relation, "unit", fact.values[0])
        elif relation == "graded":
            yield from grades(self.facts.until(self.seen).plus(self.pack.looked_up(TABLES), self.pack))
        else:
            ids = self.facts.of("post" if relation == "remit" else "incident")
            for fact in ids:
                yield from self._derived(relation, _ASKED[relation][0], fact.values[0])

    def _derived(self, relation: str, column: str, value: Value) -> tuple[Fact, ...]:
        key = (f"{relation}.{column}", value)
        if key not in self._kept:
            self._kept[key] = tuple(self._derive(relation, column, value))
        return self._kept[key]

    def _derive(self, relation: str, column: str, value: Value) -> Iterator[Fact]:
        if relation in SURROUNDINGS:
            yield from SURROUNDINGS[relation](self.facts, str(value))
        elif relation == "remit":
            yield from remit(self.facts, str(value), self.moment)
        elif relation == "within":
            yield from self._within(str(value), column == "part")
        elif relation == "under":
            yield from self._under(str(value), column == "unit")
        elif relation == "answerable":
            yield from self._answerable(str(value))
        elif relation == "state" and column == "ref":
            rows = {fact for name in ("ref", "object") for fact, _ in self.facts.where("record", name, value)}
            found = states(Facts(self._visible("record", rows), self.pack))
            yield from sorted((fact for fact in found if fact.values[0] == value), key=lambda fact: sort_key(fact.values))
        elif relation == "attribute":
            rows = {fact for fact, _ in self.facts.where("hazard", "id", value)}
            yield from attributes(Facts(self._visible("hazard", rows), self.pack))
        elif relation == "graded":
            yield from self._graded(value)
        else:
            whole = self.whole(relation)
            yield from (whole.of(relation)[at] for at in whole.by(relation, column).get(value, ()))

    def _graded(self, incident: Value) -> Iterator[Fact]:
        own = [fact for fact, _ in self.facts.where("incident", "id", incident)]
        inquiries = [fact for fact, _ in self.facts.where("inquiry", "incident", incident)]
        about = [incident, *(fact.values[0] for fact in inquiries)]
        papers = list(self._visible("record", [fact for one in about for fact, _ in self.facts.where("record", "ref", one)]))
        details = [fact for paper in papers for fact, _ in self.facts.where("detail", "record", paper.values[0])]
        trades = [*self.facts.of("industry"), *self.facts.of("falls")]
        yield from grades(Facts([*own, *inquiries, *papers, *details, *trades, *self.pack.looked_up(TABLES)], self.pack))

    def _within(self, start: str, upwards: bool) -> Iterator[Fact]:
        if upwards:
            place: Value = start
            depth = 0
            while place is not None and (row := next(self.facts.where("territory", "id", place), None)) is not None:
                yield Fact("within", (start, place, Decimal(depth), row[1]["level"]))
                place, depth = row[1]["parent"], depth + 1
            return
        level = next((row["level"] for _, row in self.facts.where("territory", "id", start)), None)
        frontier, depth = [start] if level is not None else [], 0
        while frontier:
            yield from (Fact("within", (part, start, Decimal(depth), level)) for part in frontier)
            frontier = [str(row["id"]) for part in frontier for _, row in self.facts.where("territory", "parent", part)]
            depth += 1

    def _under(self, start: str, upwards: bool) -> Iterator[Fact]:
        near, far = ("unit", "superior") if upwards else ("superior", "unit")
        if next(self.facts.where("unit", "id", start), None) is None:
            return
        seen: set[str] = set()
        frontier, depth = {start}, 0
        while frontier:
            for one in sorted(frontier):
                yield Fact("under", (start, one, Decimal(depth)) if upwards else (one, start, Decimal(depth)))
            seen |= frontier
            frontier = {str(row[far]) for one in frontier for _, row in self.facts.where("subordination", near, one)
                        if row["kind"] in COMMAND and holds(row["since"], row["until"], self.moment)} - seen
            depth += 1

    def _answerable(self, unit: str) -> Iterator[Fact]:
        """As :func:`zeren.engine.derive.posts.answerables`, for one unit."""
        subjects = {str(row["subject"]) for _, post in self.facts.where("post", "unit", unit)
                    for _, row in self.facts.where("portfolio", "post", post["id"])
                    if holds(row["since"], row["until"], self.moment)}
        for subject in ("", *sorted(subjects)):
            for post in self._answering(unit, subject):
                yield Fact("answerable", (unit, subject, post, self.moment))

    def _answering(self, unit: str, subject: str) -> list[str]:
        seen: set[str] = set()
        frontier = [unit]
        while frontier:
            for one in frontier:
                posts = [row for _, row in self.facts.where("post", "unit", one)]
                found = [str(row["id"]) for row in posts if subject and any(
                    held["subject"] == subject and holds(held["since"], held["until"], self.moment)
                    for _, held in self.facts.where("portfolio", "post", row["id"]))]
                found = [post for post in found or [str(row["id"]) for row in posts if row["role"] in HEADS] if self._held(post)]
                if found:
                    return sorted(set(found))
            seen.update(frontier)
            frontier = sorted({str(row["superior"]) for one in frontier for _, row in self.facts.where("subordination", "unit", one)
                               if row["kind"] in COMMAND and holds(row["since"], row["until"], self.moment)} - seen)
        return []

    def _held(self, post: str) -> bool:
        return any(holds(row["since"], row["until"], self.moment) for _, row in self.facts.where("appointment", "post", post))


def _of(rows: Sequence[Fact]) -> Supply:
    return len(rows), lambda: rows


#: Derived relations and the columns by which they can be asked for, the best first.
_ASKED: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(SURROUNDINGS, ("incident",)), "remit": ("post",), "within": ("part", "whole"), "under": ("unit", "superior"),
    "answerable": ("unit",), "state": ("ref", "record"), "attribute": ("subject",), "graded": ("incident",),
}
