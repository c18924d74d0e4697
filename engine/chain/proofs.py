"""The written facts behind a match: derived relations are resolved into what they were derived from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from zeren.engine.derive.closures import holds
from zeren.models.facts import Fact, Facts, Value

#: What a path shows, in this order of telling; ids of units, posts and the accident itself go without saying.
_SHOWN: Final = ("involved", "occupies", "link", "subordination", "mandate", "portfolio", "record", "detail", "inquiry", "finding")


class Proofs:
    """Resolves matches about one accident that happened at ``at`` (seconds)."""

    def __init__(self, facts: Facts, at: int) -> None:
        self.facts, self._at = facts, at

    def path(self, matched: Iterable[Fact], post: str) -> tuple[Fact, ...]:
        """The written facts along a match in the order of telling, the post last."""
        found: dict[Fact, None] = {}
        for fact in matched:
            for one in self._written(fact):
                found[one] = None
        posts = [fact for fact, _ in self.facts.where("post", "id", post)]
        return (*[fact for fact in found if fact.relation in _SHOWN], *[fact for fact in found if fact.relation == "territory"][:1], *posts)

    def _written(self, fact: Fact) -> Iterator[Fact]:
        if fact.relation == "party":
            incident, unit, part, depth, via = fact.values
            yield from self._party(str(incident), str(unit), str(part), depth == 0, via, frozenset())
        elif fact.relation == "remit":
            yield from (one for one, row in self.facts.where("portfolio", "post", fact.values[0])
                        if (row["kind"], row["subject"]) == (fact.values[2], fact.values[3]))
        elif fact.relation == "scene":
            yield from (one for one, _ in self.facts.where("territory", "id", fact.values[1]))
        elif fact.relation in _SHOWN:
            yield fact

    def _party(self, incident: str, unit: str, part: str, direct: bool, via: Value, seen: frozenset[str]) -> Iterator[Fact]:
        if unit in seen:
            return
        seen |= {unit}
        if direct and via is None:
            yield from self._named(incident, unit)
        elif direct:
            yield from self._party(incident, str(via), part, True, None, seen)
            yield from self._between(str(via), unit)
        elif via is None:
            site = next((row["site"] for _, row in self.facts.where("incident", "id", incident)), None)
            yield from self._links(unit, site)
        else:
            yield from self._below(incident, str(via), seen)
            yield from self._between(str(via), unit)

    def _below(self, incident: str, unit: str, seen: frozenset[str]) -> Iterator[Fact]:
        """The way to a unit that a further link starts from."""
        from zeren.engine.derive.surroundings import party

        rows = [fact for fact in party(self.facts, incident) if fact.values[1] == unit]
        for fact in rows[:1]:
            yield from self._party(incident, unit, str(fact.values[2]), fact.values[3] == 0, fact.values[4], seen)

    def _between(self, lower: str, upper: str) -> Iterator[Fact]:
        yield from self._links(upper, lower)
        yield from self._links(lower, upper)
        yield from (fact for fact, row in self.facts.where("subordination", "unit", lower)
                    if row["superior"] == upper and holds(row["since"], row["until"], self._at))

    def _links(self, source: str, target: Value) -> Iterator[Fact]:
        yield from (fact for fact, row in self.facts.where("link", "source", source)
                    if target is not None and row["target"] == target and holds(row["since"], row["until"], self._at))

    def _named(self, incident: str, unit: str) -> Iterator[Fact]:
        parts = [(fact, row["subject"]) for fact, row in self.facts.where("involved", "incident", incident)]
        own: Sequence[Fact] = [fact for fact, subject in parts if subject == unit]
        if not own:
            own = [fact for fact, subject in parts for _, post in self.facts.where("post", "id", subject) if post["unit"] == unit]
        yield from own
        if not own:
            sites = {row["site"] for _, row in self.facts.where("incident", "id", incident)} | {subject for _, subject in parts}
            yield from (fact for site in sorted(str(one) for one in sites if one is not None)
                        for fact, row in self.facts.where("occupies", "site", site) if row["subject"] == unit)
