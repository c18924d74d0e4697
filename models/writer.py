"""Writes an organisation as files again, in the nested form that authors use: the way back from facts to YAML.

Loading what was written gives the same facts; only places, comments and former names are not kept.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, ClassVar, Final

import yaml

from zeren.models.collector import collector_paused
from zeren.models.facts import Fact, Facts, Value
from zeren.models.moments import DAY, format_duration, format_moment, moment_of
from zeren.models.organisation import Organisation
from zeren.models.relations import AUTHORED, RELATIONS, Column, Type
from zeren.models.shapes import SHAPES
from zeren.models.vocabulary import LEVELS, STATED_ABSENT

Entry = dict[str, Any]
Row = dict[str, Value]
Test = Callable[[Row], bool]
#: File → the sections it holds.
FILES: Final[Mapping[str, tuple[str, ...]]] = {
    "机构.yaml": ("name", "on", "since", "profile", "industries", "territories", "units", "sites"),
    "文件.yaml": ("documents",),
    "记录.yaml": ("records",),
    "隐患.yaml": ("hazards",),
    "事故.yaml": ("incidents", "sanctions"),
    "其他.yaml": ("links", "stats", "waivers", "facts"),
}
_FLAT: Final = {"sites": "site", "hazards": "hazard", "links": "link", "stats": "stat", "sanctions": "sanction"}
#: Relations of which one row may stand as a bare word on its unit: relation → (key, the unit's column, the word's column).
_WORDS: Final = {"plate": ("acts_as", "unit", "acts_as"), "operates": ("industries", "unit", "industry"), "tag": ("tags", "subject", "tag"),
                 "pair": ("pair", "party", "government")}


def write(org: Organisation) -> dict[str, str]:
    """The files of an organisation by name, each as YAML text; files without content are left out."""
    with collector_paused():
        sections = {key: value for key, value in _Writer(org.facts).sections().items() if value}
        sections |= {key: text for key, text in _header(org).items() if text}
        found = {name: {key: sections[key] for key in keys if key in sections} for name, keys in FILES.items()}
        return {name: _dump(content) for name, content in found.items() if content}


def _header(org: Organisation) -> dict[str, str]:
    return {
        "name": org.name, "on": format_moment(org.on, "end") if org.on is not None else "",
        "since": format_moment(org.since) if org.since is not None else "", "profile": org.profile,
    }


class _Writer:
    """Puts rows into the entries they lie in; a row that fits none goes to ``facts``, column by column."""

    def __init__(self, facts: Facts) -> None:
        self._rows = {relation.name: list(facts.of(relation.name)) for relation in AUTHORED}
        self._ids = {name: {row["id"] for row in facts.records(name)} for name in ("unit", "post", "document", "record", "incident", "inquiry")}
        self._seats = {row["id"]: row["territory"] for row in facts.records("unit")}

    def sections(self) -> dict[str, Any]:
        """Every section of the file; what was taken into an entry is no longer among the raw rows."""
        found: dict[str, Any] = {
            "industries": self._tree("industry"), "territories": self._tree("territory"), "units": self._units(),
            "documents": self._documents(), "records": self._records(), "incidents": self._incidents(), "waivers": self._waivers(),
        }
        found |= {section: [_entry(shape, row) for row in self._take(shape)] for section, shape in _FLAT.items()}
        found["facts"] = {name: [_columns(name, _row(fact)) for fact in rows] for name, rows in self._rows.items() if rows}
        return found

    def _take(self, relation: str, fits: Test | None = None) -> list[Row]:
        """Take the rows that fit out of a relation."""
        rows = [(fact, _row(fact)) for fact in self._rows[relation]]
        self._rows[relation] = [fact for fact, row in rows if fits is not None and not fits(row)]
        return [row for _, row in rows if fits is None or fits(row)]

    def _by(self, relation: str, column: str, owner: str, fits: Test | None = None) -> dict[Value, list[Row]]:
        """Take rows that lie inside an ``owner``, by its id."""
        found: defaultdict[Value, list[Row]] = defaultdict(list)
        for row in self._take(relation, lambda row: row[column] in self._ids[owner] and (fits is None or fits(row))):
            found[row[column]].append(row)
        return found

    def _tree(self, shape: str) -> list[Any]:
        below: defaultdict[Value, list[Row]] = defaultdict(list)
        for row in self._take(shape):
            below[row["parent"]].append(row)

        def entry(row: Row) -> Any:
            found = _entry(shape, {**row, "parent": None})
            if children := [entry(child) for child in below.get(row["id"], ())]:
                found["children"] = children
            return found["id"] if shape == "industry" and set(found) == {"id"} else found

        return [entry(row) for row in below.get(None, ())]

    def _units(self) -> list[Entry]:
        above = self._by("subordination", "unit", "unit")
        words = {relation: self._by(relation, own, "unit", lambda row, word=word: row[word] != STATED_ABSENT)  # type: ignore[misc]
                 for relation, (_, own, word) in _WORDS.items()}
        inside = {
            "members": ("member", "body", self._by("member", "body", "unit")),
            "mandates": ("mandate", "unit", self._by("mandate", "unit", "unit", lambda row: row["territory"] is not None or self._seats[row["unit"]] is None)),
            "sites": ("occupies", "subject", self._by("occupies", "subject", "unit")),
            "indicators": ("indicator", "holder", self._by("indicator", "holder", "unit")),
            "ledgers": ("ledger", "holder", self._by("ledger", "holder", "unit")),
        }
        posts = self._posts()
        found = []
        for row in sorted(self._take("unit"), key=_rank):
            entry, own = _entry("unit", row), row["id"]
            entry["superior"] = [_superior(one) for one in above.get(own, ())]
            for relation, (key, _, word) in _WORDS.items():
                entry[key] = [one[word] for one in words[relation].get(own, ())]
            for key, (shape, mine, rows) in inside.items():
                entry[key] = _merged([_entry(shape, {**one, mine: None}) for one in rows.get(own, ())], shape)
            entry["posts"] = posts.get(own, [])
            found.append({key: value for key, value in entry.items() if value != []})
        return found

    def _posts(self) -> dict[Value, list[Entry]]:
        people, areas = self._by("appointment", "post", "post"), self._by("portfolio", "post", "post")
        found: defaultdict[Value, list[Entry]] = defaultdict(list)
        for row in self._take("post"):
            entry = _entry("post", {**row, "unit": None})
            holders = [_entry("appointment", {**one, "post": None}) for one in people.get(row["id"], ())]
            if len(holders) == 1 and set(holders[0]) <= {"person", "mode"} and holders[0].get("mode") == "任职":
                entry["holder"] = holders[0]["person"]
            elif holders:
                entry["holders"] = holders
            if mine := areas.get(row["id"]):
                entry["portfolio"] = _portfolio(mine)
            found[row["unit"]].append(entry)
        return found

    def _documents(self) -> list[Entry]:
        grouped: defaultdict[tuple[Value, ...], list[Row]] = defaultdict(list)
        for row in self._take("document"):
            grouped[tuple(value for name, value in row.items() if name != "party")].append(row)
        alone = {key[0] for key in grouped}
        lines = self._by("covers", "document", "document", lambda row: row["row"] is not None)
        found = []
        for key, rows in grouped.items():
            entry = _entry("document", {**rows[0], "party": None})
            if parties := [row["party"] for row in rows if row["party"] is not None]:
                entry["party"] = parties
            if key[0] in alone:
                entry["covers"] = self._covers(lines.get(key[0], []))
                alone.discard(key[0])
            found.append({key: value for key, value in entry.items() if value != []})
        return found

    def _covers(self, rows: list[Row]) -> list[Entry]:
        numbers: defaultdict[Value, set[Value]] = defaultdict(set)
        for row in rows:
            numbers[row["row"]].add(row["number"])
        found: dict[Value, Entry] = {}
        for row in sorted(rows, key=lambda row: _natural(row["row"])):
            if len(numbers[row["row"]]) > 1:  # one line of the file has one number
                self._rows["covers"].append(Fact("covers", tuple(row.values())))
                continue
            entry = found.setdefault(row["row"], {"row": row["row"], **({"number": _text(row["number"])} if row["number"] is not None else {})})
            entry.setdefault(str(row["kind"]), []).append(row["subject"])
        return [{key: _one(value) for key, value in entry.items()} for entry in found.values()]

    def _records(self) -> dict[str, list[Entry]]:
        details = self._by("detail", "record", "record", lambda row: row["value"] is not None)
        found: defaultdict[str, list[Entry]] = defaultdict(list)
        for row in sorted(self._take("record"), key=lambda row: (row["at"] or 0, str(row["id"]))):
            entry = _entry("record", {**row, "kind": None})
            for detail in details.get(row["id"], ()):
                entry.setdefault(str(detail["key"]), []).append(detail["value"])
            found[str(row["kind"])].append({key: _one(value) if isinstance(value, list) else value for key, value in entry.items()})
        return dict(sorted(found.items()))

    def _incidents(self) -> list[Entry]:
        parties, inquiries = self._by("involved", "incident", "incident"), self._by("inquiry", "incident", "incident")
        results = self._by("finding", "inquiry", "inquiry")
        found = []
        for row in self._take("incident"):
            entry = _entry("incident", row)
            entry["involved"] = [_entry("involved", {**one, "incident": None}) for one in parties.get(row["id"], ())]
            entry["inquiries"] = [
                {key: value for key, value in {
                    **_entry("inquiry", {**one, "incident": None}),
                    "findings": [_entry("finding", {**what, "inquiry": None}) for what in results.get(one["id"], ())],
                }.items() if value != []}
                for one in inquiries.get(row["id"], ())
            ]
            found.append({key: value for key, value in entry.items() if value != []})
        return found

    def _waivers(self) -> list[Entry]:
        return _merged([_entry("waiver", row) for row in self._take("waiver")], "waiver")


def _row(fact: Fact) -> Row:
    return dict(zip(RELATIONS[fact.relation].names, fact.values, strict=True))


def _entry(shape: str, row: Row) -> Entry:
    """The columns of an entry by the keys of its shape, as text; what is not stated is left out."""
    return {key: _text(row[column.name], column) for key, column in SHAPES[shape].columns.items() if row[column.name] is not None}


def _columns(relation: str, row: Row) -> Entry:
    return {column.name: _text(row[column.name], column) for column in RELATIONS[relation].columns if row[column.name] is not None}


def _text(value: Value, column: Column | None = None) -> str | bool:
    """A value as an author writes it."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int):
        if column is not None and column.type is Type.DURATION:
            return format_duration(value)
        day = column.day if column is not None else "start"
        if day == "start" and value % DAY == DAY - 1:  # “24:00” is for reading only
            return moment_of(value).strftime("%Y-%m-%d %H:%M:%S")
        return format_moment(value, day)
    return str(value)


