"""Papers are made for people as files; what is issued is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from workflow.cases.views.case_file import CaseFile
from workflow.dossier.bind import bind_pdf, bind_zip, paper_file_name
from workflow.dossier.dossier_paper import DossierPaper
from workflow.dossier.forms.case_values import CaseFormValues
from workflow.dossier.forms.form_set import load_forms
from workflow.dossier.forms.organ_names import OrganNames, name_organ
from workflow.dossier.forms.values import ProbationaryRow, RegisterValues
from workflow.dossier.paper_store import StoredPaper, store_paper
from workflow.dossier.papers import Dossier, sample_line
from workflow.dossier.render.docx.to_docx import render_docx
from workflow.dossier.render.to_html import render_html_page
from workflow.dossier.render.to_pdf import render_pdf
from workflow.office import Office
from workflow.register.errors import UnknownUnit
from workflow.register.writer import Who
from workflow.storage import reads
from workflow.storage.reads import Connection
from workflow.storage.tables.register import UnitRow

FileFormat = Literal["pdf", "docx", "html", "zip"]
FILE_FORMATS: tuple[FileFormat, ...] = ("pdf", "docx", "html", "zip")


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A file for the user: its name, its bytes, and the papers that it issues."""

    name: str
    content: bytes
    issued: tuple[str, ...] = ()
    draft: bool = False


def write_papers(office: Office, case: str, code: str, wanted: FileFormat, who: Who) -> list[PaperFile]:
    """Write one paper (one for each sponsor, for some). Raises `UnknownCase`, `UnknownPaper`, `BadForms`.

    A PDF of an act that is on record is issued now: it keeps the same bytes as long as the act stands.
    """
    with office.database.read_transaction() as connection:
        dossier = Dossier(office, connection, case)
        made = [(paper, _render_paper(dossier, paper, wanted)) for paper in dossier.find_papers_of(code)]
        new = [
            (dossier.describe_issue(paper, content), content)
            for paper, content in made
            if wanted == "pdf" and _is_new(dossier, paper)
        ]
    issued = _store_issued(office, case, new, who)
    return [
        PaperFile(f"{case}.{paper_file_name(paper)}.{wanted}", content, issued, paper.standing == "draft")
        for paper, content in made
    ]


def _is_new(dossier: Dossier, paper: DossierPaper) -> bool:
    form = paper.form
    return bool(form and form.act and not dossier.is_draft(paper) and dossier.find_issued(paper) is None)


def _store_issued(
    office: Office, case: str, new: list[tuple[StoredPaper, bytes]], who: Who
) -> tuple[str, ...]:
    """Keep what was issued; the codes of it."""
    for paper, content in new:
        store_paper(office, case, paper, content, who)
    return tuple(paper.code for paper, _ in new)


def _render_paper(dossier: Dossier, paper: DossierPaper, wanted: FileFormat) -> bytes:
    if wanted == "pdf":
        return dossier.print_paper(paper)
    tree, draft = dossier.build_tree(paper), dossier.is_draft(paper)
    if wanted == "html":
        return render_html_page(tree, draft=draft, sample=dossier.sample).encode()
    return render_docx(tree, made_on=dossier.file.today, draft=draft, sample=dossier.sample)


def write_dossier(office: Office, case: str, wanted: FileFormat, who: Who) -> PaperFile:
    """A whole dossier, bound: a PDF, or a zip of Word files. Raises `UnknownCase`, `BadForms`."""
    with office.database.read_transaction() as connection:
        dossier = Dossier(office, connection, case)
        new = list(_print_new(dossier)) if wanted == "pdf" else []
        content = bind_pdf(dossier) if wanted == "pdf" else bind_zip(dossier)
    return PaperFile(f"{case}.ho-so.{wanted}", content, _store_issued(office, case, new, who))


def _print_new(dossier: Dossier) -> Iterator[tuple[StoredPaper, bytes]]:
    """What a bound dossier issues for the first time."""
    for paper in dossier.papers:
        if paper.standing == "made" and _is_new(dossier, paper):
            content = dossier.print_anew(paper)
            yield dossier.describe_issue(paper, content), content


def write_probationary_register(office: Office, unit: str) -> PaperFile:
    """The register of probationary members (18-KNĐ) of a unit and all below it today.

    Raises `UnknownUnit`.
    """
    with office.database.read_transaction() as connection:
        tree, row = office.snapshot_for_reading(connection), reads.load_office(connection)
        today = office.resolve_day(row.today)
        above = tree.units_above(unit, today)
        if not above:
            raise UnknownUnit(unit=unit, on=today, near=[])
        rows = list(_probationary_rows(office, connection, tree.units_below(unit, today)))
    values = RegisterValues(
        register=sorted(rows, key=lambda item: (item.ceremony_on, item.name)),
        keeper=_keeper_of(above),
        today=today,
    )
    register_tree = load_forms().fill_form("18-KNĐ", values)
    return PaperFile("18-knd.pdf", render_pdf([register_tree], made_on=today, sample=sample_line(row.sample)))


def _keeper_of(above: Sequence[UnitRow]) -> OrganNames:
    """The organ that keeps the register of a unit, the first of those ``above`` it."""
    own = above[0].organs.split(",")
    key = next((organ for organ in ("branch", "subcommittee") if organ in own), "committee")
    return name_organ(
        key, above[0].name, over=name_organ("authority", above[1].name) if len(above) > 1 else None
    )


def _probationary_rows(office: Office, connection: Connection, units: set[str]) -> Iterator[ProbationaryRow]:
    for case in reads.load_cases(connection, units=units):
        file = CaseFile(office, connection, case.id)
        row = CaseFormValues(file, load_forms().index).probationary_row()
        if row is not None:
            yield row
