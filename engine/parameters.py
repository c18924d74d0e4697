"""Parameters: what practice leaves open (requirements (g)); a profile is a named set of values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from zeren.engine.tables import bases, column_type, text, value_of
from zeren.models.facts import Fact, Value
from zeren.models.nodes import Node
from zeren.models.problems import Problems, RuleError, nearest
from zeren.models.relations import Column, Relation, Type, World
from zeren.models.yaml_text import read

_SPAN: Final = (Column("since", Type.MOMENT), Column("until", Type.MOMENT))


@dataclass(frozen=True, slots=True)
class Parameter:
    """A declared parameter: its relation ``param.<name>`` and the facts that give its values."""

    name: str
    label: str
    doc: str
    basis: tuple[tuple[str, str], ...]
    confidence: str
    relation: Relation
    facts: tuple[Fact, ...]
    profile: str = ""


def read_parameters(node: Node) -> dict[str, Parameter]:
    """Read the declarations of ``parameters.yaml``.

    Raises:
        RuleError: a declaration or default is wrong; all problems at once.
    """
    problems = Problems()
    found = {}
    for entry in node.items:
        fields = entry.fields
        name, kind = text(fields.get("name")), column_type(fields["type"], problems)
        several = "set" in fields and fields["set"].value is True
        dated = _dated(fields["default"])
        columns = (
            *((Column("key"),) if "key" in fields else ()), Column("value", kind, many=several), *(_SPAN if dated else ()),
        )
        relation = Relation(f"param.{name}", text(fields.get("label")) or name, World.TABLE, columns,
                            ("key",) if "key" in fields else ())
        facts = tuple(_facts(relation, fields["default"], problems))
        found[name] = Parameter(name, relation.label, text(fields.get("doc")), bases(fields.get("basis")),
                                text(fields.get("confidence")), relation, facts)
    problems.raise_if_any(RuleError)
    return found


def read_profile(path: Path) -> tuple[Node, str | None]:
    """Read a profile file; return it and the name of the profile that it extends."""
    node = read(path)
    extends = node.fields.get("extends")
    return node, extends.text if extends else None


def chosen_values(declared: dict[str, Parameter], chain: Iterable[Node]) -> dict[str, Parameter]:
    """Apply profiles, later ones over earlier ones.

    Raises:
        RuleError: a profile sets an unknown parameter or a value of the wrong type.
    """
    problems, chosen = Problems(), dict(declared)
    for node in chain:
        values = node.fields.get("values")
        for name, value in values.fields.items() if values else ():
            if name not in chosen:
                near = nearest(name, chosen)
                problems.add(value.place, "RULE-方案", f"没有参数“{name}”" + (f"，{near}" if near else ""))
                continue
            relation = chosen[name].relation
            chosen[name] = replace(chosen[name], facts=tuple(_facts(relation, value, problems)),
                                   profile=text(node.fields.get("profile")))
    problems.raise_if_any(RuleError)
    return chosen


def _dated(node: Node) -> bool:
    return any({"since", "until"} & set(entry.fields) for entry in node.items)


def _facts(relation: Relation, node: Node, problems: Problems) -> Iterable[Fact]:
    keyed = relation.column("key") is not None
    entries: list[tuple[str | None, Node]] = []
    if keyed:
        for key, value in node.fields.items():
            entries += [(key, one) for one in value.items or (value,)]
    else:
        entries = [(None, one) for one in node.items or (node,)]
    column = relation.column("value")
    assert column is not None
    for name, entry in entries:
        body = entry.fields.get("value", entry) if entry.fields else entry
        cells: dict[str, Value] = {"key": name, "value": value_of(body, column, problems)}
        for end in _SPAN:
            cells[end.name] = value_of(entry.fields.get(end.name), end, problems)
        yield Fact(relation.name, tuple(cells[cell] for cell in relation.names), entry.place)
