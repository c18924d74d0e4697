"""The stated columns of hazards as rows, so that a parameter can say which of them are required."""

from __future__ import annotations

from collections.abc import Iterator

from zeren.models.facts import Fact, Facts
from zeren.models.moments import format_moment


def attributes(facts: Facts) -> Iterator[Fact]:
    """Yield ``attribute(subject, key, value)`` for every stated column of every hazard; the place is the hazard's."""
    names = facts.schema["hazard"].names
    for hazard in facts.of("hazard"):
        for name, value in zip(names[1:], hazard.values[1:], strict=True):
            if value is not None:
                text = format_moment(value) if isinstance(value, int) else str(value)
                yield Fact("attribute", (hazard.values[0], name, text), hazard.place)
