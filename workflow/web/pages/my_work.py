"""Việc của tôi: what waits for the reader, the most urgent first; and the first page for everybody."""

from collections.abc import Container
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from workflow.board import standing
from workflow.cases.views.my_work import Turns
from workflow.web.context import Visit, visit
from workflow.web.render import Keepable, kept_page

View = dict[str, Any]

PER_PAGE = 50
LATE = 10
"""Cases that are late elsewhere, for a first look; the board has all of them."""
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
        above = here.access.is_above_branches
        others = [] if above or at else turns.others(here.speaks)
        late = _late_elsewhere(here, {one["case"] for one in mine}) if above and not at else []
        paged = {"at": at, "more": len(mine) > PER_PAGE, "per_page": PER_PAGE}
        return {"mine": mine[:PER_PAGE], "others": others, "late": late, **paged}

    return Keepable("work.html", here, (turns.print, at), values)


def _late_elsewhere(here: Visit, mine: Container[str]) -> list[View]:
    """What is late longest among the cases that wait for others, below whoever stands above branches."""
    found = standing(here.office, here.speaks, scope=here.access.scope, late="any", sort="late", limit=LATE + PER_PAGE)
    return [row for row in found["rows"] if row["case"] not in mine][:LATE]
