"""What the clocks of one incident are written on: tables with their sources, states, and the collected lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from zeren.engine.chain.dossier import Dossier, Span
from zeren.engine.chain.grading import Grade, Row, Scales
from zeren.engine.chain.model import Clock
from zeren.engine.derive.closures import holds
from zeren.engine.explain import Source, shown_file
from zeren.engine.language.rule import Basis
from zeren.engine.ledgers import Ask
from zeren.engine.pack import Pack
from zeren.engine.words import Words
from zeren.models.facts import Fact, Value

IN_TIME, LATE, OVERDUE = "按时", "迟报", "超期"
MISSING, FALSE, CONCEALED = "漏报", "谎报", "瞒报"
PENDING, OPEN = "未到期", "证据不足"
#: How good a state is for the holder; of several papers the best one counts.
_BEST = (IN_TIME, OPEN, LATE, OVERDUE)


class Sheet:
    """The dossier, the tables and the clocks written so far."""

    def __init__(self, dossier: Dossier, scales: Scales, pack: Pack, labels: Mapping[str, str],
                 grades: Sequence[Grade]) -> None:
        self.dossier, self.scales, self.pack, self.labels, self.grades = dossier, scales, pack, labels, grades
        self.clocks: list[Clock] = []
        self.asks: list[Ask] = []
        self._words = Words(labels, pack)
        self._bases = pack.bases

    @property
    def grade(self) -> Grade | None:
        """The grade that counts."""
        return self.grades[-1] if self.grades else None

    @property
    def on(self) -> int:
        """The moment of the audit."""
        return self.dossier.on

    # -- tables and parameters --------------------------------------------------------------------------------

    def table(self, name: str, at: int | None = None, **cells: Value) -> Iterator[tuple[Row, tuple[str, ...]]]:
        """The rows of a table with these cells that hold at ``at``, in the written order, each with its sources."""
        table = self.pack.table(name)
        for fact, beside in zip(table.facts, table.rows, strict=True):
            row = dict(zip(table.relation.names, fact.values, strict=True))
            if at is not None and not holds(row["since"], row["until"], at):
                continue
            if all(row[column] == value for column, value in cells.items()):
                yield row, self.cite(beside.basis, beside.confidence)

    def cite(self, basis: Iterable[tuple[str, str]], confidence: str) -> tuple[str, ...]:
        """Sources in words, and a line that says so where a cell is custom or not checked against the text."""
        lines = self._bases.describe(Basis(kind, ref) for kind, ref in basis)
        told = confidence in ("已核", "讲话") or any(line.endswith(f"（{confidence}）") for line in lines)
        return lines if told else (*lines, f"表中此格：{confidence}")

    def parameter(self, name: str) -> tuple[Value, tuple[str, ...]]:
        """The single value of a parameter, and its sources."""
        found = self.pack.parameters[name]
        value = found.facts[0].values[found.relation.names.index("value")]
        lines = self._bases.describe(Basis(kind, ref) for kind, ref in found.basis)
        return value, (*lines, f"参数“{name}”（{found.confidence}）")

    @cached_property
    def taxonomy(self) -> dict[str, str]:
        """The words of the papers for a wrong report → one of the four."""
        found = self.pack.parameters["breach_taxonomy"]
        key, value = found.relation.names.index("key"), found.relation.names.index("value")
        return {str(fact.values[key]): str(fact.values[value]) for fact in found.facts}

    def definition(self, breach: str) -> tuple[str, ...]:
        """What a wrong report is, how it is told here, and on what that rests."""
        return tuple(line for row, cited in self.table("报告违规", breach=breach)
                     for line in (f"{breach}：{row['definition']}（判法：{row['test']}）", *cited))

    # -- states -----------------------------------------------------------------------------------------------

    def met(self, done: Span, start: Span, limit: int) -> str:
        """按时, 迟报, or 证据不足 where the moments are not known well enough."""
        if done.hi is not None and done.hi <= start.lo + limit:
            return IN_TIME
        return LATE if start.hi is not None and done.lo > start.hi + limit else OPEN

    def best(self, states: Iterable[tuple[str, int]]) -> int | None:
        """The position of the best of some states; the earlier one of equals."""
        ranked = sorted((_BEST.index(state), position) for state, position in states)
        return ranked[0][1] if ranked else None

    def unmet(self, due: int, holder: str, kinds: Sequence[str], start: int, otherwise: str) -> str:
        """未到期 before ``due``; after it ``otherwise`` where the ledgers are closed, else 证据不足 with what to ask for."""
        if due > self.on + 1:  # $on is the last second of a day: what is due at its end is due, as in a check
            return PENDING
        gaps = [kind for kind in kinds if not self.dossier.closed(holder, kind, start, due)]
        for kind in gaps:
            self.ask(holder, kind, start, due)
        return OPEN if gaps else otherwise

    def ask(self, holder: str, kind: str, start: int, end: int) -> None:
        """Note a paper that would settle a clock."""
        if holder:
            self.asks.append(Ask(holder, kind, start, max(start, end)))

    # -- lines ------------------------------------------------------------------------------------------------

    def label(self, id: str) -> str:
        """How an id is shown."""
        return self.labels.get(id, id)

    def sources(self, *facts: Fact | None) -> tuple[Source, ...]:
        """The incident and some facts in words with their places, each once."""
        chosen = dict.fromkeys([self.dossier.fact, *(fact for fact in facts if fact is not None)])
        return tuple(Source(self._words.fact(fact), shown_file(fact.place.file), fact.place.line, fact.place.column)
                     for fact in chosen)

    def add(self, name: str, holder: str, limit: str, due: int | None, done: int | None, state: str,
            basis: tuple[str, ...], *facts: Fact | None) -> None:
        """Write a clock; a wrong report carries its definition."""
        cited = (*basis, *self.definition(state)) if state in (LATE, MISSING, FALSE, CONCEALED) else basis
        self.clocks.append(Clock(name, holder, self.label(holder), limit, due, done, state,
                                 tuple(dict.fromkeys(cited)), self.sources(*facts)))
