"""A stream of events, line by line: what is broken is told and skipped, what was taken in before is not taken in again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from zeren.engine.live.changes import Change
from zeren.engine.live.events import read_line
from zeren.engine.live.journal import Entry, Journal
from zeren.engine.live.session import Session
from zeren.models.nodes import Node
from zeren.models.problems import InputError, Problem
from zeren.models.yaml_text import read_text


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one line: the changes and remarks, or the problems for which it was refused."""

    number: int
    source: str
    line: int
    at: int
    changes: tuple[Change, ...] = ()
    remarks: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Tally:
    """How many lines were taken in, refused, and known from before."""

    taken: int = 0
    refused: int = 0
    known: int = 0


#: What is told of a line, as plain data that can be kept.
Document = Mapping[str, Any]
Describe = Callable[[Told], Document]
Tell = Callable[[Document], None]


def identity(session: Session, only: Iterable[str], skip: Iterable[str], warn: float) -> dict[str, str]:
    """What a journal of this session belongs to."""
    org, pack = session.organisation, session.pack
    rows = "\n".join(repr((fact.relation, fact.values)) for fact in org.facts)
    files = [path for folder in pack.folders for path in sorted(Path(folder).rglob("*.yaml"))]
    rules = "\n".join(f"{path.name}\0{read_text(path)}" for path in files)
    return {
        "organisation": _digest(f"{org.since}\n{rows}"), "rules": f"{_digest(rules)}（方案 {pack.profile}）", "start": str(session.now),
        "only": " ".join(only), "skip": " ".join(skip), "warn": f"{warn:g}天",
    }


def resume(session: Session, journal: Journal, tell: Tell) -> list[Entry]:
    """Take in what the journal holds and tell what may not have been told; returns what is in it.

    Raises:
        InputError: an event that was taken in cannot be read any more.
    """
    entries = journal.entries()
    for entry in entries:
        if entry.taken:
            session.recall(session.read(read_line(entry.text, entry.source, entry.line)))
    for entry in entries:
        if not entry.told:
            tell(entry.document)
    journal.acknowledge()
    return entries


def follow(session: Session, lines: Iterable[str], source: str, describe: Describe, tell: Tell, journal: Journal | None = None) -> Tally:
    """Let every line of ``lines`` happen; blank ones and those that begin with # say nothing.

    Args:
        source: the file, or ``-`` for a stream whose lines have no lasting place.
        describe: what to tell of a line; ``tell`` tells it, and returns when it is out.
    """
    tally, number = Tally(), len(journal.entries()) if journal is not None else 0
    for at, raw in enumerate(lines, 1):
        text = raw.strip()
        if not text or text.startswith("#"):
            continue
        node, problems = _understood(text, source, at)
        id = _id(node) if node is not None else ""
        try:
            if journal is not None and journal.known(source, at, id, text):
                tally.known += 1
                continue
            told = _happened(session, node, number + 1, source, at) if node is not None else None
        except InputError as error:
            told, problems = None, error.problems
        told, taken = told or Told(number + 1, source, at, session.now, problems=problems), told is not None
        number += 1
        document = describe(told)
        tally.taken, tally.refused = tally.taken + taken, tally.refused + (not taken)
        if journal is not None:
            journal.write(source, at, id if taken else "", text, taken, document)  # an id that was refused may come again, mended
        tell(document)
    if journal is not None:
        journal.acknowledge()
    return tally


def _understood(text: str, source: str, at: int) -> tuple[Node | None, tuple[Problem, ...]]:
    try:
        return read_line(text, source, at), ()
    except InputError as error:
        return None, error.problems


def _happened(session: Session, node: Node, number: int, source: str, at: int) -> Told:
    changes = session.happen(node)
    return Told(number, source, at, session.now, changes, session.remarks)


def _id(node: Node) -> str:
    found = node.fields.get("id")
    return found.text or "" if found is not None else ""


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


