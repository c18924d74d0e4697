"""Whether two plans provably give the same outcomes: a part of a rule that repeats what other parts say may go.

Each demand is brought into a normal form together with the patterns of ``for``, which every instance satisfies. In it,
patterns on one fact (the same key) are one pattern, and a pattern that only says that an id exists goes where a column
that must refer to it was matched. Equal forms, equal ledgers: equal outcomes. Evidence may still name other facts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from zeren.engine.language.plan import Plan, Query
from zeren.engine.language.syntax import ON, AtLeast, Atom, Compare, Expr, Step, Test, Var, atoms, step_variables
from zeren.models.relations import Relation, World

#: Tests that a missing value leaves open when instances are sought.
OPEN: Final = ("ge", "gt", "le", "lt", "in")
#: Beyond so many conjunctions, each with each way in which an instance comes to be, the patterns are compared as they are.
MOST: Final = 40
#: What a conjunction asks for: its patterns by fact, and everything that is not brought into another form.
Form = tuple[frozenset[object], frozenset[tuple[object, int]]]


def form(plan: Plan, schema: Mapping[str, Relation]) -> object:
    """What a plan asks for. Where the forms of two plans are equal their outcomes cannot differ; unequal forms prove nothing."""
    rule = plan.rule

    def forms(queries: Iterable[Query]) -> tuple[object, bool]:
        """With each way in which an instance comes to be; the flag says whether a partial structure matters."""
        some = tuple(queries)
        if len(some) * len(plan.scope) > MOST:
            return some, False
        structure = any(schema[atom.relation].world is World.STRUCTURE for query in some for atom in atoms(query.steps))
        return [frozenset(_normal(_certain(scope.steps) + query.steps, plan, schema) for query in some) for scope in plan.scope], structure

    return (
        [_normal(scope.steps, plan, schema) for scope in plan.scope],
        [(part.name, [(query.outputs, query.base > 0) for query in part.queries], forms(part.queries), part.relies) for part in plan.parts],
        [forms(queries) for queries in plan.exemptions], forms(plan.breaches) if plan.breaches else None, plan.forbid_relies,
        plan.fields, rule.key, plan.anchor, rule.due, rule.done, rule.since, rule.until, rule.item, rule.modality,
    )


def _certain(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """What holds for every instance of these steps of ``for``: comparisons may have met a missing value there."""
    return tuple(replace(step, tests=tuple(test for test in step.tests if test.op not in OPEN)) if isinstance(step, Atom) else step
                 for step in steps if not isinstance(step, Compare))


def _normal(steps: tuple[Step, ...], plan: Plan, schema: Mapping[str, Relation]) -> Form:
    facts: dict[tuple[str, tuple[Expr, ...]], set[Test]] = {}
    rest: Counter[object] = Counter()
    steps = _without_idle(steps, plan)
    known = _referred(steps, plan, schema)
    there = {relation for relation, _ in known}
    bound = {ON}
    for step in steps:
        if isinstance(step, AtLeast):  # what is bound before it is not its own
            rest[step, frozenset(bound & set(step_variables(step)))] = 1
            continue
        bound |= set(step_variables(step))
        if isinstance(step, Atom) and not step.tests and step.relation in there:  # that there is any fact of the kind at all
            continue
        key = _key(step, schema) if isinstance(step, Atom) else None
        if key is None or not isinstance(step, Atom):
            rest[step] = 1 if not isinstance(step, Atom) or _repeatable(step, schema) else rest[step] + 1
            continue
        relation = schema[step.relation]
        own = {test for test in step.tests if test.column not in relation.key}
        if not own and len(key) == 1 and (step.relation, key[0]) in known:
            continue
        single = {test for test in own if _single(test, relation)}
        facts.setdefault((step.relation, key), set()).update(single)
        for test in own - single:  # of a row of its own, or a missing value may make the second mention fail
            rest[step.relation, key, test] += 1
    return frozenset((name, frozenset(tests)) for name, tests in facts.items()), frozenset(rest.items())


def _without_idle(steps: tuple[Step, ...], plan: Plan) -> tuple[Step, ...]:
    """Without the tests that only bind a variable which nothing else mentions."""
    used = Counter(name for step in steps for name in step_variables(step))
    idle = {name for name, times in used.items() if times == 1} - {*plan.fields, plan.rule.done, ON}

    def kept(test: Test) -> bool:
        return test.op != "eq" or not isinstance(test.operands[0], Var) or test.operands[0].name not in idle

    return tuple(replace(step, tests=tuple(filter(kept, step.tests))) if isinstance(step, Atom) else step for step in steps)


def _key(atom: Atom, schema: Mapping[str, Relation]) -> tuple[Expr, ...] | None:
    """The terms of the key, where the pattern names one fact by a variable or word."""
    relation = schema[atom.relation]
    if relation.key != ("id",):
        return None
    term = atom.term("id")
    return (term,) if term is not None else None


def _single(test: Test, relation: Relation) -> bool:
    """Whether it does not matter how often the test is made: its column has one value for the fact, and a variable gets one."""
    column = relation.column(test.column)
    if column is None:  # at, overlaps
        return True
    plain = test.op != "eq" or not isinstance(test.operands[0], Var) or column.required
    return plain and not column.many


def _repeatable(atom: Atom, schema: Mapping[str, Relation]) -> bool:
    """Whether a pattern says the same twice: no variable in it may stand for a missing value."""
    relation = schema[atom.relation]
    return all(test.op != "eq" or not isinstance(test.operands[0], Var) or ((column := relation.column(test.column)) and column.required)
               for test in atom.tests)


def _referred(steps: tuple[Step, ...], plan: Plan, schema: Mapping[str, Relation]) -> set[tuple[str, Expr]]:
    """The ids that must exist: a matched column refers to them, and cannot be missing there. Not of facts that may lie in the future."""
    found: set[tuple[str, Expr]] = set()
    for step in steps:
        for test in step.tests if isinstance(step, Atom) else ():
            column = schema[step.relation].column(test.column) if isinstance(step, Atom) else None
            term = test.operands[0]
            if column is None or test.op != "eq" or not isinstance(term, Var) or len(column.refers) != 1:
                continue
            if schema[column.refers[0]].event is None and (column.required or term.name == plan.rule.bearer):
                found.add((column.refers[0], term))
    return found
