"""People: found, entered, said anew; what they are in the Party by a paper."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from states.vocabulary import Person
from workflow.register.commands import people
from workflow.register.commands.people import LONGEST_TEXT
from workflow.register.views.people import PersonListRow
from workflow.register.views.places import NamedRef
from workflow.web.api.authentication import (
    ApiRoute,
    ReadContext,
    WriteContext,
    authorize_register_entry,
    require_above_branches,
)
from workflow.web.api.register.units import ChangeResultView
from workflow.web.api.schemas import (
    ONE_LINE,
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
    ShortText,
    YesNo,
    slice_page,
)
from workflow.web.visibility.people import search_visible_people
from workflow.web.visibility.person_units import find_keeper_unit

View = dict[str, Any]
MembershipStatus = Literal["none", "probationary", "member"]

router = APIRouter(route_class=ApiRoute, tags=["people"])

PersonText = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=ONE_LINE)]


class PersonListPage(ListPage):
    """A page of people, in the order of Vietnamese lists."""

    people: list[PersonListRow]


@router.get("/people", responses=READING, response_model=PersonListPage)
def list_people(
    ctx: ReadContext,
    q: Annotated[
        str,
        Query(max_length=200, pattern=ONE_LINE, description="Name, village, commune; marks or not. Or an id."),
    ] = "",
    on: OnDay = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> View:
    """People of this user's units whom a query finds; an empty one finds all (`ketnap people`)."""
    ctx.log_access("person")
    return slice_page("people", search_visible_people(ctx, q, on), limit, offset)


class PersonDetails(RequestBody):
    """All that is kept of a person. What is null is forgotten."""

    born: Day | None = None
    sex: Literal["male", "female"] | None = None
    occupation: PersonText | None = None
    home: PersonText | None = None
    education_met: YesNo | None = None
    contact: PersonText | None = None
    official_since: Day | None = None
    together_since: Day | None = None
    posts: PersonText | None = None
    by: ActorId = None


class AddPersonRequest(PersonDetails):
    """Somebody new."""

    name: ShortText


@router.post("/people/add", responses=WRITING, response_model=NamedRef)
def add_person(ctx: WriteContext, body: AddPersonRequest) -> View:
    """Enter somebody; from the commune upward (`ketnap people add`)."""
    require_above_branches(ctx)
    who = authorize_register_entry(ctx, next(iter(ctx.access.roles_by_unit), None), body.by)
    id_ = people.add_person(ctx.office, Person("", **body.model_dump(exclude={"by"})), who)
    return {"id": id_, "name": body.name}


class SetPersonRequest(PersonDetails):
    """What is said anew of somebody; what is left out stays."""

    person: PersonId
    name: ShortText | None = None


@router.post("/people/set", responses=WRITING, response_model=ChangeResultView)
def set_person(ctx: WriteContext, body: SetPersonRequest) -> View:
    """Say anew what is kept of somebody (`ketnap people set`)."""
    who = authorize_register_entry(ctx, find_keeper_unit(ctx, body.person), body.by)
    values = body.model_dump(include=body.model_fields_set - {"by", "person"})
    return {"id": body.person, "changed": people.set_person(ctx.office, body.person, values, who)}


class SetMembershipRequest(RequestBody):
    """What somebody is in the Party from a day on."""

    person: PersonId
    status: MembershipStatus
    since: Day
    by: ActorId = None


class MembershipView(ResponseBody):
    """What somebody is in the Party now."""

    id: str
    membership: str
    since: date


@router.post("/people/membership", responses=WRITING, response_model=MembershipView)
def set_membership(ctx: WriteContext, body: SetMembershipRequest) -> View:
    """Say what somebody is in the Party by a paper, not by a case (`ketnap people membership`)."""
    who = authorize_register_entry(ctx, find_keeper_unit(ctx, body.person), body.by)
    people.set_membership(ctx.office, body.person, body.status, body.since, who)
    return {"id": body.person, "membership": body.status, "since": body.since}
