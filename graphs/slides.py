"""A drill on slides: the task, hints that name nobody, then fault by fault what was planted, at last the whole list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from zeren.engine.drills.model import Answer, Hit, Planted
from zeren.engine.outcome import LABELS, Outcome
from zeren.graphs.diagrams import parts, style
from zeren.graphs.diagrams.drawing import Drawing
from zeren.graphs.diagrams.style import INK, MUTED, PAPER

#: Columns of main text across a slide, hints on a slide, lines of the list on a slide.
_WIDE: Final = 76
_HINTS: Final = 6
_LINES: Final = 7
_SHOWN: Final = 3


def slides(answer: Answer) -> list[Drawing]:
    """The slides in the order in which they are shown; their names are free of answers until the reveal."""
    return [_task(answer), *_hints(answer), *_reveals(answer), *_list(answer)]


def _task(answer: Answer) -> Drawing:
    lines = [
        f"审计日 {answer.on}。材料里有 {len(answer.planted)} 处毛病，请找出来。",
        "每找到一处，写清：谁欠的（单位或岗位）、欠什么（规则编号，或者自己的话）。",
        "没有记载不一定是没有做：先看这本台账是不是齐全。",
        "一处毛病会带出别的问题，先找根子。",
    ]
    body = [_line(str(at), line, style.ROLES["政府"].colour) for at, line in enumerate(lines, 1)]
    return _slide("题目", f"演练：{answer.organisation or '安全生产责任体系'}", "先自己找，再看提示，最后揭晓", body)


def _hints(answer: Answer) -> Iterator[Drawing]:
    """Hints by number; two faults of one kind are hinted at once each."""
    chunks = [answer.planted[at:at + _HINTS] for at in range(0, len(answer.planted), _HINTS)]
    for number, chunk in enumerate(chunks):
        body = [_line(str(number * _HINTS + at), f"{one.mechanism}：{one.hint}", style.ROLES["园区"].colour) for at, one in enumerate(chunk, 1)]
        name = "提示" if len(chunks) == 1 else f"提示{number + 1}"
        yield _slide(name, "提示", f"第 {number * _HINTS + 1} 至 {number * _HINTS + len(chunk)} 处，共 {len(answer.planted)} 处", body)


def _reveals(answer: Answer) -> Iterator[Drawing]:
    for number, one in enumerate(answer.planted, 1):
        body = [_says(one), *_findings("这样查出来", one.hits), *_findings("还带出", one.others), _fix(one)]
        yield _slide(f"揭晓{number}", f"{number}．{one.title}", f"{one.mechanism}{parts.BAR}第 {number} 处，共 {len(answer.planted)} 处", body)


def _list(answer: Answer) -> Iterator[Drawing]:
    chunks = [answer.planted[at:at + _LINES] for at in range(0, len(answer.planted), _LINES)]
    for number, chunk in enumerate(chunks):
        body = [
            _line(str(number * _LINES + at), f"{one.hits[0].unit_label}　{one.hits[0].rule}　{one.title}", style.ROLES["行业主管"].colour)
            for at, one in enumerate(chunk, 1)
        ]
        name = "总表" if len(chunks) == 1 else f"总表{number + 1}"
        yield _slide(name, "都找到了吗", f"{len(answer.planted)} 处毛病" + (f"，原来就有的 {len(answer.before)} 条不计" if answer.before else ""), body)


# -- building blocks ------------------------------------------------------------------------------------------------

def _slide(name: str, title: str, subtitle: str, body: Sequence[str]) -> Drawing:
    graph = parts.digraph("drill", title, subtitle, columns=88)
    rows = [parts.row(parts.cell(one, align="LEFT", cellpadding=3)) for one in body if one]
    graph.node("slide", label=parts.html(parts.table(rows, cellpadding=0)))
    return Drawing(name, title, str(graph.source))


def _line(badge: str, words: str, colour: str) -> str:
    text = parts.text(parts.cut_lines(words, _WIDE, 2), style.FOCAL, INK, columns=_WIDE, left=True)
    return parts.table([parts.row(parts.cell(parts.text(badge, style.FOCAL, PAPER, True), bgcolor=colour, width=36),
                                  parts.cell(text, align="LEFT", balign="LEFT", width=_wide(), cellpadding=8))], border=1, color=style.RULE, bgcolor=PAPER)


def _says(one: Planted) -> str:
    mark = style.MARKS[LABELS[Outcome(one.hits[0].outcome)]]
    text = parts.text(parts.cut_lines(one.says, _WIDE, 3), style.FOCAL, mark.text, True, _WIDE, left=True)
    return parts.table([parts.row(parts.cell(parts.text(mark.sign, style.TITLE, mark.text, True), width=36),
                                  parts.cell(text, align="LEFT", balign="LEFT", width=_wide(), cellpadding=8))],
                       border=mark.width, color=mark.border, style=mark.style, bgcolor=mark.fill)


def _findings(heading: str, hits: Sequence[Hit]) -> Iterator[str]:
    if not hits:
        return
    rows = [parts.row(parts.cell(parts.text(f"{heading}（{len(hits)}）", style.MAIN, MUTED, True), align="LEFT"))]
    for hit in hits[:_SHOWN]:
        words = f"{LABELS[Outcome(hit.outcome)]}　{hit.rule}　{hit.message}"
        rows.append(parts.row(parts.cell(parts.text(parts.cut_lines(words, _WIDE + 24, 2), style.MAIN, INK, columns=_WIDE + 24, left=True),
                                         align="LEFT", balign="LEFT", width=_wide() + 40)))
    if len(hits) > _SHOWN:
        rows.append(parts.row(parts.cell(parts.text(f"另有 {len(hits) - _SHOWN} 条，见 zeren drill reveal", style.MAIN, MUTED), align="LEFT")))
    yield parts.table(rows, border=1, color=style.RULE, bgcolor=PAPER)


def _fix(one: Planted) -> str:
    words = parts.cut_lines(f"怎么补：{one.hits[0].fix}", _WIDE + 20, 3)
    text = parts.text(words, style.MAIN, INK, True, _WIDE + 20, left=True)
    return parts.table([parts.row(parts.cell(text, align="LEFT", balign="LEFT", width=_wide() + 40, cellpadding=6))], border=2,
                       color=style.ROLES["行业主管"].colour, bgcolor=style.ROLES["行业主管"].fill)


def _wide() -> int:
    return round(_WIDE * style.FOCAL / 2)
