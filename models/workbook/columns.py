"""Which sheets a workbook has and what their columns mean: one sheet per relation, under the words of those who fill it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from zeren.models.registry import RECORD_KINDS, Key
from zeren.models.relations import AUTHORED, RELATIONS, Column
from zeren.models.shapes import SHAPES
from zeren.models.synonyms import meant


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a sheet.

    ``key`` is the relation's column, a key of the nested form (``superior``), a kind of covered row, or a detail; ``group`` says
    which (``column``, ``extra``, ``cover``, ``detail``). ``several`` values may stand in one cell. ``raw`` columns are headed by the
    key itself, as programs write them: one value in a cell, and an empty cell is no value rather than a default.
    """

    key: str
    heading: str
    column: Column
    group: str = "column"
    several: bool = False
    required: bool = False
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, its relation, its columns, and for whom it is: ``core`` ones come first and are always filled."""

    name: str
    relation: str
    fields: tuple[Field, ...]
    core: bool
    hint: str

    def field(self, key: str) -> Field | None:
        """The field of a key."""
        return next((field for field in self.fields if field.key == key), None)


_HEADINGS: Final[Mapping[str, str]] = {
    "id": "编号", "name": "名称", "level": "层级", "parent": "上级", "code": "区划代码", "kind": "种类", "territory": "地区",
    "function": "职能", "headcount": "从业人数", "ownership": "所有制", "registered": "登记情况", "since": "开始日期", "until": "结束日期",
    "status": "状态", "partial": "信息不全", "unit": "单位", "superior": "上级单位", "acts_as": "加挂的牌子", "government": "政府",
    "from": "委托方", "to": "受托方", "power": "权力", "site": "场所", "subject": "对象", "as": "占用方式", "industry": "行业",
    "part": "细类", "whole": "归入行业", "body": "议事机构", "tag": "标签", "post": "岗位", "title": "职务", "role": "角色",
    "fulltime": "是否专职", "person": "人员", "mode": "任职方式", "lead": "是否牵头", "metric": "指标", "year": "年度", "cap": "上限",
    "holder": "单位", "rule": "规则编号", "bearer": "责任主体", "per": "分项", "approver": "批准者", "basis": "依据", "reason": "理由",
    "source": "一方", "target": "另一方", "actor": "行为主体", "ref": "所涉编号", "issuer": "制发者", "party": "各方", "at": "时间",
    "document": "文件", "row": "行号", "number": "数值", "object": "工作对象", "result": "结果", "record": "记录", "key": "要素",
    "value": "内容", "grade": "级别", "found_at": "发现时间", "found_by": "发现者", "signed_by": "签字岗位", "content": "隐患内容",
    "measure": "整改措施", "standard": "整改标准", "deadline": "整改期限", "interim": "防范措施", "owner": "整改单位",
    "owner_post": "整改责任岗位", "supervisor": "督办单位", "supervisor_post": "督办岗位", "accepter": "验收单位",
    "accepter_post": "验收岗位", "known_at": "获知时间", "deaths": "死亡人数", "missing": "失踪人数", "endangered": "涉险人数",
    "serious_injuries": "重伤人数", "direct_loss": "直接经济损失（万元）", "incident": "事故", "inquiry": "调查", "stage": "阶段",
    "duty": "认定的失职", "track": "处理种类",
}  # fmt: skip
_SPECIAL: Final[Mapping[tuple[str, str], str]] = {
    ("pair", "party"): "党委", ("occupies", "subject"): "占用单位", ("member", "unit"): "成员", ("stat", "holder"): "单位或地区",
    ("stat", "value"): "数值", ("link", "actor"): "签字岗位", ("involved", "subject"): "相关方", ("involved", "part"): "角色",
    ("inquiry", "body"): "组织单位", ("finding", "unit"): "单位或岗位", ("finding", "object"): "所涉对象", ("unit", "since"): "成立日期",
    ("unit", "until"): "撤销日期", ("territory", "parent"): "上级地区", ("industry", "parent"): "上级行业", ("hazard", "name"): "隐患名称",
    ("incident", "at"): "发生时间", ("sanction", "value"): "处理结果", ("falls", "part"): "行业或场所", ("tag", "subject"): "单位或场所",
    ("indicator", "holder"): "单位", ("mandate", "kind"): "职责种类", ("portfolio", "kind"): "分管种类", ("document", "kind"): "文件种类",
    ("record", "kind"): "记录种类", ("ledger", "kind"): "台账种类", ("link", "kind"): "关联种类", ("incident", "kind"): "事故种类",
    ("unit", "kind"): "单位种类", ("hazard", "grade"): "隐患级别", ("covers", "kind"): "载明种类", ("inquiry", "kind"): "调查种类",
    ("subordination", "kind"): "隶属种类", ("site", "kind"): "场所种类",
}  # fmt: skip
#: Sheet → (relation, whether it belongs to the core, what to write there). The order is that of the workbook.
_SHEETS: Final[Mapping[str, tuple[str, bool, str]]] = {
    "地区": ("territory", True, "从上到下：市、县、镇、村。层级可以缺档。"),
    "行业": ("industry", True, "用到的行业；细分行业写上级行业。"),
    "单位": ("unit", True, "党委、政府、安委会、安委办、部门、企业……每个一行。编号就是别处引用它的短名，如 临江市政府。"),
    "岗位": ("post", True, "单位里的岗位，不是人。编号可以不填，缺省为 单位编号+职务。"),
    "任职": ("appointment", True, "谁在哪个岗位。人员写化名编号，不写真名；历任各一行，现任不填结束日期。"),
    "分管": ("portfolio", True, "岗位分管什么；分管安全生产的写 事项 / 安全生产。"),
    "职责": ("mandate", True, "部门的监管职责；地区不填时为本单位所在地区。"),
    "关联": ("link", True, "审批、检查、发包、出租……哪一方对哪一方。编号可以不填。"),
    "文件": ("document", True, "责任书、责任清单、职责规定、预案……各方写签订或接收的单位、岗位，用顿号分开。"),
    "文件载明": ("covers", True, "文件里写明的内容，文件的一行写一行：如 岗位 副市长-工业、行业 冶金。"),
    "记录": ("record", True, "做过的事：会议、检查、培训、值班、报告、整改……编号可以不填。可自行加列，列名写要素名。"),
    "隐患": ("hazard", True, "排查出的隐患；整改、验收记在 记录 表，所涉编号写隐患编号。"),
    "指标": ("indicator", True, "下达的控制指标。"),
    "统计": ("stat", True, "发生的数：死亡人数、事故起数等，一个时间一行。"),
    "事故": ("incident", True, "发生时间写到分钟。伤亡不清楚的留空，没有的写 0。"),
    "台账": ("ledger", True, "哪些台账是齐全的：写了，没有记载才算没有做；不写，只算证据不足。"),
    "隶属": ("subordination", False, "单位 表里写了上级单位的不必再写；业务指导、派驻和有起止日期的写在这里。"),
    "成员": ("member", False, "安委会、领导小组的成员单位或成员岗位。"),
    "加挂牌子": ("plate", False, "与 单位 表的 加挂的牌子 一列二选一。"),
    "党政对应": ("pair", False, "与 单位 表的 对应党委或政府 一列二选一。"),
    "经营": ("operates", False, "与 单位 表的 经营行业 一列二选一。"),
    "标签": ("tag", False, "场所的标签写在这里；单位的写在 单位 表。"),
    "赋权委托": ("delegation", False, "把权力交给园区、街道的。"),
    "场所": ("site", False, "厂房、工地、学校等地点。"),
    "占用": ("occupies", False, "哪个单位以什么方式占用哪个场所。"),
    "归口": ("falls", False, "行业或场所归入哪个行业。"),
    "记录要素": ("detail", False, "记录 表没有列的要素，一个值一行；记录写编号。"),
    "相关方": ("involved", False, "事故的相关单位、场所、岗位。"),
    "调查": ("inquiry", False, "事故调查；时间是提交调查报告的日期。"),
    "认定": ("finding", False, "调查认定了谁的什么失职。"),
    "处理": ("sanction", False, "处分、处罚等处理结果；人员、岗位至少写一个。"),
    "豁免": ("waiver", False, "批准暂不按某条规则要求的。"),
}  # fmt: skip
#: Keys of the nested form that stand as columns of 单位: key → (heading, relation, the unit's column, the word's column).
UNIT_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "superior": ("上级单位", "subordination", "unit", "superior"), "pair": ("对应党委或政府", "pair", "government", "party"),
    "industries": ("经营行业", "operates", "unit", "industry"), "tags": ("标签", "tag", "subject", "tag"),
    "acts_as": ("加挂的牌子", "plate", "unit", "acts_as"),
}  # fmt: skip
_SEVERAL: Final = frozenset({("mandate", "industry"), ("mandate", "territory"), ("ledger", "kind"), ("portfolio", "subject"), ("document", "party"),
                             ("waiver", "per")})
#: Columns that an entry may go without, because they follow from others.
_OPTIONAL: Final = frozenset({("post", "id"), ("record", "id"), ("link", "id"), ("sanction", "id"), ("inquiry", "id"), ("subordination", "kind"),
                              ("covers", "kind"), ("covers", "subject")})
#: Which kinds of covered rows are columns of 文件载明, and which detail columns the template offers.
_COVERS: Final = ("第一责任人", "岗位", "单位", "行业", "地域", "领导", "牵头", "责任单位", "事项", "隐患", "指标")
OFFERED: Final = ("主持人", "应到", "实到", "参加人", "检查人", "签字人", "带班领导", "值班人员", "死亡", "失踪", "重伤", "期限")
#: Other words for headings, beside those of ``synonyms`` and the keys themselves: sheet → key → words.
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "地区": {"id": "地区 地域 简称", "name": "全称 地区名称", "parent": "所属地区 上级地域", "level": "行政层级 行政级别"},
    "行业": {"id": "行业 行业名称", "parent": "所属行业"},
    "单位": {"id": "单位 简称 单位编号 单位简称 机构", "name": "全称 单位名称 单位全称 机构名称", "kind": "性质 单位性质 单位类型 类型",
           "territory": "所在地区 属地 所属地区", "superior": "主管单位 上级部门 隶属", "headcount": "职工人数 人数", "industries": "行业 所属行业",
           "formerly": "曾用名 原名称", "function": "部门职能", "pair": "对应党委 对应政府"},
    "岗位": {"id": "岗位 岗位编号 岗位名称", "unit": "所在单位 所属单位", "role": "岗位角色", "fulltime": "专职 专职兼职", "name": "显示名称"},
    "任职": {"person": "人员编号 化名 任职人员", "since": "任职日期 到任日期", "until": "离任日期 免职日期", "mode": "方式"},
    "分管": {"subject": "分管对象 分管内容", "kind": "类别"},
    "职责": {"kind": "职责 职责类别", "lead": "牵头", "unit": "部门 监管部门"},
    "关联": {"source": "甲方 审批方 检查方", "target": "乙方 被审批方 被检查方", "actor": "签字人 经办人 经办岗位"},
    "文件": {"id": "文件编号 文号", "name": "文件名称 标题", "issuer": "发文单位 制发单位", "party": "签订方 抄送 受文单位", "at": "发文日期 日期 签订日期"},
    "文件载明": {"document": "文件编号", "row": "序号"},
    "记录": {"at": "日期 开始时间", "until": "结束时间", "actor": "单位 实施单位 办理单位 检查单位", "object": "对象 被检查单位 受检单位", "ref": "隐患编号 事故编号"},
    "隐患": {"id": "隐患编号", "unit": "隐患单位 所在单位", "content": "内容 隐患描述 描述", "found_at": "排查时间 排查日期 发现日期"},
    "指标": {"cap": "控制数 指标值 控制值", "holder": "承担单位"},
    "统计": {"at": "统计日期 日期 截止日期", "holder": "单位 地区", "value": "数 数量 人数"},
    "事故": {"id": "事故编号", "at": "时间 事故时间", "deaths": "死亡", "missing": "失踪", "serious_injuries": "重伤", "direct_loss": "直接经济损失 损失"},
    "台账": {"holder": "单位编号 台账单位 所有单位", "kind": "种类 台账"},
}  # fmt: skip
_SHEET_WORDS: Final[Mapping[str, str]] = {
    "地域": "地区", "区划": "地区", "机构": "单位", "单位表": "单位", "机构表": "单位", "人员": "任职", "任职情况": "任职", "分工": "分管", "分管工作": "分管",
    "监管职责": "职责", "部门职责": "职责", "关系": "关联", "文书": "文件", "载明": "文件载明", "履职记录": "记录", "工作记录": "记录", "隐患台账": "隐患", "控制指标": "指标",
    "统计数": "统计", "封闭台账": "台账", "成员单位": "成员", "要素": "记录要素", "事故相关方": "相关方", "事故调查": "调查", "调查认定": "认定", "处分": "处理", "行业树": "行业",
}  # fmt: skip
#: Columns that offices add and that say nothing here.
IGNORED: Final = frozenset({"序号", "备注", "说明", "填报人", "联系人", "联系电话", "电话"})
HEADER_SHEET: Final = "概况"
#: Item of the sheet 概况 → key of an organisation file.
HEADER_ITEMS: Final[Mapping[str, str]] = {"名称": "name", "审计日": "on", "审计期起点": "since", "参数方案": "profile"}
#: Sheets that the template itself brings and nobody fills.
GUIDES: Final = frozenset({"说明", "填写示例", "取值", "问题"})


def folded(text: str) -> str:
    """A word without what does not tell words apart: width, case, spaces, marks of required columns, notes in brackets.

    >>> folded(" 单位 名称（必填）*")
    '单位名称'
    """
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"[(（\[【].*?[)）\]】]", "", plain)
    return re.sub(r"[\s*:：_/·.、-]+", "", plain).lower()


def _fields(name: str, relation: str) -> Iterator[Field]:
    for column in RELATIONS[relation].columns:
        heading = _SPECIAL.get((relation, column.name)) or _HEADINGS[column.name]
        required = column.required and (relation, column.name) not in _OPTIONAL
        yield Field(column.name, heading, column, "column", (relation, column.name) in _SEVERAL, required)
    if relation == "unit":
        for key, (heading, target, _, word) in UNIT_WORDS.items():
            found = RELATIONS[target].column(word)
            assert found is not None
            yield Field(key, heading, found, "extra", several=True)
        yield Field("formerly", "旧名称", Column("formerly"), "extra", several=True)
    if relation == "covers":
        for kind in _COVERS:
            yield Field(kind, kind, Column("subject"), "cover", several=True)
    if relation == "record":
        taken = {folded(word) for field_words in _WORDS[name].values() for word in field_words.split()}
        taken |= {folded(_SPECIAL.get((relation, key)) or _HEADINGS[key]) for key in RELATIONS[relation].names}
        for key, found_key in _details().items():
            if folded(key) not in taken:
                yield Field(key, key, Column(key), "detail", several=bool(found_key.many and (found_key.refers or found_key.values)))


def _details() -> dict[str, Key]:
    """Every detail key of the registry, those that the template offers first."""
    every = {name: key for keys in RECORD_KINDS.values() for name, key in keys.items()}
    return {**{name: every[name] for name in OFFERED}, **every}


#: Every sheet by its Chinese name, in the order of the workbook.
SHEETS: Final[Mapping[str, Sheet]] = MappingProxyType(
    {name: Sheet(name, relation, tuple(_fields(name, relation)), core, hint) for name, (relation, core, hint) in _SHEETS.items()}
)
#: The sheet of each relation.
SHEET_OF: Final[Mapping[str, Sheet]] = MappingProxyType({sheet.relation: sheet for sheet in SHEETS.values()})
assert set(SHEET_OF) == {relation.name for relation in AUTHORED}
assert set(UNIT_WORDS) <= set(SHAPES["unit"].extras)


def sheet_named(name: str) -> Sheet | None:
    """The sheet that a tab or file called ``name`` is: by its name, its relation, another word, or one with a number or an ending.

    >>> [found.relation if found else None for found in map(sheet_named, ("单位", "post", "单位(2)", "2024年单位表", "人员", "单位职责"))]
    ['unit', 'post', 'unit', 'unit', 'appointment', None]
    """
    word = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).removesuffix("表")
    word = re.sub(r"^\d+(?:年度?|[.、])?", "", word)
    for known in (word, re.split(r"[-_(（·0-9]", word)[0].removesuffix("表"), re.split(r"[-_·]", word)[-1]):
        if found := SHEETS.get(_SHEET_WORDS.get(known, known)) or SHEET_OF.get(known.lower()):
            return found
    return None


@cache
def _known(name: str) -> Mapping[str, str]:
    """Every folded heading of a sheet → key; the written headings win over keys, and those over other words."""
    sheet = SHEETS[name]
    found: dict[str, str] = {}
    for key, words in _WORDS.get(name, {}).items():
        found |= {folded(word): key for word in words.split()}
    found |= {folded(field.key): field.key for field in sheet.fields}
    found |= {folded(_HEADINGS.get(field.key, field.heading)): field.key for field in sheet.fields if field.group == "column"}
    return found | {folded(field.heading): field.key for field in reversed(sheet.fields)}


def field_named(sheet: Sheet, heading: str) -> Field | None:
    """The field that a heading stands for: exactly, by another word, or by the word that authors use for the key.

    >>> field_named(SHEETS["任职"], "任职人 *").key
    'person'
    """
    word = folded(heading)
    key = _known(sheet.name).get(word) or (meant(word, [field.key for field in sheet.fields]) if word else "")
    return sheet.field(key) if key else None


def headings(sheet: Sheet) -> list[str]:
    """The headings of a sheet, for messages."""
    return [field.heading for field in sheet.fields if field.group != "detail"]
