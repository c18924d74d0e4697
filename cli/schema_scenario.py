"""JSON Schema of ``scenario.yaml``, from the same lists of keys that the loader reads by."""

from __future__ import annotations

from typing import Any, Final

from zeren.engine.language.rule import LAYERS
from zeren.models.changes import CHANGE_KEYS
from zeren.models.relations import AUTHORED, Relation
from zeren.models.scenario import CELL_STATES, EXPECT_KEYS, FINDING_KEYS, KEYS, KINDS
from zeren.models.scenario_trace import (
    ABSENT_KEYS,
    BOUNDS,
    CLOCK_KEYS,
    DEGREES,
    OFF_CHAIN,
    ON_CHAIN,
    SEAT_KEYS,
    STATES,
    TRACE_EXPECT_KEYS,
    TRACE_KEYS,
)
from zeren.models.vocabulary import LEVELS

Schema = dict[str, Any]
_TEXT: Final = {"type": ["string", "number"]}
_CELL: Final = {"type": ["string", "number", "boolean", "null"]}
_WORDS: Final = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_MOMENT: Final = {"type": "string", "pattern": r"^\d{4}-\d{1,2}-\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2})?)?$"}
_DURATION: Final = {"type": "string", "pattern": r"^(\s*\d+\s*(秒|分钟|小时|天|日|周))+\s*$"}
_COUNT: Final = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": r"^\d+$"}]}
_DOCS: Final = {
    "scenario": "编号", "title": "题目", "intro": "开场白，培训时可以照念", "org": "组织文件或文件夹，从本文件夹算起",
    "base": "在哪个场景的基础上改", "changes": "改动：删、改、加，以及各自带来的发现", "on": "审计日", "since": "审计期起点",
    "profile": "参数方案", "only": "只用这些规则", "skip": "不用这些规则", "expect": "应有的发现",
    "exactly": "除列出的以外，没有别的不符合、证据不足、预警和错误", "counts": "各种结论的数目", "matrix": "覆盖情况：项目 → 层级 → 格",
    "messages": "某条发现里应有的话", "why": "为什么改", "remove": "删去哪些行", "change": "改哪些行", "set": "改成什么", "add": "加什么，写法同组织文件",
    "gives": "这处改动带来的发现", "rule": "规则编号", "bearer": "责任主体", "per": "键的其余部分", "late": "迟了多久", "missing": "缺项",
    "message": "说法中的一段", "trace": "各起事故的责任链应当是什么样", "incident": "事故编号", "grade": "事故等级", "bound": "等级是确定的还是下界",
    "chain": "链上的岗位", "not": "不在链上的岗位，及其理由", "clocks": "各时限是否按时", "post": "岗位编号", "person": "任职的人，同一岗位有几任时写",
    "verdict": "研判结果", "degree": "责任程度", "layer": "责任链的层", "holder": "负有时限的单位", "state": "时限的状态", "name": "时限名称中的一段",
}


def scenario_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a scenario file."""
    finding = _object({"rule": _TEXT, "bearer": _WORDS, "per": _WORDS, "late": _DURATION, "missing": _WORDS, "message": _TEXT},
                      FINDING_KEYS, ("rule", "bearer"))
    findings = {kind: {"$ref": "#/$defs/findings"} for kind in KINDS}
    states = _object(dict.fromkeys(CELL_STATES, _WORDS), CELL_STATES)
    cell = {"anyOf": [{"const": "不适用"}, {"type": "string", "pattern": r"^\s*\d+\s*/\s*\d+\s*$"}, states]}
    levels = _object(dict.fromkeys(LEVELS, cell), LEVELS)
    expect = _object({
        **findings, "exactly": {"type": "boolean"}, "counts": _object(dict.fromkeys(KINDS, _COUNT), KINDS),
        "matrix": {"type": "object", "additionalProperties": {"$ref": "#/$defs/levels"}}, "messages": _WORDS,
    }, EXPECT_KEYS)
    where = _object({relation.name: _rows(relation) for relation in AUTHORED}, [relation.name for relation in AUTHORED])
    columns = {f"row_{relation.name}": _row(relation) for relation in AUTHORED}
    rows = {"$ref": "#/$defs/rows"}
    change = _object({"why": _TEXT, "remove": rows, "change": rows, "set": {"type": "object"}, "add": {"type": "object"},
                      "gives": _object(findings, KINDS)}, CHANGE_KEYS)
    properties: dict[str, Schema] = {
        "scenario": _TEXT, "title": _TEXT, "intro": _TEXT, "org": _WORDS, "base": _TEXT,
        "changes": {"type": "array", "items": change}, "on": _MOMENT, "since": _MOMENT, "profile": _TEXT, "only": _WORDS,
        "skip": _WORDS, "expect": expect, "trace": {"type": "array", "items": _trace()},
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "zeren 场景",
            **_object(properties, KEYS, ("scenario", "title", "intro", "expect")),
            "$defs": {"findings": {"type": "array", "items": finding}, "rows": where, "levels": levels, **columns}}


def _trace() -> Schema:
    """What is expected of the chain of one incident."""
    def words(known: tuple[str, ...]) -> Schema:
        return {"enum": list(known)}

    seat = _object({"post": _TEXT, "person": _TEXT, "verdict": words(ON_CHAIN), "degree": words(DEGREES), "layer": words(LAYERS)},
                   SEAT_KEYS, ("post",))
    absent = _object({"post": _TEXT, "person": _TEXT, "verdict": words(OFF_CHAIN), "why": _TEXT}, ABSENT_KEYS, ("post",))
    clock = _object({"holder": _TEXT, "state": words(STATES), "name": _TEXT}, CLOCK_KEYS, ("holder", "state"))
    lists = {"chain": seat, "not": absent, "clocks": clock}
    expect = _object({"grade": _TEXT, "bound": words(BOUNDS), "exactly": {"type": "boolean"},
                      **{key: {"type": "array", "items": one} for key, one in lists.items()}}, TRACE_EXPECT_KEYS)
    return _object({"incident": _TEXT, "on": _MOMENT, "expect": expect}, TRACE_KEYS, ("incident", "expect"))


def _rows(relation: Relation) -> Schema:
    row = {"$ref": f"#/$defs/row_{relation.name}"}
    return {"anyOf": [row, {"type": "array", "items": row}]}


def _row(relation: Relation) -> Schema:
    """A row by its columns; a bare word is an id, nothing means not stated."""
    return {"anyOf": [_TEXT, _object(dict.fromkeys(relation.names, _CELL), relation.names)]}


def _object(properties: dict[str, Schema], keys: Any, required: tuple[str, ...] = ()) -> Schema:
    """An object with exactly these keys; a key that the loader has learnt but this file has not is taken as it comes."""
    described = {key: {**({"description": _DOCS[key]} if key in _DOCS else {}), **properties.get(key, {})} for key in keys}
    return {"type": "object", "additionalProperties": False, "properties": described, **({"required": list(required)} if required else {})}
