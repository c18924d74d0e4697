"""Who investigates, and every limit after it at its bound; 四不放过 in both readings."""

from __future__ import annotations

import pytest
from province import named, report, reports, told

from zeren.engine.chain.closing import workdays
from zeren.models.moments import format_moment, parse_moment

# -- who investigates --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cells", "level", "unit", "delegable"), [
    ({"deaths": "2"}, "县级", "县政府", True), ({"deaths": "3"}, "市级", "市政府", True), ({"deaths": "9"}, "市级", "市政府", True),
    ({"deaths": "10"}, "省级", "省政府", True), ({"deaths": "29"}, "省级", "省政府", True), ({"deaths": "30"}, "国家级", "", False),
    ({"deaths": "2", "industry": "红矿"}, "", "矿监局", False), ({"deaths": "10", "industry": "红矿"}, "", "矿监局", False),
    ({"deaths": "30", "industry": "红矿"}, "国家级", "", False),
    ({"deaths": "3", "industry": "红矿", "at": "2024-04-30"}, "市级", "市政府", True),
    ({"deaths": "2", "kind": "特种设备"}, "市级", "", False), ({"deaths": "3", "kind": "特种设备"}, "省级", "省市场监管局", False),
    ({"deaths": "10", "kind": "特种设备"}, "国家级", "", False),
    ({"direct_loss": "1000"}, "市级", "市政府", True), ({"direct_loss": "5000"}, "省级", "省政府", True),
    ({"direct_loss": "10000"}, "国家级", "", False), ({"serious_injuries": "50"}, "省级", "省政府", True),
])  # fmt: skip
def test_the_body_of_the_law(cells: dict[str, str], level: str, unit: str, delegable: bool) -> None:
    found = told(**cells).authority
    assert found is not None
    assert (found.level, found.unit, found.delegable) == (level, unit, delegable)


@pytest.mark.parametrize(("cells", "may"), [({"deaths": "0"}, True), ({"deaths": "1"}, False), ({"deaths": "0", "serious_injuries": "1"}, False),
                                            ({"deaths": "0", "missing": "1"}, False), ({"deaths": "0", "serious_injuries": ""}, None),
                                            ({"deaths": "3"}, False)])
def test_the_enterprise_itself_may_be_entrusted(cells: dict[str, str], may: bool | None) -> None:
    found = told(**cells).authority
    assert found is not None
    assert found.entrustable is may
    assert ("委托事故单位" in found.text) == bool(may)


@pytest.mark.parametrize(("level", "body", "state", "word"), [
    ("市级", "市政府", "按时", ""), ("省级", "省政府", "按时", "提级"), ("县级", "县政府", "证据不足", "授权或委托文书")])
def test_elevation_and_what_lies_below_the_law(level: str, body: str, state: str, word: str) -> None:
    found = told(deaths="3", inquiries=f"[{{id: DC-01, body: {body}, level: {level}, stage: 正式, at: 2024-07-20}}]")
    clock = named(found, "事故调查主体")
    assert (clock.state, clock.holder) == (state, "市政府")
    assert word in clock.limit


def test_a_rise_within_the_window_lets_the_level_above_investigate() -> None:
    found = told(reports(report("2024-06-20 09:00", "红星铸造", "县应急局", "死亡: 3")), deaths="2").authority
    assert found is not None
    assert (found.level, "由一般升为较大" in found.text) == ("市级", True)


@pytest.mark.parametrize(("firm", "told_so"), [("柳镇", False), ("西山县", True), ("临江市", False)])
def test_a_firm_of_another_county(firm: str, told_so: bool) -> None:
    found = told(firm=firm).authority
    assert found is not None
    assert ("别的县级区域" in found.text) == told_so


def test_coal_is_not_for_the_county() -> None:
    clock = named(told(industry="红矿", inquiries="[{id: DC-01, body: 县政府, level: 县级, stage: 正式, at: 2024-07-20}]"), "事故调查主体")
    assert clock.state == "证据不足"
    clock = named(told(industry="红矿", inquiries="[{id: DC-01, body: 矿监局, level: 省级, stage: 正式, at: 2024-07-20}]"), "事故调查主体")
    assert clock.state == "按时"


# -- limits in days ----------------------------------------------------------------------------------------------


def inquiry(at: str) -> str:
    return f"[{{id: DC-01, body: 县政府, level: 县级, stage: 正式, at: {at}}}]"


