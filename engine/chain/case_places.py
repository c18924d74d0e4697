"""The territories of a case: the path of places, completed by the units that stand for a place of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from zeren.engine.chain.case_reading import UnitView
from zeren.engine.chain.case_words import Words, bare
from zeren.models.vocabulary import LEVELS

_CITIES: Final = frozenset({"北京市", "上海市", "天津市", "重庆市"})
#: Endings of names of places → their level; of a 市 the place in the path decides.
_ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "省级": ("省", "自治区", "特别行政区"), "市级": ("自治州", "州", "盟", "地区"),
    "功能区": ("开发区", "高新区", "园区", "新区管委会", "工业区", "产业区", "保税区", "示范区"),
    "县级": ("县", "旗", "区", "林区"), "乡级": ("镇", "乡", "街道", "苏木", "办事处"),
    "村级": ("村", "社区", "居委会", "嘎查", "居"),
}  # fmt: skip


@dataclass(slots=True)
class Places:
    """The places around the accident, from the top down: id → level; ``others`` are neighbours → (level, parent)."""

    path: dict[str, str] = field(default_factory=dict)
    others: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def lowest(self) -> str:
        """Where the accident was."""
        return list(self.path)[-1]

    def at(self, level: str) -> str:
        """The place of ``level`` on the path, or nothing."""
        return next((place for place, own in self.path.items() if own == level), "")

    def near(self, level: str) -> str:
        """The place of ``level``, else the next above, else the top."""
        wanted = LEVELS.index(level) if level in LEVELS else len(LEVELS)
        above = [place for place, own in self.path.items() if LEVELS.index(own) <= wanted]
        return above[-1] if above else next(iter(self.path))

    def above(self, place: str) -> str:
        """The place that contains ``place``, or nothing."""
        if place in self.others:
            return self.others[place][1]
        names = list(self.path)
        at = names.index(place)
        return names[at - 1] if at else ""

    def level(self, place: str) -> str:
        """The level of ``place``."""
        return self.path[place] if place in self.path else self.others[place][0]

    def neighbour(self, place: str, name: str) -> str:
        """Add a place beside ``place`` and return its id."""
        self.others[name] = (self.level(place), self.above(place))
        return name

    def entries(self) -> list[dict[str, str]]:
        """The territories as an organisation file writes them."""
        return [
            {"id": place, "level": self.level(place)} | ({"parent": above} if (above := self.above(place)) else {})
            for place in (*self.path, *self.others)
        ]


def places_of(path: Iterable[str], units: Iterable[UnitView], words: Words) -> Places:
    """Read the path of places; a unit that governs a place of a level that the path leaves out adds it."""
    units = tuple(units)
    found = Places()
    for name in path:
        above = found.lowest if found.path else ""
        level = _governed(name, units, words) or _level(name, found)
        own = above + name if name in found.path or len(name) == 1 or name in ("社区", "街道") else name
        found.path[own] = level
    added = dict(found.path)
    for unit in units:
        side, kind = words.side(unit.kind)
        level = "功能区" if kind == "园区" else words.exact("层级", unit.level)
        if side in ("属地", "村居") and level and level not in added.values():
            plain = bare(unit.name)[0] or unit.id
            added[plain if plain not in added else f"{plain}{unit.id}"] = level
    found.path = dict(sorted(added.items(), key=lambda item: LEVELS.index(item[1])))
    if not found.path:
        found.path["事故发生地"] = "县级"
    return found


def _level(name: str, found: Places) -> str:
    levels = list(found.path.values())
    if name in _CITIES:
        return "省级"
    if name.endswith("市"):
        return "县级" if "市级" in levels else "市级"
    fits = [(len(ending), level) for level, endings in _ENDINGS.items() for ending in endings if name.endswith(ending)]
    if fits:
        return max(fits)[1]
    last = LEVELS.index(levels[-1]) if levels else 0
    return LEVELS[min(last + 1, len(LEVELS) - 1)]


def _governed(name: str, units: Iterable[UnitView], words: Words) -> str:
    """The level that a government named after the place says; it knows whether a 市 is a prefecture or a county."""
    for unit in units:
        side, kind = words.side(unit.kind)
        if side == "属地" and kind != "园区" and len(name) > 1 and unit.name.startswith(name):
            return words.exact("层级", unit.level)
    return ""
