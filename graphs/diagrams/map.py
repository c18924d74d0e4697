"""The map of a responsibility system: levels and territories, party and government as one, leaders around their departments.

Where a territory does not fit on a page that can be read, the page shows less of it, and a page for each place inside follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from zeren.graphs.diagrams import map_plan, parts, style
from zeren.graphs.diagrams.drawing import Drawing, bound
from zeren.graphs.diagrams.findings import marks_of
from zeren.graphs.diagrams.map_plan import NAMED, SIBLINGS, Detail, Place, cut, everything, filled, tree
from zeren.graphs.diagrams.map_sheet import HEIGHT, WIDTH, Sheet, dot, sheet, size
from zeren.graphs.diagrams.units import LISTED, Look, number
from zeren.graphs.draw import Subject
from zeren.graphs.network import Network
from zeren.models.problems import UsageError, nearest

#: So many pages follow the first one at most.
_PAGES: Final = 40
#: A place with more places in it than this has no chance on one page.
_LARGE: Final = 60
#: So many structure findings are told on their page.
_FAULTS: Final = 12
_LED: Final = "领导分管和部门职责"
_LOCAL: Final = "属地和企业"


def draw(subject: Subject) -> Drawing:
    """The map of the organisation, or of the place of ``subject.unit``.

    Raises:
        UsageError: the unit does not exist, or there is nothing to draw.
    """
    network = Network(subject.org.facts, subject.on)
    look = Look(network, subject.org.labels, marks_of(subject, network))
    pages = [page for root in _roots(network, subject.unit) for page in _pages(look, root, subject)]
    if not pages:
        raise UsageError.of("USE-绘图", "组织文件里没有在这一天存在的单位，画不出总图", "核对审计日（--on）和单位的 since、until")
    if look.marks.notes:
        pages.append(_faults(look))
    return bound(tuple(pages))


def _roots(network: Network, unit: str | None) -> list[Place]:
    """The places at the top, or that of ``unit`` (the id of a unit, post or territory); last what has no place."""
    if unit is None:
        tops = [_lowered(tree(network, one)) for one in network.inside.get(None, ())]
        return [one for one in (*tops, tree(network, None)) if filled(one)]
    own = network.offices.get(unit, unit)
    place = unit if unit in network.levels else network.units[own].place if own in network.units else None
    if place is None:
        near = nearest(unit, [*network.units, *network.levels])
        raise UsageError.of("USE-对象", f"组织中没有单位或地域“{unit}”，或者它没有写明地域" + (f"，{near}" if near else ""))
    return [tree(network, place)]


def _lowered(root: Place) -> Place:
    """The first place from the top where something stands."""
    while len(root.children) == 1 and not (root.seats or root.offices or root.firms or root.villages):
        root = root.children[0]
    return root


def _pages(look: Look, root: Place, subject: Subject) -> Iterator[Drawing]:
    """The page of a place; where it does not hold everything, the leaders with their words, and the places inside."""
    made = _fitting(look, root, map_plan.DETAILS)
    split = [child for child in root.children if made.detail.depth <= 1 and _more(child)]
    yield _page(look, root, made, subject, list(_notes(look, root, made.detail, split)))
    if not (made.detail.words and made.detail.leaders) and len(root.offices) > NAMED * made.detail.leaders:
        yield _page(look, root, _fitting(look, root, map_plan.LEADERS), subject, [], _LED)
    for child in split[:_PAGES]:
        yield from _inner(look, child, subject)


def _inner(look: Look, place: Place, subject: Subject) -> Iterator[Drawing]:
    """A place on one page, or its leaders on one and what lies inside it on another."""
    if len(everything(place)) <= _LARGE:
        made = _fitting(look, place, map_plan.WHOLE)
        if _fits(made):
            yield _page(look, place, made, subject, list(_notes(look, place, made.detail)))
            return
    if place.offices:
        yield _page(look, place, _fitting(look, place, map_plan.LEADERS), subject, [], _LED)
    made = _fitting(look, place, map_plan.INSIDE)
    hidden = sum(made.detail.depth <= 1 and _more(one) for one in place.children)
    yield _page(look, place, made, subject, list(_notes(look, place, made.detail, hidden=hidden)), _LOCAL)


def _more(place: Place) -> bool:
    """Whether a place holds more than its one line on the page around it tells."""
    return bool(place.children or place.firms) or max(len(place.offices), len(place.villages)) > NAMED


def _fitting(look: Look, root: Place, details: Sequence[Detail]) -> Sheet:
    """As much of a place as fits on one page, else the least."""
    large = len(everything(root)) > _LARGE  # no page holds that much; do not even try
    for detail in [one for one in details if not (large and one.depth > 1)]:
        made = sheet(look, cut(root, detail), detail)
        if _fits(made):
            break
    return made


def _fits(made: Sheet) -> bool:
    found = size(made)
    return found.width <= WIDTH and found.height <= HEIGHT


def _notes(look: Look, root: Place, detail: Detail, split: Sequence[Place] = (), hidden: int = 0) -> Iterator[str]:
    name = look.name(root.id or "")
    if split:
        told = "、".join(look.name(one.id or "") for one in split[:6]) + (f"等 {len(split)} 处" if len(split) > 6 else "")
        yield f"{name}全部画在一页上，投影时字太小：总图只画到下一级，{told}各画一页"
        if len(split) > _PAGES:
            yield f"只画了前 {_PAGES} 处，其余用 --unit 单独画"
    if hidden:
        yield f"{name}以下有 {hidden} 处没有展开，用 --unit 单独画"
    shown = everything(cut(root, detail))
    if detail.firms and (many := [one for one in shown if len(one.firms) > LISTED and not one.hidden]):
        told = "、".join(f"{look.name(one.id or '')} {len(one.firms)} 家" for one in many[:6])
        yield f"企业多的地方只写出 {LISTED} 家，有问题的在前：{told}{'等' if len(many) > 6 else ''}"
    elif not detail.cards and any(one.firms for one in shown):
        yield f"{name}的企业合成清单"
    if any(len(one.children) > SIBLINGS for one in shown):
        yield f"{name}的同级多于 {SIBLINGS} 个，合成清单"
    if not detail.leaders and root.offices:
        yield f"{name}的领导和部门多，另画一页"
    elif not detail.words:
        yield f"{name}的部门多，卡片上只写名称"


def _page(look: Look, root: Place, made: Sheet, subject: Subject, notes: list[str], about: str = "") -> Drawing:
    name = (look.name(root.id) if root.id else "未写地域的单位") + about
    title = f"{look.name(root.id)}{about or '安全生产责任体系总图'}" if root.id else f"{subject.org.name or '组织'}：没有写明地域的单位"
    subtitle = "党政同责 · 一岗双责 · 三管三必须　｜　方框内含＝分管"
    if look.marks.notes:
        subtitle += f"　｜　▲ 结构问题 {len(look.marks.notes)} 处，见末页"
    marks = [style.MARKS[word] for word, found in (("不符合", look.marks.failed), ("证据不足", look.marks.open)) if found]
    text, lines = dot(made, title, subtitle, marks)
    return Drawing(name, title, text, (*notes, *lines))


def _faults(look: Look) -> Drawing:
    """The structure findings by number, on a page of their own."""
    title = "责任体系的结构问题"
    graph = parts.digraph("faults", title, "图上带 ▲ 和编号的单位、岗位")
    rows = []
    for at, words in enumerate(look.marks.notes[:_FAULTS]):
        rows.append(parts.row(
            parts.cell(parts.text(f"▲{number(at)}", style.MAIN, style.MARKS["不符合"].border, True), valign="TOP"),
            parts.cell(parts.text(words, style.MAIN, columns=96, left=True), align="LEFT", balign="LEFT")))
    parts.node(graph, "faults", parts.table(rows, border=2, color=style.RULE, cellpadding=5))
    left = len(look.marks.notes) - _FAULTS
    notes = (f"结构问题共 {len(look.marks.notes)} 处，本页写前 {_FAULTS} 处，全部见 zeren structure",) if left > 0 else ()
    return Drawing("结构问题", title, graph.source, notes)
