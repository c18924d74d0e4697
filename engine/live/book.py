"""The authored facts of a session, seen or not yet: what lies in the future comes into sight when its moment comes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Final

from zeren.engine.live.store import Store, Tracker
from zeren.models.facts import Fact, Facts, Value
from zeren.models.relations import AUTHORED, INSIDE, RELATIONS, Relation

#: Relation → those whose rows lie inside its facts, with the column that names it.
_INNER: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    outer: tuple((inner, column) for inner, (column, other) in INSIDE.items() if other == outer and inner in {one.name for one in AUTHORED})
    for _, outer in INSIDE.values()
}
_EVENTS: Final = {name: relation.names.index(relation.event) for name, relation in RELATIONS.items() if relation.event is not None}
Row = tuple[str, tuple[Value, ...]]


class Book:
    """All authored facts, each with every place where it is written, and which of them can be seen at ``on``."""

    def __init__(self, facts: Iterable[Fact], schema: Mapping[str, Relation], on: int) -> None:
        self.on = on
        self._written: dict[Row, list[Fact]] = {}
        for fact in facts:
            self._written.setdefault((fact.relation, fact.values), []).append(fact)
        #: One of each, under indexes; nobody is told of changes here.
        self.all = Store(schema, Tracker(on))
        self.all.load(found[0] for found in self._written.values())
        self._later = [(moment, at, row) for at, row in enumerate(self._written) if (moment := _moment(row)) > on]
        heapify(self._later)
        self._number = len(self._written)
        self._seen: dict[Row, Fact] = {row: min(found, key=_place) for row, found in self._written.items() if self._visible(row)}

    def seen(self) -> Iterator[Fact]:
        """The facts that can be seen."""
        return iter(self._seen.values())

    def facts(self) -> Facts:
        """All authored facts, those of the future included."""
        return Facts((fact for found in self._written.values() for fact in found), RELATIONS)

    def has(self, fact: Fact) -> bool:
        """Whether a row with this content is written."""
        return (fact.relation, fact.values) in self._written

    def change(self, gone: Sequence[Fact], come: Sequence[Fact], on: int) -> tuple[list[Fact], list[Fact]]:
        """Let facts go (with all their places) and come, and time pass; returns what goes out of and comes into sight."""
        rows: dict[Row, None] = {}
        for fact in gone:
            row = (fact.relation, fact.values)
            if self._written.pop(row, None):
                self.all.remove(fact)
                rows[row] = None
        for fact in come:
            row = (fact.relation, fact.values)
            if row not in self._written:
                self.all.add(fact)
            self._written.setdefault(row, []).append(fact)
            if (moment := _moment(row)) > on:
                heappush(self._later, (moment, self._number, row))
                self._number += 1
            rows[row] = None
        self.on = max(on, self.on)
        while self._later and self._later[0][0] <= self.on:
            rows[heappop(self._later)[2]] = None
        return self._shown(rows)

    def _shown(self, rows: dict[Row, None]) -> tuple[list[Fact], list[Fact]]:
        out: list[Fact] = []
        into: list[Fact] = []
        waiting = list(rows)
        while waiting:
            row = waiting.pop()
            before = self._seen.get(row)
            after = min(self._written[row], key=_place) if row in self._written and self._visible(row) else None
            if row in rows or before != after:
                waiting += self._inside(row)
            if before == after:
                continue
            if before is not None:
                out.append(before)
                del self._seen[row]
            if after is not None:
                into.append(after)
                self._seen[row] = after
        return sorted(out, key=_key), sorted(into, key=_key)

    def _inside(self, row: Row) -> Iterator[Row]:
        for inner, column in _INNER.get(row[0], ()):
            for fact in self.all.select(inner, **{column: row[1][0]}):
                yield (inner, fact.values)

    def _visible(self, row: Row) -> bool:
        relation, values = row
        if _moment(row) > self.on:
            return False
        if relation not in INSIDE:
            return True
        column, outer = INSIDE[relation]
        owner = values[RELATIONS[relation].names.index(column)]
        rows = self.all.select(outer, id=owner) if owner is not None else []
        return not rows or any(self._visible((outer, fact.values)) for fact in rows)


def _moment(row: Row) -> int:
    at = _EVENTS.get(row[0])
    value = row[1][at] if at is not None else None
    return value if isinstance(value, int) else -(10**15)


def _place(fact: Fact) -> tuple[object, ...]:
    return (fact.place.file, fact.place.line, fact.place.column)


def _key(fact: Fact) -> tuple[object, ...]:
    return (fact.relation, [(value is not None, value) for value in fact.values])