@pytest.mark.parametrize(("at", "closed", "more", "state"), [
    ("2024-08-02", True, "", "按时"), ("2024-08-02 23:59:59", True, "", "按时"), ("2024-08-03", True, "", "超期"), ("2024-08-03", False, "", "证据不足"),
    ("2024-10-01", False, "", "证据不足"), ("2024-10-02", False, "", "超期"),
    ("2024-10-01", True, "延长调查期限", "按时"), ("2024-10-02", True, "延长调查期限", "超期"),
    ("2024-08-12", True, "延长调查期限, 延长天数: 10", "按时"), ("2024-08-13", True, "延长调查期限, 延长天数: 10", "超期")])
def test_sixty_days_and_sixty(at: str, closed: bool, more: str, state: str) -> None:
    records = f"  批复: [{{at: 2024-08-01, actor: 县政府, ref: SG-01, 事项: {more}}}]\n" if more else ""
    clock = named(told(records, closed=closed, inquiries=inquiry(at)), "事故调查期限")
    assert (clock.holder, clock.state) == ("县政府", state)


@pytest.mark.parametrize(("at", "state"), [("2024-08-07", "按时"), ("2024-08-08", "超期")])
def test_the_appraisal_is_not_counted(at: str, state: str) -> None:
    records = "  调查认定: [{at: 2024-07-20, actor: 县政府, ref: DC-01, result: 鉴定, 鉴定天数: 5}]\n"
    assert named(told(records, inquiries=inquiry(at)), "事故调查期限").state == state


@pytest.mark.parametrize(("kind", "deaths", "due"), [
    ("生产安全事故", "2", "2024-08-02"), ("生产安全事故", "30", "2024-08-02"), ("电力", "2", "2024-07-18"), ("电力", "9", "2024-07-18"),
    ("电力", "10", "2024-08-02"), ("铁路交通", "2", "2024-06-13"), ("铁路交通", "3", "2024-06-23"), ("铁路交通", "10", "2024-07-03"),
    ("铁路交通", "30", "2024-08-02")])
def test_the_limits_of_other_regimes(kind: str, deaths: str, due: str) -> None:
    clock = named(told(kind=kind, deaths=deaths), "事故调查期限")
    assert format_moment(clock.due or 0, "end") == due
    assert clock.state == "超期" if clock.holder else "证据不足"


@pytest.mark.parametrize(("on", "closed", "state"), [
    ("2024-08-01", True, "未到期"), ("2024-08-02", True, "超期"), ("2024-08-02", False, "证据不足")])
def test_no_investigation_report(on: str, closed: bool, state: str) -> None:
    assert named(told(on=on, closed=closed), "事故调查期限").state == state


@pytest.mark.parametrize(("deaths", "at", "more", "state"), [
    ("2", "2024-08-04", "", "按时"), ("2", "2024-08-05", "", "超期"), ("29", "2024-08-05", "", "超期"),
    ("30", "2024-08-19", "", "按时"), ("30", "2024-08-20", "", "超期"),
    ("30", "2024-09-18", "延长批复期限", "按时"), ("30", "2024-09-19", "延长批复期限", "超期"), ("2", "2024-08-05", "延长批复期限", "超期")])
def test_approval(deaths: str, at: str, more: str, state: str) -> None:
    records = f"  批复:\n    - {{at: {at}, actor: 县政府, ref: SG-01, 事项: 调查报告}}\n"
    records += f"    - {{at: 2024-08-01, actor: 县政府, ref: SG-01, 事项: {more}}}\n" if more else ""
    assert named(told(records, deaths=deaths, inquiries=inquiry("2024-07-20")), "调查报告批复").state == state


@pytest.mark.parametrize(("approved", "done", "state"), [
    ("2024-08-01", "2025-08-01", "按时"), ("2024-08-01", "2025-08-02", "超期"), ("2024-02-29", "2025-02-28", "按时"),
    ("2024-02-29", "2025-03-01", "超期"), ("2024-08-01", "", "超期")])
def test_evaluation_within_a_year(approved: str, done: str, state: str) -> None:
    records = f"  批复: [{{at: {approved}, actor: 县政府, ref: SG-01}}]\n"
    records += f"  评估: [{{at: {done}, actor: 县政府, ref: SG-01, result: 合格}}]\n" if done else ""
    found = told(records, at="2024-01-03 14:20", known_at="", inquiries=inquiry("2024-02-20"))
    assert named(found, "整改评估").state == state


