"""Sees before drawing that the font has every character: no renderer says when it draws an empty box instead."""

from __future__ import annotations

from typing import Final

from zeren.graphs.fonts import characters

#: Stands for a character that the font lacks.
BOX: Final = "□"


def missing(dot: str) -> tuple[str, ...]:
    """The characters of ``dot`` that the font cannot draw, in order of code point."""
    return tuple(sorted({char for char in dot if char not in "\t\n" and ord(char) not in characters()}))


def drawable(dot: str) -> tuple[str, tuple[str, ...]]:
    """``dot`` with :data:`BOX` for what the font lacks, and what is to be told of it."""
    lacking = missing(dot)
    if not lacking:
        return dot, ()
    shown = "、".join(f"{char}（U+{ord(char):04X}）" for char in lacking[:12]) + (f" 等 {len(lacking)} 个" if len(lacking) > 12 else "")
    return dot.translate(dict.fromkeys(map(ord, lacking), BOX)), (f"字库没有这些字，图中以 {BOX} 代替：{shown}",)
