"""The report for people at a terminal: what is not in order first, then the papers to ask for, then the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from zeren.engine.outcome import Outcome
from zeren.engine.report import Finding, Report
from zeren.models.moments import format_moment
from zeren.reports.document import rules_run
from zeren.reports.matrix import coverage
from zeren.reports.page import NOTICE, Page, Style
from zeren.reports.requests import open_questions
from zeren.reports.violations import alerts, subject, violations

#: How many findings of one rule, or lines of a list, are shown unless everything is asked for.
LIMIT = 5


def render(report: Report, style: Style | None = None, everything: bool = False, org: str = "组织文件",
           tick: Callable[[str], None] | None = None) -> str:
    """Return the report as text.

    Args:
        report: the result of a check; ``style``: width and colour (80 columns without colour by default).
        everything: show all findings instead of the first few of each rule.
        org: how the organisation was named on the command line, for the closing hint.
        tick: called with the rule of each violation before it is explained.
    """
    page = Page(style or Style())
    limit = len(report) if everything else LIMIT
    failed = [one for one in report.by(Outcome.FAIL) if not one.warning]
    _headline(page, report, failed)
    errors(page, report.by(Outcome.ERROR))
    violations(page, failed, limit, tick)
    open_questions(page, report, everything)
    alerts(page, [one for one in report.by(Outcome.FAIL) if one.warning], limit)
    _pending(page, report.by(Outcome.PENDING), limit)
    _excepted(page, report.by(Outcome.EXCEPTED), limit)
    coverage(page, report)
    _footer(page, report, failed, org)
    return page.text()


def _headline(page: Page, report: Report, failed: Sequence[Finding]) -> None:
    page.line(report.name or "（未命名的组织）", 0, "bold")
    page.line(f"审计日 {format_moment(report.on, 'end')}，审计期自 {format_moment(report.since)}；参数方案 {report.profile}；"
              f"规则 {len(rules_run(report))} 条")
    counts = report.counts
    warned = len([one for one in report.by(Outcome.FAIL) if one.warning])
    parts = [
        (f"不符合 {len(failed)}", "red"), (f"证据不足 {counts.get(Outcome.UNKNOWN, 0)}", "yellow"), (f"预警 {warned}", "magenta"),
        (f"未到期 {counts.get(Outcome.PENDING, 0)}", "cyan"), (f"已豁免 {counts.get(Outcome.EXCEPTED, 0)}", "dim"),
        (f"符合 {counts.get(Outcome.PASS, 0)}", "green"),
    ]
    page.lines.append("  ".join(page.style.paint(text, colour) for text, colour in parts))
    page.line(NOTICE, 0, "dim")


def errors(page: Page, found: Sequence[Finding]) -> None:
    """List what could not be evaluated; it is never dropped silently."""
    if not found:
        return
    page.heading(f"规则错误（{len(found)}）：以下各项没有得出结论", "red")
    for one in found:
        page.line(f"{one.rule.id} {one.rule.title}：{one.bearer_label}", 2)


def _pending(page: Page, found: Sequence[Finding], limit: int) -> None:
    if not found:
        return
    page.heading(f"未到期（{len(found)}）")
    dated = sorted((one for one in found if one.instance.due is not None),
                   key=lambda one: (one.instance.due or 0, one.rule.id, one.id))
    rows = [["最近到期", "事项"]]
    rows += [[one.due, f"{_bearer(one)}：{one.rule.title}（{one.rule.id}）"] for one in dated[:limit]]
    if dated:
        page.table(rows, 2)
    more(page, len(found) - min(limit, len(dated)))


def _excepted(page: Page, found: Sequence[Finding], limit: int) -> None:
    if not found:
        return
    page.heading(f"已豁免（{len(found)}）")
    for one in found[:limit]:
        at = one.instance.exemption
        why = one.note if at is None else f"但书：{one.rule.unless[at].title or one.rule.title}"
        page.line(f"{one.rule.id} {_bearer(one)}：{why}", 2, hang=2)
    more(page, len(found) - limit)


def _bearer(one: Finding) -> str:
    return one.bearer_label + (f"（{'、'.join(subject(text) for text in one.per)}）" if one.per else "")


def more(page: Page, count: int) -> None:
    """Say how many lines were left out."""
    if count > 0:
        page.line(f"还有 {count} 条（--all 全部列出）", 2, "dim")


def _footer(page: Page, report: Report, failed: Sequence[Finding], org: str) -> None:
    page.lines.append("")
    if report.warnings:
        page.line(f"组织文件另有 {len(report.warnings)} 处提醒，检查时列在标准错误输出。", 0, "dim")
    shown = failed or report.by(Outcome.UNKNOWN) or report.by(Outcome.FAIL)
    if shown:
        page.line(f"下一步：zeren explain {shown[0].id} {org}", 0, hang=8)
        page.line("看一条发现的依据、佐证、所在文件和行，以及差在哪里。", 8)
    elif not len(report):
        page.line("没有一条规则适用于这个组织：请核对单位的 kind 和 level，以及 --only、--focus 的范围。")
    page.line(NOTICE, 0, "dim")
