"""Makes a drill: plants faults in an organisation, one after the other, each of which must be seen by a finding of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from zeren.engine.backends.indexed import Indexed
from zeren.engine.drills.catalogue import Fault
from zeren.engine.drills.model import Answer, Hit, Planted
from zeren.engine.evaluate import evaluate, with_foundations
from zeren.engine.language.plan import Plan
from zeren.engine.outcome import Outcome
from zeren.engine.pack import Pack
from zeren.engine.report import Finding, Report
from zeren.models import changes, organisation
from zeren.models.changes import Change
from zeren.models.facts import Fact, Value, written
from zeren.models.moments import format_moment, year_start
from zeren.models.organisation import Organisation
from zeren.models.problems import InputError, UsageError

#: How many places of one kind of fault are tried before another kind is taken.
TRIES: Final = 8
#: What a finding of an exercise may be: something to see. 未到期 and 已豁免 are nothing to report.
_SEEN: Final = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.ERROR)


@dataclass(frozen=True, slots=True)
class Drill:
    """The organisation with its faults, and the answer."""

    organisation: Organisation
    answer: Answer


def make(paths: Sequence[Path], catalogue: Sequence[Fault], count: int, seed: int, pack: Pack, on: int,
         progress: Callable[[int], None] | None = None) -> Drill:
    """Plant ``count`` faults; the same input and seed give the same drill.

    Args:
        paths: the files of an organisation that is in order; what is not is listed as having been there before.
        catalogue: the kinds of faults; ``pack``: the rules under a profile; ``on``: the audit moment in seconds.
        progress: called with the number of faults planted so far.

    Raises:
        InputError: the organisation cannot be used. UsageError: not so many faults can be planted here.
    """
    bench = _Bench(paths, pack, on)
    clean = bench.report(bench.organisation(()))
    places = _places(catalogue, clean, pack)
    planted: list[Planted] = []
    edits: tuple[Change, ...] = ()
    state = clean
    for fault in _turns(catalogue, places, seed):
        if len(planted) == count:
            break
        done = _plant(fault, places[fault.id], seed, bench, edits, state, planted)
        if done is not None:
            edits, state, one = done
            planted.append(one)
            if progress is not None:
                progress(len(planted))
    if len(planted) < count:
        raise UsageError.of("USE-数目", f"要安排 {count} 处毛病，这个组织里只能安排 {len(planted)} 处",
                            f"写 --faults {max(1, len(planted))}，或换一个更大的、核对结果更齐全的组织")
    org = bench.organisation(edits)
    return Drill(org, _answer(org, planted, clean, seed, pack))


class _Bench:
    """The organisation under test, with any changes; rules are read once."""

    def __init__(self, paths: Sequence[Path], pack: Pack, on: int) -> None:
        self.paths, self.pack, self.on = paths, pack, on
        self._plans: dict[tuple[str, ...], list[Plan]] = {}

    def organisation(self, edits: tuple[Change, ...]) -> Organisation:
        return organisation.load(self.paths, lambda reader: changes.apply(edits, reader))

    def report(self, org: Organisation, only: tuple[str, ...] = ()) -> Report:
        wanted = only or self.pack.duties
        if only not in self._plans:
            self._plans[only] = [plan for plan in with_foundations(self.pack, wanted) if plan.rule.layer is None]
        since = org.since if org.since is not None else year_start(self.on)
        found = evaluate(org.facts, self.pack, self._plans[only], self.on, since)
        keep = frozenset(at for at, one in enumerate(found.instances) if one.rule_id in wanted)
        return Report(org.name, found, org.labels, self.pack.profile, since, org.warnings, keep)


def _turns(catalogue: Sequence[Fault], places: Mapping[str, list[tuple[Value, ...]]], seed: int) -> Iterator[Fault]:
    """The kinds of faults in the order of a seed, mechanism by mechanism, round after round while places last."""
    queues: defaultdict[str, list[Fault]] = defaultdict(list)
    for fault in sorted(catalogue, key=lambda fault: _dice(seed, fault.id)):
        if places[fault.id]:
            queues[fault.mechanism].append(fault)
    mechanisms = sorted(queues, key=lambda name: _dice(seed, name))
    longest = max(map(len, queues.values()), default=0)
    for again in range(TRIES):
        for turn in range(longest):
            for name in mechanisms:
                if turn < len(queues[name]):
                    fault = queues[name][turn]
                    if again * TRIES < len(places[fault.id]):
                        yield fault


def _places(catalogue: Sequence[Fault], clean: Report, pack: Pack) -> dict[str, list[tuple[Value, ...]]]:
    """Where each kind of fault may be made."""
    context = clean.evaluation.context
    passed = list(_passed(clean))
    wanted = {name for fault in catalogue for name in fault.relations if name.startswith(("table.", "param."))}
    facts = context.facts.replaced(["passed"], passed)
    facts = facts.plus(pack.looked_up(sorted(name for name in wanted if not facts.any(name))))
    solver = Indexed(facts, context.on)
    return {fault.id: [row.values for row in solver.scope(fault.queries, context.on).rows if row.certain] for fault in catalogue}


def _passed(report: Report) -> Iterator[Fact]:
    for one in report.evaluation.instances:
        if one.outcome is Outcome.PASS:
            per = [written(value) for value in one.per[:3]]
            yield Fact("passed", (one.rule_id, one.bearer, *per, *[None] * (3 - len(per)), one.plan.rule.item, one.due))


def _plant(fault: Fault, places: list[tuple[Value, ...]], seed: int, bench: _Bench, edits: tuple[Change, ...], state: Report,
           planted: Sequence[Planted]) -> tuple[tuple[Change, ...], Report, Planted] | None:
    """Make the fault at the first place where it shows; the places that were tried are taken away."""
    known = {one.id: one.outcome for one in state if one.outcome in _SEEN}
    taken = {hit.id: hit.outcome for one in planted for hit in one.hits}
    places.sort(key=lambda place: _dice(seed, fault.id, *map(str, place)))
    for _ in range(min(TRIES, len(places))):
        place = places.pop(0)
        more = (*edits, *fault.changes(place))
        try:
            org = bench.organisation(more)
        except InputError:  # the row is gone already, or the change makes no sense there
            continue
        if not _writable(org):
            continue
        if not any(_new(one, known) and one.outcome is fault.outcome for one in bench.report(org, fault.rules)):
            continue
        report = bench.report(org)
        fresh = [one for one in report if _new(one, known)]
        hits = [one for one in fresh if one.rule.id in fault.rules and one.outcome is fault.outcome and not one.warning and one.id not in taken]
        outcomes = {one.id: str(one.outcome) for one in report}
        if hits and all(outcomes.get(id) == outcome for id, outcome in taken.items()):
            own = {one.id for one in hits}
            others = tuple(_hit(one, report) for one in fresh if one.id not in own)
            says = report.words.sentence(fault.says, fault.bindings(place))
            return more, report, Planted(fault.id, fault.title, fault.mechanism, says, fault.hint,
                                         tuple(_hit(one, report) for one in hits), others)
    return None


def _writable(org: Organisation) -> bool:
    """Whether the organisation can be written as files: the rows of one document differ in its parties only."""
    seen: dict[Value, tuple[Value, ...]] = {}
    at = org.facts.schema["document"].names.index("party")
    rows = ((fact.values[0], fact.values[:at] + fact.values[at + 1:]) for fact in org.facts.of("document"))
    return all(seen.setdefault(id, rest) == rest for id, rest in rows)


def _new(one: Finding, known: Mapping[str, Outcome]) -> bool:
    return one.outcome in _SEEN and known.get(one.id) is not one.outcome


def _hit(one: Finding, report: Report) -> Hit:
    unit = report.evaluation.context.ledgers.unit(one.bearer)
    return Hit(one.id, one.rule.id, one.rule.title, str(one.outcome), one.bearer, one.bearer_label, unit, report.words.value(unit),
               one.posts, one.message, one.fix)


def _answer(org: Organisation, planted: Sequence[Planted], clean: Report, seed: int, pack: Pack) -> Answer:
    units = {str(row["id"]): str(row["unit"]) for row in org.facts.records("post")}
    units |= {str(row["id"]): str(row["id"]) for row in org.facts.records("unit")}
    before = tuple(_hit(one, clean) for one in clean if one.outcome in _SEEN)
    return Answer(org.name, format_moment(clean.on, "end"), seed, pack.profile, tuple(planted), before,
                  {id: org.label(id) for id in sorted(units)}, dict(sorted(units.items())))


def _dice(seed: int, *words: str) -> str:
    """A throw that depends on the seed and the words alone, on every machine and in every version of Python."""
    return sha256("\x1f".join([str(seed), *words]).encode()).hexdigest()
