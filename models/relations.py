"""The relations of the responsibility graph: the one catalogue that loader, language and back ends share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Type(StrEnum):
    """What a column holds. Moments are seconds since 1970 on the local clock, durations are seconds."""

    TEXT = "文字"
    NUMBER = "数字"
    MOMENT = "时间"
    DURATION = "时长"
    BOOL = "是否"


class World(StrEnum):
    """When the absence of a fact may be read as a no (design §2)."""

    STRUCTURE = "结构"
    LEDGERED = "台账"
    TABLE = "表"
    DERIVED = "推导"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a relation.

    ``refers`` names the relations whose id may stand here; ``vocabulary`` a closed vocabulary; ``many`` that one
    fact may carry several values (each value becomes a row); ``day`` how a date without a time is read:
    ``start`` (00:00), ``end`` (23:59:59, a deadline) or ``after`` (the next midnight: the day is included).
    """

    name: str
    type: Type = Type.TEXT
    refers: tuple[str, ...] = ()
    vocabulary: str | None = None
    required: bool = False
    many: bool = False
    day: str = "start"


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation: its columns, its key (the columns that determine the others), and how its absence is read.

    ``event`` is the column that says when the fact happened; facts later than the audit date are not seen.
    ``holder`` and ``kind`` say which ledger closes it: columns, or a constant written as ``=隐患``.
    """

    name: str
    label: str
    world: World
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    event: str | None = None
    holder: str | None = None
    kind: str | None = None
    #: The column names, in order.
    names: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(column.name for column in self.columns))

    def column(self, name: str) -> Column | None:
        """Return the column called ``name``."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def temporal(self) -> bool:
        """Whether the relation holds from ``since`` to ``until``."""
        return {"since", "until"} <= set(self.names)


def _c(name: str, **options: object) -> Column:
    return Column(name, **options)  # type: ignore[arg-type]


def _ref(name: str, *relations: str, required: bool = False, many: bool = False) -> Column:
    return Column(name, refers=relations, required=required, many=many)


def _word(name: str, vocabulary: str, required: bool = False) -> Column:
    return Column(name, vocabulary=vocabulary, required=required)


_ID: Final = Column("id", required=True)
_SINCE: Final = Column("since", Type.MOMENT)
_UNTIL: Final = Column("until", Type.MOMENT, day="after")
_SPAN: Final = (_SINCE, _UNTIL)


def _at(required: bool = True, name: str = "at") -> Column:
    return Column(name, Type.MOMENT, required=required)


def _structure(name: str, label: str, *columns: Column, key: tuple[str, ...] = ()) -> Relation:
    return Relation(name, label, World.STRUCTURE, columns, key)


_STRUCTURE: Final = (
    _structure("territory", "地域", _ID, _c("name"), _word("level", "level", True),
               _ref("parent", "territory"), _c("code"), key=("id",)),
    _structure("unit", "单位", _ID, _c("name"), _word("kind", "unit_kind", True), _word("level", "level"),
               _ref("territory", "territory"), _word("function", "function"), _c("headcount", type=Type.NUMBER),
               _word("ownership", "ownership"), _c("registered"), *_SPAN, _word("status", "unit_status"),
               _c("partial", type=Type.BOOL), key=("id",)),
    _structure("subordination", "隶属", _ref("unit", "unit", required=True), _ref("superior", "unit", required=True),
               _word("kind", "subordination_kind", True), *_SPAN),
    _structure("plate", "加挂牌子", _ref("unit", "unit", required=True), _ref("acts_as", "unit", required=True)),
    _structure("pair", "党政对应", _ref("party", "unit", required=True), _ref("government", "unit", required=True)),
    _structure("delegation", "赋权委托", _ref("from", "unit", required=True), _ref("to", "unit", required=True),
               _c("power", required=True), *_SPAN),
    _structure("site", "场所", _ID, _c("name"), _c("kind"), _ref("territory", "territory"), key=("id",)),
    _structure("occupies", "占用", _ref("site", "site", required=True), _ref("subject", "unit", required=True),
               _word("as", "occupancy", True), *_SPAN),
    _structure("industry", "行业", _ID, _c("name"), _ref("parent", "industry"), key=("id",)),
    _structure("operates", "经营", _ref("unit", "unit", required=True), _ref("industry", "industry", required=True)),
    _structure("falls", "归口", _ref("part", "industry", "site", required=True),
               _ref("whole", "industry", required=True)),
    _structure("member", "成员", _ref("body", "unit", required=True), _ref("unit", "unit", "post", required=True), *_SPAN),
    _structure("tag", "标签", _ref("subject", "unit", "site", required=True), _word("tag", "tag", True)),
    _structure("post", "岗位", _ID, _c("name"), _ref("unit", "unit", required=True), _c("title"),
               _word("role", "role", True), _c("fulltime", type=Type.BOOL), key=("id",)),
    _structure("appointment", "任职", _ref("post", "post", required=True), _c("person", required=True),
               _word("mode", "appointment_mode"), *_SPAN),
    _structure("portfolio", "分管", _ref("post", "post", required=True), _word("kind", "portfolio_kind", True),
               _c("subject", required=True), *_SPAN),
    _structure("mandate", "监管职责", _ref("unit", "unit", required=True), _word("kind", "mandate_kind", True),
               _ref("industry", "industry"), _ref("territory", "territory"), _c("lead", type=Type.BOOL), *_SPAN),
    _structure("indicator", "控制指标", _ref("holder", "unit", required=True), _word("metric", "metric", True),
               _c("year", required=True), _c("cap", type=Type.NUMBER, required=True),
               key=("holder", "metric", "year")),
    _structure("ledger", "台账", _ref("holder", "unit", required=True), _c("kind", required=True), *_SPAN),
    _structure("waiver", "豁免", _c("rule", required=True), _c("bearer", required=True), _c("per", many=True), *_SPAN,
               _c("approver", required=True), _c("basis", required=True), _c("reason", required=True)),
)

