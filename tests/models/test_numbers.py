"""Numbers are kept exactly or refused: every back end holds thirteen digits before the point and four after it."""

from decimal import Decimal

import pytest

from zeren.models.numbers import parse_number


@pytest.mark.parametrize(("text", "value"), [
    ("0", "0"), ("-0.5", "-0.5"), ("9999999999999.9999", "9999999999999.9999"), ("1.500000", "1.5000"),
    ("1.2e3", "1200"), ("12E-4", "0.0012"),
])  # fmt: skip
def test_kept_exactly(text: str, value: str) -> None:
    assert str(parse_number(text)) == value
    assert parse_number(text) == Decimal(text)


@pytest.mark.parametrize("text", ["10000000000000", "0.00001", "1e13", "1e-5", "1" * 40])
def test_too_many_digits(text: str) -> None:
    with pytest.raises(OverflowError, match="13 位"):
        parse_number(text)


@pytest.mark.parametrize("text", ["", "三", "1,200", "1.", ".5", "NaN", "Infinity", "٣", "1 2", "+1", "0x1"])
def test_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="不是数字"):
        parse_number(text)
