"""Tables of any kind → the parsed form of an organisation file, so that they are read and checked like one."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Final

from zeren.models.checks import BY_KIND
from zeren.models.nodes import Node
from zeren.models.problems import InputError, Place, Problems, choices, nearest
from zeren.models.registry import RECORD_KINDS
from zeren.models.relations import RELATIONS, Type
from zeren.models.workbook.columns import GUIDES, HEADER_ITEMS, HEADER_SHEET, SHEETS, Field, folded, sheet_named
from zeren.models.workbook.grid import Grid, blank
from zeren.models.workbook.rows import Row, Table, read_table
from zeren.models.workbook.sources import grids
from zeren.models.workbook.values import plain, value

#: Key → the heading as written and its 1-based column.
Words = Mapping[str, tuple[str, int]]
_SECTIONS: Final = {"unit": "units", "incident": "incidents"}
_HEADER_COLUMNS: Final = {"on": Type.MOMENT, "since": Type.MOMENT}


@dataclass(slots=True)
class Tables:
    """What files of tables say: one node for each, all problems, and how their columns are called.

    ``broken``: a table could not be used at all, so references into it cannot be judged.
    """

    nodes: list[Node] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)
    broken: bool = False
    words: dict[str, Words] = field(default_factory=dict)


def read(files: Sequence[Path]) -> Tables:
    """Read files of tables together; nothing is raised, all problems are in the result."""
    result, unusable = Tables(), Problems()
    by_file: dict[str, list[Table]] = {}
    headers: dict[str, dict[str, Node]] = {}
    for path in files:
        try:
            found = grids(path)
        except InputError as error:
            unusable.items.extend(error.problems)
            continue
        name = str(path)
        headers[name] = {key: node for grid in found if grid.name == HEADER_SHEET for key, node in _header(grid)}
        by_file[name] = list(_tables(name, found, unusable, result.problems))
        result.problems.items.extend(remark for grid in found for remark in grid.remarks)
        result.words |= {grid.file: {key: (item, 2) for item, key in HEADER_ITEMS.items()} for grid in found if grid.name == HEADER_SHEET}
    names = _Names([table for tables in by_file.values() for table in tables])
    for name, tables in by_file.items():
        result.nodes.append(_organisation(Place(name, 1, 1), headers[name], tables, names, result.problems))
        for table in tables:
            result.words[table.grid.file] = _words(table)
    result.broken = bool(unusable.items)
    result.problems.items.extend(unusable.items)
    return result


def _words(table: Table) -> Words:
    """The headings as they are written; those that are not there by their usual name, in no column."""
    written = {about.key: (plain(table.grid.rows[table.header.row][at]).rstrip("*＊ "), at + 1) for at, about in table.header.fields.items()}
    return {about.key: (about.heading, 0) for about in table.sheet.fields} | written


def _tables(name: str, found: Sequence[Grid], unusable: Problems, cells: Problems) -> Iterator[Table]:
    known = [(grid, sheet) for grid in found if (sheet := sheet_named(grid.name)) is not None]
    unknown = [grid for grid in found if sheet_named(grid.name) is None and grid.name not in GUIDES and grid.name != HEADER_SHEET and grid.filled]
    if not known and len(unknown) == 1 and (only := sheet_named(Path(name).stem)) is not None:
        known = [(unknown.pop(), only)]  # a file of one sheet may say by its own name what it holds
    for grid in unknown:
        near = nearest(grid.name, SHEETS)
        grid.remark(f"这张表没有读：不认得表名“{grid.name}”", f"{near + '；' if near else ''}可用的表名有 {choices(SHEETS, 40)}")
    if not known:
        what = f"现在只有 {choices([grid.name for grid in found])}" if found else "里面没有表"
        unusable.add(Place(name), "TAB-013", f"没有认得的表；{what}", f"表名写 {choices(SHEETS, 16)}；zeren template 给出空白模板")
        return
    ids = frozenset(plain(row[0]) for grid, sheet in known if sheet.fields[0].key == "id" for row in grid.rows if row)
    empty = True
    for grid, sheet in known:
        if not grid.filled:
            continue
        table = read_table(grid, sheet, unusable, cells, ids)
        empty = empty and table is not None and not table.rows
        if table is not None:
            yield table
    if empty and len(found) > 1:
        unusable.add(Place(name), "TAB-014", "工作簿里没有内容：各表只有表头，或是空的", "至少填写 单位 表；填法见工作簿的 说明 和 填写示例")


def _header(grid: Grid) -> Iterator[tuple[str, Node]]:
    """The items of the sheet 概况: what stands right of each."""
    items = {folded(word): key for word, key in HEADER_ITEMS.items()} | {key: key for key in HEADER_ITEMS.values()}
    for at, row in enumerate(grid.rows):
        cells = [column for column, cell in enumerate(row) if not blank(cell)]
        if not cells or (word := folded(plain(row[cells[0]]))) == "项目" or cells[0] + 1 not in cells:
            continue
        if (key := items.get(word)) is None:
            grid.remark(f"没有读：没有“{plain(row[cells[0]])}”这一项", f"可用的有 {'、'.join(HEADER_ITEMS)}", grid.place(at, cells[0]))
            continue
        column = RELATIONS["record"].columns[2] if key in _HEADER_COLUMNS else RELATIONS["unit"].columns[1]
        text, _ = value(column, row[cells[0] + 1], grid.from_1904)
        yield key, Node(text, grid.place(at, cells[0] + 1))


class _Names:
    """The ids that the tables define, also under other spellings and full names, and where units are."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.ids: defaultdict[str, set[str]] = defaultdict(set)
        self.seats: dict[str, Node] = {}
        self._spelt: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        defining = [table for table in tables if table.sheet.field("id") is not None]
        for table in sorted(defining, key=lambda table: table.sheet.relation == "post"):  # posts are called by their units
            for row in table.rows:
                self._define(table.sheet.relation, row)

    def _define(self, relation: str, row: Row) -> None:
        if relation == "post":
            _name_post(row, self)
        own = row.text("id")
        if own is None:
            return
        self.ids[relation].add(own)
        for word in filter(None, (own, row.text("name"))):
            self._spelt[relation, _spelling(word)].add(own)
        if relation == "unit" and (seat := row.cells.get("territory")):
            self.seats[own] = seat[0]

    def settle(self, node: Node, relations: Sequence[str]) -> Node:
        """The id that a reference means where only width, spaces or the full name differ; else what is written."""
        word = node.text
        if word is None or any(word in self.ids[name] for name in relations):
            return node
        spelling = _spelling(word)
        found = {own for name in relations for own in self._spelt.get((name, spelling), ())}
        return Node(found.pop(), node.place) if len(found) == 1 else node


