"""Fact tables of the pack: numbers and lists of law, with basis, validity and check state on every row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zeren.engine.language.literals import LiteralProblem, typed
from zeren.models.facts import Fact, Value
from zeren.models.nodes import Node
from zeren.models.problems import Place, Problems, RuleError, choices, nearest
from zeren.models.relations import Column, Relation, Type, World

#: Columns that every temporal table has; ``until`` is the first day on which the row no longer holds.
_SPAN: Final = (Column("since", Type.MOMENT), Column("until", Type.MOMENT))
_META: Final = ("basis", "confidence", "since", "until")
CONFIDENCES: Final = ("已核", "未核原文", "存疑", "惯例", "讲话")


@dataclass(frozen=True, slots=True)
class Row:
    """What stands beside the cells of a row: its sources (kind, id) and how far they were checked."""

    basis: tuple[tuple[str, str], ...]
    confidence: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its relation, its rows as facts, and the source of each row in the same order."""

    name: str
    label: str
    doc: str
    relation: Relation
    facts: tuple[Fact, ...]
    rows: tuple[Row, ...]


def read_table(node: Node) -> Table:
    """Read a table file.

    Raises:
        RuleError: a column, type or cell is wrong; all problems at once.
    """
    problems = Problems()
    fields = node.fields
    name = text(fields.get("table"))
    columns = tuple(Column(key, column_type(kind, problems)) for key, kind in fields["columns"].fields.items())
    span = _SPAN if "temporal" in fields and fields["temporal"].value is True else ()
    key = tuple(text(entry) for entry in fields["key"].items) if "key" in fields else ()
    relation = Relation(f"table.{name}", text(fields.get("label")), World.TABLE, (*columns, *span), key)
    facts, rows = [], []
    for row in fields["rows"].items:
        values = tuple(_cell(column, row, problems) for column in relation.columns)
        _known_keys(row, relation, problems)
        facts.append(Fact(relation.name, values, row.place))
        basis = row.fields.get("basis") or fields.get("basis")
        rows.append(Row(bases(basis), text(row.fields.get("confidence")) or text(fields.get("confidence"))))
        if rows[-1].confidence not in CONFIDENCES:
            problems.add(row.place, "RULE-表", f"核对状态“{rows[-1].confidence}”不存在", f"可用：{choices(CONFIDENCES)}")
    problems.raise_if_any(RuleError)
    return Table(name, relation.label, text(fields.get("doc")), relation, tuple(facts), tuple(rows))


def bases(node: Node | None) -> tuple[tuple[str, str], ...]:
    """Read a list of sources such as ``[{fact: A-001}]``."""
    return tuple((kind, text(ref)) for entry in (node.items if node else ()) for kind, ref in entry.fields.items())


def text(node: Node | None) -> str:
    """The text of an optional node."""
    return node.text or "" if node is not None else ""


def column_type(node: Node, problems: Problems) -> Type:
    """Read a type by its Chinese name."""
    try:
        return Type(node.text or "")
    except ValueError:
        problems.add(node.place, "RULE-表", f"没有类型“{node.text}”", f"可用：{choices(Type)}")
        return Type.TEXT


def value_of(node: Node | None, column: Column, problems: Problems) -> Value:
    """Read one cell; an absent cell is not stated."""
    if node is None or node.value is None:
        return None
    if isinstance(node.value, bool):
        return node.value if column.type is Type.BOOL else ("是" if node.value else "否")
    try:
        return typed(column, node.text or "")
    except LiteralProblem as problem:
        problems.add(node.place, "RULE-表", str(problem), problem.hint)
        return None


def _cell(column: Column, row: Node, problems: Problems) -> Value:
    return value_of(row.fields.get(column.name), column, problems)


def _known_keys(row: Node, relation: Relation, problems: Problems) -> None:
    for key in row.fields:
        if key not in relation.names and key not in _META:
            near = nearest(key, relation.names)
            place: Place = row.keys.get(key, row.place)
            problems.add(place, "RULE-表", f"表 {relation.name} 没有列“{key}”" + (f"，{near}" if near else ""))
