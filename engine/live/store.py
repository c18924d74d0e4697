"""The facts that can be seen now, under hash indexes that change with them and remember who read them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from zeren.models.facts import Fact, Facts, Value, sort_key
from zeren.models.relations import Relation


class Node:
    """Something that is computed from facts: it knows what it read and when time alone may change it.

    ``stage`` orders the computation. ``reads`` are the buckets looked at, ``next`` the first moment (seconds) at which a
    comparison with the present could come out differently; ``moving`` says that its asks name the present moment itself.
    """

    __slots__ = ("key", "moving", "next", "owner", "reads", "stage")

    def __init__(self, stage: int, owner: Any, key: Any) -> None:
        self.stage, self.owner, self.key = stage, owner, key
        self.reads: list[Bucket] = []
        self.next: int | None = None
        self.moving = False


class Bucket:
    """The facts with one value in some columns, and the nodes that looked them up."""

    __slots__ = ("readers", "rows")

    def __init__(self) -> None:
        self.rows: list[Fact] = []
        self.readers: dict[Node, None] | None = None


class Tracker:
    """Notes, for the node that is being computed, what it reads and which moments matter to it."""

    __slots__ = ("node", "on")

    def __init__(self, on: int) -> None:
        self.on = on
        self.node: Node | None = None

    def read(self, bucket: Bucket) -> None:
        """Note that the present node looked into ``bucket``."""
        node = self.node
        if node is None:
            return
        readers = bucket.readers
        if readers is None:
            bucket.readers = {node: None}
            node.reads.append(bucket)
        elif node not in readers:
            readers[node] = None
            node.reads.append(bucket)

    def flip(self, moment: int) -> None:
        """Note that the present node may change at ``moment``; a moment that has come says nothing new."""
        node = self.node
        if node is not None and moment > self.on and (node.next is None or moment < node.next):
            node.next = moment

    def span(self, since: Value, until: Value) -> None:
        """Note the ends of a span that was held against the present."""
        if type(since) is int:
            self.flip(since)
        if type(until) is int:
            self.flip(until)

    def begin(self, node: Node) -> None:
        """Forget what ``node`` read, and note for it from now on."""
        forget(node)
        self.node = node

    def end(self) -> None:
        """Note for nobody."""
        self.node = None


def forget(node: Node) -> None:
    """Take ``node`` out of all buckets that it read."""
    for bucket in node.reads:
        if bucket.readers is not None:
            del bucket.readers[node]
            if not bucket.readers:
                bucket.readers = None
    node.reads = []
    node.next = None
    node.moving = False


class Index:
    """The facts of a relation by the values of some columns; facts that miss one of them are left out."""

    __slots__ = ("buckets", "columns", "key")

    def __init__(self, columns: tuple[int, ...], facts: Iterable[Fact]) -> None:
        self.columns = columns
        self.key: Callable[[tuple[Value, ...]], Any] = itemgetter(*columns) if columns else _everything
        self.buckets: dict[Any, Bucket] = {}
        for fact in facts:
            self.add(fact)

    def at(self, values: tuple[Value, ...]) -> Bucket | None:
        """The bucket of a row, made where there is none; nothing where the row misses a column."""
        key = self.key(values)
        if key is None or (type(key) is tuple and None in key):
            return None
        return self.bucket(key)

    def bucket(self, key: Any) -> Bucket:
        """The bucket of a key, made where there is none."""
        found = self.buckets.get(key)
        if found is None:
            found = self.buckets[key] = Bucket()
        return found

    def add(self, fact: Fact) -> Bucket | None:
        """Put a fact where it belongs."""
        bucket = self.at(fact.values)
        if bucket is not None:
            bucket.rows.append(fact)
        return bucket

    def remove(self, fact: Fact) -> Bucket | None:
        """Take a fact out."""
        bucket = self.at(fact.values)
        if bucket is not None:
            rows = bucket.rows
            for at, one in enumerate(rows):
                if one is fact:
                    rows[at] = rows[-1]
                    rows.pop()
                    break
        return bucket


def _everything(values: tuple[Value, ...]) -> bool:  # noqa: ARG001
    return True


class Ordered:
    """The facts of a relation sorted by content, so that each has the number that a check would give it."""

    __slots__ = ("facts", "keys")

    def __init__(self, facts: Iterable[Fact]) -> None:
        pairs = sorted(((sort_key(fact.values), fact) for fact in facts), key=itemgetter(0))
        self.keys = [key for key, _ in pairs]
        self.facts = [fact for _, fact in pairs]

    def number(self, fact: Fact) -> int:
        """The place of a fact."""
        return bisect_left(self.keys, sort_key(fact.values))

    def add(self, fact: Fact) -> None:
        """Put a fact in its place."""
        key = sort_key(fact.values)
        at = bisect_left(self.keys, key)
        self.keys.insert(at, key)
        self.facts.insert(at, fact)

    def remove(self, fact: Fact) -> None:
        """Take a fact out."""
        at = self.number(fact)
        del self.keys[at], self.facts[at]


class Store:
    """A set of facts that changes. Each row is there once; whoever reads it is told by :meth:`add` and :meth:`remove`."""

    def __init__(self, schema: Mapping[str, Relation], tracker: Tracker) -> None:
        self.schema, self.tracker = schema, tracker
        self._facts: dict[str, dict[tuple[Value, ...], Fact]] = {}
        self._indexes: dict[str, dict[tuple[int, ...], Index]] = {}
        self._ordered: dict[str, Ordered] = {}

    # -- change ------------------------------------------------------------------------------------------------

    def load(self, facts: Iterable[Fact]) -> None:
        """Add facts before anybody reads."""
        for fact in facts:
            self._facts.setdefault(fact.relation, {})[fact.values] = fact

    def add(self, fact: Fact) -> list[Node]:
        """Add a fact that is not there; returns the nodes that had looked where it now stands."""
        self._facts.setdefault(fact.relation, {})[fact.values] = fact
        if fact.relation in self._ordered:
            self._ordered[fact.relation].add(fact)
        return _readers(index.add(fact) for index in self._indexes.get(fact.relation, {}).values())

    def remove(self, fact: Fact) -> list[Node]:
        """Remove a fact that is there; returns the nodes that had looked at it."""
        known = self._facts[fact.relation].pop(fact.values)
        if fact.relation in self._ordered:
            self._ordered[fact.relation].remove(known)
        return _readers(index.remove(known) for index in self._indexes.get(fact.relation, {}).values())

    def readers(self, fact: Fact) -> list[Node]:
        """The nodes that looked where a fact stands."""
        return _readers(index.at(fact.values) for index in self._indexes.get(fact.relation, {}).values())

    # -- look --------------------------------------------------------------------------------------------------

    def known(self, fact: Fact) -> Fact | None:
        """The fact with the same content, if it is there."""
        return self._facts.get(fact.relation, _NONE).get(fact.values)

    def all(self, relation: str) -> Iterable[Fact]:
        """All facts of a relation, in no particular order; not tracked."""
        return self._facts.get(relation, _NONE).values()

    def relations(self) -> list[str]:
        """The relations that have, or had, facts."""
        return sorted(self._facts)

    def count(self, relation: str) -> int:
        """How many facts a relation has; not tracked."""
        return len(self._facts.get(relation, ()))

    def index(self, relation: str, columns: tuple[int, ...]) -> Index:
        """The index over some columns, made when first asked for."""
        found = self._indexes.setdefault(relation, {})
        if columns not in found:
            found[columns] = Index(columns, self.all(relation))
        return found[columns]

    def select(self, relation: str, **columns: Value) -> list[Fact]:
        """The facts with these values; a missing value asks for a missing one. Tracked."""
        names = self.schema[relation].names
        stated = sorted((names.index(name), value) for name, value in columns.items() if value is not None)
        rows = self.look(relation, tuple(at for at, _ in stated), tuple(value for _, value in stated))
        blank = [names.index(name) for name, value in columns.items() if value is None]
        return [fact for fact in rows if all(fact.values[at] is None for at in blank)] if blank else rows

    def look(self, relation: str, columns: tuple[int, ...], values: tuple[Value, ...]) -> list[Fact]:
        """The facts with ``values`` in ``columns`` (both in column order). Tracked; not to be changed."""
        key = values[0] if len(values) == 1 else values or True
        index = self.index(relation, columns)
        if self.tracker.node is None and key not in index.buckets:  # nobody waits for it: a long watch must not keep every typing error
            return []
        bucket = index.bucket(key)
        self.tracker.read(bucket)
        return bucket.rows

    def ordered(self, relation: str) -> Ordered:
        """The facts of a relation sorted by content."""
        if relation not in self._ordered:
            self._ordered[relation] = Ordered(self.all(relation))
        return self._ordered[relation]

    def snapshot(self, relations: Iterable[str] | None = None) -> Facts:
        """The facts of some relations, by default all, as they are now."""
        names = self._facts if relations is None else relations
        return Facts((fact for name in names for fact in self.all(name)), self.schema)


_NONE: Final[dict[tuple[Value, ...], Fact]] = {}


def _readers(buckets: Iterable[Bucket | None]) -> list[Node]:
    return list(dict.fromkeys(node for bucket in buckets if bucket is not None and bucket.readers for node in bucket.readers))


class View(Facts):
    """The store as the functions that derive facts see it: every look is tracked, spans are noted as moments that matter."""

    def __init__(self, store: Store) -> None:
        super().__init__((), store.schema)
        self._store = store

    def of(self, relation: str) -> Sequence[Fact]:
        """See :class:`zeren.models.facts.Facts`; sorted by content."""
        self._seen(self._store.look(relation, (), ()))
        return self._store.ordered(relation).facts

    def where(self, relation: str, column: str, value: Value) -> Iterator[tuple[Fact, dict[str, Value]]]:
        """See :class:`zeren.models.facts.Facts`."""
        names = self.schema[relation].names
        for fact in self._found(relation, column, value):
            yield fact, dict(zip(names, fact.values, strict=True))

    def spots(self, relation: str, column: str, value: Value) -> Sequence[int]:
        """See :class:`zeren.models.facts.Facts`."""
        ordered = self._store.ordered(relation)
        return [ordered.number(fact) for fact in self._found(relation, column, value)]

    def _found(self, relation: str, column: str, value: Value) -> list[Fact]:
        if value is None:
            return []
        rows = self._store.select(relation, **{column: value})
        self._seen(rows)
        return sorted(rows, key=lambda fact: sort_key(fact.values)) if len(rows) > 1 else rows

    def _seen(self, rows: Sequence[Fact]) -> None:
        if rows and (shape := self.schema[rows[0].relation]).temporal:
            since, until = shape.names.index("since"), shape.names.index("until")
            for fact in rows:
                self._store.tracker.span(fact.values[since], fact.values[until])
