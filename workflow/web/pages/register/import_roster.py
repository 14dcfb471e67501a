"""Bringing in a roster: sent, looked through row by row as a dry run, then written by whoever has read that.

Between the two the file is kept here, sealed with the office's key, for an hour, and not sent again: a browser does not
keep what was chosen, so people would have to find the file twice, and might well pick another one.
"""

import base64
import hashlib
import re
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow import accounts
from workflow.core.clock import now
from workflow.core.input import Mistyped
from workflow.core.messages import knows
from workflow.register.roster.columns import accepted
from workflow.register.roster.import_result import ImportResult, RowResult
from workflow.register.roster.import_roster import import_roster
from workflow.register.roster.rows import Fault
from workflow.register.search import names_of
from workflow.web.context import Hidden, Visit, own_form, visit
from workflow.web.form_data import Form, Sent
from workflow.web.idempotency import sent_once
from workflow.web.render import page

View = dict[str, Any]

PATH = "/register/import"
KEPT_AT = f"{PATH}/file"
KEPT = timedelta(hours=1)
LARGEST = 740_000
"""Bytes that may be kept: rosters of a district have a tenth; a country's goes in by the command line."""
MOST_SHOWN = 200
CHANGES = ("added", "head_changed", "vacated", "membership_changed", "details_changed")
DECIDE = "decide."
"""Before the row, in the name of a field that says whether two people are one."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Chosen:
    """How a roster is to be taken: what was decided of its people, and what of its rows."""

    decisions: Mapping[str, str]
    skip_bad: bool
    create_units: bool


def _visit(request: Request) -> Visit:
    here = visit(request)
    if not here.access.is_everywhere:
        raise Hidden
    return here


@router.get(PATH)
def import_page(request: Request) -> HTMLResponse:
    """The form to send a roster."""
    return _page(_visit(request))


@router.post(PATH)
def look_through(request: Request, form: Sent) -> HTMLResponse:
    """What a roster would bring; nothing is written. Without a file: the one that is kept, taken another way."""
    here = _visit(request)
    own_form(here, form.values)
    sent = form.files.get("file")
    if sent is not None:
        content = sent.file.read(LARGEST + 1)
        if len(content) > LARGEST:
            return _page(here, status=422, problem="too_big")
        _keep(here, sent.filename or "", base64.b64encode(content).decode(), now())
    kept = _kept(here)
    if kept is None:
        return _page(here, status=422, problem="no_file")
    return _looked(here, kept, _chosen(form))


@router.post(f"{PATH}/write")
def write(request: Request, form: Sent) -> Response:
    """Write what was looked through; where it would bring something else by now, that is shown first."""
    here = _visit(request)
    own_form(here, form.values)
    with sent_once(here, form, "/register") as first:
        if first.answer is not None:
            return RedirectResponse(first.answer, 303)
        answered = _written(here, form)
        first.done = answered.headers.get("location")
        return answered


def _written(here: Visit, form: Form) -> Response:
    kept, chosen = _kept(here), _chosen(form)
    if kept is None:
        return _page(here, status=422, problem="no_file")
    if form.text("seen") != _mark(_imported(here, kept, chosen, dry_run=True)):
        return _looked(here, kept, chosen, problem="changed", status=409)
    found = _imported(here, kept, chosen, dry_run=False)
    if not found.written:
        return _looked(here, kept, chosen, status=422)
    accounts.take_draft(here.office, here.user, KEPT_AT)
    return RedirectResponse("/register?said=imported", 303)


# --- the file between ------------------------------------------------------------------------------------------------


def _keep(here: Visit, name: str, content: str, at: datetime) -> None:
    ending = re.sub(r"[^.\w]", "", Path(name.replace("\0", "")).suffix)[:8]
    kept = {"ending": ending, "content": content, "at": at.isoformat()}
    accounts.keep_draft(here.office, here.user, KEPT_AT, kept)


def _kept(here: Visit) -> View | None:
    """The file that was sent within the last hour."""
    kept = accounts.take_draft(here.office, here.user, KEPT_AT)
    if kept is None or now() - datetime.fromisoformat(kept["at"]) > KEPT:
        return None
    accounts.keep_draft(here.office, here.user, KEPT_AT, kept)
    return kept


def _chosen(form: Form) -> Chosen:
    said = {name.removeprefix(DECIDE): form.text(name) for name in form.values if name.startswith(DECIDE)}
    decisions = {row: what for row, what in said.items() if what}
    return Chosen(decisions, form.text("skip_bad") == "yes", form.text("create_units") == "yes")


def _imported(here: Visit, kept: View, chosen: Chosen, *, dry_run: bool) -> ImportResult:
    with tempfile.TemporaryDirectory(prefix="ketnap-") as scratch:
        path = Path(scratch) / f"danh-sach{kept['ending']}"
        path.write_bytes(base64.b64decode(kept["content"]))
        try:
            return import_roster(here.office, path, here.who(), dry_run=dry_run, **asdict(chosen))
        except Mistyped:  # a decision that no form of ours offers
            raise Hidden from None


def _mark(found: ImportResult) -> str:
    """What a dry run has told, as a mark to know it by."""
    told = [(row.row, row.what, row.before, row.other, row.other_row) for row in found.rows]
    return hashlib.sha256(orjson.dumps([found.day, told])).hexdigest()[:16]


# --- the page ----------------------------------------------------------------------------------------------------


def _looked(here: Visit, kept: View, chosen: Chosen, *, status: int = 200, problem: str | None = None) -> HTMLResponse:
    found = _imported(here, kept, chosen, dry_run=True)
    ids = {id_ for row in found.rows for id_ in (row.other, row.before) if id_}
    names = names_of(here.office, ids) if ids else {}
    faults = [*found.faults, *(fault for row in found.rows for fault in row.faults)]
    left = found.counts["bad"] + found.counts["duplicate"]
    bad_communes = any(fault.code.startswith("import.commune_") for fault in faults)
    return _page(
        here, status=status, problem=problem, found=found, chosen=chosen, mark=_mark(found),
        faults=[_fault(here, one) for one in faults[:MOST_SHOWN]], fault_count=len(faults),
        notices=[_fault(here, one) for one in found.notices[:MOST_SHOWN]],
        doubtful=[_row(row, names) for row in found.rows if row.what == "duplicate"][:MOST_SHOWN],
        groups=_groups(found, names),
        writable=not found.faults and (not left or chosen.skip_bad) and len(found.rows) > left,
        may_create=bad_communes or chosen.create_units, may_skip=bool(left), most=MOST_SHOWN,
    )  # fmt: skip


def _groups(found: ImportResult, names: Mapping[str, str]) -> dict[str, list[View]]:
    """The rows that bring something, by what they bring."""
    groups = {what: [_row(row, names) for row in found.rows if row.what == what] for what in CHANGES}
    return {what: rows for what, rows in groups.items() if rows}


def _page(here: Visit, *, status: int = 200, problem: str | None = None, **told: Any) -> HTMLResponse:
    words = accepted()
    columns = {heading: name in words.required for name, heading in words.asked_for.items()}
    told = {"found": None, "columns": columns, **told}
    return page("import.html", here, status=status, problem=problem, path=PATH, **told)


def _fault(here: Visit, fault: Fault) -> View:
    """A fault with its place; in the words of this page where the catalogue's own speak of the command line."""
    own = f"page.register.{fault.code}"
    return {
        "row": fault.row,
        "column": fault.column,
        "text": here.say(own if knows(own) else fault.code, **fault.values),
    }


def _row(row: RowResult, names: Mapping[str, str]) -> View:
    return {
        "row": row.row,
        "name": row.name or "",
        "place": ", ".join(filter(None, (row.village, row.commune))),
        "before": names.get(row.before or "", ""),
        "other": names.get(row.other or "", ""),
        "other_id": row.other,
        "other_row": row.other_row,
        "reason": row.reason,
    }
