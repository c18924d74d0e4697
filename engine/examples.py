"""Run the examples that stand inside a rule: every rule proves itself on tiny organisations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from zeren.engine.evaluate import evaluate, with_foundations
from zeren.engine.instances import Instance
from zeren.engine.language.plan import Plan
from zeren.engine.outcome import Outcome
from zeren.engine.pack import Pack
from zeren.models.moments import year_start
from zeren.models.nodes import Node
from zeren.models.organisation import Organisation, build
from zeren.models.problems import Place, Problems, RuleError, ZerenError

#: The words under ``examples`` and the outcome that each asks for; ``late`` is a failure by lateness, ``linked``
#: asks that an attribution rule (one with a layer) reaches a post.
EXPECTED: Final = {
    "pass": Outcome.PASS, "fail": Outcome.FAIL, "late": Outcome.FAIL, "unknown": Outcome.UNKNOWN,
    "pending": Outcome.PENDING, "excepted": Outcome.EXCEPTED, "not_applicable": Outcome.NOT_APPLICABLE,
    "linked": Outcome.PASS,
}


@dataclass(frozen=True, slots=True)
class Example:
    """One tiny organisation of a rule and the outcome that it must give."""

    rule: str
    expected: str
    number: int
    node: Node

    @property
    def place(self) -> Place:
        """Where the example is written."""
        return self.node.place

    @property
    def name(self) -> str:
        """A short name such as ``AWH-001/fail-2``."""
        return f"{self.rule}/{self.expected}-{self.number}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an example went: ``problem`` is empty where it is right."""

    example: Example
    problem: str = ""
    instances: tuple[Instance, ...] = ()


def examples(plan: Plan) -> Iterator[Example]:
    """Yield the examples of a rule that was read whole."""
    node = plan.rule.source
    under = node.fields.get("examples") if node is not None else None
    for expected, group in under.fields.items() if under is not None else ():
        for number, entry in enumerate(group.items, 1):
            yield Example(plan.rule.id, expected, number, entry)


def organisation(example: Example) -> Organisation:
    """Build the organisation of an example; its ``title`` is not part of it."""
    fields = {key: node for key, node in example.node.fields.items() if key != "title"}
    return build(Node(fields, example.node.place, example.node.keys))


def run(example: Example, plan: Plan, pack: Pack, engine: str = "auto") -> Verdict:
    """Evaluate one example and compare; a ``pass`` example must pass in every instance."""
    if example.expected not in EXPECTED:
        return Verdict(example, f"没有“{example.expected}”这种例子，可用：{'、'.join(EXPECTED)}")
    try:
        org = organisation(example)
        if org.on is None:
            return Verdict(example, "例子要写审计日 on")
        chosen = pack.with_profile(org.profile or None)
        since = org.since if org.since is not None else year_start(org.on)
        found = evaluate(org.facts, chosen, with_foundations(chosen, [plan.rule.id]), org.on, since, engine)
    except ZerenError as error:
        return Verdict(example, str(error))
    mine = tuple(one for one in found.instances if one.rule_id == plan.rule.id)
    return Verdict(example, _difference(example.expected, mine), mine)


def _difference(expected: str, instances: tuple[Instance, ...]) -> str:
    wanted = EXPECTED[expected]
    got = "、".join(f"{one.bearer}{list(one.per) or ''} {one.outcome.label}" for one in instances) or "没有实例"
    if wanted is Outcome.NOT_APPLICABLE:
        return "" if not instances else f"应没有实例，得到：{got}"
    fits = [one.outcome is wanted and (expected != "late" or one.late_by is not None) for one in instances]
    right = bool(fits) and (all(fits) if wanted is Outcome.PASS else any(fits))
    return "" if right else f"应为{wanted.label}{'（迟）' if expected == 'late' else ''}，得到：{got}"


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
