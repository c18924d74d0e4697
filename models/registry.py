"""The closed registry of record kinds: what may be recorded as done, and which typed details each kind carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from zeren.models.relations import Type


@dataclass(frozen=True, slots=True)
class Key:
    """A typed detail of a record kind: its type, what it refers to, and whether several values are allowed."""

    type: Type = Type.TEXT
    refers: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    many: bool = True


_PERSON: Final = Key(refers=("post", "unit"))
_TEXT: Final = Key()
_NUMBER: Final = Key(Type.NUMBER, many=False)
#: What special equipment is graded by besides deaths, injuries and loss (``table.特殊定级``).
_SPECIAL: Final = {"转移人数": _NUMBER, "困人小时": _NUMBER, "情形": Key(values=("压力容器爆炸", "起重机整体倾覆"))}
_YES: Final = Key(values=("是", "否"), many=False)
_PAPER: Final = {"文书": _TEXT, "附件": _TEXT}
_SIGNED: Final = {"签字人": _PERSON, **_PAPER}

#: kind → its detail keys. A kind or key that is not here does not load.
RECORD_KINDS: Final[Mapping[str, Mapping[str, Key]]] = MappingProxyType(
    {
        "会议": {"应到": _PERSON, "实到": _PERSON, "请假": _PERSON, "代会": _PERSON, "主持人": _PERSON, "议题": _TEXT, "会议类型": _TEXT, **_PAPER},
        "检查": {
            "检查人": _PERSON, "签字人": _PERSON, "方式": Key(values=("明查", "暗访", "联合检查", "专家检查")),
            "问题数": _NUMBER, "拒签情况": _TEXT, "行业": Key(refers=("industry",)),
            **dict.fromkeys(("不发通知", "不打招呼", "不听汇报", "不用陪同接待", "直奔基层", "直插现场"), _YES), **_PAPER,
        },
        "培训": {"参加人": _PERSON, "学时": _NUMBER, "考核": _TEXT, **_PAPER},
        "警示教育": {"参加人": _PERSON, **_PAPER},
        "演练": {"预案": Key(refers=("document",)), "参加人": _PERSON, "照片": _TEXT, **_PAPER},
        "值班": {"带班领导": _PERSON, "值班人员": _PERSON, "电话": _TEXT, **_PAPER},
        "考勤": {"说明": _TEXT},
        "报告": {
            "形式": Key(values=("口头", "书面", "系统")), "死亡": _NUMBER, "失踪": _NUMBER, "重伤": _NUMBER, "内容": _TEXT,
            **_SPECIAL, **_SIGNED,
        },
        "通报": {"内容": _TEXT, "点名": _PERSON, **_SIGNED},
        "汇报": {"内容": _TEXT, **_SIGNED},
        "指标分析": {"指标": _TEXT, "措施": _TEXT, **_SIGNED},
        "约谈": {"约谈人": _PERSON, "事由": _TEXT, **_SIGNED},
        "问责": {"对象": _PERSON, "方式": _TEXT, **_PAPER},
        "一票否决": {"事项": _TEXT, **_PAPER},
        "考核": {"得分": _NUMBER, "等次": _TEXT, **_PAPER},
        "处罚": {"金额": _NUMBER, "条款": _TEXT, **_SIGNED},
        "责令整改": {"期限": Key(Type.MOMENT, many=False), **_SIGNED},
        "停产": {"范围": _TEXT, **_SIGNED},
        "停产整顿": {"范围": _TEXT, **_SIGNED},
        "关闭": {"方式": _TEXT, **_SIGNED},
        "复产": {"范围": _TEXT, **_SIGNED},
        "违法认定": {"条款": _TEXT, "行为": _TEXT, **_SIGNED},
        "整改": {"措施": _TEXT, "投入": _NUMBER, **_SIGNED},
        "验收": {
            "专家": _PERSON, "组织单位": Key(refers=("unit",)),
            **{f"{level}签字": _PERSON for level in ("企业", "乡级", "县级", "市级", "主管部门")}, **_SIGNED,
        },
        "挂牌": {"级别": _TEXT, **_SIGNED},
        "跟踪治理": dict(_SIGNED),
        "效果评价": dict(_SIGNED),
        "摘牌": dict(_SIGNED),
        "督办": {"要求": _TEXT, **_SIGNED},
        "审批": {"事项": _TEXT, "许可证": _TEXT, **_SIGNED},
        "调查认定": {"内容": _TEXT, "鉴定天数": _NUMBER, **_SPECIAL, **_PAPER},
        "批复": {
            "事项": Key(values=("调查报告", "延长调查期限", "延长批复期限"), many=False), "延长天数": _NUMBER, "内容": _TEXT,
            **_SIGNED,
        },
        "立案": {"案由": _TEXT, **_SIGNED},
        "结案": dict(_PAPER),
        "评估": dict(_PAPER),
        "应急处置": {"到场": _PERSON, "死亡": _NUMBER, "失踪": _NUMBER, **_PAPER},
        "公示": {"内容": _TEXT, **_PAPER},
        "投入": {"金额": _NUMBER, "用途": _TEXT, **_PAPER},
        "批示": {"内容": _TEXT, **_PAPER},
        "履职": {"内容": _TEXT, **_PAPER},
    }
)


def ledger_kinds() -> frozenset[str]:
    """Every word that may stand as the kind of a ledger: record, document and link kinds, metrics and the rest."""
    from zeren.models.vocabulary import VOCABULARIES

    words = VOCABULARIES
    return frozenset(
        {*RECORD_KINDS, *words["document_kind"], *words["link_kind"], *words["metric"],
         "隐患", "事故", "事故调查", "处理"}
    )


def single_valued(key: str) -> bool:
    """Whether a detail key takes one value at most in every kind of record that has it."""
    return not any(keys[key].many for keys in RECORD_KINDS.values() if key in keys)
