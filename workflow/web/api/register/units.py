"""Units: what there is of villages, communes and above; adding, changing, ending them; terms of committees."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from workflow.register.commands import units
from workflow.register.views import places as views
from workflow.register.views.places import NamedRef, TermView, UnitView
from workflow.web.api.authentication import (
    ApiRoute,
    ReadContext,
    WriteContext,
    authorize_register_entry,
    require_unit_filter,
)
from workflow.web.api.schemas import (
    READING,
    WRITING,
    ActorId,
    Day,
    Limit,
    ListPage,
    Offset,
    OnDay,
    RequestBody,
    ResponseBody,
    RuleName,
    ShortText,
    UnitFilter,
    UnitId,
    YesNo,
    slice_page,
)
from workflow.web.context import Hidden, RequestContext

View = dict[str, Any]

router = APIRouter(route_class=ApiRoute, tags=["units"])

OrganList = Annotated[list[RuleName], Field(max_length=20)]


class UnitListPage(ListPage):
    """A page of units, each above those below it."""

    units: list[UnitView]


@router.get("/units", responses=READING, response_model=UnitListPage)
def list_units(
    ctx: ReadContext, unit: UnitFilter = None, on: OnDay = None, limit: Limit = 500, offset: Offset = 0
) -> View:
    """The units of this user, from the top down (`ketnap unit list`)."""
    rows = views.list_units(ctx.office, on, unit=require_unit_filter(ctx, unit))
    return slice_page("units", [row for row in rows if ctx.access.can_see(row.id)], limit, offset)


class AddUnitRequest(RequestBody):
    """A new unit. ``organs``: left out, those that the rules give every unit of its level."""

    name: ShortText
    level: RuleName
    since: Day
    parent: UnitId | None = None
    id: UnitId | None = None
    organs: OrganList | None = None
    authorised: YesNo = False
    by: ActorId = None


@router.post("/units/add", responses=WRITING, response_model=NamedRef)
def add_unit(ctx: WriteContext, body: AddUnitRequest) -> View:
    """Add a unit below one's own (`ketnap unit add`)."""
    who = authorize_register_entry(ctx, body.parent, body.by)
    unit_id = units.add_unit(
        ctx.office, body.name, body.level, body.since, who,
        unit=body.id, parent=body.parent, organs=body.organs, authorised=body.authorised,
    )  # fmt: skip
    return {"id": unit_id, "name": body.name}


class ChangeUnitRequest(RequestBody):
    """What is another from a day on; what is left out stays. ``parent``: "" for none."""

    unit: UnitId
    since: Day
    name: ShortText | None = None
    level: RuleName | None = None
    parent: UnitId | None = None
    organs: OrganList | None = None
    authorised: YesNo | None = None
    by: ActorId = None


class ChangeResultView(ResponseBody):
    """Whether anything was another than before."""

    id: str
    changed: bool


@router.post("/units/change", responses=WRITING, response_model=ChangeResultView)
def change_unit(ctx: WriteContext, body: ChangeUnitRequest) -> View:
    """Change a unit below one's own from a day on (`ketnap unit change`)."""
    who = authorize_register_entry(ctx, _parent_unit(ctx, body.unit), body.by)
    if body.parent is not None:
        authorize_register_entry(ctx, body.parent)
    new = units.change_unit(
        ctx.office, body.unit, body.since, who, name=body.name, level=body.level, parent=body.parent,
        organs=body.organs, authorised=body.authorised,
    )  # fmt: skip
    return {"id": body.unit, "changed": new}


def _parent_unit(ctx: RequestContext, unit: str) -> str | None:
    """The unit over one: nobody has a say in what the own unit is. Raises `Hidden`."""
    row = ctx.register.find_unit(unit, ctx.today)
    if row is None:
        raise Hidden
    return row.parent


class EndUnitRequest(RequestBody):
    """``on``: the last day; ``successor``: the unit that takes its place."""

    unit: UnitId
    on: Day
    successor: UnitId | None = None
    by: ActorId = None


class EndResultView(ResponseBody):
    """Something ended, with its last day."""

    id: str
    last: date


@router.post("/units/end", responses=WRITING, response_model=EndResultView)
def end_unit(ctx: WriteContext, body: EndUnitRequest) -> View:
    """End a unit below one's own (`ketnap unit end`)."""
    who = authorize_register_entry(ctx, _parent_unit(ctx, body.unit), body.by)
    if body.successor is not None:
        authorize_register_entry(ctx, body.successor)
    units.end_unit(ctx.office, body.unit, body.on, who, successor=body.successor)
    return {"id": body.unit, "last": body.on}


# --- terms -------------------------------------------------------------------------------------------------------


class TermListPage(ListPage):
    """A page of terms, newest first."""

    terms: list[TermView]


@router.get("/terms", responses=READING, response_model=TermListPage)
def list_terms(ctx: ReadContext, limit: Limit = 50, offset: Offset = 0) -> View:
    """The terms that committees began, newest first (`ketnap term`)."""
    rows = [term for term in views.list_terms(ctx.office) if ctx.access.can_see(term.unit.id)]
    return slice_page("terms", rows, limit, offset)


class BeginTermRequest(RequestBody):
    """The first day of a new term."""

    unit: UnitId
    on: Day
    by: ActorId = None


class NewTermView(ResponseBody):
    """A term that began."""

    unit: str
    from_: Annotated[date, Field(alias="from")]


@router.post("/terms", responses=WRITING, response_model=NewTermView)
def begin_term(ctx: WriteContext, body: BeginTermRequest) -> View:
    """Say that a new term of a committee began (`ketnap term`)."""
    who = authorize_register_entry(ctx, body.unit, body.by)
    units.begin_term(ctx.office, body.unit, body.on, who)
    return {"unit": body.unit, "from": body.on}
