"""From an accident to every answerable post, with reasons (design §6). The tool proposes, people decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from zeren.engine.chain.allocation import DEPUTY, Allocation, Seat, allocate
from zeren.engine.chain.candidates import Link, attribution, candidates
from zeren.engine.chain.clocks import Timeline, timeline
from zeren.engine.chain.following import Following
from zeren.engine.chain.matter import UNGRADED, Grading, Matter
from zeren.engine.chain.model import Breach, Chain, Line, Path, Reach, Verdict
from zeren.engine.chain.obligations import Circle, Obligations, by_post, ready
from zeren.engine.chain.offices import FIRM, FIRM_LAYERS, GROUP, Office, Offices
from zeren.engine.chain.papers import in_order
from zeren.engine.chain.questions import questions
from zeren.engine.chain.reach import Reached, Reaches
from zeren.engine.chain.seeker import Seeker
from zeren.engine.chain.tenures import Holder, holders
from zeren.engine.chain.verdict import Conclusion, Degrees, conclude, moded
from zeren.engine.chain.weights import Weights
from zeren.engine.chain.whynot import absent
from zeren.engine.instances import Instance
from zeren.engine.language.rule import LAYERS
from zeren.engine.pack import Pack, shipped
from zeren.engine.words import Words
from zeren.models.collector import collector_paused
from zeren.models.organisation import Organisation
from zeren.models.vocabulary import LEVELS

_DIRECT: Final = ("行业主管", "专项监管")
_SEVERITY: Final = {Verdict.BREACH: 3, Verdict.OPEN: 2, Verdict.DEFERRED: 1, Verdict.FULFILLED: 0}
_LEVELS: Final = (FIRM, GROUP, *reversed(LEVELS))


def trace(org: Organisation, incident: str, on: int, pack: Pack | None = None, post: str | None = None) -> Chain:
    """The chain of ``incident`` as it can be judged at ``on`` (seconds).

    Args:
        org: the organisation; sparse ones give more lines that are 证据不足, each with the papers to ask for.
        pack: rules, tables and parameters; by default the shipped ones under the profile of ``org``.
        post: a post that must be told of even if nothing links it; its line is then among ``lines`` or ``excluded``.

    Raises:
        UsageError: the organisation has no such incident or post. RuleError: a rule or table cannot be used.
    """
    with collector_paused():
        tracer = Tracer(org, incident, on, pack or shipped(org.facts).with_profile(org.profile or None))
        return tracer.following.of(tracer.chain(post))


class Tracer:
    """Traces one accident."""

    def __init__(self, org: Organisation, incident: str, on: int, pack: Pack) -> None:
        self._org, self._on = org, on
        self._timeline: Timeline = timeline(incident, org, on, pack)
        facts = org.facts.under(pack)
        row = next(facts.where("incident", "id", incident))[1]
        at = row["at"]
        assert isinstance(at, int)
        (window,) = (fact.values[0] for fact in pack.parameters["look_back"].facts[:1])
        assert isinstance(window, int)
        self._late = Seeker(facts, pack, at, on, at - window)
        self._early = Seeker(facts, pack, at, min(at, on), at - window)
        self._matter = Matter(self._late.nearby, incident, row, self._grading(pack, str(row["kind"])), on, Words(org.labels, pack))
        self._bases = pack.bases

    # -- the answer -------------------------------------------------------------------------------------------

    def chain(self, post: str | None = None) -> Chain:
        """The whole answer."""
        matter, lines = self._matter, list(self._lines)
        if post is not None and not any(line.post == post for line in lines):
            lines.append(absent(matter, post, {seat.office.unit for seat in self._seats}))
        shown = sorted((line for line in lines if line.on_chain), key=_order)
        hidden = sorted((line for line in lines if not line.on_chain), key=_order)
        regulators = {line.unit for line in shown if line.level not in (FIRM, GROUP)}
        answers, wanted = questions(matter, regulators)
        asks = {*(ask for line in shown for ask in line.asks), *self._timeline.asks, *wanted}
        (mode,) = matter.parameter("liability_mode")
        raised = [*(f"瞒报（{one}）" for one in matter.concealment[:3]), *(f"重复发生（{one}）" for one in matter.repeats[:3]),
                  *([f"提级调查（{matter.elevated}）"] if matter.elevated else [])]
        grading = matter.grading
        return Chain(
            matter.incident, matter.words.value(matter.incident), grading.grade, grading.rank, grading.alias, grading.bound,
            self._timeline.clocks, tuple(shown), tuple(hidden), self._units, answers, in_order(asks, shown), str(mode),
            self._org.name, matter.at, self._on, matter.pack.profile,
            tuple(matter.words.value(place) for place in matter.scene), tuple(raised),
        )

    def _grading(self, pack: Pack, kind: str) -> Grading:
        found = self._timeline.grade
        if found is not None:
            return Grading(found.grade, found.rank, found.alias, found.bound)
        table = pack.table("事故种类")
        graded = {str(fact.values[0]): fact.values[table.relation.names.index("graded")] for fact in table.facts}
        return Grading("一般", 1, "", "下界") if graded.get(kind) is True else Grading(UNGRADED, 0, "", "确定")

    @cached_property
    def following(self) -> Following:
        """What may follow for the posts and units of the chain."""
        return Following(self._matter, self._timeline)

    # -- who ----------------------------------------------------------------------------------------------------

    @cached_property
    def links(self) -> dict[str, list[Link]]:
        """The ways from the accident to posts, by post."""
        found: dict[str, list[Link]] = {}
        for link in candidates(self._late, attribution(self._matter.pack), self._matter.incident, self._matter.at, self._on):
            found.setdefault(link.post, []).append(link)
        return found

    @cached_property
    def _offices(self) -> dict[str, Office]:
        offices = Offices(self._matter)
        return {post: offices.of(post, links) for post, links in self.links.items()}

    @cached_property
    def _held(self) -> tuple[tuple[Seat, ...], tuple[tuple[str, Holder | None, str], ...]]:
        """The linked posts with those who held them in time; those who hold them without answering, and why."""
        seats, others = [], []
        for post, links in self.links.items():
            office = self._offices[post]
            found, rest = holders(self._matter, post, office.unit, links)
            seats += [Seat(office, holder) for holder in found]
            others += [(post, holder, why) for holder, why in rest]
        return tuple(seats), tuple(others)

    @property
    def _seats(self) -> tuple[Seat, ...]:
        return self._held[0]

    @cached_property
    def _reaches(self) -> Reaches:
        direct = {self._offices[post].level for post, links in self.links.items() if any(link.layer in _DIRECT for link in links)}
        return Reaches(self._matter, direct)

    # -- what -----------------------------------------------------------------------------------------------------

    @cached_property
    def _duties(self) -> dict[str, list[Instance]]:
        matter = self._matter
        units = {seat.office.post: seat.office.unit for seat in self._seats
                 if self._reaches.of(seat.office, seat.layers).reach is not Reach.NEVER}
        touched = frozenset({*units.values(), *matter.parties})
        hazards = {str(row["id"]) for unit in matter.parties for _, row in matter.facts.where("hazard", "unit", unit)}
        circle = Circle({
            "incident": frozenset({matter.incident}), "post": frozenset(units), "unit": touched, "territory": frozenset(matter.scene),
            "industry": matter.trades, "hazard": frozenset(hazards),
            "site": frozenset({str(matter.row["site"])} if matter.row["site"] is not None else ()),
        })
        judged = Obligations(self._early, self._late, circle, matter.window).judged(ready(matter.pack))
        return by_post(judged, self._late.nearby, units)

    @cached_property
    def _allocated(self) -> Allocation:
        return allocate(self._matter, self._seats)

    @property
    def _units(self) -> tuple[Breach, ...]:
        words = self._matter.words
        return tuple(Breach(f"{words.value(finding.unit)}：{finding.text}", "", step, self._matter.sources([finding.fact]))
                     for finding, step in self._allocated.ended)

    @cached_property
    def _lines(self) -> tuple[Line, ...]:
        matter, reached = self._matter, self._allocated.reached
        degrees, weights = Degrees(matter), Weights(matter, self._timeline.clocks)
        lines: list[Line] = []
        for seat in self._seats:
            findings, duties = reached.get(seat, []), self._duties.get(seat.office.post, [])
            made = conclude(matter, seat, findings, duties, self._below(seat), self._timeline.clocks)
            lines.append(self._line(seat, made, degrees, weights))
        lines = _balanced(lines, matter)
        return (*lines, *(self._out_of_time(*one) for one in self._held[1]))

    def _line(self, seat: Seat, made: Conclusion, degrees: Degrees, weights: Weights) -> Line:
        matter, office = self._matter, seat.office
        reached = self._reaches.of(office, seat.layers)
        verdict, why, status = self._within(seat, made, reached)
        nature, degree, basis = degrees.of(seat)
        words = matter.words
        return Line(
            office.post, words.value(office.post), office.unit, words.value(office.unit), seat.holder.person, seat.holder.text, office.level,
            office.office, _main(seat.layers), reached.reach, verdict, nature, degree, self._paths(seat.holder.links), made.breaches,
            made.fulfilled, weights.heavier(seat), weights.lighter(seat), (), made.asks, why, status, reached.note, reached.basis, basis,
        )

    def _within(self, seat: Seat, made: Conclusion, reached: Reached) -> tuple[Verdict, str, str]:
        """The verdict after reach: a rare office needs a breach of its own, one out of reach a finding that names it."""
        direct = any(not breach.presumed and not breach.finding for breach in made.breaches)
        (mode,) = self._matter.parameter("liability_mode")
        strict = mode == "主官必究" and seat.office.head
        if reached.reach is Reach.NEVER and not direct:
            return Verdict.OUT_OF_REACH, f"层级不及：{reached.note}", "不列入"
        if reached.reach is Reach.RARE and not made.recorded and not strict:
            if not self._matter.of_unit(seat.office.unit):
                return Verdict.OUT_OF_REACH, f"无违职事实：没有本人的失职记录，也没有落到本人的认定，而这一职少见追到；{reached.note}", "不列入"
            if not seat.open or self._in_charge(seat.office.unit):
                return Verdict.UNIT_ONLY, f"认定没有按顺序落到本岗位；{reached.note}", "单位担责"
        return made.verdict, made.why, moded(self._matter, seat, made, bool(self._matter.concealment))

    def _in_charge(self, unit: str) -> bool:
        """Whether a finding on a unit reached a deputy whose portfolio is known; where none did, one not written down may be it."""
        return any(step.startswith(DEPUTY) for seat, found in self._allocated.reached.items() if seat.office.unit == unit for _, step in found)

    def _out_of_time(self, post: str, holder: Holder | None, why: str) -> Line:
        office, links, words = self._offices[post], self.links[post], self._matter.words
        layers = tuple(dict.fromkeys(link.layer for link in links))
        reached = self._reaches.of(office, layers)
        person, tenure = (holder.person, holder.text) if holder is not None else ("", "")
        return Line(post, words.value(post), office.unit, words.value(office.unit), person, tenure, office.level, office.office, _main(layers),
                    reached.reach, Verdict.NOT_INVOLVED, "", "", self._paths(links), why=why, status="不列入",
                    reach_note=reached.note, reach_basis=reached.basis)

    def _below(self, seat: Seat) -> bool:
        """Whether something in a lower tier, or in a unit that it leads, was found."""
        if seat.office.level not in LEVELS or self._matter.of_unit(seat.office.unit):
            return False
        ranks = {other.office.unit: LEVELS.index(other.office.level) for other in self._seats if other.office.level in LEVELS}
        return any(one.unit in ranks and ranks[one.unit] >= LEVELS.index(seat.office.level) and one.unit != seat.office.unit
                   for one in self._matter.findings)

    def _paths(self, links: Sequence[Link]) -> tuple[Path, ...]:
        return tuple(Path(link.plan.rule.id, link.layer, self._matter.sources(link.facts), self._bases.describe(link.plan.rule.basis),
                          link.plan.rule.title, link.signed) for link in links)


def _balanced(lines: Iterable[Line], matter: Matter) -> list[Line]:
    """At one level the party head is not above the government head, unless an act of his own is recorded."""
    result = list(lines)
    heads = [line for line in result if line.office == "政府正职" and line.on_chain]
    for at, line in enumerate(result):
        if line.office != "党委正职" or not line.on_chain or any(not breach.presumed for breach in line.breaches):
            continue
        same = [head for head in heads if head.level == line.level and _together(matter, line.unit, head.unit)]
        if same and _SEVERITY.get(line.verdict, 0) > (most := max(_SEVERITY.get(head.verdict, 0) for head in same)):
            verdict = next(one for one, weight in _SEVERITY.items() if weight == most)
            note = f"{line.why}；党政同级，党委正职的推定不高于政府正职"
            result[at] = replace(line, verdict=verdict, why=note, status="待查" if verdict is not Verdict.FULFILLED else "建议免责")
    return result


def _together(matter: Matter, party: str, government: str) -> bool:
    places = [row["territory"] for unit in (party, government) for _, row in matter.facts.where("unit", "id", unit)]
    return len(places) == 2 and places[0] == places[1]


def _main(layers: Iterable[str]) -> str:
    return min(layers, key=LAYERS.index, default="")


def _order(line: Line) -> tuple[int, int, int, str, str, str]:
    firm = line.layer in FIRM_LAYERS
    return (LAYERS.index(line.layer) if firm else len(LAYERS), _LEVELS.index(line.level), LAYERS.index(line.layer) if line.layer else 99,
            line.unit, line.post, line.tenure)
