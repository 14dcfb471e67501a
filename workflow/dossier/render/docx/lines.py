"""Lines of text are written in Word.

Runs stand in their faces, blanks as dots or as tabs that draw dots.
"""

from collections.abc import Iterator
from math import ceil
from typing import Protocol

from docx.text.paragraph import Paragraph

from workflow.dossier.render.document import Blank, Break, Line, Run
from workflow.dossier.render.docx.parts import add_leader, clean_text

DOT_MM = 4.94
"""How wide "…" is in 14 points."""


class ParagraphHolder(Protocol):
    """Where paragraphs can stand: the paper itself, a cell of a table."""

    def add_paragraph(self, text: str = "", style: str | None = None) -> Paragraph:
        """Add a paragraph at the end."""
        ...


def add_line(
    place: ParagraphHolder, line: Line, style: str, width_mm: float, *, mark: str = ""
) -> list[Paragraph]:
    """A line's text as paragraphs, one for each line that it breaks into.

    ``mark``: what hangs before the first.
    """
    paragraphs: list[Paragraph] = []
    for part in _split_at_breaks(line):
        paragraph = place.add_paragraph(style=style)
        if mark and not paragraphs:
            paragraph.add_run(f"{clean_text(mark)}\t")
        write_line(paragraph, part, width_mm)
        paragraphs.append(paragraph)
    return paragraphs


def write_line(paragraph: Paragraph, line: Line, width_mm: float) -> None:
    """Write a line without breaks. Blanks to the end of it share what room the text leaves."""
    open_ended = sum(part == Blank() for part in line)
    for number in range(1, open_ended + 1):
        add_leader(paragraph, width_mm * number / open_ended)
    for part in line:
        if isinstance(part, Run):
            run = paragraph.add_run(clean_text(part.text))
            run.bold, run.italic, run.underline = (
                part.bold or None,
                part.italic or None,
                part.underline or None,
            )
        elif isinstance(part, Blank):
            paragraph.add_run("…" * ceil(part.mm / DOT_MM) if part.mm else "\t")


def _split_at_breaks(line: Line) -> Iterator[Line]:
    part: Line = ()
    for inline in line:
        if isinstance(inline, Break):
            yield part
            part = ()
        else:
            part = (*part, inline)
    yield part
