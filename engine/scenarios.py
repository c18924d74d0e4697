"""Run scenarios: check an organisation with its changes, trace its accidents, and compare with what was expected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from zeren.engine.audit import audit
from zeren.engine.outcome import LABELS, Outcome
from zeren.engine.pack import Pack
from zeren.engine.report import Cell, Finding, Report
from zeren.engine.scenario_traces import Difference, check_traces, trace_differences
from zeren.models import changes
from zeren.models.facts import Value
from zeren.models.moments import format_duration, format_moment, parse_moment
from zeren.models.organisation import Organisation, load
from zeren.models.problems import InputError, Place, Problem, Problems, UsageError, choices, nearest
from zeren.models.scenario import FILE, KINDS, CellExpected, Expected, Scenario, read_scenario

#: The kinds that ``exactly`` closes: what is not listed there must not occur.
_CLOSED: Final = ("fail", "unknown", "warning", "error")
#: How the kinds are called in Chinese.
LABELS_OF: Final = {**{str(outcome): label for outcome, label in LABELS.items()}, "warning": "预警"}


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one scenario under one engine; it is as expected where ``differences`` is empty."""

    scenario: Scenario
    engine: str
    report: Report
    differences: tuple[Difference, ...]

    def counts(self) -> dict[str, int]:
        """How many findings there are of each kind."""
        found = [kind_of(finding) for finding in self.report]
        return {kind: found.count(kind) for kind in KINDS if kind in found}

    def data(self) -> dict[str, Any]:
        """The result as plain data for ``-f json``."""
        return {
            "scenario": self.scenario.id, "title": self.scenario.title, "engine": self.engine,
            "facts": len(self.report.evaluation.context.facts), "counts": self.counts(), "ok": not self.differences,
            "differences": [
                {"sign": one.sign, "text": one.text, "file": one.place.file, "line": one.place.line, "column": one.place.column}
                for one in self.differences
            ],
        }


def builtin() -> Path:
    """The folder of the scenarios that zeren ships."""
    return Path(str(files("zeren.scenarios")))


def find(paths: Sequence[Path]) -> list[Path]:
    """The scenario folders at or below ``paths``, by name.

    Raises:
        UsageError: a path holds no scenario.
    """
    found: dict[Path, None] = {}
    for path in paths:
        folder = path.parent if path.name == FILE else path
        inside = [folder] if (folder / FILE).is_file() else sorted(one.parent for one in folder.rglob(FILE))
        if not inside:
            raise UsageError.of("USE-场景", f"“{path}”里没有场景", f"场景是含有 {FILE} 的文件夹，写法见 docs/scenarios.md")
        found.update(dict.fromkeys(inside))
    return list(found)


def organisation(scenario: Scenario) -> Organisation:
    """Build the organisation of a scenario, with its changes.

    Raises:
        InputError: a file or a change cannot be used; all problems with their places.
    """
    return load(scenario.files, lambda reader: changes.apply(scenario.changes, reader))


def run(folder: Path, engine: str = "auto", rules: Sequence[Path] = ()) -> Result:
    """Run the scenario in ``folder`` and compare; ``engine`` is for the check, a chain has one way of being found.

    Raises:
        InputError: the scenario cannot be used; all problems with their places. RuleError: a rule cannot be used.
    """
    scenario, org, pack = _prepared(folder, rules)
    if scenario.since:
        org = Organisation(org.name, org.facts, org.labels, org.on, parse_moment(scenario.since), org.profile, org.warnings)
    on = parse_moment(scenario.on, "end") if scenario.on else org.on
    if on is None:
        raise InputError([Problem(scenario.place, "SCN-写法", "没有写审计日", "补上 on: 2024-12-31")])
    report = audit(org, pack, on, scenario.only, scenario.skip, engine=engine)
    found = [*differences(scenario, report), *trace_differences(scenario.traces, org, on, pack)]
    return Result(scenario, engine, report, tuple(sorted(found)))


def differences(scenario: Scenario, report: Report) -> Iterator[Difference]:
    """Yield every difference between a report and what the scenario expects."""
    expect = scenario.expect
    met: set[str] = set()
    for one in expect.findings:
        fits = [finding for finding in report if _fits(one, finding)]
        met.update(finding.id for finding in fits)
        if not fits:
            yield Difference("缺少", f"{LABELS_OF[one.kind]} {_named(one)}；{_instead(one, report)}", one.place, _related(one, report))
    listed = {one.kind for one in expect.findings} | (set(_CLOSED) if expect.exactly else set())
    for finding in report:
        kind = kind_of(finding)
        if expect.exactly and kind in listed and kind != "pass" and finding.id not in met:
            yield Difference("多出", f"{LABELS_OF[kind]} {_shown(finding)}：{finding.message}", _place(finding), (finding.id,))
    counts = [kind_of(finding) for finding in report]
    for kind, number, place in expect.counts:
        if counts.count(kind) != number:
            yield Difference("不同", f"{LABELS_OF[kind]} 应有 {number} 项，得到 {counts.count(kind)} 项", place)
    cells = {(cell.item, cell.level): cell for cell in report.matrix}
    for expected in expect.cells:
        yield from _cell(expected, cells.get((expected.item, expected.level)))
    sentences = [finding.message for finding in report]
    for text, place in expect.messages:
        if not any(text in sentence for sentence in sentences):
            near = nearest(text, sentences)
            yield Difference("缺少", f"没有一条发现写着“{text}”" + (f"，{near}" if near else ""), place)


def kind_of(finding: Finding) -> str:
    """The kind under which a scenario lists a finding: an unmet 预警 is ``warning``."""
    return "warning" if finding.warning and finding.outcome is Outcome.FAIL else str(finding.outcome)


