"""Organisations grown over China's real administrative tree, as large as wanted: structure of every level, a year of records.

Deterministic. Whole counties are taken, in the order of the tree, until there are enough posts, so that depth and
branching are the real ones at every size. Three in a hundred of the things that ought to be there are missing.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmarks.china import China, Territory

#: Where to begin: 浙江省.
FIRST = "33"
FIRMS = 4
MISSING = 0.03
HEADERS = {
    "territory": ("id", "name", "level", "parent", "code"), "unit": ("id", "name", "kind", "level", "territory", "function", "since", "status"),
    "subordination": ("unit", "superior", "kind"), "pair": ("party", "government"), "post": ("id", "unit", "title", "role"),
    "appointment": ("post", "person", "since"), "portfolio": ("post", "kind", "subject"), "ledger": ("holder", "kind", "since"),
    "document": ("id", "kind", "issuer", "at", "since", "status"), "covers": ("document", "kind", "subject"),
    "record": ("id", "kind", "at", "actor", "object"), "detail": ("record", "key", "value"),
}
Rows = defaultdict[str, list[tuple[str | None, ...]]]


class Grower:
    """Adds places one after the other."""

    def __init__(self, china: China, seed: int = 11) -> None:
        self.china, self.chance = china, random.Random(seed)
        self.rows: Rows = defaultdict(list)
        self._known: set[str] = set()

    @property
    def posts(self) -> int:
        """How many posts there are."""
        return len(self.rows["post"])

    def county(self, county: Territory) -> None:
        """Add a county with everything above and inside it."""
        above: list[Territory] = []
        place: Territory | None = county
        while place is not None and place.code not in self._known:
            above.append(place)
            place = self.china.all[place.parent] if place.parent else None
        for one in reversed(above):
            self._seat(one)
        for one in self.china.walk(county.code):
            if one.level == "乡级":
                self._seat(one)
                self._town(one, county)
            elif one.level == "村级":
                self._village(one)

    def _there(self) -> bool:
        return self.chance.random() >= MISSING

    def _unit(self, id: str, kind: str, place: Territory, superior: str | None, function: str | None = None, line: str = "领导") -> None:
        level = place.level if kind in ("政府", "党委", "安委会", "部门") else None
        self.rows["unit"].append((id, id.replace(place.code, place.name), kind, level, place.code, function, "2010-01-01", "正常"))
        if superior is not None:
            self.rows["subordination"].append((id, superior, line))

    def _post(self, unit: str, title: str, role: str, person: str | None = None) -> str:
        id = f"{unit}-{title}"
        self.rows["post"].append((id, unit, title, role))
        if self._there():
            self.rows["appointment"].append((id, person or f"人{len(self.rows['post'])}", "2020-01-01"))
        return id

    def _seat(self, place: Territory) -> None:
        """Party committee, government, safety committee, emergency department of one place."""
        self._known.add(place.code)
        self.rows["territory"].append((place.code, place.name, place.level, place.parent, None))
        code, up = place.code, f"{place.parent}政府" if place.parent else None
        self._unit(f"{code}政府", "政府", place, up)
        self._unit(f"{code}党委", "党委", place, f"{place.parent}党委" if place.parent else None)
        self._unit(f"{code}安委会", "安委会", place, f"{code}政府", line="内设")
        self.rows["pair"].append((f"{code}党委", f"{code}政府"))
        head = f"首长{code}"
        self._post(f"{code}政府", "主要负责人", "主要负责人", head)
        deputy = self._post(f"{code}政府", "分管副职", "班子成员")
        self.rows["portfolio"].append((deputy, "事项", "安全生产"))
        self._post(f"{code}党委", "书记", "政治主官")
        self._post(f"{code}安委会", "主任", "主任", head if self._there() else None)
        if place.level != "乡级":
            self._unit(f"{code}应急局", "部门", place, f"{code}政府", "应急管理")
            self._post(f"{code}应急局", "局长", "主要负责人")
            self._post(f"{code}应急局", "监察员", "经办人员")
            self.rows["ledger"].append((f"{code}应急局", "检查", "2020-01-01"))
            self._document(f"{code}监管名录", "监管名录", f"{code}应急局", f"{code}政府")
        self.rows["ledger"] += [(f"{code}政府", kind, "2020-01-01") for kind in ("检查", "会议", "责任清单", "职责规定", "党政同责规定")]

    def _document(self, id: str, kind: str, issuer: str, keeper: str) -> None:
        self.rows["document"].append((id, kind, issuer, "2022-01-10", "2022-01-10", "有效"))
        self.rows["ledger"].append((keeper, kind, "2020-01-01"))

    def _town(self, town: Territory, county: Territory) -> None:
        """Enterprises with their inspections, and the list of duties of a town."""
        self._document(f"{town.code}责任清单", "责任清单", f"{town.code}政府", f"{town.code}政府")
        for number in range(FIRMS):
            firm = f"{town.code}企业{number}"
            self._unit(firm, "企业", town, None)
            self._post(firm, "厂长", "主要负责人")
            self._post(firm, "安全员", "安全管理人员")
            self._post(firm, "班组长", "班组长")
            if self._there():
                self.rows["covers"].append((f"{county.code}监管名录", "单位", firm))
            for month in self.chance.sample(range(1, 13), 2):
                self._inspection(firm, f"{county.code}应急局", month)

    def _inspection(self, firm: str, office: str, month: int) -> None:
        id = f"检查{len(self.rows['record']):07}"
        self.rows["record"].append((id, "检查", f"2023-{month:02}-{self.chance.randint(1, 28):02} 09:00:00", office, firm))
        self.rows["detail"].append((id, "检查人", f"{office}-监察员"))
        if self._there():
            self.rows["detail"].append((id, "签字人", f"{office}-监察员"))

    def _village(self, village: Territory) -> None:
        self.rows["territory"].append((village.code, village.name, "村级", village.parent, None))
        unit = f"{village.code}村居"
        self._unit(unit, "村居", village, f"{village.parent}政府")
        self.rows["ledger"].append((unit, "责任清单", "2020-01-01"))
        for title, role in (("书记", "村书记"), ("主任", "村主任")):
            post = self._post(unit, title, role)
            if self._there():
                self.rows["covers"].append((f"{village.parent}责任清单", "岗位", post))


def counties(china: China) -> Iterator[Territory]:
    """All counties, beginning with those of the first province."""
    provinces = [place.code for place in china.all.values() if place.level == "省级"]
    for code in sorted(provinces, key=lambda code: (code != FIRST, code)):
        yield from (place for place in china.walk(code) if place.level == "县级")


def grow(china: China, posts: int, folder: Path) -> int:
    """Write an organisation with at least ``posts`` posts as a folder of CSV files; returns how many it has."""
    grower = Grower(china)
    for county in counties(china):
        if grower.posts >= posts:
            break
        grower.county(county)
    folder.mkdir(parents=True, exist_ok=True)
    for name, header in HEADERS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(grower.rows[name])
    return grower.posts
