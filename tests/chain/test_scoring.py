"""The score of a chain against a published outcome: fair to silence, hard on posts without a link."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_case import PACK, SMALL, imported

from zeren.engine.chain.case_reading import case_files
from zeren.engine.chain.case_sketch import Made, Origin
from zeren.engine.chain.cases import Case, import_case
from zeren.engine.chain.model import Breach, Chain, Line, Reach, Verdict
from zeren.engine.chain.scoring import Score, data, score
from zeren.engine.scenarios import builtin

OFFICES = {"党委正职": "党委正职", "政府正职": "政府正职"}


def answer(case: Case, wanted: Callable[[Made], bool], **more: Any) -> Chain:
    """A chain that names the holders for whom ``wanted`` holds; the others are excluded as out of reach."""
    levels = {str(row["id"]): str(row["level"] or "") for row in case.organisation.facts.records("unit")}

    def line(one: Made, verdict: Verdict) -> Line:
        values = {"reach": Reach.USUAL, "nature": "领导", "degree": "主要领导", "breaches": ()} | more
        return Line(
            post=one.post, post_label=one.post, unit=one.unit, unit_label=one.unit, person=one.person, tenure="时任", level=levels[one.unit],
            office=OFFICES.get(one.rank, ""), layer="属地政府", verdict=verdict, paths=(), why="惯例不及", **values,
        )  # fmt: skip

    lines = tuple(line(one, Verdict.OPEN) for one in case.made if wanted(one))
    out = tuple(line(one, Verdict.OUT_OF_REACH) for one in case.made if not wanted(one))
    return Chain("事故", "", "较大", 2, "较大", "确定", (), lines, out, (), (), (), "过错责任")


def scored(case: Case, wanted: Callable[[Made], bool], **more: Any) -> Score:
    return score(lambda _org, _incident: answer(case, wanted, **more), case, PACK)


def published(one: Made) -> bool:
    return bool(one.case_post)


def sensible(one: Made) -> bool:
    return one.origin is not Origin.DISTRACTOR


@pytest.fixture(scope="module")
def shipped() -> list[Case]:
    return [import_case(path, PACK) for path in case_files(builtin() / "cases")]


def test_what_was_published_scores_in_full(shipped: list[Case]) -> None:
    total = data([scored(case, published) for case in shipped])["total"]
    assert (total["recall"], total["recall_by_row"], total["precision"], total["reach"]) == (1, 1, 1, 1)
    assert total["cases"] == 13
    assert total["posts"] == total["hits"] == 148
    assert total["underivable"] <= 0.1


def test_neutral_posts_change_nothing_but_reach_of_units(shipped: list[Case]) -> None:
    total = data([scored(case, sensible) for case in shipped])["total"]
    assert (total["recall"], total["precision"], total["reach"]) == (1, 1, 1)
    assert total["units"] == {"asked": 16, "met": 16}
    assert total["neutral"] > 50


def test_naming_everybody_costs_precision_and_reach(shipped: list[Case]) -> None:
    total = data([scored(case, lambda _one: True) for case in shipped])["total"]
    assert total["recall"] == 1
    assert total["precision"] < 0.3
    assert total["reach"] < 0.5
    assert total["distractors"]["answered"] == total["distractors"]["made"] > 300


def test_naming_nobody_finds_nothing(shipped: list[Case]) -> None:
    total = data([scored(case, lambda _one: False) for case in shipped])["total"]
    assert (total["recall"], total["reach"], total["precision"], total["labels"]) == (0, 0, None, None)


def test_the_same_scores_give_the_same_bytes(shipped: list[Case]) -> None:
    assert str(data([scored(shipped[0], sensible)])) == str(data([scored(shipped[0], sensible)]))


def test_a_miss_says_what_the_chain_says(tmp_path: Path) -> None:
    found = scored(imported(tmp_path), lambda one: one.case_post != "p4")
    assert [(miss.title, miss.why) for miss in found.misses] == [("副局长", "层级未及：惯例不及")]
    assert (found.hits, found.asked) == (3, 4)


def test_a_slot_counts_no_more_than_were_held(tmp_path: Path) -> None:
    posts = [{"id": "p1", "unit": "b", "title": "工作人员(2人)", "count": 1}, {"id": "p2", "unit": "b", "title": "监察员"}]
    case = imported(tmp_path, posts=posts)
    found = scored(case, published)
    assert [(slot.rank, slot.k, slot.answered, slot.hits) for slot in found.slots] == [("经办", 2, 3, 2)]
    one = next(made for made in case.made if made.case_post == "p1")
    assert scored(case, lambda made: made is one).hits == 1


def test_a_partial_list_counts_for_recall_only(tmp_path: Path) -> None:
    for completeness, wrong in (("FULL", True), ("near-full", True), ("partial (2 of 9)", False), ("", False)):
        found = scored(imported(tmp_path, completeness=completeness), lambda _one: True)
        assert bool(found.wrong) is wrong
        assert data([found])["cases"][0]["precision"] == (pytest.approx(4 / (4 + len(found.wrong)), abs=1e-4) if wrong else None)


@pytest.mark.parametrize(("changes", "reach", "wrong"), [
    ({}, Reach.RARE, 1), ({}, Reach.USUAL, 0), ({"stage": "provisional"}, Reach.RARE, 0), ({"official_totals": {"officials": 9}}, Reach.RARE, 0),
    ({"completeness": "partial"}, Reach.RARE, 0), ({"not_held": []}, Reach.RARE, 0),
    ({"not_held": [{"post": "镇长", "unit": "t", "kind": "explicit"}]}, Reach.RARE, 1),
])
def test_absence_counts_only_in_a_full_final_list_and_against_custom(tmp_path: Path, changes: dict[str, Any], reach: Reach, wrong: int) -> None:
    absent = {"not_held": [{"post": "镇长、县长", "unit": "t", "kind": "absent_from_published_list"}]}
    found = scored(imported(tmp_path, **{**absent, **changes}), sensible, reach=reach)
    assert len(found.wrong) == wrong


@pytest.mark.parametrize(("printed", "nature", "degree", "agrees"), [
    ("主要领导责任", "领导", "主要领导", True), ("主要领导责任", "领导", "重要领导", False), ("重要领导责任", "领导", "重要领导责任", True),
    ("领导责任", "领导", "主要领导", True), ("领导责任", "领导", "重要领导", True), ("领导责任", "监管", "直接", False),
    ("直接责任", "监管", "直接责任", True), ("监管责任(失察)", "监管", "直接", True), ("主体责任", "监管", "直接", False),
    ("领导责任(一定领导责任)、失察", "领导", "重要领导", True),
])
def test_labels(tmp_path: Path, printed: str, nature: str, degree: str, agrees: bool) -> None:
    posts = [{**SMALL["posts"][1], "responsibility": printed, "responsibility_printed": True},
             {**SMALL["posts"][2], "responsibility": printed, "responsibility_printed": False}]
    found = scored(imported(tmp_path, posts=posts), published, nature=nature, degree=degree)
    assert [label.agrees for label in found.labels] == [agrees]


def test_the_party_side_is_not_heavier_unless_it_acted(tmp_path: Path) -> None:
    case = imported(tmp_path)

    def heads(breaches: tuple[Breach, ...], party: str) -> Score:
        def trace(_org: object, _incident: str) -> Chain:
            chain = answer(case, sensible, degree="重要领导")
            lines = tuple(_as(line, party, breaches) if line.office == "党委正职" else line for line in chain.lines)
            return Chain(*(lines if name == "lines" else getattr(chain, name) for name in Chain.__dataclass_fields__))
        return score(trace, case, PACK)

    assert heads((), "重要领导").party_above == ()
    assert (heads((), "重要领导").pairs, len(heads((), "主要领导").party_above)) == (2, 2)
    assert len(heads((Breach("推定", presumed="④"),), "直接").party_above) == 2
    assert heads((Breach("本人批示"),), "直接").party_above == ()


def _as(line: Line, degree: str, breaches: tuple[Breach, ...]) -> Line:
    values = {name: getattr(line, name) for name in Line.__dataclass_fields__}
    return Line(**{**values, "degree": degree, "breaches": breaches})


@pytest.mark.parametrize(("completeness", "highest", "wanted", "right"), [
    ("FULL", "C", "县级", True), ("FULL", "T", "县级", False), ("FULL", "M", "县级", False),
    ("partial", "T", "县级", True), ("partial", "M", "县级", False),
])
def test_reach(tmp_path: Path, completeness: str, highest: str, wanted: str, right: bool) -> None:
    posts = [{**post, "post_level": "E" if post["unit"] == "f" else highest} for post in SMALL["posts"]]
    found = scored(imported(tmp_path, posts=posts, completeness=completeness), published)
    assert (found.highest[1], found.reach_right) == (wanted, right)


def test_a_measure_against_a_unit_explains_a_higher_level(tmp_path: Path) -> None:
    posts = [{**post, "post_level": "T"} for post in SMALL["posts"][:3]]
    case = imported(tmp_path, posts=posts, unit_measures=[{"units": ["c"], "measure": "检查"}])
    assert scored(case, sensible).reach_right
    assert scored(case, published).reach_right
    assert (scored(case, published).units, scored(case, sensible).units) == ((1, 0), (1, 1))


def test_underivable_posts_stand_apart(tmp_path: Path) -> None:
    posts = [*SMALL["posts"], {"id": "p9", "unit": "t", "title": "镇社保所所长", "post_level": "T"}]
    found = data([scored(imported(tmp_path, posts=posts), lambda one: one.case_post != "p9")])
    assert found["total"]["recall"] == 1
    assert found["total"]["underivable"] == 0.2
    assert found["cases"][0]["underivable"][0]["derivable"] is False
