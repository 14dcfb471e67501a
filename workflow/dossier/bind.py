"""A dossier is bound into one file.

Either a PDF with index, bookmarks and page numbers, or a zip of Word files with the same index.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from workflow.core.views import fields_of
from workflow.dossier.dossier_paper import DossierPaper
from workflow.dossier.forms.values import FormValues, IndexRow, IndexValues, SheetValues
from workflow.dossier.forms.vietnamese_text import strip_diacritics
from workflow.dossier.papers import Dossier
from workflow.dossier.render.document import PaperTree
from workflow.dossier.render.docx.to_docx import render_docx
from workflow.dossier.render.font_coverage import FONT_FOLDER
from workflow.dossier.render.to_pdf import count_pages, render_pdf

STANDING_WORDS = {
    "received": "Bản gốc đã ký",
    "made": "Bản in, chưa nhận bản ký",
    "draft": "Dự thảo, chưa đến bước này",
    "to_write": "Chưa nhận",
    "noted": "Chưa nhận bản gốc",
    "missing": "THIẾU",
}
PART_WORDS = {"admission": "kết nạp đảng viên", "recognition": "công nhận đảng viên chính thức"}
NOT_STORED_WORDS = "Chương trình không giữ nội dung giấy này; bản gốc để ở đây khi đóng hồ sơ."
ZIP_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class BoundPaper:
    paper: DossierPaper
    content: bytes
    pages: int
    standing: str
    missing: bool


def bind_pdf(dossier: Dossier) -> bytes:
    """One PDF of all papers with cover, index and bookmarks; a sheet stands for each missing paper."""
    leaves = list(_bound_papers(dossier))
    first = count_pages(_print_index(dossier, leaves, 0))
    index = _print_index(dossier, leaves, first)
    return _join_pdfs(dossier, index, leaves)


def _bound_papers(dossier: Dossier) -> Iterator[BoundPaper]:
    for paper in dossier.papers:
        if paper.standing == "draft" and paper.scan is None:
            continue
        content = dossier.read_scan(paper)
        if content is None:
            printable = paper.form is not None and paper.form.kept == "scan" and paper.standing != "received"
            content = dossier.print_paper(paper) if printable else _placeholder_sheet(dossier, paper)
        words = STANDING_WORDS[paper.standing] + ("; phải bổ sung" if paper.stale else "")
        yield BoundPaper(paper, content, count_pages(content), words, _is_wanted(paper))


def _is_wanted(paper: DossierPaper) -> bool:
    """Whether somebody has still to bring the paper; one that only has to be signed is there."""
    return paper.amiss is not None and paper.amiss != "not_back"


def _placeholder_sheet(dossier: Dossier, paper: DossierPaper) -> bytes:
    """A sheet for a paper that is missing or is never kept."""
    lines = [STANDING_WORDS[paper.standing]]
    if paper.on:
        lines.append(f"Ngày {paper.on:%d/%m/%Y}")
    if paper.kept == "receipt":
        lines.append(NOT_STORED_WORDS)
    values = SheetValues(
        **fields_of(_index_values(dossier)), title=f"{paper.code} – {paper.title}", lines=lines
    )
    return render_pdf(
        [dossier.forms.fill_form("TO-CHEN", values)], made_on=dossier.file.today, sample=dossier.sample
    )


def _index_values(dossier: Dossier) -> FormValues:
    return dossier.case_values.build_values(dossier.forms.index.forms["MLHS"])


def build_index(dossier: Dossier, leaves: list[BoundPaper], first: int) -> PaperTree:
    """The index: what stands where. ``first``: how many pages it takes itself."""
    recognition = any(leaf.paper.code == "10-KNĐ" for leaf in leaves)
    values = IndexValues(
        **fields_of(_index_values(dossier)),
        entries=list(_index_rows(leaves, first + 1)),
        what=PART_WORDS["recognition" if recognition else "admission"],
        missing=[f"{paper.code} {paper.title}" for paper in dossier.papers if _is_wanted(paper)],
    )
    return dossier.forms.fill_form("MLHS", values)


def _index_rows(leaves: list[BoundPaper], at: int) -> Iterator[IndexRow]:
    """The papers in their order; ``at``: the page where the first of them begins."""
    for leaf in leaves:
        day = f"{leaf.paper.on:%d/%m/%Y}" if leaf.paper.on else ""
        yield IndexRow(
            code=leaf.paper.code,
            title=leaf.paper.title,
            number=" ".join(filter(None, (leaf.paper.number, day))),
            pages=leaf.pages,
            at=at,
            standing=leaf.standing,
            missing=leaf.missing,
        )
        at += leaf.pages


def _print_index(dossier: Dossier, leaves: list[BoundPaper], first: int) -> bytes:
    return render_pdf(
        [build_index(dossier, leaves, first)], made_on=dossier.file.today, sample=dossier.sample
    )


def _join_pdfs(dossier: Dossier, index: bytes, leaves: list[BoundPaper]) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    writer.add_metadata({"/Title": f"Hồ sơ lượt xét {dossier.case}", "/Producer": "ketnap"})
    at = 0
    for name, content in [
        ("Mục lục hồ sơ", index),
        *((_outline_title(leaf), leaf.content) for leaf in leaves),
    ]:
        reader = PdfReader(BytesIO(content))
        writer.append(reader, import_outline=False)
        writer.add_outline_item(title=name, page_number=at)
        at += len(reader.pages)
    _stamp_page_numbers(writer, at)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _outline_title(leaf: BoundPaper) -> str:
    return f"{leaf.paper.code} {leaf.paper.title}"


def _stamp_page_numbers(writer: Any, count: int) -> None:
    """Number all pages at the bottom right; the papers' own page numbers stay."""
    from pypdf import PdfReader

    stamps = PdfReader(BytesIO(_number_sheets(count)))
    for page, stamp in zip(writer.pages, stamps.pages, strict=True):
        page.merge_page(stamp)


