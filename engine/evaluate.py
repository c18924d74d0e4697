"""Evaluate rules over an organisation: derive, measure, then rule by rule in layers (design §2, §5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from zeren.engine import measures
from zeren.engine.backends.base import Backend, BackendError
from zeren.engine.backends.reference import Reference
from zeren.engine.context import Context
from zeren.engine.derive.attributes import attributes
from zeren.engine.derive.closures import CLOSURES
from zeren.engine.derive.grades import TABLES as GRADES
from zeren.engine.derive.grades import grades
from zeren.engine.derive.periods import periods
from zeren.engine.derive.posts import answerables
from zeren.engine.derive.states import states
from zeren.engine.derive.surroundings import NAMES as SURROUNDINGS
from zeren.engine.derive.surroundings import surroundings
from zeren.engine.instances import Instance
from zeren.engine.judge import Judged, judge, not_judged
from zeren.engine.language.plan import Plan
from zeren.engine.language.syntax import Const, atoms
from zeren.engine.measures import Measure
from zeren.engine.outcome import Outcome, coverage_state
from zeren.engine.pack import Pack
from zeren.models.facts import Fact, Facts, Value, written
from zeren.models.problems import Problem, Problems, RuleError, nearest

#: Relations that hold what earlier layers of rules found.
RESULTS: Final = ("breach", "passed", "coverage")
#: What ledgers and posts are read from, whatever the rules are.
_ALWAYS: Final = ("ledger", "post", "unit")
#: The back ends; all of them give the same results (tests/engine/test_differential.py).
ENGINES: Final = ("auto", "duckdb", "indexed", "durable", "reference")
#: Up to this number of facts a check is over before a database has planned its statements (docs/decisions/0008).
SMALL: Final = 20_000
_LOOKED_UP: Final = ("table.", "param.")


@dataclass(frozen=True)
class Evaluation:
    """The judged rules, in the order of ids, with the context that explains them."""

    context: Context
    plans: tuple[Plan, ...]
    judged: tuple[Judged, ...]
    #: What the back end has to say about how it found the matches.
    notes: tuple[str, ...] = ()

    @cached_property
    def instances(self) -> tuple[Instance, ...]:
        """The instances of all rules, in the order of rule ids and keys."""
        return tuple(one for judged in self.judged for one in judged.instances)


def evaluate(facts: Facts, pack: Pack, plans: Iterable[Plan], on: int, since: int,
             engine: str = "auto", progress: Callable[[Plan], None] | None = None) -> Evaluation:
    """Judge every instance of ``plans`` over what could be known at ``on``.

    Args:
        facts: the authored facts.
        pack: the rules' catalogue, tables and parameters.
        plans: the rules to run, with those that they build on.
        on: the moment of the audit, seconds; ``since``: the start of the audit window.
        engine: one of ``ENGINES``; ``auto`` is ``indexed`` for small organisations, else ``duckdb``, as for files.
        progress: called before each rule.

    Raises:
        RuleError: a table or measure that a rule needs cannot be read.
    """
    layers = layered(list(plans))
    used = _closure_of(frozenset(name for plan in plans for name in plan.relations), pack)
    known = facts.until(on)
    if engine == "auto":
        engine = "duckdb" if known.stored or len(known) > SMALL else "indexed"
    known.prepare({*used, *_ALWAYS, *(base for name in used & set(CLOSURES) for base in CLOSURES[name].bases)})
    context = Context(_prepared(known, pack, used, on, since, engine), pack, on)
    backend = _backend(engine, context.facts, on)
    for name in _measure_order(used, pack):
        _measure(pack.measures[name], context, backend)
    found: dict[str, Judged] = {}
    for layer in layers:
        _results(found, context, backend, {name for plan in layer for name in plan.relations})
        backend.foresee(layer)
        for plan in layer:
            if progress is not None:
                progress(plan)
            found[plan.rule.id] = _judged(plan, backend, context)
    ordered = tuple(sorted((plan for layer in layers for plan in layer), key=lambda plan: plan.rule.id))
    return Evaluation(context, ordered, tuple(found[plan.rule.id] for plan in ordered), backend.notes)


def _judged(plan: Plan, backend: Backend, context: Context) -> Judged:
    try:
        return judge(plan, backend.scope(plan.scope, context.on), context)
    except (BackendError, ArithmeticError) as error:
        return not_judged(plan, str(error) or type(error).__name__, context)


def layered(plans: list[Plan]) -> list[list[Plan]]:
    """Order rules so that each runs after those whose results it uses.

    A pattern ``breach: {rule: X}`` waits for X; one without a rule waits for all rules but those that do
    the same or wait for such a rule.

    Raises:
        RuleError: rules wait for each other in a circle.
    """
    by_id = {plan.rule.id: plan for plan in plans}
    waits = {plan.rule.id: builds_on(plan) for plan in plans}
    late = {"*"}
    while more := {id for id, names in waits.items() if names & late} - late:
        late |= more
    waits = {id: (names - {"*"}) | (set(by_id) - late if "*" in names else set()) for id, names in waits.items()}
    done: set[str] = set()
    layers: list[list[Plan]] = []
    while len(done) < len(plans):
        ready = sorted(id for id in by_id if id not in done and not (waits[id] & set(by_id)) - done)
        if not ready:
            rest = [by_id[id].rule for id in sorted(set(by_id) - done)]
            ids = "、".join(rule.id for rule in rest)
            raise RuleError([Problem(rule.place, "RULE-循环", f"规则互相等待对方的结果：{ids}", "去掉其中一处 breach 或 passed") for rule in rest])
        layers.append([by_id[id] for id in ready])
        done |= set(ready)
    return layers


def builds_on(plan: Plan) -> set[str]:
    """The ids of the rules whose results a rule uses; ``*`` where it may use any."""
    names: set[str] = set()
    for atom in plan.patterns:
        if atom.relation in RESULTS:
            rules = [test.operands for test in atom.tests if test.column == "rule" and test.op in ("eq", "any")]
            constant = [str(o.value) for operands in rules for o in operands if isinstance(o, Const)]
            names.update(constant or ["*"])
    return names


def with_foundations(pack: Pack, ids: Iterable[str]) -> list[Plan]:
    """The rules ``ids`` and those that they build on, directly or not, in the order of ids.

    Raises:
        RuleError: one of them cannot be read.
    """
    return founded(pack, pack.plans(sorted(ids)))


def founded(pack: Pack, some: Iterable[Plan]) -> list[Plan]:
    """The rules ``some`` and those of the pack that they build on, directly or not, in the order of ids.

    Raises:
        RuleError: one of them cannot be read.
    """
    plans = {plan.rule.id: plan for plan in some}
    frontier = list(plans.values())
    while frontier:
        one = frontier.pop()
        names = builds_on(one)
        _known(one, names - {"*"}, pack)
        more = set(pack.duties) if "*" in names else names & set(pack.rule_files)
        for plan in pack.plans(sorted(more - set(plans))):
            plans[plan.rule.id] = plan
            frontier.append(plan)
    return [plans[id] for id in sorted(plans)]


def _known(plan: Plan, names: set[str], pack: Pack) -> None:
    """Refuse a rule that builds on one that does not exist."""
    problems = Problems()
    for name in sorted(names - set(pack.rule_files)):
        near = nearest(name, pack.rule_files)
        problems.add(plan.rule.place, "RULE-规则", f"{plan.rule.id} 所依据的规则“{name}”不存在" + (f"，{near}" if near else ""),
                     "改正 breach 或 passed 中的 rule")
    problems.raise_if_any(RuleError)


def _backend(engine: str, facts: Facts, on: int) -> Backend:
    if engine == "reference":
        return Reference(facts)
    if engine == "indexed":
        from zeren.engine.backends.indexed import Indexed

        return Indexed(facts, on)
    if engine == "durable":
        from zeren.engine.backends.durable.backend import Durable

        return Durable(facts, on)
    from zeren.engine.backends.duckdb import DuckDB

    return DuckDB(facts, on)


def _closure_of(used: frozenset[str], pack: Pack) -> frozenset[str]:
    """The relations that are used, those behind measures included."""
    result, frontier = set(used), set(used)
    while frontier:
        name = frontier.pop()
        if name.startswith("measure."):
            measure = pack.measures[name.removeprefix("measure.")]
            more = {atom.relation for query in (*measure.scope, *measure.each) for atom in atoms(query.steps)} - result
            result |= more
            frontier |= more
    return frozenset(result)


def _prepared(facts: Facts, pack: Pack, used: frozenset[str], on: int, since: int, engine: str) -> Facts:
    """The facts with everything that follows from them, as far as the rules use it."""
    more: list[Fact] = []
    tables = {name for name in used if name.startswith(_LOOKED_UP)} | (set(GRADES) if "graded" in used else set())
    more.extend(pack.looked_up(sorted(tables)))
    if "period" in used:
        more.extend(periods(since, on))
    if "attribute" in used:
        more.extend(attributes(facts))
    if "state" in used:
        more.extend(states(facts))
    if "answerable" in used:
        more.extend(answerables(facts, on))
    for name in sorted(used & set(SURROUNDINGS)):
        more.extend(surroundings(facts, name, on))
    if engine == "reference":
        for name in sorted(used & set(CLOSURES)):
            more.extend(CLOSURES[name].walk(facts, on))
    result = facts.plus(more, pack)
    return result.plus(grades(result)) if "graded" in used else result


def _measure_order(used: frozenset[str], pack: Pack) -> list[str]:
    """The measures in use, those that others are computed from first."""
    order: list[str] = []

    def visit(name: str) -> None:
        if name in order:
            return
        measure = pack.measures[name]
        for query in (*measure.scope, *measure.each):
            for atom in atoms(query.steps):
                if atom.relation.startswith("measure.") and atom.relation != f"measure.{name}":
                    visit(atom.relation.removeprefix("measure."))
        order.append(name)

    for name in sorted(used):
        if name.startswith("measure."):
            visit(name.removeprefix("measure."))
    return order


def _measure(measure: Measure, context: Context, backend: Backend) -> None:
    """Compute one measure and add its facts."""
    scope = backend.scope(measure.scope, context.on)
    rows: defaultdict[int, list[tuple[Value, ...]]] = defaultdict(list)
    proof: defaultdict[int, list[Fact]] = defaultdict(list)
    for query in measure.each:
        relations = [atom.relation for atom in atoms(query.steps)]
        for match in scope.matches(query):
            rows[match.instance].append(match.outputs)
            for relation, ref in zip(relations, match.refs, strict=True):
                for index in ref if isinstance(ref, tuple) else (ref,):
                    proof[match.instance].extend(context.sources(relation, index))
    facts = []
    width = len(measure.relation.key)
    for number, row in enumerate(scope.rows):
        fields = dict(zip(measure.fields, row.values, strict=True))
        opens = [context.open(relies, fields, context.on) for relies in measure.relies]
        key, value = row.values[:width], measures.value_of(measure, fields, rows[number])
        if value is None:
            continue
        complete = all(one is None for one in opens) and measures.stated(measure, rows[number])
        facts.append(Fact(measure.relation.name, (*key, value, complete)))
        asks = tuple(sorted({ask for one in opens for ask in one or ()}))
        context.measured[measure.relation.name, key] = (_ordered(proof[number]), asks)
    context.facts = context.facts.plus(facts)
    backend.extend(context.facts, [measure.relation.name])


def _ordered(facts: list[Fact]) -> tuple[Fact, ...]:
    return tuple(sorted(set(facts), key=lambda fact: (fact.place, fact.relation)))


def _results(found: Mapping[str, Judged], context: Context, backend: Backend, used: set[str]) -> None:
    """Make what earlier layers found visible as facts."""
    names = [name for name in RESULTS if name in used]
    if not names:
        return
    decided = [one for judged in found.values() for one in (judged.instances if "passed" in names else judged.decided)]
    more = [*_found("breach", Outcome.FAIL, decided), *_found("passed", Outcome.PASS, decided), *_coverage(decided, context)]
    context.facts = context.facts.replaced(RESULTS, [fact for fact in more if fact.relation in names])
    backend.extend(context.facts, names)


def _found(relation: str, outcome: Outcome, instances: list[Instance]) -> Iterator[Fact]:
    for one in instances:
        if one.outcome is outcome and one.plan.rule.modality != "预警":
            per = [written(value) for value in one.per[:3]]
            at = one.due if one.due is not None else one.bindings().get(one.plan.anchor or "")
            yield Fact(relation, (one.rule_id, one.bearer, *per, *[None] * (3 - len(per)), one.plan.rule.item, at))


def _coverage(instances: list[Instance], context: Context) -> Iterator[Fact]:
    """Yield ``coverage`` per item and territory: 覆盖 where all that is due is proven, 未覆盖 where something failed, else not stated."""
    cells: defaultdict[tuple[str, str], set[Outcome]] = defaultdict(set)
    for one in instances:
        territory = context.territory(one.bearer)
        if one.plan.rule.item is not None and territory is not None:
            cells[one.plan.rule.item, territory].add(one.outcome)
    for (item, territory), outcomes in sorted(cells.items()):
        yield Fact("coverage", (item, territory, context.levels[territory], coverage_state(outcomes)))
