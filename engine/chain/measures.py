"""What follows for units and posts: fines, bans, sanctions and what else the law of the day or custom provides.

Every amount, span and list is a row of a table (``事故罚款-…``, ``禁入``, ``后续措施``, ``处理阶梯``, ``处理幅度``,
``一票否决触发``, ``约谈触发``); the law is that of the date of the accident. The answers are ranges, never decisions.

Circumstances are words: the four wrong reports (迟报 漏报 谎报 瞒报), 抗停, and any ``word`` or ``sense`` of
``table.处罚情形``, ``condition`` of ``table.事故罚款-加重``, ``when`` of ``table.后续措施`` and ``table.禁入``, ``case`` of
the fines of persons. Words that no table knows change nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final

from zeren.engine.chain.model import Verdict
from zeren.engine.chain.tariffs import GENERAL, Entry, Measure, Range, Tariffs, in_force
from zeren.models.moments import format_duration

#: How an event without a grade stands in the tables.
UNGRADED: Final = "不定级"
_FAILED: Final = "未履职致事故"
_IF_HELD: Final = "如认定失职"
_BY_LEADER: Final = "追究领导责任"


class UnitKind(StrEnum):
    """What a unit is for the measures that follow."""

    FIRM = "事故责任单位"
    INTERMEDIARY = "中介机构"
    AUTHORITY = "党政机关"


class PostKind(StrEnum):
    """What the holder of a post is for the measures that follow."""

    MAIN = "企业主要负责人"
    OTHER = "其他负责人"
    SAFETY = "安全管理人员"
    WORKER = "从业人员"
    INTERMEDIARY = "中介人员"
    OFFICIAL = "公职人员"


_FINES: Final = {PostKind.MAIN: "事故罚款-主要负责人", PostKind.OTHER: "事故罚款-其他负责人",
                 PostKind.SAFETY: "事故罚款-其他负责人"}
_OBJECTS: Final[Mapping[UnitKind | PostKind, str]] = {UnitKind.FIRM: "企业", UnitKind.AUTHORITY: "单位", PostKind.OFFICIAL: "个人"}


def post_kind(tariffs: Tariffs, office: str, role: str | None = None) -> PostKind | None:
    """The kind of a post by its office (``table.岗位职级``) and role; nothing where the table does not know the office."""
    found = {one.row["role"]: one.text("kind") for one in tariffs.entries("处理对象") if one.text("office") == office}
    kind = found.get(role, found.get(None))
    return PostKind(kind) if kind is not None else None


def unit_measures(tariffs: Tariffs, grade: str, figures: Mapping[str, Decimal | None], on: int,
                  industries: Collection[str] = (), circumstances: Collection[str] = (), *,
                  kind: UnitKind = UnitKind.FIRM, level: str = "") -> tuple[Measure, ...]:
    """What may follow for a unit that answers for the accident.

    Args:
        grade: the grade in the name in use today; empty for an event without a grade.
        figures: by criterion (死亡 with the missing, 重伤, 直接经济损失 in 万元); an absent or unknown one is no zero.
        on: the moment of the accident, which picks the law.
        industries: the industry with those above it (``Scales.lineage``); may hold regimes (``Scales.regimes``).
        circumstances: see above.
        kind: a firm, an intermediary, or an authority (区域、部门: no fines, but 约谈 and 一票否决).
        level: the level of an authority, for the talks.
    """
    senses, sectors, rank = tariffs.senses(circumstances), tariffs.sectors(industries), _rank(tariffs, grade)
    found: list[Measure] = []
    if kind is UnitKind.FIRM:
        found += _unit_fines(tariffs, grade, figures, on, sectors, senses)
    found += _others(tariffs, kind, grade, rank, on, sectors, senses)
    found += _veto(tariffs, kind, rank, on, senses)
    if kind is UnitKind.AUTHORITY:
        found += _talks(tariffs, rank, on, level)
    return tuple(found)


def post_measures(tariffs: Tariffs, kind: PostKind, grade: str, degree: str, verdict: Verdict,
                  circumstances: Collection[str], on: int, industries: Collection[str] = ()) -> tuple[Measure, ...]:
    """What may follow for the holder of a post, by the verdict on it.

    失职: all of it. 证据不足: the same, each line beginning with 如认定失职. 尽职, 另案或暂缓: what the table has for
    them. Other verdicts: nothing. ``degree`` (直接, 主要领导, 重要领导) matters for officials; where it is not known, the
    range covers all degrees. ``Range.unit`` 阶 counts the steps of ``table.处理阶梯``. Arguments else as for units.
    """
    rank, sectors = _rank(tariffs, grade), tariffs.sectors(industries)
    if verdict not in (Verdict.BREACH, Verdict.OPEN):
        return tuple(_others(tariffs, kind, grade, rank, on, sectors, {verdict.value}, only=True))
    senses = tariffs.senses(circumstances) - {one.value for one in Verdict}
    found: list[Measure] = []
    if kind in _FINES:
        found += _income_fines(tariffs, _FINES[kind], grade, on, sectors, senses)
    if kind is PostKind.OFFICIAL:
        found += _ladder(tariffs, grade or UNGRADED, degree, on)
    found += _others(tariffs, kind, grade, rank, on, sectors, senses)
    found += _veto(tariffs, kind, rank, on, senses | ({_BY_LEADER} if degree.endswith("领导") else set()))
    if verdict is Verdict.BREACH:
        return tuple(found)
    return tuple(_conditional(one) for one in found)


def _conditional(one: Measure) -> Measure:
    provided = f"{_IF_HELD}，{one.provided}" if one.provided else _IF_HELD
    return Measure(one.text, one.range, one.basis, one.confidence, one.cited, provided)


def _rank(tariffs: Tariffs, grade: str) -> Decimal:
    return next((rank for one in tariffs.entries("处理幅度")
                 if one.text("grade") == grade and (rank := one.number("rank")) is not None), Decimal(0))


# -- fines --------------------------------------------------------------------------------------------------------


def _unit_fines(tariffs: Tariffs, grade: str, figures: Mapping[str, Decimal | None], on: int, sectors: Collection[str],
                senses: Collection[str]) -> Iterator[Measure]:
    rows = [one for one in tariffs.entries("事故罚款-单位", on) if one.text("grade") == grade]
    usual = in_force(rows, sectors)
    special = [one for one in rows if one.text("regime") in senses]
    whole = [one for one in (*usual, *special) if one.number("tier") == 0]
    for one in whole:
        span = one.range("fine_min", "fine_max", "万元")
        yield tariffs.measure(one, f"罚款{_label(one)} {span}", span)
        same = [row for row in (*usual, *special) if row.text("regime") == one.text("regime") and row.number("tier") != 0]
        yield from _tier_by_figures(tariffs, [row for row in same if row.row["criterion"] is not None], figures, one)
        yield from _tier(tariffs, [row for row in same if row.row["criterion"] is None], senses, "fine", "万元")
    yield from _multiples(tariffs, [one for one in whole if one in usual], on, sectors, senses)


def _label(one: Entry) -> str:
    return "" if one.text("regime") == GENERAL else f"（{one.text('regime')}）"


def _tier_by_figures(tariffs: Tariffs, rows: list[Entry], figures: Mapping[str, Decimal | None],
                     whole: Entry) -> Iterator[Measure]:
    """The highest tier that a figure reaches; where a figure is not known the tier is a lower bound, up to the whole range."""
    known = {key: value for key, value in figures.items() if value is not None}
    hits = [row for row in rows if row.text("criterion") in known and _within(row, known[row.text("criterion")])]
    if not hits:
        return
    top = max(hits, key=lambda row: row.number("tier") or 0)
    sure = {row.text("criterion") for row in rows} <= known.keys()
    span = (top if sure else whole).range("fine_min", "fine_max", "万元")
    if span is None:
        return
    span = Range(top.number("fine_min"), span.high, "万元")
    by = "、".join(dict.fromkeys(row.text("criterion") for row in hits if row.row["tier"] == top.row["tier"]))
    yield tariffs.measure(top, f"罚款{'' if sure else '不低于'}第{top.row['tier']}档（按{by}） {span}", span)


def _within(row: Entry, figure: Decimal) -> bool:
    low, high = row.number("min"), row.number("max")
    return (low is None or figure >= low) and (high is None or figure < high)


def _tier(tariffs: Tariffs, rows: list[Entry], senses: Collection[str], column: str, unit: str) -> Iterator[Measure]:
    """The highest tier whose circumstance is there."""
    rows = [row for row in rows if row.row["when"] is None or row.text("when") in senses]
    if rows:
        top = max(rows, key=lambda row: row.number("tier") or 0)
        span = top.range(f"{column}_min", f"{column}_max", unit)
        when = f"（{top.text('when')}）" if top.row["when"] is not None else ""
        of = "上一年年收入的" if unit == "%" else ""
        case = f"（{top.text('case')}）" if "case" in top.row else _label(top)
        yield tariffs.measure(top, f"罚款{case}第{top.row['tier']}档{when} {of}{span}", span)


def _multiples(tariffs: Tariffs, fines: list[Entry], on: int, sectors: Collection[str],
               senses: Collection[str]) -> Iterator[Measure]:
    """The multiplied fines; a condition that a sector does not name itself is that of the general rules."""
    rows = [one for one in tariffs.entries("事故罚款-加重", on) if one.text("condition") in senses]
    conditions = dict.fromkeys(one.text("condition") for one in rows)
    chosen = [one for each in conditions for one in in_force([row for row in rows if row.text("condition") == each], sectors)]
    for one in chosen:
        for fine in [row for row in fines if row.text("regime") == one.text("regime")] or fines:
            times, base = one.range("multiple_min", "multiple_max", "倍"), fine.range("fine_min", "fine_max", "万元")
            if times is None or times.low is None or base is None or base.low is None:
                continue
            cap = one.number("cap")
            low, high = base.low * times.low, base.high * times.high
            span = Range(low if cap is None else min(low, cap), high if cap is None else min(high, cap), "万元")
            most = "" if cap is None else f"，最高{cap:f}万元"
            yield tariffs.measure(one, f"加倍罚款{_label(fine)} {times}（{span}{most}）", span, one.text("condition"), [fine])


def _income_fines(tariffs: Tariffs, table: str, grade: str, on: int, sectors: Collection[str],
                  senses: Collection[str]) -> Iterator[Measure]:
    """Fines in percent of last year's income: for the failed duty by grade, and for each case on record."""
    rows = [one for one in tariffs.entries(table, on) if one.row["grade"] is None or one.text("grade") == grade]
    for case in dict.fromkeys(one.text("case") for one in rows):
        if case != _FAILED and case not in senses:
            continue
        of_case = in_force([one for one in rows if one.text("case") == case], sectors)
        for one in of_case:
            if one.number("tier") == 0:
                span = one.range("pct_min", "pct_max", "%")
                yield tariffs.measure(one, f"罚款（{case}）{_label(one)} 上一年年收入的{span}", span)
        tiers = [one for one in of_case if one.number("tier") != 0]
        if tiers and "when" in tiers[0].row:
            yield from _tier(tariffs, tiers, senses, "pct", "%")
        else:
            for one in tiers:
                span = one.range("pct_min", "pct_max", "%")
                yield tariffs.measure(one, f"罚款（{case}）分档 上一年年收入的{span}", span)


