"""Small slips of a rule's author, one at a time: what the examples of the rule ought to notice.

A mutant is the rule's text with one thing dropped, swapped, flipped or shifted. Whether it loads, and whether it means
something else, is for others to find out (``engine/mutation.py``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations
from typing import Final

from zeren.models.nodes import Node
from zeren.models.problems import Place
from zeren.models.registry import RECORD_KINDS
from zeren.models.relations import Column, Relation, Type
from zeren.models.vocabulary import VOCABULARIES


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed text: where, what was done to it (in Chinese), and all of the text."""

    place: Place
    change: str
    node: Node


Edits = Iterator[Mutant]
#: Operators of patterns and the slip that each invites.
_FLIPPED: Final = {"ge": "gt", "gt": "ge", "le": "lt", "lt": "le"}
_SIGNS: Final = {"<=": "<", "<": "<=", ">=": ">", ">": ">=", "==": "!=", "!=": "=="}
_SIGN: Final = re.compile(r"<=|>=|==|!=|<|>")
_SUM: Final = re.compile(r" ([+-]) ")
#: A number that is no part of a variable or a date.
_NUMBER: Final = re.compile(r"(?<![\w$.\-])\d+(?:\.\d+)?(?![\d.]|-\d)")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_DAY: Final = "1天"


def mutants(rule: Node, schema: Mapping[str, Relation]) -> Edits:
    """Every mutant of a rule's text, in the order in which its parts are written."""
    fields = rule.fields
    for key in ("for", "need", "unless", "forbid", "due", "relies"):
        node = fields.get(key)
        if node is None:
            continue
        if key in ("for", "need", "forbid"):
            yield from _inside(rule, key, _patterns(node, schema))
        elif key == "unless":
            yield from _unless(rule, node, schema)
        elif key == "due":
            yield Mutant(node.place, "去掉 due", _without(_without(rule, "due"), "done"))
            yield from _inside(rule, key, (*_shifted(node), *_expression(node)))
        else:
            yield from _relies(rule, node)


def _patterns(node: Node, schema: Mapping[str, Relation]) -> Edits:
    """Mutants of one list of patterns."""
    for at, entry in enumerate(node.items):
        if len(entry.fields) != 1:
            continue
        ((name, body),) = entry.fields.items()
        if len(node.items) > 1:
            yield Mutant(entry.keys.get(name, entry.place), f"去掉 {name}", _dropped(node, at))
        if name == "any":
            yield from _branches(node, at, body, schema)
        else:
            yield from _entry(node, at, _inside(entry, name, _body(name, body, schema)))


def _body(name: str, body: Node, schema: Mapping[str, Relation]) -> Edits:
    """Mutants of what stands after the name of a pattern."""
    if name == "where":
        yield from _where(body)
    elif name == "let":
        for key, expression in body.fields.items():
            yield from _inside(body, key, _expression(expression))
    elif name == "all":
        for key, group in body.fields.items():
            if len(body.fields) > 1:
                yield Mutant(body.keys.get(key, group.place), f"去掉 all 中的 {key}", _without(body, key))
            yield from _inside(body, key, _patterns(group, schema))
    elif name == "at_least":
        for key, edits in (("n", _more), ("of", lambda node: _patterns(node, schema))):
            if key in body.fields:
                yield from _inside(body, key, edits(body.fields[key]))
    else:
        chosen = body.fields["name"].text if name == "param" and "name" in body.fields else None
        relation = schema.get(f"param.{chosen}" if chosen is not None else name)
        if relation is not None:
            yield from _atom(relation, body)


def _branches(node: Node, at: int, body: Node, schema: Mapping[str, Relation]) -> Edits:
    """One branch of an ``any`` goes, the last of two opens into the list around it; or something inside changes."""
    for number, branch in enumerate(body.items):
        rest = _dropped(body, number)
        items = rest.items[0].items if len(rest.items) == 1 else (_with(node.items[at], "any", rest),)
        whole = replace(node, value=(*node.items[:at], *items, *node.items[at + 1:]))
        yield Mutant(branch.place, f"去掉 any 的第 {number + 1} 支", whole)
    for number, branch in enumerate(body.items):
        for edit in _entry(body, number, _patterns(branch, schema)):
            yield replace(edit, node=_replaced(node, at, _with(node.items[at], "any", edit.node)))


