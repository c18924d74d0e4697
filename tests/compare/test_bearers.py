"""A re-assignment: what it leaves without a bearer, and what passes on, is told; what stays is not."""

from __future__ import annotations

from importlib.resources import files

import zeren
from zeren.engine.compare.bearers import Handover, handover

DEMO = (files("zeren.scenarios") / "demo.yaml").read_text(encoding="utf-8")


def moved(*changes: tuple[str, str]) -> Handover:
    text = DEMO
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return handover(zeren.check(zeren.parse(DEMO)), zeren.check(zeren.parse(text)))


def test_nothing_changed_nothing_told() -> None:
    assert moved() == Handover((), (), (), ())


def test_a_portfolio_that_nobody_takes_over_is_an_orphan() -> None:
    found = moved(("holder: P03, portfolio: {事项: 安全生产, 行业: 冶金}", "holder: P03, portfolio: {事项: 安全生产}"))
    assert ("分管", "云溪市政府：行业 冶金") in {(one.kind, one.subject) for one in found.orphaned}
    assert not [one for one in found.orphaned if "青石县" in one.subject]


def test_a_portfolio_that_another_deputy_takes_is_passed_on() -> None:
    found = moved(("{id: 副镇长, title: 副镇长, role: 班子成员, holder: P14, portfolio: {行业: 工贸}}",
                   "{id: 副镇长, title: 副镇长, role: 班子成员, holder: P14}\n"
                   "      - {id: 副镇长-2, title: 副镇长, role: 班子成员, holder: P98, portfolio: {行业: 工贸}}"))
    [one] = [one for one in found.passed_on if one.kind == "分管"]
    assert (one.before, one.after) == (("柳河镇政府副镇长（副镇长）",), ("柳河镇政府副镇长（副镇长-2）",))
    assert not [one for one in found.orphaned if one.kind == "分管"]
    assert found.come == ("岗位 柳河镇政府副镇长（副镇长-2）",)


def test_a_department_that_loses_its_trade_leaves_the_trade_without_a_regulator() -> None:
    found = moved(("mandates: [{kind: 行业主管, industry: 工贸}]", "mandates: []"))
    assert ("监管职责", "云溪市：行业主管 工贸") in {(one.kind, one.subject) for one in found.orphaned}
    assert any(one.kind == "职责" and "SGB" in one.subject for one in found.orphaned)


def test_a_vacancy_is_an_orphan_and_a_successor_is_not() -> None:
    vacant = moved(("role: 主要负责人, holder: P04", "role: 主要负责人"))
    assert [one.before for one in vacant.orphaned if one.kind == "岗位在任"] == [("P04",)]
    succeeded = moved(("role: 主要负责人, holder: P04", "role: 主要负责人, holder: P99"))
    assert not [one for one in succeeded.orphaned if one.kind == "岗位在任"]
    assert [(one.before, one.after) for one in succeeded.passed_on if one.kind == "岗位在任"] == [(("P04",), ("P99",))]
