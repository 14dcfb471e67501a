"""Papers made for people: one paper or a whole dossier as bytes; what is issued on the way is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from workflow.dossier.bind import bound_pdf, bound_zip, file_name
from workflow.dossier.form_values import probationary
from workflow.dossier.forms import forms
from workflow.dossier.organ_names import organ
from workflow.dossier.paper_store import Kept, keep
from workflow.dossier.papers import Dossier, Entry, sample_line
from workflow.dossier.render.docx.to_docx import docx
from workflow.dossier.render.to_html import document
from workflow.dossier.render.to_pdf import pdf
from workflow.office import Office
from workflow.register.writer import Who
from workflow.storage import reads
from workflow.storage.reads import Connection

Format = Literal["pdf", "docx", "html", "zip"]
FORMATS: tuple[Format, ...] = ("pdf", "docx", "html", "zip")


@dataclass(frozen=True, slots=True)
class Made:
    """A file for somebody: what to call it, what it holds, the papers of which it now is the issued form."""

    name: str
    content: bytes
    issued: tuple[str, ...] = ()
    draft: bool = False


def papers(office: Office, case: str, code: str, wanted: Format, who: Who) -> list[Made]:
    """One paper (of each sponsor, for some). Raises `UnknownCase`, `UnknownPaper`, `BadForms`.

    A PDF of an act that is on record is issued by this: the same bytes come out ever after, as long as the act stands.
    """
    with office.database.reading() as connection:
        dossier = Dossier(office, connection, case)
        entries = dossier.all_of(code)
        made = [(entry, _written(dossier, entry, wanted)) for entry in entries]
        new = [
            dossier.as_kept(entry, content) for entry, content in made if wanted == "pdf" and _is_new(dossier, entry)
        ]
    for paper, content in _with_content(new, made):
        keep(office, case, paper, content, who)
    issued = tuple(paper.code for paper in new)
    return [Made(f"{case}.{file_name(entry)}.{wanted}", content, issued, _draft(entry)) for entry, content in made]


def _draft(entry: Entry) -> bool:
    return entry.standing == "draft"


def _is_new(dossier: Dossier, entry: Entry) -> bool:
    form = entry.form
    return bool(form and form.act and not dossier.is_draft(entry) and dossier.issued(entry) is None)


def _with_content(new: list[Kept], made: list[tuple[Entry, bytes]]) -> Iterator[tuple[Kept, bytes]]:
    held = {(entry.code, entry.part): content for entry, content in made}
    yield from ((paper, held[paper.code, paper.part]) for paper in new)


def _written(dossier: Dossier, entry: Entry, wanted: Format) -> bytes:
    if wanted == "pdf":
        return dossier.pdf(entry)
    tree = dossier.tree(entry)
    if wanted == "html":
        return document(tree, draft=dossier.is_draft(entry), sample=dossier.sample).encode()
    return docx(tree, made_on=dossier.file.today, draft=dossier.is_draft(entry), sample=dossier.sample)


def whole(office: Office, case: str, wanted: Format, who: Who) -> Made:
    """A whole dossier, bound: a PDF, or a zip of Word files. Raises `UnknownCase`, `BadForms`."""
    with office.database.reading() as connection:
        dossier = Dossier(office, connection, case)
        bound = [entry for entry in dossier.entries() if wanted == "pdf" and _is_new(dossier, entry)]
        new = [(dossier.as_kept(entry, content), content) for entry, content in _fresh(dossier, bound)]
        content = bound_pdf(dossier) if wanted == "pdf" else bound_zip(dossier)
    for paper, file in new:
        keep(office, case, paper, file, who)
    return Made(f"{case}.ho-so.{wanted}", content, tuple(paper.code for paper, _ in new))


def _fresh(dossier: Dossier, entries: list[Entry]) -> Iterator[tuple[Entry, bytes]]:
    for entry in entries:
        if entry.standing == "made":
            yield entry, dossier.fresh(entry)


def register_of_probationary(office: Office, unit: str) -> Made:
    """The register of probationary members (18-KNĐ) of a unit and all below it, as it stands today."""
    with office.database.reading() as connection:
        tree = office.tree_in(connection)
        row = reads.office(connection)
        today = office.day(row.today)
        rows = list(_probationary(office, connection, tree.below(unit, today), today))
        above = [one.name for one in tree.above(unit, today)]
        key = "branch" if "branch" in tree.above(unit, today)[0].organs.split(",") else "committee"
    key = "branch" if "branch" in (tree.above(unit, today)[0].organs or "").split(",") else "committee"
    over = organ("authority", above[1]) if len(above) > 1 else None
    keeper = organ(key, above[0], over=over)
    values = {
        "register": sorted(rows, key=lambda one: (one["ceremony_on"], one["name"])),
        "keeper": keeper,
        "today": today,
    }
    return Made("18-knd.pdf", pdf([forms().fill("18-KNĐ", values)], made_on=today, sample=sample_line(row.sample)))


def _probationary(office: Office, connection: Connection, below: set[str], today: date) -> Iterator[dict[str, Any]]:
    for row in reads.cases(connection, units=below):
        dossier = Dossier(office, connection, row.id)
        if dossier.file.record.fields.get("ceremony_on"):
            branch = dossier.story.organs(today)["branch"]
            yield probationary(dossier.file, branch.name if branch else row.unit_id)
