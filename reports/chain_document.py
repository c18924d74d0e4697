"""A chain as plain typed data: what its JSON holds and its schema is made from. No clock, no machine: same chain, same document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from zeren.engine.chain.model import Breach, Chain, Clock, Line, Path
from zeren.engine.explain import Source
from zeren.engine.ledgers import Ask
from zeren.models.moments import format_moment

#: Grows in its first part when a reader of the old form would misread the new one.
SCHEMA_VERSION: Final = "1.0"


@dataclass(frozen=True, slots=True)
class AskDocument:
    """Papers to ask for: holder and kind, from which day to which."""

    holder: str
    holder_label: str
    kind: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class PathDocument:
    """One way from the accident to the post; ``signed`` is the day of the signature that decides who held the post."""

    rule: str
    title: str
    layer: str
    steps: tuple[Source, ...]
    basis: tuple[str, ...]
    signed: str


@dataclass(frozen=True, slots=True)
class LineDocument:
    """One post in the answer, or left out of it; ``why`` says what the verdict rests on, ``notice`` stands on every line."""

    post: str
    post_label: str
    unit: str
    unit_label: str
    person: str
    tenure: str
    level: str
    office: str
    layer: str
    reach: str
    reach_note: str
    reach_basis: tuple[str, ...]
    verdict: str
    status: str
    why: str
    nature: str
    degree: str
    degree_basis: tuple[str, ...]
    paths: tuple[PathDocument, ...]
    breaches: tuple[Breach, ...]
    fulfilled: tuple[Source, ...]
    aggravating: tuple[str, ...]
    mitigating: tuple[str, ...]
    measures: tuple[str, ...]
    asks: tuple[AskDocument, ...]
    notice: str


@dataclass(frozen=True, slots=True)
class ClockDocument:
    """One limit and how it was met; ``due`` and ``done`` are moments in words, empty where not known."""

    name: str
    holder: str
    holder_label: str
    limit: str
    due: str
    done: str
    state: str
    basis: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class QuestionDocument:
    """One of the four questions of 责任倒查 and what is recorded about it."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class FollowingDocument:
    """What may follow for a unit, as ranges of law and custom."""

    unit: str
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChainDocument:
    """A whole chain. ``lines`` are on it, ``excluded`` were linked or asked for and are not, each with why."""

    schema_version: Literal["1.0"]
    notice: str
    organisation: str
    on: str
    profile: str
    mode: str
    incident: str
    incident_label: str
    at: str
    scene: tuple[str, ...]
    grade: str
    rank: int
    alias: str
    bound: str
    shifts: tuple[str, ...]
    clocks: tuple[ClockDocument, ...]
    lines: tuple[LineDocument, ...]
    excluded: tuple[LineDocument, ...]
    units: tuple[Breach, ...]
    following: tuple[FollowingDocument, ...]
    questions: tuple[QuestionDocument, ...]
    asks: tuple[AskDocument, ...]


def chain_document(chain: Chain, labels: Mapping[str, str]) -> ChainDocument:
    """Turn a chain into plain data; ``labels`` say how ids are shown."""
    return ChainDocument(
        schema_version=SCHEMA_VERSION, notice=chain.notice, organisation=chain.organisation, on=_day(chain.on, "end"), profile=chain.profile,
        mode=chain.mode, incident=chain.incident, incident_label=chain.incident_label, at=_day(chain.at), scene=chain.scene, grade=chain.grade,
        rank=chain.rank, alias=chain.alias, bound=chain.bound, shifts=chain.shifts, clocks=tuple(_clock(one) for one in chain.clocks),
        lines=tuple(_line(one, chain.notice, labels) for one in chain.lines),
        excluded=tuple(_line(one, chain.notice, labels) for one in chain.excluded), units=chain.units,
        following=tuple(FollowingDocument(unit, measures) for unit, measures in chain.following),
        questions=tuple(QuestionDocument(question, answer) for question, answer in chain.questions),
        asks=tuple(_ask(one, labels) for one in chain.asks),
    )


def _line(line: Line, notice: str, labels: Mapping[str, str]) -> LineDocument:
    return LineDocument(
        post=line.post, post_label=line.post_label, unit=line.unit, unit_label=line.unit_label, person=line.person, tenure=line.tenure,
        level=line.level, office=line.office, layer=line.layer, reach=line.reach.value if line.reach is not None else "",
        reach_note=line.reach_note, reach_basis=line.reach_basis, verdict=line.verdict.value, status=line.status, why=line.why,
        nature=line.nature, degree=line.degree, degree_basis=line.degree_basis, paths=tuple(_path(one) for one in line.paths),
        breaches=line.breaches, fulfilled=line.fulfilled, aggravating=line.aggravating, mitigating=line.mitigating, measures=line.measures,
        asks=tuple(_ask(one, labels) for one in line.asks), notice=notice,
    )


def _path(path: Path) -> PathDocument:
    return PathDocument(path.rule, path.title, path.layer, path.steps, path.basis, _day(path.signed))


def _clock(clock: Clock) -> ClockDocument:
    return ClockDocument(clock.name, clock.holder, clock.holder_label, clock.limit, _day(clock.due, "end"), _day(clock.done), clock.state,
                         clock.basis, clock.sources)


def _ask(ask: Ask, labels: Mapping[str, str]) -> AskDocument:
    return AskDocument(ask.holder, labels.get(ask.holder, ask.holder), ask.kind, _day(ask.start), _day(ask.end, "after"))


def _day(moment: int | None, day: Literal["start", "end", "after"] = "start") -> str:
    return "" if moment is None else format_moment(moment, day)


def chain_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``zeren trace -f json``. Importing pydantic takes a moment."""
    from zeren.reports.schema import closed_schema

    return closed_schema(ChainDocument, "zeren 责任链")
