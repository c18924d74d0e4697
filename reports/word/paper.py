"""A Word document laid out as GB/T 9704-2012 lays out official papers: page, type, headings, tables, landscape pages.

No red head, no document number, no seal: what a program writes is a draft (稿) and must not look issued. 22 lines of 28 characters:
A4 with margins of 37, 35, 28 and 26 mm, 3号 (16 pt) 仿宋 at a line pitch of 28.95 pt; title 2号 (22 pt) 小标宋.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from zeren.reports.clean import clean
from zeren.reports.page import NOTICE

TITLE_FONT: Final = "方正小标宋简体"
BODY_FONT: Final = "仿宋_GB2312"
HEAD_FONT: Final = "黑体"
SECOND_FONT: Final = "楷体_GB2312"
_SMALL: Final = "宋体"
_LATIN: Final = "Times New Roman"
#: Points: 2号, 3号, 4号, 小五.
_TITLE, _BODY, _PAGE, _CELL = 22.0, 16.0, 14.0, 10.5
_PITCH: Final = 28.95
_HEIGHT, _WIDTH = 297, 210
_TOP, _BOTTOM, _LEFT, _RIGHT = 37, 35, 28, 26
#: What a property of a Word file holds, in characters.
_PROPERTY: Final = 255
#: Characters that a line of the title holds.
_TITLE_ROOM: Final = 20
#: The fixed moment of every part of the file, so that the same document gives the same bytes.
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


class Paper:
    """Collects the parts of one document. ``on`` (ISO date) is the date that the file carries."""

    def __init__(self, title: str, on: str) -> None:
        self._file = Document()
        self._wide = False
        self._pictured = False
        self._file.core_properties.title = clean(title)[:_PROPERTY]
        self._file.core_properties.author = "zeren"
        self._file.core_properties.comments = NOTICE
        for name in ("created", "modified", "last_printed"):
            setattr(self._file.core_properties, name, datetime.fromisoformat(on[:10]))
        _even_and_odd(self._file)
        self._section(self._file.sections[0], wide=False)
        normal = self._file.styles["Normal"]
        normal.font.size = Pt(_BODY)
        _font(normal.element.get_or_add_rPr(), BODY_FONT)

    # -- words ------------------------------------------------------------------------------------------------

    def title(self, *parts: str, under: str = "") -> None:
        """The title, centred, on one line or else a line for each part, and a line under it."""
        self._upright()
        for line in _lines(parts):
            self._line(line, TITLE_FONT, _TITLE, WD_ALIGN_PARAGRAPH.CENTER)
        if under:
            self._line(under, SECOND_FONT, _BODY, WD_ALIGN_PARAGRAPH.CENTER)
        self.blank()

    def heading(self, text: str, level: int = 1) -> None:
        """A heading: 一、 in 黑体, （一） in 楷体."""
        self._upright()
        made = self._line(text, HEAD_FONT if level == 1 else SECOND_FONT, _BODY, indent=True)
        made.paragraph_format.keep_with_next = True
        _outline(made, level)

    def body(self, text: str, indent: bool = True) -> None:
        """A paragraph of text, indented by two characters."""
        self._upright()
        self._line(text, BODY_FONT, _BODY, indent=indent)

    def blank(self) -> Paragraph:
        """An empty line."""
        return self._line("", BODY_FONT, _BODY)

    def signed(self, who: str, on: str) -> None:
        """Who gives the paper, and the date, in figures, four characters from the right; never apart, never alone on a page."""
        if self._file.paragraphs:
            before = self._file.paragraphs[-1].paragraph_format
            before.keep_with_next = before.keep_together = True
        made = self._line(f"{who}\n{dated(on)}", BODY_FONT, _BODY, WD_ALIGN_PARAGRAPH.RIGHT)
        _characters(made, "rightChars", 400)
        made.paragraph_format.space_before, made.paragraph_format.keep_together = Pt(_PITCH), True

    def another(self) -> None:
        """Begin another letter of the same file: on a new page, numbered from 1."""
        section = self._next_section()
        self._section(section, wide=False)
        self._wide = False
        numbers = OxmlElement("w:pgNumType")
        numbers.set(qn("w:start"), "1")
        section._sectPr.insert_element_before(numbers, "w:cols", "w:docGrid")

    # -- tables and pictures ----------------------------------------------------------------------------------

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float], wide: bool = False,
              title: str = "") -> None:
        """A ruled table whose head repeats on each page; ``widths`` are shares of the page; ``wide`` puts it on landscape pages."""
        self._turn(wide)
        if title:
            self._line(title, HEAD_FONT, _BODY)
        table = self._file.add_table(rows=1, cols=len(heads))
        table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
        _padded(table)
        room = _HEIGHT - _TOP - _BOTTOM if wide else _WIDTH - _LEFT - _RIGHT
        sizes = [Mm(room * share / sum(widths)) for share in widths]
        self._cells(table.rows[0], heads, HEAD_FONT)
        _repeated(table.rows[0])
        for row in rows:
            added = table.add_row()
            _whole(added)
            self._cells(added, row, _SMALL)
        for column, size in zip(table.columns, sizes, strict=True):
            column.width = size
            for cell in column.cells:
                cell.width = size
        self._line("", BODY_FONT, _CELL)  # Word wants a paragraph after a table

    def remark(self, text: str) -> None:
        """A remark under a table, on the page as it is turned."""
        self._line(text, SECOND_FONT, _PAGE)

    def picture(self, png: bytes, caption: str, inches: tuple[float, float], notes: Sequence[str] = ()) -> None:
        """A picture on a landscape page of its own, as large as fits; ``inches`` is its natural width and height."""
        self._turn(True)
        room = ((_HEIGHT - _TOP - _BOTTOM) / 25.4, (_WIDTH - _LEFT - _RIGHT) / 25.4 - (1.1 if notes else 0.8))
        scale = min(room[0] / inches[0], room[1] / inches[1])
        made = self._file.add_paragraph()
        made.alignment = WD_ALIGN_PARAGRAPH.CENTER
        made.paragraph_format.page_break_before = self._pictured
        self._pictured = True
        _off_grid(made)
        shape = made.add_run().add_picture(BytesIO(png), width=int(inches[0] * scale * 914_400))
        shape._inline.docPr.set("descr", clean(caption))
        shape._inline.docPr.set("title", clean(caption))
        self._line(caption + (f"（{'；'.join(notes)}）" if notes else ""), SECOND_FONT, _CELL if notes else _PAGE, WD_ALIGN_PARAGRAPH.CENTER)

    def save(self) -> bytes:
        """The document as bytes."""
        buffer = BytesIO()
        self._file.save(buffer)
        return settled(buffer.getvalue())

    # -- the page ---------------------------------------------------------------------------------------------

    def _upright(self) -> None:
        self._turn(False)

    def _turn(self, wide: bool) -> None:
        if wide is not self._wide:
            self._section(self._next_section(), wide)
            self._wide, self._pictured = wide, False

    def _next_section(self) -> Any:
        """A section on a new page. What ends the one before stands in its last paragraph: one of its own could be an empty page."""
        section = self._file.add_section(WD_SECTION.NEW_PAGE)
        carrier = self._file.element.body.xpath("./w:p[w:pPr/w:sectPr]")[-1]
        last = carrier.getprevious()
        if last is not None and last.tag == qn("w:p") and not last.xpath("./w:pPr/w:sectPr"):
            last.get_or_add_pPr().append(carrier.pPr.find(qn("w:sectPr")))
            carrier.getparent().remove(carrier)
        return section

    def _section(self, section: Any, wide: bool) -> None:
        section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (Mm(_HEIGHT), Mm(_WIDTH)) if wide else (Mm(_WIDTH), Mm(_HEIGHT))
        edges = (_LEFT, _RIGHT, _TOP, _BOTTOM) if wide else (_TOP, _BOTTOM, _LEFT, _RIGHT)
        for name, size in zip(("top_margin", "bottom_margin", "left_margin", "right_margin"), edges, strict=True):
            setattr(section, name, Mm(size))
        section.footer_distance = Mm(25 if not wide else 15)
        grid = section._sectPr.find(qn("w:docGrid"))
        if grid is None:
            grid = OxmlElement("w:docGrid")
            section._sectPr.append(grid)
        grid.set(qn("w:type"), "lines")
        grid.set(qn("w:linePitch"), "579")
        if section._sectPr is not self._file.sections[0]._sectPr:
            return  # the footers go on
        for footer, side in ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)):
            footer.is_linked_to_previous = False
            _page_number(footer.paragraphs[0], side)

    def _line(self, text: str, font: str, size: float, align: WD_ALIGN_PARAGRAPH | None = None, indent: bool = False) -> Paragraph:
        made = self._file.add_paragraph()
        if align is not None:
            made.alignment = align
        form = made.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(max(_PITCH, size * 1.6) if size >= _PAGE else size * 1.6)
        if indent:
            _characters(made, "firstLineChars", 200)
        _written(made, text, font, size)
        return made

    def _cells(self, row: Any, texts: Sequence[str], font: str) -> None:
        for cell, text in zip(row.cells, texts, strict=True):
            made = cell.paragraphs[0]
            _off_grid(made)
            made.paragraph_format.space_after = Pt(0)
            _written(made, text, font, _CELL)


def _lines(parts: Sequence[str]) -> list[str]:
    """The lines of a title: one, or else each part in lines of about the same length."""
    whole = "".join(parts)
    if len(whole) <= _TITLE_ROOM:
        return [whole]
    lines = []
    for part in parts:
        count = -(-len(part) // _TITLE_ROOM)
        size = -(-len(part) // max(1, count))
        lines += [part[at : at + size] for at in range(0, len(part), max(1, size))]
    return lines


def dated(on: str) -> str:
    """A date as official papers write it.

    >>> dated("2024-06-03")
    '2024年6月3日'
    """
    year, month, day = (int(part) for part in on[:10].split("-"))
    return f"{year}年{month}月{day}日"


def settled(data: bytes) -> bytes:
    """The same file with the moments of its parts fixed, so that the same content gives the same bytes."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, _EPOCH)
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(name))
    return buffer.getvalue()


