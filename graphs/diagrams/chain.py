"""The accountability chain of an accident: lanes by layer, columns by level, verdict marks, 党政同责 as double lines."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from graphviz import Digraph

from zeren.engine.chain.model import Chain, Line, Verdict
from zeren.graphs.diagrams import chain_grid as grid
from zeren.graphs.diagrams import parts, style
from zeren.graphs.diagrams.drawing import Drawing, bound
from zeren.graphs.diagrams.extent import Extent, extent
from zeren.graphs.draw import Subject
from zeren.graphs.render.legibility import legible
from zeren.models.moments import format_moment

#: Gaps in inches between ranks and between nodes of a rank.
_ACROSS, _DOWN = 0.26, 0.05
#: What layouts were seen to take besides cards: for a row, for a lane, and for the heading, in inches.
_ROW, _LANE, _HEADING = 0.12, 0.07, 0.55
_RED: Final = style.MARKS["失职"].border
#: Layer → colour of its tab and the kind of line that leads to it.
_LOOKS: Final = {
    **dict.fromkeys(grid.FIRM, (style.INK, "领导")), "承包发包": (style.ROLES["党委"].colour, "承包"), "中介": (style.MUTED, "检查"),
    "行业主管": (style.ROLES["行业主管"].colour, "主管行业"), "专项监管": (style.ROLES["行业主管"].colour, "主管行业"),
    "综合监管": (style.ROLES["综合监管"].colour, "综合监管"), "审批检查验收": ("#B23A00", "审批"),
    **dict.fromkeys(grid.PLACE, ("#8A5200", "属地")), "属地党委": (style.ROLES["党委"].colour, "属地"),
}
#: A quoted date in the name of an accident stays on one line.
_QUOTED: Final = re.compile("(“[^”]*”)")
_NOTHING: Final = Extent(0.0, 1.16)
_REGULATOR: Final = {"行业主管": "行业主管", "专项监管": "行业主管", "综合监管": "综合监管"}


def draw(subject: Subject) -> Drawing:
    """The chain of the incident of ``subject``. Raises UsageError where no incident is named or it does not exist."""
    facts = subject.org.facts
    roles = {str(row["id"]): style.role_of(str(row["kind"]), str(row["function"] or "")) for row in facts.records("unit")}
    pairs = {str(row["party"]): str(row["government"]) for row in facts.records("pair")}
    return chain(subject.chain, roles, pairs)


def chain(found: Chain, roles: Mapping[str, style.Role], pairs: Mapping[str, str]) -> Drawing:
    """The drawing of a chain; ``roles`` by unit, ``pairs`` from party committee to government."""
    made = grid.pages(found.lines, pairs, lambda page: _fits(found, page, roles))
    notes = tuple(_notes(found, made))
    return bound(tuple(
        Drawing(page.name, _title(found, page, len(made)), _page(found, page, (at, len(made)), roles, pairs), notes if at == 1 else ())
        for at, page in enumerate(made, 1)
    ))


def _notes(found: Chain, made: Sequence[grid.Page]) -> Iterator[str]:
    if len(made) > 1:
        names = "；".join(f"第 {at} 页 {page.name}（{sum(len(lane.lines) for lane in page.lanes)} 条）" for at, page in enumerate(made, 1))
        yield f"责任链共 {len(found.lines)} 条，画在一页上投影时字太小，按层分为 {len(made)} 页：{names}"
    for page in made:
        for lane in page.lanes:
            for rest in (cell for row in lane.rows for cell in row if isinstance(cell, grid.Rest)):
                yield f"{lane.layer}{rest.level}岗位太多，先画结论重的，另有 {len(rest.lines)} 条合为一格，全部见 zeren trace"
    if found.excluded:
        yield f"有关联而未列入的 {len(found.excluded)} 条没有画，理由见 zeren trace"


def _fits(found: Chain, page: grid.Page, roles: Mapping[str, style.Role]) -> bool:
    """Whether a page will be small enough to be read, by the sizes of what stands on it."""
    lines = [line for lane in page.lanes for line in lane.lines]
    head = extent(parts.title_block(_title(found, page, 2), _subtitle(found, lines, (1, 2)), list(style.MARKS.values())[:2], _columns(page)))
    sizes = [[[extent(_label(cell, lane.layer, found.incident_label, page.wide, roles)) if cell else _NOTHING for cell in row] for row in lane.rows]
             for lane in page.lanes]
    down = sum(sum(max(size.height for size in row) + _ROW for row in lane) + _LANE for lane in sizes)
    across = sum(max(row[at].width for lane in sizes for row in lane) + _ACROSS for at in range(page.wide))
    heading = _HEADING if page.columns else 0
    width = max(head.width, across + extent(_incident(found, page.wide)).width + 3 * _ACROSS + 0.5) + 0.3
    return legible(_SIZES, width, head.height + heading + down + 0.35).ok


#: The font sizes of every page, as the gate reads them.
_SIZES: Final = f'POINT-SIZE="{style.MAIN}" POINT-SIZE="{style.BODY}"'


def _columns(page: grid.Page) -> int:
    """To how many columns the subtitle of a page is set."""
    return 150 if page.wide >= grid.SLOTS else 124


# -- one page -------------------------------------------------------------------------------------------------------

def _page(found: Chain, page: grid.Page, number: tuple[int, int], roles: Mapping[str, style.Role], pairs: Mapping[str, str]) -> str:
    lines = [line for lane in page.lanes for line in lane.lines]
    shown = dict.fromkeys(line.verdict for line in sorted(lines, key=lambda line: list(Verdict).index(line.verdict)))
    graph = parts.digraph("chain", _title(found, page, number[1]), _subtitle(found, lines, number), [style.MARKS[one.value] for one in shown],
                          columns=_columns(page), rankdir="LR", nodesep=f"{_DOWN}", ranksep=f"{_ACROSS}", pad="0.15")
    parts.node(graph, found.incident, _incident(found, page.wide), found.incident_label)
    if not page.lanes:
        graph.node("none", label=parts.html(parts.text("没有列入责任链的岗位：先核对事故各方、地点和行业是否写明", style.MAIN)))
        graph.edge(parts.key(found.incident), "none", style="invis")
    names = _Names()
    headed = False
    for at, lane in enumerate(page.lanes):
        if lane.layer not in grid.FIRM and page.columns and not headed:
            _heading(graph, page.columns, parts.key(found.incident))
            headed = True
        _lane(graph, at, lane, (found.incident, found.incident_label), roles, names)
    _order(graph, page, headed, pairs, names)
    return str(graph.source)


def _title(found: Chain, page: grid.Page, number: int) -> str:
    grade = f"（{found.grade}事故{'，下界' if found.bound == '下界' else ''}）" if found.grade else ""
    return f"事故责任链：{found.incident_label}{grade}" + (f"　{page.name}" if number > 1 else "")


def _subtitle(found: Chain, lines: Sequence[Line], number: tuple[int, int]) -> str:
    counted = Counter(line.verdict for line in lines)
    presumed = sum(_presumed(line) for line in lines)
    inferred = {Verdict.BREACH: f"（其中推定 {presumed}，可反证）" if presumed else ""}
    states = " · ".join(f"{verdict.value} {counted[verdict]}{inferred.get(verdict, '')}" for verdict in Verdict if counted[verdict])
    pieces = [f"第 {number[0]} 页，共 {number[1]} 页"] if number[1] > 1 else []
    pieces += [f"自左向右逐级上溯：{len(lines)} 条，{states or '无'}", f"资料截至 {format_moment(found.on, 'end')}"]
    return parts.BAR.join(pieces)


def _incident(found: Chain, wide: int) -> str:
    columns = 10 if wide >= grid.SLOTS else 12
    pieces = "\n".join(parts.cut_lines(piece, columns, 4) for piece in _QUOTED.split(found.incident_label) if piece)
    name = parts.text(pieces, style.NAME, style.PAPER, True, columns)
    head = parts.text("事故", style.FOCAL, style.PAPER, True)
    return parts.table([parts.row(parts.cell(head)), parts.row(parts.cell(name))], bgcolor=style.INK, cellpadding=5)


def _heading(graph: Digraph, columns: Sequence[str], incident: str) -> None:
    """The levels over the public lanes; a level of several columns is named over the first."""
    with graph.subgraph(name="cluster_h") as box:
        box.attr(label="", style="invis", margin="0")
        box.node("h", **_BLANK, height="0.3")
        for at, level in enumerate(columns):
            words = level if at == 0 or columns[at - 1] != level else ""
            box.node(f"h{at}", **({"label": parts.html(parts.text(words, style.MAIN, style.MUTED, True))} if words else _BLANK))
    for at in range(len(columns)):
        graph.edge(f"h{at - 1}" if at else "h", f"h{at}", style="invis", weight="1000")
    graph.edge(incident, "h", style="invis")


_BLANK: Final = {"label": "", "shape": "box", "style": "invis", "width": "0.02"}
#: A place without a card: as large as one, unseen, or with the line that passes through it.
_GAP: Final = {"label": "", "shape": "box", "style": "invis", "width": "2.4", "height": "1.16"}
_THROUGH: Final = parts.table(
    [parts.row(parts.cell("", height=41)), parts.row(parts.cell("", height=2, width=173, bgcolor=style.INK)), parts.row(parts.cell("", height=41))], cellpadding=0)


class _Names:
    """Names of the nodes of one page: a post that stands in two lines has two."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int, int], str] = {}
        self._taken: Counter[str] = Counter()

    def of(self, own: str) -> str:
        self._taken[own] += 1
        return own if self._taken[own] == 1 else f"{own}-{self._taken[own]}"


