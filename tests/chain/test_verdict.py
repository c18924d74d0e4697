"""Verdicts: findings in five steps, own duties, rebuttal, exemption, modes, party and government, weights, the four questions."""

from __future__ import annotations

from typing import Any

import pytest
from place import Place, line, on

from zeren.engine.chain.model import Chain, Verdict


def _steps(chain: Chain, unit: str) -> dict[str, str]:
    return {one.post: breach.presumed[:1] for one in chain.lines for breach in one.breaches if breach.presumed and breach.text.startswith(unit)}


def test_a_finding_goes_to_section_and_deputy_and_not_to_the_head_below_the_third_grade() -> None:
    place = Place(findings=[{"unit": "县工信局", "duty": "监管不力"}])
    place.unit("县工信局")["posts"].append({"id": "监管科长", "role": "内设机构负责人", "holder": "K1", "portfolio": {"行业": ["工贸"]}})
    chain = place.trace()
    assert _steps(chain, "县工信局") == {"监管科长": "②", "工信副局长": "③"}
    assert line(chain, "工信局长").verdict is Verdict.OPEN


@pytest.mark.parametrize(("deaths", "duty"), [(10, "监管不力"), (3, "监管机构不健全")])
def test_the_head_is_presumed_from_the_third_grade_or_for_what_the_whole_unit_owes(deaths: int, duty: str) -> None:
    chain = Place(deaths, findings=[{"unit": "县工信局", "duty": duty}]).trace()
    assert _steps(chain, "县工信局") == {"工信副局长": "③", "工信局长": "④"}


def test_the_head_is_presumed_where_no_deputy_is_known_to_be_in_charge() -> None:
    place = Place(findings=[{"unit": "县工信局", "duty": "监管不力"}])
    del place.post("工信副局长")["portfolio"]
    chain = place.trace()
    assert _steps(chain, "县工信局") == {"工信局长": "④"}
    assert line(chain, "工信副局长").verdict is Verdict.OPEN


def test_the_one_who_inspected_is_reached_first_and_directly() -> None:
    place = Place(findings=[{"unit": "县工信局", "duty": "检查走过场"}])
    place.unit("县工信局")["posts"].append({"id": "检查员", "role": "经办人员", "holder": "K1", "portfolio": {"事项": ["人事"]}})
    place.data["records"] = {"检查": [{"id": "J-1", "at": "2024-03-05", "actor": "县工信局", "object": "红星铸造", "检查人": "检查员"}]}
    chain = place.trace()
    assert _steps(chain, "县工信局")["检查员"] == "①"
    assert line(chain, "检查员").degree == "直接"


def test_a_finding_on_a_unit_without_posts_stays_with_the_unit() -> None:
    place = Place(findings=[{"unit": "县工信局", "duty": "监管不力"}])
    del place.unit("县工信局")["posts"]
    assert [(one.text, one.presumed) for one in place.trace().units] == [("县工信局：监管不力", "⑤ 仅单位担责")]


def test_every_presumption_is_marked_and_every_line_has_rule_basis_evidence_and_reach() -> None:
    chain = Place(10, findings=[{"unit": unit, "duty": "监管不力"} for unit in ("县工信局", "镇政府", "红星铸造")]).trace()
    assert chain.lines
    for one in chain.lines:
        assert one.paths
        assert all(path.rule and path.basis and path.steps for path in one.paths), one.post
        assert "惯例" in one.reach_note
        assert one.degree_basis
        assert all(breach.evidence for breach in one.breaches), one.post
        assert ("推定" in one.status) == (one.verdict is Verdict.BREACH and all(breach.presumed for breach in one.breaches)), one.post


def _trained(place: Place, *posts: str) -> None:
    """Hazards found, fixed and accepted in time: what the firm owes around them is fulfilled."""
    place.data["hazards"] = [{"id": "YH-1", "unit": "红星铸造", "grade": "一般", "found_at": "2024-03-01", "measure": "换", "standard": "合格",
                              "deadline": "2024-04-01", "owner": "红星铸造", "owner_post": posts[0]}]
    place.data["records"] = {"整改": [{"id": "ZG-1", "at": "2024-03-20", "actor": "红星铸造", "ref": "YH-1"}],
                             "验收": [{"id": "YS-1", "at": "2024-03-25", "actor": "红星铸造", "ref": "YH-1", "result": "合格"}]}


def test_a_failed_duty_is_a_breach_with_its_finding() -> None:
    place = Place()
    _trained(place, "安全副厂长")
    place.data["records"]["验收"][0]["at"] = "2024-05-25"
    place.data["records"]["整改"][0]["at"] = "2024-05-20"
    found = [one for one in place.trace().lines if any("YHP-004" in breach.text for breach in one.breaches)]
    assert found
    assert all(one.verdict is Verdict.BREACH and one.status == "应追究" for one in found)
    assert all(breach.finding for one in found for breach in one.breaches if "YHP-004" in breach.text)


