"""What every back end does: find the instances of a rule, and the matches of its parts, with the matched facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from zeren.engine.language.plan import Plan, Query
from zeren.models.facts import Facts, Value

#: The matched facts of one match: for each atom in written order the index of its fact in the relation, for each
#: atom inside ``at_least`` a tuple of indices.
Refs = tuple[int | tuple[int, ...], ...]


class BackendError(Exception):
    """A back end could not run a query: a limit of its numbers, its memory or its SQL. The rule's outcome is ``error``."""


class Match(NamedTuple):
    """A match of a query for instance number ``instance``."""

    instance: int
    outputs: tuple[Value, ...]
    refs: Refs


class Row(NamedTuple):
    """The fields of an instance; ``certain`` is no where a comparison met a missing value."""

    values: tuple[Value, ...]
    certain: bool = True


class Met(Protocol):
    """Instances whose one demand is met by a witness, kept where they were found until somebody asks for them."""

    @property
    def count(self) -> int:
        """How many there are."""

    def rows(self) -> list[tuple[Row, Refs]]:
        """Their fields and the smallest witness of each, in no particular order."""


class Scope(Protocol):
    """The instances of one rule, in no particular order, ready to be matched against."""

    @property
    def rows(self) -> Sequence[Row]:
        """The instances."""

    def matches(self, query: Query) -> list[Match]:
        """All matches of ``query`` for all instances, in no particular order."""

    def settle(self, plan: Plan) -> tuple[Scope, Met] | None:
        """Split off the instances of ``plan`` that pass for sure, or nothing where that does not pay (see ``simple``)."""


class Backend(Protocol):
    """An engine over one set of facts."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What there is to say about how matches were found, for people; by default nothing."""
        return ()

    def foresee(self, plans: Sequence[Plan]) -> None:  # noqa: ARG002
        """These rules will be judged next, over the facts as they are: who gains by it may look for all their matches at once."""
        return

    def scope(self, queries: Sequence[Query], on: int) -> Scope:
        """Find the instances: the distinct outputs of ``queries``. All queries have the same outputs."""

    def extend(self, facts: Facts, relations: Sequence[str]) -> None:
        """Replace ``relations`` by what ``facts`` now holds (derived facts of an earlier layer)."""
