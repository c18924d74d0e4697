"""JSON Schema of the JSON report and of comparisons, made from their typed data. Importing this imports pydantic."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from zeren.reports.document import ReportDocument


class _Generator(GenerateJsonSchema):
    """Leaves out the titles that pydantic makes from the names of fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``zeren check -f json``."""
    return closed_schema(ReportDocument, "zeren 检查报告")


def comparison_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``zeren diff -f json`` of two reports."""
    from zeren.reports.rectified import Comparison

    return _with(closed_schema(Comparison, "zeren 整改情况"), "notice")


def handover_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``zeren diff -f json`` of two organisations."""
    from zeren.engine.compare.bearers import Handover

    return _with(closed_schema(Handover, "zeren 职责交接"), "notice")


def asking_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``zeren ask -f json``."""
    from zeren.engine.compare.papers import Asking

    return _with(closed_schema(Asking, "zeren 资料调取"), "organisation", "on", "notice")


def _with(schema: dict[str, Any], *texts: str) -> dict[str, Any]:
    """The schema of a document to which texts are added when it is written."""
    schema["properties"] |= {name: {"type": "string"} for name in texts}
    schema["required"] += texts
    return schema


def closed_schema(document: type[Any], title: str) -> dict[str, Any]:
    """The JSON Schema of a typed document, in which nothing is ever left out or added."""
    found = TypeAdapter(document).json_schema(schema_generator=_Generator, mode="serialization")
    for definition in [found, *found.get("$defs", {}).values()]:
        if definition.get("type") == "object" and "properties" in definition:
            definition["additionalProperties"] = False
            definition["required"] = list(definition["properties"])  # nothing is ever left out
    return {"$schema": GenerateJsonSchema.schema_dialect, **found, "title": title}
