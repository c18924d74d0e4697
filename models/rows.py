"""Reads one entry by its shape into draft rows; every problem gets the place of the value or key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2s
from itertools import product
from typing import Final

from zeren.models.cells import convert, expected_entry, expected_list
from zeren.models.facts import Value
from zeren.models.moments import moment_of
from zeren.models.nodes import Node
from zeren.models.problems import Place, Problems, choices, nearest
from zeren.models.relations import RELATIONS, Column
from zeren.models.shapes import Shape

_WIDTH: Final = {name: len(relation.columns) for name, relation in RELATIONS.items()}
_INDEX: Final[Mapping[str, Mapping[str, int]]] = {
    name: {column.name: index for index, column in enumerate(relation.columns)}
    for name, relation in RELATIONS.items()
}
_NO_EXTRA: Final[dict[str, Column]] = {}


def index_of(relation: str, column: str) -> int:
    """Return the position of a column."""
    return _INDEX[relation][column]


class Draft:
    """A row before references are checked: its values, the place of the entry, and the places of written values.

    ``entry`` is the written entry; one entry may give several rows.
    """

    __slots__ = ("entry", "place", "places", "relation", "values")

    def __init__(
        self, relation: str, values: list[Value], place: Place, places: dict[int, Place], entry: Node
    ) -> None:
        self.relation = relation
        self.values = values
        self.place = place
        self.places = places
        self.entry = entry

    def get(self, column: str) -> Value:
        """Return the value of ``column``."""
        return self.values[_INDEX[self.relation][column]]

    def text(self, column: str) -> str | None:
        """Return the value of ``column`` if it is text."""
        value = self.values[_INDEX[self.relation][column]]
        return value if isinstance(value, str) else None

    def put(self, column: str, value: Value) -> None:
        """Set the value of ``column``."""
        self.values[_INDEX[self.relation][column]] = value

    def at(self, column: str) -> Place:
        """Return where ``column`` is written, else where the entry starts."""
        return self.places.get(_INDEX[self.relation][column], self.place)


class Reader:
    """Collects draft rows, former names and problems while entries are read."""

    def __init__(self) -> None:
        self.problems = Problems()
        self.drafts: list[Draft] = []
        self.formerly: dict[str, set[str]] = {}

    def fill(
        self,
        shape: Shape,
        node: Node,
        given: Mapping[str, Value] | None = None,
        more: Mapping[str, object] = _NO_EXTRA,
    ) -> list[Draft]:
        """Read ``node`` as an entry of ``shape``; ``given`` are values of the surrounding entry.

        ``more`` are further keys that the caller reads itself. Nothing is returned if the node is no entry.
        """
        if not isinstance(node.value, dict):
            if node.text and shape.lone:
                node = Node({shape.lone: node}, node.place, {shape.lone: node.place})
            else:
                expected_entry(node, shape.label, self.problems, shape.keys)
                return []
        values: list[Value] = [None] * _WIDTH[shape.relation]
        places: dict[int, Place] = {}
        several: list[tuple[int, list[tuple[Value, Place]]]] = []
        for key, child in node.fields.items():
            column = shape.columns.get(key)
            if column is None:
                if key not in shape.extras and key not in more:
                    self.unknown(node, key, (*shape.keys, *more), shape.label)
            elif isinstance(child.value, tuple) and key in shape.several:
                cells = [(convert(column, item, self.problems, key), item.place) for item in child.value]
                if cells:
                    several.append((shape.places[key], cells))
                    places[shape.places[key]] = child.place
            elif child.value is not None and child.value != "":
                index = shape.places[key]
                values[index] = convert(column, child, self.problems, key)
                places[index] = child.place
        self._required(shape, node, places)
        for name, value in (given or {}).items():
            index = _INDEX[shape.relation][name]
            if values[index] is None and index not in places:
                values[index] = value
        return self._keep(Draft(shape.relation, values, node.place, places, node), several)

    def _keep(self, draft: Draft, several: list[tuple[int, list[tuple[Value, Place]]]]) -> list[Draft]:
        if not several:
            self.drafts.append(draft)
            return [draft]
        rows = []
        for combination in product(*(cells for _, cells in several)):
            values, places = list(draft.values), dict(draft.places)
            for (index, _), (value, place) in zip(several, combination, strict=True):
                values[index], places[index] = value, place
            rows.append(Draft(draft.relation, values, draft.place, places, draft.entry))
        self.drafts.extend(rows)
        return rows

    def _required(self, shape: Shape, node: Node, places: Mapping[int, Place]) -> None:
        missing = [key for key in shape.required if shape.places[key] not in places]
        for key in missing:
            column = shape.columns[key]
            hint = f"补上 {key}: …"
            if column.vocabulary is not None:
                from zeren.models.vocabulary import VOCABULARIES

                hint += f"，可用的有 {choices(VOCABULARIES[column.vocabulary])}"
            near = next((word for word in node.fields if word not in shape.keys and nearest(word, [key])), None)
            if near is not None:
                hint += f"；“{near}”是否应为“{key}”"
            self.problems.add(node.place, "ORG-002", f"{shape.label}缺少 {key}", hint)

    def add(self, relation: str, values: Mapping[str, Value], node: Node, written: str = "") -> Draft:
        """Add a row whose values are known; ``written`` is the column that ``node`` itself is the value of."""
        row: list[Value] = [None] * _WIDTH[relation]
        index = _INDEX[relation]
        for name, value in values.items():
            row[index[name]] = value
        draft = Draft(relation, row, node.place, {index[written]: node.place} if written else {}, node)
        self.drafts.append(draft)
        return draft

    def words(self, node: Node | None, column: Column, key: str) -> Iterator[tuple[str, Node]]:
        """Yield one or several words of ``column``."""
        for item in self.one_or_more(node):
            if item.value is not None:
                value = convert(column, item, self.problems, key)
                if isinstance(value, str):
                    yield value, item

    def one_or_more(self, node: Node | None) -> tuple[Node, ...]:
        """Return the elements of a list, or the single value; nothing where nothing is written."""
        if node is None or node.value is None:
            return ()
        return node.items if isinstance(node.value, tuple) else (node,)

    def entries(self, node: Node | None, what: str) -> tuple[Node, ...]:
        """Return the elements of a list, after recording a problem if it is none."""
        if node is None or node.value is None:
            return ()
        if not isinstance(node.value, tuple):
            expected_list(node, what, self.problems)
        return node.items

    def unknown(self, node: Node, key: str, known: tuple[str, ...], what: str) -> None:
        """Record an unknown key at the place of the key."""
        hint = nearest(key, known)
        allowed = f"可用的键有 {choices(known, 30)}"
        self.problems.add(
            node.keys.get(key, node.place), "ORG-001", f"{what}没有“{key}”这一项", f"{hint}；{allowed}" if hint else allowed
        )


def stable_id(kind: str, moment: Value, node: Node, *context: Value) -> str:
    """Return an id made from the content, the same wherever and in whatever order the entry is written.

    Ten digits: with six, a province's entries of one kind on one day would collide.
    """
    text = f"{kind}\0{context}\0{_canonical(node)}"
    digest = blake2s(text.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()
    day = moment_of(moment).strftime("%Y%m%d-") if isinstance(moment, int) else ""
    return f"{kind}-{day}{digest}"


def _canonical(node: Node) -> str:
    if isinstance(node.value, dict):
        return "{" + ",".join(f"{key!r}:{_canonical(node.value[key])}" for key in sorted(node.value)) + "}"
    if isinstance(node.value, tuple):
        return "[" + ",".join(sorted(_canonical(item) for item in node.value)) + "]"
    return repr(node.value)
