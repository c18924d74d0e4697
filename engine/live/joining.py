"""Events checked against what is there: only the new rows and their neighbours are looked at, not the whole organisation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from zeren.engine.live.book import Book
from zeren.models.checks import Index, check_rows
from zeren.models.facts import Fact, Value
from zeren.models.nodes import Node
from zeren.models.problems import Place, Problems
from zeren.models.relations import AUTHORED, RELATIONS
from zeren.models.rows import Draft

_IDS: Final = frozenset(name for name, relation in RELATIONS.items() if relation.key == ("id",))
#: Columns that may name things of several kinds without saying so in the catalogue.
_LOOSE: Final = (("portfolio", "subject"), ("covers", "subject"), ("stat", "holder"), ("waiver", "bearer"))
#: Relation → the columns that may name one of its facts.
_REFERRING: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    name: tuple((relation.name, column.name) for relation in AUTHORED for column in relation.columns
                if name in column.refers or (relation.name, column.name) in _LOOSE)
    for name in sorted(_IDS)
}
#: Relations in which a new row may clash with rows that agree with it in this column, or with rows above it in a tree.
_BESIDE: Final = {"appointment": ("post",), "pair": ("party", "government")}
#: How many rows that name something that was to leave are listed.
_SHOWN: Final = 5
_ABOVE: Final = {"territory": ("id", "parent"), "industry": ("id", "parent"), "subordination": ("unit", "superior")}


class Joined(Index):
    """The ids of a book and of the rows that join it, without those that leave."""

    def __init__(self, book: Book, rows: Mapping[str, Sequence[Draft]], gone: set[Fact], formerly: Mapping[str, set[str]]) -> None:
        super().__init__(rows, formerly)
        self.ids = cast("dict[str, dict[str, Draft]]", {name: _Ids(book, name, own, gone) for name, own in self.ids.items()})


class _Ids(Mapping[str, Draft]):
    def __init__(self, book: Book, relation: str, own: dict[str, Draft], gone: set[Fact]) -> None:
        self._book, self._relation, self._own, self._gone = book, relation, own, gone

    def _facts(self, id: object) -> list[Fact]:
        rows = self._book.all.select(self._relation, id=cast(Value, id)) if isinstance(id, str) else []
        return [fact for fact in rows if fact not in self._gone]

    def __getitem__(self, id: str) -> Draft:
        if id in self._own:
            return self._own[id]
        facts = self._facts(id)
        if not facts:
            raise KeyError(id)
        return draft_of(facts[0])

    def __contains__(self, id: object) -> bool:
        return id in self._own or bool(self._facts(id))

    def __iter__(self) -> Iterator[str]:
        others = (str(fact.values[0]) for fact in self._book.all.all(self._relation) if fact not in self._gone)
        return iter(dict.fromkeys((*self._own, *others)))

    def __len__(self) -> int:
        return self._book.all.count(self._relation) + len(self._own)


def draft_of(fact: Fact, entries: dict[Any, Node] | None = None) -> Draft:
    """A fact as a row to be checked; rows with one id and place count as one entry."""
    entry = Node({}, fact.place)
    if entries is not None:
        entry = entries.setdefault((fact.relation, fact.values[0], fact.place), entry)
    return Draft(fact.relation, list(fact.values), fact.place, {}, entry)


def check_joining(book: Book, drafts: Sequence[Draft], gone: Iterable[Fact], formerly: Mapping[str, set[str]], leaving: Place,
                  problems: Problems) -> None:
    """Check rows that join ``book`` when ``gone`` has left; former names in them are replaced.

    Problems of neighbours count only where the change brings them: rows that name something that leaves, told at ``leaving``.
    """
    left = set(gone)
    entries: dict[Any, Node] = {}
    rows: defaultdict[str, list[Draft]] = defaultdict(list)
    orphans = list(dict.fromkeys(_orphans(book, drafts, left)))
    for fact in dict.fromkeys((*_neighbours(book, drafts, left), *orphans)):
        rows[fact.relation].append(draft_of(fact, entries))
    for draft in drafts:
        rows[draft.relation].append(draft)
    index, found = Joined(book, rows, left, formerly), Problems()
    check_rows(rows, index, found)
    lost = {problem.place for problem in found.errors} & {fact.place for fact in orphans} - {draft.place for draft in drafts}
    problems.items += [problem for problem in found if problem.place not in lost]
    _still_named([fact for fact in orphans if fact.place in lost], leaving, problems)
    _apart(drafts, index, problems)


def _still_named(orphans: Sequence[Fact], place: Place, problems: Problems) -> None:
    """Say once which rows name something that was to leave."""
    if orphans:
        where = [f"{RELATIONS[fact.relation].label}（{fact.place}）" for fact in orphans]
        shown = "、".join(sorted(where)[:_SHOWN]) + (f" 等 {len(where)} 处" if len(where) > _SHOWN else "")
        problems.add(place, "EVT-引用", f"还被别处引用着，不能撤回：{shown}", "先改掉或撤回这些（可以写在同一个事件里）；单位、岗位不再存在的，宜写 until，不必撤回")


def leaning(book: Book, facts: Sequence[Fact]) -> list[Fact]:
    """``facts`` and everything that cannot stand without them: details, rows of a document, holders of a post."""
    found = dict.fromkeys(facts)
    frontier = list(found)
    while frontier:
        ids = {(fact.relation, fact.values[0]) for fact in frontier if fact.relation in _IDS}
        ids = {(name, id) for name, id in ids if all(fact in found for fact in book.all.select(name, id=id))}
        frontier = [fact for name, id in sorted(ids, key=repr) for relation, column in _REFERRING[name]
                    if RELATIONS[relation].column(column).required and name in RELATIONS[relation].column(column).refers  # type: ignore[union-attr]
                    for fact in book.all.select(relation, **{column: id}) if fact not in found]
        found.update(dict.fromkeys(frontier))
    return list(found)


def _orphans(book: Book, drafts: Sequence[Draft], gone: set[Fact]) -> Iterator[Fact]:
    """The rows that name something that leaves and does not come back."""
    back = {(draft.relation, draft.values[0]) for draft in drafts}
    for fact in gone:
        if fact.relation in _IDS and (fact.relation, fact.values[0]) not in back:
            for relation, column in _REFERRING[fact.relation]:
                yield from (one for one in book.all.select(relation, **{column: fact.values[0]}) if one not in gone)


def _neighbours(book: Book, drafts: Sequence[Draft], gone: set[Fact]) -> Iterator[Fact]:
    """The rows with which new ones may clash."""
    for draft in drafts:
        relation, found = draft.relation, list[Fact]()
        if (key := RELATIONS[relation].key) and all(draft.get(column) is not None for column in key):
            found += book.all.select(relation, **{column: draft.get(column) for column in key})
        for column in _BESIDE.get(relation, ()):
            found += book.all.select(relation, **{column: draft.get(column)}) if draft.get(column) is not None else []
        if relation in _ABOVE:
            found += _above(book, relation, draft)
        yield from (fact for fact in found if fact not in gone)


def _above(book: Book, relation: str, draft: Draft) -> list[Fact]:
    low, high = _ABOVE[relation]
    seen: dict[Fact, None] = {}
    frontier = {draft.get(high)}
    while frontier:
        rows = [fact for one in frontier if one is not None for fact in book.all.select(relation, **{low: one}) if fact not in seen]
        seen.update(dict.fromkeys(rows))
        frontier = {fact.values[RELATIONS[relation].names.index(high)] for fact in rows}
    return list(seen)


def _apart(drafts: Sequence[Draft], index: Index, problems: Problems) -> None:
    """An id that may stand in one column must not name two kinds of things."""
    family = ("unit", "post", "site", "hazard")
    for draft in drafts:
        own = draft.values[0]
        for name in family if draft.relation in family and isinstance(own, str) else ():
            if name != draft.relation and own in index.ids[name]:
                other = index.ids[name][str(own)]
                problems.add(draft.at("id"), "ORG-010", f"{RELATIONS[draft.relation].label}与{RELATIONS[name].label}用了同一个 id“{own}”（{other.place}）",
                             "其中一个改用别的 id，否则引用分不清")
