"""What a post counts as in the reach table: its office (职) and the level of its unit, by ``table.岗位职级``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from zeren.engine.chain.candidates import Link
from zeren.engine.chain.matter import Matter
from zeren.engine.derive.posts import SAFETY
from zeren.engine.derive.surroundings import UNSTATED, remit
from zeren.models.facts import Value
from zeren.models.vocabulary import LEVELS

FIRM, GROUP = "企业", "集团"
#: Layers whose posts stand outside the tiers of government.
FIRM_LAYERS: Final = ("企业主体", "承包发包", "产权出租", "集团出资", "中介")
_FIRM_KINDS: Final = ("企业", "项目", "个体户", "自然人", "无证经营体", "中介机构")
_LOW: Final = ("乡级", "村级")
_DEPUTY: Final = "分管副职"
_GROUPED: Final = {"企业主要负责人": "集团正职", "企业班子": "集团班子", "企业部门和一线": "集团班子"}
_TOWNSHIP: Final = "乡级"
#: Whoever controls a group in person answers like the head of the firm; the custom of reach is about groups of the state.
_PERSONAL: Final = "实际控制人"


@dataclass(frozen=True, slots=True)
class Office:
    """A post with what it counts as; ``level`` is a tier, or 企业, or 集团."""

    post: str
    unit: str
    office: str
    level: str
    role: str
    title: str

    @property
    def head(self) -> bool:
        """Whether it is the first responsible of its unit."""
        return self.office in ("政府正职", "党委正职", "部门正职", "企业主要负责人", "个体经营者", "集团正职")


class Offices:
    """Classifies the posts of one accident."""

    def __init__(self, matter: Matter) -> None:
        self._matter = matter

    def of(self, post: str, links: Sequence[Link] = ()) -> Office:
        """The office of a post that ``links`` lead to."""
        facts = self._matter.facts
        row = next(row for _, row in facts.where("post", "id", post))
        unit = next((one for _, one in facts.where("unit", "id", row["unit"])), {})
        kind, role = str(unit.get("kind")), str(row["role"])
        layers = {link.layer for link in links}
        firm = kind in _FIRM_KINDS or (kind in ("事业单位", "内设机构", "村居") and layers != set() and layers <= set(FIRM_LAYERS))
        level = FIRM if firm else self.level(unit)
        low = level in _LOW
        chosen = self._table.get((FIRM if firm and kind not in _FIRM_KINDS else kind, role)) or \
            self._table.get((FIRM if firm and kind not in _FIRM_KINDS else kind, None)) or ("内设机构负责人", None)
        office = str(chosen[1] if low and chosen[1] else chosen[0])
        if office == _DEPUTY:
            office = self._deputy(post, links)
        if firm and layers == {"集团出资"} and office in _GROUPED and role != _PERSONAL:
            office, level = _GROUPED[office], GROUP
        return Office(post, str(row["unit"]), office, level, role, str(row["title"] or post))

    def level(self, unit: Mapping[str, Value]) -> str:
        """The tier of a unit: its own, else that of its territory, else that of the unit above.

        A development zone counts as a county where no county lies between, else as a township; an office sent out by a
        department counts one tier below it.
        """
        own = self._stated(unit, 0)
        if own == "功能区":
            return _TOWNSHIP if "县级" in self._matter.scene.values() else "县级"
        if unit.get("kind") == "派出机构" and own in LEVELS:
            above = [self._stated(row, 1) for row in self._above(unit)]
            if own in above or not above:
                tiers = [level for level in LEVELS if level != "功能区"]
                return tiers[min(tiers.index(own) + 1, len(tiers) - 2)] if own not in _LOW else own
        return own or "县级"

    def _stated(self, unit: Mapping[str, Value], depth: int) -> str:
        if unit.get("level") is not None:
            return str(unit["level"])
        facts = self._matter.facts
        if unit.get("territory") is not None:
            return next((str(row["level"]) for _, row in facts.where("territory", "id", unit["territory"])), "")
        if depth > 8:
            return ""
        return next((found for row in self._above(unit) if (found := self._stated(row, depth + 1))), "")

    def _above(self, unit: Mapping[str, Value]) -> list[Mapping[str, Value]]:
        facts = self._matter.facts
        superiors = sorted(str(row["superior"]) for _, row in facts.where("subordination", "unit", unit.get("id"))
                           if row["kind"] in ("内设", "派驻", "领导"))
        return [row for superior in superiors for _, row in facts.where("unit", "id", superior)]

    def _deputy(self, post: str, links: Sequence[Link]) -> str:
        rows = [fact.values[2:4] for fact in remit(self._matter.facts, post, self._matter.at)]
        if ("事项", SAFETY) in rows:
            return "分管安全副职"
        if rows and all(kind == UNSTATED for kind, _ in rows):
            return "分管未载副职"
        covers = any(fact.relation == "portfolio" and fact.values[0] == post for link in links for fact in link.facts)
        return "分管行业副职" if covers else "其他副职"

    @cached_property
    def _table(self) -> dict[tuple[str, str | None], tuple[Value, Value]]:
        return {(str(row["unit"]), str(row["role"]) if row["role"] is not None else None): (row["office"], row["low"])
                for row, _ in self._matter.table("岗位职级")}
