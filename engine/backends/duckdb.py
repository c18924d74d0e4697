"""The engine of record: patterns as SQL, run in-process by DuckDB."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import duckdb

from zeren.engine.backends import settle, sql
from zeren.engine.backends.base import Backend, BackendError, Match, Refs, Row
from zeren.engine.backends.folder import FolderFacts
from zeren.engine.derive.closures import CLOSURES
from zeren.engine.language.plan import Plan, Query
from zeren.engine.language.syntax import AtLeast, Atom, atoms
from zeren.models.facts import Fact, Facts
from zeren.models.relations import Relation

#: Above this number of rows a relation goes in through a CSV file, which is faster than parameters.
_BULK: Final = 2_000
#: A missing value in such a file: a character that no organisation file may hold.
_NULL: Final = "\x1f"


class DuckDB(Backend):
    """One in-memory database over one set of facts; relations are loaded when a query first needs them."""

    def __init__(self, facts: Facts, on: int, threads: int = 2, settle_from: int = 2_000) -> None:
        self.settle_from = settle_from
        self._folder = facts.database if isinstance(facts, FolderFacts) else None
        self._connection = self._folder.connection if self._folder else duckdb.connect(config={"threads": threads})
        self._facts, self._on = facts, on
        self._loaded: set[str] = set()
        self._scopes = 0

    def extend(self, facts: Facts, relations: Sequence[str]) -> None:
        """See :class:`zeren.engine.backends.base.Backend`."""
        self._facts = facts
        for relation in relations:
            self._loaded.discard(relation)
            self._connection.execute(f"DROP TABLE IF EXISTS {sql.quoted(relation)}")

    def scope(self, queries: Sequence[Query], on: int) -> DuckScope:
        """See :class:`zeren.engine.backends.base.Backend`."""
        possible = [query for query in queries if self.can_match(query)]
        table, count = "", 0
        if possible:
            table, count = self.make(sql.instances(possible, on))
        return DuckScope(self, queries[0].outputs, table, count, on)

    def make(self, select: str, kind: str = "TABLE") -> tuple[str, int]:
        """Keep what ``select`` gives as a table or view of a new name; returns the name and the number of rows of a table."""
        name = f"scope{self._scopes}"
        self._scopes += 1
        return name, self.count(f"CREATE {kind} {name} AS {select}")

    def view(self, select: str) -> str:
        """Give ``select`` a name."""
        return self.make(select, "VIEW")[0]

    def count(self, statement: str) -> int:
        """Run a statement and return the number of rows that it made or deleted."""
        rows = self.fetch(statement)
        return int(rows[0][0]) if rows else 0

    def fetch(self, select: str) -> list[tuple[Any, ...]]:
        """Run a statement and return its raw rows."""
        try:
            return self._connection.execute(select).fetchall()
        except duckdb.Error as error:
            raise BackendError(str(error).splitlines()[0]) from error

    def run(self, query: Query, names: Sequence[str], table: str, on: int) -> list[tuple[Any, ...]]:
        """Run one match query and return its raw rows."""
        if not self.can_match(query):
            return []
        return self.fetch(sql.matches(query, names, table, on))

    def can_match(self, query: Query) -> bool:
        """Load what the query needs; no query matches where one of its relations is empty."""
        needed = {atom.relation for atom in atoms(query.steps)}
        self.load(needed)
        return all(relation in CLOSURES or self._facts.any(relation) for relation in needed)

    def load(self, relations: Iterable[str]) -> None:
        """Create the tables of ``relations`` that are not there yet."""
        for name in sorted(set(relations) - self._loaded):
            if name in self._loaded:  # meanwhile, as the base of a closure
                continue
            self._loaded.add(name)
            if self._folder is not None and isinstance(self._facts, FolderFacts) and self._facts.holds(name):
                self._folder.count(name)
            elif name in CLOSURES and not self._facts.of(name):
                self.load(CLOSURES[name].bases)
                self._connection.execute(f"CREATE TABLE {sql.quoted(name)} AS {CLOSURES[name].sql(self._on)}")
            else:
                self._create(self._facts.schema[name], self._facts.of(name))

    def _create(self, relation: Relation, facts: Sequence[Fact]) -> None:
        columns = {"_f": "INTEGER", **{column.name: sql.SQL_TYPES[column.type] for column in relation.columns}}
        table = sql.quoted(relation.name)
        declared = ", ".join(f"{sql.quoted(name)} {kind}" for name, kind in columns.items())
        self._connection.execute(f"CREATE TABLE {table} ({declared})")
        if len(facts) > _BULK:
            self._load_csv(table, columns, facts)
        elif facts:
            lists: list[list[Any]] = [list(range(len(facts))), *map(list, zip(*(fact.values for fact in facts), strict=True))]
            cells = ", ".join(f"unnest(CAST(? AS {kind}[]))" for kind in columns.values())
            self._connection.execute(f"INSERT INTO {table} SELECT {cells}", lists)

    def _load_csv(self, table: str, columns: dict[str, str], facts: Sequence[Fact]) -> None:
        types = "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items()) + "}"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "facts.csv")
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(_cells(facts))
            self._connection.execute(
                f"INSERT INTO {table} SELECT * FROM read_csv(?, header = false, delim = ',', quote = '\"', escape = '\"', "
                f"nullstr = '{_NULL}', auto_detect = false, columns = {types}, max_line_size = 10000000)", [str(path)])


def _cells(facts: Sequence[Fact]) -> Iterator[list[Any]]:
    for index, fact in enumerate(facts):
        yield [index, *(_NULL if value is None else value for value in fact.values)]


class DuckScope:
    """The instances of one rule, kept as a table; ``count`` of them."""

    def __init__(self, engine: DuckDB, names: tuple[str, ...], table: str, count: int, on: int,
                 without: Collection[Query] = ()) -> None:
        self.count = count
        #: Queries that are known to match nothing here.
        self._without = without
        self._engine, self._names, self._table, self._on = engine, names, table, on

    @cached_property
    def rows(self) -> list[Row]:
        """See :class:`zeren.engine.backends.base.Scope`."""
        found = self._engine.fetch(f"SELECT * FROM {self._table} ORDER BY i") if self.count else []
        return [Row(row[1:-1], row[-1] == 0) for row in found]

    def settle(self, plan: Plan) -> tuple[DuckScope, DuckMet] | None:
        """See :class:`zeren.engine.backends.base.Scope`. Few instances are decided faster one by one."""
        if not self.count or self.count < self._engine.settle_from or not settle.simple(plan):
            return None
        several = len(plan.fields) > len(plan.rule.key) and self._engine.fetch(settle.twice(plan, self._table))
        if several or not self._engine.can_match(plan.parts[0].queries[0]):
            return None
        engine, need = self._engine, plan.parts[0].queries[0]
        exempting = [query for queries in plan.exemptions for query in queries if engine.can_match(query)]
        met, count = engine.make(settle.witnessed(plan, self._table, self._on))
        undecided = settle.undecided(plan, self._table, self._on, exempting)
        left_out = engine.count(f"DELETE FROM {met} WHERE i IN ({undecided})") if undecided else 0
        rest = engine.view(settle.unmet(plan, self._table, met))
        scope = DuckScope(engine, self._names, rest, self.count - count + left_out, self._on, frozenset() if left_out else {need})
        return scope, DuckMet(engine, plan, self._table, met, count - left_out)

    def matches(self, query: Query) -> list[Match]:
        """See :class:`zeren.engine.backends.base.Scope`."""
        if not self.count or query in self._without:
            return []
        width = 1 + len(query.outputs)
        listed = _listed(query)
        return [Match(row[0], row[1:width], _refs(row[width:], listed))
                for row in self._engine.run(query, self._names, self._table, self._on)]


@dataclass(frozen=True, slots=True)
class DuckMet:
    """See :class:`zeren.engine.backends.base.Met`; ``table`` holds the instances' numbers in ``scope`` and the facts of the witness."""

    engine: DuckDB
    plan: Plan
    scope: str
    table: str
    count: int

    def rows(self) -> list[tuple[Row, Refs]]:
        """See :class:`zeren.engine.backends.base.Met`."""
        width = 1 + len(self.plan.fields)
        found = self.engine.fetch(settle.instances_of(self.plan, self.scope, self.table))
        return [(Row(row[1:width]), row[width:]) for row in found]


def _listed(query: Query) -> tuple[bool, ...]:
    """For each index column whether it is a list of indices (an atom inside ``at_least``)."""
    shape: list[bool] = []
    for step in query.steps:
        if isinstance(step, Atom):
            shape.append(False)
        elif isinstance(step, AtLeast):
            shape.extend(True for inner in step.of if isinstance(inner, Atom))
    return tuple(shape)


def _refs(row: tuple[Any, ...], listed: tuple[bool, ...]) -> Refs:
    if True not in listed:
        return row
    return tuple(
        tuple(sorted(int(part) for part in str(cell).split(","))) if many else cell
        for cell, many in zip(row, listed, strict=True)
    )
