"""What every back end does: find the instances of a rule, and the matches of its parts, with the matched facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from zeren.engine.language.plan import Query
from zeren.models.facts import Facts, Value

#: The matched facts of one match: for each atom in written order the index of its fact in the relation, for each
#: atom inside ``at_least`` a tuple of indices.
Refs = tuple[int | tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A match of a query for instance number ``instance``."""

    instance: int
    outputs: tuple[Value, ...]
    refs: Refs


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of an instance; ``certain`` is no where a comparison met a missing value."""

    values: tuple[Value, ...]
    certain: bool = True


class Scope(Protocol):
    """The instances of one rule, in the order of their values, ready to be matched against."""

    @property
    def rows(self) -> Sequence[Row]:
        """The instances."""

    def matches(self, query: Query) -> list[Match]:
        """All matches of ``query`` for all instances, in no particular order."""


class Backend(Protocol):
    """An engine over one set of facts."""

    def scope(self, queries: Sequence[Query], on: int) -> Scope:
        """Find the instances: the distinct outputs of ``queries``. All queries have the same outputs."""

    def extend(self, facts: Facts, relations: Sequence[str]) -> None:
        """Replace ``relations`` by what ``facts`` now holds (derived facts of an earlier layer)."""
