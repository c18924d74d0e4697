"""Pydantic models of the authoring format, made from the same shapes and columns that the loader reads by.

They give the JSON Schema and let programs check a plain structure. Loading files does not import this module:
importing pydantic costs more than loading a city.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, StrictBool, create_model

from zeren.models.registry import RECORD_KINDS, Key, ledger_kinds
from zeren.models.relations import RELATIONS, Column, Type
from zeren.models.shapes import HEADER, RAW, SECTIONS, SHAPES, Extra, Form, Shape
from zeren.models.vocabulary import STATED_ABSENT, VOCABULARIES

#: Editors read 2024 or 0371 as numbers; the loader takes them as text.
Text = str | Annotated[float, Strict()]
Moment = Annotated[str, Field(pattern=r"^\d{4}-\d{1,2}-\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2})?)?$")]
Number = Annotated[str, Field(pattern=r"^(-?\d{1,15}(\.\d{1,6})?([eE][+-]?\d{1,2})?|无)$")] | Annotated[float, Strict()]
Duration = Annotated[str, Field(pattern=r"^(\s*\d+\s*(秒|分钟|小时|天|日|周))+\s*$")]
_TYPES: Final[dict[Type, Any]] = {
    Type.TEXT: Text, Type.MOMENT: Moment, Type.NUMBER: Number, Type.DURATION: Duration, Type.BOOL: StrictBool,
}  # fmt: skip
_DAYS: Final = {"start": "单写日期指当日零时", "end": "单写日期指当日 24 时", "after": "含当日"}
_LABELS: Final = {
    "id": "编号，短而可读", "name": "显示的名称", "kind": "种类", "level": "层级", "parent": "上级", "code": "行政区划代码",
    "territory": "地域", "function": "部门职能；也可写旧称", "headcount": "从业人数", "ownership": "所有制",
    "registered": "登记情况", "since": "起", "until": "止", "status": "状态", "partial": "机构信息不全，缺项只作证据不足",
    "unit": "单位", "superior": "上级单位", "industry": "行业", "lead": "是否牵头", "title": "职务", "role": "岗位角色",
    "fulltime": "是否专职", "person": "人（化名编号）", "mode": "任职方式", "subject": "对象", "metric": "指标", "year": "年度",
    "cap": "上限", "issuer": "制发单位或岗位", "party": "签订、抄送各方", "at": "时间", "ref": "所指的文件、隐患、事故或记录",
    "actor": "行为主体：单位或岗位", "object": "对象", "result": "结果", "grade": "级别", "found_at": "发现时间",
    "found_by": "发现者", "signed_by": "签字岗位", "content": "内容", "measure": "整改措施", "standard": "整改标准",
    "deadline": "整改期限", "interim": "整改期间的防范措施", "owner": "整改责任单位", "owner_post": "整改责任岗位",
    "supervisor": "督办单位", "supervisor_post": "督办岗位", "accepter": "验收单位", "accepter_post": "验收岗位",
    "source": "一方", "target": "另一方", "holder": "持有者", "value": "数值或内容", "known_at": "获知时间", "site": "场所",
    "deaths": "死亡人数", "missing": "失踪人数", "endangered": "被困、涉险人数", "serious_injuries": "重伤人数",
    "direct_loss": "直接经济损失（万元）", "part": "角色", "body": "组织单位", "stage": "阶段", "duty": "认定的失职事项",
    "post": "岗位", "track": "处理种类", "rule": "规则编号", "bearer": "责任主体", "per": "规则的分项", "approver": "批准者",
    "basis": "依据", "reason": "理由", "row": "行号；缺省按次序编号", "number": "数值", "as": "占用方式", "tag": "标签",
    "from": "委托方", "to": "受托方", "power": "所赋权力", "record": "记录编号", "key": "要素", "document": "文件编号",
    "incident": "事故编号", "inquiry": "调查编号", "whole": "归入的行业", "acts_as": "加挂的牌子", "government": "政府",
}  # fmt: skip
_OPEN_WORDS: Final = frozenset({"function"})


class _Entry(BaseModel):
    """An entry whose unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@cache
