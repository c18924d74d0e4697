"""Dates, times and durations as authors write them; inside, moments and durations are whole seconds.

Times are local wall-clock times without a zone, as in the papers that an auditor reads.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1)
DAY: Final = 86_400
_DATE: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TIME: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?")
_PART: Final = re.compile(r"(\d+)\s*(秒|分钟|小时|天|日|周)")
_SECONDS: Final = {"秒": 1, "分钟": 60, "小时": 3600, "天": DAY, "日": DAY, "周": 7 * DAY}


def seconds(moment: datetime) -> int:
    """Return ``moment`` as whole seconds since 1970 on the local clock."""
    return int((moment - _EPOCH).total_seconds())


def moment_of(value: int) -> datetime:
    """Return the wall-clock time of ``value`` seconds."""
    return _EPOCH + timedelta(seconds=value)


def parse_moment(text: str, day: str = "start") -> int:
    """Read ``2024-03-01`` or ``2024-03-01 08:30`` as seconds.

    ``day`` says how a bare date is read: ``start`` is 00:00, ``end`` is 23:59:59, ``after`` is the next midnight.

    >>> parse_moment("1970-01-02") , parse_moment("1970-01-01", "after")
    (86400, 86400)

    Raises:
        ValueError: the text is no date, or the date does not exist.
    """
    text = text.strip()
    if match := _DATE.fullmatch(text):
        start = _existing(text, [int(part) for part in match.groups()])
        return start + {"start": 0, "end": DAY - 1, "after": DAY}[day]
    if match := _TIME.fullmatch(text):
        return _existing(text, [int(part or 0) for part in match.groups()])
    raise ValueError(f"“{text}”不是日期")


def _existing(text: str, parts: list[int]) -> int:
    """The moment of year, month, day and so on. Raises ValueError with the length of the month where the day is too late."""
    try:
        return seconds(datetime(*parts))  # type: ignore[arg-type]
    except ValueError:
        year, month, day = parts[:3]
        short = year >= 1 and 1 <= month <= 12 and day > (last := monthrange(year, month)[1])
        raise ValueError(f"“{text}”不存在" + (f"：{year}年{month}月只有{last}天" if short else "")) from None


def format_moment(value: int, day: str = "start") -> str:
    """Write seconds the way an author would; the inverse of :func:`parse_moment`.

    >>> format_moment(parse_moment("2024-06-30", "end"), "end")
    '2024-06-30'
    """
    back = {"start": 0, "end": DAY - 1, "after": DAY}[day]
    if (value - back) % DAY == 0:
        return moment_of(value - back).strftime("%Y-%m-%d")
    clock = moment_of(value)
    if day == "start" and value % DAY == DAY - 1:
        return clock.strftime("%Y-%m-%d") + " 24:00"
    return clock.strftime("%Y-%m-%d %H:%M:%S" if value % 60 else "%Y-%m-%d %H:%M")


def year_start(value: int) -> int:
    """The first second of the year of ``value``; an audit window begins there unless the file says otherwise."""
    return seconds(datetime(moment_of(value).year, 1, 1))


def parse_duration(text: str) -> int:
    """Read ``2小时``, ``30天`` or ``1天12小时`` as seconds.

    >>> parse_duration("1天12小时")
    129600

    Raises:
        ValueError: the text is no duration of 秒, 分钟, 小时, 天 or 周.
    """
    compact = text.replace(" ", "")
    parts = _PART.findall(compact)
    if not parts or "".join(number + unit for number, unit in parts) != compact:
        raise ValueError(f"“{text}”不是时长")
    return sum(int(number) * _SECONDS[unit] for number, unit in parts)


def format_duration(value: int) -> str:
    """Write a number of seconds in words.

    >>> format_duration(9000)
    '2小时30分钟'
    """
    parts = []
    for unit, size in (("天", DAY), ("小时", 3600), ("分钟", 60), ("秒", 1)):
        number, value = divmod(value, size)
        if number:
            parts.append(f"{number}{unit}")
    return "".join(parts) or "0分钟"
