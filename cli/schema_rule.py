"""JSON Schema of rule files, from the catalogue of relations and words, so that editors complete and check them."""

from __future__ import annotations

from typing import Any, Final

from zeren.engine.examples import EXPECTED, VARIANTS
from zeren.engine.language.rule import KEYS, LAYERS, STATUSES
from zeren.engine.pack import Pack
from zeren.models.relations import Column, Relation, Type
from zeren.models.vocabulary import VOCABULARIES

Schema = dict[str, Any]
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_REQUIRED: Final = ["id", "title", "mechanism", "modality", "severity", "basis", "for", "bearer", "message"]
_VARIABLE: Final = {"type": "string", "pattern": r"^\$\w+$", "description": "变量，如 $u；$_ 表示任意"}
_EXPRESSION: Final = {"type": "string", "pattern": r"\$", "description": "含变量的式子，如 $t + $limit"}
_LITERALS: Final[dict[Type, Schema]] = {
    Type.TEXT: {"type": ["string", "number"]},
    Type.NUMBER: {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}]},
    Type.MOMENT: {"type": "string", "pattern": r"^\d{4}-\d{1,2}-\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2})?)?$"},
    Type.DURATION: {"type": "string", "pattern": r"^(\d+\s*(秒|分钟|小时|天|日|周))+$"},
    Type.BOOL: {"anyOf": [{"type": "boolean"}, {"enum": ["是", "否"]}]},
}
_DOCS: Final = {
    "id": "规则编号，与文件名相同，永不改变", "title": "一句话：谁做什么", "mechanism": "所属机制，也是文件夹名",
    "modality": "义务、禁止，或预警（不进入责任链）", "status": "成熟程度", "severity": "严重、一般、提示",
    "since": "从哪一天起有效", "until": "从哪一天起失效", "item": "覆盖口号中的项目", "basis": "依据，至少一条",
    "for": "适用：匹配成立，就有一项责任", "bearer": "谁负责：for 中的一个变量", "per": "每个什么一项：for 中的变量",
    "need": "要求：匹配成立，就是做到，匹配到的事实是佐证", "unless": "但书：匹配成立则豁免，各有依据",
    "forbid": "禁止：匹配成立，就是违反", "done": "need 中表示完成时间的变量", "due": "期限，如 $t + $limit",
    "relies": "要有哪些台账才能说没有做", "concerns": "事故涉及什么时，这项责任才有关", "layer": "归责规则所在的层",
    "message": "发现时的说法，用 {变量}", "fix": "怎样补救", "doc": "一小段话，培训时可以照念", "examples": "例子：至少各有一个符合和不符合",
}


def rule_schema(pack: Pack) -> Schema:
    """Return the JSON Schema (draft 2020-12) of a rule file; ``pack`` gives tables, parameters and measures."""
    return {
        "$schema": _DIALECT, "title": "zeren 规则", "type": "object", "additionalProperties": False, "required": _REQUIRED,
        "properties": {key: {"description": _DOCS[key], **_key(key)} for key in KEYS},
        "$defs": {
            **{f"word_{name}": {"enum": list(words)} for name, words in VOCABULARIES.items()},
            **{f"type_{kind.name.lower()}": schema for kind, schema in _LITERALS.items()},
            **_terms(),
            "variable": _VARIABLE, "expression": _EXPRESSION,
            "patterns": {"type": "array", "items": {"$ref": "#/$defs/item"}},
            "item": _item(pack),
            "basis": _basis(),
        },
    }


def _key(key: str) -> Schema:
    variables = {"anyOf": [{"$ref": "#/$defs/variable"}, {"type": "array", "items": {"$ref": "#/$defs/variable"}}]}
    patterns = {"$ref": "#/$defs/patterns"}
    shapes: dict[str, Schema] = {
        "id": {"type": "string", "pattern": "^[A-Z][A-Z0-9]*-[0-9]{3}[a-z]?$"},
        "modality": {"$ref": "#/$defs/word_modality"}, "severity": {"$ref": "#/$defs/word_severity"},
        "status": {"enum": list(STATUSES)}, "layer": {"enum": list(LAYERS)},
        "since": {"$ref": "#/$defs/type_moment"}, "until": {"$ref": "#/$defs/type_moment"},
        "basis": {"$ref": "#/$defs/basis"}, "for": patterns, "need": patterns, "forbid": patterns,
        "bearer": {"$ref": "#/$defs/variable"}, "done": {"$ref": "#/$defs/variable"}, "due": {"$ref": "#/$defs/expression"},
        "per": variables, "concerns": variables, "unless": _unless(), "relies": _relies(), "examples": _examples(),
    }
    return shapes.get(key, {"type": "string"})


def _basis() -> Schema:
    kinds = {"seed": "讲话材料的编号", "fact": "法规事实的编号", "custom": "惯例：一句说明"}
    return {"type": "array", "minItems": 1, "items": _one_of({key: {"type": "string", "description": text} for key, text in kinds.items()})}


def _unless() -> Schema:
    properties = {"title": {"type": "string"}, "when": {"$ref": "#/$defs/patterns"}, "basis": {"$ref": "#/$defs/basis"}}
    return {"type": "array", "items": {"type": "object", "additionalProperties": False, "required": ["when", "basis"], "properties": properties}}


