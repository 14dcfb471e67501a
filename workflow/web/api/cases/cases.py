"""Cases: who is where, one of them whole, its history; opening one, and taking one over from paper."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from workflow.board import standing
from workflow.cases.commands.open import adopt, open_case
from workflow.cases.views.case_list import case_list
from workflow.cases.views.case_view import history
from workflow.reminders.history import case_report, snoozed_of
from workflow.web.api.authentication import Here, Route, Writing, registering, seen_unit
from workflow.web.api.board.schemas import Overdue
from workflow.web.api.cases.action_values import Values
from workflow.web.api.cases.schemas import Case, Cases, CaseWhole, History
from workflow.web.api.schemas import (
    NAME,
    READING,
    WRITING,
    By,
    CaseId,
    Day,
    InUnit,
    Known,
    Limit,
    Name,
    Offset,
    On,
    PersonId,
    Sent,
    UnitId,
    paged,
)
from workflow.web.context import Visit
from workflow.web.pages.cases.case_page import seen_case
from workflow.web.visibility.person_units import known_to, unit_of_head

View = dict[str, Any]

Sort = Literal["late", "age", "opened", "step", "place"]

router = APIRouter(route_class=Route, tags=["cases"])


@router.get("/cases", responses=READING, response_model=Cases)
def list_(  # noqa: PLR0913, PLR0917 - a list has as many filters as the board has numbers
    here: Here,
    unit: InUnit = None,
    pipeline: Annotated[str | None, Query(pattern=NAME, description="Only this way: admission, readmission.")] = None,
    state: Annotated[str | None, Query(pattern=NAME, description="Only at this step; an end of the way too.")] = None,
    turn: Annotated[str | None, Query(pattern=NAME, description="Only where it is this organ's turn.")] = None,
    late: Annotated[
        Literal["legal", "house", "any"] | None, Query(description="Only past a deadline of this kind.")
    ] = None,
    overdue: Annotated[Overdue | None, Query(description="Only past it for so long.")] = None,
    on: On = None,
    as_known_on: Known = None,
    sort: Annotated[
        Sort, Query(description="Longest late first, longest without a move first, first opened, step, place.")
    ] = "late",
    limit: Limit = 50,
    offset: Offset = 0,
) -> View:
    """Open cases of this user's units (`ketnap cases`); closed ones where `state` is an end of the way.

    Every number of the board is the `total` of this list with the same filters.
    """
    at = seen_unit(here, unit)
    here.looked("cases")
    if state is not None and _is_end(here, state) and {pipeline, turn, late, overdue, on, as_known_on} == {None}:
        return paged("cases", _closed(here, state, at), limit, offset)
    found = standing(
        here.office, here.speaks, scope=here.access.scope, sort=sort, limit=limit, offset=offset,
        unit=at, pipeline=pipeline, state=state, turn=turn, late=late, overdue=overdue, on=on,
        as_known_on=as_known_on,
    )  # fmt: skip
    rows = [{**row, "above": _above(here, row["unit"]["id"]), "closed_on": None} for row in found["rows"]]
    return {"cases": rows, "total": found["total"], "limit": limit, "offset": offset}


def _above(here: Visit, unit: str) -> list[View]:
    return [{"id": one.id, "name": one.name} for one in here.tree.above(unit, here.today)[1:]]


def _is_end(here: Visit, state: str) -> bool:
    book = here.office.rulebook
    editions = (book.edition(pipeline, name) for pipeline in book.pipelines for name in book.editions(pipeline))
    return any(state in edition.states and edition.states[state].end for edition in editions)


def _closed(here: Visit, state: str, unit: str | None) -> list[View]:
    """Cases at an end of the way, of the units that the reader sees."""
    places = [None] if here.access.is_everywhere and unit is None else [unit] if unit else sorted(here.access.places)
    found: dict[str, View] = {}
    for place in places:
        found |= {row["case"]: row for row in case_list(here.office, here.speaks, unit=place, state=state)}
    return list(found.values())


@router.get("/cases/{case}", responses=READING, response_model=CaseWhole)
def one(here: Here, case: CaseId) -> View:
    """One case with its history: where it stands, what may be done next and what is missing (`ketnap case`)."""
    held = seen_case(here, case)
    view = case_report(here.office, held.id, here.speaks)
    view["history"] = history(here.office, held.id, here.speaks)
    view["snoozed"] = snoozed_of(here.office, held.id, here.speaks)
    return view


@router.get("/cases/{case}/history", responses=READING, response_model=History)
def history_(here: Here, case: CaseId) -> View:
    """Every act of a case, oldest first, its values and words readable."""
    held = seen_case(here, case)
    return {"history": history(here.office, held.id, here.speaks)}


class Opening(Sent):
    """Whose case begins, on which day. ``unit``: where it stands, for who heads no village."""

    person: PersonId
    on: Day
    unit: UnitId | None = None
    pipeline: Name = "admission"
    by: By = None


@router.post("/cases", responses=WRITING, response_model=Case)
def open_(here: Writing, asked: Opening) -> View:
    """Open a case for a head (`ketnap open`)."""
    known_to(here, asked.person)
    unit = asked.unit or unit_of_head(here, asked.person, asked.on)
    who = registering(here, unit, asked.by)
    case = open_case(here.office, asked.person, asked.on, who, pipeline=asked.pipeline, unit=asked.unit)
    return case_report(here.office, case, here.speaks)


class Adopting(Opening):
    """A case that has come half-way on paper: at which step it stands, and what its papers say."""

    state: Name
    values: Values = Field(default_factory=dict)


@router.post("/adopt", responses=WRITING, response_model=Case)
def adopt_(here: Writing, asked: Adopting) -> View:
    """Take over a case from paper: its days and facts are recorded as stated, not judged (`ketnap adopt`)."""
    known_to(here, asked.person)
    unit = asked.unit or unit_of_head(here, asked.person, asked.on)
    who = registering(here, unit, asked.by)
    case = adopt(
        here.office, asked.person, asked.state, asked.on, who, asked.values,
        pipeline=asked.pipeline, unit=asked.unit,
    )  # fmt: skip
    return case_report(here.office, case, here.speaks)
