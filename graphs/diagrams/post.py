"""One post: what its duties rest on, the duties with their state, and whom or what they concern."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from graphviz import Digraph

from zeren.engine.duties import Duty, DutyList, duties
from zeren.engine.outcome import LABELS, Outcome
from zeren.engine.report import Finding, Report
from zeren.graphs.diagrams import parts, style
from zeren.graphs.diagrams.drawing import Drawing, bound
from zeren.graphs.diagrams.style import INK, MUTED, PAPER, Mark, Role
from zeren.graphs.draw import Subject
from zeren.graphs.network import Network
from zeren.models.facts import Facts
from zeren.reports.width import width

#: Duties on a page at most, and the room for them in inches: a duty takes a fixed part and one part per line.
PAGE: Final = 6
_ROOM, _STEP, _LINE = 6.1, 0.32, 0.235
#: Objects that a duty shows as cards of their own; more become a list node.
_ALONE: Final = 2
_LISTED: Final = 2
_BASES: Final = 5
#: Columns of secondary text in a duty, a base, an object.
_DUTY, _BASE, _OBJECT = 50, 24, 22
#: The gravest state first: it is the state of a duty with several instances.
_WORST: Final = (Outcome.FAIL, Outcome.ERROR, Outcome.UNKNOWN, Outcome.PENDING, Outcome.EXCEPTED, Outcome.PASS)
_THINGS: Final[Mapping[str, Role]] = {
    "hazard": Role("隐患", "患", "#B23A00", "#FBF0DA"), "incident": Role("事故", "事", INK, "#ECEFF1"),
    "site": Role("场所", "场", "#52606D", "#F3F5F7"), "territory": Role("地域", "地", "#7A4B00", "#FBF0DA"),
}
#: Numbers of papers, and articles, in the line of a basis.
_NUMBER: Final = re.compile(r"〔|令第|^主席令")
_ARTICLE: Final = re.compile(r"第|附|[一二三四五六七八九十]+[、(（]|S-\d")
#: A fact with an id, as reports write it.
_NAMED: Final = re.compile(r"(\w+)（编号 ([^，）]+)")
Thing = tuple[str, str, Role, Outcome]


def draw(subject: Subject) -> Drawing:
    """The duties of the post of ``subject``. Raises UsageError where no post is named or it does not exist."""
    post = subject.need("post", "岗位", "--post")
    return post_drawing(subject.report, post)


def post_drawing(report: Report, post: str) -> Drawing:
    """The drawing of one post from a check that was not narrowed to other subjects. Raises UsageError where it does not exist."""
    found = duties(report, post)
    ordered = sorted(_merged(found.duties), key=lambda duty: (_WORST.index(_state(duty)), not duty.own, duty.mechanism, duty.rule))
    pages = list(_paged(ordered, report))
    notes = (f"职责共 {len(ordered)} 项，一页放不下，分为 {len(pages)} 页，没有做到的在前",) if len(pages) > 1 else ()
    return bound(tuple(
        Drawing(found.label if at == 1 else f"{found.label}第{at}页", _title(found), _page(replace(found, duties=tuple(ordered)), page, (at, len(pages)), report),
                notes if at == 1 else ())
        for at, page in enumerate(pages, 1)
    ))


def _merged(duties: Sequence[Duty]) -> Iterator[Duty]:
    """One duty per rule: a head who answers for many units answers by the same rule for each."""
    groups: dict[tuple[str, bool], list[Duty]] = {}
    for duty in duties:
        groups.setdefault((duty.rule, duty.own), []).append(duty)
    for first, *others in groups.values():
        occurrences = tuple(one for duty in (first, *others) for one in duty.occurrences)
        label = f"{first.bearer_label} 等 {1 + len(others)} 个单位" if others else first.bearer_label
        yield replace(first, bearer_label=label, occurrences=occurrences)


def _paged(duties: Sequence[Duty], report: Report) -> Iterator[list[Duty]]:
    """Duties by page; a post without any has one page."""
    page: list[Duty] = []
    room = _ROOM
    for duty in duties:
        texts = [(duty.title, _DUTY - 6, 2), *((words, _DUTY, lines) for words, lines in _told(duty, _state(duty), report))]
        cost = _STEP + _LINE * sum(len(parts.cut_lines(*text).split("\n")) for text in texts)
        if page and (cost > room or len(page) == PAGE):
            yield page
            page, room = [], _ROOM
        page.append(duty)
        room -= cost
    yield page


def _page(found: DutyList, page: Sequence[Duty], number: tuple[int, int], report: Report) -> str:
    states = [_state(duty) for duty in page]
    shown = [style.MARKS[LABELS[one]] for one in _WORST if one in states]
    graph = parts.digraph("post", _title(found), _subtitle(found, number), shown, rankdir="LR", nodesep="0.13", ranksep="0.5")
    own = parts.key(found.post)
    parts.node(graph, found.post, _focal(found), found.label)
    bases = []
    for at, (title, lines) in enumerate(_bases(found, page, report.evaluation.context.facts, report)):
        bases.append(f"b{at}")
        graph.node(f"b{at}", label=parts.html(_base(title, lines)), tooltip=parts.plain(title))
        graph.edge(f"b{at}:e", f"{own}:w", color=MUTED, penwidth="1.2", arrowsize="0.7")
    if not page:
        graph.node("d0", label=parts.html(parts.text("所用的规则中没有落到这个岗位的职责", style.MAIN)))
        graph.edge(own, "d0", style="invis")
    things = _Things(graph, report, found.post)
    for at, duty in enumerate(page):
        graph.node(f"d{at}", label=parts.html(_duty(duty, report)), id=f"n-{parts.key(duty.rule)}-{at}", tooltip=parts.plain(f"{duty.rule} {duty.title}"))
        line = style.RELATIONS["领导" if duty.own else "检查"].attributes
        graph.edge(f"{own}:e", f"d{at}:w", **line)
        for thing in things.of(duty, at):
            graph.edge(f"d{at}:e", f"{thing}:w", **line)
    _columns(graph, [("依据与上级", bases), ("岗位", [own]), ("职责（机制 · 内容 · 结果）", [f"d{at}" for at in range(max(1, len(page)))]),
                     ("对象", things.names)])
    return str(graph.source)


def _columns(graph: Digraph, columns: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Set nodes in columns, each under its heading and in the given order."""
    filled = [(f"h{at}", words, names) for at, (words, names) in enumerate(columns) if names]
    for head, words, names in filled:
        with graph.subgraph() as column:
            column.attr(rank="same")
            column.node(head, label=parts.html(parts.text(words, style.MAIN, MUTED, True)))
            for before, after in zip((head, *names), names, strict=False):
                column.edge(before, after, style="invis")
    for (before, *_), (after, *_) in itertools.pairwise(filled):
        graph.edge(before, after, style="invis", weight="1000")


