"""What deciding an instance needs besides its matches, looked up by index instead of read for the whole organisation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from zeren.engine.chain.nearby import Nearby
from zeren.engine.context import Context
from zeren.engine.ledgers import Ledgers, merged
from zeren.models.facts import Fact, Facts, Value

_ALWAYS = 10**12


class View(Facts):
    """The facts with the derived ones that a seeker has made so far, so that matches can be looked up by number."""

    def __init__(self, nearby: Nearby) -> None:
        super().__init__((), nearby.pack)
        self._nearby = nearby
        self._rows, self._places, self._spots = nearby.facts._rows, nearby.facts._places, nearby.facts._spots

    def of(self, relation: str) -> Sequence[Fact]:
        """See :class:`zeren.models.facts.Facts`."""
        return self._nearby.of(relation)


class NearLedgers(Ledgers):
    """The declared ledgers of those who are asked about."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._known: dict[tuple[str, str], list[tuple[int, int]]] = {}

    @cached_property
    def partial(self) -> frozenset[str]:  # type: ignore[override]
        """The units whose structure was declared as incomplete."""
        return frozenset(str(row["id"]) for _, row in self._facts.where("unit", "partial", True))

    def unit(self, holder: str) -> str:
        """See :class:`zeren.engine.ledgers.Ledgers`."""
        return next((str(row["unit"]) for _, row in self._facts.where("post", "id", holder)), holder)

    def closed(self, holder: str, kind: str, start: int, end: int) -> bool:
        """See :class:`zeren.engine.ledgers.Ledgers`."""
        key = (self.unit(holder), kind)
        if key not in self._known:
            rows = [row for _, row in self._facts.where("ledger", "holder", key[0]) if row["kind"] == kind]
            self._known[key] = merged([(_end(row["since"], -_ALWAYS), _end(row["until"], _ALWAYS)) for row in rows])
        return any(since <= start and end <= until and start < until for since, until in self._known[key])


class NearContext(Context):
    """One accident's audit, at the moment that its facts are seen."""

    def __init__(self, nearby: Nearby) -> None:
        self.facts, self.pack, self.on = View(nearby), nearby.pack, nearby.seen
        self.ledgers = NearLedgers(nearby.facts)
        self.measured = {}

    def by_id(self, relation: str, id: Value) -> Fact | None:
        """See :class:`zeren.engine.context.Context`."""
        return next((fact for fact, _ in self.facts.where(relation, "id", id)), None)

    def territory(self, bearer: str) -> str | None:
        """See :class:`zeren.engine.context.Context`."""
        return next((str(row["territory"]) for _, row in self.facts.where("unit", "id", self.ledgers.unit(bearer)) if row["territory"]), None)

    def level(self, bearer: str) -> str | None:
        """See :class:`zeren.engine.context.Context`."""
        return next((str(row["level"]) for _, row in self.facts.where("territory", "id", self.territory(bearer))), None)


def _end(value: Value, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise
