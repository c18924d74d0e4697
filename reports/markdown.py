"""The report as Markdown (GitHub's tables), for mail, wikis and merge requests. What comes from the files is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from zeren.engine.outcome import Outcome
from zeren.reports.document import FindingDocument, ReportDocument, lacking
from zeren.reports.page import NOTICE, headed
from zeren.reports.places import at
from zeren.reports.requests import window

_SPECIAL: Final = re.compile(r"([\\`*_\[\]#!|~>&])")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_SEVERITIES: Final = ("严重", "一般", "提示")


def render(document: ReportDocument) -> str:
    """The document as Markdown text: counts, failures by rule, the papers to ask for, what is not yet due, what is waived."""
    lines = [f"# {escape(''.join(headed(document.organisation, '安全生产责任检查报告')))}", "",
             f"审计日 {document.on}，参数方案 {escape(document.profile) or '缺省'}，规则 {len(document.rules)} 条。**{NOTICE}。**", ""]
    lines += [*table(("结论", "数目"), [(outcome.label, str(document.counts[outcome.value])) for outcome in Outcome
                                       if document.counts.get(outcome.value)]), ""]
    findings = document.findings
    lines += _errors([one for one in findings if one.outcome == "error"])
    lines += _failures("不符合", [one for one in findings if one.outcome == "fail" and not one.warning], document)
    lines += _failures("预警", [one for one in findings if one.outcome == "fail" and one.warning], document)
    lines += _requests(document)
    lines += _listed("未到期", ("到期", "责任主体", "事项"), [(one.due, one.bearer.label, one.message) for one in findings if one.outcome == "pending"])
    lines += _listed("已豁免", ("责任主体", "规则", "理由"), [(one.bearer.label, one.rule, one.note) for one in findings if one.outcome == "excepted"])
    return "\n".join([*lines, f"*{NOTICE}*", ""])


def escape(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no HTML, no line breaks.

    >>> escape("<b>|x|</b>")
    '&lt;b\\\\>\\\\|x\\\\|&lt;/b\\\\>'
    """
    plain = _CONTROL.sub(" ", text)
    return _SPECIAL.sub(r"\\\1", plain).replace("<", "&lt;")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table; every cell is escaped."""
    yield "| " + " | ".join(heads) + " |"
    yield "|" + " --- |" * len(heads)
    for row in rows:
        yield "| " + " | ".join(escape(cell) for cell in row) + " |"


def _errors(found: Sequence[FindingDocument]) -> Iterator[str]:
    yield from _listed("规则错误", ("规则", "责任主体", "说明"), [(one.rule, one.bearer.label, one.message) for one in found])


def _failures(title: str, found: Sequence[FindingDocument], document: ReportDocument) -> Iterator[str]:
    if not found:
        return
    yield from (f"## {title}（{len(found)}）", "")
    for rule in sorted(document.rules, key=lambda rule: (_SEVERITIES.index(rule.severity), rule.id)):
        group = [one for one in found if one.rule == rule.id]
        if not group:
            continue
        yield from (f"### {rule.id} {escape(rule.title)}（{rule.severity}，{len(group)} 项）", "",
                    "依据：" + "；".join(escape(one.text) for one in rule.basis), "")
        yield from table(("编号", "责任主体", "应答岗位", "问题", "最小补救", "位置"), (_row(one) for one in group))
        yield ""


def _row(one: FindingDocument) -> tuple[str, ...]:
    message = one.message + (f"（缺 {'、'.join(lacking(one))}）" if lacking(one) else "") + (f"（{one.note}）" if one.note else "")
    return (one.id, one.bearer.label, "、".join(post.label for post in one.posts), message, one.fix, at(one.source))


def _requests(document: ReportDocument) -> Iterator[str]:
    waiting = sum(one.outcome == "unknown" for one in document.findings)
    if waiting:
        yield from (f"## 证据不足（{waiting}）", "", "尚不能判定，不算不符合。请调取以下资料：", "")
        ordered = sorted(document.requests, key=lambda one: (-len(one.findings), one.holder, one.kind))
        yield from table(("可判定", "资料", "持有单位", "期间"),
                          ((f"{len(one.findings)} 项", one.kind, one.holder_label, window(one)) for one in ordered))
        yield ""


def _listed(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if rows:
        yield from (f"## {title}（{len(rows)}）", "", *table(heads, rows), "")
