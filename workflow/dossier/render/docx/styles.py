"""A paper in Word has styles that a clerk finds by name."""

from dataclasses import dataclass
from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.styles import Styles

from workflow.dossier.render.docx.parts import add_child, set_font
from workflow.dossier.render.fixed_text import LANGUAGE, REGION

ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
HANGING = 8
"""Millimetres that the mark of a point stands before its text."""


@dataclass(frozen=True, slots=True)
class Style:
    """How paragraphs of one name look; lengths in points, indents in millimetres."""

    align: str = "left"
    size: float = 14
    pitch: float = 18
    after: float = 0
    first: float = 0
    left: float = 0
    bold: bool = False
    italic: bool = False
    outline: bool = False
    """Shown in Word's list of headings."""


HEAD, TITLE, SUBJECT, LETTER_SUBJECT = "Đầu văn bản", "Tiêu đề văn bản", "Trích yếu", "Trích yếu công văn"
TEXT, POINT, CELL, LINES = "Đoạn văn", "Điểm", "Ô bảng", "Dòng kẻ"
SIGNED, RECIPIENTS, NUMBER, FOOT, GAP = "Chữ ký", "Nơi nhận", "Số trang", "Chân trang mẫu", "Khoảng cách"

STYLES = {
    HEAD: Style(align="center"),
    TITLE: Style(align="center", size=16, pitch=22, bold=True, outline=True),
    SUBJECT: Style(align="center", bold=True),
    LETTER_SUBJECT: Style(align="center", size=12, pitch=15, italic=True),
    TEXT: Style(align="justify", after=6, first=10),
    POINT: Style(align="justify", after=6, left=10 + HANGING, first=-HANGING),
    CELL: Style(),
    LINES: Style(pitch=22),
    SIGNED: Style(align="center"),
    RECIPIENTS: Style(size=12, pitch=15),
    NUMBER: Style(align="center"),
    FOOT: Style(align="center", size=9, pitch=12),
    GAP: Style(size=2, pitch=6),
}


NEEDED_STYLES = frozenset({"Normal", "Default Paragraph Font", "Normal Table", "No List", "Table Grid"})
"""What Word cannot do without, and tables with lines."""


def add_styles(document: Document) -> None:
    """All styles of a paper, each on top of Normal."""
    styles = document.styles
    _remove_other_styles(styles)
    normal: Any = styles["Normal"]
    _shape_style(normal, Style())
    _speak_vietnamese(styles.element)
    for name, style in STYLES.items():
        added: Any = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        added.base_style = normal
        added.quick_style = True
        _shape_style(added, style)


def _remove_other_styles(styles: Styles) -> None:
    """Take away python-docx's own styles: the list in Word is to show those of a paper."""
    for style in list(styles):
        if style.name not in NEEDED_STYLES:
            style.delete()


def _shape_style(named: Any, style: Style) -> None:
    named.font.size = Pt(style.size)
    named.font.bold, named.font.italic = style.bold, style.italic
    set_font(named.element.get_or_add_rPr())
    shape = named.paragraph_format
    shape.alignment = ALIGN[style.align]
    shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    shape.line_spacing = Pt(style.pitch)
    shape.space_before, shape.space_after = Pt(0), Pt(style.after)
    shape.first_line_indent, shape.left_indent = Mm(style.first), Mm(style.left)
    shape.widow_control = True
    if style.outline:
        add_child(named.element.get_or_add_pPr(), "w:outlineLvl", val="0")


def _speak_vietnamese(styles: Any) -> None:
    """Set Vietnamese as the language of spell checking, and remove the theme's fonts."""
    defaults = styles.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    set_font(defaults)
    language = defaults.find(qn("w:lang"))
    for script in ("val", "eastAsia", "bidi"):
        language.set(qn(f"w:{script}"), f"{LANGUAGE}-{REGION}")
