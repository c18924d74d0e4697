"""安全生产责任体系规则引擎：谁负什么责、做没做、出了事谁来答。

>>> import zeren
>>> org = zeren.parse('''
... on: 2024-06-30
... territories: [{id: 临江市, level: 市级}]
... units:
...   - id: 市政府
...     kind: 政府
...     level: 市级
...     territory: 临江市
...     posts: [{id: 市长, role: 主要负责人, holder: P1}]
... ''')
>>> report = zeren.check(org, only=["AWH-001"])
>>> [finding.message for finding in report.by("fail")]
['市政府的安委会主任不是政府主要负责人']

辅助研判，不构成责任认定。
"""

from __future__ import annotations

from datetime import date, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from zeren.engine.chain.model import Chain
    from zeren.engine.live.session import Session
    from zeren.engine.outcome import Outcome
    from zeren.engine.pack import Pack
    from zeren.engine.report import Finding, Report
    from zeren.graphs.diagrams.drawing import Drawing
    from zeren.graphs.structure import Structure
    from zeren.models.organisation import Organisation
    from zeren.models.problems import InputError, Problem, RuleError, UsageError, ZerenError

__version__ = "0.1.0"
NOTICE = "辅助研判，不构成责任认定"

__all__ = [
    "NOTICE", "Chain", "Finding", "InputError", "Organisation", "Outcome", "Pack", "Problem", "Report", "RuleError", "Session",
    "UsageError", "ZerenError", "check", "draw", "load", "parse", "structure", "trace", "watch",
]