def _number_sheets(count: int) -> bytes:
    from typst import compile as typeset

    source = (
        '#set page(paper: "a4", margin: 8mm)\n'
        '#set text(font: "Liberation Serif", size: 9pt, fill: luma(110))\n'
        f"#for n in range(1, {count + 1}) {{ if n > 1 {{ pagebreak() }}; "
        f"place(bottom + right)[Trang #n/{count}] }}"
    )
    fonts = [str(FONT_FOLDER)]
    made = typeset(source.encode(), None, font_paths=fonts, ignore_system_fonts=True)  # type: ignore[misc]
    return bytes(made)


# --- Word ---------------------------------------------------------------------------------------------------


def bind_zip(dossier: Dossier) -> bytes:
    """A zip of Word files (scans as PDF), index and sums; the same input, the same bytes."""
    leaves = list(_bound_papers(dossier))
    today = dossier.file.today
    files: dict[str, bytes] = {
        "00.Muc_luc_ho_so.docx": render_docx(build_index(dossier, leaves, 1), made_on=today)
    }
    for number, leaf in enumerate(leaves, start=1):
        name = f"{number:02}.{paper_file_name(leaf.paper)}"
        if leaf.paper.scan is None and leaf.paper.form is not None and leaf.paper.standing != "received":
            tree, draft = dossier.build_tree(leaf.paper), dossier.is_draft(leaf.paper)
            files[f"{name}.docx"] = render_docx(tree, draft=draft, made_on=today, sample=dossier.sample)
        else:
            files[f"{name}.pdf"] = leaf.content
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    return _zip_files(files | {"SHA256SUMS.txt": sums.encode()})


def paper_file_name(paper: DossierPaper) -> str:
    """A paper's file name without diacritics (the pattern of CV 1361-CV/BTCTW, annex 1)."""
    title = (
        paper.form.title if paper.form and paper.part else paper.title
    )  # no name of a person in that of a file
    words = re.findall(r"[a-z0-9]+", strip_diacritics(f"{paper.code} {title}"))
    return "_".join([*words, *filter(None, [paper.part])])[:80].capitalize()


def _zip_files(files: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name, ZIP_DAY), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
