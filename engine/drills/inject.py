"""Makes a drill: plants faults in an organisation, one after the other, each of which must be seen by a finding of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from zeren.engine.audit import audit
from zeren.engine.backends.indexed import Indexed
from zeren.engine.drills.catalogue import Fault
from zeren.engine.drills.model import Answer, Hit, Planted
from zeren.engine.live.events import Event
from zeren.engine.live.session import Session
from zeren.engine.outcome import Outcome
from zeren.engine.pack import Pack
from zeren.engine.report import Finding, Report
from zeren.models import changes, organisation
from zeren.models.changes import Change
from zeren.models.facts import Fact, Value, written
from zeren.models.moments import format_moment
from zeren.models.organisation import Organisation
from zeren.models.problems import InputError, UsageError

#: How many places of one kind of fault are tried before another kind is taken.
TRIES: Final = 8
#: What a finding of an exercise may be: something to see. 未到期 and 已豁免 are nothing to report.
_SEEN: Final = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.ERROR)
#: A duty: its rule, then its key.
Duty = tuple[Value, ...]


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
    clean = organisation.load(paths)
    before = audit(clean, pack, on)
    bench = _Bench(paths, clean, pack, on)
    places = _places(catalogue, before, pack)
    made: list[_Made] = []
    for fault in _turns(catalogue, places, seed):
        if len(made) == count:
            break
        if (one := _plant(fault, places[fault.id], seed, bench, made)) is not None:
            made.append(one)
            if progress is not None:
                progress(len(made))
    if len(made) < count:
        raise UsageError.of("USE-数目", f"要安排 {count} 处毛病，这个组织里只能安排 {len(made)} 处",
                            f"写 --faults {max(1, len(made))}，或换一个更大的、核对结果更齐全的组织")
    return Drill(bench.org, _answer(bench.org, made, before, audit(bench.org, pack, on), seed))


@dataclass(frozen=True, slots=True)
class _Made:
    """A fault that was made at a place: the duties by which it must be seen, and the others that it touches."""

    fault: Fault
    place: tuple[Value, ...]
    hits: frozenset[Duty]
    others: frozenset[Duty]


class _Bench:
    """The organisation under test. Only what a change can touch is judged again."""

    def __init__(self, paths: Sequence[Path], clean: Organisation, pack: Pack, on: int) -> None:
        self._paths, self._edits = paths, tuple[Change, ...]()
        self.org, self._session = clean, Session(clean, pack, on)
        #: Rules that only warn; a fault must be seen by another one.
        self.warnings = {one.rule_id for one in self._session.instances if one.plan.rule.modality == "预警"}
        self.seen = self._outcomes()

    def try_out(self, edits: tuple[Change, ...], good: Callable[[Mapping[Duty, Outcome]], bool]) -> bool:
        """Change the organisation, and keep the change if it makes sense and its outcomes are ``good``."""
        try:
            org = organisation.load(self._paths, lambda reader: changes.apply((*self._edits, *edits), reader))
        except InputError:  # the row is gone already, or the change makes no sense there
            return False
        if not _writable(org):
            return False
        gone, come = _missing(self.org, org), _missing(org, self.org)
        self._session.happen(Event(None, gone, come))
        seen = self._outcomes()
        if not good(seen):
            self._session.happen(Event(None, come, gone))
            return False
        self.org, self.seen, self._edits = org, seen, (*self._edits, *edits)
        return True

    def _outcomes(self) -> dict[Duty, Outcome]:
        return {(one.rule_id, *one.key): one.outcome for one in self._session.instances if one.outcome in _SEEN}


def _missing(org: Organisation, other: Organisation) -> tuple[Fact, ...]:
    """The facts of one organisation that another lacks."""
    known = {(fact.relation, fact.values) for fact in other.facts}
    return tuple(fact for fact in org.facts if (fact.relation, fact.values) not in known)


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


def _plant(fault: Fault, places: list[tuple[Value, ...]], seed: int, bench: _Bench, made: Sequence[_Made]) -> _Made | None:
    """Make the fault at the first place where it shows; the places that were tried are taken away."""
    known, taken, rules = bench.seen, {duty for one in made for duty in one.hits}, {*fault.rules} - bench.warnings

    def hits(seen: Mapping[Duty, Outcome]) -> frozenset[Duty]:
        return frozenset(duty for duty, outcome in seen.items() if duty not in known and duty[0] in rules and outcome is fault.outcome)

    def good(seen: Mapping[Duty, Outcome]) -> bool:
        return bool(hits(seen)) and all(seen.get(duty) is known[duty] for duty in taken)

    places.sort(key=lambda place: _dice(seed, fault.id, *map(str, place)))
    for _ in range(min(TRIES, len(places))):
        place = places.pop(0)
        if bench.try_out(fault.changes(place), good):
            own = hits(bench.seen)
            return _Made(fault, place, own, frozenset(duty for duty, outcome in bench.seen.items() if known.get(duty) is not outcome) - own)
    return None


def _writable(org: Organisation) -> bool:
    """Whether the organisation can be written as files: the rows of one document differ in its parties only."""
    seen: dict[Value, tuple[Value, ...]] = {}
    at = org.facts.schema["document"].names.index("party")
    rows = ((fact.values[0], fact.values[:at] + fact.values[at + 1:]) for fact in org.facts.of("document"))
    return all(seen.setdefault(id, rest) == rest for id, rest in rows)


def _hit(one: Finding, report: Report) -> Hit:
    unit = report.evaluation.context.ledgers.unit(one.bearer)
    return Hit(one.id, one.rule.id, one.rule.title, str(one.outcome), one.bearer, one.bearer_label, unit, report.words.value(unit),
               one.posts, one.message, one.fix)


def _answer(org: Organisation, made: Sequence[_Made], before: Report, after: Report, seed: int) -> Answer:
    """What is to be found, in the words of the organisation as the trainee gets it."""
    units = {str(row["id"]): str(row["unit"]) for row in org.facts.records("post")}
    units |= {str(row["id"]): str(row["id"]) for row in org.facts.records("unit")}
    known = {one.id: one.outcome for one in before}
    found = {(one.instance.rule_id, *one.instance.key): one for one in after if one.outcome in _SEEN and known.get(one.id) is not one.outcome}

    def told(duties: frozenset[Duty]) -> tuple[Hit, ...]:
        return tuple(_hit(one, after) for duty, one in found.items() if duty in duties)

    planted = tuple(
        Planted(one.fault.id, one.fault.title, one.fault.mechanism, after.words.sentence(one.fault.says, one.fault.bindings(one.place)),
                one.fault.hint, told(one.hits), told(one.others)) for one in made)
    return Answer(org.name, format_moment(before.on, "end"), seed, after.profile, planted,
                  tuple(_hit(one, before) for one in before if one.outcome in _SEEN),
                  {id: org.label(id) for id in sorted(units)}, dict(sorted(units.items())))


def _dice(seed: int, *words: str) -> str:
    """A throw that depends on the seed and the words alone, on every machine and in every version of Python."""
    return sha256("\x1f".join([str(seed), *words]).encode()).hexdigest()
