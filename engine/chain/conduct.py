"""Whose conduct a judged duty shows, and what it leaves standing of a finding (design §6.4).

A paper of the unit says what is owed; it clears nobody. A presumption yields only to an act of the post itself, on the
matter of the finding, that is not the very act which the finding condemns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from zeren.engine.chain.allocation import DEPUTIES, LEADING, Seat
from zeren.engine.chain.matter import SLIPSHOD, UNDONE, Finding, Matter
from zeren.engine.derive.posts import HEADS
from zeren.engine.instances import Instance
from zeren.models.facts import Fact

#: The columns of a hazard that say who found, fixed, watched and accepted it.
_HANDS: Final = ("found_by", "signed_by", "owner", "owner_post", "supervisor", "supervisor_post", "accepter", "accepter_post", "unit")
#: Columns that name the one who acted, by relation.
_ACTOR: Final = {"record": ("actor",), "link": ("actor", "source"), "document": ("issuer",), "hazard": _HANDS}


@dataclass(frozen=True, slots=True)
class Act:
    """Something done: the id of its record, link, document or hazard, its kind, and when (seconds)."""

    id: str
    kind: str
    at: int | None


def answers(one: Instance, seat: Seat) -> bool:
    """Whether the seat answers for a duty: its own, or one of its unit if it leads there. Hands answer for their own acts."""
    office = seat.office
    return one.bearer == office.post or office.head or office.office in DEPUTIES or office.role in LEADING


def own_acts(matter: Matter, seat: Seat, duties: Iterable[Instance]) -> list[Act]:
    """What the witnesses of some duties show the post itself to have done; for one who heads a unit, what the unit did."""
    names = {seat.office.post, *_other_posts(matter, seat)}
    if seat.office.head or seat.office.role in HEADS:
        names.add(seat.office.unit)
    return list(dict.fromkeys(act for one in duties for fact in one.evidence for act in _acts(matter, fact, names)))


def rebutted(matter: Matter, seat: Seat, finding: Finding, acts: Sequence[Act]) -> bool:
    """Whether an act speaks against a finding that reached the seat by presumption.

    Where the finding says that something was not done at all, doing it is the answer. Otherwise the act by which the finding
    reached the seat, or acts of the kind that it names, are what it condemns.
    """
    undone = UNDONE in finding.senses and SLIPSHOD not in finding.senses
    reached = {id for link in seat.holder.links if link.acted for id in _ids(matter, link.facts)}

    def speaks(act: Act) -> bool:
        if act.at is not None and finding.since is not None and act.at < finding.since:
            return False
        if undone:
            return act.kind in finding.acts or not finding.acts
        return act.kind not in finding.acts and act.id not in reached

    return any(speaks(act) for act in acts)


def evidenced(matter: Matter, one: Instance) -> bool:
    """Whether a failure rests on papers: matched facts, or ledgers that are closed; or is a gap in the structure of what the
    accident itself is made of (its trade, site, parties). Another gap may be true and have nothing to do with it."""
    return on_paper(one) or any(value in around for value in one.key for around in (matter.trades, matter.parties, {matter.row["site"]} - {None}))


def on_paper(one: Instance) -> bool:
    """Whether a failure rests on matched facts, or on ledgers that are closed."""
    return bool(one.evidence or one.plan.forbid_relies or any(part.relies for part in one.plan.parts))


def _other_posts(matter: Matter, seat: Seat) -> Iterator[str]:
    """The other posts of the same person: one may sign in any of them."""
    if seat.holder.person:
        yield from (str(row["post"]) for _, row in matter.facts.where("appointment", "person", seat.holder.person))


def _acts(matter: Matter, fact: Fact, names: set[str]) -> Iterator[Act]:
    facts = matter.facts
    if fact.relation == "detail" and facts.get(fact, "value") in names:
        yield from (_act(matter, record) for record, _ in facts.where("record", "id", facts.get(fact, "record")))
    elif any(facts.get(fact, column) in names for column in _ACTOR.get(fact.relation, ())):
        yield _act(matter, fact)


def _act(matter: Matter, fact: Fact) -> Act:
    get = matter.facts.get
    at = get(fact, {"link": "since", "hazard": "found_at"}.get(fact.relation, "at"))
    kind = "隐患" if fact.relation == "hazard" else str(get(fact, "kind"))
    return Act(str(get(fact, "id")), kind, at if isinstance(at, int) else None)


def _ids(matter: Matter, facts: Iterable[Fact]) -> Iterator[str]:
    """The records and links along a way."""
    for fact in facts:
        if fact.relation in ("record", "link"):
            yield str(matter.facts.get(fact, "id"))
        elif fact.relation == "detail":
            yield str(matter.facts.get(fact, "record"))
