"""The map and the focus view: nothing is lost, every page can be read, marks and relations stand where they belong."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from town import LONG, NASTY, scenario

import zeren
from zeren.engine.pack import Pack
from zeren.graphs.diagrams import parts
from zeren.graphs.diagrams.drawing import Drawing
from zeren.graphs.diagrams.extent import extent
from zeren.graphs.diagrams.units import Look, seats
from zeren.graphs.draw import Subject, drawing
from zeren.graphs.network import Network
from zeren.graphs.render import picture
from zeren.models.problems import UsageError

FOCUS = {"01": "市应急局", "02": "柳湾化工", "03": "北沅县政府", "04": "临溪县应急局", "05": "区教育局", "06": "黑水二矿"}


def _readable(made: Drawing) -> None:
    for page in made.pages():
        drawn = picture(page.dot, "svg")
        assert drawn.legibility.ok, (page.name, drawn.legibility)
        assert zeren.NOTICE in page.dot


def _subject(text: str, **about: object) -> Subject:
    org = zeren.parse(text)
    return Subject(org, Pack(), zeren.moment(org), **about)  # type: ignore[arg-type]


def _with(about: Subject, **more: object) -> Subject:
    return Subject(about.org, about.pack, about.on, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", ["01", "02", "03", "04", "05", "06"])
def test_map_of_the_scenarios_is_drawn_as_before_and_can_be_projected(number: str, golden: Callable[[str, Drawing], None]) -> None:
    made = drawing("map", _with(scenario(number), findings=number != "01"))
    golden(f"map-{number}", made)
    _readable(made)


@pytest.mark.parametrize("number", ["01", "02", "03", "04", "05", "06"])
def test_focus_in_the_scenarios_is_drawn_as_before_and_can_be_projected(number: str, golden: Callable[[str, Drawing], None]) -> None:
    made = drawing("focus", _with(scenario(number), unit=FOCUS[number], findings=number != "01"))
    golden(f"focus-{number}", made)
    _readable(made)


@pytest.mark.parametrize("number", ["11", "12", "13", "14", "15", "16"])
def test_maps_of_the_accidents_can_be_projected(number: str) -> None:
    _readable(drawing("map", scenario(number)))


def test_every_department_and_enterprise_of_a_city_is_on_some_page() -> None:
    about = scenario("01")
    text = "".join(page.dot for page in drawing("map", about).pages())
    for row in about.org.facts.records("unit"):
        if row["kind"] in ("党委", "政府", "园区", "部门", "派出机构", "站所", "村居", "企业", "项目"):
            assert about.org.label(str(row["id"])) in text


CITY = """
name: 小城
on: 2024-06-30
industries: [工贸, 学校]
territories: [{id: 甲市, level: 市级, children: [{id: 乙县, level: 县级}]}]
units:
  - id: 市委
    kind: 党委
    territory: 甲市
    pair: 市政府
    posts: [{id: 书记, title: 书记, role: 主要负责人, holder: P0}]
  - id: 市政府
    kind: 政府
    territory: 甲市
    posts:
      - {id: 市长, title: 市长, role: 主要负责人, holder: P1}
      - {id: 副市长甲, title: 副市长甲, role: 班子成员, holder: P2, portfolio: {部门: [工信局]}}
      - {id: 副市长乙, title: 副市长乙, role: 班子成员, holders: [{person: P3, until: 2023-12-31}], portfolio: {行业: [学校]}}
    units:
      - {id: 安委会, kind: 安委会, territory: 甲市, posts: [{id: 安委会主任, role: 主任, holder: P1}]}
      - {id: 工信局, kind: 部门, territory: 甲市, mandates: [{kind: 行业主管, industry: 工贸, lead: true}]}
      - {id: 教育局, kind: 部门, territory: 甲市, mandates: [{kind: 行业主管, industry: 学校, lead: true}]}
      - {id: 商务局, kind: 部门, territory: 甲市}
  - {id: 县政府, kind: 政府, territory: 乙县, superior: 市政府}
  - {id: 机械厂, kind: 企业, territory: 乙县, industries: [工贸]}
