"""One post as a picture: golden pages of the scenarios, states that cannot be overlooked, sizes that can be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from town import hostile, scenario

import zeren
from zeren.engine.pack import Pack
from zeren.graphs.diagrams.drawing import Drawing
from zeren.graphs.diagrams.post import PAGE
from zeren.graphs.draw import Subject, drawing
from zeren.graphs.render import picture
from zeren.models.problems import UsageError

POSTS = [("01", "副市长-工业"), ("02", "市应急局局长"), ("03", "南沅县副县长"), ("04", "平丘县常务副县长"), ("05", "区教育局局长"), ("06", "白石铁矿矿长")]


@pytest.mark.parametrize(("number", "post"), POSTS)
def test_posts_of_the_scenarios_are_drawn_as_before_and_can_be_projected(number: str, post: str, golden: Callable[[str, Drawing], None]) -> None:
    made = drawing("post", replace(scenario(number), post=post))
    golden(f"post-{number}", made)
    for page in made.pages():
        drawn = picture(page.dot, "png")
        assert drawn.legibility.ok, (page.name, drawn.legibility)
        assert not drawn.notes
        assert zeren.NOTICE in page.dot


def test_what_is_not_in_order_comes_first_and_pages_say_so() -> None:
    made = drawing("post", replace(scenario("03"), post="南沅县县长"))
    pages = list(made.pages())
    assert len(pages) > 1
    assert f"分为 {len(pages)} 页" in made.notes[0]
    assert "× 不符合" in pages[0].dot
    assert "× 不符合" not in pages[-1].dot
    assert all(page.dot.count('id="n-') <= 1 + 3 * PAGE for page in pages)
    for page in pages:
        assert picture(page.dot, "png").legibility.ok, page.name


def test_hostile_names_and_three_hundred_towns_give_a_picture_that_can_be_read() -> None:
    made = drawing("post", hostile(towns=300))
    assert "另有 299 个，见清单" in "".join(page.dot for page in made.pages())
    for page in made.pages():
        drawn = picture(page.dot, "svg")
        assert drawn.legibility.ok, (page.name, drawn.legibility)
        assert b"&amp;&lt;" in drawn.data


def test_a_post_without_duties_and_one_that_does_not_exist() -> None:
    org = zeren.parse("{on: 2024-01-01, units: [{id: 厂, kind: 中介机构, posts: [{id: 岗, role: 经办人员}]}]}")
    about = Subject(org, Pack(), zeren.moment(org), post="岗")
    assert "没有落到这个岗位的职责" in drawing("post", about).dot
    assert "无人在任" in drawing("post", about).dot
    assert picture(drawing("post", about).dot, "png").legibility.ok
    with pytest.raises(UsageError, match="不是岗位"):
        drawing("post", replace(about, post="无"))
    with pytest.raises(UsageError, match="画哪一个岗位"):
        drawing("post", replace(about, post=None))
