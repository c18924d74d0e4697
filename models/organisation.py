"""Loads organisation files into typed facts, or says everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from zeren.models.checks import Index, check
from zeren.models.collector import collector_paused
from zeren.models.facts import Fact, Facts, Value
from zeren.models.flatten import flatten, header
from zeren.models.nodes import Node
from zeren.models.problems import InputError, Place, Problem, Problems, choices
from zeren.models.rows import Reader
from zeren.models.yaml_text import OFFICE, read

Edit = Callable[[Reader], None]
_SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})
#: Files of tables, read by ``workbook``.
TABLES: Final = frozenset({".xlsx", ".xlsm", ".xls", ".csv", ".tsv", ".parquet"})
#: Later ones win where one id names several things.
_LABELLED: Final = ("industry", "territory", "incident", "hazard", "document", "site", "unit")


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as facts. ``on`` and ``since`` are the written audit date and the start of the audit period.

    ``labels`` says how an id is shown, where that differs from the id.
    """

    name: str
    facts: Facts
    labels: Mapping[str, str]
    on: int | None = None
    since: int | None = None
    profile: str = ""
    warnings: tuple[Problem, ...] = ()
    #: Former name → the units that were called so.
    formerly: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def label(self, own: str) -> str:
        """Return how ``own`` is shown to people."""
        return self.labels.get(own, own)


def load(paths: Sequence[Path | str], edit: Edit | None = None) -> Organisation:
    """Load files and folders as one organisation: YAML, JSON, workbooks, CSV and Parquet files.

    ``edit`` may change the rows after reading and before they are checked, as scenarios do.

    Raises:
        InputError: any file cannot be used; carries all problems of all files.
    """
    with collector_paused():
        problems = Problems()
        found = _files(paths, problems)
        tables = [path for path in found if path.suffix.lower() in TABLES]
        texts = [path for path in found if path.suffix.lower() not in TABLES]
        return _with_tables(texts, tables, edit, problems) if tables else _load(texts, edit, problems, (), bool(problems.errors))


def files(paths: Sequence[Path | str]) -> list[Path]:
    """The files that :func:`load` reads under these paths."""
    return _files(paths, Problems())


def _with_tables(texts: Sequence[Path], tables: Sequence[Path], edit: Edit | None, problems: Problems) -> Organisation:
    """Load files of tables as well; problems in them are told in the words of the tables."""
    from zeren.models.workbook.tables import read as read_tables
    from zeren.models.workbook.wording import in_sheet_words

    found = read_tables(tables)
    broken = found.broken or bool(problems.errors)
    problems.items.extend(found.problems)
    try:
        org = _load(texts, edit, problems, found.nodes, broken)
    except InputError as error:
        raise InputError(in_sheet_words(error.problems, found.words)) from None
    return replace(org, warnings=tuple(in_sheet_words(org.warnings, found.words)))


def _load(paths: Sequence[Path], edit: Edit | None, problems: Problems, tables: Sequence[Node], broken: bool) -> Organisation:
    nodes = list(tables)
    for path in paths:
        try:
            nodes.append(read(path))
        except InputError as error:
            problems.items.extend(error.problems)
            broken = True
    if broken:
        # A file that cannot be read would make every reference into it look wrong: check only what stands alone.
        _shapes(nodes, problems)
        raise InputError(problems.errors)
    if not nodes:
        raise InputError([Problem(Place(), "ORG-020", "没有给出组织文件", "给出一个或多个 YAML、JSON 文件或文件夹")])
    return _build(nodes, Path(nodes[0].place.file).stem, edit, tuple(problems))


def build(*nodes: Node) -> Organisation:
    """Build an organisation from parsed texts, such as the examples of a rule.

    Raises:
        InputError: the texts do not describe an organisation; carries all problems.
    """
    return _build(nodes, "", None)


def _shapes(nodes: Iterable[Node], problems: Problems) -> None:
    for node in nodes:
        reader = Reader()
        flatten(node, reader)
        problems.items.extend(reader.problems)


