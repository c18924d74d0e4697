"""Word documents: what they say, how they are laid out (GB/T 9704), that names stay names and bytes stay the same."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

import zeren
from zeren.cli.main import main
from zeren.models.problems import UsageError
from zeren.reports.document import ReportDocument
from zeren.reports.pictures import Page, Pictures
from zeren.reports.word import audit, notice, office
from zeren.reports.word.paper import Paper

DEMO = Path(__file__).parents[2] / "scenarios" / "demo.yaml"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fe0def46b80000000049454e44ae426082")


def opened(data: bytes) -> Any:
    return docx.Document(BytesIO(data))


def words(file: Any) -> str:
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in file.paragraphs), *cells])


def test_the_report_tells_every_failure_and_every_paper(demo: ReportDocument) -> None:
    text = words(opened(audit.render(demo)))
    for one in demo.findings:
        if one.outcome == "fail":
            assert one.message.rstrip("。") in text
            assert one.id in text
            assert (one.warning or one.fix in text)
    assert all(one.holder_label in text and one.kind in text for one in demo.requests)
    assert "（稿，辅助研判，不构成责任认定）" in text


def test_a_page_is_laid_out_as_the_standard_says(demo: ReportDocument) -> None:
    file = opened(audit.render(demo))
    first = file.sections[0]
    sizes = (first.page_width, first.page_height, first.top_margin, first.left_margin, first.right_margin, first.bottom_margin)
    assert [round(size / Mm(1)) for size in sizes] == [210, 297, 37, 28, 26, 35]
    assert first._sectPr.find(qn("w:docGrid")).get(qn("w:linePitch")) == "579"
    fonts = {font.get(qn("w:eastAsia")) for font in file.element.body.iter(qn("w:rFonts"))}
    assert {"方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"} <= fonts
    assert None not in fonts


def test_every_table_repeats_its_head_and_keeps_rows_whole(demo: ReportDocument) -> None:
    for table in opened(audit.render(demo)).tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows[1:])


def test_pictures_stand_on_landscape_pages_with_a_text_for_the_blind(demo: ReportDocument) -> None:
    file = opened(audit.render(demo, Pictures((Page("责任体系图", (), PNG, (13.3, 7.5)),), (), ())))
    [picture] = file.inline_shapes
    last = file.sections[-1]
    assert last.page_width > last.page_height
    assert picture.width <= last.page_width - last.left_margin - last.right_margin
    assert picture._inline.docPr.get("descr") == "责任体系图"


def test_each_unit_gets_its_own_letter(demo: ReportDocument) -> None:
    text = words(opened(notice.render(demo)))
    units = {one.unit.label for one in demo.findings if one.outcome == "fail" and not one.warning}
    assert text.count("安全生产责任整改通知书") == len(units)
    assert all(f"{unit}：" in text for unit in units)


def test_a_list_of_duties_for_each_post_of_a_unit(tmp_path: Path) -> None:
    target = tmp_path / "清单.docx"
    assert main(["duties", str(DEMO), "青石县政府", "-f", f"docx:{target}"]) == 0
    text = words(docx.Document(str(target)))
    posts = [row["id"] for row in zeren.load(DEMO).facts.records("post") if row["unit"] == "青石县政府"]
    assert text.count("安全生产责任清单") == len(posts) > 1


def test_names_stay_names(hostile: ReportDocument, hostile_name: str) -> None:
    for data in (audit.render(hostile), notice.render(hostile)):
        assert hostile_name in words(opened(data))


def test_characters_that_xml_forbids_do_not_stop_a_document() -> None:
    paper = Paper("甲\x00", "2024-06-30")
    paper.body("乙\x0b\ud800")
    assert "乙\ufffd\ufffd" in words(opened(paper.save()))


def test_the_same_report_gives_the_same_bytes(demo: ReportDocument) -> None:
    assert audit.render(demo) == audit.render(demo)
    assert notice.render(demo) == notice.render(demo)


def template(path: Path, text: str) -> Path:
    file = docx.Document()
    for line in text.splitlines():
        file.add_paragraph(line)
    file.save(str(path))
    return path


def test_an_office_fills_its_own_template(demo: ReportDocument, tmp_path: Path) -> None:
    made = template(tmp_path / "模板.docx", "{{ organisation }}检查\n{%p for one in failed %}\n{{ one.message }}\n{%p endfor %}")
    text = words(opened(office.render(demo, made)))
    assert demo.organisation in text
    assert all(one.message in text for one in demo.findings if one.outcome == "fail" and not one.warning)


@pytest.mark.parametrize(("text", "told"), [
    ("{{ organisation", "不能填写"), ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "不能填写"), ("{% nonsense %}", "不能填写")])
def test_a_template_with_a_mistake_says_so(text: str, told: str, demo: ReportDocument, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=told):
        office.render(demo, template(tmp_path / "模板.docx", text))


def test_a_template_that_is_no_word_file_says_so(demo: ReportDocument, tmp_path: Path) -> None:
    (tmp_path / "模板.docx").write_text("不是")
    with pytest.raises(UsageError, match="不是可用的 Word 模板"):
        office.render(demo, tmp_path / "模板.docx")


def test_a_word_report_needs_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(DEMO), "-f", "docx"]) == 2
    assert "-f docx:报告.docx" in capsys.readouterr().err
    assert main(["duties", str(DEMO), "青石县政府县长", "-f", "docx"]) == 2


def test_the_signature_stays_with_the_text_and_no_section_ends_in_a_line_of_its_own(demo: ReportDocument) -> None:
    for file in (opened(notice.render(demo)), opened(audit.render(demo, Pictures((Page("图", (), PNG, (13.3, 7.5)),), (), ())))):
        [*signed] = (one for one in file.paragraphs if "单位）\n" in one.text)
        assert signed
        for one in signed:
            before = one._p.getprevious()
            assert one.paragraph_format.keep_together
            assert before.tag != qn("w:p") or before.pPr.find(qn("w:keepNext")) is not None
        ends = file.element.body.xpath("./w:p[w:pPr/w:sectPr]")
        assert ends
        assert all(end.xpath(".//w:t") or end.getprevious().tag == qn("w:tbl") for end in ends)
