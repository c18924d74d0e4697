"""The JSON Schema of events, made from that of organisation files: the same entries, one at a time."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from zeren.models.registry import RECORD_KINDS
from zeren.models.relations import AUTHORED
from zeren.models.schema import organisation_schema
from zeren.models.shapes import SECTIONS

_MOMENT: Final = r"^\d{4}-\d{1,2}-\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2})?)?$"


def event_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of one event of ``zeren watch``, one line of a file."""
    organisation = organisation_schema()
    defs: dict[str, Any] = organisation["$defs"]
    kinds = defs["Records"]["properties"]
    for number, kind in enumerate(RECORD_KINDS, start=1):
        defs[f"Event{number}"] = _record(kind, _resolved(_element(kinds[kind]), defs))
    entries = {extra.shape: organisation["properties"][key] for key, extra in SECTIONS.items()}
    entries = {**defs["Facts"]["properties"], **entries}
    record = {"anyOf": [{"$ref": f"#/$defs/Event{number}"} for number in range(1, len(RECORD_KINDS) + 1)]}
    facts = {relation.name: _one_or_more(_element(entries[relation.name])) for relation in AUTHORED if relation.name in entries}
    facts["record"] = _one_or_more(record)
    found = {
        "$schema": organisation["$schema"], "title": "zeren 事件", "type": "object", "additionalProperties": False,
        "description": "zeren watch 的一个事件，一行一个；写法见 docs/watch.md",
        "properties": {
            "id": {"type": "string", "description": "事件的编号；同一编号只收一次"},
            "at": {"type": "string", "pattern": _MOMENT, "description": "知道的时刻，时间先走到这里；记录没有写 at 的，也用它"},
            "record": {**_one_or_more(record), "description": "做了一件事：履职记录，同组织文件，另写 kind"},
            "fact": {"type": "object", "additionalProperties": False, "minProperties": 1, "properties": facts,
                     "description": "一件事成立：{关系: 条目}，条目同组织文件"},
            "retract": {**_one_or_more({"anyOf": [{"type": "string"}, {"type": "object", "minProperties": 1}]}),
                        "description": "撤回：编号，或 {关系: 编号}，或 {关系: {列: 取值}}；离不开它的行一并撤回"},
            "advance": {"type": "string", "pattern": _MOMENT, "description": "时间走到这里；只写日期时到当日结束"},
            "note": {"type": "string", "description": "说明，不起作用"},
        },
        "anyOf": [{"required": [key]} for key in ("record", "fact", "retract", "advance", "at")],
    }
    return {**found, "$defs": _used(found, defs)}


def _used(schema: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
    """The definitions that a schema rests on, directly or not."""
    names: dict[str, Any] = {}
    waiting = [json.dumps(schema)]
    while waiting:
        for name in re.findall(r'"#/\$defs/(\w+)"', waiting.pop()):
            if name not in names:
                names[name] = defs[name]
                waiting.append(json.dumps(defs[name]))
    return dict(sorted(names.items()))


def _record(kind: str, entry: dict[str, Any]) -> dict[str, Any]:
    """A record with its kind; its moment may be that of the event."""
    properties = {"kind": {"const": kind}, **entry["properties"]}
    required = ["kind", *(name for name in entry.get("required", ()) if name != "at")]
    return {**entry, "title": kind, "properties": properties, "required": required}


def _element(schema: dict[str, Any]) -> dict[str, Any]:
    """What one element of an optional list is."""
    for one in schema.get("anyOf", [schema]):
        if one.get("type") == "array":
            found: dict[str, Any] = one["items"]
            return found
    return schema


def _resolved(schema: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]]
    return schema


def _one_or_more(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "array", "items": schema}]}
