"""Where each post of a chain stands: pages by group of layers, lanes by layer, columns by level; what is too much is collapsed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from zeren.engine.chain.model import Line, Verdict
from zeren.models.vocabulary import LEVELS

FIRM: Final = ("企业主体", "承包发包", "产权出租", "集团出资", "中介")
SUPERVISION: Final = ("行业主管", "专项监管", "综合监管", "审批检查验收")
PLACE: Final = ("村居", "园区", "属地政府", "属地党委")
LAYERS: Final = (*FIRM, *SUPERVISION, *PLACE)
_GROUPS: Final = (("企业与合同", FIRM), ("监管", SUPERVISION), ("属地", PLACE))
#: The most cards in a row, and rows of a lane, on a page that can be read when it is projected.
SLOTS: Final = 5
ROWS: Final = 5
#: From the hands to the head, as far as the offices of the reach table go.
_OFFICES: Final = (
    "企业部门和一线", "中介人员", "企业班子", "个体经营者", "企业主要负责人", "集团班子", "集团正职",
    "站所和驻点人员", "村居干部", "内设机构负责人", "部门副职", "部门正职",
    "其他副职", "分管未载副职", "分管行业副职", "分管安全副职", "政府正职", "党委正职",
)
_WORST: Final = (Verdict.BREACH, Verdict.OPEN, Verdict.DEFERRED, Verdict.FULFILLED)


@dataclass(frozen=True, slots=True)
class Rest:
    """The posts of one lane and level that have no card of their own."""

    level: str
    lines: tuple[Line, ...]


Cell = Line | Rest | None


@dataclass(frozen=True, slots=True)
class Lane:
    """One layer: rows of equally many cells, the lower level on the left."""

    layer: str
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines of the lane, those without a card included."""
        cells = [cell for row in self.rows for cell in row if cell is not None]
        return tuple(line for cell in cells for line in (cell.lines if isinstance(cell, Rest) else (cell,)))


@dataclass(frozen=True, slots=True)
class Page:
    """Lanes from above, and for the public lanes what stands over each column (level, or empty)."""

    name: str
    lanes: tuple[Lane, ...]
    columns: tuple[str, ...]

    @property
    def wide(self) -> int:
        """How many columns there are."""
        return max((len(row) for lane in self.lanes for row in lane.rows), default=0)


def pages(lines: Sequence[Line], heads: Mapping[str, str], fits: Callable[[Page], bool]) -> tuple[Page, ...]:
    """Lay out ``lines`` on as few pages as can be read.

    ``heads`` gives for a party committee the government it is paired with; ``fits`` says whether a page can be read.
    There is one page without lanes where there are no lines.
    """
    made = _Maker(lines, heads, fits)
    whole = made.page("责任链", made.layers)
    if fits(whole):
        return (whole,)
    firm = [layer for layer in made.layers if layer in FIRM]
    public = [layer for layer in made.layers if layer not in FIRM]
    halves = [made.page(name, part) for name, part in (("企业与合同", firm), ("监管与属地", public)) if part]
    if all(fits(page) for page in halves):
        return tuple(halves)
    groups = [(name, [layer for layer in made.layers if layer in group]) for name, group in _GROUPS]
    groups.append(("其他", [layer for layer in made.layers if layer not in LAYERS]))
    return tuple(page for name, group in groups if group for page in made.packed(name, group))


class _Maker:
    """Makes pages of some lanes of one chain."""

    def __init__(self, lines: Sequence[Line], heads: Mapping[str, str], fits: Callable[[Page], bool]) -> None:
        self._lines: defaultdict[str, list[Line]] = defaultdict(list)
        for line in lines:
            self._lines[line.layer].append(line)
        self._heads, self._fits = heads, fits
        self._levels = _columns({line.level for line in lines if line.layer not in FIRM})
        self.layers = [*(layer for layer in LAYERS if layer in self._lines), *sorted(set(self._lines) - set(LAYERS))]

    def packed(self, name: str, layers: Sequence[str]) -> Iterator[Page]:
        """The lanes of one group, as many on a page as fit; of a lane that does not fit alone the gravest."""
        start = 0
        while start < len(layers):
            end = start + 1
            while end < len(layers) and self._fits(self.page(name, layers[start:end + 1])):
                end += 1
            chosen = layers[start:end]
            called = name if len(layers) == len(chosen) else "、".join(chosen)
            tries = [self.page(called, chosen, rows) for rows in range(ROWS, 0, -1)] if len(chosen) == 1 else [self.page(called, chosen)]
            yield next((page for page in tries if self._fits(page)), tries[-1])
            start = end

    def page(self, name: str, layers: Sequence[str], rows: int = ROWS) -> Page:
        """One page of ``layers``, each with at most ``rows`` rows."""
        tiers = {layer: self._tiers(layer) for layer in layers if layer not in FIRM}
        slots = _slots(list(tiers.values()))
        columns = [level for level, number in slots.items() for _ in range(number)]
        wide = max([len(columns), *(min(SLOTS, len(self._lines[layer])) for layer in layers if layer in FIRM)])
        lanes: list[Lane] = []
        for layer in layers:
            if layer in tiers:
                beside = _columns_of_heads(lanes, self._heads) if layer == "属地党委" else {}
                lanes.append(_tiered(layer, tiers[layer], slots, wide, beside, rows))
            else:
                lanes.append(_flat(layer, self._lines[layer], wide, rows))
        return Page(name, tuple(lanes), (*columns, *([""] * (wide - len(columns)))) if tiers else ())

    def _tiers(self, layer: str) -> dict[str, list[Line]]:
        found: defaultdict[str, list[Line]] = defaultdict(list)
        for line in sorted(self._lines[layer], key=lambda line: (_tier(line.level), *_order(line))):
            found[self._levels[line.level]].append(line)
        return dict(found)