# -- bans and what else follows -------------------------------------------------------------------------------------


def _others(tariffs: Tariffs, kind: UnitKind | PostKind, grade: str, rank: Decimal, on: int, sectors: Collection[str],
            senses: Collection[str], only: bool = False) -> Iterator[Measure]:
    """The rows of ``禁入`` and ``后续措施`` for a kind; with ``only`` no row that needs no circumstance."""
    for table in ("后续措施", "禁入"):
        rows = [one for one in tariffs.entries(table, on) if one.text("target") == kind.value]
        rows = [one for one in rows if one.text("when") in senses or (one.row["when"] is None and not only)]
        rows = [one for one in rows if (one.number("min_rank") or 0) <= rank]
        if table == "后续措施":
            rows = [one for one in rows if one.row["grade"] is None or one.text("grade") == grade]
            ruled = in_force([one for one in rows if one.row["regime"] is not None], sectors)
            rows = [one for one in rows if one.row["regime"] is None or one in ruled]
        for one in rows:
            span = one.range("low", "high", one.text("unit"))
            told = f" {span}" if span is not None else ""
            told += _duration(tariffs, one.text("parameter")) if "parameter" in one.row else ""
            yield tariffs.measure(one, one.text("measure") + told, span, one.text("provided"))


def _duration(tariffs: Tariffs, name: str) -> str:
    """The value of a parameter that is a span of time."""
    if not name:
        return ""
    found = tariffs.pack.parameters[name]
    value = found.facts[0].values[found.relation.names.index("value")]
    return f" {format_duration(value)}" if isinstance(value, int) else f" {value}"


