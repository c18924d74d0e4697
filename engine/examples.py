"""Run the examples that stand inside a rule: every rule proves itself on tiny organisations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from zeren.engine.evaluate import evaluate, founded
from zeren.engine.instances import Instance
from zeren.engine.language.plan import Plan
from zeren.engine.outcome import Outcome
from zeren.engine.pack import Pack
from zeren.engine.variants import organisation_of
from zeren.models.facts import Facts, written
from zeren.models.moments import year_start
from zeren.models.nodes import Node
from zeren.models.organisation import Organisation, build
from zeren.models.problems import InputError, Place, Problem, Problems, RuleError, ZerenError

#: The words under ``examples`` and the outcome that each asks for; ``late`` is a failure by lateness, ``linked``
#: asks that an attribution rule (one with a layer) reaches a post.
EXPECTED: Final = {
    "pass": Outcome.PASS, "fail": Outcome.FAIL, "late": Outcome.FAIL, "unknown": Outcome.UNKNOWN,
    "pending": Outcome.PENDING, "excepted": Outcome.EXCEPTED, "not_applicable": Outcome.NOT_APPLICABLE,
    "linked": Outcome.PASS,
}

#: The examples that are said as changes of others.
VARIANTS: Final = "variants"


@dataclass(frozen=True, slots=True)
class Example:
    """One tiny organisation of a rule and the outcome that it must give."""

    rule: str
    expected: str
    label: str
    node: Node

    @property
    def place(self) -> Place:
        """Where the example is written."""
        return self.node.place

    @property
    def name(self) -> str:
        """A short name such as ``AWH-001/fail-2``."""
        return f"{self.rule}/{self.label}"

    def said(self, claim: str) -> set[str] | None:
        """The names that the example lists under ``claim``, or nothing where it does not speak of it."""
        node = self.node.fields.get(claim)
        return {item.text or "" for item in node.items} if node is not None else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an example went: ``problem`` is empty where it is right."""

    example: Example
    problem: str = ""
    instances: tuple[Instance, ...] = ()


def examples(plan: Plan) -> Iterator[Example]:
    """Yield the examples of a rule that was read whole, its variants last.

    Raises:
        RuleError: a variant leads nowhere.
    """
    node = plan.rule.source
    under = node.fields.get("examples") if node is not None else None
    groups = dict(under.fields) if under is not None else {}
    variants = groups.pop(VARIANTS, None)
    bases: dict[str, Node] = {}
    for expected, group in groups.items():
        for number, entry in enumerate(group.items, 1):
            bases[f"{expected}-{number}"] = entry
            yield Example(plan.rule.id, expected, f"{expected}-{number}", entry)
    for number, entry in enumerate(variants.items if variants is not None else (), 1):
        varied = organisation_of(entry, bases)
        yield Example(plan.rule.id, entry.fields["then"].text or "", f"{VARIANTS}-{number}", varied)


#: What an example may say of the instances with its outcome: exactly who they are (``bearers``), exactly what else tells them apart (``per``,
#: several values joined by ``/``), exactly which named parts of ``all`` they lack (``missing``).
CLAIMS: Final[Mapping[str, Callable[[Instance], Iterable[str]]]] = {
    "bearers": lambda one: (one.bearer,), "per": lambda one: ("/".join(written(value) or "" for value in one.per),),
    "missing": lambda one: one.missing,
}


def organisation(example: Example) -> Organisation:
    """Build the organisation of an example; its claims are not part of it."""
    fields = {key: node for key, node in example.node.fields.items() if key not in (*CLAIMS, "title")}
    return build(Node(fields, example.node.place, example.node.keys))


@dataclass(frozen=True, slots=True)
class Trial:
    """An example made ready, so that several versions of its rule can be tried on it."""

    example: Example
    facts: Facts
    pack: Pack
    on: int
    since: int

    def verdict(self, plans: Iterable[Plan], engine: str = "auto") -> Verdict:
        """Evaluate ``plans``, the rule and those that it builds on, and compare."""
        try:
            found = evaluate(self.facts, self.pack, plans, self.on, self.since, engine)
        except ZerenError as error:
            return Verdict(self.example, str(error))
        mine = tuple(one for one in found.instances if one.rule_id == self.example.rule)
        return Verdict(self.example, _difference(self.example, mine), mine)


def prepared(example: Example, pack: Pack) -> Trial:
    """Read the organisation of an example.

    Raises:
        ZerenError: it cannot be used.
    """
    org = organisation(example)
    if org.on is None:
        raise InputError([Problem(example.place, "RULE-例子", "例子要写审计日 on")])
    return Trial(example, org.facts, pack.with_profile(org.profile or None), org.on, org.since if org.since is not None else year_start(org.on))


def run(example: Example, plan: Plan, pack: Pack, engine: str = "auto") -> Verdict:
    """Evaluate one example and compare; a ``pass`` example must pass in every instance."""
    if example.expected not in EXPECTED:
        return Verdict(example, f"没有“{example.expected}”这种例子，可用：{'、'.join(EXPECTED)}")
    try:
        trial = prepared(example, pack)
        return trial.verdict(founded(trial.pack, [plan]), engine)
    except ZerenError as error:
        return Verdict(example, str(error))


def _difference(example: Example, instances: tuple[Instance, ...]) -> str:
    wanted = EXPECTED[example.expected]
    got = "、".join(f"{one.bearer}{list(one.per) or ''} {one.outcome.label}" for one in instances) or "没有实例"
    if wanted is Outcome.NOT_APPLICABLE:
        return "" if not instances else f"应没有实例，得到：{got}"
    fits = [one for one in instances if one.outcome is wanted and (example.expected != "late" or one.late_by is not None)]
    if not fits or (wanted is Outcome.PASS and len(fits) < len(instances)):
        return f"应为{wanted.label}{'（迟）' if example.expected == 'late' else ''}，得到：{got}"
    for claim, told in CLAIMS.items():
        said, found = example.said(claim), {name for one in fits for name in told(one)}
        if said is not None and said != found:
            return f"{claim} 应为 {'、'.join(sorted(said)) or '空'}，得到：{'、'.join(sorted(found)) or '空'}"
    return ""


def missing_examples(plan: Plan) -> list[str]:
    """Which of the required examples (pass, fail) a rule lacks."""
    have = {example.expected for example in examples(plan)}
    need = {"pass", "fail"} if plan.rule.layer is None else {"linked", "not_applicable"}
    return sorted(need - (have | ({"fail"} if "late" in have else set())))


def all_examples(pack: Pack, ids: list[str]) -> Iterator[tuple[Plan, Example]]:
    """Yield every example of the rules ``ids``.

    Raises:
        RuleError: a rule cannot be read; all problems at once.
    """
    problems = Problems()
    plans = [pack.plan(id, problems, whole=True) for id in ids]
    problems.raise_if_any(RuleError)
    for plan in plans:
        for example in examples(plan) if plan is not None else ():
            assert plan is not None
            yield plan, example
