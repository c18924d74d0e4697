"""Facts → the rows of sheets; reading them gives the same facts.

What fits a handy column (上级单位 of a unit, 检查人 of a record) goes there; what does not keeps a row of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Final

from zeren.models.facts import Facts, Value
from zeren.models.flatten_records import detail_value
from zeren.models.moments import DAY, moment_of
from zeren.models.nodes import Node
from zeren.models.problems import NOWHERE
from zeren.models.registry import RECORD_KINDS
from zeren.models.relations import RELATIONS, Column, Relation
from zeren.models.rows import Reader
from zeren.models.vocabulary import STATED_ABSENT
from zeren.models.workbook.columns import SHEET_OF, SHEETS, UNIT_WORDS, Field, Sheet
from zeren.models.workbook.values import joined, pieces


class Nothing(Enum):
    """What is written where a column with a default holds nothing; a text “—” is told apart from it."""

    SAID = "—"


#: Relations of which rows that differ in one column become one row with several values there.
_MANY: Final = {"document": "party", "waiver": "per", "ledger": "kind"}
_BACK: Final = {"start": 0, "end": DAY - 1, "after": DAY}
Own = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as a cell: seconds, and whether it is a bare date."""

    seconds: int
    bare: bool

    @property
    def text(self) -> str:
        """As an author writes it: ``2024-03-05`` or ``2024-03-05 09:30``."""
        clock = moment_of(self.seconds)
        day = f"{clock.year:04}-{clock:%m-%d}"
        return day if self.bare else f"{day} {clock:%H:%M}" + (f":{clock.second:02}" if clock.second else "")


#: What a cell is to hold: text, several words, a number, yes or no, a moment, or nothing.
Out = str | list[str] | Decimal | bool | Moment | Nothing | None


def moment(value: int, day: str) -> Moment:
    """The cell of a moment in a column that reads bare dates as ``day`` says."""
    bare = (value - _BACK[day]) % DAY == 0
    return Moment(value - _BACK[day] if bare else value, bare)


def cell(column: Column, value: Value) -> Out:
    """The cell of one value."""
    if isinstance(value, int) and not isinstance(value, bool):
        return moment(value, column.day)
    return value


def sheet_rows(facts: Facts, formerly: Mapping[str, Sequence[str]]) -> dict[str, list[dict[str, Out]]]:
    """The rows of every sheet by its name, in the order in which they were written: key → cell. Sheets without rows are left out."""
    rest = {relation: [dict(zip(RELATIONS[relation].names, fact.values, strict=True)) for fact in sorted(facts.of(relation), key=lambda fact: fact.place)]
            for relation in (sheet.relation for sheet in SHEETS.values())}
    units = _units(rest, formerly)
    found = {"单位": units, "文件载明": _covers(rest["covers"]), "记录": _records(rest)}
    found |= {SHEET_OF[relation].name: _grouped(relation, many, rest[relation]) for relation, many in _MANY.items()}
    for sheet in SHEETS.values():
        if sheet.name not in found:
            found[sheet.name] = [_row(RELATIONS[sheet.relation], own) for own in rest[sheet.relation]]
    _say_nothing(found, rest)
    return {name: found[name] for name in SHEETS if found[name]}


def _row(relation: Relation, own: Own) -> dict[str, Out]:
    return {column.name: cell(column, own[column.name]) for column in relation.columns if own[column.name] is not None}


def _units(rest: dict[str, list[dict[str, Value]]], formerly: Mapping[str, Sequence[str]]) -> list[dict[str, Out]]:
    rows = {own["id"]: _row(RELATIONS["unit"], own) for own in rest["unit"]}
    committees = {own["id"] for own in rest["unit"] if own["kind"] == "党委"}
    for key, (_, relation, mine, word) in UNIT_WORDS.items():
        kept = []
        for own in rest[relation]:
            plain = all(value is None for name, value in own.items() if name not in (mine, word, "kind")) and own.get("kind", "领导") == "领导"
            fits = own[mine] in rows and plain and own[word] != STATED_ABSENT and not (key == "pair" and own[mine] in committees)
            if fits:
                _add(rows[own[mine]], key, str(own[word]))
            else:
                kept.append(own)
        rest[relation] = kept
    for name, owners in formerly.items():
        for owner in owners:
            if owner in rows:
                _add(rows[owner], "formerly", name)
    return list(rows.values())


