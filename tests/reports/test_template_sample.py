"""The sample template of the manual can be filled, and says what the report says."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import docx

from zeren.reports.document import ReportDocument
from zeren.reports.requests import window
from zeren.reports.word import office

SAMPLE = Path(__file__).parents[2] / "docs" / "samples" / "通报模板.docx"


def test_the_sample_is_filled_with_every_failure_and_every_paper(demo: ReportDocument) -> None:
    file = docx.Document(BytesIO(office.render(demo, SAMPLE)))
    lines = [one.text for one in file.paragraphs]
    cells = [[cell.text for cell in row.cells] for table in file.tables for row in table.rows]
    failed = [one for one in demo.findings if one.outcome == "fail" and not one.warning]
    assert len(cells) == len(failed) + 1
    assert all([one.unit.label, one.message, one.fix, "、".join(post.label for post in one.posts)] in cells for one in failed)
    assert all(any(f"{one.holder_label}：{one.kind}（{window(one)}）" in line for line in lines) for one in demo.requests)
    assert not any("{" in text for text in (*lines, *(text for row in cells for text in row)))
