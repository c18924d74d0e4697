"""Notes in written organisation files from which cell of which table each entry came."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from zeren.models.facts import Facts
from zeren.models.shapes import SECTIONS
from zeren.models.workbook.grid import letters

_SECTION: Final = re.compile(r"(\w+):")
#: The first line of an entry with its id, where a comment can follow.
_ENTRY: Final = re.compile(r"\s*(?:- )+\{?id: ([^'\"{}\[\],#]+?)(?:[,}].*)?")
_INSIDE: Final = {"units": ("unit", "post"), "records": ("record",), "incidents": ("incident", "inquiry")}


def sourced(files: Mapping[str, str], facts: Facts, origins: Sequence[Path]) -> dict[str, str]:
    """The files with the origin in front and, behind every entry with an id, its cell."""
    names = "、".join(path.name for path in origins)
    places = _places(facts)
    return {name: f"# 由 {names} 导入；行末注明来源的格\n{_noted(text, places)}" for name, text in files.items()}


def _places(facts: Facts) -> dict[tuple[str, str], str]:
    found = {}
    for relation in {name for names in _INSIDE.values() for name in names} | {extra.shape for extra in SECTIONS.values()}:
        if facts.schema[relation].columns[0].name != "id":
            continue
        for fact in facts.of(relation):
            place = fact.place
            sheet = place.file.rpartition("!")[2] if "!" in place.file else Path(place.file).name
            if place.line:
                found[relation, str(fact.values[0])] = f"{sheet}!{letters(place.column)}{place.line}"
    return found


def _noted(text: str, places: Mapping[tuple[str, str], str]) -> str:
    section = ""
    lines = []
    for line in text.splitlines():
        if head := _SECTION.match(line):
            section = head[1]
        entry = _ENTRY.fullmatch(line)
        relations = _INSIDE.get(section) or (SECTIONS[section].shape,) if section in SECTIONS or section in _INSIDE else ()
        where = next((places[key] for name in relations if entry and (key := (name, entry[1])) in places), "")
        lines.append(f"{line}  # {where}" if where and (line.endswith((",", "}")) or "{" not in line) else line)
    return "\n".join(lines) + "\n"
