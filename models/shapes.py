"""The nested authoring format, said once: which keys an entry has, and which column or nested entry each key means.

The loader reads by these shapes and the JSON Schema is made from them; the type of a column stays in the relations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from zeren.models.relations import AUTHORED, RELATIONS, Column


class Form(StrEnum):
    """How the value of a key that is no column is written."""

    ENTRIES = "条目列表"
    WORD = "一个词或条目"
    WORDS = "一个或多个词"
    MIXED = "词或条目"
    COVERS = "载明种类→对象"
    PORTFOLIO = "分管种类→对象"


@dataclass(frozen=True, slots=True)
class Extra:
    """A key whose value becomes rows of other relations.

    ``shape`` names the shape of its entries; for words, ``word`` is the column each word stands for.
    """

    form: Form
    shape: str = ""
    word: Column | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """An entry that authors write: its relation, its keys with their columns, and its nested keys.

    ``several`` are the keys that take a list, each value giving a row of its own; ``lone`` is the key that a bare
    word stands for.
    """

    name: str
    label: str
    relation: str
    columns: Mapping[str, Column]
    places: Mapping[str, int]
    required: tuple[str, ...]
    several: frozenset[str] = frozenset()
    extras: Mapping[str, Extra] = field(default_factory=dict)
    lone: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key that an author may write here."""
        return (*self.columns, *self.extras)


def _shape(
    relation: str,
    given: str = "",
    *,
    name: str = "",
    label: str = "",
    several: str = "",
    optional: str = "",
    lone: str = "",
    renamed: Mapping[str, str] | None = None,
    extras: Mapping[str, Extra] | None = None,
) -> Shape:
    """Make the shape of ``relation`` without the columns ``given`` by the surrounding entry."""
    columns = RELATIONS[relation].columns
    keys = {column.name: column.name for column in columns if column.name not in given.split()}
    for key, column_name in (renamed or {}).items():
        del keys[column_name]
        keys[key] = column_name
    by_name = {column.name: (index, column) for index, column in enumerate(columns)}
    many = {key for key, column_name in keys.items() if by_name[column_name][1].many}
    return Shape(
        name or relation,
        label or RELATIONS[relation].label,
        relation,
        {key: by_name[column_name][1] for key, column_name in keys.items()},
        {key: by_name[column_name][0] for key, column_name in keys.items()},
        tuple(
            key for key, column_name in keys.items()
            if by_name[column_name][1].required and key not in optional.split()
        ),
        frozenset(many | set(several.split())),
        extras or {},
        lone,
    )  # fmt: skip


def _words(relation: str, column: str, label: str) -> Extra:
    return Extra(Form.WORDS, word=RELATIONS[relation].column(column), label=label)


def _entries(shape: str, label: str) -> Extra:
    return Extra(Form.ENTRIES, shape, label=label)


def _mixed(shape: str, label: str) -> Extra:
    return Extra(Form.MIXED, shape, label=label)


_UNIT: Final[dict[str, Extra]] = {
    "superior": _mixed("superior", "上级单位；缺省隶属种类为 领导"),
    "pair": _words("pair", "government", "同一地方的党委或政府"),
    "acts_as": _words("plate", "acts_as", "加挂的牌子"),
    "formerly": Extra(Form.WORDS, word=Column("formerly"), label="旧名称，可用来引用本单位"),
    "industries": _words("operates", "industry", "经营的行业"),
    "tags": _words("tag", "tag", "标签"),
    "members": _mixed("member", "安委会、领导小组的成员"),
    "mandates": _entries("mandate", "监管职责；地域缺省为本单位地域"),
    "sites": _entries("occupies", "占用的场所"),
    "indicators": _entries("indicator", "控制指标"),
    "ledgers": _entries("ledger", "封闭台账：写了才表示没有记载就是没有做"),
    "posts": _entries("post", "岗位"),
    "units": _entries("unit", "下级或内设单位"),
}
_POST: Final[dict[str, Extra]] = {
    "holder": Extra(Form.WORD, "appointment", label="现任一人（化名编号）；有历任时改用 holders"),
    "holders": _mixed("appointment", "历任"),
    "portfolio": Extra(Form.PORTFOLIO, "portfolio", label="分管：种类→对象，或条目列表"),
}

_ALL: Final = (
    _shape("territory", extras={"children": _entries("territory", "下级地域")}),
    _shape("industry", extras={"children": _mixed("industry", "细分行业")}, lone="id"),
    _shape("unit", extras=_UNIT),
    _shape("subordination", "unit", name="superior", label="上级", renamed={"unit": "superior"}, optional="kind",
           lone="unit"),
    _shape("member", "body", lone="unit"),
    _shape("mandate", "unit", several="industry territory"),
    _shape("occupies", "subject"),
    _shape("indicator", "holder"),
    _shape("ledger", "holder", several="kind"),
    _shape("post", "unit", optional="id", extras=_POST),
    _shape("appointment", "post", lone="person"),
    _shape("portfolio", "post", several="subject"),
    _shape("site", lone="id"),
    _shape("document", extras={"covers": Extra(Form.COVERS, "covers", label="文件中的各行")}),
    _shape("covers", "document kind subject"),
    _shape("record", "kind", optional="id"),
    _shape("hazard"),
    _shape("link", optional="id"),
    _shape("stat"),
    _shape("incident", extras={"involved": _mixed("involved", "相关方"), "inquiries": _entries("inquiry", "调查")}),
    _shape("involved", "incident", lone="subject"),
    _shape("inquiry", "incident", optional="id", extras={"findings": _entries("finding", "认定")}),
    _shape("finding", "inquiry"),
    _shape("sanction", optional="id"),
    _shape("waiver"),
)


#: The shapes of nested entries by name.
SHAPES: Final[Mapping[str, Shape]] = {shape.name: shape for shape in _ALL}
_OPTIONAL: Final = {"subordination": "kind", "link": "id", "sanction": "id", "inquiry": "id"}
#: Raw rows under ``facts``: every column of the relation, by its own name.
RAW: Final[Mapping[str, Shape]] = {
    relation.name: _shape(relation.name, optional=_OPTIONAL.get(relation.name, ""))
    for relation in AUTHORED
}
#: The list sections of an organisation file → the shape of their entries. ``records`` and ``facts`` are mappings.
SECTIONS: Final[Mapping[str, Extra]] = {
    "industries": _mixed("industry", "行业树"),
    "territories": _entries("territory", "地域树；层级可以缺档"),
    "units": _entries("unit", "单位"),
    "sites": _mixed("site", "场所"),
    "documents": _entries("document", "文件"),
    "hazards": _entries("hazard", "隐患"),
    "links": _entries("link", "关联：审批、检查、发包、出租等"),
    "stats": _entries("stat", "统计数"),
    "incidents": _entries("incident", "事故"),
    "sanctions": _entries("sanction", "处理决定"),
    "waivers": _entries("waiver", "豁免"),
}
#: The single values of an organisation file.
HEADER: Final[Mapping[str, str]] = {
    "name": "报告标题",
    "on": "审计日，可被 --on 覆盖",
    "since": "审计期起点，缺省为审计日所在年的 1 月 1 日",
    "profile": "参数方案，可被 --profile 覆盖",
}
TOP_KEYS: Final = (*HEADER, *SECTIONS, "records", "facts")
