"""The words of published cases, as data: ``table.案例用语`` and the names of industries and departments of the pack."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

from zeren.engine.pack import Pack
from zeren.models.aliases import function_named, function_of

ANY: Final = "任意"
_NOTE: Final = re.compile(r"[(（]([^)）]*)[)）]")


class Words:
    """Looks up what the words of a case file mean. A longer word wins over a shorter one inside it."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._rows: defaultdict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
        self._sorted: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        for fact in pack.table("案例用语").facts:
            use, side, word, sense, value = (str(cell) for cell in fact.values)
            self._rows[use, side].append((word, sense, value))

    def rows(self, use: str, side: str = ANY) -> list[tuple[str, str, str]]:
        """The (word, sense, value) of one use, those for any side included, longest words first."""
        if (use, side) not in self._sorted:
            found = self._rows.get((use, side), []) + (self._rows.get((use, ANY), []) if side != ANY else [])
            self._sorted[use, side] = sorted(found, key=lambda row: (-len(row[0]), row))
        return self._sorted[use, side]

    def exact(self, use: str, word: str, side: str = ANY) -> str:
        """The value of ``word``, else of the last known word in it, or nothing."""
        wanted = word.lower().replace("_", " ").replace("-", " ").strip()
        rows = {known: value for known, _, value in reversed(self.rows(use, side))}
        return rows[found] if (found := _last(rows, wanted)) else ""

    def side(self, kind: str) -> tuple[str, str]:
        """The side and the unit kind that a kind of the file stands for: its own, else that of the last known word in it, as in
        "government department"; nothing if none is known."""
        wanted = kind.lower().replace("_", " ").replace("-", " ").strip()
        rows = {word: (side, value) for (use, side), rows in self._rows.items() if use == "单位种类" for word, _, value in rows}
        return rows[found] if (found := _last(rows, wanted)) else ("", "")

    def spans(self, use: str, text: str, side: str = ANY) -> Iterator[tuple[str, str, str]]:
        """Yield what the words in ``text`` mean; a stretch of text is read once, by its longest word."""
        left = text.lower().replace("_", " ")
        done: set[str] = set()
        for word, sense, value in self.rows(use, side):
            if word in done or _occurs(word, left):
                done.add(word)
                yield word, sense, value
                left = _without(word, left)

    def has(self, use: str, text: str) -> bool:
        """Whether a word of one use occurs in ``text``."""
        return next(self.spans(use, text), None) is not None

    @cached_property
    def _industries(self) -> dict[str, str]:
        known = {str(fact.values[0]): str(fact.values[0]) for fact in self._pack.table("行业部门").facts}
        known.pop("综合", None)
        return {str(fact.values[0]): str(fact.values[1]) for fact in self._pack.table("行业别名").facts} | known

    def industries(self, text: str) -> list[str]:
        """The industries that ``text`` names: one outside brackets, then one in each; the text itself where none is known."""
        head = _NOTE.sub("", text).strip()
        found: dict[str, None] = {}
        loose = {word: industry for word, _, industry in self.rows("行业词")}
        for part in (head, *_NOTE.findall(text)):
            named = [word for word in self._industries if word in part]
            if not named and not found:
                named = [word for word in loose if word in part]
            for word in sorted(named, key=lambda word: (part.index(word), -len(word), word))[:1]:
                found[self._industries.get(word) or loose[word]] = None
        return list(found) or [head or text or "未载明"]

    def trades(self, text: str) -> set[str]:
        """Every industry that the name of an office or the wording of a portfolio may be about, wide fields included."""
        named = {industry for word, industry in self._industries.items() if word in text}
        return named | {industry for use in ("行业词", "分管口") for word, _, industry in self.rows(use) if word in text}

    def functions(self, industries: list[str]) -> dict[str, str]:
        """The functions of the departments of ``industries`` → the usual kind of their mandate."""
        found: dict[str, str] = {}
        for fact in self._pack.table("行业部门").facts:
            industry, function, kind = (str(cell) for cell in fact.values[:3])
            if industry in industries:
                found.setdefault(function, kind)
        return found

    def function(self, name: str) -> str:
        """The function of a department or office called ``name``, or nothing."""
        found = function_of(name)
        if found is not None:
            return found[0]
        stem = name
        for word in ("部门", "厅", "委", *(word for word, _, _ in self.rows("站所名"))):
            stem = stem.removesuffix(word)
        stem = re.sub(r"^[省市州县区旗镇乡村]", "", stem)
        return function_named(stem) or "" if len(stem) > 1 else ""


def bare(text: str) -> tuple[str, str]:
    """The text without brackets, and what stands in them."""
    return _NOTE.sub("", text).strip(), "；".join(_NOTE.findall(text))


def _last(known: Iterable[str], text: str) -> str:
    """The whole text if it is known, else the known word in it that ends last, the longest of those."""
    words = [word for word in known if word == text or _occurs(word, text)]
    return text if text in words else max(words, key=lambda word: (text.rfind(word) + len(word), len(word)), default="")


def _occurs(word: str, text: str) -> bool:
    return bool(re.search(rf"\b{re.escape(word)}", text)) if word.isascii() else word in text


def _without(word: str, text: str) -> str:
    return re.sub(rf"\b{re.escape(word)}\w*", " ", text) if word.isascii() else text.replace(word, " ")
