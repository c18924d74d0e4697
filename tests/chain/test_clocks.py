"""Every report clock at its bound, the four faults, and agreement with the rules that decide the same."""

from __future__ import annotations

import pytest
from province import CHAIN, named, pack, report, reports, told

import zeren
from zeren.engine.chain.clocks import timeline
from zeren.engine.examples import all_examples, organisation
from zeren.models.moments import format_moment, parse_moment
from zeren.models.problems import UsageError

# -- the enterprise ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sent", "state"), [
    ("2024-06-03 14:50", "按时"), ("2024-06-03 15:40", "按时"), ("2024-06-03 15:40:01", "迟报"), ("2024-06-05", "迟报"),
    ("2024-06-03", "证据不足"),
])  # fmt: skip
def test_one_hour_from_the_head(sent: str, state: str) -> None:
    clock = named(told(reports(report(sent, "厂长", "县应急局"))), "事故单位报告应急管理部门")
    assert (clock.state, clock.holder, format_moment(clock.due or 0)) == (state, "红星铸造", "2024-06-03 15:40")
    assert format_moment(clock.done or 0) == sent
    assert "1小时" in clock.limit


@pytest.mark.parametrize(("on", "closed", "state"), [
    ("2024-06-03 15:39", True, "未到期"), ("2024-06-03 15:40", True, "漏报"), ("2024-06-03 15:41", True, "漏报"), ("2024-06-03 15:41", False, "证据不足"),
    ("2030-12-31", True, "漏报"), ("2030-12-31", False, "证据不足")])
def test_no_report(on: str, closed: bool, state: str) -> None:
    found = told(on=on, closed=closed)
    assert named(found, "事故单位报告应急管理部门").state == state
    assert named(found, "事故单位报告负有监管职责的部门").state == ("证据不足" if state == "漏报" else state)  # no such department
    found = told(on=on, closed=closed, industry="机械")
    assert named(found, "事故单位报告负有监管职责的部门").state == state
    assert any(ask.holder == "红星铸造" and ask.kind == "报告" for ask in found.asks) == (state == "证据不足")


@pytest.mark.parametrize(("sent", "state"), [("2024-06-03 15:20", "按时"), ("2024-06-03 15:21", "证据不足")])
def test_nobody_says_when_the_head_knew(sent: str, state: str) -> None:
    clock = named(told(reports(report(sent, "红星铸造", "县应急局")), known_at=""), "事故单位报告应急管理部门")
    assert clock.state == state


def test_the_report_inside_the_firm_tells_when_the_head_knew() -> None:
    lines = (report("2024-06-03 14:30", "班长", "厂长"), report("2024-06-03 15:31", "厂长", "县应急局"))
    found = told(reports(*lines), known_at="")
    assert named(found, "现场人员报告单位负责人").state == "按时"
    assert named(found, "事故单位报告应急管理部门").state == "迟报"


@pytest.mark.parametrize(("known", "state"), [("2024-06-03 14:50", "按时"), ("2024-06-03 14:51", "迟报")])
def test_at_once_is_a_parameter_and_custom(known: str, state: str) -> None:
    clock = named(told(known_at=known), "现场人员报告单位负责人")
    assert clock.state == state
    assert "惯例" in clock.limit
    assert any("立即报告" in line and "惯例" in line for line in clock.basis)


def test_a_report_to_the_city_is_above_the_county() -> None:
    assert named(told(reports(report("2024-06-03 15:00", "红星铸造", "市应急局"))), "事故单位报告应急管理部门").state == "按时"
    assert named(told(reports(report("2024-06-03 15:00", "红星铸造", "县政府"))), "事故单位报告应急管理部门").state == "漏报"


def test_no_law_before_its_day() -> None:
    assert [clock.name for clock in told(at="2007-05-31 14:20", known_at="").clocks if "报告" in clock.name] == []
    assert named(told(at="2007-06-01 14:20", known_at=""), "事故单位报告应急管理部门").state == "漏报"


