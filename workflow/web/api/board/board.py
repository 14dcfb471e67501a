"""The board: what stands where and is stalled, what falls due, who was not told; coverage. From the commune upward."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from workflow import board
from workflow.web.api.authentication import Here, Route, above_branches, seen_unit
from workflow.web.api.board import schemas as shapes
from workflow.web.api.schemas import READING, USER, Day, Digits, InUnit, Known, Limit, Offset, On
from workflow.web.context import Visit

View = dict[str, Any]

LONGEST_AHEAD = 365
MOST_MONTHS = 60

router = APIRouter(route_class=Route, tags=["board"])


def _asked(here: Visit, unit: str | None) -> View:
    """By what every view of the board is narrowed. Raises `Hidden`."""
    above_branches(here)
    here.looked("board")
    return {"scope": here.access.scope, "unit": seen_unit(here, unit)}


@router.get("/board/funnel", responses=READING, response_model=shapes.Funnel)
def funnel(here: Here, unit: InUnit = None, on: On = None, as_known_on: Known = None) -> View:
    """Open cases at each step; of them those past a deadline. Each number is the `total` of `/cases` so filtered."""
    return board.funnel(here.office, here.speaks, **_asked(here, unit), on=on, as_known_on=as_known_on)


@router.get("/board/waiting", responses=READING, response_model=shapes.Waiting)
def waiting(here: Here, unit: InUnit = None, on: On = None, as_known_on: Known = None) -> View:
    """Open cases by the organ whose turn it is, and per commune."""
    return board.waiting_for(here.office, here.speaks, **_asked(here, unit), on=on, as_known_on=as_known_on)


@router.get("/board/overdue", responses=READING, response_model=shapes.ByOverdue)
def overdue(here: Here, unit: InUnit = None, on: On = None, as_known_on: Known = None) -> View:
    """Open cases past a deadline, by how long ago it was. Each number is the `total` of `/cases` so filtered."""
    return board.overdue(here.office, **_asked(here, unit), on=on, as_known_on=as_known_on)


@router.get("/board/due", responses=READING, response_model=shapes.Due)
def due(
    here: Here,
    unit: InUnit = None,
    days: Annotated[int, Field(ge=1, le=LONGEST_AHEAD), Digits, Query(description="So many days from today on.")] = 30,
) -> View:
    """What falls due, day by day: how many clocks of each kind, and the first of them."""
    return board.falling_due(here.office, here.speaks, **_asked(here, unit), days=days)


@router.get("/board/due/list", responses=READING, response_model=shapes.DueList)
def due_list(
    here: Here,
    unit: InUnit = None,
    days: Annotated[int, Field(ge=1, le=LONGEST_AHEAD), Digits, Query(description="So many days from today on.")] = 30,
    kind: Annotated[shapes.Kind | None, Query(description="Only clocks of this kind.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> View:
    """All clocks that run out in the days to come, a page of them."""
    span = (here.today, here.today + timedelta(days=days))
    asked = _asked(here, unit)
    return board.due_on(here.office, here.speaks, **asked, span=span, kind=kind, limit=limit, offset=offset)


@router.get("/board/untold", responses=READING, response_model=shapes.Untold)
def untold(here: Here, unit: InUnit = None, limit: Limit = 50, offset: Offset = 0) -> View:
    """Who has not been told of something, and users without an address that works."""
    return board.untold(here.office, here.speaks, **_asked(here, unit), limit=limit, offset=offset)


@router.get("/board/untold/list", responses=READING, response_model=shapes.UntoldList)
def untold_list(
    here: Here,
    unit: InUnit = None,
    standing: Annotated[shapes.NotTold | None, Query(description="Only notices that stand so.")] = None,
    user: Annotated[str | None, Query(pattern=USER, description="Only notices to this user.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> View:
    """The notices that have not arrived, oldest first."""
    asked = _asked(here, unit)
    return board.untold_list(
        here.office, here.speaks, **asked, standing=standing, user=user, limit=limit, offset=offset
    )


@router.get("/board/done", responses=READING, response_model=shapes.Done)
def done(
    here: Here,
    first: Annotated[Day, Query(description="From this day on.")],
    last: Annotated[Day, Query(description="To this day, itself included.")],
    unit: InUnit = None,
    limit: Limit = 50,
) -> View:
    """Cases begun and moves made from a day to another: how many of each, and the first of them."""
    return board.done_in(here.office, here.speaks, **_asked(here, unit), span=(first, last), limit=limit)


@router.get("/coverage", responses=READING, response_model=shapes.Coverage)
def coverage(here: Here, unit: InUnit = None, on: On = None, as_known_on: Known = None) -> View:
    """How many heads are members, in all and per commune (`ketnap coverage`)."""
    return board.coverage_table(here.office, **_asked(here, unit), on=on, as_known_on=as_known_on)


@router.get("/coverage/course", responses=READING, response_model=shapes.Course)
def course(
    here: Here,
    unit: InUnit = None,
    months: Annotated[int, Field(ge=1, le=MOST_MONTHS), Digits, Query(description="So many months.")] = 12,
    until: Annotated[Day | None, Query(description="The last day; left out: today.")] = None,
) -> View:
    """Coverage at the end of each month, as known now, oldest first."""
    return {"course": board.coverage_course(here.office, **_asked(here, unit), months=months, until=until)}