def _veto(tariffs: Tariffs, kind: UnitKind | PostKind, rank: Decimal, on: int, senses: Collection[str]) -> Iterator[Measure]:
    """一票否决, for the triggers that the profile has switched on."""
    found = tariffs.pack.parameters["veto_triggers"]
    enabled = {str(fact.values[found.relation.names.index("value")]) for fact in found.facts}
    for one in tariffs.entries("一票否决触发", on):
        trigger, least = one.text("trigger"), one.number("min_rank")
        met = trigger in senses or (least is not None and rank >= least)
        if one.text("object") == _OBJECTS.get(kind) and trigger in enabled and met:
            yield tariffs.measure(one, f"一票否决：{one.text('effect')}", provided=f"{trigger}的")


def _talks(tariffs: Tariffs, rank: Decimal, on: int, level: str) -> Iterator[Measure]:
    """约谈 of the head of the government of a level; where one accident is not enough, the number stands in the condition."""
    for one in tariffs.entries("约谈触发", on):
        least, times, window = one.number("rank"), one.number("n"), one.row["window"]
        if one.text("object_level") != level or least is None or times is None or rank < least:
            continue
        span = format_duration(window) if isinstance(window, int) else ""
        provided = f"{span}内{one.text('grade')}以上事故达到{times:f}起的" if times > 1 else ""
        yield tariffs.measure(one, f"由{one.text('by_level')}约谈{level}政府主要负责人（提醒督促，不是处分）", provided=provided)


# -- the ladder for officials ----------------------------------------------------------------------------------------


def _ladder(tariffs: Tariffs, grade: str, degree: str, on: int) -> Iterator[Measure]:
    rows = [one for one in tariffs.entries("处理幅度") if one.text("grade") == grade]
    rows = [one for one in rows if one.text("degree") == degree] or rows
    lows = [low for one in rows if (low := one.number("low")) is not None]
    highs = [high for one in rows if (high := one.number("high")) is not None]
    if not lows or not highs:
        return
    span = Range(min(lows), max(highs), "阶")
    tracks: dict[str, list[Entry]] = {}
    for one in tariffs.entries("处理阶梯", on):
        order = one.number("order") or Decimal(0)
        if order <= span.high and (order >= min(lows) or one.row["beside"] is True):
            tracks.setdefault(one.text("track"), []).append(one)
    words = "；".join(_steps([one.text("name") for one in steps]) for steps in tracks.values())
    steps = [one for track in tracks.values() for one in (track[0], track[-1])]
    yield tariffs.measure(rows[0], f"处理幅度：{words}", span, more=[*rows[1:], *steps])


def _steps(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]}至{names[-1]}"
