"""Whether the examples of a rule notice when something in it is changed (``zeren rules mutate``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from zeren.engine.evaluate import builds_on, founded
from zeren.engine.examples import Trial, examples, prepared
from zeren.engine.language.equivalence import form
from zeren.engine.language.mutants import Mutant, mutants
from zeren.engine.language.plan import Plan, plan
from zeren.engine.language.read import read_rule
from zeren.engine.pack import Pack
from zeren.models.problems import Place, Problem, Problems, RuleError, ZerenError

#: Examples are small: hash indexes are the fastest way to judge them, and tests hold them against the other engines.
_ENGINE = "indexed"


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change of a rule that none of its examples notices."""

    rule: str
    place: Place
    change: str


@dataclass(frozen=True)
class Tried:
    """How many mutants of one rule its examples noticed. ``equal`` provably mean the same as the rule and do not count."""

    rule: str
    killed: int
    equal: int
    survivors: tuple[Survivor, ...]

    @cached_property
    def count(self) -> int:
        """The mutants that count."""
        return self.killed + len(self.survivors)


def mutate(rule: Plan, pack: Pack, step: int = 1) -> Tried:
    """Try the mutants of a rule that was read whole on its examples.

    Those that do not load are noticed by whoever loads them and do not count. With ``step`` only
    every so manieth of the others is tried.

    Raises:
        RuleError: an example is wrong as it stands, and would seem to notice every mutant; or a rule that this one builds on
            cannot be read.
    """
    bench, meaning = _Bench(rule, pack), form(rule, pack)
    if wrong := bench.problems(rule):
        raise RuleError(wrong)
    killed = equal = 0
    survivors: list[Survivor] = []
    for at, (mutant, changed) in enumerate(loaded(rule, pack)):
        if at % step:
            continue
        if form(changed, pack) == meaning:
            equal += 1
        elif bench.notices(changed):
            killed += 1
        else:
            survivors.append(Survivor(rule.rule.id, mutant.place, mutant.change))
    return Tried(rule.rule.id, killed, equal, tuple(survivors))


def share(tried: Iterable[Tried]) -> float:
    """The share of mutants that were noticed, in percent; all where there are none."""
    rules = list(tried)
    count = sum(one.count for one in rules)
    return 100 * sum(one.killed for one in rules) / count if count else 100.0


def loaded(rule: Plan, pack: Pack) -> Iterator[tuple[Mutant, Plan]]:
    """The mutants that load, as plans; the examples are no part of them."""
    assert rule.rule.source is not None
    for mutant in mutants(rule.rule.source, pack):
        problems = Problems()
        read = read_rule(mutant.node, pack, problems)
        changed = plan(read, pack, problems) if read is not None else None
        if changed is not None:
            yield mutant, changed


class _Bench:
    """The examples of a rule, read once; rules that it builds on are read once for each set of them."""

    def __init__(self, rule: Plan, pack: Pack) -> None:
        self._trials: list[Trial] = [prepared(example, pack) for example in examples(rule)]
        self._others: dict[tuple[str, frozenset[str]], list[Plan]] = {}

    def notices(self, changed: Plan) -> bool:
        """Whether an example is wrong with the changed rule."""
        return any(self._verdicts(changed))

    def problems(self, rule: Plan) -> list[Problem]:
        """The examples that are wrong with the rule itself."""
        return [Problem(trial.example.place, "RULE-例子", f"例子 {trial.example.name} 与规则不符：{problem}", "先用 zeren rules test 核对，改对例子或规则")
                for trial, problem in zip(self._trials, self._verdicts(rule), strict=False) if problem]

    def _verdicts(self, changed: Plan) -> Iterator[str]:
        """What is wrong with each example in turn, or the empty string."""
        for trial in self._trials:
            try:
                plans = [changed, *self._below(changed, trial.pack)]
            except ZerenError as error:  # it asks for a rule that there is none of
                yield str(error)
                return
            yield trial.verdict(plans, _ENGINE).problem

    def _below(self, changed: Plan, pack: Pack) -> list[Plan]:
        names = frozenset(builds_on(changed))
        if not names:
            return []
        key = (pack.profile, names)
        if key not in self._others:
            self._others[key] = [one for one in founded(pack, [changed]) if one.rule.id != changed.rule.id]
        return self._others[key]