_LEDGERED: Final = (
    Relation("link", "关联", World.LEDGERED, (
        _ID, _word("kind", "link_kind", True), _ref("source", "unit", required=True),
        _ref("target", "unit", "site", "hazard", required=True), *_SPAN, _ref("actor", "post"), _c("ref")),
        key=("id",), holder="source", kind="kind"),
    Relation("document", "文件", World.LEDGERED, (
        _ID, _c("name"), _word("kind", "document_kind", True), _ref("issuer", "unit", "post", required=True),
        _ref("party", "unit", "post", many=True), _at(False), *_SPAN, _word("status", "document_status"), _c("ref")),
        key=("id",), event="at", holder="issuer", kind="kind"),
    Relation("covers", "文件载明", World.LEDGERED, (
        _ref("document", "document", required=True), _c("row"), _word("kind", "cover_kind", True), _c("subject", required=True),
        _c("number", type=Type.NUMBER))),
    Relation("record", "履职记录", World.LEDGERED, (
        _ID, _c("kind", required=True), _at(), Column("until", Type.MOMENT, day="after"),
        _ref("actor", "unit", "post", required=True),
        _c("object"), _c("result"), _c("ref")), key=("id",), event="at", holder="actor", kind="kind"),
    Relation("detail", "记录要素", World.LEDGERED, (
        _ref("record", "record", required=True), _c("key", required=True), _c("value"), _c("number", type=Type.NUMBER))),
    Relation("hazard", "隐患", World.LEDGERED, (
        _ID, _c("name"), _ref("unit", "unit", required=True), _word("grade", "hazard_grade", True),
        _at(True, "found_at"), _ref("found_by", "unit", "post"), _ref("signed_by", "post"), _c("content"),
        _c("measure"), _c("standard"), Column("deadline", Type.MOMENT, day="end"), _c("interim"),
        _ref("owner", "unit"), _ref("owner_post", "post"), _ref("supervisor", "unit"), _ref("supervisor_post", "post"),
        _ref("accepter", "unit"), _ref("accepter_post", "post")),
        key=("id",), event="found_at", holder="unit", kind="=隐患"),
    Relation("stat", "统计", World.LEDGERED, (
        _c("holder", required=True), _word("metric", "metric", True), _at(), _c("value", type=Type.NUMBER, required=True)),
        event="at", holder="holder", kind="metric"),
    Relation("incident", "事故", World.LEDGERED, (
        _ID, _c("name"), _at(), _at(False, "known_at"), _ref("site", "site"), _ref("territory", "territory"),
        _ref("industry", "industry"), _word("kind", "incident_kind", True), _c("deaths", type=Type.NUMBER),
        _c("missing", type=Type.NUMBER), _c("endangered", type=Type.NUMBER), _c("serious_injuries", type=Type.NUMBER),
        _c("direct_loss", type=Type.NUMBER)), key=("id",), event="at", kind="=事故"),
    Relation("involved", "事故相关方", World.LEDGERED, (
        _ref("incident", "incident", required=True), _ref("subject", "unit", "site", "post", required=True),
        _word("part", "involved_part"))),
    Relation("inquiry", "事故调查", World.LEDGERED, (
        _ID, _ref("incident", "incident", required=True), _c("kind"), _ref("body", "unit"), _word("level", "level"),
        _word("stage", "inquiry_stage"), _at(False)), key=("id",), event="at", holder="body", kind="=事故调查"),
    Relation("finding", "调查认定", World.LEDGERED, (
        _ref("inquiry", "inquiry", required=True), _ref("unit", "unit", "post", required=True), _c("duty"), _c("object"), *_SPAN)),
    Relation("sanction", "处理", World.LEDGERED, (
        _ID, _c("person"), _ref("post", "post"), _word("track", "sanction_track", True), _c("value"),
        _word("stage", "sanction_stage"), _at(False), _c("ref")), key=("id",), event="at", kind="=处理"),
)


