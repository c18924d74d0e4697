"""Grade an accident by the tables of its date, and again whenever a report within the legal window changes the figures.

Any criterion reached counts, the highest wins; an unknown figure is never a zero: where it could still raise the grade,
the grade is a lower bound. Tables: ``事故等级`` (both eras), ``特殊定级`` (special equipment, power, railway),
``事故种类`` and ``行业门类`` (which of them apply, and how long casualties may change the grade).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from zeren.engine.derive.closures import holds
from zeren.models.facts import Fact, Facts, Value
from zeren.models.moments import DAY

GRADES: Final = "table.事故等级"
KINDS: Final = "table.事故种类"
SPECIAL: Final = "table.特殊定级"
SECTORS: Final = "table.行业门类"
ALIASES: Final = "table.行业别名"
#: Everything that grading looks up.
TABLES: Final = (GRADES, KINDS, SPECIAL, SECTORS, ALIASES)

DEAD, HURT, LOSS = "死亡", "重伤", "直接经济损失"
CERTAIN, AT_LEAST = "确定", "下界"
#: The result of a report whose figures were verified: it takes the place of all figures before it, also of higher ones.
VERIFIED: Final = "核实"
_REGIMES: Final = ("一般规定", "旧分级")
_REPORTS: Final = ("报告", "调查认定")
_COUNTED: Final = (DEAD, "失踪", HURT)

Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade and from when it holds. ``grade`` is the name in use today, ``alias`` the name of that time.

    ``bound`` is 下界 where a figure that is not known could still raise it, else 确定. ``rows`` are the rows of the tables
    that gave the grade, ``evidence`` the incident and the papers whose figures count.
    """

    incident: str
    grade: str
    rank: int
    alias: str
    bound: str
    since: int
    figures: tuple[tuple[str, Decimal | None], ...]
    rows: tuple[Fact, ...]
    evidence: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A record about an incident, with its details: numbers by key, and words by key."""

    fact: Fact
    row: Row
    numbers: Mapping[str, Decimal]
    words: Mapping[str, frozenset[str]]

    @property
    def at(self) -> int:
        """When it was made, seconds."""
        moment = self.row["at"]
        assert isinstance(moment, int)
        return moment


@dataclass(frozen=True, slots=True)
class Figure:
    """A count that is at least ``value`` (nothing: not known at all); ``open`` says that it may be more."""

    value: Decimal | None
    open: bool


def papers(facts: Facts, refs: Collection[str]) -> dict[str, list[Paper]]:
    """The records that name one of ``refs`` (incidents, inquiries), by what they name, in the order of time."""
    found = {ref: [Paper(fact, row, *_details(facts, row["id"])) for fact, row in facts.where("record", "ref", ref)] for ref in sorted(refs)}
    return {ref: in_order(run) for ref, run in found.items() if run}


def in_order(run: Iterable[Paper]) -> list[Paper]:
    """Papers by time; those of one moment by id."""
    return sorted(run, key=lambda paper: (paper.at, str(paper.row["id"])))


def _details(facts: Facts, id: Value) -> tuple[dict[str, Decimal], dict[str, frozenset[str]]]:
    numbers: dict[str, Decimal] = {}
    words: defaultdict[str, set[str]] = defaultdict(set)
    for _, row in rows(facts, "detail", id):
        if isinstance(row["number"], Decimal):
            numbers[str(row["key"])] = row["number"]
        elif row["value"] is not None:
            words[str(row["key"])].add(str(row["value"]))
    return numbers, {key: frozenset(found) for key, found in words.items()}


def rows(facts: Facts, relation: str, first: Value) -> Iterator[tuple[Fact, Row]]:
    """The facts of ``relation`` whose first column is ``first``."""
    return facts.where(relation, facts.schema[relation].columns[0].name, first)


@dataclass(frozen=True)
class Scales:
    """The tables of grading, read once; ``facts`` must hold the rows of :data:`TABLES`."""

    facts: Facts
    industries: Facts

    @cached_property
    def kinds(self) -> dict[str, Row]:
        """What is true of each kind of incident."""
        return {str(row["kind"]): row for row in self.facts.records(KINDS)}

    @cached_property
    def general(self) -> tuple[tuple[Fact, Row], ...]:
        """The rows of the general table, old and new, that have a place in the order of grades."""
        return tuple(pair for pair in self.rows(GRADES) if pair[1]["regime"] in _REGIMES)

    def rows(self, table: str) -> Iterator[tuple[Fact, Row]]:
        """The rows of a table with the facts that they are."""
        return zip(self.facts.of(table), self.facts.records(table), strict=True)

    def graded(self, kind: Value) -> bool:
        """Whether incidents of this kind have a grade."""
        return str(kind) in self.kinds and self.kinds[str(kind)]["graded"] is True

    def regimes(self, incident: Row) -> tuple[str, ...]:
        """The regimes of their own under which an incident falls: by its kind, then by its industry."""
        own = self.kinds.get(str(incident["kind"]), {}).get("regime")
        above = self.lineage(incident["industry"])
        by_industry = {str(row["regime"]) for row in self.facts.records(SECTORS) if row["industry"] in above}
        return tuple(dict.fromkeys([*([str(own)] if own is not None else []), *sorted(by_industry)]))

    def lineage(self, industry: Value) -> frozenset[str]:
        """An industry, those above it, their names, and what the table of aliases calls them."""
        seen: set[str] = set()
        frontier = {str(industry)} if industry is not None else set()
        while frontier:
            seen |= frontier
            frontier = {up for one in frontier for up in self._above.get(one, ())} - seen
        return frozenset(seen)

    @cached_property
    def _above(self) -> dict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for row in self.industries.records("industry"):
            found[str(row["id"])] |= {str(row[column]) for column in ("name", "parent") if row[column] is not None}
        for row in self.industries.records("falls"):
            found[str(row["part"])].add(str(row["whole"]))
        for row in self.facts.records(ALIASES):
            found[str(row["alias"])].add(str(row["industry"]))
        return dict(found)


def history(incident: Fact, schema: Sequence[str], reports: Sequence[Paper], scales: Scales) -> tuple[Grade, ...]:
    """The grades of one incident in the order of time: the first, and one for each change within the window.

    Reports of one author replace each other, between authors the highest counts, and none takes the figures below those
    of the incident itself, so that a false report lowers nothing; only a report with the result 核实 does. Counts of dead
    include the missing. The window counts from the day after the accident. Empty where nothing is known, where the kind
    has no grade, or where no row of the table is reached.
    """
    row = dict(zip(schema, incident.values, strict=True))
    at = row["at"]
    if not scales.graded(row["kind"]) or not isinstance(at, int):
        return ()
    window = scales.kinds[str(row["kind"])]["change_window"]
    end = at - at % DAY + DAY + (window if isinstance(window, int) else 0)
    criteria = frozenset(str(one["criterion"]) for _, one in scales.rows(SPECIAL))
    count = Count(row, incident, criteria)
    found: list[Grade] = []
    for paper in (None, *(one for one in reports if one.row["kind"] in _REPORTS and dated(one.at, at) >= at)):
        if paper is not None and not count.take(paper, casualties=dated(paper.at, at) < end):
            continue
        one = _graded(row, at, count, scales, at if paper is None else dated(paper.at, at))
        if one is not None and (not found or (found[-1].rank, found[-1].bound) != (one.rank, one.bound)):
            found.append(one)
    return tuple(found)


def dated(moment: int, start: int) -> int:
    """When something happened; a date without a time, on the day of ``start``, is not before ``start``."""
    return start if moment % DAY == 0 and moment <= start < moment + DAY else moment


class Count:
    """The figures of one incident as they grow with the reports."""

    def __init__(self, incident: Row, fact: Fact, criteria: frozenset[str]) -> None:
        self._base = {DEAD: _total(incident["deaths"], incident["missing"]), HURT: _figure(incident["serious_injuries"]),
                      LOSS: _figure(incident["direct_loss"])}
        self._told: dict[str, dict[str, tuple[Decimal, Fact]]] = {}
        self._special: dict[str, tuple[Decimal, Fact]] = {}
        self._cases: dict[str, Fact] = {}
        self._fact, self._criteria = fact, criteria
        self._verified: tuple[Fact, ...] = ()

    def take(self, paper: Paper, casualties: bool) -> bool:
        """Take the figures of a paper; return whether there were any that count."""
        took = False
        for key, number in paper.numbers.items():
            if key in self._criteria and (key not in self._special or self._special[key][0] < number):
                self._special[key] = (number, paper.fact)
                took = True
        for case in sorted(word for key in self._criteria for word in paper.words.get(key, ())):
            took = self._cases.setdefault(case, paper.fact) is paper.fact or took
        if not casualties or paper.row["kind"] != "报告" or not any(key in paper.numbers for key in _COUNTED):
            return took
        told: dict[str, tuple[Decimal, Fact]] = {}
        if DEAD in paper.numbers or "失踪" in paper.numbers:
            told[DEAD] = (paper.numbers.get(DEAD, Decimal(0)) + paper.numbers.get("失踪", Decimal(0)), paper.fact)
        if HURT in paper.numbers:
            told[HURT] = (paper.numbers[HURT], paper.fact)
        if paper.row["result"] == VERIFIED:
            self._told = {who: {key: one for key, one in had.items() if key not in told} for who, had in self._told.items()}
            self._base |= {key: Figure(value, key == DEAD and DEAD not in paper.numbers)
                           for key, (value, _) in told.items()}
            self._verified = (*self._verified, paper.fact)
        else:
            author = str(paper.row["actor"])
            self._told[author] = {**self._told.get(author, {}), **told}
        return True

    def figure(self, criterion: str) -> Figure:
        """The count of one criterion of the general table."""
        own = self._base.get(criterion, Figure(None, True))
        told = [had[criterion][0] for had in self._told.values() if criterion in had]
        known = [*told, *([own.value] if own.value is not None else [])]
        return Figure(max(known, default=None), own.open and not told)

    def special(self, criterion: str) -> Figure:
        """The figure of one special criterion."""
        return Figure(self._special[criterion][0], False) if criterion in self._special else Figure(None, True)

    def case(self, value: Value) -> bool:
        """Whether a special case was recorded."""
        return value in self._cases

    def figures(self) -> tuple[tuple[str, Decimal | None], ...]:
        """All figures by criterion."""
        return (*((key, self.figure(key).value) for key in (DEAD, HURT, LOSS)),
                *((key, value) for key, (value, _) in sorted(self._special.items())))

    def evidence(self) -> tuple[Fact, ...]:
        """The incident and the papers whose figures count, each once."""
        told = {fact for had in self._told.values() for key, (value, fact) in had.items() if value == self.figure(key).value}
        more = {*told, *self._verified, *self._cases.values(), *(fact for _, fact in self._special.values())}
        return (self._fact, *sorted(more, key=lambda fact: (fact.place, str(fact.values[0]))))


def _graded(incident: Row, at: int, count: Count, scales: Scales, since: int) -> Grade | None:
    """The grade by the figures counted so far."""
    general = [(fact, row, count.figure(str(row["criterion"]))) for fact, row in scales.general
               if holds(row["since"], row["until"], at)]
    regimes = scales.regimes(incident)
    special = [(fact, row) for fact, row in scales.rows(SPECIAL)
               if row["regime"] in regimes and holds(row["since"], row["until"], at)]
    reached = [(fact, row) for fact, row, figure in general if _within(row, figure.value)]
    reached += [(fact, row) for fact, row in special if row["grade"] is not None and _special(row, count)]
    if not reached:
        return None
    rank = max(_rank(row) for _, row in reached)
    top = [(fact, row) for fact, row in reached if _rank(row) == rank]
    could = any(figure.open and _rank(row) > rank for _, row, figure in general)
    could = could or any(row["value"] is None and count.special(str(row["criterion"])).open
                         and (row["grade"] is None or _rank(row) > rank) for _, row in special)
    first = top[0][1]
    return Grade(str(incident["id"]), str(first["grade"]), rank, str(first["alias"]), AT_LEAST if could else CERTAIN, since,
                 count.figures(), tuple(fact for fact, _ in top), count.evidence())


def rank_of(figures: Mapping[str, Decimal], at: int, scales: Scales) -> int:
    """The place of the highest grade of the general table that some figures reach; 0 where none is."""
    return max((_rank(row) for _, row in scales.general
                if holds(row["since"], row["until"], at) and _within(row, figures.get(str(row["criterion"])))), default=0)


def _special(row: Row, count: Count) -> bool:
    if row["value"] is not None:
        return count.case(row["value"])
    return _within(row, count.special(str(row["criterion"])).value)


def _within(row: Row, figure: Decimal | None) -> bool:
    low, high = row["min"], row["max"]
    if figure is None:
        return False
    return (not isinstance(low, Decimal) or figure >= low) and (not isinstance(high, Decimal) or figure < high)


def _rank(row: Row) -> int:
    return int(row["rank"]) if isinstance(row["rank"], Decimal) else 0


def _figure(value: Value) -> Figure:
    return Figure(value, False) if isinstance(value, Decimal) else Figure(None, True)


def _total(deaths: Value, missing: Value) -> Figure:
    """The dead with the missing. Missing persons count where they are stated; deaths that are not stated may be more."""
    known = [value for value in (deaths, missing) if isinstance(value, Decimal)]
    return Figure(sum(known, Decimal(0)) if known else None, not isinstance(deaths, Decimal))
