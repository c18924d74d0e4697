"""Random stories: an organisation, and events that bring facts, take them, change them, or let time pass."""

import random
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "engine"))
import random_cases as cases

from zeren.engine.evaluate import Evaluation, evaluate
from zeren.engine.instances import Instance
from zeren.engine.language.plan import Plan
from zeren.engine.live.book import Book
from zeren.engine.live.network import Network
from zeren.engine.pack import Pack
from zeren.models.facts import Fact, Facts, sort_key
from zeren.models.moments import DAY, year_start
from zeren.models.relations import RELATIONS

#: Relations whose ids others need; their facts change but never go.
_FIXED = ("territory", "unit", "post")
_STEPS = (1, 3600, DAY - 1, DAY, 20 * DAY, 31 * DAY, 200 * DAY)

pack_of = cases.pack_of


def rules_of(rnd: random.Random, pack: Pack, facts: Facts, count: int) -> list[Plan]:
    """Random rules that the reader accepts; most of them have instances."""
    return cases.book_of(rnd, pack, facts, count)[1]


class Story:
    """A network over a random organisation, and what happened to it."""

    def __init__(self, rnd: random.Random, pack: Pack, plans: list[Plan], wide: bool) -> None:
        self._rnd, self._pack = rnd, pack
        self.log: list[str] = []
        self.on = cases.ON - rnd.choice((0, 60 * DAY, 100 * DAY, 150 * DAY)) + rnd.choice((0, 0, 1, -3600))
        facts = list(cases.organisation(rnd, wide))
        self._wide = wide
        # What the organisation holds now, and what comes later.
        self._spare = [fact for fact in facts if fact.relation not in _FIXED and rnd.random() < 0.4]
        self.book = Book([fact for fact in facts if fact not in self._spare], pack, self.on)
        self.first = list(self.book.facts())
        self.network = Network(pack, plans, self.on, self.since, warn=10 * DAY)
        self.network.start(self.book.seen())

    @property
    def since(self) -> int:
        return year_start(self.on)

    def event(self) -> None:
        """Something happens."""
        rnd, luck = self._rnd, self._rnd.random()
        gone: list[Fact] = []
        come: list[Fact] = []
        if luck < 0.35 and self._spare:
            come = self._pick(self._spare)
        elif luck < 0.5:
            come = [fact for fact in self._more() if not self.book.has(fact) and self._fits(fact)]
        elif luck < 0.7:
            gone = self._pick([fact for fact in self.book.facts() if fact.relation not in _FIXED], keep=True)
            self._spare += gone
        elif luck < 0.85:
            gone, come = self._altered()
        if rnd.random() < 0.5 or not (gone or come):
            self.on += rnd.choice(_STEPS)
        self.log.append(f"{self.on} - {[(f.relation, f.values) for f in gone]} + {[(f.relation, f.values) for f in come]}")
        out, into = self.book.change(gone, come, self.on)
        self.network.step(out, into, self.on, self.since)
        self.network.refresh()

    def _pick(self, facts: list[Fact], keep: bool = False) -> list[Fact]:
        some = self._rnd.sample(facts, min(len(facts), self._rnd.choice((1, 1, 1, 2, 4)))) if facts else []
        if not keep:
            for fact in some:
                facts.remove(fact)
        return [fact for fact in some if keep or not self.book.has(fact)]

    def _more(self) -> list[Fact]:
        names = [name for name in cases._SIZES if name not in _FIXED]
        return cases.rows(self._rnd, RELATIONS[self._rnd.choice(names)], 2)

    def _fits(self, fact: Fact) -> bool:
        """Whether the id of a new fact is free."""
        return RELATIONS[fact.relation].key != ("id",) or not any(
            one.values[0] == fact.values[0] for one in (*self.book.facts().of(fact.relation), *self._spare) if one.relation == fact.relation)

    def _altered(self) -> tuple[list[Fact], list[Fact]]:
        """A fact says something else in one column; its id stays."""
        fact = self._rnd.choice(list(self.book.facts()))
        other = self._rnd.choice(cases.rows(self._rnd, RELATIONS[fact.relation], 3) or [fact])
        at = self._rnd.randrange(len(fact.values))
        names = RELATIONS[fact.relation].names
        if names[at] in ("id", "parent") or fact.relation == "waiver":
            return [], []
        new = Fact(fact.relation, (*fact.values[:at], other.values[at], *fact.values[at + 1:]))
        return ([fact], [new]) if not self.book.has(new) and new not in self._spare else ([], [])

    def written(self) -> str:
        rows = "\n".join(f"{fact.relation} {fact.values}" for fact in self.first)
        return f"{rows}\n" + "\n".join(self.log)


def fresh(story: Story, pack: Pack, plans: list[Plan]) -> tuple[Instance, ...]:
    """What a check of the facts as they are now says."""
    found: Evaluation = evaluate(story.book.facts(), pack, plans, story.on, story.since, "indexed")
    return found.instances


def told(instances: Iterable[Instance]) -> list[dict[str, Any]]:
    """Everything that instances say, in the order of a check."""
    return [
        {"rule": one.rule_id, "values": one.values, "outcome": one.outcome.value, "signs": one.signs,
         "evidence": [(fact.relation, fact.values) for fact in one.evidence], "missing": one.missing, "asks": one.asks, "due": one.due,
         "done": one.done, "waiver": one.waiver, "expired": one.expired, "exemption": one.exemption, "named": one.named}
        for one in sorted(instances, key=lambda one: (one.rule_id, sort_key(one.values)))
    ]