def _atom(relation: Relation, body: Node) -> Edits:
    """Mutants of the columns of one pattern."""
    for key, term in body.fields.items():
        if relation.name.startswith("param.") and key == "name":
            continue
        column = relation.column(key) or Column(key, Type.MOMENT)
        yield Mutant(body.keys.get(key, term.place), f"去掉 {relation.name} 的 {key}", _without(body, key))
        yield from _inside(body, key, _term(relation, column, term))
    for one, other in combinations(body.fields, 2):
        left, right = relation.column(one), relation.column(other)
        if left and right and left.type is right.type and set(left.refers) & set(right.refers):
            swapped = {**body.fields, one: body.fields[other], other: body.fields[one]}
            yield Mutant(body.keys.get(one, body.place), f"{relation.name} 的 {one} 与 {other} 对调", replace(body, value=swapped))


def _term(relation: Relation, column: Column, term: Node) -> Edits:
    """Mutants of what a column is held against."""
    if term.items and column.name == "overlaps":
        yield _made(term, "两端对调", tuple(reversed(term.items)))
    elif term.items:
        for at, word in enumerate(term.items):
            if len(term.items) > 1:
                yield Mutant(word.place, f"{column.name} 去掉 {word.text}", _dropped(term, at))
    elif term.fields:
        for op, operand in term.fields.items():
            yield from _operator(column, term, op, operand)
    elif isinstance(term.value, bool):
        yield _made(term, f"{column.name} 改为 {str(not term.value).lower()}", not term.value)
    elif term.text and not term.text.startswith("$"):
        if other := _other(relation, column, term.text):
            yield _made(term, f"{column.name} 的 {term.text} 改为 {other}", other)
        yield _made(term, f"{column.name} 的 {term.text} 改为 not", {"not": term})
        if column.type is Type.NUMBER:
            yield from _more(term)


def _operator(column: Column, term: Node, op: str, operand: Node) -> Edits:
    if op in _FLIPPED:
        yield _made(term, f"{op} 改为 {_FLIPPED[op]}", {_FLIPPED[op] if key == op else key: node for key, node in term.fields.items()})
        yield from _inside(term, op, _shifted(operand) if column.type is Type.MOMENT else _more(operand))
    elif op == "not" and len(term.fields) == 1:
        yield _made(term, "去掉 not", operand.value)
    elif op == "present" and isinstance(operand.value, bool):
        yield from _inside(term, op, (_made(operand, f"present 改为 {str(not operand.value).lower()}", not operand.value),))
    elif op == "in" and len(operand.items) == 2:
        yield from _inside(term, op, (_made(operand, "两端对调", tuple(reversed(operand.items))),))
        for at, end in enumerate(operand.items):
            shifted = _shifted(end) if column.type is Type.MOMENT else _more(end)
            yield from _inside(term, op, _entry(operand, at, shifted))


def _where(body: Node) -> Edits:
    conditions = body.items or (body,)
    for at, condition in enumerate(conditions):
        if body.items:
            if len(body.items) > 1:
                yield Mutant(condition.place, f"去掉条件 {condition.text}", _dropped(body, at))
            yield from _entry(body, at, _condition(condition))
        else:
            yield from _condition(condition)


def _condition(node: Node) -> Edits:
    text = node.text or ""
    if found := _SIGN.search(text):
        yield _retold(node, f"{text[:found.start()]}{_SIGNS[found[0]]}{text[found.end():]}")
    yield from _expression(node)


def _expression(node: Node) -> Edits:
    """Signs of sums are turned, numbers and durations are one more."""
    text = node.text or ""
    for found in _SUM.finditer(text):
        yield _retold(node, f"{text[:found.start(1)]}{'-' if found[1] == '+' else '+'}{text[found.end(1):]}")
    yield from _more(node)


