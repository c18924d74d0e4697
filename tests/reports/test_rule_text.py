"""Every rule can be told in words, whatever its conditions compute with."""

from __future__ import annotations

import pytest

from zeren.engine.pack import Pack
from zeren.reports.rule_text import shown

PACK = Pack()


@pytest.mark.parametrize("id", ["GPD-003", "YHP-003", "SGY-001", "HYG-004", "ZRL-031"])
def test_a_rule_whose_conditions_add_a_time_is_told(id: str) -> None:
    text = shown(PACK, id)
    assert text.startswith(id)
    assert "条件" in text


def test_a_sum_of_variables_is_told_as_it_is_written() -> None:
    assert "时间不晚于$t+$limit" in "".join(shown(PACK, "GPD-003").split())


def test_a_second_is_told_as_a_span_of_time() -> None:
    text = shown(PACK, "YPF-001")
    assert "时间在 $from 至 $t+1秒 之间" in text.replace("\n      ", "")
    assert "期限：$to - 1秒 + $limit" in text