def _derived(name: str, label: str, *columns: Column, key: tuple[str, ...] = (), world: World = World.DERIVED,
             ) -> Relation:
    return Relation(name, label, world, columns, key)


_N: Final = Type.NUMBER

_DERIVED: Final = (
    _derived("period", "周期", _word("kind", "period_kind"), _c("start", type=Type.MOMENT), _c("end", type=Type.MOMENT),
             _c("year"), _c("index", type=_N), key=("kind", "start")),
    _derived("within", "地域包含", _ref("part", "territory"), _ref("whole", "territory"), _c("depth", type=_N),
             _word("level", "level"), key=("part", "level")),
    _derived("under", "上下级", _ref("unit", "unit"), _ref("superior", "unit"), _c("depth", type=_N),
             key=("unit", "superior")),
    _derived("answerable", "责任岗位", _ref("unit", "unit"), _c("subject"), _ref("post", "post"), _c("at", type=Type.MOMENT)),
    _derived("attribute", "隐患要素", _ref("subject", "hazard"), _c("key"), _c("value"), world=World.LEDGERED),
    _derived("state", "处置状态", _c("ref"), _c("kind"), _c("result"), _c("record"), *_SPAN),
    _derived("graded", "事故等级", _ref("incident", "incident"), _c("grade"), _c("rank", type=_N), _c("bound"),
             key=("incident",)),
    _derived("scene", "事故地点", _ref("incident", "incident"), _ref("territory", "territory"), _word("level", "level"),
             _c("depth", type=_N), key=("incident", "territory")),
    _derived("trade", "事故行业", _ref("incident", "incident"), _ref("industry", "industry"), _c("depth", type=_N),
             key=("incident", "industry")),
    _derived("party", "事故单位", _ref("incident", "incident"), _ref("unit", "unit"), _word("as", "party_part"),
             _c("depth", type=_N), _ref("via", "unit"), key=("incident", "unit", "as")),
    _derived("remit", "分管范围", _ref("post", "post"), _ref("unit", "unit"), _word("kind", "remit_kind"), _c("subject")),
    _derived("breach", "已认定不符合", _c("rule"), _c("bearer"), _c("per"), _c("per2"), _c("per3"), _c("item"),
             _c("at", type=Type.MOMENT)),
    _derived("passed", "已认定符合", _c("rule"), _c("bearer"), _c("per"), _c("per2"), _c("per3"), _c("item"),
             _c("at", type=Type.MOMENT)),
    _derived("coverage", "覆盖情况", _c("item"), _ref("territory", "territory"), _word("level", "level"),
             _word("state", "coverage_state"), key=("item", "territory"), world=World.LEDGERED),
)

#: Every relation by name. Tables (``table.*``), parameters (``param.*``) and measures (``measure.*``) come with the pack.
RELATIONS: Final[Mapping[str, Relation]] = MappingProxyType(
    {relation.name: relation for relation in (*_STRUCTURE, *_LEDGERED, *_DERIVED)}
)

#: Relations whose rows lie inside another fact: relation → (the column that names it, the fact's relation).
INSIDE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"detail": ("record", "record"), "covers": ("document", "document"), "involved": ("incident", "incident"),
     "inquiry": ("incident", "incident"), "finding": ("inquiry", "inquiry"), "attribute": ("subject", "hazard")}
)

#: The relations that authors write; the others are derived.
AUTHORED: Final[tuple[Relation, ...]] = (*_STRUCTURE, *_LEDGERED)
