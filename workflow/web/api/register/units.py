"""Programs read and enter units and terms."""

from typing import Any

from fastapi import APIRouter

from workflow.register.acts import AddUnit, BeginTerm, ChangeUnit, EndUnit
from workflow.register.commands.units import add_unit, begin_term, change_unit, end_unit
from workflow.register.views import places as views
from workflow.register.views.places import TermView, UnitView
from workflow.web.api.authentication import (
    ApiRoute,
    ReadContext,
    require_unit_filter,
)
from workflow.web.api.register.act_body import post_act
from workflow.web.api.schemas import (
    READING,
    Limit,
    ListPage,
    Offset,
    OnDay,
    UnitFilter,
    slice_page,
)

View = dict[str, Any]

router = APIRouter(route_class=ApiRoute, tags=["units"])


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


post_act(router, "/units/add", AddUnit, add_unit, "Add a unit below one's own (`ketnap unit add`).")
post_act(
    router,
    "/units/change",
    ChangeUnit,
    change_unit,
    "Change a unit below one's own from a day on (`ketnap unit change`).",
)
post_act(router, "/units/end", EndUnit, end_unit, "End a unit below one's own (`ketnap unit end`).")


# --- terms --------------------------------------------------------------------------------------------------


class TermListPage(ListPage):
    """A page of terms, newest first."""

    terms: list[TermView]


@router.get("/terms", responses=READING, response_model=TermListPage)
def list_terms(ctx: ReadContext, limit: Limit = 50, offset: Offset = 0) -> View:
    """The terms that committees began, newest first (`ketnap term`)."""
    rows = [term for term in views.list_terms(ctx.office) if ctx.access.can_see(term.unit.id)]
    return slice_page("terms", rows, limit, offset)


post_act(router, "/terms", BeginTerm, begin_term, "Say that a new term of a committee began (`ketnap term`).")
