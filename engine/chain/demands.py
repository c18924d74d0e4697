"""Who owes which report of an incident to whom, from ``报告时限``, ``报告对象`` and what the sources ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zeren.engine.chain.dossier import RECEIVING, TIERS, Span, span
from zeren.engine.chain.grading import DEAD, HURT, Paper, Row, dated, rank_of, rows
from zeren.engine.chain.sheet import Sheet
from zeren.engine.derive.closures import holds
from zeren.models.facts import Fact
from zeren.models.moments import format_duration

_EMERGENCY = "应急管理"
_UNHEARD = "没有接报记录，时限未起算"


@dataclass(frozen=True, slots=True)
class Demand:
    """One report that is owed: by whom, to whom, how long after which moment, and what that rests on.

    ``start`` is nothing where the clock has not begun; ``to`` is empty where the file does not name the recipient; what is not
    ``certain`` to be owed is never found wanting. ``senders`` are those who should have told the holder.
    """

    name: str
    holder: str
    to: tuple[str, ...]
    start: Span | None
    limit: int
    told: str
    basis: tuple[str, ...]
    began: Fact | None = None
    written: bool = False
    certain: bool = True
    senders: tuple[str, ...] = ()
    unheard: str = _UNHEARD


def head_knew(sheet: Sheet, firm: str) -> tuple[Span | None, Fact | None]:
    """When the head of the firm learned of it: as the incident says, else by the first report inside the firm."""
    known = sheet.dossier.row["known_at"]
    if isinstance(known, int):
        return span(known), None
    inside = [paper for paper in sheet.dossier.reports(by=firm, to=(firm,)) if dated(paper.at, sheet.dossier.at) >= sheet.dossier.at]
    return (span(inside[0].at), inside[0].fact) if inside else (None, None)


def by_firm(sheet: Sheet, firm: str) -> Iterator[Demand]:
    """The enterprise within one hour to the emergency department, to the regulator of the trade, and where law adds others."""
    dossier = sheet.dossier
    found = next(sheet.table("报告时限", dossier.at, **{"regime": "一般规定", "from": "企业"}), None)
    if found is None:
        return
    row, cited = found
    knew, proof = head_knew(sheet, firm)
    start = knew or Span(span(dossier.at).lo, None)
    limit = row["limit"]
    assert isinstance(limit, int)
    places = [id for id, level in dossier.area if level in RECEIVING]

    def demand(whom: str, to: Sequence[str], basis: tuple[str, ...]) -> Demand:
        since = "接报" if knew else "接报（接报时间未写明，先从事发起算）"
        return Demand(f"事故单位报告{whom}", firm, tuple(to), start, limit, f"负责人{since}后{format_duration(limit)}内报告{whom}", basis,
                      proof)

    yield demand("应急管理部门", [unit for place in places for unit in dossier.placed(place, function=_EMERGENCY)], cited)
    industries = sheet.scales.lineage(dossier.row["industry"])
    yield demand("负有监管职责的部门", [unit for units in dossier.charge(industries).values() for unit in units], cited)
    for extra, basis in sheet.table("报告对象", dossier.at):
        if extra["industry"] in industries:
            function = str(extra["function"])
            yield demand(f"{function}部门", [unit for place in places for unit in dossier.placed(place, function=function)], basis)


def upward(sheet: Sheet) -> Iterator[Demand]:
    """Departments to the next tier and to their government, as far up as the grade demands."""
    industries = sheet.scales.lineage(sheet.dossier.row["industry"])
    charge = sheet.dossier.charge(industries)
    for row, cited in sheet.table("报告时限", sheet.dossier.at):
        tier, regime = str(row["from"]), str(row["regime"])
        place = sheet.dossier.tiers.get(tier)
        if place is None:
            continue
        emergency = sheet.dossier.placed(place, function=_EMERGENCY)
        others = [unit for unit in charge.get(tier, []) if unit not in emergency]
        if regime == "报国务院":
            holders = sheet.dossier.placed(place, kinds=("政府",))
        else:
            holders = emergency if regime == "快报" else [*emergency, *others]
        for holder in holders:
            demand = _level(sheet, row, cited, holder, charge)
            if demand is not None:
                yield demand


def _level(sheet: Sheet, row: Row, cited: tuple[str, ...], holder: str, charge: dict[str, list[str]]) -> Demand | None:
    """What one department owes by one row, or nothing where the grade does not take the report that far."""
    dossier = sheet.dossier
    regime, above = str(row["regime"]), dossier.tier(str(row["to"]))
    rank = int(row["min_rank"]) if isinstance(row["min_rank"], Decimal) else 1
    got = [paper for paper in dossier.reports(to=(holder,)) if holder not in dossier.homes(str(paper.row["actor"]))]
    enough = [paper for paper in got if rank <= 1 or rank_of(told_figures(paper), dossier.at, sheet.scales) >= rank]
    vague = [paper for paper in got if DEAD not in paper.numbers]
    if rank > 1 and not enough and (sheet.grade is None or sheet.grade.rank < rank):
        return None
    began = enough[0] if enough else vague[0] if vague else None
    start = None if began is None else span(began.at) if enough else Span(began.at, None)
    custom: tuple[str, ...] = ()
    if isinstance(row["limit"], int):
        limit, told = row["limit"], f"{format_duration(row['limit'])}内"
        if regime == "本级政府":
            told = f"上报的{told}（法律只说同时，惯例）"
    else:
        value, custom = sheet.parameter("立即报告")
        assert isinstance(value, int)
        limit, told = value, f"立即（按{format_duration(value)}计，惯例）"
    to, whom = _recipients(sheet, regime, holder, above, charge)
    kind = {"快报": "电话快报", "本级政府": "同时报告", "报国务院": "报告"}.get(regime, "上报")
    return Demand(f"{sheet.label(holder)}{kind}{whom}", holder, to, start, limit, f"接报后{told}{kind}{whom}", (*cited, *custom),
                  began.fact if began else None, senders=_senders(sheet, holder, charge),
                  unheard="所接报告的人数未到须上报的等级，时限未起算" if got else _UNHEARD)


def _recipients(sheet: Sheet, regime: str, holder: str, above: str | None,
                charge: dict[str, list[str]]) -> tuple[tuple[str, ...], str]:
    """The units that a report of ``holder`` must reach, and how they are called."""
    dossier = sheet.dossier
    place = dossier.tiers.get(above) if above is not None else None
    own = dossier.unit(holder) or {}
    if regime in ("本级政府", "报国务院"):
        where = str(own["territory"]) if regime == "本级政府" else place
        found = dossier.placed(where, kinds=("政府", "园区"))
        return tuple(unit for unit in found if unit != holder), "本级政府" if regime == "本级政府" else "国务院"
    whom = f"{above or '上级'}部门"
    if place is None or place == own["territory"]:
        return (), whom
    if own["function"] is not None and (same := dossier.placed(place, function=str(own["function"]))):
        return tuple(same), whom
    return tuple(charge.get(str(above), [])), whom


def _senders(sheet: Sheet, holder: str, charge: dict[str, list[str]]) -> tuple[str, ...]:
    """Who should have told ``holder``: the enterprise and the departments below it."""
    place = (sheet.dossier.unit(holder) or {}).get("territory")
    own = next((tier for tier in TIERS if sheet.dossier.tiers.get(tier) == place), TIERS[0])
    below = TIERS[: TIERS.index(own)]
    units = {unit for tier in below for unit in (*sheet.dossier.placed(sheet.dossier.tiers.get(tier), function=_EMERGENCY),
                                                 *charge.get(tier, []))}
    return tuple(sorted({*sheet.dossier.firms, *units}))


def to_city(sheet: Sheet) -> Iterator[Demand]:
    """What the sources ask of counties and zones: the written report within two hours, and at once for some kinds."""
    dossier = sheet.dossier
    if sheet.scales.kinds.get(str(dossier.row["kind"]), {}).get("event") is not True:
        return
    at_once = [cited for row, cited in sheet.table("立即报告触发") if row["kind"] == dossier.row["kind"]]
    triggers = [(reached, cited) for row, cited in sheet.table("书面报告触发")
                if (reached := _triggered(sheet, row)) is not False]
    for local, city in _locals(sheet):
        if triggers:
            limit, basis = sheet.parameter("书面报告时限")
            assert isinstance(limit, int)
            certain = any(reached for reached, _ in triggers)
            cited = tuple(line for reached, lines in triggers if reached or not certain for line in lines)
            start = span(dossier.at)
            told = f"事发后{format_duration(limit)}内书面报告{sheet.label(city)}" + ("" if certain else "（死亡人数未写明，是否达到报告线待核）")
            yield Demand(f"{sheet.label(local)}书面报告{sheet.label(city)}", local, (city,), start, limit, told, (*cited, *basis),
                         written=True, certain=certain)
        for cited in at_once:
            value, basis = sheet.parameter("立即报告")
            assert isinstance(value, int)
            yield Demand(f"{sheet.label(local)}立即报告{sheet.label(city)}", local, (city,), span(dossier.at), value,
                         f"事发后立即（按{format_duration(value)}计，惯例）报告{sheet.label(city)}", (*cited, *basis))


def _triggered(sheet: Sheet, row: Row) -> bool | None:
    """Whether a trigger of the written report is reached; nothing where the deaths are not stated."""
    line, incident = row["min"], sheet.dossier.row
    assert isinstance(line, Decimal)
    if row["field"] != DEAD:
        endangered = incident["endangered"]
        return isinstance(endangered, Decimal) and endangered >= line
    known = [value for value in (incident["deaths"], incident["missing"]) if isinstance(value, Decimal)]
    if known and sum(known) >= line:
        return True
    return False if isinstance(incident["deaths"], Decimal) else None


def _locals(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """The governments and zones of the place that stand directly under a city government."""
    dossier = sheet.dossier
    for id in sorted(dossier.units(kind=("政府", "园区"))):
        for _, row in rows(dossier.facts, "subordination", id):
            above = dossier.unit(str(row["superior"]))
            if row["kind"] in ("领导", "派驻", "委托") and holds(row["since"], row["until"], dossier.at) and above is not None \
                    and above["kind"] == "政府" and above["level"] == "市级":
                yield id, str(row["superior"])


def told_figures(paper: Paper) -> dict[str, Decimal]:
    """The figures of a report, the missing with the dead."""
    found = {HURT: paper.numbers[HURT]} if HURT in paper.numbers else {}
    if DEAD in paper.numbers or "失踪" in paper.numbers:
        found[DEAD] = paper.numbers.get(DEAD, Decimal(0)) + paper.numbers.get("失踪", Decimal(0))
    return found
