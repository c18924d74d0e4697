"""One sheet of the map as DOT: ranks by level, clusters by territory, leaders around their departments, relations between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil
from typing import Final

from graphviz import Digraph

from zeren.graphs.diagrams import parts, style
from zeren.graphs.diagrams.extent import Extent, extent
from zeren.graphs.diagrams.map_plan import NAMED, SIBLINGS, Box, Detail, Place, boxes, counted
from zeren.graphs.diagrams.units import Look
from zeren.graphs.network import WATCH, Edge

#: What a page may take by our estimate (inches); lines between the nodes need the rest of the slide.
WIDTH: Final = 14.6
HEIGHT: Final = 9.2
#: Lines of one kind beyond this many hide more than they show; the cards say the same in words.
_LINES: Final = 12
_SEP, _RANK, _HEAD, _MARGIN, _TAB = 0.26, 0.46, 1.25, 0.12, 0.8
_LEGEND: Final = 1.4
_GAP: Final = 0.36
_CLUSTER: Final = 0.5
_MARKS: Final = 0.6
_STYLES: Final = {"专项监管": "主管行业", "行政审批": "审批", "发包": "承包", "业务指导": "综合监管", "验收": "审批", "派驻": "领导"}


@dataclass
class Sheet:
    """A sheet in the making: nodes by rank and by territory, and which node stands for a unit."""

    look: Look
    root: Place
    detail: Detail
    ranks: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    clusters: dict[str, str] = field(default_factory=dict)
    stands: dict[str, str] = field(default_factory=dict)
    levels: dict[str, list[str]] = field(default_factory=dict)

    def put(self, rank: str, name: str, label: str, units: Sequence[str] = (), ports: dict[str, str] | None = None) -> str:
        """Add a node at a rank; it stands for ``units``, some of them at ports of their own."""
        self.labels[name] = label
        self.ranks.setdefault(rank, []).append(name)
        for own in units:
            port = (ports or {}).get(own)
            self.stands[own] = f"{parts.key(name)}:{port}" if port else parts.key(name)
        return name


def sheet(look: Look, root: Place, detail: Detail) -> Sheet:
    """Fill a sheet with what ``detail`` shows of ``root``."""
    made = Sheet(look, root, detail)
    _seats(made, root, 0)
    if detail.leaders:
        _leaders(made, root)
    _inner(made, root, 0)
    return made


def _seats(made: Sheet, place: Place, depth: int) -> None:
    made.levels.setdefault(f"a{depth}", []).append(place.level)
    words = [] if depth == 0 else _said(made, place)
    for at, seat in enumerate(place.seats):
        label = made.look.seat(seat)
        if at == 0 and words:
            label = parts.table([parts.row(parts.cell(label))] + [
                parts.row(parts.cell(parts.text(one, columns=40))) for one in words], cellpadding=1)
        sides = dict(zip(seat, ("p", "g"), strict=False)) if len(seat) == 2 and not (at == 0 and words) else {}
        made.put(f"a{depth}", "+".join(seat), label, seat, sides)
    if not place.seats and depth > 0:
        label = parts.table([parts.row(parts.cell(parts.text(one, columns=40))) for one in (f"{made.look.name(place.id or '')}（没有写政府）", *words)],
                            border=1, color=style.RULE, style="dashed")
        made.put(f"a{depth}", f"place {place.id}", label)


def _said(made: Sheet, place: Place) -> list[str]:
    """What a place below the root says of itself in words: departments that are not drawn, villages, what is left out."""
    if place.hidden or not made.detail.firms:
        return [counted(made.look.network, place)] if counted(made.look.network, place) else []
    told = []
    if place.offices and not _cards(made, place):
        told.append(_named("部门站所", [made.look.name(one) for one in place.offices]))
    if place.villages:
        told.append(_named("村居", [made.look.name(one) for one in place.villages]))
    return told


def _named(word: str, names: Sequence[str]) -> str:
    return f"{word} {len(names)}：{'、'.join(names[:NAMED])}{'等' if len(names) > NAMED else ''}"


def _cards(made: Sheet, place: Place) -> bool:
    return made.detail.offices and len(place.offices) <= 3


def _leaders(made: Sheet, place: Place) -> None:
    """The leaders' boxes of the root, in as many ranks of about one width as they take."""
    made_of = [(box, *_box(made, box)) for box in boxes(made.look.network, place)]
    widths = [extent(label).width + _SEP for _, label, _ in made_of]
    share = sum(widths) / max(1, ceil(sum(widths) / (WIDTH - _TAB)))
    filled_up = 0.0
    for (box, label, ports), wide in zip(made_of, widths, strict=True):
        rank = int((filled_up + wide / 2) / share)
        filled_up += wide
        made.put(f"b{rank}", f"box {box.post or ''} {box.seat}", label, [*box.units, *([box.post] if box.post else [])], ports)