@pytest.mark.parametrize(("industry", "at", "extra"), [
    ("红矿", "2024-05-01", ["矿山安全监察"]), ("红矿", "2024-04-30", []), ("机械", "2024-05-01", []),
    ("危险化学品", "2026-05-01", ["生态环境", "公安", "卫生健康", "市场监督管理"]), ("危险化学品", "2026-04-30", [])])
def test_further_departments(industry: str, at: str, extra: list[str]) -> None:
    more = "" if industry != "危险化学品" else "\nindustries: [{id: 危险化学品}]"
    text = told(at=at, known_at="", industry=industry) if not more else None
    if text is None:
        org = zeren.parse("territories: [{id: 东湖县, level: 县级}]\nunits: [{id: 厂, kind: 企业, territory: 东湖县}]" + more
                          + f"\nincidents: [{{id: SG-01, kind: 生产安全事故, at: {at}, territory: 东湖县, industry: 危险化学品, "
                          "deaths: 1, involved: [{subject: 厂, part: 经营}]}]")
        text = timeline("SG-01", org, parse_moment("2030-12-31", "end"), pack())
    names = [clock.name.removeprefix("事故单位报告").removesuffix("部门") for clock in text.clocks if clock.name.startswith("事故单位报告")]
    assert names == ["应急管理", "负有监管职责的", *extra]


# -- level by level ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("deaths", "ups"), [
    ("0", ["县应急局"]), ("2", ["县应急局"]), ("3", ["县应急局", "市应急局"]), ("9", ["县应急局", "市应急局"]),
    ("10", ["县应急局", "市应急局", "省应急厅"]), ("29", ["县应急局", "市应急局", "省应急厅"]),
    ("30", ["县应急局", "市应急局", "省应急厅"])])
def test_how_far_up(deaths: str, ups: list[str]) -> None:
    found = told(reports(*(line.replace("N", deaths) for line in CHAIN)), deaths=deaths)
    states = {clock.holder: clock.state for clock in found.clocks if "上报" in clock.name}
    assert states == dict.fromkeys(ups, "按时")
    quick = [clock.holder for clock in found.clocks if "快报" in clock.name]
    assert quick == ([] if len(ups) == 1 else ["县应急局", "市应急局"] if len(ups) == 2 else ["县应急局", "市应急局", "省应急厅"])
    assert [clock.holder for clock in found.clocks if clock.name.endswith("国务院")] == (["省政府"] if len(ups) == 3 else [])


def test_the_two_tables_of_how_far_up_agree() -> None:
    def rows(name: str) -> list[dict[str, object]]:
        table = pack().table(name)
        return [dict(zip(table.relation.names, fact.values, strict=True)) for fact in table.facts]

    ends = {(row["rank"], row["level"]) for row in rows("报告终点")}
    steps = {(row["min_rank"], row["to"]) for row in rows("报告时限") if row["regime"] == "一般规定" and row["min_rank"] is not None}
    assert ends == steps | {(4, "国家级")}


@pytest.mark.parametrize(("sent", "state"), [("2024-06-03 17:00", "按时"), ("2024-06-03 17:00:01", "迟报")])
def test_two_hours_a_level(sent: str, state: str) -> None:
    lines = (report("2024-06-03 15:00", "红星铸造", "县应急局"), report(sent, "县应急局", "市应急局"))
    clock = named(told(reports(*lines)), "上报", "县应急局")
    assert (clock.state, format_moment(clock.due or 0)) == (state, "2024-06-03 17:00")


@pytest.mark.parametrize(("sent", "state"), [("2024-06-03 16:00", "按时"), ("2024-06-03 16:01", "迟报")])
def test_the_quick_report_is_one_hour(sent: str, state: str) -> None:
    lines = (report("2024-06-03 15:00", "红星铸造", "县应急局", "死亡: 3"), report(sent, "县应急局", "省应急厅", "死亡: 3"))
    clock = named(told(reports(*lines), deaths="3"), "快报", "县应急局")
    assert clock.state == state
    assert any("未核原文" in line for line in clock.basis)


