"""The dossier: what it holds and lacks, its papers as files, signed ones taken in."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.responses import Response

from workflow.dossier.bind import list_missing
from workflow.dossier.papers import Dossier, DossierPaper, UnknownPaper
from workflow.dossier.print_papers import PaperFile, write_dossier, write_papers
from workflow.dossier.receive_papers import WhoseIsIt, attach_scan
from workflow.dossier.scans.limits import MEGABYTES
from workflow.web.api.authentication import ApiRoute, ReadContext, WriteContext
from workflow.web.api.schemas import PERSON, READING, USER, WRITING, CaseId, Day, PaperCode, ResponseBody
from workflow.web.context import Hidden, RequestContext
from workflow.web.pages.cases.case_page import CaseRef, require_case
from workflow.web.pages.cases.papers import KINDS, file_response
from workflow.web.visibility.actors import choose_actor

View = dict[str, Any]

router = APIRouter(route_class=ApiRoute, tags=["papers"])

PartQuery = Annotated[
    str, Query(pattern=PERSON, description="Of a paper that there is of each sponsor: whose, by the sponsor's id.")
]


class GuideView(ResponseBody):
    """The guide whose forms are used; ``confidence``: how surely they were read, H, M or L."""

    name: str
    confidence: str


class DossierPaperView(ResponseBody):
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


class MissingPaperView(ResponseBody):
    """A paper that should be there by now, and why it is missed."""

    code: str
    part: str | None
    why: str


class DossierView(ResponseBody):
    """What a dossier holds and lacks."""

    case: str
    regulation: str
    guide: GuideView
    papers: list[DossierPaperView]
    missing: list[MissingPaperView]


@router.get("/cases/{case}/dossier", responses=READING, response_model=DossierView)
def get_dossier(ctx: ReadContext, case: CaseId) -> View:
    """What a dossier holds and lacks, and who supplies it (`ketnap dossier`)."""
    case_ref = require_case(ctx, case, log_access=False)
    ctx.log_access("dossier", case_ref.id)
    with ctx.office.database.read_transaction() as connection:
        file = Dossier(ctx.office, connection, case_ref.id)
        organs = {name: organ.label.in_language(ctx.speaks) for name, organ in file.file.edition.organs.items()}
        organs["candidate"] = ctx.say("dossier.candidate")
        guide = file.story.guide
        return {
            "case": case_ref.id,
            "regulation": file.file.edition.regulation,
            "guide": {"name": guide.name, "confidence": guide.confidence},
            "papers": [_paper_view(paper, organs) for paper in (*file.list_papers(), *file.list_other_papers())],
            "missing": [
                {"code": paper.code, "part": paper.part or None, "why": why} for paper, why in list_missing(file)
            ],
        }


def _paper_view(paper: DossierPaper, organs: dict[str, str]) -> View:
    return {
        "code": paper.code,
        "part": paper.part or None,
        "title": paper.title,
        "by": paper.by,
        "by_label": organs.get(paper.by, paper.by),
        "standing": paper.standing,
        "number": paper.number or None,
        "on": paper.on,
        "stale": paper.stale,
        "scan_pages": paper.pages,
        "bound": paper.bound,
        "form": paper.form is not None,
    }


def _describe_files(*kinds: str) -> dict[int | str, View]:
    """A file as an answer, in the OpenAPI document."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    content = {KINDS[kind].split(";")[0]: binary for kind in kinds}
    return {200: {"description": "The file.", "content": content}}


@router.get("/cases/{case}/dossier/file", responses=READING | _describe_files("pdf", "zip"), response_class=Response)
def download_dossier_file(
    ctx: ReadContext,
    case: CaseId,
    format: Annotated[Literal["pdf", "zip"], Query(description="Bound, or every paper in Word.")] = "pdf",  # noqa: A002
) -> Response:
    """The whole dossier as a file (`ketnap dossier --out`)."""
    case_ref = require_case(ctx, case, log_access=False)
    ctx.log_access("dossier", case_ref.id)
    return file_response(write_dossier(ctx.office, case_ref.id, format, ctx.acting_as()), format)


