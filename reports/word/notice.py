"""整改通知书: for each unit with something not in order, a letter of its own on a page of its own."""

from __future__ import annotations

from collections import defaultdict

from zeren.reports.document import FindingDocument, ReportDocument
from zeren.reports.page import NOTICE, headed
from zeren.reports.word.audit import failed, labels, problem
from zeren.reports.word.paper import Paper, dated


def render(document: ReportDocument) -> bytes:
    """The letters in one .docx file, by unit; warnings (预警) are no ground for a letter."""
    paper = Paper(f"{document.organisation}整改通知书", document.on)
    groups: defaultdict[str, list[FindingDocument]] = defaultdict(list)
    for one in failed(document):
        groups[one.unit.id].append(one)
    if not groups:
        paper.title("整改通知书", under=f"（稿，{NOTICE}）")
        paper.body(f"{document.organisation}在审计日没有不符合事项，不需要发出整改通知书。")
    for number, found in enumerate(sorted(groups.values(), key=lambda found: (found[0].unit.label, found[0].unit.id))):
        if number:
            paper.another()
        _letter(paper, found, document)
    return paper.save()


def _letter(paper: Paper, found: list[FindingDocument], document: ReportDocument) -> None:
    rules = {rule.id: rule for rule in document.rules}
    paper.title("安全生产责任整改通知书", under=f"（稿，{NOTICE}）")
    paper.body(f"{found[0].unit.label}：", indent=False)
    paper.body(f"经对{''.join(headed(document.organisation, '安全生产责任落实情况'))}检查，截至{dated(document.on)}，你单位有下列{len(found)}项未达到要求。"
               "请在收到本通知之日起按所列补救逐项整改，并将整改情况和佐证材料书面回复。")
    paper.table(("序号", "要求", "存在的问题", "最小补救", "应答岗位"), [
        (str(at), f"{rules[one.rule].title}（{one.severity}）", problem(one), one.fix, labels(one.posts)) for at, one in enumerate(found, 1)
    ], (0.8, 2.6, 4, 3.6, 2))
    paper.heading("依据")
    for at, id in enumerate(dict.fromkeys(one.rule for one in found), 1):
        paper.body(f"{at}. {rules[id].title}：{'；'.join(one.text for one in rules[id].basis)}。")
    paper.heading("整改时限")
    paper.body("整改期限由签发单位填写：      年    月    日前。逾期未改或者整改不合格的，按规定处理。")
    paper.body("对本通知有异议的，可以提出说明并附佐证；资料补齐后重新核对。")
    paper.signed("（签发单位）", document.on)
