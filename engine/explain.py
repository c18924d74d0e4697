"""Why, and why not: an explanation of one duty instance as data (design §7).

The facts behind ``for`` and the nearest miss are sought only when somebody asks, by the reference interpreter over an index.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import Final

from zeren.engine.backends.reference import Bindings, Reference, evaluate
from zeren.engine.context import Context
from zeren.engine.derive.closures import CLOSURES
from zeren.engine.instances import Instance
from zeren.engine.language.plan import Query
from zeren.engine.language.syntax import ON, AtLeast, Atom, Compare, Step, Test, Var, atoms, variables
from zeren.engine.outcome import Outcome
from zeren.engine.pack import builtin
from zeren.engine.words import COLUMNS, Words
from zeren.models.facts import Fact, Facts, Value
from zeren.models.problems import Place

#: How many partial matches the search for the nearest miss may look at.
_EFFORT: Final = 5_000
#: How many rows the search for the nearest row looks at where no index helps.
_SCANNED: Final = 20_000


@dataclass(frozen=True, slots=True)
class Source:
    """A fact in words, and where it is written."""

    text: str
    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of an explanation: ``state`` is 满足, 缺少, 未到 (not looked at) or 待核; ``children`` explain it further."""

    text: str
    state: str
    sources: tuple[Source, ...] = ()
    near: str = ""
    children: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an instance has its outcome. ``tree`` holds 适用 (for), 要求 (need), 禁止 (forbid) and 但书 (unless)."""

    finding: str
    rule: str
    outcome: str
    sentence: str
    tree: tuple[Condition, ...]
    nearest_miss: str
    fix: str
    basis: tuple[str, ...]
    doc: str


@dataclass(frozen=True, slots=True)
class _Reached:
    """How far a conjunction could be matched: steps, bindings there, facts on the way."""

    depth: int
    bindings: Bindings
    refs: tuple[object, ...]


class Explainer:
    """Explains the instances of one evaluation. Not to be shared between threads."""

    def __init__(self, context: Context, words: Words) -> None:
        self.context, self.words = context, words
        self._index: dict[tuple[str, str], dict[Value, list[int]]] = {}
        self._with_derived = _with_closures(context)
        self._engine = Reference(self._with_derived, self._lookup)

    def explain(self, instance: Instance, finding: str, basis: tuple[str, ...]) -> Explanation:
        """Return the explanation of ``instance``."""
        rule, bindings = instance.plan.rule, instance.told()
        tree = [self._scope(instance)]
        nearest = ""
        for part in instance.plan.parts:
            condition, miss = self._demand(part.name, part.queries, instance)
            tree.append(condition)
            nearest = nearest or miss
        if instance.plan.breaches:
            tree.append(self._forbid(instance))
        if instance.exemption is not None:
            title = rule.unless[instance.exemption].title or "但书"
            tree.append(Condition(f"但书：{title}", "满足", self.sources(instance.evidence)))
        return Explanation(
            finding, rule.id, instance.outcome.value, self.words.sentence(rule.message, bindings), tuple(tree), nearest,
            self.words.sentence(rule.fix, bindings), basis, rule.doc,
        )

    @property
    def solver(self) -> Reference:
        """Matches patterns over the facts of the audit, by an index."""
        return self._engine

    def sources(self, facts: Iterable[Fact]) -> tuple[Source, ...]:
        """Facts in words, with their places."""
        return tuple(Source(self.words.fact(fact), *_place(fact.place)) for fact in facts)

    def missing_values(self, instance: Instance) -> list[str]:
        """What was not stated where the trigger of an uncertain instance compares."""
        found = []
        for query in instance.plan.scope:
            for bindings, refs, certain in self._engine.solutions(query.steps, self._start(instance), possible=True):
                if certain:
                    continue
                for atom, ref in zip(atoms(query.steps), refs, strict=True):
                    found += self._unstated(atom, ref, bindings)
                break
        return list(dict.fromkeys(found))

    def _scope(self, instance: Instance) -> Condition:
        for query in instance.plan.scope:
            for _, refs, _ in self._engine.solutions(query.steps, self._start(instance), possible=True):
                facts = [fact for atom, ref in zip(atoms(query.steps), refs, strict=True) for fact in self._facts(atom, ref)]
                state = "满足" if instance.signs.certain else "待核"
                return Condition("适用", state, self.sources(dict.fromkeys(facts)))
        return Condition("适用", "满足")

    def _demand(self, name: str, queries: tuple[Query, ...], instance: Instance) -> tuple[Condition, str]:
        reached = [(query, self._furthest(query.steps, self._start(instance))) for query in queries]
        query, best = max(reached, key=lambda entry: (entry[1].depth / max(1, len(entry[0].steps)), -len(entry[0].steps)))
        lines, miss = [], ""
        cells = iter(best.refs)
        for at, step in enumerate(query.steps):
            width = _width(step)
            refs = [next(cells) for _ in range(width)] if at < best.depth else []
            if at < best.depth:
                lines.append(Condition(self._text(step, best.bindings), "满足", self._sources(step, refs)))
            elif at == best.depth:
                near = self._near(step, best.bindings)
                open_ = instance.outcome in (Outcome.UNKNOWN, Outcome.PENDING)
                lines.append(Condition(self._text(step, best.bindings), "待核" if open_ else "缺少", near=near))
                miss = self._text(step, best.bindings) + (f"；{near}" if near else "")
            else:
                lines.append(Condition(self._text(step, best.bindings), "未到"))
        whole = best.depth == len(query.steps)
        state = "满足" if whole else "待核" if instance.outcome is Outcome.UNKNOWN else "缺少"
        title = f"要求：{name}" if name else "要求"
        return Condition(title, state, children=tuple(line for line in lines if line.text)), miss

    def _forbid(self, instance: Instance) -> Condition:
        if instance.signs.forbidden:
            return Condition("禁止的情形", "满足", self.sources(instance.evidence))
        return Condition("禁止的情形", "缺少" if instance.signs.forbid_closed else "待核")

    def _furthest(self, steps: tuple[Step, ...], start: Bindings) -> _Reached:
        best = _Reached(0, start, ())
        effort = _EFFORT

        def go(at: int, bindings: Bindings, refs: tuple[object, ...]) -> bool:
            nonlocal best, effort
            if at > best.depth:
                best = _Reached(at, bindings, refs)
            if at == len(steps):
                return True
            for bound, more in self._candidates(steps[at], steps[at + 1 : at + 2], bindings):
                effort -= 1
                if effort < 0 or go(at + 1, bound, (*refs, *more)):
                    return True
            return False

        go(0, start, ())
        return best

    def _candidates(self, step: Step, following: tuple[Step, ...], bindings: Bindings) -> Iterable[tuple[Bindings, tuple[object, ...]]]:
        """The matches of a step; where the next one only says that what it binds equals a known value, those, else one that comes as far.

        A pattern that joins in ``where`` (``unit: {id: $body}``, ``$who == $body``) would else be tried with every unit.
        """
        found = ((bound, refs) for bound, refs, _ in self._engine.solutions((step,), bindings))
        joined = _equated(step, following, bindings)
        if not joined:
            return found
        return [(bound, refs) for bound, refs, _ in self._engine.solutions((step,), {**bindings, **joined})] or islice(found, 1)

    def _near(self, step: Step, bindings: Bindings) -> str:
        """The first row that misses a pattern by one test, and what it misses; for ``at_least`` how many there are."""
        if isinstance(step, AtLeast):
            found = {inner.get(step.distinct) for inner, _, _ in self._engine.solutions(step.of, bindings)}
            return f"已有 {len(found - {None})} 个"
        if not isinstance(step, Atom):
            return ""
        relation, rows = self.context.pack[step.relation], self._with_derived.of(step.relation)
        if len(step.tests) < 2:  # a row that meets nothing is near to nothing
            return ""
        for index in self._neighbours(step, bindings):
            fact = rows[index]
            wrong = [test for test in step.tests if self._engine.fails(test, relation.names, fact.values, bindings)]
            if len(wrong) == 1:
                wanted = self.words.test(wrong[0], relation, bindings)
                where = f"（{fact.place}）" if fact.place.line else ""
                stated = self._stated(wrong[0].column, fact)
                return f"最接近的是{self.words.fact(fact)}{where}：{stated}，应{_wanted(wrong[0], wanted)}" if wanted else ""
        return ""

    def _stated(self, name: str, fact: Fact) -> str:
        relation = self.context.pack[fact.relation]
        if (column := relation.column(name)) is None:
            return "任期不含该时间"
        value = fact.values[relation.names.index(name)]
        return f"{COLUMNS.get(name, name)}是 {self.words.value(value, column)}"

    def _text(self, step: Step, bindings: Mapping[str, Value]) -> str:
        if isinstance(step, Atom):
            return self.words.pattern(step, bindings)
        if isinstance(step, AtLeast):
            inner = "、".join(self.words.pattern(atom, bindings) for atom in step.of if isinstance(atom, Atom))
            return f"至少 {self.words.expression(step.n, bindings)} 个：{inner}"
        return ""

    def _sources(self, step: Step, refs: list[object]) -> tuple[Source, ...]:
        inner = list(atoms((step,)))
        return self.sources(dict.fromkeys(fact for atom, ref in zip(inner, refs, strict=True) for fact in self._facts(atom, ref)))

    def _facts(self, atom: Atom, ref: object) -> list[Fact]:
        found = []
        for index in ref if isinstance(ref, tuple) else (ref,):
            assert isinstance(index, int)
            if atom.relation.startswith("measure."):
                found += list(self.context.sources(atom.relation, index))
            else:
                found += [fact for fact in self._with_derived.of(atom.relation)[index : index + 1] if fact.place.line]
        return found

    def _unstated(self, atom: Atom, ref: object, bindings: Bindings) -> list[str]:
        if not isinstance(ref, int) or self.context.pack[atom.relation].column("id") is None:
            return []
        fact = self._with_derived.of(atom.relation)[ref]
        names = self.context.pack[atom.relation].names
        compared = [test.column for test in atom.tests
                    if (test.op in ("ge", "gt", "le", "lt", "in") or any(v not in (ON,) for o in test.operands for v in variables(o)))]
        who = self.words.value(fact.values[names.index("id")])
        return [f"{who}的{COLUMNS.get(name, name)}" for name in dict.fromkeys(compared)
                if name in names and fact.values[names.index(name)] is None and bindings is not None]

    def _start(self, instance: Instance) -> dict[str, Value]:
        return {ON: self.context.on, **instance.bindings()}

    def _lookup(self, atom: Atom, bindings: Bindings) -> Iterable[tuple[int, tuple[Value, ...]]]:
        """Facts of an atom's relation by its most telling equality; all facts where it has none."""
        rows = self._with_derived.of(atom.relation)
        if groups := self._groups(atom, bindings):
            return [(index, rows[index].values) for index in groups[0]]
        return ((index, fact.values) for index, fact in enumerate(rows))

    def _neighbours(self, atom: Atom, bindings: Bindings) -> Iterable[int]:
        """The rows that may miss a pattern by one test only: of two equalities such a row meets at least one."""
        groups = self._groups(atom, bindings)
        if len(groups) < 2:
            return range(min(len(self._with_derived.of(atom.relation)), _SCANNED))
        return merge(groups[0], groups[1])

    def _groups(self, atom: Atom, bindings: Bindings) -> list[Sequence[int]]:
        """The rows that meet each equality of an atom whose value is known, ascending; the fewest first."""
        return sorted((self._by(atom.relation, test.column).get(evaluate(test.operands[0], bindings), ()) for test in atom.tests
                       if test.op == "eq" and set(variables(test.operands[0])) <= set(bindings)), key=len)

    def _by(self, relation: str, column: str) -> dict[Value, list[int]]:
        key = (relation, column)
        if key not in self._index:
            at = self.context.pack[relation].names.index(column)
            grouped: defaultdict[Value, list[int]] = defaultdict(list)
            for index, fact in enumerate(self._with_derived.of(relation)):
                grouped[fact.values[at]].append(index)
            self._index[key] = dict(grouped)
        return self._index[key]


