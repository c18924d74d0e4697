"""From unit to post: who answers inside a unit (design §4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from zeren.engine.derive.closures import COMMAND, holds
from zeren.models.facts import Fact, Facts

#: The matter whose portfolio marks the leader in charge of safety.
SAFETY = "安全生产"
#: The roles of those who head a unit.
HEADS = ("主要负责人", "主任", "村书记", "村主任")


@dataclass(slots=True)
class Posts:
    """Posts, their holders and portfolios, and the chain of command, at one moment."""

    heads: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    portfolios: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    holders: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    superiors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    units: dict[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, facts: Facts, moment: int) -> Posts:
        """Read the posts as they stood at ``moment``."""
        posts = cls()
        for row in facts.records("post"):
            posts.units[str(row["id"])] = str(row["unit"])
            if row["role"] in HEADS:
                posts.heads[str(row["unit"])].append(str(row["id"]))
        for row in facts.records("appointment"):
            if holds(row["since"], row["until"], moment):
                posts.holders[str(row["post"])].append(str(row["person"]))
        for row in facts.records("portfolio"):
            if holds(row["since"], row["until"], moment):
                unit = posts.units[str(row["post"])]
                posts.portfolios[unit, str(row["subject"])].append(str(row["post"]))
        for row in facts.records("subordination"):
            if row["kind"] in COMMAND and holds(row["since"], row["until"], moment):
                posts.superiors[str(row["unit"])].append(str(row["superior"]))
        return posts

    def answerable(self, unit: str, subjects: tuple[str, ...] = ()) -> list[str]:
        """The posts that answer for ``subjects`` in ``unit``: portfolio holders, else the head.

        Where those posts are vacant, the head of the superior unit (who appoints) answers.
        """
        unit = self.units.get(unit, unit) if unit not in self.heads else unit
        seen: set[str] = set()
        frontier = [unit]
        while frontier:
            for one in frontier:
                found = [post for subject in subjects for post in self.portfolios.get((one, subject), ())]
                found = [post for post in found or self.heads.get(one, []) if self.holders.get(post)]
                if found:
                    return sorted(set(found))
            seen.update(frontier)
            frontier = sorted({up for one in frontier for up in self.superiors.get(one, ())} - seen)
        return []


def answerables(facts: Facts, moment: int) -> Iterator[Fact]:
    """Yield ``answerable`` for every unit and every subject of a portfolio in it; without a portfolio the subject is empty."""
    posts = Posts.at(facts, moment)
    subjects: defaultdict[str, set[str]] = defaultdict(set)
    for unit, subject in posts.portfolios:
        subjects[unit].add(subject)
    for row in facts.records("unit"):
        unit = str(row["id"])
        for subject in ("", *sorted(subjects[unit])):
            for post in posts.answerable(unit, (subject,) if subject else ()):
                yield Fact("answerable", (unit, subject, post, moment))
