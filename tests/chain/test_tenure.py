"""Tenure decides: the holder while the breach ran or at the signature, acting heads, successors, vacancies."""

from __future__ import annotations

from typing import Any

from place import Place, line, on

from zeren.engine.chain.model import Line


def _held(place: Place, post: str, *holders: dict[str, Any]) -> None:
    entry = place.post(post)
    del entry["holder"]
    entry["holders"] = list(holders)


def _people(lines: tuple[Line, ...], post: str) -> list[str]:
    return [one.person for one in lines if one.post == post]


def test_a_successor_after_the_accident_is_not_on_the_chain() -> None:
    place = Place()
    _held(place, "镇长", {"person": "甲", "since": "2020-01-01", "until": "2024-06-30"}, {"person": "乙", "since": "2024-07-01"})
    chain = place.trace()
    assert _people(chain.lines, "镇长") == ["甲"]
    assert line(chain, "镇长").tenure.startswith("时任")


def test_nobody_but_a_successor_leaves_the_post_out_with_the_reason() -> None:
    place = Place()
    _held(place, "镇长", {"person": "乙", "since": "2024-07-01"})
    chain = place.trace()
    assert "镇长" not in on(chain)
    assert line(chain, "镇长").why == "任期不含：2024-07-01 才到任，在事故之后"


def test_a_predecessor_counts_while_the_stated_breach_ran_and_not_before() -> None:
    for since, people in [("2021-03-01", ["甲", "乙"]), ("2022-03-01", ["乙"])]:
        place = Place(findings=[{"unit": "镇政府", "duty": "检查不细", "since": since}])
        _held(place, "镇长", {"person": "甲", "since": "2018-01-01", "until": "2021-12-31"}, {"person": "乙", "since": "2022-01-01"})
        assert _people(place.trace().lines, "镇长") == people


def test_the_one_who_signed_answers_even_years_back_and_not_his_successor() -> None:
    place = Place()
    place.add(id="县住建局", kind="部门", level="县级", territory="东湖县", posts=[{"id": "审批科长", "role": "内设机构负责人", "holders": [
        {"person": "签字人", "since": "2010-01-01", "until": "2016-12-31"}, {"person": "后任", "since": "2017-01-01"}]}])
    place.link("审批", "县住建局", "红星铸造", actor="审批科长", since="2015-05-01")
    assert _people(place.trace().lines, "审批科长") == ["签字人"]


def test_an_acting_head_answers_as_such() -> None:
    place = Place()
    _held(place, "镇长", {"person": "甲", "mode": "代理", "since": "2024-05-01"})
    assert "代理" in line(place.trace(), "镇长").tenure


def test_a_new_holder_is_deferred_where_the_unit_was_found() -> None:
    place = Place(findings=[{"unit": "镇政府", "duty": "检查不细"}])
    _held(place, "副镇长", {"person": "甲", "since": "2019-01-01", "until": "2024-05-10"}, {"person": "乙", "since": "2024-05-11"})
    verdicts = {one.person: one.verdict for one in place.trace().lines if one.post == "副镇长"}
    assert verdicts == {"甲": "失职", "乙": "另案或暂缓"}


def test_an_appointment_that_is_not_stated_is_asked_for() -> None:
    place = Place()
    del place.post("镇长")["holder"]
    found = line(place.trace(), "镇长")
    assert found.on_chain
    assert found.tenure == "任职情况未载"
    assert ("镇政府", "任命文件") in {(ask.holder, ask.kind) for ask in found.asks}


def test_a_vacancy_is_said_so() -> None:
    place = Place()
    _held(place, "工信局长", {"person": "甲", "since": "2015-01-01", "until": "2022-01-01"}, {"person": "乙", "since": "2024-09-01"})
    chain = place.trace()
    assert "工信局长" not in on(chain)
    assert "空缺" in line(chain, "工信局长").why
