"""Text that cannot turn a page around: without what XML forbids and without marks that change the direction of reading."""

from __future__ import annotations

import re
from typing import Final

#: What XML 1.0 cannot hold.
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Marks, embeddings, overrides and isolates of direction: a name with one would reverse the sentence around it.
_TURNING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """The text without the characters that XML cannot hold and without marks of direction; each gives way to U+FFFD."""
    return _FORBIDDEN.sub("\ufffd", straight(text))


def straight(text: str) -> str:
    """The text without marks of direction; each gives way to U+FFFD."""
    return _TURNING.sub("\ufffd", text)
