"""Endpoints that list notices, told or planned, and put one off."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from workflow.reminders.history import (
    CaseNoticesView,
    PlannedNoticesView,
    build_planned_notice_view,
    list_notice_history,
)
from workflow.reminders.notices.preview import plan_notices
from workflow.reminders.notices.snooze import NotTheirs, SnoozeResultView, UnknownNotice, snooze_deadline
from workflow.reminders.settings import load_policy
from workflow.web.api.authentication import ApiRoute, ReadContext, WriteContext, may_see_user
from workflow.web.api.schemas import (
    LARGEST,
    READING,
    WRITING,
    ActorId,
    CaseId,
    Day,
    Digits,
    LongText,
    RequestBody,
)
from workflow.web.context import Hidden
from workflow.web.pages.cases.case_page import require_case
from workflow.web.visibility.actors import choose_actor

LONGEST_AHEAD = 60
"""Days: each morning of them is swept as it will be, in a transaction; a year of them would hold up
everybody.
"""

router = APIRouter(route_class=ApiRoute, tags=["notices"])


@router.get("/cases/{case}/notices", responses=READING)
def list_case_notices(ctx: ReadContext, case: CaseId) -> CaseNoticesView:
    """Who was told what of a case, when, and whether it arrived (`ketnap notices CASE`)."""
    case_ref = require_case(ctx, case)
    return CaseNoticesView(case=case_ref.id, notices=list_notice_history(ctx.office, case_ref.id, ctx.speaks))


@router.get("/notices", responses=READING)
def list_planned_notices(
    ctx: ReadContext,
    days: Annotated[
        int, Field(ge=1, le=LONGEST_AHEAD), Digits, Query(description="So many days from today on.")
    ] = 30,
) -> PlannedNoticesView:
    """What this user, and the users below, will be told if nothing happens meanwhile (`ketnap notices
    --next`).
    """
    ctx.log_access("letters")
    policy = load_policy(ctx.office)
    mine = (notice for notice in plan_notices(ctx.office, policy, days) if may_see_user(ctx, notice.user))
    notices = [build_planned_notice_view(ctx.office, policy, notice, ctx.speaks) for notice in mine]
    return PlannedNoticesView(days=days, notices=notices)


class SnoozeNoticeRequest(RequestBody):
    """``until``: the first day on which it may be told again; the reason stays on the record."""

    until: Day
    reason: LongText
    by: ActorId = None


@router.post("/notices/{notice}/snooze", responses=WRITING)
def put_off_notice(
    ctx: WriteContext,
    notice: Annotated[int, Field(ge=1, le=LARGEST), Digits, Path()],
    body: SnoozeNoticeRequest,
) -> SnoozeResultView:
    """Tell nothing more of a deadline until a day (`ketnap snooze`)."""
    below = [body.by] if body.by and ctx.access.outranks_user(body.by) else []
    who = choose_actor(ctx, [ctx.user, *below], body.by)
    try:
        snooze_deadline(ctx.office, notice, body.until, body.reason, who)
    except (NotTheirs, UnknownNotice):
        raise Hidden from None
    return SnoozeResultView(notice=notice, until=body.until)
