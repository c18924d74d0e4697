"""Measures for units: fines at every bound of grade, tier and date; sectors; closing, blacklist, talks, vetoes."""

from __future__ import annotations

from decimal import Decimal

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
    texts,
    unit,
)

from zeren.engine.chain.measures import UnitKind, unit_measures
from zeren.models.moments import DAY, parse_moment


@pytest.mark.parametrize(("on", "expected", "article"), [
    (parse_moment("2007-06-01"), ["10万–20万元", "20万–50万元", "50万–200万元", "200万–500万元"], "条例第三十七条"),
    (BEFORE_2014, ["10万–20万元", "20万–50万元", "50万–200万元", "200万–500万元"], "条例第三十七条"),
    (FROM_2014, ["20万–50万元", "50万–100万元", "100万–500万元", "500万–1000万元"], "(2014修正)第一百零九条"),
    (BEFORE_2021, ["20万–50万元", "50万–100万元", "100万–500万元", "500万–1000万元"], "(2014修正)第一百零九条"),
    (FROM_2021, ["30万–100万元", "100万–200万元", "200万–1000万元", "1000万–2000万元"], "安全生产法第一百一十四条"),
    (NOW, ["30万–100万元", "100万–200万元", "200万–1000万元", "1000万–2000万元"], "安全生产法第一百一十四条"),
])  # fmt: skip
def test_the_fine_of_the_unit_by_grade_and_date(on: int, expected: list[str], article: str) -> None:
    for grade, amount in zip(GRADES, expected, strict=True):
        found = unit(grade, on)
        assert fines(found) == [(amount, "已核")], grade
        assert article in str(found[0])
        assert str(found[0]).startswith(f"罚款 {amount}（")


def test_before_the_rules_in_the_table_the_gap_is_said() -> None:
    found = unit("较大", parse_moment("2007-06-01") - 1)
    assert fines(found) == []
    assert [(one.text, one.confidence) for one in found] == [("当时的事故罚款未收入数据表，须另查", "存疑")]
    assert not any("未收入" in text for text in texts(unit("较大", parse_moment("2007-06-01"))))


@pytest.mark.parametrize("table", ["事故罚款-单位", "事故罚款-主要负责人"])
def test_the_amounts_of_the_regulation_of_2007_are_gone_after_2021_09_01(table: str) -> None:
    replaced = {("fact", "B-042"), ("fact", "B-043")}
    assert [one for one in book().entries(table, BEFORE_2014) if replaced & set(one.basis)]
    for on in (FROM_2021, NOW, parse_moment("2035-01-01")):
        assert not [one for one in book().entries(table, on) if replaced & set(one.basis)]


@pytest.mark.parametrize(("grade", "criterion", "value", "tier", "amount", "confidence"), [
    ("一般", "死亡", "0", 1, "30万–50万元", "未核原文"), ("一般", "死亡", "1", 2, "50万–70万元", "未核原文"),
    ("一般", "死亡", "2", 3, "70万–100万元", "未核原文"),
    ("一般", "重伤", "2", 1, "30万–50万元", "未核原文"), ("一般", "重伤", "3", 2, "50万–70万元", "未核原文"),
    ("一般", "重伤", "5", 2, "50万–70万元", "未核原文"), ("一般", "重伤", "6", 3, "70万–100万元", "未核原文"),
    ("一般", "直接经济损失", "299.99", 1, "30万–50万元", "未核原文"),
    ("一般", "直接经济损失", "300", 2, "50万–70万元", "未核原文"), ("一般", "直接经济损失", "500", 3, "70万–100万元", "未核原文"),
    ("较大", "死亡", "3", 1, "100万–120万元", "未核原文"), ("较大", "死亡", "4", 1, "100万–120万元", "未核原文"),
    ("较大", "死亡", "5", 2, "120万–150万元", "未核原文"), ("较大", "死亡", "6", 2, "120万–150万元", "未核原文"),
    ("较大", "死亡", "7", 3, "150万–200万元", "未核原文"), ("较大", "死亡", "9", 3, "150万–200万元", "未核原文"),
    ("较大", "重伤", "19", 1, "100万–120万元", "未核原文"), ("较大", "重伤", "20", 2, "120万–150万元", "未核原文"),
    ("较大", "直接经济损失", "1999.99", 1, "100万–120万元", "未核原文"),
    ("较大", "直接经济损失", "3000", 3, "150万–200万元", "未核原文"),
    ("重大", "死亡", "10", 1, "200万–400万元", "存疑"), ("重大", "死亡", "11", 1, "200万–400万元", "存疑"),
    ("重大", "死亡", "12", 2, "400万–600万元", "存疑"), ("重大", "死亡", "14", 2, "400万–600万元", "存疑"),
    ("重大", "死亡", "15", 3, "600万–1000万元", "存疑"), ("重大", "死亡", "29", 3, "600万–1000万元", "存疑"),
    ("特别重大", "死亡", "30", 1, "1000万–1200万元", "未核原文"), ("特别重大", "死亡", "39", 1, "1000万–1200万元", "未核原文"),
    ("特别重大", "死亡", "40", 2, "1200万–1500万元", "未核原文"), ("特别重大", "死亡", "49", 2, "1200万–1500万元", "未核原文"),
    ("特别重大", "死亡", "50", 3, "1500万–2000万元", "未核原文"), ("特别重大", "死亡", "500", 3, "1500万–2000万元", "未核原文"),
    ("特别重大", "重伤", "150", 3, "1500万–2000万元", "未核原文"),
    ("特别重大", "直接经济损失", "14999", 1, "1000万–1200万元", "未核原文"),
])  # fmt: skip
def test_every_bound_of_the_tiers(grade: str, criterion: str, value: str, tier: int, amount: str, confidence: str) -> None:
    numbers = {**figures(), criterion: Decimal(value)}
    (one,) = [one for one in unit(grade, FROM_2024, numbers=numbers) if "档" in one.text]
    assert (str(one.range), one.confidence) == (amount, confidence)
    assert f"第{tier}档（按" in one.text
    assert criterion in one.text
    assert f"〔{confidence}〕" in str(one)
    assert "不低于" not in one.text