def _fits(one: Expected, finding: Finding) -> bool:
    return (
        (one.rule, one.bearer, one.kind) == (finding.rule.id, finding.bearer, kind_of(finding))
        and (one.per is None or one.per == _per(finding))
        and (one.late is None or one.late == finding.late_by)
        and (one.missing is None or set(one.missing) == set(finding.missing))
        and one.message in finding.message
    )


def _related(one: Expected, report: Report) -> tuple[str, ...]:
    """The findings of the same rule and bearer, those with the same key before the others."""
    same = [finding for finding in report if (finding.rule.id, finding.bearer) == (one.rule, one.bearer)]
    return tuple(finding.id for finding in sorted(same, key=lambda finding: one.per is not None and one.per != _per(finding)))[:2]


def _instead(one: Expected, report: Report) -> str:
    """What was found in place of an expected finding."""
    same = [finding for finding in report if (finding.rule.id, finding.bearer) == (one.rule, one.bearer)]
    exact = [finding for finding in same if one.per is None or one.per == _per(finding)]
    if not same:
        return "没有这一责任实例"
    return "得到：" + "、".join(
        f"{list(_per(finding)) or ''}{LABELS_OF[kind_of(finding)]}"
        + (f"（迟 {format_duration(finding.late_by)}）" if finding.late_by else "")
        + (f"（缺 {'、'.join(finding.missing)}）" if finding.missing else "")
        for finding in (exact or same)[:4]
    )


def _cell(expected: CellExpected, found: Cell | None) -> Iterator[Difference]:
    name = f"{expected.item}·{expected.level}"
    if found is None:
        yield Difference("不同", f"覆盖档案没有 {name} 这一格", expected.place)
        return
    na = found.applicability == "不适用"
    states = {"覆盖": found.covered, "未覆盖": found.uncovered, "待核": found.open}
    done, total = len(found.covered), sum(map(len, states.values()))
    got = "不适用" if na else f"{done}/{total}" + "".join(f"，{key}：{'、'.join(one)}" for key, one in states.items() if one and key != "覆盖")
    if expected.not_applicable != na:
        yield Difference("不同", f"{name} 应为{'不适用' if expected.not_applicable else '适用'}，得到 {got}", expected.place)
    elif expected.done is not None and (expected.done, expected.total) != (done, total):
        yield Difference("不同", f"{name} 应为 {expected.done}/{expected.total}，得到 {got}", expected.place)
    for state, territories in expected.states:
        if territories != states[state]:
            yield Difference("不同", f"{name} {state}应为 {'、'.join(territories) or '无'}，得到 {'、'.join(states[state]) or '无'}", expected.place)


def _prepared(folder: Path, rules: Sequence[Path]) -> tuple[Scenario, Organisation, Pack]:
    """Read everything that a scenario needs, and tell all that is wrong with it at once."""
    problems = Problems()
    scenario = read_scenario(folder, problems)
    if scenario is None:
        raise InputError(problems.errors)
    _check_rules(scenario, Pack(rules), problems)
    if not problems.errors or all(problem.code == "SCN-对象" for problem in problems.errors):
        try:
            org = organisation(scenario)
        except InputError as error:
            raise InputError([*problems.errors, *error.problems]) from None
        _check_bearers(scenario, org, problems)
        check_traces(scenario.traces, org, problems)
    problems.raise_if_any(InputError)
    return scenario, org, Pack(rules, scenario.profile or org.profile or None)


def _check_rules(scenario: Scenario, pack: Pack, problems: Problems) -> None:
    for one in scenario.expect.findings:
        if one.rule not in pack.rule_files:
            _unknown(problems, one.place, "规则", one.rule, pack.rule_files)
    items = {str(fact.values[1]) for fact in pack.table("覆盖档案").facts} if scenario.expect.cells else set()
    for cell in scenario.expect.cells:
        if cell.item not in items:
            _unknown(problems, cell.place, "覆盖项目", cell.item, items)
    for word, place in scenario.rules_at:
        if not any(id.startswith(word) for id in pack.rule_files):
            _unknown(problems, place, "规则", word, pack.rule_files)


def _check_bearers(scenario: Scenario, org: Organisation, problems: Problems) -> None:
    ids = {str(fact.values[0]) for relation in ("unit", "post", "site", "hazard", "incident", "document", "record", "link")
           for fact in org.facts.of(relation)}
    for one in scenario.expect.findings:
        if one.bearer not in ids:
            _unknown(problems, one.place, "责任主体", one.bearer, ids)


def _unknown(problems: Problems, place: Place, what: str, word: str, known: Sequence[str] | set[str] | dict[str, Path]) -> None:
    hint = nearest(word, known)
    problems.add(place, "SCN-对象", f"没有{what}“{word}”", hint or f"可用的如 {choices(sorted(known), 8)}")


def _per(finding: Finding) -> tuple[str, ...]:
    return tuple(_plain(value) for value in finding.instance.per)


def _plain(value: Value) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return format_moment(value)
    return "" if value is None else f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)


def _named(one: Expected) -> str:
    per = f" {list(one.per)}" if one.per is not None else ""
    late = f"（迟 {format_duration(one.late)}）" if one.late is not None else ""
    missing = f"（缺 {'、'.join(one.missing)}）" if one.missing else ""
    return f"{one.rule} {one.bearer}{per}{late}{missing}" + (f"“{one.message}”" if one.message else "")


def _shown(finding: Finding) -> str:
    per = f" {list(_per(finding))}" if finding.instance.per else ""
    return f"{finding.rule.id} {finding.bearer}{per}"


def _place(finding: Finding) -> Place:
    source = finding.source
    return Place(source.file, source.line, source.column) if source is not None else finding.rule.place
