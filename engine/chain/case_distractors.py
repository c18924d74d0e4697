"""Posts without a link to the accident, around a case, so that an answer which names everybody is seen to be wrong.

Made: deputies with other portfolios, bureaus without mandate or link, neighbouring places, successors after the event,
predecessors long before, and superiors whom the grade never reaches. Never made as wrong answers: heads, sections or
staff of units of the case, signers, fire and police, general supervision, deputies whose portfolio the title leaves open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from zeren.engine.chain.case_places import Places
from zeren.engine.chain.case_posts import GOVERNMENT_HEAD
from zeren.engine.chain.case_reading import View
from zeren.engine.chain.case_sketch import LONG_AGO, Origin, Sketch, Unit
from zeren.engine.chain.case_titles import DEPUTY, HEAD, PARTY_HEAD
from zeren.engine.chain.case_words import Words
from zeren.engine.pack import Pack
from zeren.models.moments import DAY, format_moment
from zeren.models.vocabulary import LEVELS

NEVER: Final = "不及"
_OFFICES: Final = {GOVERNMENT_HEAD: "政府正职", PARTY_HEAD: "党委正职"}
_CALLED: Final = {"省级": "副省长", "市级": "副市长", "县级": "副县长", "乡级": "副镇长", "功能区": "副主任"}


def add_distractors(view: View, sketch: Sketch, places: Places, words: Words, pack: Pack) -> None:
    """Add every kind of distractor that the case has room for; the same case always gets the same ones."""
    never = _never(view, words, pack)
    real = [unit for unit in sketch.units.values() if unit.case]
    _in_time(sketch, real)
    _other_portfolios(sketch, real, words)
    _idle_bureaus(sketch, real, words)
    _neighbours(sketch, real, places)
    _superiors(sketch, places, never)
    _out_of_reach(sketch, never)


def _never(view: View, words: Words, pack: Pack) -> frozenset[tuple[str, str]]:
    """The (level, office) that the grade never reaches; where the grade may be raised, not after that either."""
    ranks: dict[int, dict[tuple[str, str], str]] = {}
    names: dict[str, int] = {}
    for fact in pack.table("问责层级").facts:
        grade, rank, level, office, reach = fact.values[:5]
        ranks.setdefault(int(str(rank)), {})[str(level), str(office)] = str(reach)
        names[str(grade)] = int(str(rank))
    grade = next((name for name in sorted(names, key=len, reverse=True) if view.grade.startswith(name)), "")
    if not grade:
        return frozenset()
    rank = names[grade]
    raised = any(words.has("报告链", unit.problems) for unit in view.units) or _above_statute(view, rank, words, pack)
    cells = [ranks[at] for at in (rank, rank + 1 if raised else rank) if at in ranks]
    return frozenset(cell for cell in cells[0] if all(one.get(cell) == NEVER for one in cells))


def _above_statute(view: View, rank: int, words: Words, pack: Pack) -> bool:
    level = next((value for _, _, value in words.spans("层级", view.investigated_by)), "")
    statutory = next((str(fact.values[3]) for fact in pack.table("调查主体").facts
                      if fact.values[0] == "一般规定" and fact.values[2] == rank), "")
    return level in LEVELS and statutory in LEVELS and LEVELS.index(level) < LEVELS.index(statutory)


def _in_time(sketch: Sketch, real: Iterable[Unit]) -> None:
    """Before and after: who held a head's post long ago, and who was appointed after the accident."""
    ago, left, after = (format_moment(sketch.event + days * DAY) for days in (
        -365 * (LONG_AGO + 3), -365 * LONG_AGO, 31))
    for unit in real:
        if unit.side not in ("属地", "部门"):
            continue
        for made in [one for one in sketch.made if one.unit == unit.id and one.rank in (HEAD, GOVERNMENT_HEAD, PARTY_HEAD)]:
            entry = next(one for one in unit.entry["posts"] if one["id"] == made.post)
            holder = entry["holders"][0]
            if made.origin is Origin.DISTRACTOR or "until" in holder or len(entry["holders"]) > 1:
                continue
            holder |= {"since": format_moment(sketch.event - (365 * LONG_AGO - 1) * DAY), "until": format_moment(sketch.event + 30 * DAY)}
            sketch.holder(unit, made.post, ago, left, "多年以前的前任")
            sketch.holder(unit, made.post, after, "", "事故以后才任职")


def _other_portfolios(sketch: Sketch, real: Iterable[Unit], words: Words) -> None:
    """A deputy in every government and department who is in charge of something else."""
    industries = _unrelated(sketch, words)
    for at, unit in enumerate(real):
        level = str(unit.entry.get("level", ""))
        if unit.side not in ("属地", "部门") or unit.entry["kind"] in ("党委", "内设机构", "派出机构", "站所"):
            continue
        role = "党政副职" if unit.side == "属地" else "班子成员"
        title = _CALLED.get(level, "副主任") if unit.side == "属地" else "副局长"
        subject = industries[at % len(industries)]
        sketch.post(unit, f"{title}（分管{subject}）", role, DEPUTY, Origin.DISTRACTOR,
                    portfolio=[{"kind": "行业", "subject": subject}], reason="分管的是别的行业")


def _unrelated(sketch: Sketch, words: Words) -> list[str]:
    return [word for word, _, _ in sorted(words.rows("无关行业")) if word not in sketch.industries]


