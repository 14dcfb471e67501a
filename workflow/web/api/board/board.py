"""The board: what stands where and is stalled, what falls due, who was not told; coverage. From the commune upward."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from workflow.board import due_soon
from workflow.board.activity import list_activity
from workflow.board.coverage import coverage_table, coverage_trend
from workflow.board.due_soon import list_due_days
from workflow.board.funnel import count_overdue, count_waiting, load_funnel
from workflow.board.undelivered import list_undelivered, summarize_undelivered
from workflow.web.api.authentication import ApiRoute, ReadContext, require_above_branches, require_unit_filter
from workflow.web.api.board import schemas as shapes
from workflow.web.api.schemas import READING, USER, AsKnownOn, Day, Digits, Limit, Offset, OnDay, UnitFilter
from workflow.web.context import RequestContext

View = dict[str, Any]

LONGEST_AHEAD = 365
MOST_MONTHS = 60

router = APIRouter(route_class=ApiRoute, tags=["board"])


def _board_args(ctx: RequestContext, unit: str | None) -> View:
    """By what every view of the board is narrowed. Raises `Hidden`."""
    require_above_branches(ctx)
    ctx.log_access("board")
    return {"scope": ctx.access.scope, "unit": require_unit_filter(ctx, unit)}


@router.get("/board/funnel", responses=READING, response_model=shapes.FunnelView)
def get_funnel(ctx: ReadContext, unit: UnitFilter = None, on: OnDay = None, as_known_on: AsKnownOn = None) -> View:
    """Open cases at each step; of them those past a deadline. Each number is the `total` of `/cases` so filtered."""
    return load_funnel(ctx.office, ctx.speaks, **_board_args(ctx, unit), on=on, as_known_on=as_known_on)


@router.get("/board/waiting", responses=READING, response_model=shapes.WaitingView)
def get_waiting_cases(
    ctx: ReadContext, unit: UnitFilter = None, on: OnDay = None, as_known_on: AsKnownOn = None
) -> View:
    """Open cases by the organ whose turn it is, and per commune."""
    return count_waiting(ctx.office, ctx.speaks, **_board_args(ctx, unit), on=on, as_known_on=as_known_on)


@router.get("/board/overdue", responses=READING, response_model=shapes.OverdueView)
def get_overdue_counts(
    ctx: ReadContext, unit: UnitFilter = None, on: OnDay = None, as_known_on: AsKnownOn = None
) -> View:
    """Open cases past a deadline, by how long ago it was. Each number is the `total` of `/cases` so filtered."""
    return count_overdue(ctx.office, **_board_args(ctx, unit), on=on, as_known_on=as_known_on)


@router.get("/board/due", responses=READING, response_model=shapes.DueView)
def get_due_days(
    ctx: ReadContext,
    unit: UnitFilter = None,
    days: Annotated[int, Field(ge=1, le=LONGEST_AHEAD), Digits, Query(description="So many days from today on.")] = 30,
) -> View:
    """What falls due, day by day: how many clocks of each kind, and the first of them."""
    return list_due_days(ctx.office, ctx.speaks, **_board_args(ctx, unit), days=days)


@router.get("/board/due/list", responses=READING, response_model=shapes.DueListPage)
def list_due_clocks(
    ctx: ReadContext,
    unit: UnitFilter = None,
    days: Annotated[int, Field(ge=1, le=LONGEST_AHEAD), Digits, Query(description="So many days from today on.")] = 30,
    kind: Annotated[shapes.ClockKind | None, Query(description="Only clocks of this kind.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> View:
    """All clocks that run out in the days to come, a page of them."""
    span = (ctx.today, ctx.today + timedelta(days=days))
    args = _board_args(ctx, unit)
    return due_soon.list_due_clocks(ctx.office, ctx.speaks, **args, span=span, kind=kind, limit=limit, offset=offset)


@router.get("/board/untold", responses=READING, response_model=shapes.UndeliveredView)
def get_undelivered(ctx: ReadContext, unit: UnitFilter = None, limit: Limit = 50, offset: Offset = 0) -> View:
    """Who has not been told of something, and users without an address that works."""
    return summarize_undelivered(ctx.office, ctx.speaks, **_board_args(ctx, unit), limit=limit, offset=offset)


@router.get("/board/untold/list", responses=READING, response_model=shapes.UndeliveredListPage)
def list_undelivered_notices(
    ctx: ReadContext,
    unit: UnitFilter = None,
    standing: Annotated[shapes.UndeliveredState | None, Query(description="Only notices that stand so.")] = None,
    user: Annotated[str | None, Query(pattern=USER, description="Only notices to this user.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> View:
    """The notices that have not arrived, oldest first."""
    args = _board_args(ctx, unit)
    return list_undelivered(ctx.office, ctx.speaks, **args, state=standing, user=user, limit=limit, offset=offset)


@router.get("/board/done", responses=READING, response_model=shapes.ActivityView)
def get_activity(
    ctx: ReadContext,
    first: Annotated[Day, Query(description="From this day on.")],
    last: Annotated[Day, Query(description="To this day, itself included.")],
    unit: UnitFilter = None,
    limit: Limit = 50,
) -> View:
    """Cases begun and moves made from a day to another: how many of each, and the first of them."""
    return list_activity(ctx.office, ctx.speaks, **_board_args(ctx, unit), span=(first, last), limit=limit)


@router.get("/coverage", responses=READING, response_model=shapes.CoverageView)
def get_coverage(ctx: ReadContext, unit: UnitFilter = None, on: OnDay = None, as_known_on: AsKnownOn = None) -> View:
    """How many heads are members, in all and per commune (`ketnap coverage`)."""
    return coverage_table(ctx.office, **_board_args(ctx, unit), on=on, as_known_on=as_known_on)


@router.get("/coverage/course", responses=READING, response_model=shapes.CoverageTrendView)
def get_coverage_trend(
    ctx: ReadContext,
    unit: UnitFilter = None,
    months: Annotated[int, Field(ge=1, le=MOST_MONTHS), Digits, Query(description="So many months.")] = 12,
    until: Annotated[Day | None, Query(description="The last day; left out: today.")] = None,
) -> View:
    """Coverage at the end of each month, as known now, oldest first."""
    return {"course": coverage_trend(ctx.office, **_board_args(ctx, unit), months=months, until=until)}
