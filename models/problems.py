"""One error hierarchy: every problem has a code, a place, what was found, what was expected and a way to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from difflib import SequenceMatcher

#: A file that is a sheet of a workbook: the workbook, and the name of the sheet, which holds no slash.
_SHEET = re.compile(r"(.*\.(?:xlsx|xlsm|xls))!([^/\\]*)", re.I | re.S)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something is written: file, line and column (both 1-based; 0 = the file as a whole).

    A sheet of a workbook is named ``book.xlsx!sheet``, and its cells are shown as ``book.xlsx!sheet!C7``.
    """

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file or "（无位置）"
        return f"{self.path}!{self.cell}" if self.sheet else f"{self.file}:{self.line}:{self.column}"

    @property
    def brief(self) -> str:
        """The place for reports: the cell of a sheet, the line of another file."""
        return str(self) if self.sheet and self.line else f"{self.file}:{self.line}" if self.line else self.file

    @property
    def path(self) -> str:
        """The file itself, without the sheet."""
        found = _SHEET.fullmatch(self.file)
        return found[1] if found else self.file

    @property
    def sheet(self) -> str:
        """The sheet of a workbook; empty where the file is none."""
        found = _SHEET.fullmatch(self.file)
        return found[2] if found else ""

    @property
    def cell(self) -> str:
        """The sheet with its cell (``单位!C5``), row (``单位!5:5``) or alone; empty where the file is no workbook."""
        from zeren.models.workbook.grid import letters

        if not self.sheet or not self.line:
            return self.sheet
        return f"{self.sheet}!{letters(self.column)}{self.line}" if self.column else f"{self.sheet}!{self.line}:{self.line}"


NOWHERE = Place()


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with an input, told so that the reader can mend it.

    ``code`` is stable (``ORG-…`` organisation files, ``YAML-…`` syntax, ``TAB-…`` tables, ``RULE-…`` rules, ``USE-…`` usage).
    """

    place: Place
    code: str
    message: str
    hint: str = ""
    severity: str = "错误"

    def __str__(self) -> str:
        hint = f"\n    改法：{self.hint}" if self.hint else ""
        return f"{self.place}: {self.severity} [{self.code}] {self.message}{hint}"


class ZerenError(Exception):
    """Base of all errors that zeren raises; carries every problem found, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))  # one wrong value may stand in several rows
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InputError(ZerenError):
    """An organisation, scenario or waiver file cannot be used as it is."""


class RuleError(ZerenError):
    """A rule, table or profile cannot be used as it is."""


class UsageError(ZerenError):
    """A command or call was given something that does not exist."""

    @classmethod
    def of(cls, code: str, message: str, hint: str = "") -> UsageError:
        """Build a usage error of one problem without a place."""
        return cls([Problem(NOWHERE, code, message, hint)])


@dataclass(slots=True)
class Problems:
    """Collects problems, so that a loader can report all of them at once."""

    items: list[Problem] = field(default_factory=list)

    def add(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Record an error."""
        self.items.append(Problem(place, code, message, hint))

    def warn(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Record a warning, which does not stop loading."""
        self.items.append(Problem(place, code, message, hint, severity="提醒"))

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.items)

    @property
    def errors(self) -> list[Problem]:
        """The problems that stop loading."""
        return [item for item in self.items if item.severity == "错误"]

    def raise_if_any(self, kind: type[ZerenError]) -> None:
        """Raise ``kind`` with all errors, if there are any."""
        if self.errors:
            raise kind(self.errors)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the known word nearest to ``word``, or the empty string.

    Of equally near words one that holds ``word`` or is held by it comes first, then one with the same first character, then the one
    named earlier; sets, which have no order, are taken in alphabetical order.

    >>> nearest("检察", ["检讨", "巡查", "检查"]), nearest("主要负则人", ["主要负责人", "班子成员"])
    ('最接近的是“检讨”', '最接近的是“主要负责人”')
    """
    from zeren.models.synonyms import meant  # needed only where something is wrong

    options = sorted(known) if isinstance(known, Set) else list(known)
    right = meant(word, options) or _near(word, options)
    return f"最接近的是“{right}”" if right else ""


def _near(word: str, options: Sequence[str]) -> str:
    """The option that is spelt most like ``word``; empty where none is."""
    matcher = SequenceMatcher(None, b=word)
    best, found = (0.5, False, False), ""
    for option in options:
        matcher.set_seq1(option)
        if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < best[0]:
            continue
        rank = (matcher.ratio(), _held(word, option), option[:1] == word[:1])
        if rank > best or (not found and rank >= best):
            best, found = rank, option
    return found or next((option for option in options if _held(word, option)), "")


def _held(word: str, option: str) -> bool:
    return bool(word) and (word in option or option in word)


def choices(known: Iterable[str], limit: int = 12) -> str:
    """List what may stand here, cut to ``limit`` names."""
    names = list(known)
    more = f" 等 {len(names)} 种" if len(names) > limit else ""
    return "、".join(names[:limit]) + more
