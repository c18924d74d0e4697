"""Builds an organisation file around a published case from its view: units, relations, posts, the incident."""

from __future__ import annotations

import re
from typing import Any, Final

from zeren.engine.chain.case_places import Places, places_of
from zeren.engine.chain.case_posts import add_posts
from zeren.engine.chain.case_reading import UnitView, View
from zeren.engine.chain.case_sketch import Entry, Sketch, Unit
from zeren.engine.chain.case_words import Words, bare
from zeren.models.moments import DAY, format_moment, parse_moment
from zeren.models.vocabulary import VOCABULARIES

INCIDENT: Final = "事故"
SITE: Final = "事故现场"
_GENERAL: Final = "应急管理"
_PARTY: Final = re.compile(r"党委|党工委|工委|[省市州县区旗镇乡]委(?!员)|党政|党组")
_FIGURES: Final = re.compile(r"(\d+)\s*死|(\d+)\s*(?:失踪|下落不明)")
#: What a name ends with whose brackets may name a section of it.
_BUREAUS: Final = ("局", "厅", "委", "部", "署", "委员会")
_PUBLIC: Final = ("属地", "部门", "村居")
#: Days before the accident at which acts and contracts without a date stand: in the look-back, before a holder who left.
_BEFORE: Final = 200
_AS: Final = {"所有": "所有", "出租": "出租", "经营": "使用", "使用": "使用", "承包": "施工", "发包": "所有"}


def sketch_of(view: View, words: Words) -> tuple[Sketch, Places]:
    """Turn a view into units, links, parts and posts; distractors are added later."""
    places = places_of(view.places, view.units, words)
    told = [] if "森林" in view.event else [trade for _, _, trade in words.spans("事件词", view.event)]
    sketch = Sketch(parse_moment(view.date), list(dict.fromkeys([*words.industries(view.industry), *told])))
    for unit in view.units:
        _unit(unit, sketch, places, words)
    for unit in view.units:
        _above(unit, view, sketch, words)
    for unit in view.units:
        _duties(unit, sketch, words)
    _parties(view, sketch, words)
    for unit in view.units:
        _acts(unit, view, sketch, words)
    add_posts(view, sketch, words)
    return sketch, places


def file_of(view: View, sketch: Sketch, places: Places, words: Words, least: dict[str, int]) -> dict[str, Any]:
    """The organisation file; ``least`` gives the fewest deaths of a printed grade whose figures are not stated."""
    for unit in sketch.units.values():
        if unit.open_deputy:
            unit.entry["partial"] = True
    occupied = [{"site": SITE, "subject": part["subject"], "as": _AS[part["part"]]} for part in sketch.parts if part["part"] in _AS]
    return {
        "name": view.slug,
        "on": _shift(view.date, 1),
        "industries": sorted({*sketch.industries, *_industries(sketch)}),
        "territories": places.entries(),
        "units": [unit.entry for unit in sketch.units.values()],
        "sites": [{"id": SITE, "kind": "场所", "territory": places.lowest}],
        "links": sketch.links,
        "incidents": [_incident(view, sketch, places, words, least)],
        "facts": {
            "falls": [{"part": SITE, "whole": industry} for industry in sketch.industries],
            "occupies": [dict(entry) for entry in {tuple(one.items()): one for one in occupied}.values()],
        },
    }


def _unit(unit: UnitView, sketch: Sketch, places: Places, words: Words) -> None:
    side, kind = words.side(unit.kind)
    if not side:
        sketch.notes.append(f"单位种类“{unit.kind}”不认识，按企业处理")
        side, kind = "企业", "企业"
    level = words.exact("层级", unit.level)
    name = bare(unit.name)[0] or unit.name or unit.id
    if side == "属地":
        _government(unit, kind, level, sketch, places)
        return
    own = name if len(name) > 1 else places.near(level) + name
    more: dict[str, Any] = {"case": unit.id, "side": side, "name": unit.name if unit.name != own else ""}
    if side == "部门":
        kind = _office_kind(name, kind, level, words)
        more |= {"level": level, "territory": places.near(level), "function": words.function(unit.name)}
    elif side == "村居":
        more |= {"level": "村级", "territory": places.at("村级") or places.lowest}
    else:
        kind = next((value for _, _, value in words.spans("名称种类", unit.name, "企业")), kind) if kind == "企业" else kind
        more["territory"] = places.lowest if side == "企业" else places.near(level)
    made = sketch.unit(own, kind, **more)
    section = bare(unit.name)[1]
    if side == "部门" and kind == "部门" and own.endswith(_BUREAUS) and _office_kind(section, "", level, words) == "内设机构":
        sketch.unit(own + section, "内设机构", case=unit.id, side=side, superior=[{"unit": made.id, "kind": "内设"}])


