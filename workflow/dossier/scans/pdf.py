"""This module draws each page of a PDF as a picture.

Nothing that could act is kept.
"""

from collections.abc import Iterator

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL.Image import Image
from pypdfium2 import raw

from workflow.dossier.scans.limits import DPI, MOST_PAGES, BadScan, check_pixels

A3 = (841.89, 1190.551)
"""Points, the short side and the long one; larger pages are scaled down to it."""
SMALLEST = 10
"""Points of a page's side: below nothing can be read."""
SILENT = frozenset(
    {
        raw.FPDF_ANNOT_TEXT,
        raw.FPDF_ANNOT_POPUP,
        raw.FPDF_ANNOT_LINK,
        raw.FPDF_ANNOT_FILEATTACHMENT,
        raw.FPDF_ANNOT_SOUND,
        raw.FPDF_ANNOT_MOVIE,
        raw.FPDF_ANNOT_SCREEN,
        raw.FPDF_ANNOT_THREED,
        raw.FPDF_ANNOT_RICHMEDIA,
    }
)
"""Notes that are no part of the paper."""


def draw_pdf(content: bytes) -> Iterator[Image]:
    """Each page as a picture. Raises `BadScan`, and what pypdfium2 raises of a spoilt file."""
    if b"%%EOF" not in content[-2048:]:  # cut off: the rest of its pages would be missing without a word
        raise BadScan("broken")
    document = _open(content)
    count = len(document)
    if count > MOST_PAGES:
        raise BadScan("too_many_pages", {"limit": MOST_PAGES, "found": count})
    if not count:
        raise BadScan("broken")
    for number in range(count):
        page = document[number]
        _check_images(page, number + 1)
        _remove_silent_notes(page)
        yield _draw(page)
        page.close()


def _open(content: bytes) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        raise BadScan("locked" if error.err_code == raw.FPDF_ERR_PASSWORD else "broken") from error
    if raw.FPDF_GetSecurityHandlerRevision(document) != -1:
        raise BadScan("locked")
    return document


def _check_images(page: pdfium.PdfPage, number: int) -> None:
    for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
        check_pixels(image.get_px_size(), number)


def _remove_silent_notes(page: pdfium.PdfPage) -> None:
    for index in reversed(range(raw.FPDFPage_GetAnnotCount(page))):
        note = raw.FPDFPage_GetAnnot(page, index)
        kind = raw.FPDFAnnot_GetSubtype(note)
        raw.FPDFPage_CloseAnnot(note)
        if kind in SILENT:
            raw.FPDFPage_RemoveAnnot(page, index)


def _draw(page: pdfium.PdfPage) -> Image:
    short, long = sorted(page.get_size())
    if short < SMALLEST:
        raise BadScan("broken")
    scale = min(1.0, A3[0] / short, A3[1] / long) * DPI / 72
    picture: Image = page.render(scale=scale, rev_byteorder=True).to_pil()
    return picture
