"""The result of a check: findings with reasons, the papers to ask for, and the coverage matrix. All of it immutable."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import overload

from zeren.engine.bases import Bases
from zeren.engine.evaluate import Evaluation
from zeren.engine.explain import Explainer, Explanation, Source
from zeren.engine.instances import Instance
from zeren.engine.language.rule import Rule
from zeren.engine.outcome import Outcome, coverage_state
from zeren.engine.words import Words
from zeren.models.facts import Fact, Value
from zeren.models.moments import format_moment
from zeren.models.problems import Problem

#: Severities, the gravest first.
SEVERITIES = ("严重", "一般", "提示")
_RANKS = {outcome: rank for rank, outcome in enumerate(Outcome)}


@dataclass(frozen=True, slots=True)
class Request:
    """Papers to ask for (资料调取清单): holder and kind, from which day to which, and the findings that wait for them."""

    holder: str
    holder_label: str
    kind: str
    start: str
    end: str
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the item × level matrix: territories by state; 不适用 cells count nothing."""

    item: str
    level: str
    applicability: str
    covered: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One duty instance as people see it; its words are made when somebody reads them."""

    instance: Instance
    _report: Report = field(repr=False, compare=False)

    @cached_property
    def id(self) -> str:
        """A hash of rule, bearer and key: the same duty keeps it for ever."""
        return finding_id(self.instance)

    @property
    def outcome(self) -> Outcome:
        """The outcome of the instance."""
        return self.instance.outcome

    @property
    def rule(self) -> Rule:
        """The rule that the duty comes from."""
        return self.instance.plan.rule

    @property
    def bearer(self) -> str:
        """The id of the unit or post that owes the duty."""
        return self.instance.bearer

    @property
    def bearer_label(self) -> str:
        """How the bearer is shown."""
        return self._report.words.value(self.bearer)

    @property
    def per(self) -> tuple[str, ...]:
        """The other values of the key, as shown."""
        return tuple(self._report.words.value(value) for value in self.instance.per)

    @cached_property
    def posts(self) -> tuple[str, ...]:
        """The posts that answer inside the bearer."""
        return self._report.posts_of(self.instance)

    @property
    def post_labels(self) -> tuple[str, ...]:
        """How those posts are shown."""
        return tuple(self._report.words.value(post) for post in self.posts)

    @cached_property
    def message(self) -> str:
        """What is not in order, in a sentence."""
        if self.outcome is Outcome.ERROR:
            return f"规则 {self.rule.id} 未能求值：{dict(self.instance.named).get('fault')}"
        return self._report.words.sentence(self.rule.message, self.instance.told())

    @cached_property
    def fix(self) -> str:
        """The smallest mend, in a sentence."""
        return self._report.words.sentence(self.rule.fix, self.instance.told())

    @cached_property
    def source(self) -> Source | None:
        """Where in the files the finding points."""
        fact = subject_of(self.instance, self._report.evaluation)
        return None if fact is None else Source(self._report.words.fact(fact), fact.place.file, fact.place.line, fact.place.column)

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the unmet parts of an ``all``."""
        return self.instance.missing

    @property
    def due(self) -> str:
        """When the duty is due, as a date; empty where it is standing."""
        return format_moment(self.instance.due) if self.instance.due is not None else ""

    @property
    def late_by(self) -> int | None:
        """By how many seconds the witness came late."""
        return self.instance.late_by

    @property
    def note(self) -> str:
        """What is to be said about a waiver."""
        return self._report.note_of(self.instance)

    @property
    def warning(self) -> bool:
        """Whether this is only a warning (预警), which never enters an accountability chain."""
        return self.rule.modality == "预警"

    @property
    def basis(self) -> tuple[str, ...]:
        """The sources of the rule, each with its check state."""
        return self._report.bases.describe(self.rule.basis)

    @property
    def evidence(self) -> tuple[Source, ...]:
        """The facts that prove fulfilment or breach, with their places."""
        return self._report.explainer.sources(self.instance.evidence)

    @property
    def unstated(self) -> tuple[str, ...]:
        """The values that the trigger needed and the files do not state."""
        return tuple(self._report.explainer.missing_values(self.instance)) if not self.instance.signs.certain else ()

    def explain(self) -> Explanation:
        """Why the outcome is what it is, what is missing, and the smallest fix."""
        return self._report.explainer.explain(self.instance, self.id, self.basis)


