"""The dossier: what it holds and lacks, its papers as files, signed ones taken in."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.responses import Response

from workflow.dossier.bind import missing_of
from workflow.dossier.papers import Dossier, Entry, UnknownPaper
from workflow.dossier.print_papers import Made, papers, whole
from workflow.dossier.receive_papers import WhoseIsIt, attach
from workflow.dossier.scans import MEGABYTES
from workflow.web.api.authentication import Here, Route, Writing, acting
from workflow.web.api.schemas import PERSON, READING, USER, WRITING, CaseId, Day, PaperCode, Told
from workflow.web.context import Hidden, Visit
from workflow.web.pages.cases.case_page import Seen, seen_case
from workflow.web.pages.cases.papers import KINDS, download

View = dict[str, Any]

router = APIRouter(route_class=Route, tags=["papers"])

Part = Annotated[
    str, Query(pattern=PERSON, description="Of a paper that there is of each sponsor: whose, by the sponsor's id.")
]


class Guide(Told):
    """The guide whose forms are used; ``confidence``: how surely they were read, H, M or L."""

    name: str
    confidence: str


class PaperStanding(Told):
    """How a paper of the dossier stands."""

    code: str
    part: str | None
    title: str
    by: str
    by_label: str
    standing: str
    number: str | None
    on: date | None
    stale: bool
    scan_pages: int | None
    bound: bool
    form: bool


class Lacking(Told):
    """A paper that should be there by now, and why it is missed."""

    code: str
    part: str | None
    why: str


class DossierTold(Told):
    """What a dossier holds and lacks."""

    case: str
    regulation: str
    guide: Guide
    papers: list[PaperStanding]
    missing: list[Lacking]


@router.get("/cases/{case}/dossier", responses=READING, response_model=DossierTold)
def dossier(here: Here, case: CaseId) -> View:
    """What a dossier holds and lacks, and who supplies it (`ketnap dossier`)."""
    held = seen_case(here, case, noted=False)
    here.looked("dossier", held.id)
    with here.office.database.reading() as connection:
        file = Dossier(here.office, connection, held.id)
        organs = {name: one.label.in_language(here.speaks) for name, one in file.file.edition.organs.items()}
        organs["candidate"] = here.say("dossier.candidate")
        guide = file.story.guide
        return {
            "case": held.id,
            "regulation": file.file.edition.regulation,
            "guide": {"name": guide.name, "confidence": guide.confidence},
            "papers": [_standing(one, organs) for one in (*file.entries(), *file.others())],
            "missing": [{"code": one.code, "part": one.part or None, "why": why} for one, why in missing_of(file)],
        }


def _standing(one: Entry, organs: dict[str, str]) -> View:
    return {
        "code": one.code,
        "part": one.part or None,
        "title": one.title,
        "by": one.by,
        "by_label": organs.get(one.by, one.by),
        "standing": one.standing,
        "number": one.number or None,
        "on": one.on,
        "stale": one.stale,
        "scan_pages": one.pages,
        "bound": one.bound,
        "form": one.form is not None,
    }


def _files(*kinds: str) -> dict[int | str, View]:
    """A file as an answer, in the OpenAPI document."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    content = {KINDS[kind].split(";")[0]: binary for kind in kinds}
    return {200: {"description": "The file.", "content": content}}


@router.get("/cases/{case}/dossier/file", responses=READING | _files("pdf", "zip"), response_class=Response)
def dossier_file(
    here: Here,
    case: CaseId,
    format: Annotated[Literal["pdf", "zip"], Query(description="Bound, or every paper in Word.")] = "pdf",  # noqa: A002
) -> Response:
    """The whole dossier as a file (`ketnap dossier --out`)."""
    held = seen_case(here, case, noted=False)
    here.looked("dossier", held.id)
    return download(whole(here.office, held.id, format, here.who()), format)


@router.get("/cases/{case}/papers/{code}", responses=READING | _files("pdf", "docx", "html"), response_class=Response)
def one(
    here: Here,
    case: CaseId,
    code: PaperCode,
    part: Part | None = None,
    format: Annotated[Literal["pdf", "docx", "html"], Query()] = "pdf",  # noqa: A002 - as people say it
) -> Response:
    """One paper as a file: what an act has fixed is issued by this, everything else is a draft."""
    held = seen_case(here, case, noted=False)
    place = _place(here, held, code, part or "")
    made = papers(here.office, held.id, code, format, here.who())
    here.looked(f"paper:{code}", held.id)
    return download(made[place], format)


def _place(here: Visit, held: Seen, code: str, part: str) -> int:
    """Which of the papers of a code is meant. Raises `UnknownPaper`, `WhoseIsIt`."""
    with here.office.database.reading() as connection:
        several = Dossier(here.office, connection, held.id).all_of(code)
    fits = [place for place, one in enumerate(several) if part in ("", one.part)]
    if not fits:
        raise UnknownPaper(code, sorted(one.code for one in several))
    if len(fits) > 1:
        raise WhoseIsIt(code, [f"{one.title} ({one.part})" for one in several])
    return fits[0]


# --- signed papers -----------------------------------------------------------------------------------------------


@router.get("/cases/{case}/papers/{code}/scan", responses=READING | _files("pdf"), response_class=Response)
def scan(here: Here, case: CaseId, code: PaperCode, part: Part | None = None) -> Response:
    """The scan of a signed paper."""
    held = seen_case(here, case, noted=False)
    with here.office.database.reading() as connection:
        file = Dossier(here.office, connection, held.id)
        entry = file.entry(code, part or "")
        content = file.scan(entry)
    if content is None or entry.scan is None:
        raise Hidden
    here.looked(f"scan:{code}", held.id)
    return download(Made(f"{held.id}-{entry.code}.pdf", content), "pdf")


class Attached(Told):
    """A signed paper is kept; how many pages it has."""

    case: str
    paper: str
    pages: int


@router.post("/cases/{case}/papers/{code}/scan", responses=WRITING, response_model=Attached)
def attach_(
    here: Writing,
    case: CaseId,
    code: PaperCode,
    file: Annotated[UploadFile, File(description=f"A photo (JPEG, PNG, TIFF, WebP) or a PDF; at most {MEGABYTES} MB.")],
    on: Annotated[Day, Form(description="The day it came back.")],
    dated: Annotated[Day | None, Form(description="The day it bears, if its act does not say it.")] = None,
    part: Annotated[str | None, Form(pattern=PERSON)] = None,
    by: Annotated[str | None, Form(pattern=USER, description="Whose act it is; left out: the token's user.")] = None,
) -> View:
    """Keep the scan of a signed paper that has come back (`ketnap attach`)."""
    held = seen_case(here, case)
    edition = here.edition(held.pipeline)
    who = acting(here, here.access.actors(edition, "branch", held.unit), by)
    pages = attach(here.office, held.id, code.upper(), file.file.read(), who, on=on, dated=dated, part=part or "")
    return {"case": held.id, "paper": code.upper(), "pages": pages}
