"""Bring together the matches of one rule and decide each of its instances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from zeren.engine.backends.base import Match, Met, Refs, Scope
from zeren.engine.backends.reference import evaluate
from zeren.engine.context import Context
from zeren.engine.decide import Decider, Found, Verdict
from zeren.engine.instances import Instance
from zeren.engine.language.plan import Plan, Query
from zeren.engine.language.syntax import ON, Step, atoms
from zeren.engine.outcome import Outcome, Signs, Witness
from zeren.models.facts import Value, sort_key


@dataclass(frozen=True)
class Judged:
    """The instances of one rule. Only those with something to tell apart are objects from the start.

    ``matched`` were decided one by one; ``bare`` are the fields and verdicts of those for which nothing was found;
    ``met`` are those that a witness alone decided. The latter two become objects when somebody asks.
    """

    plan: Plan
    matched: tuple[Instance, ...]
    bare: tuple[tuple[tuple[Value, ...], Verdict], ...]
    met: Met | None
    context: Context

    @property
    def count(self) -> int:
        """How many instances there are."""
        return len(self.matched) + len(self.bare) + (self.met.count if self.met is not None else 0)

    def keys(self, outcome: Outcome) -> list[tuple[Value, ...]]:
        """The keys of the instances with ``outcome``, in no particular order, without making them objects."""
        width = len(self.plan.rule.key)
        found = [one.key for one in self.matched if one.outcome is outcome]
        found += [values[:width] for values, verdict in self.bare if verdict[0] is outcome]
        if outcome is Outcome.PASS and self.met is not None:
            found += [row.values[:width] for row, _ in self.met.rows()]
        return found

    @cached_property
    def decided(self) -> tuple[Instance, ...]:
        """The instances that are not ``met``, in the order of their keys."""
        plain = [Instance(self.plan, values, result, signs, (), missing, asks)
                 for values, (result, signs, missing, asks) in self.bare]
        return _ordered([*self.matched, *plain])

    @cached_property
    def instances(self) -> tuple[Instance, ...]:
        """All instances, in the order of their keys."""
        if self.met is None:
            return self.decided
        (query,) = self.plan.parts[0].queries
        decider = Decider(self.plan, self.context)
        passed = [decider.decide(row, found=[Found(Witness.IN_TIME, None, refs, query)]) for row, refs in self.met.rows()]
        return _ordered([*self.decided, *passed])


def _ordered(instances: Iterable[Instance]) -> tuple[Instance, ...]:
    return tuple(sorted(instances, key=lambda one: sort_key(one.values)))


def not_judged(plan: Plan, fault: str, context: Context) -> Judged:
    """One instance without a bearer that says why the rule could not be evaluated; a rule is never silently dropped."""
    values = ("", *[None] * (len(plan.fields) - 1))
    return Judged(plan, (Instance(plan, values, Outcome.ERROR, Signs(error=True), named=(("fault", fault),)),), (), None, context)


def judge(plan: Plan, scope: Scope, context: Context) -> Judged:
    """Decide the instances of ``plan``."""
    split = scope.settle(plan)
    rest, met = split if split is not None else (scope, None)
    wanted = _in_force(plan, rest, context)
    dues = _dues(plan, rest, context, wanted)
    chosen = _chosen(plan, rest, dues)
    breaches = _first(plan.breaches, rest)
    exemptions = [_first(queries, rest) for queries in plan.exemptions]
    decider = Decider(plan, context)
    told = {*dues, *chosen, *breaches, *(number for one in exemptions for number in one)}
    numbers, rows = _once(plan, rest, wanted), rest.rows
    bare = [] if decider.waived else [rows[number] for number in numbers if number not in told]
    matched: list[Instance] = []
    for number in numbers if decider.waived else filter(told.__contains__, numbers):
        row = rows[number]
        exempt = next((at for at, one in enumerate(exemptions) if number in one), None)
        exemption = exemptions[exempt][number] if exempt is not None else None
        matched.append(decider.decide(row, dues.get(number), chosen.get(number), breaches.get(number), exempt, exemption))
    return Judged(plan, tuple(matched), tuple(decider.bare(bare)), met, context)


def _once(plan: Plan, scope: Scope, wanted: Sequence[int]) -> Sequence[int]:
    """Of several instances with one key only the first by their values."""
    width, rows = len(plan.rule.key), scope.rows
    if width == len(plan.fields):
        return wanted
    first: dict[tuple[Value, ...], int] = {}
    for number in wanted:
        known = first.setdefault(rows[number].values[:width], number)
        if known != number and sort_key(rows[number].values) < sort_key(rows[known].values):
            first[rows[number].values[:width]] = number
    return list(first.values())


def _in_force(plan: Plan, scope: Scope, context: Context) -> Sequence[int]:
    """The numbers of the instances for which the rule was in force and applies."""
    rows = scope.rows
    if plan.anchor is None and plan.rule.item is None:
        applies = bool(rows) and context.in_force(plan, rows[0].values)
        return [number for number, row in enumerate(rows) if row.values[0] is not None] if applies else ()
    return [number for number, row in enumerate(rows) if row.values[0] is not None and context.in_force(plan, row.values)]


def _dues(plan: Plan, scope: Scope, context: Context, wanted: Iterable[int]) -> dict[int, int]:
    if plan.rule.due is None:
        return {}
    found = {}
    for number in wanted:
        bindings = {ON: context.on, **dict(zip(plan.fields, scope.rows[number].values, strict=True))}
        value = evaluate(plan.rule.due, bindings)
        if isinstance(value, int):
            found[number] = value
    return found


def _chosen(plan: Plan, scope: Scope, dues: Mapping[int, int]) -> dict[int, list[Found | None]]:
    """For each instance the best witness of each part.

    The groups of an ``all`` share the patterns around it: the shared match that meets most groups is chosen.
    """
    by_base: dict[int, dict[_Base, list[Found | None]]] = {}
    shared: list[tuple[Step, ...]] = []
    for at, part in enumerate(plan.parts):
        for query in part.queries:
            steps = query.steps[: query.base]
            if steps not in shared:
                shared.append(steps)
            form, width = shared.index(steps), sum(1 for _ in atoms(steps))
            for match in scope.matches(query):
                found = _witness(match, query, dues)
                base = (form, _order(match.refs[:width]))
                row = by_base.setdefault(match.instance, {}).setdefault(base, [None] * len(plan.parts))
                kept = row[at]
                if kept is None or _better(found, kept):
                    row[at] = found
    return {number: min(bases.items(), key=_base_rank)[1] for number, bases in by_base.items()}


#: The shared patterns of an ``all``: which of the forms that an ``any`` in them gives, and the facts they matched.
_Base = tuple[int, tuple[tuple[int, ...], ...]]


def _order(refs: Refs) -> tuple[tuple[int, ...], ...]:
    """Refs in a form that has an order also where one branch of an ``any`` holds an ``at_least`` and another does not."""
    return tuple(ref if isinstance(ref, tuple) else (ref,) for ref in refs)


def _better(found: Found, kept: Found) -> bool:
    """In time before late before undated, then the earliest, then the branch written first, then by facts.

    Queries come in written order. Facts of different relations are not compared: where they stand depends on facts that do not matter here.
    """
    rank, known = (_RANK[found.witness], found.done or 0), (_RANK[kept.witness], kept.done or 0)
    return rank < known if rank != known else found.query is kept.query and _order(found.refs) < _order(kept.refs)


def _base_rank(entry: tuple[_Base, list[Found | None]]) -> tuple[int, int, _Base]:
    base, row = entry
    in_time = sum(found is not None and found.witness is Witness.IN_TIME for found in row)
    return -in_time, -sum(found is not None for found in row), base


_RANK = {Witness.IN_TIME: 0, Witness.LATE: 1, Witness.UNDATED: 2, Witness.NONE: 3}


def _witness(match: Match, query: Query, dues: Mapping[int, int]) -> Found:
    if not query.outputs:
        return Found(Witness.IN_TIME, None, match.refs, query)
    done, due = match.outputs[0], dues.get(match.instance)
    if not isinstance(done, int) or due is None:
        return Found(Witness.UNDATED, None, match.refs, query)
    return Found(Witness.IN_TIME if done <= due else Witness.LATE, done, match.refs, query)


def _first(queries: Iterable[Query], scope: Scope) -> dict[int, Found]:
    best: dict[int, Found] = {}
    for query in queries:
        for match in scope.matches(query):
            kept = best.get(match.instance)
            if kept is None or (kept.query is query and _order(match.refs) < _order(kept.refs)):
                best[match.instance] = Found(Witness.IN_TIME, None, match.refs, query)
    return best
