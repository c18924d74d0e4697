"""Draw the maps and focus views of the scenarios into docs/images/diagrams: ``uv run docs/images/make_maps.py``."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image

import zeren
from zeren.engine.pack import Pack
from zeren.engine.scenarios import organisation
from zeren.graphs.diagrams.drawing import Drawing
from zeren.graphs.draw import Subject, drawing
from zeren.graphs.render import picture
from zeren.models.moments import parse_moment
from zeren.models.scenario import load_scenario

HERE = Path(__file__).parent
#: Scenario → whose neighbourhood is shown.
FOCUS = {"01": "市应急局", "02": "柳湾化工", "03": "北沅县政府", "04": "临溪县应急局", "05": "区教育局", "06": "黑水二矿"}


def main() -> None:
    """Draw all of them, 01 without findings, the others with."""
    for number, own in FOCUS.items():
        [folder] = (HERE.parents[1] / "scenarios").glob(f"{number}-*")
        found = load_scenario(folder)
        org = organisation(found)
        on = parse_moment(found.on, "end") if found.on else zeren.moment(org)
        pack = Pack(profile=found.profile or org.profile or None)
        save(f"map-{number}", drawing("map", Subject(org, pack, on, findings=number != "01")))
        save(f"focus-{number}", drawing("focus", Subject(org, pack, on, unit=own, findings=number != "01")))


def save(name: str, made: Drawing) -> None:
    """Write the pages of a drawing as small PNG files."""
    target = HERE / "diagrams"
    target.mkdir(exist_ok=True)
    for old in target.glob(f"{name}-*.png"):
        old.unlink()
    for number, page in enumerate(made.pages(), 1):
        with Image.open(BytesIO(picture(page.dot, "png").data)) as drawn:
            drawn.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(target / f"{name}-{number}.png", optimize=True)


if __name__ == "__main__":
    main()