def _title(found: DutyList) -> str:
    return f"岗位责任图：{parts.cut_lines(found.label, 112, 1)}"


def _subtitle(found: DutyList, number: tuple[int, int]) -> str:
    counted = Counter(_state(duty) for duty in found.duties)
    states = " · ".join(f"{LABELS[one]} {counted[one]}" for one in _WORST if counted[one])
    pieces = [f"第 {number[0]} 页，共 {number[1]} 页"] if number[1] > 1 else []
    pieces += [f"职责 {len(found.duties)} 项" + (f"：{states}" if states else ""), "实线 岗位自身，虚线 代表本单位", f"截至 {found.on}"]
    return parts.BAR.join(pieces)


def _state(duty: Duty) -> Outcome:
    found = {Outcome(one.state) for one in duty.occurrences}
    return next(one for one in _WORST if one in found)


# -- the cards ------------------------------------------------------------------------------------------------------

def _focal(found: DutyList) -> str:
    colour = style.ROLES["政府"]
    label = found.label.removeprefix(found.unit_label) or found.label
    size = style.FOCAL if width(label) <= 16 else style.MAIN
    rows = [_cut(found.unit_label, 16, 2, style.MAIN, colour.colour, True), _cut(label, 14, 3, size, colour.colour, True),
            parts.text(f"在任 {'、'.join(found.holders)}" if found.holders else "无人在任", style.MAIN, INK, columns=18)]
    if found.portfolio:
        rows.append(_cut(f"分管：{'、'.join(found.portfolio)}", 24, 4, style.BODY, INK))
    lines = [parts.row(parts.cell(text, cellpadding=5)) for text in rows if text]
    role = parts.row(parts.cell(parts.text(found.role, style.MAIN, PAPER, True), bgcolor=colour.colour, cellpadding=5))
    return parts.table([*lines, role], border=3, color=colour.colour, bgcolor=colour.fill)


