"""Whose conduct counts: rebuttal by an act of one's own, gaps that prove nothing, reports not made in time, holders out of time."""

from __future__ import annotations

from typing import Any

import pytest
from place import Place, line, on

from zeren.engine.chain.model import Verdict
from zeren.engine.chain.papers import decisive


def _inspected(duty: str, by: str = "检查员", **finding: str) -> Place:
    place = Place(findings=[{"unit": "县工信局", "duty": duty, **finding}])
    place.unit("县工信局")["ledgers"] = [{"kind": ["检查"], "since": "2023-01-01"}]
    place.unit("县工信局")["posts"].append({"id": "检查员", "role": "经办人员", "holder": "K1"})
    place.data["records"] = {"检查": [{"id": "J-1", "at": "2024-03-05", "actor": "县工信局", "object": "红星铸造", "检查人": by, "签字人": by}]}
    return place


@pytest.mark.parametrize(("duty", "verdict"), [
    ("检查流于形式", Verdict.BREACH), ("监管不力", Verdict.BREACH), ("未检查，检查走过场", Verdict.BREACH),
    ("未检查该企业", Verdict.FULFILLED), ("从未开展执法检查", Verdict.FULFILLED), ("未开展培训", Verdict.BREACH),
])  # fmt: skip
def test_an_inspection_answers_only_the_finding_that_nobody_inspected(duty: str, verdict: Verdict) -> None:
    assert line(_inspected(duty).trace(), "检查员").verdict is verdict


def test_an_inspection_before_the_breach_ran_answers_nothing() -> None:
    assert line(_inspected("未检查该企业", since="2024-04-01").trace(), "检查员").verdict is Verdict.BREACH


def test_without_a_finding_a_signed_inspection_is_fulfilment() -> None:
    place = _inspected("")
    place.data["incidents"][0]["inquiries"] = []
    assert line(place.trace(), "检查员").verdict is Verdict.FULFILLED


def _regulated(*, written: bool) -> Place:
    """The bureau's duties are in the county's paper, or every paper is there and they are not."""
    place = Place()
    place.unit("县工信局")["posts"].append({"id": "监管科长", "role": "内设机构负责人", "holder": "K1", "portfolio": {"行业": ["工贸"]}})
    place.unit("县工信局")["posts"].append({"id": "科员", "role": "经办人员", "holder": "K2", "portfolio": {"行业": ["工贸"]}})
    place.unit("县政府")["ledgers"] = [{"kind": ["职责规定"]}]
    place.unit("县工信局")["ledgers"] = [{"kind": ["责任清单"]}]
    if written:
        place.data["documents"] = [{"id": "规定", "kind": "职责规定", "issuer": "县政府", "at": "2023-01-01", "status": "有效",
                                    "covers": [{"单位": "县工信局", "行业": ["工贸"]}]}]
    return place


def test_a_paper_of_the_unit_clears_nobody() -> None:
    chain = _regulated(written=True).trace()
    for post in ("监管科长", "科员"):
        assert (line(chain, post).verdict, line(chain, post).why) == (Verdict.OPEN, "没有提供本人履职的资料")
        assert [ask.kind for ask in line(chain, post).asks] == ["岗位履职记录"]


def test_a_duty_of_the_unit_weighs_on_those_who_lead_not_on_its_hands() -> None:
    chain = _regulated(written=False).trace()
    assert line(chain, "监管科长").verdict is line(chain, "工信副局长").verdict is Verdict.BREACH
    assert line(chain, "科员").verdict is Verdict.OPEN


def _two_trades(finding: dict[str, str]) -> Place:
    place = Place(findings=[finding])
    place.add(id="学校", kind="事业单位", territory="上湾村", industries=["教育"], posts=[{"id": "校长", "role": "主要负责人", "holder": "S1"}])
    place.data["incidents"][0]["involved"].append({"subject": "学校", "part": "经营"})
    return place


@pytest.mark.parametrize(("more", "reached"), [
    ({"object": "铸造"}, {"副县长-工业", "副县长-安全"}), ({"object": "教育"}, {"副县长-教育", "副县长-安全"}),
    ({}, {"副县长-工业", "副县长-教育", "副县长-安全"}),
])  # fmt: skip
def test_a_finding_about_one_trade_does_not_reach_the_deputy_of_another(more: dict[str, str], reached: set[str]) -> None:
    chain = _two_trades({"unit": "县政府", "duty": "监管不力", **more}).trace()
    assert {one.post for one in chain.lines if one.unit == "县政府" and one.breaches} == reached
    assert line(chain, "副县长-教育").verdict is (Verdict.BREACH if "副县长-教育" in reached else Verdict.OPEN)


@pytest.mark.parametrize("duty", ["职责不清，部门之间推诿", "未指定监管部门", "未明确监管部门"])
def test_unclear_duties_are_the_heads(duty: str) -> None:
    chain = Place(findings=[{"unit": "县政府", "duty": duty}]).trace()
    assert line(chain, "县长").verdict is Verdict.BREACH


