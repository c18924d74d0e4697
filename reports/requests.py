"""证据不足 as work: which papers to ask for from whom, which values are not stated, and what that would decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from zeren.engine.outcome import Outcome
from zeren.engine.report import Finding, Report, Request
from zeren.reports.page import Page
from zeren.reports.violations import by_rule

_ROWS = 20


def open_questions(page: Page, report: Report, everything: bool) -> None:
    """Show what the findings without enough evidence wait for; with ``everything`` each of them too."""
    found = report.by(Outcome.UNKNOWN)
    if not found:
        return
    page.heading(f"证据不足（{len(found)}）：尚不能判定，请调取以下资料", "yellow")
    _papers(page, report.requests, everything)
    _values(page, found, everything)
    rest = [one for one in found if not one.instance.asks and not one.unstated]
    if rest:
        page.line(f"另有 {len(rest)} 项取决于其他项目的结论，或缺少写明的期限、时间，用 zeren explain 查看。", 2)
    page.lines.append("")
    for rule, group in by_rule(found):
        example = "" if everything else f"如 {group[0].id}"
        page.line(f"{rule.id} {rule.title}（{len(group)}）{example}", 2, hang=2)
        for one in group if everything else ():
            page.labelled(one.id, one.message, 4)
            page.labelled("豁免", one.note, 6, "yellow")
    reopened = [one for one in found if one.note]
    if reopened and not everything:
        page.line(f"其中 {len(reopened)} 项的豁免已经到期，重新计入。", 2, "yellow")


def _papers(page: Page, requests: Sequence[Request], everything: bool) -> None:
    if not requests:
        return
    page.line("资料调取清单", 2, "bold")
    ordered = sorted(requests, key=lambda one: (-len(one.findings), one.holder, one.kind))
    shown = ordered if everything else ordered[:_ROWS]
    rows = [["可判定", "资料", "持有单位", "期间"]]
    rows += [[f"{len(one.findings)} 项", one.kind, one.holder_label, window(one)] for one in shown]
    page.table(rows, 4, right=(0,))
    if len(ordered) > len(shown):
        page.line(f"还有 {len(ordered) - len(shown)} 种（--all 全部列出）", 4, "dim")


def _values(page: Page, found: Sequence[Finding], everything: bool) -> None:
    counted = Counter(value for one in found for value in one.unstated)
    if not counted:
        return
    page.line("没有写明的值", 2, "bold")
    ordered = sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))
    shown = ordered if everything else ordered[:_ROWS]
    page.table([["可判定", "值"], *([f"{count} 项", value] for value, count in shown)], 4, right=(0,))
    if len(ordered) > len(shown):
        page.line(f"还有 {len(ordered) - len(shown)} 个（--all 全部列出）", 4, "dim")


def window(request: Request) -> str:
    """The period that the papers must cover; the last day is included."""
    start, end = request.start, request.end.removesuffix(" 24:00")
    return f"{start} 至 {end}" if start != request.end else f"截至 {end}"
