"""What deciding an instance needs besides its matches, looked up in the store, so that every look is noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zeren.engine.backends.reference import evaluate
from zeren.engine.context import Context, Window
from zeren.engine.language.reliance import Reliance
from zeren.engine.language.syntax import ON, Expr, variables
from zeren.engine.ledgers import Ask, Ledgers, merged
from zeren.engine.live.prepare import names_of
from zeren.engine.live.store import Store
from zeren.engine.pack import Pack
from zeren.models.facts import Fact, Facts, Value
from zeren.models.relations import AUTHORED

_AUTHORED = frozenset(relation.name for relation in AUTHORED)
_FAR = 10**12
_NOBODY: frozenset[str] = frozenset()


class LiveContext(Context):
    """The audit of a session: it always speaks of the present moment of the store's tracker."""

    facts: Numbered
    ledgers: LiveLedgers

    def __init__(self, store: Store, pack: Pack) -> None:
        self.store, self.pack = store, pack
        self.facts = Numbered(store)
        self.ledgers = LiveLedgers(store)
        self.measured = {}
        #: For a window, how far its ends that move with the present are from it.
        self._moving: dict[Window, tuple[int, ...]] = {}

    @property
    def on(self) -> int:  # type: ignore[override]
        """The present moment."""
        return self.store.tracker.on

    def sources(self, relation: str, index: int) -> Iterator[Fact]:
        """See :class:`zeren.engine.context.Context`."""
        yield from self.behind(self.facts.of(relation)[index]) if relation in _AUTHORED or relation.startswith("measure.") else ()

    def behind(self, fact: Fact) -> tuple[Fact, ...]:
        """The authored facts behind a matched fact."""
        if fact.relation in _AUTHORED:
            return (fact,)
        return self.measured[fact.relation, fact.values[:-2]][0] if fact.relation.startswith("measure.") else ()

    # -- ledgers ------------------------------------------------------------------------------------------------

    def window(self, reliance: Reliance, bindings: Mapping[str, Value], moment: int) -> Window | None:
        """See :class:`zeren.engine.context.Context`; notes which ends move on with the present."""
        found = super().window(reliance, bindings, moment)
        if found is not None:
            later = {**bindings, ON: self.on + 1}
            ends = [_pace(end, bindings, later) for end in (reliance.start, reliance.end) if end is not None]
            offsets = [end - self.on for end in ends if end is not None] + ([0] if moment >= self.on else [])
            self._moving[found] = tuple(sorted({*offsets, *self._moving.get(found, ())}))
        return found

    def lacking(self, holder: Value, window: Window | None) -> list[Ask] | None:
        """See :class:`zeren.engine.context.Context`."""
        found = super().lacking(holder, window)
        if holder is not None and window is not None and (offsets := self._moving.get(window)):
            tracker = self.store.tracker
            for kind in window[0]:
                for end in self.ledgers.ends(str(holder), kind):
                    for offset in offsets:
                        tracker.flip(end - offset)
                        tracker.flip(end - offset + 1)
        return found

    def _measure(self, relation: str, key: Mapping[str, Value]) -> list[Ask] | None:
        rows = self.store.select(relation, **key)
        asks = [ask for fact in sorted(rows, key=lambda one: self.facts.number(one)) for ask in self.measured[relation, fact.values[:-2]][1]]
        return None if rows and all(fact.values[-1] is True for fact in rows) else asks

    def _contradicted(self, reliance: Reliance, bindings: Mapping[str, Value]) -> bool:
        if any(ON in names_of(test) for test in reliance.tests) or any(_names_on(term) for _, term in reliance.columns):
            self.store.tracker.flip(self.on + 1)
        return super()._contradicted(reliance, bindings)

    def by_key(self, relation: str, columns: tuple[str, ...], key: tuple[Value, ...]) -> list[Fact]:
        """See :class:`zeren.engine.context.Context`."""
        return self.store.select(relation, **dict(zip(columns, key, strict=True)))

    # -- units, places -------------------------------------------------------------------------------------------

    def by_id(self, relation: str, id: Value) -> Fact | None:
        """See :class:`zeren.engine.context.Context`."""
        return min(self.store.select(relation, id=id), key=self.facts.number, default=None)

    def territory(self, bearer: str) -> str | None:
        """See :class:`zeren.engine.context.Context`."""
        found = [str(self.facts.get(fact, "territory")) for fact in self.store.select("unit", id=self.ledgers.unit(bearer))
                 if self.facts.get(fact, "territory")]
        return found[0] if found else None

    def level(self, bearer: str) -> str | None:
        """See :class:`zeren.engine.context.Context`."""
        place = self.territory(bearer)
        return self.level_of(place) if place is not None else None

    def level_of(self, territory: str) -> str | None:
        """The level of a territory."""
        return next((str(self.facts.get(fact, "level")) for fact in self.store.select("territory", id=territory)), None)

    # -- waivers ---------------------------------------------------------------------------------------------------

    def waiver(self, rule: str, key: tuple[Value, ...]) -> tuple[Fact | None, bool]:
        """See :class:`zeren.engine.context.Context`."""
        rows = self.store.select("waiver", rule=rule, bearer=str(key[0]))
        for fact in rows:
            self.store.tracker.span(self.facts.get(fact, "since"), self.facts.get(fact, "until"))
        return Context(Facts(rows, self.pack), self.pack, self.on).waiver(rule, key) if rows else (None, False)

    def waives(self, rule: str) -> bool:  # noqa: ARG002
        """Each instance looks for its own waiver."""
        return True