def test_a_gap_in_the_structure_is_no_breach_unless_it_is_about_the_accidents_own_trade() -> None:
    chain = Place(10).trace()
    assert line(chain, "县长").verdict is Verdict.OPEN
    assert "AWH-001 是机构设置的缺口" in line(chain, "县长").why
    place = Place(10)
    place.unit("县工信局")["mandates"] = [{"kind": "行业主管", "industry": ["教育"]}]
    found = line(place.trace(), "县长")
    assert found.verdict is Verdict.BREACH
    assert [("SGB-002" in breach.text, [source.text for source in breach.evidence]) for breach in found.breaches] == [(True, ["经营（单位 红星铸造，行业 铸造）"])]


def _reported(*papers: dict[str, Any]) -> Place:
    place = Place(known_at="2024-06-03 14:30")
    place.unit("县政府")["superior"] = "市政府"
    place.unit("镇政府")["superior"] = "县政府"
    place.add(id="市应急局", kind="部门", level="市级", territory="临江市", function="应急管理", superior="市政府")
    place.data["records"] = {"报告": [{"id": f"B-{n}", "ref": "SG-01", **paper} for n, paper in enumerate(papers)]}
    return place


def _told(county: str, city: str) -> Place:
    return _reported({"at": county, "actor": "镇政府", "object": "县政府"}, {"at": city, "actor": "县政府", "object": "市政府", "形式": "书面"})


def test_a_county_told_after_its_limit_is_measured_from_then() -> None:
    chain = _told("2024-06-03 19:00", "2024-06-03 20:30").trace(post="县长")
    assert "县长" not in on(chain)
    late = _told("2024-06-03 19:00", "2024-06-03 23:00").trace()
    assert line(late, "县长").verdict is Verdict.BREACH
    early = _told("2024-06-03 15:00", "2024-06-03 20:30").trace()
    assert line(early, "县长").verdict is Verdict.BREACH
    great = _told("2024-06-03 19:00", "2024-06-03 20:30")
    great.data["incidents"][0]["deaths"] = 10
    found = line(great.trace(), "县长")
    assert found.verdict is Verdict.OPEN
    assert any("接报时已过时限" in one for one in found.mitigating)
    assert not any("书面报告" in one for one in found.aggravating)


@pytest.mark.parametrize(("kind", "sent", "verdict"), [
    ("生产安全事故", "2024-06-03 16:30", Verdict.OPEN), ("生产安全事故", "2024-06-03 20:00", Verdict.BREACH), ("道路交通", "2024-06-03 20:00", Verdict.BREACH),
])  # fmt: skip
def test_a_report_passed_on_late_is_the_breach_of_whoever_leads_the_bureau(kind: str, sent: str, verdict: Verdict) -> None:
    place = _reported({"at": "2024-06-03 15:00", "actor": "红星铸造", "object": "县应急局"}, {"at": sent, "actor": "县应急局", "object": "市应急局"})
    place.data["incidents"][0]["kind"] = kind
    found = line(place.trace(), "应急局长")
    assert found.verdict is verdict
    assert bool(found.breaches) is (verdict is Verdict.BREACH)


def test_the_rule_and_the_clock_on_one_report_are_told_once() -> None:
    place = _reported({"at": "2024-06-03 18:00", "actor": "红星铸造", "object": "县应急局"})
    texts = [breach.text for breach in line(place.trace(), "厂长").breaches]
    assert [("SBG-002" in text, "迟报" in text) for text in texts if "应急管理部门" in text] == [(True, False)]


def test_one_who_sits_where_another_answers_is_told_why_he_does_not() -> None:
    place = Place(findings=[{"unit": "县工信局", "duty": "监管不力", "since": "2023-06-01", "until": "2023-12-31"}])
    place.post("工信副局长")["holders"] = [{"person": "K1", "since": "2020-01-01", "until": "2024-02-01"}, {"person": "K2", "since": "2024-02-02"}]
    del place.post("工信副局长")["holder"]
    chain = place.trace()
    assert [(one.person, one.verdict) for one in chain.lines if one.post == "工信副局长"] == [("K1", Verdict.BREACH)]
    assert [(one.person, one.verdict, one.why) for one in chain.excluded if one.post == "工信副局长"] == [
        ("K2", Verdict.NOT_INVOLVED, "任期不含：2024-02-02 才到任，在认定的失职期间以后")]


def test_the_head_answers_for_an_unlawful_approval_though_the_deputy_signed() -> None:
    def steps(duty: str) -> dict[str, str]:
        place = Place(findings=[{"unit": "县工信局", "duty": duty}])
        place.link("审批", "县工信局", "红星铸造", actor="工信副局长")
        return {one.post: breach.presumed for one in place.trace().lines if one.unit == "县工信局" for breach in one.breaches}

    assert steps("违规审批")["工信局长"] == "④ 主要负责人（违规办理审批、许可、验收，法规点名追究部门正职）"
    assert set(steps("审查走过场")) == {"工信副局长"}


def test_papers_that_decide_more_posts_come_first_and_none_is_lost() -> None:
    chain = Place(10).trace()
    weight = decisive(chain.lines)
    waiting = [weight.get((ask.holder, ask.kind), (0, 0)) for ask in chain.asks]
    assert waiting == sorted(waiting, reverse=True)
    assert waiting[0][0] > 1
    assert {ask for one in chain.lines for ask in one.asks} <= set(chain.asks)