def test_duties_before_the_window_or_of_another_firm_do_not_count() -> None:
    for changes in ({"found_at": "2021-03-01", "deadline": "2021-04-01"}, {"unit": "邻厂", "owner": "邻厂"}):
        place = Place()
        _trained(place, "安全副厂长")
        place.data["records"] = {}
        place.data["hazards"][0].update(changes)
        assert not [one.post for one in place.trace().lines if any("YHP-004" in breach.text for breach in one.breaches)]


@pytest.mark.parametrize(("profile", "status"), [("默认", "待查"), ("严格追责", "待查（主官必究）")])
def test_the_mode_sets_the_status_of_heads_and_is_said(profile: str, status: str) -> None:
    chain = Place().trace(profile=profile)
    assert line(chain, "厂长").status == status
    assert chain.mode == {"默认": "过错责任", "严格追责": "主官必究"}[profile]
    assert line(chain, "安全副厂长").status == "待查"


def test_under_strict_liability_a_rare_head_is_examined() -> None:
    place = Place()
    place.unit("县政府")["partial"] = True
    assert "县长" not in on(place.trace())
    assert line(place.trace(profile="严格追责"), "县长").status == "待查（主官必究）"


def test_the_party_head_is_not_above_the_government_head_unless_his_own_act_is_recorded() -> None:
    weight = {Verdict.BREACH: 3, Verdict.OPEN: 2, Verdict.DEFERRED: 1, Verdict.FULFILLED: 0}
    place = Place(10, findings=[{"unit": "镇党委", "duty": "监管不力"}])
    place.unit("镇政府")["partial"] = True
    chain = place.trace()
    assert line(chain, "镇长").verdict is Verdict.OPEN
    assert weight[line(chain, "镇书记").verdict] <= weight[line(chain, "镇长").verdict]
    place.data["incidents"][0]["inquiries"][0]["findings"].append({"unit": "镇书记", "duty": "违规干预"})
    assert line(place.trace(), "镇书记").verdict is Verdict.BREACH


def test_labels_follow_office_level_and_grade() -> None:
    chain = Place(10).trace()
    labels = {post: line(chain, post).degree for post in ("镇长", "镇书记", "县长", "市长", "站长", "村书记", "副镇长")}
    assert labels == {"镇长": "主要领导", "镇书记": "重要领导", "县长": "主要领导", "市长": "重要领导", "站长": "直接", "村书记": "直接", "副镇长": "直接"}
    assert line(Place().trace(), "副镇长").degree == "主要领导"


def _records(place: Place, kind: str, **fields: Any) -> None:
    place.data.setdefault("records", {}).setdefault(kind, []).append({"id": f"{kind}-1", **fields})


def test_an_ignored_stop_order_aggravates_and_a_lifted_one_does_not() -> None:
    place = Place()
    _records(place, "停产整顿", at="2024-04-01", actor="县工信局", object="红星铸造")
    assert any("停产指令未解除" in one for one in line(place.trace(), "厂长").aggravating)
    _records(place, "复产", at="2024-05-01", actor="红星铸造", object="红星铸造")
    assert not any("停产" in one for one in line(place.trace(), "厂长").aggravating)


@pytest.mark.parametrize(("failed", "heavier"), [(1, False), (2, True)])
def test_a_second_failed_fix_aggravates(failed: int, heavier: bool) -> None:
    place = Place()
    _trained(place, "安全副厂长")
    place.data["records"]["验收"] = [{"id": f"YS-{n}", "at": f"2024-04-0{n + 1}", "actor": "县工信局", "ref": "YH-1", "result": "不合格"} for n in range(failed)]
    assert any("验收不合格" in one for one in line(place.trace(), "厂长").aggravating) is heavier


def test_rescue_mitigates() -> None:
    place = Place()
    _records(place, "应急处置", at="2024-06-03 14:40", actor="镇长", ref="SG-01")
    assert line(place.trace(), "镇长").mitigating == ("事故后组织应急处置（应急处置-1）",)
    assert not line(place.trace(), "副镇长").mitigating


def test_the_four_questions_tell_records_from_silence_and_from_a_closed_ledger() -> None:
    place = Place()
    _records(place, "投入", at="2024-02-01", actor="红星铸造", 金额=20)
    answers = dict(place.trace().questions)
    assert list(answers) == ["安全生产投入", "安排部署", "工作监管", "督促检查"]
    assert answers["安全生产投入"] == "有记载：企业投入 1 件"
    assert "台账未提供" in answers["工作监管"]
    bare = Place()
    assert "台账未提供，待调取：企业投入" in dict(bare.trace().questions)["安全生产投入"]
    bare.unit("红星铸造")["ledgers"] = [{"kind": ["投入"], "since": "2023-01-01"}]
    assert dict(bare.trace().questions)["安全生产投入"] == "没有记载，有关台账已声明齐全"
