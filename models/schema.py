"""JSON Schema of organisation files, so that editors complete keys and terms."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from zeren.models.authoring import organisation_file


class _Generator(GenerateJsonSchema):
    """Leaves out the titles that pydantic makes from the keys: descriptions say more."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def schema_of(model: type[BaseModel], title: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a model, with a title of its own."""
    found = model.model_json_schema(schema_generator=_Generator, mode="validation")
    return {"$schema": GenerateJsonSchema.schema_dialect, **found, "title": title}


def organisation_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of an organisation file."""
    return schema_of(organisation_file(), "zeren 组织文件")
