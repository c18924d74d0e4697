"""责任清单 for people: a heading per duty and how each of its instances stands."""

from __future__ import annotations

from collections import Counter

from zeren.engine.duties import Duty, DutyList, Occurrence
from zeren.reports.page import NOTICE, Page, Style
from zeren.reports.violations import subject, where

_COLOUR = {"fail": "red", "pass": "green", "unknown": "yellow", "pending": "cyan", "excepted": "dim", "error": "red"}
_SHOWN = 4


def render(found: DutyList, style: Style | None = None, everything: bool = False) -> str:
    """Return the list of duties as text; with ``everything`` every instance of a duty is shown."""
    page = Page(style or Style())
    page.line(f"责任清单：{found.label}（{found.unit_label}，{found.role}）", 0, "bold")
    holders = f"在任 {'、'.join(found.holders)}" if found.holders else "无人在任"
    page.line(f"截至 {found.on}，{holders}；参数方案 {found.profile}" + (f"；分管 {'、'.join(found.portfolio)}" if found.portfolio else ""))
    page.line(NOTICE, 0, "dim")
    for own, title in ((True, "本岗位的职责"), (False, "作为本单位责任岗位承担的职责")):
        group = [duty for duty in found.duties if duty.own is own]
        if group:
            page.heading(f"{title}（{len(group)}）")
        for duty in group:
            _duty(page, duty, everything)
    if not found.duties:
        page.line("所用的规则中没有落到这个岗位的职责。")
    page.lines.append("")
    page.line(f"共 {len(found.duties)} 项职责。{NOTICE}", 0, "dim")
    return page.text()


def _duty(page: Page, duty: Duty, everything: bool) -> None:
    counted = Counter(one.label for one in duty.occurrences)
    states = "，".join(f"{label} {count}" if len(duty.occurrences) > 1 else label for label, count in counted.items())
    page.lines.append("")
    page.line(f"{duty.rule} {duty.title}：{states}", 0, "bold", hang=2)
    page.labelled("要求", f"{duty.modality}，{duty.cycle}" + ("" if duty.own else f"，责任单位 {duty.bearer_label}"), 2)
    page.labelled("依据", "；".join(duty.basis), 2)
    # What is not in order comes first, so that a short list does not hide it.
    ordered = sorted(duty.occurrences, key=lambda one: one.state in ("pass", "excepted"))
    shown = ordered if everything else ordered[:_SHOWN]
    for one in shown:
        _occurrence(page, one)
    if len(ordered) > len(shown):
        page.line(f"还有 {len(ordered) - len(shown)} 条（--all 全部列出）", 2, "dim")


def _occurrence(page: Page, one: Occurrence) -> None:
    about = "、".join(subject(text) for text in one.about)
    due = f"期限 {one.due}" if one.due else ""
    page.labelled(one.label, "；".join(part for part in (about, due, f"发现 {one.finding}") if part), 2, _COLOUR.get(one.state, "dim"))
    for source in one.evidence[:2]:
        page.labelled("佐证", f"{source.text}  {where(source)}", 4)
    if len(one.evidence) > 2:
        page.line(f"佐证共 {len(one.evidence)} 条", 4, "dim")
