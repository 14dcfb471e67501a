"""Papers are printed into one PDF for the archive.

It is PDF/A-2a (tagged, all fonts in it), each paper on a page of its own.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from importlib import resources
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, cast

import orjson

from workflow.dossier.render import fixed_text
from workflow.dossier.render.document import PaperTree
from workflow.dossier.render.font_coverage import FONT_FOLDER, to_drawable
from workflow.dossier.render.typst_data import build_paper_data

if TYPE_CHECKING:
    from typst import Compiler

LAYOUT = Path(str(resources.files("templates"))) / "dossier" / "layout.typ"
COMPILER_LOCK = Lock()


def render_pdf(
    trees: Sequence[PaperTree], *, made_on: date, draft: bool = False, sample: str = "", title: str = ""
) -> bytes:
    """Papers one after another, each from page 1 and with its bookmark. The same papers give the same bytes.

    ``draft``: "DỰ THẢO" across each page. ``sample``: a line at the foot of each page, against mistaking
    sample data for people. ``title``: of the whole file; without it that of the first paper.
    """
    typst_data = {
        "title": to_drawable(title or (trees[0].title if trees else "")),
        "draft": draft,
        "sample": to_drawable(sample),
        "printed": _FIXED_TEXT,
        "papers": [build_paper_data(tree) for tree in trees],
    }
    with COMPILER_LOCK:
        made = load_compiler().compile(
            format="pdf",
            sys_inputs={"given": orjson.dumps(typst_data).decode()},
            pdf_standards="a-2a",
            timestamp=datetime.combine(made_on, time(), UTC),
        )
    return cast("bytes", made)


def count_pages(data: bytes) -> int:
    from pypdf import PdfReader

    return len(PdfReader(BytesIO(data)).pages)


@cache
def load_compiler() -> "Compiler":
    """The Typst compiler with our fonts only; it caches what it has read."""
    from typst import Compiler, Fonts

    fonts = Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONT_FOLDER)])
    return Compiler(str(LAYOUT), root=str(LAYOUT.parent), font_paths=fonts)


_FIXED_TEXT = {
    "party": fixed_text.PARTY,
    "star": fixed_text.STAR,
    "rule": fixed_text.RULE,
    "recipients": fixed_text.RECIPIENTS,
    "draft": fixed_text.DRAFT,
    "language": fixed_text.LANGUAGE,
    "region": fixed_text.REGION,
}