def test_the_clock_of_a_level_starts_when_it_hears_of_enough() -> None:
    lines = (report("2024-06-03 15:00", "红星铸造", "市应急局", "死亡: 2"), report("2024-06-04 09:00", "红星铸造", "市应急局", "死亡: 2, 失踪: 1"),
             report("2024-06-04 11:00", "市应急局", "省应急厅", "死亡: 2, 失踪: 1"))
    assert named(told(reports(*lines), deaths="3"), "上报", "市应急局").state == "按时"
    clock = named(told(reports(lines[0]), deaths="3"), "上报", "市应急局")
    assert (clock.due, clock.state) == (None, "未到期")
    assert "未到须上报的等级" in clock.limit


@pytest.mark.parametrize(("closed", "state"), [(True, "未到期"), (False, "证据不足")])
def test_who_was_not_told_is_not_late(closed: bool, state: str) -> None:
    clock = named(told(closed=closed), "上报", "县应急局")
    assert (clock.due, clock.done, clock.state) == (None, None, state)


def test_every_holder_has_a_clock_though_all_is_well() -> None:
    found = told(reports(*(line.replace("N", "1") for line in CHAIN[:2]), report("2024-06-03 15:10", "县应急局", "县政府"),
                         report("2024-06-03 15:10", "红星铸造", "县工信局"), report("2024-06-03 15:20", "县工信局", "市工信局"),
                         report("2024-06-03 15:20", "县工信局", "县政府")), industry="机械")
    mine = [(clock.holder, clock.state) for clock in found.clocks if "报告" in clock.name or "上报" in clock.name]
    assert mine[:-1] == [(holder, "按时") for holder in (
        "红星铸造", "红星铸造", "红星铸造", "县应急局", "县工信局", "县应急局", "县工信局")]
    assert all(clock.basis and clock.sources and all(source.line for source in clock.sources) for clock in found.clocks)


def test_an_absent_tier_is_skipped() -> None:
    org = zeren.parse("""
territories: [{id: 省, level: 省级, children: [{id: 县, level: 县级}]}]
units:
  - {id: 厅, kind: 部门, territory: 省, function: 应急管理}
  - {id: 局, kind: 部门, territory: 县, function: 应急管理}
incidents: [{id: SG-01, kind: 生产安全事故, at: 2024-06-03 14:20, territory: 县, deaths: 1}]
records: {报告: [{at: 2024-06-03 15:00, actor: 厂, object: 局, ref: SG-01}, {at: 2024-06-03 16:00, actor: 局, object: 厅, ref: SG-01}]}
""".replace("actor: 厂", "actor: 厅"))
    found = timeline("SG-01", org, parse_moment("2024-06-30", "end"), pack())
    clock = named(found, "上报")
    assert (clock.holder, clock.state) == ("局", "按时")
    assert "省级部门" in clock.name


@pytest.mark.parametrize(("parent", "states"), [("市", {"管委会应急局": "按时"}), ("县", {"县应急局": "未到期"})])
def test_a_zone_is_a_county_only_where_no_county_lies_above(parent: str, states: dict[str, str]) -> None:
    org = zeren.parse(f"""
territories: [{{id: 市, level: 市级}}, {{id: 县, level: 县级, parent: 市}}, {{id: 区, level: 功能区, parent: {parent}}}]
units:
  - {{id: 市应急局, kind: 部门, territory: 市, function: 应急管理}}
  - {{id: 县应急局, kind: 部门, territory: 县, function: 应急管理}}
  - {{id: 管委会应急局, kind: 部门, territory: 区, function: 应急管理}}
  - {{id: 厂, kind: 企业, territory: 区, ledgers: [{{kind: 报告, since: 2024-01-01}}]}}
incidents: [{{id: SG-01, kind: 生产安全事故, at: 2024-06-03 14:20, territory: 区, deaths: 1, involved: [{{subject: 厂, part: 经营}}]}}]
records:
  报告:
    - {{at: 2024-06-03 15:00, actor: 厂, object: 管委会应急局, ref: SG-01}}
    - {{at: 2024-06-03 16:00, actor: 管委会应急局, object: 市应急局, ref: SG-01}}
""")
    found = timeline("SG-01", org, parse_moment("2024-06-30", "end"), pack())
    assert {clock.holder: clock.state for clock in found.clocks if "上报" in clock.name} == states
    assert named(found, "事故单位报告应急管理部门").state == "按时"


