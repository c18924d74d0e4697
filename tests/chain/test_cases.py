"""Published cases become organisations without a look at the outcome, with posts that must not be held."""

from __future__ import annotations

import copy
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from small_case import PACK, SMALL, imported

import zeren
from zeren.engine.chain.case_reading import PostView, UnitView, View, case_files, read_case
from zeren.engine.chain.case_sketch import Origin
from zeren.engine.chain.case_titles import read_title
from zeren.engine.chain.case_words import Words
from zeren.engine.chain.cases import Case, import_case
from zeren.engine.scenarios import builtin
from zeren.models.problems import InputError, UsageError

WORDS = Words(PACK)
FILES = case_files(builtin() / "cases")
OUTCOME = ("breach", "measure", "measure_class", "responsibility", "responsibility_printed", "category", "role", "post_level", "count")

def unit(case: Case, own: str) -> dict[str, Any]:
    return next(entry for entry in case.file["units"] if entry["id"] == own)


def links(case: Case) -> set[tuple[str, str, str]]:
    return {(link["kind"], link["source"], link["target"]) for link in case.file["links"]}


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.stem)
def case(request: pytest.FixtureRequest) -> Case:
    return import_case(request.param, PACK)


def test_the_open_cases_are_shipped() -> None:
    assert len(FILES) == 13


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_cases_hold_posts_and_no_sources(path: Path) -> None:
    raw = json.loads(path.read_text("utf-8"))
    assert "report_source" not in raw
    assert "http" not in path.read_text("utf-8")
    for post in raw["posts"]:
        assert not {"name", "person", "holder"} & set(post)


def test_every_published_post_is_in_the_organisation(case: Case) -> None:
    posts = {row["id"] for row in case.organisation.facts.records("post")}
    made = {one.case_post for one in case.made if one.post in posts and one.origin is Origin.PUBLISHED}
    assert made == {post.id for post in case.view.posts}


def test_nothing_in_a_case_is_unknown(case: Case) -> None:
    assert not [note for note in case.notes if "不认识" in note]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_outcome_is_never_an_input(path: Path, tmp_path: Path) -> None:
    """Turning every field of the outcome into something else, or leaving it out, leaves the organisation as it is."""
    before = import_case(path, PACK)
    raw = json.loads(path.read_text("utf-8"))
    for number, change in enumerate(("消息", None)):
        other = copy.deepcopy(raw)
        other |= {"not_held": [], "unit_measures": [], "official_totals": {}, "completeness": "partial", "notes": "别的", "confidence": "low"}
        for at, post in enumerate(other["posts"]):
            for key in OUTCOME:
                post.pop(key, None)
                if change:
                    post[key] = f"{change}{at}" if key != "count" else 7
        (tmp_path / f"{number}").mkdir()
        changed = tmp_path / f"{number}" / path.name
        changed.write_text(json.dumps(other, ensure_ascii=False), "utf-8")
        after = import_case(changed, PACK)
        assert after.file == before.file
        assert after.made == before.made
        assert after.underivable == before.underivable


