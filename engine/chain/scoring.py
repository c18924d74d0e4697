"""Scores a chain against a published outcome, by the fair-scoring rules for cases (docs/cases.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from zeren.engine.chain.case_sketch import Made, Origin
from zeren.engine.chain.case_titles import read_title
from zeren.engine.chain.case_words import Words
from zeren.engine.chain.cases import Case
from zeren.engine.chain.model import Chain, Line, Reach, Verdict
from zeren.engine.pack import Pack
from zeren.models.organisation import Organisation
from zeren.models.vocabulary import LEVELS

Trace = Callable[[Organisation, str], Chain]
_LEADER: Final = ("主要领导", "重要领导")
#: From light to heavy, within one track.
_DEGREES: Final = ("", "重要领导", "主要领导", "直接")
_DISTANT: Final = (Reach.RARE, Reach.NEVER)


@dataclass(frozen=True, slots=True)
class Slot:
    """A unit, a rank and how many of it were held; ``hits`` is at most ``k``."""

    unit: str
    rank: str
    k: int
    answered: int

    @property
    def hits(self) -> int:
        """How many of the published persons the answer has."""
        return min(self.k, self.answered)


@dataclass(frozen=True, slots=True)
class Miss:
    """A published post that the chain does not have, with what the chain says of it."""

    post: str
    unit: str
    title: str
    level: str
    why: str


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label and what the chain says."""

    title: str
    printed: str
    given: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one case. ``wrong`` are answers that count against it, with the reason; empty where the list is partial. ``distractors`` are how many there are and how many the chain names, whatever the list;
    ``neutral`` how many answers count neither way."""

    case: Case
    chain: Chain
    slots: tuple[Slot, ...]
    misses: tuple[Miss, ...]
    wrong: tuple[tuple[str, str], ...]
    distractors: tuple[int, int]
    neutral: int
    labels: tuple[Label, ...]
    highest: tuple[str, str]
    reach_right: bool
    party_above: tuple[str, ...]
    pairs: int
    units: tuple[int, int]

    @property
    def hits(self) -> int:
        """How many published persons the chain has."""
        return sum(slot.hits for slot in self.slots)

    @property
    def asked(self) -> int:
        """How many published persons the chain should have."""
        return sum(slot.k for slot in self.slots)


def score(trace: Trace, case: Case, pack: Pack | None = None) -> Score:
    """Trace the incident of ``case`` and compare the answer with what was published."""
    chain = trace(case.organisation, case.incident)
    words = Words(pack or Pack())
    answered = {(line.post, line.person): line for line in chain.lines if line.on_chain}
    made = {(one.post, one.person): one for one in case.made}
    labels = tuple(_labels(case, answered))
    highest, right = _reach(case, answered, made)
    pairs, above = _party(case, chain)
    return Score(
        case=case, chain=chain,
        slots=tuple(_slots(case, answered, words)),
        misses=tuple(_misses(case, chain, answered)),
        wrong=tuple(_wrong(case, answered, made, words)) if case.truth.complete else (),
        distractors=_distractors(case, answered), neutral=sum(made[key].origin is Origin.NEUTRAL for key in answered if key in made),
        labels=labels, highest=highest, reach_right=right, party_above=above, pairs=pairs,
        units=_units(case, chain, answered),
    )  # fmt: skip


Answered = dict[tuple[str, str], Line]


def _distractors(case: Case, answered: Answered) -> tuple[int, int]:
    keys = [(one.post, one.person) for one in case.made if one.origin is Origin.DISTRACTOR]
    return len(keys), sum(key in answered for key in keys)


def _slots(case: Case, answered: Answered, words: Words) -> Iterable[Slot]:
    """Published posts by unit and rank; posts set aside as underivable are outside."""
    sides = {unit.id: (words.side(unit.kind)[0] or "企业", unit.name) for unit in case.view.units}
    wanted: Counter[tuple[str, str]] = Counter()
    for post in case.truth.posts:
        if post.id not in case.underivable:
            side, name = sides[post.unit]
            wanted[post.unit, read_title(post.title, side, name, words).rank] += post.k
    aside = set(case.underivable)
    given = Counter((one.case_unit, one.rank) for one in case.made if one.origin is not Origin.DISTRACTOR
                    and one.case_post not in aside and (one.post, one.person) in answered)
    for (unit, rank), k in wanted.items():
        yield Slot(unit, rank, k, given[unit, rank])


def _misses(case: Case, chain: Chain, answered: Answered) -> Iterable[Miss]:
    left_out = {(line.post, line.person): line for line in (*chain.lines, *chain.excluded)}
    names = {unit.id: unit.name for unit in case.view.units}
    for post in case.truth.posts:
        holders = [one for one in case.made if one.case_post == post.id]
        if post.id in case.underivable or any((one.post, one.person) in answered for one in holders):
            continue
        line = next((left_out[key] for one in holders if (key := (one.post, one.person)) in left_out), None)
        why = f"{line.verdict}：{line.why}" if line is not None else "没有一条路径到达" if holders else "没有导入"
        yield Miss(post.id, names[post.unit], post.title, post.level, why)


def _wrong(case: Case, answered: Answered, made: dict[tuple[str, str], Made], words: Words) -> Iterable[tuple[str, str]]:
    """Answers that count against the chain: distractors, and posts that a full final list leaves out against custom."""
    for key, line in sorted(answered.items()):
        one = made.get(key)
        if one is not None and one.origin is Origin.DISTRACTOR:
            yield line.post_label or line.post, one.reason
        elif one is not None and not one.case_post and line.reach in _DISTANT and _left_out(case, one, words):
            yield line.post_label or line.post, "公布的完整名单没有这一岗位，惯例上也少见"


def _left_out(case: Case, one: Made, words: Words) -> bool:
    if not (case.truth.final and case.truth.reconciles):
        return False
    sides = {unit.id: (words.side(unit.kind)[0] or "企业", unit.name) for unit in case.view.units}
    return any(
        absent.unit == one.case_unit and absent.unit in sides
        and one.rank in {read_title(part, *sides[absent.unit], words).rank for part in absent.title.replace("、", ",").split(",")}
        for absent in case.truth.absent
    )


def _labels(case: Case, answered: Answered) -> Iterable[Label]:
    """Printed labels of the posts that the chain has; a post it lacks counts in recall, not here."""
    for post in case.truth.posts:
        lines = [answered[key] for one in case.made if one.case_post == post.id and (key := (one.post, one.person)) in answered]
        if post.label and lines and (wanted := _printed(post.label)):
            line = lines[0]
            given = {line.degree.removesuffix("责任"), line.nature.removesuffix("责任")}
            yield Label(post.title, post.label, f"{line.nature}·{line.degree}", bool(wanted & given))


def _printed(label: str) -> set[str]:
    """The degrees or natures that a printed label stands for; 领导责任 stands for either leader's degree."""
    if "主要领导" in label:
        return {"主要领导"}
    if "重要领导" in label:
        return {"重要领导"}
    if "领导" in label:
        return set(_LEADER)
    return {word for word in ("直接", "主体", "监管", "属地") if word in label}


