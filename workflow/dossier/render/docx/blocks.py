"""The blocks of a paper in Word: tables without lines set things side by side, as clerks do it by hand."""

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
from workflow.dossier.render.docx.lines import Place, add_line
from workflow.dossier.render.docx.parts import (
    add_leader,
    cells_of,
    clean,
    never_split,
    pad,
    repeat_on_every_page,
)
from workflow.dossier.render.fixed_text import PARTY, RECIPIENTS, RULE, STAR
from workflow.dossier.render.layout import has_issuer, in_pairs

ROOM = 71
"""Points to sign in: 25 mm."""


def add_block(document: Document, block: Block, width: float) -> None:
    """Write one block at the end of a document whose text is ``width`` millimetres wide."""
    match block:
        case Letterhead():
            _letterhead(document, block, width)
        case Title():
            _title(document, block)
        case Paragraph():
            _paragraph(document, block, width)
        case Point():
            _point(document, block, width)
        case Table():
            _table(document, block, width)
        case RuledLines():
            _ruled_lines(document, block.count, width)
        case Signatures():
            _signatures(document, block, width)
        case PageBreak():
            _gap(document).add_run().add_break(WD_BREAK.PAGE)


def _say(place: Place, text: str, style: str, **face: bool) -> Any:
    """One paragraph of plain text; none where there is nothing to say."""
    if not text:
        return None
    paragraph = place.add_paragraph(style=style)
    run = paragraph.add_run(clean(text))
    for name in face:
        setattr(run, name, True)
    return paragraph


def _gap(place: Place) -> Any:
    return place.add_paragraph(style=styles.GAP)


# ------------------------------------------------------------------------------------------------ head


def _letterhead(document: Document, head: Letterhead, width: float) -> None:
    if code := _say(document, head.code, styles.LETTER_SUBJECT):
        code.alignment, code.runs[0].italic = styles.ALIGN["right"], False
    if has_issuer(head):
        left, right = _side_by_side(document, (width * 0.45, width * 0.55), 1)[0]
        _issuer(left, head)
        _state(right, head, width * 0.55)
        _trim(left, right)
    else:
        _state(document, head, width)
    _gap(document)


def _issuer(place: Place, head: Letterhead) -> None:
    for organ in head.above:
        _say(place, organ, styles.HEAD)
    _say(place, head.organ, styles.HEAD, bold=True)
    _say(place, STAR, styles.HEAD)
    _say(place, head.number, styles.HEAD)
    _say(place, head.subject, styles.LETTER_SUBJECT)


def _state(place: Place, head: Letterhead, width: float) -> None:
    party = _say(place, PARTY, styles.HEAD, bold=True, underline=True)
    party.runs[0].font.size = Pt(15)
    party.paragraph_format.space_after = Pt(3)
    if head.placed:
        for paragraph in add_line(place, head.placed, styles.HEAD, width):
            for run in paragraph.runs:
                run.italic = True


def _title(document: Document, title: Title) -> None:
    _gap(document)
    _say(document, title.kind, styles.TITLE)
    _say(document, title.subject, styles.SUBJECT)
    if title.rule:
        _say(document, RULE, styles.HEAD)
    _gap(document)


# ------------------------------------------------------------------------------------------------ body


def _paragraph(document: Document, block: Paragraph, width: float) -> None:
    written = add_line(document, block.line, styles.TEXT, width)
    for number, paragraph in enumerate(written):
        paragraph.alignment = styles.ALIGN[block.align]
        if not block.indent or number:
            paragraph.paragraph_format.first_line_indent = Mm(0)
        if paragraph is not written[-1]:
            paragraph.paragraph_format.space_after = Pt(0)
        if block.keep:
            paragraph.paragraph_format.keep_with_next = True


def _point(document: Document, point: Point, width: float) -> None:
    for paragraph in add_line(document, point.line, styles.POINT, width, mark=point.mark)[1:]:
        paragraph.paragraph_format.first_line_indent = Mm(0)