def test_no_evaluation_is_owed_before_the_law() -> None:
    def stages(approved: str) -> list[str]:
        return [clock.name for clock in told(f"  批复: [{{at: {approved}, actor: 县政府, ref: SG-01}}]\n", at="2021-06-03", known_at="").clocks
                if clock.name in ("整改评估", "行政处罚立案")]

    assert stages("2021-08-31") == []
    assert stages("2021-09-01") == ["整改评估"]
    assert stages("2026-01-31") == ["整改评估"]
    assert stages("2026-02-01") == ["整改评估", "行政处罚立案"]


@pytest.mark.parametrize(("approved", "number", "due"), [
    ("2026-03-02", 5, "2026-03-09"), ("2026-03-06", 1, "2026-03-09"), ("2026-09-24", 1, "2026-09-28"), ("2026-09-24", 5, "2026-10-09")])
def test_working_days(approved: str, number: int, due: str) -> None:
    free = [(parse_moment("2026-09-25"), parse_moment("2026-09-28")), (parse_moment("2026-10-01"), parse_moment("2026-10-08"))]
    end, known = workdays(parse_moment(approved), number, free)
    assert (format_moment(end, "end"), known) == (due, True)
    assert not workdays(parse_moment("2030-03-04"), 5, free)[1]


@pytest.mark.parametrize(("approved", "records", "state"), [
    ("2026-09-24", "立案: [{at: 2026-10-09, ", "按时"), ("2026-09-24", "立案: [{at: 2026-10-10, ", "超期"),
    ("2026-09-24", "处罚: [{at: 2026-10-09, ", "按时"), ("2026-09-24", "处罚: [{at: 2026-10-10, ", "超期"), ("2026-09-24", "", "超期"),
    ("2028-03-06", "立案: [{at: 2028-03-13, ", "按时"), ("2028-03-06", "立案: [{at: 2028-03-14, ", "证据不足")])
def test_the_case_is_opened_in_five_working_days(approved: str, records: str, state: str) -> None:
    text = f"  批复: [{{at: {approved}, actor: 县政府, ref: SG-01}}]\n"
    text += f"  {records}actor: 县应急局, object: 红星铸造, ref: SG-01}}]\n" if records else ""
    clock = named(told(text), "行政处罚立案")
    assert (clock.holder, clock.state) == ("县应急局", state)


# -- 四不放过 ----------------------------------------------------------------------------------------------------

DONE = """  调查认定: [{at: 2024-07-20, actor: 县政府, ref: SG-01, result: 原因查清}]
  处罚: [{at: 2024-08-20, actor: 县应急局, object: 红星铸造, ref: SG-01}]
  验收: [{at: 2024-09-10, actor: 县政府, object: 红星铸造, ref: SG-01, result: 合格}]
  警示教育: [{at: 2024-08-30, actor: 红星铸造, ref: SG-01}]
"""
CLOSED = "  结案: [{at: 2024-09-20, actor: 县政府, ref: SG-01}]\n"


@pytest.mark.parametrize(("profile", "fourth", "state"), [
    (None, "人员受到教育（警示教育）", "按时"), ("教育口径", "人员受到教育（警示教育）", "按时"), ("教训口径", "教训吸取（通报）", "超期")])
def test_both_readings_of_the_fourth_item(profile: str | None, fourth: str, state: str) -> None:
    found = told(DONE + CLOSED, profile=profile)
    items = [(clock.name.removeprefix("四不放过："), clock.state) for clock in found.clocks if clock.name.startswith("四不放过")]
    assert items == [("原因查清", "按时"), ("责任人处理", "按时"), ("整改落实", "按时"), (fourth, state)]


@pytest.mark.parametrize(("at", "state"), [("2024-09-20 23:59:59", "按时"), ("2024-09-21", "超期"), ("2025-01-01", "超期")])
def test_an_item_after_the_closure_is_late(at: str, state: str) -> None:
    assert named(told(DONE.replace("2024-08-30", at) + CLOSED), "人员受到教育").state == state


@pytest.mark.parametrize(("records", "closed", "state"), [
    (CLOSED, True, "超期"), (CLOSED, False, "证据不足"), ("", True, "未到期"), (DONE, True, "按时")])
def test_items_without_papers(records: str, closed: bool, state: str) -> None:
    assert named(told(records, closed=closed), "原因查清").state == state


def test_a_sanction_handles_the_responsible() -> None:
    more = "\nsanctions: [{id: CF-1, post: 厂长, track: 罚款, stage: STAGE, at: 2024-08-20, ref: SG-01}]"
    assert named(told(CLOSED, more=more.replace("STAGE", "决定")), "责任人处理").state == "按时"
    assert named(told(CLOSED, more=more.replace("STAGE", "建议")), "责任人处理").state == "超期"


