"""Papers made for people: one paper or a whole dossier as bytes; what is issued on the way is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from workflow.dossier.bind import bind_pdf, bind_zip, paper_file_name
from workflow.dossier.form_values import probationary_row
from workflow.dossier.forms import load_forms
from workflow.dossier.organ_names import name_organ
from workflow.dossier.paper_store import StoredPaper, store_paper
from workflow.dossier.papers import Dossier, DossierPaper, sample_line
from workflow.dossier.render.docx.to_docx import render_docx
from workflow.dossier.render.to_html import render_html_page
from workflow.dossier.render.to_pdf import render_pdf
from workflow.office import Office
from workflow.register.writer import Who
from workflow.storage import reads
from workflow.storage.reads import Connection

FileFormat = Literal["pdf", "docx", "html", "zip"]
FILE_FORMATS: tuple[FileFormat, ...] = ("pdf", "docx", "html", "zip")


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A file for somebody: what to call it, what it holds, the papers of which it now is the issued form."""

    name: str
    content: bytes
    issued: tuple[str, ...] = ()
    draft: bool = False


def write_papers(office: Office, case: str, code: str, wanted: FileFormat, who: Who) -> list[PaperFile]:
    """One paper (of each sponsor, for some). Raises `UnknownCase`, `UnknownPaper`, `BadForms`.

    A PDF of an act that is on record is issued by this: the same bytes come out ever after, as long as the act stands.
    """
    with office.database.read_transaction() as connection:
        dossier = Dossier(office, connection, case)
        entries = dossier.find_papers_of(code)
        made = [(entry, _render_paper(dossier, entry, wanted)) for entry in entries]
        new = [
            dossier.describe_issue(entry, content)
            for entry, content in made
            if wanted == "pdf" and _is_new(dossier, entry)
        ]
    for paper, content in _pair_contents(new, made):
        store_paper(office, case, paper, content, who)
    issued = tuple(paper.code for paper in new)
    return [
        PaperFile(f"{case}.{paper_file_name(entry)}.{wanted}", content, issued, _is_draft(entry))
        for entry, content in made
    ]


def _is_draft(entry: DossierPaper) -> bool:
    return entry.standing == "draft"


def _is_new(dossier: Dossier, entry: DossierPaper) -> bool:
    form = entry.form
    return bool(form and form.act and not dossier.is_draft(entry) and dossier.find_issued(entry) is None)


def _pair_contents(
    new: list[StoredPaper], made: list[tuple[DossierPaper, bytes]]
) -> Iterator[tuple[StoredPaper, bytes]]:
    contents = {(entry.code, entry.part): content for entry, content in made}
    yield from ((paper, contents[paper.code, paper.part]) for paper in new)


def _render_paper(dossier: Dossier, entry: DossierPaper, wanted: FileFormat) -> bytes:
    if wanted == "pdf":
        return dossier.print_paper(entry)
    tree = dossier.build_tree(entry)
    if wanted == "html":
        return render_html_page(tree, draft=dossier.is_draft(entry), sample=dossier.sample).encode()
    return render_docx(tree, made_on=dossier.file.today, draft=dossier.is_draft(entry), sample=dossier.sample)


def write_dossier(office: Office, case: str, wanted: FileFormat, who: Who) -> PaperFile:
    """A whole dossier, bound: a PDF, or a zip of Word files. Raises `UnknownCase`, `BadForms`."""
    with office.database.read_transaction() as connection:
        dossier = Dossier(office, connection, case)
        bound = [entry for entry in dossier.list_papers() if wanted == "pdf" and _is_new(dossier, entry)]
        new = [(dossier.describe_issue(entry, content), content) for entry, content in _print_issued(dossier, bound)]
        content = bind_pdf(dossier) if wanted == "pdf" else bind_zip(dossier)
    for paper, file in new:
        store_paper(office, case, paper, file, who)
    return PaperFile(f"{case}.ho-so.{wanted}", content, tuple(paper.code for paper, _ in new))


def _print_issued(dossier: Dossier, entries: list[DossierPaper]) -> Iterator[tuple[DossierPaper, bytes]]:
    for entry in entries:
        if entry.standing == "made":
            yield entry, dossier.print_anew(entry)


def write_probationary_register(office: Office, unit: str) -> PaperFile:
    """The register of probationary members (18-KNĐ) of a unit and all below it, as it stands today."""
    with office.database.read_transaction() as connection:
        tree = office.snapshot_for_reading(connection)
        row = reads.load_office(connection)
        today = office.resolve_day(row.today)
        rows = list(_probationary_rows(office, connection, tree.units_below(unit, today), today))
        above = [item.name for item in tree.units_above(unit, today)]
        key = "branch" if "branch" in tree.units_above(unit, today)[0].organs.split(",") else "committee"
    key = "branch" if "branch" in (tree.units_above(unit, today)[0].organs or "").split(",") else "committee"
    over = name_organ("authority", above[1]) if len(above) > 1 else None
    keeper = name_organ(key, above[0], over=over)
    values = {
        "register": sorted(rows, key=lambda item: (item["ceremony_on"], item["name"])),
        "keeper": keeper,
        "today": today,
    }
    return PaperFile(
        "18-knd.pdf",
        render_pdf([load_forms().fill_form("18-KNĐ", values)], made_on=today, sample=sample_line(row.sample)),
    )


def _probationary_rows(
    office: Office, connection: Connection, below: set[str], today: date
) -> Iterator[dict[str, Any]]:
    for row in reads.load_cases(connection, units=below):
        dossier = Dossier(office, connection, row.id)
        if dossier.file.record.fields.get("ceremony_on"):
            branch = dossier.story.organs_on(today)["branch"]
            yield probationary_row(dossier.file, branch.name if branch else row.unit_id)
