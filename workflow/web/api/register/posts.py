"""Posts of heads, plans for them, and the extended meetings that heads are invited to."""

from datetime import date
from typing import Any, Literal

from fastapi import APIRouter

from workflow import register
from workflow.web.api.authentication import (
    Here,
    Route,
    Writing,
    above_branches,
    acting,
    registering,
    seen_unit,
)
from workflow.web.api.register.units import Changed, Ended
from workflow.web.api.schemas import (
    READING,
    WRITING,
    By,
    Day,
    InUnit,
    Limit,
    Named,
    Offset,
    On,
    Paged,
    PersonId,
    Place,
    PostId,
    Sent,
    Told,
    UnitId,
    YesNo,
    paged,
)
from workflow.web.visibility.person_units import known_to, unit_of_post

View = dict[str, Any]
Kind = Literal["village", "residential_group"]
Planned = Literal["admit", "replace", "combine", "not_now"]

router = APIRouter(route_class=Route, tags=["posts"])


class Head(Named):
    """Who holds a post, and what they are in the Party."""

    membership: str


class Post(Place):
    """A post. Plans for it are told from the commune upward only: elsewhere the two keys are left out."""

    id: str
    kind: str
    holder: Head | None
    since: date | None
    secretary: bool
    plan: str | None = None
    plan_since: date | None = None
    valid_from: date
    valid_to: date | None


class Posts(Paged):
    """A page of posts by place."""

    posts: list[Post]


@router.get("/posts", responses=READING, response_model=Posts, response_model_exclude_unset=True)
def list_(here: Here, unit: InUnit = None, on: On = None, limit: Limit = 50, offset: Offset = 0) -> View:
    """Posts and who holds them, by place (`ketnap post list`)."""
    here.looked("heads")
    rows = register.post_list(here.office, on, unit=seen_unit(here, unit))
    mine = [one for one in rows if here.access.sees(one["unit"]["id"])]
    if not here.access.is_above_branches:
        mine = [{key: value for key, value in one.items() if not key.startswith("plan")} for one in mine]
    return paged("posts", mine, limit, offset)


class Adding(Sent):
    """The post of a village's head; its id is the village's, if no other is given."""

    unit: UnitId
    since: Day
    kind: Kind = "village"
    id: PostId | None = None
    by: By = None


class Added(Told):
    """A new post."""

    id: str
    unit: str


@router.post("/posts/add", responses=WRITING, response_model=Added)
def add(here: Writing, asked: Adding) -> View:
    """Add a village's post of head (`ketnap post add`)."""
    who = registering(here, asked.unit, asked.by)
    made = register.add_post(here.office, asked.unit, asked.since, who, kind=asked.kind, post=asked.id)
    return {"id": made, "unit": asked.unit}


class Holding(Sent):
    """Who holds a post from a day on; ``secretary``: and is secretary of the branch as well."""

    post: PostId
    person: PersonId
    since: Day
    secretary: YesNo = False
    by: By = None


class Held(Told):
    """Who holds a post now."""

    id: str
    person: str
    since: date


@router.post("/posts/hold", responses=WRITING, response_model=Held)
def hold(here: Writing, asked: Holding) -> View:
    """Say who holds a post from a day on (`ketnap post hold`)."""
    who = registering(here, unit_of_post(here, asked.post), asked.by)
    known_to(here, asked.person)
    register.hold_post(here.office, asked.post, asked.person, asked.since, who, secretary=asked.secretary)
    return {"id": asked.post, "person": asked.person, "since": asked.since}


class Leaving(Sent):
    """``on``: the last day."""

    post: PostId
    on: Day
    by: By = None


class Left(Told):
    """Who has left a post, with the last day."""

    id: str
    person: str
    last: date


@router.post("/posts/leave", responses=WRITING, response_model=Left)
def leave(here: Writing, asked: Leaving) -> View:
    """Say that whoever holds a post leaves it (`ketnap post leave`)."""
    who = registering(here, unit_of_post(here, asked.post), asked.by)
    whom = register.leave_post(here.office, asked.post, asked.on, who)
    return {"id": asked.post, "person": whom, "last": asked.on}


@router.post("/posts/end", responses=WRITING, response_model=Ended)
def end(here: Writing, asked: Leaving) -> View:
    """End a post (`ketnap post end`)."""
    who = registering(here, unit_of_post(here, asked.post), asked.by)
    register.end_post(here.office, asked.post, asked.on, who)
    return {"id": asked.post, "last": asked.on}


# --- plans -------------------------------------------------------------------------------------------------------


class Plan(Place):
    """What is planned for a post."""

    post: str
    kind: str
    since: date
    holder: Head | None


class Plans(Paged):
    """A page of plans by place."""

    plans: list[Plan]


@router.get("/plans", responses=READING, response_model=Plans)
def plans(here: Here, unit: InUnit = None, on: On = None, limit: Limit = 50, offset: Offset = 0) -> View:
    """What is planned for posts; told from the commune upward (`ketnap plan`)."""
    above_branches(here)
    here.looked("heads")
    rows = register.plan_list(here.office, on, unit=seen_unit(here, unit))
    return paged("plans", [one for one in rows if here.access.sees(one["unit"]["id"])], limit, offset)


class Planning(Sent):
    """What is planned for a post from a day on."""

    post: PostId
    kind: Planned
    on: Day
    by: By = None


class PlanMade(Changed):
    """What is planned now."""

    kind: str


@router.post("/plans", responses=WRITING, response_model=PlanMade)
def plan(here: Writing, asked: Planning) -> View:
    """Say what is planned for a post (`ketnap plan`)."""
    who = registering(here, unit_of_post(here, asked.post), asked.by)
    new = register.plan_for(here.office, asked.post, asked.kind, asked.on, who)
    return {"id": asked.post, "kind": asked.kind, "changed": new}


# --- extended meetings -------------------------------------------------------------------------------------------


class Meeting(Place):
    """An extended meeting, and whether the head came."""

    on: date
    person: Named
    came: bool


class Meetings(Paged):
    """A page of meetings, newest first."""

    meetings: list[Meeting]


@router.get("/meetings", responses=READING, response_model=Meetings)
def meetings(here: Here, unit: InUnit = None, on: On = None, limit: Limit = 50, offset: Offset = 0) -> View:
    """Extended meetings until a day, newest first (`ketnap meeting`)."""
    here.looked("person")
    rows = register.meeting_list(here.office, on, unit=seen_unit(here, unit))
    return paged("meetings", [one for one in rows if here.access.sees(one["unit"]["id"])], limit, offset)


class Logging(Sent):
    """An extended meeting of a branch, and whether its head came."""

    unit: UnitId
    on: Day
    came: YesNo
    by: By = None


class Logged(Told):
    """A meeting that is on record."""

    unit: str
    on: date
    person: str
    came: bool


@router.post("/meetings", responses=WRITING, response_model=Logged)
def meeting(here: Writing, asked: Logging) -> View:
    """Log an extended meeting of one's own branch, or of one below (`ketnap meeting`)."""
    edition, access = here.edition(), here.access
    actors = access.actors(edition, "branch", asked.unit)
    if access.directs(asked.unit) and here.user not in actors:
        actors = [here.user, *actors]
    who = acting(here, actors, asked.by)
    head = register.log_meeting(here.office, asked.unit, asked.on, who, came=asked.came)
    return {"unit": asked.unit, "on": asked.on, "person": head, "came": asked.came}
