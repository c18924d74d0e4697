"""Writes an organisation as a folder of CSV or Parquet files, one for each relation: what programs exchange.

The columns are those of the catalogue, one fact a row; ``organisation.yaml`` holds the name, dates and profile.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Final

from zeren.models.facts import Facts
from zeren.models.moments import format_moment
from zeren.models.organisation import Organisation
from zeren.models.relations import AUTHORED, Relation, Type
from zeren.models.workbook.book_out import cell_text
from zeren.models.workbook.facts_out import cell

HEADER_FILE: Final = "organisation.yaml"
_TYPES: Final = {Type.NUMBER: "DECIMAL(17,4)", Type.BOOL: "BOOLEAN"}


def csv_files(org: Organisation) -> dict[str, bytes]:
    """The files by name. UTF-8 with a mark, so that Excel shows Chinese; what looks like a formula gets an apostrophe."""
    found = {f"{relation.name}.csv": b"\xef\xbb\xbf" + _text(org.facts, relation, True).encode("utf-8") for relation in _filled(org.facts)}
    return {**found, HEADER_FILE: _header(org)}


def parquet_files(org: Organisation, work: Path) -> dict[str, bytes]:
    """The files by name; ``work`` is an empty folder for what is needed on the way."""
    import duckdb

    found = {}
    text, file = work / "rows.csv", work / "rows.parquet"
    with duckdb.connect(config={"threads": 1}) as connection:
        for relation in _filled(org.facts):
            text.write_text(_text(org.facts, relation, False), encoding="utf-8", newline="")
            columns = {column.name: "VARCHAR" for column in relation.columns}
            chosen = ", ".join(f'CAST("{column.name}" AS {_TYPES.get(column.type, "VARCHAR")}) AS "{column.name}"' for column in relation.columns)
            rows = connection.read_csv(str(text), header=False, skiprows=1, columns=columns, na_values="", quotechar='"', escapechar='"', max_line_size=10_000_000)
            rows.select(chosen).write_parquet(str(file))
            found[f"{relation.name}.parquet"] = file.read_bytes()
    return {**found, HEADER_FILE: _header(org)}


def _filled(facts: Facts) -> Iterator[Relation]:
    return (relation for relation in AUTHORED if facts.of(relation.name))


def _text(facts: Facts, relation: Relation, formulas: bool) -> str:
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")  # else a lone CR in a text would not be quoted
    writer.writerow(relation.names)
    for fact in facts.of(relation.name):
        cells = (cell(column, value) for column, value in zip(relation.columns, fact.values, strict=True))
        writer.writerow(["" if one is None else str(one).lower() if isinstance(one, bool) else cell_text(one, formulas and isinstance(one, str)) for one in cells])
    return stream.getvalue()


def _header(org: Organisation) -> bytes:
    import json

    items: Mapping[str, str] = {
        "name": org.name, "on": format_moment(org.on, "end") if org.on is not None else "",
        "since": format_moment(org.since) if org.since is not None else "", "profile": org.profile,
    }
    lines = [f"{key}: {json.dumps(text, ensure_ascii=False)}\n" for key, text in items.items() if text]
    return ("# 各表见同一文件夹的 *.csv 或 *.parquet，一种关系一个文件\n" + ("".join(lines) or "facts: {}\n")).encode("utf-8")