def _box(made: Sheet, box: Box) -> tuple[str, dict[str, str]]:
    look = made.look
    seat = look.network.units.get(box.seat)
    role = style.role_of(seat.kind, seat.function) if seat else style.ROLES["政府"]
    rows = [parts.row(parts.cell(parts.text(_title(look, box), style.MAIN, role.colour, True, 24), colspan=2))]
    if words := f"分管 {box.words}" if box.words else "" if box.post else "未写分管领导":
        rows.append(parts.row(parts.cell(parts.text(words, columns=22), colspan=2)))
    units = look.marks.worst(box.units)[:made.detail.most] if len(box.units) > made.detail.most else box.units
    ports = {own: f"u{at}" for at, own in enumerate(units)}
    across = 1 if len(units) <= made.detail.stack else 2
    wide = max((look.columns(own, look.rows(own) if made.detail.words else ()) for own in units), default=0)
    for start in range(0, len(units), across):
        cells = [parts.cell(look.card(own, made.detail.words, wide), port=ports[own]) for own in units[start:start + across]]
        rows.append(parts.row(*cells, *(["<TD></TD>"] * (across - len(cells) if len(units) > across else 0))))
    if len(units) < len(box.units):
        rows.append(parts.row(parts.cell(parts.text(f"另有 {len(box.units) - len(units)} 个，见清单"), colspan=across)))
    if across == 1:
        rows = [one.replace(' COLSPAN="2"', "", 1) for one in rows[:1 + bool(words)]] + rows[1 + bool(words):]
    line = "solid" if box.post else "dashed"
    return parts.table(rows, border=2, color=role.colour, bgcolor=role.fill, style=f"ROUNDED,{line}", cellspacing=3, cellpadding=2), ports


def _title(look: Look, box: Box) -> str:
    if box.post is None:
        return look.name(box.seat) if box.seat else "未写上级"
    title = next((title for post, _, title, _ in look.network.posts.get(box.seat, ()) if post == box.post), box.post)
    return title + look.marks.count(box.post) + look.marks.signs(box.post) + ("" if look.network.holders.get(box.post) else "（空缺）")


def _inner(made: Sheet, place: Place, depth: int) -> None:
    """The places inside a place, and the enterprises in it."""
    if (place.children and not made.detail.places) or len(place.children) > SIBLINGS:
        _listed_places(made, place, depth + 1)
    else:
        for child in place.children:
            before = set(made.labels)
            _seats(made, child, depth + 1)
            if _cards(made, child):
                for own in child.offices:
                    made.put(f"a{depth + 1}", own, made.look.card(own, made.detail.words), [own])
            _inner(made, child, depth + 1)
            for name in made.labels:
                if name not in before:
                    made.clusters.setdefault(name, child.id or "")
    if place.firms and made.detail.firms and not place.hidden:
        _firms(made, place)


def _listed_places(made: Sheet, place: Place, depth: int) -> None:
    made.levels.setdefault(f"a{depth}", []).append(place.children[0].level)
    few = len(place.children) <= SIBLINGS
    units = [tuple(own for seat in one.seats for own in seat) for one in place.children]
    entries = []
    for one, own in zip(place.children, units, strict=True):
        worst = made.look.marks.worst(own)[:1]
        words = f"：{counted(made.look.network, one)}" if few else ""
        entries.append((made.look.name(one.id or "") + words, made.look.marks.of(worst[0])[0] if worst else None))
    entries.sort(key=lambda one: (one[1] is None, one[0]))
    label = parts.listing("、".join(dict.fromkeys(one.level for one in place.children)), (), entries[:12], len(entries), across=1 if few else 4, columns=64 if few else 16, unit="个")
    made.put(f"a{depth}", f"list {place.id}", label, [own for group in units for own in group])


def _firms(made: Sheet, place: Place) -> None:
    made.levels.setdefault("z", []).append("企业")
    if made.detail.cards and len(place.firms) <= SIBLINGS:
        for own in place.firms:
            made.put("z", own, made.look.card(own, made.detail.words, 20, () if made.detail.leaders else made.look.keepers(own)), [own])
    elif len(place.firms) <= SIBLINGS:
        label = made.look.listing("企业", place.firms, across=1 if made.detail.words else 2, columns=32, told=made.detail.words)
        made.put("z", f"firms {place.id}", label, place.firms)
    else:
        made.put("z", f"firms {place.id}", made.look.listing("企业", place.firms, across=3), place.firms)


