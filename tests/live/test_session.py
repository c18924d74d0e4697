"""What a session tells: reasons, causes, warnings, refusals, and that it then says what a check says."""
# ruff: noqa: PT009 - assert_ is a method of the session, not of unittest

from collections.abc import Callable

import pytest

import zeren
from zeren.engine.live.changes import Change
from zeren.engine.live.events import node_of
from zeren.models.facts import Fact
from zeren.models.problems import Place

ORG = """
on: 2024-05-01
since: 2024-01-01
territories: [{id: 临江市, level: 市级}]
units:
  - id: 市政府
    kind: 政府
    level: 市级
    territory: 临江市
    posts: [{id: 市长, role: 主要负责人, holder: P1}]
    units: [{id: 市安委会, kind: 安委会, posts: [{id: 安委会主任, role: 主任, holder: P2}]}]
  - id: 红星铸造
    name: 红星铸造有限公司
    kind: 企业
    territory: 临江市
    ledgers: [{kind: [整改, 验收, 隐患], since: 2024-01-01}]
    posts: [{id: 厂长, role: 主要负责人, holder: P3}]
hazards:
  - {id: YH-1, unit: 红星铸造, grade: 一般, found_at: 2024-04-20, deadline: 2024-05-20, measure: 换, standard: 新, interim: 停, owner: 红星铸造, owner_post: 厂长}
"""


def _watch(warn: float = 0, *only: str) -> zeren.Session:
    return zeren.watch(zeren.parse(ORG), warn=warn, only=only)


def _told(changes: tuple[Change, ...], *rules: str) -> list[tuple[str, str, str | None, str | None]]:
    return [(str(one.reason), one.rule, one.before and str(one.before), one.after and str(one.after)) for one in changes if one.rule in rules]


def _same(session: zeren.Session) -> None:
    """The session says what a fresh check of its facts says."""
    expected = {(one.rule_id, one.values): one for one in (finding.instance for finding in session.report())}
    found = {(one.rule_id, one.values): one for one in session.instances}
    assert found.keys() == expected.keys()
    for key, one in found.items():
        other = expected[key]
        assert (one.outcome, one.evidence, one.asks, one.missing, one.due, one.done) == (
            other.outcome, other.evidence, other.asks, other.missing, other.due, other.done), key


def test_a_deadline_warns_then_passes_then_is_met_too_late() -> None:
    session = _watch(10, "YHP-004")
    assert _told(session.advance("2024-05-09"), "YHP-004") == []
    (warned,) = session.advance("2024-05-10")
    assert (str(warned.reason), warned.per, warned.causes) == ("warned", ("YH-1",), ())
    assert session.advance("2024-05-12") == ()
    (overdue,) = session.advance("2024-05-21")
    assert (str(overdue.reason), str(overdue.before), str(overdue.after)) == ("overdue", "pending", "fail")
    assert "红星铸造有限公司" in overdue.message
    _same(session)


def test_a_replacement_is_one_event_and_names_its_cause() -> None:
    session = _watch(0, "AWH-001")
    changes = session.retract({"appointment": {"post": "安委会主任"}})
    assert changes == ()
    (fulfilled,) = session.assert_({"appointment": {"post": "安委会主任", "person": "P1"}})
    assert (str(fulfilled.reason), str(fulfilled.before), str(fulfilled.after)) == ("fulfilled", "fail", "pass")
    assert [fact.values[:2] for fact in fulfilled.causes] == [("安委会主任", "P1")]
    assert fulfilled.message == "市政府：政府主要负责人担任同级安委会主任"
    (again,) = session.retract({"appointment": {"post": "安委会主任"}})
    assert (str(again.reason), str(again.after)) == ("re-opened", "fail")
    assert again.message == "市政府的安委会主任不是政府主要负责人"
    _same(session)


def test_new_duties_come_and_go_with_what_they_hang_on() -> None:
    session = _watch(0, "YHP-004")
    (new,) = session.assert_({"hazard": {"id": "YH-2", "unit": "红星铸造", "grade": "一般", "found_at": "2024-05-01", "deadline": "2024-06-01"}})
    assert (str(new.reason), new.before, new.per) == ("new", None, ("YH-2",))
    (gone,) = session.retract("YH-2")
    assert (str(gone.reason), gone.after) == ("gone", None)
    _same(session)