def _columns(levels: Iterable[str]) -> dict[str, str]:
    """Level → what stands over its columns, the lower first. Where there are more levels than columns the lowest share one."""
    ranked = sorted(levels, key=_tier)
    many = max(0, len(ranked) - SLOTS)
    shared = ranked[: many + 1] if many else []
    return {level: "、".join(shared) if level in shared else level or "层级未载" for level in ranked}


def _slots(lanes: Sequence[Mapping[str, Sequence[Line]]]) -> dict[str, int]:
    """How many columns each level gets: such that all lanes together take the fewest rows, then the fewest columns."""
    levels = sorted({level for lane in lanes for level in lane}, key=lambda level: _tier(level.split("、")[0]))
    choices = [found for found in product(range(1, SLOTS - len(levels) + 2), repeat=len(levels)) if sum(found) <= SLOTS]
    best = min(choices, key=lambda found: (_rows(lanes, dict(zip(levels, found, strict=True))), sum(found), found))
    return dict(zip(levels, best, strict=True))


def _rows(lanes: Sequence[Mapping[str, Sequence[Line]]], slots: Mapping[str, int]) -> int:
    return sum(max(-(-len(lines) // slots[level]) for level, lines in lane.items()) for lane in lanes)


def _tiered(layer: str, tiers: Mapping[str, Sequence[Line]], slots: Mapping[str, int], wide: int, beside: Mapping[str, int],
            rows: int) -> Lane:
    """A public lane: each level fills its columns from top to bottom; ``beside`` wishes a line into a column.

    The government fills them from below, so that its heads stand next to the lane of the party.
    """
    columns: list[list[Cell]] = []
    for level, number in slots.items():
        cells = _collapsed(level, tiers.get(level, ()), number * rows)
        deep = max(1, -(-len(cells) // number))
        filled: list[list[Cell]] = [list(cells[at * deep:(at + 1) * deep]) for at in range(number)]
        wish = next((beside[line.unit] - len(columns) for line in tiers.get(level, ()) if line.unit in beside), None)
        if len(cells) == 1 and wish is not None and 0 <= wish < number:
            filled[0], filled[wish] = filled[wish], filled[0]
        columns.extend(filled)
    deepest = max(1, *(len(column) for column in columns))
    below = layer == "属地政府"
    padded = [_padding(deepest - len(column)) + column if below else column + _padding(deepest - len(column)) for column in columns]
    padded += [_padding(deepest)] * (wide - len(padded))
    return Lane(layer, tuple(zip(*padded, strict=True)))


def _flat(layer: str, lines: Sequence[Line], wide: int, rows: int) -> Lane:
    """A lane of firms: by unit, from the hands to the head."""
    cells = _collapsed("", sorted(lines, key=_order), wide * rows)
    cells += _padding(-len(cells) % wide)
    return Lane(layer, tuple(tuple(cells[at:at + wide]) for at in range(0, len(cells), wide)))


def _columns_of_heads(lanes: Sequence[Lane], heads: Mapping[str, str]) -> dict[str, int]:
    """For each party committee the column in which the head of its government stands."""
    found = {cell.unit: at for lane in lanes for row in lane.rows for at, cell in enumerate(row)
             if isinstance(cell, Line) and cell.office == "政府正职"}
    return {party: found[government] for party, government in heads.items() if government in found}


def _collapsed(level: str, lines: Sequence[Line], most: int) -> list[Cell]:
    """``lines``, or where they are more than ``most`` the gravest of them and one cell for the rest."""
    if len(lines) <= most:
        return list(lines)
    grave = sorted(range(len(lines)), key=lambda at: (_gravity(lines[at]), at))
    kept = set(grave[: most - 1])
    return [*(line for at, line in enumerate(lines) if at in kept), Rest(level, tuple(line for at, line in enumerate(lines) if at not in kept))]


def _padding(number: int) -> list[Cell]:
    return [None] * number


def _gravity(line: Line) -> int:
    return _WORST.index(line.verdict) if line.verdict in _WORST else len(_WORST)


def _tier(level: str) -> int:
    """Lower levels first; what is no level of government before them."""
    return len(LEVELS) - LEVELS.index(level) if level in LEVELS else -1


def _order(line: Line) -> tuple[bool, str, int, str, str]:
    office = _OFFICES.index(line.office) if line.office in _OFFICES else len(_OFFICES)
    return (line.level == "集团", line.unit, office, line.post, line.person)
