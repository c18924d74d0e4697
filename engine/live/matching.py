"""Patterns as chained functions over the store, as in the indexed back end, but from any start: from what is known of an
instance, from one fact that is new, or from nothing. Looks are tracked, comparisons with the present note when they turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import ceil, sqrt
from typing import Any, Final

from zeren.engine.backends.terms import COMPARE, OPEN, Getter, Predicate, Slots, predicate_of, value_of
from zeren.engine.evaluate import RESULTS
from zeren.engine.language.syntax import ON, AtLeast, Atom, Compare, Let, Step, Test, Var, step_variables
from zeren.engine.live.prepare import LATER, arranged, dated, names_of, parted
from zeren.engine.live.store import Store
from zeren.models.facts import Fact

#: Continues with the next step: slots, and whether no comparison met a missing value.
Next = Callable[[Slots, bool], None]
Make = Callable[[Next], Next]
#: The columns of results that few facts share.
_TELLING: Final = frozenset({"bearer", "per", "territory"})


class Enough(Exception):
    """One match of the rest was all that was asked for."""


class Chain:
    """A compiled conjunction: ``slots`` says where each variable, and by ``#n`` the fact of step n, stands."""

    __slots__ = ("run", "slots")

    def __init__(self, run: Next, slots: dict[str, int]) -> None:
        self.run, self.slots = run, slots

    def start(self, on: int) -> Slots:
        """Empty slots at a moment."""
        return [on, *[None] * (len(self.slots) - 1)]


