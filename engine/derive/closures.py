"""Reflexive transitive closures: ``within`` over territories and ``under`` over units.

DuckDB computes them by recursive SQL, the reference by walking; differential tests compare the two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zeren.models.facts import Fact, Facts, Value

#: The kinds of subordination along which one unit stands under another; guidance and shares do not count.
COMMAND: Final = ("领导", "派驻", "内设", "委托")


@dataclass(frozen=True, slots=True)
class Closure:
    """A closure: the relations it comes from, its SQL for an audit moment, and its plain computation.

    Both number the rows by content, so that a row is the same match in every back end.
    """

    bases: tuple[str, ...]
    sql: Callable[[int], str]
    walk: Callable[[Facts, int], Iterator[Fact]]


def _within_sql(on: int) -> str:  # noqa: ARG001
    return (
        'WITH RECURSIVE up(part, whole, depth) AS (SELECT id, id, 0 FROM "territory" UNION '
        'SELECT up.part, t.parent, up.depth + 1 FROM up JOIN "territory" AS t ON t.id = up.whole WHERE t.parent IS NOT NULL) '
        'SELECT ROW_NUMBER() OVER (ORDER BY up.part, up.whole) - 1 AS _f, up.part, up.whole, CAST(up.depth AS DECIMAL(18, 4)) AS depth, w.level '
        'FROM up JOIN "territory" AS w ON w.id = up.whole'
    )


def _under_sql(on: int) -> str:
    kinds = ", ".join(f"'{kind}'" for kind in COMMAND)
    edges = (
        f'SELECT DISTINCT unit, superior FROM "subordination" WHERE kind IN ({kinds}) '
        f"AND (since IS NULL OR since <= {on}) AND (until IS NULL OR {on} < until)"
    )
    return (
        f'WITH RECURSIVE edge AS ({edges}), up(unit, superior, depth) AS (SELECT id, id, 0 FROM "unit" UNION '
        "SELECT up.unit, e.superior, up.depth + 1 FROM up JOIN edge AS e ON e.unit = up.superior WHERE up.depth < 64) "
        "SELECT ROW_NUMBER() OVER (ORDER BY unit, superior) - 1 AS _f, unit, superior, "
        "CAST(MIN(depth) AS DECIMAL(18, 4)) AS depth FROM up GROUP BY unit, superior"
    )


def _within(facts: Facts, on: int) -> Iterator[Fact]:  # noqa: ARG001
    rows = {str(row["id"]): row for row in facts.records("territory")}
    for part in rows:
        whole: Value = part
        depth = 0
        while whole is not None:
            yield Fact("within", (part, whole, Decimal(depth), rows[str(whole)]["level"]))
            whole, depth = rows[str(whole)]["parent"], depth + 1


def _under(facts: Facts, on: int) -> Iterator[Fact]:
    superiors: defaultdict[str, set[str]] = defaultdict(set)
    for row in facts.records("subordination"):
        if row["kind"] in COMMAND and holds(row["since"], row["until"], on):
            superiors[str(row["unit"])].add(str(row["superior"]))
    for row in facts.records("unit"):
        start, depth, seen, frontier = str(row["id"]), 0, set[str](), {str(row["id"])}
        while frontier:
            for unit in frontier:
                yield Fact("under", (start, unit, Decimal(depth)))
            seen |= frontier
            frontier, depth = {up for unit in frontier for up in superiors[unit]} - seen, depth + 1


def holds(since: Value, until: Value, at: int) -> bool:
    """Whether a span (half-open, missing ends open) contains the moment ``at``."""
    return (not isinstance(since, int) or since <= at) and (not isinstance(until, int) or at < until)


CLOSURES: Final = {
    "within": Closure(("territory",), _within_sql, _within),
    "under": Closure(("unit", "subordination"), _under_sql, _under),
}
