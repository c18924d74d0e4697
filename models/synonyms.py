"""What authors write and the word they mean: daily words, other offices' terms, and Chinese for the English keys.

Spelling alone would send 镇级 to 省级; here meaning comes first. It serves hints only: nothing is read under these words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

_WORDS: Final[Mapping[str, str]] = {
    # the word that is known: other words for it
    "乡级": "镇级 乡镇级 街道级 乡镇", "县级": "区级 区县级 县区级 旗级", "市级": "地级 地市级 设区市级", "村级": "社区级 村居级",
    "功能区": "园区级 开发区级 开发区 高新区",
    "政府": "人民政府 镇政府 乡政府 街道办 街道办事处", "部门": "局 委办局 行业部门", "村居": "村 社区 村委会 居委会 行政村",
    "企业": "公司 工厂 生产经营单位 厂矿", "园区": "开发区 高新区 工业园", "事业单位": "学校 医院", "内设机构": "科室 处室 科 处",
    "主要负责人": "一把手 负责人 正职 第一责任人", "班子成员": "分管领导 分管负责人 副职 党政班子成员", "法定代表人": "法人 法人代表",
    "实际控制人": "老板 实控人", "安全管理人员": "安全员 专职安全员 安全生产管理人员", "经办人员": "检查员 执法人员 监察员 工作人员",
    "作业人员": "工人 职工 员工", "发包": "分包 转包", "出租": "租赁",
    "units": "单位 机构 unit", "posts": "岗位 职务表", "territories": "地域 地区 区划", "industries": "行业", "sites": "场所 地点",
    "documents": "文件 文书", "records": "记录 履职记录 台账记录", "hazards": "隐患 隐患台账", "incidents": "事故", "links": "关联",
    "stats": "统计", "sanctions": "处理 处分 问责", "waivers": "豁免", "facts": "事实", "ledgers": "台账", "mandates": "监管职责 职责",
    "members": "成员 成员单位", "tags": "标签", "indicators": "指标 控制指标", "portfolio": "分管 分工", "inquiries": "调查 事故调查",
    "involved": "相关方 涉事单位", "covers": "载明 内容",
    "id": "编号 代码 序号", "name": "名称 名字 标题", "on": "审计日 检查日", "profile": "方案 参数方案", "kind": "种类 类型 类别 性质",
    "level": "级别 层级", "territory": "地域 所在地 属地", "function": "职能", "headcount": "人数 从业人数 职工人数 员工人数",
    "superior": "上级 上级单位 主管单位", "pair": "对应 同级政府", "parent": "上级", "children": "下级", "unit": "单位 所在单位",
    "title": "职务 职位", "role": "角色", "holder": "任职人 姓名 人员", "holders": "历任", "person": "任职人 姓名 人员", "mode": "任职方式",
    "fulltime": "专职", "since": "起 开始 起始日期 自 到任", "until": "止 结束 截止 截止日期 至 离任", "at": "时间 日期 发文日期 检查日期",
    "actor": "办理人 实施单位 检查单位", "object": "对象 被查单位 被检查单位", "result": "结果", "ref": "所涉 关联编号", "issuer": "发文单位 发文机关",
    "party": "当事方 签订方", "status": "状态", "grade": "等级 隐患等级", "found_at": "发现时间 发现日期 排查日期", "found_by": "发现人 排查人",
    "signed_by": "签字人", "measure": "整改措施 措施", "standard": "整改标准 标准", "deadline": "整改期限 期限 整改时限", "interim": "防范措施 临时措施",
    "owner": "整改单位 整改责任单位", "owner_post": "责任人 整改责任人", "supervisor": "督办单位", "supervisor_post": "督办责任人 督办人",
    "accepter": "验收单位", "accepter_post": "验收人", "deaths": "死亡 死亡人数", "missing": "失踪 失踪人数", "serious_injuries": "重伤 重伤人数",
    "direct_loss": "直接经济损失 损失", "known_at": "得知时间 接报时间", "metric": "指标", "year": "年度 年份", "cap": "控制数 上限", "value": "数值",
    "source": "来源方 甲方", "target": "对象方 乙方", "rule": "规则", "bearer": "责任主体", "approver": "批准人 批准单位", "basis": "依据", "reason": "理由",
}  # fmt: skip


def meant(word: str, known: Collection[str]) -> str:
    """The one of ``known`` that ``word`` stands for, or the empty string.

    >>> meant("镇级", ["省级", "乡级"]), meant("人数", ["id", "headcount"]), meant("人数", ["id"])
    ('乡级', 'headcount', '')
    """
    return next((right for right, words in _WORDS.items() if right in known and word in words.split()), "")
