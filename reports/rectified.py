"""What became of the problems of an earlier report: 已整改, 新增, 仍存在, 复发, by the stable ids of duty instances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from zeren.reports.document import FindingDocument, PassedDocument, ReportDocument
from zeren.reports.places import at

Change = Literal["已整改", "仍存在", "新增", "复发", "转为待核", "转为豁免", "不再适用"]
#: In the order in which they are told.
CHANGES: Final[tuple[Change, ...]] = ("复发", "新增", "仍存在", "转为待核", "转为豁免", "不再适用", "已整改")


@dataclass(frozen=True, slots=True)
class Item:
    """One duty that is or was not in order. ``proof`` is where the evidence of the mend is written; ``since`` the report that first had it.

    ``unit`` is the bearer itself, or the unit of a bearer that is a post.
    """

    change: Change
    id: str
    rule: str
    title: str
    severity: str
    bearer: str
    bearer_label: str
    unit: str
    unit_label: str
    posts: tuple[str, ...]
    message: str
    fix: str
    proof: tuple[str, ...]
    since: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two or more reports of one organisation, the oldest first; ``remarks`` say what besides the organisation has changed."""

    organisation: str
    on: tuple[str, ...]
    items: tuple[Item, ...]
    remarks: tuple[str, ...]

    def by(self, change: Change) -> tuple[Item, ...]:
        """The items of one kind."""
        return tuple(item for item in self.items if item.change == change)


def compare(reports: Sequence[ReportDocument]) -> Comparison:
    """Compare the newest report with the one before; still older ones tell what recurs.

    A problem recurs (复发) where the same duty failed in an older report and was in order in between, or where, under the same rule and
    bearer, an earlier failure was mended while this one is new. Warnings (预警) are no problems.

    Args:
        reports: at least two, the oldest first.
    """
    *older, before, now = reports
    old, new = _failed(before), _failed(now)
    passed = {one.id: one for one in now.passed}
    open_ = {one.id: one for one in now.findings}
    titles = {rule.id: rule.title for report in reports for rule in report.rules}
    items = []
    mended = {(one.rule, one.bearer.id) for id, one in old.items() if id in passed}
    for id, one in new.items():
        again = id not in old and (any(id in _failed(report) for report in older) or (one.rule, one.bearer.id) in mended)
        change: Change = "仍存在" if id in old else "复发" if again else "新增"
        items.append(_item(change, one, titles, (), _since(id, reports)))
    for id, one in old.items():
        if id not in new:
            items.append(_item(_became(id, passed, open_), one, titles, _proof(passed.get(id)), _since(id, reports)))
    items.sort(key=lambda item: (item.unit_label, item.unit, CHANGES.index(item.change), item.rule, item.id))
    return Comparison(now.organisation, tuple(report.on for report in reports), tuple(items), tuple(_remarks(before, now)))


def _failed(report: ReportDocument) -> dict[str, FindingDocument]:
    return {one.id: one for one in report.findings if one.outcome == "fail" and not one.warning}


def _became(id: str, passed: Mapping[str, PassedDocument], open_: Mapping[str, FindingDocument]) -> Change:
    if id in passed:
        return "已整改"
    if id not in open_:
        return "不再适用"
    return "转为豁免" if open_[id].outcome == "excepted" else "转为待核"


def _item(change: Change, one: FindingDocument, titles: Mapping[str, str], proof: tuple[str, ...], since: str) -> Item:
    return Item(change, one.id, one.rule, titles[one.rule], one.severity, one.bearer.id, one.bearer.label, one.unit.id, one.unit.label,
                tuple(post.label for post in one.posts), one.message, one.fix, proof, since)


def _proof(passed: PassedDocument | None) -> tuple[str, ...]:
    return tuple(map(at, passed.evidence)) if passed is not None else ()


def _since(id: str, reports: Sequence[ReportDocument]) -> str:
    return next((report.on for report in reports if id in _failed(report)), "")


def _remarks(old: ReportDocument, new: ReportDocument) -> list[str]:
    """What makes two reports hard to compare, in sentences."""
    remarks = []
    if old.organisation != new.organisation:
        remarks.append(f"两份报告的组织名称不同：{old.organisation}，{new.organisation}")
    if old.profile != new.profile:
        remarks.append(f"参数方案不同：{old.profile or '缺省'}，{new.profile or '缺省'}；有的变化可能来自方案")
    if new.on < old.on:
        remarks.append(f"后一份报告的审计日（{new.on}）早于前一份（{old.on}），次序可能写反了")
    before, after = ({rule.id: rule.hash for rule in report.rules} for report in (old, new))
    changed = sorted(id for id in before.keys() & after.keys() if before[id] != after[id])
    for what, ids in (("改动了", changed), ("增加了", sorted(after.keys() - before.keys())), ("少了", sorted(before.keys() - after.keys()))):
        if ids:
            remarks.append(f"规则{what} {len(ids)} 条：{'、'.join(ids[:12])}{' 等' if len(ids) > 12 else ''}；有的变化可能来自规则")
    return remarks