class Numbered(Facts):
    """The facts of the store by the numbers that a check would give them."""

    def __init__(self, store: Store) -> None:
        super().__init__((), store.schema)
        self._store = store

    def of(self, relation: str) -> list[Fact]:
        """See :class:`zeren.models.facts.Facts`; not tracked, for facts that were matched already."""
        return self._store.ordered(relation).facts

    def number(self, fact: Fact) -> int:
        """The index of a fact in its relation."""
        return self._store.ordered(fact.relation).number(fact)


class LiveLedgers(Ledgers):
    """The declared ledgers, as they are in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.units = _Units(store)  # type: ignore[assignment]
        self._partial = (store.schema["unit"].names.index("partial"),)

    @property
    def partial(self) -> frozenset[str]:  # type: ignore[override]
        """The units whose structure is declared as incomplete."""
        rows = self._store.look("unit", self._partial, (True,))
        return frozenset(str(fact.values[0]) for fact in rows) if rows else _NOBODY

    def closed(self, holder: str, kind: str, start: int, end: int) -> bool:
        """See :class:`zeren.engine.ledgers.Ledgers`."""
        return any(since <= start and end <= until and start < until for since, until in self._of(holder, kind))

    def ends(self, holder: str, kind: str) -> list[int]:
        """The moments at which the ledger opens or closes."""
        return [end for span in self._of(holder, kind) for end in span if abs(end) < _FAR]

    def _of(self, holder: str, kind: str) -> list[tuple[int, int]]:
        rows = self._store.select("ledger", holder=self.unit(holder), kind=kind)
        spans = [(fact.values[2], fact.values[3]) for fact in rows]
        return merged([(since if isinstance(since, int) else -_FAR, until if isinstance(until, int) else _FAR) for since, until in spans])


class _Units(Mapping[str, str]):
    """Of each post the unit that keeps its papers, looked up."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getitem__(self, post: str) -> str:
        if not isinstance(post, str) or not (found := self._store.select("post", id=post)):
            raise KeyError(post)
        return str(found[0].values[self._unit])

    @property
    def _unit(self) -> int:
        return self._store.schema["post"].names.index("unit")

    def __iter__(self) -> Iterator[str]:
        return (str(fact.values[0]) for fact in self._store.all("post"))

    def __len__(self) -> int:
        return self._store.count("post")


def _pace(end: Expr, bindings: Mapping[str, Value], later: Mapping[str, Value]) -> int | None:
    """The value of an end of a window, if it moves on with the present."""
    now, then = evaluate(end, bindings), evaluate(end, later)
    return now if isinstance(now, int) and isinstance(then, int) and now != then else None


def _names_on(term: Expr) -> bool:
    return ON in set(variables(term))
