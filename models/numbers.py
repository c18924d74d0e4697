"""Exact decimals as every back end stores them: at most thirteen digits before the point and four after it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_NUMBER: Final = re.compile(r"-?\d{1,40}(\.\d{1,40})?", re.ASCII)
_EXPONENT: Final = re.compile(r"-?\d{1,15}(\.\d{1,17})?[eE][+-]?\d{1,2}", re.ASCII)
_STEP: Final = Decimal("0.0001")
_LIMIT: Final = Decimal(10) ** 13
TOO_LONG: Final = "整数至多 13 位，小数至多 4 位"


def parse_number(text: str) -> Decimal:
    """Read ``1200``, ``-0.5`` or, as JSON writers put it, ``1.2e3``.

    >>> parse_number("1.50000"), parse_number("1.2e3")
    (Decimal('1.5000'), Decimal('1200'))

    Raises:
        ValueError: the text is no number. OverflowError: it has more digits than can be kept.
    """
    if not _NUMBER.fullmatch(text) and not _EXPONENT.fullmatch(text):
        raise ValueError(f"“{text}”不是数字")
    value = Decimal(text)
    if abs(value) >= _LIMIT:
        raise OverflowError(TOO_LONG)
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    if exponent > 0:
        return value.quantize(Decimal(1))
    if exponent >= -4:
        return value
    kept = value.quantize(_STEP)
    if kept != value:
        raise OverflowError(TOO_LONG)
    return kept
