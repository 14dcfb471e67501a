"""Units: what there is of villages, communes and above; adding, changing, ending them; terms of committees."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from workflow import register
from workflow.web.api.authentication import Here, Route, Writing, registering, seen_unit
from workflow.web.api.schemas import (
    READING,
    WRITING,
    By,
    Day,
    InUnit,
    Limit,
    Name,
    Named,
    Offset,
    On,
    Paged,
    Sent,
    Told,
    UnitId,
    Words,
    YesNo,
    paged,
)
from workflow.web.context import Hidden, Visit

View = dict[str, Any]

router = APIRouter(route_class=Route, tags=["units"])

Organs = Annotated[list[Name], Field(max_length=20)]


class Unit(Told):
    """A unit as it is on a day; ``depth``: how far below the top."""

    id: str
    name: str
    level: str
    parent: str | None
    depth: int
    organs: list[str]
    authorised: bool
    valid_from: date
    valid_to: date | None
    successor: str | None


class Units(Paged):
    """A page of units, each above those below it."""

    units: list[Unit]


@router.get("/units", responses=READING, response_model=Units)
def list_(here: Here, unit: InUnit = None, on: On = None, limit: Limit = 500, offset: Offset = 0) -> View:
    """The units of this user, from the top down (`ketnap unit list`)."""
    rows = register.unit_list(here.office, on, unit=seen_unit(here, unit))
    return paged("units", [one for one in rows if here.access.sees(one["id"])], limit, offset)


class Adding(Sent):
    """A new unit. ``organs``: left out, those that the rules give every unit of its level."""

    name: Words
    level: Name
    since: Day
    parent: UnitId | None = None
    id: UnitId | None = None
    organs: Organs | None = None
    authorised: YesNo = False
    by: By = None


@router.post("/units/add", responses=WRITING, response_model=Named)
def add(here: Writing, asked: Adding) -> View:
    """Add a unit below one's own (`ketnap unit add`)."""
    who = registering(here, asked.parent, asked.by)
    made = register.add_unit(
        here.office, asked.name, asked.level, asked.since, who,
        unit=asked.id, parent=asked.parent, organs=asked.organs, authorised=asked.authorised,
    )  # fmt: skip
    return {"id": made, "name": asked.name}


class Changing(Sent):
    """What is another from a day on; what is left out stays. ``parent``: "" for none."""

    unit: UnitId
    since: Day
    name: Words | None = None
    level: Name | None = None
    parent: UnitId | None = None
    organs: Organs | None = None
    authorised: YesNo | None = None
    by: By = None


class Changed(Told):
    """Whether anything was another than before."""

    id: str
    changed: bool


@router.post("/units/change", responses=WRITING, response_model=Changed)
def change(here: Writing, asked: Changing) -> View:
    """Change a unit below one's own from a day on (`ketnap unit change`)."""
    who = registering(here, _over(here, asked.unit), asked.by)
    if asked.parent is not None:
        registering(here, asked.parent)
    new = register.change_unit(
        here.office, asked.unit, asked.since, who, name=asked.name, level=asked.level, parent=asked.parent,
        organs=asked.organs, authorised=asked.authorised,
    )  # fmt: skip
    return {"id": asked.unit, "changed": new}


def _over(here: Visit, unit: str) -> str | None:
    """The unit over one: nobody has a say in what the own unit is. Raises `Hidden`."""
    row = here.tree.unit(unit, here.today)
    if row is None:
        raise Hidden
    return row.parent


class Ending(Sent):
    """``on``: the last day; ``successor``: the unit that takes its place."""

    unit: UnitId
    on: Day
    successor: UnitId | None = None
    by: By = None


class Ended(Told):
    """Something ended, with its last day."""

    id: str
    last: date


@router.post("/units/end", responses=WRITING, response_model=Ended)
def end(here: Writing, asked: Ending) -> View:
    """End a unit below one's own (`ketnap unit end`)."""
    who = registering(here, _over(here, asked.unit), asked.by)
    if asked.successor is not None:
        registering(here, asked.successor)
    register.end_unit(here.office, asked.unit, asked.on, who, successor=asked.successor)
    return {"id": asked.unit, "last": asked.on}


# --- terms -------------------------------------------------------------------------------------------------------


class Term(Told):
    """A committee's term."""

    unit: Named
    from_: Annotated[date, Field(alias="from")]
    to: date | None


class Terms(Paged):
    """A page of terms, newest first."""

    terms: list[Term]


@router.get("/terms", responses=READING, response_model=Terms)
def terms(here: Here, limit: Limit = 50, offset: Offset = 0) -> View:
    """The terms that committees began, newest first (`ketnap term`)."""
    rows = [one for one in register.term_list(here.office) if here.access.sees(one["unit"]["id"])]
    return paged("terms", rows, limit, offset)


class Beginning(Sent):
    """The first day of a new term."""

    unit: UnitId
    on: Day
    by: By = None


class Began(Told):
    """A term that began."""

    unit: str
    from_: Annotated[date, Field(alias="from")]


@router.post("/terms", responses=WRITING, response_model=Began)
def begin(here: Writing, asked: Beginning) -> View:
    """Say that a new term of a committee began (`ketnap term`)."""
    who = registering(here, asked.unit, asked.by)
    register.begin_term(here.office, asked.unit, asked.on, who)
    return {"unit": asked.unit, "from": asked.on}
