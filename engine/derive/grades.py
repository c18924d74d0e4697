"""``graded``: the grade of every accident as far as it is known, by :mod:`zeren.engine.chain.grading`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from zeren.engine.chain.grading import TABLES, Scales, history, papers
from zeren.models.facts import Fact, Facts

__all__ = ["TABLES", "grades"]


def grades(facts: Facts) -> Iterator[Fact]:
    """Yield ``graded`` for each accident that has a grade: the last one of its history.

    ``bound`` is 确定, or 下界 where a figure that is not known could still raise it.
    """
    scales, reports = Scales(facts, facts), papers(facts)
    names = facts.schema["incident"].names
    for incident in facts.of("incident"):
        found = history(incident, names, reports.get(str(incident.values[0]), ()), scales)
        if found:
            last = found[-1]
            yield Fact("graded", (last.incident, last.grade, Decimal(last.rank), last.bound))
