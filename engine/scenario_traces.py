"""Compare the chains of a scenario's accidents with what it expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zeren.engine.chain.model import Chain, Line
from zeren.engine.chain.trace import Tracer
from zeren.engine.language.rule import LAYERS
from zeren.engine.pack import Pack
from zeren.models.moments import parse_moment
from zeren.models.organisation import Organisation
from zeren.models.problems import Place, Problems, choices, nearest
from zeren.models.scenario_trace import AbsentExpected, ClockExpected, SeatExpected, TraceExpected


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One way in which an answer differs from what was expected: 缺少, 多出 or 不同, in a sentence, with its place.

    ``findings`` are the ids of the findings that would explain it.
    """

    sign: str
    text: str
    place: Place
    findings: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.sign} {self.text}（{self.place}）"


def check_traces(traces: tuple[TraceExpected, ...], org: Organisation, problems: Problems) -> None:
    """Tell of every incident, post, unit or layer that a scenario names and that does not exist."""
    known: Mapping[str, set[str]] = {
        relation: {str(fact.values[0]) for fact in org.facts.of(relation)} for relation in ("incident", "post", "unit")}
    seats: tuple[SeatExpected | AbsentExpected, ...]
    for trace in traces:
        seats = (*trace.chain, *trace.absent)
        words = [("事故", trace.incident, known["incident"], trace.place)]
        words += [("岗位", one.post, known["post"], one.place) for one in seats]
        words += [("层", one.layer, set(LAYERS), one.place) for one in trace.chain if one.layer]
        words += [("单位", one.holder, known["unit"], one.place) for one in trace.clocks]
        for what, word, ids, place in words:
            if word not in ids:
                problems.add(place, "SCN-对象", f"没有{what}“{word}”", nearest(word, ids) or
                             (f"可用的如 {choices(sorted(ids), 8)}" if ids else f"组织文件里没有写{what}"))


def trace_differences(traces: tuple[TraceExpected, ...], org: Organisation, on: int, pack: Pack) -> Iterator[Difference]:
    """Yield every difference between the chains at ``on`` (seconds) and what is expected of them."""
    for expected in traces:
        moment = parse_moment(expected.on, "end") if expected.on else on
        tracer = Tracer(org, expected.incident, moment, pack)
        chain = tracer.chain()
        yield from _grade(expected, chain)
        for seat in expected.chain:
            yield from _seat(seat, chain)
        for absent in expected.absent:
            yield from _absent(absent, tracer.chain(absent.post))
        for clock in expected.clocks:
            yield from _clock(clock, chain)
        if expected.exactly:
            yield from _surplus(expected, chain)


def _grade(expected: TraceExpected, chain: Chain) -> Iterator[Difference]:
    if expected.grade and expected.grade != chain.grade:
        yield Difference("不同", f"{expected.incident} 应为{expected.grade}，得到{chain.grade}", expected.place)
    if expected.bound and expected.bound != chain.bound:
        yield Difference("不同", f"{expected.incident} 的等级应为{expected.bound}，得到{chain.bound}", expected.place)


def _seat(one: SeatExpected, chain: Chain) -> Iterator[Difference]:
    name = _named(one)
    lines = [line for line in chain.lines if _same(one, line)]
    if not lines:
        out = next((line for line in chain.excluded if _same(one, line)), None)
        told = f"在链外：{_shown(out)}，{out.why}" if out else "没有归责规则通向这一岗位"
        yield Difference("缺少", f"责任链上应有 {name}；{told}", one.place)
        return
    wanted = [(getattr(one, key), key) for key in ("verdict", "degree", "layer") if getattr(one, key)]
    if not any(all(word == getattr(line, key) for word, key in wanted) for line in lines):
        yield Difference("不同", f"{name} 应为 {'、'.join(word for word, _ in wanted)}，得到 "
                         + "；".join(f"{_shown(line)}（{line.why}）" for line in lines), one.place)


def _absent(one: AbsentExpected, chain: Chain) -> Iterator[Difference]:
    name = _named(one)
    if (line := next((line for line in chain.lines if _same(one, line)), None)) is not None:
        yield Difference("多出", f"{name} 不应在责任链上，得到 {_shown(line)}（{line.why}）", one.place)
        return
    lines = [line for line in chain.excluded if _same(one, line)]
    if (one.verdict or one.why) and not any(one.why in line.why and one.verdict in ("", line.verdict) for line in lines):
        got = "；".join(f"{line.verdict}（{line.why}）" for line in lines) or "没有说明"
        yield Difference("不同", f"{name} 不在链上应说明 {one.verdict}“{one.why}”，得到 {got}", one.place)


def _clock(one: ClockExpected, chain: Chain) -> Iterator[Difference]:
    mine = [clock for clock in chain.clocks if clock.holder == one.holder and one.name in clock.name]
    if not any(clock.state == one.state for clock in mine):
        got = "、".join(f"{clock.name}{clock.state}" for clock in mine) or "没有这样的时限"
        yield Difference("不同", f"{one.holder} 的{one.name or '时限'}应有{one.state}，得到 {got}", one.place)


def _surplus(expected: TraceExpected, chain: Chain) -> Iterator[Difference]:
    for line in chain.lines:
        if not any(_same(one, line) for one in expected.chain):
            yield Difference("多出", f"责任链上的 {line.post}{f'（{line.person}）' if line.person else ''}：{_shown(line)}（{line.why}）", expected.place)


def _same(one: SeatExpected | AbsentExpected, line: Line) -> bool:
    return one.post == line.post and one.person in ("", line.person)


def _named(one: SeatExpected | AbsentExpected) -> str:
    return f"{one.post}（{one.person}）" if one.person else one.post


def _shown(line: Line) -> str:
    return "、".join(word for word in (str(line.verdict), line.degree, line.layer, line.status) if word)
