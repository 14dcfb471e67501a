"""Việc của tôi: what waits for the reader, the most urgent first; and the first page for everybody."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from workflow.turn import Turns
from workflow.web.pages import Keepable, kept_page
from workflow.web.visit import visit

PER_PAGE = 50
FARTHEST = 100_000

router = APIRouter(include_in_schema=False)


@router.get("/")
async def work(request: Request, at: int = 0) -> HTMLResponse:
    """The cases whose turn is mine, and those in my units that wait for others."""
    return await kept_page(_work, request, max(0, min(at, FARTHEST)))


def _work(request: Request, at: int) -> Keepable:
    here = visit(request)
    turns = Turns(here.office, here.access, limit=PER_PAGE + 1, at=at)
    here.looked("work")

    def values() -> dict[str, Any]:
        mine = turns.own(here.speaks)
        others = [] if here.access.is_above_branches or at else turns.others(here.speaks)
        return {"mine": mine[:PER_PAGE], "others": others, "at": at, "more": len(mine) > PER_PAGE, "per_page": PER_PAGE}

    return Keepable("work.html", here, (turns.print, at), values)
