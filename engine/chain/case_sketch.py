"""An organisation file in the making, as plain entries, with a note of where every post comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

#: Years before the accident that lie outside every look-back window and signing span.
LONG_AGO: Final = 12


Entry = dict[str, Any]


class Origin(StrEnum):
    """Why a post is in the organisation."""

    PUBLISHED = "公布"
    #: May truly answer, though it is not in the list: it counts neither for nor against.
    NEUTRAL = "未载"
    #: Has no link to the accident: an answer that names it is wrong.
    DISTRACTOR = "干扰"


@dataclass(frozen=True, slots=True)
class Made:
    """One holder of one post. ``case_unit`` and ``case_post`` are ids of the case file, empty where it has none."""

    post: str
    person: str
    case_unit: str
    case_post: str
    rank: str
    title: str
    unit: str
    origin: Origin
    reason: str = ""


@dataclass(slots=True)
class Unit:
    """A unit in the making: its entry, the unit of the case that it comes from, and the side of the field it is on."""

    entry: Entry
    case: str
    side: str
    open_deputy: bool = False

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.entry["id"])


@dataclass(slots=True)
class Sketch:
    """Everything made so far."""

    event: int
    industries: list[str]
    units: dict[str, Unit] = field(default_factory=dict)
    #: id in the case file → ids of the units made from it; of a place with two sides the government comes first.
    of_case: dict[str, list[str]] = field(default_factory=dict)
    links: list[Entry] = field(default_factory=list)
    parts: list[Entry] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    underivable: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def unit(self, own: str, kind: str, *, case: str = "", side: str = "", **more: Any) -> Unit:
        """Add a unit; the id gets the case's id behind it where it is taken."""
        own = own if own not in self.units else f"{own}{case or len(self.units)}"
        unit = Unit({"id": own, "kind": kind} | {key: value for key, value in more.items() if value}, case, side)
        self.units[own] = unit
        if case:
            self.of_case.setdefault(case, []).append(own)
        return unit

    def first(self, case: str) -> Unit | None:
        """The unit made from a unit of the case (the government, where there are two sides)."""
        made = self.of_case.get(case)
        return self.units[made[0]] if made else None

    def add(self, unit: Unit, key: str, entry: Any) -> None:
        """Append to a list of a unit, once."""
        entries = unit.entry.setdefault(key, [])
        if entry not in entries:
            entries.append(entry)

    def post(self, unit: Unit, title: str, role: str, rank: str, origin: Origin, *, case_post: str = "", mode: str = "任职",
             portfolio: list[Entry] | None = None, since: str = "", until: str = "", reason: str = "") -> str:
        """Add a post with its one holder; the id is unit and title, numbered where there are several."""
        taken = {entry["id"] for entry in unit.entry.get("posts", ())}
        own, number = f"{unit.id}·{title}", 2
        while own in taken:
            own, number = f"{unit.id}·{title}{number}", number + 1
        holder = {"person": f"甲{len(self.made) + 1:03}", "mode": mode} | ({"since": since} if since else {}) | (
            {"until": until} if until else {})
        entry = {"id": own, "title": title, "role": role, "holders": [holder]}
        self.add(unit, "posts", entry | ({"portfolio": portfolio} if portfolio else {}))
        self.made.append(Made(own, holder["person"], unit.case, case_post, rank, title, unit.id, origin, reason))
        return own

    def holder(self, unit: Unit, post: str, since: str, until: str, reason: str) -> None:
        """Give a post another holder, who is out of the question: before or after his time nothing happened."""
        entry = next(one for one in unit.entry["posts"] if one["id"] == post)
        first = next(one for one in self.made if one.post == post)
        person = f"甲{len(self.made) + 1:03}"
        entry["holders"].append({"person": person, "mode": "任职"} | ({"since": since} if since else {}) | ({"until": until} if until else {}))
        self.made.append(Made(post, person, first.case_unit, "", first.rank, first.title, unit.id, Origin.DISTRACTOR, reason))