def _lane(graph: Digraph, at: int, lane: grid.Lane, incident: tuple[str, str], roles: Mapping[str, style.Role], names: _Names) -> None:
    colour, kind = _LOOKS.get(lane.layer, (style.INK, "领导"))
    with graph.subgraph(name=f"cluster_{at}") as box:
        box.attr(**{**parts.lane(), "margin": "4"})
        parts.tab(box, f"t{at}", lane.layer, colour)
        for down, row in enumerate(lane.rows):
            for across, cell in enumerate(row):
                passed = _passed(row, across)
                label = _label(cell, lane.layer, incident[1], len(row), roles) if cell else ""
                names.cells[at, down, across] = _cell(box, f"p{at}_{down}_{across}", cell, passed, label, names)
    graph.edge(f"{parts.key(incident[0])}:e", f"t{at}:w", **{**style.RELATIONS[kind].attributes, "arrowhead": "none"})
    for down, row in enumerate(lane.rows):
        for across, link in enumerate(_links(row)):
            start = names.cells[at, down, across - 1] if across else f"t{at}"
            graph.edge(f"{start}:e", f"{names.cells[at, down, across]}:w", weight="100", **link)


def _cell(box: Digraph, place: str, cell: grid.Cell, passed: bool, label: str, names: _Names) -> str:
    """Add one place of the grid and return its name."""
    if cell is None:
        box.node(place, **({"label": parts.html(_THROUGH)} if passed else _GAP))
        return place
    if isinstance(cell, grid.Rest):
        box.node(place, label=parts.html(label))
        return place
    person = f"（{cell.person}）" if cell.person else ""
    told = "；".join(breach.text for breach in cell.breaches) or cell.why
    return parts.node(box, names.of(cell.post), label, f"{cell.post_label}{person}：{cell.verdict.value}，{told}", f"v-{cell.verdict.value}")