def test_no_tiers_before_the_rule_of_2024_and_the_highest_figure_counts() -> None:
    numbers = figures("3", "20", "3000")
    assert not [one for one in unit("较大", BEFORE_2024, numbers=numbers) if "档" in one.text]
    assert fines(unit("较大", FROM_2024, numbers=numbers), "罚款第3档（按直接经济损失）") == [("150万–200万元", "未核原文")]


def test_figures_beyond_the_grade_give_no_tier() -> None:
    assert not [one for one in unit("一般", numbers=figures("3", "10", "1000")) if "档" in one.text]
    assert not [one for one in unit("较大", numbers=figures("2", "9", "999.99")) if "档" in one.text]


def test_an_unknown_figure_makes_the_tier_a_lower_bound() -> None:
    found = unit("较大", numbers=figures("5", None, "0"))
    assert fines(found, "罚款不低于第2档（按死亡）") == [("120万–200万元", "未核原文")]
    assert not [one for one in unit("较大", numbers=figures(None, None, None)) if "档" in one.text]
    assert not [one for one in unit("较大") if "档" in one.text]


@pytest.mark.parametrize(("grade", "amount"), [
    ("一般", "50万–100万元"), ("较大", "150万–200万元"), ("重大", "500万–1000万元"), ("特别重大", "1000万–2000万元"),
])  # fmt: skip
def test_coal_mines_have_their_own_fines_from_their_day(grade: str, amount: str) -> None:
    numbers = figures("3", "0", "0")
    before, after = (unit(grade, on, numbers=numbers, industries=("煤矿",)) for on in (BEFORE_COAL, FROM_COAL))
    assert fines(before)
    assert not fines(before, "罚款（煤矿）")
    assert fines(after, "罚款（煤矿） ") == [(amount, "已核")]
    assert not fines(after)
    assert not [one for one in after if "档" in one.text]
    assert "煤矿安全生产条例第六十七条" in str(after[0])
    assert [one for one in texts(after) if "国家矿山安全监察局" in one]
    assert not [one for one in texts(after) if "应急管理" in one]


def test_special_equipment_stands_beside_the_general_law_and_is_doubtful() -> None:
    amounts = ["10万–20万元", "20万–50万元", "50万–200万元"]
    for grade, amount in zip(GRADES, amounts, strict=False):
        found = unit(grade, industries=("特种设备",))
        assert fines(found) == fines(unit(grade))
        assert fines(found, "罚款（特种设备） ") == [(amount, "存疑")]
        assert any(str(one).startswith(f"罚款（特种设备） {amount}〔存疑〕（特种设备安全法") for one in found)
    assert not fines(unit("特别重大", industries=("特种设备",)), "罚款（特种设备）")
    assert not fines(unit("一般"), "罚款（特种设备）")


@pytest.mark.parametrize(("grade", "span"), [
    ("一般", "60万–500万元"), ("较大", "200万–1000万元"), ("重大", "400万–5000万元"), ("特别重大", "2000万–10000万元"),
])  # fmt: skip
def test_the_multiplied_fine(grade: str, span: str) -> None:
    (one,) = [one for one in unit(grade, circumstances=(EXTREME,)) if "加倍" in one.text]
    assert (str(one.range), one.confidence, one.provided) == (span, "已核", EXTREME)
    assert "最高10000万元" in one.text
    assert not [one for one in unit(grade) if "加倍" in one.text]
    assert not [one for one in unit(grade, BEFORE_2021, circumstances=(EXTREME,)) if "加倍" in one.text]
    assert [one for one in unit(grade, FROM_2021, circumstances=(EXTREME,)) if "加倍" in one.text]


def test_coal_mines_multiply_their_own_fines_without_the_general_cap() -> None:
    found = unit("特别重大", industries=("煤矿",), circumstances=(EXTREME, "抗停"))
    both = [(one.provided, str(one.range), one.confidence, "最高" in one.text) for one in found if "加倍" in one.text]
    assert both == [(EXTREME, "2000万–10000万元", "已核", False), ("拒不执行停产整改", "2000万–10000万元", "未核原文", True)]


