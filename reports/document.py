"""A report as plain typed data: what JSON holds, what its schema is made from, what other formats may read.

No clock, no machine: the same report always gives the same document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Final, Literal

from zeren.engine.explain import Explanation, Source
from zeren.engine.outcome import Outcome
from zeren.engine.report import Cell, Finding, Report, Request
from zeren.models.collector import collector_paused
from zeren.models.facts import Value
from zeren.models.moments import format_moment
from zeren.models.problems import Problem
from zeren.reports.page import NOTICE

#: Grows in its first part when a reader of the old form would misread the new one.
SCHEMA_VERSION: Final = "1.0"
OpenOutcome = Literal["error", "excepted", "fail", "pending", "unknown"]

_OPEN: Final[dict[Outcome, OpenOutcome]] = {
    Outcome.ERROR: "error", Outcome.EXCEPTED: "excepted", Outcome.FAIL: "fail", Outcome.PENDING: "pending",
    Outcome.UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True)
class Named:
    """An id and how it is shown."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class BasisDocument:
    """A source of a rule: ``kind`` is seed (讲话), fact (法规) or custom (惯例); ``text`` says it with its check state."""

    kind: str
    ref: str
    text: str


@dataclass(frozen=True, slots=True)
class RuleDocument:
    """A rule that was run; ``hash`` (SHA-256 of its text) tells whether two reports used the same wording."""

    id: str
    title: str
    mechanism: str
    modality: str
    severity: str
    status: str
    item: str | None
    basis: tuple[BasisDocument, ...]
    hash: str


@dataclass(frozen=True, slots=True)
class PlaceDocument:
    """Where something is written; line and column count from 1, 0 where unknown."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class FindingDocument:
    """A duty instance that is not simply fulfilled. ``late_by`` is in seconds, ``due`` a date or time.

    ``unit`` is the bearer itself, or the unit of a bearer that is a post.
    """

    id: str
    rule: str
    outcome: OpenOutcome
    label: str
    severity: str
    warning: bool
    bearer: Named
    unit: Named
    per: tuple[Named, ...]
    posts: tuple[Named, ...]
    message: str
    fix: str
    source: Source | None
    missing: tuple[str, ...]
    unstated: tuple[str, ...]
    due: str
    late_by: int | None
    note: str
    evidence: tuple[Source, ...]
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class PassedDocument:
    """A fulfilled duty instance, in short: whose it is and where the evidence is written."""

    id: str
    rule: str
    bearer: Named
    unit: Named
    per: tuple[Named, ...]
    posts: tuple[Named, ...]
    evidence: tuple[PlaceDocument, ...]


@dataclass(frozen=True, slots=True)
class WarningDocument:
    """A remark about the organisation file."""

    place: PlaceDocument
    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """A whole report. ``findings`` and ``passed`` together hold every duty instance; ``counts`` are by outcome."""

    schema_version: Literal["1.0"]
    notice: str
    organisation: str
    on: str
    since: str
    profile: str
    counts: dict[str, int]
    rules: tuple[RuleDocument, ...]
    findings: tuple[FindingDocument, ...]
    passed: tuple[PassedDocument, ...]
    requests: tuple[Request, ...]
    matrix: tuple[Cell, ...]
    warnings: tuple[WarningDocument, ...]


def document(report: Report, tick: Callable[[str], None] | None = None) -> ReportDocument:
    """Turn a report into plain data; ``tick`` is called with the rule of each finding that is to be explained."""
    with collector_paused():
        return _document(report, tick)


def _document(report: Report, tick: Callable[[str], None] | None) -> ReportDocument:
    counted = Counter(finding.outcome.value for finding in report)
    return ReportDocument(
        schema_version=SCHEMA_VERSION, notice=NOTICE, organisation=report.name,
        on=format_moment(report.on, "end"), since=format_moment(report.since), profile=report.profile,
        counts={outcome.value: counted[outcome.value] for outcome in Outcome if outcome is not Outcome.NOT_APPLICABLE},
        rules=_rules(report),
        findings=tuple(_finding(one, report, tick) for one in report if one.outcome is not Outcome.PASS),
        passed=tuple(_passed(one, report) for one in report if one.outcome is Outcome.PASS),
        requests=report.requests, matrix=report.matrix,
        warnings=tuple(_warning(problem) for problem in report.warnings),
    )


def lacking(one: FindingDocument) -> tuple[str, ...]:
    """The missing parts that the message does not name itself."""
    return tuple(part for part in one.missing if part not in one.message)


def rules_run(report: Report) -> tuple[str, ...]:
    """The ids of the rules that the report rests on."""
    return tuple(plan.rule.id for plan in report.evaluation.plans)


def rule_hash(text: str) -> str:
    """The hash of the text of a rule file."""
    return sha256(text.encode("utf-8")).hexdigest()


def _rules(report: Report) -> tuple[RuleDocument, ...]:
    files = report.evaluation.context.pack.rule_files
    found = []
    for plan in report.evaluation.plans:
        rule = plan.rule
        texts = report.bases.describe(rule.basis)
        basis = tuple(BasisDocument(one.kind, one.ref, text) for one, text in zip(rule.basis, texts, strict=True))
        found.append(RuleDocument(
            rule.id, rule.title, rule.mechanism, rule.modality, rule.severity, rule.status, rule.item, basis,
            rule_hash(files[rule.id].read_text(encoding="utf-8")),
        ))
    return tuple(found)


def _finding(one: Finding, report: Report, tick: Callable[[str], None] | None) -> FindingDocument:
    if tick is not None:
        tick(one.rule.id)
    return FindingDocument(
        id=one.id, rule=one.rule.id, outcome=_OPEN[one.outcome], label=one.outcome.label, severity=one.rule.severity,
        warning=one.warning, bearer=Named(one.bearer, one.bearer_label), unit=_unit(one, report), per=_per(one, report), posts=_posts(one),
        message=one.message, fix=one.fix, source=one.source, missing=one.missing, unstated=one.unstated, due=one.due,
        late_by=one.late_by, note=one.note, evidence=one.evidence, explanation=one.explain(),
    )


def _passed(one: Finding, report: Report) -> PassedDocument:
    places = sorted({fact.place for fact in one.instance.evidence})
    return PassedDocument(
        one.id, one.rule.id, Named(one.bearer, one.bearer_label), _unit(one, report), _per(one, report), _posts(one),
        tuple(PlaceDocument(place.file, place.line, place.column) for place in places),
    )


def _unit(one: Finding, report: Report) -> Named:
    unit = report.evaluation.context.ledgers.unit(one.bearer)
    return Named(unit, report.words.value(unit))


def _per(one: Finding, report: Report) -> tuple[Named, ...]:
    return tuple(Named(plain(value), report.words.value(value)) for value in one.instance.per)


def _posts(one: Finding) -> tuple[Named, ...]:
    return tuple(Named(id, label) for id, label in zip(one.posts, one.post_labels, strict=True))


def _warning(problem: Problem) -> WarningDocument:
    place = problem.place
    return WarningDocument(PlaceDocument(place.file, place.line, place.column), problem.code, problem.message, problem.hint)


def plain(value: Value) -> str:
    """A value as exact text: decimals without an exponent, moments as dates."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return format_moment(value)
    return "" if value is None else str(value)
