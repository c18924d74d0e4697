"""Bring together the matches of one rule and decide each of its instances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from zeren.engine.backends.base import Match, Refs, Scope
from zeren.engine.backends.reference import evaluate
from zeren.engine.context import Context
from zeren.engine.derive.closures import CLOSURES
from zeren.engine.instances import Instance
from zeren.engine.language.plan import Plan, Query
from zeren.engine.language.read import placeholders
from zeren.engine.language.reliance import Reliance
from zeren.engine.language.syntax import ON, Step, atoms
from zeren.engine.ledgers import Ask
from zeren.engine.outcome import Demand, Outcome, Signs, Witness, demand_outcome, outcome
from zeren.models.facts import Fact, Value
from zeren.models.relations import World


@dataclass(frozen=True, slots=True)
class _Found:
    """The best match of one demand for one instance."""

    witness: Witness
    done: int | None
    refs: Refs
    query: Query


def judge(plan: Plan, scope: Scope, context: Context) -> Iterator[Instance]:
    """Yield the judged instances of ``plan``, in the order of their keys."""
    rule = plan.rule
    wanted = [number for number, row in enumerate(scope.rows)
              if row.values[0] is not None and context.in_force(plan, row.values)]
    dues = _dues(plan, scope, context, wanted)
    chosen = _chosen(plan, scope, dues)
    nothing: list[_Found | None] = [None] * len(plan.parts)
    breaches = _first(plan.breaches, scope)
    exemptions = [_first(queries, scope) for queries in plan.exemptions]
    asides = {name for text in (rule.message, rule.fix) for name, _ in placeholders(text)} - set(plan.fields)
    seen: set[tuple[Value, ...]] = set()
    for number in wanted:
        row = scope.rows[number]
        if (key := row.values[: len(rule.key)]) in seen:
            continue
        seen.add(key)
        found = chosen.get(number, nothing)
        breach = breaches.get(number)
        exempt = next((at for at, one in enumerate(exemptions) if number in one), None)
        yield _decide(plan, row.values, row.certain, dues.get(number), found, breach, exempt, context,
                      exemptions[exempt][number] if exempt is not None else None, asides)


def _decide(plan: Plan, values: tuple[Value, ...], certain: bool, due: int | None, found: Sequence[_Found | None],
            breach: _Found | None, exempt: int | None, context: Context, exemption: _Found | None,
            asides: Set[str]) -> Instance:
    fields = dict(zip(plan.fields, values, strict=True))
    reached = True if plan.rule.due is None else None if due is None else due <= context.on
    moment = context.on if due is None else min(due, context.on)
    asks: list[Ask] = []
    demands = []
    for part, best in zip(plan.parts, found, strict=True):
        if best is not None and best.witness is not Witness.NONE:
            demands.append(Demand(best.witness, closed=True))
            continue
        open_, closed = _open(part.relies, fields, moment, context, structural(part.queries, context))
        demands.append(Demand(Witness.NONE, closed))
        if demand_outcome(demands[-1], reached) is Outcome.UNKNOWN:
            asks.extend(open_)
    forbid_closed = True
    if plan.breaches and breach is None:
        open_, forbid_closed = _open(plan.forbid_relies, fields, moment, context, structural(plan.breaches, context))
        asks.extend(open_)
    waiver, expired = context.waiver(plan.rule.id, values[: len(plan.rule.key)])
    signs = Signs(certain, exempt is not None, waiver is not None and not expired, reached, tuple(demands),
                  (breach is not None) if plan.breaches else None, forbid_closed)
    result = outcome(signs)
    proof = [exemption] if exemption else [breach] if breach else [one for one in found if one is not None]
    missing = tuple(part.name for part, demand in zip(plan.parts, demands, strict=True)
                    if part.name and demand_outcome(demand, reached) not in (Outcome.PASS,))
    done = max((one.done for one in found if one is not None and one.done is not None), default=None)
    return Instance(
        plan, values, result, signs, tuple(dict.fromkeys(fact for one in proof for fact in facts_of(one, context))),
        missing if result in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PENDING) else (),
        tuple(sorted(set(asks))) if result is Outcome.UNKNOWN else (), due, done, waiver,
        expired and result in (Outcome.FAIL, Outcome.UNKNOWN), exempt, _named(asides, proof, context),
    )


def _named(asides: Set[str], proof: Iterable[_Found], context: Context) -> tuple[tuple[str, Value], ...]:
    """What the matches in ``proof`` bound the variables ``asides`` to, for messages; closures bind nothing of their own."""
    if not asides:
        return ()
    named: dict[str, Value] = {}
    for found in proof:
        for atom, ref in zip(atoms(found.query.steps), found.refs, strict=True):
            if isinstance(ref, int) and atom.relation not in CLOSURES:
                fact = context.facts.of(atom.relation)[ref]
                for column, value in zip(context.pack[atom.relation].names, fact.values, strict=True):
                    name = atom.variable(column)
                    if name is not None and name in asides:
                        named.setdefault(name, value)
    return tuple(named.items())


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


def _chosen(plan: Plan, scope: Scope, dues: Mapping[int, int]) -> dict[int, list[_Found | None]]:
    """For each instance the best witness of each part.

    The groups of an ``all`` share the patterns around it: the shared match that meets most groups is chosen.
    """
    by_base: dict[int, dict[_Base, list[_Found | None]]] = {}
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
                if kept is None or _rank(found) < _rank(kept):
                    row[at] = found
    return {number: min(bases.items(), key=_base_rank)[1] for number, bases in by_base.items()}


#: The shared patterns of an ``all``: which of the forms that an ``any`` in them gives, and the facts they matched.
_Base = tuple[int, tuple[tuple[int, ...], ...]]


def _order(refs: Refs) -> tuple[tuple[int, ...], ...]:
    """Refs in a form that has an order also where one branch of an ``any`` holds an ``at_least`` and another does not."""
    return tuple(ref if isinstance(ref, tuple) else (ref,) for ref in refs)


def _rank(found: _Found) -> tuple[int, int, tuple[tuple[int, ...], ...]]:
    """In time before late before undated, then the earliest, then by facts."""
    return _RANK[found.witness], found.done or 0, _order(found.refs)


def _base_rank(entry: tuple[_Base, list[_Found | None]]) -> tuple[int, int, _Base]:
    base, row = entry
    in_time = sum(found is not None and found.witness is Witness.IN_TIME for found in row)
    return -in_time, -sum(found is not None for found in row), base


_RANK = {Witness.IN_TIME: 0, Witness.LATE: 1, Witness.UNDATED: 2, Witness.NONE: 3}


def _witness(match: Match, query: Query, dues: Mapping[int, int]) -> _Found:
    if not query.outputs:
        return _Found(Witness.IN_TIME, None, match.refs, query)
    done, due = match.outputs[0], dues.get(match.instance)
    if not isinstance(done, int) or due is None:
        return _Found(Witness.UNDATED, None, match.refs, query)
    return _Found(Witness.IN_TIME if done <= due else Witness.LATE, done, match.refs, query)


def _first(queries: Iterable[Query], scope: Scope) -> dict[int, _Found]:
    best: dict[int, _Found] = {}
    for query in queries:
        for match in scope.matches(query):
            kept = best.get(match.instance)
            if kept is None or _order(match.refs) < _order(kept.refs):
                best[match.instance] = _Found(Witness.IN_TIME, None, match.refs, query)
    return best


def _open(relies: Iterable[Reliance], fields: Mapping[str, Value], moment: int, context: Context, structure: bool,
          ) -> tuple[list[Ask], bool]:
    """The ledgers among ``relies`` that are not closed, and whether all of them are."""
    asks: list[Ask] = []
    closed = True
    for reliance in relies:
        missing = context.open(reliance, fields, moment)
        closed = closed and missing is None
        asks.extend(missing or ())
    for unit in context.partial_units(fields) if structure else ():
        closed = False
        asks.append(Ask(unit, "机构人员资料", moment, moment))
    return asks, closed


def structural(queries: Iterable[Query], context: Context) -> bool:
    """Whether a demand looks at structure, which a unit may have declared as partial."""
    return any(context.pack[atom.relation].world is World.STRUCTURE for query in queries for atom in atoms(query.steps))


def facts_of(found: _Found, context: Context) -> Iterator[Fact]:
    """The authored facts of a match; measures count with what they were computed from."""
    for atom, ref in zip(atoms(found.query.steps), found.refs, strict=True):
        for index in ref if isinstance(ref, tuple) else (ref,):
            yield from context.sources(atom.relation, index)