def _label(cell: Line | grid.Rest, layer: str, incident: str, wide: int, roles: Mapping[str, style.Role]) -> str:
    """The card of a line, or the count of those without one; narrower where a row is full."""
    columns = 24 if wide >= grid.SLOTS else 25
    if isinstance(cell, grid.Rest):
        counted = Counter(line.verdict.value for line in cell.lines)
        counts = [(style.MARKS[verdict.value], counted[verdict.value]) for verdict in Verdict if counted[verdict.value]]
        return parts.listing("另有", counts, (), len(cell.lines), unit="条", across=1, columns=columns - 4)
    role = roles.get(cell.unit, style.ROLES["企业"])
    if role.name in ("综合监管", "行业主管"):
        role = style.ROLES[_REGULATOR.get(layer, role.name)]
    degree = cell.degree if cell.verdict in (Verdict.BREACH, Verdict.OPEN, Verdict.DEFERRED) else ""
    title, reason = parts.cut_lines(_office(cell), columns - 5, 2), parts.cut_lines(_reason(cell, incident), columns, 2)
    return parts.card(role, title, [reason], _mark(cell), degree, columns, 2)


def _links(row: Sequence[grid.Cell]) -> Iterator[dict[str, str]]:
    """For each cell of a row the line that leads to it from the left: seen where it goes up, red into a breach."""
    for at, cell in enumerate(row):
        if cell is None:
            yield {"color": style.INK, "arrowhead": "none"} if _passed(row, at) else {"style": "invis"}
        elif not _goes_up(_before(row, at), cell):
            yield {"style": "invis"}
        elif at and isinstance(cell, Line) and cell.verdict is Verdict.BREACH and _before(row, at) is not None:
            yield {"color": _RED, "penwidth": "3"}
        else:
            yield {"color": style.INK}


