"""Read lists of patterns: every relation, column, word and variable is checked where it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from zeren.engine.language.environment import Environment, Known
from zeren.engine.language.expressions import ExpressionError, parse_condition, parse_expression
from zeren.engine.language.literals import LiteralProblem, literal
from zeren.engine.language.syntax import (
    AllOf,
    AnyOf,
    AtLeast,
    Atom,
    Const,
    Expr,
    Item,
    Let,
    Test,
    Var,
    conjunctions,
    step_variables,
)
from zeren.models.nodes import Node
from zeren.models.problems import Place, Problems, choices, nearest
from zeren.models.relations import Column, Relation, Type

_VARIABLE: Final = re.compile(r"\$\w+")
_ORDERED: Final = ("ge", "gt", "le", "lt")
_OPERATORS: Final = (*_ORDERED, "not", "present", "in")
_SPECIAL: Final = ("any", "all", "at_least", "where", "let")
#: Relations that a list may mention without sharing a variable: they are looked up, not joined.
_LOOKED_UP: Final = ("param.", "table.", "period")


@dataclass(slots=True)
class PatternReader:
    """Turns nodes into items and records every problem on the way."""

    schema: Mapping[str, Relation]
    problems: Problems

    def read(self, node: Node | None, env: Environment, part: str, top: bool = True) -> tuple[Item, ...]:
        """Read one list of patterns; the variables that it binds are added to ``env``.

        ``part`` is the key that the list stands under, for messages; ``all`` is allowed only at the top of ``need``.
        """
        if node is None:
            return ()
        if not node.items and node.value != ():
            self._bad(node, f"{part} 应是模式的列表，此处是{node.kind}", "每个模式一行，以“- ”开头")
            return ()
        if not node.items:
            self._bad(node, f"{part} 没有模式", "至少写一个模式；不需要时删去这一键")
        before = set(env.known)
        items: list[Item] = []
        for entry in node.items:
            items.extend(self._item(entry, env, part, top))
        self._connected(items, before)
        return tuple(items)

    def _item(self, node: Node, env: Environment, part: str, top: bool) -> list[Item]:
        if len(node.fields) != 1:
            self._bad(node, "一个模式只能有一个关系名，如 unit: {id: $u}", "检查缩进")
            return []
        ((name, body),) = node.fields.items()
        place = node.keys.get(name, node.place)
        if name == "where":
            return self._where(body, env)
        if name == "let":
            return self._let(body, env)
        if name == "any":
            return self._any(body, env, part, place)
        if name == "all":
            if part != "need" or not top:
                self._bad(body, "all 只能写在 need 的最外层", "把它移到 need 下")
                return []
            return self._all(body, env, place)
        if name == "at_least":
            return self._at_least(body, env, part, place)
        atom = self._atom(name, body, env, place)
        return [atom] if atom else []

    def _atom(self, name: str, body: Node, env: Environment, place: Place) -> Atom | None:
        if not isinstance(body.value, dict):
            self._bad(body, f"{name} 之后应是 {{列: 值}}，此处是{body.kind}", "冒号用半角，列写在花括号里")
            return None
        fields = dict(body.fields)
        if name == "param":
            chosen = fields.pop("name", None)
            if chosen is None or chosen.text is None or chosen.text.startswith("$"):
                self._bad(body, "param 要写明 name", "param: {name: 参数名, value: $n}")
                return None
            name, place = f"param.{chosen.text}", chosen.place
        relation = self.schema.get(name)
        if relation is None:
            self._unknown(place, "RULE-关系", "关系", name, [*self.schema, *_SPECIAL])
            return None
        tests: list[Test] = []
        for key, node in fields.items():
            tests.extend(self._column(relation, key, node, env, body.keys.get(key, node.place)))
        return Atom(name, tuple(tests), place)

    def _column(self, relation: Relation, key: str, node: Node, env: Environment, place: Place) -> list[Test]:
        column = relation.column(key)
        if column is None and relation.temporal and key == "at":
            return self._test("at", "at", [node], Column("at", Type.MOMENT), env)
        if key == "overlaps" and relation.temporal:
            return self._test("overlaps", "overlaps", list(node.items), Column(key, Type.MOMENT), env, 2, node)
        if column is None:
            extra = ("at", "overlaps") if relation.temporal else ()
            self._unknown(place, "RULE-列", f"关系 {relation.name} 的列", key, [*relation.names, *extra])
            return []
        if node.items:
            return self._test(key, "any", list(node.items), column, env)
        if not node.fields:
            return self._equal(relation, column, node, env)
        tests: list[Test] = []
        for op, operand in node.fields.items():
            if op not in _OPERATORS:
                self._unknown(node.keys.get(op, node.place), "RULE-算子", "算子", op, _OPERATORS)
            elif op == "not":
                tests += self._test(key, "ne", [operand], column, env)
            elif op == "present":
                tests += self._present(key, operand)
            elif op == "in":
                tests += self._test(key, "in", list(operand.items), column, env, 2, operand)
            elif column.type in (Type.TEXT, Type.BOOL):
                self._bad(operand, f"{key} 是{column.type}，不能比较大小", "大小比较只用于数字、时间和时长")
            else:
                tests += self._test(key, op, [operand], column, env)
        return tests

    def _present(self, key: str, node: Node) -> list[Test]:
        if not isinstance(node.value, bool):
            self._bad(node, f"present 只能是 true 或 false，此处是{node.kind if node.text is None else f'“{node.text}”'}",
                      f"{key}: {{present: true}}")
            return []
        return [Test(key, "present", (Const(node.value, Type.BOOL),))]

    def _equal(self, relation: Relation, column: Column, node: Node, env: Environment) -> list[Test]:
        text = node.text or ""
        if not _VARIABLE.fullmatch(text):
            return self._test(column.name, "eq", [node], column, env)
        name = text[1:]
        if name == "_":
            return []
        found = env.known.get(name)
        refers = frozenset(column.refers or ((relation.name,) if column.name == "id" else ()))
        if found is None:
            self._first(name, Known(column.type, refers, node.place), env)
        elif found.type != column.type:
            self._bad(node, f"${name} 是{found.type}，而 {column.name} 是{column.type}", "换一个变量名")
        elif found.refers and refers:
            if not found.refers & refers:
                self._bad(node, f"${name} 是{'或'.join(sorted(found.refers))}的编号，此处要{'或'.join(sorted(refers))}的编号，不会相等",
                          "检查连接的列")
            env.known[name] = Known(found.type, (found.refers & refers) or refers, found.place)
        elif refers:
            env.known[name] = Known(found.type, refers, found.place)
        env.use(name)
        return [Test(column.name, "eq", (Var(name),))]

    def _first(self, name: str, known: Known, env: Environment) -> None:
        if others := env.local.get(name, set()) - {known.type}:
            self.problems.add(known.place, "RULE-写法", f"${name} 此处是{known.type}，而在上面 any 的一支或 all 的一项中是{'、'.join(sorted(others))}",
                              "换一个变量名")
        env.bind(name, known)

    def _test(self, key: str, op: str, nodes: list[Node], column: Column, env: Environment,
              count: int | None = None, whole: Node | None = None) -> list[Test]:
        if count is not None and len(nodes) != count:
            if whole is not None:
                self._bad(whole, f"{op} 要 {count} 个值，如 {op}: [$from, $to]")
            return []
        operands = [self._operand(node, column, env) for node in nodes]
        if any(operand is None for operand in operands):
            return []
        return [Test(key, op, tuple(operand for operand in operands if operand is not None))]

    def _operand(self, node: Node, column: Column, env: Environment) -> Expr | None:
        try:
            if node.text and "$" in node.text:
                expr, found = parse_expression(node.text, env.type_of)
                if found != column.type:
                    raise ExpressionError(f"{node.text} 是{found}，而 {column.name} 是{column.type}")
                return expr
            return Const(literal(column, node), column.type)
        except LiteralProblem as problem:
            self.problems.add(node.place, "RULE-取值", str(problem), problem.hint)
        except ExpressionError as problem:
            self.problems.add(node.place, "RULE-式子", str(problem))
        return None

    def _where(self, node: Node, env: Environment) -> list[Item]:
        conditions: list[Item] = []
        for entry in node.items or (node,):
            try:
                found = parse_condition(entry.text or "", env.type_of)
                conditions.append(type(found)(found.op, found.left, found.right, entry.place))
            except ExpressionError as problem:
                self.problems.add(entry.place, "RULE-式子", f"where “{entry.text}”：{problem}")
        return conditions

    def _let(self, node: Node, env: Environment) -> list[Item]:
        named: list[Item] = []
        if not node.fields:
            self._bad(node, f"let 之后应是 {{变量名: 式子}}，此处是{node.kind}", "let: {days: $b - $a}")
        for name, entry in node.fields.items():
            try:
                expr, found = parse_expression(entry.text or "", env.type_of)
            except ExpressionError as problem:
                self.problems.add(entry.place, "RULE-式子", f"let {name}：{problem}")
                continue
            if name in env.known:
                self._bad(entry, f"变量 ${name} 已经绑定", "换一个名字")
            self._first(name, Known(found, frozenset(), entry.place), env)
            env.use(name)
            named.append(Let(name, expr, entry.place))
        return named

    def _any(self, node: Node, env: Environment, part: str, place: Place) -> list[Item]:
        branches, ends = [], []
        for branch in node.items:
            inner = env.child()
            branches.append(self.read(branch, inner, part, top=False))
            ends.append(inner)
        if len(branches) < 2:
            self._bad(node, "any 至少要两支", "只有一支时直接写模式")
            return []
        for name, known in env.leave(ends).items():
            types = {end.known[name].type for end in ends}
            if len(types) > 1:
                self._bad(node, f"${name} 在 any 的各支中类型不同（{'、'.join(sorted(types))}）", "换一个变量名")
            env.known[name] = known
        return [AnyOf(tuple(branches), place)]

    def _all(self, node: Node, env: Environment, place: Place) -> list[Item]:
        groups, ends = [], []
        for name, group in node.fields.items():
            inner = env.child()
            groups.append((name, self.read(group, inner, "need", top=False)))
            ends.append(inner)
        if not groups:
            self._bad(node, "all 要有名称和各自的模式", "all: {名称: [模式…]}")
            return []
        env.grouped |= env.leave(ends)
        for name, known in env.grouped.items():
            env.local.setdefault(name, set()).add(known.type)
        return [AllOf(tuple(groups), place)]

    def _at_least(self, node: Node, env: Environment, part: str, place: Place) -> list[Item]:
        fields = node.fields
        if set(fields) != {"n", "distinct", "of"}:
            self._bad(node, "at_least 要有且只有 n、distinct、of", "at_least: {n: $n, distinct: $r, of: [模式…]}")
            return []
        n = self._operand(fields["n"], Column("n", Type.NUMBER), env)
        inner = env.child()
        items = self.read(fields["of"], inner, part, top=False)
        steps = tuple(item for item in items if isinstance(item, Atom) or not isinstance(item, AnyOf | AllOf | AtLeast))
        distinct = (fields["distinct"].text or "").removeprefix("$")
        if len(steps) != len(items):
            self._bad(fields["of"], "at_least 之内不能再用 any、all、at_least")
        elif distinct not in inner.known or distinct in env.known:
            self._bad(fields["distinct"], f"distinct 的变量 ${distinct} 要在 of 之内绑定")
        elif n is not None:
            env.use(distinct)
            return [AtLeast(n, distinct, steps, place)]
        return []

    def _connected(self, items: list[Item], before: set[str]) -> None:
        """Report atoms that no chain of common variables ties to the rest (a cross product); the order does not matter."""
        seen = set(before) - {"on"}
        waiting = [(item, _mentioned(item)) for item in items]
        while waiting:
            joined = [entry for entry in waiting if not seen or entry[1] & seen or not _joins(entry[0])]
            if not joined:
                break
            first = joined if seen else ([entry for entry in joined if _joins(entry[0])] or joined)[:1]
            seen |= {name for _, names in first for name in names}
            waiting = [entry for entry in waiting if entry not in first]
        for item, _ in waiting:
            assert isinstance(item, Atom)
            self.problems.add(item.place, "RULE-孤立", f"模式 {item.relation} 与其他模式没有共同变量", "用同名变量把它们连起来")

    def _bad(self, node: Node, message: str, hint: str = "") -> None:
        self.problems.add(node.place, "RULE-写法", message, hint)

    def _unknown(self, place: Place, code: str, what: str, found: str, known: list[str] | tuple[str, ...]) -> None:
        near = nearest(found, known)
        self.problems.add(place, code, f"没有{what}“{found}”" + (f"，{near}" if near else ""), f"可用：{choices(known, 20)}")


def _mentioned(item: Item) -> set[str]:
    return {name for steps in conjunctions((item,)) for step in steps for name in step_variables(step)} - {"on"}


def _joins(item: Item) -> bool:
    """Whether an item must share a variable: a row of facts that is neither looked up nor named by literals alone."""
    return isinstance(item, Atom) and not item.relation.startswith(_LOOKED_UP) and bool(_mentioned(item))
