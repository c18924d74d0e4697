"""``graded``: the grade of every accident as far as it is known, by :mod:`zeren.engine.chain.grading`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from zeren.engine.chain.grading import TABLES, Paper, Scales, history, in_order, papers
from zeren.models.facts import Fact, Facts

__all__ = ["TABLES", "grades"]


def grades(facts: Facts) -> Iterator[Fact]:
    """Yield ``graded`` for each accident that has a grade: the last one of its history.

    ``bound`` is 确定, or 下界 where a figure that is not known could still raise it.
    """
    owners = {str(id): str(id) for (id,) in facts.columns("incident", "id")}
    owners |= {str(id): str(incident) for id, incident in facts.columns("inquiry", "id", "incident")}
    told: defaultdict[str, list[Paper]] = defaultdict(list)
    # columns first: of a large folder the records become objects only if one of them is about an incident
    about = {str(ref) for (ref,) in facts.columns("record", "ref") if ref in owners} if owners else set()
    for ref, run in papers(facts, about).items() if about else ():
        told[owners[ref]] += run
    scales, names = Scales(facts, facts), facts.schema["incident"].names
    for incident in facts.of("incident"):
        found = history(incident, names, in_order(told[str(incident.values[0])]), scales)
        if found:
            last = found[-1]
            yield Fact("graded", (last.incident, last.grade, Decimal(last.rank), last.bound))
