"""Changes of a scenario: rows to remove, to alter and to add, applied to an organisation before it is checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from zeren.models.cells import convert
from zeren.models.facts import Value
from zeren.models.flatten import flatten
from zeren.models.nodes import Node
from zeren.models.problems import Place, Problems, choices, nearest
from zeren.models.relations import AUTHORED, RELATIONS, Column
from zeren.models.rows import Draft, Reader, index_of

CHANGE_KEYS: Final = ("why", "remove", "change", "set", "add", "gives")
_NAMES: Final = tuple(relation.name for relation in AUTHORED)


@dataclass(frozen=True, slots=True)
class Where:
    """Rows of a relation: those whose columns have these written values."""

    relation: str
    columns: tuple[tuple[str, Node], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Change:
    """One change: what goes, what is altered (``set`` in the rows ``change``), and sections that are added."""

    remove: tuple[Where, ...]
    change: tuple[Where, ...]
    set: tuple[tuple[str, Node], ...]
    add: Node | None
    place: Place


def read_change(node: Node, problems: Problems) -> Change:
    """Read one element of ``changes``; problems are recorded with their places."""
    if not isinstance(node.value, dict):
        problems.add(node.place, "SCN-写法", f"一处改动应是“键: 值”，这里是{node.kind}", f"可用的键有 {choices(CHANGE_KEYS)}")
        return Change((), (), (), None, node.place)
    for key in node.fields:
        if key not in CHANGE_KEYS:
            near = nearest(key, CHANGE_KEYS)
            problems.add(node.keys[key], "SCN-键", f"改动没有“{key}”这一项",
                         "；".join(filter(None, (near, f"可用的键有 {choices(CHANGE_KEYS)}"))))
    fields = node.fields
    if not {"remove", "change", "add"} & set(fields):
        problems.add(node.place, "SCN-写法", "改动要有 remove、change 或 add", "- remove: {record: 编号}")
    if ("change" in fields) != ("set" in fields):
        problems.add(node.place, "SCN-写法", "change 与 set 要一起写", "- change: {record: 编号}\n      set: {at: 2024-05-06}")
    return Change(
        tuple(_wheres(fields.get("remove"), problems)), tuple(_wheres(fields.get("change"), problems)),
        tuple(fields["set"].fields.items()) if "set" in fields else (), fields.get("add"), node.place,
    )


def _wheres(node: Node | None, problems: Problems) -> Iterator[Where]:
    """Read ``{relation: id}``, ``{relation: {column: value}}``, or lists of those."""
    if node is not None and not isinstance(node.value, dict):
        problems.add(node.place, "SCN-写法", f"这里应写 关系: 编号 或 关系: {{列: 值}}，现在是{node.kind}", "如 {record: 编号}")
    for name, under in node.fields.items() if node is not None else ():
        if name not in _NAMES:
            near = nearest(name, _NAMES)
            problems.add((node.keys if node else {})[name], "SCN-关系", f"没有关系“{name}”",
                         "；".join(filter(None, (near, f"可用的有 {choices(_NAMES, 40)}"))))
            continue
        for one in under.items or (under,):
            columns = tuple(one.fields.items()) if isinstance(one.value, dict) else (("id", one),)
            known = [(key, value) for key, value in columns if _column(name, key, one, problems) is not None]
            if len(known) == len(columns):
                yield Where(name, tuple(known), one.place)


def _column(relation: str, key: str, node: Node, problems: Problems) -> Column | None:
    column = RELATIONS[relation].column(key)
    if column is None:
        names = RELATIONS[relation].names
        near = nearest(key, names)
        place = node.keys.get(key, node.place) if isinstance(node.value, dict) else node.place
        problems.add(place, "SCN-列", f"关系 {relation} 没有列“{key}”", "；".join(filter(None, (near, f"可用的有 {choices(names, 30)}"))))
    return column


def apply(changes: Iterable[Change], reader: Reader) -> None:
    """Apply changes, one after another, to the rows that were read; a change that meets no row is a problem."""
    for change in changes:
        for where in change.remove:
            _remove(_rows(where, reader), reader)
        for where in change.change:
            for draft in _rows(where, reader):
                _set(draft, change.set, reader)
        if change.add is not None:
            flatten(change.add, reader)


def _rows(where: Where, reader: Reader) -> list[Draft]:
    tests = []
    for key, node in where.columns:
        column = RELATIONS[where.relation].column(key)
        assert column is not None
        tests.append((index_of(where.relation, key), None if node.value is None else convert(column, node, reader.problems)))
    mine = [draft for draft in reader.drafts if draft.relation == where.relation]
    found = [draft for draft in mine if all(draft.values[at] == value for at, value in tests)]
    if not found:
        hint = "核对编号和写法"
        if len(tests) == 1 and isinstance(tests[0][1], str):
            hint = nearest(tests[0][1], {str(draft.values[tests[0][0]]) for draft in mine}) or hint
        shown = "，".join(f"{key}: {node.plain()}" for key, node in where.columns)
        reader.problems.add(where.place, "SCN-改动", f"改动的对象不存在：{RELATIONS[where.relation].label}（{shown}）", hint)
    return found


def _remove(rows: list[Draft], reader: Reader) -> None:
    """Remove rows and everything that cannot stand without them: details, rows of a document, holders of a post."""
    frontier = rows
    while frontier:
        gone = {id(draft) for draft in frontier}
        reader.drafts = [draft for draft in reader.drafts if id(draft) not in gone]
        ids = {(draft.relation, draft.values[0]) for draft in frontier if RELATIONS[draft.relation].key == ("id",)}
        kept = {(draft.relation, draft.values[0]) for draft in reader.drafts} if ids else set()
        ids -= kept  # a document with several parties is several rows: it stands while one of them stands
        frontier = [draft for draft in reader.drafts if ids and _leans(draft, ids)]


def _leans(draft: Draft, ids: set[tuple[str, Value]]) -> bool:
    columns = RELATIONS[draft.relation].columns
    return any(
        column.required and any((relation, value) in ids for relation in column.refers)
        for column, value in zip(columns, draft.values, strict=True)
    )


def _set(draft: Draft, cells: Iterable[tuple[str, Node]], reader: Reader) -> None:
    for key, node in cells:
        column = _column(draft.relation, key, node, reader.problems)
        if column is None:
            continue
        at = index_of(draft.relation, key)
        draft.values[at] = None if node.value is None else convert(column, node, reader.problems)
        draft.places[at] = node.place
        draft.place = node.place
        if draft.relation == "detail" and key == "value":
            _number(draft, node, reader)


def _number(draft: Draft, node: Node, reader: Reader) -> None:
    """Keep the number of a detail in step with its text."""
    from zeren.models.flatten_records import detail_value
    from zeren.models.registry import RECORD_KINDS

    record = next((one for one in reader.drafts if one.relation == "record" and one.values[0] == draft.get("record")), None)
    key = RECORD_KINDS.get(str(record.get("kind")) if record else "", {}).get(str(draft.get("key")))
    if key is not None:
        text, exact = detail_value(str(draft.get("key")), key, node, reader)
        draft.put("value", text)
        draft.put("number", exact)
