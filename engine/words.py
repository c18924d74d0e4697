"""Chinese for relations, columns, values and patterns; the templates from which explanations are made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zeren.engine.backends.reference import evaluate
from zeren.engine.language.read import PLACEHOLDER
from zeren.engine.language.syntax import Arith, Atom, Const, Expr, Test, Var, variables
from zeren.models.facts import Fact, Value
from zeren.models.moments import format_duration, format_moment
from zeren.models.relations import Column, Relation, Type

COLUMNS: Final[Mapping[str, str]] = {
    "id": "编号", "name": "名称", "level": "层级", "parent": "上级", "code": "代码", "kind": "种类", "territory": "地域",
    "function": "职能", "headcount": "从业人数", "ownership": "所有制", "registered": "登记", "since": "起", "until": "止",
    "status": "状态", "partial": "信息不全", "unit": "单位", "superior": "上级单位", "acts_as": "加挂", "party": "当事方",
    "government": "政府", "from": "赋权方", "to": "受权方", "power": "权限", "site": "场所", "subject": "对象", "as": "方式",
    "industry": "行业", "part": "部分", "whole": "整体", "body": "机构", "tag": "标签", "title": "职务", "role": "角色",
    "fulltime": "专职", "post": "岗位", "person": "任职人", "mode": "任职方式", "lead": "牵头", "holder": "持有者",
    "metric": "指标", "year": "年度", "cap": "控制数", "rule": "规则", "bearer": "责任主体", "per": "对象", "approver": "批准人",
    "basis": "依据", "reason": "理由", "source": "来源方", "target": "对象方", "actor": "办理人", "ref": "所涉", "issuer": "发文方",
    "at": "时间", "document": "文件", "row": "行", "number": "数", "object": "对象", "result": "结果", "record": "记录",
    "key": "要素", "value": "值", "grade": "等级", "found_at": "发现时间", "found_by": "发现人", "signed_by": "签字人",
    "content": "内容", "measure": "整改措施", "standard": "整改标准", "deadline": "整改期限", "interim": "防范措施",
    "owner": "整改单位", "owner_post": "整改责任人", "supervisor": "督办单位", "supervisor_post": "督办责任人",
    "accepter": "验收单位", "accepter_post": "验收人", "known_at": "得知时间", "deaths": "死亡人数", "missing": "下落不明人数",
    "endangered": "危及人数", "serious_injuries": "重伤人数", "direct_loss": "直接经济损失", "incident": "事故", "stage": "阶段",
    "inquiry": "调查", "duty": "职责", "track": "种类", "start": "起", "end": "止", "index": "序号", "depth": "级差",
    "rank": "等级序", "bound": "定级", "item": "项目", "state": "状态", "complete": "齐全", "per2": "对象二", "per3": "对象三",
}
#: A post is shown with its unit: “县政府的县政府县长” says the unit once too often. Without a bound a name of 10,000 characters takes minutes.
_TWICE: Final = re.compile(r"(\w{2,60})的(?=\1)")
_COMPARED: Final = {
    "ge": "不少于", "gt": "大于", "le": "不超过", "lt": "小于", "ne": "不是", "eq": "为",
}
_OF_TIME: Final = {"ge": "不早于", "gt": "晚于", "le": "不晚于", "lt": "早于", "ne": "不是", "eq": "为"}


@dataclass(frozen=True, slots=True)
class Words:
    """Puts facts and patterns into words; ``labels`` says how ids are shown."""

    labels: Mapping[str, str]
    schema: Mapping[str, Relation]

    def value(self, value: Value, column: Column | None = None, form: str = "") -> str:
        """A value as text. ``form`` is ``date``, ``%``, ``点`` (percentage points) or ``时长``."""
        if value is None:
            return "未说明"
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, Decimal):
            return _number(value, form)
        if isinstance(value, int):
            if form == "date":
                return format_moment(value)[:10]
            duration = form == "时长" or (column is not None and column.type is Type.DURATION)
            return format_duration(abs(value)) if duration else format_moment(value, column.day if column else "start")
        if column is not None and column.name == "key":  # the name of a column, as an attribute of a hazard
            return COLUMNS.get(value, value)
        return self.labels.get(value, value)

    def sentence(self, template: str, bindings: Mapping[str, Value]) -> str:
        """Fill a template of a rule with the values of an instance; an optional ``{x?}`` without a value vanishes."""

        def fill(match: re.Match[str]) -> str:
            value = bindings.get(match[1])
            return "" if value is None and match[2] else self.value(value, form=match[3] or "")

        return _TWICE.sub("", PLACEHOLDER.sub(fill, template).rstrip())

    def fact(self, fact: Fact) -> str:
        """One fact in a line: the relation and the columns that are stated."""
        relation = self.schema[fact.relation]
        cells = [
            f"{COLUMNS.get(column.name, column.name)} {self.value(value, column)}"
            for column, value in zip(relation.columns, fact.values, strict=True) if value is not None
        ]
        return f"{relation.label}（{'，'.join(cells)}）"

    def pattern(self, atom: Atom, bindings: Mapping[str, Value]) -> str:
        """What a pattern asks for, with the values known so far; unbound variables are left out."""
        relation = self.schema[atom.relation]
        tests = [text for test in atom.tests if (text := self.test(test, relation, bindings))]
        return f"{relation.label}（{'，'.join(tests)}）" if tests else relation.label

    def test(self, test: Test, relation: Relation, bindings: Mapping[str, Value]) -> str:
        """One condition in words, or nothing where it only binds a variable."""
        column = relation.column(test.column)
        name = COLUMNS.get(test.column, test.column)
        values = [self.expression(operand, bindings, column) for operand in test.operands]
        if any(value is None for value in values):
            return ""
        if test.op == "at":
            return f"在 {values[0]} 有效"
        if test.op == "overlaps":
            return f"在 {values[0]} 至 {values[1]} 期间有效"
        if test.op == "present":
            return f"写明{name}" if values[0] == "是" else f"未写{name}"
        if test.op == "in":
            return f"{name}在 {values[0]} 至 {values[1]} 之间"
        if test.op == "any":
            return f"{name}为 {'或'.join(str(value) for value in values)}"
        compared = _OF_TIME if column is not None and column.type is Type.MOMENT else _COMPARED
        return f"{name} {values[0]}" if test.op == "eq" else f"{name}{compared[test.op]} {values[0]}"

    def expression(self, expr: Expr, bindings: Mapping[str, Value], column: Column | None = None) -> str | None:
        """An expression in words, or nothing where a variable has no value yet."""
        if isinstance(expr, Const):
            return self.value(expr.value, column, "时长" if expr.type is Type.DURATION else "")
        if isinstance(expr, Var):
            return self.value(bindings[expr.name], column) if expr.name in bindings else None
        assert isinstance(expr, Arith)
        # Where a rule itself is told, its variables stand for themselves as text: nothing to compute with.
        if column is not None and all(name in bindings and not isinstance(bindings[name], str) for name in variables(expr)):
            return self.value(evaluate(expr, bindings), column)
        left, right = self.expression(expr.left, bindings), self.expression(expr.right, bindings)
        return None if left is None or right is None else f"{left}{expr.op}{right}"


def _number(value: Decimal, form: str) -> str:
    if form == "%":
        return f"{(value * 100).normalize():f}%"
    if form == "点":
        return f"{(value * 100).normalize():f}个百分点"
    return f"{value.normalize():f}"
