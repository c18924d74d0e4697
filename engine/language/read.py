"""Read a rule from its YAML node: strict keys, every problem with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from zeren.engine.language.environment import Environment
from zeren.engine.language.expressions import ExpressionError, parse_expression
from zeren.engine.language.patterns import PatternReader
from zeren.engine.language.rule import KEYS, LAYERS, STATUSES, Basis, Relies, Rule, Unless
from zeren.engine.language.syntax import Const, Expr
from zeren.models.moments import parse_moment
from zeren.models.nodes import Node
from zeren.models.problems import Problems, choices, nearest
from zeren.models.relations import Relation, Type
from zeren.models.vocabulary import VOCABULARIES

_REQUIRED: Final = ("id", "title", "mechanism", "modality", "severity", "basis", "for", "bearer", "message")
_BASES: Final = {"seed": "讲话", "fact": "法规", "custom": "惯例"}
#: A variable in a message: ``{x}``, ``{x?}`` where it may be missing, ``{x:form}``.
PLACEHOLDER: Final = re.compile(r"\{([^{}:?]+)(\?)?(?::([^{}]*))?\}")
_ID: Final = re.compile(r"[A-Z][A-Z0-9]*-[0-9]{3}[a-z]?")


def read_rule(node: Node, schema: Mapping[str, Relation], problems: Problems) -> Rule | None:
    """Return the rule that ``node`` describes, or nothing where it has errors (they are in ``problems``)."""
    before = len(problems.errors)
    rule = _RuleReader(node, schema, problems).rule()
    return rule if len(problems.errors) == before else None


def placeholders(text: str) -> list[tuple[str, bool]]:
    """List the variables of a message template and whether each may be missing (``{x?}``)."""
    return [(match[1], bool(match[2])) for match in PLACEHOLDER.finditer(text)]


class _RuleReader:
    def __init__(self, node: Node, schema: Mapping[str, Relation], problems: Problems) -> None:
        self.node, self.problems, self.before = node, problems, len(problems.errors)
        self.fields = node.fields
        self.patterns = PatternReader(schema, problems)

    def rule(self) -> Rule:
        self._shape()
        env = Environment()
        scope = self.patterns.read(self.fields.get("for"), env, "for")
        bearer = self._variable("bearer", env)
        per = tuple(self._variables("per", env))
        need_env, forbid_env = env.part(), env.part()
        need = self.patterns.read(self.fields.get("need"), need_env, "need")
        forbid = self.patterns.read(self.fields.get("forbid"), forbid_env, "forbid", top=False)
        rule = Rule(
            id=self._text("id"), title=self._text("title"), mechanism=self._text("mechanism"),
            modality=self._word("modality", VOCABULARIES["modality"]),
            status=self._word("status", STATUSES, "stable"),
            severity=self._word("severity", VOCABULARIES["severity"]),
            basis=self._basis(self.fields.get("basis")), scope=scope, bearer=bearer,
            message=self._text("message"), per=per, need=need, unless=self._unless(env), forbid=forbid,
            due=self._due(env), done=self._done(need_env), relies=self._relies(env),
            concerns=tuple(self._variables("concerns", env)),
            layer=self._word("layer", LAYERS, "") or None,
            since=self._moment("since"), until=self._moment("until"), item=self._text("item") or None,
            fix=self._text("fix"), doc=self._text("doc"), place=self.node.place, source=self.node,
        )
        self._placeholders(env, forbid_env, need_env)
        if len(self.problems.errors) == self.before:
            self._lonely(env)
        return rule

    def _shape(self) -> None:
        if not self.fields:
            self._add(self.node, "规则文件应是一个映射", "第一行写 id: XXX-001")
            return
        for key in self.fields:
            if key not in KEYS:
                place = self.node.keys.get(key, self.node.place)
                near = nearest(key, KEYS)
                self.problems.add(place, "RULE-键", f"规则没有键“{key}”" + (f"，{near}" if near else ""), f"可用：{'、'.join(KEYS)}")
        missing = [key for key in _REQUIRED if key not in self.fields]
        if missing:
            self._add(self.node, f"规则缺少 {'、'.join(missing)}", "补写这些键")
        written = [key for key in self.fields if key in KEYS]
        if written != sorted(written, key=KEYS.index):
            self._add(self.node, "键的次序不对", f"应为 {'、'.join(sorted(written, key=KEYS.index))}")
        if "layer" not in self.fields and not {"need", "forbid"} & set(self.fields):
            self._add(self.node, "规则要有 need 或 forbid（归责规则写 layer）")
        found = self.fields.get("id")
        if found is not None and not _ID.fullmatch(found.text or ""):
            self._add(found, f"规则编号“{found.text}”不合格式", "机制字母-三位数字，如 AWH-001")

    def _text(self, key: str) -> str:
        node = self.fields.get(key)
        if node is None:
            return ""
        if node.text is None:
            self._add(node, f"{key} 应是文字，此处是{node.kind}")
        return node.text or ""

    def _word(self, key: str, words: tuple[str, ...], default: str = "") -> str:
        node = self.fields.get(key)
        if node is None:
            return default
        if node.text not in words:
            near = nearest(node.text or "", words)
            self._add(node, f"{key} 没有取值“{node.text}”" + (f"，{near}" if near else ""), f"可用：{choices(words)}")
        return node.text or default

    def _moment(self, key: str) -> int | None:
        node = self.fields.get(key)
        if node is None:
            return None
        try:
            return parse_moment(node.text or "")
        except ValueError as problem:
            self._add(node, f"{key}：{problem}", "写法如 2014-01-01")
            return None

    def _basis(self, node: Node | None) -> tuple[Basis, ...]:
        found = []
        for entry in node.items if node else ():
            for kind, ref in entry.fields.items():
                if kind not in _BASES or ref.text is None:
                    self._add(entry, f"依据的种类“{kind}”不存在", "可用：seed（讲话）、fact（法规）、custom（惯例）")
                else:
                    found.append(Basis(kind, ref.text))
        if node is not None and not found:
            self._add(node, "basis 至少要有一条", "- {fact: A-012}；属于惯例的写 - {custom: 说明}")
        return tuple(found)

    def _variable(self, key: str, env: Environment) -> str:
        node = self.fields.get(key)
        names = self._names([node] if node else [], key, env)
        return names[0] if names else ""

    def _variables(self, key: str, env: Environment) -> list[str]:
        node = self.fields.get(key)
        return self._names(list(node.items) or [node], key, env) if node else []

    def _names(self, nodes: list[Node], key: str, env: Environment) -> list[str]:
        names = []
        for node in nodes:
            name = (node.text or "").removeprefix("$")
            if not (node.text or "").startswith("$") or name not in env.known:
                near = nearest(name, env.known)
                self._add(node, f"{key} 要写 for 中绑定的变量，没有“{node.text}”" + (f"（{near}）" if near else ""))
                continue
            env.use(name)
            names.append(name)
        return names

    def _list(self, node: Node | None, key: str) -> tuple[Node, ...]:
        if node is not None and not node.items:
            self._add(node, f"{key} 应是列表，此处是{node.kind if node.value != () else '空列表'}", "每一项前写“- ”")
        return node.items if node is not None else ()

    def _unless(self, env: Environment) -> tuple[Unless, ...]:
        node = self.fields.get("unless")
        found = []
        for entry in self._list(node, "unless"):
            if not {"when", "basis"} <= set(entry.fields) <= {"when", "basis", "title"}:
                self._add(entry, "unless 的每一项要有 when 和 basis", "- {title: …, when: [模式…], basis: [{fact: …}]}")
                continue
            when = self.patterns.read(entry.fields["when"], env.part(), "unless", top=False)
            title = entry.fields["title"].text if "title" in entry.fields else ""
            found.append(Unless(when, self._basis(entry.fields["basis"]), title or ""))
        return tuple(found)

    def _due(self, env: Environment) -> Expr | None:
        node = self.fields.get("due")
        return self._expression(node, env, Type.MOMENT, "due") if node else None

    def _done(self, env: Environment) -> str | None:
        node = self.fields.get("done")
        if node is None:
            return None
        if "due" not in self.fields:
            self._add(node, "写了 done 就要写 due", "due: $期限")
        name = (node.text or "").removeprefix("$")
        known = env.known.get(name) or env.grouped.get(name)
        if known is None or known.type != Type.MOMENT:
            self._add(node, f"done 要写 need 中绑定的时间变量，没有“{node.text}”", "有 any、all 时每一支、每一项都要绑定它")
            return None
        env.use(name)
        return name

    def _relies(self, env: Environment) -> tuple[Relies, ...]:
        node = self.fields.get("relies")
        found = []
        for entry in self._list(node, "relies"):
            ledger = entry.fields.get("ledger")
            fields = ledger.fields if ledger else {}
            if not {"holder", "kind"} <= set(fields) <= {"holder", "kind", "from", "to"}:
                self._add(entry, "relies 的写法不对", "- {ledger: {holder: $u, kind: 检查, from: $from, to: $to}}")
                continue
            holder = self._expression(fields["holder"], env, Type.TEXT, "holder")
            kinds = [self._expression(kind, env, Type.TEXT, "kind") for kind in fields["kind"].items or (fields["kind"],)]
            ends = [self._expression(fields[key], env, Type.MOMENT, key) if key in fields else None for key in ("from", "to")]
            if holder is not None and all(kinds):
                found.append(Relies(holder, tuple(kind for kind in kinds if kind), *ends))
        return tuple(found)

    def _expression(self, node: Node, env: Environment, wanted: Type, what: str) -> Expr | None:
        text = node.text or ""
        if wanted == Type.TEXT and not text.startswith("$"):
            return Const(text, Type.TEXT)
        try:
            expr, found = parse_expression(text, env.type_of)
        except ExpressionError as problem:
            self.problems.add(node.place, "RULE-式子", f"{what}：{problem}")
            return None
        if found != wanted:
            self._add(node, f"{what} 应是{wanted}，此处是{found}")
        return expr

    def _placeholders(self, env: Environment, forbid: Environment, need: Environment) -> None:
        for key in ("message", "fix"):
            node = self.fields.get(key)
            for name, optional in placeholders(node.text or "") if node else ():
                known = {*forbid.known, *need.known, *need.grouped} if optional else set(env.known) | set(forbid.known)
                if name not in known and name not in ("late_by", "due", "missing"):
                    near = nearest(name, known)
                    hint = "need 中的变量写作 {" + name + "?}" if name in need.known or name in need.grouped else near
                    self._add(node, f"{key} 中没有变量 {{{name}}}", hint) if node else None
                env.use(name)

    def _lonely(self, env: Environment) -> None:
        for name, place in env.places.items():
            if env.uses.get(name) == 1 and place.line:
                self.problems.warn(place, "RULE-只用一次", f"变量 ${name} 只出现一次", "不需要它的值时写 $_")

    def _add(self, node: Node, message: str, hint: str = "") -> None:
        self.problems.add(node.place, "RULE-写法", message, hint)
