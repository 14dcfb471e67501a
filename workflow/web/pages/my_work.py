"""Việc của tôi: what waits for the reader, the most urgent first; and the first page for everybody."""

from collections.abc import Container
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from workflow.board.case_list import list_open_cases
from workflow.cases.views.my_work import MyWork
from workflow.web.context import RequestContext, load_context
from workflow.web.render import CacheablePage, render_cached_page

View = dict[str, Any]

PER_PAGE = 50
MAX_LATE_ROWS = 10
"""Cases that are late elsewhere, for a first look; the board has all of them."""
MAX_OFFSET = 100_000

router = APIRouter(include_in_schema=False)


@router.get("/")
async def my_work_page(request: Request, at: int = 0) -> HTMLResponse:
    """The cases whose turn is mine, and those in my units that wait for others."""
    return await render_cached_page(_load_my_work, request, max(0, min(at, MAX_OFFSET)))


def _load_my_work(request: Request, at: int) -> CacheablePage:
    ctx = load_context(request)
    turns = MyWork(ctx.office, ctx.access, limit=PER_PAGE + 1, offset=at)
    ctx.log_access("work")

    def values() -> dict[str, Any]:
        mine = turns.list_own(ctx.speaks)
        above = ctx.access.is_above_branches
        others = [] if above or at else turns.list_others(ctx.speaks)
        late = _list_late_elsewhere(ctx, {row["case"] for row in mine}) if above and not at else []
        paged = {"at": at, "more": len(mine) > PER_PAGE, "per_page": PER_PAGE}
        return {"mine": mine[:PER_PAGE], "others": others, "late": late, **paged}

    return CacheablePage("work.html", ctx, (turns.cache_key, at), values)


def _list_late_elsewhere(ctx: RequestContext, mine: Container[str]) -> list[View]:
    """What is late longest among the cases that wait for others, below whoever stands above branches."""
    listing = list_open_cases(
        ctx.office, ctx.speaks, scope=ctx.access.scope, late="any", sort="late", limit=MAX_LATE_ROWS + PER_PAGE
    )
    return [row for row in listing["rows"] if row["case"] not in mine][:MAX_LATE_ROWS]
