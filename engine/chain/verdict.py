"""What the records say about one who held a linked post: breach, fulfilment, or not enough (design §6.4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from zeren.engine.chain.allocation import Seat
from zeren.engine.chain.conduct import Act, answers, evidenced, on_paper, own_acts, rebutted
from zeren.engine.chain.lateness import late_reports, told_late
from zeren.engine.chain.matter import Finding, Matter
from zeren.engine.chain.model import Breach, Clock, Verdict
from zeren.engine.explain import Source
from zeren.engine.instances import Instance
from zeren.engine.language.rule import Basis, Rule
from zeren.engine.ledgers import Ask
from zeren.engine.outcome import Outcome
from zeren.engine.report import finding_id
from zeren.models.facts import Fact
from zeren.models.relations import RELATIONS, World

STRICT, MIXED = "主官必究", "混合"
#: The three conditions under which a leader is not pursued (地方党政领导干部安全生产责任制规定).
CONDITIONS: Final = ("领导干部职责", "法定职责", "党委政府部署")
_LEADERS: Final = "C-"
_LEADING: Final = ("政府正职", "党委正职", "部门正职", "部门副职", "分管安全副职", "分管行业副职", "分管未载副职", "其他副职")


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The verdict on one seat and what it rests on. ``recorded``: a finding reaches it, or papers show a breach of its own; a gap in
    the structure alone is not that."""

    verdict: Verdict
    status: str
    why: str
    breaches: tuple[Breach, ...]
    fulfilled: tuple[Source, ...]
    asks: tuple[Ask, ...]
    recorded: bool


def conclude(matter: Matter, seat: Seat, found: Sequence[tuple[Finding, str]], duties: Sequence[Instance], below: bool,
             clocks: Sequence[Clock] = ()) -> Conclusion:
    """Decide one seat: ``found`` are the findings that reach it, ``duties`` its duties, ``below`` that something under it was found,
    ``clocks`` the limits of the accident.

    Precedence: a breach of its own (a finding that names it, a failed duty, a report not made rightly), then presumptions,
    which an act of its own rebuts, then fulfilment, then not enough.
    """
    mine = [one for one in duties if _his(one, seat, matter) and answers(one, seat)]
    passes = [one for one in mine if one.outcome is Outcome.PASS]
    opens = [one for one in mine if one.outcome is Outcome.UNKNOWN]
    failed = [one for one in mine if one.outcome is Outcome.FAIL]
    gaps = [one for one in failed if not evidenced(matter, one)]
    fails = [one for one in failed if one not in gaps and not told_late(matter, one.bearer, one.due, one.done)]
    late = late_reports(matter, seat, clocks, failed, [finding for finding, _ in found])
    own = [(finding, step) for finding, step in found if not step]
    presumed = [(finding, step) for finding, step in found if step]
    breaches = (*(_of_finding(matter, *pair) for pair in (*own, *presumed)), *(_of_duty(matter, one) for one in fails), *late)
    acts = own_acts(matter, seat, passes)
    proven, lacking = _proven(seat, passes, failed, opens, acts)
    asks, recorded = _asks(matter, seat, opens, acts), bool(found or late) or any(on_paper(one) for one in fails)
    evidence = matter.sources(_papers(passes))
    if own or fails or late:
        why = "调查认定指名本岗位" if own else f"{len(fails)} 项与事故有关的职责不符合" if fails else f"{len(late)} 项事故报告没有依法报出"
        return Conclusion(Verdict.BREACH, "应追究", why, breaches, evidence, asks, recorded)
    standing = [step for finding, step in presumed if not (proven and rebutted(matter, seat, finding, acts))]
    if presumed and not standing:
        return Conclusion(Verdict.FULFILLED, "建议免责", "单位有认定，本人履职证据齐全，推定已被反证", breaches, evidence, asks, recorded)
    if standing and seat.holder.fresh:
        return Conclusion(Verdict.DEFERRED, "暂缓", "到任不久，单位的失职先由前任核起", breaches, evidence, asks, recorded)
    if standing:
        return Conclusion(Verdict.BREACH, "推定应追究，可反证", f"单位的认定按顺序落到本岗位：{standing[0]}", breaches, evidence, asks, recorded)
    if proven:
        return Conclusion(Verdict.FULFILLED, "建议免责", "与事故有关的职责都有履行证据" + _three(seat), (), evidence, asks, recorded)
    parts = ["分管范围未载" if seat.open else "", "下级有调查认定，本人督促的职责还没有证明" if below else "",
             f"{'、'.join(sorted({one.rule_id for one in gaps}))} 是机构设置的缺口，没有证据说明与这起事故有关，不单独作为失职" if gaps else "",
             "报告迟于时限，但接报时已过时限" if len(fails) + len(gaps) < len(failed) else "",
             f"尽职免责要件未齐：缺{'、'.join(lacking)}" if lacking and passes else "",
             f"{len(opens)} 项职责资料不全" if opens else "", "本人经办的那一件是否合规还没有材料" if seat.acted and not acts else "没有提供本人履职的资料" if not acts else ""]
    return Conclusion(Verdict.OPEN, "待查", "；".join(part for part in parts if part), (), evidence, asks, recorded)


def moded(matter: Matter, seat: Seat, made: Conclusion, concealed: bool) -> str:
    """The status of a head under the liability mode; others keep theirs."""
    (mode,) = matter.parameter("liability_mode")
    strict = mode == STRICT or (mode == MIXED and (matter.grading.rank >= 2 or concealed))
    if not strict or not seat.office.head or made.verdict is Verdict.BREACH:
        return made.status
    if seat.office.office in ("政府正职", "党委正职"):
        first = {str(value) for value in matter.parameter("first_responsible")}
        if ("政府" if seat.office.office == "政府正职" else "党委") not in first:
            return made.status
    return f"待查（{mode}）"


