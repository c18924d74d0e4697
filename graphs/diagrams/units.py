"""How units and posts look on a map: role, the words of their cards, seats of party and government, marks of findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil
from typing import Final

from zeren.engine.derive.closures import COMMAND
from zeren.engine.derive.posts import HEADS
from zeren.graphs.diagrams import parts, style
from zeren.graphs.diagrams.style import Mark, Role
from zeren.graphs.network import AUTHORITIES, SUPERVISED, Network
from zeren.reports.width import width

#: So many industries are named on a card.
_NAMED: Final = 3
#: So many units are named in a list node.
LISTED: Final = 12
#: A card with a mark is at least so wide, so that its footer stays in one line.
_FOOT: Final = 20
_NUMBERS: Final = "①②③④⑤⑥⑦⑧⑨⑩"
_MANDATES: Final = {"行业主管": "主管", "专项监管": "监管", "行政审批": "审批"}


@dataclass(frozen=True)
class Marks:
    """What a check and a look at the structure found, by unit: how many duties failed or are open, and which structure findings.

    ``notes`` are the structure findings in words, in the order of their numbers.
    """

    failed: Mapping[str, int] = field(default_factory=dict)
    open: Mapping[str, int] = field(default_factory=dict)
    numbers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything is marked."""
        return bool(self.failed or self.open)

    def of(self, unit: str) -> tuple[Mark | None, str]:
        """The mark of a unit and its count in words; nothing where there is nothing to say."""
        for counts, word in ((self.failed, "不符合"), (self.open, "证据不足")):
            if counts.get(unit):
                return style.MARKS[word], f"{counts[unit]} 项"
        return None, ""

    def signs(self, unit: str) -> str:
        """The numbers of the structure findings that are about a unit, such as ``▲①``; empty where there are none."""
        found = [number(at) for at in self.numbers.get(unit, ())]
        return "▲" + "".join(found) if found else ""

    def count(self, post: str) -> str:
        """The sign and count of a post, such as `` ×3``; empty where there is nothing to say."""
        mark, _ = self.of(post)
        return f" {mark.sign}{self.failed.get(post) or self.open.get(post)}" if mark else ""

    def worst(self, units: Iterable[str]) -> list[str]:
        """Units, those with most failures first, then open ones, then by name."""
        return sorted(units, key=lambda one: (-len(self.numbers.get(one, ())), -self.failed.get(one, 0), -self.open.get(one, 0), one))


def number(at: int) -> str:
    """The sign of the structure finding at a place in their order, counted from 0."""
    return _NUMBERS[at] if at < len(_NUMBERS) else f"({at + 1})"


