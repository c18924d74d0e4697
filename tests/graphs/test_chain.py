"""The chain as a picture: what stands where, what is split and collapsed, and that every page can be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import zeren
from zeren.engine.chain.model import Breach, Line, Reach, Verdict
from zeren.engine.pack import Pack
from zeren.graphs.diagrams import chain_grid
from zeren.graphs.diagrams.chain import chain
from zeren.graphs.diagrams.drawing import Drawing
from zeren.graphs.draw import drawing, subject
from zeren.graphs.render import picture

SCENARIOS = Path(__file__).parents[2] / "scenarios"
CHAINS = [
    ("11-矿山透水与承包链", "SG-0621"), ("12-隧道瞒报事故", "SG-1225"), ("13-迟报的道路事故", "SG-0214"),
    ("13-迟报的道路事故", "SG-0307"), ("14-未经验收擅自复产", "SG-0826"), ("15-出租厂房火灾", "SG-0411"), ("16-新业态燃气爆炸", "SG-1015"),
]
HOSTILE = '甲&<乙>"丙"\\N\\G\n丁\x0b\u202e戊😀'


@pytest.mark.parametrize(("scenario", "incident"), CHAINS)
def test_the_sample_chains_can_be_projected_and_are_drawn_as_before(
        scenario: str, incident: str, golden: Callable[[str, Drawing], None]) -> None:
    org = zeren.load(SCENARIOS / scenario / "org")
    about = subject(org, Pack(), zeren.moment(org), incident=incident)
    made = drawing("chain", about)
    golden(f"chain-{scenario[:2]}-{incident}", made)
    for page in made.pages():
        drawn = picture(page.dot, "png")
        assert drawn.legibility.ok, (page.name, drawn.legibility)
        assert not drawn.notes
        assert zeren.NOTICE in page.dot
    shown = "".join(page.dot for page in made.pages())
    assert len(re.findall(r'class="v-', shown)) == len(about.chain.lines)
    assert all(line.post in shown for line in about.chain.lines)


def line(post: str, layer: str, level: str, office: str, verdict: Verdict = Verdict.BREACH, unit: str = "某单位") -> Line:
    breaches = (Breach(f"{unit}：没有检查"),) if verdict is Verdict.BREACH else ()
    return Line(post, f"{unit}{post}", unit, unit, "P1", "现任", level, office, layer, Reach.MUST, verdict, "监管", "直接", (), breaches, why="理由")


def found(*lines: Line, label: str = "某厂“1·2”爆炸") -> zeren.Chain:
    return zeren.Chain("SG-1", label, "较大", 2, "较大", "确定", (), tuple(lines), (), (), (), (), "过错推定")


def many() -> list[Line]:
    """Sixty-four lines over all layers, more than any page can hold."""
    firms = [line(f"岗{layer}{number}", layer, "企业", "企业班子", unit=f"{layer}{number % 3}公司") for layer in chain_grid.FIRM for number in range(6)]
    public = [line(f"职{layer}{level}{number}", layer, level, "部门副职", list(Verdict)[number % 3], f"{level}{layer}局")
              for layer in (*chain_grid.SUPERVISION, "属地政府", "属地党委") for level in ("乡级", "县级", "市级") for number in range(2)]
    return [*firms, *public[:34]]


def test_a_large_chain_is_split_by_layers_and_says_so() -> None:
    made = chain(found(*many()), {}, {})
    pages = list(made.pages())
    assert len(pages) >= 3
    assert f"分为 {len(pages)} 页" in made.notes[0]
    assert len(re.findall(r'class="v-', "".join(page.dot for page in pages))) == 64
    for page in pages:
        assert picture(page.dot, "png").legibility.ok, page.name


def test_a_lane_that_is_too_long_keeps_the_gravest_and_counts_the_rest() -> None:
    lines = [line(f"岗{number:03}", "企业主体", "企业", "企业班子", Verdict.BREACH if number > 290 else Verdict.FULFILLED) for number in range(300)]
    made = chain(found(*lines), {}, {})
    [page] = made.pages()
    assert all(f"n-岗{number:03}" in page.dot for number in range(291, 300))
    assert "另有 276 条" in made.notes[-1]
    assert picture(page.dot, "png").legibility.ok


def test_every_line_stands_once_and_lower_levels_on_the_left() -> None:
    [page] = chain_grid.pages([line("局长", "行业主管", "市级", "部门正职"), line("股长", "行业主管", "县级", "内设机构负责人"),
                               line("副局长", "行业主管", "县级", "部门副职")], {}, lambda page: True)
    [lane] = page.lanes
    assert [[cell.post if isinstance(cell, Line) else None for cell in row] for row in lane.rows] == [["股长", "副局长", "局长"]]
    assert page.columns == ("县级", "县级", "市级")


def test_the_party_head_stands_under_the_head_of_its_government() -> None:
    lines = [line("镇长", "属地政府", "乡级", "政府正职", unit="镇政府"), line("副镇长", "属地政府", "乡级", "分管安全副职", unit="镇政府"),
             line("办主任", "属地政府", "乡级", "站所和驻点人员", unit="镇政府"), line("书记", "属地党委", "乡级", "党委正职", unit="镇党委")]
    joined = chain(found(*lines), {}, {"镇党委": "镇政府"}).dot
    assert re.search(r'"镇长" -> "书记" \[.*党政同责', joined)
    assert "党政同责" not in chain(found(*lines), {}, {}).dot
    assert picture(joined, "svg").legibility.ok


def test_a_person_who_left_and_the_successor_have_a_card_each() -> None:
    first, second = line("局长", "行业主管", "县级", "部门正职"), line("局长", "行业主管", "县级", "部门正职", Verdict.OPEN)
    made = picture(chain(found(first, second), {}, {}).dot, "svg").data.decode()
    assert 'id="n-局长"' in made
    assert 'id="n-局长-2"' in made


def test_a_chain_without_lines_is_a_picture_that_says_so() -> None:
    made = chain(found(), {}, {})
    assert "没有列入责任链的岗位" in made.dot
    assert picture(made.dot, "svg").legibility.ok


def test_presumed_breaches_are_told_apart() -> None:
    presumed = Line(**{**{name: getattr(line("科长", "行业主管", "县级", "内设机构负责人"), name) for name in Line.__slots__}, "status": "推定应追究，可反证"})
    dot = chain(found(presumed), {}, {}).dot
    assert "× 推定失职 · 直接" in dot
    assert "其中推定 1，可反证" in dot


def test_hostile_names_give_a_right_picture() -> None:
    lines = [line(f"{HOSTILE}{number}", layer, "县级", "部门正职", unit=f"{HOSTILE}局") for number, layer in enumerate(chain_grid.LAYERS)]
    made = chain(found(*lines, line("很长的名字" * 12, "企业主体", "企业", "企业班子"), label=HOSTILE), {}, {})
    for page in made.pages():
        drawn = picture(page.dot, "svg", page.title)
        assert "甲&amp;&lt;乙&gt;&quot;丙&quot;\\N" in drawn.data.decode()
        assert drawn.notes == ("字库没有这些字，图中以 □ 代替：😀（U+1F600）",)
