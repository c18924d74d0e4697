"""Short ways to ask for measures, and the days around the changes of the law."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache

from zeren.engine.chain.measures import PostKind, post_measures, unit_measures
from zeren.engine.chain.model import Verdict
from zeren.engine.chain.tariffs import Measure, Tariffs
from zeren.engine.pack import Pack
from zeren.models.moments import parse_moment

GRADES = ("一般", "较大", "重大", "特别重大")
NONE_KNOWN: Mapping[str, Decimal | None] = {}
EXTREME = "情节特别严重影响特别恶劣"
#: Days and seconds on both sides of the changes of the law.
BEFORE_2014, FROM_2014 = parse_moment("2014-12-01") - 1, parse_moment("2014-12-01")
BEFORE_2021, FROM_2021 = parse_moment("2021-09-01") - 1, parse_moment("2021-09-01")
BEFORE_2024, FROM_2024 = parse_moment("2024-03-01") - 1, parse_moment("2024-03-01")
BEFORE_COAL, FROM_COAL = parse_moment("2024-05-01") - 1, parse_moment("2024-05-01")
NOW = parse_moment("2024-06-03 14:20")


@cache
def book() -> Tariffs:
    return Tariffs(Pack())


def figures(deaths: str | None = "0", hurt: str | None = "0", loss: str | None = "0") -> dict[str, Decimal | None]:
    return {key: None if value is None else Decimal(value)
            for key, value in (("死亡", deaths), ("重伤", hurt), ("直接经济损失", loss))}


def unit(grade: str, on: int = NOW, *, numbers: Mapping[str, Decimal | None] = NONE_KNOWN, industries: Sequence[str] = (),
         circumstances: Sequence[str] = ()) -> tuple[Measure, ...]:
    return unit_measures(book(), grade, numbers, on, industries, circumstances)


def fines(found: Sequence[Measure], start: str = "罚款 ") -> list[tuple[str, str]]:
    return [(str(one.range), one.confidence) for one in found if one.text.startswith(start)]


def post(kind: PostKind, grade: str = "重大", on: int = NOW, *, degree: str = "直接", verdict: Verdict = Verdict.BREACH,
         circumstances: Sequence[str] = (), industries: Sequence[str] = ()) -> tuple[Measure, ...]:
    return post_measures(book(), kind, grade, degree, verdict, circumstances, on, industries)


def texts(found: Sequence[Measure]) -> list[str]:
    return [one.text for one in found]
