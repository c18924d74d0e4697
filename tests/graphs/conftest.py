"""Golden DOT: ``golden("name", drawing)`` compares every page with ``golden/name-1.dot`` …; ZEREN_GOLDEN=write writes them anew."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from zeren.graphs.diagrams.drawing import Drawing

FOLDER = Path(__file__).parent / "golden"
sys.path.insert(0, str(Path(__file__).parent))  # for town


@pytest.fixture
def golden() -> Callable[[str, Drawing], None]:
    """Compares a drawing with what was looked at and kept."""

    def compare(name: str, drawing: Drawing) -> None:
        pages = {f"{name}-{number}.dot": page.dot for number, page in enumerate(drawing.pages(), 1)}
        kept = sorted(path for path in FOLDER.glob(f"{name}-*.dot") if path.stem.removeprefix(f"{name}-").isdigit())
        if os.environ.get("ZEREN_GOLDEN") == "write":
            for path in kept:
                path.unlink()
            for file, dot in pages.items():
                (FOLDER / file).write_text(dot, encoding="utf-8", newline="\n")
            return
        assert [path.name for path in kept] == sorted(pages), "look at the new pages, then run with ZEREN_GOLDEN=write"
        for path in kept:
            assert pages[path.name] == path.read_text("utf-8"), f"{path.name}: look at the new picture, then run with ZEREN_GOLDEN=write"

    return compare
