"""One rule as a ladder for a training card: whom it binds, what must hold, by when, and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from zeren.engine.bases import Bases
from zeren.engine.language.plan import Plan
from zeren.engine.language.syntax import (
    AllOf,
    AnyOf,
    AtLeast,
    Atom,
    Compare,
    Const,
    Expr,
    Item,
    Let,
    Test,
    Var,
    conjunctions,
    step_variables,
)
from zeren.engine.pack import Pack
from zeren.engine.words import Words
from zeren.graphs.diagrams import parts, style
from zeren.graphs.diagrams.drawing import Drawing, bound
from zeren.graphs.diagrams.style import INK, MUTED, PAPER
from zeren.graphs.draw import Subject
from zeren.models.facts import Value
from zeren.models.moments import format_duration, format_moment
from zeren.models.problems import Problems, RuleError
from zeren.models.relations import Type

#: Columns of secondary text in a rung, and beside the ladder.
_RUNG, _SIDE = 66, 40
#: So many shares of what is left of the height stay below the text beside the ladder, each line of which takes one.
_BELOW: Final = 200
#: What the ladder may take of a page's height, and what a heading, a rung and each line of a rung take, in inches.
_ROOM, _HEADING, _STEP, _LINE = 6.3, 0.62, 0.09, 0.22
_OR: Final = "或者："
_ENTITIES: Final = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
_SIGNS: Final = {"le": "不大于", "lt": "小于", "ge": "不小于", "gt": "大于", "eq": "是", "ne": "不是"}
#: A rung: how deep it is indented, and its words.
Rung = tuple[int, str]
#: A block of the ladder: its heading, its colour, its rungs.
Block = tuple[str, str, list[Rung]]


def draw(subject: Subject) -> Drawing:
    """The card of the rule of ``subject``. Raises UsageError where no rule is named or it does not exist."""
    return rule_card(subject.pack, subject.need("rule", "规则", "--rule"))


def rule_card(pack: Pack, id: str) -> Drawing:
    """The card of one rule; a rule with many conditions takes several pages.

    Raises:
        UsageError: there is no such rule. RuleError: it cannot be read.
    """
    problems = Problems()
    plan = pack.plan(pack.find(id), problems)
    problems.raise_if_any(RuleError)
    assert plan is not None
    told = _Told(plan, pack)
    pages = list(_paged(told.blocks()))
    title = f"{plan.rule.id} {plan.rule.title}"
    notes = (f"条件有 {sum(len(rungs) for _, _, rungs in told.blocks())} 条，分为 {len(pages)} 页",) if len(pages) > 1 else ()
    return bound(tuple(
        Drawing(plan.rule.id if at == 1 else f"{plan.rule.id}第{at}页", title, _page(told, page, (at, len(pages))), notes if at == 1 else ())
        for at, page in enumerate(pages, 1)
    ))


def _paged(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Blocks by page; a block that is longer than what is left of a page goes on on the next."""
    page: list[Block] = []
    room = _ROOM
    for heading, colour, rungs in blocks:
        held: list[Rung] = []
        room -= _HEADING
        for depth, words in rungs:
            cost = _STEP + _LINE * len(_wrapped(depth, words))
            if cost > room and (held or page):
                yield [*page, (heading, colour, held)] if held else page
                heading = f"{heading.removesuffix('（续）')}（续）" if held else heading
                page, held, room = [], [], _ROOM - _HEADING
            held.append((depth, words))
            room -= cost
        page.append((heading, colour, held))
    yield page


def _wrapped(depth: int, words: str) -> list[str]:
    return [f"{'　' * 2 * depth}{line}" for line in parts.cut_lines(words, _RUNG - 4 * depth, 3).split("\n")]


