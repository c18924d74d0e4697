"""Who is linked to an accident: the attribution rules, matched outwards from it (design §6.3). They are the only source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from zeren.engine.backends.reference import Bindings
from zeren.engine.chain.proofs import Proofs
from zeren.engine.chain.seeker import Seeker
from zeren.engine.derive.closures import holds
from zeren.engine.derive.posts import answerables
from zeren.engine.derive.surroundings import NAMES, UNSTATED, surroundings
from zeren.engine.language.plan import Plan, Query
from zeren.engine.language.syntax import ON, Atom
from zeren.engine.pack import Pack
from zeren.models.facts import Fact, Facts, Value

#: How many ways of one rule to one post are kept.
_WAYS: Final = 3
#: Kinds of links whose moment of signature decides who held the post.
SIGNED: Final = ("审批", "检查", "验收", "评价", "检测", "监理", "设计")


@dataclass(frozen=True, slots=True)
class Link:
    """One way from the accident to a post. ``facts`` are the authored facts along it.

    ``acted``: the post itself signed, inspected, stood on site or was named; ``signed`` is the moment of a signature. ``open``:
    the way rests on a portfolio that was never written down; ``certain``: no comparison met a missing value.
    """

    post: str
    plan: Plan
    facts: tuple[Fact, ...]
    acted: bool
    signed: int | None
    open: bool
    certain: bool

    @property
    def layer(self) -> str:
        """The layer of the rule."""
        return str(self.plan.rule.layer)


def attribution(pack: Pack) -> list[Plan]:
    """The attribution rules of a pack: those with a layer."""
    return [plan for plan in pack.ready if plan.rule.layer is not None]


def candidates(seeker: Seeker, plans: Iterable[Plan], incident: str, at: int, on: int) -> list[Link]:
    """Every way from ``incident`` to a post, by post, rule and length. ``at`` is when it happened, ``on`` the audit moment."""
    proofs = Proofs(seeker.facts, at)
    found: dict[tuple[str, str], dict[tuple[Fact, ...], Link]] = {}
    for plan in plans:
        if not holds(plan.rule.since, plan.rule.until, at):
            continue
        for query in plan.scope:
            start: dict[str, Value] = {ON: on, **dict.fromkeys(_incident_variables(query), incident)}
            for bindings, steps, certain in seeker.matches(query.steps, start, possible=True):
                link = _link(plan, bindings, [fact for facts in steps for fact in facts], certain, proofs)
                ways = found.setdefault((link.post, plan.rule.id), {})
                known = ways.get(link.facts)
                if known is None or (known.open, not known.certain) > (link.open, not link.certain):
                    ways[link.facts] = link
    return [link for key in sorted(found) for link in _shortest(found[key].values())]


def _shortest(ways: Iterable[Link]) -> Sequence[Link]:
    """The shortest ways, every signature among them."""
    ordered = sorted(ways, key=lambda link: (link.open, not link.acted, len(link.facts), [(f.relation, f.place, str(f.values)) for f in link.facts]))
    return [link for at, link in enumerate(ordered) if at < _WAYS or link.signed is not None]


def _link(plan: Plan, bindings: Bindings, matched: Sequence[Fact], certain: bool, proofs: Proofs) -> Link:
    post = str(bindings[plan.rule.bearer])
    facts = proofs.path(matched, post)
    own = [fact for fact in matched if _by(fact, post, proofs.facts)]
    moments = [value for fact in own if isinstance(value := _moment(fact, proofs.facts), int)]
    if not moments:  # a signature without a name: whoever held the post then
        moments = [value for fact in matched if fact.relation == "link" and isinstance(value := _moment(fact, proofs.facts), int)]
    unstated = any(fact.relation == "remit" and fact.values[2] == UNSTATED and fact.values[0] == post for fact in matched)
    return Link(post, plan, facts, bool(own), max(moments) if moments else None, unstated, certain)


def _by(fact: Fact, post: str, facts: Facts) -> bool:
    """Whether a fact is an act of the post itself."""
    if fact.relation in ("link", "record"):
        return facts.get(fact, "actor") == post
    if fact.relation == "detail":
        return facts.get(fact, "value") == post
    return fact.relation == "involved" and facts.get(fact, "subject") == post


def _moment(fact: Fact, facts: Facts) -> Value:
    if fact.relation == "record":
        return facts.get(fact, "at")
    return facts.get(fact, "since") if fact.relation == "link" and facts.get(fact, "kind") in SIGNED else None


def _incident_variables(query: Query) -> Iterator[str]:
    """The variables that stand for the accident itself: the id of the first pattern on incidents."""
    for step in query.steps:
        if isinstance(step, Atom) and step.relation == "incident" and (name := step.variable("id")) is not None:
            yield name
            return


def by_database(facts: Facts, plans: Iterable[Plan], pack: Pack, incident: str, at: int, on: int) -> set[tuple[str, str]]:
    """The same candidates by DuckDB over everything, as (post, rule); for comparison."""
    from zeren.engine.backends.duckdb import DuckDB

    chosen = [plan for plan in plans if holds(plan.rule.since, plan.rule.until, at)]
    used = {name for plan in chosen for name in plan.relations}
    more: list[Fact] = list(pack.looked_up(sorted(name for name in used if name.startswith(("table.", "param.")))))
    for name in NAMES:
        more.extend(surroundings(facts, name, at))
    more.extend(answerables(facts, at))
    engine = DuckDB(facts.until(on).plus(more, pack), at)
    found: set[tuple[str, str]] = set()
    for plan in chosen:
        for row in engine.scope(plan.scope, on).rows:
            fields: Mapping[str, Value] = dict(zip(plan.fields, row.values, strict=True))
            if incident in (fields[name] for name in plan.rule.per):
                found.add((str(fields[plan.rule.bearer]), plan.rule.id))
    return found