# -- size -------------------------------------------------------------------------------------------------------------

def size(made: Sheet) -> Extent:
    """About how large the sheet will be."""
    sizes = {name: extent(label) for name, label in made.labels.items()}
    heights = [max(sizes[name].height for name in names) for names in made.ranks.values()]
    high = sum(heights) + (len(heights) - 1) * _RANK + _HEAD + _MARKS * made.look.marks.any + _CLUSTER * bool(made.clusters) + 0.3 * _nesting(made.root)
    free = max((sum(sizes[name].width + _SEP for name in names if name not in made.clusters) for names in made.ranks.values()), default=0)
    top = sum(sizes[name].width + _SEP for name in made.ranks.get("a0", ())) + _LEGEND * len(_shown(made)[0])
    return Extent(_TAB + max(free, top, _wide(made, sizes, made.root, None)), high)


def _nesting(place: Place) -> int:
    return 1 + max((_nesting(child) for child in place.children), default=0)


def _wide(made: Sheet, sizes: dict[str, Extent], place: Place, owner: str | None) -> float:
    """The width of a territory: its widest rank, or the places inside it and its enterprises side by side."""
    wide = {rank: sum(sizes[name].width + _SEP for name in names if made.clusters.get(name) == owner) for rank, names in made.ranks.items()}
    inner = sum(_wide(made, sizes, child, child.id) + _GAP for child in place.children)
    return max([inner + wide.pop("z", 0), *wide.values()]) - _SEP + 2 * _MARGIN * (owner is not None)


# -- DOT --------------------------------------------------------------------------------------------------------------

