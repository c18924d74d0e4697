"""Messages of the loader in the words of a table: headings for keys, sheets for sections, cells for entries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from zeren.models.problems import Place, Problem
from zeren.models.relations import RELATIONS
from zeren.models.shapes import SECTIONS
from zeren.models.workbook.columns import SHEET_OF
from zeren.models.workbook.tables import Words

_KEY: Final = re.compile(r"(?<![A-Za-z0-9_./\\!-])([a-z][a-z_]+)(?![A-Za-z0-9_./\\!-])")
_QUOTED: Final = re.compile(r"(“[^”]*”)")
_MISSING: Final = re.compile(r"缺少 (\w+)")
#: Where something is to be defined: a section, even where a column is called the same.
_DEFINED: Final = re.compile(r"(?<=先在 )[a-z]+(?:或[a-z]+)*(?= 里写出)")
_SPACED: Final = re.compile(r"(?<=在) (“[^”]*”表(?:或“[^”]*”表)*) (?=里)")
_PHRASES: Final = (
    (re.compile(r"补上 (\w+): …"), r"填写 \1"),
    (re.compile(r"写成 \{.*?\} 这样的条目"), "按表头逐格填写"),
    (re.compile(r"(\S+) 只能是 true 或 false"), r"\1 只能填“是”或“否”"),
    (re.compile(r"是写 true，否写 false，不加引号"), "填“是”或“否”；不清楚的空着"),
    (re.compile(r"多个值写成列表，用英文逗号分开"), "这一列一格只写一个；要写几个的，分成几行"),
    (re.compile(r"只留一个；不同的值分成几条写"), "这一格只写一个；不同的值分成几行"),
    (re.compile(r"现在是列表|这里是列表"), "这里写了几个"),
    (re.compile(r"没有日期就省去这一列"), "没有日期就空着"),
    (re.compile(r"单位的 posts"), "“岗位”表"), (re.compile(r"事故的 inquiries"), "“调查”表"),
    (re.compile(r"补上 title: 职务；id 缺省为"), "填写 职务；编号缺省为"),
    (re.compile(r"可用的键有"), "可用的列有"), (re.compile(r"没有(“[^”]*”)这一项"), r"没有\1这一列"),
    (re.compile(r"；?种类见 zeren schema org"), ""), (re.compile(r"其中一个改用别的 id"), "其中一个改用别的编号"),
)
_SECTION_OF: Final = {key: extra.shape for key, extra in SECTIONS.items()} | {"records": "record"}


def in_sheet_words(problems: Iterable[Problem], words: Mapping[str, Words]) -> Iterator[Problem]:
    """Tell the problems that lie in tables the way those see them who filled the tables.

    ``words`` are the headings of each table, by the file that its places name.
    """
    for problem in problems:
        known = words.get(problem.place.file)
        if known is None or problem.code.startswith("TAB-"):
            yield problem
            continue
        place = problem.place
        if (missing := _MISSING.search(problem.message)) and known.get(missing[1], ("", 0))[1]:
            place = Place(place.file, place.line, known[missing[1]][1])
        yield replace(problem, place=place, message=_told(problem.message, known), hint=_told(problem.hint, known))


def _told(text: str, known: Words) -> str:
    for pattern, words in _PHRASES:
        text = pattern.sub(words, text)
    text = _DEFINED.sub(lambda match: "或".join(_section(key) for key in match[0].split("或")), text)
    told = "".join(part if part.startswith("“") else _KEY.sub(lambda match: _word(match[1], known), part) for part in _QUOTED.split(text))
    return _SPACED.sub(r"\1", told)


def _section(key: str) -> str:
    relation = _SECTION_OF.get(key)
    return f"“{SHEET_OF[relation].name}”表" if relation else key


def _word(key: str, known: Words) -> str:
    """What a key is called in the table, what a section or relation is called in the workbook."""
    if key in known:
        return known[key][0]
    if key in _SECTION_OF:
        return _section(key)
    if key in SHEET_OF:
        return SHEET_OF[key].name
    if key == "id":
        return "编号"
    return next((field.heading for sheet in SHEET_OF.values() for field in sheet.fields if field.key == key), key)


assert set(_SECTION_OF.values()) <= set(RELATIONS)