def _base(title: str, lines: Sequence[str]) -> str:
    rows = [_cut(title, _BASE, 2, style.MAIN, INK, True), *(_cut(line, _BASE + 4, 2, style.BODY, MUTED) for line in lines)]
    wide = round(_BASE * style.MAIN / 2) + 4
    return parts.table([parts.row(parts.cell(text, align="LEFT", balign="LEFT", width=wide)) for text in rows if text], border=1, color=style.RULE, bgcolor="#FAFBFC")


def _duty(duty: Duty, report: Report) -> str:
    state = _state(duty)
    mark = style.MARKS[LABELS[state]]
    step = 3 if len(duty.mechanism) == 5 else 2
    tab = "<BR/>".join(parts.esc(duty.mechanism[at:at + step]) for at in range(0, len(duty.mechanism), step))
    band = INK if duty.own else MUTED
    name = f'<FONT COLOR="{PAPER}" POINT-SIZE="{style.BODY}"><B>{tab}</B></FONT>'
    title = _cut(duty.title, _DUTY - 6, 2, style.MAIN, INK, True)
    under = [_cut(line, _DUTY, lines, style.BODY, MUTED) for line, lines in _told(duty, state, report)]
    middle = [parts.row(parts.cell(text, align="LEFT", balign="LEFT")) for text in (title, *under) if text]
    wide = round(_DUTY * style.BODY / 2) + 28
    return parts.table([parts.row(
        parts.cell(name, bgcolor=band, width=44), parts.cell(parts.table(middle, cellpadding=2), width=wide, align="LEFT"),
        parts.cell(_stamp(duty, state, mark), bgcolor=mark.fill, width=104),
    )], border=mark.width, color=mark.border, style=mark.style, bgcolor=PAPER)


def _cut(words: str, columns: int, lines: int, size: int, colour: str, bold: bool = False) -> str:
    return parts.text(parts.cut_lines(words, columns, lines), size, colour, bold, columns, left=True)


def _stamp(duty: Duty, state: Outcome, mark: Mark) -> str:
    rows = [parts.text(f"{mark.sign} {mark.word}", style.SIGN, mark.text, True)]
    if len(duty.occurrences) > 1:
        count = sum(Outcome(one.state) is state for one in duty.occurrences)
        rows.append(parts.text(f"{count}/{len(duty.occurrences)} 项", style.BODY, mark.text))
    return parts.stacked(rows)


def _told(duty: Duty, state: Outcome, report: Report) -> Iterator[tuple[str, int]]:
    """How often, for whom, and why the state is what it is; each with the lines that it may take."""
    yield f"{duty.rule}　{duty.modality}，{duty.cycle}" + ("" if duty.own else f"　责任单位 {duty.bearer_label}"), 1
    one = next(one for one in duty.occurrences if Outcome(one.state) is state)
    finding = report.finding(one.finding)
    if state in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.ERROR) and finding is not None:
        yield finding.message, 2
    elif one.evidence:
        named = [f"{match[1]} {match[2]}" for source in one.evidence if (match := _NAMED.match(source.text))]
        yield f"佐证：{'、'.join(dict.fromkeys(reversed(named))) if named else one.evidence[-1].text}", 1


# -- what the duties rest on ------------------------------------------------------------------------------------------

def _bases(found: DutyList, page: Sequence[Duty], facts: Facts, report: Report) -> list[tuple[str, list[str]]]:
    """Papers that name the post, its superior, and the law behind the duties of the page; each with what it says of them."""
    above = list(_above(found, Network(facts, report.on), report))
    papers = [(report.words.value(document), ["载明本岗位的文件"]) for document in _papers(found.post, facts)]
    laws: dict[str, list[str]] = {}
    for duty in page:
        for basis in duty.basis:
            name, article = _cited(basis)
            laws.setdefault(name, []).append(article)
    cited = [(name, ["、".join(dict.fromkeys(filter(None, articles)))]) for name, articles in sorted(laws.items(), key=lambda item: (-len(item[1]), item[0]))]
    whole = len(papers) + len(cited) + len(above)
    room = _BASES if whole <= _BASES else _BASES - 1
    some = papers[:2]
    kept = [*some, *cited[:room - len(above) - len(some)], *above]
    left = whole - len(kept)
    return [*kept, (f"另有 {left} 项依据", ["见 zeren duties"])] if left else kept


