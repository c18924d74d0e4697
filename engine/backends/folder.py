"""Facts that stay in files: a folder with one CSV or Parquet file per relation, read by DuckDB column by column.

For data too large to become Python objects. A file has the name of its relation and columns of the catalogue
(docs/organisation-files.md); columns may be left out. References are not checked: whoever writes such files has done so.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import duckdb

from zeren.engine.backends.sql import SQL_TYPES, constant, quoted
from zeren.models.collector import collector_paused
from zeren.models.facts import Fact, Facts, Value
from zeren.models.moments import DAY
from zeren.models.problems import InputError, Place, Problem, Problems, choices, nearest
from zeren.models.relations import AUTHORED, INSIDE, RELATIONS, Column, Relation, Type
from zeren.models.workbook.values import ESCAPED

_SUFFIXES: Final = (".csv", ".parquet")
_APOSTROPHE: Final = "'"
_AUTHORED: Final = {relation.name: relation for relation in AUTHORED}
#: How many seconds a date without a time is moved, by how the column reads it.
_DAYS: Final = {"start": 0, "end": DAY - 1, "after": DAY}


class FolderFacts(Facts):
    """The facts in a folder; relations are read when something first asks for them.

    Args:
        folder: holds ``post.csv``, ``record.parquet`` …; CSV is UTF-8 with a header, an empty cell is not stated.

    Raises:
        InputError: a file or a column has an unknown name, or there is no file (at once); a value cannot be read (later).
    """

    stored = True

    def __init__(self, folder: Path | str) -> None:
        super().__init__(())
        self._tables = _tables(Path(folder))
        self._names = frozenset(self._tables)
        #: The tables as they could be known at the chosen moment; shared with the facts derived from these.
        self.database = Database(self._tables)

    def holds(self, relation: str) -> bool:
        """Whether ``relation`` is read from a file."""
        return relation in self._names

    def prepare(self, relations: Iterable[str]) -> None:
        """See :meth:`Facts.prepare`."""
        self.database.prepare(filter(self.holds, relations))

    def any(self, relation: str) -> bool:
        """See :meth:`Facts.any`."""
        return self.database.count(relation) > 0 if self.holds(relation) else super().any(relation)

    def of(self, relation: str) -> Sequence[Fact]:
        """Return the facts of ``relation`` as objects: convenient, and expensive for a large file."""
        return self.database.facts(relation) if self.holds(relation) else super().of(relation)

    def columns(self, relation: str, *names: str) -> Iterator[tuple[Value, ...]]:
        """See :meth:`Facts.columns`."""
        return iter(self.database.columns(relation, names)) if self.holds(relation) else super().columns(relation, *names)

    def __iter__(self) -> Iterator[Fact]:
        for relation in sorted({*self._names, *self._rows}):
            yield from self.of(relation)

    def __len__(self) -> int:
        return sum(self.database.count(relation) for relation in self._names) + super().__len__()

    def until(self, moment: int) -> FolderFacts:
        """See :meth:`Facts.until`; the result has a database of its own, which leaves out what is later."""
        result = self._with(Facts(super().__iter__(), self.schema).until(moment)._rows, self.schema)
        result.database = Database(self._tables, moment)
        return result

    def _with(self, rows: Mapping[str, tuple[Fact, ...]], schema: Mapping[str, Relation]) -> FolderFacts:
        result = FolderFacts.__new__(FolderFacts)
        result.schema, result.database, result._tables = schema, self.database, self._tables
        result._places, result._groups, result._spots, result._kept = {}, {}, {}, {}
        result._names = self._names - set(rows)
        result._rows = {name: found for name, found in sorted({**self._rows, **rows}.items()) if found}
        return result


class Database:
    """The relations of a folder as tables of one in-memory database. Used by one evaluation at a time."""

    def __init__(self, tables: Mapping[str, tuple[Path, frozenset[str]]], until: int | None = None) -> None:
        self._tables, self._until = tables, until
        self._counts: dict[str, int] = {}
        self._facts: dict[str, tuple[Fact, ...]] = {}

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The database, opened when it is first needed."""
        return duckdb.connect()

    def count(self, relation: str) -> int:
        """Read ``relation`` if that has not been done, and return the number of its rows.

        Raises:
            InputError: a value cannot be read as its column's type.
        """
        if relation not in self._counts:
            self._counts[relation] = self._read(relation)
        return self._counts[relation]

    def prepare(self, relations: Iterable[str]) -> None:
        """Read several relations at once, two files at a time."""
        missing = set(relations) & set(self._tables) - set(self._counts)
        wanted = sorted(missing, key=lambda name: (-self._tables[name][0].stat().st_size, name))
        with ThreadPoolExecutor(2) as pool:
            self._counts.update(zip(wanted, pool.map(self._read, wanted), strict=True))

    def _read(self, relation: str) -> int:
        path, present = self._tables[relation]
        cursor = self.connection.cursor()
        try:
            hidden = _hidden(relation, self._tables, self._until)
            made = cursor.execute(_create(_AUTHORED[relation], path, present, hidden)).fetchone()
            if cursor.execute(_repeated(_AUTHORED[relation], present)).fetchone():
                made = cursor.execute(_create(_AUTHORED[relation], path, present, hidden, once=True)).fetchone()
        except duckdb.Error as error:
            raise InputError(_unreadable(cursor, _AUTHORED[relation], path, present, error)) from None
        return int(made[0]) if made else 0

    def columns(self, relation: str, names: Iterable[str]) -> list[tuple[Value, ...]]:
        """Some columns of ``relation``, in no particular order."""
        self.count(relation)
        return self.connection.execute(f"SELECT {', '.join(map(quoted, names))} FROM {quoted(relation)}").fetchall()

    def facts(self, relation: str) -> tuple[Fact, ...]:
        """All facts of ``relation`` as objects, made once."""
        if relation not in self._facts:
            file = str(self._tables[relation][0])
            with collector_paused():
                rows: list[tuple[Any, ...]] = sorted(self.columns(relation, ("_f", *_AUTHORED[relation].names, "_line")))
                self._facts[relation] = tuple([Fact(relation, row[1:-1], Place(file, row[-1], 1)) for row in rows])
        return self._facts[relation]


