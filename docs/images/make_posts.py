"""Draw the posts, coverage tables, rule cards and slides of the manuals from their golden DOT: ``uv run docs/images/make_posts.py``."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image

from zeren.engine.drills.catalogue import read_catalogue
from zeren.engine.drills.inject import make
from zeren.engine.pack import Pack
from zeren.graphs.render import picture
from zeren.graphs.slides import slides
from zeren.models.moments import parse_moment

ROOT = Path(__file__).parents[2]
INTO = Path(__file__).parent / "diagrams"


def save(dot: str, name: str) -> None:
    """Write one picture with 64 colours, which a diagram needs no more of."""
    image = Image.open(BytesIO(picture(dot, "png").data)).convert("RGB").quantize(64)
    image.save(INTO / f"{name}.png", optimize=True)


def main() -> None:
    """Write ``post-…``, ``coverage-…``, ``rule-…`` and ``drill-…``."""
    INTO.mkdir(exist_ok=True)
    for kind in ("post", "coverage", "rule"):
        for file in sorted((ROOT / "tests/graphs/golden").glob(f"{kind}-*.dot")):
            save(file.read_text(encoding="utf-8"), file.stem)
    pack = Pack()
    drill = make([ROOT / "scenarios/demo.yaml"], read_catalogue(pack), 4, 3, pack, parse_moment("2024-06-30", "end"))
    for number, page in enumerate(slides(drill.answer), 1):
        save(page.dot, f"drill-{number}")


if __name__ == "__main__":
    main()