def _office_kind(name: str, kind: str, level: str, words: Words) -> str:
    for word, _, value in words.rows("名称种类", "部门"):
        if name.endswith(word) and (value != "内设机构" or level not in ("乡级", "村级")):
            return value
    return "站所" if level in ("乡级", "村级") and kind == "部门" else kind


def _government(unit: UnitView, kind: str, level: str, sketch: Sketch, places: Places) -> None:
    """A place's government and party committee; where the page names one side only, the other is there as well."""
    place = places.at("功能区") if kind == "园区" else places.at(level) or places.near(level)
    low = level in ("乡级", "村级") or kind == "园区"
    street = place.endswith(("街道", "办事处")) or kind == "园区"
    party_id = place + ("党工委" if street else "党委" if low else "委")
    common = {"case": unit.id, "side": "属地", "level": "功能区" if kind == "园区" else level, "territory": place}
    if kind == "党委":
        twin = sketch.units.get(party_id)
        if twin is not None and twin.entry.get("territory") == place:
            sketch.of_case.setdefault(unit.id, []).append(twin.id)
        else:
            sketch.unit(party_id, "党委", **common)
        return
    name = unit.name if not _PARTY.search(unit.name) and "、" not in unit.name else ""
    own = place + ("管委会" if kind == "园区" else "办事处" if street else "政府")
    government = sketch.unit(own, kind, name=name if name != own else "", **common)
    twin = sketch.units.get(party_id)
    if twin is None or twin.entry.get("territory") != place or "pair" in twin.entry:
        party = sketch.unit(party_id, "党委", **common)
    else:
        party = twin
        sketch.of_case[unit.id].append(party.id)
    party.entry["pair"] = government.id


def _above(unit: UnitView, view: View, sketch: Sketch, words: Words) -> None:
    """Who is above whom: as the page says, else the government of the unit's level."""
    parent = sketch.first(unit.parent)
    if words.side(unit.kind)[1] == "党委":
        return
    for own in sketch.of_case.get(unit.id, ()):
        made = sketch.units[own]
        if made.entry["kind"] == "党委" or made in _sections(unit, sketch):
            continue
        above = parent
        if above is None and made.side in ("部门", "村居"):
            above = next((one for one in sketch.units.values() if one.side == "属地" and one.entry["kind"] != "党委"
                          and one.entry.get("territory") == made.entry.get("territory") and one.id != own), None)
        if above is None or above.id == own:
            continue
        if made.side == "属地" and above.entry.get("territory") == made.entry.get("territory"):
            continue
        if made.side in ("企业", "中介") and above.side in _PUBLIC:
            continue
        kind = "内设" if made.entry["kind"] in ("内设机构", "站所") else "派驻" if made.entry["kind"] == "派出机构" else "领导"
        if made.side == "企业":
            if not _owned(unit, view, above.case, words):
                continue
            kind = "出资"
            _link(sketch, "出资", above.id, own)
        if own in _all_above(above.id, sketch):
            sketch.notes.append(f"{unit.name} 的上级成了环，不计")
            continue
        sketch.add(made, "superior", {"unit": above.id, "kind": kind})


def _all_above(unit: str, sketch: Sketch) -> set[str]:
    found: set[str] = set()
    waiting = [unit]
    while waiting:
        own = waiting.pop()
        if own not in found:
            found.add(own)
            waiting += [str(one["unit"]) for one in sketch.units[own].entry.get("superior", ())]
    return found


def _owned(unit: UnitView, view: View, above: str, words: Words) -> bool:
    """Whether the unit above a firm owns the firm; a client or landlord stands above it only in the contract chain."""
    parent = next((one for one in view.units if one.id == above), None)
    return parent is not None and "承包" not in _parts_of(unit, words) and "出借资质" not in _links_of(unit, words) and not (
        re.search(r"业主|房主|房东|联合社|出租", parent.name) or "出租" in _parts_of(parent, words))


def _parts_of(unit: UnitView, words: Words) -> list[str]:
    side = words.side(unit.kind)[0] or "企业"
    found = [value for _, sense, value in words.spans("关系", unit.relation, side) if sense == "相关方"]
    if "经营" in found and "出租" in found and "所有" not in found:
        found[found.index("出租")] = "使用"
    return list(dict.fromkeys(found))


def _links_of(unit: UnitView, words: Words) -> list[str]:
    side = words.side(unit.kind)[0] or "企业"
    return list(dict.fromkeys(value for _, sense, value in words.spans("关系", unit.relation, side) if sense == "关联"))


