"""From the investigation to the closed case: its limit, the approval, what follows that, and 四不放过."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from zeren.engine.chain.authority import GENERAL, Authority, first_row
from zeren.engine.chain.dossier import Span, span
from zeren.engine.chain.grading import Paper, Row
from zeren.engine.chain.sheet import IN_TIME, OPEN, OVERDUE, PENDING, Sheet
from zeren.models.facts import Fact
from zeren.models.moments import DAY, format_duration, moment_of, seconds

_REPORT: Final = "调查报告"


def closing(sheet: Sheet, found: Authority) -> None:
    """Write the clocks of the investigation, the approval, what follows it, and the closure."""
    holder = found.actual or found.unit
    done = _body(sheet, found, holder)
    report = _investigation(sheet, found, holder, done)
    approved = _approval(sheet, found, holder, report)
    _afterwards(sheet, found, holder, approved)
    _four(sheet, holder)


def _body(sheet: Sheet, found: Authority, holder: str) -> Paper | None:
    """Whether the right body investigates; return the finding that ended the investigation, if it is recorded."""
    ended = next((paper for paper in sheet.dossier.of("调查认定") if paper.row["result"] == "原因查清"), None)
    begun = found.inquiry is not None
    limit = first_row(sheet, "调查期限", grade=found.grade, stage="调查")
    length = limit[0]["limit"] if limit is not None else None
    waits = isinstance(length, int) and sheet.on <= _days(sheet.dossier.at, length)
    state = IN_TIME if begun else PENDING if waits else OPEN
    if found.lower or (begun and found.body not in ("政府", "国务院或其授权部门") and not _is_body(sheet, found)):
        state = OPEN
        sheet.ask(holder, "调查认定", sheet.dossier.at, sheet.on)
    sheet.add("事故调查主体", found.unit or holder, found.text, None, None, state, found.basis, found.inquiry)
    return ended


def _is_body(sheet: Sheet, found: Authority) -> bool:
    """Whether the unit that investigates is of the kind that the law names."""
    unit = sheet.dossier.unit(found.actual)
    return unit is None or (unit["kind"] == "政府" and found.elevated) or (
        unit["function"] is not None and str(unit["function"]).removesuffix("监察") in found.body)


def _days(moment: int, length: int) -> int:
    """The last second of a limit in days; the day of the event itself does not count."""
    return moment - moment % DAY + DAY + length - 1


def _granted(sheet: Sheet, matter: str, most: int) -> tuple[int, Fact | None]:
    """How much longer was allowed by a recorded approval, at most ``most``."""
    for paper in sheet.dossier.of("批复"):
        if matter in paper.words.get("事项", ()):
            days = paper.numbers.get("延长天数")
            return (most if days is None else min(most, int(days) * DAY)), paper.fact
    return 0, None


def _investigation(sheet: Sheet, found: Authority, holder: str, ended: Paper | None) -> Span | None:
    dossier = sheet.dossier
    limit = first_row(sheet, "调查期限", grade=found.grade, stage="调查")
    if limit is None:
        return None
    row, basis = limit
    at = next((row["at"] for _, row in dossier.inquiries if row["stage"] == "正式" and isinstance(row["at"], int)), None)
    moment = at if isinstance(at, int) else ended.at if ended is not None else None
    appraisal = sum((paper.numbers.get("鉴定天数", Decimal(0)) for paper in dossier.of("调查认定")), Decimal(0))
    proof = next((paper.fact for paper in dossier.of("调查认定") if "鉴定天数" in paper.numbers), None)
    end = _limited(sheet, "事故调查期限", holder, row, basis, dossier.at, moment, "延长调查期限", "自事故发生之日起",
                   "提交调查报告", "事故调查", int(appraisal) * DAY, (found.inquiry, ended.fact if ended else None, proof))
    return None if end is None else span(end)


def _approval(sheet: Sheet, found: Authority, holder: str, report: Span | None) -> Paper | None:
    papers = [paper for paper in sheet.dossier.of("批复") if paper.words.get("事项", frozenset({_REPORT})) == {_REPORT}]
    approved = papers[0] if papers else None
    limit = first_row(sheet, "调查期限", grade=found.grade, stage="批复")
    if limit is None:
        return approved
    row, basis = limit
    moment = approved.at if approved is not None else None
    if report is None:
        assert isinstance(row["limit"], int)
        state = IN_TIME if approved is not None else PENDING
        sheet.add("调查报告批复", holder, f"收到调查报告之日起{format_duration(row['limit'])}内批复（没有收到的记录，时限未起算）", None, moment,
                  OPEN if state == IN_TIME else state, basis, approved.fact if approved else None)
        return approved
    _limited(sheet, "调查报告批复", holder, row, basis, report.lo, moment, "延长批复期限", "收到调查报告之日起", "批复", "批复", 0,
             (found.inquiry, approved.fact if approved else None))
    return approved


def _limited(sheet: Sheet, name: str, holder: str, row: Row, basis: tuple[str, ...], start: int, moment: int | None,
             matter: str, told: str, act: str, ledger: str, excluded: int, facts: tuple[Fact | None, ...]) -> int | None:
    """Write a limit in days that may be extended by approval; return when it was met."""
    limit, most = row["limit"], row["extension"] if isinstance(row["extension"], int) else 0
    assert isinstance(limit, int)
    granted, proof = _granted(sheet, matter, most) if most else (0, None)
    due = _days(start, limit + granted + excluded)
    text = f"{told}{format_duration(limit)}内{act}"
    text += f"，已批准延长{format_duration(granted)}" if granted else f"，经批准可延长不超过{format_duration(most)}" if most else ""
    text += f"，扣除技术鉴定{format_duration(excluded)}" if excluded else ""
    if moment is not None:
        state = IN_TIME if moment <= due else OVERDUE
    else:
        state = sheet.unmet(due, holder, (ledger,), start, OVERDUE)
    late = moment if moment is not None else sheet.on
    if state == OVERDUE and not granted and late <= due + most and not sheet.dossier.closed(holder, "批复", start, due):
        state = OPEN  # the extension may have been approved on a paper that was not supplied
        sheet.ask(holder, "批复", start, due)
    sheet.add(name, holder, text, due, moment, state, basis, *facts, proof)
    return moment


def _afterwards(sheet: Sheet, found: Authority, holder: str, approved: Paper | None) -> None:
    """What is due after the approval: the evaluation within a year, the administrative case within five working days."""
    start = approved.at if approved is not None else sheet.on
    for row, basis in sheet.table("批复后期限", start):
        stage, kind = str(row["stage"]), str(row["record"])
        who = holder
        if row["workdays"] is not None:
            if found.regime != GENERAL:
                continue
            place = sheet.dossier.tiers.get(found.level)
            who = next(iter(sheet.dossier.placed(place, function="应急管理")), "")
        due, limit, sure = _after(sheet, row, start)
        if approved is None:
            sheet.add(stage, who, f"{limit}（没有批复的记录，时限未起算）", None, None, PENDING, basis)
            continue
        done = [paper for paper in sheet.dossier.of(kind) if paper.at >= start]
        sooner = [paper for paper in sheet.dossier.of("处罚") if paper.at >= start] if row["workdays"] is not None else []
        if done:
            state = IN_TIME if done[0].at <= due else OVERDUE if sure else OPEN
        elif sooner and sooner[0].at <= due:
            done, state = sooner, IN_TIME  # a penalty in time proves that the case was opened in time
        else:
            state = sheet.unmet(due, who, (kind,), start, OVERDUE if sure else OPEN)
        sheet.add(stage, who, limit, due, done[0].at if done else None, state, basis, approved.fact, done[0].fact if done else None)


def _after(sheet: Sheet, row: Row, start: int) -> tuple[int, str, bool]:
    """The end of a limit after the approval, in words, and whether the calendar is known that far."""
    if isinstance(row["workdays"], Decimal):
        days = int(row["workdays"])
        due, sure = workdays(start, days, holidays(sheet))
        return due, f"收到批复之日起{days}个工作日内（周一至周五减节假日，未计调休，惯例）", sure
    assert isinstance(row["years"], Decimal)
    day = moment_of(start - start % DAY)
    year = day.year + int(row["years"])
    leap = day.month == 2 and day.day == 29
    end = day.replace(year=year, day=28) if leap else day.replace(year=year)
    return seconds(end) + DAY - 1, f"批复之日起{int(row['years'])}年内", True


def holidays(sheet: Sheet) -> list[tuple[int, int]]:
    """The holidays of the table, half-open."""
    return sorted({(row["since"], row["until"]) for row, _ in sheet.table("值班时段", regime="节假日")
                   if isinstance(row["since"], int) and isinstance(row["until"], int)})


def workdays(start: int, number: int, free: Sequence[tuple[int, int]]) -> tuple[int, bool]:
    """The last second of the ``number``-th working day after the day of ``start``, and whether the calendar covers it.

    >>> from zeren.models.moments import format_moment, parse_moment
    >>> friday = parse_moment("2026-09-25")
    >>> format_moment(workdays(friday, 1, [])[0], "end")
    '2026-09-28'
    """
    years = {moment_of(since).year for since, _ in free} | {moment_of(until).year for _, until in free}
    day, left, known = start - start % DAY, number, True
    while left:
        day += DAY
        moment = moment_of(day)
        known = known and moment.year in years
        if moment.weekday() < 5 and not any(since <= day < until for since, until in free):
            left -= 1
    return day + DAY - 1, known


# -- 四不放过 ---------------------------------------------------------------------------------------------------


def _four(sheet: Sheet, holder: str) -> None:
    """The four items before the closure; of the two readings of the fourth the parameter chooses one."""
    closed = next(iter(reversed(sheet.dossier.of("结案"))), None)
    fourth, custom = sheet.parameter("fourth_item")
    items: dict[str, list[tuple[Row, tuple[str, ...]]]] = {}
    for row, basis in sheet.table("四不放过"):
        if row["fourth"] is not True or row["kind"] == fourth:
            items.setdefault(str(row["item"]), []).append((row, basis))
    body = str(closed.row["actor"]) if closed is not None else holder
    due = _days(closed.at, 0) if closed is not None else None
    for choices in items.values():
        first, basis = choices[0]
        kinds = tuple(dict.fromkeys(str(row["kind"]) for row, _ in choices))
        done = min((found for row, _ in choices for found in _proofs(sheet, row)), key=lambda pair: (pair[0], pair[1].place),
                   default=None)
        variant = f"（{fourth}）" if first["fourth"] is True else ""
        if due is None:
            state = IN_TIME if done is not None else PENDING
        elif done is not None:
            state = IN_TIME if done[0] <= due else OVERDUE
        else:
            state = sheet.unmet(due, body, kinds, sheet.dossier.at, OVERDUE)
        sheet.add(f"四不放过：{first['label']}{variant}", body, "结案之前（结案当日办结的也算）" + ("" if closed else "，尚无结案记录"),
                  due, done[0] if done else None, state, (*basis, *(custom if variant else ())),
                  closed.fact if closed else None, done[1] if done else None)


def _proofs(sheet: Sheet, row: Row) -> list[tuple[int, Fact]]:
    """The papers that prove one item: records of its kind and result, or decided sanctions."""
    dossier = sheet.dossier
    if row["kind"] != "处理":
        return [(paper.at, paper.fact) for paper in dossier.of(str(row["kind"]))
                if row["result"] is None or paper.row["result"] == row["result"]]
    names = dossier.facts.schema["sanction"].names
    found = []
    for fact in dossier.facts.of("sanction"):
        one = dict(zip(names, fact.values, strict=True))
        if one["ref"] in dossier.refs and one["stage"] in ("决定", "执行") and isinstance(one["at"], int) and one["at"] <= dossier.on:
            found.append((one["at"], fact))
    return found


