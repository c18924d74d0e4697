"""Literals in patterns: a text becomes the type of its column, and words of closed vocabularies must exist."""

from __future__ import annotations

from zeren.models.facts import Value
from zeren.models.moments import parse_duration, parse_moment
from zeren.models.nodes import Node
from zeren.models.numbers import parse_number
from zeren.models.problems import choices, nearest
from zeren.models.relations import Column, Type
from zeren.models.vocabulary import VOCABULARIES


class LiteralProblem(ValueError):
    """A literal that does not fit its column."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def literal(column: Column, node: Node) -> Value:
    """Return the value of ``node`` in the type of ``column``.

    Raises:
        LiteralProblem: the text does not fit the type, or is not a word of the column's vocabulary.
    """
    if isinstance(node.value, bool):
        if column.type == Type.BOOL:
            return node.value
        raise LiteralProblem(f"{column.name} 是{column.type}，此处是真假值", "需要文字时加引号")
    if node.text is None:
        raise LiteralProblem(f"{column.name} 之后缺少值", "不限定时删去这一列，或写 $_")
    return typed(column, node.text)


def typed(column: Column, text: str) -> Value:
    """Return ``text`` in the type of ``column``; see :func:`literal`."""
    try:
        if column.type == Type.NUMBER:
            return parse_number(text)
        if column.type == Type.MOMENT:
            return parse_moment(text, column.day)
        if column.type == Type.DURATION:
            return parse_duration(text)
    except OverflowError as error:
        raise LiteralProblem(f"“{text}”超出范围", str(error) if column.type == Type.NUMBER else "核对数值") from None
    except ValueError:
        example = {Type.NUMBER: "3", Type.MOMENT: "2024-03-01", Type.DURATION: "30天"}[column.type]
        raise LiteralProblem(f"“{text}”不是{column.type}", f"写法如 {example}") from None
    if column.type == Type.BOOL:
        if text not in ("是", "否"):
            raise LiteralProblem(f"{column.name} 只能是 true 或 false，此处是“{text}”")
        return text == "是"
    words = VOCABULARIES.get(column.vocabulary or "")
    if words and text not in words:
        near = nearest(text, words)
        raise LiteralProblem(f"{column.name} 没有取值“{text}”" + (f"，{near}" if near else ""), f"可用：{choices(words, 40)}")
    return text