def test_the_higher_fine_of_the_law_of_2014() -> None:
    start = f"罚款（{EXTREME}） "
    for on, expected in ((BEFORE_2014, []), (FROM_2014, [("1000万–2000万元", "已核")]), (BEFORE_2021, [("1000万–2000万元", "已核")]),
                         (FROM_2021, [])):
        assert fines(unit("特别重大", on, circumstances=(EXTREME,)), start) == expected
    assert fines(unit("特别重大", FROM_2014), start) == []
    assert fines(unit("重大", FROM_2014, circumstances=(EXTREME,)), start) == []


@pytest.mark.parametrize("word", ["瞒报", "谎报", "逃匿", "毁证或拒绝调查"])
def test_false_reports_are_fined_apart(word: str) -> None:
    plain = unit("重大", circumstances=(word,))
    assert fines(plain, "罚款（谎报瞒报毁证） ") == [("100万–500万元", "已核")]
    assert fines(plain, "罚款（谎报瞒报毁证）第1档 ") == [("200万–250万元", "未核原文")]
    worse = unit("重大", circumstances=(word, "贻误抢救"))
    assert fines(worse, "罚款（谎报瞒报毁证）第") == [("400万–450万元", "未核原文")]
    assert fines(unit("重大", circumstances=("贻误抢救",)), "罚款（谎报") == []
    assert fines(unit("重大", circumstances=("迟报",)), "罚款（谎报") == []
    assert fines(unit("重大", BEFORE_2024, circumstances=(word,)), "罚款（谎报瞒报毁证）第") == []


def test_closing_needs_its_ground() -> None:
    closed = "提请地方政府关闭"
    assert [one.provided for one in unit("重大") if one.text == closed] == ["不具备法定安全生产条件，导致重大、特别重大事故的"]
    assert closed not in texts(unit("较大"))
    assert [one.provided for one in unit("较大", circumstances=("抗停",)) if one.text == closed] == ["拒不执行停产停业整顿决定的"]
    assert closed not in texts(unit("重大", BEFORE_2021))


def test_the_blacklist_from_its_day_with_a_period_that_was_not_checked() -> None:
    start = parse_moment("2023-10-01")
    listed = "列入安全生产严重失信主体名单（黑名单）"
    assert listed not in texts(unit("一般", start - 1))
    found = {one.text: one for one in unit("一般", start)}
    assert found[listed].confidence == "已核"
    assert found["失信管理期 1095天"].confidence == "未核原文"
    assert "责令停产停业整顿" in found


def test_an_intermediary_has_no_accident_fine() -> None:
    def of(*words: str) -> list[str]:
        return texts(unit_measures(book(), "较大", {}, NOW, (), words, kind=UnitKind.INTERMEDIARY))

    assert not [text for text in of() if "罚款" in text]
    assert "责令停业整顿，并处罚款 3万–10万元" in of("报告失实")
    assert {"没收违法所得，并处罚款 10万–20万元", "没收违法所得，并处违法所得 2–5倍"} <= set(of("虚假报告或租借资质"))


@pytest.mark.parametrize(("grade", "level", "on", "expected"), [
    ("一般", "县级", NOW, []), ("较大", "县级", NOW, ["365天内较大以上事故达到2起的"]),
    ("重大", "县级", NOW, ["", "365天内较大以上事故达到2起的"]), ("重大", "乡级", NOW, []), ("重大", "省级", NOW, []),
    ("特别重大", "省级", NOW, [""]), ("特别重大", "省级", parse_moment("2018-02-26"), [""]),
    ("特别重大", "省级", parse_moment("2018-02-26") - 1, []),
])  # fmt: skip
def test_talks_of_authorities(grade: str, level: str, on: int, expected: list[str]) -> None:
    found = unit_measures(book(), grade, {}, on, kind=UnitKind.AUTHORITY, level=level)
    assert [one.provided for one in found if "约谈" in one.text] == expected
    assert not [one for one in found if "罚款" in one.text]


def test_the_veto_of_units_follows_the_parameter() -> None:
    def vetoes(kind: UnitKind, grade: str, *words: str) -> list[tuple[str, str]]:
        found = unit_measures(book(), grade, {}, NOW, (), words, kind=kind)
        return [(one.text, one.confidence) for one in found if "一票否决" in one.text]

    assert vetoes(UnitKind.AUTHORITY, "重大") == [("一票否决：取消评优评先", "讲话")]
    assert vetoes(UnitKind.AUTHORITY, "较大") == []
    assert vetoes(UnitKind.AUTHORITY, "较大", "突破控制指标") == [("一票否决：取消评优评先", "讲话")]
    assert vetoes(UnitKind.AUTHORITY, "较大", "年度制") == []  # not switched on
    assert vetoes(UnitKind.FIRM, "重大") == []


def test_a_day_has_one_law() -> None:
    """The first and the last second of a day fall under one law."""
    for day in (FROM_2014, FROM_2021, FROM_2024, FROM_COAL):
        assert unit("较大", day, industries=("煤矿",)) == unit("较大", day + DAY - 1, industries=("煤矿",))
