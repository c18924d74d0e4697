"""The chain for people at a terminal: one line per post, its reasons beneath, then what to ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

from zeren.engine.chain.model import Breach, Chain, Line, Verdict
from zeren.engine.chain.papers import decisive
from zeren.engine.explain import Source
from zeren.engine.ledgers import Ask
from zeren.models.moments import format_moment
from zeren.reports.page import NOTICE, Page, Style
from zeren.reports.places import at

_COLOURS: Final = {
    Verdict.BREACH: "red", Verdict.FULFILLED: "green", Verdict.OPEN: "yellow", Verdict.DEFERRED: "cyan", Verdict.UNIT_ONLY: "dim",
    Verdict.OUT_OF_REACH: "dim", Verdict.NOT_INVOLVED: "dim",
}
_CLOCKS: Final = {"按时": "green", "未到期": "cyan", "证据不足": "yellow"}
_SHOWN: Final = 3
_LEFT_OUT: Final = 12


def render(chain: Chain, labels: Mapping[str, str], style: Style | None = None, everything: bool = False) -> str:
    """Return the chain as text; with ``everything`` nothing is shortened."""
    page = Page(style or Style())
    _head(page, chain)
    _clocks(page, chain)
    for title, lines in groupby(chain.lines, key=_tier):
        group = list(lines)
        page.heading(f"{title}（{len(group)}）")
        for line in group:
            _line(page, line, everything)
    if not chain.lines:
        page.line("没有列入责任链的岗位：归责规则没有从这起事故通向任何岗位，先核对事故各方、地点和行业是否写明。")
    _units(page, chain.units)
    _following(page, chain)
    _questions(page, chain)
    _left_out(page, chain.excluded, everything)
    _asks(page, chain, labels, everything)
    page.lines.append("")
    counted = ["失职", "尽职", "证据不足", "另案或暂缓"]
    parts = [f"{word} {number}" for word in counted if (number := sum(line.verdict.value == word for line in chain.lines))]
    page.line(f"列入 {len(chain.lines)} 条（{'，'.join(parts) or '无'}），有关联而未列入 {len(chain.excluded)} 条。{NOTICE}", 0, "dim")
    return page.text()


def render_post(chain: Chain, post: str, style: Style | None = None) -> str:
    """Return why one post is on the chain or not, for each who held it."""
    page = Page(style or Style())
    _head(page, chain)
    for line in (one for one in (*chain.lines, *chain.excluded) if one.post == post):
        page.heading(f"{line.post_label}：{'在责任链上' if line.on_chain else '不在责任链上'}")
        _line(page, line, True)
    page.lines.append("")
    page.line(NOTICE, 0, "dim")
    return page.text()


def _head(page: Page, chain: Chain) -> None:
    page.line(f"责任链：{chain.incident_label}", 0, "bold")
    alias = f"，当时称{chain.alias}" if chain.alias and chain.alias != chain.grade else ""
    bound = "（下界，有数字未报）" if chain.bound == "下界" else ""
    place = "，".join(chain.scene[:1])
    page.line(f"{format_moment(chain.at)}{f'，{place}' if place else ''}；{chain.grade}事故{bound}{alias}；截至 {format_moment(chain.on, 'end')}")
    page.line(f"追责方式 {chain.mode}；参数方案 {chain.profile}；追到哪一级、负哪种责任是惯例，表可以改")
    if chain.shifts:
        page.line(f"层级上移一行：{'；'.join(chain.shifts)}（惯例）", 0, "yellow", hang=2)
    page.line(NOTICE, 0, "dim")


def _clocks(page: Page, chain: Chain) -> None:
    if not chain.clocks:
        return
    page.heading("时限")
    for clock in chain.clocks:
        times = "，".join(part for part in (
            f"限 {clock.limit}" if clock.limit else "", f"到期 {format_moment(clock.due, 'end')}" if clock.due is not None else "",
            f"实际 {format_moment(clock.done)}" if clock.done is not None else "") if part)
        page.labelled(clock.state, f"{clock.name}（{clock.holder_label}）{times}", 2, _CLOCKS.get(clock.state, "red"))


def _tier(line: Line) -> str:
    return line.layer if line.level in ("企业", "集团") else line.level


def _line(page: Page, line: Line, everything: bool) -> None:
    page.lines.append("")
    person = f"（{line.person}）" if line.person else ""
    degree = f"{line.nature}责任·{line.degree}责任" if line.degree and line.verdict in (Verdict.BREACH, Verdict.OPEN, Verdict.DEFERRED) else ""
    status = f"（{line.status}）" if line.status and line.status != "不列入" else ""
    parts = [f"{line.post_label}{person}", line.layer, line.level, f"{line.verdict.value}{status}", degree]
    page.line("  ".join(part for part in parts if part), 0, _COLOURS[line.verdict], hang=4)
    page.labelled("任期", line.tenure, 4)
    page.labelled("结论", line.why, 4)
    for breach in line.breaches if everything else line.breaches[:_SHOWN]:
        presumed = f"（推定 {breach.presumed}，可反证）" if breach.presumed else ""
        page.labelled("失职", f"{breach.text}{presumed}", 4)
        _sources(page, "佐证", breach.evidence, everything, 6)
    _more(page, len(line.breaches), everything, "项失职")
    _sources(page, "履职", line.fulfilled, everything, 4)
    page.labelled("从重", "；".join(line.aggravating), 4)
    page.labelled("从轻", "；".join(line.mitigating), 4)
    page.labelled("措施", "；".join(line.measures), 4)
    _paths(page, line, everything)
    page.labelled("层级", "；".join(part for part in (line.reach_note, *(line.reach_basis if everything else ())) if part), 4)
    if everything:
        page.labelled("性质", "；".join(line.degree_basis), 4)


def _paths(page: Page, line: Line, everything: bool) -> None:
    for path in line.paths if everything else line.paths[:1]:
        page.labelled("路径", f"{path.rule} {path.title}（{path.layer}）", 4)
        steps = path.steps if everything else path.steps[:_SHOWN]
        for step in steps:
            page.labelled("→", f"{step.text}  {_where(step)}", 6)
        page.labelled("依据", "；".join(path.basis), 6)
    if not everything and len(line.paths) > 1:
        rest = "、".join(dict.fromkeys(f"{path.rule}（{path.layer}）" for path in line.paths[1:]))
        page.labelled("又经", rest, 4)
    if not line.paths and line.mitigating and not line.on_chain:
        page.labelled("所据", "；".join(line.mitigating), 4)


def _sources(page: Page, label: str, sources: Sequence[Source], everything: bool, indent: int) -> None:
    for source in sources if everything else sources[:2]:
        page.labelled(label, f"{source.text}  {_where(source)}", indent)
    if not everything and len(sources) > 2:
        page.line(f"{label}共 {len(sources)} 条（--all 全部列出）", indent, "dim")


def _more(page: Page, count: int, everything: bool, what: str) -> None:
    if not everything and count > _SHOWN:
        page.line(f"还有 {count - _SHOWN} {what}（--all 全部列出）", 4, "dim")


def _units(page: Page, units: Sequence[Breach]) -> None:
    if not units:
        return
    page.heading("调查认定")
    for one in units:
        page.labelled(one.presumed or "已落到岗位", one.text, 2)


def _following(page: Page, chain: Chain) -> None:
    if not chain.following:
        return
    page.heading("单位可能承担的后果（幅度，不是决定）")
    for unit, measures in chain.following:
        page.labelled(unit, "；".join(measures), 2)


def _questions(page: Page, chain: Chain) -> None:
    if not chain.questions:
        return
    page.heading("责任倒查四问")
    for question, answer in chain.questions:
        page.labelled(question, answer, 2)


def _left_out(page: Page, lines: Sequence[Line], everything: bool) -> None:
    if not lines:
        return
    page.heading(f"有关联而未列入（{len(lines)}）")
    for line in lines if everything else lines[:_LEFT_OUT]:
        page.labelled(line.post_label, line.why if line.verdict is not Verdict.UNIT_ONLY else f"仅单位担责：{line.why}", 2)
    if not everything and len(lines) > _LEFT_OUT:
        page.line(f"还有 {len(lines) - _LEFT_OUT} 个（--all 全部列出；--post 岗位 说明任何一个岗位）", 2, "dim")


def _asks(page: Page, chain: Chain, labels: Mapping[str, str], everything: bool) -> None:
    grouped: dict[tuple[str, str], list[Ask]] = {}
    for ask in chain.asks:
        grouped.setdefault((ask.holder, ask.kind), []).append(ask)
    if not grouped:
        return
    page.heading("资料调取清单（岗位：几个岗位等它下结论，多的在先）")
    rows = [["资料", "持有单位", "期间", "岗位"]]
    weight = decisive(chain.lines)
    for (holder, kind), group in grouped.items():
        start, end = min(ask.start for ask in group), max(ask.end for ask in group)
        waiting = weight.get((holder, kind), (0, 0))[0]
        rows.append([kind, labels.get(holder, holder), format_moment(start)[:10] + (f" 至 {format_moment(end)[:10]}" if end > start else ""),
                     str(waiting or "")])
    page.table(rows if everything else rows[:21], 2)
    if not everything and len(rows) > 21:
        page.line(f"还有 {len(rows) - 21} 种（--all 全部列出）", 2, "dim")


def _where(source: Source) -> str:
    return at(source) if source.line else ""
