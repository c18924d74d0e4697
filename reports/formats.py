"""The formats of a report: name → how it is made. A new format is one line here and one file beside this one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zeren.reports.page import Style

if TYPE_CHECKING:
    from zeren.engine.pack import Pack
    from zeren.engine.report import Report
    from zeren.models.organisation import Organisation
    from zeren.reports.document import ReportDocument

#: The suffix of the file where it is not the name of the format.
SUFFIXES: Final = {"notice": "docx"}


@dataclass(frozen=True)
class Subject:
    """What a report is made of: the report itself, and the organisation and rules for diagrams and chains.

    ``named`` is how the command line names the organisation; ``everything`` asks for the full lists; ``template`` is an office's own
    Word template; ``tick`` is called with the rule of each finding before it is explained, which takes long where there are thousands.
    """

    report: Report
    org: Organisation
    pack: Pack
    named: str = ""
    everything: bool = False
    style: Style = field(default_factory=Style)
    ascii_only: bool = False
    template: Path | None = None
    tick: Callable[[str], None] | None = None

    @cached_property
    def document(self) -> ReportDocument:
        """The report as plain data: the one source of all formats."""
        from zeren.reports.document import document

        return document(self.report, self.tick)


@dataclass(frozen=True, slots=True)
class Format:
    """A format: what it is for, how it is made, and whether it can only go to a file."""

    purpose: str
    make: Callable[[Subject], str | bytes]
    file_only: bool = False


def targets(formats: Sequence[str]) -> list[tuple[str, str]]:
    """Read ``format[:file]`` words; an empty file is stdout.

    Raises:
        UsageError: a format does not exist, needs a file, or two reports go to the same place.
    """
    from zeren.models.problems import UsageError, nearest

    found = [(name, file) for name, _, file in (word.partition(":") for word in formats or ["term"])]
    for name, file in found:
        if name not in FORMATS:
            near = nearest(name, FORMATS)
            raise UsageError.of("USE-格式", f"没有报告格式“{name}”" + (f"，{near}" if near else ""), f"可用：{'、'.join(FORMATS)}")
        if FORMATS[name].file_only and not file:
            raise UsageError.of("USE-格式", f"{name} 不能写到标准输出", f"写上文件名，如 -f {name}:报告.{SUFFIXES.get(name, name)}")
    places = [file for _, file in found]
    if len(set(places)) < len(places):
        twice = next(place for place in places if places.count(place) > 1)
        raise UsageError.of("USE-格式", f"有两份报告都要写到{twice or '标准输出'}", "写成 -f json:报告.json，最多一份留在标准输出")
    return found


def bytes_of(name: str, subject: Subject) -> bytes:
    """A report as the bytes of its file; a text is UTF-8 with LF line ends."""
    made = FORMATS[name].make(subject)
    return made if isinstance(made, bytes) else made.encode("utf-8", "replace")


def _term(subject: Subject) -> str:
    from zeren.reports import terminal

    return terminal.render(subject.report, subject.style, subject.everything, subject.named, subject.tick)


def _json(subject: Subject) -> str:
    from zeren.reports import json_report

    return json_report.written(subject.document, subject.ascii_only)


def _sarif(subject: Subject) -> str:
    from zeren.reports import sarif

    return sarif.render(subject.document, subject.ascii_only)


def _junit(subject: Subject) -> str:
    from zeren.reports import junit

    return junit.render(subject.document)


def _markdown(subject: Subject) -> str:
    from zeren.reports import markdown

    return markdown.render(subject.document)


def _github(subject: Subject) -> str:
    from zeren.reports import github

    return github.render(subject.document)


def _excel(subject: Subject) -> bytes:
    from zeren.reports.excel import findings

    return findings.render(subject.document)


def _word(subject: Subject) -> bytes:
    from zeren.reports.pictures import pictures
    from zeren.reports.word import audit, office

    if subject.template is not None:
        return office.render(subject.document, subject.template)
    return audit.render(subject.document, pictures(subject, "png"))


def _notice(subject: Subject) -> bytes:
    from zeren.reports.word import notice

    return notice.render(subject.document)


def _html(subject: Subject) -> str:
    from zeren.reports.html import page

    return page.render(subject)


FORMATS: Final[dict[str, Format]] = {
    "term": Format("终端文字（缺省）", _term),
    "json": Format("全部数据，有 JSON Schema", _json),
    "sarif": Format("SARIF 2.1.0，供代码平台", _sarif),
    "junit": Format("JUnit XML，供测试平台", _junit),
    "md": Format("Markdown", _markdown),
    "xlsx": Format("Excel：问题、证据、资料调取、覆盖", _excel, file_only=True),
    "html": Format("一个网页文件，可筛选，含图", _html),
    "docx": Format("Word 检查报告", _word, file_only=True),
    "notice": Format("Word 整改通知书，每个单位一份", _notice, file_only=True),
    "github": Format("GitHub Actions 注释", _github),
}
