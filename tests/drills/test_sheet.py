"""Sheets as people save them: separators, encodings, heads; what cannot be read is told with its place."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from zeren.engine.drills.sheet import read_sheet
from zeren.models.problems import InputError

GOOD = {
    "plain.csv": "责任主体,问题,说明\n县政府,ZRS-001,没签\n".encode(),
    "bom.csv": "\ufeff责任主体,问题\n县政府,ZRS-001\n".encode(),
    "gbk.csv": "责任主体,问题\r\n县政府,ZRS-001\r\n".encode("gb18030"),
    "semicolon.csv": "单位；规则\n县政府；ZRS-001\n".encode(),
    "tab.csv": "Who\tRule\n县政府\tZRS-001\n\n# 备注\n".encode(),
    "swapped.csv": "序号,规则编号,责任单位\n1, ZRS-001 , 县政府 \n".encode(),
    "headless.csv": "县政府,ZRS-001\n".encode(),
    "quoted.csv": '责任主体,问题\n"县政府","ZRS-001"\n,,\n'.encode(),
    "list.yaml": "- {who: 县政府, what: ZRS-001}\n".encode(),
    "under.yaml": "answers:\n- {责任主体: 县政府, 规则: [ZRS-001]}\n".encode(),
    "json.json": '[{"who": "县政府", "what": "ZRS-001"}]'.encode(),
}

BAD = {
    "book.xlsx": (b"PK", "book.xlsx", "Excel"),
    "text.docx": (b"PK", "text.docx", "答卷要用 Excel、CSV 或 YAML"),
    "binary.csv": (b"\xff\xfe\x00\x81\x20\xff", "binary.csv", "不是文本"),
    "map.yaml": ("who: 县政府\n".encode(), "map.yaml:1:1", "应是列表"),
    "words.yaml": ("- 县政府\n".encode(), "words.yaml:1:3", "键: 值"),
    "key.yaml": ("- {who: 县政府, waht: x}\n".encode(), "key.yaml:1:14", "最接近的是“what”"),
    "syntax.yaml": ("- {who: 县政府\n".encode(), "syntax.yaml:", "YAML"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_sheet_is_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(GOOD[name])
    assert [(line.who, line.what) for line in read_sheet(path)] == [("县政府", "ZRS-001")]


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_has_a_place(name: str, tmp_path: Path) -> None:
    data, place, words = BAD[name]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_sheet(path)
    told = "\n".join(map(str, caught.value.problems))
    assert place in told
    assert words in told


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "答卷.yaml"
    path.write_text("- {who: 县政府, waht: x}\n- 县政府\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_sheet(path)
    assert [problem.place.line for problem in caught.value.problems] == [1, 2]


def test_a_workbook_is_read_and_what_is_half_written_stays(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["责任主体", "问题", "说明"], [" 县政府 ", "ZRS-001", None], [], [None, "ZRS-001"], ["县政府", None, "没签"], ["县政府"], [20250101, 3.5]):
        sheet.append(row)
    path = tmp_path / "答卷.xlsx"
    book.save(path)
    lines = read_sheet(path)
    assert [(line.who, line.what) for line in lines] == [("县政府", "ZRS-001"), ("", "ZRS-001"), ("县政府", "没签"), ("县政府", ""), ("20250101", "3.5")]
    assert str(lines[1].place).endswith("!A4")


def test_a_missing_file_and_an_empty_sheet(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="读不到答卷"):
        read_sheet(tmp_path / "无.csv")
    empty = tmp_path / "空.csv"
    empty.write_text("责任主体,问题,说明\n", encoding="utf-8")
    assert read_sheet(empty) == ()
