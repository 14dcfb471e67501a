"""The first page shows what waits for its reader."""

from collections.abc import Container

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from workflow.board.case_list import CaseListRow, list_open_cases
from workflow.board.snapshot.snapshot import BoardFilter, BoardSnapshot, open_snapshot
from workflow.cases.views.my_work import MyWork
from workflow.web.context import load_context
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
    offset, above = max(0, min(at, MAX_OFFSET)), ctx.access.is_above_branches
    with open_snapshot(ctx.office, scope=ctx.access.scope) as snapshot:
        work = MyWork(ctx.office, ctx.access, snapshot.connection, limit=PER_PAGE + 1, offset=offset)
        mine = work.list_own(ctx.speaks)
        others = [] if above or offset else work.list_others(ctx.speaks)
        late = (
            _list_late_elsewhere(snapshot, ctx.speaks, {row.case for row in mine})
            if above and not offset
            else []
        )
    more = len(mine) > PER_PAGE
    return render_page(
        "work.html",
        ctx,
        mine=mine[:PER_PAGE],
        others=others,
        late=late,
        at=offset,
        more=more,
        per_page=PER_PAGE,
    )


def _list_late_elsewhere(snapshot: BoardSnapshot, language: str, mine: Container[str]) -> list[CaseListRow]:
    """The longest late cases that wait for others, for readers above the branches."""
    listing = list_open_cases(snapshot, language, BoardFilter(late="any"), limit=MAX_LATE_ROWS + PER_PAGE)
    return [row for row in listing.rows if row.case not in mine][:MAX_LATE_ROWS]