# -- false and concealed -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "state"), [("5", "按时"), ("4", "谎报"), ("6", "按时")])
def test_fewer_dead_than_it_knew(said: str, state: str) -> None:
    lines = (report("2024-06-03 15:00", "红星铸造", "县应急局", "死亡: 5"), report("2024-06-03 16:00", "县应急局", "市应急局", f"死亡: {said}"))
    found = told(reports(*lines), deaths="5")
    assert named(found, "上报", "县应急局").state == state
    assert named(found, "事故单位报告应急管理部门").state == "按时"


def test_its_own_rescue_record_said_more() -> None:
    rescue = "  应急处置: [{at: 2024-06-03 14:50, actor: 红星铸造, ref: SG-01, 死亡: 3}]\n"
    clock = named(told(rescue + reports(report("2024-06-03 15:10", "红星铸造", "县应急局", "死亡: 1"))), "事故单位报告应急管理部门")
    assert clock.state == "谎报"
    assert any(line.startswith("谎报：") for line in clock.basis)
    assert any("应急处置" in source.text for source in clock.sources)


FORMAL = "[{id: DC-01, body: 县政府, level: 县级, stage: 正式, at: 2024-07-20FINDINGS}]"


@pytest.mark.parametrize(("word", "state"), [("瞒报", "瞒报"), ("谎报", "谎报"), ("漏报", "漏报"), ("迟报", "迟报"), ("不报", "漏报"), ("拖延不报", "迟报"),
                                             ("未培训", "证据不足")])
@pytest.mark.parametrize("by", ["record", "finding"])
def test_what_the_inquiry_found(word: str, state: str, by: str) -> None:
    record = f"  调查认定: [{{at: 2024-07-20, actor: 县政府, object: 厂长, ref: SG-01, result: {word}}}]\n" if by == "record" else ""
    findings = f", findings: [{{unit: 红星铸造, duty: {word}}}]" if by == "finding" else ""
    found = told(record, closed=False, inquiries=FORMAL.replace("FINDINGS", findings))
    clock = named(found, "事故单位报告应急管理部门")
    assert clock.state == state
    assert any(line.startswith(f"{state}：") for line in clock.basis) == (state != "证据不足")


def test_of_several_findings_the_gravest_is_shown() -> None:
    words = ("迟报", "瞒报", "漏报")
    found = told(closed=False, inquiries=FORMAL.replace("FINDINGS", f", findings: [{', '.join(f'{{unit: 红星铸造, duty: {one}}}' for one in words)}]"))
    clock = named(found, "事故单位报告应急管理部门")
    assert (clock.state, sum("finding" in source.text or "调查认定" in source.text for source in clock.sources)) == ("瞒报", 3)
    assert named(found, "现场人员报告单位负责人").state == "按时"


def test_only_an_inquiry_conceals_and_only_where_it_was_not_in_time() -> None:
    record = "  调查认定: [{at: 2024-07-20, actor: 县政府, object: 红星铸造, ref: SG-01, result: 瞒报}]\n"
    sent = reports(report("2024-06-03 15:00", "红星铸造", "县应急局"))
    found = told(record + sent, inquiries=FORMAL.replace("FINDINGS", ""), industry="机械")
    assert named(found, "事故单位报告应急管理部门").state == "按时"
    assert named(found, "事故单位报告负有监管职责的部门").state == "瞒报"
    assert named(told(record + sent, industry="机械"), "事故单位报告负有监管职责的部门").state == "漏报"
    assert named(told(record, on="2024-07-19", inquiries=FORMAL.replace("FINDINGS", "")), "报告应急管理部门").state == "漏报"


