"""The diagrams of a report: the map with findings, the coverage, and the chains of the gravest accidents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zeren.engine.chain.model import Chain
    from zeren.graphs.draw import Subject as Drawn
    from zeren.reports.formats import Subject

#: A report with more accidents than this shows the chains of the gravest only.
INCIDENTS: Final = 6


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a diagram: its title, what was left out of it, its bytes, and its natural width and height in inches."""

    title: str
    notes: tuple[str, ...]
    data: bytes
    inches: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pages of a report, the chains that they show, and remarks: what is missing, and why."""

    pages: tuple[Page, ...]
    chains: tuple[Chain, ...]
    remarks: tuple[str, ...]


def pictures(subject: Subject, kind: str) -> Pictures:
    """Draw everything as ``kind`` (svg or png). What cannot be drawn here gives a remark, never an error."""
    from zeren.graphs.draw import Subject as Drawn

    report = subject.report
    chains, left = _chains(subject)
    about = Drawn(subject.org, subject.pack, report.on, findings=True)
    wanted = [("map", about), ("coverage", about)]
    wanted += [("chain", replace(about, incident=chain.incident)) for chain in chains]
    pages, remarks = list[Page](), list[str]()
    for name, drawn in wanted:
        try:
            pages += _pages(name, drawn, kind)
        except Unavailable as error:
            remarks.append(str(error))
    if left:
        remarks.append(f"另有 {left} 起事故或事项没有画责任链，用 zeren trace 查看")
    return Pictures(tuple(pages), chains, tuple(dict.fromkeys(remarks)))


class Unavailable(Exception):
    """A picture cannot be had here; the report goes on without it."""


def _chains(subject: Subject) -> tuple[tuple[Chain, ...], int]:
    """The chains of the gravest accidents, and how many others have one."""
    from zeren.engine.chain.trace import trace

    found = [trace(subject.org, str(row["id"]), subject.report.on, subject.pack) for row in subject.org.facts.records("incident")]
    ranked: Sequence[Chain] = sorted((one for one in found if one.lines), key=lambda one: (-one.rank, one.incident))
    return tuple(ranked[:INCIDENTS]), len(ranked[INCIDENTS:])


def _pages(name: str, about: Drawn, kind: str) -> Iterator[Page]:
    from zeren.graphs.draw import drawing
    from zeren.graphs.render import picture
    from zeren.graphs.render.errors import RenderError
    from zeren.models.problems import UsageError

    try:
        made = drawing(name, about)
        for at, page in enumerate(made.pages()):
            drawn = picture(page.dot, kind, page.title)
            notes = (*(made.notes if not at else page.notes), *drawn.notes)
            yield Page(page.title, notes, drawn.data, (drawn.legibility.width, drawn.legibility.height))
    except (RenderError, UsageError) as error:
        raise Unavailable("；".join(problem.message for problem in error.problems)) from None
