"""The journal of a watch: what was taken in, and what was told of it, so that a restart neither loses nor repeats an event.

The contract (docs/watch.md): a line is written with its outcome in one transaction before anything is told of it, and is never taken in
again. That it was told is noted together with the next line, or at the end: what was told last before a crash may be told once more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from zeren.models.problems import InputError, Place, Problem, UsageError

_VERSION: Final = "1"
#: The code of the problem of a line that was changed after it was taken in.
ALTERED: Final = "WCH-改动"
_TABLES: Final = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE event (number INTEGER PRIMARY KEY, source TEXT NOT NULL, line INTEGER NOT NULL, id TEXT UNIQUE, hash TEXT NOT NULL,
  text TEXT NOT NULL, taken INTEGER NOT NULL, output TEXT NOT NULL, told INTEGER NOT NULL DEFAULT 0);
CREATE INDEX event_place ON event (source, line);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line in the journal: where it stood, whether it was taken in or refused, and what was told of it."""

    number: int
    source: str
    line: int
    text: str
    taken: bool
    output: str
    told: bool


class Journal:
    """A SQLite file with one writer.

    Args:
        path: the file, made where there is none.
        about: what the journal belongs to (organisation, rules, start), by name; another one is refused.

    Raises:
        UsageError: it belongs to something else, or another watch is using it. InputError: the file is damaged or no journal.
    """

    def __init__(self, path: Path, about: Mapping[str, str]) -> None:
        self.path = path
        with self._told():
            fresh = not path.exists() or path.stat().st_size == 0
            self._db = sqlite3.connect(path, isolation_level=None, timeout=0.5)
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            # An exclusive writer holds the lock from its first write on: a second one is refused here.
            self._db.execute("BEGIN IMMEDIATE")
            tables = {name for (name,) in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if fresh or not tables:
                for statement in filter(str.strip, _TABLES.split(";")):
                    self._db.execute(statement)
                self._db.executemany("INSERT INTO about VALUES (?, ?)", [("version", _VERSION), *about.items()])
            self._db.execute("COMMIT")
            if tables and not {"about", "event"} <= tables:
                raise InputError([Problem(Place(str(path)), "WCH-日志", "这个 SQLite 文件不是 zeren watch 的日志", "换一个文件名")])
            faults = [row[0] for row in self._db.execute("PRAGMA quick_check")]
            if faults != ["ok"]:
                raise sqlite3.DatabaseError(faults[0])
        self._belongs(about)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Faults of the file as problems that say what to do."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise UsageError.of("WCH-占用", f"日志 {self.path} 正被另一个 zeren watch 使用", "等它结束，或换一个日志文件") from None
            if "unable to open" in str(error) or "readonly" in str(error):
                raise UsageError.of("WCH-日志", f"不能写入日志 {self.path}：{error}", "核对文件夹是否存在、是否有写入权限") from None
            raise self._damaged(error) from None
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from None

    def _damaged(self, error: Exception) -> InputError:
        return InputError([Problem(Place(str(self.path)), "WCH-损坏", f"日志不能读取：{error}",
                                   "从备份恢复这个文件（连同同名的 -wal 文件）；没有备份的，换一个日志文件，从头再送一遍事件")])

    def _belongs(self, about: Mapping[str, str]) -> None:
        with self._told():
            known = dict(self._db.execute("SELECT name, value FROM about"))
        wrong = [name for name, value in {"version": _VERSION, **about}.items() if known.get(name) != value]
        if wrong:
            words = "；".join(f"{_WHAT.get(name, name)}：日志里是 {known.get(name, '（没有）')}，现在是 {about.get(name, _VERSION)}" for name in wrong)
            self.close()
            raise UsageError.of("WCH-不符", f"日志 {self.path} 不是这次的：{words}", "用回原来的组织文件、规则和起始日，或换一个日志文件从头开始")

    # -- what was taken in -------------------------------------------------------------------------------------------

    def entries(self) -> list[Entry]:
        """Everything so far, in the order in which it was taken in."""
        with self._told():
            rows = self._db.execute("SELECT number, source, line, text, taken, output, told FROM event ORDER BY number").fetchall()
        return [Entry(number, source, line, text, bool(taken), output, bool(told)) for number, source, line, text, taken, output, told in rows]

    def known(self, source: str, line: int, id: str, text: str, lasting: bool) -> bool:
        """Whether a line was taken in or refused before.

        Args:
            lasting: the source is a file, in which a line keeps its place; otherwise only ids tell.

        Raises:
            InputError: another text stood in this place, or had this id.
        """
        with self._told():
            by_id = self._db.execute("SELECT source, line, hash FROM event WHERE id = ?", (id,)).fetchone() if id else None
            by_place = self._db.execute("SELECT source, line, hash FROM event WHERE source = ? AND line = ?", (source, line)).fetchone() if lasting else None
        for found, what in ((by_place, "这一行"), (by_id, f"编号“{id}”的事件")):
            if found is not None and found[2] != _hash(text):
                raise InputError([Problem(Place(source, line, 1), ALTERED, f"{what}和日志里记下的（{found[0]}:{found[1]}）不一样",
                                          "已经收下的事件不能改：改正用 retract 另写一行；要从头再来，换一个日志文件")])
        return by_id is not None or by_place is not None

    def write(self, source: str, line: int, id: str, text: str, taken: bool, output: str) -> int:
        """Keep a line with what will be told of it; all that was kept before has been told. Returns its number."""
        with self._told():
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("UPDATE event SET told = 1 WHERE told = 0")
            found = self._db.execute("INSERT INTO event (source, line, id, hash, text, taken, output) VALUES (?, ?, ?, ?, ?, ?, ?)",
                                     (source, line, id or None, _hash(text), text, int(taken), output))
            self._db.execute("COMMIT")
        return int(found.lastrowid or 0)

    def acknowledge(self) -> None:
        """Note that everything kept so far has been told."""
        with self._told():
            self._db.execute("UPDATE event SET told = 1 WHERE told = 0")

    def close(self) -> None:
        """Let others use the file."""
        self._db.close()


_WHAT: Final = {"version": "日志格式", "organisation": "组织文件", "rules": "规则与参数", "start": "起始时间", "only": "--only", "skip": "--skip",
                "warn": "--warn"}


def _hash(text: str) -> str:
    return sha256(text.strip().encode("utf-8", "surrogatepass")).hexdigest()
