"""The office itself, for who stands over everything: how it is, a backup now, the proof of its history."""

import shutil
from functools import partial
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow.operations.backup import backups
from workflow.operations.verify.replay import Broken
from workflow.storage import reads, sqlite_backup
from workflow.storage.schema import VERSION
from workflow.web.background_jobs import Errand, Errands
from workflow.web.context import Hidden, Visit, own_form, visit
from workflow.web.error_pages import problem_of
from workflow.web.form_data import Sent
from workflow.web.idempotency import sent_once
from workflow.web.pages.account.sessions import not_offered
from workflow.web.render import page

View = dict[str, Any]

PATH = "/admin/office"
MOST_BROKEN, MOST_BACKUPS = 20, 20
MEGABYTE, GIGABYTE = 10**6, 10**9
LITTLE_ROOM = 3
"""Less than so many times the database is little room: a backup, and what is written until somebody looks again."""

router = APIRouter(include_in_schema=False)


def _everywhere(request: Request) -> Visit:
    here = visit(request)
    if not here.access.is_everywhere:
        raise Hidden
    return here


@router.get(PATH)
def office_page(request: Request) -> HTMLResponse:
    """How the office is, and what came of what was asked for."""
    here = _everywhere(request)
    errands: Errands = request.app.state.errands
    made = backups(here.office)
    with here.office.database.reading() as connection:
        head, size = reads.head(connection), sqlite_backup.size_of(connection)
    free = shutil.disk_usage(here.office.config.folder).free
    return page(
        "admin_office.html", here, beat=request.app.state.heartbeat.beat, version=version("ketnap"), tables=VERSION,
        sqlite=here.office.database.is_sqlite, size=size, free=free, little=free < LITTLE_ROOM * size,
        events=head[0].n if head else 0, dropped=request.app.state.looks.dropped, zone=here.office.config.zone,
        proof=_told(here, errands.verifying), broken=_broken(here, errands), backup=_told(here, errands.backing_up),
        made=made[:MOST_BACKUPS], total=len(made), key=here.office.config.key_path.name,
        folder=made[0].file.parent if made else None, sized=partial(_sized, here),
    )  # fmt: skip


def _sized(here: Visit, count: int) -> str:
    """Bytes as people say them."""
    gigabytes = count >= GIGABYTE
    whole, tenth = divmod(round(10 * count / (GIGABYTE if gigabytes else MEGABYTE)), 10)
    return here.say(f"page.office.{'gigabytes' if gigabytes else 'megabytes'}", whole=whole, tenth=tenth)


def _told(here: Visit, errand: Errand[Any]) -> View:
    """How far an errand is, and what came of the one before."""
    outcome = errand.outcome
    done, total = errand.progress
    return {
        "running": errand.is_running,
        "percent": 100 * done // total if total else 0,
        "at": outcome.at if outcome else None,
        "result": outcome.result if outcome else None,
        "problem": problem_of(here.request, outcome.error)[0] if outcome and outcome.error else None,
    }


def _broken(here: Visit, errands: Errands) -> list[str]:
    """The first places at which the history does not hold, in words."""
    outcome = errands.verifying.outcome
    found = outcome.result.broken[:MOST_BROKEN] if outcome and outcome.result else []
    return [_place(here, one) for one in found]


def _place(here: Visit, one: Broken) -> str:
    text = here.say(f"verify.{one.code}", what=one.what)
    return here.say("verify.at", n=one.n, text=text) if one.n else text


@router.post(PATH)
def care(request: Request, form: Sent) -> Response:
    """Back up, or prove the history: done beside the pages; a small office has the answer at once."""
    here = _everywhere(request)
    own_form(here, form.values)
    errands: Errands = request.app.state.errands
    known: dict[str, Errand[Any]] = {"backup": errands.backing_up, "verify": errands.verifying}
    errand = known.get(form.text("do"))
    if errand is None:
        raise not_offered(form.text("do"))
    with sent_once(here, form, PATH) as first:
        if not first.answer:
            here.looked(form.text("do"))
            errand.begin()
            errand.wait()
            first.done = PATH
    return RedirectResponse(PATH, 303)