def test_what_lies_in_the_future_comes_with_its_moment() -> None:
    session = _watch(0, "YHP-004")
    hazard = {"id": "YH-3", "unit": "红星铸造", "grade": "一般", "found_at": "2024-05-03", "deadline": "2024-06-01"}
    assert session.assert_({"hazard": hazard}) == ()
    assert _told(session.advance("2024-05-03"), "YHP-004") == [("new", "YHP-004", None, "pending")]
    _same(session)


@pytest.mark.parametrize(("event", "said"), [
    ({"record": {"kind": "检察", "actor": "市政府"}}, "最接近的是“检查”"),
    ({"record": {"actor": "市政府"}}, "缺少 kind"),
    ({"record": {"kind": "检查", "actor": "市正府", "at": "2024-05-01"}}, "最接近的是“市政府”"),
    ({"record": {"kind": "检查", "actor": "市政府", "at": "2024-02-30"}}, "2024年2月只有29天"),
    ({"fact": {"hazzard": {"id": "x"}}}, "最接近的是“hazard”"),
    ({"fact": {"hazard": {"id": "YH-1", "unit": "红星铸造", "grade": "重大", "found_at": "2024-05-01"}}}, "重复"),
    ({"fact": {"appointment": {"post": "市长", "person": "P9"}}}, "同时有两人"),
    ({"fact": {"subordination": {"unit": "市政府", "superior": "市安委会"}}}, "成了环"),
    ({"fact": {"unit": {"id": "市长", "kind": "企业"}}}, "同一个 id"),
    ({"retract": "YH-9"}, "最接近的是“YH-1”"),
    ({"retract": "临江市"}, "事件:3:1: 错误 [EVT-引用] 还被别处引用着，不能撤回：单位（"),
    ({"retract": {"appointment": {"post": "局长"}}}, "不存在"),
    ({"posted": {}}, "事件没有“posted”这一项"),
    ({"retract": {"unit": {}}}, "没有写撤回哪一条单位"),
    ({"retract": {"unit": None}}, "没有写撤回哪一条单位"),
    ({"fact": {}}, "这里是空的"),
    ({"id": {"a": 1}, "advance": "2024-06-01"}, "事件的编号应是文字"),
    ({"note": "什么也没有"}, "没有写发生了什么"),
    ({"advance": "明天"}, "“明天”不是日期"),
])
def test_what_cannot_be_used_is_refused_and_changes_nothing(event: dict[str, object], said: str) -> None:
    session = _watch()
    before = session.digest()
    with pytest.raises(zeren.InputError) as caught:
        session.happen(node_of(event, Place("事件", 3, 1)))
    assert said in str(caught.value)
    assert all(problem.place.file for problem in caught.value.problems)
    assert session.digest() == before


def _record(*values: object) -> Fact:
    return Fact("record", values)  # type: ignore[arg-type]


@pytest.mark.parametrize(("call", "said"), [
    (lambda session: session.post({"kind": "检查", "actor": "市政府"}, at="昨天"), "“昨天”不是日期"),
    (lambda session: session.post({"kind": "检查", "actor": {"市政府"}}, at="2024-05-02"), "事件里有 set"),
    (lambda session: session.post("检查"), "这里是文字"),
    (lambda session: session.post(_record("J-1", "检查")), "record 有 8 列，这里是 2 个值"),
    (lambda session: session.post(_record("J-1", "检查", "2024-05-01", None, "市政府", None, None, None)), "record.at 的 '2024-05-01' 不是时间"),
    (lambda session: session.post(Fact("recrod", ())), "没有可以写的关系“recrod”"),
    (lambda session: session.assert_(Fact("breach", ("a",) * 7)), "没有可以写的关系“breach”"),
    (lambda session: session.assert_([_record(*["x"] * 8), "隐患"]), "这里有 str"),
    (lambda session: session.assert_(None), "这里是空值"),
    (lambda session: session.assert_("隐患"), "这里是文字"),
    (lambda session: session.retract(_record("J-9", "检查", 0, None, None, None, None, None)), "要撤回的不存在"),
    (lambda session: session.retract(None), "没有编号为"),
    (lambda session: session.advance("2924-06-01"), "超过十年，像是年份写错了"),
    (lambda session: session.advance(None), "不是日期"),
    (lambda session: session.happen({"at": "2924-06-01", "record": {"kind": "检查", "actor": "市政府"}}), "超过十年，像是年份写错了"),
    (lambda session: session.happen("检查"), "没有写发生了什么"),
])
def test_a_call_that_cannot_be_used_is_refused_and_changes_nothing(call: Callable[[zeren.Session], object], said: str) -> None:
    session = _watch()
    before, facts = session.digest(), list(session.organisation.facts)
    with pytest.raises(zeren.ZerenError) as caught:
        call(session)
    assert said in str(caught.value)
    assert (session.digest(), list(session.organisation.facts)) == (before, facts)


