"""Flattens the nested organisation file into draft rows of the relations."""

from __future__ import annotations

from typing import Final

from zeren.models.aliases import doubtful, function_of
from zeren.models.cells import convert, expected_entry
from zeren.models.facts import Value
from zeren.models.flatten_records import covers, records
from zeren.models.nodes import Node
from zeren.models.problems import choices, nearest
from zeren.models.relations import RELATIONS
from zeren.models.rows import Draft, Reader, index_of, stable_id
from zeren.models.shapes import RAW, SECTIONS, SHAPES, TOP_KEYS, Form
from zeren.models.vocabulary import STATED_ABSENT, VOCABULARIES

_INNER: Final = frozenset({"内设机构", "站所", "派出机构"})
_DEPARTMENTS: Final = frozenset({"部门", "派出机构", "站所"})
_FUNCTION: Final = index_of("unit", "function")
#: Entries that may go without an id → the column that stands for the kind, and the moment, in the made id.
_MADE: Final = {"link": ("kind", "since"), "sanction": ("", "at"), "inquiry": ("", "at")}

#: What a raw row means where a column is left out, as in the nested form.
_DEFAULTS: Final = {"subordination": {"kind": "领导"}, "appointment": {"mode": "任职"}}


def flatten(root: Node, reader: Reader) -> None:
    """Read one organisation file; rows and problems are collected in ``reader``."""
    if not isinstance(root.value, dict):
        expected_entry(root, "组织文件的顶层", reader.problems, TOP_KEYS)
        return
    for key, node in root.fields.items():
        if key not in TOP_KEYS:
            reader.unknown(root, key, TOP_KEYS, "组织文件")
        elif key in SECTIONS:
            extra = SECTIONS[key]
            items = reader.one_or_more(node) if extra.form is Form.MIXED else reader.entries(node, key)
            for item in items:
                _entry(extra.shape, item, reader)
    records(root.fields.get("records"), reader)
    _raw(root.fields.get("facts"), reader)


def _entry(shape: str, node: Node, reader: Reader) -> None:
    if shape in ("territory", "industry"):
        _tree(shape, node, reader, None)
    elif shape == "unit":
        _unit(node, reader, None)
    elif shape == "incident":
        _incident(node, reader)
    elif shape == "document":
        covers(reader.fill(SHAPES[shape], node), node, reader)
    else:
        _with_id(reader.fill(SHAPES[shape], node), node)


def _with_id(rows: list[Draft], node: Node, *context: Value) -> None:
    for row in rows:
        if row.relation in _MADE and row.get("id") is None:
            kind, moment = _MADE[row.relation]
            label = (row.text(kind) if kind else None) or RELATIONS[row.relation].label
            row.values[0] = stable_id(label, row.get(moment), node, *context)


def _tree(shape: str, node: Node, reader: Reader, parent: Value) -> None:
    rows = reader.fill(SHAPES[shape], node, {"parent": parent})
    children = node.fields.get("children")
    for child in reader.one_or_more(children) if shape == "industry" else reader.entries(children, "children"):
        _tree(shape, child, reader, rows[0].get("id") if rows else None)


def _unit(node: Node, reader: Reader, parent: Draft | None) -> None:
    rows = reader.fill(SHAPES["unit"], node)
    if not rows:
        return
    unit = rows[0]
    _infer(unit, reader)
    fields = node.fields
    _above(unit, fields.get("superior"), parent, reader)
    _links_of_unit(unit, fields, reader)
    own = unit.get("id")
    for key, shape, given in (
        ("mandates", "mandate", {"unit": own, "territory": unit.get("territory")}),
        ("sites", "occupies", {"subject": own}),
        ("indicators", "indicator", {"holder": own}),
        ("ledgers", "ledger", {"holder": own}),
    ):
        for item in reader.entries(fields.get(key), key):
            reader.fill(SHAPES[shape], item, given)
    for item in reader.one_or_more(fields.get("members")):
        reader.fill(SHAPES["member"], item, {"body": own})
    for item in reader.entries(fields.get("posts"), "posts"):
        _post(item, reader, unit)
    for item in reader.entries(fields.get("units"), "units"):
        _unit(item, reader, unit)


def _infer(unit: Draft, reader: Reader) -> None:
    """Take the function of a department from its name, where it is not written."""
    if unit.get("function") is not None or unit.get("kind") not in _DEPARTMENTS or _FUNCTION in unit.places:
        return
    found = function_of(unit.text("name") or "") or function_of(unit.text("id") or "")
    if found is None:
        return
    unit.put("function", found[0])
    if found[1] in doubtful():
        reader.problems.warn(
            unit.at("id"), "ORG-021", f"由名称“{found[1]}”推断职能为 {found[0]}，各地归属不一", f"核对后写明 function: {found[0]}"
        )


def _links_of_unit(unit: Draft, fields: dict[str, Node], reader: Reader) -> None:
    own = unit.get("id")
    extras = SHAPES["unit"].extras
    for key, relation, mine, other in (
        ("acts_as", "plate", "unit", "acts_as"),
        ("industries", "operates", "unit", "industry"),
        ("tags", "tag", "subject", "tag"),
        ("pair", "pair", "party", "government"),
        ("formerly", "", "", ""),
    ):
        column = extras[key].word
        if key not in fields or column is None:
            continue
        for word, node in reader.words(fields[key], column, key):
            if key == "formerly":
                if isinstance(own, str):
                    reader.formerly.setdefault(word, set()).add(own)
            elif word == STATED_ABSENT:
                continue
            elif key == "pair" and unit.get("kind") != "党委":
                reader.add("pair", {"party": word, "government": own}, node, "party")
            else:
                reader.add(relation, {mine: own, other: word}, node, other)


