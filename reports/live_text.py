"""What a watch tells, as lines for a terminal and as JSON lines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from zeren.engine.live.changes import Change, Reason
from zeren.engine.live.session import Session
from zeren.engine.live.stream import Tally, Told
from zeren.engine.outcome import LABELS, Outcome
from zeren.engine.words import Words
from zeren.models.moments import format_moment
from zeren.models.problems import Place, Problem
from zeren.reports.page import NOTICE, Style

#: How many changes with one reason of one rule are listed, unless everything is asked for.
LIMIT: Final = 5
_COLOURS: Final = {
    Reason.BREACHED: "red", Reason.OVERDUE: "red", Reason.ERROR: "red", Reason.REOPENED: "yellow", Reason.WARNED: "magenta",
    Reason.FULFILLED: "green", Reason.EXCEPTED: "dim", Reason.NEW: "cyan", Reason.GONE: "dim",
}
_QUIET: Final = (Outcome.PASS, Outcome.PENDING, Outcome.EXCEPTED)


def opening(session: Session, style: Style) -> str:
    """The first lines: what stands at the beginning."""
    name = session.organisation.name or "（未命名的组织）"
    return f"{style.paint(name, 'bold')}：自 {clock(session.now)} 起值守\n{counted(session.counts())}\n{NOTICE}\n"


def closing(session: Session, tally: Tally) -> str:
    """The last lines: what stands at the end."""
    known = f"，日志里已有 {tally.known} 条" if tally.known else ""
    return f"到 {clock(session.now)} 为止：收下 {tally.taken} 条，退回 {tally.refused} 条{known}\n{counted(session.counts())}\n状态 {session.digest()}\n"


def counted(counts: Mapping[Outcome, int]) -> str:
    """The counts of outcomes, the gravest first."""
    order = (Outcome.ERROR, Outcome.FAIL, Outcome.UNKNOWN, Outcome.PENDING, Outcome.EXCEPTED, Outcome.PASS)
    return "  ".join(f"{LABELS[one]} {counts[one]}" for one in order if counts.get(one)) or "没有适用的责任"


def lines(told: Mapping[str, Any], style: Style, everything: bool = False) -> str:
    """One event, as plain data (see :func:`document`), for a terminal."""
    head = f"[{told['at']}] 第 {told['event']} 条（{told['source']}:{told['line']}）"
    result = [head if told["changes"] or told["problems"] else f"{head}：没有变化"]
    if told["problems"]:
        result[0] = f"{head}：{style.paint('没有收下', 'red')}"
    problems = [Problem(**{**one, "place": Place(**one["place"])}) for one in (*told["problems"], *told["remarks"])]
    result += [f"  {line}" for problem in problems for line in str(problem).splitlines()]
    shown: Counter[tuple[str, Reason]] = Counter()
    left: Counter[str] = Counter()
    for change in sorted(told["changes"], key=lambda one: list(_COLOURS).index(Reason(one["reason"]))):
        why, after = Reason(change["reason"]), Outcome(change["after"]) if change["after"] else None
        quiet = why is Reason.NEW and after in _QUIET
        shown[change["rule"], why] += 1
        if not everything and (quiet or shown[change["rule"], why] > LIMIT):
            left[f"{why.label} {LABELS[after]}" if why is Reason.NEW and after else why.label] += 1
            continue
        result += _line(change, why, after, style)
    if left:
        result.append(f"  另有{'、'.join(f'{what} {count} 项' for what, count in left.items())}（--all 全部列出）")
    return "\n".join(result) + "\n"


def _line(change: Mapping[str, Any], why: Reason, after: Outcome | None, style: Style) -> list[str]:
    label = style.paint("预警" if change["warning"] and why is Reason.BREACHED else why.label, _COLOURS[why])
    outcome = f"（{LABELS[after]}）" if after is not None and why in (Reason.NEW, Reason.REOPENED, Reason.OVERDUE) else ""
    first = f"  {label}{outcome} {change['rule']} {change['message']}"
    bad = after in (Outcome.FAIL, Outcome.UNKNOWN) or why is Reason.WARNED
    return [first, f"    改法：{change['fix']}"] if bad and change["fix"] else [first]


def document(told: Told, words: Words) -> dict[str, Any]:
    """One event as plain data."""
    return {
        "event": told.number, "source": told.source, "line": told.line, "at": clock(told.at),
        "changes": [_change(one, words) for one in told.changes],
        "problems": [_problem(one) for one in told.problems], "remarks": [_problem(one) for one in told.remarks],
    }


def ending(session: Session, tally: Tally) -> dict[str, Any]:
    """The last line as plain data."""
    return {
        "end": clock(session.now), "taken": tally.taken, "refused": tally.refused, "known": tally.known,
        "counts": {str(outcome): count for outcome, count in session.counts().items()}, "state": session.digest(), "notice": NOTICE,
    }


def dump(data: Mapping[str, Any], ascii_only: bool = False) -> str:
    """Plain data as one line of JSON."""
    return json.dumps(data, ensure_ascii=ascii_only, sort_keys=True) + "\n"


def _change(one: Change, words: Words) -> dict[str, Any]:
    rule = one.instance.plan.rule
    return {
        "reason": str(one.reason), "reason_label": one.reason.label, "rule": one.rule, "title": rule.title, "severity": rule.severity,
        "warning": rule.modality == "预警", "bearer": one.bearer, "bearer_label": one.bearer_label, "per": list(one.per),
        "before": str(one.before) if one.before else None, "after": str(one.after) if one.after else None,
        "due": clock(one.instance.due) if one.instance.due is not None else None, "message": one.message, "fix": one.fix,
        "causes": [{"relation": fact.relation, "text": words.fact(fact), "place": str(fact.place)} for fact in one.causes],
    }


def _problem(one: Problem) -> dict[str, Any]:
    return {"place": {"file": one.place.file, "line": one.place.line, "column": one.place.column}, "code": one.code, "message": one.message,
            "hint": one.hint, "severity": one.severity}


def clock(moment: int) -> str:
    """A moment for people."""
    return format_moment(moment)
