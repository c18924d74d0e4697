"""Reads files of tables into grids: Excel workbooks, CSV and Parquet files."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Final

from zeren.models.problems import InputError, Place, Problem
from zeren.models.workbook.columns import field_named, sheet_named
from zeren.models.workbook.grid import Cell, Grid, letters, listed
from zeren.models.workbook.package import MAX_CELLS, Package, SheetFacts, inspect

MAX_BYTES: Final = 64 * 2**20
_DELIMITERS: Final = (",", "\t", ";", "，", "|")
_UNSOLVED: Final = ("公式没有保存计算结果", "在 Excel 中打开、保存一次；或复制后“选择性粘贴→数值”")
_ERROR: Final = ("公式的结果是错误值", "改正公式，或直接填写内容")
_NOTHING: Final = SheetFacts()


def grids(path: Path) -> list[Grid]:
    """Read the tables of one file.

    Raises:
        InputError: the file cannot be read, is not what it claims to be, or must not be opened.
    """
    return READERS[path.suffix.lower()](path)


def _bytes(path: Path) -> bytes:
    name = str(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _failure(name, "YAML-001", "文件不存在", "核对路径；路径里有空格时加引号") from None
    except PermissionError:
        raise _failure(name, "YAML-001", "没有读取权限", "关闭正打开它的 Excel 或 WPS 再试；或检查文件权限") from None
    except (OSError, ValueError) as error:
        raise _failure(name, "YAML-001", f"无法读取：{getattr(error, 'strerror', None) or error}", "核对路径和磁盘") from None
    if len(data) > MAX_BYTES:
        raise _failure(name, "YAML-002", f"文件超过上限 {MAX_BYTES // 2**20} MB", "拆成几个文件，或用 Parquet 文件夹")
    return data


def workbook(path: Path) -> list[Grid]:
    """Read the sheets of a workbook, hidden ones too; the values come from what was saved, nothing is computed."""
    from io import BytesIO

    import python_calamine as calamine

    name, data = str(path), _bytes(path)
    package = inspect(data, name)
    try:
        book = calamine.CalamineWorkbook.from_filelike(BytesIO(data))
        metadata = list(book.sheets_metadata)
    except calamine.PasswordError:
        raise _failure(name, "TAB-002", "工作簿设了打开密码，无法读取", "在 Excel 中打开，清空密码后保存") from None
    except BaseException as error:  # several kinds, and panics of the parser, which are no Exception
        _let_through(error)
        raise _failure(name, "TAB-001", "Excel 工作簿已损坏，或不是 Excel 能打开的格式", "用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”再用") from error
    found = []
    for one in metadata:
        if one.typ is not calamine.SheetTypeEnum.WorkSheet:
            continue
        grid = _sheet(book, one.name, name, package)
        if one.visible is not calamine.SheetVisibleEnum.Visible and grid.rows and sheet_named(one.name):
            grid.remark("这张表是隐藏的，也读了", "不要的删去整张表")
        found.append(grid)
    if found and package is not None:
        _tell_package(found[0], package, name)
    return found


def _let_through(error: BaseException) -> None:
    """Raise again what is no fault of the file."""
    if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
        raise error


def _sheet(book: object, sheet: str, name: str, package: Package | None) -> Grid:
    facts = package.sheets.get(sheet, _NOTHING) if package is not None else _NOTHING
    try:
        found = book.get_sheet_by_name(sheet)  # type: ignore[attr-defined]
        rows: list[list[Cell]] = found.to_python(skip_empty_area=False)
        merged = found.merged_cell_ranges or []
    except BaseException as error:  # as above
        _let_through(error)
        raise _failure(f"{name}!{sheet}", "TAB-001", "这张表已损坏，读不出来", "用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”再用") from error
    bad = dict.fromkeys(facts.unsolved, _UNSOLVED) | dict.fromkeys(facts.errors, _ERROR)
    grid = Grid(f"{name}!{sheet}", sheet, rows, bad, merged, from_1904=package is not None and package.from_1904)
    if sheet_named(sheet):
        _tell_hidden(grid, facts)
    return grid


def _tell_hidden(grid: Grid, facts: SheetFacts) -> None:
    height, width = len(grid.rows), max(map(len, grid.rows), default=0)
    if rows := [str(row) for row in facts.hidden_rows if row <= height]:
        grid.remark(f"有隐藏的行，也读了：第 {listed(rows)} 行", "不要的删去整行；筛选出来看的，先清除筛选")
    if columns := [letters(column) for column in facts.hidden_columns if column <= width]:
        grid.remark(f"有隐藏的列，也读了：{listed(columns)}", "不要的删去整列")
    if facts.formulas:
        grid.remark(f"有 {facts.formulas} 格是公式，按保存时的结果读", "改动后先在 Excel 中保存，再交给命令")


def _tell_package(grid: Grid, package: Package, name: str) -> None:
    place = Place(name)
    if package.macros:
        grid.remark("工作簿里有宏；只读单元格，宏没有运行", "可另存为 .xlsx 去掉宏", place)
    if package.links:
        grid.remark("工作簿链接了别的文件；没有去读，只用保存时的结果", "数据→编辑链接→断开链接，换成数值", place)


def delimited(path: Path) -> list[Grid]:
    """Read a CSV file in UTF-8, UTF-16 or GBK, separated by commas, tabs or semicolons."""
    name, data = str(path), _bytes(path)
    text, encoding = _decoded(data, name)
    if not text.strip():
        raise _failure(name, "TAB-001", "文件是空的", "第一行写列名，以下每行一条")
    delimiter = _delimiter(text, path.stem)
    rows: list[list[Cell]] = []
    lines = []
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    count = 0
    try:
        start = 1
        for row in reader:
            rows.append(list(row))
            lines.append(start)
            start = reader.line_num + 1
            count += len(row)
            if count > MAX_CELLS:
                raise _failure(name, "TAB-003", f"超过上限 {MAX_CELLS} 格", "拆成几个文件，或用 Parquet 文件夹")
    except csv.Error as error:
        what = "引号没有配对" if "quote" in str(error) or "expected" in str(error) or "EOF" in str(error) else f"不是完整的 CSV（{error}）"
        raise InputError([Problem(Place(name, reader.line_num, 1), "TAB-005", what, '格中有逗号、引号、换行时，整格加英文双引号，里面的引号写两个')]) from None
    grid = Grid(name, path.stem, rows, lines=lines)
    if encoding == "gb18030":
        grid.remark("文件不是 UTF-8，按 GBK 读的", "有乱码时，另存为“CSV UTF-8（逗号分隔）”")
    return [grid]


def _decoded(data: bytes, name: str) -> tuple[str, str]:
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, encoding
    raise _failure(name, "TAB-001", "不是文字表格：编码既不是 UTF-8 也不是 GBK，或文件已损坏", "在 Excel 中另存为“CSV UTF-8（逗号分隔）”")


def _delimiter(text: str, stem: str) -> str:
    """The separator under which most headings of some early line are known."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    sheet = sheet_named(stem)

    def known(mark: str) -> tuple[int, int]:
        cells = [line.replace('"', "").split(mark) for line in lines]
        hits = max((sum(field_named(sheet, word) is not None for word in row) for row in cells), default=0) if sheet else 0
        return hits, min(2, max(map(len, cells), default=0))

    return max(_DELIMITERS, key=known)


