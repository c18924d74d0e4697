"""Decide one instance after the other, once its matches are found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

from zeren.engine.backends.base import Refs, Row
from zeren.engine.context import Context, Window
from zeren.engine.derive.closures import CLOSURES
from zeren.engine.instances import Instance
from zeren.engine.language.plan import Plan, Query, mentioned
from zeren.engine.language.read import placeholders
from zeren.engine.language.reliance import Reliance
from zeren.engine.language.syntax import ON, Var, atoms
from zeren.engine.ledgers import Ask
from zeren.engine.outcome import Demand, Outcome, Signs, Witness, demand_outcome, outcome
from zeren.models.facts import Fact, Value
from zeren.models.relations import World

#: What decides an instance for which nothing was found, apart from its fields: outcome, signs, missing parts, papers to ask for.
Verdict = tuple[Outcome, Signs, tuple[str, ...], tuple[Ask, ...]]
#: Outcomes that say which parts are missing.
_SHORT: Final = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PENDING)


@dataclass(frozen=True, slots=True)
class Found:
    """The best match of one demand for one instance."""

    witness: Witness
    done: int | None
    refs: Refs
    query: Query


class Decider:
    """Decides the instances of one rule."""

    def __init__(self, plan: Plan, context: Context) -> None:
        self._plan, self._context = plan, context
        self._papers = [Papers(part.relies, part.queries, plan, context) for part in plan.parts]
        self._forbidden = Papers(plan.forbid_relies, plan.breaches, plan, context)
        self._asides = {name for text in (plan.rule.message, plan.rule.fix) for name, _ in placeholders(text)} - set(plan.fields)
        self._width = len(plan.rule.key)
        self._named = any(part.name for part in plan.parts)
        #: Whether a waiver may concern an instance, so that each must be looked at.
        self.waived = context.waives(plan.rule.id)
        self._nothing: list[Found | None] = [None] * len(plan.parts)
        self._asked = (*self._papers, *([self._forbidden] if plan.breaches else []))
        self._holders = sorted({at for one in self._asked for at in one.holders})
        self._mentioned = sorted({at for one in self._asked for at in one.mentioned})

    def bare(self, rows: Iterable[Row]) -> Iterator[tuple[tuple[Value, ...], Verdict]]:
        """Decide instances for which nothing was found; thousands of them differ only in their fields. Not where ``waived``."""
        known: dict[tuple[object, ...], Verdict] = {}
        closed: dict[bool, Verdict] = {}
        units = self._context.ledgers.units
        holders, mentioned = _picked(self._holders), _picked(self._mentioned)
        for values, certain in rows:
            kept = holders(values)
            key = (certain, units.get(kept, kept), mentioned(values))
            verdict = known.get(key)
            if verdict is None:
                # Where all papers are there, it does not matter whose they are.
                complete = all(papers.open(values, self._context.on)[1] for papers in self._asked)
                verdict = closed.get(certain) if complete else None
                if verdict is None:
                    one = self.decide(Row(values, certain))
                    verdict = one.outcome, one.signs, one.missing, one.asks
                known[key] = verdict
                if complete:
                    closed[certain] = verdict
            yield values, verdict

    def decide(self, row: Row, due: int | None = None, found: Sequence[Found | None] | None = None, breach: Found | None = None,
               exempt: int | None = None, exemption: Found | None = None) -> Instance:
        """Decide one instance: ``found`` is the best match of each part, ``exempt`` the number of the exemption that matched."""
        plan, context, values = self._plan, self._context, row.values
        found = self._nothing if found is None else found
        reached = True if plan.rule.due is None else None if due is None else due <= context.on + 1  # $on is the last second of a day
        moment = context.on if due is None else min(due, context.on)
        asks: list[Ask] = []
        demands: list[Demand] = []
        for papers, best in zip(self._papers, found, strict=True):
            if best is not None and best.witness is not Witness.NONE:
                demands.append(_demand(best.witness, True))
                continue
            open_, closed = papers.open(values, moment)
            demands.append(_demand(Witness.NONE, closed))
            if open_ and demand_outcome(demands[-1], reached) is Outcome.UNKNOWN:
                asks.extend(open_)
        forbid_closed = True
        if plan.breaches and breach is None:
            open_, forbid_closed = self._forbidden.open(values, moment)
            asks.extend(open_)
        waiver, expired = context.waiver(plan.rule.id, values[: self._width])
        signs, result = _verdict(row.certain, exempt is not None, waiver is not None and not expired, reached, tuple(demands),
                                 (breach is not None) if plan.breaches else None, forbid_closed)
        proof = [exemption] if exemption else [breach] if breach else [one for one in found if one is not None]
        missing: tuple[str, ...] = ()
        if self._named and result in _SHORT:
            missing = tuple(part.name for part, demand in zip(plan.parts, demands, strict=True)
                            if part.name and demand_outcome(demand, reached) is not Outcome.PASS)
        done = max((one.done for one in found if one is not None and one.done is not None), default=None)
        return Instance(
            plan, values, result, signs, tuple(dict.fromkeys(fact for one in proof for fact in facts_of(one, context))), missing,
            tuple(sorted(set(asks))) if result is Outcome.UNKNOWN else (), due, done, waiver,
            expired and result in (Outcome.FAIL, Outcome.UNKNOWN), exempt, _named(self._asides, proof, context),
        )


def _picked(places: Sequence[int]) -> Callable[[tuple[Value, ...]], Any]:
    """Takes these values out of a row: none, one as it is, or several as a tuple."""
    return itemgetter(*places) if places else _nothing


def _nothing(values: tuple[Value, ...]) -> None:  # noqa: ARG001
    return None


def _named(asides: set[str], proof: Iterable[Found], context: Context) -> tuple[tuple[str, Value], ...]:
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


@lru_cache
def _demand(witness: Witness, closed: bool) -> Demand:
    return Demand(witness, closed)


@lru_cache(maxsize=4_096)
def _verdict(certain: bool, exempt: bool, waived: bool, reached: bool | None, demands: tuple[Demand, ...],
             forbidden: bool | None, forbid_closed: bool) -> tuple[Signs, Outcome]:
    """Signs and their outcome; thousands of instances share a few of them."""
    signs = Signs(certain, exempt, waived, reached, demands, forbidden, forbid_closed)
    return signs, outcome(signs)


class Papers:
    """The ledgers that one demand relies on: which are open, remembered by the fields that decide it."""

    def __init__(self, relies: Sequence[Reliance], queries: Sequence[Query], plan: Plan, context: Context) -> None:
        self._relies, self._context, self._fields = relies, context, plan.fields
        self._structural = bool(context.ledgers.partial) and structural(queries, context)
        kept_by = {reliance.holder.name for reliance in relies if isinstance(reliance.holder, Var)}
        names = {name for reliance in relies for name in mentioned(self._without_holder(reliance))}
        #: The fields that are mentioned, and of the others those whose unit keeps the papers.
        self.mentioned = [at for at, name in enumerate(plan.fields) if self._structural or name in names]
        self.holders = [at for at, name in enumerate(plan.fields) if name in kept_by and at not in self.mentioned]
        self._known: dict[tuple[Value, ...], tuple[list[Ask], bool]] = {}
        #: What the ledgers whose holder alone depends on the instance must cover, by moment.
        self._windows: dict[tuple[Reliance, int], Window | None] = {}
        self._fixed = {one for one in relies if one.form == "ledger" and isinstance(one.holder, Var)
                       and not set(mentioned(self._without_holder(one))) & set(plan.fields)}

    @staticmethod
    def _without_holder(reliance: Reliance) -> Reliance:
        return replace(reliance, holder=None) if isinstance(reliance.holder, Var) else reliance

    def open(self, values: tuple[Value, ...], moment: int) -> tuple[list[Ask], bool]:
        """The ledgers that are not closed at ``moment``, and whether all are closed."""
        unit = self._context.ledgers.unit
        key = (moment, *[unit(str(values[at])) for at in self.holders], *[values[at] for at in self.mentioned])
        if key not in self._known:
            self._known[key] = self._find(dict(zip(self._fields, values, strict=True)), moment)
        return self._known[key]

    def _open(self, reliance: Reliance, fields: Mapping[str, Value], moment: int) -> list[Ask] | None:
        if reliance not in self._fixed:
            return self._context.open(reliance, fields, moment)
        assert isinstance(reliance.holder, Var)
        if (reliance, moment) not in self._windows:
            self._windows[reliance, moment] = self._context.window(reliance, {ON: self._context.on}, moment)
        return self._context.lacking(fields.get(reliance.holder.name), self._windows[reliance, moment])

    def _find(self, fields: Mapping[str, Value], moment: int) -> tuple[list[Ask], bool]:
        asks: list[Ask] = []
        closed = True
        for reliance in self._relies:
            missing = self._open(reliance, fields, moment)
            closed = closed and missing is None
            asks.extend(missing or ())
        for unit in self._context.partial_units(fields) if self._structural else ():
            closed = False
            asks.append(Ask(unit, "机构人员资料", moment, moment))
        return asks, closed


def structural(queries: Iterable[Query], context: Context) -> bool:
    """Whether a demand looks at structure, which a unit may have declared as partial."""
    return any(context.pack[atom.relation].world is World.STRUCTURE for query in queries for atom in atoms(query.steps))


def facts_of(found: Found, context: Context) -> Iterator[Fact]:
    """The authored facts of a match; measures count with what they were computed from."""
    for atom, ref in zip(atoms(found.query.steps), found.refs, strict=True):
        for index in ref if isinstance(ref, tuple) else (ref,):
            yield from context.sources(atom.relation, index)
