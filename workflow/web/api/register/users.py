"""Users: those who act, with the roles that they hold at units."""

from dataclasses import replace
from typing import Any, Self

from fastapi import APIRouter
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from states.vocabulary import Person
from workflow.register.commands import users
from workflow.register.commands.users import add_grant, end_grant
from workflow.register.views import users as views
from workflow.register.views.users import UserView
from workflow.web.api.authentication import ApiRoute, ReadContext, WriteContext, authorize_register_entry
from workflow.web.api.register.units import EndResultView
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
    RequestBody,
    ResponseBody,
    RuleName,
    ShortText,
    UnitId,
    UserId,
    slice_page,
)
from workflow.web.context import Hidden, RequestContext
from workflow.web.visibility.person_units import require_nameable_person
from workflow.web.visibility.users import may_keep_user

View = dict[str, Any]

router = APIRouter(route_class=ApiRoute, tags=["users"])


class UserListPage(ListPage):
    """A page of users by name."""

    users: list[UserView]


@router.get("/users", responses=READING, response_model=UserListPage)
def list_users(ctx: ReadContext, on: OnDay = None, limit: Limit = 50, offset: Offset = 0) -> View:
    """Those who act for units of this user's, and their roles there (`ketnap user list`)."""
    ctx.log_access("person")
    rows = [_visible_grants(ctx, user) for user in views.list_users(ctx.office, on)]
    return slice_page("users", [user for user in rows if user.grants or ctx.access.is_everywhere], limit, offset)


def _visible_grants(ctx: RequestContext, user: UserView) -> UserView:
    return replace(user, grants=[row for row in user.grants if ctx.access.can_see(row.unit.id)])


class AddUserRequest(RequestBody):
    """A new user: of somebody who is known (``person``), or of somebody new (``name``)."""

    user: UserId
    role: RuleName
    unit: UnitId
    since: Day
    name: ShortText | None = None
    person: PersonId | None = None
    by: ActorId = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.name is None) == (self.person is None):
            raise PydanticCustomError("name_or_person", "either a name or a person")
        return self


class NewUserView(ResponseBody):
    """A user with a role."""

    id: str
    person: str
    role: str
    unit: str


@router.post("/users/add", responses=WRITING, response_model=NewUserView)
def add_user(ctx: WriteContext, body: AddUserRequest) -> View:
    """Add a user with a role at a unit (`ketnap user add`)."""
    who = authorize_register_entry(ctx, body.unit, body.by)
    _require_may_give(ctx, body.role, body.unit)
    if body.person is not None:
        require_nameable_person(ctx, body.person)
    whom = Person(body.person or "", body.name or "")
    person = users.add_user(ctx.office, body.user, whom, body.role, body.unit, body.since, who)
    return {"id": body.user, "person": person, "role": body.role, "unit": body.unit}


class GrantRoleRequest(RequestBody):
    """A role at a unit, from a day on."""

    user: UserId
    role: RuleName
    unit: UnitId
    since: Day
    by: ActorId = None


class GrantResultView(ResponseBody):
    """A role that is held now."""

    id: str
    role: str
    unit: str


@router.post("/users/grant", responses=WRITING, response_model=GrantResultView)
def grant_role(ctx: WriteContext, body: GrantRoleRequest) -> View:
    """Give a user another role (`ketnap user grant`)."""
    who = authorize_register_entry(ctx, body.unit, body.by)
    _require_may_keep(ctx, body.user)
    _require_may_give(ctx, body.role, body.unit)
    add_grant(ctx.office, body.user, body.role, body.unit, body.since, who)
    return {"id": body.user, "role": body.role, "unit": body.unit}


class EndUserRequest(RequestBody):
    """``on``: the last day, for all their roles; with a role and a unit, for that one."""

    user: UserId
    on: Day
    role: RuleName | None = None
    unit: UnitId | None = None
    by: ActorId = None

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.role is None) != (self.unit is None):
            raise PydanticCustomError("role_and_unit", "a role goes with its unit")
        return self


@router.post("/users/end", responses=WRITING, response_model=EndResultView)
def end_user(ctx: WriteContext, body: EndUserRequest) -> View:
    """End a user, or one of the roles (`ketnap user end`)."""
    _require_may_keep(ctx, body.user)
    if body.role is not None and body.unit is not None:
        _require_may_give(ctx, body.role, body.unit)
        who = authorize_register_entry(ctx, body.unit, body.by)
        end_grant(ctx.office, body.user, body.role, body.unit, body.on, who)
    else:
        who = authorize_register_entry(ctx, next(iter(ctx.access.roles_by_unit), None), body.by)
        users.end_user(ctx.office, body.user, body.on, who)
    return {"id": body.user, "last": body.on}


def _require_may_keep(ctx: RequestContext, user: str) -> None:
    """Raises `Hidden` for a user whose roles are not this one's to keep: an equal, somebody from elsewhere."""
    if not may_keep_user(ctx, user):
        raise Hidden


def _require_may_give(ctx: RequestContext, role: str, unit: str) -> None:
    """Raises `Hidden` for a role that is not this user's to give."""
    if not ctx.access.can_grant(role, unit):
        raise Hidden
