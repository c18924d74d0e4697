"""Records with their registered details, and the rows of documents."""

from __future__ import annotations

from typing import Final

from zeren.models.cells import convert, expected_entry, moment, number
from zeren.models.facts import Value
from zeren.models.moments import format_moment
from zeren.models.nodes import Node
from zeren.models.problems import choices, nearest
from zeren.models.registry import RECORD_KINDS, Key
from zeren.models.relations import Column, Type
from zeren.models.rows import Draft, Reader, index_of, stable_id
from zeren.models.shapes import SHAPES
from zeren.models.vocabulary import STATED_ABSENT, VOCABULARIES

_RECORD: Final = SHAPES["record"]
_KIND: Final = index_of("record", "kind")
_TEXT: Final = Column("subject", required=True)


def records(node: Node | None, reader: Reader) -> None:
    """Read the section ``records``: record kind → entries."""
    if node is None or node.value is None:
        return
    if not isinstance(node.value, dict):
        expected_entry(node, "records ", reader.problems, tuple(RECORD_KINDS))
        return
    for kind, entries in node.fields.items():
        keys = RECORD_KINDS.get(kind)
        if keys is None:
            reader.unknown(node, kind, tuple(RECORD_KINDS), "履职记录")
            continue
        for item in reader.entries(entries, kind):
            for row in reader.fill(_RECORD, item, {"kind": kind}, keys):
                if row.values[0] is None:
                    row.values[0] = stable_id(kind, row.get("at"), item)
                for name, child in item.fields.items():
                    if name in keys:
                        _detail(row, name, keys[name], child, reader)


def _detail(record: Draft, name: str, key: Key, node: Node, reader: Reader) -> None:
    if isinstance(node.value, tuple) and not key.many:
        reader.problems.add(node.place, "ORG-003", f"{name} 只能写一个值，这里是列表", "只留一个")
        return
    for item in reader.one_or_more(node):
        if item.value is None:
            continue
        text, exact = detail_value(name, key, item, reader)
        if text is not None:
            reader.add("detail", {"record": record.values[0], "key": name, "value": text, "number": exact}, item, "value")


def detail_value(name: str, key: Key, node: Node, reader: Reader) -> tuple[str | None, Value]:
    """Return the text and, for numbers, the number of one detail; moments are written canonically."""
    value = convert(Column(name), node, reader.problems)
    if not isinstance(value, str):
        return None, None
    if key.type is Type.NUMBER:
        exact = number(value, node, reader.problems, name)
        return (value, exact) if exact is not None else (None, None)
    if value == STATED_ABSENT:
        return value, None
    if key.type is Type.MOMENT:
        seconds = moment(value, node, reader.problems, name)
        return (format_moment(seconds), None) if seconds is not None else (None, None)
    if key.values and value not in key.values:
        near = nearest(value, key.values)
        hint = f"可用的有 {choices(key.values)}"
        reader.problems.add(node.place, "ORG-004", f"{name} 没有“{value}”这一取值", f"{near}；{hint}" if near else hint)
        return None, None
    return value, None


def covers(documents: list[Draft], node: Node, reader: Reader) -> None:
    """Read what a document states: each element is one of its rows, numbered from 1 unless ``row`` says otherwise."""
    document = documents[0].values[0] if documents else None
    kinds = VOCABULARIES["cover_kind"]
    numbers: dict[Value, int] = {}
    for position, item in enumerate(reader.entries(node.fields.get("covers"), "covers"), start=1):
        if not isinstance(item.value, dict):
            expected_entry(item, "文件载明", reader.problems, (*kinds, "row", "number"))
            continue
        shared: dict[str, Value] = {"document": document, "row": str(position)}
        for key, column in SHAPES["covers"].columns.items():
            if key in item.fields and item.fields[key].value is not None:
                shared[key] = convert(column, item.fields[key], reader.problems)
        first = numbers.setdefault(shared["row"], position)
        if first != position:
            reader.problems.add(
                item.fields["row"].place if "row" in item.fields else item.place, "ORG-010",
                f"文件载明的第 {first} 项与第 {position} 项都是第 {shared['row']} 行", "各行写不同的 row；不写 row 时按次序编号",
            )  # fmt: skip
        stated = 0
        for kind, child in item.fields.items():
            if kind in shared or kind in SHAPES["covers"].columns:
                continue
            if kind not in kinds:
                stated += 1
                reader.unknown(item, kind, (*kinds, "row", "number"), "文件载明")
                continue
            stated += 1
            for word, place in reader.words(child, _TEXT, kind):
                reader.add("covers", {**shared, "kind": kind, "subject": word}, place, "subject")
        if not stated:
            reader.problems.add(item.place, "ORG-002", "文件载明的一行没有写明对象", f"写成 种类: 对象，种类有 {choices(kinds)}")
