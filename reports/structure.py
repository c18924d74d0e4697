"""Structure findings at a terminal and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from zeren.engine.explain import Source
from zeren.engine.outcome import Outcome
from zeren.graphs.structure import KINDS, Structure, StructureFinding
from zeren.models.moments import format_moment
from zeren.reports.json_report import dump
from zeren.reports.page import NOTICE, Page, Style

#: What each kind means, in one line.
MEANING: Final = {
    "无人监管": "没有任何监管单位管得到的生产经营单位",
    "责任空白": "行业没有主管部门，或者地方没有属地政府",
    "责任交叉": "同一件事几家都说自己管，没有分出牵头和配合",
    "循环上报": "上下级关系绕成一圈",
    "单点失效": "几条监管线系于一人，或者监管与被监管是同一人",
    "有责无权": "有监管职责，缺人、缺分管领导或者缺赋权",
}
_PLACES: Final = 3


def render(found: Structure, style: Style, everything: bool = False) -> str:
    """The findings as terminal text, by kind; those that cannot be decided come last."""
    page = Page(style)
    page.line(f"{found.name}：责任体系结构（{format_moment(found.on)[:10]}）", 0, "bold")
    certain = [one for one in found.findings if one.outcome is Outcome.FAIL]
    counts = "，".join(f"{kind} {number}" for kind in KINDS if (number := sum(one.kind == kind for one in certain)))
    page.line(f"结构问题 {len(certain)} 处" + (f"：{counts}" if counts else "，没有发现空白、交叉、循环、单点和有责无权"))
    for note in found.notes:
        page.line(note, 0, "yellow")
    for kind in KINDS:
        rows = [one for one in certain if one.kind == kind]
        if rows:
            page.heading(f"{kind}（{len(rows)}）：{MEANING[kind]}", "red")
            for one in rows:
                _finding(page, one, everything)
    if rest := [one for one in found.findings if one.outcome is not Outcome.FAIL]:
        page.heading(f"资料不全，不能判定（{len(rest)}）", "yellow")
        for one in rest:
            page.line(f"{one.kind}　{one.message}", 2, hang=2)
            page.labelled("补什么", one.fix, 4)
    page.lines.append("")
    page.line(NOTICE, 0, "dim")
    return page.text()


def document(found: Structure) -> dict[str, object]:
    """The findings as plain data."""
    return {
        "schema": "zeren-structure/1", "name": found.name, "on": format_moment(found.on), "profile": found.profile, "notice": NOTICE,
        "notes": list(found.notes),
        "findings": [{**asdict(one), "outcome": one.outcome.value} for one in found.findings],
    }  # fmt: skip


def render_json(found: Structure, ascii_only: bool = False) -> str:
    """The findings as JSON text."""
    return dump(document(found), ascii_only)


def _finding(page: Page, one: StructureFinding, everything: bool) -> None:
    page.line(f"· {one.message}" + (f"（{one.rule}）" if one.rule else ""), 2, hang=2)
    page.labelled("改法", one.fix, 4)
    page.labelled("依据", "；".join(one.basis if everything else one.basis[:1]), 4)
    shown = one.sources if everything else one.sources[:_PLACES]
    for source in shown:
        page.labelled("位置", _place(source), 4, "dim")
    if len(one.sources) > len(shown):
        page.line(f"还有 {len(one.sources) - len(shown)} 处（--all 全部列出）", 4, "dim")


def _place(source: Source) -> str:
    return f"{source.file}:{source.line}:{source.column} {source.text}"
