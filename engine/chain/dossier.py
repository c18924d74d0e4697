"""The file of one incident: what the organisation's facts say about it, found without an index over everything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import merge
from itertools import product
from typing import Final

from zeren.engine.chain.grading import Paper, Row, in_order, papers, rows
from zeren.engine.derive.closures import holds
from zeren.engine.ledgers import Ledgers
from zeren.models.facts import Fact, Facts, Value
from zeren.models.moments import DAY
from zeren.models.problems import UsageError, nearest

#: The tiers up which a report goes. A development zone counts as a county where no county lies above the place.
TIERS: Final = ("县级", "市级", "省级", "国家级")
_ZONE: Final = "功能区"
#: Where an enterprise may report: the county and above, and the zone that it stands in.
RECEIVING: Final = (*TIERS, _ZONE)
#: The kinds of units that are departments; others with the same function (stations, sections) answer inside them.
_DEPARTMENTS: Final = ("部门", "派出机构", "事业单位")


@dataclass(frozen=True, slots=True)
class Span:
    """A moment as far as it is known: not before ``lo``, not after ``hi`` (nothing: open)."""

    lo: int
    hi: int | None


def span(moment: int) -> Span:
    """A written moment; a date without a time may be any moment of that day."""
    return Span(moment, moment + DAY - 1) if moment % DAY == 0 else Span(moment, moment)


class Dossier:
    """One incident with its papers, inquiries and the units of its area, as they could be seen at ``on``.

    Raises:
        UsageError: the organisation has no such incident, with the nearest one.
    """

    def __init__(self, facts: Facts, incident: str, on: int) -> None:
        self.facts, self.id, self.on = facts, incident, on
        found = next(rows(facts, "incident", incident), None)
        if found is None:
            near = nearest(incident, [str(fact.values[0]) for fact in facts.of("incident")])
            raise UsageError.of("USE-事故", f"组织中没有事故“{incident}”" + (f"，{near}" if near else ""))
        self.fact, self.row = found
        at = self.row["at"]
        assert isinstance(at, int)
        self.at = at

    @cached_property
    def inquiries(self) -> tuple[tuple[Fact, Row], ...]:
        """The inquiries into the incident that had begun, or have no date."""
        return tuple((fact, row) for fact, row in self.facts.where("inquiry", "incident", self.id) if self._seen(row["at"]))

    def _seen(self, at: object) -> bool:
        return not isinstance(at, int) or at <= self.on

    @cached_property
    def refs(self) -> tuple[str, ...]:
        """The incident and its inquiries: what papers about it may name."""
        return (self.id, *sorted(str(row["id"]) for _, row in self.inquiries))

    @cached_property
    def papers(self) -> tuple[Paper, ...]:
        """The records about the incident up to ``on``, in the order of time."""
        return tuple(in_order(paper for run in papers(self.facts, self.refs).values() for paper in run if paper.at <= self.on))

    def of(self, *kinds: str) -> list[Paper]:
        """The papers of some kinds."""
        return [paper for paper in self.papers if paper.row["kind"] in kinds]

    # -- places -----------------------------------------------------------------------------------------------

    @cached_property
    def area(self) -> tuple[tuple[str, str], ...]:
        """The territories that hold the place of the incident, the smallest first, with their levels."""
        place = self.row["territory"]
        if place is None and self.row["site"] is not None:
            place = next((row["territory"] for _, row in rows(self.facts, "site", self.row["site"])), None)
        return self.lineage(str(place)) if place is not None else ()

    def lineage(self, place: str | None) -> tuple[tuple[str, str], ...]:
        """A territory and those above it, with their levels."""
        found: list[tuple[str, str]] = []
        while place is not None and place not in {id for id, _ in found}:
            row = next((row for _, row in rows(self.facts, "territory", place)), None)
            if row is None:
                break
            found.append((place, str(row["level"])))
            place = str(row["parent"]) if row["parent"] is not None else None
        return tuple(found)

    @cached_property
    def tiers(self) -> dict[str, str]:
        """The territory of each tier that exists above the place; absent tiers are left out."""
        found = {level: id for id, level in self.area if level in TIERS}
        zone = next((id for id, level in self.area if level == _ZONE), None)
        if TIERS[0] not in found and zone is not None:
            found[TIERS[0]] = zone
        return found

    def tier(self, level: str) -> str | None:
        """The lowest existing tier at or above ``level``."""
        return next((one for one in TIERS[TIERS.index(level):] if one in self.tiers), None)

    @cached_property
    def places(self) -> frozenset[str]:
        """The territories of the area."""
        return frozenset(id for id, _ in self.area)

    def local(self, id: str) -> Row | None:
        """A unit of the area that existed at the time."""
        row = self.unit(id)
        return row if row is not None and str(row["territory"]) in self.places and holds(row["since"], row["until"], self.at) else None

    def unit(self, id: str) -> Row | None:
        """A unit anywhere in the organisation."""
        return next((row for _, row in rows(self.facts, "unit", id)), None)

    def units(self, **cells: Iterable[Value]) -> dict[str, Row]:
        """The units of the area that existed at the time and whose columns hold one of the given values each, by id."""
        names, stored = self.facts.schema["unit"].names, self.facts.of("unit")
        chosen = {"territory": self.places, **{name: tuple(values) for name, values in cells.items()}}
        found = [dict(zip(names, stored[at].values, strict=True)) for at in merge(*self.facts.among("unit", chosen))]
        return {str(row["id"]): row for row in found if holds(row["since"], row["until"], self.at)}

    def placed(self, territory: str | None, *, kinds: Iterable[str] = (), function: str | None = None) -> list[str]:
        """The units of one territory of the area by kind or function; of a function the departments, where there are any."""
        if territory not in self.places:
            return []
        narrow: dict[str, Iterable[Value]] = {"kind": kinds} if function is None else {"function": (function,)}
        found = self.units(territory=(territory,), **narrow)
        proper = [id for id, row in found.items() if row["kind"] in _DEPARTMENTS]
        return sorted(proper or found) if function is not None else sorted(found)

    def charge(self, industries: frozenset[str]) -> dict[str, list[str]]:
        """The departments of the area with a mandate for one of ``industries``, by tier (or 功能区)."""
        tiers = {**{id: level for id, level in self.area if level == _ZONE},
                 **{territory: tier for tier, territory in self.tiers.items()}}
        charges, found = self.facts.kept("charges", _charges), dict[str, set[str]]()
        for (place, tier), industry in product(tiers.items(), sorted(industries)):
            for row in charges.get((place, industry), ()):
                if holds(row["since"], row["until"], self.at) and self.local(str(row["unit"])) is not None:
                    found.setdefault(tier, set()).add(str(row["unit"]))
        return {tier: sorted(units) for tier, units in found.items()}

    # -- who did it, and whether all of it is known -------------------------------------------------------------

    def homes(self, id: str) -> frozenset[str]:
        """A unit or post with the units that it acts for: the post's unit, and the unit of an inner section."""
        if id not in self._homes:
            found, frontier = {id}, [id]
            while frontier:
                one = frontier.pop()
                above = {str(row["unit"]) for _, row in rows(self.facts, "post", one)}
                above |= {str(row["superior"]) for _, row in rows(self.facts, "subordination", one)
                          if row["kind"] == "内设" and holds(row["since"], row["until"], self.at)}
                frontier.extend(above - found)
                found |= above
            self._homes[id] = frozenset(found)
        return self._homes[id]

    @cached_property
    def _homes(self) -> dict[str, frozenset[str]]:
        return {}

    def reports(self, *, by: str | None = None, to: Sequence[str] | None = None) -> list[Paper]:
        """The reports that a unit sent, or that some units got."""
        return [paper for paper in self.of("报告")
                if (by is None or by in self.homes(str(paper.row["actor"])))
                and (to is None or (paper.row["object"] is not None and self.homes(str(paper.row["object"])) & set(to)))]

    def closed(self, holder: str, kind: str, start: int, end: int) -> bool:
        """Whether the ledger of a kind that ``holder`` keeps was supplied for the whole window."""
        if holder not in self._ledgers:
            self._ledgers[holder] = Ledgers(Facts((fact for fact, _ in rows(self.facts, "ledger", holder)), self.facts.schema))
        return self._ledgers[holder].closed(holder, kind, start, max(start, end))

    @cached_property
    def _ledgers(self) -> dict[str, Ledgers]:
        return {}

    @cached_property
    def firms(self) -> list[str]:
        """The units that ran the work, who owe the first report: 经营, else 承包, else 使用."""
        parts: dict[str, set[str]] = {}
        for _, row in rows(self.facts, "involved", self.id):
            subject = str(row["subject"])
            for home in self.homes(subject):
                unit = self.unit(home)
                if unit is not None and (home == subject or unit["kind"] != "内设机构"):
                    parts.setdefault(str(row["part"]), set()).add(home)
        return sorted(next((parts[part] for part in ("经营", "承包", "使用") if part in parts), set()))


def _charges(facts: Facts) -> dict[tuple[str, str], list[Row]]:
    """The mandates over an industry by the place of their unit and the industry."""
    found: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in facts.records("mandate"):
        if row["kind"] in ("行业主管", "专项监管"):
            for _, unit in rows(facts, "unit", row["unit"]):
                found[str(unit["territory"]), str(row["industry"])].append(row)
    return dict(found)
