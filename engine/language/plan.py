"""From a rule to what a back end runs: conjunctive queries, the fields of an instance, the ledgers that may say no."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from zeren.engine.language.dependencies import determined
from zeren.engine.language.read import placeholders
from zeren.engine.language.reliance import Reliance, reliances
from zeren.engine.language.rule import Rule
from zeren.engine.language.syntax import (
    ON,
    AllOf,
    AtLeast,
    Atom,
    Compare,
    Expr,
    Item,
    Step,
    Test,
    Var,
    atoms,
    conjunctions,
    step_variables,
    variables,
)
from zeren.models.problems import Problems
from zeren.models.relations import Relation

#: The hidden field that holds the moment by which a rule is in force.
ANCHOR: Final = "anchor"


@dataclass(frozen=True, slots=True)
class Query:
    """One conjunction. Back ends return, for each match, the values of ``outputs`` and the matched facts.

    ``base`` is the number of leading steps that the groups of an ``all`` share.
    """

    steps: tuple[Step, ...]
    outputs: tuple[str, ...] = ()
    base: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One demand of a rule: all of ``need`` (name ``""``) or one named group of ``all``, and what it relies on."""

    name: str
    queries: tuple[Query, ...]
    relies: tuple[Reliance, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A rule made ready to run. ``fields`` are the columns of an instance, the key first."""

    rule: Rule
    fields: tuple[str, ...]
    scope: tuple[Query, ...]
    parts: tuple[Part, ...]
    exemptions: tuple[tuple[Query, ...], ...]
    breaches: tuple[Query, ...]
    forbid_relies: tuple[Reliance, ...]
    anchor: str | None

    @property
    def patterns(self) -> Iterator[Atom]:
        """Every pattern of the rule."""
        for queries in (self.scope, self.breaches, *self.exemptions, *(part.queries for part in self.parts)):
            for query in queries:
                yield from atoms(query.steps)

    @property
    def relations(self) -> frozenset[str]:
        """Every relation that the rule looks at."""
        return frozenset(atom.relation for atom in self.patterns)


def plan(rule: Rule, schema: Mapping[str, Relation], problems: Problems) -> Plan | None:
    """Compile ``rule``; problems of meaning (undetermined variables, unclear ledgers) are recorded with their place."""
    before = len(problems.errors)
    scopes, anchor = _anchored(conjunctions(rule.scope), schema)
    known = set.intersection(*(set(bound(steps)) for steps in scopes))
    fixed = set.intersection(*(determined(steps, rule.key, schema) for steps in scopes)) & (known | {ON})
    used = _used(rule) & known
    loose = sorted(used - fixed)
    if loose:
        problems.add(rule.place, "RULE-未确定", f"{rule.id}：变量 {_list(loose)} 不由实例的键（{_list(rule.key)}）唯一确定",
                     "把它加入 per，或改写 for")
        return None
    parts, forbid_relies = _demands(rule, scopes[0], frozenset(fixed), schema, problems)
    relied = {name for r in (*forbid_relies, *(r for part in parts for r in part.relies)) for name in mentioned(r)}
    anchor = anchor if anchor in fixed else None
    extra = (used | relied | ({anchor} if anchor else set())) - set(rule.key) - {ON}
    fields = (*rule.key, *sorted(extra))
    result = Plan(
        rule, fields, tuple(Query(steps, fields) for steps in scopes), parts,
        tuple(tuple(Query(steps) for steps in conjunctions(unless.when)) for unless in rule.unless),
        tuple(Query(steps) for steps in conjunctions(rule.forbid)) if rule.forbid else (),
        forbid_relies, anchor,
    )
    return result if len(problems.errors) == before else None


def bound(steps: Iterable[Step]) -> list[str]:
    """The variables that a conjunction binds, in written order."""
    return [name for step in steps if not isinstance(step, Compare | AtLeast) for name in step_variables(step)]


def _list(names: Iterable[str]) -> str:
    return "、".join(f"${name}" for name in names)


def _demands(rule: Rule, scope: tuple[Step, ...], fixed: frozenset[str], schema: Mapping[str, Relation],
             problems: Problems) -> tuple[tuple[Part, ...], tuple[Reliance, ...]]:
    """The parts of ``need`` and the ledgers of ``forbid``."""
    stated = tuple(Reliance(r.holder, r.kinds, r.start, r.end) for r in rule.relies)

    def relies(branches: tuple[tuple[Step, ...], ...]) -> tuple[Reliance, ...]:
        found, unclear = reliances(branches, scope, fixed, schema)
        if unclear and not stated:
            names = "、".join(sorted({atom.relation for atom in unclear}))
            problems.add(unclear[0].place, "RULE-台账", f"{rule.id}：推不出 {names} 依据哪本台账（持有者或种类不由实例确定）",
                         "写 relies: [{ledger: {holder: $单位, kind: 种类}}]")
        return tuple(dict.fromkeys((*found, *stated)))

    parts = []
    shared = tuple(item for item in rule.need if not isinstance(item, AllOf))
    groups: list[tuple[str, tuple[Item, ...]]] = [g for item in rule.need if isinstance(item, AllOf) for g in item.groups]
    for name, items in groups or ([("", ())] if rule.need else []):
        pairs = [(base, more) for base in conjunctions(shared) for more in conjunctions(items)]
        queries = tuple(Query(base + more, _done(base + more, rule, fixed), len(base) if groups else 0) for base, more in pairs)
        parts.append(Part(name, queries, relies(tuple(query.steps for query in queries))))
    return tuple(parts), relies(conjunctions(rule.forbid)) if rule.forbid else ()


def _done(steps: tuple[Step, ...], rule: Rule, fixed: frozenset[str]) -> tuple[str, ...]:
    return (rule.done,) if rule.done is not None and rule.done in {*bound(steps), *fixed} else ()


def mentioned(reliance: Reliance) -> set[str]:
    """The variables that decide which ledger a demand relies on."""
    exprs = [reliance.holder, *reliance.kinds, reliance.start, reliance.end, *(e for _, e in reliance.columns)]
    return {name for expr in exprs if expr is not None for name in variables(expr)}


def _used(rule: Rule) -> set[str]:
    """The variables that the parts after ``for`` mention."""
    names: set[str] = set(rule.key) | set(rule.concerns) | ({rule.done} if rule.done is not None else set())
    for items in (rule.need, rule.forbid, *(unless.when for unless in rule.unless)):
        names.update(name for steps in conjunctions(items) for step in steps for name in step_variables(step))
    exprs: list[Expr | None] = [rule.due]
    for relies in rule.relies:
        exprs += [relies.holder, *relies.kinds, relies.start, relies.end]
    names.update(name for expr in exprs if expr is not None for name in variables(expr))
    names.update(name for text in (rule.message, rule.fix) for name, _ in placeholders(text))
    return names


def _anchored(scopes: tuple[tuple[Step, ...], ...], schema: Mapping[str, Relation],
              ) -> tuple[tuple[tuple[Step, ...], ...], str | None]:
    """Make sure that the moment of the event, or the start of the period, is bound in every branch."""
    result, names = [], set()
    for steps in scopes:
        target = _event_atom(steps, schema)
        if target is None:
            return scopes, None
        at, atom, column = target
        name = atom.variable(column)
        if name is None:
            name = ANCHOR
            atom = replace(atom, tests=(*atom.tests, Test(column, "eq", (Var(ANCHOR),))))
        names.add(name)
        result.append((*steps[:at], atom, *steps[at + 1:]))
    return (tuple(result), names.pop()) if len(names) == 1 else (scopes, None)


def _event_atom(steps: tuple[Step, ...], schema: Mapping[str, Relation]) -> tuple[int, Atom, str] | None:
    """The first period of a conjunction, else its first event: position, atom, column of the moment."""
    found = [(at, step, "start" if step.relation == "period" else schema[step.relation].event)
             for at, step in enumerate(steps) if isinstance(step, Atom)]
    dated = [(at, atom, column) for at, atom, column in found if column is not None]
    periods = [entry for entry in dated if entry[1].relation == "period"]
    return next(iter(periods or dated), None)