def _more(node: Node) -> Edits:
    """Each number is one more; a lone variable too."""
    text = node.text or ""
    if re.fullmatch(r"\$\w+", text):
        yield _retold(node, f"{text} + 1")
    for found in _NUMBER.finditer(text):
        whole, *rest = found[0].split(".")
        yield _retold(node, f"{text[:found.start()]}{'.'.join([str(int(whole) + 1), *rest])}{text[found.end():]}")


def _shifted(node: Node) -> Edits:
    """A moment one day later or earlier."""
    text = node.text or ""
    if "$" in text:
        yield _retold(node, f"{text} + {_DAY}")
        yield _retold(node, f"{text} - {_DAY}")
    elif _DATE.fullmatch(text):
        for days in (1, -1):
            yield _retold(node, str(date.fromisoformat(text) + timedelta(days)))


def _unless(rule: Node, node: Node, schema: Mapping[str, Relation]) -> Edits:
    for at, entry in enumerate(node.items):
        fewer = _with(rule, "unless", _dropped(node, at)) if len(node.items) > 1 else _without(rule, "unless")
        title = entry.fields["title"].text if "title" in entry.fields else f"第 {at + 1} 条"
        yield Mutant(entry.place, f"去掉 unless：{title}", fewer)
        if "when" in entry.fields:
            yield from _inside(rule, "unless", _entry(node, at, _inside(entry, "when", _patterns(entry.fields["when"], schema))))


def _relies(rule: Node, node: Node) -> Edits:
    for at, entry in enumerate(node.items):
        ledger = entry.fields.get("ledger")
        fewer = _with(rule, "relies", _dropped(node, at)) if len(node.items) > 1 else _without(rule, "relies")
        yield Mutant(entry.place, "去掉 relies 的一本台账", fewer)
        kinds = ledger.fields.get("kind") if ledger is not None else None
        for number, kind in enumerate(kinds.items if kinds is not None and ledger is not None else ()):
            if kinds is not None and ledger is not None and len(kinds.items) > 1:
                less = _with(entry, "ledger", _with(ledger, "kind", _dropped(kinds, number)))
                yield Mutant(kind.place, f"relies 去掉 {kind.text}", _with(rule, "relies", _replaced(node, at, less)))


def _other(relation: Relation, column: Column, text: str) -> str | None:
    """Another word that could stand in the place of ``text``; ids of rules stay, since others would have to be judged."""
    words = VOCABULARIES.get(column.vocabulary or "", ())
    if relation.name in ("record", "state") and column.name == "kind":
        words = tuple(RECORD_KINDS)
    if text in words:
        return words[(words.index(text) + 1) % len(words)]
    plain = column.type is Type.TEXT and not column.refers and not words
    return f"{text}之外" if plain and column.name != "rule" else None


# -- text with one thing changed --------------------------------------------------------------------------------------


def _made(node: Node, change: str, value: object) -> Mutant:
    return Mutant(node.place, change, replace(node, value=value))  # type: ignore[arg-type]


def _retold(node: Node, text: str) -> Mutant:
    return _made(node, f"{node.text} 改为 {text}", text)


def _dropped(node: Node, at: int) -> Node:
    return replace(node, value=(*node.items[:at], *node.items[at + 1:]))


def _replaced(node: Node, at: int, item: Node) -> Node:
    return replace(node, value=(*node.items[:at], item, *node.items[at + 1:]))


def _with(node: Node, key: str, value: Node) -> Node:
    return replace(node, value={**node.fields, key: value})


def _without(node: Node, key: str) -> Node:
    return replace(node, value={name: value for name, value in node.fields.items() if name != key})


def _outwards(edits: Iterator[Mutant] | tuple[Mutant, ...], around: Callable[[Node], Node]) -> Edits:
    return (replace(edit, node=around(edit.node)) for edit in edits)


def _inside(node: Node, key: str, edits: Iterator[Mutant] | tuple[Mutant, ...]) -> Edits:
    """Edits of the value under ``key`` as edits of the mapping."""
    return _outwards(edits, lambda value: _with(node, key, value))


def _entry(node: Node, at: int, edits: Iterator[Mutant]) -> Edits:
    """Edits of one element as edits of the list."""
    return _outwards(edits, lambda item: _replaced(node, at, item))
