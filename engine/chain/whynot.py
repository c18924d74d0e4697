"""Why a post is not on the chain (design §6.6), for any post of the organisation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from zeren.engine.chain.matter import Matter
from zeren.engine.chain.model import Line, Verdict
from zeren.engine.chain.offices import FIRM, Offices
from zeren.engine.derive.closures import holds
from zeren.engine.derive.surroundings import UNSTATED, remit
from zeren.engine.explain import Source
from zeren.models.facts import Fact, Value
from zeren.models.problems import UsageError, nearest

_PLACED: Final = ("政府", "党委", "园区", "村居")


def absent(matter: Matter, post: str, linked: Iterable[str]) -> Line:
    """A line that says why ``post``, to which no attribution rule leads, is not on the chain. ``linked`` are units of the chain.

    Raises:
        UsageError: the organisation has no such post, with the nearest one.
    """
    facts = matter.facts
    row = next((row for _, row in facts.where("post", "id", post)), None)
    if row is None:
        ids = [str(fact.values[0]) for fact in facts.of("post")]
        near = nearest(post, ids)
        raise UsageError.of("USE-岗位", f"组织中没有岗位“{post}”" + (f"，{near}" if near else ""), "岗位编号见组织文件的 posts")
    unit = next((one for _, one in facts.where("unit", "id", row["unit"])), {"id": row["unit"]})
    office = Offices(matter).of(post)
    why, proof = _reason(matter, post, row, unit, frozenset(linked), office.level == FIRM)
    person = next((str(one["person"]) for _, one in facts.where("appointment", "post", post) if holds(one["since"], one["until"], matter.at)), "")
    words = matter.words
    return Line(post, words.value(post), office.unit, words.value(office.unit), person, "", office.level, office.office, "", None,
                Verdict.NOT_INVOLVED, "", "", (), fulfilled=(), why=why, reach_basis=(), status="不列入",
                breaches=(), measures=(), asks=(), degree_basis=(), mitigating=tuple(source.text for source in proof))


def _reason(matter: Matter, post: str, row: Mapping[str, Value], unit: Mapping[str, Value], linked: frozenset[str],
            firm: bool) -> tuple[str, tuple[Source, ...]]:
    facts, own = matter.facts, str(unit.get("id"))
    portfolio = [(fact, one) for fact, one in facts.where("portfolio", "post", post) if holds(one["since"], one["until"], matter.at)]
    after = _late_acts(matter, post, own)
    if after:
        return f"与事故无关联：所签的审批、检查、验收在事故之后（{'、'.join(after)}）", ()
    if own in linked or own in matter.parties:
        return _by_remit(matter, post, row, portfolio)
    if unit.get("kind") in _PLACED:
        place = unit.get("territory")
        return f"与事故无关联：{matter.words.value(own)}的地域是{matter.words.value(place)}，不含事故发生地", ()
    mandates = [(fact, one) for fact, one in facts.where("mandate", "unit", own) if holds(one["since"], one["until"], matter.at)]
    if mandates:
        return _by_mandate(matter, own, mandates)
    if firm:
        return f"与事故无关联：{matter.words.value(own)}不在事故各方之列，与事故单位、场所没有合同、产权、股权或者签字的关联", ()
    return f"与事故无关联：{matter.words.value(own)}对事故的行业、单位和场所没有监管职责，也没有审批、检查、验收的记载", ()


def _by_remit(matter: Matter, post: str, row: Mapping[str, Value], portfolio: Sequence[tuple[Fact, Mapping[str, Value]]],
              ) -> tuple[str, tuple[Source, ...]]:
    if portfolio:
        subjects = "、".join(dict.fromkeys(matter.words.value(one["subject"]) for _, one in portfolio))
        trades = "、".join(matter.words.value(trade) for trade in sorted(matter.trades)) or "未载"
        return (f"分管不含该行业：分管{subjects}，不含事故的行业（{trades}）、单位、地域，也不含安全生产",
                matter.sources([fact for fact, _ in portfolio]))
    if any(fact.values[2] == UNSTATED for fact in remit(matter.facts, post, matter.at)):
        return f"单位与事故有关联，但{row['role']}一类岗位没有通向它的归责规则；本人未签字、未到场、未被认定", ()
    return "分管不含该行业：事故发生时没有在效的分管", ()


def _by_mandate(matter: Matter, unit: str, mandates: Sequence[tuple[Fact, Mapping[str, Value]]]) -> tuple[str, tuple[Source, ...]]:
    near = [(fact, one) for fact, one in mandates if one["territory"] in (None, *matter.scene)]
    proof = matter.sources([fact for fact, _ in near or mandates])
    if not near:
        places = "、".join(dict.fromkeys(matter.words.value(one["territory"]) for _, one in mandates))
        return f"与事故无关联：{matter.words.value(unit)}的监管职责在{places}，不含事故发生地", proof
    trades = "、".join(dict.fromkeys(matter.words.value(one["industry"]) for _, one in near if one["industry"] is not None))
    return f"与事故无关联：{matter.words.value(unit)}监管的是{trades}，不含事故的行业", proof


def _late_acts(matter: Matter, post: str, unit: str) -> list[str]:
    touched = {*matter.parties, str(matter.row["site"])}
    return [str(row["id"]) for _, row in matter.facts.where("link", "source", unit)
            if row["target"] in touched and row["actor"] == post and isinstance(row["since"], int) and row["since"] > matter.at]
