"""JSON Schema of scenario files."""

from __future__ import annotations

from typing import Any

from zeren.models.changes import CHANGE_KEYS
from zeren.models.relations import AUTHORED
from zeren.models.scenario import CELL_STATES, EXPECT_KEYS, FINDING_KEYS, KEYS, KINDS
from zeren.models.schema import organisation_schema
from zeren.models.vocabulary import LEVELS

_TEXT: dict[str, Any] = {"type": ["string", "number"]}
_DATE: dict[str, Any] = {"type": "string", "pattern": r"^\d{4}-\d{1,2}-\d{1,2}$"}
_LABELS = {
    "scenario": "编号", "title": "标题", "intro": "讲解词，可以照着念", "org": "组织文件或文件夹，相对于场景文件夹",
    "base": "以哪个场景为底，相对于场景文件夹", "changes": "对底的改动，依次进行", "on": "审计日", "since": "审计期起点",
    "profile": "参数方案", "only": "只核这些规则（编号或前缀）", "skip": "不核这些规则", "expect": "应得到的结果",
    "why": "这处改动是什么毛病", "remove": "删去的行：关系 → 编号或列的取值", "change": "要改的行：关系 → 编号或列的取值",
    "set": "改成什么：列 → 取值", "add": "增加的内容，写法同组织文件", "gives": "这处改动引出的发现",
    "exactly": "true：这些发现，别无其他", "counts": "各种结果的数目", "matrix": "覆盖矩阵：项目 → 层级 → 已覆盖/应覆盖",
    "messages": "某条发现中应出现的文字", "rule": "规则编号", "bearer": "责任主体", "per": "规则的分项", "late": "迟了多久",
    "missing": "缺哪几项", "message": "发现中应出现的文字", "fail": "不符合", "unknown": "证据不足", "warning": "预警",
    "excepted": "已豁免", "pending": "未到期", "pass": "符合", "error": "规则错误",
}  # fmt: skip


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a scenario file."""
    organisation = organisation_schema()
    kinds = {kind: _many({"$ref": "#/$defs/Finding"}) for kind in KINDS}
    defs: dict[str, Any] = dict(organisation["$defs"])
    defs["Organisation"] = {key: value for key, value in organisation.items() if key not in ("$schema", "$defs", "title")}
    defs["Finding"] = _object(
        {**dict.fromkeys(("rule", "late", "message"), _TEXT), **dict.fromkeys(("bearer", "per", "missing"), _words())},
        FINDING_KEYS, ("rule", "bearer"),
    )
    defs["Where"] = _object({relation.name: _where(relation.names) for relation in AUTHORED}, (), ())
    defs["Change"] = _object({
        "why": _TEXT, "remove": {"$ref": "#/$defs/Where"}, "change": {"$ref": "#/$defs/Where"},
        "set": {"type": "object"}, "add": {"$ref": "#/$defs/Organisation"}, "gives": _object(kinds, KINDS, ()),
    }, CHANGE_KEYS, ())
    cell = {"anyOf": [{"type": "string", "pattern": r"^(不适用|\d+\s*/\s*\d+)$"}, _object(dict.fromkeys(CELL_STATES, _words()), (), ())]}
    matrix = {"type": "object", "additionalProperties": _object(dict.fromkeys(LEVELS, cell), (), ())}
    counts = _object({key: {"type": "integer", "minimum": 0} for key in KINDS}, (), ())
    defs["Expect"] = _object(
        {**kinds, "exactly": {"type": "boolean"}, "counts": counts, "matrix": matrix, "messages": _words()}, EXPECT_KEYS, (),
    )
    root = _object({
        **dict.fromkeys(("scenario", "title", "intro", "base", "profile"), _TEXT), **dict.fromkeys(("org", "only", "skip"), _words()),
        "on": _DATE, "since": _DATE, "changes": _many({"$ref": "#/$defs/Change"}), "expect": {"$ref": "#/$defs/Expect"},
    }, KEYS, ("scenario", "title", "intro", "expect"))
    return {"$schema": organisation["$schema"], **root, "$defs": defs, "title": "zeren 场景文件"}


def _object(properties: dict[str, Any], order: tuple[str, ...], required: tuple[str, ...]) -> dict[str, Any]:
    """An object without other keys, each key with its meaning."""
    names = order or tuple(properties)
    described = {
        name: {**properties[name], "description": _LABELS[name]} if name in _LABELS else properties[name] for name in names
    }
    return {"type": "object", "properties": described, "required": list(required), "additionalProperties": False}


def _many(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _words() -> dict[str, Any]:
    return {"anyOf": [_TEXT, _many(_TEXT)]}


def _where(columns: tuple[str, ...]) -> dict[str, Any]:
    one = {"anyOf": [_TEXT, {"type": "object", "propertyNames": {"enum": list(columns)}}]}
    return {"anyOf": [one, _many(one)]}
