"""The report chain: scene, enterprise, departments level by level, governments; and the reports that the sources ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from zeren.engine.chain.demands import Demand, by_firm, head_knew, to_city, upward
from zeren.engine.chain.dossier import Span, span
from zeren.engine.chain.grading import DEAD, Paper, dated, rows
from zeren.engine.chain.model import Clock
from zeren.engine.chain.sheet import CONCEALED, FALSE, IN_TIME, LATE, MISSING, OPEN, PENDING, Sheet
from zeren.models.facts import Fact
from zeren.models.moments import format_duration

#: The four faults, the graver later: of several findings about one report the gravest is shown.
_GRAVITY = (LATE, MISSING, FALSE, CONCEALED)
_WRITTEN = frozenset({"书面", "系统"})
#: The clock of the people on the scene, which their firm keeps but no named post owes.
SCENE = "现场人员报告单位负责人"


def reporting(sheet: Sheet, law: bool) -> None:
    """Write the report clocks; ``law`` says whether the general regulation covers this kind of incident."""
    firms = sheet.dossier.firms if law else []
    for firm in firms:
        _scene(sheet, firm)
    first = len(sheet.clocks)  # inquiries find fault with reports to authorities, not with those inside the firm
    for firm in firms:
        for demand in by_firm(sheet, firm):
            _judge(sheet, demand)
    if law:
        for demand in upward(sheet):
            _judge(sheet, demand)
    for demand in to_city(sheet):
        _judge(sheet, demand)
    sheet.clocks[first:] = _as_found(sheet, sheet.clocks[first:])


def _scene(sheet: Sheet, firm: str) -> None:
    """The people on the scene tell the head at once; the limit in minutes is a parameter, not law."""
    found = next(sheet.table("报告时限", sheet.dossier.at, **{"from": "现场人员"}), None)
    if found is None:
        return
    row, cited = found
    limit, custom = (row["limit"], ()) if row["limit"] is not None else sheet.parameter("立即报告")
    assert isinstance(limit, int)
    start, (knew, proof) = span(sheet.dossier.at), head_knew(sheet, firm)
    told = "立即" if row["limit"] is None else ""
    text = f"事发后{told}（按{format_duration(limit)}计，惯例）报本单位负责人"
    if knew is None:
        state = sheet.unmet(start.lo + limit, firm, ("报告",), sheet.dossier.at, MISSING)
    else:
        state = sheet.met(knew, start, limit)
    sheet.add(SCENE, firm, text, start.lo + limit, None if knew is None else knew.lo, state,
              (*cited, *custom), proof)


def _judge(sheet: Sheet, demand: Demand) -> None:
    """Set one demand against the recorded reports."""
    dossier, start = sheet.dossier, demand.start
    sent = [paper for paper in dossier.reports(by=demand.holder, to=demand.to)
            if dated(paper.at, dossier.at) >= dossier.at and (not demand.written or paper.words.get("形式", frozenset()) & _WRITTEN)]
    known = start or Span(span(dossier.at).lo, None)
    states = [sheet.met(span(paper.at), known, demand.limit) for paper in sent]
    best = sheet.best((state, position) for position, state in enumerate(states))
    done, state = (None, "") if best is None else (sent[best], states[best])
    due = None if start is None else start.lo + demand.limit
    told, proof = demand.told, None
    if done is None:
        state, told = _absent(sheet, demand)
    elif state == OPEN:
        sheet.ask(demand.holder, "报告", dossier.at, max(span(done.at).hi or done.at, dossier.at))
    if done is not None and (contradiction := _false(sheet, demand.holder, sent)) is not None:
        state, proof = FALSE, contradiction[1]
        done = contradiction[0]
    if not demand.certain and state not in (IN_TIME, PENDING, FALSE):
        state = OPEN
    sheet.add(demand.name, demand.holder, told, due, None if done is None else done.at, state, demand.basis,
              demand.began, None if done is None else done.fact, proof)


def _absent(sheet: Sheet, demand: Demand) -> tuple[str, str]:
    """The state of a report that no record shows."""
    dossier = sheet.dossier
    if demand.start is None:
        gaps = [unit for unit in demand.senders if not dossier.closed(unit, "报告", dossier.at, sheet.on)]
        for unit in gaps:
            sheet.ask(unit, "报告", dossier.at, sheet.on)
        return (OPEN if gaps or not demand.senders else PENDING), f"{demand.told}（{demand.unheard}）"
    end = (demand.start.hi if demand.start.hi is not None else demand.start.lo) + demand.limit
    state = sheet.unmet(end, demand.holder, ("报告",), dossier.at, MISSING)
    if not demand.to and state == MISSING:
        return OPEN, demand.told + "（应报的部门没有登记，无从判断）"
    return state, demand.told


def _false(sheet: Sheet, holder: str, sent: Sequence[Paper]) -> tuple[Paper, Fact] | None:
    """A report with fewer dead than its author knew: by the last report that it got, or by its own rescue records."""
    dossier = sheet.dossier
    got = [paper for paper in dossier.reports(to=(holder,)) if holder not in dossier.homes(str(paper.row["actor"]))]
    own = [paper for paper in dossier.of("应急处置") if holder in dossier.homes(str(paper.row["actor"]))]
    for paper in sent:
        if DEAD not in paper.numbers:
            continue
        before = [one for one in got if one.at < paper.at][-1:] + [one for one in own if one.at <= paper.at]
        for proof in before:
            if proof.numbers.get(DEAD, Decimal(0)) > paper.numbers[DEAD]:
                return paper, proof.fact
    return None


# -- what an inquiry found --------------------------------------------------------------------------------------


def _as_found(sheet: Sheet, clocks: list[Clock]) -> list[Clock]:
    """Let the findings of a formal inquiry speak: they decide about intent, and about what the records hide.

    谎报 goes to the reports that were made, the others to those that were not made in time; where all were, to all.
    """
    result = list(clocks)
    found: dict[int, str] = {}
    for holder, breach, fact in _findings(sheet):
        mine = [index for index, clock in enumerate(clocks) if clock.holder == holder]
        fits = [index for index in mine if (clocks[index].done is not None if breach == FALSE else clocks[index].state != IN_TIME)]
        for index in fits or mine:
            clock = result[index]
            worst = max(breach, found.get(index, breach), key=_GRAVITY.index)
            found[index] = worst
            result[index] = replace(
                clock, state=worst, basis=tuple(dict.fromkeys((*clock.basis, *sheet.definition(worst)))),
                sources=tuple(dict.fromkeys((*clock.sources, *sheet.sources(fact)))))
    return result


def _findings(sheet: Sheet) -> Iterator[tuple[str, str, Fact]]:
    """What formal inquiries found about reports: unit, one of the four words, and where it is written."""
    dossier = sheet.dossier
    formal = {str(row["id"]) for _, row in dossier.inquiries if row["stage"] == "正式"}
    for paper in dossier.of("调查认定"):
        word = sheet.taxonomy.get(str(paper.row["result"]))
        if formal and word is not None and paper.row["object"] is not None:
            for home in sorted(dossier.homes(str(paper.row["object"]))):
                yield home, word, paper.fact
    for id in sorted(formal):
        for fact, row in rows(dossier.facts, "finding", id):
            word = sheet.taxonomy.get(str(row["duty"]))
            if word is not None:
                for home in sorted(dossier.homes(str(row["unit"]))):
                    yield home, word, fact
