"""What ``zeren rules lint`` looks at beyond what every loading checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from zeren.engine.bases import Bases
from zeren.engine.chain.clocks import CLOCK_TABLES
from zeren.engine.chain.grading import TABLES as GRADES
from zeren.engine.examples import missing_examples
from zeren.engine.language.plan import Plan
from zeren.engine.language.rule import Basis, Rule
from zeren.engine.language.syntax import Arith, AtLeast, Atom, Compare, Const, Expr, Let, Step, atoms, conjunctions
from zeren.engine.pack import Pack
from zeren.models.moments import format_duration
from zeren.models.nodes import Node
from zeren.models.problems import Place, Problems, nearest
from zeren.models.relations import Type

#: What a draft writes where its author must write something.
MARK: Final = "〔待填"
#: Numbers that are no quantities of law: none, one.
_HARMLESS: Final = (Decimal(0), Decimal(1))
#: Tables and parameters that the engine reads by itself, whatever the rules say.
_BY_ENGINE: Final = frozenset({*GRADES, *CLOCK_TABLES, "table.覆盖档案", "param.coverage_profile", "table.部门别名"})


def lint(pack: Pack, ids: Iterable[str], everything: bool = False) -> Problems:
    """Check rules; with ``everything`` also what only the whole pack can show (what no rule uses)."""
    problems = Problems()
    known = Bases(pack.folders).entries
    plans = []
    for id in ids:
        plan = pack.plan(id, problems, whole=True)
        if plan is None:
            continue
        plans.append(plan)
        _marks(plan.rule, problems)
        _bases(plan.rule, known, problems)
        _texts(plan, problems)
        _numbers(plan, problems)
    _twice(plans, problems)
    if everything:
        _unused(plans, pack, problems)
    return problems


def _marks(rule: Rule, problems: Problems) -> None:
    for node in _texts_of(rule.source) if rule.source else ():
        if MARK in (node.text or ""):
            problems.add(node.place, "RULE-待填", f"{rule.id}：{node.text}", "填写后去掉〔〕")


def _texts_of(node: Node) -> Iterator[Node]:
    if node.text is not None:
        yield node
    for child in (*node.items, *node.fields.values()):
        yield from _texts_of(child)


def _bases(rule: Rule, known: Iterable[str], problems: Problems) -> None:
    stated: list[Basis] = [*rule.basis, *(basis for unless in rule.unless for basis in unless.basis)]
    for basis in stated:
        if basis.kind != "custom" and basis.ref not in known:
            near = nearest(basis.ref, known)
            problems.add(rule.place, "RULE-依据", f"{rule.id} 的依据 {basis.ref} 不在依据库里" + (f"，{near}" if near else ""),
                         "编号见 rules/basis/*.json；没有成文依据的写 {custom: 说明}")


def _texts(plan: Plan, problems: Problems) -> None:
    rule = plan.rule
    lacking = missing_examples(plan)
    if lacking:
        problems.add(rule.place, "RULE-例子", f"{rule.id} 缺少 {'、'.join(lacking)} 的例子", "在 examples 下各写一个最小的组织")
    if not rule.doc:
        problems.warn(rule.place, "RULE-说明", f"{rule.id} 没有 doc", "用一小段话说明查什么、怎么查")
    if not rule.fix and rule.layer is None:
        problems.warn(rule.place, "RULE-改法", f"{rule.id} 没有 fix", "写明谁怎样补救")


def _numbers(plan: Plan, problems: Problems) -> None:
    """Numbers of law belong into tables and parameters, where they have a basis and dates."""
    rule = plan.rule
    lists = (rule.scope, rule.need, rule.forbid, *(unless.when for unless in rule.unless))
    found = {_const(const) for items in lists for steps in conjunctions(items) for step in steps for const in _constants(step)}
    found |= {_const(const) for const in _consts(rule.due)} if rule.due is not None else set()
    if numbers := sorted(found - {""}):
        problems.warn(rule.place, "RULE-数字", f"{rule.id} 的正文里写了数字：{'、'.join(numbers)}", "移到 tables/ 或 parameters.yaml，用 table. 或 param 读取")


def _const(const: Const) -> str:
    if const.type is Type.NUMBER and const.value not in _HARMLESS:
        return str(const.value)
    if const.type is Type.DURATION and isinstance(const.value, int) and const.value > 1:  # a second marks an open bound
        return format_duration(const.value)
    return ""


def _constants(step: Step) -> Iterator[Const]:
    if isinstance(step, Atom):
        for test in step.tests:
            if not test.column.startswith(("rank", "depth", "index")):  # ordinal numbers of tables and trees
                yield from (const for operand in test.operands for const in _consts(operand))
    elif isinstance(step, Compare):
        yield from (*_consts(step.left), *_consts(step.right))
    elif isinstance(step, Let):
        yield from _consts(step.expr)
    elif isinstance(step, AtLeast):
        yield from _consts(step.n)
        for inner in step.of:
            yield from _constants(inner)


def _consts(expr: Expr) -> Iterator[Const]:
    if isinstance(expr, Const):
        yield expr
    elif isinstance(expr, Arith):
        yield from _consts(expr.left)
        yield from _consts(expr.right)


def _twice(plans: Iterable[Plan], problems: Problems) -> None:
    """Rules that say the same, by title or by what they match."""
    titles: defaultdict[str, list[Rule]] = defaultdict(list)
    bodies: defaultdict[object, list[Rule]] = defaultdict(list)
    for plan in plans:
        rule = plan.rule
        titles[rule.title].append(rule)
        bodies[rule.scope, rule.key, rule.need, rule.forbid, rule.due, rule.layer].append(rule)
    for what, groups in (("题目", titles.values()), ("条件", bodies.values())):
        for first, *others in groups:
            for other in others:
                problems.warn(other.place, "RULE-重复", f"{other.id} 的{what}与 {first.id} 相同", "合并，或写出不同之处")


def _unused(plans: Iterable[Plan], pack: Pack, problems: Problems) -> None:
    used = set(_BY_ENGINE)
    for plan in plans:
        used |= plan.relations
    for measure in pack.measures.values():
        used |= {atom.relation for query in (*measure.scope, *measure.each) for atom in atoms(query.steps)}
    for label, kind, names in (("参数", "param", pack.parameters), ("表", "table", pack.table_files), ("指标", "measure", pack.measures)):
        if idle := sorted(name for name in names if f"{kind}.{name}" not in used):
            problems.warn(Place("rules"), "RULE-未用", f"没有规则用到的{label}：{'、'.join(idle)}", "删去，或写出用它的规则")