def dot(made: Sheet, title: str, subtitle: str, marks: Sequence[style.Mark]) -> tuple[str, list[str]]:
    """The sheet as DOT, and notes on lines that were left out."""
    graph = parts.digraph("map", title, subtitle, marks, rankdir="TB", nodesep="0.26", ranksep="0.46")
    lines, notes = _shown(made)
    order = _order(made)
    trunks = _trunks(made, lines, order)
    tabs = [parts.tab(graph, f"tab {rank}", _level(made, rank)) for rank in order]
    for one, other in pairwise(tabs):
        graph.edge(one, other, style="invis", weight="100")
    _nodes(graph, made, made.root, {name for name in made.labels if name not in made.clusters})
    for tab, rank in zip(tabs, order, strict=True):
        names = [parts.key(name) for name in made.ranks[rank]]
        names[len(names) // 2:len(names) // 2] = [point for (_, _, passed), point in trunks.items() if passed == rank]
        with graph.subgraph() as same:
            same.attr(rank="same")
            for name in (tab, *names):
                same.node(name)
        for one, other in pairwise((tab, *names)):
            graph.edge(one, other, style="invis")
    _draw_lines(graph, made, lines, order, trunks)
    _legend(graph, made, list(lines))
    return graph.source, notes


def _order(made: Sheet) -> list[str]:
    """The ranks from top to bottom: the seat of the root, its leaders, the levels below, the enterprises."""
    return sorted(made.ranks, key=lambda rank: (rank != "a0", "baz".index(rank[0]), rank))


def _trunks(made: Sheet, lines: Mapping[str, Sequence[tuple[str, str]]], order: Sequence[str]) -> dict[tuple[str, str, str], str]:
    """Lines of one kind from one node that pass leaders' ranks run together in a trunk: (start, kind, rank passed) → its point there."""
    rank = _ranked(made, order)
    found: dict[tuple[str, str, str], str] = {}
    for kind in ("领导", "属地"):
        for start, end in lines.get(kind, ()):
            for passed in order[rank[_node(start)] + 1:rank[_node(end)]]:
                if passed[0] == "b":
                    found.setdefault((_node(start), kind, passed), f"trunk {len(found)}")
    return found


def _ranked(made: Sheet, order: Sequence[str]) -> dict[str, int]:
    return {parts.key(name): at for at, rank in enumerate(order) for name in made.ranks[rank]}


def _node(end: str) -> str:
    return end.split(":")[0]


def _nodes(graph: Digraph, made: Sheet, place: Place, names: set[str]) -> None:
    for name, label in made.labels.items():
        if name in names:
            parts.node(graph, name, label, tooltip=made.look.name(name))
    for child in place.children:
        own = {name for name, owner in made.clusters.items() if owner == child.id}
        if own or any(name for one in child.children for name in made.clusters):
            with graph.subgraph(name=f"cluster_{parts.key(child.id or '')}") as inner:
                inner.attr(**parts.lane(made.look.name(child.id or "")))
                _nodes(inner, made, child, own)


def _level(made: Sheet, rank: str) -> str:
    if rank[0] == "b":
        return "部门"
    found = list(dict.fromkeys(one for one in made.levels.get(rank, ()) if one))
    return "".join(found[:2]) or "单位"


def _shown(made: Sheet) -> tuple[dict[str, list[tuple[str, str]]], list[str]]:
    """The lines to draw between what is shown, by kind; a kind with too many lines is left to the words of the cards, with a note."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for edge in _edges(made):
        start, end = (made.stands[one[1]] for one in (edge.source, edge.target))
        kind = _STYLES.get(edge.kind, edge.kind)
        if _node(start) != _node(end) and kind in style.RELATIONS:
            found.setdefault(kind, {})[start, end] = None
    for rank, names in made.ranks.items():
        for name in names if rank[0] == "b" else ():
            if (seat := name.rsplit(" ", 1)[-1]) in made.stands:
                found.setdefault("领导", {})[made.stands[seat], parts.key(name)] = None
    many = [kind for kind in style.RELATIONS if kind not in ("领导", "属地") and len(found.get(kind, ())) > _LINES]
    notes = [f"{kind}的关系有 {len(found[kind])} 条，没有画线，见卡片上的字和清单" for kind in many]
    return {kind: list(found[kind]) for kind in style.RELATIONS if kind in found and kind not in many}, notes


def _draw_lines(graph: Digraph, made: Sheet, lines: Mapping[str, Sequence[tuple[str, str]]], order: Sequence[str],
                trunks: Mapping[tuple[str, str, str], str]) -> None:
    rank = _ranked(made, order)
    drawn = set()
    for kind, ends in lines.items():
        look = style.RELATIONS[kind]
        for start, end in ends:
            tail = f"{_middle(start, end)}:s" if kind == "领导" else start
            for passed in order[rank[_node(start)] + 1:rank[_node(end)]]:
                if point := trunks.get((_node(start), kind, passed)):
                    if point not in drawn:
                        drawn.add(point)
                        graph.node(point, label="", shape="point", width="0.06", color=look.colour)
                        graph.edge(tail, point, **{**look.attributes, "arrowhead": "none"})
                    tail = point
            if rank[_node(start)] >= rank[_node(end)]:
                graph.edge(start, end, tooltip=kind, constraint="false", **look.attributes)
            else:
                graph.edge(tail, f"{_middle(end, start)}:n" if kind == "领导" else end, tooltip=kind, **look.attributes)


def _middle(own: str, other: str) -> str:
    """Between two seats of party and government a line runs from middle to middle."""
    return f"{own[:-2]}:m" if own.endswith(":g") and other.endswith(":g") else own


def _edges(made: Sheet) -> Iterator[Edge]:
    """The edges of the graph between units on the sheet."""
    for own in sorted(made.stands):
        if own in made.look.network.units:
            for edge in made.look.network.into(("unit", own)):
                if edge.source[1] in made.stands and edge.source[0] == "unit" and _told(made, edge):
                    yield edge


def _told(made: Sheet, edge: Edge) -> bool:
    """Whether an edge is drawn as a line: command between seats, supervision, links; the rest is shown by containment."""
    units = made.look.network.units
    if edge.kind in ("领导", "派驻", "内设"):
        return units[edge.source[1]].kind in ("政府", "园区", "党委") and units[edge.target[1]].kind in ("政府", "园区", "站所")
    return edge.kind in WATCH or edge.kind in ("审批", "发包", "验收", "检查", "业务指导")


def _legend(graph: Digraph, made: Sheet, kinds: Sequence[str]) -> None:
    if not kinds:
        return
    parts.legend_relations(graph, kinds)
    names = [f"cluster_legend_{at}{part}" for at in range(len(kinds)) for part in "abc"]
    with graph.subgraph() as same:
        same.attr(rank="same")
        for name in (parts.key(made.ranks["a0"][-1]) if "a0" in made.ranks else "tab a0", *names):
            same.node(name)
    for at in range(len(kinds) - 1):
        graph.edge(names[3 * at + 2], names[3 * at + 3], style="invis")
    if "a0" in made.ranks:
        graph.edge(parts.key(made.ranks["a0"][-1]), names[0], style="invis", minlen="2")