def _rank(row: Row) -> tuple[int, str, str]:
    """Units are written from the top down, place by place."""
    level = str(row["level"])
    return (LEVELS.index(level) if level in LEVELS else len(LEVELS), str(row["territory"] or ""), str(row["id"]))


def _superior(row: Row) -> Any:
    entry = _entry("superior", {**row, "unit": row["unit"]} | {"unit": None})
    return entry["unit"] if entry == {"unit": entry["unit"], "kind": "领导"} else entry


def _portfolio(rows: list[Row]) -> Any:
    entries = [_entry("portfolio", {**row, "post": None}) for row in rows]
    if any(set(entry) > {"kind", "subject"} or entry["subject"] == STATED_ABSENT for entry in entries):
        return _merged(entries, "portfolio")
    found: dict[str, list[Any]] = {}
    for entry in entries:
        found.setdefault(entry["kind"], []).append(entry["subject"])
    return found


def _merged(entries: list[Entry], shape: str) -> list[Any]:
    """Entries that differ in one list column only become one; an entry of one bare word becomes that word."""
    many = next((key for key in ("per", "industry", "kind", "subject") if key in SHAPES[shape].several), "")
    found: dict[tuple[Any, ...], Entry] = {}
    for entry in entries:
        rest = tuple((key, value) for key, value in entry.items() if key != many)
        kept = found.setdefault((rest, many in entry), dict(entry) | ({many: []} if many in entry else {}))
        if many in entry:
            kept[many].append(entry[many])
    lone = SHAPES[shape].lone
    return [entry[lone] if set(entry) == {lone} else {key: _one(value) if key == many else value for key, value in entry.items()}
            for entry in found.values()]