#: Where the names above live; they are imported when somebody asks, so that ``zeren --help`` stays quick.
_HOMES: Final = {
    "Chain": "zeren.engine.chain.model", "Outcome": "zeren.engine.outcome", "Pack": "zeren.engine.pack", "Finding": "zeren.engine.report",
    "Report": "zeren.engine.report", "Organisation": "zeren.models.organisation", "Session": "zeren.engine.live.session",
    **dict.fromkeys(("InputError", "Problem", "RuleError", "UsageError", "ZerenError"), "zeren.models.problems"),
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a name of the package when it is first used."""
        if name not in _HOMES:
            raise AttributeError(f"module 'zeren' has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return found


def load(*paths: str | Path) -> Organisation:
    """Load one organisation from files and folders.

    Raises:
        InputError: something is wrong with the files; ``error.problems`` lists everything with its place.
    """
    from zeren.models import organisation

    return organisation.load(paths)


def parse(text: str, name: str = "文本") -> Organisation:
    """Load an organisation from a YAML or JSON text; see :func:`load`."""
    from zeren.models import organisation, yaml_text

    return organisation.build(yaml_text.parse(text, name))


def check(org: Organisation, *, on: date | str | None = None, only: Sequence[str] = (), skip: Sequence[str] = (),
          focus: str | None = None, profile: str | None = None, pack: Pack | None = None) -> Report:
    """Check an organisation and return an immutable report; safe to call from several threads.

    Args:
        on: the audit date (end of that day); by default the one in the file, else today.
        only: rule ids or prefixes; ``skip``: those to leave out.
        focus: a unit or post; only what concerns it is reported.
        profile: the parameter profile; by default the one in the file.
        pack: rules of your own: ``zeren.Pack([folder])``; its profile counts where ``profile`` is not given.

    Raises:
        UsageError: an id, date or profile does not exist. RuleError: a rule of ``pack`` cannot be used.
    """
    from zeren.engine.audit import audit
    from zeren.engine.pack import Pack

    chosen = (pack or Pack()).with_profile(profile or (None if pack else org.profile or None))
    return audit(org, chosen, moment(org, on), only, skip, focus)


def trace(org: Organisation, incident: str, *, on: date | str | None = None, post: str | None = None,
          profile: str | None = None, pack: Pack | None = None) -> Chain:
    """Trace an accident to every answerable post, with reasons; an immutable chain, safe to call from several threads.

    Args:
        incident: the id of the incident in the organisation.
        on: the date up to which records are known; by default the one in the file, else today.
        post: a post to be told of in any case: its line is among ``chain.lines`` or, with the reason, ``chain.excluded``.
        profile: the parameter profile, which holds the liability mode; by default the one in the file.
        pack: rules of your own, as in :func:`check`.

    Raises:
        UsageError: the incident, post, date or profile does not exist. RuleError: a rule or table of ``pack`` cannot be used.
    """
    from zeren.engine.chain.trace import trace as run
    from zeren.engine.pack import shipped

    chosen = (pack or shipped(org.facts)).with_profile(profile or (None if pack else org.profile or None))
    return run(org, incident, moment(org, on), chosen, post)


def draw(org: Organisation, kind: str, file: str | Path | None = None, *, incident: str | None = None, post: str | None = None,
         unit: str | None = None, rule: str | None = None, findings: bool = False, on: date | str | None = None,
         profile: str | None = None, pack: Pack | None = None) -> Drawing:
    """Draw a diagram; with ``file`` (``.svg``, ``.png``, ``.pdf`` or ``.dot``) also write its pages, each with its DOT.

    Args:
        kind: ``map``, ``focus``, ``post``, ``coverage``, ``chain`` or ``rule``.
        incident, post, unit, rule: what the diagram is about, by id or by the name shown.
        findings: mark the findings of a check on the picture.
        on, profile, pack: as in :func:`check`.

    Raises:
        UsageError: something that was named does not exist, or ``file`` cannot be written.
        RenderError: the picture could not be made (``zeren.graphs.render.errors``); its DOT is written all the same.
    """
    from pathlib import Path

    from zeren.engine.pack import Pack
    from zeren.graphs.draw import drawing, subject
    from zeren.graphs.files import kind_of, write

    if file is not None:
        kind_of(Path(file))
    chosen = (pack or Pack()).with_profile(profile or (None if pack else org.profile or None))
    made = drawing(kind, subject(org, chosen, moment(org, on), incident=incident, post=post, unit=unit, rule=rule, findings=findings))
    if file is not None:
        write(made, Path(file))
    return made


def structure(org: Organisation, *, on: date | str | None = None, profile: str | None = None, pack: Pack | None = None) -> Structure:
    """Look for gaps, overlaps, loops and single points in who answers for whom; an immutable result.

    Args:
        on: the date of the structure; by default the one in the file, else today.
        profile: the parameter profile; by default the one in the file.
        pack: rules of your own, as in :func:`check`.

    Raises:
        UsageError: a date or profile does not exist. RuleError: a rule cannot be used.
    """
    from zeren.engine.pack import Pack
    from zeren.graphs.structure import structure as look

    return look(org, (pack or Pack()).with_profile(profile or (None if pack else org.profile or None)), moment(org, on))


def watch(org: Organisation, *, on: date | str | None = None, warn: float = 0, only: Sequence[str] = (), skip: Sequence[str] = (),
          profile: str | None = None, pack: Pack | None = None) -> Session:
    """Watch an organisation: a session takes events one by one and tells which duties each of them changed.

    Args:
        on: the first moment; by default the date in the file, else today (end of that day).
        warn: so many days before a due date a pending duty is told of; not at all by default.
        only: rule ids or prefixes; ``skip``: those to leave out.
        profile: the parameter profile; ``pack``: rules of your own, as in :func:`check`.

    Raises:
        UsageError: an id, date or profile does not exist. RuleError: a rule of ``pack`` cannot be used.
    """
    from zeren.engine.live.session import Session
    from zeren.engine.pack import Pack

    chosen = (pack or Pack()).with_profile(profile or (None if pack else org.profile or None))
    return Session(org, chosen, moment(org, on), warn, only, skip)


def moment(org: Organisation, on: date | str | None = None) -> int:
    """The audit moment in seconds: the end of ``on``, else of the file's date, else of today.

    Raises:
        UsageError: ``on`` is no date, or no year in which anybody audits.
    """
    from zeren.models.moments import format_moment, parse_moment
    from zeren.models.problems import UsageError

    if on is None and org.on is not None:
        found, text = org.on, format_moment(org.on, "end")
    else:
        text = on.isoformat(" ", "seconds") if isinstance(on, datetime) else str(on or date.today())
        try:
            found = parse_moment(text, "end")
        except ValueError as error:
            raise UsageError.of("USE-日期", f"审计日：{error}", "写法如 2024-12-31") from None
    if not parse_moment("1900-01-01") <= found < parse_moment("2200-01-01"):
        raise UsageError.of("USE-日期", f"审计日 {text} 像是年份写错了", "审计日在 1900 年到 2199 年之间，写法如 2024-12-31")
    return found
