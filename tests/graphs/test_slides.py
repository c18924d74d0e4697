"""Slides of a drill: in order, without answers before the reveal, readable when projected."""

from __future__ import annotations

from dataclasses import replace

from town import LONG, NASTY

import zeren
from zeren.engine.drills.model import Answer, Hit, Planted
from zeren.graphs.render import picture
from zeren.graphs.slides import slides


def _planted(number: int, name: str) -> Planted:
    hit = Hit(f"{number}", "ZRS-001", "签订责任书", "fail", name, name, name, name, (), f"{name}没有签订责任书", f"请{name}补签")
    other = replace(hit, rule="WJF-001", outcome="unknown", message=f"{name}覆盖不全")
    return Planted("漏签", "少签了一份", "责任书", f"{name}没有签订责任书", "逐份点一遍", (hit,), (other,) * 5)


def _answer(count: int, name: str = "甲县政府") -> Answer:
    return Answer("甲县", "2024-06-30", 1, "默认", tuple(_planted(at, f"{name}{at}") for at in range(count)), (), {}, {})


def test_the_order_and_that_nothing_is_given_away() -> None:
    pages = slides(_answer(3))
    assert [page.name for page in pages] == ["题目", "提示", "揭晓1", "揭晓2", "揭晓3", "总表"]
    for page in pages[:2]:
        assert "甲县政府" not in page.dot
        assert "ZRS-001" not in page.dot
    assert all(zeren.NOTICE in page.dot for page in pages)
    for number, page in enumerate(pages[2:5]):
        assert f"甲县政府{number}没有签订责任书" in page.dot
        assert f"请甲县政府{number}补签" in page.dot


def test_many_faults_and_hostile_names_can_be_projected() -> None:
    pages = slides(_answer(9, NASTY + LONG))
    assert [page.name for page in pages if not page.name.startswith("揭晓")] == ["题目", "提示1", "提示2", "总表1", "总表2"]
    for page in (pages[0], pages[1], pages[3], pages[-1]):
        assert picture(page.dot, "svg").legibility.ok, page.name
