"""A subject without an instance of a rule: does the rule not apply, or is that still open (适用性待核)? (design §2)"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zeren.engine.backends.reference import Reference
from zeren.engine.context import Context
from zeren.engine.language.plan import Plan
from zeren.engine.language.reliance import reliances
from zeren.engine.language.syntax import ON, Atom, Compare, Step, Var, atoms, step_variables
from zeren.engine.ledgers import Ask
from zeren.models.facts import Value
from zeren.models.moments import format_moment
from zeren.models.relations import World

#: What hangs on papers although it is not itself a ledgered relation.
_FROM_PAPERS = ("state", "graded", "breach", "passed")


@dataclass(frozen=True, slots=True)
class Applicability:
    """The answer for one subject: ``open`` where ``for`` rests on papers that were not supplied, with what to ask for."""

    open: bool
    reason: str
    asks: tuple[Ask, ...] = ()


def applicability(plan: Plan, bearer: str, context: Context, solver: Reference) -> Applicability:
    """Say why ``plan`` has no instance for ``bearer``. ``solver`` matches patterns over the facts of the audit."""
    rule = plan.rule
    if rule.since is not None and context.on < rule.since:
        return Applicability(False, f"规则自 {format_moment(rule.since)} 起适用，审计日在此之前")
    if rule.until is not None and context.on >= rule.until:
        return Applicability(False, f"规则只适用到 {format_moment(rule.until)} 之前")
    if rule.item is not None and context.applicability(rule.item, bearer) == "不适用":
        return Applicability(False, f"所用的覆盖口号在这一层级不要求“{rule.item}”")
    asks: set[Ask] = set()
    waiting: set[str] = set()
    for query in plan.scope:
        if not _could_hold(query.steps, plan, bearer, context, solver):
            continue
        papers = [atom for atom in atoms(query.steps) if _on_papers(atom, context)]
        if not papers:
            continue
        found, unclear = reliances([tuple(papers)], (), frozenset({rule.bearer}), context.pack)
        for reliance in found:
            asks.update(context.open(reliance, {rule.bearer: bearer}, context.on) or ())
        waiting.update(context.pack[atom.relation].label for atom in (*unclear, *papers)
                       if atom in unclear or atom.relation in _FROM_PAPERS)
    if asks or waiting:
        what = "、".join(sorted(waiting | {ask.kind for ask in asks}))
        return Applicability(True, f"是否适用要看{what}，这些资料没有声明齐全", tuple(sorted(asks)))
    return Applicability(False, "规则的适用条件不成立")


def _could_hold(steps: tuple[Step, ...], plan: Plan, bearer: str, context: Context, solver: Reference) -> bool:
    """Whether the part of ``for`` that does not hang on papers holds for the subject."""
    kept = tuple(_without_papers(steps, {plan.rule.bearer, ON}, context))
    start: dict[str, Value] = {ON: context.on, plan.rule.bearer: bearer}
    return any(True for _ in solver.solutions(kept, start, possible=True))


def _without_papers(steps: Iterable[Step], bound: set[str], context: Context) -> Iterator[Step]:
    for step in steps:
        if isinstance(step, Atom) and not _on_papers(step, context) and _uses(step) <= bound:
            bound |= set(step_variables(step))
            yield step
        elif isinstance(step, Compare) and set(step_variables(step)) <= bound:
            yield step


def _uses(atom: Atom) -> set[str]:
    """The variables that an atom needs from before."""
    plain = {test.operands[0].name for test in atom.tests if test.op == "eq" and isinstance(test.operands[0], Var)}
    return {name for name in step_variables(atom) if name not in plain}


def _on_papers(atom: Atom, context: Context) -> bool:
    world = context.pack[atom.relation].world
    return world is World.LEDGERED or atom.relation in _FROM_PAPERS or atom.relation.startswith("measure.")
