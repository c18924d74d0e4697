"""Who regulates which industry where, and which item of the coverage slogan is in place at which level: two kinds of tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from zeren.engine.report import Cell, Report
from zeren.graphs.diagrams import parts, style
from zeren.graphs.diagrams.drawing import Drawing, bound
from zeren.graphs.diagrams.style import INK, MUTED, PAPER, Mark
from zeren.graphs.draw import Subject
from zeren.graphs.network import SUPERVISED, Network
from zeren.models.moments import format_moment
from zeren.models.vocabulary import LEVELS
from zeren.reports.matrix import total
from zeren.reports.width import width

#: Rows and columns of a page: as many as stay readable when projected.
ROWS, COLUMNS = 10, 6
#: Rows and columns that are drawn at all; of more, those in trouble first.
MOST_ROWS, MOST_COLUMNS = 40, 18
#: Columns of text in the head of a row, and in a cell.
_HEAD, _CELL = 18, 16
_NAMED: Final = 3

CLEAR = Mark("●", "行业主管明确", PAPER, INK, style.RULE, 1, "solid")
ABOVE = Mark("○", "由上级主管", "#DCE3EC", INK, style.RULE, 1, "solid")
SHARED = Mark("▲", "几家分不清", "#F7CE73", INK, "#8A5200", 2, "dashed")
GAP = Mark("×", "没有主管", "#B23A00", PAPER, INK, 3, "solid")
UNTOLD = Mark("？", "分工未写明", "#E4E7EB", INK, MUTED, 2, "dotted")
ABSENT = Mark("—", "本地无此行业", PAPER, MUTED, style.RULE, 1, "solid")
#: The cells of the second table.
DONE = Mark("●", "都已覆盖", PAPER, INK, style.RULE, 1, "solid")
OPEN = Mark("？", "有待核实", "#E4E7EB", INK, MUTED, 2, "dotted")
LACKING = Mark("×", "有未覆盖", "#B23A00", PAPER, INK, 3, "solid")
HANDED = Mark("○", "由上级承担", "#DCE3EC", INK, style.RULE, 1, "solid")
EXEMPT = Mark("—", "不适用", PAPER, MUTED, style.RULE, 1, "solid")
_OWN_LEVEL: Final = ("省级", "市级", "县级")


@dataclass(frozen=True, slots=True)
class Square:
    """One cell of a table: its state, and what stands beside the sign."""

    mark: Mark
    words: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: heads of rows, heads of columns (name and what is under it), and the squares by (row, column)."""

    corner: str
    rows: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    squares: Mapping[tuple[int, int], Square]


def draw(subject: Subject) -> Drawing:
    """Both tables of the organisation: industry × territory, then item × level where the rules have items."""
    labels = subject.org.labels
    trades, left = _kept(industries(Network(subject.org.facts.until(subject.on), subject.on), labels))
    drawn = [*_pages(trades, "行业—属地监管责任覆盖图", "行业×属地", subject.on, _trade_summary(trades)),
             *_pages(slogan := items(subject.report), _item_title(subject), "项目×层级", subject.on, _item_summary(slogan))]
    if not drawn:
        empty = parts.digraph("coverage", "行业—属地监管责任覆盖图")
        empty.node("none", label=parts.html(parts.text("组织文件里没有经营行业的单位，也没有覆盖项目可查", style.MAIN)))
        drawn = [Drawing("覆盖", "行业—属地监管责任覆盖图", str(empty.source))]
    notes = (f"表太大，一页最多 {ROWS} 行 {COLUMNS} 列才看得清，分为 {len(drawn)} 页",) if len(drawn) > 2 else ()
    first, *others = drawn
    return bound((Drawing(first.name, first.title, first.dot, (*left, *notes)), *others))


def _item_title(subject: Subject) -> str:
    return f"{subject.pack.parameters['coverage_profile'].facts[0].values[0]}：项目与层级"


# -- industry × territory -------------------------------------------------------------------------------------------

def industries(network: Network, labels: Mapping[str, str]) -> Grid:
    """Who regulates each industry that somebody operates, in each territory that has a government or park of its own."""
    places = [place for level in LEVELS for place in _depth_first(network) if network.levels[place] == level and level != "村级"
              and any(network.units[one].kind in ("政府", "园区") for one in network.residents.get(place, ()))]
    there = {place: _operated(network, place) for place in places}
    trades = sorted({trade for found in there.values() for trade in found}, key=lambda trade: labels.get(trade, trade))
    keepers = _keepers(network)
    squares = {
        (at, across): _square(network, keepers, trade, place, labels) if trade in there[place] else Square(ABSENT)
        for at, trade in enumerate(trades) for across, place in enumerate(places)
    }
    return Grid("行业领域", tuple(labels.get(trade, trade) for trade in trades),
                tuple((labels.get(place, place), network.levels[place]) for place in places), squares)


def _depth_first(network: Network) -> Iterator[str]:
    for top in network.inside.get(None, ()):
        yield from network.within(top)


def _operated(network: Network, place: str) -> set[str]:
    return {trade for spot in network.within(place) for unit in network.residents.get(spot, ())
            if network.units[unit].kind in SUPERVISED for trade in network.industries.get(unit, ())}