@router.get(
    "/cases/{case}/papers/{code}", responses=READING | _describe_files("pdf", "docx", "html"), response_class=Response
)
def download_paper_file(
    ctx: ReadContext,
    case: CaseId,
    code: PaperCode,
    part: PartQuery | None = None,
    format: Annotated[Literal["pdf", "docx", "html"], Query()] = "pdf",  # noqa: A002 - as people say it
) -> Response:
    """One paper as a file: what an act has fixed is issued by this, everything else is a draft."""
    case_ref = require_case(ctx, case, log_access=False)
    place = _find_paper_index(ctx, case_ref, code, part or "")
    files = write_papers(ctx.office, case_ref.id, code, format, ctx.acting_as())
    ctx.log_access(f"paper:{code}", case_ref.id)
    return file_response(files[place], format)


def _find_paper_index(ctx: RequestContext, case_ref: CaseRef, code: str, part: str) -> int:
    """Which of the papers of a code is meant. Raises `UnknownPaper`, `WhoseIsIt`."""
    with ctx.office.database.read_transaction() as connection:
        several = Dossier(ctx.office, connection, case_ref.id).find_papers_of(code)
    fits = [place for place, paper in enumerate(several) if part in ("", paper.part)]
    if not fits:
        raise UnknownPaper(code, sorted(paper.code for paper in several))
    if len(fits) > 1:
        raise WhoseIsIt(code, [f"{paper.title} ({paper.part})" for paper in several])
    return fits[0]


# --- signed papers -----------------------------------------------------------------------------------------------


@router.get("/cases/{case}/papers/{code}/scan", responses=READING | _describe_files("pdf"), response_class=Response)
def download_scan_file(ctx: ReadContext, case: CaseId, code: PaperCode, part: PartQuery | None = None) -> Response:
    """The scan of a signed paper."""
    case_ref = require_case(ctx, case, log_access=False)
    with ctx.office.database.read_transaction() as connection:
        file = Dossier(ctx.office, connection, case_ref.id)
        entry = file.find_paper(code, part or "")
        content = file.read_scan(entry)
    if content is None or entry.scan is None:
        raise Hidden
    ctx.log_access(f"scan:{code}", case_ref.id)
    return file_response(PaperFile(f"{case_ref.id}-{entry.code}.pdf", content), "pdf")


class ScanResultView(ResponseBody):
    """A signed paper is kept; how many pages it has."""

    case: str
    paper: str
    pages: int


@router.post("/cases/{case}/papers/{code}/scan", responses=WRITING, response_model=ScanResultView)
def upload_scan(
    ctx: WriteContext,
    case: CaseId,
    code: PaperCode,
    file: Annotated[UploadFile, File(description=f"A photo (JPEG, PNG, TIFF, WebP) or a PDF; at most {MEGABYTES} MB.")],
    on: Annotated[Day, Form(description="The day it came back.")],
    dated: Annotated[Day | None, Form(description="The day it bears, if its act does not say it.")] = None,
    part: Annotated[str | None, Form(pattern=PERSON)] = None,
    by: Annotated[str | None, Form(pattern=USER, description="Whose act it is; left out: the token's user.")] = None,
) -> View:
    """Keep the scan of a signed paper that has come back (`ketnap attach`)."""
    case_ref = require_case(ctx, case)
    edition = ctx.edition(case_ref.pipeline)
    who = choose_actor(ctx, ctx.access.list_actors(edition, "branch", case_ref.unit), by)
    pages = attach_scan(
        ctx.office, case_ref.id, code.upper(), file.file.read(), who, on=on, dated=dated, part=part or ""
    )
    return {"case": case_ref.id, "paper": code.upper(), "pages": pages}
