"""The API answers with the board, from the commune upward."""

from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from workflow.board import due_soon
from workflow.board.activity import ActivityView, list_activity
from workflow.board.coverage import CoverageTrendView, CoverageView, count_coverage, load_coverage_trend
from workflow.board.due_soon import ClockKind, DueListPage, DueView, list_due_days
from workflow.board.funnel import (
    FunnelView,
    OverdueView,
    WaitingView,
    count_overdue,
    count_waiting,
    load_funnel,
)
from workflow.board.snapshot.snapshot import BoardSnapshot, open_snapshot
from workflow.reminders.notices.undelivered import (
    UndeliveredListPage,
    UndeliveredState,
    UndeliveredView,
    list_undelivered,
    summarize_undelivered,
)
from workflow.web.api.authentication import ApiRoute, ReadContext, require_above_branches, require_unit_filter
from workflow.web.api.schemas import READING, USER, AsKnownOn, Day, Digits, Limit, Offset, OnDay, UnitFilter
from workflow.web.context import RequestContext

LONGEST_AHEAD = 365
MOST_MONTHS = 60

DaysAhead = Annotated[
    int, Field(ge=1, le=LONGEST_AHEAD), Digits, Query(description="So many days from today on.")
]

router = APIRouter(route_class=ApiRoute, tags=["board"])


def open_board(
    ctx: RequestContext, on: date | None = None, as_known_on: date | None = None
) -> AbstractContextManager[BoardSnapshot]:
    """The picture that an answer reads. A day to come is looked at as today: nothing is known of it yet."""
    known = as_known_on if as_known_on is not None and as_known_on < ctx.today else None
    return open_snapshot(
        ctx.office, scope=ctx.access.scope, on=min(on or ctx.today, ctx.today), as_known_on=known
    )


def _check_unit(ctx: RequestContext, unit: str | None) -> str | None:
    """The unit by which a view of the board is narrowed. Raises `Hidden`."""
    require_above_branches(ctx)
    ctx.log_access("board")
    return require_unit_filter(ctx, unit)


@router.get("/board/funnel", responses=READING)
def get_funnel(
    ctx: ReadContext, unit: UnitFilter = None, on: OnDay = None, as_known_on: AsKnownOn = None
) -> FunnelView:
    """Open cases at each step; of them those past a deadline. Each number is the `total` of `/cases` so
    filtered.
    """
    at = _check_unit(ctx, unit)
    with open_board(ctx, on, as_known_on) as snapshot:
        return load_funnel(snapshot, ctx.speaks, at)


@router.get("/board/waiting", responses=READING)
def get_waiting_cases(
    ctx: ReadContext, unit: UnitFilter = None, on: OnDay = None, as_known_on: AsKnownOn = None
) -> WaitingView:
    """Open cases by the organ whose turn it is, and per commune."""
    at = _check_unit(ctx, unit)
    with open_board(ctx, on, as_known_on) as snapshot:
        return count_waiting(snapshot, ctx.speaks, at)


@router.get("/board/overdue", responses=READING)
def get_overdue_counts(
    ctx: ReadContext, unit: UnitFilter = None, on: OnDay = None, as_known_on: AsKnownOn = None
) -> OverdueView:
    """Open cases past a deadline, by how long ago it was. Each number is the `total` of `/cases` so
    filtered.
    """
    at = _check_unit(ctx, unit)
    with open_board(ctx, on, as_known_on) as snapshot:
        return count_overdue(snapshot, at)


@router.get("/board/due", responses=READING)
def get_due_days(ctx: ReadContext, unit: UnitFilter = None, days: DaysAhead = 30) -> DueView:
    """What falls due, day by day: how many clocks of each kind, and the first of them."""
    at = _check_unit(ctx, unit)
    with open_board(ctx) as snapshot:
        return list_due_days(snapshot, ctx.speaks, unit=at, days=days)


@router.get("/board/due/list", responses=READING)
def list_due_clocks(
    ctx: ReadContext,
    unit: UnitFilter = None,
    days: DaysAhead = 30,
    kind: Annotated[ClockKind | None, Query(description="Only clocks of this kind.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> DueListPage:
    """All clocks that run out in the days to come, a page of them."""
    at, span = _check_unit(ctx, unit), (ctx.today, ctx.today + timedelta(days=days))
    with open_board(ctx) as snapshot:
        return due_soon.list_due_clocks(
            snapshot, ctx.speaks, unit=at, span=span, kind=kind, limit=limit, offset=offset
        )


@router.get("/board/untold", responses=READING)
def get_undelivered(
    ctx: ReadContext, unit: UnitFilter = None, limit: Limit = 50, offset: Offset = 0
) -> UndeliveredView:
    """Who has not been told of something, and users without an address that works."""
    at = _check_unit(ctx, unit)
    with open_board(ctx) as snapshot:
        return summarize_undelivered(snapshot, ctx.speaks, unit=at, limit=limit, offset=offset)


@router.get("/board/untold/list", responses=READING)
def list_undelivered_notices(
    ctx: ReadContext,
    unit: UnitFilter = None,
    standing: Annotated[UndeliveredState | None, Query(description="Only notices that stand so.")] = None,
    user: Annotated[str | None, Query(pattern=USER, description="Only notices to this user.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> UndeliveredListPage:
    """The notices that have not arrived, oldest first."""
    at = _check_unit(ctx, unit)
    with open_board(ctx) as snapshot:
        return list_undelivered(
            snapshot, ctx.speaks, unit=at, state=standing, user=user, limit=limit, offset=offset
        )


@router.get("/board/done", responses=READING)
def get_activity(
    ctx: ReadContext,
    first: Annotated[Day, Query(description="From this day on.")],
    last: Annotated[Day, Query(description="To this day, itself included.")],
    unit: UnitFilter = None,
    limit: Limit = 50,
) -> ActivityView:
    """Cases begun and moves made from a day to another: how many of each, and the first of them."""
    at = _check_unit(ctx, unit)
    with open_board(ctx) as snapshot:
        return list_activity(snapshot, ctx.speaks, unit=at, span=(first, last), limit=limit)


@router.get("/coverage", responses=READING)
def get_coverage(
    ctx: ReadContext, unit: UnitFilter = None, on: OnDay = None, as_known_on: AsKnownOn = None
) -> CoverageView:
    """How many heads are members, in all and per commune (`ketnap coverage`)."""
    at = _check_unit(ctx, unit)
    with open_board(ctx, on, as_known_on) as snapshot:
        return count_coverage(snapshot, at)


@router.get("/coverage/course", responses=READING)
def get_coverage_trend(
    ctx: ReadContext,
    unit: UnitFilter = None,
    months: Annotated[int, Field(ge=1, le=MOST_MONTHS), Digits, Query(description="So many months.")] = 12,
    until: Annotated[Day | None, Query(description="The last day; left out: today.")] = None,
) -> CoverageTrendView:
    """Coverage at the end of each month, as known now, oldest first."""
    at = _check_unit(ctx, unit)
    with open_board(ctx, until) as snapshot:
        return CoverageTrendView(course=load_coverage_trend(snapshot, at, months=months))