class Report(Sequence[Finding]):
    """The findings of one check, gravest first, then by rule and key; every outcome is kept."""

    def __init__(self, name: str, evaluation: Evaluation, labels: Mapping[str, str], profile: str, since: int,
                 warnings: tuple[Problem, ...] = (), keep: frozenset[int] | None = None) -> None:
        self.name, self.profile, self.warnings = name, profile, warnings
        self.on, self.since = evaluation.context.on, since
        self.evaluation = evaluation
        self.words = Words(labels, evaluation.context.pack)
        self._keep = keep

    # -- the findings -----------------------------------------------------------------------------------------

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, in the order of the report."""
        chosen = [one for at, one in enumerate(self.evaluation.instances) if self._keep is None or at in self._keep]
        return tuple(sorted((Finding(one, self) for one in chosen), key=_order))

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Finding]: ...
    def __getitem__(self, index: int | slice) -> Finding | Sequence[Finding]:
        return self.findings[index]

    def by(self, outcome: Outcome | str) -> tuple[Finding, ...]:
        """The findings with one outcome, such as ``"fail"``."""
        return self._by_outcome.get(Outcome(outcome), ())

    @cached_property
    def _by_outcome(self) -> dict[Outcome, tuple[Finding, ...]]:
        found: defaultdict[Outcome, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            found[finding.outcome].append(finding)
        return {outcome: tuple(some) for outcome, some in found.items()}

    @cached_property
    def counts(self) -> dict[Outcome, int]:
        """How many instances have each outcome (warnings that fail count as warnings, not here)."""
        return {outcome: len(self._by_outcome[outcome]) for outcome in Outcome if outcome in self._by_outcome}

    def finding(self, id: str) -> Finding | None:
        """The finding whose id is, or begins with, ``id``."""
        return next((one for one in self.findings if one.id.startswith(id)), None)

    # -- what follows from them -------------------------------------------------------------------------------

    @cached_property
    def requests(self) -> tuple[Request, ...]:
        """The papers to ask for, by holder and kind; windows of one kind are joined."""
        grouped: defaultdict[tuple[str, str], list[tuple[int, int, str]]] = defaultdict(list)
        for finding in self.findings:
            for ask in finding.instance.asks:
                grouped[ask.holder, ask.kind].append((ask.start, ask.end, finding.id))
        return tuple(
            Request(holder, self.words.value(holder), kind, format_moment(min(start for start, _, _ in rows)),
                    format_moment(max(end for _, end, _ in rows)), tuple(sorted({id for _, _, id in rows})))
            for (holder, kind), rows in sorted(grouped.items())
        )

    @cached_property
    def matrix(self) -> tuple[Cell, ...]:
        """The cells item × level of the active coverage profile."""
        context = self.evaluation.context
        states: defaultdict[tuple[str, str], dict[str, set[Outcome]]] = defaultdict(dict)
        for one in self.evaluation.instances:
            territory = context.territory(one.bearer)
            if one.plan.rule.item is not None and territory is not None:
                cell = states[one.plan.rule.item, context.levels[territory]]
                cell.setdefault(territory, set()).add(one.outcome)
        return tuple(
            Cell(item, level, applies, *_sorted_out(states.get((item, level), {}) if applies != "不适用" else {}))
            for (item, level), applies in sorted(context.coverage.items(), key=lambda entry: entry[0])
        )

    @cached_property
    def explainer(self) -> Explainer:
        """The one explainer of this report."""
        return Explainer(self.evaluation.context, self.words)

    @cached_property
    def bases(self) -> Bases:
        """The law and the statements that rules rest on."""
        return Bases(self.evaluation.context.pack.folders)

    def posts_of(self, one: Instance) -> tuple[str, ...]:
        """The posts that answer for an instance inside its bearer."""
        posts = self.evaluation.context.posts
        if one.bearer in posts.units:
            return (one.bearer,)
        subjects = tuple(str(value) for value in one.per if isinstance(value, str))
        return tuple(posts.answerable(one.bearer, subjects))

    def note_of(self, one: Instance) -> str:
        """What is to be said about the waiver of an instance."""
        if one.waiver is None:
            return ""
        row = dict(zip(self.evaluation.context.pack["waiver"].names, one.waiver.values, strict=True))
        until = format_moment(row["until"], "after") if isinstance(row["until"], int) else "长期"
        who = f"{row['approver']}批准，依据{row['basis']}，理由：{row['reason']}"
        if one.expired:
            return f"豁免已于 {until} 到期，重新计入（{who}）"
        return f"豁免至 {until}（{who}）" if one.outcome is Outcome.EXCEPTED and one.exemption is None else ""


def finding_id(one: Instance) -> str:
    """The stable id of a duty instance: twelve hexadecimal digits of a hash of rule, bearer and key."""
    text = "\x1f".join([one.rule_id, *(_plain(value) for value in one.key)])
    return sha256(text.encode()).hexdigest()[:12]


def subject_of(one: Instance, evaluation: Evaluation) -> Fact | None:
    """The fact that a finding is about: the breach, else the last key that is a fact, else the bearer."""
    if one.outcome is Outcome.FAIL and one.evidence:
        return one.evidence[0]
    for value in reversed(one.key):
        for relation in ("record", "hazard", "incident", "document", "link", "post", "unit"):
            if (fact := evaluation.context.by_id(relation, value)) is not None:
                return fact
    return None


def _plain(value: Value) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def _order(finding: Finding) -> tuple[int, int, int, str, tuple[str, ...]]:
    key = tuple(_plain(value) for value in finding.instance.key)
    return (_RANKS[finding.outcome], finding.warning, SEVERITIES.index(finding.rule.severity), finding.rule.id, key)


def _sorted_out(territories: Mapping[str, set[Outcome]]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    states = {name: coverage_state(found) for name, found in territories.items()}
    covered = sorted(name for name, state in states.items() if state == "覆盖")
    failed = sorted(name for name, state in states.items() if state == "未覆盖")
    return tuple(covered), tuple(failed), tuple(sorted(set(territories) - set(covered) - set(failed)))
