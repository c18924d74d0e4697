"""Marking: a sheet earns what it deserves, however it is typed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from trial import drill, grades_itself, right

from zeren.engine.drills.exercise import model_sheet
from zeren.engine.drills.grade import grade
from zeren.engine.drills.model import Answer, Hit, Planted
from zeren.engine.drills.seal import seal, unseal
from zeren.engine.drills.sheet import Line
from zeren.models.problems import Place


@pytest.mark.parametrize("seed", range(6))
def test_a_drill_grades_itself(seed: int) -> None:
    assert grades_itself(unseal(seal(drill(seed).answer), "答案"))


def _hit(number: str, rule: str, bearer: str, unit: str, title: str, message: str, posts: tuple[str, ...] = ()) -> Hit:
    return Hit(number, rule, title, "fail", bearer, bearer, unit, unit, posts or (bearer,), message, "补")


LETTER = _hit("1", "ZRS-001", "县政府", "县政府", "政府每年签订安全生产责任书", "县政府没有与甲镇签订责任书", ("县长",))
SIGNED = _hit("2", "JCQ-001", "监察员甲", "县应急局", "谁检查谁签字", "检查人监察员甲没有在检查记录上签字")
AFTER = _hit("3", "WJF-001", "县政府", "县政府", "覆盖口号每一项都做到", "按五级五覆盖，没有做到")
OLD = _hit("4", "AWH-001", "县政府", "县政府", "政府主要负责人担任安委会主任", "县政府的安委会主任不是政府主要负责人")
NAMES = {"县政府": "甲县人民政府", "县长": "甲县人民政府县长", "县应急局": "县应急局", "监察员甲": "县应急局监察员甲", "副县长": "甲县人民政府副县长", "甲镇": "甲镇"}
UNITS = {"县政府": "县政府", "县长": "县政府", "副县长": "县政府", "县应急局": "县应急局", "监察员甲": "县应急局", "甲镇": "甲镇"}
ANSWER = Answer("甲县", "2024-06-30", 1, "默认", (
    Planted("责任书漏签", "少签了一份责任书", "责任书", "县政府没有与甲镇签订责任书", "x", (LETTER,), (AFTER,)),
    Planted("检查人未签字", "检查人没有签字", "检查", "监察员甲没有在检查记录上签字", "x", (SIGNED,)),
), (OLD,), NAMES, UNITS)

MARKS = [
    # who, what, marks, whether the line is wrong
    ("县政府", "ZRS-001", "1", False),
    ("甲县人民政府", "zrs001", "1", False),
    (" 甲县 人民政府 ", "ＺＲＳ－００１", "1", False),
    ("县长", "责任书没有签", "1", False),
    ("县政府（县长）", "没与甲镇签责任书", "1", False),
    ("县政府", "少签责任书一份", "1", False),
    ("副县长", "ZRS-001", "0.5", False),
    ("县政府", "会议没有开", "0.5", False),
    ("县应急局", "JCQ-001", "0.5", False),
    ("监察员甲", "检查记录没有签字", "1", False),
    ("监察员甲", "没有签字", "1", False),
    ("甲镇", "ZRS-001", "0", True),
    ("乙镇", "ZRS-001", "0", True),
    ("甲镇", "责任书没签", "0", True),
]


@pytest.mark.parametrize(("who", "what", "said"), [("县政府", "", "没有写问题"), ("", "ZRS-001", "没有写责任主体")])
def test_half_a_line_earns_and_costs_nothing(who: str, what: str, said: str) -> None:
    result = grade(ANSWER, [Line(Place("答卷.csv", 2), "县政府", "ZRS-001"), Line(Place("答卷.csv", 3), who, what)], Decimal("0.5"))
    assert (result.score, [(one.reason, one.wrong) for one in result.others]) == (Decimal(1), [(said, False)])


@pytest.mark.parametrize(("who", "what", "marks", "wrong"), MARKS)
def test_one_line(who: str, what: str, marks: str, wrong: bool) -> None:
    result = grade(ANSWER, [Line(Place("答卷.csv", 2), who, what)])
    assert result.score == Decimal(marks)
    assert [one.wrong for one in result.others] == ([True] if wrong else [])


def test_what_a_fault_brings_along_is_half_and_never_wrong() -> None:
    cause, effect = Line(Place("a", 2), "县政府", "ZRS-001"), Line(Place("a", 3), "县政府", "WJF-001")
    assert grade(ANSWER, [effect]).score == Decimal("0.5")
    both = grade(ANSWER, [effect, cause])
    assert both.score == 1
    assert [(one.wrong, "已经" in one.reason) for one in both.others] == [(False, True)]


def test_what_stood_there_before_is_neither_right_nor_wrong() -> None:
    lines = [Line(Place("a", 2), "县政府", "ZRS-001"), Line(Place("a", 3), "监察员甲", "JCQ-001"), Line(Place("a", 4), "县政府", "AWH-001")]
    result = grade(ANSWER, lines)
    assert result.score == 2
    assert [one.wrong for one in result.others] == [False]


def test_lines_are_paired_so_that_the_sum_is_greatest() -> None:
    """A line that would earn half for either of two faults does not take the place of one that earns full marks."""
    vague, exact = Line(Place("a", 2), "县应急局", "说不清"), Line(Place("a", 3), "监察员甲", "JCQ-001")
    assert grade(ANSWER, [vague, exact]).score == 1
    assert grade(ANSWER, [exact, vague]).score == 1


def test_a_name_that_does_not_exist_gets_the_nearest() -> None:
    result = grade(ANSWER, [Line(Place("a", 2), "县应急剧", "JCQ-001")])
    assert "最接近的是“县应急局”" in result.others[0].reason


def test_the_model_sheet_names_every_fault() -> None:
    assert model_sheet(ANSWER).splitlines()[1:] == ["县政府,ZRS-001,县政府没有与甲镇签订责任书", "监察员甲,JCQ-001,监察员甲没有在检查记录上签字"]
    assert len(right(ANSWER)) == 2
