"""The first page shows what waits for its reader."""

from collections.abc import Container
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from workflow.board.case_list import CaseListRow, list_open_cases
from workflow.board.snapshot.snapshot import BoardFilter, read_snapshot
from workflow.cases.views.my_work import MyWork, WorkItemView
from workflow.core.views import fields_of
from workflow.storage.reads import Connection
from workflow.web.context import RequestContext, load_context
from workflow.web.render import render_cached_page

PER_PAGE = 50
MAX_LATE_ROWS = 10
"""Cases that are late elsewhere, for a first look; the board has all of them."""
MAX_OFFSET = 100_000

router = APIRouter(include_in_schema=False)


@router.get("/")
def my_work_page(request: Request, at: int = 0) -> HTMLResponse:
    """The cases whose turn is the reader's, and those of their units that wait for others."""
    ctx = load_context(request)
    ctx.log_access("work")
    offset = max(0, min(at, MAX_OFFSET))
    with ctx.office.database.read_transaction() as connection:
        work = MyWork(ctx.office, ctx.access, connection, limit=PER_PAGE + 1, offset=offset)
        with ctx.office.database.read_transaction() as own:
            version = MyWork(ctx.office, ctx.access, own, limit=PER_PAGE + 1, offset=offset).load_version()
        return render_cached_page("work.html", ctx, version, lambda: fields_of(_load_page(ctx, work)))


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPage:
    """The first page. ``late``: what is late elsewhere; ``more``: there is a part after this one."""

    mine: list[WorkItemView]
    others: list[WorkItemView]
    late: list[CaseListRow]
    at: int
    more: bool
    per_page: int = PER_PAGE


def _load_page(ctx: RequestContext, work: MyWork) -> WorkPage:
    others, late = list[WorkItemView](), list[CaseListRow]()
    if work.offset:
        mine = work.list_own(ctx.speaks)
    elif ctx.access.is_above_branches:
        mine = work.list_own(ctx.speaks)
        late = _list_late_elsewhere(ctx, work.connection, {row.case for row in mine})
    else:
        mine, others = work.list_own_and_others(ctx.speaks)
    return WorkPage(mine=mine[:PER_PAGE], others=others, late=late, at=work.offset, more=len(mine) > PER_PAGE)


def _list_late_elsewhere(
    ctx: RequestContext, connection: Connection, mine: Container[str]
) -> list[CaseListRow]:
    """The longest late cases that wait for others, for readers above the branches."""
    snapshot = read_snapshot(ctx.office, connection, scope=ctx.access.scope)
    listing = list_open_cases(snapshot, ctx.speaks, BoardFilter(late="any"), limit=MAX_LATE_ROWS + PER_PAGE)
    return [row for row in listing.rows if row.case not in mine][:MAX_LATE_ROWS]
