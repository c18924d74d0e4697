"""The map of a responsibility system: levels and territories, party and government as one, leaders around their departments.

Where a territory does not fit on a page that can be read, the page shows less of it, and a page for each place inside follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from zeren.graphs.diagrams import style
from zeren.graphs.diagrams.drawing import Drawing, bound
from zeren.graphs.diagrams.findings import marks_of
from zeren.graphs.diagrams.map_plan import DETAILS, LEADERS, NAMED, Detail, Place, cut, everything, filled, tree
from zeren.graphs.diagrams.map_sheet import HEIGHT, WIDTH, Sheet, dot, sheet, size
from zeren.graphs.diagrams.units import Look
from zeren.graphs.draw import Subject
from zeren.graphs.network import Network
from zeren.models.problems import UsageError, nearest

#: So many pages follow the first one at most.
_PAGES: Final = 40
#: A place with more places in it than this has no chance on one page.
_LARGE: Final = 60


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
    return bound(tuple(pages))


def _roots(network: Network, unit: str | None) -> list[Place]:
    """The places at the top, or that of ``unit`` (the id of a unit or territory); last what has no place."""
    if unit is None:
        tops = [_lowered(tree(network, one)) for one in network.inside.get(None, ())]
        return [one for one in (*tops, tree(network, None)) if filled(one)]
    place = unit if unit in network.levels else network.units[unit].place if unit in network.units else None
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
    """The page of a place, its leaders where the page has no room for their words, and the places that it does not show whole."""
    made = _fitting(look, root, DETAILS)
    split = [child for child in root.children if made.detail.depth <= 1 and _more(child)]
    yield _page(look, root, made, subject, list(_notes(look, root, made.detail, split)))
    if not made.detail.words and len(root.offices) > NAMED:
        yield _page(look, root, _fitting(look, root, LEADERS), subject, [], "领导分管和部门职责")
    for child in split[:_PAGES]:
        part = _fitting(look, child, DETAILS)
        hidden = sum(part.detail.depth <= 1 and _more(one) for one in child.children)
        yield _page(look, child, part, subject, list(_notes(look, child, part.detail, [], hidden)))


def _more(place: Place) -> bool:
    """Whether a place holds more than its one line on the page around it tells."""
    return bool(place.children or place.firms) or max(len(place.offices), len(place.villages)) > NAMED


def _fitting(look: Look, root: Place, details: Sequence[Detail]) -> Sheet:
    """As much of a place as fits on one page."""
    large = len(everything(root)) > _LARGE
    for detail in details:
        if not (large and detail.depth > 1):  # no page holds that much; do not even try
            made = sheet(look, cut(root, detail), detail)
            found = size(made)
            if found.width <= WIDTH and found.height <= HEIGHT:
                break
    return made


def _notes(look: Look, root: Place, detail: Detail, split: Sequence[Place], hidden: int = 0) -> Iterator[str]:
    name = look.name(root.id or "")
    if split:
        told = "、".join(look.name(one.id or "") for one in split[:6]) + (f"等 {len(split)} 处" if len(split) > 6 else "")
        yield f"{name}全部画在一页上，投影时字太小：总图只画到下一级，{told}各画一页"
        if len(split) > _PAGES:
            yield f"只画了前 {_PAGES} 处，其余用 --unit 单独画"
    if hidden:
        yield f"{name}以下有 {hidden} 处没有展开，用 --unit 单独画"
    if not detail.cards and any(one.firms for one in everything(root)):
        yield f"{name}的企业合成清单，按问题轻重列出前几家"
    if not detail.words:
        yield f"{name}的部门多，卡片上只写名称"


def _page(look: Look, root: Place, made: Sheet, subject: Subject, notes: list[str], about: str = "") -> Drawing:
    name = (look.name(root.id) if root.id else "未写地域的单位") + about
    title = f"{look.name(root.id)}{about or '安全生产责任体系总图'}" if root.id else f"{subject.org.name or '组织'}：没有写明地域的单位"
    marks = [style.MARKS[word] for word, found in (("不符合", look.marks.failed), ("证据不足", look.marks.open)) if found] if subject.findings else []
    text, lines = dot(made, title, "党政同责 · 一岗双责 · 三管三必须　｜　方框内含＝分管", marks)
    return Drawing(name, title, text, (*notes, *lines))
