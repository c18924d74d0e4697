"""``zeren schema``: JSON Schema of what people write and of what zeren writes."""

from __future__ import annotations

import argparse
import sys
from typing import Any, Final

from zeren.cli import inputs

_WHAT: Final = {"org": "组织文件", "rule": "规则文件", "scenario": "场景文件", "event": "zeren watch 的事件", "report": "zeren check -f json 的报告",
                "chain": "zeren trace -f json 的责任链", "comparison": "zeren diff -f json 比较报告", "handover": "zeren diff -f json 比较组织",
                "asking": "zeren ask -f json 的资料"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", choices=tuple(_WHAT), metavar="种类", help="；".join(f"{key} {text}" for key, text in _WHAT.items()))


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    sys.stdout.write(text(args.what, inputs.ascii_only()))
    return 0


def text(what: str, ascii_only: bool = False) -> str:
    """The JSON Schema of one of the kinds as text, the same as in schemas/."""
    import json

    return json.dumps(_schema(what), ensure_ascii=ascii_only, indent=1) + "\n"


def _schema(what: str) -> dict[str, Any]:
    if what == "org":
        from zeren.models.schema import organisation_schema

        return organisation_schema()
    if what == "rule":
        from zeren.cli.schema_rule import rule_schema
        from zeren.engine.pack import Pack

        return rule_schema(Pack())
    if what == "scenario":
        from zeren.cli.schema_scenario import scenario_schema

        return scenario_schema()
    if what == "event":
        from zeren.cli.schema_event import event_schema

        return event_schema()
    if what == "chain":
        from zeren.reports.chain_document import chain_schema

        return chain_schema()
    from zeren.reports import schema

    made: dict[str, Any] = getattr(schema, f"{what}_schema")()
    return made
