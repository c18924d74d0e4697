"""Files that are no usable workbook, or try to do harm: each is refused with a word on what to do, never a traceback or a hang."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from books import GOOD, book, spoilt

from zeren.models.organisation import load
from zeren.models.problems import InputError
from zeren.models.workbook.package import MAX_PARTS

GOOD_BOOK = book(GOOD)
SHEET = "xl/worksheets/sheet3.xml"
#: A compound file that holds an encrypted workbook, as Excel writes one with a password.
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600


def _zip(**parts: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return stream.getvalue()


def _lying_sizes(data: bytes) -> bytes:
    """The same archive, claiming that every part is one byte long."""
    at = 0
    changed = bytearray(data)
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        changed[at + 24:at + 28] = (1).to_bytes(4, "little")
        at += 4
    return bytes(changed)


def _encrypted_flag(data: bytes) -> bytes:
    changed = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = 0
        while (at := data.find(mark, at)) >= 0:
            changed[at + offset] |= 1
            at += 4
    return bytes(changed)


REFUSED = {
    "empty": (b"", "TAB-001", "0 字节"),
    "text": ("单位,日期".encode(), "TAB-001", "看起来是文字"),
    "html": (b"<html><table><tr><td>1</td></tr></table></html>", "TAB-001", "网页"),
    "noise": (b"\xff\xfe\x00\x01" * 50 + b"\x80", "TAB-001", "不是 Excel 工作簿"),
    "password": (LOCKED, "TAB-002", "密码"),
    "damaged old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\7" * 3000, "TAB-001", "损坏"),
    "cut off": (GOOD_BOOK[: len(GOOD_BOOK) // 2], "TAB-001", "损坏"),
    "word": (_zip(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}), "TAB-001", "Word 文档"),
    "opendocument": (_zip(**{"mimetype": b"x", "content.xml": b"<c/>"}), "TAB-001", "OpenDocument"),
    "binary workbook": (_zip(**{"xl/workbook.bin": b"x"}), "TAB-001", "xlsb"),
    "archive": (_zip(**{"照片.jpg": b"x"}), "TAB-001", "没有工作簿"),
    "no xml": (_zip(**{"xl/workbook.xml": b"<a><b></a>"}), "TAB-001", "XML"),
    "encrypted archive": (_encrypted_flag(GOOD_BOOK), "TAB-002", "加了密"),
    "sizes that lie": (_lying_sizes(GOOD_BOOK), "TAB-001", "损坏"),
    "swollen part": (spoilt(GOOD_BOOK, {}, {"xl/media/big.xml": b"\0" * (64 * 2**20)}), "TAB-003", "压缩"),
    "too many parts": (spoilt(GOOD_BOOK, {}, {f"xl/x{n}.xml": b"<x/>" for n in range(MAX_PARTS)}), "TAB-003", "部分"),
    "entities": (spoilt(GOOD_BOOK, {"xl/sharedStrings.xml": lambda old: old.replace(b"<sst", b'<!DOCTYPE x [<!ENTITY a "b">]><sst', 1)}), "TAB-004", "实体"),
    "outer entity": (spoilt(GOOD_BOOK, {SHEET: lambda old: old.replace(b"<worksheet", b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet', 1)}), "TAB-004", "实体"),
    "other encoding": (spoilt(GOOD_BOOK, {SHEET: lambda old: old.decode().encode("utf-16")}), "TAB-004", "UTF-8"),
    "far corner": (spoilt(GOOD_BOOK, {SHEET: lambda old: old.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')}), "TAB-003", "1048576"),
    "far row without names": (spoilt(GOOD_BOOK, {SHEET: lambda old: old.replace(b"</sheetData>", b'<row r="9999999"><c><v>1</v></c></row></sheetData>')}), "TAB-003", "9999999"),
    "sheet cut off": (spoilt(GOOD_BOOK, {SHEET: lambda old: old[: len(old) // 2]}), "TAB-001", "损坏"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "code", "word"), REFUSED.values(), ids=REFUSED)
def test_is_refused(given: Any, data: bytes, code: str, word: str) -> None:
    [line] = given.errors(data)
    assert f"[{code}]" in line
    assert word in line


def test_a_claimed_dimension_is_not_believed(given: Any) -> None:
    data = spoilt(GOOD_BOOK, {SHEET: lambda old: old.replace(b'<dimension ref="A1:D3"/>', b'<dimension ref="A1:XFD1048576"/>')})
    assert data != GOOD_BOOK
    assert len(given.load(data).facts.of("unit")) == 2


def test_a_style_down_to_the_last_row_is_no_content(given: Any) -> None:
    data = spoilt(GOOD_BOOK, {SHEET: lambda old: old.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>')})
    assert len(given.load(data).facts.of("unit")) == 2


def test_patterns_cannot_be_kept_busy(given: Any) -> None:
    noise = b'<c r="A1" ' + b'r="A1" ' * 200_000 + b"<c " * 200_000
    assert given.errors(spoilt(GOOD_BOOK, {SHEET: lambda old: old.replace(b"</sheetData>", noise + b"</sheetData>")}))


def test_macros_do_not_run_and_links_are_not_followed(given: Any) -> None:
    data = spoilt(GOOD_BOOK, {}, {"xl/vbaProject.bin": b"macro", "xl/externalLinks/externalLink1.xml": b"<externalLink/>"})
    assert [line.split("｜")[0] for line in given.remarks(data, "书.xlsm")] == [
        "书.xlsm [TAB-020] 工作簿里有宏；只读单元格，宏没有运行", "书.xlsm [TAB-020] 工作簿链接了别的文件；没有去读，只用保存时的结果"]


def test_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "夹.xlsx").mkdir()
    for path, word in ((tmp_path / "没有.xlsx", "文件不存在"), (tmp_path / "没有.csv", "文件不存在"), (tmp_path / "没有.parquet", "文件不存在"), (tmp_path / "夹.xlsx", "文件夹里没有")):
        with pytest.raises(InputError, match=word):
            load([path])


@pytest.mark.parametrize("text", ["=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(A1)", "\x1b[31m红", "甲\x00乙"])
def test_formulas_and_control_characters_in_csv(given: Any, text: str) -> None:
    data = f"编号,单位种类,名称\n甲,企业,\"{text.replace(chr(34), chr(34) * 2)}\"\n".encode()
    if text.isprintable():
        assert next(given.load(data, "单位.csv").facts.records("unit"))["name"] == text
    else:
        assert len(given.errors(data, "单位.csv")) == 1


CSV = {
    "empty": (b" \n", "TAB-001"), "image": (b"\x89PNG\r\n\x1a\n\x00\x00\xff", "TAB-001"), "open quote": ('编号,单位种类\n甲,"企业\n'.encode(), "TAB-005"),
    "no headings": (b"1,2\n3,4\n", "TAB-010"), "missing column": ("编号,名称\n甲,乙\n".encode(), "TAB-011"),
    "same heading twice": ("编号,单位种类,单位种类\n甲,企业,政府\n".encode(), "TAB-012"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "code"), CSV.values(), ids=CSV)
def test_csv_that_is_refused(given: Any, data: bytes, code: str) -> None:
    [line] = given.errors(data, "单位.csv")
    assert f"[{code}]" in line


def test_parquet_that_is_none(given: Any) -> None:
    [line] = given.errors(b"PAR1 nonsense", "unit.parquet")
    assert "[TAB-001]" in line
