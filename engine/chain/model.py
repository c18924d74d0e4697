"""The accountability chain of one incident as data. All of it immutable; the tool proposes, people decide."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from zeren.engine.explain import Source
from zeren.engine.ledgers import Ask


class Verdict(StrEnum):
    """What the records say about a post on the chain (design §6.4)."""

    BREACH = "失职"
    FULFILLED = "尽职"
    OPEN = "证据不足"
    OUT_OF_REACH = "层级未及"
    UNIT_ONLY = "仅单位担责"
    DEFERRED = "另案或暂缓"
    NOT_INVOLVED = "无涉"


class Reach(StrEnum):
    """How usual it is that the accident's grade reaches an office at a level; custom (惯例), a table that users may change."""

    MUST = "应当"
    USUAL = "通常"
    RARE = "少见"
    NEVER = "不及"


@dataclass(frozen=True, slots=True)
class Path:
    """One way from the incident to a post: the attribution rule, its layer, and the facts along the link.

    ``signed`` is the moment of a signature (seconds) that decides who held the post.
    """

    rule: str
    layer: str
    steps: tuple[Source, ...]
    basis: tuple[str, ...]
    title: str = ""
    signed: int | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """One failed duty that concerns the accident: the finding id and sentence, or an inquiry's finding; ``presumed``
    says by which rebuttable step (①–⑤ of design §6.4) it came from a unit to the post."""

    text: str
    finding: str = ""
    presumed: str = ""
    evidence: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One post in the answer: who held it, why it is linked, how far up, what the verdict is and on what it rests.

    ``level`` is a tier, or 企业 or 集团; ``office`` what it counts as in the reach table; ``status`` what follows from the
    verdict under the liability mode; ``reach_note`` and the two bases say on which custom reach and degree rest.
    """

    post: str
    post_label: str
    unit: str
    unit_label: str
    person: str
    tenure: str
    level: str
    office: str
    layer: str
    reach: Reach | None
    verdict: Verdict
    nature: str
    degree: str
    paths: tuple[Path, ...]
    breaches: tuple[Breach, ...] = ()
    fulfilled: tuple[Source, ...] = ()
    aggravating: tuple[str, ...] = ()
    mitigating: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    why: str = ""
    status: str = ""
    reach_note: str = ""
    reach_basis: tuple[str, ...] = ()
    degree_basis: tuple[str, ...] = ()

    @property
    def on_chain(self) -> bool:
        """Linked, in tenure and within reach, whatever the verdict. What stays with the unit stays off its posts."""
        return self.verdict not in (Verdict.OUT_OF_REACH, Verdict.NOT_INVOLVED, Verdict.UNIT_ONLY)


@dataclass(frozen=True, slots=True)
class Clock:
    """One limit and how it was met: ``state`` is 按时, 迟报, 漏报, 谎报, 瞒报, 未到期, 证据不足 or, for other limits, 按时 or 超期."""

    name: str
    holder: str
    holder_label: str
    limit: str
    due: int | None
    done: int | None
    state: str
    basis: tuple[str, ...]
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """The whole answer: the graded incident, its clocks, the lines on the chain, those left out and why.

    ``units`` are findings that stay with a unit or reach its posts; ``questions`` the four of 责任倒查; ``mode`` the liability
    mode that decided the status of heads; ``shifts`` what raised the reach by one row;
    ``following`` what may follow for units that an inquiry found wanting, by law and custom.
    """

    incident: str
    incident_label: str
    grade: str
    rank: int
    alias: str
    bound: str
    clocks: tuple[Clock, ...]
    lines: tuple[Line, ...]
    excluded: tuple[Line, ...]
    units: tuple[Breach, ...]
    questions: tuple[tuple[str, str], ...]
    asks: tuple[Ask, ...]
    mode: str
    organisation: str = ""
    at: int = 0
    on: int = 0
    profile: str = ""
    scene: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()
    following: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notice: str = "辅助研判，不构成责任认定"

    def line(self, post: str) -> Line | None:
        """The line of a post, on the chain or left out; of several holders the first."""
        return next((one for one in (*self.lines, *self.excluded) if one.post == post), None)
