"""Text by width: nothing is lost, nothing is too wide, no line begins with a stop."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zeren.reports.width import cut, pad, table, width, wrap

TEXTS = st.text(alphabet="安全生产责任AB1 ，。（）：“”/.-", max_size=120)


@given(TEXTS, st.integers(10, 60))
def test_wrapping_keeps_every_character_and_the_width(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line) <= columns for line in lines)


def test_no_line_begins_with_a_stop() -> None:
    text = "县政府、市政府，镇政府。" * 20
    for columns in range(10, 60):
        assert not [line for line in wrap(text, columns) if line[0] in "，。、"]


def test_latin_words_stay_whole() -> None:
    assert wrap("规则 AWH-001 适用", 9) == ["规则", "AWH-001", "适用"]


def test_padding_cutting_and_colours_go_by_width() -> None:
    assert pad("安委会", 8) == "安委会  "
    assert pad("安委会", 8, right=True) == "  安委会"
    assert width("\x1b[31m安\x1b[0m") == 2
    assert width(cut("安全生产委员会", 9)) <= 9


def test_the_last_column_of_a_table_wraps_beside_the_others() -> None:
    lines = table([["编号", "题目"], ["A-1", "安全" * 20]], 30)
    assert lines[0] == "编号  题目"
    assert all(line.startswith(" " * 6) for line in lines[2:])
    assert max(map(width, lines)) <= 30
