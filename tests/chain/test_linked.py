"""Who is linked: contracts of any depth, signatures, portfolios, places; and both engines find the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from place import Place, line, on

import zeren
from zeren.engine.chain.candidates import attribution, by_database, candidates
from zeren.engine.chain.seeker import Seeker
from zeren.engine.pack import Pack
from zeren.models.organisation import Organisation

PACK = Pack()
ROOT = Path(__file__).parents[2]
YEAR = 365 * 86_400


def both(org: Organisation) -> None:
    """Demand that the seeker and DuckDB find the same posts by the same rules for every incident."""
    assert org.on is not None
    found = 0
    for _, row in [(fact, dict(zip(org.facts.schema["incident"].names, fact.values, strict=True))) for fact in org.facts.of("incident")]:
        incident, at = str(row["id"]), row["at"]
        assert isinstance(at, int)
        links = candidates(Seeker(org.facts, PACK, at, org.on, at - YEAR), attribution(PACK), incident, at, org.on)
        mine = {(link.post, link.plan.rule.id) for link in links}
        assert mine == by_database(org.facts, attribution(PACK), PACK, incident, at, org.on)
        found += len(mine)
    assert found


@pytest.mark.parametrize("name", ["demo.yaml", "01-完整城市/org", "04-四周四起事故/org"])
def test_both_engines_find_the_same_candidates(name: str) -> None:
    both(zeren.load(ROOT / "scenarios" / name))


def _chained() -> Place:
    place = Place(involved=[{"subject": "工人队", "part": "承包"}])
    for name in ("总包", "二包", "三包", "挂名公司", "房东公司", "集团", "上层集团", "旧总包"):
        place.add(id=name, kind="企业", posts=[{"id": f"{name}经理", "role": "主要负责人", "holder": f"H-{name}"}])
    place.add(id="工人队", kind="自然人", posts=[{"id": "包工头", "role": "承包人", "holder": "H-1"}])
    place.link("发包", "红星铸造", "总包")
    place.link("发包", "总包", "二包")
    place.link("发包", "二包", "三包")
    place.link("发包", "三包", "工人队")
    place.link("出借资质", "挂名公司", "三包")
    place.link("出租", "房东公司", "红星铸造")
    place.link("出资", "集团", "红星铸造")
    place.link("出资", "上层集团", "集团")
    place.link("发包", "旧总包", "工人队", until="2024-03-31")
    place.link("发包", "红星铸造", "邻厂")
    return place


def test_the_contract_chain_has_any_depth_and_stops_where_contracts_ended() -> None:
    chain = _chained().trace()
    assert {"包工头", "三包经理", "二包经理", "总包经理", "厂长", "挂名公司经理", "房东公司经理"} <= on(chain)
    assert not {"旧总包经理", "邻厂厂长"} & {one.post for one in (*chain.lines, *chain.excluded)}


def test_each_link_of_a_long_contract_chain_is_shown() -> None:
    (path,) = [path for path in line(_chained().trace(), "厂长").paths if path.layer == "承包发包"]
    assert [step.text[:2] for step in path.steps] == ["事故", "关联", "关联", "关联", "关联", "岗位"]
    assert all(step.line for step in path.steps)
    assert path.basis


def test_the_chain_of_contracts_is_the_same_in_both_engines() -> None:
    both(_chained().organisation())


def test_contracts_in_a_circle_end() -> None:
    place = Place()
    place.link("发包", "红星铸造", "邻厂")
    place.link("发包", "邻厂", "红星铸造")
    assert {"厂长", "邻厂厂长"} <= on(place.trace())


def test_a_group_is_reached_from_grave_accidents_up_and_a_natural_owner_always() -> None:
    place = _chained()
    place.add(id="老板", kind="自然人", posts=[{"id": "实控人", "role": "实际控制人", "holder": "H-2"}])
    place.link("出资", "老板", "红星铸造")
    assert "实控人" in on(place.trace())
    assert "上层集团经理" not in on(place.trace())
    place.data["incidents"][0]["deaths"] = 30
    assert {"集团经理", "上层集团经理"} <= on(place.trace())


def test_portfolios_decide_among_deputies() -> None:
    chain = Place().trace()
    assert {"副县长-安全", "副县长-工业", "工信副局长", "安全副厂长"} <= on(chain)
    assert not {"副县长-教育", "财务副厂长", "教育局长", "邻县县长", "邻厂厂长"} & on(chain)


def test_a_deputy_without_a_known_portfolio_is_a_candidate_with_a_question() -> None:
    place = Place()
    del place.post("工信副局长")["portfolio"]
    found = line(place.trace(), "工信副局长")
    assert found.on_chain
    assert found.verdict == "证据不足"
    assert [(ask.holder, ask.kind) for ask in found.asks if ask.kind == "责任分工方案"] == [("县工信局", "责任分工方案")]


def test_a_portfolio_that_ended_before_the_accident_does_not_count() -> None:
    place = Place()
    place.post("副县长-工业")["portfolio"] = [{"kind": "行业", "subject": "工贸", "until": "2024-05-31"}]
    assert "副县长-工业" not in on(place.trace())


def test_only_signatures_before_the_accident_link() -> None:
    place = Place()
    place.add(id="县住建局", kind="部门", level="县级", territory="东湖县", posts=[
        {"id": "验收科长", "role": "内设机构负责人", "holder": "Z1", "portfolio": {"事项": ["人事"]}},
        {"id": "审批科长", "role": "内设机构负责人", "holder": "Z2", "portfolio": {"事项": ["人事"]}}])
    place.link("验收", "县住建局", "红星铸造", actor="验收科长", since="2015-05-01")
    place.link("审批", "县住建局", "红星铸造", actor="审批科长", since="2024-07-01")
    chain = place.trace(post="审批科长")
    assert "验收科长" in on(chain)
    assert "审批科长" not in on(chain)
    assert "在事故之后" in line(chain, "审批科长").why


def test_the_care_of_one_village_links_and_that_of_another_does_not() -> None:
    place = Place()
    place.add(id="下湾村委会", kind="村居", territory="西山县")
    place.unit("镇政府")["posts"] += [{"id": "包村甲", "role": "包片干部", "holder": "B1", "portfolio": {"事项": ["人事"]}},
                                 {"id": "包村乙", "role": "包片干部", "holder": "B2", "portfolio": {"事项": ["人事"]}}]
    place.link("包保驻点", "镇政府", "上湾村委会", actor="包村甲")
    place.link("包保驻点", "镇政府", "下湾村委会", actor="包村乙")
    chain = place.trace()
    assert "包村甲" in on(chain)
    assert "包村乙" not in on(chain)
    assert line(chain, "包村甲").degree == "直接"


def test_an_accident_in_a_workshop_reaches_its_firm() -> None:
    place = Place(involved=[{"subject": "一车间", "part": "经营"}])
    place.add(id="一车间", kind="内设机构", superior={"unit": "红星铸造", "kind": "内设"}, posts=[{"id": "车间主任", "role": "内设机构负责人", "holder": "C1"}])
    place.add(id="二车间", kind="内设机构", superior={"unit": "红星铸造", "kind": "内设"}, posts=[{"id": "别的主任", "role": "内设机构负责人", "holder": "C2"}])
    chain = place.trace()
    assert {"车间主任", "厂长"} <= on(chain)
    assert "别的主任" not in on(chain)


def test_the_duties_of_an_agent_follow_the_same_rules_on_both_engines_with_every_kind_of_link() -> None:
    place = _chained()
    place.add(id="安评公司", kind="中介机构", posts=[{"id": "评价师", "role": "技术负责人", "holder": "A1"}, {"id": "安评经理", "role": "主要负责人", "holder": "A2"}])
    place.link("评价", "安评公司", "红星铸造", actor="评价师", since="2023-01-01")
    place.link("检查", "县应急局", "红星铸造", since="2024-02-01")
    org = place.organisation()
    both(org)
    assert {"评价师", "安评经理"} <= on(zeren.trace(org, "SG-01"))