def parquet(path: Path) -> list[Grid]:
    """Read a Parquet file: the columns are those of the relation it is named after."""
    import duckdb

    name = str(path)
    if not path.exists():
        raise _failure(name, "YAML-001", "文件不存在", "核对路径")
    if path.stat().st_size > 4 * MAX_BYTES:
        raise _failure(name, "YAML-002", f"文件超过上限 {4 * MAX_BYTES // 2**20} MB", "这样大的数据在 Python 中用 FolderFacts 读")
    try:
        with duckdb.connect() as connection:
            found = connection.execute("SELECT * FROM read_parquet(?)", [name.replace("[", "[[]")])
            headings: list[Cell] = [column[0] for column in found.description or ()]
            rows = found.fetchmany(MAX_CELLS // max(1, len(headings)) + 1)
    except duckdb.Error as error:
        raise _failure(name, "TAB-001", f"不是 Parquet 文件，或已损坏：{str(error).splitlines()[0]}", "重新导出") from None
    if len(rows) * len(headings) > MAX_CELLS:
        raise _failure(name, "TAB-003", f"超过上限 {MAX_CELLS} 格", "这样大的数据在 Python 中用 FolderFacts 读")
    return [Grid(name, path.stem, [headings, *map(list, rows)])]


def _failure(name: str, code: str, message: str, hint: str) -> InputError:
    return InputError([Problem(Place(name), code, message, hint)])


#: Suffix → how the tables of such a file are read.
READERS: Final[Mapping[str, Callable[[Path], list[Grid]]]] = {
    ".xlsx": workbook, ".xlsm": workbook, ".xls": workbook, ".csv": delimited, ".tsv": delimited, ".parquet": parquet,
}


def inside(folder: Path) -> Iterator[Path]:
    """The tables of a folder that are named after a relation or sheet, as an export writes them."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in (".csv", ".parquet") and path.is_file() and not path.name.startswith(".") and sheet_named(path.stem):
            yield path
