"""Programs read and enter posts, plans and extended meetings."""

from dataclasses import fields
from typing import Any, Literal

from fastapi import APIRouter

from workflow.register.acts import AddPost, EndPost, HoldPost, LeavePost, LogMeeting, SetPlan
from workflow.register.commands.posts import add_post, end_post, hold_post, leave_post, log_meeting, set_plan
from workflow.register.views import posts as views
from workflow.register.views.posts import MeetingView, PlanView, PostView, PostWithPlanView
from workflow.web.api.authentication import (
    ApiRoute,
    ReadContext,
    require_above_branches,
    require_unit_filter,
)
from workflow.web.api.register.act_body import post_act
from workflow.web.api.schemas import (
    READING,
    Limit,
    ListPage,
    Offset,
    OnDay,
    UnitFilter,
    slice_page,
)

View = dict[str, Any]
PostKind = Literal["village", "residential_group"]
PlanKind = Literal["admit", "replace", "combine", "not_now"]

router = APIRouter(route_class=ApiRoute, tags=["posts"])


class PostListPage(ListPage):
    """A page of posts by place."""

    posts: list[PostWithPlanView | PostView]


@router.get("/posts", responses=READING, response_model=PostListPage)
def list_posts(
    ctx: ReadContext, unit: UnitFilter = None, on: OnDay = None, limit: Limit = 50, offset: Offset = 0
) -> View:
    """Posts and who holds them, by place (`ketnap post list`)."""
    ctx.log_access("heads")
    rows = views.list_posts(ctx.office, on, unit=require_unit_filter(ctx, unit))
    mine: list[PostView] = [post for post in rows if ctx.access.can_see(post.unit.id)]
    if not ctx.access.is_above_branches:
        mine = [
            PostView(**{each.name: getattr(post, each.name) for each in fields(PostView)}) for post in mine
        ]
    return slice_page("posts", mine, limit, offset)


post_act(router, "/posts/add", AddPost, add_post, "Add a village's post of head (`ketnap post add`).")
post_act(
    router, "/posts/hold", HoldPost, hold_post, "Say who holds a post from a day on (`ketnap post hold`)."
)
post_act(
    router,
    "/posts/leave",
    LeavePost,
    leave_post,
    "Say that whoever holds a post leaves it (`ketnap post leave`).",
)
post_act(router, "/posts/end", EndPost, end_post, "End a post (`ketnap post end`).")


# --- plans --------------------------------------------------------------------------------------------------


class PlanListPage(ListPage):
    """A page of plans by place."""

    plans: list[PlanView]


@router.get("/plans", responses=READING, response_model=PlanListPage)
def list_plans(
    ctx: ReadContext, unit: UnitFilter = None, on: OnDay = None, limit: Limit = 50, offset: Offset = 0
) -> View:
    """What is planned for posts; told from the commune upward (`ketnap plan`)."""
    require_above_branches(ctx)
    ctx.log_access("heads")
    rows = views.list_plans(ctx.office, on, unit=require_unit_filter(ctx, unit))
    return slice_page("plans", [row for row in rows if ctx.access.can_see(row.unit.id)], limit, offset)


post_act(router, "/plans", SetPlan, set_plan, "Say what is planned for a post (`ketnap plan`).")


# --- extended meetings --------------------------------------------------------------------------------------


class MeetingListPage(ListPage):
    """A page of meetings, newest first."""

    meetings: list[MeetingView]


@router.get("/meetings", responses=READING, response_model=MeetingListPage)
def list_meetings(
    ctx: ReadContext, unit: UnitFilter = None, on: OnDay = None, limit: Limit = 50, offset: Offset = 0
) -> View:
    """Extended meetings until a day, newest first (`ketnap meeting`)."""
    ctx.log_access("person")
    rows = views.list_meetings(ctx.office, on, unit=require_unit_filter(ctx, unit))
    return slice_page("meetings", [row for row in rows if ctx.access.can_see(row.unit.id)], limit, offset)


post_act(
    router,
    "/meetings",
    LogMeeting,
    log_meeting,
    "Log an extended meeting of one's own branch, or of one below (`ketnap meeting`).",
)
