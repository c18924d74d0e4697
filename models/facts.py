"""Facts: typed rows with their source, in one canonical order, so that the order of the input never shows."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any, TypeVar

from zeren.models.moments import format_moment
from zeren.models.problems import NOWHERE, Place
from zeren.models.relations import INSIDE, RELATIONS, Relation

Kept = TypeVar("Kept")
#: Text, a number, seconds (moments and durations), yes or no, or not stated.
Value = str | Decimal | int | bool | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of a relation: its values in column order and where they are written."""

    relation: str
    values: tuple[Value, ...]
    place: Place = NOWHERE


def sort_key(values: Iterable[Value]) -> tuple[tuple[bool, Value], ...]:
    """A key that orders rows of one shape by content, missing values first."""
    return tuple([(value is not None, value) for value in values])


def written(value: Value) -> str | None:
    """A value of a key as text: moments as dates, numbers without idle zeros, however they were computed.

    >>> written(Decimal("2.0000")), written(86400)
    ('2', '1970-01-02')
    """
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return format_moment(value)
    return None if value is None else str(value)


class Facts:
    """An immutable set of facts. Equal facts are kept once; each relation is sorted by content.

    A fact is referred to by its relation and its index in that order.
    """

    #: Whether relations stand in files, where a database reads them better than Python does.
    stored = False

    def __init__(self, facts: Iterable[Fact], schema: Mapping[str, Relation] = RELATIONS) -> None:
        found: defaultdict[str, list[Fact]] = defaultdict(list)
        for fact in facts:
            found[fact.relation].append(fact)
        self._rows: dict[str, tuple[Fact, ...]] = {relation: _arranged(found[relation]) for relation in sorted(found)}
        self.schema: Mapping[str, Relation] = schema
        self._places: dict[tuple[str, str], dict[Value, list[int]]] = {}
        self._groups: dict[tuple[str, tuple[str, ...]], dict[tuple[Value, ...], list[int]]] = {}
        self._spots: dict[str, dict[Value, range]] = {}
        self._kept: dict[str, Any] = {}

    def of(self, relation: str) -> Sequence[Fact]:
        """Return the facts of ``relation``, in canonical order."""
        return self._rows.get(relation, ())

    def __iter__(self) -> Iterator[Fact]:
        for rows in self._rows.values():
            yield from rows

    def __len__(self) -> int:
        return sum(len(rows) for rows in self._rows.values())

    def get(self, fact: Fact, column: str) -> Value:
        """Return the value of one column of ``fact``."""
        return fact.values[self.schema[fact.relation].names.index(column)]

    def by(self, relation: str, column: str) -> Mapping[Value, Sequence[int]]:
        """Where each value of a column stands: the indices of its facts, ascending. Made when first asked, then kept."""
        key = (relation, column)
        if key not in self._places:
            at = self.schema[relation].names.index(column)
            found: defaultdict[Value, list[int]] = defaultdict(list)
            for index, fact in enumerate(self.of(relation)):
                found[fact.values[at]].append(index)
            self._places[key] = dict(found)
        return self._places[key]

    def spots(self, relation: str, column: str, value: Value) -> Sequence[int]:
        """The indices of the facts with a value in a column. The first column is sorted and needs no index."""
        shape = self.schema[relation]
        if column != shape.columns[0].name:
            return self.by(relation, column).get(value, ())
        known = self._spots.setdefault(relation, {})
        found = known.get(value)
        if found is None:
            rows, wanted = self.of(relation), (value is not None, value)
            start = bisect_left(rows, wanted, key=_first)
            end = start
            while end < len(rows) and rows[end].values[0] == value:
                end += 1
            found = known[value] = range(start, end)
        return found

    def among(self, relation: str, choices: Mapping[str, Collection[Value]]) -> list[Sequence[int]]:
        """Where the facts stand whose columns hold one of the given values each: a run of ascending indices for every combination.

        The index over these columns is made when first asked for, then kept.
        """
        columns = tuple(sorted(choices))
        groups = self._groups.get((relation, columns))
        if groups is None:
            found: defaultdict[tuple[Value, ...], list[int]] = defaultdict(list)
            for index, key in enumerate(self.columns(relation, *columns)):
                found[key].append(index)
            groups = self._groups[relation, columns] = dict(found)
        return [groups[key] for key in product(*(choices[name] for name in columns)) if key in groups]

    def where(self, relation: str, column: str, value: Value) -> Iterator[tuple[Fact, dict[str, Value]]]:
        """Yield the facts of ``relation`` with a value in a column, each also as a mapping from column to value."""
        places = self.spots(relation, column, value)
        if places:
            names, rows = self.schema[relation].names, self.of(relation)
            for index in places:
                yield rows[index], dict(zip(names, rows[index].values, strict=True))

    def records(self, relation: str) -> Iterator[dict[str, Value]]:
        """Yield the facts of ``relation`` as mappings from column to value."""
        names = self.schema[relation].names
        for fact in self.of(relation):
            yield dict(zip(names, fact.values, strict=True))

    def prepare(self, relations: Iterable[str]) -> None:
        """Say which relations will be needed, so that those that stand in files can be read together."""

    def any(self, relation: str) -> bool:
        """Whether ``relation`` has a fact."""
        return bool(self.of(relation))

    def columns(self, relation: str, *names: str) -> Iterator[tuple[Value, ...]]:
        """Yield some columns of the facts of ``relation``."""
        places = [self.schema[relation].names.index(name) for name in names]
        for fact in self.of(relation):
            yield tuple([fact.values[place] for place in places])

    def plus(self, more: Iterable[Fact], schema: Mapping[str, Relation] | None = None) -> Facts:
        """Return these facts and ``more``; ``schema`` replaces the catalogue where new relations come in."""
        added = Facts(more)
        joined = {name: _arranged((*self.of(name), *rows)) if self.of(name) else rows for name, rows in added._rows.items()}
        return self._with(joined, self.schema if schema is None else schema)

    def kept(self, name: str, make: Callable[[Facts], Kept]) -> Kept:
        """What follows from these facts alone, made when first asked for."""
        if name not in self._kept:
            self._kept[name] = make(self)
        found: Kept = self._kept[name]
        return found

    def under(self, schema: Mapping[str, Relation]) -> Facts:
        """The same facts, indexes included, under another catalogue."""
        result = Facts((), schema)
        result._rows, result._places, result._groups, result._spots, result._kept = (
            self._rows, self._places, self._groups, self._spots, self._kept)
        return result

    def replaced(self, relations: Iterable[str], more: Iterable[Fact]) -> Facts:
        """Return these facts with ``more`` in place of everything in ``relations``."""
        return self._with({**dict.fromkeys(relations, ()), **Facts(more)._rows}, self.schema)

    def _with(self, rows: Mapping[str, tuple[Fact, ...]], schema: Mapping[str, Relation]) -> Facts:
        """These facts with other rows for some relations; the rest is shared, not sorted again."""
        result = Facts((), schema)
        result._rows = {name: found for name, found in sorted({**self._rows, **rows}.items()) if found}
        return result

    def until(self, moment: int) -> Facts:
        """Return what can be known at ``moment``: facts whose event is not later, and what lies inside those."""
        kept: dict[str, tuple[Fact, ...]] = {}
        for relation, rows in self._rows.items():
            shape = self.schema[relation]
            if shape.event is not None:
                event = shape.names.index(shape.event)
                kept[relation] = tuple(fact for fact in rows if _not_after(fact.values[event], moment))
        seen = self._with(kept, self.schema)
        for name, (column, outer) in INSIDE.items():
            hidden = {own for (own,) in self.columns(outer, "id")} - {own for (own,) in seen.columns(outer, "id")}
            if hidden:
                at = self.schema[name].names.index(column)
                seen = seen._with({name: tuple(fact for fact in seen.of(name) if fact.values[at] not in hidden)}, self.schema)
        return seen


def _arranged(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Equal facts once, with their first place, sorted by content."""
    kept: dict[tuple[Value, ...], Fact] = {}
    for fact in facts:
        known = kept.get(fact.values)
        if known is None or fact.place < known.place:
            kept[fact.values] = fact
    return tuple(sorted(kept.values(), key=lambda fact: sort_key(fact.values)))


def _first(fact: Fact) -> tuple[bool, Value]:
    return (fact.values[0] is not None, fact.values[0])


def _not_after(value: Value, moment: int) -> bool:
    return not isinstance(value, int) or value <= moment
