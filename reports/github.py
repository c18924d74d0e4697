"""Annotations as GitHub Actions reads them from a log: one line per finding, shown beside the line of the file.

The escapes are those of the workflow commands: ``%``, CR and LF in the text, and ``:`` and ``,`` too in the properties. Of a workbook,
the file is the workbook, and the text says the cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from zeren.models.problems import NOWHERE
from zeren.reports.clean import straight
from zeren.reports.document import FindingDocument, ReportDocument
from zeren.reports.page import NOTICE
from zeren.reports.places import place

_LEVELS: Final = {"严重": "error", "一般": "warning", "提示": "notice"}
_TEXT: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}


def render(document: ReportDocument) -> str:
    """A command per failure, warning, error or open question, then the counts."""
    return straight("\n".join([*_commands(document), _summary(document)]) + "\n")


def _commands(document: ReportDocument) -> Iterator[str]:
    titles = {rule.id: rule.title for rule in document.rules}
    for one in document.findings:
        if one.outcome in ("fail", "error", "unknown"):
            yield _command(one, titles[one.rule])


def _command(one: FindingDocument, title: str) -> str:
    level = "notice" if one.warning or one.outcome == "unknown" else "error" if one.outcome == "error" else _LEVELS[one.severity]
    source = one.source
    where = place(source) if source is not None else NOWHERE
    spot = f"file={_property(where.path)},line={max(where.line, 1)},col={max(where.column, 1)}," if where.path else ""
    text = "\n".join(part for part in (
        f"{one.label}：{one.message}", where.sheet and f"位置：{where.brief}", f"改法：{one.fix}" if one.outcome == "fail" else "", NOTICE) if part)
    return f"::{level} {spot}title={_property(f'{one.rule} {title}')}::{_escaped(text)}"


def _summary(document: ReportDocument) -> str:
    counts = "，".join(f"{name} {count}" for name, count in sorted(document.counts.items()) if count)
    return f"::notice title=zeren::{_escaped(f'{document.organisation} {document.on}：{counts}。{NOTICE}')}"


def _escaped(text: str) -> str:
    return "".join(_TEXT.get(character, character) for character in text)


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
