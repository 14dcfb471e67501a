"""A dossier bound: one PDF with index, bookmarks and page numbers; or a zip of Word files with the same index."""

import hashlib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from workflow.dossier.papers import Dossier, DossierPaper
from workflow.dossier.render.document import PaperTree
from workflow.dossier.render.docx.to_docx import render_docx
from workflow.dossier.render.font_coverage import FONT_FOLDER
from workflow.dossier.render.to_pdf import count_pages, render_pdf
from workflow.dossier.vietnamese_text import strip_diacritics

STANDING_WORDS = {
    "received": "Bản gốc đã ký", "made": "Bản in, chưa nhận bản ký", "draft": "Dự thảo, chưa đến bước này",
    "to_write": "Chưa nhận", "noted": "Chưa nhận bản gốc", "missing": "THIẾU",
}  # fmt: skip
PART_WORDS = {"admission": "kết nạp đảng viên", "recognition": "công nhận đảng viên chính thức"}
NOT_STORED_WORDS = "Chương trình không giữ nội dung giấy này; bản gốc để ở đây khi đóng hồ sơ."
ZIP_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class BoundPaper:
    """What stands in the bound file for one paper."""

    entry: DossierPaper
    content: bytes
    pages: int
    standing: str
    missing: bool


def bind_pdf(dossier: Dossier) -> bytes:
    """One PDF of all papers with cover, index and bookmarks; what is missing has a sheet in its place."""
    leaves = list(_bound_papers(dossier))
    first = count_pages(_print_index(dossier, leaves, 0))
    index = _print_index(dossier, leaves, first)
    return _join_pdfs(dossier, index, leaves)


def list_missing(dossier: Dossier) -> list[tuple[DossierPaper, str]]:
    """What is missing or too old, and why: each paper that should be there by now."""
    return [(paper, paper.amiss) for paper in dossier.list_papers() if paper.amiss]


def _bound_papers(dossier: Dossier) -> Iterator[BoundPaper]:
    for entry in dossier.list_papers():
        if entry.standing == "draft" and entry.scan is None:
            continue
        content = dossier.read_scan(entry)
        standing_words = STANDING_WORDS[entry.standing]
        if content is None:
            printable = entry.form is not None and entry.form.kept == "scan" and entry.standing != "received"
            content = dossier.print_paper(entry) if printable else _placeholder_sheet(dossier, entry)
        stale = "; phải bổ sung" if entry.stale else ""
        missing = entry.standing in ("missing", "to_write", "noted") or entry.stale
        yield BoundPaper(entry, content, count_pages(content), standing_words + stale, missing)


def _placeholder_sheet(dossier: Dossier, entry: DossierPaper) -> bytes:
    """A sheet in the place of what is not kept, or not there."""
    lines = [STANDING_WORDS[entry.standing]]
    if entry.on:
        lines.append(f"Ngày {entry.on:%d/%m/%Y}")
    if entry.kept == "receipt":
        lines.append(NOT_STORED_WORDS)
    values = {**_index_values(dossier), "title": f"{entry.code} – {entry.title}", "lines": lines}
    return render_pdf([dossier.forms.fill_form("TO-CHEN", values)], made_on=dossier.file.today, sample=dossier.sample)


def _index_values(dossier: Dossier) -> dict[str, Any]:
    form = dossier.forms.index.forms["MLHS"]
    return {**dossier.story.build_values(form), "title": form.title}


def build_index(dossier: Dossier, leaves: list[BoundPaper], first: int) -> PaperTree:
    """The index: what stands where. ``first``: how many pages it takes itself."""
    at, rows = first + 1, []
    for leaf in leaves:
        entry = leaf.entry
        day = f"{entry.on:%d/%m/%Y}" if entry.on else ""
        rows.append(
            {
                "code": entry.code,
                "title": entry.title,
                "number": " ".join(filter(None, (entry.number, day))),
                "pages": leaf.pages,
                "at": at,
                "standing": leaf.standing,
                "missing": leaf.missing,
            }
        )
        at += leaf.pages
    recognition = any(leaf.entry.code == "10-KNĐ" for leaf in leaves)
    what = PART_WORDS["recognition" if recognition else "admission"]
    missing = [f"{entry.code} {entry.title}" for entry, why in list_missing(dossier) if why != "not_back"]
    return dossier.forms.fill_form(
        "MLHS", {**_index_values(dossier), "entries": rows, "what": what, "missing": missing}
    )


