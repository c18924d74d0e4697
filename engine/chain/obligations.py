"""The duties that concern an accident: the same instances that a check judges, sought outwards from the accident.

A duty is judged as it stood when the accident happened; one that concerns the accident itself (reporting, investigating)
as it stood at the audit. Rules that build on other rules' results or on measures are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Final

from zeren.engine.backends.base import Match, Row
from zeren.engine.chain.near_context import NearContext
from zeren.engine.chain.nearby import Nearby
from zeren.engine.chain.seeker import Seeker
from zeren.engine.context import Context
from zeren.engine.evaluate import RESULTS
from zeren.engine.instances import Instance
from zeren.engine.judge import judge
from zeren.engine.language.plan import Plan, Query
from zeren.engine.language.syntax import ON, Atom, Const
from zeren.engine.outcome import Outcome
from zeren.engine.pack import Pack
from zeren.models.facts import Value, sort_key
from zeren.models.relations import RELATIONS

#: What a variable of ``concerns`` may stand for, the most telling first.
_TYPES: Final = ("incident", "hazard", "record", "document", "post", "unit", "site", "territory", "industry")


#: What alone would lead to half the organisation.
_VAGUE: Final = ("territory", "industry")


@dataclass(frozen=True)
class Circle:
    """What the accident touches, by relation: its own id, parties, places, trades, hazards, and the posts and units in question."""

    ids: Mapping[str, frozenset[str]]

    @cached_property
    def all(self) -> frozenset[str]:
        """All the ids."""
        return frozenset().union(*self.ids.values())

    def values(self, relations: Iterable[str]) -> list[str]:
        """The ids of some relations, in order."""
        return sorted({id for relation in relations for id in self.ids.get(relation, ())})

    def has(self, value: Value) -> bool:
        """Whether a value is one of them."""
        return value in self.all


@dataclass(frozen=True, slots=True)
class Duty:
    """A rule made ready to be sought from an accident.

    ``bound`` are the variables to bind before matching, with what they may stand for: the most telling one of bearer and
    ``concerns``, and with it those that tell little. ``literals`` are, for each query and such variable, patterns for a quick
    look. ``late``: it concerns the accident itself and is judged as of the audit.
    """

    plan: Plan
    bound: Mapping[str, tuple[str, ...]]
    literals: tuple[Mapping[str, Sequence[Atom]], ...]
    late: bool


def ready(pack: Pack) -> tuple[Duty, ...]:
    """The duties of a pack that can be judged around an accident; worked out once."""
    if "duties" not in pack.memo:
        pack.memo["duties"] = tuple(_duty(plan) for plan in pack.ready if judgeable(plan))
    found: tuple[Duty, ...] = pack.memo["duties"]
    return found


def _duty(plan: Plan) -> Duty:
    kinds = {name: _stands_for(plan, name) for name in (*plan.rule.concerns, plan.rule.bearer)}
    ranked = sorted(kinds, key=lambda name: min((_TYPES.index(one) for one in kinds[name]), default=99))
    chosen = [ranked[0], *(name for name in ranked[1:] if kinds[name] and set(kinds[name]) <= set(_VAGUE))]
    literals = tuple({name: _literal(query, name) for name in chosen} for query in plan.scope)
    return Duty(plan, {name: kinds[name] for name in chosen}, literals, any("incident" in kinds[name] for name in plan.rule.concerns))


class Scope:
    """The instances of one rule around the accident."""

    def __init__(self, seeker: Seeker, names: tuple[str, ...], rows: list[Row], on: int) -> None:
        self.rows = rows
        self._seeker, self._names, self._on = seeker, names, on

    def matches(self, query: Query) -> list[Match]:
        """See :class:`zeren.engine.backends.base.Scope`."""
        found = []
        for number, row in enumerate(self.rows):
            start = {ON: self._on, **dict(zip(self._names, row.values, strict=True))}
            for bindings, refs, _ in self._seeker.solutions(query.steps, start):
                found.append(Match(number, tuple([bindings.get(name) for name in query.outputs]), refs))
        return found

    def settle(self, plan: Plan) -> None:
        """Every instance is decided one by one."""


class Obligations:
    """Judges the duties around one accident. ``before`` sees what was known at the accident, ``after`` what was at the audit."""

    def __init__(self, before: Seeker, after: Seeker, circle: Circle, window: tuple[int, int]) -> None:
        self._before, self._after, self._circle, self._window = before, after, circle, window

    def judged(self, duties: Iterable[Duty]) -> Iterator[Instance]:
        """Yield the judged instances of the duties, in the order of rules and keys."""
        for duty in duties:
            plan = duty.plan
            seeker, context = (self._after, self._late) if duty.late else (self._before, self._early)
            rows = self._rows(duty, seeker, context.on)
            if rows:
                scope = Scope(seeker, plan.fields, rows, context.on)
                yield from (one for one in judge(plan, scope, context).instances if one.outcome is not Outcome.PENDING)

    def _rows(self, duty: Duty, seeker: Seeker, on: int) -> list[Row]:
        plan, found = duty.plan, dict[tuple[Value, ...], bool]()
        wanted, limits = frozenset(plan.fields), dict.fromkeys((*plan.rule.concerns, plan.rule.bearer), self._circle.all)
        for query, tests in zip(plan.scope, duty.literals, strict=True):
            for seed in self._seeds(duty, tests, seeker):
                for bindings, _, certain in seeker.matches(query.steps, {ON: on, **seed}, True, wanted, limits):
                    if self._concerned(plan, bindings):
                        values = tuple([bindings.get(name) for name in query.outputs])
                        found[values] = found.get(values, False) or certain
        return [Row(values, found[values]) for values in sorted(found, key=sort_key)]

    def _seeds(self, duty: Duty, tests: Mapping[str, Sequence[Atom]], seeker: Seeker) -> Iterator[dict[str, str]]:
        """The values to bind before matching: of each variable those that a quick look does not rule out."""
        chosen = [[value for value in self._circle.values(kinds) if _possible(tests[name], value, seeker)]
                  for name, kinds in duty.bound.items()]
        return (dict(zip(duty.bound, values, strict=True)) for values in product(*chosen))

    def _concerned(self, plan: Plan, bindings: Mapping[str, Value]) -> bool:
        if not all(self._circle.has(bindings.get(name)) for name in plan.rule.concerns):
            return False
        bearer = str(bindings.get(plan.rule.bearer))
        if bearer not in self._circle.ids["post"] and bearer not in self._circle.ids["unit"]:
            return False
        moment = bindings.get(plan.anchor) if plan.anchor is not None else None
        return not isinstance(moment, int) or moment >= self._window[0]

    @cached_property
    def _early(self) -> Context:
        return NearContext(self._before.nearby)

    @cached_property
    def _late(self) -> Context:
        return NearContext(self._after.nearby)


def judgeable(plan: Plan) -> bool:
    """Whether a rule is a duty that says what it concerns and rests on facts alone."""
    rule = plan.rule
    if rule.layer is not None or rule.modality == "预警" or not rule.concerns:
        return False
    return not any(name in RESULTS or name.startswith("measure.") for name in plan.relations)


def _stands_for(plan: Plan, name: str) -> tuple[str, ...]:
    """The relations whose ids a variable of ``for`` may hold."""
    found: set[str] = set()
    for query in plan.scope:
        for step in query.steps:
            if isinstance(step, Atom):
                found |= _refers(step, name)
    own = {one for one in found if one in _TYPES}
    return tuple(one for one in _TYPES if one in own)


def _refers(atom: Atom, name: str) -> set[str]:
    relation = RELATIONS.get(atom.relation)
    if relation is None:
        return set()
    found: set[str] = set()
    for test in atom.tests:
        column = relation.column(test.column)
        if column is not None and atom.variable(test.column) == name:
            found |= set(column.refers) or ({relation.name} if column.name == "id" else set(_FREE.get((relation.name, column.name), ())))
    return found


#: Columns without a fixed reference whose values are ids of these relations.
_FREE: Final = {
    ("record", "object"): ("unit", "post", "site"), ("record", "ref"): ("hazard", "incident"), ("portfolio", "subject"): ("industry", "unit"),
    ("covers", "subject"): ("unit", "industry", "post"), ("state", "ref"): ("hazard", "incident", "unit"), ("answerable", "subject"): ("industry",),
}


def _possible(tests: Iterable[Atom], value: str, seeker: Seeker) -> bool:
    """A quick look before matching: whether the row that a value names passes the literal tests of the patterns on it."""
    return all(any(seeker.passes(atom, fact) for fact in seeker.nearby.rows(atom.relation, {"id": value})[1]()) for atom in tests)


def _literal(query: Query, name: str) -> list[Atom]:
    """The patterns whose id a variable is, with their literal tests only."""
    return [replace(step, tests=tuple(test for test in step.tests if all(isinstance(term, Const) for term in test.operands)))
            for step in query.steps if isinstance(step, Atom) and step.variable("id") == name]


def by_post(instances: Iterable[Instance], nearby: Nearby, units: Mapping[str, str]) -> dict[str, list[Instance]]:
    """The instances by the posts that owe them or answer for the unit that does; ``units`` are the posts in question."""
    found: defaultdict[str, list[Instance]] = defaultdict(list)
    for one in instances:
        if one.bearer in units:
            found[one.bearer].append(one)
            continue
        subjects = {"", *(str(value) for value in one.per if isinstance(value, str))}
        rows = [fact.values for fact in nearby.rows("answerable", {"unit": one.bearer})[1]() if fact.values[1] in subjects]
        covering = [values for values in rows if values[1]]
        for values in covering or rows:
            if str(values[2]) in units and one not in found[str(values[2])]:
                found[str(values[2])].append(one)
    return dict(found)