def test_the_view_has_no_room_for_the_outcome() -> None:
    names = {field.name for kind in (View, UnitView, PostView) for field in fields(kind)}
    assert not names & {*OUTCOME, "not_held", "unit_measures", "official_totals", "completeness"}
    assert {field.name for field in fields(PostView)} == {"id", "unit", "title"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_importer_knows_no_case(path: Path) -> None:
    """Neither the code nor the words hold anything that only one case has."""
    raw = json.loads(path.read_text("utf-8"))
    home = Path(__file__).parents[2]
    texts = [one.read_text("utf-8") for one in (home / "engine" / "chain").glob("*.py")]
    texts.append(PACK.table_files["案例用语"].read_text("utf-8"))
    own = [raw["case"], path.stem, *(place for place in raw["place_level_path"] if len(place) > 2 and place != "北京市")]
    assert not [name for name in own for text in texts if name in text]


def test_the_same_case_gives_the_same_organisation(case: Case) -> None:
    path = next(path for path in FILES if path.stem == case.slug)
    assert import_case(path, PACK).file == case.file


def test_published_posts_are_no_distractors(case: Case) -> None:
    assert not [one for one in case.made if one.case_post and one.origin is not Origin.PUBLISHED]
    assert sum(one.origin is Origin.DISTRACTOR for one in case.made) >= len(case.view.posts)


def test_distractors_have_no_link_to_the_accident(case: Case) -> None:
    """No act, no mandate on the trade, no portfolio of safety or of the trade at a place of the accident, unless out of time or reach."""
    wrong = {one.post for one in case.made if one.origin is Origin.DISTRACTOR and one.reason in ("分管的是别的行业", "所在部门与事故没有职责和关联")}
    industries = {case.file["incidents"][0]["industry"]}
    for entry in case.file["units"]:
        for post in entry.get("posts", ()):
            if post["id"] in wrong:
                assert not any(link.get("actor") == post["id"] for link in case.file["links"])
                assert not any(one["subject"] in industries or one["subject"] == "安全生产" for one in post.get("portfolio", ()))


def test_kinds_of_distractors(tmp_path: Path) -> None:
    case = imported(tmp_path)
    reasons = {one.reason for one in case.made if one.origin is Origin.DISTRACTOR}
    assert reasons == {"分管的是别的行业", "所在部门与事故没有职责和关联", "所在地域不是事故发生地", "多年以前的前任", "事故以后才任职",
                       "该等级事故惯例上不追到这一级"}


def test_superiors_that_may_answer_are_not_made_up(tmp_path: Path) -> None:
    """The county of a 较大 may answer and is no distractor; city and province are. A raised grade takes the city out."""
    def levels(**changes: Any) -> set[str]:
        case = imported(tmp_path, **changes)
        own = {row["id"]: row["level"] for row in case.organisation.facts.records("unit")}
        return {str(own[one.unit]) for one in case.made if one.reason == "该等级事故惯例上不追到这一级"}

    assert levels() == {"市级", "省级"}
    assert levels(investigated_by_level="省级(提级调查)") == {"省级"}
    assert levels(grade="特别重大") == set()
    assert levels(grade="(非生产安全)") == set()


def test_predecessors_and_successors_hold_the_same_post(tmp_path: Path) -> None:
    case = imported(tmp_path)
    holders = next(post["holders"] for post in unit(case, "石桥镇党委")["posts"])
    assert [holder.get("until", "") < "2022-05-06" for holder in holders] == [False, True, True]
    assert holders[2] == {"person": holders[2]["person"], "mode": "任职", "since": "2022-06-06"}
    assert holders[1]["until"] < "2011"


@pytest.mark.parametrize("title", ["镇包村干部", "驻村工作组组长", "包片干部", "驻厂安监员", "副镇长(包村)"])
def test_a_personal_link_comes_with_peers_elsewhere(tmp_path: Path, title: str) -> None:
    case = imported(tmp_path, posts=[{"id": "p1", "unit": "t", "title": title}])
    own = next(one.post for one in case.made if one.case_post == "p1")
    acts = {(link["actor"], link["target"]) for link in case.file["links"] if link["kind"] == "包保驻点"}
    assert (own, "某厂") in acts
    peers = {one.post for one in case.made if one.reason == "联系的是别处"}
    assert len(peers) >= 2
    assert {actor for actor, target in acts if target != "某厂"} == peers
    assert not case.underivable


@pytest.mark.parametrize(("title", "mandate"), [
    ("镇应急办主任", {"kind": "综合监管"}), ("镇社保所所长", None), ("工作人员", None), ("镇计生办人员", None),
    ("工信办主任", {"kind": "行业主管", "industry": ["工贸"]}),
])
def test_an_office_answers_for_what_its_name_says(tmp_path: Path, title: str, mandate: dict[str, Any] | None) -> None:
    case = imported(tmp_path, posts=[{"id": "p1", "unit": "t", "title": title}])
    one = next(one for one in case.made if one.case_post == "p1")
    assert list(case.underivable) == ([] if mandate else ["p1"])
    assert unit(case, one.unit).get("mandates") == ([mandate] if mandate else None)


@pytest.mark.parametrize(("side", "own", "title", "expected"), [
    ("属地", "石桥镇党委、政府", "镇党委副书记、镇长", ("政府正职", "主要负责人", ())),
    ("属地", "石桥镇党委、政府", "党委副书记", ("副职", "党政副职", ())),
    ("属地", "石桥镇党委、政府", "镇长助理", ("副职", "党政副职", ())),
    ("属地", "石桥镇党委、政府", "党委委员、武装部长(分管安全生产)", ("副职", "党政副职", ("安全生产",))),
    ("属地", "东湖县政府", "副县长(2人,分管事项未载)", ("副职", "党政副职", ())),
    ("属地", "东湖县政府", "分管领导", ("副职", "党政副职", ("*",))),
    ("属地", "东湖县委、县政府", "县委书记", ("党委正职", "主要负责人", ())),
    ("属地", "东湖县委、县政府", "县委常委、政法委书记", ("副职", "党政副职", ())),
    ("属地", "东湖高新区", "党工委委员、管委会副主任", ("副职", "党政副职", ())),
    ("属地", "东湖高新区", "管委会主任", ("政府正职", "主要负责人", ())),
    ("部门", "县公安消防大队", "代理大队长", ("正职", "主要负责人", ())),
    ("部门", "县公安消防大队", "教导员", ("政治主官", "政治主官", ())),
    ("部门", "县公安局", "分管消防工作的副局长", ("副职", "班子成员", ("消防",))),
    ("部门", "县公安局", "治安大队副大队长", ("内设", "内设机构负责人", ())),
    ("部门", "镇安全科", "安全科科长", ("正职", "主要负责人", ())),
    ("部门", "镇安全生产办公室", "镇安办副主任", ("副职", "班子成员", ())),
    ("部门", "市住建局", "质量安全科科长", ("内设", "内设机构负责人", ())),
    ("部门", "市住建局", "科长", ("内设", "内设机构负责人", ())),
    ("部门", "市住建局", "党组书记、局长", ("正职", "主要负责人", ())),
    ("部门", "市住建局", "工作人员(2人)", ("经办", "经办人员", ())),
    ("企业", "某厂", "法定代表人", ("正职", "法定代表人", ())),
    ("企业", "某厂", "安全副矿长", ("副职", "安全总监", ("安全",))),
    ("企业", "某厂", "安全生产主管", ("副职", "安全总监", ("安全",))),
    ("企业", "某厂", "副总经理", ("副职", "班子成员", ())),
    ("企业", "某厂", "车间主任", ("部门", "内设机构负责人", ())),
    ("企业", "某厂", "项目经理", ("部门", "项目负责人", ())),
    ("企业", "某厂", "挖掘机驾驶员", ("部门", "作业人员", ())),
    ("中介", "某所", "总监理工程师", ("部门", "项目负责人", ())),
    ("村居", "柳湾村", "村党支部书记、村主任", ("村书记", "村书记", ())),
    ("村居", "柳湾村", "村委委员兼村安全员", ("村干部", "村委委员", ())),
])
def test_titles(side: str, own: str, title: str, expected: tuple[str, str, tuple[str, ...]]) -> None:
    read = read_title(title, side, own, WORDS)
    assert (read.rank, read.role, read.portfolio) == expected
    assert read.known


@pytest.mark.parametrize(("title", "former", "mode", "count"), [
    ("局长", False, "任职", 1), ("原局长", True, "任职", 1), ("曾任局长", True, "任职", 1), ("副局长(前任)", True, "任职", 1),
    ("代理局长", False, "代理", 1), ("副局长(主持工作)", False, "任职", 1), ("主持工作的副局长", False, "主持", 1),
    ("现任局长", False, "任职", 1), ("工作人员(2人)", False, "任职", 2), ("原局长(两任)", True, "任职", 2),
])
def test_tenure_and_number(title: str, former: bool, mode: str, count: int) -> None:
    read = read_title(title, "部门", "县安监局", WORDS)
    assert (read.former, read.mode, read.count) == (former, mode, count)


def test_a_former_holder_beside_a_present_one_left_within_the_look_back(tmp_path: Path) -> None:
    case = imported(tmp_path, posts=[{"id": "p1", "unit": "b", "title": "局长"}, {"id": "p2", "unit": "b", "title": "原局长"}])
    until = {post["title"]: post["holders"][0].get("until") for post in unit(case, "县安监局")["posts"]}
    assert until["原局长"] == "2022-02-05"
    alone = imported(tmp_path, posts=[{"id": "p2", "unit": "b", "title": "原局长"}])
    assert unit(alone, "县安监局")["posts"][0]["holders"][0]["until"] > "2022-05-06"


@pytest.mark.parametrize(("title", "covers"), [
    ("副县长(分管工业)", "工贸"), ("分管安全生产工作的副县长", "安全生产"), ("分管工信的副县长", "工贸"), ("分管领导", "工贸"), ("副县长(分管教育)", ""),
    ("副县长(分管城建、交通)", ""), ("副县长(分管外事)", ""),
])
def test_what_a_deputy_is_in_charge_of(tmp_path: Path, title: str, covers: str) -> None:
    case = imported(tmp_path, posts=[{"id": "p1", "unit": "c", "title": title}])
    post = next(post for post in unit(case, "东湖县政府")["posts"] if post["title"] == title)
    subjects = {one["subject"] for one in post["portfolio"]}
    assert subjects
    assert subjects & {"工贸", "安全生产"} == ({covers} if covers else set())


@pytest.mark.parametrize(("relation", "mandates", "kinds"), [
    ("approves", [], {"审批"}), ("accepts", [], {"验收"}), ("inspects", ["专项监管"], {"检查"}),
    ("approves/regulates industry", ["行业主管"], {"审批"}), ("comprehensive supervision", ["综合监管"], set()),
    ("comprehensive supervision / industry", ["综合监管", "行业主管"], set()), ("police", ["专项监管"], set()),
    ("approves/accepts fire", ["专项监管"], {"审批", "验收"}), ("regulates land", ["专项监管"], set()), ("", ["专项监管"], set()),
])
def test_departments(tmp_path: Path, relation: str, mandates: list[str], kinds: set[str]) -> None:
    """A blank relation leaves what the function of the department usually has."""
    case = imported(tmp_path, units=[*SMALL["units"][:3], {**SMALL["units"][3], "relation": relation}])
    assert sorted(one["kind"] for one in unit(case, "县安监局").get("mandates", ())) == sorted(mandates)
    assert {kind for kind, source, target in links(case) if source == "县安监局" and target == "某厂"} == kinds


FIRMS = [
    {"id": "o", "name": "业主", "kind": "enterprise", "level": "county", "relation": "owns/leases"},
    {"id": "f", "name": "某厂", "kind": "enterprise", "level": "village", "parent": "g", "relation": "operates"},
    {"id": "g", "name": "某集团", "kind": "enterprise", "level": "city", "relation": "owns"},
    {"id": "k", "name": "施工队", "kind": "contractor", "level": "village", "parent": "f", "relation": "contracts"},
    {"id": "l", "name": "装饰公司", "kind": "contractor", "level": "city", "parent": "k", "relation": "lends qualification"},
    {"id": "n", "name": "名义公司", "kind": "contractor", "level": "city", "parent": "f", "relation": "lends qualification (挂靠)"},
    {"id": "w", "name": "物业公司", "kind": "enterprise", "level": "city", "relation": "manages the site"},
    {"id": "d", "name": "设计院", "kind": "intermediary", "level": "other", "relation": "designs"},
    {"id": "e", "name": "检测公司", "kind": "intermediary", "level": "other", "relation": "inspects"},
    {"id": "s", "name": "监理公司", "kind": "intermediary", "level": "other", "relation": "supervises construction"},
]


def test_the_firms_around_an_accident(tmp_path: Path) -> None:
    found = links(imported(tmp_path, units=FIRMS, posts=[]))
    assert found == {
        ("出租", "业主", "某厂"), ("出资", "某集团", "某厂"), ("发包", "某厂", "施工队"), ("出借资质", "装饰公司", "施工队"),
        ("发包", "某厂", "名义公司"), ("出借资质", "名义公司", "施工队"), ("物业", "物业公司", "事故现场"), ("设计", "设计院", "某厂"),
        ("检测", "检测公司", "某厂"), ("监理", "监理公司", "某厂"),
    }  # fmt: skip


def test_an_act_without_a_date_stands_before_the_accident_and_before_a_holder_left(tmp_path: Path) -> None:
    case = imported(tmp_path, units=FIRMS, posts=[])
    assert {link["since"] for link in case.file["links"]} == {"2021-10-18"}


def test_without_an_operator_the_contractors_worked_for_themselves(tmp_path: Path) -> None:
    case = imported(tmp_path, units=[FIRMS[3], SMALL["units"][1], SMALL["units"][2]], posts=[])
    assert {(one["subject"], one["part"]) for one in case.file["incidents"][0]["involved"]} >= {("施工队", "承包"), ("施工队", "经营")}


def test_silence_is_no_finding(tmp_path: Path) -> None:
    units = [{**SMALL["units"][0], "problems": problems} for problems in ("未清扫", "(未载)", "", "（未载）")]
    counts = [len(imported(tmp_path, units=[one, *SMALL["units"][1:]]).file["incidents"][0]["inquiries"][0]["findings"]) for one in units]
    assert counts == [1, 0, 0, 0]


@pytest.mark.parametrize(("path", "levels"), [
    (["云川省", "临江市", "东湖县"], ["省级", "市级", "县级"]), (["云川省", "临江市", "南山市"], ["省级", "市级", "县级"]),
    (["北京市", "东湖区", "石桥镇", "柳湾村"], ["省级", "县级", "乡级", "村级"]),
    (["云川省", "临江市", "石桥镇", "社区"], ["省级", "市级", "乡级", "村级"]),
    (["云川省", "临江市", "东湖区", "临江经济技术开发区"], ["省级", "市级", "县级", "功能区"]),
])
def test_places(tmp_path: Path, path: list[str], levels: list[str]) -> None:
    case = imported(tmp_path, place_level_path=path, units=SMALL["units"][:1], posts=SMALL["posts"][:1])
    found = [entry["level"] for entry in case.file["territories"]]
    assert found[:len(levels)] == levels


def test_a_deputy_without_a_portfolio_leaves_the_unit_partial(tmp_path: Path) -> None:
    case = imported(tmp_path)
    assert unit(case, "县安监局")["partial"] is True
    assert "partial" not in unit(case, "石桥镇政府")


def test_figures_of_a_printed_grade(tmp_path: Path) -> None:
    assert imported(tmp_path, deaths=None, grade="重大").file["incidents"][0]["deaths"] == "10"
    assert "deaths" not in imported(tmp_path, deaths=None, grade="一般").file["incidents"][0]
    spoken = imported(tmp_path, deaths=1, grade="较大(1死2失踪)").file["incidents"][0]
    assert (spoken["deaths"], spoken["missing"]) == ("1", "2")


def test_words_that_are_not_known_are_told_and_do_no_harm(tmp_path: Path) -> None:
    units = [*SMALL["units"], {"id": "x", "name": "某单位", "kind": "spaceship", "level": "orbit", "relation": "???"}]
    posts = [*SMALL["posts"], {"id": "px", "unit": "x", "title": "宇航"}, {"id": "py", "unit": "t", "title": "某某"}, {"id": "pz", "unit": "b", "title": ""}]
    case = imported(tmp_path, units=units, posts=posts, industry="", grade="", event_type="奇事", investigated_by_level="")
    assert {one.case_post for one in case.made} >= {"px", "py", "pz"}
    assert len([note for note in case.notes if "不认识" in note]) == 5


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        imported(tmp_path, date="昨天", posts=[{"id": "p1", "unit": "q", "title": "厂长"}, {"id": "p2", "unit": "r", "title": "厂长"}])
    assert [problem.code for problem in error.value.problems] == ["CASE-002", "CASE-002", "CASE-003"]
    with pytest.raises(InputError) as error:
        imported(tmp_path, date=None, units={}, posts=None)
    assert [problem.code for problem in error.value.problems] == ["CASE-001"] * 3


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00", '{"date": 1}'])
def test_files_that_are_no_cases(tmp_path: Path, text: str) -> None:
    path = tmp_path / "坏.json"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError):
        read_case(path)
    with pytest.raises(UsageError):
        case_files(tmp_path / "没有")