"""


def test_leaders_hold_their_departments_and_a_head_his_chair() -> None:
    made = drawing("map", _subject(CITY))
    assert "市长（安委会主任）" in made.dot
    boxes = {line.split(" [", 1)[0].strip().strip('"').replace("%20", " "): line for line in made.dot.splitlines()
             if line.strip().startswith('"box') and "label=" in line}
    assert "工信局" in boxes["box 副市长甲 市政府"]
    assert "教育局" in boxes["box 副市长乙 市政府"]
    assert "（空缺）" in boxes["box 副市长乙 市政府"]
    assert "商务局" in boxes["box  市政府"]
    assert "未写分管领导" in boxes["box  市政府"]


def test_relations_are_drawn_and_explained() -> None:
    made = drawing("map", _subject(CITY))
    lines = [(start.replace('"', ""), end.replace('"', ""), kind)
             for start, end, kind in re.findall(r'^\t(\S+|".*?"\S*) -> (\S+|".*?"\S*) \[.*class="k-(\w+)"', made.dot, re.MULTILINE)]
    assert ("box%20副市长甲%20市政府:u0", "机械厂", "主管行业") in lines
    assert ("县政府", "机械厂", "属地") in lines
    assert any(end.startswith("县政府") and kind == "领导" for _, end, kind in lines)
    for kind in ("领导", "主管行业", "属地"):
        assert kind in made.dot.split("cluster_legend", 1)[1]


def test_findings_and_structure_are_marked_with_counts() -> None:
    about = _subject(CITY.replace("lead: true}]}\n      - {id: 商务局, kind: 部门, territory: 甲市}",
                                  "lead: true}]}\n      - {id: 商务局, kind: 部门, territory: 甲市, mandates: [{kind: 行业主管, industry: 学校, lead: true}]}"), findings=True)
    assert about.report.by("fail")
    made = drawing("map", about)
    counts = {finding.bearer for finding in about.report.by("fail") if not finding.warning}
    assert "市政府" in counts
    number = sum(finding.bearer == "市政府" or finding.bearer in ("市长", "副市长甲", "副市长乙")
                 for finding in about.report.by("fail") if not finding.warning)
    assert f"× 不符合 {number} 项" in made.dot
    assert "商务局▲" in made.dot
    *_, last = made.pages()
    assert "责任交叉" in last.dot
    assert "结构问题 " in made.dot


def _many(count: int, what: str) -> str:
    rows = {
        "部门": "\n".join(f"  - {{id: 局{at}, kind: 部门, territory: 甲市, superior: 市政府}}" for at in range(count)),
        "企业": "\n".join(f"  - {{id: 厂{at}, kind: 企业, territory: 甲市, industries: [工贸]}}" for at in range(count)),
        "县": "\n".join(f"  - {{id: 县{at}政府, kind: 政府, territory: 县{at}, superior: 市政府}}" for at in range(count)),
    }
    places = ", ".join(f"{{id: 县{at}, level: 县级}}" for at in range(count if what == "县" else 0))
    return f"""
on: 2024-06-30
industries: [工贸]
territories: [{{id: 甲市, level: 市级, children: [{places}]}}]
units:
  - {{id: 市政府, kind: 政府, territory: 甲市, posts: [{{id: 市长, role: 主要负责人, holder: P1}}]}}
{rows[what]}
"""


@pytest.mark.parametrize("what", ["部门", "企业", "县"])
def test_three_hundred_siblings_become_a_list_that_says_how_many(what: str) -> None:
    about = _subject(_many(300, what))
    made = drawing("map", about)
    _readable(made)
    text = "".join(page.dot for page in made.pages())
    assert "300" in text or "另有 2" in text
    assert made.notes
    focus = drawing("focus", _with(about, unit="市政府"))
    _readable(focus)
    assert "300 " in focus.dot


@pytest.mark.parametrize("name", [NASTY, LONG, "", "\\"])
def test_hostile_names_give_a_picture(name: str) -> None:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    text = CITY.replace("{id: 机械厂,", f'{{id: 机械厂, name: "{quoted}",').replace("title: 市长", f'title: "{quoted or "市长"}"')
    text = text.replace("{id: 工信局,", f'{{id: 工信局, name: "{quoted}",').replace("{id: 乙县,", f'{{id: 乙县, name: "{quoted}",')
    about = _subject(text)
    for made in (drawing("map", about), drawing("focus", _with(about, unit="工信局")), drawing("focus", _with(about, post="市长"))):
        _readable(made)


def test_enterprises_alone_and_units_without_a_place_are_drawn() -> None:
    made = drawing("map", _subject("on: 2024-06-30\nunits: [{id: 集团, kind: 企业}, {id: 分厂, kind: 企业, superior: 集团}, {id: 某局, kind: 部门}]"))
    _readable(made)
    assert "没有写明地域" in made.title
    assert "集团" in made.dot


def test_what_does_not_exist_is_said() -> None:
    about = _subject(CITY)
    with pytest.raises(UsageError, match="工信局"):
        drawing("focus", _with(about, unit="工信司"))
    with pytest.raises(UsageError, match="哪一个"):
        drawing("focus", about)
    with pytest.raises(UsageError, match="没有"):
        drawing("map", _with(about, unit="丙县"))
    with pytest.raises(UsageError, match="画不出"):
        drawing("map", _subject("on: 2024-06-30\nunits: [{id: 甲, kind: 企业, until: 2020-01-01}]"))


def test_same_input_same_bytes_and_drawing_twice_changes_nothing() -> None:
    about = _with(scenario("03"), findings=True)
    first, second = (drawing("map", _with(about, findings=True)) for _ in range(2))
    assert [page.dot for page in first.pages()] == [page.dot for page in second.pages()]


def test_sizes_are_known_before_the_layout() -> None:
    about = scenario("01")
    look = Look(Network(about.org.facts, about.on), about.org.labels)
    network = look.network
    for label in (look.card("市应急局"), look.card("市公安局", False), look.seat(seats(network, "青岚市")[0]),
                  look.listing("企业", sorted(network.residents["柳湾镇"]))):
        graph = parts.digraph("one", "题")
        graph.attr(label="", pad="0")
        graph.node("a", label=parts.html(label))
        drawn = picture(graph.source, "svg").legibility
        assert extent(label).width == pytest.approx(drawn.width, rel=0.1)
        assert extent(label).height == pytest.approx(drawn.height, rel=0.15)
