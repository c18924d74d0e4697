"""Places and firms above an accident are climbed once, even where facts that no loader has checked run in a circle."""

from __future__ import annotations

import pytest

from zeren.engine.derive.surroundings import party, scene
from zeren.models.facts import Fact, Facts
from zeren.models.relations import AUTHORED

NAMES = {relation.name: relation.names for relation in AUTHORED}


def fact(relation: str, **columns: object) -> Fact:
    return Fact(relation, tuple(columns.get(name) for name in NAMES[relation]))  # type: ignore[misc]


INCIDENT = fact("incident", id="事故", at=1000, territory="甲", kind="生产安全事故")


@pytest.mark.parametrize("parent", ["甲", "乙"])
def test_places_in_a_circle_are_each_told_once(parent: str) -> None:
    facts = Facts([INCIDENT, fact("territory", id="甲", level="县级", parent="乙"), fact("territory", id="乙", level="市级", parent=parent)])
    assert [row.values[1:3] for row in scene(facts, "事故")] == [("甲", "县级"), ("乙", "市级")]


def test_sections_in_a_circle_are_each_told_once() -> None:
    facts = Facts([
        INCIDENT, fact("involved", incident="事故", subject="项目", part="经营"),
        fact("unit", id="项目", kind="项目"), fact("unit", id="分部", kind="项目"),
        fact("subordination", unit="项目", superior="分部", kind="内设"), fact("subordination", unit="分部", superior="项目", kind="内设"),
    ])
    assert {row.values[1] for row in party(facts, "事故")} == {"项目", "分部"}