def _keepers(network: Network) -> dict[tuple[str, str], list[tuple[str, bool]]]:
    """(industry, territory) → the units with a mandate to regulate it, and whether each leads."""
    found: dict[tuple[str, str], list[tuple[str, bool]]] = {}
    for unit, rows in sorted(network.mandates.items()):
        for kind, industry, place, lead, _ in rows:
            if kind in ("行业主管", "专项监管") and industry is not None and place is not None:
                found.setdefault((industry, place), []).append((unit, lead is True))
    return found


def _square(network: Network, keepers: Mapping[tuple[str, str], list[tuple[str, bool]]], trade: str, place: str, labels: Mapping[str, str]) -> Square:
    """The nearest class of the industry that somebody regulates here decides; then the places around."""
    classes = _classes(network, trade)
    own = next((keepers[one, place] for one in classes if (one, place) in keepers), [])
    leads = [unit for unit, lead in own if lead]
    units = list(dict.fromkeys(unit for unit, _ in own))
    if len(units) == 1 or len(set(leads)) == 1:
        return Square(CLEAR, _short((leads or units)[0], place, labels))
    if units:
        return Square(SHARED, "／".join(_short(unit, place, labels) for unit in units[:2]) + (f"等{len(units)}家" if len(units) > 2 else ""))
    if network.levels[place] in _OWN_LEVEL:  # nobody is left out where nothing of the division of work is stated
        told = any(around == place for _, around in keepers)
        return Square(GAP, GAP.word) if told else Square(UNTOLD, UNTOLD.word)
    above = next((keepers[one, around] for around in network.places(network.parents[place]) for one in classes if (one, around) in keepers), [])
    if above:
        return Square(ABOVE, _short(above[0][0], "", labels))
    return Square(GAP, GAP.word) if keepers else Square(UNTOLD, UNTOLD.word)


def _classes(network: Network, trade: str) -> list[str]:
    found = [trade]
    for one in found:
        found += [wide for wide in network.wider.get(one, ()) if wide not in found]
    return found


def _short(unit: str, place: str, labels: Mapping[str, str]) -> str:
    """A unit without the name of its place, which the head of the column says."""
    name, seat = labels.get(unit, unit), labels.get(place, place)
    bare = name.removeprefix(seat).removeprefix(seat[:-1] if len(seat) > 2 else "")
    return bare if len(bare) > 1 else name


def _trade_summary(grid: Grid) -> str:
    counted = Counter(square.mark.word for square in grid.squares.values())
    return " · ".join(f"{mark.word} {counted[mark.word]} 处" for mark in (GAP, SHARED, UNTOLD, ABOVE, CLEAR) if counted[mark.word])


# -- item × level ---------------------------------------------------------------------------------------------------

def items(report: Report) -> Grid:
    """The items of the coverage slogan at each level: how many territories have each in place, and which do not."""
    cells = {(cell.item, cell.level): cell for cell in report.matrix}
    ran = {plan.rule.item for plan in report.evaluation.plans if plan.rule.item is not None}
    names = [item for item in dict.fromkeys(cell.item for cell in report.matrix) if item in ran]
    there = {str(row["level"]) for row in report.evaluation.context.facts.records("territory")}
    levels = [level for level in LEVELS if level in there and any((item, level) in cells for item in names)]
    squares = {(at, across): _covered(cells.get((item, level)), report) for at, item in enumerate(names) for across, level in enumerate(levels)}
    return Grid("项目", tuple(names), tuple((level, "") for level in levels) if names else (), squares)


def _covered(cell: Cell | None, report: Report) -> Square:
    if cell is None or cell.applicability == "不适用":
        return Square(EXEMPT)
    count = total(cell)
    if not count:
        return Square(HANDED if cell.applicability == "委托" else EXEMPT, "由上级承担" if cell.applicability == "委托" else "没有对象")
    share = f"{len(cell.covered)}/{count}"
    told = [f"{sign}{'、'.join(map(report.words.value, found[:_NAMED]))}" + (f" 等{len(found)}处" if len(found) > _NAMED else "")
            for sign, found in (("", cell.uncovered), ("？" if cell.uncovered else "", cell.open)) if found]
    mark = LACKING if cell.uncovered else OPEN if cell.open else HANDED if cell.applicability == "委托" else DONE
    return Square(mark, "\n".join([share, *told]))


def _item_summary(grid: Grid) -> str:
    counted = Counter(square.mark.word for square in grid.squares.values())
    return " · ".join(f"{mark.word} {counted[mark.word]} 格" for mark in (LACKING, OPEN, DONE) if counted[mark.word])


# -- a table that is not too large ----------------------------------------------------------------------------------

