"""Expressions of ``where``, ``let`` and ``due``: variables, numbers and durations with + - *. Never Python's eval."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from zeren.engine.language.syntax import Arith, Compare, Const, Expr, Var
from zeren.models.facts import Value
from zeren.models.moments import parse_duration, parse_moment
from zeren.models.numbers import parse_number
from zeren.models.relations import Type

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<var>\$[\w]+)|(?P<moment>\d{4}-\d{2}-\d{2})|(?P<duration>(?:\d+(?:秒|分钟|小时|天|日|周))+)"
    r"|(?P<number>\d+(?:\.\d+)?)|(?P<text>'[^']*')|(?P<op><=|>=|==|!=|[-+*()<>]))"
)
#: What each comparison is called inside.
COMPARISONS: Final = {"<=": "le", ">=": "ge", "<": "lt", ">": "gt", "==": "eq", "!=": "ne"}


class ExpressionError(ValueError):
    """An expression that cannot be read; the message is for the author of the rule."""


@dataclass(slots=True)
class _Reader:
    tokens: list[tuple[str, str]]
    type_of: Callable[[str], Type]
    at: int = 0

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise ExpressionError("式子没有写完")
        self.at += 1
        return self.tokens[self.at - 1]

    def sum(self) -> Expr:
        left = self.product()
        while self.peek() in ("+", "-"):
            _, op = self.take()
            left = self.combine(op, left, self.product())
        return left

    def product(self) -> Expr:
        left = self.atom()
        while self.peek() == "*":
            _, op = self.take()
            left = self.combine(op, left, self.atom())
        return left

    def atom(self) -> Expr:
        kind, text = self.take()
        if kind == "var":
            self.type_of(text[1:])
            return Var(text[1:])
        if kind == "number":
            return Const(_read(parse_number, text), Type.NUMBER)
        if kind == "duration":
            return Const(_read(parse_duration, text), Type.DURATION)
        if kind == "moment":
            return Const(_read(parse_moment, text), Type.MOMENT)
        if kind == "text":
            return Const(text[1:-1], Type.TEXT)
        if text == "(":
            inner = self.sum()
            if self.take()[1] != ")":
                raise ExpressionError("缺少右括号")
            return inner
        raise ExpressionError(f"此处不应出现“{text}”")

    def combine(self, op: str, left: Expr, right: Expr) -> Expr:
        a, b = self.type(left), self.type(right)
        result = _RESULT.get((op, a, b))
        if result is None:
            raise ExpressionError(f"{a}与{b}不能用“{op}”计算")
        if op == "*" and (_has_product(left) or _has_product(right)):
            raise ExpressionError("一项之中最多相乘一次")
        return Arith(op, left, right, result)

    def type(self, expr: Expr) -> Type:
        return self.type_of(expr.name) if isinstance(expr, Var) else expr.type


_N, _M, _D = Type.NUMBER, Type.MOMENT, Type.DURATION
_RESULT: Final = {
    ("+", _N, _N): _N, ("-", _N, _N): _N, ("*", _N, _N): _N,
    ("+", _M, _D): _M, ("+", _D, _M): _M, ("-", _M, _D): _M, ("-", _M, _M): _D,
    ("+", _D, _D): _D, ("-", _D, _D): _D,
}


def _read(reader: Callable[[str], Value], text: str) -> Value:
    try:
        return reader(text)
    except (ValueError, OverflowError) as error:
        raise ExpressionError(f"“{text}”不能用：{error}") from None


def _has_product(expr: Expr) -> bool:
    return isinstance(expr, Arith) and (expr.op == "*" or _has_product(expr.left) or _has_product(expr.right))


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ExpressionError(f"看不懂“{text[at:].strip()}”；可用 $变量、数字、时长（如 30天）、+ - * 与比较号")
        found.append((str(match.lastgroup), match.group().strip()))
        at = match.end()
    return found


def parse_expression(text: str, type_of: Callable[[str], Type]) -> tuple[Expr, Type]:
    """Read an expression such as ``$from + $lim`` and return it with its type.

    Raises:
        ExpressionError: it cannot be read, or its types do not fit; ``type_of`` may raise it for unknown variables.
    """
    reader = _Reader(_tokens(text), type_of)
    expr = reader.sum()
    if reader.at < len(reader.tokens):
        raise ExpressionError(f"多出了“{reader.peek()}”")
    return expr, reader.type(expr)


def parse_condition(text: str, type_of: Callable[[str], Type]) -> Compare:
    """Read a comparison such as ``$b - $a <= $window``.

    Raises:
        ExpressionError: it cannot be read, or the two sides are of different types.
    """
    reader = _Reader(_tokens(text), type_of)
    left = reader.sum()
    op = reader.take()[1] if reader.at < len(reader.tokens) else ""
    if op not in COMPARISONS:
        raise ExpressionError(f"条件需要一个比较号（{' '.join(COMPARISONS)}）")
    right = reader.sum()
    if reader.at < len(reader.tokens):
        raise ExpressionError(f"多出了“{reader.peek()}”")
    a, b = reader.type(left), reader.type(right)
    if a != b:
        raise ExpressionError(f"{a}与{b}不能比较")
    if a == Type.BOOL and COMPARISONS[op] not in ("eq", "ne"):
        raise ExpressionError("是否只能用 == 与 != 比较")
    return Compare(COMPARISONS[op], left, right)
