"""Reads papers back from what was written of them, as somebody else's program would."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from unicodedata import normalize

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from docx import Document
from docx.oxml.ns import qn
from lxml import html as markup
from pypdf import PdfReader

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""
BLANK = re.compile(r"[\s.…|\u00a0]+")
"""What writers draw in their own ways: spaces, dots to write on, bars between cells."""


def bare(text: str) -> str:
    """A text without spaces, dots and bars: what all writers have to agree on."""
    return BLANK.sub("", normalize("NFC", text))


def of_pdf(data: bytes) -> str:
    """The text of the pages, without the numbers above them."""
    texts = [page.extract_text() for page in PdfReader(BytesIO(data)).pages]
    return "\n".join(re.sub(rf"\A{number}\s*\n", "", text) for number, text in enumerate(texts, 1))


def characters(data: bytes) -> Iterator[tuple[int, Box]]:
    """The box of each printed character, in points from the lower left corner, and its page (from 0)."""
    for number, page in enumerate(pdfium.PdfDocument(data)):
        text = page.get_textpage()
        for at in range(text.count_chars()):
            if text.get_text_range(at, 1).strip():
                yield number, text.get_charbox(at)


def of_docx(data: bytes) -> str:
    """The text of the body, tables where they stand."""
    body = Document(BytesIO(data)).element.body
    paragraphs: Iterator[Any] = body.iter(qn("w:p"))
    return "\n".join("".join(text.text or "" for text in one.iter(qn("w:t"))) for one in paragraphs)


def of_html(text: str) -> str:
    """The text of a page."""
    return "\n".join(map(str, markup.fromstring(text).itertext()))
