"""A font of only the characters that a picture uses, to be embedded in it."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path


def woff(file: Path, used: Iterable[str]) -> bytes:
    """The WOFF font with the characters ``used``; those that ``file`` lacks are left out. Same characters, same bytes.

    WOFF2 would be a twelfth smaller and take seven times as long to write.
    """
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(file, lazy=True, recalcTimestamp=False, recalcBBoxes=False)
    cutter = subset.Subsetter(subset.Options(layout_features=[], notdef_outline=True, glyph_names=False))
    cutter.populate(unicodes=sorted({ord(char) for char in used}))
    cutter.subset(font)
    font.flavor = "woff"
    written = BytesIO()
    font.save(written, reorderTables=False)
    return written.getvalue()
