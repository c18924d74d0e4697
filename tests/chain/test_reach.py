"""How far up: the table row by row, shifted once at most, with the caps and exceptions that parameters set."""

from __future__ import annotations

from collections import defaultdict

import pytest
from place import Place, line, on

from zeren.engine.chain.model import Reach
from zeren.engine.pack import Pack

ORDER = ["不及", "少见", "通常", "应当"]


@pytest.mark.parametrize(("deaths", "county", "city"), [
    (2, Reach.NEVER, Reach.NEVER), (3, Reach.RARE, Reach.NEVER), (9, Reach.RARE, Reach.NEVER), (10, Reach.USUAL, Reach.USUAL),
    (29, Reach.USUAL, Reach.USUAL), (30, Reach.MUST, Reach.MUST),
])
def test_reach_of_government_heads_by_grade(deaths: int, county: Reach, city: Reach) -> None:
    chain = Place(deaths).trace()
    assert (line(chain, "县长").reach, line(chain, "市长").reach) == (county, city)


def test_reach_never_falls_as_the_grade_rises() -> None:
    rows: defaultdict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for fact in Pack().table("问责层级").facts:
        _, rank, level, office, reach = fact.values
        if rank:
            rows[str(level), str(office)][int(rank)] = str(reach)  # type: ignore[arg-type]
    assert rows
    for cells in rows.values():
        assert sorted(cells) == [1, 2, 3, 4]
        marks = [ORDER.index(cells[rank]) for rank in (1, 2, 3, 4)]
        assert marks == sorted(marks)


def test_a_rare_office_needs_a_finding_of_its_own() -> None:
    assert "县长" not in on(Place().trace())
    chain = Place(findings=[{"unit": "县长", "duty": "违规插手"}]).trace()
    assert "县长" in on(chain)
    assert line(chain, "县长").status == "应追究"


def test_a_finding_that_names_a_post_goes_beyond_the_table() -> None:
    assert line(Place(2, findings=[{"unit": "市长", "duty": "违规插手"}]).trace(), "市长").on_chain


def test_a_finding_that_stays_with_the_unit_is_said_so() -> None:
    chain = Place(2, findings=[{"unit": "镇政府", "duty": "检查不细"}]).trace()
    assert "副镇长" in on(chain)
    assert line(chain, "镇长").verdict == "仅单位担责"
    assert "镇长" not in on(chain)


def test_concealment_raises_those_who_report_and_nobody_else() -> None:
    plain = Place(2)
    plain.link("验收", "县工信局", "红星铸造", actor="工信副局长", since="2020-01-01")
    hidden = Place(2, findings=[{"unit": "红星铸造", "duty": "隐瞒事故"}])
    assert line(plain.trace(), "副县长-安全").reach is Reach.NEVER
    chain = hidden.trace()
    assert line(chain, "副县长-安全").reach is Reach.USUAL
    assert chain.shifts == ("瞒报（红星铸造：隐瞒事故）",)
    assert "上移一行" in line(chain, "副县长-安全").reach_note


def test_several_reasons_shift_one_row_only() -> None:
    place = Place(2, findings=[{"unit": "红星铸造", "duty": "隐瞒事故"}])
    place.data["incidents"][0]["inquiries"][0]["level"] = "省级"
    place.data["incidents"].append({"id": "SG-00", "kind": "生产安全事故", "at": "2024-01-03", "territory": "上湾村", "industry": "铸造", "deaths": 1})
    chain = place.trace()
    assert len(chain.shifts) == 3
    assert line(chain, "县长").reach is Reach.RARE
    assert line(chain, "市长").reach is Reach.NEVER


def test_the_same_trade_again_in_the_same_county_raises_the_reach() -> None:
    again = {"id": "SG-00", "kind": "生产安全事故", "at": "2024-01-03", "territory": "上湾村", "industry": "铸造", "deaths": 1}
    for changed, raised in [({}, True), ({"industry": "教育"}, False), ({"territory": "西山县"}, False), ({"at": "2022-01-03"}, False)]:
        place = Place(2)
        place.data["incidents"].append({**again, **changed})
        assert bool(place.trace().shifts) is raised, changed


def test_an_inquiry_at_the_statutory_level_raises_nothing() -> None:
    for level, raised in [("县级", False), ("市级", True)]:
        place = Place(2, findings=[{"unit": "红星铸造", "duty": "未培训"}])
        place.data["incidents"][0]["inquiries"][0]["level"] = level
        assert bool(place.trace().shifts) is raised


def test_general_supervision_alone_is_rare_where_the_trade_has_a_regulator() -> None:
    schools = Place(industry="教育")
    schools.unit("红星铸造")["industries"] = ["教育"]
    assert line(schools.trace(), "应急局长").reach is Reach.RARE
    schools.data["units"] = [unit for unit in schools.data["units"] if unit["id"] != "县教育局"]
    assert line(schools.trace(), "应急局长").reach is Reach.USUAL


def test_general_supervision_of_a_trade_that_is_the_emergency_bureaus_own_is_not_rare() -> None:
    assert line(Place().trace(), "应急局长").reach is Reach.USUAL


def test_events_without_a_grade_have_a_row_of_their_own() -> None:
    chain = Place(0, kind="森林火灾").trace()
    assert (chain.grade, chain.rank) == ("不定级", 0)
    assert {"镇长", "镇书记", "工信局长", "应急局长"} <= on(chain)
    assert "县长" not in on(chain)


def test_figures_that_are_not_known_give_a_lower_bound() -> None:
    place = Place()
    for key in ("deaths", "missing", "serious_injuries", "direct_loss"):
        del place.data["incidents"][0][key]
    chain = place.trace()
    assert (chain.grade, chain.bound) == ("一般", "下界")
