"""The first page shows what waits for its reader."""

from collections.abc import Container
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from workflow.board.case_list import CaseListRow, list_open_cases
from workflow.board.snapshot.snapshot import BoardFilter, BoardSnapshot, read_snapshot
from workflow.cases.views.my_work import MyWork, WorkItemView
from workflow.core.views import fields_of
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
    """The first page. ``late``: what is late elsewhere; ``flagged``: how many are;
    ``more``: there is a part after this one.
    """

    mine: list[WorkItemView]
    others: list[WorkItemView]
    late: list[CaseListRow]
    at: int
    more: bool
    flagged: int
    per_page: int = PER_PAGE


def _load_page(ctx: RequestContext, work: MyWork) -> WorkPage:
    others, late, flagged = list[WorkItemView](), list[CaseListRow](), 0
    if work.offset:
        mine = work.list_own(ctx.speaks)
    elif ctx.access.is_above_branches:
        mine = work.list_own(ctx.speaks)
        snapshot = read_snapshot(ctx.office, work.connection, scope=ctx.access.scope)
        late = _list_late_elsewhere(snapshot, ctx.speaks, {row.case for row in mine})
        flagged = snapshot.count_total(BoardFilter(flagged=True))
    else:
        mine, others = work.list_own_and_others(ctx.speaks)
    return WorkPage(
        mine=mine[:PER_PAGE],
        others=others,
        late=late,
        at=work.offset,
        more=len(mine) > PER_PAGE,
        flagged=flagged,
    )


def _list_late_elsewhere(snapshot: BoardSnapshot, language: str, mine: Container[str]) -> list[CaseListRow]:
    """The longest late cases that wait for others, for readers above the branches."""
    listing = list_open_cases(snapshot, language, BoardFilter(late="any"), limit=MAX_LATE_ROWS + PER_PAGE)
    return [row for row in listing.rows if row.case not in mine][:MAX_LATE_ROWS]
