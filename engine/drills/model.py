"""What a drill is: the faults that were planted, and the findings that each of them gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Hit:
    """One finding: its rule, who owes it, the unit and the posts that answer, and its words."""

    id: str
    rule: str
    title: str
    outcome: str
    bearer: str
    bearer_label: str
    unit: str
    unit_label: str
    posts: tuple[str, ...]
    message: str
    fix: str

    @property
    def subjects(self) -> frozenset[str]:
        """The bearer and the posts that answer for it."""
        return frozenset((self.bearer, *self.posts))


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault that was made.

    ``hits`` are the findings by which it must be seen, ``others`` what it brings along in other rules.
    """

    kind: str
    title: str
    mechanism: str
    says: str
    hint: str
    hits: tuple[Hit, ...]
    others: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a drill. ``on`` is the audit date; ``before`` are findings that stood in the organisation already.

    ``names`` says how units and posts are shown, so that a trainee may write either the id or the shown name.
    """

    organisation: str
    on: str
    seed: int
    profile: str
    planted: tuple[Planted, ...]
    before: tuple[Hit, ...]
    names: Mapping[str, str]
    units: Mapping[str, str]

    def hits(self) -> Iterator[Hit]:
        """Every finding of the planted faults."""
        for one in self.planted:
            yield from one.hits
            yield from one.others


def loaded(data: Mapping[str, Any]) -> Answer:
    """The answer from plain data, as ``dataclasses.asdict`` gives it. Raises KeyError or TypeError where it has another shape."""
    def hit(one: Mapping[str, Any]) -> Hit:
        return Hit(**{**one, "posts": tuple(one["posts"])})

    def planted(one: Mapping[str, Any]) -> Planted:
        return Planted(**{**one, "hits": tuple(map(hit, one["hits"])), "others": tuple(map(hit, one["others"]))})

    return Answer(**{**data, "planted": tuple(map(planted, data["planted"])), "before": tuple(map(hit, data["before"]))})
