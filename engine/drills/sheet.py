"""Reads what a trainee wrote: a CSV, Excel or YAML sheet, forgiving about form, exact about places."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zeren.models.nodes import Node
from zeren.models.problems import InputError, Place, Problems, nearest
from zeren.models.yaml_text import OFFICE, parse

#: What a column or key may be called.
_WHO: Final = ("责任主体", "主体", "单位", "岗位", "责任单位", "责任人", "who", "bearer")
_WHAT: Final = ("问题", "规则", "规则编号", "毛病", "what", "rule", "finding")
_NOTE: Final = ("说明", "备注", "理由", "note", "why")
_SEPARATORS: Final = (",", "\t", ";", "，", "；")
_COMMENT: Final = "#"
_BOOKS: Final = (".xlsx", ".xlsm", ".xls")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet: who is said to owe something, and what; ``note`` may say more about it. One of the first two may be left empty."""

    place: Place
    who: str
    what: str
    note: str = ""


def read_sheet(path: Path) -> tuple[Line, ...]:
    """The lines of a sheet, in written order.

    Raises:
        InputError: the file cannot be read as a sheet; all problems with their places.
    """
    problems = Problems()
    if path.suffix.lower() in _BOOKS:
        return tuple(_from_workbook(path))
    text = _text(path, problems)
    lines: tuple[Line, ...] = ()
    if text is not None:
        read = _from_yaml if path.suffix.lower() in (".yaml", ".yml", ".json") else _from_csv
        lines = tuple(read(text, str(path), problems))
    problems.raise_if_any(InputError)
    return lines


def _text(path: Path, problems: Problems) -> str | None:
    if path.suffix.lower() in OFFICE and path.suffix.lower() != ".csv":
        problems.add(Place(str(path)), "DRL-答卷", f"这是 {OFFICE[path.suffix.lower()]}，答卷要用 Excel、CSV 或 YAML", "在表格程序里另存为 .xlsx 或 CSV")
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        problems.add(Place(str(path)), "DRL-答卷", f"读不到答卷：{error.strerror}", "核对路径；出题时写出了 答卷.csv")
        return None
    for coding in ("utf-8-sig", "gb18030"):  # spreadsheets in Chinese save in the second
        try:
            return data.decode(coding)
        except UnicodeDecodeError:
            continue
    problems.add(Place(str(path)), "DRL-答卷", "答卷不是文本", "在表格程序里另存为 CSV，编码选 UTF-8")
    return None


def _from_csv(text: str, name: str, problems: Problems) -> Iterator[Line]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=first.count)
    rows = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    try:
        yield from _from_rows((Place(name, rows.line_num, 1), row) for row in rows)
    except csv.Error as error:
        problems.add(Place(name, rows.line_num, 1), "DRL-答卷", f"这一行读不出来：{error}", "引号要成对；整格加引号时，里面的引号写两个")


def _from_workbook(path: Path) -> Iterator[Line]:
    """The lines of the first sheet that holds something."""
    from zeren.models.workbook.sources import workbook
    from zeren.models.workbook.values import plain

    grid = next((one for one in workbook(path) if one.filled), None)
    if grid is not None:
        yield from _from_rows((grid.place(at, 0), [plain(cell) for cell in row]) for at, row in enumerate(grid.rows))


def _from_rows(rows: Iterable[tuple[Place, Sequence[str]]]) -> Iterator[Line]:
    columns: Mapping[str, int] | None = None
    for place, row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith(_COMMENT):
            continue
        if columns is None:
            columns = _columns(cells)
            if columns:
                continue
            columns = {"who": 0, "what": 1, "note": 2}  # a sheet without a head is read in the usual order
        yield from _line({key: cells[at] if at < len(cells) else "" for key, at in columns.items()}, place)


def _columns(cells: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, names in (("who", _WHO), ("what", _WHAT), ("note", _NOTE)):
        for at, cell in enumerate(cells):
            if cell.lower() in names:
                found.setdefault(key, at)
    return found if "who" in found and "what" in found else {}


def _from_yaml(text: str, name: str, problems: Problems) -> Iterator[Line]:
    root = parse(text, name)
    node = next((root.fields[key] for key in ("answers", "答案", "答卷") if key in root.fields), root)
    if not node.items:
        problems.add(node.place, "DRL-答卷", f"答卷应是列表，这里是{node.kind}", "每一处写成“- {who: 某县政府, what: ZRS-001}”")
    for entry in node.items:
        if not isinstance(entry.value, dict):
            problems.add(entry.place, "DRL-答卷", f"一处应写成“键: 值”，这里是{entry.kind}", "- {who: 某县政府, what: ZRS-001}")
            continue
        before, cells = len(problems.items), dict(_known(entry, problems))
        if len(problems.items) == before:
            yield from _line(cells, entry.place)


def _known(entry: Node, problems: Problems) -> Iterator[tuple[str, str]]:
    for key, child in entry.fields.items():
        own = next((own for own, names in (("who", _WHO), ("what", _WHAT), ("note", _NOTE)) if key.lower() in names), None)
        if own is None:
            near = nearest(key, (*_WHO, *_WHAT, *_NOTE))
            problems.add(entry.keys[key], "DRL-答卷", f"没有“{key}”这一项" + (f"，{near}" if near else ""), "可用的键有 who、what、note")
        elif child.items:
            yield own, "、".join(one.text or "" for one in child.items)
        else:
            yield own, (child.text or "").strip()


def _line(cells: Mapping[str, str], place: Place) -> Iterator[Line]:
    who, what, note = (cells.get(key, "") for key in ("who", "what", "note"))
    if who or what:
        yield Line(place, who, what or note, note if what else "")