class Matcher:
    """Compiles conjunctions over one store.

    ``possible``: comparisons that meet a missing value count as possible. ``timeless``: comparisons with the present are left
    out, so that all is found that may ever match while the facts stay as they are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def chain(self, steps: Sequence[Step], bound: Sequence[str], last: Callable[[dict[str, int]], Next], *, possible: bool = False,
              timeless: bool = False, seed: int | None = None, once: Sequence[str] | None = None) -> Chain:
        """Compile prepared ``steps``; variables ``bound`` have values from the start.

        Args:
            last: makes what is called with each match, once the slots are known.
            seed: the place of a pattern that is matched first, against the fact in the slot ``#seed`` alone.
            once: when these variables are bound, ``last`` is asked whether the rest is wanted (see :meth:`_gate`).
        """
        slots = {ON: 0}
        for name in bound:
            slots[name] = len(slots)
        order: list[tuple[int, Step]] = list(enumerate(steps))
        known = set(bound)
        if seed is not None:
            slots["#seed"] = len(slots)
            _, whole = order.pop(seed)
            assert isinstance(whole, Atom)
            first, rest = parted(whole)
            known |= set(step_variables(first))
            order = [(seed, first), *arranged([(LATER, rest), *order], known, self._estimate)]
        else:
            order = list(arranged(order, known, self._estimate))
        makers: list[Make] = []
        gated = once is None
        for at, step in order:
            if not gated and set(once or ()) <= set(slots):
                makers.append(_gate)
                gated = True
            if timeless and dated(step):
                if isinstance(step, Atom):
                    step = Atom(step.relation, tuple(test for test in step.tests if ON not in names_of(test)), step.place)
                else:
                    continue
            makers.append(self._step(at, step, slots, possible, seeded=at in (seed, LATER)))
        if not gated:
            makers.append(_gate)
        run = last(slots)
        for make in reversed(makers):
            run = make(run)
        return Chain(run, slots)

    def _estimate(self, atom: Atom, columns: frozenset[str]) -> float:
        """About how many facts a pattern yields where ``columns`` are known.

        Words of a closed vocabulary count for little: who looks them up shares a bucket with everybody else who does.
        """
        store, shape = self._store, self._store.schema[atom.relation]
        if shape.key and set(shape.key) <= columns:
            return 1
        if atom.relation in RESULTS and not columns & _TELLING:  # empty as yet; by which rule or item somebody failed tells little
            return 2 + store.count("unit")
        size = store.count(atom.relation) or 1
        telling = sum(not shape.columns[shape.names.index(name)].vocabulary for name in columns)
        if telling:
            return 2 + sqrt(sqrt(size)) / telling
        return 2 + size / (1 + 4 * len(columns))

    def _step(self, at: int, step: Step, slots: dict[str, int], possible: bool, seeded: bool = False) -> Make:
        if isinstance(step, Atom):
            return self._atom(f"#{at}", step, slots, possible, seeded)
        if isinstance(step, AtLeast):
            return self._at_least(f"#{at}", step, slots)
        if isinstance(step, Let):
            value, known = value_of(step.expr, slots), step.name in slots
            slot = slots.setdefault(step.name, len(slots))
            return lambda following: (_agree if known else _bind)(slot, value, following)
        return self._condition(step, slots, possible)

    def _atom(self, name: str, atom: Atom, slots: dict[str, int], possible: bool, seeded: bool) -> Make:
        store, tracker, names = self._store, self._store.tracker, self._store.schema[atom.relation].names
        keys: list[tuple[int, Getter]] = []
        binds: list[tuple[int, int]] = []
        tests: list[tuple[Predicate, bool]] = []
        before = {one for one in slots if one != ON}
        for test in sorted(atom.tests, key=_does_not_bind):  # what a test needs may be bound beside it
            term = test.operands[0]
            if test.op == "eq" and isinstance(term, Var) and term.name not in slots:
                slots[term.name] = len(slots)
                binds.append((slots[term.name], names.index(test.column)))
            elif test.op == "eq" and not seeded and names_of(test) <= before:
                keys.append((names.index(test.column), value_of(term, slots)))
            elif ON in names_of(test):
                tests.append((self._timed(test, names, slots), possible and test.op in OPEN))
            else:
                tests.append((predicate_of(test, names, slots), possible and test.op in OPEN))
        # Two terms for one column: one of them is the key, the other must say the same.
        chosen: dict[int, Getter] = {}
        for at, getter in keys:
            if at in chosen:
                tests.append((_same(at, getter), False))
            chosen.setdefault(at, getter)
        columns = tuple(sorted(chosen))
        getters = [chosen[at] for at in columns]
        own, seed = slots.setdefault(name, len(slots)), slots.get("#seed", 0)
        buckets = None if seeded else store.index(atom.relation, columns)
        single = getters[0] if len(getters) == 1 else None

        def make(following: Next) -> Next:
            def run(env: Slots, certain: bool) -> None:
                if buckets is None:
                    rows: Iterable[Fact] = (env[seed],)
                else:
                    if single is not None:
                        key = single(env)
                        if key is None:
                            return
                    else:
                        several = tuple([get(env) for get in getters])
                        if None in several:
                            return
                        key = several or True
                    bucket = buckets.bucket(key)
                    tracker.read(bucket)
                    rows = bucket.rows
                for fact in rows:
                    values = fact.values
                    for slot, at in binds:
                        env[slot] = values[at]
                    sure = certain
                    for predicate, may_be_open in tests:
                        holds = predicate(values, env)
                        if not holds:
                            if holds is False or not may_be_open:
                                break
                            sure = False
                    else:
                        env[own] = fact
                        following(env, sure)

            return run

        return make

    def _at_least(self, name: str, step: AtLeast, slots: dict[str, int]) -> Make:
        number, own = value_of(step.n, slots), slots.setdefault(name, len(slots))
        found: list[tuple[Any, tuple[Fact, ...]]] = []
        bound = set(slots)
        inner = {f"{name}.{at}": one for at, one in enumerate(step.of)}
        makers = [self._inner(f"{name}.{at}", one, slots) for at, one in arranged(enumerate(step.of), bound, self._estimate)]
        facts = [slots[key] for key, one in inner.items() if isinstance(one, Atom)]
        distinct = slots[step.distinct]

        def note(env: Slots, certain: bool) -> None:  # noqa: ARG001
            found.append((env[distinct], tuple([env[at] for at in facts])))

        run_inner: Next = note
        for make_inner in reversed(makers):
            run_inner = make_inner(run_inner)

        def make(following: Next) -> Next:
            def run(env: Slots, certain: bool) -> None:
                found.clear()
                run_inner(env, True)
                count, least = len({value for value, _ in found if value is not None}), number(env)
                if count and least is not None and count >= least:
                    env[own] = tuple(tuple({id(row[at]): row[at] for _, row in found}.values()) for at in range(len(facts)))
                    following(env, certain)

            return run

        return make

    def _inner(self, name: str, step: Step, slots: dict[str, int]) -> Make:
        if isinstance(step, Atom):
            return self._atom(name, step, slots, False, False)
        return self._step(0, step, slots, False)

    def _condition(self, step: Compare, slots: dict[str, int], possible: bool) -> Make:
        left, right, compare = value_of(step.left, slots), value_of(step.right, slots), COMPARE[step.op]
        turns = self._turns if dated(step) else None

        def make(following: Next) -> Next:
            def run(env: Slots, certain: bool) -> None:
                a, b = left(env), right(env)
                if a is None or b is None:
                    if possible:
                        following(env, False)
                    return
                if turns is not None:
                    turns(env, left, right)
                if compare(a, b):
                    following(env, certain)

            return run

        return make

    # -- the present -------------------------------------------------------------------------------------------

    def _timed(self, test: Test, names: tuple[str, ...], slots: dict[str, int]) -> Predicate:
        """A test against the present: as ever, and the moments at which its comparisons turn are noted."""
        plain, operands = predicate_of(test, names, slots), [value_of(operand, slots) for operand in test.operands]
        if test.op in ("at", "overlaps"):
            places = [names.index("until"), names.index("since")]
            pairs = list(zip([operands[0], operands[-1]], places, strict=True))
        elif test.op == "present":
            return plain
        else:
            pairs = [(operand, names.index(test.column)) for operand in operands]

        def holds(values: tuple[Any, ...], env: Slots) -> bool | None:
            for operand, at in pairs:
                value = values[at]
                self._turns(env, operand, lambda env, value=value: value)  # type: ignore[misc] # noqa: ARG005
            return plain(values, env)

        return holds

    def _turns(self, env: Slots, left: Getter, right: Getter) -> None:
        """Note when the difference of two values reaches or leaves zero, as time goes on."""
        a, b = left(env), right(env)
        if a is None or b is None or isinstance(a, str) or isinstance(b, str):
            return
        now, gap = env[0], a - b
        env[0] = now + 1
        pace = left(env) - right(env) - gap
        env[0] = now
        if pace and (gap == 0 or (gap < 0) != (pace < 0)):
            self._store.tracker.flip(now + max(1, ceil(abs(gap) / abs(pace))))


def _does_not_bind(test: Test) -> bool:
    return test.op != "eq" or not isinstance(test.operands[0], Var)


def _gate(following: Next) -> Next:
    """One match of the rest will do: whoever has it raises :class:`Enough`."""
    def run(env: Slots, certain: bool) -> None:
        try:
            following(env, certain)
        except Enough:
            return

    return run


def _bind(slot: int, value: Getter, following: Next) -> Next:
    def run(env: Slots, certain: bool) -> None:
        env[slot] = value(env)
        following(env, certain)

    return run


def _agree(slot: int, value: Getter, following: Next) -> Next:
    """A ``let`` whose variable got its value from a pattern that was looked at before: the two must be equal, as if written in that order."""
    def run(env: Slots, certain: bool) -> None:
        other = value(env)
        if other is not None and env[slot] == other:
            following(env, certain)

    return run


def _same(at: int, getter: Getter) -> Predicate:
    def holds(values: tuple[Any, ...], env: Slots) -> bool | None:
        other = getter(env)
        return None if values[at] is None or other is None else values[at] == other

    return holds
