"""Việc của tôi: what waits for the reader, the most urgent first; and the first page for everybody."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from workflow.turn import others_turn, own_turn
from workflow.web.pages import page
from workflow.web.visit import visit

PER_PAGE = 50

router = APIRouter(include_in_schema=False)


@router.get("/")
def work(request: Request, at: int = 0) -> HTMLResponse:
    """The cases whose turn is mine, and those in my units that wait for others."""
    here = visit(request)
    at = max(0, min(at, 100_000))
    mine = own_turn(here.office, here.access, here.speaks, limit=PER_PAGE + 1, offset=at)
    others = [] if here.access.is_above_branches or at else others_turn(here.office, here.access, here.speaks)
    here.looked("work")
    return page(
        "work.html", here, mine=mine[:PER_PAGE], others=others, at=at, more=len(mine) > PER_PAGE, per_page=PER_PAGE
    )
