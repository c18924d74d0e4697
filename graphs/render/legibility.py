"""Whether a page can be read when it is projected: the size of its words on a slide."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Final

from zeren.graphs.diagrams.style import MAIN
from zeren.graphs.render.process import PNG_DPI, POINTS

#: A slide in inches, and the least sizes on it in points. A threshold of ours, not of a standard.
SLIDE: Final = (13.33, 7.5)
LEAST_MAIN: Final = 12.0
LEAST_SECONDARY: Final = 10.5

_SIZES: Final = re.compile(r'(?:POINT-SIZE="|\bfontsize="?)(\d+(?:\.\d+)?)')
_SVG: Final = re.compile(rb'<svg[^>]*?width="([\d.]+)pt"[^>]*?height="([\d.]+)pt"', re.DOTALL)
_PDF: Final = re.compile(rb"/MediaBox\s*\[\s*[\d.]+\s+[\d.]+\s+([\d.]+)\s+([\d.]+)")


@dataclass(frozen=True, slots=True)
class Legibility:
    """A page of ``width`` × ``height`` inches: its scale on a slide and the smallest main and secondary text there in points."""

    width: float
    height: float
    scale: float
    main: float
    secondary: float

    @property
    def ok(self) -> bool:
        """Whether both sizes are large enough."""
        return self.main >= LEAST_MAIN and self.secondary >= LEAST_SECONDARY


def legible(dot: str, width: float, height: float) -> Legibility:
    """Measure a page: font sizes come from ``dot``, ``width`` and ``height`` (inches) from the picture."""
    scale = min(1.0, SLIDE[0] / width, SLIDE[1] / height)
    sizes = {float(found) for found in _SIZES.findall(dot)}
    main = min((size for size in sizes if size >= MAIN), default=float(MAIN))
    secondary = min((size for size in sizes if size < MAIN), default=main)
    return Legibility(width, height, scale, main * scale, secondary * scale)


def inches(picture: bytes, kind: str) -> tuple[float, float]:
    """The natural size of a picture (svg, png, pdf) in inches."""
    if kind == "png":
        across, down = struct.unpack(">II", picture[16:24])
        return across / PNG_DPI, down / PNG_DPI
    found = (_SVG if kind == "svg" else _PDF).search(picture)
    if found is None:
        raise ValueError(f"no size in this {kind}")
    return float(found[1]) / POINTS, float(found[2]) / POINTS
