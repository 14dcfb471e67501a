"""Endpoints that list, show, open and adopt cases."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from workflow.board.case_list import CaseSort, list_cases_by_urgency, list_open_cases
from workflow.board.queries.case_queries import Overdue
from workflow.board.snapshot.snapshot import BoardFilter
from workflow.cases.commands.open import adopt_case, open_case
from workflow.cases.views.history import HistoryView, load_history
from workflow.reminders.history import CaseReport, FullCaseView, load_case_report, load_full_case
from workflow.web.api.authentication import (
    ApiRoute,
    ReadContext,
    WriteContext,
    require_unit_filter,
)
from workflow.web.api.board.board import open_board
from workflow.web.api.cases.action_values import ActionValues
from workflow.web.api.cases.schemas import CaseListPage
from workflow.web.api.schemas import (
    NAME,
    READING,
    WRITING,
    ActorId,
    AsKnownOn,
    CaseId,
    Day,
    Limit,
    Offset,
    OnDay,
    PersonId,
    RequestBody,
    RuleName,
    UnitFilter,
    UnitId,
)
from workflow.web.pages.cases.case_page import require_case
from workflow.web.visibility.actors import authorize_register_entry
from workflow.web.visibility.person_units import find_headed_unit, require_nameable_person

View = dict[str, Any]

router = APIRouter(route_class=ApiRoute, tags=["cases"])


@router.get("/cases", responses=READING)
def query_cases(  # noqa: PLR0913, PLR0917 - a list has as many filters as the board has numbers
    ctx: ReadContext,
    unit: UnitFilter = None,
    pipeline: Annotated[
        str | None, Query(pattern=NAME, description="Only this way: admission, readmission.")
    ] = None,
    state: Annotated[
        str | None, Query(pattern=NAME, description="Only at this step; an end of the way too.")
    ] = None,
    turn: Annotated[
        str | None, Query(pattern=NAME, description="Only where it is this organ's turn.")
    ] = None,
    late: Annotated[
        Literal["legal", "house", "any"] | None, Query(description="Only past a deadline of this kind.")
    ] = None,
    overdue: Annotated[Overdue | None, Query(description="Only past it for so long.")] = None,
    flagged: Annotated[  # noqa: FBT002 - a query parameter
        bool, Query(description="Only with a flag that a correction left and nobody settled; ended ones too.")
    ] = False,
    on: OnDay = None,
    as_known_on: AsKnownOn = None,
    sort: Annotated[
        CaseSort,
        Query(description="Longest late first, longest without a move first, first opened, step, place."),
    ] = "late",
    limit: Limit = 50,
    offset: Offset = 0,
) -> CaseListPage:
    """Open cases of this user's units (`ketnap cases`); closed ones where `state` is an end of the way.

    Every number of the board is the `total` of this list with the same filters.
    """
    at = require_unit_filter(ctx, unit)
    ctx.log_access("cases")
    with open_board(ctx, on, as_known_on) as snapshot:
        is_narrowed = flagged or {pipeline, turn, late, overdue, on, as_known_on} != {None}
        if state is not None and snapshot.steps.is_end(state) and not is_narrowed:
            ended = list_cases_by_urgency(snapshot, ctx.speaks, unit=at, state=state)
            return CaseListPage(cases=ended[offset:][:limit], total=len(ended), limit=limit, offset=offset)
        wanted = BoardFilter(at, pipeline, state, turn, late, overdue, flagged)
        listing = list_open_cases(snapshot, ctx.speaks, wanted, sort=sort, limit=limit, offset=offset)
    return CaseListPage(cases=listing.rows, total=listing.total, limit=limit, offset=offset)


@router.get("/cases/{case}", responses=READING)
def get_case(ctx: ReadContext, case: CaseId) -> FullCaseView:
    """One case with its history: where it stands, what may be done next and what is missing (`ketnap
    case`).
    """
    case_ref = require_case(ctx, case)
    return load_full_case(ctx.office, case_ref.id, ctx.speaks)


@router.get("/cases/{case}/history", responses=READING)
def get_case_history(ctx: ReadContext, case: CaseId) -> HistoryView:
    """Every act of a case, oldest first, its values and words readable."""
    case_ref = require_case(ctx, case)
    return HistoryView(history=load_history(ctx.office, case_ref.id, ctx.speaks))


class OpenCaseRequest(RequestBody):
    """Whose case begins, on which day. ``unit``: where it stands, for who heads no village."""

    person: PersonId
    on: Day
    unit: UnitId | None = None
    pipeline: RuleName = "admission"
    by: ActorId = None


@router.post("/cases", responses=WRITING)
def create_case(ctx: WriteContext, body: OpenCaseRequest) -> CaseReport:
    """Open a case for a head (`ketnap open`)."""
    require_nameable_person(ctx, body.person)
    unit = body.unit or find_headed_unit(ctx, body.person, body.on)
    who = authorize_register_entry(ctx, unit, body.by)
    case = open_case(ctx.office, body.person, body.on, who, pipeline=body.pipeline, unit=body.unit)
    return load_case_report(ctx.office, case, ctx.speaks)


class AdoptCaseRequest(OpenCaseRequest):
    """A case that has come half-way on paper: at which step it stands, and what its papers say."""

    state: RuleName
    values: ActionValues = Field(default_factory=dict)


@router.post("/adopt", responses=WRITING)
def adopt_paper_case(ctx: WriteContext, body: AdoptCaseRequest) -> CaseReport:
    """Take over a case from paper: its days and facts are recorded as stated, not judged (`ketnap adopt`)."""
    require_nameable_person(ctx, body.person)
    unit = body.unit or find_headed_unit(ctx, body.person, body.on)
    who = authorize_register_entry(ctx, unit, body.by)
    case = adopt_case(
        ctx.office,
        body.person,
        body.state,
        body.on,
        who,
        body.values,
        pipeline=body.pipeline,
        unit=body.unit,
    )
    return load_case_report(ctx.office, case, ctx.speaks)
