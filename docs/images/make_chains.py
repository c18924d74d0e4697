"""Draw the chains of scenarios 11 to 16 for the manuals: ``uv run docs/images/make_chains.py``."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image

import zeren
from zeren.graphs.render import picture

ROOT = Path(__file__).parents[2]
INTO = Path(__file__).parent / "diagrams"


def small(data: bytes) -> Image.Image:
    """The picture with 64 colours, which a diagram needs no more of."""
    return Image.open(BytesIO(data)).convert("RGB").quantize(64)


def main() -> None:
    """Write ``chain-<scenario>-<number>.png``, numbered over the accidents and pages of a scenario."""
    INTO.mkdir(exist_ok=True)
    for folder in sorted((ROOT / "scenarios").glob("1[1-6]-*")):
        org = zeren.load(folder / "org")
        incidents = [str(fact.values[0]) for fact in org.facts.of("incident")]
        pages = [page for incident in incidents for page in zeren.draw(org, "chain", incident=incident).pages()]
        for number, page in enumerate(pages, 1):
            small(picture(page.dot, "png").data).save(INTO / f"chain-{folder.name[:2]}-{number}.png", optimize=True)


if __name__ == "__main__":
    main()