def _duties(unit: UnitView, sketch: Sketch, words: Words) -> None:
    """Mandates: as the relation says; a department whose relation is blank gets what its function usually has."""
    made = sketch.first(unit.id)
    if made is None or made.side not in ("部门", "属地"):
        return
    kinds = list(dict.fromkeys(value for _, sense, value in words.spans("关系", unit.relation, "部门") if sense == "职责"))
    usual = words.functions(sketch.industries).get(str(made.entry.get("function", "")))
    if made.side == "部门" and not unit.relation and usual:
        kinds = [usual]
        sketch.notes.append(f"{unit.name} 的关系未载，按职能推定为{usual}")
    elif made.side == "部门" and unit.relation and not kinds and not _links_of(unit, words):
        kinds = [usual or "专项监管"]
        sketch.notes.append(f"{unit.name} 的关系“{unit.relation}”不认识，按{kinds[0]}处理")
    elif made.side == "部门" and not unit.relation and made.entry.get("function"):
        kinds = ["综合监管" if made.entry["function"] == _GENERAL else "专项监管"]
        sketch.notes.append(f"{unit.name} 的关系未载，按列入案例的部门推定为{kinds[0]}")
    elif made.side == "部门" and not unit.relation:
        sketch.notes.append(f"{unit.name} 的关系未载，也推不出职责")
    for kind in kinds:
        industry: Entry = {} if kind == "综合监管" else {"industry": list(sketch.industries)}
        for one in [made, *_sections(unit, sketch)]:
            sketch.add(one, "mandates", {"kind": kind, "territory": made.entry["territory"]} | industry)


def _sections(unit: UnitView, sketch: Sketch) -> list[Unit]:
    """The sections made from a unit whose name has one in brackets."""
    return [sketch.units[own] for own in sketch.of_case.get(unit.id, ())[1:] if sketch.units[own].entry["kind"] == "内设机构"]


def _parties(view: View, sketch: Sketch, words: Words) -> None:
    """Who is involved in the accident, and as what."""
    for unit in view.units:
        side = words.side(unit.kind)[0] or "企业"
        made = sketch.first(unit.id)
        parts = _parts_of(unit, words)
        if side == "企业" and not parts and not _links_of(unit, words):
            sketch.notes.append(f"{unit.name} 的关系“{unit.relation}”不认识，按经营处理")
            parts = ["经营"]
        if side == "企业":
            parts += [{"物业": "物业", "出借资质": "承包", "监理": "监理", "评价": "评价"}[link] for link in _links_of(unit, words)
                      if link in ("物业", "出借资质", "监理", "评价")]
        if side == "中介":
            parts += ["监理" if "监理" in _links_of(unit, words) else "评价"]
        for part in dict.fromkeys(parts):
            if made is not None:
                sketch.parts.append({"subject": made.id, "part": part})
        if made is not None and "经营" in parts:
            made.entry["industries"] = list(sketch.industries)
    if not any(part["part"] == "经营" for part in sketch.parts):
        firms = [part["subject"] for part in sketch.parts if part["part"] in ("承包", "所有", "使用", "出租")]
        lenders = {sketch.of_case[unit.id][0] for unit in view.units if "出借资质" in _links_of(unit, words)}
        order = [part["subject"] for part in sketch.parts if part["part"] == "承包" and part["subject"] not in lenders] or firms
        for own in dict.fromkeys(order):
            sketch.parts.append({"subject": own, "part": "经营"})
            sketch.units[own].entry["industries"] = list(sketch.industries)


def _link(sketch: Sketch, kind: str, source: str, target: str, actor: str = "") -> None:
    entry = {"id": f"{kind}-{len(sketch.links) + 1}", "kind": kind, "source": source, "target": target,
             "since": format_moment(sketch.event - _BEFORE * DAY)}
    known = {(one["kind"], one["source"], one["target"], one.get("actor", "")) for one in sketch.links}
    if source != target and (kind, source, target, actor) not in known:
        sketch.links.append(entry | ({"actor": actor} if actor else {}))


def _with(sketch: Sketch, *parts: str) -> list[str]:
    return list(dict.fromkeys(str(part["subject"]) for name in parts for part in sketch.parts if part["part"] == name))


