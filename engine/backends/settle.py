"""Large rules: find in one statement the instances that a witness alone decides, so that only the others become objects."""

from __future__ import annotations

from collections.abc import Sequence

from zeren.engine.backends.sql import OPEN, matches
from zeren.engine.language.plan import Plan, Query
from zeren.engine.language.syntax import AtLeast, Atom, atoms


def simple(plan: Plan) -> bool:
    """Whether a witness alone decides: one demand with one conjunction, no moment to keep, nothing forbidden."""
    if len(plan.parts) != 1 or len(plan.parts[0].queries) != 1:
        return False
    query = plan.parts[0].queries[0]
    counted = any(isinstance(step, AtLeast) for step in query.steps)
    return not counted and not query.outputs and not plan.breaches and plan.rule.due is None and plan.rule.item is None


def witnessed(plan: Plan, table: str, on: int) -> str:
    """The SELECT of the instances in ``table`` that have a witness: ``i`` and the facts of the smallest one."""
    query = plan.parts[0].queries[0]
    refs = [f"r{at}" for at, _ in enumerate(atoms(query.steps))]
    with_bearer = f"(SELECT * FROM {table} WHERE c0 IS NOT NULL)"
    found = f"({matches(query, plan.fields, with_bearer, on)}) AS f"
    if len(refs) == 1:
        return f"SELECT c0 AS i, MIN(r0) AS r0 FROM {found} GROUP BY c0"
    ranked = f"SELECT *, ROW_NUMBER() OVER (PARTITION BY c0 ORDER BY {', '.join(refs)}) AS n FROM {found}"
    return f"SELECT c0 AS i, {', '.join(refs)} FROM ({ranked}) AS o WHERE n = 1"


def undecided(plan: Plan, table: str, on: int, exempting: Sequence[Query]) -> str:
    """The SELECT of the instances that a witness does not decide: a trigger that met a missing value, a rule not in
    force, an exemption (``exempting`` are the queries that grant one). Nothing where there can be none.
    """
    moment = f"s.c{plan.fields.index(plan.anchor)}" if plan.anchor is not None else str(on)
    conditions = ['s."open" = 1'] if any(map(_open, plan.scope)) else []
    conditions += [f"{moment} < {plan.rule.since}"] if plan.rule.since is not None else []
    conditions += [f"{moment} >= {plan.rule.until}"] if plan.rule.until is not None else []
    parts = [f"SELECT s.i FROM {table} AS s WHERE {' OR '.join(conditions)}"] if conditions else []
    parts += [f"SELECT e.c0 FROM ({matches(one, plan.fields, table, on)}) AS e" for one in exempting]
    return " UNION ".join(parts)


def _open(query: Query) -> bool:
    """Whether finding the instances may meet a missing value."""
    return any(not isinstance(step, Atom) or any(test.op in OPEN for test in step.tests) for step in query.steps)


def instances_of(plan: Plan, table: str, met: str) -> str:
    """The SELECT of ``i``, fields and facts of the instances in ``met``."""
    refs = ", ".join(f"m.r{at}" for at, _ in enumerate(atoms(plan.parts[0].queries[0].steps)))
    return f"SELECT s.i, {_fields(plan)}, {refs} FROM {met} AS m JOIN {table} AS s ON s.i = m.i ORDER BY s.i"


def unmet(plan: Plan, table: str, met: str) -> str:
    """The SELECT of the instances in ``table`` that are not in ``met``, numbered anew in the same order."""
    return (f'SELECT ROW_NUMBER() OVER (ORDER BY s.i) - 1 AS i, {_fields(plan)}, s."open" FROM {table} AS s '
            f"WHERE NOT EXISTS (SELECT 1 FROM {met} AS m WHERE m.i = s.i)")


def twice(plan: Plan, table: str) -> str:
    """The SELECT of one row where two instances share a key, which only the judge can sort out."""
    key = ", ".join(f"c{at}" for at in range(len(plan.rule.key)))
    return f"SELECT 1 FROM {table} GROUP BY {key} HAVING COUNT(*) > 1 LIMIT 1"


def _fields(plan: Plan) -> str:
    return ", ".join(f"s.c{at}" for at in range(len(plan.fields)))