def _equated(step: Step, following: tuple[Step, ...], bindings: Bindings) -> Bindings:
    """The variable that ``step`` binds and the next step compares with a known one, and the value it must have."""
    if not isinstance(step, Atom) or not following or not isinstance(following[0], Compare) or following[0].op != "eq":
        return {}
    sides = (following[0].left, following[0].right)
    bound = {test.operands[0] for test in step.tests if test.op == "eq" and isinstance(test.operands[0], Var)}
    return {own.name: bindings[other.name] for own, other in (sides, sides[::-1])
            if isinstance(own, Var) and isinstance(other, Var) and own in bound and own.name not in bindings and other.name in bindings}


def _wanted(test: Test, text: str) -> str:
    """A condition after 应, where the name of the column has just been said."""
    text = text.removeprefix(COLUMNS.get(test.column, test.column)).lstrip()
    return f"为 {text}" if test.op == "eq" else text


def _place(place: Place) -> tuple[str, int, int]:
    return shown_file(place.file), place.line, place.column


@cache
def shown_file(file: str) -> str:
    """The name of a file in reports: what zeren ships is named from its folder, wherever it is installed."""
    shipped = builtin()
    return f"rules/{Path(file).relative_to(shipped).as_posix()}" if Path(file).is_relative_to(shipped) else file


def _width(step: Step) -> int:
    return sum(1 for _ in atoms((step,)))


def _with_closures(context: Context) -> Facts:
    missing = [name for name in CLOSURES if not context.facts.of(name)]
    return context.facts.plus(fact for name in missing for fact in CLOSURES[name].walk(context.facts, context.on))