def _page(told: _Told, blocks: Sequence[Block], number: tuple[int, int]) -> str:
    rule = told.rule
    pieces = [f"第 {number[0]} 页，共 {number[1]} 页"] if number[1] > 1 else []
    pieces += [f"{rule.mechanism}，{rule.modality}，{rule.severity}", "同一个字（甲、乙、A……）指同一个对象"]
    graph = parts.digraph("rule", f"{rule.id} {rule.title}", parts.BAR.join(pieces), columns=108)
    down = parts.row(parts.cell(parts.text("▼", style.SIGN, MUTED), cellpadding=1))
    steps = [parts.row(parts.cell(_block(block), cellpadding=0)) for block in blocks]
    ladder = parts.table([step for at, block in enumerate(steps) for step in ([block] if at == 0 else [down, block])], cellpadding=0)
    side = [parts.cell(_side(told.side()), valign="TOP", cellpadding=6)] if number[0] == 1 else []
    rows = [parts.row(parts.cell(ladder, valign="TOP", cellpadding=6), *side)]
    if number[0] == number[1]:
        rows.append(parts.row(parts.cell(_outcomes(told.outcomes()), colspan=1 + len(side), align="LEFT")))
    graph.node("card", label=parts.html(parts.table(rows, cellpadding=0)), id=f"n-{parts.key(rule.id)}", tooltip=parts.plain(rule.title))
    return str(graph.source)


def _block(block: Block) -> str:
    heading, colour, rungs = block
    head = parts.row(parts.cell(parts.text(heading, style.MAIN, PAPER, True), bgcolor=colour, align="LEFT", colspan=2, cellpadding=5))
    rows = []
    count = 0
    for depth, words in rungs:
        first = depth == 0 and not words.startswith(_OR)
        count += first
        sign = parts.text(str(count), style.BODY, colour, True) if first else ""
        text = '<BR ALIGN="LEFT"/>'.join(parts.text(line, style.BODY, INK) for line in _wrapped(depth, words)) + '<BR ALIGN="LEFT"/>'
        rows.append(parts.row(parts.cell(sign, width=22), parts.cell(text, align="LEFT", balign="LEFT", width=round(_RUNG * style.BODY / 2))))
    return parts.table([head, *rows], border=2, color=colour, bgcolor=PAPER, cellpadding=3)


def _side(sections: Sequence[tuple[str, Sequence[str]]]) -> str:
    rows = []
    for heading, lines in sections:
        rows.append(parts.row(parts.cell(parts.text(heading, style.MAIN, INK, True), align="LEFT")))
        rows += [parts.row(parts.cell(parts.text(parts.cut_lines(line, _SIDE, 7), style.BODY, INK, columns=_SIDE, left=True), align="LEFT", balign="LEFT"))
                 for line in lines]
    rows.append(parts.row(parts.cell("", rowspan=_BELOW)))
    return parts.table(rows, border=1, color=style.RULE, bgcolor=style.LANE, cellpadding=3)


def _outcomes(found: Sequence[tuple[str, str]]) -> str:
    cells = []
    for word, when in found:
        mark = style.MARKS[word]
        head = parts.text(f"{mark.sign} {mark.word}", style.MAIN, mark.text, True)
        body = parts.text(parts.cut_lines(when, 24, 3), style.BODY, mark.text, columns=24)
        cells.append(parts.cell(parts.stacked((head, body)), border=mark.width, color=mark.border, style=mark.style, bgcolor=mark.fill, width=168))
    return parts.table([parts.row(*cells)], cellspacing=6, cellpadding=5)