def _department(folder: Path, name: str, kind: str = "department", relation: str = "regulates industry", titles: tuple[str, ...] = ("副局长",), **more: str) -> Case:
    units = [*SMALL["units"][:3], {"id": "b", "name": name, "kind": kind, "level": "county", "parent": "c", "relation": relation, **more}]
    return imported(folder, units=units, posts=[{"id": f"p{n}", "unit": "b", "title": title} for n, title in enumerate(titles)])


def test_a_section_in_the_brackets_of_a_bureau_is_a_unit_of_its_own(tmp_path: Path) -> None:
    case = _department(tmp_path, "县工信局(安全科)", titles=("副局长", "科长", "工作人员"), problems="监管不力")
    homes = {one.title: one.unit for one in case.made if one.case_post}
    assert homes == {"副局长": "县工信局", "科长": "县工信局安全科", "工作人员": "县工信局安全科"}
    assert unit(case, "县工信局安全科")["superior"] == [{"unit": "县工信局", "kind": "内设"}]
    (finding,) = [one for one in case.file["incidents"][0]["inquiries"][0]["findings"] if one["duty"] == "监管不力"]
    assert finding["unit"] == "县工信局安全科"
    chain = zeren.trace(case.organisation, case.incident)
    assert {one.post for one in chain.lines} >= {one.post for one in case.made if one.case_post}
    assert "内设机构" not in {entry["kind"] for entry in _department(tmp_path, "县公安局(治安)").file["units"]}


