"""Programs find people and enter what is kept of them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from workflow.cases.commands.people_facts import change_person, set_membership, set_together
from workflow.register.acts import AddPerson, ChangePerson, SetMembership, SetTogether
from workflow.register.commands.people import add_person
from workflow.register.views.people import PersonListRow
from workflow.web.api.authentication import (
    ApiRoute,
    ReadContext,
)
from workflow.web.api.register.act_body import post_act
from workflow.web.api.schemas import (
    ONE_LINE,
    READING,
    Limit,
    ListPage,
    Offset,
    OnDay,
    slice_page,
)
from workflow.web.visibility.people import search_visible_people

View = dict[str, Any]

router = APIRouter(route_class=ApiRoute, tags=["people"])


class PersonListPage(ListPage):
    """A page of people, in the order of Vietnamese lists."""

    people: list[PersonListRow]


@router.get("/people", responses=READING, response_model=PersonListPage)
def list_people(
    ctx: ReadContext,
    q: Annotated[
        str,
        Query(
            max_length=200, pattern=ONE_LINE, description="Name, village, commune; marks or not. Or an id."
        ),
    ] = "",
    on: OnDay = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> View:
    """People of this user's units whom a query finds; an empty one finds all (`ketnap people`)."""
    ctx.log_access("person")
    return slice_page("people", search_visible_people(ctx, q, on), limit, offset)


post_act(
    router,
    "/people/add",
    AddPerson,
    add_person,
    "Enter somebody; from the commune upward (`ketnap people add`).",
)
post_act(
    router,
    "/people/set",
    ChangePerson,
    change_person,
    "Say anew what is kept of somebody (`ketnap people set`).",
)
post_act(
    router,
    "/people/together",
    SetTogether,
    set_together,
    "Say since when a sponsor or helper has been together with a candidate (`ketnap people together`).",
)
post_act(
    router,
    "/people/membership",
    SetMembership,
    set_membership,
    "Say what somebody is in the Party by a paper, not by a case (`ketnap people membership`).",
)
