"""Programs read a dossier, fetch its papers and send signed ones."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, UploadFile
from fastapi.responses import Response
from pydantic import Field

from workflow.dossier.dossier_view import DossierView, load_dossier_view
from workflow.dossier.papers import Dossier, UnknownPaper
from workflow.dossier.print_papers import PaperFile, write_dossier, write_papers
from workflow.dossier.receive_papers import ScanResultView, WhoseIsIt, attach_scan
from workflow.dossier.scans.limits import MEGABYTES
from workflow.web.api.authentication import ApiRoute, ReadContext, WriteContext
from workflow.web.api.schemas import PERSON, READING, USER, WRITING, CaseId, Day, PaperCode, RequestBody
from workflow.web.context import Hidden, RequestContext
from workflow.web.pages.cases.case_page import CaseRef, require_case
from workflow.web.pages.cases.papers import KINDS, file_response
from workflow.web.visibility.actors import choose_actor

router = APIRouter(route_class=ApiRoute, tags=["papers"])

PartQuery = Annotated[
    str,
    Query(
        pattern=PERSON, description="Of a paper that there is of each sponsor: whose, by the sponsor's id."
    ),
]


@router.get("/cases/{case}/dossier", responses=READING)
def get_dossier(ctx: ReadContext, case: CaseId) -> DossierView:
    """What a dossier holds and lacks, and who supplies it (`ketnap dossier`)."""
    case_ref = require_case(ctx, case, log_access=False)
    ctx.log_access("dossier", case_ref.id)
    return load_dossier_view(ctx.office, case_ref.id, ctx.speaks)


PLAIN_BYTES = "application/octet-stream"


def _describe_files(*kinds: str) -> dict[int | str, dict[str, Any]]:
    """A file as an answer, in the OpenAPI document.

    Plain bytes stand first: generators of clients take the first media type that they know, and few know
    these.
    """
    binary = {"schema": {"type": "string", "format": "binary"}}
    content = dict.fromkeys((PLAIN_BYTES, *(KINDS[kind].split(";")[0] for kind in kinds)), binary)
    return {200: {"description": "The file.", "content": content}}


def _send_file(ctx: RequestContext, file: PaperFile, kind: str) -> Response:
    """A file by its own media type; as plain bytes for whoever accepts nothing else."""
    response = file_response(file, kind)
    if ctx.request.headers.get("accept") == PLAIN_BYTES:
        response.headers["content-type"] = PLAIN_BYTES
    return response


@router.get(
    "/cases/{case}/dossier/file", responses=READING | _describe_files("pdf", "zip"), response_class=Response
)
def download_dossier_file(
    ctx: ReadContext,
    case: CaseId,
    format: Annotated[  # noqa: A002 - the parameter is called so
        Literal["pdf", "zip"], Query(description="Bound, or every paper in Word.")
    ] = "pdf",
) -> Response:
    """The whole dossier as a file (`ketnap dossier --out`)."""
    case_ref = require_case(ctx, case, log_access=False)
    ctx.log_access("dossier", case_ref.id)
    return _send_file(ctx, write_dossier(ctx.office, case_ref.id, format, ctx.acting_as()), format)


@router.get(
    "/cases/{case}/papers/{code}",
    responses=READING | _describe_files("pdf", "docx", "html"),
    response_class=Response,
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
    return _send_file(ctx, files[place], format)


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


# --- signed papers ------------------------------------------------------------------------------------------


@router.get(
    "/cases/{case}/papers/{code}/scan", responses=READING | _describe_files("pdf"), response_class=Response
)
def download_scan_file(
    ctx: ReadContext, case: CaseId, code: PaperCode, part: PartQuery | None = None
) -> Response:
    """The scan of a signed paper."""
    case_ref = require_case(ctx, case, log_access=False)
    with ctx.office.database.read_transaction() as connection:
        dossier = Dossier(ctx.office, connection, case_ref.id)
        paper = dossier.find_paper(code, part or "")
        content = dossier.read_scan(paper)
    if content is None:
        raise Hidden
    ctx.log_access(f"scan:{code}", case_ref.id)
    return _send_file(ctx, PaperFile(f"{case_ref.id}-{paper.code}.pdf", content), "pdf")


class UploadScanRequest(RequestBody):
    """A signed paper that has come back, as a form."""

    file: Annotated[
        UploadFile,
        Field(
            description=f"A photo (JPEG, PNG, TIFF, WebP) or a PDF; at most {MEGABYTES} MB.",
            json_schema_extra={"format": "binary"},  # OpenAPI 3.0's word for a file: generators go by it
        ),
    ]
    on: Annotated[Day, Field(description="The day it came back.")]
    dated: Annotated[Day | None, Field(description="The day it bears, if its act does not say it.")] = None
    part: Annotated[str | None, Field(pattern=PERSON)] = None
    by: Annotated[
        str | None, Field(pattern=USER, description="Whose act it is; left out: the token's user.")
    ] = None


@router.post("/cases/{case}/papers/{code}/scan", responses=WRITING)
def upload_scan(
    ctx: WriteContext,
    case: CaseId,
    code: PaperCode,
    sent: Annotated[UploadScanRequest, Form(media_type="multipart/form-data")],
) -> ScanResultView:
    """Keep the scan of a signed paper that has come back (`ketnap attach`)."""
    case_ref = require_case(ctx, case)
    edition = ctx.edition(case_ref.pipeline)
    who = choose_actor(ctx, ctx.access.list_actors(edition, "branch", case_ref.unit), sent.by)
    content = sent.file.file.read()
    return attach_scan(
        ctx.office,
        case_ref.id,
        code.upper(),
        content,
        who,
        on=sent.on,
        dated=sent.dated,
        part=sent.part or "",
    )
