"""The access log's page shows who looked at what."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from workflow.accounts.access_log import AccessPage, list_accesses
from workflow.presentation.office_text import describe_access
from workflow.storage import reads
from workflow.web.context import RequestContext, load_context
from workflow.web.pages.filters import FARTHEST, QueryText, build_paging, build_url, require_above_branches
from workflow.web.render import render_page
from workflow.web.visibility.subordinates import describe_subjects, describe_users, may_see_letters

PER_PAGE = 100

router = APIRouter(include_in_schema=False)


@router.get("/admin/looks")
def access_log_page(
    request: Request,
    user: QueryText = "",
    case: QueryText = "",
    at: Annotated[int, Query(ge=0, le=FARTHEST)] = 0,
) -> HTMLResponse:
    """Accesses to the reader's units by anybody, and all accesses by one user below."""
    ctx = load_context(request)
    require_above_branches(ctx)
    name, wanted = user.strip().lower(), case.strip().upper()
    ctx.log_access("looks", wanted or name)
    faults, of_case = dict[str, list[str]](), _find_case_subjects(ctx, wanted)
    if name and not may_see_letters(ctx, name):
        faults["user"] = [ctx.say("page.looks.unknown_user")]
    if wanted and of_case is None:
        faults["case"] = [ctx.say("page.looks.unknown_case")]
    units = None if name or ctx.access.is_everywhere else ctx.access.scope
    log_page = AccessPage((), 0)
    if not faults:
        log_page = list_accesses(
            ctx.office, subject=of_case, user=name or None, units=units, limit=PER_PAGE, offset=at
        )
    return render_page(
        "admin_looks.html",
        ctx,
        status=422 if faults else 200,
        faults=faults,
        typed={"user": user, "case": case},
        rows=[(look, describe_access(ctx, look.what)) for look in log_page.looks],
        total=log_page.total,
        about=describe_subjects(ctx, {row.subject for row in log_page.looks}),
        zone=ctx.office.config.zone,
        people=describe_users(ctx, {row.user for row in log_page.looks}),
        paged=build_paging(
            lambda at: build_url("/admin/looks", at=at, user=name, case=wanted),
            at=at,
            shown=len(log_page.looks),
            total=log_page.total,
            size=PER_PAGE,
        ),
    )


def _find_case_subjects(ctx: RequestContext, case: str) -> list[str] | None:
    """A case and its candidate; None for one that is not there, or not the reader's."""
    if not case.isascii() or not case.isalnum():
        return None
    with ctx.office.database.read_transaction() as connection:
        row = reads.load_case(connection, case)
    return [row.id, row.person_id] if row is not None and ctx.access.can_see(row.unit_id) else None
