"""Values as whole numbers, the only kind of value that durable-rules compares, joins and orders without surprises.

Equal values have equal codes, and a smaller number, moment or duration never has a greater code: what the codes cannot tell
apart, the check of every match does.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from zeren.engine.derive.closures import CLOSURES
from zeren.models.facts import Facts, Value

#: durable-rules clamps beyond 63 bits; one bit is kept in reserve.
MOST: Final = 2**62
_FNV_BASIS: Final = 0x811C9DC5
_FNV_PRIME: Final = 0x01000193


class Codes:
    """Codes of values; texts are numbered as they come."""

    def __init__(self) -> None:
        self._texts: dict[str, int] = {}

    def code(self, value: Value) -> int | None:
        """The code of a value; nothing for a missing one."""
        if value is None:
            return None
        if isinstance(value, str):
            return self._texts.setdefault(value, len(self._texts) + 1)
        if isinstance(value, Decimal):
            value = int(value.scaleb(4).to_integral_value(ROUND_FLOOR))
        return max(-MOST, min(MOST, int(value)))


class Store:
    """The facts as rows of values and, column by column, as codes; derived closures are walked when first asked for."""

    def __init__(self, facts: Facts, on: int) -> None:
        self.facts, self.codes = facts, Codes()
        self._on = on
        self._rows: dict[str, list[tuple[Value, ...]]] = {}
        self._columns: dict[tuple[str, int], list[int | None]] = {}

    def extend(self, facts: Facts, relations: Sequence[str]) -> None:
        """Replace ``relations`` by what ``facts`` now holds."""
        self.facts = facts
        self._rows = {name: rows for name, rows in self._rows.items() if name not in relations}
        self._columns = {key: column for key, column in self._columns.items() if key[0] not in relations}

    def rows(self, relation: str) -> list[tuple[Value, ...]]:
        """The values of the facts of a relation, by index."""
        if relation not in self._rows:
            found = self.facts.of(relation)
            if relation in CLOSURES and not found:
                found = Facts(CLOSURES[relation].walk(self.facts, self._on), self.facts.schema).of(relation)
            self._rows[relation] = [fact.values for fact in found]
        return self._rows[relation]

    def column(self, relation: str, at: int) -> list[int | None]:
        """The codes of one column, by index of the fact."""
        key = (relation, at)
        if key not in self._columns:
            self._columns[key] = [self.codes.code(values[at]) for values in self.rows(relation)]
        return self._columns[key]


def fnv(text: str) -> int:
    """The 32-bit hash by which durable-rules knows facts, properties and aliases; it never compares the names themselves."""
    found = _FNV_BASIS
    for byte in text.encode():
        found = (found ^ byte) * _FNV_PRIME & 0xFFFFFFFF
    return found


def identities(count: int, hashed: dict[int, int] | None = None) -> list[int]:
    """``count`` ascending numbers from 1 that durable-rules can tell apart; ``hashed`` are hashes already taken, by number."""
    taken = {} if hashed is None else hashed
    found: list[int] = []
    number = 0
    while len(found) < count:
        number += 1
        if taken.setdefault(fnv(str(number)), number) == number:
            found.append(number)
    return found
