"""The work of a chain follows what lies around the accident, not the size of the organisation. Lines of Python are counted, no clock."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from county_grid import crowd, province

from zeren.engine.chain.model import Chain
from zeren.engine.chain.trace import trace
from zeren.engine.pack import Pack
from zeren.models.organisation import Organisation

PACK = Pack()


def _work(org: Organisation) -> tuple[int, Chain]:
    """The lines run for one chain, each turn of a loop among them, once the indexes stand."""
    assert org.on is not None
    trace(org, "SG", org.on, PACK)
    count = 0

    def line(frame: FrameType, event: str, arg: Any) -> Callable[..., Any]:
        nonlocal count
        count += 1
        return line

    before = sys.gettrace()
    sys.settrace(line)
    try:
        chain = trace(org, "SG", org.on, PACK)
    finally:
        sys.settrace(before)
    return count, chain


@pytest.mark.parametrize("grown", [lambda: province(12_000), lambda: crowd(3_000, 9_000)], ids=["more places", "more firms in every place"])
def test_a_larger_organisation_gives_the_same_chain_for_the_same_work(grown: Callable[[], Organisation]) -> None:
    (little, one), (much, other) = _work(province(3_000)), _work(grown())
    assert [line.post for line in one.lines] == [line.post for line in other.lines]
    assert len(one.lines) > 20
    assert much < 1.25 * little


def test_the_papers_of_a_busy_office_are_not_read_for_each_question() -> None:
    (little, _), (much, _) = _work(crowd(3_000, 1_000, busy=True)), _work(crowd(3_000, 3_000, busy=True))
    assert much - little < 5 * 2_000  # its inspections are told by number; each is looked at a few times