def _build(nodes: Sequence[Node], name: str, edit: Edit | None, remarks: Sequence[Problem] = ()) -> Organisation:
    reader = Reader()
    stated: dict[str, tuple[Value, Place]] = {}
    for node in nodes:
        flatten(node, reader)
        _merge(header(node, reader), node, stated, reader.problems)
    if edit is not None:
        edit(reader)
    reader.problems.items.extend(remarks)
    index = check(reader.drafts, reader.formerly, reader.problems)
    on, since = stated.get("on", (None,))[0], stated.get("since", (None,))[0]
    if isinstance(on, int) and isinstance(since, int) and since > on:
        reader.problems.add(stated["since"][1], "ORG-013", "审计期起点 since 晚于审计日 on", "核对两个日期")
    reader.problems.raise_if_any(InputError)
    return Organisation(
        name=str(stated.get("name", (name,))[0]),
        facts=Facts(Fact(draft.relation, tuple(draft.values), draft.place) for draft in reader.drafts),
        labels=_labels(index),
        on=on if isinstance(on, int) else None,
        since=since if isinstance(since, int) else None,
        profile=str(stated.get("profile", ("",))[0]),
        warnings=tuple(sorted({item for item in reader.problems if item.severity != "错误"})),
        formerly=MappingProxyType({word: tuple(sorted(own)) for word, own in sorted(reader.formerly.items())}),
    )


def _merge(
    found: Mapping[str, Value], node: Node, stated: dict[str, tuple[Value, Place]], problems: Problems
) -> None:
    """Take over the single values of one file; two files must not contradict each other."""
    for key, value in found.items():
        if value is None:
            continue
        place = node.fields[key].place
        first, where = stated.setdefault(key, (value, place))
        if first != value:
            problems.add(place, "ORG-020", f"{key} 与 {where} 的写法不一致", "几个文件里只写一次，或写成一样")


def _labels(index: Index) -> Mapping[str, str]:
    labels: dict[str, str] = {}
    for relation in _LABELLED:
        for own, draft in index.ids[relation].items():
            name = draft.text("name")
            if name and name != own:
                labels[own] = name
    for own, draft in index.ids["post"].items():
        unit, title = draft.text("unit") or "", draft.text("title")
        shown = draft.text("name") or (f"{labels.get(unit, unit)}{title}" if title else own)
        if shown != own:
            labels[own] = shown
    return MappingProxyType(dict(sorted(labels.items())))


def _files(paths: Sequence[Path | str], problems: Problems) -> list[Path]:
    """Return the files to read, each once, in the order given; folders give their files by name."""
    found: dict[Path, Path] = {}
    for path in map(Path, paths):
        try:
            inside = _content(path) if path.is_dir() else [path]
        except OSError as error:
            problems.add(Place(str(path)), "YAML-001", f"无法读取文件夹：{error.strerror}", "检查权限")
            continue
        except ValueError:
            inside = [path]
        if path.is_dir() and inside and (left := _unread(path)):
            problems.warn(
                Place(str(path)), "ORG-020", f"文件夹里有 {len(left)} 个文件没有读：{choices(left, 5)}",
                "文件夹里只读 *.yaml、*.yml、*.json，和以表名命名的 *.csv、*.parquet；工作簿单独写出：zeren check 文件夹 工作簿.xlsx",
            )  # fmt: skip
        if not inside:
            problems.add(Place(str(path)), "ORG-020", "文件夹里没有 *.yaml、*.yml、*.json 文件，也没有以表名命名的 *.csv、*.parquet 文件", "核对路径")
        for file in inside:
            found.setdefault(file.absolute(), file)
    return list(found.values())


def _content(folder: Path) -> list[Path]:
    """What is read in a folder: texts at any depth, and the tables that an export writes."""
    return [*sorted(_inside(folder)), *_tables(folder)]


def _tables(folder: Path) -> list[Path]:
    candidates = [path for path in folder.iterdir() if path.suffix.lower() in (".csv", ".parquet")]
    if not candidates:
        return []
    from zeren.models.workbook.sources import inside

    return list(inside(folder))


def _unread(folder: Path) -> list[str]:
    """Papers in a folder that somebody may believe to have been read."""
    taken = set(_tables(folder))
    names = (path.name for path in folder.rglob("*") if path.suffix.lower() in OFFICE and path not in taken)
    return sorted(name for name in names if not name.startswith((".", "~")))


def _inside(folder: Path) -> Iterable[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in _SUFFIXES and not hidden and path.is_file():
            yield path
