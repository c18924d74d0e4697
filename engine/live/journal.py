"""The journal of a watch: what was taken in, and what was told of it, so that a restart neither loses nor repeats an event.

The contract (docs/watch.md): a line is written with its outcome in one transaction before anything is told of it, and is never taken in
again. That it was told is noted together with the next line, or at the end: what was told last before a crash may be told once more.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from zeren.models.problems import InputError, Place, Problem, UsageError, ZerenError

_VERSION: Final = "3"
#: The source whose lines have no lasting place.
STREAM: Final = "-"
_RESTORE: Final = "从备份恢复这个文件（连同同名的 -wal 文件）；没有备份的，换一个日志文件，从头再送一遍事件"
_TABLES: Final = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE event (number INTEGER PRIMARY KEY, source TEXT NOT NULL, path TEXT NOT NULL, line INTEGER NOT NULL, id TEXT UNIQUE,
  hash TEXT NOT NULL, text TEXT NOT NULL, taken INTEGER NOT NULL, output TEXT NOT NULL, told INTEGER NOT NULL DEFAULT 0);
CREATE INDEX event_place ON event (path, line);
CREATE INDEX event_untold ON event (told) WHERE told = 0;
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line in the journal: where it stood, whether it was taken in or refused, and what was told of it, in whatever format."""

    number: int
    source: str
    line: int
    text: str
    taken: bool
    document: Mapping[str, Any]
    told: bool


class Journal:
    """A SQLite file with one writer.

    Args:
        path: the file, made where there is none.
        about: what the journal belongs to (organisation, rules, start), by name; another one is refused.

    Raises:
        UsageError: it belongs to something else, another watch is using it, or the disk is full (so for all methods).
        InputError: the file is damaged or no journal.
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
                raise self._input("WCH-日志", "这个 SQLite 文件不是 zeren watch 的日志", "换一个文件名")
            faults = [row[0] for row in self._db.execute("PRAGMA quick_check")]
            if faults != ["ok"]:
                raise self._damaged(str(faults[0]).splitlines()[-1])
        self._belongs(about)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Faults of the file as problems that say what to do."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise self._fault(error) from None

    def _fault(self, error: sqlite3.DatabaseError) -> ZerenError:
        """What is wrong with the file, and what to do."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return UsageError.of("WCH-占用", f"日志 {self.path} 正被另一个 zeren watch 使用", "等它结束，或换一个日志文件")
        if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
            return UsageError.of("WCH-日志", f"不能写入日志 {self.path}：{error}", "核对文件夹是否存在、是否有写入权限")
        if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            return UsageError.of("WCH-写入", f"日志 {self.path} 读写失败：{error}", "磁盘满了、断开了，或者只读：恢复以后用同样的命令再运行；已经记下的不会丢，没有记下的会再收")
        if code == sqlite3.SQLITE_NOTADB:
            return self._input("WCH-日志", "这个文件不是 zeren watch 的日志，或者已经损坏", f"文件名写错了的，换一个；{_RESTORE}")
        return self._damaged(str(error))

    def _damaged(self, what: str) -> InputError:
        return self._input("WCH-损坏", f"日志不能读取：{what}", _RESTORE)

    def _input(self, code: str, message: str, hint: str) -> InputError:
        return InputError([Problem(Place(str(self.path)), code, message, hint)])

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
        """Everything so far, in the order in which it was taken in.

        Raises:
            InputError: a line is no longer what was written.
        """
        with self._told():
            rows = self._db.execute("SELECT number, source, line, text, taken, output, told, hash FROM event ORDER BY number").fetchall()
        for number, _, _, text, _, _, _, known in rows:
            if known != _hash(text):
                raise self._damaged(f"第 {number} 条的内容变了")
        return [Entry(number, source, line, text, bool(taken), json.loads(output), bool(told)) for number, source, line, text, taken, output, told, _ in rows]

    def known(self, source: str, line: int, id: str, text: str) -> bool:
        """Whether a line was taken in or refused before: by its id wherever it stands, in a file by its place too.

        A line that was refused may be mended where it stands.

        Raises:
            InputError: another text has this id, or was taken in from this place.
        """
        with self._told():
            ids = self._db.execute("SELECT source, line, hash FROM event WHERE id = ?", (id,)).fetchall() if id else []
            places = self._db.execute("SELECT source, line, hash, taken FROM event WHERE path = ? AND line = ?",
                                      (self._path(source), line)).fetchall() if source != STREAM else []
        digest = _hash(text)
        if any(row[2] == digest for row in (*ids, *places)):
            return True
        for found, what in ((ids, f"编号“{id}”的事件"), ([row for row in places if row[3]], "这一行")):
            if found:
                raise InputError([Problem(Place(source, line, 1), "WCH-改动", f"{what}和日志里记下的（{found[0][0]}:{found[0][1]}）不一样",
                                          "已经收下的事件不能改：改正用 retract 另写一行；要从头再来，换一个日志文件")])
        return False

    def write(self, source: str, line: int, id: str, text: str, taken: bool, document: Mapping[str, Any]) -> int:
        """Keep a line with what will be told of it; all that was kept before has been told. Returns its number."""
        output = json.dumps(document, sort_keys=True)
        with self._told():
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("UPDATE event SET told = 1 WHERE told = 0")
            found = self._db.execute("INSERT INTO event (source, path, line, id, hash, text, taken, output) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                                     (source, self._path(source), line, id or None, _hash(text), text, int(taken), output))
            self._db.execute("COMMIT")
        return int(found.lastrowid or 0)

    def _path(self, source: str) -> str:
        """A file as it is found from the journal, from whatever folder the watch is started."""
        return source if source == STREAM else os.path.relpath(os.path.realpath(source), os.path.realpath(self.path.parent))

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