def _tables(folder: Path) -> dict[str, tuple[Path, frozenset[str]]]:
    """The files of a folder with the columns that they have."""
    problems, found = Problems(), dict[str, tuple[Path, frozenset[str]]]()
    for path in sorted(folder.glob("*.*")) if folder.is_dir() else ():
        if path.suffix not in _SUFFIXES:
            continue
        if path.stem not in _AUTHORED:
            near = nearest(path.stem, _AUTHORED)
            problems.add(Place(str(path)), "ORG-001", f"没有“{path.stem}”这种关系", near or f"可用的有 {choices(_AUTHORED, 40)}")
        elif path.stem in found:
            problems.add(Place(str(path)), "ORG-020", f"{path.stem} 有两个文件", f"与 {found[path.stem][0]} 只留一个")
        else:
            found[path.stem] = path, _header(path, RELATIONS[path.stem], problems)
    if not found and not problems.errors:
        problems.add(Place(str(folder)), "ORG-020", "文件夹里没有 *.csv、*.parquet 文件", "每种关系一个文件，如 post.csv")
    problems.raise_if_any(InputError)
    return found


def _header(path: Path, relation: Relation, problems: Problems) -> frozenset[str]:
    names = list(_written(path))
    for name in names:
        if relation.column(name) is None:
            problems.add(Place(str(path), 1, 1), "ORG-001", f"{relation.label}没有“{name}”这一列",
                         nearest(name, relation.names) or f"可用的有 {choices(relation.names, 30)}")
    for column in relation.columns:
        if column.required and column.name not in names:
            problems.add(Place(str(path), 1, 1), "ORG-002", f"{relation.label}缺少 {column.name} 一列", f"补上 {column.name}")
    return frozenset(names)


