"""The catalogue of faults: where each may be made, what it changes, and which rules must find it.

A fault finds its places in the language of the rules; ``passed`` there are the duties that were fulfilled before the change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Final

from zeren.engine.language.environment import Environment
from zeren.engine.language.patterns import PatternReader
from zeren.engine.language.plan import Query
from zeren.engine.language.read import placeholders
from zeren.engine.language.syntax import atoms, conjunctions
from zeren.engine.outcome import LABELS, Outcome
from zeren.engine.pack import Pack
from zeren.models.changes import Change, read_change
from zeren.models.facts import Value
from zeren.models.moments import format_duration, moment_of
from zeren.models.nodes import Node
from zeren.models.problems import InputError, Problem, Problems, choices, nearest
from zeren.models.relations import Type
from zeren.models.yaml_text import parse, read, read_text

KEYS: Final = ("id", "title", "mechanism", "rules", "find", "do", "says", "hint", "outcome")
_REQUIRED: Final = ("id", "title", "mechanism", "rules", "find", "do", "says", "hint")
_OUTCOMES: Final = {LABELS[one]: one for one in (Outcome.FAIL, Outcome.UNKNOWN)}
_VARIABLE: Final = re.compile(r"\$(\w+)")


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault. ``rules`` are ids; ``queries`` give its places as values of ``fields``; ``edits`` mention these as ``$name``."""

    id: str
    title: str
    mechanism: str
    rules: tuple[str, ...]
    outcome: Outcome
    fields: tuple[tuple[str, Type], ...]
    queries: tuple[Query, ...]
    edits: tuple[Node, ...]
    says: str
    hint: str

    @property
    def relations(self) -> frozenset[str]:
        """Every relation that is looked at to find a place."""
        return frozenset(atom.relation for query in self.queries for atom in atoms(query.steps))

    def bindings(self, place: tuple[Value, ...]) -> dict[str, Value]:
        """The values of one place by variable."""
        return dict(zip((name for name, _ in self.fields), place, strict=True))

    def changes(self, place: tuple[Value, ...]) -> tuple[Change, ...]:
        """What the fault changes at one place.

        Raises:
            InputError: a change names a relation or column that does not exist.
        """
        texts = {name: _written(value, kind) for (name, kind), value in zip(self.fields, place, strict=True)}
        problems = Problems()
        found = tuple(read_change(_filled(node, texts), problems) for node in self.edits)
        problems.raise_if_any(InputError)
        return found


def builtin() -> Path:
    """The catalogue that zeren ships."""
    return Path(str(files("zeren.scenarios") / "faults.yaml"))


def read_catalogue(pack: Pack, path: Path | None = None) -> tuple[Fault, ...]:
    """The faults of a catalogue, in written order.

    Raises:
        InputError: the file cannot be used; all problems with their places.
    """
    node = read(path) if path is not None else parse(read_text(builtin()), "scenarios/faults.yaml")
    if not node.items:
        raise InputError([Problem(node.place, "DRL-目录", f"毛病目录应是列表，这里是{node.kind}", "每一种以“- id: …”开头")])
    problems = Problems()
    found = [fault for entry in node.items if (fault := _fault(entry, pack, problems)) is not None]
    seen: set[str] = set()
    for fault, entry in zip(found, node.items, strict=False):
        if fault.id in seen:
            problems.add(entry.place, "DRL-目录", f"毛病“{fault.id}”写了两次", "换一个 id")
        seen.add(fault.id)
    problems.raise_if_any(InputError)
    return tuple(found)


def _fault(node: Node, pack: Pack, problems: Problems) -> Fault | None:
    before = len(problems.errors)
    for key in node.fields:
        if key not in KEYS:
            near = nearest(key, KEYS)
            problems.add(node.keys[key], "DRL-目录", f"一种毛病没有“{key}”这一项", "；".join(filter(None, (near, f"可用的键有 {choices(KEYS)}"))))
    if missing := [key for key in _REQUIRED if key not in node.fields]:
        problems.add(node.place, "DRL-目录", f"一种毛病缺少 {'、'.join(missing)}", f"补上 {missing[0]}: …")
        return None
    texts = {key: node.fields[key].text or "" for key in ("id", "title", "mechanism", "says", "hint")}
    env = Environment()
    scope = PatternReader(pack, problems).read(node.fields["find"], env, "find", top=False)
    used = {*_mentioned(node.fields["do"]), *(name for name, _ in placeholders(texts["says"]))}
    for name in sorted(used - set(env.known)):
        near = nearest(name, env.known)
        problems.add(node.fields["do"].place, "DRL-目录", f"{texts['id']}：find 里没有变量 ${name}" + (f"（{near}）" if near else ""), "在 find 里写出它")
    rules = tuple(_rules(node.fields["rules"], pack, problems))
    outcome = _outcome(node.fields.get("outcome"), problems)
    if len(problems.errors) > before:
        return None
    names = tuple(sorted(used))
    queries = tuple(Query(steps, names) for steps in conjunctions(scope))
    return Fault(rules=rules, outcome=outcome, fields=tuple((name, env.known[name].type) for name in names), queries=queries,
                 edits=node.fields["do"].items, **texts)


def _rules(node: Node, pack: Pack, problems: Problems) -> Iterator[str]:
    for entry in node.items or (node,):
        word = entry.text or ""
        found = [id for id in pack.duties if id.startswith(word)] if word else []
        if not found:
            near = nearest(word, pack.duties)
            problems.add(entry.place, "DRL-目录", f"没有规则“{word}”" + (f"，{near}" if near else ""), "zeren rules list 列出全部规则")
        yield from found


def _outcome(node: Node | None, problems: Problems) -> Outcome:
    if node is None:
        return Outcome.FAIL
    if node.text not in _OUTCOMES:
        problems.add(node.place, "DRL-目录", f"outcome 没有“{node.text}”", f"可用：{choices(_OUTCOMES)}")
    return _OUTCOMES.get(node.text or "", Outcome.FAIL)


def _mentioned(node: Node) -> Iterator[str]:
    if node.text is not None and (match := _VARIABLE.fullmatch(node.text)):
        yield match[1]
    children: Iterable[Node] = node.items or node.fields.values()
    for child in children:
        yield from _mentioned(child)


def _filled(node: Node, texts: Mapping[str, str | bool | None]) -> Node:
    """The node with its variables replaced by written values."""
    if isinstance(node.value, dict):
        return Node({key: _filled(child, texts) for key, child in node.value.items()}, node.place, node.keys)
    if isinstance(node.value, tuple):
        return Node(tuple(_filled(child, texts) for child in node.value), node.place, node.keys)
    if node.text is not None and (match := _VARIABLE.fullmatch(node.text)):
        return Node(texts[match[1]], node.place)
    return node


def _written(value: Value, kind: Type) -> str | bool | None:
    """A value as an author would write it; moments to the second, so that no column reads them differently."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return format_duration(value) if kind is Type.DURATION else moment_of(value).strftime("%Y-%m-%d %H:%M:%S")
    return f"{value:f}" if isinstance(value, Decimal) else value
