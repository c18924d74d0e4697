"""The report as SARIF 2.1.0 (OASIS): posts and cells of workbooks as logical locations, articles of law as taxa, waivers as suppressions.

An instance of 证据不足 is ``open`` (not enough information to decide), one not yet due ``informational``; neither is ever a failure.
Fulfilled duties are counted, not listed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

from zeren import __version__
from zeren.models.problems import Place
from zeren.reports.clean import straight
from zeren.reports.document import BasisDocument, FindingDocument, Named, ReportDocument, RuleDocument, WarningDocument
from zeren.reports.json_report import dump
from zeren.reports.page import NOTICE
from zeren.reports.places import place

VERSION: Final = "2.1.0"
SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: The name of the collection of articles and statements that rules rest on.
TAXONOMY: Final = "依据"
_LEVELS: Final = {"严重": "error", "一般": "warning", "提示": "note"}
_KINDS: Final = {"fail": "fail", "unknown": "open", "pending": "informational", "excepted": "notApplicable", "error": "review"}


def render(document: ReportDocument, ascii_only: bool = False) -> str:
    """The document as SARIF text: UTF-8 JSON, keys sorted, the same bytes for the same report."""
    return dump(json.loads(straight(json.dumps(log(document), ensure_ascii=False))), ascii_only)


def log(document: ReportDocument) -> dict[str, Any]:
    """The document as a SARIF log with one run."""
    taxa = {one.ref: at for at, one in enumerate(_bases(document.rules))}
    rules = {rule.id: at for at, rule in enumerate(document.rules)}
    errors = [one for one in document.findings if one.outcome == "error"]
    run = {
        "tool": {"driver": {
            "name": "zeren", "version": __version__, "semanticVersion": __version__, "language": "zh-CN",
            "shortDescription": {"text": "安全生产责任体系规则引擎"}, "fullDescription": {"text": NOTICE},
            "rules": [_rule(rule, taxa) for rule in document.rules],
            "supportedTaxonomies": [{"name": TAXONOMY, "index": 0}],
        }},
        "taxonomies": [{
            "name": TAXONOMY, "version": __version__, "language": "zh-CN",
            "shortDescription": {"text": "规则所依据的法律法规条款、讲话材料与惯例"},
            "taxa": [{"id": one.ref, "name": one.text, "shortDescription": {"text": one.text}, "properties": {"kind": one.kind}}
                     for one in _bases(document.rules)],
        }],
        "invocations": [{
            "executionSuccessful": not errors,
            "toolExecutionNotifications": [_notification(one, rules) for one in errors],
            "toolConfigurationNotifications": [_remark(one) for one in document.warnings],
        }],
        "automationDetails": {"id": f"{document.organisation}/{document.on}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, rules) for one in document.findings if one.outcome != "error"],
        "properties": {"notice": NOTICE, "organisation": document.organisation, "on": document.on, "since": document.since,
                       "profile": document.profile, "counts": document.counts},
    }
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


def _bases(rules: Iterable[RuleDocument]) -> list[BasisDocument]:
    found = {one.ref: one for rule in rules for one in rule.basis}
    return [found[ref] for ref in sorted(found)]


def _rule(rule: RuleDocument, taxa: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": rule.id, "name": rule.title, "shortDescription": {"text": rule.title},
        "help": {"text": "依据：" + "；".join(one.text for one in rule.basis)},
        "defaultConfiguration": {"level": _level(rule.severity, rule.modality == "预警")},
        "relationships": [
            {"target": {"id": one.ref, "index": taxa[one.ref], "toolComponent": {"name": TAXONOMY, "index": 0}}, "kinds": ["relevant"]}
            for one in _bases([rule])
        ],
        "properties": {"tags": [rule.mechanism, rule.modality], "severity": rule.severity, "status": rule.status, "hash": rule.hash},
    }


def _level(severity: str, warning: bool) -> str:
    return "note" if warning else _LEVELS[severity]


def _result(one: FindingDocument, rules: Mapping[str, int]) -> dict[str, Any]:
    waived = one.outcome == "excepted" and one.note != ""
    kind = "fail" if waived else _KINDS[one.outcome]
    result: dict[str, Any] = {
        "ruleId": one.rule, "ruleIndex": rules[one.rule], "kind": kind,
        "level": _level(one.severity, one.warning) if kind == "fail" else "none",
        "message": {"text": _message(one)},
        "locations": [_location(one)],
        "partialFingerprints": {"findingId/v1": one.id},
        "properties": {"outcome": one.outcome, "label": one.label, "bearer": one.bearer.id, "fix": one.fix, "due": one.due},
    }
    if one.evidence:
        result["relatedLocations"] = [{"message": {"text": source.text}, **_spot(place(source))} for source in one.evidence]
    if waived:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": one.note}]
    return result


def _message(one: FindingDocument) -> str:
    where = place(one.source).cell if one.source is not None else ""
    parts = (f"{one.label}：{one.message}", f"位置：{where}" if where else "", f"缺：{'、'.join(one.missing)}" if one.missing else "",
             f"未写明：{'、'.join(one.unstated)}" if one.unstated else "", f"改法：{one.fix}" if one.outcome == "fail" else "", one.note)
    return "。".join(part.rstrip("。") for part in parts if part) + f"（{NOTICE}）"


def _location(one: FindingDocument) -> dict[str, Any]:
    names = [_logical(one.bearer, "责任单位或岗位"), *(_logical(post, "应答岗位") for post in one.posts if post.id != one.bearer.id)]
    spot = _spot(place(one.source)) if one.source is not None else {}
    return {**spot, "logicalLocations": [*names, *spot.get("logicalLocations", ())]}


def _logical(named: Named, kind: str) -> dict[str, str]:
    return {"name": named.label, "fullyQualifiedName": named.id, "kind": kind}


def _spot(where: Place) -> dict[str, Any]:
    """The file with line and column; of a workbook, also the cell by its name in the sheet."""
    if not where.path:
        return {}
    region = {"region": {"startLine": where.line, **({"startColumn": where.column} if where.column > 0 else {})}} if where.line > 0 else {}
    physical = {"physicalLocation": {"artifactLocation": {"uri": _uri(where.path)}, **region}}
    if not where.sheet:
        return physical
    kind = "单元格" if where.line else "工作表"
    return {**physical, "logicalLocations": [{"name": where.cell.rpartition("!")[2], "fullyQualifiedName": where.cell, "kind": kind}]}


def _uri(file: str) -> str:
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _notification(one: FindingDocument, rules: Mapping[str, int]) -> dict[str, Any]:
    return {"level": "error", "message": {"text": one.message}, "associatedRule": {"id": one.rule, "index": rules[one.rule]}}


def _remark(one: WarningDocument) -> dict[str, Any]:
    where = place(one.place)
    text = (f"{where.cell}：" if where.sheet else "") + one.message + (f"；{one.hint}" if one.hint else "")
    return {"level": "note", "message": {"text": text}, "descriptor": {"id": one.code}, **({"locations": [_spot(where)]} if where.path else {})}