def _reach(case: Case, answered: Answered, made: dict[tuple[str, str], Made]) -> tuple[tuple[str, str], bool]:
    """The highest published and the highest answered level, and whether they agree.

    A measure against a unit as such may explain a level above the published posts. Of a partial list only the floor is
    known: the answer may go higher, but not into a cell that the custom never reaches.
    """
    published = [post.level for post in case.truth.posts if post.level and post.id not in case.underivable]
    units = {unit.id: unit for unit in case.view.units}
    own = {fact["id"]: str(fact["level"] or "") for fact in case.organisation.facts.records("unit")}
    level_of = {one.case_unit: own.get(one.unit, "") for one in case.made if one.case_unit}
    with_units = published + [level_of[unit] for unit in case.truth.units if unit in units and level_of.get(unit)]
    distant = any(made[key].origin is Origin.DISTRACTOR for key in answered if key in made and own.get(made[key].unit))
    # The level of the unit as the case states it: a chain may show a development zone as a tier of its own.
    given = [level for line in answered.values() if (level := own.get(line.unit, "") or line.level) in LEVELS]
    low, high, found = _rank(published), _rank(with_units), _rank(given)
    right = low <= found <= high if case.truth.complete else low <= found and not (found > high and distant)
    return (_name(low), _name(found)), right


def _rank(levels: Sequence[str]) -> int:
    """How high the highest of ``levels`` is; a development zone stands with the counties; 0 where there is none."""
    order = [level for level in reversed(LEVELS) if level != "功能区"]
    return max((order.index("县级" if level == "功能区" else level) + 1 for level in levels if level in LEVELS), default=0)


def _name(rank: int) -> str:
    return [level for level in reversed(LEVELS) if level != "功能区"][rank - 1] if rank else "企业"


