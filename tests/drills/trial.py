"""Makes drills from the demo town and fills in sheets with known mistakes."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

from zeren.engine.drills.catalogue import Fault, read_catalogue
from zeren.engine.drills.grade import Grade, grade
from zeren.engine.drills.inject import Drill, make
from zeren.engine.drills.model import Answer
from zeren.engine.drills.sheet import Line
from zeren.engine.pack import Pack
from zeren.models.moments import parse_moment
from zeren.models.problems import Place

TOWN = Path(__file__).parents[2] / "scenarios/demo.yaml"
ON = parse_moment("2024-06-30", "end")


@cache
def pack() -> Pack:
    return Pack()


@cache
def catalogue() -> tuple[Fault, ...]:
    return read_catalogue(pack())


@cache
def drill(seed: int, count: int = 3) -> Drill:
    return make([TOWN], catalogue(), count, seed, pack(), ON)


def right(answer: Answer) -> list[Line]:
    """The sheet that names every fault."""
    return [Line(Place("答卷.csv", at), one.hits[0].bearer, one.hits[0].rule) for at, one in enumerate(answer.planted, 2)]


def wrong_rule(line: Line) -> Line:
    return Line(line.place, line.who, "ZZZ-999")


def wrong_unit(line: Line) -> Line:
    return Line(line.place, "别处的一个单位", line.what)


def grades_itself(answer: Answer) -> bool:
    """Whether a right sheet, an empty one, and sheets with one mistake each get exactly the marks that they deserve."""
    lines, most = right(answer), Decimal(len(answer.planted))
    first, rest = lines[0], lines[1:]
    result = grade(answer, lines)
    return (
        result.score == most and not result.others
        and grade(answer, []).score == 0
        and grade(answer, rest).score == most - 1
        and grade(answer, [wrong_rule(first), *rest]).score == most - Decimal("0.5")
        and _one_wrong(grade(answer, [wrong_unit(first), *rest]), most - 1)
        and grade(answer, [*lines, *lines]).score == most
        and grade(answer, list(reversed(lines))).score == most
    )


def _one_wrong(result: Grade, score: Decimal) -> bool:
    return result.score == score and [one.wrong for one in result.others] == [True]