def _his(one: Instance, seat: Seat, matter: Matter) -> bool:
    """Whether the duty fell due while he held the post."""
    moment = one.due if one.due is not None else one.bindings().get(one.plan.anchor or "")
    return seat.holder.held(moment if isinstance(moment, int) else matter.at)


def _proven(seat: Seat, passes: Sequence[Instance], failed: Sequence[Instance], opens: Sequence[Instance], acts: Sequence[Act]) -> tuple[bool, list[str]]:
    """Whether fulfilment is proven whole, by acts of its own, and which of the three conditions lack proof."""
    if not passes or failed or opens or seat.open:
        return False, []
    if not _official(seat):
        return bool(acts), []
    shown = {condition(one.plan.rule) for one in passes}
    lacking = [name for name in CONDITIONS if name not in shown]
    return bool(acts) and not lacking, lacking


def condition(rule: Rule) -> str:
    """To which of the three conditions a duty belongs, by what it rests on."""
    facts = [basis.ref for basis in rule.basis if basis.kind == "fact"]
    if any(ref.startswith(_LEADERS) for ref in facts):
        return CONDITIONS[0]
    return CONDITIONS[1] if facts else CONDITIONS[2]


def _official(seat: Seat) -> bool:
    """Whether it is a leading office of party, government or department, to which the three conditions apply."""
    return seat.office.office in _LEADING

def _three(seat: Seat) -> str:
    return "，三个要件齐备" if _official(seat) else ""


def _papers(passes: Sequence[Instance]) -> list[Fact]:
    """The papers that show fulfilment, one of each duty; where a duty rests on structure alone, a fact of that."""
    chosen = [next((fact for fact in one.evidence if RELATIONS[fact.relation].world is World.LEDGERED), next(iter(one.evidence), None))
              for one in passes]
    return list(dict.fromkeys(fact for fact in chosen if fact is not None))


def _of_finding(matter: Matter, finding: Finding, step: str) -> Breach:
    text = f"{matter.words.value(finding.unit)}：{finding.text}"
    return Breach(text, "", step, matter.sources([finding.fact]))


def _of_duty(matter: Matter, one: Instance) -> Breach:
    text = matter.words.sentence(one.plan.rule.message, one.told())
    return Breach(f"{text}（{one.rule_id}）", finding_id(one), "", matter.sources(one.evidence[:4] or _subject(matter, one)))


def _subject(matter: Matter, one: Instance) -> tuple[Fact, ...]:
    """What a failure without matched facts is about: the last part of its key that is a fact; of a trade, who runs it."""
    for value in reversed(one.key):
        if not isinstance(value, str):  # a moment or a number names no fact
            continue
        if value in matter.trades:
            return tuple(fact for firm in sorted(matter.parties) for fact, row in matter.facts.where("operates", "unit", firm)
                         if row["industry"] is not None and value in matter.trades_above(str(row["industry"])))[:3]
        for relation in ("record", "hazard", "incident", "document", "link", "post", "unit"):
            found = [fact for fact, _ in matter.facts.where(relation, "id", value)]
            if found:
                return tuple(found[:1])
    return ()


def _asks(matter: Matter, seat: Seat, opens: Iterable[Instance], acts: Sequence[Act]) -> tuple[Ask, ...]:
    asks = {ask for one in opens for ask in one.asks}
    unit, at = seat.office.unit, matter.at
    if not acts:
        asks.add(Ask(unit, "岗位履职记录", *matter.window))
    if seat.open:
        asks.add(Ask(unit, "责任分工方案", at, at))
    if not seat.holder.person:
        asks.add(Ask(unit, "任命文件", at, at))
    for link in seat.holder.links:
        for fact in link.facts:
            if fact.relation == "link" and matter.facts.get(fact, "actor") is None and matter.facts.get(fact, "source") == unit:
                kind, since = matter.facts.get(fact, "kind"), matter.facts.get(fact, "since")
                asks.add(Ask(unit, str(kind), *((since, since) if isinstance(since, int) else (at, at))))
    return tuple(sorted(asks))


class Degrees:
    """Nature and degree by office, level and grade (``table.责任定性``); acts of the post itself weigh more."""

    def __init__(self, matter: Matter) -> None:
        self._matter = matter
        self._bases = matter.pack.bases

    def of(self, seat: Seat) -> tuple[str, str, tuple[str, ...]]:
        """Nature, degree, and on what they rest."""
        best: tuple[tuple[bool, int], str, str, str | None, tuple[tuple[str, str], ...]] | None = None
        for level, least, nature, degree, own, basis in self._rows.get(seat.office.office, ()):
            if level in (None, seat.office.level) and least <= self._matter.grading.rank:
                rank = (level is not None, least)
                if best is None or rank > best[0]:
                    best = (rank, nature, degree, own, basis)
        if best is None:
            return "监管", "重要领导", ()
        _, nature, degree, own, basis = best
        lines = self._bases.describe(Basis(kind, ref) for kind, ref in basis)
        return nature, own if own is not None and seat.acted else degree, (*lines, "性质和程度按表取，惯例")

    @cached_property
    def _rows(self) -> dict[str, list[tuple[str | None, int, str, str, str | None, tuple[tuple[str, str], ...]]]]:
        found: dict[str, list[tuple[str | None, int, str, str, str | None, tuple[tuple[str, str], ...]]]] = {}
        for row, basis in self._matter.table("责任定性"):
            found.setdefault(str(row["office"]), []).append((
                str(row["level"]) if row["level"] is not None else None, int(row["from"] or 0),
                str(row["nature"]), str(row["degree"]), str(row["own"]) if row["own"] is not None else None, basis))
        return found