# -- what the sources ask ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cells", "written"), [
    ({"deaths": "2"}, False), ({"deaths": "3"}, True), ({"deaths": "2", "missing": "1"}, True), ({"endangered": "2"}, False),
    ({"endangered": "3"}, True), ({"deaths": "", "missing": ""}, True), ({"kind": "隐患通报", "deaths": "3"}, False)])
def test_the_trigger_of_the_written_report(cells: dict[str, str], written: bool) -> None:
    assert any("书面报告" in clock.name for clock in told(**cells).clocks) == written


@pytest.mark.parametrize(("sent", "form", "state"), [
    ("2024-06-03 16:20", "书面", "按时"), ("2024-06-03 16:20", "系统", "按时"), ("2024-06-03 16:21", "书面", "迟报"),
    ("2024-06-03 16:20", "口头", "漏报")])
def test_two_hours_written(sent: str, form: str, state: str) -> None:
    clock = named(told(reports(report(sent, "县政府", "市政府", f"形式: {form}")), deaths="3"), "书面报告")
    assert (clock.holder, clock.state, format_moment(clock.due or 0)) == ("县政府", state, "2024-06-03 16:20")
    assert any("S-216" in line for line in clock.basis)


def test_unknown_deaths_accuse_nobody() -> None:
    clock = named(told(deaths="", missing=""), "书面报告")
    assert (clock.state, "待核" in clock.limit) == ("证据不足", True)


@pytest.mark.parametrize(("sent", "state"), [("2024-06-03 14:50", "按时"), ("2024-06-03 14:51", "迟报")])
def test_food_poisoning_is_reported_at_once_whatever_its_size(sent: str, state: str) -> None:
    found = told(reports(report(sent, "县政府", "市政府")), kind="食物中毒", deaths="0")
    (clock,) = found.clocks
    assert (clock.holder, clock.state) == ("县政府", state)
    assert found.grades == ()


@pytest.mark.parametrize("kind", ["隐患通报", "防火通报"])
def test_notices_have_no_clocks(kind: str) -> None:
    assert told(kind=kind, deaths="30").clocks == ()


# -- the rules say the same --------------------------------------------------------------------------------------

_RULES = {"SBG-001": "书面报告", "SBG-002": "事故单位报告应急管理部门", "SBG-003": "上报", "SBG-004": "上报", "SBF-001": "四不放过"}
_STATES = {"pass": {"按时"}, "fail": {"漏报", "超期"}, "late": {"迟报", "超期"}, "unknown": {"证据不足"}, "pending": {"未到期"}}


def test_the_clocks_agree_with_the_examples_of_the_rules() -> None:
    seen = 0
    for plan, example in all_examples(pack(), list(_RULES)):
        # SBF-001 asks for all ledgers at once, each clock for its own
        if example.expected not in _STATES or (example.rule == "SBF-001" and example.expected == "unknown"):
            continue
        org = organisation(example)
        assert org.on is not None
        states: set[str] = set()
        for incident in org.facts.of("incident"):
            found = timeline(str(incident.values[0]), org, org.on, pack(org.profile or None))
            states |= {clock.state for clock in found.clocks if _RULES[plan.rule.id] in clock.name}
        wanted = _STATES[example.expected]
        assert states == wanted if example.expected == "pass" else states & wanted, (example.name, states)
        seen += 1
    assert seen > 50


def test_an_unknown_incident_is_told_with_the_nearest() -> None:
    org = zeren.parse("incidents: [{id: SG-01, kind: 生产安全事故, at: 2024-06-03}]")
    with pytest.raises(UsageError, match="SG-01"):
        timeline("SG-1", org, 0, pack())


def test_the_order_of_the_input_does_not_show() -> None:
    def seen(lines: list[str]) -> list[object]:
        return [(clock.name, clock.holder, clock.state, clock.due, clock.done, clock.basis) for clock in
                told(reports(*lines), deaths="10").clocks]

    lines = [line.replace("N", "10") for line in CHAIN]
    assert seen(lines) == seen(lines[::-1])
