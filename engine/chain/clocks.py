"""The clocks of an incident: who had to report to whom by when, who investigates, when each further step was due.

Limits and definitions are tables (``报告时限``, ``报告违规``, ``调查主体``, ``调查期限``, ``批复后期限``, ``四不放过``); this only
sets them against the recorded moments. A moment that is known to the day only never proves lateness within that day, and what
no closed ledger denies is 证据不足.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from zeren.engine.chain.authority import Authority, authority
from zeren.engine.chain.closing import closing
from zeren.engine.chain.dossier import Dossier
from zeren.engine.chain.grading import TABLES, Grade, Scales, history
from zeren.engine.chain.model import Clock
from zeren.engine.chain.reporting import reporting
from zeren.engine.chain.sheet import Sheet
from zeren.engine.ledgers import Ask
from zeren.engine.pack import Pack, shipped
from zeren.models.facts import Facts

if TYPE_CHECKING:
    from zeren.models.organisation import Organisation

#: The tables that clocks look up by name, besides those of grading.
CLOCK_TABLES: Final = tuple(f"table.{name}" for name in (
    "报告时限", "报告终点", "报告违规", "报告对象", "书面报告触发", "立即报告触发", "调查主体", "调查期限", "批复后期限", "值班时段", "四不放过"))


@dataclass(frozen=True, slots=True)
class Timeline:
    """The grades of an incident in the order of time, who investigates it, its clocks, and the papers that would settle
    the clocks that are 证据不足."""

    grades: tuple[Grade, ...]
    authority: Authority | None
    clocks: tuple[Clock, ...]
    asks: tuple[Ask, ...]

    @property
    def grade(self) -> Grade | None:
        """The grade that counts: the last one within the window; nothing where no figure is known."""
        return self.grades[-1] if self.grades else None


def timeline(incident: str, org: Organisation, on: int, pack: Pack | None = None) -> Timeline:
    """Grade an incident and set its clocks as they stood at ``on`` (seconds).

    Args:
        incident: the id of the incident; ``org``: the organisation with its records.
        pack: tables and parameters; by default what zeren ships under the profile of ``org``.

    Raises:
        UsageError: there is no such incident. RuleError: a table cannot be read.
    """
    chosen = pack or shipped(org.facts).with_profile(org.profile or None)
    dossier = Dossier(org.facts, incident, on)
    scales = Scales(Facts(chosen.looked_up(TABLES), chosen), org.facts)
    grades = history(dossier.fact, org.facts.schema["incident"].names, dossier.papers, scales)
    sheet = Sheet(dossier, scales, chosen, org.labels, grades)
    kind = scales.kinds.get(str(dossier.row["kind"]), {})
    reporting(sheet, kind.get("reporting") is True)
    body = authority(sheet) if kind.get("graded") is True else None
    if body is not None:
        closing(sheet, body)
    return Timeline(grades, body, tuple(sheet.clocks), tuple(sorted(set(sheet.asks))))


def clocks(incident: str, org: Organisation, on: int, pack: Pack | None = None) -> tuple[Clock, ...]:
    """The clocks of an incident at ``on``; see :func:`timeline`."""
    return timeline(incident, org, on, pack).clocks
