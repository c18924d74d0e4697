"""Comparisons for people and programs: two reports (整改情况), two organisations (职责交接); as terminal text, Markdown, JSON or Word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from zeren.engine.compare.bearers import Handover, Moved
from zeren.reports.json_report import dump
from zeren.reports.markdown import table
from zeren.reports.page import NOTICE, Page, Style, headed
from zeren.reports.rectified import CHANGES, Comparison, Item

_COLOUR = {"复发": "red", "新增": "red", "仍存在": "yellow", "转为待核": "yellow", "已整改": "green"}


def comparison_json(found: Comparison, ascii_only: bool = False) -> str:
    """The comparison of two reports as JSON text, with the notice."""
    return dump({**asdict(found), "notice": NOTICE}, ascii_only)


def handover_json(found: Handover, ascii_only: bool = False) -> str:
    """The comparison of two organisations as JSON text, with the notice."""
    return dump({**asdict(found), "notice": NOTICE}, ascii_only)


def counts(found: Comparison) -> list[tuple[str, int]]:
    """How many items of each kind, in order, without those that do not occur."""
    counted = Counter(item.change for item in found.items)
    return [(change, counted[change]) for change in CHANGES if counted[change]]


def units(found: Comparison) -> list[tuple[str, list[Item]]]:
    """The items by unit, those with most that is not in order first."""
    grouped: dict[str, list[Item]] = {}
    for item in found.items:
        grouped.setdefault(item.unit, []).append(item)
    ordered = sorted(grouped.values(), key=lambda items: (-sum(item.change in CHANGES[:3] for item in items), items[0].unit_label, items[0].unit))
    return [(items[0].unit_label, items) for items in ordered]


def terminal(found: Comparison, style: Style | None = None) -> str:
    """The comparison of two reports as terminal text."""
    page = Page(style or Style())
    page.line(f"{found.organisation}整改情况：{' → '.join(found.on)}", 0, "bold")
    page.line("  ".join(f"{change} {number}" for change, number in counts(found)) or "两次检查都没有不符合")
    page.line(NOTICE, 0, "dim")
    for remark in found.remarks:
        page.line(f"注意：{remark}", 0, "yellow", hang=6)
    for unit, items in units(found):
        page.heading(unit)
        for item in items:
            page.labelled(item.change, f"{item.rule} {item.title}（{item.severity}）：{item.message}", 2, _COLOUR.get(item.change, "dim"))
            if item.change in CHANGES[:3]:
                page.labelled("改法", item.fix, 4)
            page.labelled("佐证", "、".join(item.proof), 4)
    return page.text()


def markdown(found: Comparison) -> str:
    """The comparison of two reports as Markdown."""
    return "\n".join([
        f"# {found.organisation}整改情况", "", f"{' → '.join(found.on)}。**{NOTICE}。**", "", *(f"> 注意：{remark}" for remark in found.remarks), "",
        *table(("变化", "数目"), [(change, str(number)) for change, number in counts(found)]), "",
        *table(("责任单位", "变化", "规则", "问题", "最小补救", "佐证"), (
            (unit, item.change, f"{item.rule} {item.title}", item.message, item.fix if item.change in CHANGES[:3] else "", "、".join(item.proof))
            for unit, items in units(found) for item in items)), "", f"*{NOTICE}*", "",
    ])


def word(found: Comparison) -> bytes:
    """The comparison of two reports as a Word document: a draft of the report on rectification."""
    from zeren.reports.word.audit import chinese
    from zeren.reports.word.paper import Paper, dated

    paper = Paper(f"{found.organisation}整改情况报告", found.on[-1])
    paper.title(*headed(found.organisation, "安全生产责任问题整改情况报告"), under=f"（稿，{NOTICE}）")
    paper.heading("一、总体情况")
    numbers = "，".join(f"{change}{number}项" for change, number in counts(found)) or "两次检查都没有不符合"
    paper.body(f"以{dated(found.on[-2])}的检查为基础，到{dated(found.on[-1])}止：{numbers}。")
    for remark in found.remarks:
        paper.body(f"说明：{remark}。")
    grouped = units(found)
    if grouped:
        paper.table(("责任单位", *(change for change, _ in counts(found))), [
            (unit, *(str(sum(item.change == change for item in items)) for change, _ in counts(found))) for unit, items in grouped
        ], (4, *(1.3 for _ in counts(found))))
        paper.heading("二、各单位情况")
    for number, (unit, items) in enumerate(grouped, 1):
        paper.heading(f"（{chinese(number)}）{unit}", 2)
        paper.table(("变化", "要求", "问题", "最小补救或佐证"), [
            (item.change, f"{item.title}（{item.severity}）", item.message, item.fix if item.change in CHANGES[:3] else "、".join(item.proof))
            for item in items
        ], (1.3, 2.8, 4.4, 4))
    paper.signed("（报告单位）", found.on[-1])
    return paper.save()


def handover_terminal(found: Handover, style: Style | None = None) -> str:
    """The comparison of two organisations as terminal text."""
    page = Page(style or Style())
    page.line(f"职责交接：无人承接 {len(found.orphaned)} 项，改由他人承担 {len(found.passed_on)} 项", 0, "bold")
    page.line(NOTICE, 0, "dim")
    _moved(page, "无人承接", found.orphaned, "red")
    _moved(page, "改由他人承担", found.passed_on, "yellow")
    for title, names in (("撤销", found.gone), ("新设", found.come)):
        page.labelled(f"{title}（{len(names)}）", "、".join(names) if names else "无")
    return page.text()


def handover_markdown(found: Handover) -> str:
    """The comparison of two organisations as Markdown."""
    return "\n".join(["# 职责交接", "", f"**{NOTICE}。**", "", *_moved_rows("无人承接", found.orphaned), *_moved_rows("改由他人承担", found.passed_on),
                      f"撤销：{'、'.join(found.gone) or '无'}", "", f"新设：{'、'.join(found.come) or '无'}", ""])


def handover_word(found: Handover, name: str, on: str) -> bytes:
    """The comparison of two organisations as a Word document."""
    from zeren.reports.word.paper import Paper

    paper = Paper(f"{name}职责交接情况", on)
    paper.title(*headed(name, "安全生产职责交接情况"), under=f"（稿，{NOTICE}）")
    for number, (title, rows) in enumerate((("无人承接的职责", found.orphaned), ("改由他人承担的职责", found.passed_on))):
        paper.heading(f"{'一二'[number]}、{title}")
        if rows:
            paper.table(("类别", "事项", "原承担者", "现承担者"), [_cells(row) for row in rows], (1.4, 5, 3, 3))
        else:
            paper.body("没有。")
    paper.heading("三、撤销与新设")
    paper.body(f"撤销：{'、'.join(found.gone) or '无'}。")
    paper.body(f"新设：{'、'.join(found.come) or '无'}。")
    return paper.save()


def _moved(page: Page, title: str, rows: Sequence[Moved], colour: str) -> None:
    if rows:
        page.heading(f"{title}（{len(rows)}）", colour)
        page.table([["类别", "事项", "原承担者", "现承担者"], *(list(_cells(row)) for row in rows)], 2)
        page.lines.append("")


def _moved_rows(title: str, rows: Sequence[Moved]) -> Iterator[str]:
    yield from (f"## {title}（{len(rows)}）", "")
    if rows:
        yield from (*table(("类别", "事项", "原承担者", "现承担者"), map(_cells, rows)), "")


def _cells(row: Moved) -> tuple[str, str, str, str]:
    return row.kind, row.subject, "、".join(row.before), "、".join(row.after) or "无人"
