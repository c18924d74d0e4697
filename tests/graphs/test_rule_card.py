"""Rule cards: every shipped rule fits its pages; letters stand for variables, settled values for parameters."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

import zeren
from zeren.engine.pack import Pack
from zeren.graphs.diagrams.drawing import Drawing
from zeren.graphs.diagrams.rule import rule_card
from zeren.graphs.render import picture
from zeren.models.problems import UsageError

PACK = Pack()


@pytest.mark.parametrize("id", ["AWH-001", "SGB-003", "YHP-004", "ZRL-031"])
def test_cards_are_drawn_as_before_and_can_be_projected(id: str, golden: Callable[[str, Drawing], None]) -> None:
    made = rule_card(PACK, id)
    golden(f"rule-{id}", made)
    for page in made.pages():
        drawn = picture(page.dot, "png")
        assert drawn.legibility.ok, (page.name, drawn.legibility)
        assert not drawn.notes


def test_every_shipped_rule_has_a_card() -> None:
    for id in PACK.rule_files:
        made = rule_card(PACK, id)
        pages = list(made.pages())
        assert pages[-1].title.startswith(id)
        assert all(zeren.NOTICE in page.dot for page in pages)
        assert len(pages) == 1 or f"分为 {len(pages)} 页" in made.notes[0]
        text = re.sub("<[^>]*>", " ", "".join(page.dot for page in pages))
        assert not re.search(r"\$\w", text), id
        assert "None" not in text


def test_the_longest_card_is_split_and_can_be_projected() -> None:
    longest = max((rule_card(PACK, id) for id in PACK.duties), key=lambda made: len(made.parts))
    assert longest.parts
    for page in longest.pages():
        assert picture(page.dot, "png").legibility.ok, page.name


def test_a_deadline_shows_the_value_of_its_parameter() -> None:
    assert "30天" in rule_card(PACK, "GPD-003").dot
    assert "2小时" in "".join(page.dot for page in rule_card(PACK, "SBG-001").pages())


def test_the_outcomes_follow_the_kind_of_rule() -> None:
    duty, ban, blame = ("".join(page.dot for page in rule_card(PACK, id).pages()) for id in ("YHP-004", "SGB-003", "ZRL-031"))
    assert "怎样算做到" in duty
    assert "○ 未到期" in duty
    assert "没有整改、验收台账" in duty
    assert "有一件就是违反" in ban
    assert "未到期" not in ban
    assert "尽职" in blame


def test_an_unknown_rule_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="AWH-001"):
        rule_card(PACK, "AWH-01")
