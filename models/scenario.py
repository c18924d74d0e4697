"""Scenario files: an organisation, changes to it, and what a check must find (format: docs/scenarios.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from os.path import normpath
from pathlib import Path
from typing import Final

from zeren.models.changes import Change, read_change
from zeren.models.moments import parse_duration
from zeren.models.nodes import Node
from zeren.models.problems import InputError, Place, Problems, choices
from zeren.models.scenario_reader import Reader
from zeren.models.scenario_trace import TraceExpected, read_traces
from zeren.models.vocabulary import LEVELS
from zeren.models.yaml_text import read

FILE: Final = "scenario.yaml"
KEYS: Final = ("scenario", "title", "intro", "org", "base", "changes", "on", "since", "profile", "only", "skip", "expect", "trace")
#: What a finding may be expected as; 预警 that are not met count as ``warning``, never as ``fail``.
KINDS: Final = ("fail", "unknown", "warning", "excepted", "pending", "pass", "error")
EXPECT_KEYS: Final = (*KINDS, "exactly", "counts", "matrix", "messages")
FINDING_KEYS: Final = ("rule", "bearer", "per", "late", "missing", "message")
CELL_STATES: Final = ("覆盖", "未覆盖", "待核")


@dataclass(frozen=True, slots=True)
class Expected:
    """A finding that must occur. ``per`` missing: any; ``late`` in seconds; ``message`` is part of its sentence."""

    kind: str
    rule: str
    bearer: str
    place: Place
    per: tuple[str, ...] | None = None
    late: int | None = None
    missing: tuple[str, ...] | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class CellExpected:
    """A cell of the coverage matrix: 不适用, covered/required as ``done`` and ``total``, or territories by state."""

    item: str
    level: str
    place: Place
    not_applicable: bool = False
    done: int | None = None
    total: int | None = None
    states: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a check must give. ``exactly``: no other fail, unknown, warning or error."""

    findings: tuple[Expected, ...] = ()
    exactly: bool = True
    counts: tuple[tuple[str, int, Place], ...] = ()
    cells: tuple[CellExpected, ...] = ()
    messages: tuple[tuple[str, Place], ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario as written. ``files`` are those of its base first; ``changes`` likewise."""

    id: str
    title: str
    intro: str
    folder: Path
    files: tuple[Path, ...]
    changes: tuple[Change, ...]
    on: str
    since: str
    profile: str
    only: tuple[str, ...]
    skip: tuple[str, ...]
    expect: Expectation
    place: Place
    rules_at: tuple[tuple[str, Place], ...] = field(default=())
    traces: tuple[TraceExpected, ...] = ()


def load_scenario(folder: Path) -> Scenario:
    """Read ``scenario.yaml`` of a folder, with the scenario that it is based on.

    Raises:
        InputError: the file cannot be used; all problems with their places.
    """
    problems = Problems()
    scenario = read_scenario(folder, problems)
    problems.raise_if_any(InputError)
    assert scenario is not None
    return scenario


def read_scenario(folder: Path, problems: Problems) -> Scenario | None:
    """Read a scenario as far as it can be read; ``problems`` says what is wrong with it."""
    return _load(folder, problems, ())


def _load(folder: Path, problems: Problems, below: tuple[Path, ...]) -> Scenario | None:
    try:
        root = read(folder / FILE)
    except InputError as error:
        problems.items.extend(error.problems)
        return None
    reader = Reader(problems)
    if not isinstance(root.value, dict):
        reader.add(root, f"场景文件应是一个映射，这里是{root.kind}", f"可用的键有 {choices(KEYS, 20)}")
        return None
    reader.keys(root, KEYS, ("scenario", "title", "intro", "expect"), "场景")
    fields = root.fields
    base = _base(folder, fields.get("base"), reader, (*below, folder.resolve()))
    own = tuple(_file(folder, node, reader) for node in reader.many(fields.get("org")))
    if base is None and not own and "base" not in fields:
        reader.add(root, "没有写 org，也没有写 base", "org: [org]，即同一文件夹下的组织文件")
    changes = tuple(read_change(node, problems) for node in reader.list(fields.get("changes"), "changes"))
    given = [found for change in fields.get("changes", root).items for found in _given(change, reader)]
    expect = _expectation(fields.get("expect"), given, reader)
    return Scenario(
        id=reader.text(fields.get("scenario"), "scenario"), title=reader.text(fields.get("title"), "title"),
        intro=reader.text(fields.get("intro"), "intro"), folder=folder,
        files=(*(base.files if base else ()), *own), changes=(*(base.changes if base else ()), *changes),
        on=reader.moment(fields.get("on"), "on") or (base.on if base else ""),
        since=reader.moment(fields.get("since"), "since") or (base.since if base else ""),
        profile=reader.text(fields.get("profile"), "profile") or (base.profile if base else ""),
        only=reader.words(fields.get("only")), skip=reader.words(fields.get("skip")), expect=expect, place=root.place,
        rules_at=tuple((node.text or "", node.place) for key in ("only", "skip") for node in reader.many(fields.get(key))),
        traces=read_traces(fields.get("trace"), reader),
    )


def _base(folder: Path, node: Node | None, reader: Reader, below: tuple[Path, ...]) -> Scenario | None:
    if node is None:
        return None
    path = Path(normpath(folder / reader.text(node, "base")))  # so that places read well
    if not (path / FILE).is_file():
        reader.add(node, f"没有场景“{node.text}”", f"写成 ../01-完整城市 这样的文件夹，其中要有 {FILE}")
        return None
    if path.resolve() in below:
        reader.add(node, f"base 绕回了自己：“{node.text}”", "去掉循环的 base")
        return None
    return _load(path, reader.problems, below)


def _file(folder: Path, node: Node, reader: Reader) -> Path:
    path = folder / reader.text(node, "org")
    if not path.exists():
        reader.add(node, f"没有文件“{node.text}”", "路径从场景所在的文件夹算起")
    return path


def _expectation(node: Node | None, given: list[Expected], reader: Reader) -> Expectation:
    if node is None:
        return Expectation(tuple(given))
    reader.keys(node, EXPECT_KEYS, (), "expect")
    fields = node.fields
    findings = [*given, *(found for kind in KINDS for found in _findings(kind, fields.get(kind), reader))]
    return Expectation(
        tuple(findings), reader.flag(fields.get("exactly"), "exactly", True), tuple(_counts(fields.get("counts"), reader)),
        tuple(_cells(fields.get("matrix"), reader)),
        tuple((reader.text(one, "messages"), one.place) for one in reader.many(fields.get("messages"))),
    )


def _given(change: Node, reader: Reader) -> list[Expected]:
    """The findings that a change says it causes."""
    node = change.fields.get("gives")
    if node is None:
        return []
    reader.keys(node, KINDS, (), "gives")
    return [found for kind in KINDS for found in _findings(kind, node.fields.get(kind), reader)]


def _findings(kind: str, node: Node | None, reader: Reader) -> list[Expected]:
    found = []
    for entry in reader.list(node, kind):
        reader.keys(entry, FINDING_KEYS, ("rule", "bearer"), "预期的发现")
        fields = entry.fields
        late = None
        if "late" in fields:
            try:
                late = parse_duration(fields["late"].text or "")
            except ValueError as error:
                reader.add(fields["late"], f"late：{error}", "写成 12分钟、1小时5分钟")
        rule, message = reader.text(fields.get("rule"), "rule"), reader.text(fields.get("message"), "message")
        per = reader.words(fields["per"]) if "per" in fields else None
        missing = reader.words(fields["missing"]) if "missing" in fields else None
        found += [
            Expected(kind, rule, bearer, entry.place, per, late, missing, message)
            for bearer in reader.words(fields.get("bearer"))
        ]
    return found


def _counts(node: Node | None, reader: Reader) -> list[tuple[str, int, Place]]:
    if node is None:
        return []
    reader.keys(node, KINDS, (), "counts")
    found = []
    for kind, one in node.fields.items():
        if kind in KINDS and (one.text or "").isdecimal():
            found.append((kind, int(one.text or ""), one.place))
        elif kind in KINDS:
            reader.add(one, f"{kind} 应是数目", "写成 counts: {pending: 3}")
    return found


def _cells(node: Node | None, reader: Reader) -> list[CellExpected]:
    found = []
    for item, levels in node.fields.items() if node is not None else ():
        reader.keys(levels, LEVELS, (), "matrix")
        found += [_cell(item, level, one, reader) for level, one in levels.fields.items() if level in LEVELS]
    return found


def _cell(item: str, level: str, node: Node, reader: Reader) -> CellExpected:
    if node.text == "不适用":
        return CellExpected(item, level, node.place, not_applicable=True)
    done, slash, total = (node.text or "").partition("/")
    if slash and done.strip().isdecimal() and total.strip().isdecimal():
        return CellExpected(item, level, node.place, done=int(done), total=int(total))
    if not isinstance(node.value, dict):
        reader.add(node, f"{item}·{level} 写作“{node.text}”", "写成 2/3（已覆盖/应覆盖）、不适用，或 {覆盖: […], 未覆盖: […], 待核: […]}")
        return CellExpected(item, level, node.place)
    reader.keys(node, CELL_STATES, (), "matrix")
    states = tuple((state, tuple(sorted(reader.words(node.fields.get(state))))) for state in CELL_STATES)
    return CellExpected(item, level, node.place, states=states)