def _above(unit: Draft, node: Node | None, parent: Draft | None, reader: Reader) -> None:
    """Add the superiors; the surrounding unit is one, unless it is listed with a kind of its own."""
    own = unit.get("id")
    kind = "内设" if parent is not None and unit.get("kind") in _INNER else "领导"
    named = set()
    for item in reader.one_or_more(node):
        if item.text == STATED_ABSENT:
            continue
        for row in reader.fill(SHAPES["superior"], item, {"unit": own}):
            named.add(row.get("superior"))
            if row.get("kind") is None:
                nested = parent is not None and row.get("superior") == parent.get("id")
                row.put("kind", kind if nested else "领导")
    if parent is not None and parent.get("id") not in named:
        reader.add("subordination", {"unit": own, "superior": parent.get("id"), "kind": kind}, unit.entry)


def _post(node: Node, reader: Reader, unit: Draft) -> None:
    rows = reader.fill(SHAPES["post"], node, {"unit": unit.get("id")})
    if not rows:
        return
    post = rows[0]
    if post.get("id") is None:
        if post.text("title") and unit.text("id"):
            post.values[0] = f"{unit.text('id')}{post.text('title')}"
        elif unit.text("id"):
            reader.problems.add(node.place, "ORG-002", "岗位缺少 id 或 title", "补上 title: 职务；id 缺省为单位 id 加职务")
    own = post.get("id")
    holder, holders = node.fields.get("holder"), node.fields.get("holders")
    if holder is not None and holders is not None and holder.value is not None and holders.value is not None:
        reader.problems.add(
            node.keys.get("holder", node.place), "ORG-018", "holder 与 holders 不能同时写",
            "holder 是现任一人的简写；有历任时都写进 holders",
        )  # fmt: skip
        holder = None
    people = (holder,) if holder is not None and holder.value is not None else reader.one_or_more(holders)
    for item in people:
        if item.text == STATED_ABSENT:
            continue
        for row in reader.fill(SHAPES["appointment"], item, {"post": own}):
            if row.get("mode") is None:
                row.put("mode", "任职")
    _portfolio(node.fields.get("portfolio"), reader, own)


def _portfolio(node: Node | None, reader: Reader, post: Value) -> None:
    if node is None or node.value is None:
        return
    if not isinstance(node.value, dict):
        for item in reader.entries(node, "portfolio"):
            reader.fill(SHAPES["portfolio"], item, {"post": post})
        return
    kinds = VOCABULARIES["portfolio_kind"]
    subject = SHAPES["portfolio"].columns["subject"]
    for key, child in node.fields.items():
        if key not in kinds:
            reader.unknown(node, key, kinds, "分管")
            continue
        for word, item in reader.words(child, subject, key):
            if word != STATED_ABSENT:
                reader.add("portfolio", {"post": post, "kind": key, "subject": word}, item, "subject")


def _incident(node: Node, reader: Reader) -> None:
    rows = reader.fill(SHAPES["incident"], node)
    at = node.fields.get("at")
    if at is not None and at.text is not None and len(at.text.strip()) <= len("2024-12-31"):
        reader.problems.warn(
            at.place, "ORG-022", "事故时间只写了日期，报告时限将从当日零时起算", "写到分钟，如 2024-06-03 14:20",
        )  # fmt: skip
    own = rows[0].get("id") if rows else None
    for item in reader.one_or_more(node.fields.get("involved")):
        reader.fill(SHAPES["involved"], item, {"incident": own})
    for item in reader.entries(node.fields.get("inquiries"), "inquiries"):
        made = reader.fill(SHAPES["inquiry"], item, {"incident": own})
        _with_id(made, item, own)
        for finding in reader.entries(item.fields.get("findings"), "findings"):
            reader.fill(SHAPES["finding"], finding, {"inquiry": made[0].get("id") if made else None})


def _raw(node: Node | None, reader: Reader) -> None:
    """Read ``facts``: rows of any authored relation, written column by column."""
    if node is None or node.value is None:
        return
    if not isinstance(node.value, dict):
        expected_entry(node, "facts ", reader.problems, tuple(RAW))
        return
    for name, rows in node.fields.items():
        shape = RAW.get(name)
        if shape is None:
            near = nearest(name, RAW)
            label = "是推导得出的，不能直接写" if name in RELATIONS else "不是关系名"
            hint = f"可用的有 {choices(RAW, 40)}"
            reader.problems.add(node.keys[name], "ORG-001", f"facts 中的“{name}”{label}", f"{near}；{hint}" if near else hint)
            continue
        for item in reader.entries(rows, name):
            for row in reader.fill(shape, item):
                for column, value in _DEFAULTS.get(name, {}).items():
                    if row.get(column) is None:
                        row.put(column, value)
                _with_id([row], item)
                if name == "unit":
                    _infer(row, reader)


def header(root: Node, reader: Reader) -> dict[str, Value]:
    """Return the single values of a file: name, on, since, profile."""
    from zeren.models.relations import Column, Type

    columns = {
        "name": Column("name"), "profile": Column("profile"),
        "on": Column("on", Type.MOMENT, day="end"), "since": Column("since", Type.MOMENT),
    }  # fmt: skip
    return {
        key: convert(column, root.fields[key], reader.problems)
        for key, column in columns.items()
        if key in root.fields and root.fields[key].value is not None
    }
