"""People: found, entered, said anew; what they are in the Party by a paper."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from states.vocabulary import Person
from workflow import register
from workflow.register.people import LONGEST_TEXT
from workflow.web.api.authentication import Here, Route, Writing, above_branches, registering
from workflow.web.api.register.units import Changed
from workflow.web.api.schemas import (
    ONE_LINE,
    READING,
    WRITING,
    By,
    Day,
    Limit,
    Named,
    Offset,
    On,
    Paged,
    PersonId,
    Place,
    Sent,
    Told,
    Words,
    YesNo,
    paged,
)
from workflow.web.visibility.person_units import kept_by

View = dict[str, Any]
Membership = Literal["none", "probationary", "member"]

router = APIRouter(route_class=Route, tags=["people"])

Line = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=ONE_LINE)]


class Found(Place):
    """Somebody, with the post held, the user that they are, and the open case."""

    id: str
    name: str
    born: date | None
    membership: str
    post: str | None
    secretary: bool
    user: str | None
    case: str | None


class People(Paged):
    """A page of people, in the order of Vietnamese lists."""

    people: list[Found]


@router.get("/people", responses=READING, response_model=People)
def list_(
    here: Here,
    q: Annotated[
        str,
        Query(max_length=200, pattern=ONE_LINE, description="Name, village, commune; marks or not. Or an id."),
    ] = "",
    on: On = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> View:
    """People of this user's units whom a query finds; an empty one finds all (`ketnap people`)."""
    here.looked("person")
    rows = register.people_found(here.office, q, on)
    mine = [one for one in rows if here.access.sees(one["unit"]["id"] if one["unit"] else None)]
    return paged("people", mine, limit, offset)


class Kept(Sent):
    """All that is kept of a person. What is null is forgotten."""

    born: Day | None = None
    sex: Literal["male", "female"] | None = None
    occupation: Line | None = None
    home: Line | None = None
    education_met: YesNo | None = None
    contact: Line | None = None
    official_since: Day | None = None
    together_since: Day | None = None
    posts: Line | None = None
    by: By = None


class Adding(Kept):
    """Somebody new."""

    name: Words


@router.post("/people/add", responses=WRITING, response_model=Named)
def add(here: Writing, asked: Adding) -> View:
    """Enter somebody; from the commune upward (`ketnap people add`)."""
    above_branches(here)
    who = registering(here, next(iter(here.access.places), None), asked.by)
    id_ = register.add_person(here.office, Person("", **asked.model_dump(exclude={"by"})), who)
    return {"id": id_, "name": asked.name}


class Setting(Kept):
    """What is said anew of somebody; what is left out stays."""

    person: PersonId
    name: Words | None = None


@router.post("/people/set", responses=WRITING, response_model=Changed)
def set_(here: Writing, asked: Setting) -> View:
    """Say anew what is kept of somebody (`ketnap people set`)."""
    who = registering(here, kept_by(here, asked.person), asked.by)
    values = asked.model_dump(include=asked.model_fields_set - {"by", "person"})
    return {"id": asked.person, "changed": register.set_person(here.office, asked.person, values, who)}


class Becoming(Sent):
    """What somebody is in the Party from a day on."""

    person: PersonId
    status: Membership
    since: Day
    by: By = None


class Became(Told):
    """What somebody is in the Party now."""

    id: str
    membership: str
    since: date


@router.post("/people/membership", responses=WRITING, response_model=Became)
def membership(here: Writing, asked: Becoming) -> View:
    """Say what somebody is in the Party by a paper, not by a case (`ketnap people membership`)."""
    who = registering(here, kept_by(here, asked.person), asked.by)
    register.set_membership(here.office, asked.person, asked.status, asked.since, who)
    return {"id": asked.person, "membership": asked.status, "since": asked.since}
