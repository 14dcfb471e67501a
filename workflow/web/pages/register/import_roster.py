"""A roster is sent, previewed as a dry run, then written.

Between the two the file is kept here, sealed with the office's key, for an hour, and not sent again: a
browser does not keep what was chosen, so people would have to find the file twice, and might well pick
another one.
"""

import base64
import hashlib
import re
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow.accounts.form_submissions import save_draft, take_draft
from workflow.cases.commands.people_facts import bring_in_roster
from workflow.core.clock import now
from workflow.core.input import InvalidInput
from workflow.core.messages import has_message
from workflow.register.accepted_words import load_accepted
from workflow.register.roster.import_result import FaultView, ImportResult, RowResult
from workflow.register.roster.rows import RosterFault
from workflow.register.views.people import load_names
from workflow.web.context import Hidden, RequestContext, check_csrf, load_context
from workflow.web.form_data import FormBody, SentForm
from workflow.web.idempotency import submit_once
from workflow.web.render import render_page

PATH = "/register/import"
FILE_DRAFT_PATH = f"{PATH}/file"
FILE_LIFETIME = timedelta(hours=1)
LARGEST = 740_000
"""Bytes that may be kept: rosters of a district have a tenth; a country's goes in by the command line."""
MOST_SHOWN = 200
CHANGES = ("added", "head_changed", "vacated", "membership_changed", "details_changed")
DECIDE = "decide."
"""Before the row, in the name of a field that says whether two people are one."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class ImportChoices:
    """The choices of an import: decisions about people and about rows."""

    decisions: Mapping[str, str]
    skip_bad: bool
    create_units: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """A row of the roster as the page shows it: who and where, and who is meant beside them."""

    row: int
    name: str
    place: str
    before: str
    other: str
    other_id: str | None
    other_row: int | None
    reason: str | None


def _require_everywhere(request: Request) -> RequestContext:
    ctx = load_context(request)
    if not ctx.access.is_everywhere:
        raise Hidden
    return ctx


@router.get(PATH)
def import_page(request: Request) -> HTMLResponse:
    return _render_page(_require_everywhere(request))


@router.post(PATH)
def preview_import(request: Request, form: FormBody) -> HTMLResponse:
    """A dry run of an import. Without a new file it uses the one that is kept."""
    ctx = _require_everywhere(request)
    check_csrf(ctx, form.values)
    upload = form.files.get("file")
    if upload is not None:
        content = upload.file.read(LARGEST + 1)
        if len(content) > LARGEST:
            return _render_page(ctx, status=422, problem="too_big")
        _store_file(ctx, upload.filename or "", base64.b64encode(content).decode(), now())
    roster_file = _load_stored_file(ctx)
    if roster_file is None:
        return _render_page(ctx, status=422, problem="no_file")
    return _render_preview(ctx, roster_file, _read_choices(form))


@router.post(f"{PATH}/write")
def write_import(request: Request, form: FormBody) -> Response:
    """Write the import; if the result would differ from the dry run, show that first."""
    ctx = _require_everywhere(request)
    check_csrf(ctx, form.values)
    with submit_once(ctx, form, "/register") as submission:
        if submission.earlier_location is not None:
            return RedirectResponse(submission.earlier_location, 303)
        response = _write_file(ctx, form)
        submission.location = response.headers.get("location")
        return response


def _write_file(ctx: RequestContext, form: SentForm) -> Response:
    roster_file, choices = _load_stored_file(ctx), _read_choices(form)
    if roster_file is None:
        return _render_page(ctx, status=422, problem="no_file")
    if form.get_text("seen") != _result_mark(_run_import(ctx, roster_file, choices, dry_run=True)):
        return _render_preview(ctx, roster_file, choices, problem="changed", status=409)
    result = _run_import(ctx, roster_file, choices, dry_run=False)
    if not result.written:
        return _render_preview(ctx, roster_file, choices, status=422)
    take_draft(ctx.office, ctx.user, FILE_DRAFT_PATH)
    cases = "".join(f"&flagged={case.case}" for case in result.flagged)
    return RedirectResponse(f"/register?said=imported{cases}", 303)


# --- the file between ---------------------------------------------------------------------------------------


def _store_file(ctx: RequestContext, name: str, content: str, at: datetime) -> None:
    ending = re.sub(r"[^.\w]", "", Path(name.replace("\0", "")).suffix)[:8]
    roster_file = {"ending": ending, "content": content, "at": at.isoformat()}
    save_draft(ctx.office, ctx.user, FILE_DRAFT_PATH, roster_file)


class StoredFile(NamedTuple):
    """A roster between two requests."""

    ending: str
    content: bytes


def _load_stored_file(ctx: RequestContext) -> StoredFile | None:
    """The file that was sent within the last hour."""
    draft = take_draft(ctx.office, ctx.user, FILE_DRAFT_PATH)
    if draft is None or now() - datetime.fromisoformat(str(draft["at"])) > FILE_LIFETIME:
        return None
    save_draft(ctx.office, ctx.user, FILE_DRAFT_PATH, draft)
    return StoredFile(str(draft["ending"]), base64.b64decode(str(draft["content"])))


def _read_choices(form: SentForm) -> ImportChoices:
    answers = {
        name.removeprefix(DECIDE): form.get_text(name) for name in form.values if name.startswith(DECIDE)
    }
    decisions = {row: what for row, what in answers.items() if what}
    return ImportChoices(
        decisions, form.get_text("skip_bad") == "yes", form.get_text("create_units") == "yes"
    )


def _run_import(
    ctx: RequestContext, roster_file: StoredFile, choices: ImportChoices, *, dry_run: bool
) -> ImportResult:
    with tempfile.TemporaryDirectory(prefix="ketnap-") as scratch:
        path = Path(scratch) / f"danh-sach{roster_file.ending}"
        path.write_bytes(roster_file.content)
        try:
            return bring_in_roster(ctx.office, path, ctx.acting_as(), dry_run=dry_run, **asdict(choices))
        except InvalidInput:  # a decision that no form of ours offers
            raise Hidden from None


def _result_mark(result: ImportResult) -> str:
    """A digest of a dry run's result, to compare with."""
    row_marks = [(row.row, row.what, row.before, row.other, row.other_row) for row in result.rows]
    return hashlib.sha256(orjson.dumps([result.day, row_marks])).hexdigest()[:16]


