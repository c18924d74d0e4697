"""The neighbourhood of one unit or post: everybody above and around it on the left, what it leads and watches on the right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from zeren.engine.derive.closures import COMMAND
from zeren.graphs.diagrams import parts, style
from zeren.graphs.diagrams.drawing import Drawing
from zeren.graphs.diagrams.extent import Extent, extent
from zeren.graphs.diagrams.findings import marks_of
from zeren.graphs.diagrams.map_plan import SIBLINGS
from zeren.graphs.diagrams.style import Relation
from zeren.graphs.diagrams.units import Look
from zeren.graphs.draw import Subject
from zeren.graphs.network import SUPERVISED, Edge, Network, Node
from zeren.graphs.walks import outgoing
from zeren.models.problems import UsageError, nearest

#: Kind of edge → how it is drawn, where that is another kind's way; the words on the line say what it is.
_STYLES: Final = {
    "专项监管": "主管行业", "行政审批": "审批", "验收": "审批", "发包": "承包", "派驻": "领导", "内设": "领导", "委托": "分管", "赋权": "分管",
    "设岗": "分管", "党政同责": "党政同责",
}
#: Where an edge has no relation of its own it is drawn like this one.
_OTHER: Final = "检查"
#: These say nothing that the picture needs.
_SILENT: Final = ("成员", "加挂", "任职")


@dataclass(frozen=True, slots=True)
class _Detail:
    """How much is shown: names in a row and in all of a list node, like siblings one by one, groups, columns of the centre; and
    how far the columns stand apart (inches)."""

    across: int
    cap: int
    siblings: int = SIBLINGS
    groups: int = 6
    columns: int = 32
    apart: float = 0.9


#: From much to little; the first that fits on a page is taken.
_DETAILS: Final = (
    _Detail(3, 12), _Detail(3, 12, columns=26, apart=0.5), _Detail(2, 12, apart=0.5), _Detail(3, 6, apart=0.5), _Detail(2, 6, columns=26, apart=0.5), _Detail(2, 4, 3, columns=26, apart=0.5),
    _Detail(1, 3, 3, columns=22, apart=0.5), _Detail(1, 3, 2, 4, 22, 0.5), _Detail(1, 2, 1, 3, 18, 0.4), _Detail(1, 1, 0, 2, 16, 0.3),
)  # fmt: skip
#: What a page may take by our estimate, the gap between two cards, the title (inches).
_WIDTH, _HEIGHT, _SEP, _HEAD = 15.6, 9.0, 0.25, 1.3
_POINTS: Final = 72
#: A line of command is no longer than this; one that runs in a circle is followed so far.
_STEPS: Final = 7


@dataclass
class _Page:
    """The nodes and lines of the picture in the making, each once."""

    look: Look
    detail: _Detail
    nodes: dict[str, str] = field(default_factory=dict)
    lines: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    notes: list[str] = field(default_factory=list)

    def line(self, start: str, end: str, kind: str) -> None:
        """Add a line; several kinds between the same two nodes share one."""
        if kind not in self.lines[start, end]:
            self.lines[start, end].append(kind)


def draw(subject: Subject) -> Drawing:
    """The neighbourhood of ``subject.unit`` or, where none is named, ``subject.post``.

    Raises:
        UsageError: neither is named, or it does not exist at the moment.
    """
    network = Network(subject.org.facts, subject.on)
    look = Look(network, subject.org.labels, marks_of(subject, network))
    focus = _focus(network, subject)
    down = outgoing(network, focus)
    for detail in _DETAILS:
        page = _page(look, focus, down, detail)
        if _fits(page, focus[1]):
            break
    return _drawing(page, focus)


def _page(look: Look, focus: Node, down: Sequence[Edge], detail: _Detail) -> _Page:
    page = _Page(look, detail)
    page.nodes[focus[1]] = _centre(look, focus, detail.columns)
    _above(page, focus)
    _below(page, focus, down)
    if (detail.across, detail.cap) != (_DETAILS[0].across, _DETAILS[0].cap):
        page.notes.append("四邻太多，同类的合成清单，只写出其中几个")
    return page


def _fits(page: _Page, centre: str) -> bool:
    """Whether the page will be readable."""
    columns: dict[int, list[Extent]] = defaultdict(list)
    at = _columns(page, centre)
    for name, label in page.nodes.items():
        columns[at.get(name, 1)].append(extent(label))
    gaps: dict[int, float] = defaultdict(float)  # the widest words of the lines before a column; a long line has them in its middle
    for (start, end), kinds in page.lines.items():
        middle = (at.get(start, 0) + at.get(end, 1) + 1) // 2
        gaps[middle] = max(gaps[middle], parts.points(_told(kinds)) / _POINTS)
    wide = sum(max(one.width for one in column) for column in columns.values()) + sum(gaps.values()) + page.detail.apart * (len(columns) - 1)
    high = max(sum(one.height + _SEP for one in column) for column in columns.values()) + _HEAD + 0.6 * page.look.marks.any
    return wide <= _WIDTH and high <= _HEIGHT


def _columns(page: _Page, centre: str) -> dict[str, int]:
    """In which column a node will stand: as many steps to the left of the centre as the longest way to it has; 1 is the right side."""
    at = {centre: 0}
    for _ in range(_STEPS):
        for start, end in page.lines:
            if start == centre:
                at[end] = 1
            elif at.get(end, 1) <= 0:
                at[start] = max(-_STEPS, min(at.get(start, 0), at[end] - 1))
    return at


def _focus(network: Network, subject: Subject) -> Node:
    own = subject.unit or subject.post or subject.need("unit", "单位或者岗位", "--unit 或 --post")
    if own in network.units:
        return "unit", own
    if own in network.offices:
        return "post", own
    near = nearest(own, [*network.units, *network.offices])
    raise UsageError.of("USE-对象", f"组织中没有在这一天存在的单位或岗位“{own}”" + (f"，{near}" if near else ""), "写编号，不写名称")


def _centre(look: Look, focus: Node, columns: int) -> str:
    sort, own = focus
    if sort == "unit":
        duties = [f"{title}：{words}" for post, _, title, _ in look.network.posts.get(own, ()) if (words := _charge(look, post))]
        return look.card(own, True, columns, (*look.heads(own), *duties[:3]))
    unit = look.network.offices[own]
    mark, remark = look.marks.of(own)
    held = look.network.holders.get(own)
    rows = [look.name(unit), "" if held else "现在空缺", _charge(look, own), look.marks.signs(own)]
    return parts.card(look.role(unit), _title(look, own), [one for one in rows if one], mark, remark, columns)


def _title(look: Look, post: str) -> str:
    unit = look.network.offices[post]
    return next((title for own, _, title, _ in look.network.posts[unit] if own == post), post)


def _charge(look: Look, post: str) -> str:
    names = [look.name(subject) for _, subject, _ in look.network.portfolios.get(post, ())]
    return f"分管{'、'.join(names[:4])}" + (f"等{len(names)}项" if len(names) > 4 else "") if names else ""


# -- the left side ----------------------------------------------------------------------------------------------------

def _above(page: _Page, focus: Node) -> None:
    """Who leads, watches, approves or is in charge of the focus; and above them the line of command to the top."""
    by_kind: dict[str, list[Edge]] = defaultdict(list)
    for edge in page.look.network.into(focus):
        if edge.kind not in _SILENT:
            by_kind[edge.kind].append(edge)
    tops: dict[str, None] = {}
    for kind, edges in by_kind.items():
        sources = list(dict.fromkeys(edge.source for edge in edges))
        if len(sources) > page.detail.siblings:
            name = f"many {kind}"
            page.nodes[name] = _listed(page, kind, sources)
            page.line(name, focus[1], kind)
            continue
        for sort, own in sources:
            _put(page, (sort, own))
            page.line(own, focus[1], kind)
            if sort == "post":
                unit = page.look.network.offices[own]
                _put(page, ("unit", unit))
                page.line(unit, own, "设岗")
                own = unit
            tops[own] = None
    for own in tops:
        _commanded(page, own)


def _commanded(page: _Page, own: str) -> None:
    """The line of command above a unit."""
    queue, seen = [own], {own}
    for one in queue:
        for superior, kind, _ in page.look.network.above.get(one, ()):
            if kind in COMMAND and superior in page.look.network.units:
                _put(page, ("unit", superior))
                page.line(superior, one, kind)
                if superior not in seen:
                    seen.add(superior)
                    queue.append(superior)


def _put(page: _Page, node: Node) -> None:
    sort, own = node
    if own in page.nodes:
        return
    if sort == "unit":
        page.nodes[own] = page.look.card(own, False, 26)
    elif sort == "post":
        unit = page.look.network.offices[own]
        page.nodes[own] = parts.card(page.look.role(unit), _title(page.look, own) + page.look.marks.count(own), [], columns=16)
    else:
        page.nodes[own] = parts.table([parts.row(parts.cell(parts.text(page.look.name(own), style.MAIN, bold=True, columns=20)))],
                                      border=1, color=style.RULE, cellpadding=5)


# -- the right side ---------------------------------------------------------------------------------------------------

def _below(page: _Page, focus: Node, down: Sequence[Edge]) -> None:
    """What the focus leads, watches and is in charge of: few one by one, many in lists by place."""
    by_kinds: dict[str, list[str]] = defaultdict(list)
    others: dict[tuple[str, str], list[Node]] = defaultdict(list)
    for edge in down:
        if edge.kind in _SILENT or edge.kind == "设岗":
            continue
        if edge.target[0] == "unit" and page.look.network.units[edge.target[1]].kind in SUPERVISED:
            kinds = by_kinds[edge.target[1]]
            if edge.kind not in kinds:
                kinds.append(edge.kind)
        else:
            group = others[edge.kind, _group(page.look.network, edge.target)]
            if edge.target not in group:
                group.append(edge.target)
    for (kind, head), targets in others.items():
        _siblings(page, focus, kind, head, targets)
    for place, units in _placed(page, by_kinds):
        name = f"in {place}"
        head = page.look.name(place) if place else "未写地域"
        page.nodes[name] = page.look.listing(head, units, across=min(page.detail.across, 1 + len(units) // 3), cap=page.detail.cap)
        for kind in dict.fromkeys(kind for own in units for kind in by_kinds[own]):
            page.line(focus[1], name, kind)


def _group(network: Network, node: Node) -> str:
    """What like siblings are called together."""
    sort, own = node
    if sort != "unit":
        return {"industry": "行业", "territory": "地域"}.get(sort, "")
    return {"党委": "下级党委", "政府": "下级政府", "园区": "园区", "村居": "村居"}.get(network.units[own].kind, "部门和机构")


def _siblings(page: _Page, focus: Node, kind: str, head: str, targets: Sequence[Node]) -> None:
    if len(targets) <= page.detail.siblings:
        for node in targets:
            _put(page, node)
            page.line(focus[1], node[1], kind)
    else:
        name = f"all {kind} {head}"
        page.nodes[name] = _listed(page, head or kind, targets)
        page.line(focus[1], name, kind)


def _listed(page: _Page, head: str, nodes: Sequence[Node]) -> str:
    """A list node of like siblings."""
    if all(sort == "unit" for sort, _ in nodes):
        return page.look.listing(head, [own for _, own in nodes], across=min(2, page.detail.across), unit="个", cap=page.detail.cap)
    entries = [(page.look.name(own), None) for _, own in nodes[:page.detail.cap]]
    return parts.listing(head, (), entries, len(nodes), across=min(2, page.detail.across), unit="项")


def _placed(page: _Page, units: dict[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    """Supervised units by place, as fine as the number of groups allows; the worst places first, the rest in one."""
    network = page.look.network
    chains = {own: list(network.places(network.units[own].place))[::-1] for own in units}
    for depth in (3, 2, 1, 0):
        groups: dict[str, list[str]] = defaultdict(list)
        for own, chain in chains.items():
            groups[chain[min(depth, len(chain) - 1)] if chain else ""].append(own)
        if len(groups) <= page.detail.groups:
            break
    order = sorted(groups, key=lambda place: (-sum(page.look.marks.failed.get(own, 0) for own in groups[place]), -len(groups[place]), place))
    for place in order[:page.detail.groups]:
        yield place, sorted(groups[place])
    if left := [own for place in order[page.detail.groups:] for own in groups[place]]:
        page.notes.append(f"另有 {len(order) - page.detail.groups} 个地方的 {len(left)} 家没有画，见清单")


# -- DOT --------------------------------------------------------------------------------------------------------------

def _drawing(page: _Page, focus: Node) -> Drawing:
    look, own = page.look, focus[1]
    title = f"聚焦图：{look.name(own)}"
    above = sum(end == own for _, end in page.lines)
    below = sum(start == own for start, _ in page.lines)
    marks = [style.MARKS[word] for word, found in (("不符合", look.marks.failed), ("证据不足", look.marks.open)) if found]
    subtitle = f"全图 {len(look.network.units)} 个单位；左边 {above} 处管它或者与它有关的，右边 {below} 处由它管的（多的合成清单）"
    if look.marks.notes:
        subtitle += "　｜　▲＝结构问题，编号同总图末页"
    graph = parts.digraph("focus", title, subtitle, marks, rankdir="LR", nodesep="0.25", ranksep=f"{page.detail.apart:g}")
    for name, label in page.nodes.items():
        parts.node(graph, name, label, tooltip=look.name(name))
    columns: dict[int, list[str]] = defaultdict(list)
    at = _columns(page, own)
    for name in page.nodes:
        columns[at.get(name, 1)].append(parts.key(name))
    for names in columns.values():  # as planned: Graphviz would put some between two columns
        with graph.subgraph() as same:
            same.attr(rank="same")
            for name in names:
                same.node(name)
    for (start, end), kinds in page.lines.items():
        shown = _relation(kinds)
        colour = shown.colour.split(":")[0]
        graph.edge(parts.key(start), parts.key(end), label=parts.html(parts.text(_told(kinds), colour=colour)), **shown.attributes)
    notes = page.notes
    return Drawing(look.name(own), title, graph.source, tuple(notes))


def _told(kinds: Sequence[str]) -> str:
    """The words on a line."""
    return "、".join(kinds[:3])


def _relation(kinds: Sequence[str]) -> Relation:
    """How a line is drawn that stands for several kinds: as the weightiest that has a look of its own."""
    named = {_STYLES.get(kind, kind) for kind in kinds}
    return next((look for kind, look in style.RELATIONS.items() if kind in named), style.RELATIONS[_OTHER])