def organisation_file() -> type[BaseModel]:
    """Return the model of one organisation file."""
    names: dict[str, Any] = {}
    for shape in SHAPES.values():
        names[_class(shape)] = _model(_class(shape), shape)
    records = {
        kind: (list[_record(number, kind)] | None, Field(None, description=f"{kind}记录"))  # type: ignore[misc]
        for number, kind in enumerate(RECORD_KINDS, start=1)
    }
    facts = {
        name: (list[_model(f"Raw{_class(shape)}", shape, raw=True)] | None, Field(None, description=shape.label))  # type: ignore[misc]
        for name, shape in RAW.items()
    }
    names["Records"] = create_model("Records", __base__=_Entry, **records)  # type: ignore[call-overload]
    names["Facts"] = create_model("Facts", __base__=_Entry, **facts)  # type: ignore[call-overload]
    fields: dict[str, Any] = {
        key: ((Moment if key in ("on", "since") else Text) | None, Field(None, description=label))
        for key, label in HEADER.items()
    }
    for key, extra in SECTIONS.items():
        fields[key] = _extra(extra)
    fields["records"] = ("Records | None", Field(None, description="履职记录，按种类分组"))
    fields["facts"] = ("Facts | None", Field(None, description="直接写行的关系"))
    names["OrganisationFile"] = create_model("OrganisationFile", __base__=_Entry, **fields)
    for model in names.values():
        model.model_rebuild(_types_namespace=names | {"Text": Text, "Literal": Literal})
    found: type[BaseModel] = names["OrganisationFile"]
    return found


def _class(shape: Shape) -> str:
    return shape.name.title().replace("_", "")


def _model(name: str, shape: Shape, raw: bool = False) -> type[BaseModel]:
    fields: dict[str, Any] = {
        key: _column(column, key, key in shape.required, key in shape.several, shape.relation)
        for key, column in shape.columns.items()
    }
    if not raw:
        fields |= {key: _extra(extra) for key, extra in shape.extras.items()}
    return create_model(name, __base__=_Entry, __doc__=shape.label, **fields)


def _record(number: int, kind: str) -> type[BaseModel]:
    shape = SHAPES["record"]
    fields: dict[str, Any] = {
        key: _column(column, key, key in shape.required, False, "record") for key, column in shape.columns.items()
    }
    fields |= {name: _detail(key) for name, key in RECORD_KINDS[kind].items()}
    return create_model(f"Record{number:02}", __base__=_Entry, __doc__=f"{kind}记录", **fields)


def _column(column: Column, key: str, required: bool, several: bool, relation: str) -> tuple[Any, Any]:
    kind: Any = _TYPES[column.type]
    if column.vocabulary is not None:
        words: Any = Literal[VOCABULARIES[column.vocabulary]]
        kind = words | str if column.vocabulary in _OPEN_WORDS else words
    elif relation == "ledger" and column.name == "kind":
        kind = Literal[tuple(sorted(ledger_kinds()))]
    notes = [_LABELS.get(key, RELATIONS[relation].label)]
    if column.refers:
        notes.append(f"引用{'或'.join(RELATIONS[name].label for name in column.refers)}的 id")
    if column.type is Type.MOMENT:
        notes.append(_DAYS[column.day])
    if several:
        kind = kind | list[kind]
    description = "；".join(notes)
    if required:
        return kind, Field(description=description)
    return kind | None, Field(None, description=description)


def _detail(key: Key) -> tuple[Any, Any]:
    kind: Any = Moment | Literal["无"] if key.type is Type.MOMENT else _TYPES[key.type]
    if key.values:
        kind = Literal[(*key.values, STATED_ABSENT)]
    if key.many:
        kind = kind | list[kind | None]
    note = f"引用{'或'.join(RELATIONS[name].label for name in key.refers)}的 id，没有写 无" if key.refers else None
    return kind | None, Field(None, description=note)


def _extra(extra: Extra) -> tuple[Any, Any]:
    note = Field(None, description=extra.label)
    if extra.form is Form.WORDS and extra.word is not None:
        word = extra.word
        kind: Any = Literal[VOCABULARIES[word.vocabulary]] if word.vocabulary else Text
        return kind | list[kind | None] | None, note
    if extra.form is Form.WORD:
        return f"Text | {_class(SHAPES[extra.shape])} | None", note
    entry = SHAPES[extra.shape]
    name = _class(entry)
    if extra.form is Form.ENTRIES:
        return f"list[{name}] | None" if not entry.lone else f"list[{name} | Text] | None", note
    if extra.form is Form.MIXED:
        return f"Text | {name} | list[Text | {name}] | None", note
    words = dict.fromkeys(VOCABULARIES[_KIND_OF[extra.form]], (Text | list[Text | None] | None, None))
    if extra.form is Form.PORTFOLIO:
        model = create_model("PortfolioByKind", __base__=_Entry, __doc__="分管种类 → 对象", **words)  # type: ignore[call-overload]
        single = _model("PortfolioEntry", entry)
        return model | list[single] | None, note  # type: ignore[valid-type]
    plain = {key: _column(column, key, False, False, "covers") for key, column in entry.columns.items()}
    row = create_model("CoversRow", __base__=_Entry, __doc__="载明种类 → 对象", **plain, **words)  # type: ignore[call-overload]
    return list[row] | None, note  # type: ignore[valid-type]


_KIND_OF: Final = {Form.PORTFOLIO: "portfolio_kind", Form.COVERS: "cover_kind"}