@dataclass(frozen=True)
class Look:
    """How the units of one organisation are shown: names, roles, words, marks."""

    network: Network
    labels: Mapping[str, str]
    marks: Marks = field(default_factory=Marks)

    def name(self, own: str) -> str:
        """How an id is shown."""
        return self.labels.get(own, own)

    def role(self, own: str) -> Role:
        """The role of a unit: what it is, or what its mandates make of it."""
        unit = self.network.units[own]
        kinds = {kind for kind, *_ in self.network.mandates.get(own, ())}
        if unit.kind not in AUTHORITIES and "综合监管" in kinds:
            return style.ROLES["综合监管"]
        if unit.kind == "部门" and any(self.network.units[up].kind == "党委" for up in self.network.commanders(own)[:1]):
            return style.ROLES["党委"]
        if unit.kind in SUPERVISED and not kinds and unit.kind != "中介机构":
            return style.ROLES["企业"]
        return style.role_of(unit.kind, unit.function)

    def duty(self, own: str) -> str:
        """What a unit supervises, in a few words: ``综合监管；主管工贸、矿山``."""
        found: dict[str, list[str]] = {}
        general = False
        for kind, industry, _, _, _ in self.network.mandates.get(own, ()):
            if kind in _MANDATES and industry is not None:
                found.setdefault(_MANDATES[kind], []).append(self.name(industry))
            general = general or kind == "综合监管"
        told = [f"{word}{_some(dict.fromkeys(names))}" for word, names in found.items()]
        if general:
            told.insert(0, "综合监管")
        return "；".join(told[:2])

    def trade(self, own: str) -> str:
        """What a supervised unit operates in."""
        return _some(self.name(one) for one in self.network.industries.get(own, ()))

    def heads(self, own: str) -> list[str]:
        """The titles of who heads a unit, with the chair that the same person holds in the safety committee; vacant posts say so."""
        found = []
        for post, role, title, _ in self.network.posts.get(own, ()):
            if role in HEADS:
                persons = {person for person, *_ in self.network.holders.get(post, ())}
                chairs = [f"安委会{chair}" for chair, holders in self._chairs.get(self.network.units[own].place or "", ()) if holders & persons]
                if not persons:
                    chairs = ["空缺"]
                found.append(title + self.marks.count(post) + self.marks.signs(post) + (f"（{'、'.join(dict.fromkeys(chairs))}）" if chairs else ""))
        return found[:2]

    @cached_property
    def _chairs(self) -> dict[str, list[tuple[str, set[str]]]]:
        """Territory → (title, persons) of the chairs of its safety committee."""
        found: dict[str, list[tuple[str, set[str]]]] = {}
        for own, unit in self.network.units.items():
            for post, role, title, _ in self.network.posts.get(own, ()) if unit.kind == "安委会" else ():
                if role == "主任":
                    persons = {person for person, *_ in self.network.holders.get(post, ())}
                    found.setdefault(unit.place or "", []).append((title if title.startswith("第一") else role, persons))
        return found

    # -- labels -----------------------------------------------------------------------------------------------

    def card(self, own: str, detail: bool = True, columns: int = 24, more: Sequence[str] = ()) -> str:
        """A card of a unit; without ``detail`` only its name. ``more`` are further rows."""
        key = (own, detail, columns, *more)
        if key not in self._made:
            mark, remark = self.marks.of(own)
            rows = [*self.rows(own), *more]
            wide = max(self.columns(own, rows if detail else (), columns), _FOOT if detail and mark else 0)
            self._made[key] = parts.card(self.role(own), self.name(own), rows, mark, remark, wide) if detail else self._chip(own, wide)
        return self._made[key]

    def _chip(self, own: str, columns: int) -> str:
        """A card of one line: badge, name, and sign and count where there is a mark."""
        role, (mark, _) = self.role(own), self.marks.of(own)
        name = parts.text(self.name(own) + self.marks.signs(own), style.MAIN, style.INK, True, columns)
        cells = [parts.cell(parts.text(role.badge, style.BODY, style.PAPER, True), bgcolor=role.colour, width=22),
                 parts.cell(name, align="LEFT", balign="LEFT", bgcolor=role.fill, colspan=parts.SHARES)]
        if mark:
            cells.append(parts.cell(parts.text(self.marks.count(own).strip(), style.SIGN, mark.text, True), bgcolor=mark.fill))
        border = {"border": mark.width, "color": mark.border, "style": mark.style} if mark else {"border": 2, "color": role.colour}
        return parts.table([parts.row(*cells)], **border)

    @cached_property
    def _made(self) -> dict[tuple[object, ...], str]:
        """Cards that were made: planning a page asks for the same ones again and again."""
        return {}

    def keepers(self, own: str) -> list[str]:
        """Who is in charge of the industries of a supervised unit, nearest first, in a line."""
        found = dict.fromkeys(
            self.name(edge.source[1]) for edge in self.network.watchers(own) if edge.kind in ("主管行业", "专项监管"))
        return [f"主管 {'、'.join(list(found)[:2])}"] if found else []

    def rows(self, own: str) -> list[str]:
        """The secondary text of a card."""
        supervised = self.network.units[own].kind in SUPERVISED
        words = self.trade(own) if supervised else self.duty(own)
        return [one for one in (words, self.marks.signs(own)) if one]

    def columns(self, own: str, rows: Sequence[str] = (), most: int = 24) -> int:
        """How wide a card has to be, in columns of secondary text: its name in one line where that is not very long."""
        name = ceil((width(self.name(own)) * style.MAIN * 0.52 + 32) / style.BODY * 2)
        return max(12, min(name, most + 8), min(most, max(map(width, rows), default=0)))

    def seat(self, units: Sequence[str], columns: int = 22) -> str:
        """Party committee and government of a place as one node, or a card of the one that there is."""
        key = ("seat", *units)
        if key not in self._made:
            self._made[key] = self._seat(units, columns)
        return self._made[key]

    def _seat(self, units: Sequence[str], columns: int) -> str:
        if len(units) == 1:
            return self.card(units[0], more=self.heads(units[0]))
        party, government = units
        sides = [[self.name(one) + self.marks.signs(one), *self.heads(one)] for one in units]
        return parts.pair(sides[0], sides[1], self.role(party), self.role(government), party_mark=self._counted(party),
                          government_mark=self._counted(government), columns=columns)

    def _counted(self, own: str) -> Mark | None:
        mark, count = self.marks.of(own)
        return replace(mark, word=f"{mark.word} {count}") if mark else None


    def listing(self, head: str, units: Sequence[str], unit: str = "家", across: int = 2, columns: int = 18, told: bool = False,
                cap: int = LISTED) -> str:
        """A list node of units, the worst first, at most ``cap`` by name, with counts by mark where there are marks.

        With ``told`` each says what it does and who is in charge of it.
        """
        counted = Counter(mark for one in units if (mark := self.marks.of(one)[0]) is not None)
        entries = []
        for one in self.marks.worst(units)[:cap]:
            words = [self.trade(one), *self.keepers(one)] if told else []
            entries.append((" · ".join([self.name(one) + self.marks.signs(one), *filter(None, words)]), self.marks.of(one)[0]))
        marks = sorted(counted.items(), key=lambda entry: entry[0].word)
        return parts.listing(head, marks, entries, len(units), across=across, columns=columns, unit=unit)


def seats(network: Network, place: str | None) -> list[tuple[str, ...]]:
    """The seats of a place: (party committee, government) where they are paired, else one of them; parks last."""
    there = [one for one in network.residents.get(place, ()) if network.units[one].kind in ("党委", *AUTHORITIES)]
    paired: dict[str, str] = {}
    for party, government in network.facts.columns("pair", "party", "government"):
        if party in there and government in there:
            paired[str(party)] = str(government)
    found: list[tuple[str, ...]] = list(paired.items())
    found += [(one,) for one in there if one not in paired and one not in paired.values()]
    order = {"党委": 0, "政府": 1, "园区": 2}
    return sorted(found, key=lambda one: (-len(one), order[network.units[one[-1]].kind], one))


def offices(network: Network, place: str | None) -> list[str]:
    """The departments and stations of a place that stand directly under one of its seats, or under none that is known."""
    at_top = {one for seat in seats(network, place) for one in seat}
    found = []
    for own in network.residents.get(place, ()):
        kind = network.units[own].kind
        superiors = [up for up, line, _ in network.above.get(own, ()) if line in COMMAND and up in network.units]
        if kind in ("部门", "派出机构", "站所", "内设机构") and (not superiors or at_top & set(superiors) or kind == "部门"):
            found.append(own)
    return sorted(found)


def _some(names: Iterable[str]) -> str:
    found = list(names)
    return "、".join(found[:_NAMED]) + (f"等{len(found)}业" if len(found) > _NAMED else "")
