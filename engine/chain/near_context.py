"""What deciding an instance needs besides its matches, looked up by index instead of read for the whole organisation."""

from __future__ import annotations

from collections.abc import Sequence

from zeren.engine.chain.nearby import Nearby
from zeren.engine.context import Context
from zeren.engine.ledgers import Ledgers
from zeren.models.facts import Fact, Facts, Value


class View(Facts):
    """The facts with the derived ones that a seeker has made so far, so that matches can be looked up by number."""

    def __init__(self, nearby: Nearby) -> None:
        super().__init__((), nearby.pack)
        self._nearby = nearby
        own = nearby.facts
        self._rows, self._places, self._groups, self._spots, self._kept = own._rows, own._places, own._groups, own._spots, own._kept

    def of(self, relation: str) -> Sequence[Fact]:
        """See :class:`zeren.models.facts.Facts`."""
        return self._nearby.of(relation)


class NearContext(Context):
    """One accident's audit, at the moment that its facts are seen."""

    def __init__(self, nearby: Nearby) -> None:
        self.facts, self.pack, self.on = View(nearby), nearby.pack, nearby.seen
        self.ledgers = nearby.facts.kept("ledgers", Ledgers)
        self.measured = {}
        self._nearby = nearby

    def by_key(self, relation: str, columns: tuple[str, ...], key: tuple[Value, ...]) -> Sequence[Fact]:
        """See :class:`zeren.engine.context.Context`."""
        cells = dict(zip(columns, key, strict=True))
        return [fact for fact in self._nearby.rows(relation, cells)[1]() if all(self.facts.get(fact, name) == value for name, value in cells.items())]

    def by_id(self, relation: str, id: Value) -> Fact | None:
        """See :class:`zeren.engine.context.Context`."""
        return next((fact for fact, _ in self.facts.where(relation, "id", id)), None)

    def territory(self, bearer: str) -> str | None:
        """See :class:`zeren.engine.context.Context`."""
        return next((str(row["territory"]) for _, row in self.facts.where("unit", "id", self.ledgers.unit(bearer)) if row["territory"]), None)

    def level(self, bearer: str) -> str | None:
        """See :class:`zeren.engine.context.Context`."""
        return next((str(row["level"]) for _, row in self.facts.where("territory", "id", self.territory(bearer))), None)

