"""DuckDB by hand: the CSV files as tables, one statement per rule that keeps the evidence of every post or duty."""

from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks.clock import Clock
from benchmarks.peers import Findings, Result
from benchmarks.workload import ON, WINDOW, Workload, write

COLUMNS = {
    "post": {"id": "VARCHAR", "unit": "VARCHAR", "role": "VARCHAR"},
    "subordination": {"unit": "VARCHAR", "superior": "VARCHAR", "kind": "VARCHAR"},
    "portfolio": {"post": "VARCHAR", "kind": "VARCHAR", "subject": "VARCHAR"},
    "record": {"id": "VARCHAR", "kind": "VARCHAR", "at": "TIMESTAMP", "actor": "VARCHAR", "object": "VARCHAR"},
}
SAFETY = """
CREATE TABLE safety AS
SELECT p.id AS post, d.subject AS evidence
FROM post AS p LEFT JOIN portfolio AS d ON d.post = p.id AND d.kind = '事项' AND d.subject = '安全生产'
WHERE p.role = '主要负责人'
"""
RECORDED = f"""
CREATE TABLE recorded AS
SELECT d.post, d.subject, MIN(r.id) AS evidence
FROM portfolio AS d LEFT JOIN record AS r
    ON r.actor = d.post AND r.object = d.subject AND r.kind = '检查' AND r.at >= '{ON - WINDOW}' AND r.at < '{ON}'
WHERE d.kind = '事项'
GROUP BY d.post, d.subject
"""
LINE = """
CREATE TABLE line AS
WITH RECURSIVE reached(unit, depth) AS (
    SELECT '集团', 0 UNION SELECT s.unit, r.depth + 1 FROM subordination AS s JOIN reached AS r ON s.superior = r.unit
)
SELECT p.id AS post, r.depth AS evidence FROM post AS p LEFT JOIN reached AS r ON r.unit = p.unit
"""


def prepare(work: Workload, folder: Path) -> None:
    write(work, folder / "csv")


def run(folder: Path) -> Result:
    clock = Clock()
    connection = duckdb.connect(config={"threads": 2})
    for table, columns in COLUMNS.items():
        path = str(folder / "csv" / f"{table}.csv")
        connection.execute(f"CREATE TABLE {table} AS SELECT * FROM read_csv(?, header = true, auto_detect = false, delim = ',', "
                           f"columns = {columns})", [path])
    load = clock.lap()
    for statement in (SAFETY, RECORDED, LINE):
        connection.execute(statement)
    found = Findings(
        frozenset(row[0] for row in connection.execute("SELECT post FROM safety WHERE evidence IS NULL").fetchall()),
        frozenset(connection.execute("SELECT post, subject FROM recorded WHERE evidence IS NULL").fetchall()),
        frozenset(row[0] for row in connection.execute("SELECT post FROM line WHERE evidence IS NULL").fetchall()),
    )
    check = clock.lap()
    number = sum(len(connection.execute(f"SELECT * FROM {table}").fetchall()) for table in ("safety", "recorded", "line"))
    whole = clock.lap()
    assert number
    return Result(load, check, found, whole)
