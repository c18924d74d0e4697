"""Conjunctive queries as portable SQL text: joins, EXISTS-free, no functions beyond COUNT, MIN, STRING_AGG.

Moments and durations are BIGINT seconds, numbers DECIMAL(18, 4), so that the text means the same in every dialect.
Each relation is a table of its name with the column ``_f``, the index of the fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from zeren.engine.language.plan import Query
from zeren.engine.language.syntax import ON, Arith, AtLeast, Atom, Compare, Const, Expr, Let, Step, Test, Var
from zeren.models.facts import Value
from zeren.models.relations import Type

SQL_TYPES: Final[Mapping[Type, str]] = {
    Type.TEXT: "VARCHAR", Type.NUMBER: "DECIMAL(18, 4)", Type.MOMENT: "BIGINT", Type.DURATION: "BIGINT",
    Type.BOOL: "BOOLEAN",
}
_OPERATORS: Final = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
#: The instance number, carried along like a variable that no rule can name.
_INSTANCE: Final = "@instance"
#: Conditions that a missing value leaves open when instances are sought.
OPEN: Final = ("ge", "gt", "le", "lt", "in")


def quoted(name: str) -> str:
    """A table or column name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def constant(value: Value) -> str:
    """A literal as SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return f"CAST({value} AS {SQL_TYPES[Type.NUMBER]})"
    return "'" + value.replace("'", "''") + "'"


@dataclass(slots=True)
class _Stage:
    """One SELECT under construction: what the variables are, where rows come from, what must hold."""

    env: dict[str, str]
    sources: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)


class Compiler:
    """Builds the text of one query. ``possible`` keeps rows that a missing value leaves open, and flags them."""

    def __init__(self, env: Mapping[str, str], source: str | None = None, possible: bool = False) -> None:
        self._stage = _Stage(dict(env), [source] if source else [])
        self._possible = possible
        self._aliases = 0

    def select(self, query: Query, lead: Sequence[str] = ()) -> str:
        """Return the SELECT for ``query``: the variables ``lead``, its outputs, the open flag if asked, the fact indices."""
        for step in query.steps:
            self._step(step)
        stage = self._stage
        columns = [stage.env[name] for name in (*lead, *query.outputs)]
        named = [f"{column} AS {quoted(f'c{at}')}" for at, column in enumerate(columns)]
        if self._possible:
            named.append(f"{self._flag()} AS \"open\"")
        else:
            named += [f"{ref} AS {quoted(f'r{at}')}" for at, ref in enumerate(stage.refs)]
        return f"SELECT {', '.join(named)}{self._tail()}"

    def expression(self, expr: Expr) -> str:
        """An expression over the variables bound so far."""
        if isinstance(expr, Var):
            return self._stage.env[expr.name]
        if isinstance(expr, Const):
            return constant(expr.value)
        assert isinstance(expr, Arith)
        return f"({self.expression(expr.left)} {expr.op} {self.expression(expr.right)})"

    def _tail(self) -> str:
        stage = self._stage
        where = f" WHERE {' AND '.join(stage.conditions)}" if stage.conditions else ""
        return f" FROM {', '.join(stage.sources) or '(SELECT 1 AS one) AS one'}{where}"

    def _flag(self) -> str:
        if not self._stage.open:
            return "0"
        return f"CASE WHEN {' OR '.join(f'({c}) IS NULL' for c in self._stage.open)} THEN 1 ELSE 0 END"

    def _step(self, step: Step) -> None:
        if isinstance(step, Atom):
            self._stage.refs.append(f"{self._atom(step, self._possible)}._f")
        elif isinstance(step, Let):
            self._stage.env[step.name] = self.expression(step.expr)
        elif isinstance(step, Compare):
            self._condition(self._comparison(step), self._possible)
        else:
            self._at_least(step)

    def _comparison(self, step: Compare) -> str:
        return f"{self.expression(step.left)} {_OPERATORS[step.op]} {self.expression(step.right)}"

    def _condition(self, text: str, may_be_open: bool) -> None:
        if may_be_open:
            self._stage.open.append(text)
            text = f"COALESCE({text}, TRUE)"
        self._stage.conditions.append(text)

    def _atom(self, atom: Atom, possible: bool) -> str:
        alias = f"a{self._aliases}"
        self._aliases += 1
        self._stage.sources.append(f"{quoted(atom.relation)} AS {alias}")
        for test in atom.tests:
            column = f"{alias}.{quoted(test.column)}"
            if test.op == "eq" and isinstance(test.operands[0], Var) and test.operands[0].name not in self._stage.env:
                self._stage.env[test.operands[0].name] = column
            else:
                self._condition(self._test(test, column, alias), possible and test.op in OPEN)
        return alias

    def _test(self, test: Test, column: str, alias: str) -> str:
        values = [self.expression(operand) for operand in test.operands]
        since, until = f'{alias}."since"', f'{alias}."until"'
        given = "".join(f"{value} IS NOT NULL AND " for value, operand in zip(values, test.operands, strict=True)
                        if isinstance(operand, Var) and operand.name != ON)
        if test.op == "at":
            return f"{given}({since} IS NULL OR {since} <= {values[0]}) AND ({until} IS NULL OR {values[0]} < {until})"
        if test.op == "overlaps":
            return f"{given}({since} IS NULL OR {since} < {values[1]}) AND ({until} IS NULL OR {values[0]} < {until})"
        if test.op == "present":
            there = f"({column} IS NOT NULL AND CAST({column} AS VARCHAR) <> '无')"
            return there if values[0] == "TRUE" else f"NOT {there}"
        if test.op == "any":
            return f"{column} IN ({', '.join(values)})"
        if test.op == "in":
            return f"({column} >= {values[0]} AND {column} < {values[1]})"
        return f"{column} {_OPERATORS[test.op]} {values[0]}"

    def _at_least(self, step: AtLeast) -> None:
        """Close the rows so far, join the inner patterns, group by the outer row and count."""
        outer = self._close()
        names, refs = dict(outer.env), list(outer.refs)
        inner: list[str] = []
        for other in step.of:
            if isinstance(other, Atom):
                inner.append(self._atom(other, False))
            elif isinstance(other, Let):
                self._stage.env[other.name] = self.expression(other.expr)
            elif isinstance(other, Compare):
                self._condition(self._comparison(other), False)
        group = [*dict.fromkeys([*(e for e in names.values() if e.startswith("q")), *refs, *outer.open])]
        agg = [f"STRING_AGG(DISTINCT CAST({alias}._f AS VARCHAR), ',')" for alias in inner]
        count = f"COUNT(DISTINCT {self._stage.env[step.distinct]})"
        having = f" HAVING {count} >= {self.expression(step.n)} AND {count} >= 1"
        self._close(names, [*refs, *agg], outer.open, f" GROUP BY {', '.join(group)}{having}" if group else having)

    def _close(self, env: Mapping[str, str] | None = None, refs: list[str] | None = None,
               flags: list[str] | None = None, tail: str = "") -> _Stage:
        """Turn the SELECT so far into a source of the next one."""
        stage = self._stage
        env = stage.env if env is None else env
        refs = stage.refs if refs is None else refs
        flag = self._flag() if flags is None else (flags[0] if flags else "0")
        alias = f"q{self._aliases}"
        self._aliases += 1
        columns = {name: (text, f"v{at}") for at, (name, text) in enumerate(env.items())}
        listed = [f"{text} AS {short}" for text, short in columns.values()]
        listed += [f"{text} AS r{at}" for at, text in enumerate(refs)]
        listed.append(f"{flag} AS flag")
        text = f"(SELECT {', '.join(listed)}{self._tail()}{tail}) AS {alias}"
        following = _Stage({name: f"{alias}.{short}" for name, (_, short) in columns.items()}, [text],
                           refs=[f"{alias}.r{at}" for at in range(len(refs))])
        if self._possible:
            following.open = [f"NULLIF({alias}.flag, 1)"]
        self._stage = following
        return following


def instances(queries: Sequence[Query], on: int) -> str:
    """The SELECT of the distinct instances, numbered in no particular order: ``i``, ``c0 …``, ``open`` (1 where every match
    met a missing value)."""
    branches = [Compiler({ON: str(on)}, possible=True).select(query) for query in queries]
    columns = ", ".join(f"c{at}" for at in range(len(queries[0].outputs)))
    return (f"SELECT ROW_NUMBER() OVER () - 1 AS i, {columns}, \"open\" FROM "
            f"(SELECT {columns}, MIN(\"open\") AS \"open\" FROM ({' UNION ALL '.join(branches)}) AS u GROUP BY {columns}) AS d")


def matches(query: Query, names: Sequence[str], table: str, on: int) -> str:
    """The SELECT of all matches of ``query`` for the instances in ``table``: instance, outputs, fact indices."""
    env = {_INSTANCE: "s.i", ON: str(on), **{name: f"s.c{at}" for at, name in enumerate(names)}}
    return Compiler(env, f"{table} AS s").select(query, lead=[_INSTANCE])
