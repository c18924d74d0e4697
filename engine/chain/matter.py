"""One accident as the chain sees it: its grade, place, parties, findings, and what raises how far up it is pursued."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from zeren.engine.chain.nearby import Nearby
from zeren.engine.derive.closures import holds
from zeren.engine.explain import Source, shown_file
from zeren.engine.pack import Pack
from zeren.engine.words import Words
from zeren.models.facts import Fact, Facts, Value
from zeren.models.vocabulary import LEVELS

UNGRADED: Final = "不定级"
#: What a finding's words may show, see ``table.调查认定用语``.
CONCEALED, UNIT_WIDE, DEFIED, LICENSED, UNDONE, SLIPSHOD, DEED = "瞒报", "整体", "抗停", "违规办理", "未做", "走样", "行为"
_TOP: Final = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """What an inquiry found of a unit or post: the words, when it ran (seconds; nothing: not stated), what the words show,
    and which kinds of acts (of records, links, documents) they speak of."""

    fact: Fact
    unit: str
    text: str
    object: str
    since: int | None
    until: int | None
    senses: frozenset[str]
    acts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Grading:
    """The grade that counts: its name today, its place in the order (0: none), its old name, 确定 or 下界."""

    grade: str
    rank: int
    alias: str
    bound: str


class Matter:
    """One accident over the facts of an organisation, with indexes made when first asked for."""

    def __init__(self, nearby: Nearby, incident: str, row: Mapping[str, Value], grading: Grading, on: int, words: Words) -> None:
        self.nearby, self.incident, self.row, self.grading, self.on, self.words = nearby, incident, row, grading, on, words
        at = row["at"]
        assert isinstance(at, int)
        self.at = at

    @property
    def facts(self) -> Facts:
        """The facts, under the catalogue of the pack."""
        return self.nearby.facts

    @property
    def pack(self) -> Pack:
        """Rules, tables and parameters."""
        return self.nearby.pack

    # -- tables and parameters --------------------------------------------------------------------------------

    def parameter(self, name: str, key: str | None = None) -> list[Value]:
        """The values of a parameter that hold when the accident happened."""
        found = self.pack.parameters[name]
        rows = [dict(zip(found.relation.names, fact.values, strict=True)) for fact in found.facts]
        return [row["value"] for row in rows if (key is None or row.get("key") == key)
                and holds(row.get("since"), row.get("until"), self.at)]

    def table(self, name: str) -> Iterator[tuple[Mapping[str, Value], tuple[tuple[str, str], ...]]]:
        """The rows of a table, each with its sources."""
        table = self.pack.table(name)
        for fact, beside in zip(table.facts, table.rows, strict=True):
            yield dict(zip(table.relation.names, fact.values, strict=True)), beside.basis

    def sources(self, facts: Sequence[Fact]) -> tuple[Source, ...]:
        """Facts in words with their places."""
        return tuple(Source(self.words.fact(fact), shown_file(fact.place.file), fact.place.line, fact.place.column) for fact in facts)

    # -- surroundings -----------------------------------------------------------------------------------------

    @cached_property
    def scene(self) -> dict[str, str]:
        """The territories around the place, the smallest first, with their levels."""
        return {str(fact.values[1]): str(fact.values[2]) for fact in self.nearby.rows("scene", {"incident": self.incident})[1]()}

    @cached_property
    def parties(self) -> dict[str, frozenset[str]]:
        """The units in the accident or bound to it: as what."""
        found: dict[str, set[str]] = {}
        for fact in self.nearby.rows("party", {"incident": self.incident})[1]():
            found.setdefault(str(fact.values[1]), set()).add(str(fact.values[2]))
        return {unit: frozenset(parts) for unit, parts in found.items()}

    @cached_property
    def trades(self) -> frozenset[str]:
        """The industries of the accident and those above them."""
        return frozenset(str(fact.values[1]) for fact in self.nearby.rows("trade", {"incident": self.incident})[1]())

    def trades_above(self, trade: str) -> frozenset[str]:
        """A trade and those that it belongs to."""
        found, frontier = {trade}, [trade]
        while frontier:
            one = frontier.pop()
            above = {row["parent"] for _, row in self.facts.where("industry", "id", one)}
            above |= {row["whole"] for _, row in self.facts.where("falls", "part", one)}
            more = {str(value) for value in above if value is not None} - found
            found |= more
            frontier += sorted(more)
        return frozenset(found)

    @property
    def window(self) -> tuple[int, int]:
        """The look-back window: from (seconds) to the accident."""
        (length,) = self.parameter("look_back")
        assert isinstance(length, int)
        return self.at - length, self.at

    # -- inquiry ----------------------------------------------------------------------------------------------

    @cached_property
    def inquiries(self) -> tuple[Mapping[str, Value], ...]:
        """The inquiries into the accident that were known by the audit."""
        rows = [row for _, row in self.facts.where("inquiry", "incident", self.incident)]
        return tuple(row for row in rows if not isinstance(row["at"], int) or row["at"] <= self.on)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What they found, by unit."""
        found = []
        for inquiry in self.inquiries:
            for fact, row in self.facts.where("finding", "inquiry", inquiry["id"]):
                text = "，".join(str(row[column]) for column in ("duty", "object") if row[column] is not None)
                since, until = row["since"], row["until"]
                found.append(Finding(
                    fact, str(row["unit"]), text or "未写明失职内容", str(row["object"] or ""), since if isinstance(since, int) else None,
                    until if isinstance(until, int) else None, self.senses(text), self._deeds(text)))
        return tuple(sorted(found, key=lambda one: (one.unit, one.text)))

    def senses(self, text: str) -> frozenset[str]:
        """What the words of a finding show, by the table of such words."""
        return frozenset(sense for word, sense, _ in self._wordings if word in text)

    def _deeds(self, text: str) -> frozenset[str]:
        return frozenset(act for word, sense, act in self._wordings if sense == DEED and word in text)

    @cached_property
    def _wordings(self) -> tuple[tuple[str, str, str], ...]:
        return tuple((str(row["word"]), str(row["sense"]), str(row["act"] or "")) for row, _ in self.table("调查认定用语"))

    def of_unit(self, unit: str) -> list[Finding]:
        """The findings on one unit or post."""
        return [one for one in self.findings if one.unit == unit]

    def span(self, unit: str) -> tuple[int, int]:
        """When the breach of a unit ran: as its findings state, else as those of the whole inquiry, else the look-back window."""
        for group in (self.of_unit(unit), self.findings):
            stated = [one.since for one in group if one.since is not None]
            if stated:
                ends = [one.until if one.until is not None else self.at for one in group if one.since is not None]
                return min(stated), min(max(ends), self.at)
        return self.window

    # -- what raises the reach ----------------------------------------------------------------------------------

    @cached_property
    def concealment(self) -> tuple[str, ...]:
        """What shows concealment: findings and recorded reports."""
        found = [f"{self.words.value(one.unit)}：{one.text}" for one in self.findings if CONCEALED in one.senses]
        for _, row in self.facts.where("record", "ref", self.incident):
            words = [str(row["result"] or "")]
            words += [str(one["value"] or "") for _, one in self.facts.where("detail", "record", row["id"])
                      if row["kind"] in ("调查认定", "违法认定")]
            if any(CONCEALED in self.senses(text) for text in words):
                found.append(f"{self.words.value(str(row['id']))}：{CONCEALED}")
        return tuple(found)

    @cached_property
    def repeats(self) -> tuple[str, ...]:
        """Earlier accidents of one of its trades in the same county within the window of repetition."""
        (length,) = self.parameter("重复发生窗口")
        assert isinstance(length, int)
        county = next((id for id, level in self.scene.items() if level in ("县级", "功能区")), None)
        if county is None or not self.trades:
            return ()
        found = []
        for fact in self.facts.of("incident"):
            row = dict(zip(self.facts.schema["incident"].names, fact.values, strict=True))
            if row["id"] == self.incident or row["industry"] not in self.trades or not isinstance(row["at"], int):
                continue
            if self.at - length <= row["at"] < self.at and county in self._around(row):
                found.append(str(row["id"]))
        return tuple(found)

    def _around(self, row: Mapping[str, Value]) -> set[str]:
        return {str(fact.values[1]) for fact in self.nearby.rows("scene", {"incident": row["id"]})[1]()}

    @cached_property
    def elevated(self) -> str:
        """The level of an inquiry above the statutory one, or nothing. Absent tiers are skipped."""
        statutory = next((str(row["level"]) for row, _ in self.table("调查主体") if row["regime"] == "一般规定"
                          and row["rank"] == self.grading.rank and row["level"] is not None), None)
        if statutory is None:
            return ""
        order = [level for level in LEVELS if level in set(self.scene.values()) or level == "国家级"]
        normal = next((level for level in reversed(order) if LEVELS.index(level) <= LEVELS.index(statutory)), statutory)
        above = [str(row["level"]) for row in self.inquiries if row["level"] is not None
                 and LEVELS.index(str(row["level"])) < LEVELS.index(normal)]
        return min(above, key=LEVELS.index, default="")
