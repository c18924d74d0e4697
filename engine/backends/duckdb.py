"""The engine of record: patterns as SQL, run in-process by DuckDB."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb

from zeren.engine.backends import sql
from zeren.engine.backends.base import Match, Refs, Row
from zeren.engine.derive.closures import CLOSURES
from zeren.engine.language.plan import Query
from zeren.engine.language.syntax import AtLeast, Atom, atoms
from zeren.models.facts import Fact, Facts
from zeren.models.relations import Relation

#: Above this number of rows a relation goes in through a CSV file, which is faster than parameters.
_BULK: Final = 2_000
#: A missing value in such a file: a character that no organisation file may hold.
_NULL: Final = "\x1f"


class DuckDB:
    """One in-memory database over one set of facts; relations are loaded when a query first needs them."""

    def __init__(self, facts: Facts, on: int, threads: int = 2) -> None:
        self._connection = duckdb.connect(config={"threads": threads})
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
        possible = [query for query in queries if self._can_match(query)]
        table = f"scope{self._scopes}"
        self._scopes += 1
        rows: list[Row] = []
        if possible:
            self._connection.execute(f"CREATE TABLE {table} AS {sql.instances(possible, on)}")
            found = self._connection.execute(f"SELECT * FROM {table} ORDER BY i").fetchall()
            rows = [Row(row[1:-1], row[-1] == 0) for row in found]
        return DuckScope(self, queries[0].outputs, rows, table, on)

    def run(self, query: Query, names: Sequence[str], table: str, on: int) -> list[tuple[Any, ...]]:
        """Run one match query and return its raw rows."""
        if not self._can_match(query):
            return []
        return self._connection.execute(sql.matches(query, names, table, on)).fetchall()

    def _can_match(self, query: Query) -> bool:
        """Load what the query needs; no query matches where one of its relations is empty."""
        needed = {atom.relation for atom in atoms(query.steps)}
        self.load(needed)
        return all(relation in CLOSURES or self._facts.of(relation) for relation in needed)

    def load(self, relations: Iterable[str]) -> None:
        """Create the tables of ``relations`` that are not there yet."""
        for name in sorted(set(relations) - self._loaded):
            if name in self._loaded:  # meanwhile, as the base of a closure
                continue
            self._loaded.add(name)
            if name in CLOSURES and not self._facts.of(name):
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
    """The instances of one rule, kept as a table."""

    def __init__(self, engine: DuckDB, names: tuple[str, ...], rows: list[Row], table: str, on: int) -> None:
        self.rows = rows
        self._engine, self._names, self._table, self._on = engine, names, table, on

    def matches(self, query: Query) -> list[Match]:
        """See :class:`zeren.engine.backends.base.Scope`."""
        if not self.rows:
            return []
        width = 1 + len(query.outputs)
        listed = _listed(query)
        return [Match(row[0], row[1:width], _refs(row[width:], listed))
                for row in self._engine.run(query, self._names, self._table, self._on)]


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
