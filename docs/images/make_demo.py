"""Draw docs/images/demo.png from real output: ``uv run --with pillow docs/images/make_demo.py FONT.ttc``.

The font must have Chinese characters two columns wide, such as Noto Sans Mono CJK SC (its number in a collection may
follow as a second argument).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

import zeren
from zeren.reports import terminal
from zeren.reports.page import Style
from zeren.reports.width import width

SIZE, COLUMNS, MARGIN = 26, 84, 28
COLOURS = {"31": "#e5736d", "32": "#8fbf6f", "33": "#d9b55b", "34": "#78a9e6", "35": "#c792d6", "36": "#6cc0c4", "2": "#8b929c"}
INK, PAPER = "#dfe3e8", "#1e2228"
ONLY = ("AWH-001", "YHP-004")


def lines() -> list[str]:
    """The command and what it prints, in colour."""
    org = zeren.parse((files("zeren.scenarios") / "demo.yaml").read_text("utf-8"), "示例.yaml")
    report = terminal.render(zeren.check(org, only=ONLY), Style(COLUMNS, colour=True), org="示例.yaml")
    return [f"$ zeren check 示例.yaml --only {' '.join(ONLY)}", *report.rstrip().split("\n")]


def pieces(line: str) -> Iterator[tuple[str, str, bool]]:
    """Yield the parts of a line with their colour and whether they are bold."""
    colour, bold = INK, False
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if part.startswith("\x1b["):
            codes = part[2:-1].split(";")
            colour = next((COLOURS[code] for code in codes if code in COLOURS), INK)
            bold = "1" in codes
        elif part:
            yield part, colour, bold


def main() -> None:
    """Draw the picture."""
    font = ImageFont.truetype(sys.argv[1], SIZE, index=int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    cell, height = SIZE // 2, SIZE + 10
    text = lines()
    picture = Image.new("RGB", (COLUMNS * cell + 2 * MARGIN, len(text) * height + 2 * MARGIN), PAPER)
    draw = ImageDraw.Draw(picture)
    for row, line in enumerate(text):
        column = 0
        for part, colour, bold in pieces(line):
            for char in part:
                at = (MARGIN + column * cell, MARGIN + row * height)
                draw.text(at, char, colour, font)
                if bold:  # set twice, half a point apart
                    draw.text((at[0] + 1, at[1]), char, colour, font)
                column += width(char)
    small = picture.quantize(48)
    small.save(Path(__file__).with_name("demo.png"), optimize=True)


if __name__ == "__main__":
    main()