def _acts(unit: UnitView, view: View, sketch: Sketch, words: Words) -> None:
    """Links: what was approved, inspected, awarded, leased, lent, designed …, from whom to whom."""
    made = sketch.first(unit.id)
    if made is None or made.side in ("属地", "村居"):
        return
    links, parts = _links_of(unit, words), _parts_of(unit, words)
    if made.side == "中介" and not links:  # an agency is in the case for a report of some kind
        links = ["评价"]
    operators = _with(sketch, "经营") or _with(sketch, "使用", "所有")
    parent = sketch.first(unit.parent)
    client = parent.id if parent is not None and parent.side == "企业" else ""
    for kind in links:
        if kind == "出借资质":
            lender = [one for one in view.units if one.id == unit.parent and "承包" in _parts_of(one, words)]
            peers = lender or [one for one in view.units if one.id != unit.id and "承包" in _parts_of(one, words)]
            for peer in peers:
                target = sketch.first(peer.id)
                if target is not None:
                    _link(sketch, kind, made.id, target.id)
            if not lender and client:
                _link(sketch, "发包", client, made.id)
        elif kind == "物业":
            _link(sketch, kind, made.id, SITE)
        else:
            for office in [made, *_sections(unit, sketch)]:
                for target_id in operators or [SITE]:
                    _link(sketch, kind, office.id, target_id)
    if made.side != "企业":
        return
    if "承包" in parts:
        for source in [client] if client else _with(sketch, "发包", "所有", "经营"):
            _link(sketch, "发包", source, made.id)
    if "发包" in parts:
        for target_id in _with(sketch, "承包"):
            if not any(link["kind"] == "发包" and link["target"] == target_id for link in sketch.links):
                _link(sketch, "发包", made.id, target_id)
    if {"所有", "出租"} & set(parts) and "经营" not in parts:
        owned = {link["target"] for link in sketch.links if link["kind"] == "出资" and link["source"] == made.id}
        for target_id in _with(sketch, "经营", "使用"):
            if target_id not in owned and target_id != made.id and "承包" not in [p["part"] for p in sketch.parts if p["subject"] == target_id]:
                _link(sketch, "出租", made.id, target_id)


def _incident(view: View, sketch: Sketch, places: Places, words: Words, least: dict[str, int]) -> Entry:
    kinds = sorted(VOCABULARIES["incident_kind"], key=lambda kind: (-len(kind), kind))
    kind = next((kind for kind in kinds if kind in view.event), "生产安全事故")
    figures = {key: f"{value:f}" for key, value in (("deaths", view.deaths), ("serious_injuries", view.serious_injuries),
                                                    ("direct_loss", view.direct_loss)) if value is not None}
    for dead, missing in _FIGURES.findall(view.grade):
        figures |= {"deaths": dead} if dead and "deaths" not in figures else {"missing": missing} if missing else {}
    grade = next((grade for grade in sorted(least, key=len, reverse=True) if view.grade.startswith(grade)), "")
    if "deaths" not in figures and least.get(grade, 0) > 1:
        figures["deaths"] = str(least[grade])
        sketch.notes.append(f"未载死亡人数，按公布的等级“{grade}”取最低数 {least[grade]}")
    level = next((value for word, _, value in words.spans("层级", view.investigated_by)), "")
    body = next((sketch.of_case[unit.id][0] for unit in view.units if unit.id in sketch.of_case and any(
        sense == "调查" for _, sense, _ in words.spans("关系", unit.relation, words.side(unit.kind)[0] or "任意"))), "")
    stage = "先期" if words.has("先期", view.stage.lower()) else "正式"
    findings = [
        {"unit": (_sections(unit, sketch) or [sketch.units[sketch.of_case[unit.id][0]]])[0].id, "duty": unit.problems} for unit in view.units
        if unit.problems and not re.fullmatch(r"[(（]?未载[)）]?", unit.problems) and unit.id in sketch.of_case
    ]
    inquiry = {"id": "调查", "stage": stage, "at": _shift(view.date, 0, 60), "findings": findings} | (
        {"level": level} if level else {}) | ({"body": body} if body else {})
    return {
        "id": INCIDENT, "kind": kind, "at": f"{view.date} 12:00", "territory": places.lowest, "site": SITE,
        "industry": sketch.industries[0], **figures,
        "involved": [dict(part) for part in {tuple(part.items()): part for part in sketch.parts}.values()],
        "inquiries": [inquiry],
    }


def _industries(sketch: Sketch) -> set[str]:
    """The industries that mandates and portfolios name."""
    found: set[str] = set()
    for unit in sketch.units.values():
        for mandate in unit.entry.get("mandates", ()):
            found.update(mandate.get("industry", ()))
        for post in unit.entry.get("posts", ()):
            found.update(one["subject"] for one in post.get("portfolio", ()) if one["kind"] == "行业")
    return found


def _shift(date: str, years: int, days: int = 0) -> str:
    return format_moment(parse_moment(date) + (years * 365 + days) * DAY)
