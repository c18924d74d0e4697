"""One cell → the text that an author of an organisation file would write, whatever the office program made of it.

What cannot be understood is passed on as it stands, so that the message shows what was found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from zeren.models.relations import Column, Type
from zeren.models.vocabulary import VOCABULARIES
from zeren.models.workbook.grid import Cell

#: What stands in a cell that is meant to be empty; in columns with a default it says that there is no value.
NOTHING: Final = frozenset({"—", "——", "-", "－", "–", "/", "／", "\\"})
_YES: Final = frozenset({"是", "true", "√", "✓", "y", "yes", "1", "有", "专职"})
_NO: Final = frozenset({"否", "false", "×", "✗", "x", "n", "no", "0", "没有", "兼职"})
_OPEN_ENDS: Final = frozenset({"至今", "现在", "长期", "在任", "现任"})
_DATE: Final = re.compile(
    r"(\d{4})\s*[年/.\-]\s*(\d{1,2})\s*[月/.\-]\s*(\d{1,2})\s*[日号]?(?:\s*T?\s*(\d{1,2})\s*[时点:]\s*(?:(\d{1,2})\s*分?)?(?::?\s*(\d{1,2})(?:\.0+)?\s*秒?)?)?")
_COMPACT: Final = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])")
_SERIAL: Final = re.compile(r"([1-9]\d{4})(\.\d+)?")
_SERIALS: Final = (18_000, 80_000)  # from 1949 to 2119
_THOUSANDS: Final = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
#: What no text may hold, as in organisation files; tabs and line breaks may stand in a cell.
CONTROL: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
#: Beyond this a number has lost digits on its way through a spreadsheet.
_EXACT: Final = 10**15
_QUOTED: Final = re.compile(r'"((?:[^"]|"")*)"|[^、，,;；\r\n]+')
_SPLIT: Final = re.compile(r"[、，,;；\r\n]")
#: Texts that a spreadsheet or a shell of one would take for a formula; an apostrophe before them is taken off again.
_FORMULA: Final = re.compile(r"'*[=+\-@＝＋－＠\t\r]", re.S)
#: The pattern is also that of a database, which reads such files without this module.
ESCAPED: Final = r"'+(?:[=+\-@＝＋－＠\t\r]|(?:—|——|-|－|–|/|／|\\)$)"
_ESCAPED: Final = re.compile(ESCAPED, re.S)
_DAYS_1904: Final = 1462


def plain(cell: Cell) -> str:
    """The text of a cell without edges of white space; numbers without idle zeros, dates as ``2024-03-05``.

    >>> plain(3.0), plain(0.1 + 0.2), plain("　甲 ")
    ('3', '0.3', '甲')
    """
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return f"{int(cell)}" if cell.is_integer() and abs(cell) < _EXACT else f"{cell:.15g}"
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, datetime):
        return _moment(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time | timedelta):
        return str(cell)
    return str(cell)


def _moment(value: datetime) -> str:
    value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
    if not value.hour and not value.minute and not value.second:
        return f"{value.year:04}-{value:%m-%d}"
    return f"{value.year:04}-{value:%m-%d %H:%M}" + (f":{value.second:02}" if value.second else "")


def unescaped(text: str) -> str:
    """Take off the apostrophe that keeps a text a text; the inverse of :func:`escaped`."""
    return text[1:] if text.startswith("'") and _ESCAPED.match(text) else text


def escaped(text: str, formulas: bool = False) -> str:
    """Put an apostrophe before what would be read as something else; ``formulas``: also before what looks like a formula.

    >>> escaped("=1+1", formulas=True), escaped("=1+1"), escaped("—"), unescaped(escaped("'=x"))
    ("'=1+1", '=1+1', "'—", "'=x")
    """
    if text in NOTHING or _ESCAPED.match(text) or (formulas and _FORMULA.match(text)):
        return "'" + text
    return text


def value(column: Column, cell: Cell, from_1904: bool = False) -> tuple[str | bool | None, str]:
    """The value of a single cell and a remark on how it was understood, or an empty one.

    Text that fits no date, number or word is returned as it stands.
    """
    text = plain(cell)
    if not text or text in NOTHING:
        return None, ""
    if column.type is Type.MOMENT:
        return _as_moment(text, cell, column, from_1904)
    if column.type is Type.NUMBER:
        return _as_number(text), ""
    if column.type is Type.BOOL:
        word = text.lower()
        return (True if word in _YES else False if word in _NO else text), ""
    if isinstance(cell, float | int) and not isinstance(cell, bool) and abs(cell) >= _EXACT:
        return text, f"“{text}”超过 15 位，末几位已被表格程序改成 0；把这一列设为文本格式，重新填写"
    if column.vocabulary is not None:
        return _as_word(text, column.vocabulary), ""
    if column.name == "year":
        return half(text).removesuffix("年").removesuffix("年度").removesuffix("年"), ""
    return unescaped(text), ""


def half(text: str) -> str:
    """Full-width digits, letters and signs as half-width ones.

    >>> half("２０２４－０３－０５")
    '2024-03-05'
    """
    return unicodedata.normalize("NFKC", text).replace("—", "-").replace("–", "-").replace("−", "-")


def _as_moment(text: str, cell: Cell, column: Column, from_1904: bool) -> tuple[str | None, str]:
    if column.name == "until" and text in _OPEN_ENDS:
        return None, ""
    word = half(text)
    if match := _DATE.fullmatch(word):
        year, month, day, hour, minute, second = match.groups()
        shown = f"{year}-{int(month):02}-{int(day):02}"
        if hour is not None:
            shown += f" {int(hour):02}:{int(minute or 0):02}" + (f":{int(second):02}" if second and int(second) else "")
        return shown, ""
    if match := _COMPACT.fullmatch(word):
        return "-".join(match.groups()), ""
    if _SERIAL.fullmatch(word) and _SERIALS[0] <= float(word) < _SERIALS[1]:
        days = float(word) + (_DAYS_1904 if from_1904 and not isinstance(cell, str) else 0)
        shown = _moment(datetime(1899, 12, 30) + timedelta(days=days))
        return shown, f"日期写成了数字 {text}，按表格的日期编号读作 {shown}"
    return text, ""


def _as_number(text: str) -> str:
    word = half(text).replace(" ", "")
    return word.replace(",", "") if _THOUSANDS.fullmatch(word) else word if re.fullmatch(r"[-+]?[\d.eE+-]+", word) else text


def _as_word(text: str, vocabulary: str) -> str:
    words = VOCABULARIES[vocabulary]
    if text in words:
        return text
    word = re.sub(r"[\s\u200b\ufeff]+", "", half(text))
    return word if word in words else text


def pieces(text: str) -> Iterator[str]:
    """The several values of one cell, set apart by 、 or a comma, semicolon or line; double quotes hold one together.

    >>> list(pieces('甲、"乙、丙公司"，丁'))
    ['甲', '乙、丙公司', '丁']
    """
    if not _SPLIT.search(text) and not text.startswith('"'):
        yield text
        return
    for match in _QUOTED.finditer(text):
        if match[1] is not None:
            yield match[1].replace('""', '"')
        elif (word := match[0].strip()) and word not in NOTHING:
            yield word


def joined(words: list[str]) -> str:
    """Several values as one cell; the inverse of :func:`pieces`.

    >>> joined(["甲", "乙、丙公司"])
    '甲、"乙、丙公司"'
    """
    return "、".join('"' + word.replace('"', '""') + '"' if _SPLIT.search(word) or '"' in word or word in NOTHING else word for word in words)
