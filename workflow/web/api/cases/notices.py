"""Notices: what somebody was told of a case, who is to be told what, and putting one off."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field

from workflow.reminders.history import list_notice_history, planned_notice_view
from workflow.reminders.notices.preview import plan_notices
from workflow.reminders.notices.snooze import NotTheirs, UnknownNotice, snooze_deadline
from workflow.reminders.settings import load_policy
from workflow.web.api.authentication import ApiRoute, ReadContext, WriteContext, may_see_user
from workflow.web.api.cases.schemas import NoticeView
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
    ResponseBody,
)
from workflow.web.context import Hidden
from workflow.web.pages.cases.case_page import require_case
from workflow.web.visibility.actors import choose_actor

View = dict[str, Any]

LONGEST_AHEAD = 60
"""Days: each morning of them is swept as it will be, in a transaction; a year of them would hold up everybody."""

router = APIRouter(route_class=ApiRoute, tags=["notices"])


class CaseNoticesView(ResponseBody):
    """Everything that was told of a case, oldest first."""

    case: str
    notices: list[NoticeView]


@router.get("/cases/{case}/notices", responses=READING, response_model=CaseNoticesView)
def list_case_notices(ctx: ReadContext, case: CaseId) -> View:
    """Who was told what of a case, when, and whether it arrived (`ketnap notices CASE`)."""
    case_ref = require_case(ctx, case)
    return {"case": case_ref.id, "notices": list_notice_history(ctx.office, case_ref.id, ctx.speaks)}


class PlannedNoticeView(ResponseBody):
    """A notice that is to be made: on which morning, of what, to whom, in whose letter (``via``), why."""

    on: date
    subject: str
    reminder: str
    clock: str
    instance: str
    step: str
    due: date
    user: str
    via: str
    why: str
    about: str


class PlannedNoticesView(ResponseBody):
    """What will be told in so many days."""

    days: int
    notices: list[PlannedNoticeView]


@router.get("/notices", responses=READING, response_model=PlannedNoticesView)
def list_planned_notices(
    ctx: ReadContext,
    days: Annotated[int, Field(ge=1, le=LONGEST_AHEAD), Digits, Query(description="So many days from today on.")] = 30,
) -> View:
    """What this user, and the users below, will be told if nothing happens meanwhile (`ketnap notices --next`)."""
    ctx.log_access("letters")
    policy = load_policy(ctx.office)
    mine = (notice for notice in plan_notices(ctx.office, policy, days) if may_see_user(ctx, notice.user))
    return {"days": days, "notices": [planned_notice_view(ctx.office, policy, notice, ctx.speaks) for notice in mine]}


class SnoozeNoticeRequest(RequestBody):
    """``until``: the first day on which it may be told again; the reason stays on the record."""

    until: Day
    reason: LongText
    by: ActorId = None


class SnoozeResultView(ResponseBody):
    """A notice that is put off."""

    notice: int
    until: date


@router.post("/notices/{notice}/snooze", responses=WRITING, response_model=SnoozeResultView)
def put_off_notice(
    ctx: WriteContext, notice: Annotated[int, Field(ge=1, le=LARGEST), Digits, Path()], body: SnoozeNoticeRequest
) -> View:
    """Tell nothing more of a deadline until a day (`ketnap snooze`)."""
    below = [body.by] if body.by and ctx.access.outranks_user(body.by) else []
    who = choose_actor(ctx, [ctx.user, *below], body.by)
    try:
        snooze_deadline(ctx.office, notice, body.until, body.reason, who)
    except (NotTheirs, UnknownNotice):
        raise Hidden from None
    return {"notice": notice, "until": body.until}
