"""The parts of the terminal report that list findings: 不符合 by severity and rule, and 预警."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from zeren.engine.explain import Source
from zeren.engine.language.rule import Rule
from zeren.engine.report import SEVERITIES, Finding
from zeren.engine.words import COLUMNS
from zeren.models.moments import format_duration
from zeren.reports.page import SEVERITY_COLOUR, Page
from zeren.reports.places import at

_EVIDENCE = 4


def violations(page: Page, found: Sequence[Finding], limit: int, tick: Callable[[str], None] | None = None) -> None:
    """List what is not in order: by severity, then by rule, the first ``limit`` findings of each rule; ``tick`` hears of each."""
    page.heading(f"不符合（{len(found)}）", *(("red",) if found else ("green",)))
    if not found:
        page.line("没有发现。", 2)
    for severity in SEVERITIES:
        for rule, group in by_rule(one for one in found if one.rule.severity == severity):
            page.lines.append("")
            page.line(f"[{severity}] {rule.id} {rule.title}" + (f"（{len(group)}）" if len(group) > 1 else ""), 0, "bold",
                      SEVERITY_COLOUR[severity], hang=2)
            page.labelled("依据", "；".join(group[0].basis), 2)
            for one in group[:limit]:
                if tick is not None:
                    tick(rule.id)
                _finding(page, one)
            if len(group) > limit:
                page.line(f"还有 {len(group) - limit} 条（--all 全部列出，或 --only {rule.id}）", 2, "dim")


def alerts(page: Page, found: Sequence[Finding], limit: int) -> None:
    """List warnings: they say what may go wrong, and accuse nobody."""
    if not found:
        return
    page.heading(f"预警（{len(found)}）：提示风险，不进入责任链", "magenta")
    for rule, group in by_rule(found):
        page.line(f"[{rule.severity}] {rule.id} {rule.title}", 0, "bold", hang=2)
        for one in group[:limit]:
            page.labelled(one.id, one.message, 2, "bold")
            page.labelled("建议", one.fix, 4)
        if len(group) > limit:
            page.line(f"还有 {len(group) - limit} 条（--all 全部列出）", 2, "dim")


def by_rule(found: Iterable[Finding]) -> list[tuple[Rule, list[Finding]]]:
    """Group findings by rule, in the order in which they come."""
    groups: defaultdict[str, list[Finding]] = defaultdict(list)
    for one in found:
        groups[one.rule.id].append(one)
    return [(group[0].rule, group) for group in groups.values()]


def _finding(page: Page, one: Finding) -> None:
    page.lines.append("")
    page.labelled(one.id, one.message, 2, "bold")
    page.labelled("责任", owed_by(one), 4)
    if one.source is not None:
        page.labelled("位置", where(one.source), 4)
    if one.missing:
        page.labelled("缺项", "、".join(one.missing), 4)
    if one.late_by is not None:
        page.labelled("超期", f"{lateness(one.late_by)}（期限 {one.due}）", 4)
    elif one.due:
        page.labelled("期限", one.due, 4)
    if one.instance.signs.forbidden or one.late_by is not None:
        _evidence(page, one.evidence)
    else:
        page.labelled("差在", one.explain().nearest_miss, 4)
    page.labelled("改法", one.fix, 4, "green")
    page.labelled("豁免", one.note, 4, "yellow")


def _evidence(page: Page, evidence: Sequence[Source]) -> None:
    for source in evidence[:_EVIDENCE]:
        page.labelled("佐证", f"{source.text}  {where(source)}", 4)
    if len(evidence) > _EVIDENCE:
        page.line(f"佐证共 {len(evidence)} 条", 4, "dim")


def owed_by(one: Finding) -> str:
    """Who owes the duty: the bearer and, for a unit, the posts that answer in it."""
    per = f"，事项：{'、'.join(subject(text) for text in one.per)}" if one.per else ""
    if one.posts in ((), (one.bearer,)):
        return one.bearer_label + per
    return f"{one.bearer_label}（责任岗位：{'、'.join(one.post_labels)}）{per}"


def subject(text: str) -> str:
    """What a duty is about; the names of columns, which some rules go through, are said in Chinese."""
    return COLUMNS.get(text, text)


def lateness(seconds: int) -> str:
    """By how much something came late; the odd seconds of a deadline at 24:00 are no news."""
    return format_duration(seconds - seconds % 60 if seconds > 60 else seconds)


def where(source: Source) -> str:
    """The place of a fact, in brief."""
    return at(source)