def _idle_bureaus(sketch: Sketch, real: Iterable[Unit], words: Words) -> None:
    """Beside every government from the county up, a bureau that has nothing to do with the trade."""
    used = {str(unit.entry.get("function", "")) for unit in sketch.units.values()} | set(words.functions(sketch.industries))
    free = [(name, function) for name, _, function in sorted(words.rows("无关部门")) if function not in used]
    industries = _unrelated(sketch, words)
    for at, unit in enumerate([one for one in real if one.side == "属地" and one.entry["kind"] == "政府"]):
        level = str(unit.entry.get("level", ""))
        if level not in ("县级", "市级", "省级") or not free:
            continue
        name, function = free[at % len(free)]
        place = str(unit.entry["territory"])
        bureau = sketch.unit(place + name, "部门", side="部门", level=level, territory=place, function=function,
                             superior=[{"unit": unit.id, "kind": "领导"}])
        sketch.add(bureau, "mandates", {"kind": "行业主管", "industry": [industries[at % len(industries)]]})
        for title, role, rank in (("局长", "主要负责人", HEAD), ("副局长", "班子成员", DEPUTY)):
            sketch.post(bureau, title, role, rank, Origin.DISTRACTOR, reason="所在部门与事故没有职责和关联")


def _neighbours(sketch: Sketch, real: Iterable[Unit], places: Places) -> None:
    """Beside the lowest township or county on the path, another one with its own leaders and its own supervision."""
    place = places.at("乡级") or places.at("县级")
    if not place:
        return
    level = places.level(place)
    low = level == "乡级"
    other = places.neighbour(place, f"{place}邻近{'乡镇' if low else '县'}")
    above = next((unit for unit in real if unit.side == "属地" and unit.entry["kind"] == "政府"
                  and unit.entry.get("territory") == places.above(place)), None)
    more: dict[str, Any] = {"superior": [{"unit": above.id, "kind": "领导"}]} if above else {}
    government = sketch.unit(other + "政府", "政府", side="属地", level=level, territory=other, **more)
    party = sketch.unit(other + ("党委" if low else "委"), "党委", side="属地", level=level, territory=other)
    party.entry["pair"] = government.id
    office = sketch.unit(other + ("安监站" if low else "应急管理局"), "站所" if low else "部门", side="部门", level=level,
                         territory=other, superior=[{"unit": government.id, "kind": "内设" if low else "领导"}])
    sketch.add(office, "mandates", {"kind": "综合监管"})
    safety = [{"kind": "事项", "subject": "安全生产"}]
    sketch.post(government, "镇长" if low else "县长", "主要负责人", GOVERNMENT_HEAD, Origin.DISTRACTOR, reason=_ELSEWHERE)
    sketch.post(government, f"{_CALLED[level]}（分管安全生产）", "党政副职", DEPUTY, Origin.DISTRACTOR, portfolio=safety, reason=_ELSEWHERE)
    sketch.post(party, "书记", "主要负责人", PARTY_HEAD, Origin.DISTRACTOR, reason=_ELSEWHERE)
    sketch.post(office, "站长" if low else "局长", "主要负责人", HEAD, Origin.DISTRACTOR, reason=_ELSEWHERE)


_ELSEWHERE: Final = "所在地域不是事故发生地"


def _superiors(sketch: Sketch, places: Places, never: frozenset[tuple[str, str]]) -> None:
    """Above the units of the case: the leaders of places on the path that this grade never reaches."""
    governed = {str(unit.entry.get("territory")) for unit in sketch.units.values() if unit.side == "属地"}
    below: Unit | None = None
    for place in reversed(places.path):
        level = places.level(place)
        if place in governed:
            below = next((unit for unit in sketch.units.values()
                          if unit.side == "属地" and unit.entry.get("territory") == place and unit.entry["kind"] != "党委"), below)
            continue
        wanted = (("政府正职", GOVERNMENT_HEAD), ("党委正职", PARTY_HEAD), ("分管安全副职", DEPUTY))
        if level not in ("县级", "市级", "省级") or not all((level, office) in never for office, _ in wanted):
            continue
        government = sketch.unit(place + "政府", "政府", side="属地", level=level, territory=place)
        party = sketch.unit(place + "委", "党委", side="属地", level=level, territory=place)
        party.entry["pair"] = government.id
        if below is not None:
            sketch.add(below, "superior", {"unit": government.id, "kind": "领导"})
        below = government
        reason = "该等级事故惯例上不追到这一级"
        sketch.post(government, _CALLED[level][1:], "主要负责人", GOVERNMENT_HEAD, Origin.DISTRACTOR, reason=reason)
        sketch.post(government, f"{_CALLED[level]}（分管安全生产）", "党政副职", DEPUTY, Origin.DISTRACTOR,
                    portfolio=[{"kind": "事项", "subject": "安全生产"}], reason=reason)
        sketch.post(party, "书记", "主要负责人", PARTY_HEAD, Origin.DISTRACTOR, reason=reason)


def _out_of_reach(sketch: Sketch, never: frozenset[tuple[str, str]]) -> None:
    """Heads of a place of the case, made because every place has them, whom this grade never reaches."""
    published: Mapping[tuple[str, str], bool] = {(one.unit, one.rank): True for one in sketch.made if one.case_post}
    for at, made in enumerate(sketch.made):
        level = str(sketch.units[made.unit].entry.get("level", ""))
        office = _OFFICES.get(made.rank, "")
        if made.origin is Origin.NEUTRAL and (level, office) in never and (made.unit, made.rank) not in published:
            sketch.made[at] = replace(made, origin=Origin.DISTRACTOR, reason="该等级事故惯例上不追到这一级")
