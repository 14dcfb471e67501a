"""Bringing in a roster: sent, looked through row by row as a dry run, then written by whoever has read that."""

import base64
import tempfile
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow import accounts
from workflow.importing import ImportResult, import_roster
from workflow.web.forms import Sent
from workflow.web.pages import page
from workflow.web.visit import Hidden, Visit, own_form, visit

PATH = "/register/import"
MOST_SHOWN = 200

router = APIRouter(include_in_schema=False)


def _visit(request: Request) -> Visit:
    here = visit(request)
    if not here.access.is_everywhere:
        raise Hidden
    return here


@router.get(PATH)
def import_page(request: Request) -> HTMLResponse:
    """The form to send a roster."""
    return page("import.html", _visit(request), found=None, shown=[], problem=None)


@router.post(PATH)
def look_through(request: Request, form: Sent) -> HTMLResponse:
    """What the roster would bring; nothing is written. The file is kept, sealed, for a day or until it is confirmed."""
    here = _visit(request)
    own_form(here, form.values)
    sent = form.files.get("file")
    if sent is None or not sent.filename:
        return page("import.html", here, status=422, found=None, shown=[], problem="no_file")
    content = sent.file.read()
    kept = {"name": Path(sent.filename).name, "content": base64.b64encode(content).decode()}
    if not accounts.keep_draft(here.office, here.user, PATH, kept):
        return page("import.html", here, status=422, found=None, shown=[], problem="too_big")
    return _told(here, _imported(here, kept, dry_run=True))


@router.post(f"{PATH}/write")
def write(request: Request, form: Sent) -> Response:
    """Write what was looked through; where a row is in the way, the page again."""
    here = _visit(request)
    own_form(here, form.values)
    kept = accounts.take_draft(here.office, here.user, PATH)
    if kept is None:
        return page("import.html", here, status=422, found=None, shown=[], problem="no_file")
    found = _imported(here, kept, dry_run=False)
    if found.written:
        return RedirectResponse("/register?said=imported", 303)
    accounts.keep_draft(here.office, here.user, PATH, kept)
    return _told(here, found, status=422)


def _imported(here: Visit, kept: dict[str, Any], *, dry_run: bool) -> ImportResult:
    with tempfile.TemporaryDirectory(prefix="ketnap-") as scratch:
        path = Path(scratch) / f"danh-sach{Path(kept['name']).suffix[:8]}"
        path.write_bytes(base64.b64decode(kept["content"]))
        return import_roster(here.office, path, here.who(), dry_run=dry_run)


def _told(here: Visit, found: ImportResult, *, status: int = 200) -> HTMLResponse:
    faults = [*found.faults, *(fault for row in found.rows for fault in row.faults), *found.notices]
    shown = [{"row": one.row, "column": one.column, "text": here.say(one.code, **one.values)} for one in faults]
    rows = [row for row in found.rows if row.what not in ("same", "unchanged") and not row.faults]
    return page(
        "import.html", here, status=status, found=found, shown=shown[:MOST_SHOWN], rows=rows[:MOST_SHOWN], problem=None
    )