@pytest.mark.parametrize(("kind", "side"), [
    ("government department", "部门"), ("state-owned enterprise", "企业"), ("township government", "属地"), ("testing laboratory", "中介"), ("village committee", "村居"),
    ("spaceship", ""),
])  # fmt: skip
def test_a_kind_that_is_not_known_is_read_by_its_last_known_word(kind: str, side: str) -> None:
    assert WORDS.side(kind)[0] == side


@pytest.mark.parametrize(("relation", "name", "mandate"), [("", "县应急管理局", "专项监管"), ("", "县民政局", "专项监管"), ("", "县某办", None)])
def test_a_department_without_a_relation_gets_what_is_usual_and_says_so(tmp_path: Path, relation: str, name: str, mandate: str | None) -> None:
    case = _department(tmp_path, name, relation=relation)
    kinds = [one["kind"] for one in unit(case, name).get("mandates", [])]
    assert kinds == ([mandate] if mandate else [])
    assert any("关系未载" in note for note in case.notes)


def test_the_event_adds_a_trade(tmp_path: Path) -> None:
    assert unit(imported(tmp_path, event_type="坍塌事故"), "某厂")["industries"] == ["工贸", "建筑施工", "自建房"]


def test_an_office_held_elsewhere_does_not_decide_the_rank() -> None:
    assert read_title("县委常委、开发区党工委书记", "属地", "东湖县委、县政府", WORDS).rank == "副职"
    assert read_title("党工委书记", "属地", "东湖开发区", WORDS).rank == "党委正职"
    assert read_title("石桥镇党委书记", "属地", "石桥镇党委、政府", WORDS).rank == "党委正职"


@pytest.mark.parametrize(("title", "portfolio"), [
    ("安全巡查员", {"kind": "事项", "subject": "安全生产"}), ("粉尘协管员", {"kind": "行业", "subject": "工贸"}),
])  # fmt: skip
def test_a_hand_of_a_township_is_in_charge_of_what_its_title_says(tmp_path: Path, title: str, portfolio: dict[str, str]) -> None:
    case = imported(tmp_path, posts=[{"id": "p1", "unit": "t", "title": title}])
    (post,) = [one for entry in case.file["units"] for one in entry.get("posts", []) if one["title"] == title]
    assert post["portfolio"] == [portfolio]
    assert not case.underivable
