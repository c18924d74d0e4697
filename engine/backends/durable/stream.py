"""Queries over facts that only become more: each gain tells what it made true. What durable-rules is best at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Protocol

from zeren.engine.backends.durable import process, sizes
from zeren.engine.backends.durable.candidates import holds
from zeren.engine.backends.durable.codes import Codes, identities
from zeren.engine.backends.durable.joins import Join, Pattern, join, segments
from zeren.engine.backends.durable.rulesets import gate_of, rule
from zeren.engine.backends.durable.sizes import Limits
from zeren.engine.backends.indexed import Indexed
from zeren.engine.backends.reference import Reference
from zeren.engine.language.plan import Query
from zeren.engine.language.syntax import ON, Atom
from zeren.models.facts import Fact, Facts, Value, sort_key
from zeren.models.problems import UsageError
from zeren.models.relations import Relation

#: What became true: the number of the query, and its outputs.
News = tuple[int, tuple[Value, ...]]
#: Facts that one session may hold: a partition, with the gate.
_MOST: Final = sizes.PARTITION - 1


class Stream(Protocol):
    """A session that only gains facts."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What did not go as it should, and what was done instead."""

    def gain(self, facts: Sequence[Fact]) -> list[News]:
        """Take in facts and tell, in order, what holds now and did not before."""

    def close(self) -> None:
        """End the session."""


class IndexedStream:
    """The session on the default engine: matched anew after each gain, over hash indexes."""

    notes: tuple[str, ...] = ()

    def __init__(self, queries: Sequence[Query], schema: Mapping[str, Relation]) -> None:
        self._queries, self._schema = tuple(queries), schema
        self._facts: list[Fact] = []
        self._told: set[News] = set()

    def gain(self, facts: Sequence[Fact]) -> list[News]:
        """See :class:`Stream`."""
        self._facts += facts
        engine = Indexed(Facts(self._facts, self._schema), 0)
        holds_now = {(at, row.values) for at, query in enumerate(self._queries) for row in engine.scope([query], 0).rows if row.certain}
        news, self._told = holds_now - self._told, holds_now | self._told
        return _ordered(news)

    def close(self) -> None:
        """Nothing is open."""


class DurableStream:
    """The session on durable-rules, in one child process; when that fails, the default engine goes on from the same facts.

    Raises:
        UsageError: durable-rules cannot run here, or a query has too many patterns for one rule or counts.
    """

    def __init__(self, queries: Sequence[Query], schema: Mapping[str, Relation], limits: Limits | None = None) -> None:
        process.available()
        self._queries, self._schema, self._codes = tuple(queries), schema, Codes()
        self._joins = [self._join(query) for query in queries]
        patterns = [pattern for one in self._joins for pattern in one.patterns if pattern.relation]
        self._admit: dict[str, list[Pattern]] = {}
        for pattern in patterns:
            self._admit.setdefault(pattern.relation, []).append(pattern)
        self._kinds = {name: at for at, name in enumerate(sorted(self._admit), 1)}
        self._facts: list[Fact] = []
        self._known: dict[int, Fact] = {}
        self._numbers = iter(identities(_MOST + 1))
        self._told: set[News] = set()
        self._launcher = process.Launcher(limits or Limits())
        self._open = False
        self._instead: IndexedStream | None = None
        self.notes: tuple[str, ...] = ()

    def gain(self, facts: Sequence[Fact]) -> list[News]:
        """See :class:`Stream`."""
        self._facts += facts
        if self._instead is not None:
            return self._by_default(facts)
        try:
            if not self._open:
                self._begin()
            rows = [cells for fact in facts if self._wanted(fact) for cells in self._numbered(fact)]
            (fired,) = self._launcher.ask(rows, 1) if rows else ([],)
            news = {one for name, *ids in fired for one in self._checked(int(name), [self._known[id] for id in ids])} - self._told
        except (process.Failed, LookupError, ValueError) as fault:
            told = str(fault) if isinstance(fault, process.Failed) else "的答复不能信"
            self.notes = (f"durable 的子进程{told}：此后由默认引擎计算，结果相同",)
            self._instead = IndexedStream(self._queries, self._schema)
            return self._by_default(self._facts)
        self._told |= news
        return _ordered(news)

    def _begin(self) -> None:
        rules = {str(at): rule(one, [self._kinds.get(pattern.relation, 0) for pattern in one.patterns]) for at, one in enumerate(self._joins)}
        self._launcher.ask(self._launcher.job({"session": {"rules": rules, "gate": gate_of(next(self._numbers))}}), 0)
        self._open = True

    def close(self) -> None:
        """End the child process."""
        self._launcher.close()

    def _by_default(self, facts: Sequence[Fact]) -> list[News]:
        assert self._instead is not None
        return [one for one in self._instead.gain(facts) if one not in self._told]

    def _join(self, query: Query) -> Join:
        (segment, *more) = segments(query.steps)
        if more or segment.counted:
            raise UsageError.of("USE-引擎", "引擎 durable 的会话装不下这条规则", "改用 --engine auto（结果相同）")
        return join(segment, (), self._schema, self._codes, 0, possible=False)

    def _wanted(self, fact: Fact) -> bool:
        codes = [self._codes.code(value) for value in fact.values]
        return any(holds(pattern, codes) for pattern in self._admit.get(fact.relation, ()))

    def _numbered(self, fact: Fact) -> Iterator[dict[str, int]]:
        id = next(self._numbers, None)
        if id is None:
            raise process.Failed(f"装满了（{_MOST:,} 条事实）")
        self._known[id] = fact
        codes = {f"c{at}": code for at, value in enumerate(fact.values) if (code := self._codes.code(value)) is not None}
        yield {"id": id, "k": self._kinds[fact.relation], "_1": 1, **codes}

    def _checked(self, at: int, facts: Sequence[Fact]) -> Iterator[News]:
        """The outputs of a match that is one by the meaning of the language."""
        query = self._queries[at]
        atoms = [step for step in query.steps if isinstance(step, Atom)]
        chosen = {id(atom): fact for atom, fact in zip(atoms, facts, strict=True)}
        reference = Reference(Facts((), self._schema), lambda atom, _: [(0, chosen[id(atom)].values)])
        if [atom.relation for atom in atoms] != [fact.relation for fact in facts]:
            raise ValueError("relations do not fit")
        for bindings, _, _ in reference.solutions(query.steps, {ON: 0}):
            yield at, tuple([bindings.get(name) for name in query.outputs])


def _ordered(news: set[News]) -> list[News]:
    return sorted(news, key=lambda one: (one[0], sort_key(one[1])))
