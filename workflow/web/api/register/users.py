"""Users: those who act, with the roles that they hold at units."""

from datetime import date
from typing import Any, Self

from fastapi import APIRouter
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from states.vocabulary import Person
from workflow import register
from workflow.web.api.authentication import Here, Route, Writing, registering
from workflow.web.api.register.units import Ended
from workflow.web.api.schemas import (
    READING,
    WRITING,
    By,
    Day,
    Limit,
    Name,
    Named,
    Offset,
    On,
    Paged,
    PersonId,
    Sent,
    Told,
    UnitId,
    UserId,
    Words,
    paged,
)
from workflow.web.context import Hidden, Visit
from workflow.web.visibility.person_units import known_to
from workflow.web.visibility.register import keeps_user

View = dict[str, Any]

router = APIRouter(route_class=Route, tags=["users"])


class Grant(Told):
    """A role held at a unit."""

    role: str
    unit: Named
    valid_from: date
    valid_to: date | None


class User(Told):
    """Somebody who acts, with their roles at units of the reader's."""

    id: str
    person: str
    name: str
    grants: list[Grant]
    valid_from: date
    valid_to: date | None


class Users(Paged):
    """A page of users by name."""

    users: list[User]


@router.get("/users", responses=READING, response_model=Users)
def list_(here: Here, on: On = None, limit: Limit = 50, offset: Offset = 0) -> View:
    """Those who act for units of this user's, and their roles there (`ketnap user list`)."""
    here.looked("person")
    rows = [_seen(here, one) for one in register.user_list(here.office, on)]
    return paged("users", [one for one in rows if one["grants"] or here.access.is_everywhere], limit, offset)


def _seen(here: Visit, user: View) -> View:
    return {**user, "grants": [one for one in user["grants"] if here.access.sees(one["unit"]["id"])]}


class Adding(Sent):
    """A new user: of somebody who is known (``person``), or of somebody new (``name``)."""

    user: UserId
    role: Name
    unit: UnitId
    since: Day
    name: Words | None = None
    person: PersonId | None = None
    by: By = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.name is None) == (self.person is None):
            raise PydanticCustomError("name_or_person", "either a name or a person")
        return self


class Added(Told):
    """A user with a role."""

    id: str
    person: str
    role: str
    unit: str


@router.post("/users/add", responses=WRITING, response_model=Added)
def add(here: Writing, asked: Adding) -> View:
    """Add a user with a role at a unit (`ketnap user add`)."""
    who = registering(here, asked.unit, asked.by)
    _gives(here, asked.role, asked.unit)
    if asked.person is not None:
        known_to(here, asked.person)
    whom = Person(asked.person or "", asked.name or "")
    person = register.add_user(here.office, asked.user, whom, asked.role, asked.unit, asked.since, who)
    return {"id": asked.user, "person": person, "role": asked.role, "unit": asked.unit}


class Granting(Sent):
    """A role at a unit, from a day on."""

    user: UserId
    role: Name
    unit: UnitId
    since: Day
    by: By = None


class Granted(Told):
    """A role that is held now."""

    id: str
    role: str
    unit: str


@router.post("/users/grant", responses=WRITING, response_model=Granted)
def grant(here: Writing, asked: Granting) -> View:
    """Give a user another role (`ketnap user grant`)."""
    who = registering(here, asked.unit, asked.by)
    _keeps(here, asked.user)
    _gives(here, asked.role, asked.unit)
    register.add_grant(here.office, asked.user, asked.role, asked.unit, asked.since, who)
    return {"id": asked.user, "role": asked.role, "unit": asked.unit}


class EndingUser(Sent):
    """``on``: the last day, for all their roles; with a role and a unit, for that one."""

    user: UserId
    on: Day
    role: Name | None = None
    unit: UnitId | None = None
    by: By = None

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.role is None) != (self.unit is None):
            raise PydanticCustomError("role_and_unit", "a role goes with its unit")
        return self


@router.post("/users/end", responses=WRITING, response_model=Ended)
def end(here: Writing, asked: EndingUser) -> View:
    """End a user, or one of the roles (`ketnap user end`)."""
    _keeps(here, asked.user)
    if asked.role is not None and asked.unit is not None:
        _gives(here, asked.role, asked.unit)
        who = registering(here, asked.unit, asked.by)
        register.end_grant(here.office, asked.user, asked.role, asked.unit, asked.on, who)
    else:
        who = registering(here, next(iter(here.access.places), None), asked.by)
        register.end_user(here.office, asked.user, asked.on, who)
    return {"id": asked.user, "last": asked.on}


def _keeps(here: Visit, user: str) -> None:
    """Raises `Hidden` for a user whose roles are not this one's to keep: an equal, somebody from elsewhere."""
    if not keeps_user(here, user):
        raise Hidden


def _gives(here: Visit, role: str, unit: str) -> None:
    """Raises `Hidden` for a role that is not this user's to give."""
    if not here.access.gives(role, unit):
        raise Hidden
