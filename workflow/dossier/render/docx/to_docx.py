"""A paper becomes a Word file that a clerk can edit.

It has real styles, and the same geometry and text as in print.
"""

from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from workflow.dossier.render.document import PaperTree
from workflow.dossier.render.fixed_text import DRAFT, LANGUAGE, REGION
from workflow.dossier.render.layout import keep_with_signatures

LONG, SHORT, TOP, BOTTOM, LEFT, RIGHT = 297, 210, 20, 20, 30, 15
"""A4 and its margins, in millimetres."""


def render_docx(tree: PaperTree, *, made_on: date, draft: bool = False, sample: str = "") -> bytes:
    """One paper for Word. The same paper gives the same bytes.

    ``draft``: "DỰ THẢO" across each page. ``sample``: a line at the foot of each page, as in print.
    """
    from docx import Document

    from workflow.dossier.render.docx.blocks import add_block
    from workflow.dossier.render.docx.styles import add_styles

    document = Document()
    add_styles(document)
    width = _set_up_page(document.sections[0], landscape=tree.landscape)
    _add_page_marks(document.sections[0], draft=draft, sample=sample)
    for block in keep_with_signatures(tree):
        add_block(document, block, width)
    _set_properties(document, tree.title, made_on)
    return _pack_document(document, made_on)


def _set_up_page(section: Any, *, landscape: bool) -> float:
    """Set up the sheet; how wide its text is, in millimetres."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    wide, high = (LONG, SHORT) if landscape else (SHORT, LONG)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(wide), Mm(high)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.header_distance = section.footer_distance = Mm(10)
    return wide - LEFT - RIGHT


def _add_page_marks(section: Any, *, draft: bool, sample: str) -> None:
    """The number above the text, from the second page on; the marks of drafts and samples on each."""
    from workflow.dossier.render.docx.parts import add_page_number, add_watermark, clean_text
    from workflow.dossier.render.docx.styles import FOOT, NUMBER

    section.different_first_page_header_footer = True
    for header in (section.first_page_header, section.header):
        header.paragraphs[0].style = NUMBER
        if draft:
            add_watermark(header.paragraphs[0].add_run(), DRAFT)
    add_page_number(section.header.paragraphs[0])
    for footer in (section.first_page_footer, section.footer):
        footer.paragraphs[0].style = FOOT
        footer.paragraphs[0].add_run(clean_text(sample))


def _set_properties(document: Any, title: str, made_on: date) -> None:
    from workflow.dossier.render.docx.parts import clean_text

    facts = document.core_properties
    facts.title = clean_text(title)[:255]
    facts.author = facts.last_modified_by = facts.comments = facts.keywords = facts.subject = ""
    facts.language = f"{LANGUAGE}-{REGION}"
    facts.revision = 1
    facts.created = facts.modified = datetime.combine(made_on, time(), UTC).replace(tzinfo=None)


def _pack_document(document: Any, made_on: date) -> bytes:
    """The file with its parts in a fixed order and without times, so that bytes repeat."""
    made, packed = BytesIO(), BytesIO()
    for key in [
        key for key, part in document.part.package.rels.items() if part.reltype.endswith("/thumbnail")
    ]:
        document.part.package.rels.pop(key)  # a picture of somebody's empty page
    document.save(made)
    stamp = (max(made_on.year, 1980), made_on.month, made_on.day, 0, 0, 0)
    with ZipFile(made) as parts, ZipFile(packed, "w", ZIP_DEFLATED) as out:
        for name in sorted(parts.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = ZipInfo(name, stamp)
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 0
            out.writestr(entry, parts.read(name))
    return packed.getvalue()
