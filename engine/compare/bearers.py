"""What a re-assignment or a reform of departments leaves without a bearer, and what passes from one to another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from zeren.engine.derive.closures import holds
from zeren.engine.report import Report
from zeren.models.facts import Facts

#: A charge, and who bears it.
_Bearers = Mapping[str, frozenset[str]]
Kind = Literal["分管", "监管职责", "岗位在任", "职责"]


@dataclass(frozen=True, slots=True)
class Moved:
    """A charge and who bore it before and after; nobody after means it is left without a bearer.

    ``subject`` says what is borne: of whose unit, in which way, about what.
    """

    kind: Kind
    subject: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """Two states of one organisation: charges that lost their bearer, that changed hands, and units and posts that came or went."""

    orphaned: tuple[Moved, ...]
    passed_on: tuple[Moved, ...]
    gone: tuple[str, ...]
    come: tuple[str, ...]


def handover(old: Report, new: Report) -> Handover:
    """Compare who bears what in two organisations, each on the audit date of its report."""
    orphaned, passed_on = list[Moved](), list[Moved]()
    known = _known(old) & _known(new)
    charges: tuple[tuple[Kind, _Bearers, _Bearers], ...] = (
        ("分管", _portfolios(old), _portfolios(new)), ("监管职责", _mandates(old), _mandates(new)), ("岗位在任", _holders(old), _holders(new)),
        ("职责", _duties(old, known), _duties(new, known)),
    )
    for kind, before, after in charges:
        for subject in sorted(before):
            bearers, now = before[subject], after.get(subject, frozenset())
            if not now and (kind != "岗位在任" or subject in after):
                orphaned.append(Moved(kind, subject, tuple(sorted(bearers)), ()))
            elif now and now != bearers and kind != "职责":
                passed_on.append(Moved(kind, subject, tuple(sorted(bearers)), tuple(sorted(now))))
    there, here = _things(old), _things(new)
    return Handover(tuple(orphaned), tuple(passed_on), tuple(sorted(there.keys() - here.keys())), tuple(sorted(here.keys() - there.keys())))


#: Units that a reform renames or merges while their place and kind stay.
_PUBLIC: Final = ("党委", "政府", "安委会", "安委办", "部门", "内设机构", "派出机构", "站所", "园区", "村居")


def _portfolios(report: Report) -> _Bearers:
    """Who is in charge of what; a unit may be renamed, its place and kind stay."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    context, label = report.evaluation.context, report.words.value
    for row in context.facts.records("portfolio"):
        if holds(row["since"], row["until"], report.on):
            where = _where(report, context.ledgers.unit(str(row["post"])))
            found[f"{where}：{row['kind']} {label(row['subject'])}"].add(_shown(report, str(row["post"])))
    return {subject: frozenset(bearers) for subject, bearers in found.items()}


def _where(report: Report, unit: str) -> str:
    """A unit as a reform leaves it: place and kind of a public one, the name of any other."""
    context, label = report.evaluation.context, report.words.value
    fact = context.by_id("unit", unit)
    row = dict(zip(context.pack["unit"].names, fact.values, strict=True)) if fact is not None else {}
    if row.get("kind") in _PUBLIC and row.get("territory") is not None:
        return f"{label(row['territory'])}{row['kind']}"
    return label(unit)


def _mandates(report: Report) -> _Bearers:
    found: defaultdict[str, set[str]] = defaultdict(set)
    context, label = report.evaluation.context, report.words.value
    for row in context.facts.records("mandate"):
        if holds(row["since"], row["until"], report.on):
            place = row["territory"] or context.territory(str(row["unit"])) or row["unit"]
            found[f"{label(place)}：{row['kind']} {label(row['industry']) if row['industry'] else ''}".rstrip()].add(label(row["unit"]))
    return {subject: frozenset(bearers) for subject, bearers in found.items()}


def _holders(report: Report) -> _Bearers:
    context = report.evaluation.context
    return {_shown(report, str(row["id"])): frozenset(context.posts.holders.get(str(row["id"]), ())) for row in context.facts.records("post")}


def _duties(report: Report, known: frozenset[str]) -> _Bearers:
    """The posts that answer for each standing duty about a thing that both organisations know, by rule and place."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in report:
        if not one.warning and all(value in known for value in one.instance.per):
            unit = report.evaluation.context.ledgers.unit(one.bearer)
            subject = "，".join(one.per)
            found[f"{_where(report, unit)}：{one.rule.id} {one.rule.title}{f'（{subject}）' if subject else ''}"].update(_shown(report, post) for post in one.posts)
    return {subject: frozenset(posts) for subject, posts in found.items() if posts}


def _shown(report: Report, id: str) -> str:
    """How a unit or post is shown, with its id where that is not the same word: two deputies of one office share a title."""
    label = report.words.value(id)
    return label if label == id else f"{label}（{id}）"


def _known(report: Report) -> frozenset[str]:
    facts = report.evaluation.context.facts
    return frozenset(str(row["id"]) for relation in ("territory", "unit", "post", "industry") for row in facts.records(relation))


def _things(report: Report) -> dict[str, str]:
    facts: Facts = report.evaluation.context.facts
    return {f"{kind} {_shown(report, str(row['id']))}": str(row["id"]) for relation, kind in (("unit", "单位"), ("post", "岗位"))
            for row in facts.records(relation)}
