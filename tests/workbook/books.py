"""Workbooks for tests, made from rows of cells, and ways to spoil them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

Rows = Sequence[Sequence[Any]]
Sheets = Mapping[str, Rows]
#: A small organisation that loads.
GOOD: Sheets = {
    "概况": [["项目", "内容"], ["名称", "临江市"], ["审计日", "2024-12-31"]],
    "地区": [["编号", "层级"], ["临江市", "市级"]],
    "单位": [["编号", "单位种类", "层级", "地区"], ["市政府", "政府", "市级", "临江市"], ["市委", "党委", "市级", "临江市"]],
    "岗位": [["编号", "单位", "角色"], ["市长", "市政府", "主要负责人"]],
    "任职": [["岗位", "人员", "开始日期", "结束日期"], ["市长", "P1", "2022-01-10", None]],
}


def book(sheets: Sheets, fill: Callable[[xlsxwriter.Workbook], None] | None = None, **options: Any) -> bytes:
    """A workbook of these cells as Python values; ``fill`` may add what else is wanted."""
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "default_date_format": "yyyy-mm-dd", **options}) as made:
        for name, rows in sheets.items():
            page = made.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell is not None:
                        page.write(at, column, cell)
        if fill is not None:
            fill(made)
    return stream.getvalue()


def spoilt(data: bytes, parts: Mapping[str, Callable[[bytes], bytes]], more: Mapping[str, bytes] | None = None) -> bytes:
    """The same workbook with some parts changed and others added."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, bytes)(old.read(name)))
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return stream.getvalue()