def _print_index(dossier: Dossier, leaves: list[BoundPaper], first: int) -> bytes:
    return render_pdf([build_index(dossier, leaves, first)], made_on=dossier.file.today, sample=dossier.sample)


def _join_pdfs(dossier: Dossier, index: bytes, leaves: list[BoundPaper]) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    writer.add_metadata({"/Title": f"Hồ sơ lượt xét {dossier.case}", "/Producer": "ketnap"})
    at = 0
    for name, content in [("Mục lục hồ sơ", index), *((_outline_title(leaf), leaf.content) for leaf in leaves)]:
        reader = PdfReader(BytesIO(content))
        writer.append(reader, import_outline=False)
        writer.add_outline_item(title=name, page_number=at)
        at += len(reader.pages)
    _stamp_page_numbers(writer, at)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _outline_title(leaf: BoundPaper) -> str:
    return f"{leaf.entry.code} {leaf.entry.title}"


def _stamp_page_numbers(writer: Any, count: int) -> None:
    """Page numbers through, small at the right of the foot: those of the papers stay as they are."""
    from pypdf import PdfReader

    stamps = PdfReader(BytesIO(_number_sheets(count)))
    for page, stamp in zip(writer.pages, stamps.pages, strict=True):
        page.merge_page(stamp)


def _number_sheets(count: int) -> bytes:
    from typst import compile as typeset

    source = (
        '#set page(paper: "a4", margin: 8mm)\n'
        '#set text(font: "Liberation Serif", size: 9pt, fill: luma(110))\n'
        f"#for n in range(1, {count + 1}) {{ if n > 1 {{ pagebreak() }}; place(bottom + right)[Trang #n/{count}] }}"
    )
    made = typeset(source.encode(), None, font_paths=[str(FONT_FOLDER)], ignore_system_fonts=True)  # type: ignore[misc]
    return bytes(made)


# --- Word -----------------------------------------------------------------------------------------------------------


def bind_zip(dossier: Dossier) -> bytes:
    """A zip of Word files (scans as PDF) with the index and the sums of all of them; the same input, the same bytes."""
    leaves = list(_bound_papers(dossier))
    today = dossier.file.today
    files: dict[str, bytes] = {"00.Muc_luc_ho_so.docx": render_docx(build_index(dossier, leaves, 1), made_on=today)}
    for number, leaf in enumerate(leaves, start=1):
        name = f"{number:02}.{paper_file_name(leaf.entry)}"
        if leaf.entry.scan is None and leaf.entry.form is not None and leaf.entry.standing != "received":
            tree, draft = dossier.build_tree(leaf.entry), dossier.is_draft(leaf.entry)
            files[f"{name}.docx"] = render_docx(tree, draft=draft, made_on=today, sample=dossier.sample)
        else:
            files[f"{name}.pdf"] = leaf.content
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    return _zip_files(files | {"SHA256SUMS.txt": sums.encode()})


def paper_file_name(entry: DossierPaper) -> str:
    """A paper's file name without diacritics (the pattern of CV 1361-CV/BTCTW, annex 1)."""
    title = entry.form.title if entry.form and entry.part else entry.title  # no name of a person in that of a file
    words = re.findall(r"[a-z0-9]+", strip_diacritics(f"{entry.code} {title}"))
    return "_".join([*words, *filter(None, [entry.part])])[:80].capitalize()


def _zip_files(files: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name, ZIP_DAY), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
