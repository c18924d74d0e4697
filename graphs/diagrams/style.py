"""How diagrams look, as data: palette, roles, relations, result marks, type sizes, graph attributes.

Nothing rests on colour alone: a role has a badge, a relation a dash and an arrowhead, a result a sign and a border.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

#: The family that ships with zeren (graphs/fonts).
FONT: Final = "Zeren Sans SC"

INK: Final = "#1F2933"
MUTED: Final = "#52606D"
RULE: Final = "#9AA5B1"
LANE: Final = "#F3F5F7"
PAPER: Final = "#FFFFFF"

# Type sizes in points. Main text is 15 and more, secondary text 13; the legibility gate rests on these two.
TITLE: Final = 26
FOCAL: Final = 20
NAME: Final = 16
MAIN: Final = 15
SIGN: Final = 14
BODY: Final = 13


@dataclass(frozen=True, slots=True)
class Role:
    """Whom a card stands for: one character as badge, colour of badge and border, fill."""

    name: str
    badge: str
    colour: str
    fill: str


@dataclass(frozen=True, slots=True)
class Relation:
    """How a relation is drawn: colour (``a:b:a`` draws a double line), line style, width in points, arrowhead and its size."""

    name: str
    colour: str
    style: str
    width: float
    head: str
    size: float

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes of an edge of this kind."""
        return {"color": self.colour, "style": self.style, "penwidth": f"{self.width:g}", "arrowhead": self.head,
                "arrowsize": f"{self.size:g}", "class": f"k-{self.name}"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A result: its sign and word, fill, colour of the text, and the border (colour, points, style)."""

    sign: str
    word: str
    fill: str
    text: str
    border: str
    width: int
    style: str


def _by_name(*roles: Role) -> Mapping[str, Role]:
    return MappingProxyType({role.name: role for role in roles})


ROLES: Final = _by_name(
    Role("党委", "党", "#9B1C1C", "#FBE3E0"),
    Role("政府", "政", "#0B4F8A", "#E0ECF8"),
    Role("综合监管", "综", "#5B2A86", "#EFE7F7"),
    Role("行业主管", "行", "#00695C", "#DDF1EE"),
    Role("园区", "园", "#7A4B00", "#FBF0DA"),
    Role("企业", "企", "#37474F", "#ECEFF1"),
    Role("中介", "介", "#52606D", "#F3F5F7"),
    Role("村居", "村", "#7A4B00", "#FBF0DA"),
)

RELATIONS: Final[Mapping[str, Relation]] = MappingProxyType({
    one.name: one for one in (
        Relation("领导", INK, "solid", 2.6, "normal", 0.9),
        Relation("分管", "#0B4F8A", "solid", 1.8, "vee", 0.9),
        Relation("主管行业", "#00695C", "solid", 1.8, "diamond", 1.0),
        Relation("综合监管", "#5B2A86", "dashed", 2.0, "odiamond", 1.0),
        Relation("属地", "#8A5200", "dotted", 2.6, "dot", 0.8),
        Relation("审批", "#B23A00", "solid", 1.8, "box", 0.8),
        Relation("检查", "#52606D", "dashed", 1.4, "empty", 0.9),
        Relation("承包", "#9B1C1C:#FFFFFF:#9B1C1C", "solid", 1.6, "none", 1.0),
        Relation("党政同责", "#9B1C1C:#FFFFFF:#0B4F8A", "solid", 2.0, "none", 1.0),
    )
})

_BAD: Final = ("×", "#B23A00", "#FFFFFF", "#7A2600", 3, "solid")
_PART: Final = ("△", "#F7CE73", INK, "#8A5200", 3, "dashed")
_OPEN: Final = ("？", "#E4E7EB", INK, "#52606D", 2, "dotted")
_GOOD: Final = ("✓", "#FFFFFF", INK, "#0B4F8A", 2, "solid")
_LATER: Final = ("○", "#FFFFFF", INK, "#52606D", 2, "dashed")
_ASIDE: Final = ("－", "#F3F5F7", MUTED, "#9AA5B1", 1, "solid")


def _mark(word: str, look: tuple[str, str, str, str, int, str]) -> tuple[str, Mark]:
    sign, fill, text, border, width, style = look
    return word, Mark(sign, word, fill, text, border, width, style)


#: Word → mark: the outcomes of a check, the verdicts of a chain, and the states of a matrix.
MARKS: Final[Mapping[str, Mark]] = MappingProxyType(dict([
    _mark("未履职", _BAD), _mark("部分履职", _PART), _mark("待核查", _OPEN), _mark("已履职", _GOOD),
    _mark("不符合", _BAD), _mark("预警", _PART), _mark("证据不足", _OPEN), _mark("符合", _GOOD),
    _mark("未到期", _LATER), _mark("已豁免", _ASIDE), _mark("规则错误", _PART),
    _mark("失职", _BAD), _mark("尽职", _GOOD), _mark("另案或暂缓", _LATER), _mark("仅单位担责", _PART),
    _mark("层级未及", _ASIDE), _mark("无涉", _ASIDE),
    _mark("未覆盖", _BAD), _mark("覆盖", _GOOD), _mark("不适用", _ASIDE),
]))

#: Attributes of every graph, node and edge. Never ``splines=ortho``: a thousand nodes take a minute.
GRAPH: Final[Mapping[str, str]] = MappingProxyType({
    "charset": "UTF-8", "newrank": "true", "compound": "true", "splines": "spline", "outputorder": "edgesfirst", "pad": "0.2",
    "margin": "0", "bgcolor": PAPER, "labelloc": "t", "labeljust": "l", "fontname": FONT, "fontcolor": INK, "fontsize": str(MAIN),
})
NODE: Final[Mapping[str, str]] = MappingProxyType(
    {"fontname": FONT, "fontsize": str(MAIN), "fontcolor": INK, "shape": "plain", "margin": "0"}
)
EDGE: Final[Mapping[str, str]] = MappingProxyType(
    {"fontname": FONT, "fontsize": str(BODY), "fontcolor": INK, "color": INK, "penwidth": "1.8"}
)

_PARTY: Final = frozenset({"组织", "纪检监察", "宣传", "机构编制"})
_OWNERS: Final = frozenset({"企业", "项目", "个体户", "自然人", "无证经营体"})


def role_of(kind: str, function: str | None = None) -> Role:
    """The role of a unit from its kind and function (vocabularies ``unit_kind`` and ``function``).

    >>> role_of("部门", "应急管理").badge
    '综'
    """
    if kind == "党委" or function in _PARTY:
        return ROLES["党委"]
    if kind in _OWNERS:
        return ROLES["企业"]
    if kind in ("安委会", "安委办") or function in ("应急管理", "安全监管站"):
        return ROLES["综合监管"]
    return ROLES[{"政府": "政府", "园区": "园区", "中介机构": "中介", "村居": "村居"}.get(kind, "行业主管")]