def _papers(post: str, facts: Facts) -> Iterable[str]:
    return dict.fromkeys(str(row["document"]) for _, row in facts.where("covers", "subject", post))


def _above(found: DutyList, network: Network, report: Report) -> Iterator[tuple[str, list[str]]]:
    heads = [post for post, role, _, _ in network.posts.get(found.unit, ()) if role in ("主要负责人", "主任") and post != found.post]
    if heads and found.role not in ("主要负责人", "主任"):
        yield report.words.value(heads[0]), ["上级领导：本单位正职"]
    elif commanders := network.commanders(found.unit):
        yield report.words.value(commanders[0]), ["上级单位"]


def _cited(basis: str) -> tuple[str, str]:
    """A source and its article, from the line that a report gives: the number of the paper is left out."""
    words = [word for word in basis.replace("（未核原文）", "").split(" ") if word and not _NUMBER.search(word)]
    article = words.pop() if len(words) > 1 and _ARTICLE.match(words[-1]) else ""
    return " ".join(words), article


# -- whom or what they concern --------------------------------------------------------------------------------------

class _Things:
    """The right column: units, posts, hazards and so on that the duties are about, each once, or as lists."""

    def __init__(self, graph: Digraph, report: Report, post: str) -> None:
        self._graph, self._report, self._post = graph, report, post
        self._context = report.evaluation.context
        self._unit = self._context.ledgers.unit(post)
        self._drawn: dict[str, str] = {}
        #: The nodes of the column, from the top down.
        self.names: list[str] = []

    def of(self, duty: Duty, at: int) -> list[str]:
        """The nodes of what one duty is about."""
        found = list(self._about(duty))
        if len(found) <= _ALONE:
            return [self._single(thing) for thing in found]
        worst = sorted(found, key=lambda thing: (_WORST.index(thing[3]), thing[1]))
        counted = Counter(thing[3] for thing in found)
        counts = [(style.MARKS[LABELS[one]], counted[one]) for one in _WORST if counted[one]]
        entries = [(parts.cut_lines(label, _OBJECT - 4, 1), style.MARKS[LABELS[state]]) for _, label, _, state in worst[:_LISTED]]
        self._graph.node(f"o{at}", label=parts.html(parts.listing("对象", counts, entries, len(found), across=1, columns=_OBJECT, unit="个")))
        self.names.append(f"o{at}")
        return [f"o{at}"]

    def _single(self, thing: Thing) -> str:
        own, label, role, _ = thing
        if own not in self._drawn:
            name = parts.cut_lines(label, _OBJECT - 5, 2)
            self._drawn[own] = parts.node(self._graph, f"对象 {own}", parts.card(role, name, columns=_OBJECT), label)
            self.names.append(self._drawn[own])
        return self._drawn[own]

    def _about(self, duty: Duty) -> Iterator[Thing]:
        seen: dict[str, Thing] = {}
        for one in duty.occurrences:
            finding = self._report.finding(one.finding)
            for own in _ids(finding) if finding is not None else ():
                role = self._role(own)
                if role is not None and own not in (self._post, self._unit):
                    before = seen.get(own)
                    state = Outcome(one.state)
                    if before is None or _WORST.index(state) < _WORST.index(before[3]):
                        seen[own] = (own, self._report.words.value(own), role, state)
                    break
        yield from seen.values()

    def _role(self, own: str) -> Role | None:
        """The look of a thing: a unit, a post by its unit, or something else that has an id. Words have none."""
        unit = self._context.by_id("unit", self._context.ledgers.unit(own))
        if unit is not None:
            row = dict(zip(self._context.pack["unit"].names, unit.values, strict=True))
            return style.role_of(str(row["kind"]), str(row["function"] or ""))
        return next((role for relation, role in _THINGS.items() if self._context.by_id(relation, own) is not None), None)


def _ids(finding: Finding) -> list[str]:
    """The texts of the key, the last first: a town comes before the plan that it was left out of, and both before the bearer."""
    return [value for value in reversed(finding.instance.key) if isinstance(value, str)]