def _before(row: Sequence[grid.Cell], at: int) -> grid.Cell:
    return next((cell for cell in reversed(row[:at]) if cell is not None), None)


def _passed(row: Sequence[grid.Cell], at: int) -> bool:
    """Whether a line passes through the empty place ``at``."""
    ahead = next((cell for cell in row[at:] if cell is not None), None)
    return row[at] is None and ahead is not None and _goes_up(_before(row, at), ahead)


def _goes_up(before: grid.Cell, cell: grid.Cell) -> bool:
    if not isinstance(before, Line) or not isinstance(cell, Line):
        return True
    return before.unit == cell.unit or before.level != cell.level


def _order(graph: Digraph, page: grid.Page, headed: bool, pairs: Mapping[str, str], names: _Names) -> None:
    """Set each column on one line, and keep lanes and rows in order by a chain in every column.

    The chain is not seen, but for the double line between the heads of party committee and government of one place.
    Graphviz turns flat edges inside a cluster upside down where ranks go from left to right, so those are written upwards.
    """
    cells = {names.cells[at, down, across]: cell for at, lane in enumerate(page.lanes)
             for down, row in enumerate(lane.rows) for across, cell in enumerate(row)}
    first = next((at for at, lane in enumerate(page.lanes) if lane.layer not in grid.FIRM), 0)
    for across in range(-1, page.wide):
        column: list[tuple[int, str]] = []
        for at, lane in enumerate(page.lanes):
            if headed and at == first:
                column.append((-1, f"h{across}" if across >= 0 else "h"))
            column += [(at, f"t{at}")] if across < 0 else [(at, names.cells[at, down, across]) for down in range(len(lane.rows))]
        with graph.subgraph() as rank:
            rank.attr(rank="same")
            for (lane_above, above), (lane_below, below) in itertools.pairwise(column):
                if lane_above == lane_below:
                    rank.edge(below, above, style="invis")
                else:
                    rank.edge(above, below, **(_DOUBLE if _paired(cells.get(above), cells.get(below), pairs) else {"style": "invis"}))


_DOUBLE: Final = {**style.RELATIONS["党政同责"].attributes, "label": parts.html("　　　　　　" + parts.text("党政同责", style.BODY, style.INK, True))}


def _paired(above: grid.Cell, below: grid.Cell, pairs: Mapping[str, str]) -> bool:
    return (isinstance(above, Line) and isinstance(below, Line) and above.office == "政府正职" and below.office == "党委正职"
            and pairs.get(below.unit) == above.unit)


# -- words of a card ------------------------------------------------------------------------------------------------

def _office(line: Line) -> str:
    """The post without the name of its unit, which stands below."""
    short = line.post_label.removeprefix(line.unit_label).strip() or line.post_label
    return f"{short}（时任）" if line.tenure.startswith("时任") else short


def _reason(line: Line, incident: str) -> str:
    """The unit, and in a few words what the verdict rests on."""
    kinds = list(dict.fromkeys(ask.kind for ask in line.asks))
    several = ""
    if line.breaches:
        text = line.breaches[0].text.removeprefix(f"{line.post_label}：").removeprefix(line.unit_label).lstrip("的：，")
        several = f"（{len(line.breaches)} 项）" if len(line.breaches) > 1 else ""
    elif line.verdict is Verdict.OPEN and kinds:
        text = f"待调取{'、'.join(kinds[:2])}" + (f"等 {len(kinds)} 种" if len(kinds) > 2 else "")
    elif line.verdict is Verdict.FULFILLED and line.fulfilled:
        text = f"履职佐证{len(line.fulfilled)}件"
    else:
        text = line.why
    return f"{line.unit_label}{several}：{text.replace(incident, '事故')}"


def _presumed(line: Line) -> bool:
    return line.verdict is Verdict.BREACH and line.status.startswith("推定")


def _mark(line: Line) -> style.Mark:
    mark = style.MARKS[line.verdict.value]
    return replace(mark, word=f"推定{mark.word}") if _presumed(line) else mark
