"""The coverage matrix: how many territories of each level have each item in place."""

from __future__ import annotations

from zeren.engine.report import Cell, Report
from zeren.models.vocabulary import LEVELS
from zeren.reports.page import Page
from zeren.reports.width import pad, width


def coverage(page: Page, report: Report) -> None:
    """Show item × level, where a rule of the active coverage profile was run."""
    cells = {(cell.item, cell.level): cell for cell in report.matrix}
    ran = {plan.rule.item for plan in report.evaluation.plans if plan.rule.item is not None}
    items = [item for item in dict.fromkeys(cell.item for cell in report.matrix) if item in ran]
    there = {fact["level"] for fact in report.evaluation.context.facts.records("territory")}
    levels = [level for level in LEVELS if level in there and any((item, level) in cells for item in items)]
    if not items or not levels:
        return
    page.heading("覆盖情况（已覆盖/应覆盖，按地域计）")
    size = max(width(item) for item in items)
    page.lines.append(page.style.paint("  " + pad("", size) + "".join("  " + pad(level, 10, right=True) for level in levels), "dim"))
    for item in items:
        row = "  " + pad(item, size)
        for level in levels:
            cell = cells.get((item, level))
            text, colour = shown(cell)
            row += "  " + page.style.paint(pad(text, 10, right=True), colour)
        page.lines.append(row)
    page.line("- 不适用，不计入；? 证据不足的地域数；* 委托上级或管委会承担；0/0 没有可查的对象", 2, "dim")
    for item in items:
        names = sorted(report.words.value(name) for level in levels if (cell := cells.get((item, level))) for name in cell.uncovered)
        page.labelled(f"未覆盖 {item}", "、".join(names[:12]) + (f" 等 {len(names)} 处" if len(names) > 12 else ""), 2)


def total(cell: Cell) -> int:
    """How many territories the cell counts."""
    return len(cell.covered) + len(cell.uncovered) + len(cell.open)


def shown(cell: Cell | None) -> tuple[str, str]:
    """A cell as text, and its colour."""
    if cell is None or cell.applicability == "不适用":
        return "-", "dim"
    if not total(cell):
        return "*" if cell.applicability == "委托" else "0/0", "dim"
    text = f"{len(cell.covered)}/{total(cell)}" + (f" ?{len(cell.open)}" if cell.open else "")
    text += "*" if cell.applicability == "委托" else ""
    colour = "red" if cell.uncovered else "yellow" if cell.open else "green"
    return text, colour
