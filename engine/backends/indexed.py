"""The reference interpreter over an index: the same loops, which skip facts that an equality rules out.

For organisations on which the plain loops take minutes; a test holds it against the plain reference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from zeren.engine.backends.reference import Bindings, Reference, evaluate
from zeren.engine.language.syntax import Atom, variables
from zeren.models.facts import Facts, Value

Rows = dict[Value, list[tuple[int, tuple[Value, ...]]]]


class Indexed(Reference):
    """Nested loops over the facts that share a stated value with the pattern."""

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts, self._candidates)
        self._index: dict[tuple[str, str], Rows] = {}

    def extend(self, facts: Facts, relations: Sequence[str]) -> None:
        """See :class:`zeren.engine.backends.base.Backend`."""
        super().extend(facts, relations)
        self._index = {key: rows for key, rows in self._index.items() if key[0] not in relations}

    def _candidates(self, atom: Atom, bindings: Bindings) -> Iterable[tuple[int, tuple[Value, ...]]]:
        """The facts of the smallest group that one equality of the pattern leaves; all of them where it has none."""
        best: list[tuple[int, tuple[Value, ...]]] | None = None
        for test in atom.tests:
            if test.op == "eq" and set(variables(test.operands[0])) <= set(bindings):
                group = self._by(atom.relation, test.column).get(evaluate(test.operands[0], bindings), [])
                best = group if best is None or len(group) < len(best) else best
        return best if best is not None else self._scan(atom, bindings)

    def _by(self, relation: str, column: str) -> Rows:
        key = (relation, column)
        if key not in self._index:
            at = self.facts.schema[relation].names.index(column)
            grouped: defaultdict[Value, list[tuple[int, tuple[Value, ...]]]] = defaultdict(list)
            for index, fact in enumerate(self.facts.of(relation)):
                grouped[fact.values[at]].append((index, fact.values))
            self._index[key] = dict(grouped)
        return self._index[key]
