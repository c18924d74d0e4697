"""Rules for people: a list of them, and one rule with its conditions in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from zeren.engine.bases import Bases
from zeren.engine.examples import EXPECTED, examples
from zeren.engine.language.plan import Plan
from zeren.engine.language.reliance import Reliance
from zeren.engine.language.syntax import (
    AllOf,
    AnyOf,
    Arith,
    AtLeast,
    Atom,
    Compare,
    Const,
    Expr,
    Item,
    Let,
    Var,
    conjunctions,
    step_variables,
)
from zeren.engine.pack import Pack
from zeren.engine.words import Words
from zeren.models.facts import Value
from zeren.models.moments import format_moment
from zeren.models.problems import Problems, RuleError
from zeren.models.relations import Type
from zeren.reports.page import NOTICE, SEVERITY_COLOUR, Page, Style

_EXAMPLES = {**{kind: outcome.label for kind, outcome in EXPECTED.items()}, "late": "超期", "linked": "归责成立"}
_SIGNS = {"le": "不大于", "lt": "小于", "ge": "不小于", "gt": "大于", "eq": "等于", "ne": "不等于"}


def listing(pack: Pack, ids: Sequence[str], severity: str | None = None, style: Style | None = None) -> str:
    """A table of rules: id, mechanism, severity, modality, title; rules that cannot be read are listed as such."""
    page = Page(style or Style())
    rows = [["编号", "机制", "程度", "性质", "题目"]]
    broken = 0
    for id in ids:
        rule = pack.read(pack.rule_files[id], problems := Problems())
        if rule is None:
            broken += 1
            rows.append([id, pack.rule_files[id].parent.name, "-", "-", f"（有 {len(problems.errors)} 个错误，见 zeren rules lint {id}）"])
        elif severity in (None, rule.severity):
            kind = f"归责·{rule.layer}" if rule.layer else rule.modality
            rows.append([id, rule.mechanism, rule.severity, kind, rule.title + ("" if rule.status == "stable" else f"（{rule.status}）")])
    page.table(rows)
    page.line(f"共 {len(rows) - 1} 条" + (f"，其中 {broken} 条不能读取" if broken else ""), 0, "dim")
    return page.text()


def shown(pack: Pack, id: str, style: Style | None = None) -> str:
    """One rule in words.

    Raises:
        RuleError: the rule cannot be read; all problems at once.
    """
    problems = Problems()
    plan = pack.plan(id, problems, whole=True)
    problems.raise_if_any(RuleError)
    assert plan is not None
    rule, page = plan.rule, Page(style or Style())
    words, names = Words({}, pack), {name: f"${name}" for name in _variables(plan)}
    page.line(f"{rule.id} {rule.title}", 0, "bold", SEVERITY_COLOUR[rule.severity])
    span = (f"，{format_moment(rule.since)} 起" if rule.since is not None else "") + (
        f"，{format_moment(rule.until)} 前" if rule.until is not None else "")
    page.line(f"{rule.mechanism}，{rule.modality}，{rule.severity}，{rule.status}{span}" + (f"，覆盖项目 {rule.item}" if rule.item else ""))
    page.labelled("说明", rule.doc, 0)
    for text in Bases(pack.folders).describe(rule.basis):
        page.labelled("依据", text, 0)
    _conditions(page, plan, words, names)
    _ledgers(page, plan, words)
    _values(page, plan, pack, words)
    page.heading("发现时的说法")
    page.labelled("发现", rule.message, 2)
    page.labelled("改法", rule.fix, 2)
    counted = Counter(example.expected for example in examples(plan))
    page.labelled("例子", "，".join(f"{_EXAMPLES.get(kind, kind)} {count} 个" for kind, count in counted.items()) or "没有", 2)
    page.labelled("文件", pack.rule_files[id].resolve().as_posix(), 2)
    page.lines.append("")
    page.line(NOTICE, 0, "dim")
    return page.text()


def _conditions(page: Page, plan: Plan, words: Words, names: Mapping[str, Value]) -> None:
    rule = plan.rule
    key = "、".join(f"${name}" for name in rule.key)
    page.heading("条件（同一个 $名 指同一个对象）")
    parts: list[tuple[str, tuple[Item, ...]]] = [(f"适用：以下成立时，${rule.bearer} 负有这项责任（每个 {key} 一项）", rule.scope)]
    if rule.need:
        parts.append(("要求：以下成立，就是做到", rule.need))
    if rule.forbid:
        parts.append(("禁止：以下成立，就是违反", rule.forbid))
    parts += [(f"但书：{unless.title or '以下成立时豁免'}", unless.when) for unless in rule.unless]
    for title, items in parts:
        page.line(title, 2, "bold")
        for depth, text in _lines(items, words, names):
            page.line(text, 4 + 2 * depth, hang=2)
    if rule.due is not None:
        done = f"，完成时间 ${rule.done}" if rule.done else ""
        page.line(f"期限：{_expression(rule.due, words)}{done}", 2)


def _lines(items: Iterable[Item], words: Words, names: Mapping[str, Value], depth: int = 0) -> Iterator[tuple[int, str]]:
    for item in items:
        if isinstance(item, Atom):
            yield depth, words.pattern(item, names)
        elif isinstance(item, Compare):
            yield depth, f"{_expression(item.left, words)} {_SIGNS[item.op]} {_expression(item.right, words)}"
        elif isinstance(item, Let):
            yield depth, f"${item.name} = {_expression(item.expr, words)}"
        elif isinstance(item, AtLeast):
            yield depth, f"至少有 {_expression(item.n, words)} 个不同的 ${item.distinct}，使："
            yield from _lines(item.of, words, names, depth + 1)
        elif isinstance(item, AnyOf):
            for number, branch in enumerate(item.branches):
                yield depth, "或者：" if number else "任一成立："
                yield from _lines(branch, words, names, depth + 1)
        elif isinstance(item, AllOf):
            for name, group in item.groups:
                yield depth, f"【{name}】"
                yield from _lines(group, words, names, depth + 1)


def _expression(expr: Expr, words: Words) -> str:
    if isinstance(expr, Var):
        return "审计日" if expr.name == "on" else f"${expr.name}"
    if isinstance(expr, Const):
        return words.value(expr.value, form="时长" if expr.type is Type.DURATION else "")
    assert isinstance(expr, Arith)
    return f"{_expression(expr.left, words)} {expr.op} {_expression(expr.right, words)}"


def _ledgers(page: Page, plan: Plan, words: Words) -> None:
    relies = dict.fromkeys([*(one for part in plan.parts for one in part.relies), *plan.forbid_relies])
    page.heading("下“没有做”的结论之前，要有的台账")
    for one in relies:
        page.line(_reliance(one, words), 2, hang=2)
    if not relies:
        page.line("不靠台账：机构、人员资料写了即算齐全（单位写明 partial 的除外）。", 2)


def _reliance(one: Reliance, words: Words) -> str:
    if one.form == "never":
        return "覆盖情况：只能证明已覆盖，不能由缺少推出未覆盖"
    if one.form == "measure":
        return f"{words.schema[one.relation].label}的各项来源齐全"
    kinds = "、".join(_expression(kind, words) for kind in one.kinds)
    holder = _expression(one.holder, words) if one.holder is not None else "（未定）"
    window = f"，期间 {_expression(one.start, words)} 至 {_expression(one.end, words)}" if one.start and one.end else ""
    absent = "；或写明“无”" if one.form == "column" else ""
    return f"{holder} 的 {kinds}{window}{absent}"


def _values(page: Page, plan: Plan, pack: Pack, words: Words) -> None:
    used = sorted(plan.relations)
    rows = []
    for name in used:
        kind, _, rest = name.partition(".")
        if kind == "param":
            found = pack.parameters[rest]
            at = found.relation.names.index("value")
            keyed = "key" in found.relation.names
            values = [(f"{fact.values[0]}：" if keyed else "") + words.value(fact.values[at], found.relation.columns[at]) for fact in found.facts]
            rows.append([f"参数 {found.label}", "、".join(values) + f"（{found.profile or '声明的缺省值'}）"])
        elif kind in ("table", "measure"):
            rows.append([f"{'表' if kind == 'table' else '指标'} {rest}", pack[name].label])
    if rows:
        page.heading(f"参数与表（参数方案 {pack.profile}）")
        page.table(rows, 2, head=False)


def _variables(plan: Plan) -> set[str]:
    rule = plan.rule
    lists = (rule.scope, rule.need, rule.forbid, *(unless.when for unless in rule.unless))
    return {name for items in lists for steps in conjunctions(items) for step in steps for name in step_variables(step)} | {"on"}