def _spelling(word: str) -> str:
    return "".join(unicodedata.normalize("NFKC", word).replace("\u200b", "").split()).lower()


def _name_post(row: Row, names: _Names) -> None:
    """A post without an id is called by its unit and title, as in organisation files."""
    row.cells |= {"unit": [names.settle(node, ("unit",)) for node in row.cells.get("unit", ())]}
    unit, title = row.text("unit"), row.text("title")
    if "id" not in row.cells and unit and title:
        row.cells["id"] = [Node(f"{unit}{title}", row.cells["title"][0].place)]


def _organisation(place: Place, header: Mapping[str, Node], tables: Sequence[Table], names: _Names, problems: Problems) -> Node:
    facts: defaultdict[str, list[Node]] = defaultdict(list)
    content: dict[str, Node] = dict(header)
    records: dict[str, _Record] = {}
    sections: defaultdict[str, list[Node]] = defaultdict(list)
    lost: set[str] = set()
    for table in tables:
        relation = table.sheet.relation
        refers = {about.key: about for about in table.sheet.fields}
        lines = _Lines(table.rows) if relation == "covers" else None
        for row in _merged(table.rows) if relation == "document" else table.rows:
            _settle(row, refers, relation, names)
            if relation == "record":
                _record(row, records, lost, problems)
            elif relation == "covers" and lines is not None:
                facts["covers"] += _covers(row, lines, problems)
            elif relation != "detail":
                if relation == "mandate" and "territory" not in row.cells and (seat := names.seats.get(row.text("unit") or "")):
                    row.cells["territory"] = [seat]
                sections[relation] += _entries(row, table.sheet.fields)
    for table in tables:
        if table.sheet.relation == "detail":
            facts["detail"] += [node for row in table.rows if (node := _detail(row, records, lost)) is not None]
    for relation, nodes in sections.items():
        if relation in _SECTIONS:
            content[_SECTIONS[relation]] = Node(tuple(nodes), place)
        else:
            facts[relation] = nodes
    by_kind: defaultdict[str, list[Node]] = defaultdict(list)
    for entry in records.values():
        by_kind[entry.kind].append(Node(entry.fields, entry.place, {key: node.place for key, node in entry.fields.items()}))
    content["records"] = Node({kind: Node(tuple(nodes), place) for kind, nodes in by_kind.items()}, place)
    content["facts"] = Node({relation: Node(tuple(nodes), place) for relation, nodes in facts.items() if nodes}, place)
    return Node(content, place)


def _settle(row: Row, fields: Mapping[str, Field], relation: str, names: _Names) -> None:
    """Replace references by the ids that they mean."""
    for key, nodes in row.cells.items():
        about = fields[key]
        relations: Sequence[str] = about.column.refers
        if about.group == "cover":
            relations = BY_KIND["covers", "kind", "subject"].get(key, ())
        elif key == "subject" and relation in ("portfolio", "covers"):
            relations = BY_KIND[relation, "kind", "subject"].get(row.text("kind") or "", ())
        elif about.group == "detail":
            kind = RECORD_KINDS.get(row.text("kind") or "", {}).get(key)
            relations = kind.refers if kind is not None else ()
        elif relation == "stat" and key == "holder":
            relations = ("unit", "territory")
        if relations:
            row.cells[key] = [names.settle(node, relations) for node in nodes]


