"""责任清单: the duties of one post, from the same instances that a check judges (design §1)."""

from __future__ import annotations

from dataclasses import dataclass

from zeren.engine.explain import Source
from zeren.engine.outcome import Outcome
from zeren.engine.report import Finding, Report
from zeren.models.facts import Value
from zeren.models.moments import format_moment
from zeren.models.problems import UsageError


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One instance of a duty: what it is about, when it is due (empty: always), how it stands, what proves it."""

    finding: str
    about: tuple[str, ...]
    due: str
    state: str
    label: str
    evidence: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty of a post. ``own``: the post itself owes it, else it answers for its unit; ``cycle`` is how often."""

    rule: str
    title: str
    mechanism: str
    modality: str
    severity: str
    own: bool
    bearer: str
    bearer_label: str
    cycle: str
    basis: tuple[str, ...]
    doc: str
    occurrences: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class DutyList:
    """The duties of one post on the audit date, with who holds it and what he is in charge of."""

    post: str
    label: str
    unit: str
    unit_label: str
    role: str
    holders: tuple[str, ...]
    portfolio: tuple[str, ...]
    on: str
    profile: str
    duties: tuple[Duty, ...]


def duties(report: Report, post: str) -> DutyList:
    """Collect the duties of ``post`` from a report: as bearer, and as the post that answers for its unit.

    Warnings (预警) are no duties and are left out. The report should not be narrowed to other subjects.

    Raises:
        UsageError: ``post`` is no post.
    """
    context = report.evaluation.context
    fact = context.by_id("post", post)
    if fact is None:
        raise UsageError.of("USE-对象", f"“{post}”不是岗位", "zeren duties ORG 岗位编号")
    row = dict(zip(context.pack["post"].names, fact.values, strict=True))
    mine = [one for one in report if post in one.posts and not one.warning]
    groups: dict[tuple[str, str], list[Finding]] = {}
    for one in sorted(mine, key=lambda one: (one.bearer != post, one.rule.mechanism, one.rule.id, one.bearer)):
        groups.setdefault((one.rule.id, one.bearer), []).append(one)
    words, unit = report.words, str(row["unit"])
    return DutyList(
        post, words.value(post), unit, words.value(unit), str(row["role"]),
        tuple(sorted(context.posts.holders.get(post, ()))),
        tuple(words.value(subject) for (_, subject), posts in sorted(context.posts.portfolios.items()) if post in posts),
        format_moment(report.on, "end"), report.profile,
        tuple(_duty(group, post) for group in groups.values()),
    )


def _duty(group: list[Finding], post: str) -> Duty:
    first, rule = group[0], group[0].rule
    ordered = sorted(group, key=lambda one: tuple(_sortable(value) for value in one.instance.per))
    return Duty(
        rule.id, rule.title, rule.mechanism, rule.modality, rule.severity, first.bearer == post, first.bearer,
        first.bearer_label, _cycle(first), first.basis, rule.doc, tuple(_occurrence(one) for one in ordered),
    )


def _occurrence(one: Finding) -> Occurrence:
    evidence = one.evidence if one.outcome in (Outcome.PASS, Outcome.FAIL) else ()
    return Occurrence(one.id, one.per, one.due, one.outcome.value, one.outcome.label, evidence)


def _cycle(one: Finding) -> str:
    """How often the duty comes: by its period, per event with a limit, or always."""
    for atom in one.instance.plan.patterns:
        if atom.relation == "period":
            kinds = [str(operand.value) for test in atom.tests if test.column == "kind"
                     for operand in test.operands if hasattr(operand, "value")]
            return f"每{kinds[0]}" if len(kinds) == 1 else "按周期"
    return "限期" if one.rule.due is not None else "经常"


def _sortable(value: Value) -> tuple[bool, str]:
    return (value is not None, f"{value:020}" if isinstance(value, int) else str(value))
