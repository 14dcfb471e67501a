"""The office's page shows its state, backs up, proves its history."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workflow.core.clock import today_in
from workflow.operations.backup import Backup, list_backups
from workflow.operations.restore.set_aside import list_set_aside
from workflow.operations.verify.verify import Verification
from workflow.presentation.office_text import describe_discrepancy
from workflow.presentation.problem import Problem
from workflow.reminders.backup_health import read_backup_health
from workflow.storage import reads
from workflow.storage.copies import sqlite_backup
from workflow.storage.schema import VERSION
from workflow.web.background_jobs import BackgroundJob, BackgroundJobs
from workflow.web.context import Hidden, RequestContext, check_csrf, load_context
from workflow.web.error_pages import describe_problem
from workflow.web.form_data import FormBody
from workflow.web.idempotency import submit_once
from workflow.web.pages.account.sessions import unknown_button_fault
from workflow.web.render import render_page

PATH = "/admin/office"
MOST_BROKEN, MOST_BACKUPS = 20, 20
MEGABYTE, GIGABYTE = 10**6, 10**9
LITTLE_SPACE_FACTOR = 3
"""Less than so many times the database is little room: a backup, and what is written until somebody looks
again."""

router = APIRouter(include_in_schema=False)


def _require_everywhere(request: Request) -> RequestContext:
    ctx = load_context(request)
    if not ctx.access.is_everywhere:
        raise Hidden
    return ctx


@router.get(PATH)
def office_page(request: Request) -> HTMLResponse:
    ctx = _require_everywhere(request)
    jobs = ctx.state.jobs
    backup_files = list_backups(ctx.office)
    with ctx.office.database.read_transaction() as connection:
        head, size = reads.load_chain_head(connection), sqlite_backup.measure_database(connection)
    free = shutil.disk_usage(ctx.office.config.folder).free
    return render_page(
        "admin_office.html",
        ctx,
        beat=ctx.state.reminders.latest,
        version=version("ketnap"),
        tables=VERSION,
        sqlite=ctx.office.database.is_sqlite,
        size=size,
        free=free,
        little=free < LITTLE_SPACE_FACTOR * size,
        events=head[0].n if head else 0,
        dropped=ctx.state.access_log.dropped,
        zone=ctx.office.config.zone,
        proof=_job_view(ctx, jobs.verification),
        broken=_broken_place_texts(ctx, jobs),
        backup=_job_view(ctx, jobs.backup),
        made=backup_files[:MOST_BACKUPS],
        total=len(backup_files),
        health=read_backup_health(ctx.office),
        aside=list_set_aside(ctx.office.config.folder, today_in(ctx.office.config.zone)),
        folder=backup_files[0].file.parent if backup_files else None,
        sized=partial(_format_size, ctx),
    )


def _format_size(ctx: RequestContext, count: int) -> str:
    """Bytes as people say them."""
    gigabytes = count >= GIGABYTE
    whole, tenth = divmod(round(10 * count / (GIGABYTE if gigabytes else MEGABYTE)), 10)
    return ctx.say(f"page.office.{'gigabytes' if gigabytes else 'megabytes'}", whole=whole, tenth=tenth)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """How far a job is, and what came of the one before."""

    running: bool
    percent: int
    at: datetime | None
    result: Verification | Backup | None
    problem: Problem | None


def _job_view(ctx: RequestContext, job: BackgroundJob[Verification] | BackgroundJob[Backup]) -> JobView:
    outcome = job.outcome
    steps_done, total = job.progress
    return JobView(
        running=job.is_running,
        percent=100 * steps_done // total if total else 0,
        at=outcome.at if outcome else None,
        result=outcome.result if outcome else None,
        problem=describe_problem(ctx.request, outcome.error)[0] if outcome and outcome.error else None,
    )


def _broken_place_texts(ctx: RequestContext, jobs: BackgroundJobs) -> list[str]:
    """The first places at which the history does not hold, in words."""
    outcome = jobs.verification.outcome
    places = outcome.result.broken[:MOST_BROKEN] if outcome and outcome.result else []
    return [describe_discrepancy(ctx, place) for place in places]


@router.post(PATH)
def run_office_job(request: Request, form: FormBody) -> Response:
    """Back up or verify in the background; a small office gets the result at once."""
    ctx = _require_everywhere(request)
    check_csrf(ctx, form.values)
    jobs = ctx.state.jobs
    jobs_by_name: dict[str, BackgroundJob[Backup] | BackgroundJob[Verification]] = {
        "backup": jobs.backup,
        "verify": jobs.verification,
    }
    job = jobs_by_name.get(form.get_text("do"))
    if job is None:
        raise unknown_button_fault(form.get_text("do"))
    with submit_once(ctx, form, PATH) as submission:
        if not submission.earlier_location:
            ctx.log_access(form.get_text("do"))
            job.start()
            job.wait()
            submission.location = PATH
    return RedirectResponse(PATH, 303)
