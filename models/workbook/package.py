"""What stands inside an .xlsx file beside the values, and whether it may be opened at all: it came from anywhere.

Nothing is executed, fetched or expanded: macros and external links are named, entities and swollen archives refused.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final
from xml.etree import ElementTree

from zeren.models.problems import InputError, Place, Problem

#: Bytes that all parts together may have when unpacked, cells of one sheet's rectangle, and parts.
MAX_UNPACKED: Final = 400 * 2**20
MAX_CELLS: Final = 8_000_000
MAX_PARTS: Final = 5_000
#: More than this much for one byte is no spreadsheet; small files may be so by chance.
_MAX_RATIO: Final = 300
_SMALL: Final = 20 * 2**20
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = tuple(word.encode("utf-16-le") for word in ("EncryptedPackage", "EncryptionInfo"))
_RESAVE: Final = "用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”再用"
_Q: Final = rb"""["']"""
#: Tags are short: without a limit, a hostile part would keep these busy for ever.
_C: Final = rb"<(?:\w+:)?c\b"
#: The reference of every cell that is not empty, and a cell without one.
_FILLED: Final = re.compile(_C + rb"[^<>]{0,400}?\br=" + _Q + rb"([A-Z]{1,3}\d{1,7})" + _Q + rb"(?:[^<>]{0,400}[^/])?>")
_NAMELESS: Final = re.compile(_C + rb"(?![^<>]{0,400}\br=)[^<>]{0,400}>")
_REF: Final = re.compile(rb"\br=" + _Q + rb"([A-Z]{1,3})(\d{1,7})" + _Q)
_ROW: Final = re.compile(rb"<(?:\w+:)?row\b[^<>]{0,400}>")
_ROW_NUMBER: Final = re.compile(rb"\br=" + _Q + rb"(\d{1,7})" + _Q)
_HIDDEN: Final = re.compile(rb"\bhidden=" + _Q + rb"(?:1|true)" + _Q)
_HIDDEN_ROW: Final = re.compile(rb"<(?:\w+:)?row\b[^<>]{0,400}\bhidden=" + _Q + rb"(?:1|true)" + _Q + rb"[^<>]{0,400}>")
_COL: Final = re.compile(rb"<(?:\w+:)?col\b([^<>]{0,400})>")
_SPAN: Final = re.compile(rb"\b(min|max)=" + _Q + rb"(\d{1,5})" + _Q)
_ERROR_CELL: Final = re.compile(_C + rb"([^<>]{0,400}\bt=" + _Q + rb"e" + _Q + rb"[^<>]{0,400})>")
_FORMULA: Final = re.compile(_C + rb"([^<>]{0,400})>\s*<(?:\w+:)?f\b")
_NO_VALUE: Final = re.compile(
    rb"\s*<(?:\w+:)?f\b(?:[^<>]{0,400}/>|[^<>]{0,400}>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v\s*>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>")
_TYPED_TEXT: Final = re.compile(rb"\bt=" + _Q + rb"str" + _Q)
_DIGITS, _UPPER = b"0123456789", bytes(range(65, 91))

Spot = tuple[int, int]


@dataclass(slots=True)
class SheetFacts:
    """What one sheet hides: rows and columns (1-based), and the cells whose formula has no result or an error."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    unsolved: list[Spot] = field(default_factory=list)
    errors: list[Spot] = field(default_factory=list)
    formulas: int = 0


@dataclass(frozen=True, slots=True)
class Package:
    """An .xlsx file that may be opened: its sheets by name, the start of its calendar, and what will not be used."""

    sheets: Mapping[str, SheetFacts]
    from_1904: bool = False
    macros: bool = False
    links: int = 0


def inspect(data: bytes, name: str) -> Package | None:
    """Look through the bytes of a workbook; nothing for an old .xls, which has no parts.

    Raises:
        InputError: this is no workbook, or one that must not be opened; the hint says what to do.
    """
    if not data:
        raise _failure(name, "TAB-001", "文件是空的（0 字节）", "可能没有保存完；重新保存或重新下载")
    if data.startswith(_OLE):
        if any(word in data for word in _ENCRYPTED):
            raise _failure(name, "TAB-002", "工作簿设了打开密码，无法读取", "在 Excel 中打开，文件→信息→保护工作簿→用密码进行加密，清空密码后保存")
        return None
    if not data.startswith(b"PK"):
        what = "看起来是网页（HTML）" if b"<html" in data[:2000].lower() else "看起来是文字" if _is_text(data) else "不是 Excel 工作簿，或已损坏"
        raise _failure(name, "TAB-001", f"扩展名是 Excel 表格，内容{what}", f"{_RESAVE}；文字表格把扩展名改为 .csv")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _package(archive, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        locked = "password" in str(error) or "encrypt" in str(error)
        message = "压缩包加了密，无法读取" if locked else "Excel 工作簿已损坏，或没有下载完整"
        raise _failure(name, "TAB-002" if locked else "TAB-001", message, _RESAVE) from error


def _package(archive: zipfile.ZipFile, name: str) -> Package:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED:
        raise _failure(name, "TAB-003", f"展开后有 {unpacked // 2**20} MB、{len(parts)} 个部分，超过上限 {MAX_UNPACKED // 2**20} MB、{MAX_PARTS} 个",
                       "可能是压缩炸弹；确是表格的，拆成几个文件")
    for part in parts:
        if part.file_size > _SMALL and part.file_size > _MAX_RATIO * max(1, part.compress_size):
            raise _failure(name, "TAB-003", f"{part.filename} 压缩了 {part.file_size // max(1, part.compress_size)} 倍，不像表格，没有展开",
                           "可能是压缩炸弹；确是表格的，清除空白区域的格式后另存")
    names = {part.filename.lstrip("/").lower(): part.filename for part in parts}
    if "xl/workbook.bin" in names:
        raise _failure(name, "TAB-001", "这是二进制工作簿（.xlsb），不能读", _RESAVE)
    if "xl/workbook.xml" not in names:
        what = "Word 文档" if "word/document.xml" in names else "OpenDocument 表格" if "content.xml" in names else "压缩包，里面没有工作簿"
        raise _failure(name, "TAB-001", f"这是{what}，不是 Excel 工作簿", _RESAVE)
    texts = {lower: _read(archive, real, name) for lower, real in names.items() if lower.endswith((".xml", ".rels"))}
    return _describe(texts, names, name)


def _read(archive: zipfile.ZipFile, part: str, name: str) -> bytes:
    """Unpack a part, which also holds its length and checksum against what the archive claims."""
    data = archive.read(part)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:200]:
        raise _failure(name, "TAB-004", f"{part} 的编码不是 UTF-8，可能是为绕过检查而做的", _RESAVE)
    if re.search(rb"<!(?:DOCTYPE|ENTITY)", data, re.I):
        raise _failure(name, "TAB-004", f"{part} 里有 XML 实体定义，正常的工作簿没有，未打开", f"来历不明的不要用；确是表格的，{_RESAVE}")
    return data


def _describe(texts: Mapping[str, bytes], names: Mapping[str, str], name: str) -> Package:
    try:
        workbook = ElementTree.fromstring(texts["xl/workbook.xml"])  # entities are refused above
        targets = {one.get("Id"): one.get("Target", "") for one in ElementTree.fromstring(texts.get("xl/_rels/workbook.xml.rels", b"<r/>"))}
    except ElementTree.ParseError as error:
        raise _failure(name, "TAB-001", "工作簿的目录不是完整的 XML，文件已损坏", _RESAVE) from error
    sheets: dict[str, SheetFacts] = {}
    for one in workbook.iter():
        if not one.tag.endswith("}sheet"):
            continue
        target = next((targets.get(value, "") for key, value in one.attrib.items() if key.endswith("}id")), "")
        part = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
        if (text := texts.get(part.lower())) is not None:
            label = one.get("name", "")
            sheets[label] = _scan(text, f"{name}!{label}")
    properties = next((one for one in workbook.iter() if one.tag.endswith("}workbookPr")), None)
    return Package(
        sheets, properties is not None and properties.get("date1904") in ("1", "true"), "xl/vbaproject.bin" in names,
        sum(1 for part in names if part.startswith("xl/externallinks/") and part.endswith(".xml")),
    )


def _scan(text: bytes, name: str) -> SheetFacts:
    """Read what the values do not tell, and refuse a sheet whose cells span more than can be held."""
    found = SheetFacts(hidden_rows=[int(number[1]) for row in _HIDDEN_ROW.findall(text) if (number := _ROW_NUMBER.search(row))])
    for col in _COL.finditer(text):
        if _HIDDEN.search(col[1]):
            span = {key: int(value) for key, value in _SPAN.findall(col[1])}
            found.hidden_columns += range(span.get(b"min", 1), min(span.get(b"max", 1), span.get(b"min", 1) + 200) + 1)
    found.errors += [_spot(cell[1]) for cell in _ERROR_CELL.finditer(text)]
    for formula in _FORMULA.finditer(text):
        found.formulas += 1
        if not _TYPED_TEXT.search(formula[1]) and _NO_VALUE.match(text, formula.end(1) + 1):
            found.unsolved.append(_spot(formula[1]))
    refs = _FILLED.findall(text)
    rows = {ref.lstrip(_UPPER) for ref in refs} | (set(_ROW_NUMBER.findall(b" ".join(_ROW.findall(text)))) if _NAMELESS.search(text) else set())
    high, wide = max(map(int, rows), default=0), max((column_number(ref.decode()) for ref in {ref.rstrip(_DIGITS) for ref in refs}), default=0)
    if high * max(wide, 1) > MAX_CELLS:
        raise _failure(name, "TAB-003", f"最远的格在第 {high} 行第 {wide} 列，范围超过上限 {MAX_CELLS} 格",
                       "删去表格下方、右侧多余的内容（选中整行整列删除）后保存；数据确有这么多的，用 CSV 文件夹")
    return found


def _spot(attributes: bytes) -> Spot:
    ref = _REF.search(attributes)
    return (int(ref[2]), column_number(ref[1].decode())) if ref else (0, 0)


def column_number(letters: str) -> int:
    """The number of a column, 1-based.

    >>> column_number("A"), column_number("AB")
    (1, 28)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _is_text(data: bytes) -> bool:
    for encoding in ("utf-8", "gb18030"):
        try:
            return "\x00" not in data[:100_000].decode(encoding, "strict" if len(data) <= 100_000 else "ignore")
        except UnicodeDecodeError:
            continue
    return False


def _failure(name: str, code: str, message: str, hint: str) -> InputError:
    return InputError([Problem(Place(name, 1, 1), code, message, hint)])