def _one(values: Any) -> Any:
    return values[0] if isinstance(values, list) and len(values) == 1 else values


def _natural(value: Value) -> tuple[int, str]:
    text = str(value)
    return (int(text) if text.isdecimal() else 10**9, text)


def _dumper(base: Any) -> Any:
    """Plain scalars wherever our own reader takes them as text: dates, numbers and ``no`` need no quotes there."""

    class Dumper(base):  # type: ignore[misc]
        yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
            return True

    Dumper.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(?:true|false)$"), list("tf"))
    Dumper.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("(?:~|null|)$"), ["~", "n", ""])
    return Dumper


_PLAIN: Final = _dumper(yaml.SafeDumper)
#: Three times as fast, but it writes rare characters (beyond U+FFFF) as escapes, which nobody can read.
_FAST: Final = _dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper))


def _dump(content: Mapping[str, Any]) -> str:
    return "".join(_sections(content))


def _sections(content: Mapping[str, Any]) -> Iterator[str]:
    for key, value in content.items():
        flow = None if isinstance(value, list | dict) else False  # innermost entries in braces, single values on lines of their own
        text = _dumped(_FAST, {key: value}, flow)
        yield _dumped(_PLAIN, {key: value}, flow) if "\\U" in text else text


def _dumped(dumper: Any, content: Mapping[str, Any], flow: bool | None) -> str:
    return str(yaml.dump(content, Dumper=dumper, allow_unicode=True, sort_keys=False, width=140, default_flow_style=flow))


def same(first: Iterable[Fact], second: Iterable[Fact]) -> bool:
    """Whether two sets of facts say the same, wherever they are written."""
    return {(fact.relation, fact.values) for fact in first} == {(fact.relation, fact.values) for fact in second}