def _party(case: Case, chain: Chain) -> tuple[int, tuple[str, ...]]:
    """Party heads against government heads of one place; a party head is above only where no act of his own is recorded."""
    heads: dict[str, list[Line]] = {}
    for line in chain.lines:
        if line.on_chain and line.office in ("党委正职", "政府正职"):
            heads.setdefault(line.unit, []).append(line)
    pairs = [(heads[str(row["party"])], heads[str(row["government"])]) for row in case.organisation.facts.records("pair")
             if str(row["party"]) in heads and str(row["government"]) in heads]
    above = tuple(
        party.post_label or party.post for parties, governments in pairs for party in parties
        if _weight(party.degree) > max(_weight(one.degree) for one in governments)
        and all(breach.presumed for breach in party.breaches)
    )
    return len(pairs), above


def _weight(degree: str) -> int:
    degree = degree.removesuffix("责任")
    return _DEGREES.index(degree) if degree in _DEGREES else 0


def _units(case: Case, chain: Chain, answered: Answered) -> tuple[int, int]:
    """Of the units that were dealt with as such: how many, and how many the answer names, itself or by a post."""
    made_of: dict[str, set[str]] = {}
    for one in case.made:
        if one.case_unit:
            made_of.setdefault(one.case_unit, set()).add(one.unit)
    named = {line.unit for line in answered.values()} | {line.unit for line in chain.lines if line.verdict is Verdict.UNIT_ONLY}
    asked = [unit for unit in case.truth.units if unit in made_of]
    return len(asked), sum(bool(made_of[unit] & named) for unit in asked)


def data(scores: Sequence[Score]) -> dict[str, Any]:
    """All scores as plain data: ``cases`` and ``total``; shares are between 0 and 1, nothing where there is no case."""
    return {"notice": "辅助研判，不构成责任认定", "cases": [_data(one) for one in scores], "total": _total(scores)}


def _data(one: Score) -> dict[str, Any]:
    return {
        "case": one.case.title, "slug": one.case.slug, "grade": one.chain.grade,
        "complete": one.case.truth.complete, "recall": _share(one.hits, one.asked), "hits": one.hits, "posts": one.asked,
        "precision": _share(one.hits, one.hits + len(one.wrong)) if one.case.truth.complete else None,
        "wrong": [{"post": post, "why": why} for post, why in one.wrong], "distractors": {"made": one.distractors[0], "answered": one.distractors[1]}, "neutral": one.neutral,
        "reach": {"published": one.highest[0], "given": one.highest[1], "right": one.reach_right},
        "labels": _share(sum(label.agrees for label in one.labels), len(one.labels)),
        "label_pairs": [{"post": label.title, "printed": label.printed, "given": label.given, "agrees": label.agrees} for label in one.labels],
        "party_le_government": {"pairs": one.pairs, "above": list(one.party_above)},
        "units": {"asked": one.units[0], "met": one.units[1]},
        "misses": [{"unit": miss.unit, "post": miss.title, "level": miss.level, "why": miss.why} for miss in one.misses],
        "underivable": [{"post": _title(one.case, post), "derivable": False, "why": why} for post, why in one.case.underivable.items()],
        "notes": list(one.case.notes),
    }  # fmt: skip


def _title(case: Case, post: str) -> str:
    return next((one.title for one in case.truth.posts if one.id == post), post)


def _total(scores: Sequence[Score]) -> dict[str, Any]:
    hits, asked = sum(one.hits for one in scores), sum(one.asked for one in scores)
    full = [one for one in scores if one.case.truth.complete]
    right, wrong = sum(one.hits for one in full), sum(len(one.wrong) for one in full)
    labels = [label for one in scores for label in one.labels]
    rows = sum(len(one.case.truth.posts) for one in scores)
    aside = sum(len(one.case.underivable) for one in scores)
    missed = sum(len(one.misses) for one in scores)
    return {
        "cases": len(scores), "recall": _share(hits, asked), "hits": hits, "posts": asked,
        "recall_by_row": _share(rows - aside - missed, rows - aside), "rows": rows,
        "precision": _share(right, right + wrong), "precision_cases": len(full), "wrong": wrong,
        "distractors": {"made": sum(one.distractors[0] for one in scores), "answered": sum(one.distractors[1] for one in scores)},
        "neutral": sum(one.neutral for one in scores),
        "reach": _share(sum(one.reach_right for one in scores), len(scores)),
        "labels": _share(sum(label.agrees for label in labels), len(labels)), "labels_printed": len(labels),
        "party_le_government": {"pairs": sum(one.pairs for one in scores), "above": sum(len(one.party_above) for one in scores)},
        "units": {"asked": sum(one.units[0] for one in scores), "met": sum(one.units[1] for one in scores)},
        "underivable": _share(aside, rows), "underivable_posts": aside,
    }  # fmt: skip


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


