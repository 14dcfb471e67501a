"""The first page shows what waits for its reader."""

from collections.abc import Container

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from workflow.board.case_list import CaseListRow, list_open_cases
from workflow.board.snapshot.snapshot import BoardFilter, read_snapshot
from workflow.cases.views.my_work import MyWork, WorkItemView
from workflow.storage.reads import Connection
from workflow.web.context import RequestContext, load_context
from workflow.web.render import render_page

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
        others, late = list[WorkItemView](), list[CaseListRow]()
        if offset:
            mine = work.list_own(ctx.speaks)
        elif ctx.access.is_above_branches:
            mine = work.list_own(ctx.speaks)
            late = _list_late_elsewhere(ctx, connection, {row.case for row in mine})
        else:
            mine, others = work.list_own_and_others(ctx.speaks)
    shown, more = mine[:PER_PAGE], len(mine) > PER_PAGE
    return render_page(
        "work.html", ctx, mine=shown, others=others, late=late, at=offset, more=more, per_page=PER_PAGE
    )


def _list_late_elsewhere(
    ctx: RequestContext, connection: Connection, mine: Container[str]
) -> list[CaseListRow]:
    """The longest late cases that wait for others, for readers above the branches."""
    snapshot = read_snapshot(ctx.office, connection, scope=ctx.access.scope)
    listing = list_open_cases(snapshot, ctx.speaks, BoardFilter(late="any"), limit=MAX_LATE_ROWS + PER_PAGE)
    return [row for row in listing.rows if row.case not in mine][:MAX_LATE_ROWS]
