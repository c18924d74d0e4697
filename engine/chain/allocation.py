"""From a finding on a unit to its posts, in five marked and rebuttable steps (design §6.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from zeren.engine.chain.candidates import Link
from zeren.engine.chain.matter import LICENSED, UNIT_WIDE, Finding, Matter
from zeren.engine.chain.offices import Office
from zeren.engine.chain.tenures import Holder
from zeren.engine.derive.closures import holds

ACTED: Final = "① 签字、到场、经办或者包保的岗位"
SECTION: Final = "② 有关科室、站所的负责人"
DEPUTY: Final = "③ 分管范围含此事的副职"
HEAD: Final = "④ 主要负责人"
UNIT: Final = "⑤ 仅单位担责"
_SECTIONS: Final = ("内设机构负责人", "站所和驻点人员", "村居干部", "企业部门和一线", "中介人员")
DEPUTIES: Final = ("分管安全副职", "分管行业副职", "分管未载副职", "其他副职", "部门副职", "企业班子", "集团班子")
_FIRM_HEADS: Final = ("企业主要负责人", "个体经营者", "集团正职")
#: Those of a section who are not its hands; hands are reached only where they acted.
LEADING: Final = ("主要负责人", "主任", "副主任", "政治主官", "内设机构负责人", "项目负责人", "安全管理人员", "班组长", "技术负责人", "村书记", "村主任", "安全总监")


@dataclass(frozen=True, slots=True)
class Seat:
    """A linked post and one who held it."""

    office: Office
    holder: Holder

    @property
    def acted(self) -> bool:
        """Whether the post itself signed, inspected, stood on site or was named."""
        return any(link.acted for link in self.holder.links)

    @property
    def open(self) -> bool:
        """Whether all ways to it rest on a portfolio that was never written down."""
        return all(link.open for link in self.holder.links)

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers of its ways, each once."""
        return tuple(dict.fromkeys(link.layer for link in self.holder.links))


@dataclass(frozen=True, slots=True)
class Allocation:
    """Which findings reach which seat, by which step (empty: the finding names the post); and for each finding on a unit
    whether it stayed there (⑤) or reached a post (empty)."""

    reached: Mapping[Seat, Sequence[tuple[Finding, str]]]
    ended: Sequence[tuple[Finding, str]]


def allocate(matter: Matter, seats: Sequence[Seat]) -> Allocation:
    """Carry the findings of the inquiry to the seats."""
    reached: dict[Seat, list[tuple[Finding, str]]] = {}
    ended: list[tuple[Finding, str]] = []
    for finding in matter.findings:
        direct = [seat for seat in seats if seat.office.post == finding.unit]
        if direct or any(True for _ in matter.facts.where("post", "id", finding.unit)):
            for seat in direct:
                reached.setdefault(seat, []).append((finding, ""))
            continue
        own = [seat for seat in seats if _inside(matter, seat.office.unit, finding.unit)]
        steps = _steps(matter, finding, own)
        for seat, step in steps:
            reached.setdefault(seat, []).append((finding, step))
        ended.append((finding, "" if steps else UNIT))
    return Allocation(reached, ended)


def _steps(matter: Matter, finding: Finding, seats: Sequence[Seat]) -> list[tuple[Seat, str]]:
    found: list[tuple[Seat, str]] = []
    named = _named(matter, finding)
    for seat in seats:
        if seat.acted:
            found.append((seat, ACTED))
        elif not _during(finding, seat, matter) or not _covers(matter, named, seat):
            continue
        elif seat.office.office in _SECTIONS and seat.office.role in LEADING:
            found.append((seat, SECTION))
        elif seat.office.office in DEPUTIES and not seat.open:
            found.append((seat, DEPUTY))
    if not any(step == SECTION for _, step in found):  # nobody leads the section: then those who make it up
        found += [(seat, f"{SECTION}（没有查明负责人，落到所属人员）") for seat in seats
                  if seat.office.office in _SECTIONS and not seat.acted and _during(finding, seat, matter) and _covers(matter, named, seat)]
    reason = _for_head(matter, finding, found)
    for seat in seats:
        if not seat.office.head or seat.acted or not _during(finding, seat, matter):
            continue
        why = "法定第一责任人" if seat.office.office in _FIRM_HEADS else reason
        if why:
            found.append((seat, f"{HEAD}（{why}）"))
    return found


def _for_head(matter: Matter, finding: Finding, found: Sequence[tuple[Seat, str]]) -> str:
    """Why a finding reaches the head of an authority, or nothing where it ends with those below."""
    (presumed,) = matter.parameter("head_presumed_rank")
    if matter.grading.rank >= presumed:  # type: ignore[operator]
        return "达到主官推定的等级"
    if UNIT_WIDE in finding.senses:
        return "属于全单位的职责"
    if LICENSED in finding.senses:
        return "违规办理审批、许可、验收，法规点名追究部门正职"
    return "" if any(seat.office.office in DEPUTIES for seat, _ in found) else "没有查明的分管副职"


def _named(matter: Matter, finding: Finding) -> frozenset[str]:
    """The trades of the accident that a finding names, with those above them; none: it is about all of them."""
    words = [trade for trade in matter.trades if trade in finding.text or matter.words.value(trade) in finding.text]
    return frozenset(above for trade in words for above in matter.trades_above(trade))


def _covers(matter: Matter, named: frozenset[str], seat: Seat) -> bool:
    """Whether what a seat is in charge of takes in the trades that a finding names. One reached in another way than by a trade
    or by a department for its trade (safety, a unit, a place, its own section) answers for all."""
    return not named or any(not (trades := _trades(matter, link, seat.office.post)) or trades & named for link in seat.holder.links)


def _trades(matter: Matter, link: Link, post: str) -> set[str]:
    """The trades by which a way leads to a post; none where it leads there in another way."""
    rows = [dict(zip(matter.facts.schema[fact.relation].names, fact.values, strict=True)) | {"": fact.relation} for fact in link.facts]
    charge = [row for row in rows if row[""] == "portfolio" and row["post"] == post]
    if any(row["kind"] == "部门" for row in charge):
        return {str(row["industry"]) for row in rows if row[""] == "mandate" and row["industry"] is not None}
    return {str(row["subject"]) for row in charge if row["kind"] == "行业"}


def _during(finding: Finding, seat: Seat, matter: Matter) -> bool:
    """Whether the holder was in office while the finding ran, as far as that is stated."""
    if finding.since is None:
        return True
    since, until = seat.holder.since, seat.holder.until
    end = finding.until if finding.until is not None else matter.at
    return (since is None or since <= end) and (until is None or finding.since < until)


def _inside(matter: Matter, unit: str, whole: str) -> bool:
    """Whether a unit is, or is an inner section of, another."""
    if unit == whole:
        return True
    return any(row["superior"] == whole and row["kind"] == "内设" and holds(row["since"], row["until"], matter.at)
               for _, row in matter.facts.where("subordination", "unit", unit))
