"""资料调取函: which papers to ask for, of whom, in the order in which they decide the most; a letter for each holder."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict

from zeren.engine.compare.papers import Asking, Paper
from zeren.reports.document import ReportDocument
from zeren.reports.json_report import dump
from zeren.reports.page import NOTICE, Page, Style, headed
from zeren.reports.requests import window


def terminal(asked: Asking, document: ReportDocument, style: Style | None = None) -> str:
    """The papers as terminal text."""
    page = Page(style or Style())
    unknown = sum(one.outcome == "unknown" for one in document.findings)
    decided = asked.papers[-1].total if asked.papers else 0
    page.line(f"{document.organisation}资料调取：证据不足 {unknown} 项，要 {len(asked.papers)} 份资料可判定 {decided} 项", 0, "bold")
    page.line(NOTICE, 0, "dim")
    if asked.papers:
        page.table([["次序", "持有单位", "资料", "期间", "累计可判定"], *(
            [str(at), paper.request.holder_label, paper.request.kind, window(paper.request), f"{paper.total} 项"]
            for at, paper in enumerate(asked.papers, 1))], 2, right=(0, 4))
    if asked.left:
        page.line(f"还有 {asked.left} 份资料没有列入（去掉 --most 全部列出）", 2, "dim")
    if asked.undecided:
        page.line(f"另有 {len(asked.undecided)} 项不缺资料，缺的是文件中没有写明的值，或取决于其他项目的结论：{'、'.join(asked.undecided[:8])}"
                  f"{' 等' if len(asked.undecided) > 8 else ''}，用 zeren explain 查看", 2, hang=2)
    return page.text()


def as_json(asked: Asking, document: ReportDocument, ascii_only: bool = False) -> str:
    """The papers as JSON text."""
    return dump({**asdict(asked), "organisation": document.organisation, "on": document.on, "notice": NOTICE}, ascii_only)


def word(asked: Asking, document: ReportDocument) -> bytes:
    """A letter for each holder, on a page of its own, in one .docx file."""
    from zeren.reports.word import paper

    file = paper.Paper(f"{document.organisation}资料调取函", document.on)
    groups: defaultdict[str, list[Paper]] = defaultdict(list)
    for one in asked.papers:
        groups[one.request.holder].append(one)
    if not groups:
        file.title("资料调取函", under=f"（稿，{NOTICE}）")
        file.body("没有需要调取的资料。")
    titles = {rule.id: rule.title for rule in document.rules}
    rules = {one.id: one.rule for one in document.findings}
    for number, papers in enumerate(groups.values()):
        if number:
            file.another()
        file.title("关于调取安全生产履职资料的函", under=f"（稿，{NOTICE}）")
        file.body(f"{papers[0].request.holder_label}：", indent=False)
        file.body(f"为核对{''.join(headed(document.organisation, '安全生产责任落实情况'))}（审计日{paper.dated(document.on)}），请提供下列{len(papers)}种资料。"
                  "没有该项资料的，请书面说明；资料以原件或者加盖公章的复印件为准。")
        file.table(("序号", "资料", "期间", "用于核对"), [
            (str(at), one.request.kind, window(one.request), "；".join(sorted({titles[rules[id]] for id in one.request.findings if id in rules})))
            for at, one in enumerate(papers, 1)
        ], (0.9, 2, 3, 6))
        file.body("资料没有给齐，不等于没有履职；收到后重新核对。")
        file.signed("（调取单位）", document.on)
    return file.save()
