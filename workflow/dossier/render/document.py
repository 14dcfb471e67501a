"""A paper is a tree of a few kinds of blocks.

The page on the screen, the PDF and the Word file are all written from it. The kinds are those of a Party
document (layout: HD 36-HD/VPTW 2018, HD 05-HD/VPTW 2026; regulations §6). Lengths are millimetres. Text is
what is printed, character by character: no writer reads it as markup.
"""

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "center", "right", "justify"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one face."""

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False


@dataclass(frozen=True, slots=True)
class Blank:
    """A dotted space inside a line, to be filled in by hand.

    ``mm``: its length; None: to the end of the line.
    """

    mm: int | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """A new line inside a paragraph or a cell."""


Inline = Run | Blank | Break
Line = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The two columns at the head of the first page.

    Left: the organs above in plain capitals, the issuing organ in bold, an asterisk, the number ("Số
    05-NQ/CB"), and for a letter its subject in italics of 12 points. Right: the form's code if it prints one,
    "ĐẢNG CỘNG SẢN VIỆT NAM" in bold with a rule below, place and date in italics. A part that is empty leaves
    no line.
    """

    above: tuple[str, ...]
    organ: str
    number: str
    subject: str
    code: str
    placed: Line


@dataclass(frozen=True, slots=True)
class Title:
    """The kind of document in bold capitals, its subject in bold below, a short rule of five hyphens."""

    kind: str
    subject: str
    rule: bool = True


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text.

    ``indent``: its first line starts 10 mm in. ``keep``: it stays on one page with the next block.
    """

    line: Line
    align: Align = "justify"
    indent: bool = True
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A numbered point: its ``mark`` ("1.", "a)", "-"), then the text with a hanging indent."""

    mark: str
    line: Line


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; ``span``: over how many columns."""

    line: Line
    align: Align = "left"
    span: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head that is printed again on every page.

    ``widths``: shares of the text width, one a column. ``ruled``: with lines round the cells; without them it
    sets things side by side. Rows do not break over pages.
    """

    widths: tuple[int, ...]
    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    ruled: bool = True


@dataclass(frozen=True, slots=True)
class RuledLines:
    """So many empty dotted lines over the whole width, for somebody's own hand."""

    count: int


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: on whose behalf ("T/M CHI BỘ"), the post ("BÍ THƯ"), the name ("": not known)."""

    behalf: str
    post: str
    name: str
    note: str = ""
    """Under the post, in italics and brackets: "(Ký, ghi rõ họ tên)"."""


@dataclass(frozen=True, slots=True)
class Signatures:
    """The foot of a paper, kept on one page: recipients at the left under "Nơi nhận:", who signs beside them.

    Without recipients two who sign stand side by side, the first on the left; one alone stands on the right.
    """

    recipients: tuple[str, ...]
    signed: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows starts a new page."""


Block = Letterhead | Title | Paragraph | Point | Table | RuledLines | Signatures | PageBreak


@dataclass(frozen=True, slots=True)
class PaperTree:
    """One paper. ``title``: its name in full, for bookmarks, file properties and the window's head."""

    title: str
    blocks: tuple[Block, ...]
    landscape: bool = False