def _relies() -> Schema:
    kind = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    expression = {"$ref": "#/$defs/expression"}
    ledger = {"type": "object", "additionalProperties": False, "required": ["holder", "kind"],
              "properties": {"holder": {"type": "string"}, "kind": kind, "from": expression, "to": expression}}
    return {"type": "array", "items": _one_of({"ledger": ledger})}


def _examples() -> Schema:
    names = {"type": "array", "items": {"type": "string"}}
    claims: dict[str, Schema] = {
        "title": {"type": "string", "description": "为什么是这个结论"},
        "bearers": {**names, "description": "得到这个结论的承担者，不多也不少"}, "per": {**names, "description": "得到这个结论的各例除承担者外的键，几项以 / 相连，不多也不少"},
        "missing": {**names, "description": "all 中缺的各项，不多也不少"},
    }
    example = {"type": "object", "required": ["on"], "properties": claims, "description": "一个尽量小的组织，写法同组织文件"}
    groups: dict[str, Schema] = {kind: {"type": "array", "items": example} for kind in EXPECTED}
    variant = {"of": {"type": "string", "description": "在哪个例子上改，如 pass-1"}, "then": {"enum": list(EXPECTED), "description": "改了之后的结论"},
               "set": {"type": "object", "minProperties": 1, "description": "路径: 新值；~ 为删去，路径末尾的 + 为添加"}, **claims}
    groups[VARIANTS] = {"type": "array", "description": "例子的变式：改一处，结论应怎样", "items": {
        "type": "object", "required": ["of", "set", "then"], "additionalProperties": False, "properties": variant}}
    return {"type": "object", "additionalProperties": False, "properties": groups}


def _item(pack: Pack) -> Schema:
    """One element of a list of patterns: a mapping with exactly one key."""
    patterns = {"$ref": "#/$defs/patterns"}
    relations = {name: _atom(pack[name]) for name in sorted(pack) if not name.startswith("param.")}
    special: dict[str, Schema] = {
        "param": _param(pack),
        "where": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}], "description": "比较，如 $a <= $b"},
        "let": {"type": "object", "additionalProperties": {"type": "string"}, "description": "给式子取名"},
        "any": {"type": "array", "minItems": 2, "items": patterns, "description": "任一支成立"},
        "all": {"type": "object", "additionalProperties": patterns, "description": "各项都要成立，逐项报缺"},
        "at_least": {"type": "object", "additionalProperties": False, "required": ["n", "distinct", "of"], "description": "至少几个不同的",
                     "properties": {"n": {"type": ["string", "number"]}, "distinct": {"$ref": "#/$defs/variable"}, "of": patterns}},
    }
    return {**_one_of({**relations, **special}), "patternProperties": {r"^(table|measure)\.": {"type": "object"}}}


def _one_of(properties: dict[str, Schema]) -> Schema:
    return {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": False, "properties": properties}


def _atom(relation: Relation) -> Schema:
    properties = {column.name: _term(column) for column in relation.columns}
    if relation.temporal:
        properties.setdefault("at", {**_term(Column("at", Type.MOMENT)), "description": "在这一时刻有效"})
        properties["overlaps"] = {"type": "array", "minItems": 2, "maxItems": 2, "description": "与 [起, 止] 有重叠"}
    return {"type": "object", "description": relation.label, "additionalProperties": False, "properties": properties}


def _term(column: Column) -> Schema:
    return {"$ref": f"#/$defs/term_{_kind(column)}"}


def _kind(column: Column) -> str:
    return f"word_{column.vocabulary}" if column.vocabulary else f"type_{column.type.name.lower()}"


def _terms() -> dict[str, Schema]:
    """What may stand in a column: one definition for each type and each vocabulary."""
    columns = [*(Column("", kind) for kind in Type), *(Column("", vocabulary=name) for name in VOCABULARIES)]
    return {f"term_{_kind(column)}": _terms_of(column) for column in columns}


def _terms_of(column: Column) -> Schema:
    literal = {"$ref": f"#/$defs/{_kind(column)}"}
    value = {"anyOf": [literal, {"$ref": "#/$defs/expression"}]}
    operators: dict[str, Schema] = {"not": value, "present": {"type": "boolean"}}
    if column.type not in (Type.TEXT, Type.BOOL):
        operators |= dict.fromkeys(("ge", "gt", "le", "lt"), value)
        operators["in"] = {"type": "array", "items": value, "minItems": 2, "maxItems": 2}
    compared = {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": operators}
    return {"anyOf": [literal, {"$ref": "#/$defs/expression"}, {"type": "array", "items": value}, compared]}


def _param(pack: Pack) -> Schema:
    name: Schema = {"anyOf": [{"enum": sorted(pack.parameters)}, {"type": "string"}], "description": "参数名，见 parameters.yaml"}
    free = {"description": "值、键或时刻"}
    return {"type": "object", "required": ["name"], "additionalProperties": False, "description": "读取当前方案的参数",
            "properties": {"name": name, **dict.fromkeys(("key", "value", "at", "since", "until", "overlaps"), free)}}