def _written(paragraph: Paragraph, text: str, font: str, size: float) -> None:
    run = paragraph.add_run(clean(text))
    run.font.size = Pt(size)
    _font(run._element.get_or_add_rPr(), font)


def _font(properties: Any, name: str) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    fonts.set(qn("w:hint"), "eastAsia")  # quotation marks and dashes are Chinese ones
    for key, value in (("ascii", _LATIN), ("hAnsi", _LATIN), ("eastAsia", name), ("cs", _LATIN)):
        fonts.set(qn(f"w:{key}"), value)


def _characters(paragraph: Paragraph, name: str, hundredths: int) -> None:
    properties = paragraph._p.get_or_add_pPr()
    indent = properties.find(qn("w:ind"))
    if indent is None:
        indent = properties.get_or_add_ind()
    indent.set(qn(f"w:{name}"), str(hundredths))
    plain = {"firstLineChars": "firstLine", "rightChars": "right"}[name]
    indent.set(qn(f"w:{plain}"), str(int(hundredths / 100 * _BODY * 20)))


def _outline(paragraph: Paragraph, level: int) -> None:
    properties = paragraph._p.get_or_add_pPr()
    outline = OxmlElement("w:outlineLvl")
    outline.set(qn("w:val"), str(level - 1))
    properties.append(outline)


def _off_grid(paragraph: Paragraph) -> None:
    """Rows of tables and pictures keep their own height instead of twice the pitch of the page."""
    grid = OxmlElement("w:snapToGrid")
    grid.set(qn("w:val"), "0")
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(grid, "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr")


def _padded(table: Any) -> None:
    """A little room between the rules and the words."""
    margins = OxmlElement("w:tblCellMar")
    for side, twips in (("top", 40), ("left", 80), ("bottom", 40), ("right", 80)):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(twips))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    table._tbl.tblPr.append(margins)


def _repeated(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _whole(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _even_and_odd(file: Any) -> None:
    file.settings.odd_and_even_pages_header_footer = True


def _page_number(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    """``— 1 —`` in 4号 宋体, at the outer edge, with the notice that this is a draft."""
    paragraph.alignment = side
    _written(paragraph, f"{NOTICE}    — ", _SMALL, _PAGE)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(_PAGE)
        _font(run._element.get_or_add_rPr(), _SMALL)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = text
        run._element.append(mark)
    _written(paragraph, " —", _SMALL, _PAGE)
