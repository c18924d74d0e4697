"""Measures for persons: fines, bans, the ladder for officials, verdicts; and what holds for every line and table."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from tariff_book import (
    BEFORE_2014,
    BEFORE_2021,
    BEFORE_2024,
    BEFORE_COAL,
    EXTREME,
    FROM_2014,
    FROM_2021,
    FROM_2024,
    FROM_COAL,
    GRADES,
    NOW,
    book,
    figures,
    fines,
    post,
    texts,
)

from zeren.engine.chain import measures, tariffs
from zeren.engine.chain.measures import PostKind, UnitKind, post_kind, unit_measures
from zeren.engine.chain.model import Verdict
from zeren.engine.chain.tariffs import Measure, Range
from zeren.models.moments import parse_moment


@pytest.mark.parametrize(("on", "expected", "confidence"), [
    (BEFORE_2014, ["30%", "40%", "60%", "80%"], "已核"), (FROM_2014, ["30%", "40%", "60%", "80%"], "未核原文"),
    (BEFORE_2021, ["30%", "40%", "60%", "80%"], "未核原文"), (FROM_2021, ["40%", "60%", "80%", "100%"], "已核"),
    (NOW, ["40%", "60%", "80%", "100%"], "已核"),
])  # fmt: skip
def test_the_fine_of_the_main_leader(on: int, expected: list[str], confidence: str) -> None:
    for grade, share in zip(GRADES, expected, strict=True):
        found = post(PostKind.MAIN, grade, on)
        assert fines(found, "罚款（未履职致事故） 上一年年收入的") == [(share, confidence)]
        if on >= FROM_2021:
            assert str(found[0]) == f"罚款（未履职致事故） 上一年年收入的{share}（安全生产法第九十五条）"


@pytest.mark.parametrize(("industry", "on", "general", "own"), [
    ("煤矿", FROM_COAL, [], [("60%", "已核")]), ("煤矿", BEFORE_COAL, [("60%", "已核")], []),
    ("特种设备", NOW, [("60%", "已核")], [("40%", "存疑")]),
])  # fmt: skip
def test_the_main_leader_in_sectors(industry: str, on: int, general: object, own: object) -> None:
    found = post(PostKind.MAIN, "较大", on, industries=(industry,))
    assert fines(found, "罚款（未履职致事故） ") == general
    assert fines(found, f"罚款（未履职致事故）（{industry}） ") == own


@pytest.mark.parametrize(("case", "on", "whole", "tier", "worse"), [
    ("迟报", BEFORE_2014, "40%–80%", "", ""), ("迟报", FROM_2014, "60%–100%", "", ""), ("迟报", FROM_2021, "60%–100%", "", ""),
    ("迟报", FROM_2024, "60%–100%", "60%–80%", "80%–100%"), ("瞒报", FROM_2024, "60%–100%", "60%–80%", "80%–100%"),
    ("漏报", FROM_2021, "40%–80%", "", ""), ("漏报", FROM_2024, "40%–80%", "40%–60%", "60%–80%"),
    ("毁证或拒绝调查", BEFORE_2014, "60%–100%", "", ""), ("逃匿", NOW, "60%–100%", "60%–80%", "80%–100%"),
])  # fmt: skip
def test_wrong_reports_of_the_main_leader(case: str, on: int, whole: str, tier: str, worse: str) -> None:
    def spans(*words: str) -> list[str]:
        return [span for span, _ in fines(post(PostKind.MAIN, on=on, circumstances=(case, *words)), f"罚款（{case}）")]

    assert spans() == [whole, *([tier] if tier else [])]
    assert spans("事故扩大") == [whole, *([worse] if worse else [])]
    assert not fines(post(PostKind.MAIN, on=on), f"罚款（{case}）")


@pytest.mark.parametrize("kind", [PostKind.OTHER, PostKind.SAFETY])
def test_other_leaders_and_safety_staff(kind: PostKind) -> None:
    tiers = ["20%–30%", "30%–40%", "40%–50%", "50%"]
    for grade, tier in zip(GRADES, tiers, strict=True):
        whole = ("20%–50%", "已核")
        assert fines(post(kind, grade, BEFORE_2021), "罚款") == []
        assert fines(post(kind, grade, FROM_2021), "罚款") == [whole]
        assert fines(post(kind, grade, BEFORE_2024), "罚款") == [whole]
        assert fines(post(kind, grade, FROM_2024), "罚款") == [whole, (tier, "未核原文")]
    assert "当时未履职致事故的罚款未收入数据表，须另查" in texts(post(kind, on=BEFORE_2021))
    assert "暂停或者吊销与安全生产有关的资格" in texts(post(kind, on=FROM_2021))
    assert fines(post(kind, circumstances=("瞒报",)), "罚款（瞒报）") == [("60%–100%", "已核")]


@pytest.mark.parametrize(("grade", "on", "five", "for_life"), [
    ("一般", NOW, "已核", ""), ("较大", NOW, "已核", ""), ("重大", NOW, "已核", "已核"), ("特别重大", NOW, "已核", "已核"),
    ("重大", FROM_2021, "已核", "已核"), ("重大", BEFORE_2021, "已核", "未核原文"), ("重大", FROM_2014, "已核", "未核原文"),
    ("重大", BEFORE_2014, "已核", ""), ("较大", BEFORE_2021, "已核", ""),
    ("重大", parse_moment("2007-06-01") - 1, "", ""),
])  # fmt: skip
def test_bans_of_the_main_leader(grade: str, on: int, five: str, for_life: str) -> None:
    found = {one.text: one for one in post(PostKind.MAIN, grade, on)}
    years, life = "不得担任任何生产经营单位的主要负责人 5年", "终身不得担任本行业生产经营单位的主要负责人"
    assert (found[years].confidence if years in found else "") == five
    assert (found[life].confidence if life in found else "") == for_life
    if five:
        assert found[years].range == Range(Decimal(5), Decimal(5), "年")
        assert found[years].provided.startswith("受刑事处罚或者撤职处分的")


def test_others_are_not_banned_as_main_leaders() -> None:
    for kind in (PostKind.OTHER, PostKind.SAFETY, PostKind.WORKER, PostKind.OFFICIAL):
        assert not [text for text in texts(post(kind)) if "主要负责人" in text]
    assert "拘留（公安机关决定） 15日以下" in texts(post(PostKind.MAIN, circumstances=("逃匿",)))
    assert "拘留（公安机关决定） 15日以下" not in texts(post(PostKind.MAIN, circumstances=("瞒报",)))
    assert "降级、撤职处分" in texts(post(PostKind.MAIN, circumstances=("瞒报",)))


# -- officials and verdicts ---------------------------------------------------------------------------------------


def ladder(grade: str, degree: str, on: int = NOW) -> Measure:
    (one,) = [one for one in post(PostKind.OFFICIAL, grade, on, degree=degree) if one.text.startswith("处理幅度")]
    return one


def test_the_ladder_is_custom_and_a_range() -> None:
    one = ladder("一般", "直接")
    assert one.custom
    assert one.text == "处理幅度：通报至诫勉；停职检查至降职；党内警告至党内严重警告；政务警告至政务记大过"
    assert "〔惯例〕" in str(one)
    assert one.range == Range(Decimal(3), Decimal(8), "阶")
    assert "移送司法" in ladder("特别重大", "直接").text
    assert "免职" not in ladder("重大", "主要领导").text
    assert "停职检查至降职" in ladder("重大", "主要领导").text  # goes with heavier sanctions


def test_the_ladder_never_falls_with_the_grade_or_rises_with_distance() -> None:
    degrees = ("直接", "主要领导", "重要领导")
    spans = {(grade, degree): ladder(grade, degree).range for grade in ("", *GRADES) for degree in degrees}
    for lower, higher in zip(("", *GRADES), GRADES, strict=False):
        for degree in degrees:
            a, b = spans[lower, degree], spans[higher, degree]
            assert a is not None
            assert b is not None
            assert (a.low or 0) <= (b.low or 0)
            assert a.high <= b.high
    for grade in ("", *GRADES):
        ends = [(span.low, span.high) for degree in degrees if (span := spans[grade, degree]) is not None]
        assert ends == sorted(ends, reverse=True)
        whole = ladder(grade, "").range
        assert whole is not None
        assert (whole.low, whole.high) == (min(low for low, _ in ends if low is not None), max(high for _, high in ends))


def test_administrative_sanctions_before_the_law_of_2020() -> None:
    start = parse_moment("2020-07-01")
    assert "行政警告至行政记大过" in ladder("一般", "直接", start - 1).text
    assert "政务警告至政务记大过" in ladder("一般", "直接", start).text
    assert not [one for one in post(PostKind.OFFICIAL, on=start - 1) if "政务" in one.text]


@pytest.mark.parametrize(("degree", "on", "count"), [
    ("主要领导", NOW, 3), ("重要领导", NOW, 3), ("直接", NOW, 0),
    ("主要领导", parse_moment("2018-04-08"), 3), ("主要领导", parse_moment("2018-04-08") - 1, 0),
])  # fmt: skip
def test_the_veto_of_leaders(degree: str, on: int, count: int) -> None:
    assert len([one for one in post(PostKind.OFFICIAL, on=on, degree=degree) if "一票否决" in one.text]) == count


def test_verdicts_decide_what_is_said() -> None:
    breach = post(PostKind.OFFICIAL)
    opened = post(PostKind.OFFICIAL, verdict=Verdict.OPEN)
    assert texts(opened) == texts(breach)
    assert all(str(one).startswith("如认定失职") for one in opened)
    assert not [one for one in breach if str(one).startswith("如认定失职")]
    assert texts(post(PostKind.OFFICIAL, verdict=Verdict.FULFILLED)) == ["不追究领导责任"]
    assert texts(post(PostKind.OFFICIAL, verdict=Verdict.DEFERRED)) == ["由纪检监察机关追责问责审查调查，结果另定"]
    assert "不追究领导责任" not in texts(post(PostKind.OFFICIAL, circumstances=("尽职",)))
    for verdict in (Verdict.OUT_OF_REACH, Verdict.UNIT_ONLY, Verdict.NOT_INVOLVED):
        for kind in PostKind:
            assert post(kind, verdict=verdict, circumstances=("瞒报", "抗停")) == ()


def test_every_office_of_the_ranks_has_a_kind() -> None:
    offices = {one.text(column) for one in book().entries("岗位职级") for column in ("office", "low")} - {"", "分管副职"}
    assert offices
    assert not [office for office in sorted(offices) if post_kind(book(), office) is None]
    assert post_kind(book(), "企业班子") is PostKind.OTHER
    assert post_kind(book(), "企业班子", "安全总监") is PostKind.SAFETY
    assert post_kind(book(), "企业班子", "班子成员") is PostKind.OTHER
    assert post_kind(book(), "没有这一职") is None


# -- tables and form ----------------------------------------------------------------------------------------------


def test_words_of_the_tables_are_words_of_the_program() -> None:
    kinds = {one.value for one in (*UnitKind, *PostKind)}
    for table in ("后续措施", "禁入"):
        assert {one.text("target") for one in book().entries(table)} <= kinds
    assert {one.text("kind") for one in book().entries("处理对象")} <= {one.value for one in PostKind}
    orders = {one.number("order") for one in book().entries("处理阶梯")}
    assert {one.number(column) for one in book().entries("处理幅度") for column in ("low", "high")} <= orders
    for one in book().entries("后续措施"):
        assert not one.text("parameter") or one.text("parameter") in book().pack.parameters


def test_every_line_has_its_source_and_its_doubt() -> None:
    words = ["瞒报", "迟报", "抗停", "贻误抢救", EXTREME, "违法发包", "报告失实", "逃匿", "投入不足"]
    days = [parse_moment(day) for day in ("2001-01-01", "2010-05-01", "2016-05-01", "2022-05-01", "2026-05-01")]
    lines = [one for grade in ("", *GRADES) for on in days for kind in PostKind
             for one in post(kind, grade, on, circumstances=words, industries=("特种设备",))]
    lines += [one for grade in ("", *GRADES) for on in days for kind in UnitKind
              for one in unit_measures(book(), grade, figures("3"), on, ("煤矿",), words, kind=kind, level="县级")]
    assert len(lines) > 300
    for one in lines:
        assert one.basis
        assert one.cited
        assert (f"〔{one.confidence}〕" in str(one)) == (one.confidence != "已核")
        assert one.confidence in ("已核", "讲话") or any(one.confidence in line for line in one.basis)
        assert "None" not in str(one)
        assert one.range is None or one.range.low is None or one.range.low <= one.range.high


def test_no_number_of_the_law_stands_in_the_program() -> None:
    for module in (measures, tariffs):
        assert module.__file__ is not None
        code = re.sub(r'""".*?"""|#.*', "", Path(module.__file__).read_text(encoding="utf-8"), flags=re.S)
        assert {int(number) for number in re.findall(r"(?<![\w.])\d+(?![\w.])", code)} <= {0, 1}


@pytest.mark.parametrize(("low", "high", "unit", "shown"), [
    ("100", "200", "万元", "100万–200万元"), ("40", "40", "%", "40%"), ("0.1", "2", "万元", "0.1万–2万元"),
    (None, "15", "日", "15日以下"), (None, "5", "万元", "5万元以下"), ("3", "5", "年", "3–5年"), ("5", "5", "年", "5年"),
])  # fmt: skip
def test_ranges_in_words(low: str | None, high: str, unit: str, shown: str) -> None:
    assert str(Range(None if low is None else Decimal(low), Decimal(high), unit)) == shown
