"""责任清单 as a Word document: one table per post, from the same duty instances that a check judges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from zeren.engine.duties import Duty, DutyList
from zeren.reports.page import NOTICE, headed
from zeren.reports.word.paper import Paper


def render(lists: Sequence[DutyList]) -> bytes:
    """The lists in one .docx file, a page for each post.

    Args:
        lists: at least one list of duties; all of one audit.
    """
    paper = Paper("安全生产责任清单", lists[0].on)
    for number, one in enumerate(lists):
        if number:
            paper.another()
        _list(paper, one)
    return paper.save()


def _list(paper: Paper, found: DutyList) -> None:
    paper.title(*headed(found.label, "安全生产责任清单"), under=f"（稿，{NOTICE}）")
    portfolio = f"分管{'、'.join(found.portfolio)}。" if found.portfolio else ""
    holders = "在任" + "、".join(found.holders) if found.holders else "无人在任"
    paper.body(f"{found.unit_label}，{found.role}，{holders}。{portfolio}截至{found.on}，参数方案“{found.profile or '缺省'}”，共{len(found.duties)}项职责。")
    if not found.duties:
        paper.body("所用的规则中没有落到这个岗位的职责。")
        return
    rows = [(str(at), duty.title + ("" if duty.own else f"（代表{duty.bearer_label}）"), f"{duty.modality}，{duty.cycle}",
             "；".join(duty.basis), _state(duty)) for at, duty in enumerate(found.duties, 1)]
    paper.table(("序号", "职责", "性质与周期", "依据", "履行情况"), rows, (0.9, 4, 1.9, 5, 2))


def _state(duty: Duty) -> str:
    counted = Counter(one.label for one in duty.occurrences)
    return "，".join(f"{label}{count if len(duty.occurrences) > 1 else ''}" for label, count in counted.items())
