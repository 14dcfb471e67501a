"""Posts of heads, plans for them, and the extended meetings that heads are invited to."""

from dataclasses import fields
from datetime import date
from typing import Any, Literal

from fastapi import APIRouter

from workflow.register.commands import posts
from workflow.register.commands.posts import set_plan
from workflow.register.views import posts as views
from workflow.register.views.posts import MeetingView, PlanView, PostView, PostWithPlanView
from workflow.web.api.authentication import (
    ApiRoute,
    ReadContext,
    WriteContext,
    authorize_register_entry,
    choose_actor,
    require_above_branches,
    require_unit_filter,
)
from workflow.web.api.register.units import ChangeResultView, EndResultView
from workflow.web.api.schemas import (
    READING,
    WRITING,
    ActorId,
    Day,
    Limit,
    ListPage,
    Offset,
    OnDay,
    PersonId,
    PostId,
    RequestBody,
    ResponseBody,
    UnitFilter,
    UnitId,
    YesNo,
    slice_page,
)
from workflow.web.visibility.person_units import require_nameable_person, require_post_unit

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
        mine = [PostView(**{each.name: getattr(post, each.name) for each in fields(PostView)}) for post in mine]
    return slice_page("posts", mine, limit, offset)


class AddPostRequest(RequestBody):
    """The post of a village's head; its id is the village's, if no other is given."""

    unit: UnitId
    since: Day
    kind: PostKind = "village"
    id: PostId | None = None
    by: ActorId = None


class NewPostView(ResponseBody):
    """A new post."""

    id: str
    unit: str


@router.post("/posts/add", responses=WRITING, response_model=NewPostView)
def add_post(ctx: WriteContext, body: AddPostRequest) -> View:
    """Add a village's post of head (`ketnap post add`)."""
    who = authorize_register_entry(ctx, body.unit, body.by)
    post_id = posts.add_post(ctx.office, body.unit, body.since, who, kind=body.kind, post=body.id)
    return {"id": post_id, "unit": body.unit}


class HoldPostRequest(RequestBody):
    """Who holds a post from a day on; ``secretary``: and is secretary of the branch as well."""

    post: PostId
    person: PersonId
    since: Day
    secretary: YesNo = False
    by: ActorId = None


class TenureView(ResponseBody):
    """Who holds a post now."""

    id: str
    person: str
    since: date


@router.post("/posts/hold", responses=WRITING, response_model=TenureView)
def hold_post(ctx: WriteContext, body: HoldPostRequest) -> View:
    """Say who holds a post from a day on (`ketnap post hold`)."""
    who = authorize_register_entry(ctx, require_post_unit(ctx, body.post), body.by)
    require_nameable_person(ctx, body.person)
    posts.hold_post(ctx.office, body.post, body.person, body.since, who, secretary=body.secretary)
    return {"id": body.post, "person": body.person, "since": body.since}


class PostLastDayRequest(RequestBody):
    """``on``: the last day."""

    post: PostId
    on: Day
    by: ActorId = None


class EndedTenureView(ResponseBody):
    """Who has left a post, with the last day."""

    id: str
    person: str
    last: date


@router.post("/posts/leave", responses=WRITING, response_model=EndedTenureView)
def leave_post(ctx: WriteContext, body: PostLastDayRequest) -> View:
    """Say that whoever holds a post leaves it (`ketnap post leave`)."""
    who = authorize_register_entry(ctx, require_post_unit(ctx, body.post), body.by)
    whom = posts.leave_post(ctx.office, body.post, body.on, who)
    return {"id": body.post, "person": whom, "last": body.on}


@router.post("/posts/end", responses=WRITING, response_model=EndResultView)
def end_post(ctx: WriteContext, body: PostLastDayRequest) -> View:
    """End a post (`ketnap post end`)."""
    who = authorize_register_entry(ctx, require_post_unit(ctx, body.post), body.by)
    posts.end_post(ctx.office, body.post, body.on, who)
    return {"id": body.post, "last": body.on}


# --- plans -------------------------------------------------------------------------------------------------------


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


class SetPlanRequest(RequestBody):
    """What is planned for a post from a day on."""

    post: PostId
    kind: PlanKind
    on: Day
    by: ActorId = None


class SetPlanResultView(ChangeResultView):
    """What is planned now."""

    kind: str


@router.post("/plans", responses=WRITING, response_model=SetPlanResultView)
def set_post_plan(ctx: WriteContext, body: SetPlanRequest) -> View:
    """Say what is planned for a post (`ketnap plan`)."""
    who = authorize_register_entry(ctx, require_post_unit(ctx, body.post), body.by)
    new = set_plan(ctx.office, body.post, body.kind, body.on, who)
    return {"id": body.post, "kind": body.kind, "changed": new}


# --- extended meetings -------------------------------------------------------------------------------------------


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


class LogMeetingRequest(RequestBody):
    """An extended meeting of a branch, and whether its head came."""

    unit: UnitId
    on: Day
    came: YesNo
    by: ActorId = None


class LoggedMeetingView(ResponseBody):
    """A meeting that is on record."""

    unit: str
    on: date
    person: str
    came: bool


@router.post("/meetings", responses=WRITING, response_model=LoggedMeetingView)
def log_meeting(ctx: WriteContext, body: LogMeetingRequest) -> View:
    """Log an extended meeting of one's own branch, or of one below (`ketnap meeting`)."""
    edition, access = ctx.edition(), ctx.access
    actors = access.list_actors(edition, "branch", body.unit)
    if access.can_manage(body.unit) and ctx.user not in actors:
        actors = [ctx.user, *actors]
    who = choose_actor(ctx, actors, body.by)
    head = posts.log_meeting(ctx.office, body.unit, body.on, who, came=body.came)
    return {"unit": body.unit, "on": body.on, "person": head, "came": body.came}
