"""The fonts that ship with zeren, so that a picture is the same on every machine (OFL.txt; made by build.py)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
REGULAR: Final = FOLDER / "ZerenSansSC-Regular.otf"
BOLD: Final = FOLDER / "ZerenSansSC-Bold.otf"


@cache
def characters(file: Path = REGULAR) -> frozenset[int]:
    """The code points that a font file can draw. The Bold has fewer; what it lacks is drawn with the Regular."""
    from fontTools.ttLib import TTFont

    with TTFont(file, lazy=True) as font:
        return frozenset(font.getBestCmap())