# --- the page -----------------------------------------------------------------------------------------------


def _render_preview(
    ctx: RequestContext,
    roster_file: StoredFile,
    choices: ImportChoices,
    *,
    status: int = 200,
    problem: str | None = None,
) -> HTMLResponse:
    result = _run_import(ctx, roster_file, choices, dry_run=True)
    ids = {id_ for row in result.rows for id_ in (row.other, row.before) if id_}
    names = load_names(ctx.office, ids) if ids else {}
    faults = [*result.faults, *(fault for row in result.rows for fault in row.faults)]
    bad_rows = result.counts["bad"] + result.counts["duplicate"]
    bad_communes = any(fault.code.startswith("import.commune_") for fault in faults)
    return _render_page(
        ctx,
        status=status,
        problem=problem,
        found=result,
        chosen=choices,
        mark=_result_mark(result),
        faults=[_fault_view(ctx, fault) for fault in faults[:MOST_SHOWN]],
        fault_count=len(faults),
        notices=[_fault_view(ctx, fault) for fault in result.notices[:MOST_SHOWN]],
        doubtful=[_row_view(row, names) for row in result.rows if row.what == "duplicate"][:MOST_SHOWN],
        groups=_group_rows(result, names),
        writable=not result.faults and (not bad_rows or choices.skip_bad) and len(result.rows) > bad_rows,
        may_create=bad_communes or choices.create_units,
        may_skip=bool(bad_rows),
        most=MOST_SHOWN,
    )


def _group_rows(result: ImportResult, names: Mapping[str, str]) -> dict[str, list[ImportLine]]:
    """The rows that bring something, by what they bring."""
    groups = {what: [_row_view(row, names) for row in result.rows if row.what == what] for what in CHANGES}
    return {what: rows for what, rows in groups.items() if rows}


def _render_page(
    ctx: RequestContext, *, status: int = 200, problem: str | None = None, **values: Any
) -> HTMLResponse:
    words = load_accepted()
    columns = {heading: name in words.required for name, heading in words.main_headings.items()}
    values = {"found": None, "columns": columns, **values}
    return render_page("import.html", ctx, status=status, problem=problem, path=PATH, **values)


def _fault_view(ctx: RequestContext, fault: RosterFault) -> FaultView:
    """A fault with its place.

    In the words of this page where the catalogue's own speak of the command line.
    """
    own = f"page.register.{fault.code}"
    text = ctx.say(own if has_message(own) else fault.code, **fault.values)
    return FaultView(code=fault.code, row=fault.row, column=fault.column, text=text)


def _row_view(row: RowResult[RosterFault], names: Mapping[str, str]) -> ImportLine:
    return ImportLine(
        row=row.row,
        name=row.name or "",
        place=", ".join(filter(None, (row.village, row.commune))),
        before=names.get(row.before or "", ""),
        other=names.get(row.other or "", ""),
        other_id=row.other,
        other_row=row.other_row,
        reason=row.reason,
    )