def _table(document: Document, block: Table, width: float) -> None:
    shares = [width * share / sum(block.widths) for share in block.widths]
    made = _grid(document, shares, ruled=block.ruled)
    if block.head:
        row = made.add_row()
        _row(row, block.head, shares, bold=True)
        repeat_on_every_page(row)
    for cells in block.rows:
        _row(made.add_row(), cells, shares, bold=False)
    _gap(document)


def _row(row: Any, cells: tuple[Cell, ...], shares: Sequence[float], *, bold: bool) -> None:
    never_split(row)
    ends = list(accumulate(cell.span for cell in cells))
    widths = [sum(shares[end - cell.span : end]) for cell, end in zip(cells, ends, strict=True)]
    places = cells_of(row, [cell.span for cell in cells], [Mm(width) for width in widths])
    for place, cell, width in zip(places, cells, widths, strict=True):
        _cell(place, cell, width - 4, bold=bold)


def _cell(place: _Cell, cell: Cell, width: float, *, bold: bool) -> None:
    for paragraph in add_line(place, cell.line, styles.CELL, width):
        paragraph.alignment = styles.ALIGN[cell.align]
        for run in paragraph.runs:
            run.bold = bold or run.bold
    _trim(place)


def _ruled_lines(document: Document, count: int, width: float) -> None:
    for _ in range(count):
        line = document.add_paragraph("\t", style=styles.LINES)
        add_leader(line, width)
    _gap(document)


# ------------------------------------------------------------------------------------------------ foot


def _signatures(document: Document, foot: Signatures, width: float) -> None:
    _gap(document).paragraph_format.keep_with_next = True
    halves = (width / 2, width / 2)
    if foot.recipients:
        left, right = _side_by_side(document, halves, 1)[0]
        _recipients(left, foot.recipients)
        for signature in foot.signed:
            _signed(right, signature)
        _trim(left, right)
    else:
        rows = _side_by_side(document, halves, (len(foot.signed) + 1) // 2)
        for (left, right), (first, second) in zip(rows, in_pairs(foot.signed), strict=True):
            if first:
                _signed(left, first)
            _signed(right, second)
            _trim(left, right)
    _gap(document)


def _recipients(place: Place, names: tuple[str, ...]) -> None:
    head = _say(place, RECIPIENTS, styles.RECIPIENTS, underline=True)
    head.runs[0].font.size = Pt(14)
    head.paragraph_format.line_spacing = Pt(18)
    for name in names:
        _say(place, name, styles.RECIPIENTS)


def _signed(place: Place, signature: Signature) -> None:
    _say(place, signature.behalf, styles.SIGNED, bold=True)
    _say(place, signature.post, styles.SIGNED, **({} if signature.behalf else {"bold": True}))
    _say(place, signature.note, styles.SIGNED, italic=True)
    room = place.add_paragraph(style=styles.SIGNED)
    room.paragraph_format.line_spacing = Pt(ROOM)
    _say(place, signature.name, styles.SIGNED, bold=True)


# ------------------------------------------------------------------------------------------------ tables


def _grid(document: Document, shares: Sequence[float], *, ruled: bool) -> Any:
    made: Any = document.add_table(0, 0)
    made.style = document.styles["Table Grid" if ruled else "Normal Table"]
    made.autofit = False
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    for share in shares:
        made.add_column(Mm(share))
    pad(made, 2 if ruled else 1)
    return made


def _side_by_side(document: Document, shares: Sequence[float], rows: int) -> list[Any]:
    """Cells of a table without lines, row by row, kept on one page."""
    made = _grid(document, shares, ruled=False)
    for _ in range(rows):
        never_split(made.add_row())
    return [row.cells for row in made.rows]


def _trim(*cells: _Cell) -> None:
    """Take away the empty paragraph that a new cell starts with, where others followed."""
    for cell in cells:
        if len(cell.paragraphs) > 1:
            first = cell.paragraphs[0]._p  # noqa: SLF001 - python-docx takes nothing away
            first.getparent().remove(first)