def _add(row: dict[str, Out], key: str, word: str) -> None:
    words = row.setdefault(key, [])
    assert isinstance(words, list)
    words.append(word)


def _grouped(relation: str, many: str, rows: Sequence[Own]) -> list[dict[str, Out]]:
    """Rows that differ in one column only, as one row with several values."""
    found: dict[tuple[Value, ...], dict[str, Out]] = {}
    for own in rows:
        key = (*(value for name, value in own.items() if name != many), own[many] is None)
        row = found.setdefault(key, _row(RELATIONS[relation], {**own, many: None}))
        if own[many] is not None:
            _add(row, many, str(own[many]))
    return list(found.values())


def _covers(rows: Sequence[Own]) -> list[dict[str, Out]]:
    """One row for each line of a document, its kinds as columns."""
    found: dict[tuple[Value, ...], dict[str, Out]] = {}
    for own in rows:
        key = (own["document"], own["row"], own["number"])
        row = found.setdefault(key, _row(RELATIONS["covers"], {**own, "kind": None, "subject": None}))
        if own["row"] is None:
            row["row"] = Nothing.SAID
        _add(row, str(own["kind"]), str(own["subject"]))
    return list(found.values())


def _records(rest: dict[str, list[dict[str, Value]]]) -> list[dict[str, Out]]:
    """Records with the details that a column can hold; the others stay rows of 记录要素."""
    fields = {about.key: about for about in SHEETS["记录"].fields if about.group == "detail"}
    details: defaultdict[tuple[Value, Value], list[dict[str, Value]]] = defaultdict(list)
    for own in rest["detail"]:
        details[own["record"], own["key"]].append(own)
    rows = {own["id"]: _row(RELATIONS["record"], own) for own in rest["record"]}
    kinds = {own["id"]: str(own["kind"]) for own in rest["record"]}
    kept = []
    for (record, key), found in details.items():
        about = fields.get(str(key))
        if about is not None and record in rows and _inline(about, kinds[record], found):
            words = [str(own["value"]) for own in found]
            rows[record][about.key] = words if about.several else words[0]
        else:
            kept += found
    rest["detail"] = kept
    return list(rows.values())


def _inline(about: Field, kind: str, found: Sequence[Own]) -> bool:
    words = [str(own["value"]) for own in found]
    return (about.several or len(found) == 1) and all(_follows(kind, own) for own in found) and (not about.several or list(pieces(joined(words))) == words)


def _follows(kind: str, own: Own) -> bool:
    """Whether the registry gives the same number for the written value."""
    key = RECORD_KINDS.get(kind, {}).get(str(own["key"]))
    if key is None or not isinstance(own["value"], str):
        return own["number"] is None
    return detail_value(str(own["key"]), key, Node(own["value"], NOWHERE), Reader()) == (own["value"], own["number"])


def _say_nothing(found: Mapping[str, list[dict[str, Out]]], rest: Mapping[str, Sequence[Own]]) -> None:
    """Say “—” where an empty cell would be filled from elsewhere."""
    kinds = {own["id"]: str(own["kind"]) for own in rest["record"]}
    for own, line in zip(rest["detail"], found["记录要素"], strict=True):
        if _follows(kinds.get(own["record"], ""), own):
            line.pop("number", None)
        else:
            line.setdefault("number", Nothing.SAID)
    seats = {own["id"] for own in rest["unit"] if own["territory"] is not None}
    for row in found["职责"]:
        if "territory" not in row and row["unit"] in seats:
            row["territory"] = Nothing.SAID


def written_fields(sheet: Sheet, rows: Iterable[Mapping[str, Out]]) -> list[Field]:
    """The fields that a sheet needs: its columns, and of the handy ones those in use."""
    used = {key for row in rows for key in row}
    hidden = {"kind", "subject"} if sheet.relation == "covers" else set()
    return [about for about in sheet.fields if (about.group == "column" and about.key not in hidden - used) or about.key in used]
