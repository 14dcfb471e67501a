"""Pages hand out a case's papers and take signed ones in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from states.rulebook.loading import NoEdition
from states.vocabulary import Reason
from workflow.cases.commands.advance import ActRefused
from workflow.cases.views.case_view import load_case_view
from workflow.cases.views.open_acts import build_reason_view
from workflow.core.input import FieldFault, InvalidInput, parse_day
from workflow.core.views import fields_of
from workflow.dossier.papers import Dossier, NotWritten, UnknownPaper
from workflow.dossier.print_papers import FILE_FORMATS, FileFormat, PaperFile, write_dossier, write_papers
from workflow.dossier.receive_papers import NotYet, OnlyReceipt, WhoseIsIt, attach_scan, note_receipt
from workflow.dossier.scans.limits import LARGEST, MEGABYTES, BadScan
from workflow.presentation.problem import Problem
from workflow.web.context import Hidden, RequestContext, check_csrf, load_context
from workflow.web.error_pages import describe_problem
from workflow.web.form_data import FormBody, SentForm, describe_faults
from workflow.web.idempotency import submit_once
from workflow.web.pages.cases.action import no_edition_fault
from workflow.web.pages.cases.case_page import CaseRef, require_case
from workflow.web.pages.cases.field_options import FieldOptions
from workflow.web.render import render_page

KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "zip": "application/zip",
}

router = APIRouter(include_in_schema=False)


@router.get("/case/{case}/paper/{code}.{kind}")
def download_paper(request: Request, case: str, code: str, kind: str, part: str = "") -> Response:
    """One paper as a file: if its act is on record this issues it, else it is a draft."""
    ctx = load_context(request)
    case_ref = require_case(ctx, case, log_access=False)
    if kind not in ("pdf", "docx"):
        raise Hidden
    wanted: FileFormat = "pdf" if kind == "pdf" else "docx"
    try:
        files = write_papers(ctx.office, case_ref.id, code, wanted, ctx.acting_as())
    except (UnknownPaper, NotWritten):
        raise Hidden from None
    chosen_file = next((file for file in files if not part or part in file.name), files[0])
    ctx.log_access(f"paper:{code}", case_ref.id)
    return file_response(chosen_file, kind)


@router.get("/case/{case}/dossier.{kind}")
def download_dossier(request: Request, case: str, kind: str) -> Response:
    """The whole dossier: bound, or every paper in Word."""
    ctx = load_context(request)
    case_ref = require_case(ctx, case, log_access=False)
    if kind not in ("pdf", "zip"):
        raise Hidden
    wanted: FileFormat = FILE_FORMATS[0] if kind == "pdf" else FILE_FORMATS[3]
    ctx.log_access("dossier", case_ref.id)
    return file_response(write_dossier(ctx.office, case_ref.id, wanted, ctx.acting_as()), kind)


def file_response(file: PaperFile, kind: str) -> Response:
    """A file as a download, never shown inside a page."""
    name = quote(file.name)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(file.content, media_type=KINDS[kind], headers=headers)


# --- signed papers ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ReceiptForm:
    """What was typed about a signed paper, and what stands against it; ``had_file``: a file has to be
    chosen again.
    """

    typed: Mapping[str, object]
    faults: Mapping[str, list[str]] = field(default_factory=dict)
    reasons: Sequence[Reason] = ()
    problem: Problem | None = None
    had_file: bool = False


@router.get("/case/{case}/receive/{code}")
def receive_page(request: Request, case: str, code: str, part: str = "") -> HTMLResponse:
    ctx = load_context(request)
    return _render_form(ctx, require_case(ctx, case), code, part, ReceiptForm(typed={"on": ctx.today}))


def _render_form(
    ctx: RequestContext, case_ref: CaseRef, code: str, part: str, receipt: ReceiptForm
) -> HTMLResponse:
    with ctx.office.database.read_transaction() as connection:
        try:
            paper = Dossier(ctx.office, connection, case_ref.id).find_paper(code, part)
        except UnknownPaper:
            raise Hidden from None
    edition = ctx.edition(case_ref.pipeline)
    actors = ctx.access.list_actors(edition, "branch", case_ref.unit)
    return render_page(
        "receive.html",
        ctx,
        status=422 if receipt.faults or receipt.reasons or receipt.problem else 200,
        case=load_case_view(ctx.office, case_ref.id, ctx.speaks),
        paper=paper,
        part=part,
        largest=LARGEST,
        megabytes=MEGABYTES,
        needs_day=edition.paper_ends_clock(paper.code),
        actors=FieldOptions(ctx, case_ref, edition).list_actors(actors),
        **fields_of(receipt)
        | {"reasons": [build_reason_view(reason, ctx.speaks) for reason in receipt.reasons]},
    )


@router.post("/case/{case}/receive/{code}")
def submit_receipt(request: Request, case: str, code: str, form: FormBody, part: str = "") -> Response:
    """Keep a signed paper: its photo or scan where one was sent, else that it has come."""
    ctx = load_context(request)
    case_ref = require_case(ctx, case)
    check_csrf(ctx, form.values)
    part = form.get_text("part") or part
    edition = ctx.edition(case_ref.pipeline)
    actors = ctx.access.list_actors(edition, "branch", case_ref.unit)
    by = form.get_text("by") or (actors[0] if actors else "")
    if by not in actors:
        raise Hidden
    with submit_once(ctx, form, f"/case/{case_ref.id}") as submission:
        if submission.earlier_location is None:
            refused = _try_receipt(ctx, case_ref, code, part, by, form)
            if refused is not None:
                return _render_form(ctx, case_ref, code, part, refused)
            submission.location = f"/case/{case_ref.id}?said=received"
    return RedirectResponse(submission.earlier_location or submission.location or f"/case/{case_ref.id}", 303)


def _try_receipt(
    ctx: RequestContext, case_ref: CaseRef, code: str, part: str, by: str, form: SentForm
) -> ReceiptForm | None:
    """Take the paper in; where that does not go through, the form again with everything that was typed."""
    typed = ReceiptForm(typed=dict(form.user_values), had_file="file" in form.files)
    try:
        _take_in_paper(ctx, case_ref, code, part, by, form)
    except InvalidInput as error:
        return replace(typed, faults=describe_faults(ctx, error))
    except NoEdition as error:
        return replace(typed, faults=describe_faults(ctx, no_edition_fault(error.day)))
    except ActRefused as error:
        return replace(typed, reasons=error.reasons)
    except (BadScan, NotYet, OnlyReceipt, WhoseIsIt) as error:
        return replace(typed, problem=describe_problem(ctx.request, error)[0])
    return None


def _take_in_paper(
    ctx: RequestContext, case_ref: CaseRef, code: str, part: str, by: str, form: SentForm
) -> None:
    on, dated = _read_days(form)
    upload = form.files.get("file")
    if upload is not None:
        content = upload.file.read()
        attach_scan(ctx.office, case_ref.id, code, content, ctx.acting_as(by), on=on, dated=dated, part=part)
        return
    note_receipt(
        ctx.office,
        case_ref.id,
        code,
        ctx.acting_as(by),
        on=on,
        dated=dated,
        pages=form.get_text("pages"),
        part=part,
    )


def _read_days(form: SentForm) -> tuple[date, date | None]:
    """The day of receipt, and the day on the paper if it was typed.

    Raises `InvalidInput` with what is amiss with both.
    """
    days: dict[str, date] = {}
    faults = [] if form.get_text("on").strip() else [FieldFault("on", "missing", {})]
    for name in ("on", "dated"):
        text = form.get_text(name).strip()
        try:
            days |= {name: parse_day(text)} if text else {}
        except ValueError:
            faults.append(FieldFault(name, "not_a_day", {"value": text[:80]}))
    if faults:
        raise InvalidInput(faults)
    return days["on"], days.get("dated")


@router.get("/case/{case}/scan/{code}")
def download_scan(request: Request, case: str, code: str, part: str = "") -> Response:
    ctx = load_context(request)
    case_ref = require_case(ctx, case, log_access=False)
    with ctx.office.database.read_transaction() as connection:
        dossier = Dossier(ctx.office, connection, case_ref.id)
        try:
            content = dossier.read_scan(dossier.find_paper(code, part))
        except UnknownPaper:
            raise Hidden from None
    if content is None:
        raise Hidden
    ctx.log_access(f"scan:{code}", case_ref.id)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{case_ref.id}-{code}.pdf')}"}
    return Response(content, media_type=KINDS["pdf"], headers=headers)
