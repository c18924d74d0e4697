"""The audit report (检查报告) as a Word document: what was checked, what is not in order and why, what is missing, what to do first.

Few findings of a rule are told in prose, more in a table, very many in part; what is left out is counted, and stands in the workbook.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from zeren.reports.document import FindingDocument, Named, ReportDocument, RuleDocument, lacking
from zeren.reports.page import NOTICE, headed
from zeren.reports.pictures import Pictures
from zeren.reports.places import at
from zeren.reports.requests import window
from zeren.reports.word.paper import Paper, dated

_NUMBERS: Final = "一二三四五六七八九十"
_SEVERITIES: Final = ("严重", "一般", "提示")
#: Where what a table leaves out can be read.
_ELSEWHERE: Final = "见 Excel 报告"
#: Findings of a rule told in prose, and rows of a table in the text.
_PROSE, _ROWS = 3, 30
#: Findings that the annex explains, and that it lists.
_EXPLAINED, _LISTED = 200, 1_000


def render(document: ReportDocument, pictures: Pictures | None = None) -> bytes:
    """The document as bytes of a .docx file.

    Args:
        pictures: diagrams as PNG, each on a landscape page at the end.
    """
    name = headed(document.organisation, "安全生产责任检查报告")
    paper = Paper("".join(name), document.on)
    paper.title(*name, under=f"（稿，{NOTICE}）")
    sections = [("检查概况", _overview), ("不符合事项", _failures), ("预警事项", _warnings), ("证据不足与资料调取", _open),
                ("未到期与已豁免事项", _rest), ("整改建议", _advice)]
    shown = [(title, write) for title, write in sections if write is _overview or _has(title, document)]
    for number, (title, write) in enumerate(shown):
        paper.heading(f"{_NUMBERS[number]}、{title}")
        write(paper, document)
    paper.signed("（检查单位）", document.on)
    _annex(paper, document)
    for page in pictures.pages if pictures is not None else ():
        paper.picture(page.data, page.title, page.inches, page.notes)
    for remark in pictures.remarks if pictures is not None else ():
        paper.body(f"说明：{remark}。")
    return paper.save()


def failed(document: ReportDocument, warning: bool = False) -> list[FindingDocument]:
    """The findings that are not in order, the gravest first."""
    found = [one for one in document.findings if one.outcome == "fail" and one.warning is warning]
    return sorted(found, key=lambda one: (_SEVERITIES.index(one.severity), one.rule, one.unit.label, one.bearer.label, one.id))


def labels(named: Iterable[Named]) -> str:
    """Names side by side."""
    return "、".join(one.label for one in named)


def problem(one: FindingDocument) -> str:
    """What is not in order, with the parts that are missing and what is to be said of a waiver."""
    return one.message + (f"（缺：{'、'.join(lacking(one))}）" if lacking(one) else "") + (f"（{one.note}）" if one.note else "")


def _has(title: str, document: ReportDocument) -> bool:
    outcomes = {one.outcome for one in document.findings}
    return {
        "不符合事项": bool(failed(document)) or "error" in outcomes, "预警事项": bool(failed(document, warning=True)),
        "证据不足与资料调取": "unknown" in outcomes, "未到期与已豁免事项": bool(outcomes & {"pending", "excepted"}), "整改建议": bool(failed(document)),
    }[title]


def _overview(paper: Paper, document: ReportDocument) -> None:
    count, failures = document.counts, failed(document)
    grave = sum(one.severity == "严重" for one in failures)
    paper.body(f"检查以{dated(document.on)}为审计日，采用参数方案“{document.profile or '缺省'}”，适用规则{len(document.rules)}条，"
               f"逐项核对职责{sum(count.values())}项：符合{count.get('pass', 0)}项，不符合{len(failures)}项（其中严重{grave}项），"
               f"证据不足{count.get('unknown', 0)}项，未到期{count.get('pending', 0)}项，已豁免{count.get('excepted', 0)}项，"
               f"预警{len(failed(document, warning=True))}项" + (f"，规则错误{count['error']}项" if count.get("error") else "") + "。")
    if not failures:
        paper.body("在所给资料的范围内没有发现不符合。" if not count.get("unknown") else "在所给资料的范围内没有发现不符合；证据不足的事项待资料补齐后再判。")
        return
    units = {one.unit.id: one.unit.label for one in failures}
    by_unit, serious = Counter(one.unit.id for one in failures), Counter(one.unit.id for one in failures if one.severity == "严重")
    _table(paper, ("责任单位", "不符合", "其中严重"), [
        (units[unit], str(number), str(serious[unit])) for unit, number in sorted(by_unit.items(), key=lambda entry: (-entry[1], units[entry[0]], entry[0]))
    ], (6, 1.4, 1.4), "个单位")


def _failures(paper: Paper, document: ReportDocument) -> None:
    errors = [one for one in document.findings if one.outcome == "error"]
    if errors:
        paper.body(f"有{len(errors)}项因规则错误没有得出结论，结果不完整：" + "；".join(one.message for one in errors) + "。")
    _described(paper, document, failed(document))


def _warnings(paper: Paper, document: ReportDocument) -> None:
    paper.body("预警只提示风险，不是失职，不进入责任链。")
    _described(paper, document, failed(document, warning=True))


def _described(paper: Paper, document: ReportDocument, found: Sequence[FindingDocument]) -> None:
    rules = {rule.id: rule for rule in document.rules}
    groups: dict[str, list[FindingDocument]] = {}
    for one in found:
        groups.setdefault(one.rule, []).append(one)
    for number, (id, group) in enumerate(groups.items(), 1):
        _rule(paper, number, rules[id], group)


def _rule(paper: Paper, number: int, rule: RuleDocument, group: Sequence[FindingDocument]) -> None:
    """What is not in order by one rule: its basis once, then each finding."""
    paper.heading(f"（{chinese(number)}）{rule.title}（{rule.severity}，{len(group)}项）", 2)
    paper.body(f"依据：{'；'.join(one.text for one in rule.basis)}。")
    if len(group) > _PROSE:
        _table(paper, ("序号", "责任主体", "存在的问题", "应答岗位", "期限"), [
            (str(at), one.bearer.label, problem(one), labels(one.posts), one.due) for at, one in enumerate(group, 1)], (0.9, 2.6, 5.4, 2.4, 1.6), "项")
        return
    for place, one in enumerate(group, 1):
        due = f"期限{one.due}。" if one.due else ""
        who = "" if one.posts in ((), (one.bearer,)) else f"（应答岗位：{labels(one.posts)}）"
        paper.body((f"{place}. " if len(group) > 1 else "") + f"{problem(one).rstrip('。')}。{due}责任主体：{one.bearer.label}{who}。")


def _table(paper: Paper, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], what: str) -> None:
    """The first rows of a table in the text, and how many more there are."""
    paper.table(heads, rows[:_ROWS], widths)
    if len(rows) > _ROWS:
        paper.body(f"以上是前{_ROWS}{what}，其余{len(rows) - _ROWS}{what}{_ELSEWHERE}。")


def _annex(paper: Paper, document: ReportDocument) -> None:
    """Why, and where it is written: on landscape pages after the text."""
    found = [*failed(document), *failed(document, warning=True)]
    if not found:
        return
    if len(found) <= _EXPLAINED:
        paper.table(("发现编号", "规则", "责任主体", "差在", "佐证", "所在位置"), [
            (one.id, one.rule, one.bearer.label, one.explanation.nearest_miss, "；".join(f"{source.text}（{at(source)}）" for source in one.evidence),
             at(one.source)) for one in found
        ], (2.2, 1.4, 2, 4.8, 4.6, 2.2), wide=True, title="附件：差在哪里、佐证与所在位置")
        return
    left = len(found) - _LISTED
    paper.table(("发现编号", "规则", "责任主体", "存在的问题", "所在位置"), [
        (one.id, one.rule, one.bearer.label, problem(one), at(one.source)) for one in found[:_LISTED]
    ], (2.2, 1.4, 3, 7, 2.4), wide=True, title=f"附件：不符合与预警事项（{len(found)}项" + (f"，列出前{_LISTED}项）" if left > 0 else "）"))
    paper.remark("差在哪里、佐证，以及没有列出的事项，见 Excel 报告（-f xlsx:文件.xlsx），或用 zeren explain 编号 查看。")


def _open(paper: Paper, document: ReportDocument) -> None:
    waiting = [one for one in document.findings if one.outcome == "unknown"]
    paper.body(f"有{len(waiting)}项因资料没有给齐，尚不能判定，不算不符合。请调取下列资料后重新检查。")
    ordered = sorted(document.requests, key=lambda one: (-len(one.findings), one.holder, one.kind))
    if ordered:
        _table(paper, ("序号", "持有单位", "资料", "期间", "可判定"),
               [(str(at), one.holder_label, one.kind, window(one), f"{len(one.findings)}项") for at, one in enumerate(ordered, 1)],
               (0.9, 4, 2, 4, 1.3), "种")
    unstated = Counter(value for one in waiting for value in one.unstated)
    if unstated:
        names = sorted(unstated)
        more = f"等{len(names)}处" if len(names) > _ROWS else ""
        paper.body(f"另有下列内容在所给资料中没有写明：{'；'.join(names[:_ROWS])}{more}。")


def _rest(paper: Paper, document: ReportDocument) -> None:
    rows = [(one.label, one.bearer.label, one.message, one.due or one.note)
            for one in document.findings if one.outcome in ("pending", "excepted")]
    _table(paper, ("结论", "责任主体", "事项", "到期或理由"), rows, (1.2, 2.6, 5, 3.6), "项")


def _advice(paper: Paper, document: ReportDocument) -> None:
    paper.body("下列各项是使该项职责转为符合的最小补救，供责任单位制定整改方案时参考。")
    grouped = Counter((one.bearer.label, one.severity, one.fix) for one in failed(document))
    rows = [(str(at), who, severity, fix + (f"（{number}项）" if number > 1 else "")) for at, ((who, severity, fix), number) in enumerate(grouped.items(), 1)]
    _table(paper, ("序号", "责任主体", "程度", "最小补救"), rows, (0.9, 2.8, 1.1, 7.4), "项")


def chinese(number: int) -> str:
    """A whole number from 1 to 9999 in Chinese figures.

    >>> [chinese(one) for one in (1, 10, 12, 20, 105, 1010)]
    ['一', '十', '十二', '二十', '一百零五', '一千零一十']
    """
    digits, text, zero = "零一二三四五六七八九", "", False
    for unit, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, number = divmod(number, size)
        if digit:
            text += ("零" if zero else "") + digits[digit] + unit
        zero = digit == 0 and bool(text) and number > 0
    return text.removeprefix("一") if text.startswith("一十") else text
