"""The two coverage tables: states by sign and words, gaps that agree with the rules, and sizes that can be read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from town import hostile, scenario

import zeren
from zeren.graphs.diagrams import coverage
from zeren.graphs.diagrams.coverage import (
    ABOVE,
    ABSENT,
    CLEAR,
    DONE,
    EXEMPT,
    GAP,
    HANDED,
    LACKING,
    OPEN,
    SHARED,
    UNTOLD,
)
from zeren.graphs.diagrams.drawing import Drawing
from zeren.graphs.draw import drawing
from zeren.graphs.network import Network
from zeren.graphs.render import picture


@pytest.mark.parametrize("number", ["01", "02", "03", "04", "05", "06"])
def test_coverage_of_the_scenarios_is_drawn_as_before_and_can_be_projected(number: str, golden: Callable[[str, Drawing], None]) -> None:
    made = drawing("coverage", scenario(number))
    golden(f"coverage-{number}", made)
    for page in made.pages():
        drawn = picture(page.dot, "png")
        assert drawn.legibility.ok, (page.name, drawn.legibility)
        assert not drawn.notes
        assert zeren.NOTICE in page.dot


def _grid(number: str) -> coverage.Grid:
    about = scenario(number)
    return coverage.industries(Network(about.org.facts.until(about.on), about.on), about.org.labels)


@pytest.mark.parametrize("number", ["01", "02", "03", "04"])
def test_gaps_and_overlaps_agree_with_the_rules(number: str) -> None:
    """A gap at a level that must regulate is a finding of SGB-002; two who lead are one of SGB-003."""
    about, grid = scenario(number), _grid(number)
    found = {rule: {(one.bearer_label, one.per[0]) for one in about.report.by("fail") if one.rule.id == rule} for rule in ("SGB-002", "SGB-003")}
    seats = {str(row["territory"]): str(row["id"]) for row in about.org.facts.records("unit") if row["kind"] == "政府"}
    labels = {about.org.label(place): about.org.label(unit) for place, unit in seats.items()}
    gaps = {(labels[grid.columns[across][0]], grid.rows[at]) for (at, across), square in grid.squares.items()
            if square.mark is GAP and grid.columns[across][1] in ("省级", "市级", "县级")}
    assert gaps == {pair for pair in found["SGB-002"] if pair[1] in grid.rows}
    shared = {(labels.get(grid.columns[across][0]), grid.rows[at]) for (at, across), square in grid.squares.items() if square.mark is SHARED}
    assert {pair for pair in found["SGB-003"] if pair[1] in grid.rows} <= shared


SMALL = """
on: 2024-06-30
industries: [{id: 工贸, children: [机械]}, 旅游, 燃气, 学校]
territories: [{id: 甲县, level: 县级, children: [{id: 乙镇, level: 乡级}]}]
units:
  - {id: 县政府, kind: 政府, level: 县级, territory: 甲县}
  - {id: 镇政府, kind: 政府, level: 乡级, territory: 乙镇, superior: 县政府}
  - {id: 甲县工信局, kind: 部门, territory: 甲县, superior: 县政府, mandates: [{kind: 行业主管, industry: [工贸, 燃气], lead: true}]}
  - {id: 住建局, kind: 部门, territory: 甲县, superior: 县政府, mandates: [{kind: 行业主管, industry: 燃气, lead: true}]}
  - {id: 教育局, kind: 部门, territory: 甲县, superior: 县政府, mandates: [{kind: 行业主管, industry: 学校, until: 2023-12-31}]}
  - {id: 厂, kind: 企业, territory: 乙镇, industries: [机械]}
  - {id: 店, kind: 企业, territory: 甲县, industries: [旅游, 燃气, 学校]}
"""


def test_every_state_of_the_first_table() -> None:
    org = zeren.parse(SMALL)
    grid = coverage.industries(Network(org.facts, zeren.moment(org)), org.labels)
    found = {(grid.rows[at], grid.columns[across][0]): (square.mark, square.words) for (at, across), square in grid.squares.items()}
    assert found == {
        ("机械", "甲县"): (CLEAR, "工信局"), ("机械", "乙镇"): (ABOVE, "甲县工信局"), ("燃气", "甲县"): (SHARED, "住建局／工信局"),
        ("燃气", "乙镇"): (ABSENT, ""), ("旅游", "甲县"): (GAP, "没有主管"), ("旅游", "乙镇"): (ABSENT, ""),
        ("学校", "甲县"): (GAP, "没有主管"), ("学校", "乙镇"): (ABSENT, ""),
    }


def test_where_no_division_of_work_is_stated_nobody_is_accused() -> None:
    grid = _grid("04")
    assert {square.mark for square in grid.squares.values()} == {UNTOLD, ABSENT}


def test_the_second_table_says_what_the_matrix_says() -> None:
    about = scenario("03")
    grid = coverage.items(about.report)
    found = {(grid.rows[at], grid.columns[across][0]): square for (at, across), square in grid.squares.items()}
    for cell in about.report.matrix:
        square = found.get((cell.item, cell.level))
        if square is None:
            continue
        if cell.uncovered:
            assert square.mark is LACKING
            assert cell.uncovered[0] in square.words
        elif cell.open:
            assert square.mark is OPEN
        else:
            assert square.mark in (DONE, HANDED, EXEMPT)
    assert {square.mark for square in found.values()} == {LACKING, OPEN, DONE, HANDED, EXEMPT}


def test_states_differ_by_sign_not_by_colour_alone() -> None:
    first, second = (CLEAR, ABOVE, SHARED, UNTOLD, GAP, ABSENT), (DONE, HANDED, OPEN, LACKING, EXEMPT)
    assert all(len({mark.sign for mark in marks}) == len(marks) for marks in (first, second))


def test_three_hundred_trades_and_towns_are_cut_to_those_in_trouble() -> None:
    made = drawing("coverage", hostile(towns=300, trades=300))
    assert "另有 260 个行业、283 个地域 没有画" in made.notes[0]
    pages = list(made.pages())
    assert len(pages) <= 20
    for page in pages[:2]:
        drawn = picture(page.dot, "svg")
        assert drawn.legibility.ok, (page.name, drawn.legibility)


def test_nothing_to_cover_is_said() -> None:
    org = zeren.parse("{on: 2024-01-01, units: [{id: 厂, kind: 中介机构}]}")
    from zeren.engine.pack import Pack
    from zeren.graphs.draw import Subject

    assert "没有经营行业的单位" in drawing("coverage", Subject(org, Pack(), zeren.moment(org))).dot
