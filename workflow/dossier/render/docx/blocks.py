"""Blocks of a paper are written in Word.

Tables without lines set things side by side, as clerks do it by hand.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_BREAK
from docx.shared import Mm, Pt
from docx.table import _Cell

from workflow.dossier.render.document import (
    Block,
    Cell,
    Letterhead,
    PageBreak,
    Paragraph,
    Point,
    RuledLines,
    Signature,
    Signatures,
    Table,
    Title,
)
from workflow.dossier.render.docx import styles
from workflow.dossier.render.docx.lines import ParagraphHolder, add_line
from workflow.dossier.render.docx.parts import (
    add_leader,
    clean_text,
    merge_row_cells,
    never_split,
    pad_cells,
    repeat_on_every_page,
)
from workflow.dossier.render.fixed_text import PARTY, RECIPIENTS, RULE, STAR
from workflow.dossier.render.layout import has_issuer, pair_signatures

SIGNING_ROOM = 71
"""Points to sign in: 25 mm."""


def add_block(document: Document, block: Block, width: float) -> None:
    """Write one block at the end of a document whose text is ``width`` millimetres wide."""
    match block:
        case Letterhead():
            _add_letterhead(document, block, width)
        case Title():
            _add_title(document, block)
        case Paragraph():
            _add_paragraph(document, block, width)
        case Point():
            _add_point(document, block, width)
        case Table():
            _add_table(document, block, width)
        case RuledLines():
            _add_ruled_lines(document, block.count, width)
        case Signatures():
            _add_signatures(document, block, width)
        case PageBreak():
            _add_gap(document).add_run().add_break(WD_BREAK.PAGE)


def _add_text(place: ParagraphHolder, text: str, style: str, **face: bool) -> Any:
    """One paragraph of plain text; none where there is nothing to say."""
    if not text:
        return None
    paragraph = place.add_paragraph(style=style)
    run = paragraph.add_run(clean_text(text))
    for name in face:
        setattr(run, name, True)
    return paragraph


def _add_gap(place: ParagraphHolder) -> Any:
    return place.add_paragraph(style=styles.GAP)


# ------------------------------------------------------------------------------------------------ head


def _add_letterhead(document: Document, head: Letterhead, width: float) -> None:
    if code := _add_text(document, head.code, styles.LETTER_SUBJECT):
        code.alignment, code.runs[0].italic = styles.ALIGN["right"], False
    if has_issuer(head):
        left, right = _add_side_by_side(document, (width * 0.45, width * 0.55), 1)[0]
        _add_issuer(left, head)
        _add_party_side(right, head, width * 0.55)
        _trim_cells(left, right)
    else:
        _add_party_side(document, head, width)
    _add_gap(document)


def _add_issuer(place: ParagraphHolder, head: Letterhead) -> None:
    for organ in head.above:
        _add_text(place, organ, styles.HEAD)
    _add_text(place, head.organ, styles.HEAD, bold=True)
    _add_text(place, STAR, styles.HEAD)
    _add_text(place, head.number, styles.HEAD)
    _add_text(place, head.subject, styles.LETTER_SUBJECT)


def _add_party_side(place: ParagraphHolder, head: Letterhead, width: float) -> None:
    party = _add_text(place, PARTY, styles.HEAD, bold=True, underline=True)
    party.runs[0].font.size = Pt(15)
    party.paragraph_format.space_after = Pt(3)
    if head.placed:
        for paragraph in add_line(place, head.placed, styles.HEAD, width):
            for run in paragraph.runs:
                run.italic = True


def _add_title(document: Document, title: Title) -> None:
    _add_gap(document)
    _add_text(document, title.kind, styles.TITLE)
    _add_text(document, title.subject, styles.SUBJECT)
    if title.rule:
        _add_text(document, RULE, styles.HEAD)
    _add_gap(document)


# ------------------------------------------------------------------------------------------------ body


def _add_paragraph(document: Document, block: Paragraph, width: float) -> None:
    written = add_line(document, block.line, styles.TEXT, width)
    for number, paragraph in enumerate(written):
        paragraph.alignment = styles.ALIGN[block.align]
        if not block.indent or number:
            paragraph.paragraph_format.first_line_indent = Mm(0)
        if paragraph is not written[-1]:
            paragraph.paragraph_format.space_after = Pt(0)
        if block.keep:
            paragraph.paragraph_format.keep_with_next = True


def _add_point(document: Document, point: Point, width: float) -> None:
    for paragraph in add_line(document, point.line, styles.POINT, width, mark=point.mark)[1:]:
        paragraph.paragraph_format.first_line_indent = Mm(0)


def _add_table(document: Document, block: Table, width: float) -> None:
    shares = [width * share / sum(block.widths) for share in block.widths]
    made = _add_grid(document, shares, ruled=block.ruled)
    if block.head:
        row = made.add_row()
        _fill_row(row, block.head, shares, bold=True)
        repeat_on_every_page(row)
    for cells in block.rows:
        _fill_row(made.add_row(), cells, shares, bold=False)
    _add_gap(document)


def _fill_row(row: Any, cells: tuple[Cell, ...], shares: Sequence[float], *, bold: bool) -> None:
    never_split(row)
    ends = list(accumulate(cell.span for cell in cells))
    widths = [sum(shares[end - cell.span : end]) for cell, end in zip(cells, ends, strict=True)]
    places = merge_row_cells(row, [cell.span for cell in cells], [Mm(width) for width in widths])
    for place, cell, width in zip(places, cells, widths, strict=True):
        _fill_cell(place, cell, width - 4, bold=bold)


def _fill_cell(place: _Cell, cell: Cell, width: float, *, bold: bool) -> None:
    for paragraph in add_line(place, cell.line, styles.CELL, width):
        paragraph.alignment = styles.ALIGN[cell.align]
        for run in paragraph.runs:
            run.bold = bold or run.bold
    _trim_cells(place)


def _add_ruled_lines(document: Document, count: int, width: float) -> None:
    for _ in range(count):
        line = document.add_paragraph("\t", style=styles.LINES)
        add_leader(line, width)
    _add_gap(document)


# ------------------------------------------------------------------------------------------------ foot


def _add_signatures(document: Document, foot: Signatures, width: float) -> None:
    _add_gap(document).paragraph_format.keep_with_next = True
    halves = (width / 2, width / 2)
    if foot.recipients:
        left, right = _add_side_by_side(document, halves, 1)[0]
        _add_recipients(left, foot.recipients)
        for signature in foot.signed:
            _add_signature(right, signature)
        _trim_cells(left, right)
    else:
        rows = _add_side_by_side(document, halves, (len(foot.signed) + 1) // 2)
        for (left, right), (first, second) in zip(rows, pair_signatures(foot.signed), strict=True):
            if first:
                _add_signature(left, first)
            _add_signature(right, second)
            _trim_cells(left, right)
    _add_gap(document)


def _add_recipients(place: ParagraphHolder, names: tuple[str, ...]) -> None:
    head = _add_text(place, RECIPIENTS, styles.RECIPIENTS, underline=True)
    head.runs[0].font.size = Pt(14)
    head.paragraph_format.line_spacing = Pt(18)
    for name in names:
        _add_text(place, name, styles.RECIPIENTS)


def _add_signature(place: ParagraphHolder, signature: Signature) -> None:
    _add_text(place, signature.behalf, styles.SIGNED, bold=True)
    _add_text(place, signature.post, styles.SIGNED, **({} if signature.behalf else {"bold": True}))
    _add_text(place, signature.note, styles.SIGNED, italic=True)
    room = place.add_paragraph(style=styles.SIGNED)
    room.paragraph_format.line_spacing = Pt(SIGNING_ROOM)
    _add_text(place, signature.name, styles.SIGNED, bold=True)


# ------------------------------------------------------------------------------------------------ tables


def _add_grid(document: Document, shares: Sequence[float], *, ruled: bool) -> Any:
    made: Any = document.add_table(0, 0)
    made.style = document.styles["Table Grid" if ruled else "Normal Table"]
    made.autofit = False
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    for share in shares:
        made.add_column(Mm(share))
    pad_cells(made, 2 if ruled else 1)
    return made


def _add_side_by_side(document: Document, shares: Sequence[float], rows: int) -> list[Any]:
    """Cells of a table without lines, row by row, kept on one page."""
    made = _add_grid(document, shares, ruled=False)
    for _ in range(rows):
        never_split(made.add_row())
    return [row.cells for row in made.rows]


def _trim_cells(*cells: _Cell) -> None:
    """Remove the empty first paragraph of a new cell if others follow."""
    for cell in cells:
        if len(cell.paragraphs) > 1:
            first = cell.paragraphs[0]._p  # noqa: SLF001 - python-docx takes nothing away
            first.getparent().remove(first)
