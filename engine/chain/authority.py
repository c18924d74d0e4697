"""Who investigates an accident: the level and body of the law, delegation, elevation, and who in fact did."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from zeren.engine.chain.dossier import TIERS
from zeren.engine.chain.grading import AT_LEAST, DEAD, HURT, Row
from zeren.engine.chain.sheet import Sheet
from zeren.models.facts import Fact
from zeren.models.vocabulary import LEVELS

GENERAL: Final = "一般规定"


@dataclass(frozen=True, slots=True)
class Authority:
    """Who investigates: the level and body of the law, the unit of the file that is it, and who in fact did.

    ``entrustable`` says whether the enterprise itself may be entrusted (一般 without casualties; nothing: figures unknown),
    ``elevated`` whether a level above the law's investigates, ``lower`` whether one below it does.
    """

    regime: str
    grade: str
    level: str
    body: str
    unit: str
    delegable: bool
    entrustable: bool | None
    actual: str
    actual_level: str
    elevated: bool
    lower: bool
    text: str
    basis: tuple[str, ...]
    inquiry: Fact | None


def authority(sheet: Sheet) -> Authority | None:
    """Who has to investigate, by the grade that counts; an incident without a known grade counts as the lowest."""
    dossier, grade = sheet.dossier, sheet.grade.grade if sheet.grade else "一般"
    found = first_row(sheet, "调查主体", grade=grade)
    if found is None:
        return None
    row, basis = found
    level = str(row["level"]) if row["level"] is not None else ""
    tier = dossier.tier(level) if level else None
    unit = _unit(sheet, str(row["body"]), tier)
    fact, inquiry = next(((fact, row) for fact, row in dossier.inquiries if row["stage"] == "正式"), (None, None))
    actual = str(inquiry["body"]) if inquiry is not None and inquiry["body"] is not None else ""
    actual_level = str(inquiry["level"]) if inquiry is not None and inquiry["level"] is not None else ""
    above = _above(actual_level, tier or level)
    entrustable = _entrustable(sheet) if grade == "一般" and row["regime"] == GENERAL else False
    result = Authority(str(row["regime"]), grade, tier or level, str(row["body"]), unit, row["delegable"] is True, entrustable,
                       actual, actual_level, above > 0, above < 0, "", basis, fact)
    notes = [_told(result, sheet), *_notes(sheet, result)]
    more = [line for fact_id, wanted in (("B-031", entrustable), ("B-032", above > 0), ("B-021", _risen(sheet)), ("B-033", _across(sheet)))
            if wanted for line in sheet.cite([("fact", fact_id)], "已核")]
    return replace(result, text="；".join(notes), basis=(*basis, *more))


def first_row(sheet: Sheet, table: str, **cells: str) -> tuple[Row, tuple[str, ...]] | None:
    """The row of the incident's own regime, else of the general one."""
    for regime in (*sheet.scales.regimes(sheet.dossier.row), GENERAL):
        found = next(sheet.table(table, sheet.dossier.at, regime=regime, **cells), None)
        if found is not None:
            return found
    return None


def _unit(sheet: Sheet, body: str, tier: str | None) -> str:
    """The unit of the file that is the body of the law at a tier."""
    place = sheet.dossier.tiers.get(tier) if tier else None
    if body == "政府":
        found = sheet.dossier.placed(place, kinds=("政府",)) or sheet.dossier.placed(place, kinds=("园区",))
    elif body == "市场监督管理部门":
        found = sheet.dossier.placed(place, function="市场监督管理")
    elif "矿山安全监察" in body:
        found = sorted(sheet.dossier.units(function=("矿山安全监察",)))
    else:
        found = []
    return found[0] if found else ""


def _above(actual: str, lawful: str) -> int:
    """1 where the actual level stands above the lawful one, -1 below, 0 where equal or not known."""
    if actual not in LEVELS or lawful not in LEVELS or actual == lawful:
        return 0
    return 1 if LEVELS.index(actual) < LEVELS.index(lawful) else -1


def _entrustable(sheet: Sheet) -> bool | None:
    """Whether nobody was hurt, as far as the figures say."""
    figures = dict(sheet.grade.figures) if sheet.grade else {}
    known = [figures.get(key) for key in (DEAD, HURT)]
    if any(value is not None and value > 0 for value in known):
        return False
    return None if None in known else True


def _risen(sheet: Sheet) -> bool:
    return len(sheet.grades) > 1 and sheet.grades[-1].rank > sheet.grades[0].rank


def _across(sheet: Sheet) -> bool:
    """Whether an enterprise of the incident is registered in another county."""
    county = sheet.dossier.tiers.get(TIERS[0])
    for firm in sheet.dossier.firms:
        unit = sheet.dossier.unit(firm)
        home = str(unit["territory"]) if unit is not None and unit["territory"] is not None else None
        places = {level: id for id, level in sheet.dossier.lineage(home)}
        if county is not None and TIERS[0] in places and places[TIERS[0]] != county:
            return True
    return False


def _told(found: Authority, sheet: Sheet) -> str:
    who = f"{found.level}{found.body}" if found.body in ("政府", "市场监督管理部门") else found.body
    grade = f"{found.grade}事故" if sheet.grade else "等级未定，先按一般事故"
    bound = "（下界）" if sheet.grade and sheet.grade.bound == AT_LEAST else ""
    return f"{grade}{bound}由{who}组织调查" + ("，可授权或委托部门" if found.delegable else "")


def _notes(sheet: Sheet, found: Authority) -> list[str]:
    notes = []
    if found.entrustable:
        notes.append("没有人员伤亡，可委托事故单位调查")
    if _risen(sheet) and sheet.grade is not None:
        notes.append(f"等级由{sheet.grades[0].grade}升为{sheet.grade.grade}，上级政府可另行组织调查")
    if found.elevated:
        notes.append(f"实际由{found.actual_level}调查，系提级")
    if found.lower:
        notes.append(f"实际由{found.actual_level}调查，低于法定层级，须有授权或委托文书")
    if _across(sheet):
        notes.append("事故单位在别的县级区域，由发生地组织，单位所在地派人参加")
    return notes
