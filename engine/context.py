"""Everything that deciding an instance needs besides its matches: ledgers, waivers, validity, coverage, posts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from zeren.engine.backends.reference import Reference, evaluate
from zeren.engine.derive.closures import holds
from zeren.engine.derive.posts import Posts
from zeren.engine.language.plan import Plan
from zeren.engine.language.reliance import Reliance
from zeren.engine.language.syntax import ON
from zeren.engine.ledgers import Ask, Ledgers
from zeren.engine.pack import Pack
from zeren.models.facts import Fact, Facts, Value, written
from zeren.models.registry import single_valued
from zeren.models.relations import AUTHORED

_AUTHORED = frozenset(relation.name for relation in AUTHORED)
#: Kinds of papers, and the span that they must cover (seconds, half-open).
Window = tuple[tuple[str, ...], int, int]


class Context:
    """One audit: the facts that can be seen at ``on``, and what follows from them."""

    def __init__(self, facts: Facts, pack: Pack, on: int) -> None:
        self.facts, self.pack, self.on = facts, pack, on
        self.ledgers = Ledgers(facts)
        self.measured: dict[tuple[str, tuple[Value, ...]], tuple[tuple[Fact, ...], tuple[Ask, ...]]] = {}

    # -- sources ----------------------------------------------------------------------------------------------

    def sources(self, relation: str, index: int) -> Iterator[Fact]:
        """The authored facts behind fact number ``index`` of ``relation``."""
        if relation in _AUTHORED:
            yield self.facts.of(relation)[index]
        elif relation.startswith("measure."):
            fact = self.facts.of(relation)[index]
            yield from self.measured[relation, fact.values[:-2]][0]

    # -- ledgers ----------------------------------------------------------------------------------------------

    def open(self, reliance: Reliance, fields: Mapping[str, Value], moment: int) -> list[Ask] | None:
        """What must be asked for before ``reliance`` allows a no at ``moment``; nothing where it is closed."""
        bindings = {ON: self.on, **fields}
        if reliance.form == "never":
            return []
        if reliance.form == "measure":
            key = {column: evaluate(term, bindings) for column, term in reliance.columns}
            return self._measure(reliance.relation, key)
        if reliance.form == "fact" and self._contradicted(reliance, bindings):
            return None
        holder = evaluate(reliance.holder, bindings) if reliance.holder is not None else None
        return self.lacking(holder, self.window(reliance, bindings, moment))

    def window(self, reliance: Reliance, bindings: Mapping[str, Value], moment: int) -> Window | None:
        """What kinds of papers, and from when to when, must be there; nothing where a bound is not stated."""
        start = evaluate(reliance.start, bindings) if reliance.start is not None else moment
        end = evaluate(reliance.end, bindings) if reliance.end is not None else moment
        if not isinstance(start, int) or not isinstance(end, int):
            return None
        low = min(start, moment)
        return tuple(str(evaluate(kind, bindings)) for kind in reliance.kinds), low, max(min(end, moment), low)

    def lacking(self, holder: Value, window: Window | None) -> list[Ask] | None:
        """What must be asked of ``holder``; nothing where all is there. Without holder or window nobody can be asked."""
        if holder is None or window is None:
            return []
        kinds, low, high = window
        found = [self.ledgers.open(str(holder), kind, low, high) for kind in kinds]
        return [ask for ask in found if ask is not None] or None

    def _measure(self, relation: str, key: Mapping[str, Value]) -> list[Ask] | None:
        names = self.pack[relation].names
        asks: list[Ask] = []
        rows = [fact for fact in self.facts.of(relation)
                if all(fact.values[names.index(column)] == value for column, value in key.items())]
        for fact in rows:
            asks.extend(self.measured[relation, fact.values[:-2]][1])
        complete = bool(rows) and all(fact.values[-1] is True for fact in rows)
        return None if complete else asks

    def _contradicted(self, reliance: Reliance, bindings: Mapping[str, Value]) -> bool:
        """Whether the fact that a pattern names states something that the pattern speaks against."""
        key = tuple(evaluate(term, bindings) for _, term in reliance.columns)
        if reliance.relation == "detail" and not single_valued(str(key[1])):
            return False
        names = self.pack[reliance.relation].names
        return any(
            fact.values[names.index(test.column)] is not None and self._engine.fails(test, names, fact.values, bindings)
            for fact in self.by_key(reliance.relation, tuple(column for column, _ in reliance.columns), key)
            for test in reliance.tests if test.column in names
        )

    def by_key(self, relation: str, columns: tuple[str, ...], key: tuple[Value, ...]) -> Sequence[Fact]:
        """The facts of ``relation`` with the values ``key`` in ``columns``."""
        if (relation, columns) not in self._keyed:
            at = [self.pack[relation].names.index(column) for column in columns]
            grouped: defaultdict[tuple[Value, ...], list[Fact]] = defaultdict(list)
            for fact in self.facts.of(relation):
                grouped[tuple(fact.values[index] for index in at)].append(fact)
            self._keyed[relation, columns] = dict(grouped)
        return self._keyed[relation, columns].get(key, ())

    @cached_property
    def _keyed(self) -> dict[tuple[str, tuple[str, ...]], dict[tuple[Value, ...], list[Fact]]]:
        return {}

    @cached_property
    def _engine(self) -> Reference:
        return Reference(self.facts)

    def by_id(self, relation: str, id: Value) -> Fact | None:
        """The fact of ``relation`` with this id."""
        if relation not in self._by_id:
            at = self.pack[relation].names.index("id")
            self._by_id[relation] = {fact.values[at]: fact for fact in reversed(self.facts.of(relation))}
        return self._by_id[relation].get(id)

    @cached_property
    def _by_id(self) -> dict[str, dict[Value, Fact]]:
        return {}

    def partial_units(self, fields: Mapping[str, Value]) -> list[str]:
        """The units among the fields whose structure was declared as incomplete."""
        if not self.ledgers.partial:
            return []
        units = {self.ledgers.unit(value) for value in fields.values() if isinstance(value, str)}
        return sorted(units & self.ledgers.partial)

    # -- validity ---------------------------------------------------------------------------------------------

    def in_force(self, plan: Plan, values: Sequence[Value]) -> bool:
        """Whether the rule was in force for this instance, and its cell of the coverage profile applies."""
        moment: Value = self.on
        if plan.anchor is not None:
            moment = values[plan.fields.index(plan.anchor)]
        if isinstance(moment, int) and not holds(plan.rule.since, plan.rule.until, moment):
            return False
        return plan.rule.item is None or self.applicability(plan.rule.item, str(values[0])) != "不适用"

    def applicability(self, item: str, bearer: str) -> str:
        """The cell of the active coverage profile for ``item`` at the level of the bearer's territory."""
        return self.coverage.get((item, self.level(bearer) or ""), "")

    @cached_property
    def coverage(self) -> dict[tuple[str, str], str]:
        """The active coverage profile: (item, level) → 必须, 委托 or 不适用."""
        profile = self.pack.parameters["coverage_profile"].facts[0].values[0]
        cells = {}
        table = self.pack.table("覆盖档案")
        for fact in table.facts:
            row = dict(zip(table.relation.names, fact.values, strict=True))
            if row["profile"] == profile:
                cells[str(row["item"]), str(row["level"])] = str(row["applicability"])
        return cells

    def territory(self, bearer: str) -> str | None:
        """The territory of a unit, or of the unit of a post."""
        return self._territories.get(self.ledgers.unit(bearer))

    def level(self, bearer: str) -> str | None:
        """The level of the territory of a unit or post."""
        return self.levels.get(self.territory(bearer) or "")

    @cached_property
    def _territories(self) -> dict[str, str]:
        return {str(row["id"]): str(row["territory"]) for row in self.facts.records("unit") if row["territory"]}

    @cached_property
    def levels(self) -> dict[str, str]:
        """The level of every territory."""
        return {str(row["id"]): str(row["level"]) for row in self.facts.records("territory")}

    @cached_property
    def posts(self) -> Posts:
        """Posts and holders at the moment of the audit."""
        return Posts.at(self.facts, self.on)

    # -- waivers ----------------------------------------------------------------------------------------------

    def waiver(self, rule: str, key: tuple[Value, ...]) -> tuple[Fact | None, bool]:
        """The waiver of an instance, and whether it has expired; a live one goes before an expired one."""
        expired: Fact | None = None
        for per, since, until, fact in self._waivers.get((rule, str(key[0])), ()):
            if not per <= {written(value) for value in key[1:]} or (isinstance(since, int) and self.on < since):
                continue
            if isinstance(until, int) and until <= self.on:
                expired = fact
            else:
                return fact, False
        return expired, expired is not None

    def waives(self, rule: str) -> bool:
        """Whether any waiver, live or expired, names the rule."""
        return any(name == rule for name, _ in self._waivers)

    @cached_property
    def _waivers(self) -> dict[tuple[str, str], list[tuple[frozenset[str], Value, Value, Fact]]]:
        names = self.pack["waiver"].names
        grouped: defaultdict[tuple[object, ...], list[Fact]] = defaultdict(list)
        for fact in self.facts.of("waiver"):  # one written entry gives a fact for each word of `per`
            row = dict(zip(names, fact.values, strict=True))
            grouped[fact.place, *(value for name, value in row.items() if name != "per")].append(fact)
        result: defaultdict[tuple[str, str], list[tuple[frozenset[str], Value, Value, Fact]]] = defaultdict(list)
        for facts in grouped.values():
            row = dict(zip(names, facts[0].values, strict=True))
            per = frozenset(_cells(facts, names.index("per")))
            result[str(row["rule"]), str(row["bearer"])].append((per, row["since"], row["until"], facts[0]))
        return dict(result)


def _cells(facts: Iterable[Fact], column: int) -> Iterator[str]:
    return (str(fact.values[column]) for fact in facts if fact.values[column] is not None)
