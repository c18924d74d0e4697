"""Measures: sums, counts, shares and gaps, computed once before the rules look at them.

A measure has instances like a rule (``for`` and ``key``); ``each`` gives what is counted; ``relies`` says which ledger
must be closed for the value to be ``complete``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from zeren.engine.language.dependencies import determined
from zeren.engine.language.environment import Environment
from zeren.engine.language.patterns import PatternReader
from zeren.engine.language.plan import Query
from zeren.engine.language.reliance import Reliance, reliances
from zeren.engine.language.syntax import ON, Const, Var, conjunctions, step_variables
from zeren.engine.tables import text
from zeren.models.facts import Value
from zeren.models.nodes import Node
from zeren.models.problems import Problems, choices
from zeren.models.relations import RELATIONS, Column, Relation, Type, World

_KINDS: Final = ("sum", "count", "share", "gap")


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure made ready to run.

    ``kind`` is ``sum`` (of one output), ``count`` (of different values), ``share`` (two fields, rounded) or ``gap``
    (minutes of a window, the last two fields named, that no span of outputs covers).
    """

    name: str
    label: str
    relation: Relation
    fields: tuple[str, ...]
    scope: tuple[Query, ...]
    each: tuple[Query, ...]
    kind: str
    args: tuple[str, ...]
    digits: int
    relies: tuple[Reliance, ...]


class _Above(Mapping[str, Relation]):
    """A catalogue in which the measures are those read so far: one may build on those above it."""

    def __init__(self, schema: Mapping[str, Relation], found: Mapping[str, Measure]) -> None:
        self._schema, self._found = schema, found

    def __getitem__(self, name: str) -> Relation:
        if name.startswith("measure."):
            return self._found[name.removeprefix("measure.")].relation
        return self._schema[name]

    def __iter__(self) -> Iterator[str]:
        yield from RELATIONS
        yield from (f"measure.{name}" for name in self._found)

    def __len__(self) -> int:
        return len(RELATIONS) + len(self._found)


def read_measures(node: Node, schema: Mapping[str, Relation], problems: Problems, found: dict[str, Measure]) -> None:
    """Read ``measures.yaml`` into ``found``; problems are recorded with their place. A measure may build on those above it."""
    above = _Above(schema, found)
    for entry in node.items:
        if _complete(entry, problems):
            measure = _read(entry, above, problems)
            found[measure.name] = measure


def _complete(node: Node, problems: Problems) -> bool:
    missing = [key for key in ("name", "for", "key", "value") if key not in node.fields]
    if missing:
        problems.add(node.place, "RULE-指标", f"指标缺少 {'、'.join(missing)}", "写法见 docs/semantics.md 第 7 节")
    return not missing


def _read(node: Node, schema: Mapping[str, Relation], problems: Problems) -> Measure:
    fields, reader, env = node.fields, PatternReader(schema, problems), Environment()
    scope = reader.read(fields.get("for"), env, "for", top=False)
    inner = env.child()
    each = reader.read(fields.get("each"), inner, "each", top=False)
    key = {column: text(term).removeprefix("$") for column, term in fields["key"].fields.items()}
    kind, args, digits = _value(fields["value"], problems)
    relies = tuple(_relies(entry) for entry in (fields["relies"].items if "relies" in fields else ()))
    used = {*key.values(), *(args if kind in ("share", "gap") else ()), *_names(relies)}
    used |= {name for steps in conjunctions(each) for step in steps for name in step_variables(step)}
    scopes = conjunctions(scope)
    fixed = set.intersection(*(determined(steps, key.values(), schema) for steps in scopes))
    if loose := sorted((used & set(env.known)) - fixed):
        problems.add(node.place, "RULE-指标", f"{text(fields.get('name'))}：变量 {'、'.join(loose)} 不由键唯一确定")
    names = tuple(dict.fromkeys((*key.values(), *sorted(used & set(env.known) - {ON}))))
    composed, _ = reliances((*scopes, *conjunctions(each)), (), frozenset(names), schema)
    relies += tuple(one for one in composed if one.form == "measure")
    columns = tuple(Column(column, env.known[name].type) for column, name in key.items())
    name = text(fields.get("name"))
    relation = Relation(f"measure.{name}", text(fields.get("label")), World.DERIVED,
                        (*columns, Column("value", Type.NUMBER), Column("complete", Type.BOOL)), tuple(key))
    outputs = args if kind in ("sum", "count") else args[:2] if kind == "gap" else ()
    return Measure(name, relation.label, relation, names, tuple(Query(steps, names) for steps in scopes),
                   tuple(Query(steps, outputs) for steps in conjunctions(each)) if each else (), kind, args, digits, relies)


def _value(node: Node, problems: Problems) -> tuple[str, tuple[str, ...], int]:
    for kind, term in node.fields.items():
        if kind in _KINDS:
            args = tuple(text(one).removeprefix("$") for one in term.items or (term,))
            digits = int(text(node.fields["digits"])) if "digits" in node.fields else 3
            return kind, args, digits
    problems.add(node.place, "RULE-指标", "value 的写法不对", f"可用：{choices(_KINDS)}")
    return "sum", (), 0


def _relies(node: Node) -> Reliance:
    fields = node.fields["ledger"].fields

    def term(name: str) -> Var | Const | None:
        word = text(fields.get(name))
        return None if not word else Var(word[1:]) if word.startswith("$") else Const(word, Type.TEXT)

    kind = term("kind")
    return Reliance(term("holder"), (kind,) if kind else (), term("from"), term("to"))


def _names(relies: Iterable[Reliance]) -> set[str]:
    terms = [term for one in relies for term in (one.holder, *one.kinds, one.start, one.end)]
    return {term.name for term in terms if isinstance(term, Var)}


def value_of(measure: Measure, fields: Mapping[str, Value], rows: list[tuple[Value, ...]]) -> Decimal | None:
    """Compute the value of one instance from its fields and the outputs of its matches."""
    if measure.kind == "sum":
        return sum((row[0] for row in rows if isinstance(row[0], Decimal)), Decimal(0))
    if measure.kind == "count":
        return Decimal(len({row[0] for row in rows if row[0] is not None}))
    if measure.kind == "share":
        part, whole = (fields[name] for name in measure.args)
        if not isinstance(part, Decimal) or not isinstance(whole, Decimal) or whole == 0:
            return None
        return (part / whole).quantize(Decimal(1).scaleb(-measure.digits), ROUND_HALF_UP)
    start, end = (fields[name] for name in measure.args[2:])
    assert isinstance(start, int)
    assert isinstance(end, int)
    spans = [(a, b) for a, b in rows if isinstance(a, int) and isinstance(b, int)]
    return Decimal(uncovered(spans, start, end) // 60)


def stated(measure: Measure, rows: Iterable[tuple[Value, ...]]) -> bool:
    """Whether the value rests on stated values only: a span without an end covers nothing, but proves no gap either."""
    return measure.kind != "gap" or all(None not in row for row in rows)


def uncovered(spans: Iterable[tuple[int, int]], start: int, end: int) -> int:
    """Return how many seconds of [start, end) no span covers.

    >>> uncovered([(0, 10), (20, 30)], 5, 25)
    10
    """
    at, missing = start, 0
    for begin, stop in sorted(spans):
        if begin >= end:
            break
        if begin > at:
            missing += begin - at
        at = max(at, stop)
    return missing + max(0, end - max(at, start)) if at < end else missing