class _Told:
    """A rule in words; its variables are 甲, 乙, 丙 for who and what, A, B, C for moments and numbers."""

    def __init__(self, plan: Plan, pack: Pack) -> None:
        self.rule, self._plan, self._pack = plan.rule, plan, pack
        self.words = Words({}, pack)
        self.names: dict[str, Value] = {"on": "审计日", **_letters(plan, pack), **dict(_settled(plan, pack))}

    def blocks(self) -> list[Block]:
        """The ladder from the top down."""
        rule = self.rule
        found = [(f"谁有这项责任：{self.names.get(rule.bearer, '')}" + (f"（逐个 {'、'.join(str(self.names[one]) for one in rule.per)}）" if rule.per else ""),
                  style.ROLES["政府"].colour, list(self._rungs(rule.scope)))]
        if rule.need:
            found.append(("怎样算做到", style.ROLES["行业主管"].colour, list(self._rungs(rule.need))))
        if rule.forbid:
            found.append(("有一件就是违反", style.ROLES["党委"].colour, list(self._rungs(rule.forbid))))
        if rule.due is not None:
            found.append(("期限", style.ROLES["园区"].colour, [(0, f"不晚于 {self._expression(rule.due)}")]))
        found += [(f"但书：{one.title or '以下成立时免除'}", MUTED, list(self._rungs(one.when))) for one in rule.unless]
        return found

    def side(self) -> list[tuple[str, list[str]]]:
        """What is said beside the ladder: the trainer's words, the law, how to mend it."""
        bindings = {**self.names, "missing": "所缺的项", "late_by": "多久", "due": "期限"}
        fix = self.words.sentence(self.rule.fix, bindings)
        basis = list(Bases(self._pack.folders).describe(self.rule.basis))
        more = [f"另有 {len(basis) - 4} 项"] if len(basis) > 4 else []
        sections = [("讲给大家听", [self.rule.doc]), ("依据", [*basis[:4], *more]), ("没有做到怎么补", [fix])]
        return [(heading, [line for line in lines if line]) for heading, lines in sections if any(lines)]

    def outcomes(self) -> list[tuple[str, str]]:
        """Which outcome follows when."""
        rule, due = self.rule, self.rule.due is not None
        kinds = "、".join(dict.fromkeys(self._ledgers()))
        if rule.layer is not None:
            return [("失职", "以上成立，又有未履行的职责"), ("尽职", "以上成立，职责都已履行"), ("证据不足", "职责的资料没有给齐")]
        found = [("符合", ("要求成立" + ("，不晚于期限" if due else "")) if rule.need else "没有发现违反"),
                 ("不符合" if rule.modality != "预警" else "预警", ("期限已到，没有做到，或者迟了" if due else "没有做到") if rule.need else "发现一件")]
        found += [("未到期", "期限还没到")] if due else []
        found += [("证据不足", f"没有{kinds}台账，不能下结论")] if kinds else []
        return found + ([("已豁免", "但书成立")] if rule.unless else [])

    def _ledgers(self) -> Iterator[str]:
        for one in (*(relies for part in self._plan.parts for relies in part.relies), *self._plan.forbid_relies):
            if one.form not in ("never", "measure"):
                for kind in one.kinds:
                    word = self._expression(kind)
                    yield word if isinstance(kind, Const) else ""

    def _rungs(self, items: Iterable[Item], depth: int = 0) -> Iterator[Rung]:
        for item in items:
            if isinstance(item, Atom):
                yield depth, self._atom(item)
            elif isinstance(item, Compare):
                left, right = self._expression(item.left), self._expression(item.right)
                apart = item.op in ("lt", "gt") and left[:1] in _ENTITIES and right[:1] in _ENTITIES  # an order of names only tells them apart
                yield depth, f"{left} 与 {right} 不是同一个" if apart else f"{left} {_SIGNS[item.op]} {right}"
            elif isinstance(item, Let):
                yield depth, f"{self.names.get(item.name, item.name)} 即 {self._expression(item.expr)}"
            elif isinstance(item, AtLeast):
                yield depth, f"至少 {self._expression(item.n)} 个不同的 {self.names.get(item.distinct, '')}，使："
                yield from self._rungs(item.of, depth + 1)
            elif isinstance(item, AnyOf):
                for at, branch in enumerate(item.branches):
                    yield depth, _OR if at else "以下任一成立："
                    yield from self._rungs(branch, depth + 1)
            elif isinstance(item, AllOf):
                for name, group in item.groups:
                    yield depth, f"【{name}】"
                    yield from self._rungs(group, depth + 1)

    def _atom(self, atom: Atom) -> str:
        """A pattern: what relation, of whom, and what is asked of it."""
        relation = self._pack[atom.relation]
        subject = atom.term("id")
        named = f" {self._expression(subject)}" if isinstance(subject, Var) else ""
        tests = [test for test in atom.tests if not (named and test.column == "id" and test.op == "eq")]
        if atom.relation.startswith("table."):  # the columns of a table have no Chinese names
            return f"{relation.label}：{'，'.join(self._cell(test) for test in tests)}"
        told = [words for test in tests if (words := self.words.test(self._written(test), relation, {}))]
        return f"{relation.label}{named}" + (f"：{'，'.join(told)}" if told else "")

    def _cell(self, test: Test) -> str:
        values = "或".join(self._expression(one) for one in test.operands)
        return {"eq": values, "any": values, "at": f"在 {values} 有效", "present": "已写明"}.get(test.op, f"{_SIGNS.get(test.op, '')} {values}")

    def _written(self, test: Test) -> Test:
        """The test with letters for its variables."""
        return Test(test.column, test.op, tuple(one if isinstance(one, Const) else Const(self._expression(one), Type.TEXT) for one in test.operands))

    def _expression(self, expr: Expr) -> str:
        if isinstance(expr, Var):
            return str(self.names.get(expr.name, expr.name))
        if isinstance(expr, Const):
            return _constant(expr, self.words)
        return f"{self._expression(expr.left)} {'加减乘'['+-*'.index(expr.op)]} {self._expression(expr.right)}"


