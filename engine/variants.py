"""Variants of an example: the same tiny organisation with a little of it changed, and the outcome that it then must have.

``{of: pass-1, set: {units/市政府/level: 省级}, then: not_applicable}``: a path leads through keys, and through lists by the ``id``
of an element or its number from 1; ``+`` at the end appends one element, or all of a list. ``~`` as value removes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from zeren.models.nodes import Node
from zeren.models.problems import Place, Problem, RuleError, choices, nearest

_CLAIMS: Final = ("bearers", "per", "missing", "title")
KEYS: Final = ("of", "set", "then", *_CLAIMS)


def organisation_of(variant: Node, bases: Mapping[str, Node]) -> Node:
    """The example that a variant describes; what it claims (``bearers``, ``per``, ``missing``, ``title``) replaces what its base claims.

    Args:
        variant: the entry under ``variants``.
        bases: the examples of the rule by name, such as ``pass-1``.

    Raises:
        RuleError: the base or a path leads nowhere.
    """
    fields = variant.fields
    if not {"of", "set", "then"} <= set(fields) <= set(KEYS):
        raise _wrong(variant.place, f"变式要有 of、set、then，此处是 {'、'.join(fields) or variant.kind}", f"可用：{'、'.join(KEYS)}")
    name = fields["of"].text or ""
    if name not in bases:
        near = nearest(name, bases)
        raise _wrong(fields["of"].place, f"没有例子“{name}”" + (f"，{near}" if near else ""), f"可用：{choices(bases)}")
    claims: dict[str, Node] = {key: fields[key] for key in _CLAIMS if key in fields}
    kept = {key: node for key, node in bases[name].fields.items() if key not in _CLAIMS}
    result = Node({**claims, **kept}, variant.place, bases[name].keys)
    for path, value in fields["set"].fields.items():
        result = changed(result, path.split("/"), value, fields["set"].keys.get(path, value.place))
    return result


def changed(node: Node, path: list[str], value: Node, place: Place) -> Node:
    """``node`` with ``value`` at ``path``.

    Raises:
        RuleError: the path leads nowhere.
    """
    step, *rest = path
    gone = value.value is None and not rest
    if node.items:
        if step == "+" and not rest:
            return replace(node, value=(*node.items, *(value.items or (value,))))
        at = _position(node, step, place)
        middle = () if gone else (changed(node.items[at], rest, value, place) if rest else value,)
        return replace(node, value=(*node.items[:at], *middle, *node.items[at + 1:]))
    if rest and step not in node.fields:
        near = nearest(step, node.fields)
        raise _wrong(place, f"路径中没有“{step}”" + (f"，{near}" if near else ""), f"此处有：{choices(node.fields)}")
    others = {key: one for key, one in node.fields.items() if key != step or not gone}
    return replace(node, value=others if gone else {**others, step: changed(node.fields[step], rest, value, place) if rest else value})


def _position(node: Node, step: str, place: Place) -> int:
    ids = [one.fields["id"].text or "" if "id" in one.fields else "" for one in node.items]
    if step in ids:
        return ids.index(step)
    if step.isdecimal() and 1 <= int(step) <= len(ids):
        return int(step) - 1
    near = nearest(step, [id for id in ids if id])
    raise _wrong(place, f"列表中没有“{step}”" + (f"，{near}" if near else ""), f"写元素的 id，或 1 到 {len(ids)} 的序号；末尾的 + 是添加")


def _wrong(place: Place, message: str, hint: str) -> RuleError:
    return RuleError([Problem(place, "RULE-例子", message, hint)])