def _written(path: Path) -> Iterable[str]:
    """The column names of a file, in order."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return next(csv.reader(file), [])
    with duckdb.connect() as connection:
        return [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {_source(path)}").fetchall()]


def _source(path: Path) -> str:
    if path.suffix == ".parquet":
        return f"read_parquet({constant(str(path))})"
    names = list(_written(path))
    columns = ", ".join(f"{constant(name)}: 'VARCHAR'" for name in names)
    cells = ", ".join(_unescaped(RELATIONS[path.stem].column(name), name) for name in names)
    return (f"(SELECT {cells} FROM read_csv({constant(str(path))}, header = false, skip = 1, delim = ',', quote = '\"', escape = '\"', nullstr = '', "
            f"auto_detect = false, columns = {{{columns}}}, max_line_size = 10000000))")


def _unescaped(column: Column | None, name: str) -> str:
    """A cell without the apostrophe that keeps its text from being a formula in Excel; see :func:`zeren.models.workbook.values.escaped`."""
    cell = quoted(name)
    if column is None or column.type is not Type.TEXT or column.vocabulary is not None:
        return cell
    escaped = f"starts_with({cell}, {constant(_APOSTROPHE)}) AND regexp_matches({cell}, {constant('^' + ESCAPED)}, 's')"
    return f"CASE WHEN {escaped} THEN {cell}[2:] ELSE {cell} END AS {cell}"


def _hidden(relation: str, tables: Mapping[str, tuple[Path, frozenset[str]]], until: int | None) -> str:
    """The condition under which a row of a file cannot be seen yet: it is later, or lies inside something that is."""
    present, event = tables[relation][1], _AUTHORED[relation].event
    conditions = [f"{_cell(_column(relation, event))} > {until}"] if until is not None and event in present else []
    column, outer = INSIDE.get(relation, ("", ""))
    inside = _hidden(outer, tables, until) if outer in tables and column in present else ""
    if inside:
        later = f"SELECT id FROM {_source(tables[outer][0])} WHERE id IS NOT NULL AND {inside}"
        conditions.append(f"{quoted(column)} IN ({later})")
    return f"({' OR '.join(conditions)})" if conditions else ""


def _column(relation: str, name: str | None) -> Column:
    return next(column for column in _AUTHORED[relation].columns if column.name == name)


def _create(relation: Relation, path: Path, present: frozenset[str], hidden: str, once: bool = False) -> str:
    """The statement that reads a file: typed columns in canonical order, with the line of each row.

    ``hidden`` is the condition that leaves rows out, or nothing; ``once`` keeps equal rows once.
    """
    written = [column for column in relation.columns if column.name in present]
    typed = ", ".join(f"{_cell(column)} AS {quoted(column.name)}" for column in written)
    order = ", ".join(f"{quoted(column.name)} NULLS FIRST" for column in written)
    names = ", ".join(quoted(column.name) for column in written)
    everything = ", ".join(quoted(column.name) if column in written else f"CAST(NULL AS {SQL_TYPES[column.type]}) AS {quoted(column.name)}"
                           for column in relation.columns)
    flag = f", {hidden} AS _hidden" if hidden else ""
    seen = " WHERE _hidden IS NOT TRUE" if hidden else ""
    lines = f"SELECT {typed}, ROW_NUMBER() OVER () + 1 AS _line{flag} FROM {_source(path)}"
    rows = f"SELECT {names}, {'MIN(_line) AS ' if once else ''}_line FROM ({lines}) AS l{seen}{f' GROUP BY {names}' if once else ''}"
    return (f"CREATE OR REPLACE TABLE {quoted(relation.name)} AS SELECT ROW_NUMBER() OVER () - 1 AS _f, {everything}, _line "
            f"FROM ({rows} ORDER BY {order}) AS o")


def _repeated(relation: Relation, present: frozenset[str]) -> str:
    """The SELECT of one row where two neighbours of the table are equal: looking for that is cheaper than grouping."""
    names = [quoted(column.name) for column in relation.columns if column.name in present]
    equal = " AND ".join(f"{name} IS NOT DISTINCT FROM LAG({name}) OVER ()" for name in names)
    return f"SELECT 1 FROM (SELECT _f, {equal} AS equal FROM {quoted(relation.name)}) AS n WHERE equal AND _f > 0 LIMIT 1"


def _cell(column: Column, cast: str = "CAST") -> str:
    """One cell in the type of its column; a date without a time is read as the catalogue says."""
    kind, name = SQL_TYPES[column.type], quoted(column.name)
    if column.type is Type.MOMENT:
        text = f"CAST({name} AS VARCHAR)"
        moment = f"CAST(EPOCH({cast}({text} AS TIMESTAMP)) AS BIGINT)"
        return f"{moment} + CASE WHEN LENGTH({text}) <= 10 THEN {_DAYS[column.day]} ELSE 0 END" if _DAYS[column.day] else moment
    return f"{cast}({name} AS {kind})"


def _unreadable(connection: duckdb.DuckDBPyConnection, relation: Relation, path: Path, present: frozenset[str],
                error: duckdb.Error) -> list[Problem]:
    """Which cells cannot be read; where none can be named, what the database says."""
    problems: list[Problem] = []
    for column in relation.columns:
        if column.name in present and column.type is not Type.TEXT:
            bad = connection.execute(
                f"SELECT line, CAST({quoted(column.name)} AS VARCHAR) FROM (SELECT *, ROW_NUMBER() OVER () + 1 AS line FROM {_source(path)}) "
                f"WHERE {quoted(column.name)} IS NOT NULL AND {_cell(column, 'TRY_CAST')} IS NULL LIMIT 20").fetchall()
            problems += [Problem(Place(str(path), line, 1), "ORG-003", f"{column.name} 的“{text}”不是{column.type}", "核对这一格")
                         for line, text in bad]
    return problems or [Problem(Place(str(path)), "ORG-003", f"无法读取：{str(error).splitlines()[0]}", "核对文件的编码（UTF-8）与列数")]
