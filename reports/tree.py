"""One finding as a tree: what had to hold, what does, what is missing, and where each fact is written."""

from __future__ import annotations

from collections.abc import Iterable

from zeren.engine.explain import Condition
from zeren.engine.report import Finding, Report
from zeren.reports.page import NOTICE, SEVERITY_COLOUR, Page, Style
from zeren.reports.violations import lateness, owed_by, where

_FORBIDDEN = {"满足": "出现", "缺少": "未见"}
_STATE_COLOUR = {"出现": "red", "未见": "green", "满足": "green", "缺少": "red", "待核": "yellow", "未到": "dim"}
_OUTCOME_COLOUR = {"fail": "red", "pass": "green", "unknown": "yellow", "pending": "cyan", "excepted": "dim", "error": "red"}


def render(report: Report, findings: Iterable[Finding], style: Style | None = None) -> str:
    """Return the explanations of some findings of a report as text."""
    page = Page(style or Style())
    for one in findings:
        _finding(page, one, report)
    page.lines.append("")
    page.line(NOTICE, 0, "dim")
    return page.text()


def _finding(page: Page, one: Finding, report: Report) -> None:
    explanation = one.explain()
    if page.lines:
        page.lines.append("")
    colour = _OUTCOME_COLOUR.get(one.outcome.value, "bold")
    kind = "预警" if one.warning and one.outcome.value == "fail" else one.outcome.label
    page.line(f"{kind}：{explanation.sentence if one.outcome.value in ('fail', 'unknown', 'pending') else one.rule.title}",
              0, "bold", colour, hang=2)
    page.labelled("发现", one.id, 2)
    page.labelled("规则", f"{one.rule.id} {one.rule.title}（{one.rule.severity}，{one.rule.modality}）", 2,
                  SEVERITY_COLOUR[one.rule.severity])
    page.labelled("责任", owed_by(one), 2)
    if one.source is not None:
        page.labelled("对象", f"{one.source.text}  {where(one.source)}", 2)
    page.labelled("期限", one.due, 2)
    if one.late_by is not None:
        page.labelled("超期", lateness(one.late_by), 2)
    page.lines.append("")
    for condition in explanation.tree:
        _condition(page, condition, 2)
    page.lines.append("")
    _conclusion(page, one, report)
    for text in explanation.basis:
        page.labelled("依据", text, 2)
    page.labelled("说明", explanation.doc, 2)


def _conclusion(page: Page, one: Finding, report: Report) -> None:
    explanation = one.explain()
    outcome, words = one.outcome.value, report.words
    page.labelled("缺项", "、".join(one.missing), 2)
    if outcome in ("fail", "unknown", "pending") and not one.instance.signs.forbidden and one.late_by is None:
        page.labelled("差在", explanation.nearest_miss, 2)
    if outcome in ("fail", "unknown", "pending"):
        page.labelled("改法", explanation.fix, 2, "green")
    for ask in one.instance.asks:
        holder = words.value(ask.holder)
        page.labelled("调取", f"{holder}的{ask.kind}（{words.value(ask.start)} 至 {words.value(ask.end)}）", 2, "yellow")
    page.labelled("未写", "、".join(one.unstated), 2, "yellow")
    page.labelled("豁免", one.note, 2, "yellow")
    if outcome == "pass" and one.instance.plan.breaches and not one.evidence:
        page.labelled("佐证", "台账齐全，其中没有禁止的情形", 2)


def _condition(page: Page, condition: Condition, indent: int) -> None:
    state = condition.state
    if condition.text.startswith("禁止"):  # “满足” would sound like praise
        state = _FORBIDDEN.get(state, state)
    page.line(f"[{state}] {condition.text}", indent, _STATE_COLOUR.get(state, "bold"), hang=7)
    for source in condition.sources:
        page.line(f"{source.text}  {where(source)}", indent + 7, "dim", hang=2)
    if condition.near:
        page.line(condition.near, indent + 7, hang=2)
    for child in condition.children:
        _condition(page, child, indent + 2)
