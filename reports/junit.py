"""The report as JUnit XML, as test servers read it: a suite per rule, a case per duty instance, with file and line.

不符合 is a failure, 规则错误 an error; 证据不足, 未到期 and 已豁免 are skipped, with the reason. The shape is that of pytest's ``xunit1``
family; schemas/junit.xsd describes it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final
from xml.etree import ElementTree as xml

from zeren.reports.clean import clean
from zeren.reports.document import FindingDocument, Named, PassedDocument, ReportDocument, RuleDocument
from zeren.reports.page import NOTICE
from zeren.reports.places import at, place

_SKIPPED: Final = ("unknown", "pending", "excepted")


def render(document: ReportDocument) -> str:
    """The document as XML text, UTF-8; a warning (预警) that holds is skipped, since it is no breach."""
    cases: defaultdict[str, list[FindingDocument | PassedDocument]] = defaultdict(list)
    for found in document.findings:
        cases[found.rule].append(found)
    for passed in document.passed:
        cases[passed.rule].append(passed)
    root = xml.Element("testsuites", {"name": clean(f"zeren {document.organisation} {document.on}")})
    for rule in document.rules:
        if rule.id in cases:
            root.append(_suite(rule, cases[rule.id], document))
    total = Counter[str]()
    for suite in root:
        total.update({name: int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")})
    root.attrib |= {name: str(total[name]) for name in ("tests", "failures", "errors", "skipped")}
    xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + xml.tostring(root, encoding="unicode") + "\n"


def _suite(rule: RuleDocument, cases: Iterable[FindingDocument | PassedDocument], document: ReportDocument) -> xml.Element:
    made = [_case(rule, one) for one in cases]
    tags = Counter(child.tag for case in made for child in case)
    suite = xml.Element("testsuite", {
        "name": clean(f"{rule.id} {rule.title}"), "tests": str(len(made)), "failures": str(tags["failure"]), "errors": str(tags["error"]),
        "skipped": str(tags["skipped"]), "time": "0",
    })
    properties = xml.SubElement(suite, "properties")
    for name, value in (("机制", rule.mechanism), ("程度", rule.severity), ("参数方案", document.profile), ("说明", NOTICE)):
        xml.SubElement(properties, "property", {"name": name, "value": clean(value)})
    suite.extend(made)
    return suite


def _case(rule: RuleDocument, one: FindingDocument | PassedDocument) -> xml.Element:
    case = xml.Element("testcase", {"classname": clean(f"{rule.mechanism}.{rule.id}"), "name": clean(_name(one.bearer, one.per)), "time": "0"})
    source = one.evidence[0] if isinstance(one, PassedDocument) and one.evidence else getattr(one, "source", None)
    if source is not None and source.file:
        case.attrib |= {"file": clean(place(source).path), "line": str(source.line)}
    if isinstance(one, FindingDocument):
        case.append(_result(one))
    return case


def _name(bearer: Named, per: Iterable[Named]) -> str:
    subjects = "，".join(named.label or "未写明" for named in per)
    return bearer.label + (f"（{subjects}）" if subjects else "")


def _result(one: FindingDocument) -> xml.Element:
    if one.outcome in _SKIPPED or one.warning:
        label = "预警" if one.warning and one.outcome == "fail" else one.label
        return xml.Element("skipped", {"type": label, "message": clean(f"{label}：{one.note or one.message}")})
    element = xml.Element("error" if one.outcome == "error" else "failure", {"type": one.severity, "message": clean(one.message)})
    where = at(one.source) or "组织文件中没有写"
    basis = "；".join(one.explanation.basis)
    lines = (("位置", where), ("差在", one.explanation.nearest_miss), ("改法", one.fix), ("依据", basis), ("编号", one.id), ("说明", NOTICE))
    element.text = clean("\n".join(f"{label}：{text}" for label, text in lines if text))
    return element
