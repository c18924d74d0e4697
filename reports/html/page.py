"""The report as one HTML file: no network, a strict policy for content, filters, diagrams, and for each post its chain.

What comes from the files is escaped by the template; style and script are named by their hashes in the policy, so that nothing else on
the page can run.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import unescape
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from zeren.reports.clean import straight
from zeren.reports.document import FindingDocument, Named, ReportDocument, lacking
from zeren.reports.html.figures import Figure, figures
from zeren.reports.html.posts import PostView, post_views
from zeren.reports.page import NOTICE, headed
from zeren.reports.pictures import pictures
from zeren.reports.places import at
from zeren.reports.requests import window

if TYPE_CHECKING:
    from zeren.engine.chain.model import Chain
    from zeren.reports.formats import Subject

_TAG: Final = re.compile(r"<[^>]*>")
#: Findings and fulfilled duties beyond these are counted, not listed: a browser would not open the page any more.
FINDINGS, PASSED = 3_000, 3_000
_ORDER: Final = ("error", "fail", "warning", "unknown", "pending", "excepted", "pass")
_MARKS: Final = {"fail": "×", "unknown": "？", "pending": "…", "excepted": "免", "error": "!", "pass": "√"}
_LABELS: Final = {"fail": "不符合", "unknown": "证据不足", "pending": "未到期", "excepted": "已豁免", "error": "规则错误", "pass": "符合", "warning": "预警"}


@dataclass(frozen=True, slots=True)
class Row:
    """One duty instance as a row of the table; ``kind`` is the outcome, or ``warning``; ``unit`` is the bearer or the unit of its post."""

    id: str
    kind: str
    mark: str
    label: str
    severity: str
    mechanism: str
    rule: str
    title: str
    bearer: str
    unit: str
    per: str
    posts: tuple[Named, ...]
    message: str
    finding: FindingDocument | None


def render(subject: Subject) -> str:
    """The page as text, UTF-8; the same report gives the same bytes."""
    drawn = pictures(subject, "svg")
    return page(subject.document, figures(drawn.pages), drawn.chains, drawn.remarks, post_views(subject.report, drawn.chains))


def page(document: ReportDocument, drawn: Sequence[Figure] = (), chains: Sequence[Chain] = (), remarks: Sequence[str] = (),
         posts: Sequence[PostView] = ()) -> str:
    """Put the page together from the report and what was drawn."""
    from jinja2 import Environment, StrictUndefined

    folder = files("zeren.reports.html")
    style, script = ((folder / name).read_text("utf-8") for name in ("page.css", "page.js"))
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_shown)
    template = environment.from_string((folder / "page.html").read_text("utf-8"))
    shown = rows(document)
    context: dict[str, Any] = {
        "document": document, "name": "".join(headed(document.organisation, "安全生产责任检查报告")), "notice": NOTICE, "rows": shown, "figures": drawn, "chains": chains, "remarks": remarks, "posts": posts,
        "units": sorted({row.unit for row in shown}), "mechanisms": sorted({row.mechanism for row in shown}),
        "kinds": _kinds(shown), "window": window, "at": at, "lacking": lacking, "requests": sorted(document.requests, key=lambda one: (-len(one.findings), one.holder, one.kind)),
        "matrix": _matrix(document), "left": _left(document), "rules": {rule.id: rule for rule in document.rules}, "labels": _LABELS,
    }
    body = template.render(style="", script="", policy="", **context)
    style = faces(body + style) + style
    policy = (f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; font-src data:; img-src data:; "
              "base-uri 'none'; form-action 'none'")
    return template.render(style=style, script=script, policy=policy, **context)


def rows(document: ReportDocument) -> tuple[Row, ...]:
    """The rows of the table: what is not in order, what is open, and what is fulfilled, within the limits of a page."""
    rules = {rule.id: rule for rule in document.rules}
    found = []
    for one in document.findings[:FINDINGS]:
        rule = rules[one.rule]
        kind = "warning" if one.warning and one.outcome == "fail" else one.outcome
        found.append(Row(one.id, kind, "△" if kind == "warning" else _MARKS[one.outcome], _LABELS[kind], one.severity, rule.mechanism, one.rule,
                         rule.title, one.bearer.label, one.unit.label, _names(one.per), one.posts, one.message, one))
    for two in document.passed[:PASSED]:
        rule = rules[two.rule]
        found.append(Row(two.id, "pass", _MARKS["pass"], _LABELS["pass"], rule.severity, rule.mechanism, two.rule, rule.title, two.bearer.label,
                         two.unit.label, _names(two.per), two.posts, "", None))
    return tuple(sorted(found, key=lambda row: _ORDER.index(row.kind)))


def _shown(value: Any) -> Any:
    return straight(value) if type(value) is str else value


def _names(per: Iterable[Named]) -> str:
    return "，".join(named.label or "未写明" for named in per)


def _kinds(shown: Sequence[Row]) -> list[tuple[str, str, int]]:
    counted = {kind: sum(row.kind == kind for row in shown) for kind in _ORDER}
    return [(kind, _LABELS[kind], number) for kind, number in counted.items() if number]


def _left(document: ReportDocument) -> int:
    return max(0, len(document.findings) - FINDINGS) + max(0, len(document.passed) - PASSED)


def _matrix(document: ReportDocument) -> tuple[list[str], list[tuple[str, list[tuple[str, str]]]]]:
    """Levels, and for each item its cells: text and state."""
    from zeren.models.vocabulary import LEVELS

    cells = {(cell.item, cell.level): cell for cell in document.matrix}
    ran = {rule.item for rule in document.rules if rule.item is not None}
    items = [item for item in dict.fromkeys(cell.item for cell in document.matrix) if item in ran]
    levels = [level for level in LEVELS if any((item, level) in cells for item in items)]
    table = []
    for item in items:
        line = []
        for level in levels:
            cell = cells.get((item, level))
            total = len(cell.covered) + len(cell.uncovered) + len(cell.open) if cell is not None else 0
            if cell is None or cell.applicability == "不适用" or not total:
                line.append(("—", "none"))
            else:
                state = "fail" if cell.uncovered else "unknown" if cell.open else "pass"
                line.append((f"{_MARKS[state]} {len(cell.covered)}/{total}" + (f" 待核{len(cell.open)}" if cell.open else ""), state))
        table.append((item, line))
    return levels, table


def faces(text: str) -> str:
    """The font of the page: one subset with every character that it shows, regular and bold."""
    from zeren.graphs.fonts import BOLD, REGULAR, characters
    from zeren.graphs.fonts.subset import woff

    used = {char for char in unescape(_TAG.sub(" ", text)) if char.isprintable()} | set("…×？√△免!")
    bold = {char for char in used if ord(char) in characters(BOLD)}
    made = []
    for weight, file, some in (("normal", REGULAR, used), ("bold", BOLD, bold)):
        data = b64encode(woff(file, some)).decode()
        made.append(f"@font-face{{font-family:'Zeren Sans SC';font-weight:{weight};src:url(data:font/woff;base64,{data}) format('woff')}}\n")
    return "".join(made)


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
