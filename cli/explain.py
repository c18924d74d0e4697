"""``zeren explain``: why a finding is what it is, or why a rule has none for somebody."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from zeren.cli import inputs
from zeren.reports.page import NOTICE, Page

if TYPE_CHECKING:
    from zeren.engine.applicability import Applicability
    from zeren.engine.report import Finding, Report


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.usage = "zeren explain 发现编号 ORG [ORG ...]\n      zeren explain 规则 责任主体 ORG [ORG ...]"
    parser.add_argument("words", nargs="+", metavar="发现编号 | 规则 责任主体",
                        help="发现的编号（或开头几位），或规则编号加单位、岗位；其后是组织文件")
    inputs.organisation_arguments(parser)
    parser.add_argument("--json", action="store_true", help="以 JSON 输出说明")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from zeren.models.problems import UsageError

    first, *rest = args.words
    by_rule = first in inputs.pack(args.rules).rule_files
    if len(rest) < 1 + by_rule:
        raise UsageError.of("USE-参数", "参数不够", "zeren explain 发现编号 ORG，或 zeren explain 规则 责任主体 ORG")
    paths = [Path(word) for word in rest[by_rule:]]
    given = inputs.read(args, paths)
    if not by_rule:
        report = given.report()
        return _show([_one(report, first)], report, args.json)
    report = given.report(only=[first])
    bearer = _subject(given, rest[0])
    found = [one for one in report if one.bearer == bearer]
    return _show(found, report, args.json) if found else _none(report, first, bearer, args.json)


def _one(report: Report, id: str) -> Finding:
    from zeren.models.problems import UsageError, nearest

    found = [one for one in report if one.id.startswith(id)]
    if len(found) == 1:
        return found[0]
    if found:
        names = "、".join(f"{one.id}（{one.rule.id} {one.bearer_label}）" for one in found[:5])
        raise UsageError.of("USE-发现", f"以“{id}”开头的发现有 {len(found)} 条：{names}", "多写几位")
    near = nearest(id, [one.id for one in report])
    raise UsageError.of("USE-发现", f"没有发现“{id}”" + (f"，{near}" if near else ""),
                        "编号见 zeren check 的报告；审计日、参数方案和组织文件要与那次检查相同")


def _subject(given: inputs.Inputs, word: str) -> str:
    """The id of a unit or post (or of another bearer) given by id or by its shown name."""
    from zeren.engine.audit import known

    ids = {str(fact.values[0]) for relation in ("unit", "post", "site", "territory", "document", "hazard", "incident")
           for fact in given.org.facts.of(relation)}
    named = sorted(id for id, label in given.org.labels.items() if label == word)
    return word if word in ids else named[0] if len(named) == 1 else known(given.org, word)


def _show(findings: list[Finding], report: Report, as_json: bool) -> int:
    if as_json:
        from dataclasses import asdict

        from zeren.reports.json_report import dump

        explained = [asdict(one.explain()) for one in findings]
        sys.stdout.write(dump({"explanations": explained, "notice": NOTICE}, inputs.ascii_only()))
    else:
        from zeren.reports import tree

        sys.stdout.write(tree.render(report, findings, inputs.style()))
    return 0


def _none(report: Report, rule_id: str, bearer: str, as_json: bool) -> int:
    from zeren.engine.applicability import applicability

    plan = next(plan for plan in report.evaluation.plans if plan.rule.id == rule_id)
    answer = applicability(plan, bearer, report.evaluation.context, report.explainer.solver)
    if as_json:
        from zeren.reports.json_report import dump

        asks = [{"holder": ask.holder, "kind": ask.kind} for ask in answer.asks]
        data = {"rule": rule_id, "bearer": bearer, "outcome": "not_applicable", "open": answer.open, "reason": answer.reason,
                "asks": asks, "notice": NOTICE}
        sys.stdout.write(dump(data, inputs.ascii_only()))
        return 0
    page = Page(inputs.style())
    _answer(page, answer, report, rule_id, bearer, plan.rule.title)
    sys.stdout.write(page.text())
    return 0


def _answer(page: Page, answer: Applicability, report: Report, rule_id: str, bearer: str, title: str) -> None:
    page.line(f"{'适用性待核' if answer.open else '不适用'}：{rule_id} {title}", 0, "bold", "yellow" if answer.open else "dim")
    page.labelled("对象", report.words.value(bearer), 2)
    page.labelled("原因", answer.reason, 2)
    for ask in answer.asks:
        page.labelled("调取", f"{report.words.value(ask.holder)}的{ask.kind}（截至 {report.words.value(ask.end)}）", 2, "yellow")
    page.line(NOTICE, 0, "dim")