def _merged(rows: Sequence[Row]) -> list[Row]:
    """Rows that differ in the party only are one document with several parties."""
    found: dict[object, Row] = {}
    for at, row in enumerate(rows):
        rest = tuple(sorted((key, str([node.value for node in nodes])) for key, nodes in row.cells.items() if key != "party"))
        kept, mine = found.setdefault(rest, row), row.cells.get("party", [])
        if kept is row:
            continue
        known = {node.value for node in kept.cells.get("party", [])}
        if known and mine and known.isdisjoint(node.value for node in mine):
            kept.cells["party"] = [*kept.cells["party"], *mine]
        else:
            found[at] = row
    return list(found.values())


def _entries(row: Row, fields: Sequence[Field]) -> Iterator[Node]:
    """The entries of a row: one for each combination of several values, except where an entry itself takes a list."""
    lists = {about.key for about in fields if about.several and (about.group == "extra" or about.column.many)}
    spread = [about.key for about in fields if about.several and about.key not in lists and len(row.cells.get(about.key, ())) > 1]
    shared = {key: _one_or_list(nodes) for key, nodes in row.cells.items() if nodes and key not in spread}
    for combination in product(*(row.cells[key] for key in spread)):
        yield Node({**shared, **dict(zip(spread, combination, strict=True))}, row.place)


@dataclass(frozen=True, slots=True)
class _Record:
    """A record whose details may still come from another sheet."""

    kind: str
    place: Place
    fields: dict[str, Node]


def _record(row: Row, records: dict[str, _Record], lost: set[str], problems: Problems) -> None:
    """Keep a record as an entry under its kind; a kind that does not exist is told for every row."""
    kind, own = row.text("kind"), row.text("id")
    if kind is None or kind not in RECORD_KINDS:
        lost |= {own} if own else set()
        place = row.cells["kind"][0].place if kind else row.place
        near = nearest(kind or "", RECORD_KINDS) if kind else ""
        message = f"没有“{kind}”这种履职记录" if kind else "履职记录缺少 kind"
        hint = f"{near}；可用的有 {choices(RECORD_KINDS)}" if near else f"可用的有 {choices(RECORD_KINDS, 40)}"
        problems.add(place, "ORG-004" if kind else "ORG-002", message, hint)
        return
    fields = {key: _one_or_list(nodes) for key, nodes in row.cells.items() if nodes and key != "kind"}
    name = own if own is not None and own not in records else f"\0{row.place}"
    records[name] = _Record(kind, row.place, fields)


def _one_or_list(nodes: Sequence[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Node(tuple(nodes), nodes[0].place)


def _detail(row: Row, records: Mapping[str, _Record], lost: set[str]) -> Node | None:
    """Put a detail into its record, where its type is known; one that gives its number itself stays a row of its own."""
    own, key = row.text("record"), row.text("key")
    if own in lost:
        return None
    entry = records.get(own or "")
    found = row.cells.get("value")
    if entry is None or key is None or key not in RECORD_KINDS[entry.kind] or "number" in row.cells or not found:
        return Node({name: nodes[0] for name, nodes in row.cells.items() if nodes}, row.place)
    known = entry.fields.get(key)
    entry.fields[key] = found[0] if known is None else Node((*(known.items or (known,)), found[0]), known.place)
    return None


class _Lines:
    """Numbers the lines of documents where the sheet does not."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._used: defaultdict[str, set[str]] = defaultdict(set)
        for row in rows:
            if number := row.text("row"):
                self._used[row.text("document") or ""].add(number)

    def next(self, document: str) -> str:
        """The lowest number that no line of the document has."""
        used = self._used[document]
        number = next(str(one) for one in range(1, len(used) + 2) if str(one) not in used)
        used.add(number)
        return number


def _covers(row: Row, lines: _Lines, problems: Problems) -> Iterator[Node]:
    """The rows of one line of a document: its kinds stand as columns, or as one kind with its subject."""
    columns = {key: nodes for key, nodes in row.cells.items() if key not in RELATIONS["covers"].names}
    shared = {key: row.cells[key][0] for key in ("document", "row", "number") if row.cells.get(key)}
    if "row" not in row.cells:
        shared["row"] = Node(lines.next(row.text("document") or ""), row.place)
    if "kind" in row.cells or "subject" in row.cells:
        yield Node({**shared, **{key: row.cells[key][0] for key in ("kind", "subject") if row.cells.get(key)}}, row.place)
    elif not columns:
        problems.add(row.place, "ORG-002", "文件载明的一行没有写明对象", "在 岗位、单位、行业、地域、事项 等列至少填一格")
    for kind, nodes in columns.items():
        for node in nodes:
            yield Node({**shared, "kind": Node(kind, node.place), "subject": node}, row.place)

