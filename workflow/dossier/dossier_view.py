"""A dossier tells every door what it holds and lacks."""

from dataclasses import dataclass
from datetime import date

from workflow.core.messages import say
from workflow.dossier.dossier_paper import Amiss, DossierPaper, StandingCode
from workflow.dossier.papers import Dossier
from workflow.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideView:
    """The guide whose forms are used; ``confidence``: how surely they were read, H, M or L."""

    name: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierPaperView:
    """How a paper of the dossier stands."""

    code: str
    part: str | None
    title: str
    by: str
    by_label: str
    standing: StandingCode
    number: str | None
    on: date | None
    stale: bool
    scan_pages: int | None
    bound: bool
    form: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPaperView:
    """A paper that should be there by now, and why it is missed."""

    code: str
    part: str | None
    why: Amiss


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierView:
    """What a dossier holds and lacks."""

    case: str
    regulation: str
    guide: GuideView
    papers: list[DossierPaperView]
    missing: list[MissingPaperView]


def load_dossier_view(office: Office, case: str, language: str) -> DossierView:
    """What a case's dossier holds and lacks, and who supplies it. Raises `UnknownCase`, `BadForms`."""
    with office.database.read_transaction() as connection:
        dossier = Dossier(office, connection, case)
        guide, edition = dossier.case_values.guide, dossier.file.edition
        suppliers = {name: organ.label.in_language(language) for name, organ in edition.organs.items()}
        suppliers["candidate"] = say(language, "dossier.candidate")
        return DossierView(
            case=case,
            regulation=edition.regulation,
            guide=GuideView(name=guide.name, confidence=guide.confidence),
            papers=[_paper_view(paper, suppliers) for paper in (*dossier.papers, *dossier.other_papers)],
            missing=[
                MissingPaperView(code=paper.code, part=paper.part or None, why=paper.amiss)
                for paper in dossier.papers
                if paper.amiss
            ],
        )


def _paper_view(paper: DossierPaper, suppliers: dict[str, str]) -> DossierPaperView:
    return DossierPaperView(
        code=paper.code,
        part=paper.part or None,
        title=paper.title,
        by=paper.by,
        by_label=suppliers.get(paper.by, paper.by),
        standing=paper.standing,
        number=paper.number or None,
        on=paper.on,
        stale=paper.stale,
        scan_pages=paper.pages,
        bound=paper.bound,
        form=paper.form is not None,
    )
