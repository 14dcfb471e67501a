"""Programs read and enter users with their roles."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter

from workflow.register.acts import AddGrant, AddUser, EndUser
from workflow.register.commands.users import add_grant, add_user, end_user
from workflow.register.views import users as views
from workflow.register.views.users import UserView
from workflow.web.api.authentication import ApiRoute, ReadContext
from workflow.web.api.register.act_body import post_act
from workflow.web.api.schemas import (
    READING,
    Limit,
    ListPage,
    Offset,
    OnDay,
    slice_page,
)
from workflow.web.context import RequestContext

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
    return slice_page(
        "users", [user for user in rows if user.grants or ctx.access.is_everywhere], limit, offset
    )


def _visible_grants(ctx: RequestContext, user: UserView) -> UserView:
    return replace(user, grants=[row for row in user.grants if ctx.access.can_see(row.unit.id)])


post_act(router, "/users/add", AddUser, add_user, "Add a user with a role at a unit (`ketnap user add`).")
post_act(router, "/users/grant", AddGrant, add_grant, "Give a user another role (`ketnap user grant`).")
post_act(router, "/users/end", EndUser, end_user, "End a user, or one of the roles (`ketnap user end`).")
