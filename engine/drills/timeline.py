"""The file of a drill that is played: what there was before, what happens when, and until when it is followed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zeren.models import organisation
from zeren.models.cells import moment
from zeren.models.nodes import Node
from zeren.models.organisation import Organisation
from zeren.models.problems import InputError, Problems, UsageError, choices, nearest
from zeren.models.scenario_reader import Reader
from zeren.models.yaml_text import read

KEYS: Final = ("drill", "intro", "org", "incident", "until", "events")
_EVENT: Final = ("at", "says", "add")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens: the moment (seconds) and the words of the trainer; what it adds stands in the organisation."""

    at: int
    says: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A drill to be played. ``org`` holds everything that will have happened; only what is known by then counts at a moment."""

    title: str
    intro: str
    org: Organisation
    incident: str
    until: int
    events: tuple[Event, ...]


def read_timeline(path: Path) -> Timeline:
    """Read a drill and the organisation that it names.

    Raises:
        InputError: a file cannot be used; all problems with their places. UsageError: there is no such incident.
    """
    problems = Problems()
    root, reader = read(path), Reader(problems)
    reader.keys(root, KEYS, ("drill", "org", "incident", "until", "events"), "演练文件")
    fields = root.fields
    events, added = _events(reader.list(fields.get("events"), "events"), reader)
    until = _moment(fields.get("until"), "until", reader, "end")
    if until is not None and events and until < max(event.at for event in events):
        reader.add(fields["until"], "until 早于最后一个事件", "写到最后一个事件之后，看期限怎样到来")
    words = reader.words(fields.get("org"))
    title, intro, incident = (reader.text(fields.get(key), key) for key in ("drill", "intro", "incident"))
    paths = [path.parent / word for word in words]
    for word, file in zip(words, paths, strict=True):
        if not file.exists():
            reader.add(fields["org"], f"没有组织文件“{word}”", "写相对于演练文件的路径")
    problems.raise_if_any(InputError)
    org = organisation.build(*(read(file) for file in organisation.files(paths)), *added)
    assert until is not None
    return Timeline(title, intro, org, _known(org, incident), until, events)


def _events(nodes: tuple[Node, ...], reader: Reader) -> tuple[tuple[Event, ...], list[Node]]:
    """The events in the order of time, and what they add to the organisation."""
    found: list[Event] = []
    added: list[Node] = []
    for node in nodes:
        reader.keys(node, _EVENT, ("at", "says"), "事件")
        at = _moment(node.fields.get("at"), "at", reader, "start")
        says = reader.text(node.fields.get("says"), "says")
        if at is not None:
            found.append(Event(at, says))
        if "add" in node.fields:
            added.append(node.fields["add"])
    return tuple(sorted(found, key=lambda event: event.at)), added


def _moment(node: Node | None, key: str, reader: Reader, day: str) -> int | None:
    text = reader.text(node, key)
    return moment(text, node, reader.problems, key, day) if node is not None and text else None


def _known(org: Organisation, incident: str) -> str:
    ids = {str(fact.values[0]) for fact in org.facts.of("incident")}
    if incident not in ids:
        near = nearest(incident, ids)
        raise UsageError.of("USE-对象", f"组织中没有事故“{incident}”" + (f"，{near}" if near else ""), f"组织文件里有 {choices(sorted(ids))}" if ids else "在 events 里用 add: {incidents: […]} 写出")
    return incident