def test_refused_events_leave_nothing_behind() -> None:
    session = _watch()

    def kept() -> int:
        return sum(len(index.buckets) for found in session._book.all._indexes.values() for index in found.values())

    sizes = []
    for number in range(3):
        with pytest.raises(zeren.InputError):
            session.retract(f"没有-{number}")
        with pytest.raises(zeren.InputError):
            session.post({"kind": "检查", "actor": f"没有-{number}", "at": "2024-05-01"})
        sizes.append(kept())
    assert len(set(sizes)) == 1


@pytest.mark.parametrize("warn", ["3天", -1, float("nan"), float("inf")])
def test_days_of_warning_are_a_number(warn: float) -> None:
    with pytest.raises(zeren.UsageError, match="不是天数"):
        _watch(warn)


def test_events_may_come_as_they_are_written() -> None:
    session = _watch(0, "YHP-004")
    hazard = {"id": "YH-2", "unit": "红星铸造", "grade": "一般", "found_at": "2024-05-02", "deadline": "2024-06-01"}
    changes = session.happen({"at": "2024-05-02 09:00", "fact": {"hazard": hazard}})
    assert _told(changes, "YHP-004") == [("new", "YHP-004", None, "pending")]
    assert _told(session.assert_([{"hazard": {**hazard, "id": "YH-3"}}]), "YHP-004") == [("new", "YHP-004", None, "pending")]


def test_former_names_of_the_file_are_known() -> None:
    session = zeren.watch(zeren.parse(ORG.replace("id: 红星铸造\n", "id: 红星铸造\n    formerly: 红旗铸造厂\n")))
    session.post({"kind": "检查", "actor": "市政府", "object": "红旗铸造厂", "at": "2024-05-01 10:00"})
    assert {fact.values[5] for fact in session.organisation.facts.of("record")} == {"红星铸造"}
    assert session.organisation.formerly == {"红旗铸造厂": ("红星铸造",)}


def test_former_names_and_new_names_are_known() -> None:
    session = _watch()
    session.assert_({"unit": {"id": "市应急局", "kind": "部门", "level": "市级", "territory": "临江市", "formerly": "市安监局", "name": "临江市应急管理局"}})
    session.post({"kind": "检查", "actor": "市安监局", "object": "红星铸造", "at": "2024-05-01 10:00"})
    assert {fact.values[4] for fact in session.organisation.facts.of("record")} == {"市应急局"}
    assert session.organisation.label("市应急局") == "临江市应急管理局"
    _same(session)


def test_a_moment_that_cannot_be_read_is_told_once() -> None:
    session = _watch()
    with pytest.raises(zeren.InputError) as caught:
        session.happen(node_of({"at": "2024-05-05 25:00", "record": {"kind": "检查", "actor": "市政府"}}, Place("事件", 1, 1)))
    assert [problem.code for problem in caught.value.problems] == ["EVT-时间"]


def test_what_leaves_together_with_what_was_named_is_said() -> None:
    session = _watch()
    session.retract("红星铸造")
    (remark,) = session.remarks
    assert remark.message == "离不开它的一并撤回：任职 1 条；台账 3 条；岗位 厂长；隐患 YH-1"
    session.advance("2024-04-01")
    assert session.remarks == ()
    session.happen(node_of({"advance": "2024-04-01"}, Place("事件", 1, 1)))
    assert "时间不倒退" in session.remarks[0].message


def test_time_does_not_go_back() -> None:
    session = _watch()
    assert session.advance("2024-04-01") == ()
    assert session.now == zeren.moment(zeren.parse(ORG))


def test_a_session_may_be_advanced_over_a_new_year() -> None:
    session = zeren.watch(zeren.parse(ORG.replace("since: 2024-01-01\nterr", "terr")))
    session.advance("2025-02-01")
    _same(session)
