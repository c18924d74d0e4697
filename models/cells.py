"""One written value → one typed value of a column, with a message that says how to mend it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from zeren.models.facts import Value
from zeren.models.moments import parse_duration, parse_moment
from zeren.models.nodes import Node
from zeren.models.numbers import TOO_LONG, parse_number
from zeren.models.problems import Problems, choices, nearest
from zeren.models.relations import Column, Type
from zeren.models.vocabulary import STATED_ABSENT, VOCABULARIES

_WHOLE: Final = frozenset({"headcount", "deaths", "missing", "endangered", "serious_injuries"})
_SIGNED: Final = frozenset({"得分"})
#: Here “无” is no count of zero: a cap of zero must be written as 0.
_NO_ABSENT: Final = frozenset({"cap"})


def convert(column: Column, node: Node, problems: Problems, key: str = "") -> Value:
    """Return the value of ``node`` for ``column``, or nothing after recording a problem.

    ``key`` is the key as written, where it differs from the column's name.
    """
    value = node.value
    kind = column.type
    if kind is Type.BOOL:
        return _bool(node, problems, key or column.name)
    if not isinstance(value, str):
        _no_text(node, problems, key or column.name)
        return None
    if not value:
        return None
    if kind is Type.TEXT:
        if column.vocabulary is not None:
            return _word(column.vocabulary, value, node, problems, key or column.name)
        if value != value.strip() or (column.refers and "\n" in value):
            problems.add(node.place, "ORG-008", f"“{value.strip()}”前后有多余的空白", "去掉引号内的空格和换行")
            return None
        return value
    if kind is Type.NUMBER:
        return number(value, node, problems, key or column.name)
    if kind is Type.MOMENT:
        return moment(value, node, problems, key or column.name, column.day)
    try:
        return parse_duration(value)
    except ValueError:
        problems.add(node.place, "ORG-007", f"“{value}”不是时长", "写成 30分钟、24小时、30天 之类")
        return None


def moment(text: str, node: Node, problems: Problems, key: str, day: str = "start") -> int | None:
    """Read a date or time, telling apart what is no date from a date that does not exist."""
    try:
        return parse_moment(text, day)
    except OverflowError:
        problems.add(node.place, "ORG-005", f"{key} 的“{text}”超出范围", "年份写四位数")
    except ValueError as error:
        if "不是日期" in str(error):
            hint = "写成 2024-03-05 或 2024-03-05 09:30"
            if text == STATED_ABSENT:
                hint = "没有日期就省去这一列"
            elif guess := _date_guess(text):
                hint = f"写成 {guess}"
            problems.add(node.place, "ORG-005", f"{key} 的“{text}”不是日期", hint)
        else:
            problems.add(node.place, "ORG-005", f"{key} 的{error}", "核对年、月、日、时、分")
    return None


def number(text: str, node: Node, problems: Problems, key: str) -> Decimal | None:
    """Read an exact number; counts are whole and not negative. “无” counts as zero."""
    if text == STATED_ABSENT and key not in _NO_ABSENT:
        return Decimal(0)
    try:
        value = parse_number(text)
    except OverflowError:
        problems.add(node.place, "ORG-006", f"{key} 的“{text}”位数太多", f"{TOO_LONG}；换一个单位或四舍五入")
        return None
    except ValueError:
        problems.add(node.place, "ORG-006", f"{key} 的“{text}”不是数字", "用阿拉伯数字，不带单位和千分号，如 1200 或 0.5")
        return None
    if value < 0 and key not in _SIGNED:
        problems.add(node.place, "ORG-006", f"{key} 不能是负数（{text}）", "核对数值")
        return None
    if key in _WHOLE and value != value.to_integral_value():
        problems.add(node.place, "ORG-006", f"{key} 应为整数（{text}）", "核对数值")
        return None
    return value


def expected_entry(node: Node, what: str, problems: Problems, keys: tuple[str, ...] = ()) -> None:
    """Record that an entry with keys was expected here."""
    hint = "写成“键: 值”"
    if node.text is not None and "：" in node.text:
        hint = f"“{node.text[:20]}”里是全角冒号，改用英文冒号加空格“: ”"
    elif node.text is not None and re.match(r"\w+:\S", node.text):
        hint = "冒号后要空一格，如 id: 甲"
    elif keys:
        hint = f"写成 {{{keys[0]}: …}} 这样的条目，可用的键有 {choices(keys)}"
    problems.add(node.place, "ORG-003", f"{what}应为条目（映射），这里是{node.kind}", hint)


def expected_list(node: Node, what: str, problems: Problems) -> None:
    """Record that a list was expected here."""
    hint = "每一项前写“- ”，或用方括号"
    if node.text is not None and "：" in node.text:
        hint += f"；“{node.text[:20]}”里是全角冒号，键后要用英文冒号加空格"
    problems.add(node.place, "ORG-003", f"{what}应为列表，这里是{node.kind}", hint)


def _bool(node: Node, problems: Problems, key: str) -> bool | None:
    if isinstance(node.value, bool):
        return node.value
    found = f"“{node.text}”" if node.text is not None else node.kind
    problems.add(node.place, "ORG-007", f"{key} 只能是 true 或 false，这里是{found}", "是写 true，否写 false，不加引号")
    return None


def _no_text(node: Node, problems: Problems, key: str) -> None:
    if isinstance(node.value, bool):
        word = "true" if node.value else "false"
        problems.add(node.place, "ORG-003", f"{key} 应为文字，这里是真假值 {word}", f'确要写这个词时加引号："{word}"')
    elif node.items:
        problems.add(node.place, "ORG-003", f"{key} 只能写一个值，这里是列表", "只留一个；不同的值分成几条写")
    else:
        problems.add(node.place, "ORG-003", f"{key} 应为一个值，这里是{node.kind}", "去掉括号，直接写值")


def _word(vocabulary: str, value: str, node: Node, problems: Problems, key: str) -> str | None:
    words = VOCABULARIES[vocabulary]
    if value in words:
        return value
    if vocabulary == "function":
        from zeren.models.aliases import function_named  # the table is read only when it is needed

        if found := function_named(value):
            return found
    near = nearest(value, words)
    problems.add(node.place, "ORG-004", f"{key} 没有“{value}”这一取值", "；".join(filter(None, (near, f"可用的有 {choices(words)}"))))
    return None


def _date_guess(text: str) -> str:
    found = re.fullmatch(r"(\d{4})\s*[年/.．-]\s*(\d{1,2})\s*[月/.．-]\s*(\d{1,2})\s*日?", text)
    if not found:
        found = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    if not found:
        return ""
    year, month, day = (int(part) for part in found.groups())
    return f"{year:04}-{month:02}-{day:02}"
