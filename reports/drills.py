"""Drills for people at a terminal: what was planted (for the trainer), and how a sheet was marked."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any, Final

from zeren.engine.drills.grade import FULL, HALF, NONE, Grade, Mark
from zeren.engine.drills.model import Answer, Hit, Planted
from zeren.engine.drills.sheet import Line
from zeren.engine.outcome import LABELS, Outcome
from zeren.reports.page import NOTICE, Page, Style

#: So many findings that stood there before are listed.
_BEFORE: Final = 10


def answers(answer: Answer, style: Style | None = None, everything: bool = False) -> str:
    """The answer as text: every fault with the findings by which it shows, and what it brings along.

    Of what stood there before only a few findings, unless ``everything`` is asked for.
    """
    page = Page(style or Style())
    page.line(f"{answer.organisation or '演练'}：答案", 0, "bold")
    page.line(f"审计日 {answer.on}，参数方案 {answer.profile}，种子 {answer.seed}，毛病 {len(answer.planted)} 处")
    page.line(NOTICE, 0, "dim")
    for number, one in enumerate(answer.planted, 1):
        page.heading(f"{number}. {one.title}（{one.mechanism}）")
        page.line(one.says, 2)
        for hit in one.hits:
            _finding(page, hit, "查出")
        for hit in one.others:
            _finding(page, hit, "带出")
    if answer.before:
        page.heading(f"原来就有（{len(answer.before)}），不计分")
        for hit in answer.before if everything else answer.before[:_BEFORE]:
            page.line(f"{LABELS[Outcome(hit.outcome)]} {hit.rule} {hit.message}", 2, hang=2)
        if len(answer.before) > _BEFORE and not everything:
            page.line(f"还有 {len(answer.before) - _BEFORE} 条（--all 全部列出）", 2, "dim")
    return page.text()


def graded(answer: Answer, grade: Grade, lines: int, style: Style | None = None) -> str:
    """A marked sheet as text: the score, then fault by fault, then the lines that earned nothing."""
    page = Page(style or Style())
    full, half, missed = (len(grade.credited(marks)) for marks in (FULL, HALF, NONE))
    wrong = sum(one.wrong for one in grade.others)
    page.line(f"得分 {shown(grade.score)} / {len(answer.planted)}", 0, "bold")
    page.line(f"找对 {full} 处，找对一半 {half} 处，没有找到 {missed} 处；写了 {lines} 行，其中 {wrong} 行不对" + (f"，扣 {shown(grade.lost)} 分" if grade.lost else ""))
    page.line(NOTICE, 0, "dim")
    _marks(page, "找对", grade.credited(FULL), "green")
    _marks(page, "找对一半", grade.credited(HALF), "yellow")
    _marks(page, "没有找到", grade.credited(NONE), "red")
    for title, rows, colour in (("不对的", [one for one in grade.others if one.wrong], "red"),
                                ("不计分的", [one for one in grade.others if not one.wrong], "dim")):
        if rows:
            page.heading(f"{title}（{len(rows)}）", colour)
        for one in rows:
            page.line(f"{_at(one.line)}：{one.reason}", 2, hang=2)
    return page.text()


def data(answer: Answer, grade: Grade) -> dict[str, Any]:
    """A marked sheet as plain data for JSON; marks as text, exact."""
    return {
        "notice": NOTICE, "score": shown(grade.score), "most": len(answer.planted), "lost": shown(grade.lost),
        "marks": [{"kind": one.planted.kind, "title": one.planted.title, "says": one.planted.says, "marks": shown(one.marks),
                   "line": _place(one.line)} for one in grade.marks],
        "others": [{"line": _place(one.line), "reason": one.reason, "wrong": one.wrong} for one in grade.others],
    }


def answer_data(answer: Answer) -> dict[str, Any]:
    """An answer as plain data for JSON."""
    return {"notice": NOTICE, **asdict(answer)}


def shown(marks: Decimal) -> str:
    """Marks as text.

    >>> shown(Decimal("7.5")), shown(Decimal("7.0"))
    ('7.5', '7')
    """
    return f"{marks.normalize():f}"


def _finding(page: Page, hit: Hit, label: str) -> None:
    page.line(f"{label} {hit.rule} {LABELS[Outcome(hit.outcome)]}：{hit.message}", 2, hang=5)
    page.line(f"改法：{hit.fix}", 7, "dim", hang=6)


def _marks(page: Page, title: str, marks: tuple[Mark, ...], colour: str) -> None:
    if not marks:
        return
    page.heading(f"{title}（{len(marks)}）", colour)
    for one in marks:
        page.line(f"{one.planted.title}：{one.planted.says}", 2, hang=2)
        page.line(f"{_rules(one.planted)}" + (f"；{_at(one.line)}" if one.line is not None else ""), 4, "dim", hang=2)
        if one.marks == HALF:
            page.line(_why_half(one), 4, hang=2)


def _why_half(mark: Mark) -> str:
    hit = mark.planted.hits[0]
    assert mark.line is not None
    return f"写的是“{mark.line.who}”“{mark.line.what}”；应是 {hit.bearer_label}，{hit.rule} {hit.title}"


def _rules(planted: Planted) -> str:
    return "、".join(dict.fromkeys(f"{hit.rule} {hit.bearer_label}" for hit in planted.hits))


def _at(line: Line) -> str:
    return f"第 {line.place.line} 行 {line.who or '（空）'}，{line.what or '（空）'}"


def _place(line: Line | None) -> dict[str, Any] | None:
    return None if line is None else {"file": line.place.file, "line": line.place.line, "who": line.who, "what": line.what}