def _constant(one: Const, words: Words) -> str:
    if isinstance(one.value, int) and not isinstance(one.value, bool):
        return format_duration(abs(one.value)) if one.type is Type.DURATION else format_moment(one.value)
    return words.value(one.value)


def _settled(plan: Plan, pack: Pack) -> Iterator[tuple[str, str]]:
    """The values of variables that a parameter or table settles: the rows that a pattern can meet have one value there."""
    for atom in plan.patterns:
        if atom.relation.startswith(("param.", "table.")):
            relation = pack[atom.relation]
            rows = [fact.values for fact in pack.looked_up([atom.relation])]
            for test in atom.tests:
                if test.op == "eq" and isinstance(test.operands[0], Const):
                    at = relation.names.index(test.column)
                    rows = [row for row in rows if row[at] == test.operands[0].value]
            for column in relation.columns:
                name = atom.variable(column.name)
                found = {row[relation.names.index(column.name)] for row in rows}
                if name is not None and len(found) == 1 and None not in found:
                    yield name, Words({}, pack).value(next(iter(found)), column)


def _letters(plan: Plan, pack: Pack) -> Mapping[str, str]:
    """A letter for every variable, in the order in which the rule mentions them."""
    rule = plan.rule
    lists = (rule.scope, rule.need, rule.forbid, *(one.when for one in rule.unless))
    steps = [step for items in lists for conjunction in conjunctions(items) for step in conjunction]
    texts = {test.operands[0].name for step in steps for atom in _atoms(step) for test in atom.tests
             if isinstance(test.operands[0], Var) and (column := pack[atom.relation].column(test.column)) is not None and column.type is Type.TEXT}
    found: dict[str, str] = {}
    for name in dict.fromkeys(name for step in steps for name in step_variables(step) if name != "on"):
        own, known = (_ENTITIES, "text") if name in texts else ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "other")
        count = sum((one in texts) == (known == "text") for one in found)
        found[name] = own[count % len(own)] + (str(count // len(own) + 1) if count >= len(own) else "")
    return found


def _atoms(step: object) -> Iterator[Atom]:
    if isinstance(step, Atom):
        yield step
    elif isinstance(step, AtLeast):
        for one in step.of:
            yield from _atoms(one)