def _kept(grid: Grid) -> tuple[Grid, tuple[str, ...]]:
    """The table cut to a size that somebody may look through, and what is to be said of it."""
    downs = _worst(range(len(grid.rows)), MOST_ROWS, lambda at: [grid.squares[at, across] for across in range(len(grid.columns))])
    overs = _worst(range(len(grid.columns)), MOST_COLUMNS, lambda across: [grid.squares[at, across] for at in range(len(grid.rows))])
    left = [f"{len(whole) - len(kept)} 个{what}" for kept, whole, what in ((downs, grid.rows, "行业"), (overs, grid.columns, "地域")) if len(kept) < len(whole)]
    notes = (f"表太大，先画有空白、分不清的，另有 {'、'.join(left)} 没有画；全部见 zeren structure",) if left else ()
    squares = {(at, across): grid.squares[down, over] for at, down in enumerate(downs) for across, over in enumerate(overs)}
    return Grid(grid.corner, tuple(grid.rows[down] for down in downs), tuple(grid.columns[over] for over in overs), squares), notes


def _worst(whole: range, most: int, squares: Callable[[int], Sequence[Square]]) -> list[int]:
    trouble = sorted(whole, key=lambda at: (-sum(square.mark in (GAP, SHARED) for square in squares(at)), at))
    return sorted(trouble[:most])


# -- a table as a picture -------------------------------------------------------------------------------------------

def _pages(grid: Grid, title: str, name: str, on: int, summary: str) -> list[Drawing]:
    """The pages of a table, by rows, then by columns; an empty table has none."""
    downs = _even(len(grid.rows), ROWS if all(width(row) <= _HEAD for row in grid.rows) else ROWS - 3)
    overs = _even(len(grid.columns), COLUMNS)
    spans = [(down, over) for down in downs for over in overs]
    found = []
    for number, (down, over) in enumerate(spans, 1):
        pieces = [f"第 {number} 页，共 {len(spans)} 页"] if len(spans) > 1 else []
        subtitle = parts.BAR.join(filter(None, [*pieces, summary, f"截至 {format_moment(on, 'end')}"]))
        label = name if len(spans) == 1 else f"{name}{number}"
        found.append(Drawing(label, title, _table(grid, title, subtitle, down, over)))
    return found


def _even(count: int, most: int) -> list[range]:
    """Ranges of at most ``most``, about equally long."""
    if not count:
        return []
    pages = -(-count // most)
    return [range(at * count // pages, (at + 1) * count // pages) for at in range(pages)]


def _table(grid: Grid, title: str, subtitle: str, down: range, over: range) -> str:
    graph = parts.digraph("coverage", title, subtitle, columns=96, ranksep="0.12")
    head = parts.row(_title_cell(grid.corner, ""), *(_title_cell(*grid.columns[across]) for across in over), _title_cell("落实", ""))
    rows = [parts.row(
        parts.cell(parts.text(parts.cut_lines(grid.rows[at], _HEAD, 2), style.MAIN, INK, True, _HEAD, left=True), bgcolor="#DDF1EE", align="LEFT", balign="LEFT", border=1, color=style.RULE),
        *(_cell(grid.squares[at, across]) for across in over), _share([grid.squares[at, across] for across in range(len(grid.columns))]),
    ) for at in down]
    sums = parts.row(_share_head("合计" if len(down) == len(grid.rows) else "全表合计"), *(_share([grid.squares[at, across] for at in range(len(grid.rows))]) for across in over), _share(list(grid.squares.values())))
    graph.node("table", label=parts.html(parts.table([head, *rows, sums], border=2, color=INK, bgcolor=PAPER, cellpadding=7)))
    shown = [grid.squares[at, across].mark for at in down for across in over]
    marks = [mark for mark in (CLEAR, DONE, ABOVE, HANDED, SHARED, OPEN, UNTOLD, GAP, LACKING, ABSENT, EXEMPT) if mark in shown]
    graph.node("legend", label=parts.html(parts.legend_marks(marks)))
    graph.edge("table", "legend", style="invis")
    return str(graph.source)


def _title_cell(name: str, under: str) -> str:
    words = parts.text(parts.cut_lines(name, _CELL, 2), style.MAIN, PAPER, True, _CELL)
    return parts.cell(parts.stacked((words, parts.text(under, style.BODY, "#DDE3EA"))), bgcolor=INK, border=1, color=style.RULE)


def _cell(square: Square) -> str:
    mark = square.mark
    first, *more = square.words.split("\n") if square.words else [""]
    words = parts.text(parts.cut_lines(f"{mark.sign} {first}".strip(), _CELL, 2), style.MAIN, mark.text, mark is GAP or mark is LACKING, _CELL)
    under = [parts.text(parts.cut_lines(line, _CELL, 2), style.BODY, mark.text, columns=_CELL) for line in more]
    return parts.cell(parts.stacked((words, *under)), bgcolor=mark.fill, border=mark.width, color=mark.border, style=mark.style)


def _share(squares: Sequence[Square]) -> str:
    """How many of the squares that count are in order."""
    counted = [square for square in squares if square.mark not in (ABSENT, EXEMPT)]
    done = sum(square.mark in (CLEAR, DONE, HANDED, ABOVE) for square in counted)
    return _share_head(f"{done}/{len(counted)}" if counted else "—")


def _share_head(words: str) -> str:
    return parts.cell(parts.text(words, style.MAIN, INK, True), bgcolor=style.LANE, border=1, color=style.RULE)
