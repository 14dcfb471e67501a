"""Papers of a case: printed, in Word, bound; signed ones taken in as photo or scan."""

from datetime import date
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from states.rulebook.loading import NoEdition
from workflow.cases.commands.advance import Refused
from workflow.cases.views.case_view import case_view, reason_view
from workflow.core.input import FieldFault, Mistyped, day_of
from workflow.dossier.papers import Dossier, NotWritten, UnknownPaper
from workflow.dossier.print_papers import FORMATS, Format, Made, papers, whole
from workflow.dossier.receive_papers import NotYet, OnlyReceipt, WhoseIsIt, attach, note
from workflow.dossier.scans import LARGEST, MEGABYTES, BadScan
from workflow.web.context import Hidden, Visit, own_form, visit
from workflow.web.error_pages import problem_of
from workflow.web.field_errors import field_faults
from workflow.web.form_data import Form, Sent
from workflow.web.idempotency import sent_once
from workflow.web.pages.cases.action import no_rules_on
from workflow.web.pages.cases.case_page import Seen, seen_case
from workflow.web.pages.cases.field_options import Choices
from workflow.web.render import page

KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "zip": "application/zip",
}

NOTHING: dict[str, Any] = {"faults": {}, "reasons": (), "problem": None, "had_file": False}

router = APIRouter(include_in_schema=False)


@router.get("/case/{case}/paper/{code}.{kind}")
def paper(request: Request, case: str, code: str, kind: str, part: str = "") -> Response:
    """One paper as a file: what an act has fixed is issued by this, everything else is a draft."""
    here = visit(request)
    held = seen_case(here, case, noted=False)
    if kind not in ("pdf", "docx"):
        raise Hidden
    wanted: Format = "pdf" if kind == "pdf" else "docx"
    try:
        made = papers(here.office, held.id, code, wanted, here.who())
    except (UnknownPaper, NotWritten):
        raise Hidden from None
    one = next((one for one in made if not part or part in one.name), made[0])
    here.looked(f"paper:{code}", held.id)
    return download(one, kind)


@router.get("/case/{case}/dossier.{kind}")
def dossier(request: Request, case: str, kind: str) -> Response:
    """The whole dossier: bound, or every paper in Word."""
    here = visit(request)
    held = seen_case(here, case, noted=False)
    if kind not in ("pdf", "zip"):
        raise Hidden
    wanted: Format = FORMATS[0] if kind == "pdf" else FORMATS[3]
    here.looked("dossier", held.id)
    return download(whole(here.office, held.id, wanted, here.who()), kind)


def download(made: Made, kind: str) -> Response:
    """A file that is kept, never shown inside a page."""
    name = quote(made.name)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(made.content, media_type=KINDS[kind], headers=headers)


# --- signed papers -----------------------------------------------------------------------------------------------


@router.get("/case/{case}/receive/{code}")
def receive_page(request: Request, case: str, code: str, part: str = "") -> HTMLResponse:
    """The form for a signed paper that has come."""
    here = visit(request)
    return _form(here, seen_case(here, case), code, part)


def _form(here: Visit, held: Seen, code: str, part: str, *, status: int = 200, **amiss: Any) -> HTMLResponse:
    """The form; ``amiss``: what was typed, and what stands against it (faults, reasons, problem)."""
    with here.office.database.reading() as connection:
        try:
            entry = Dossier(here.office, connection, held.id).entry(code, part)
        except UnknownPaper:
            raise Hidden from None
    edition = here.edition(held.pipeline)
    actors = here.access.actors(edition, "branch", held.unit)
    view = case_view(here.office, held.id, here.speaks)
    return page(
        "receive.html", here, status=status, case=view, paper=entry, part=part, largest=LARGEST, megabytes=MEGABYTES,
        needs_day=edition.ends_a_clock(entry.code), actors=Choices(here, held, edition).actors(actors),
        **{**NOTHING, "typed": {"on": here.today}, **amiss},
    )  # fmt: skip


@router.post("/case/{case}/receive/{code}")
def receive(request: Request, case: str, code: str, form: Sent, part: str = "") -> Response:
    """Keep a signed paper: its photo or scan where one was sent, else that it has come."""
    here = visit(request)
    held = seen_case(here, case)
    own_form(here, form.values)
    part = form.text("part") or part
    edition = here.edition(held.pipeline)
    actors = here.access.actors(edition, "branch", held.unit)
    by = form.text("by") or (actors[0] if actors else "")
    if by not in actors:
        raise Hidden
    with sent_once(here, form, f"/case/{held.id}") as first:
        if first.answer is None:
            amiss = _amiss(here, held, code, part, by, form)
            if amiss is not None:
                return amiss
            first.done = f"/case/{held.id}?said=received"
    return RedirectResponse(first.answer or first.done or f"/case/{held.id}", 303)


def _amiss(here: Visit, held: Seen, code: str, part: str, by: str, form: Form) -> Response | None:
    """Take the paper in; where that does not go through, the form again with everything that was typed."""
    try:
        _take_in(here, held, code, part, by, form)
    except Mistyped as error:
        amiss: dict[str, Any] = {"faults": field_faults(here, error)}
    except NoEdition as error:
        amiss = {"faults": field_faults(here, no_rules_on(error.day))}
    except Refused as error:
        amiss = {"reasons": [reason_view(one, here.speaks) for one in error.reasons]}
    except (BadScan, NotYet, OnlyReceipt, WhoseIsIt) as error:
        amiss = {"problem": problem_of(here.request, error)[0]}
    else:
        return None
    had_file = "file" in form.files
    return _form(here, held, code, part, status=422, typed=dict(form.typed), had_file=had_file, **amiss)


def _take_in(here: Visit, held: Seen, code: str, part: str, by: str, form: Form) -> None:
    on, dated = _days(form)
    sent = form.files.get("file")
    if sent is not None:
        content = sent.file.read()
        attach(here.office, held.id, code, content, here.who(by), on=on, dated=dated, part=part)
        return
    note(here.office, held.id, code, here.who(by), on=on, dated=dated, pages=form.text("pages"), part=part)


def _days(form: Form) -> tuple[date, date | None]:
    """The day of receipt, and the day on the paper if it was typed. Raises `Mistyped` with what is amiss with both."""
    days: dict[str, date] = {}
    faults = [] if form.text("on").strip() else [FieldFault("on", "missing", {})]
    for name in ("on", "dated"):
        text = form.text(name).strip()
        try:
            days |= {name: day_of(text)} if text else {}
        except ValueError:
            faults.append(FieldFault(name, "not_a_day", {"value": text[:80]}))
    if faults:
        raise Mistyped(faults)
    return days["on"], days.get("dated")


@router.get("/case/{case}/scan/{code}")
def scan(request: Request, case: str, code: str, part: str = "") -> Response:
    """The scan of a signed paper, as a download."""
    here = visit(request)
    held = seen_case(here, case, noted=False)
    with here.office.database.reading() as connection:
        file = Dossier(here.office, connection, held.id)
        try:
            entry = file.entry(code, part)
        except UnknownPaper:
            raise Hidden from None
        content = file.scan(entry)
    if content is None or entry.scan is None:
        raise Hidden
    here.looked(f"scan:{code}", held.id)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{held.id}-{code}.pdf')}"}
    return Response(content, media_type=KINDS["pdf"], headers=headers)
