"""Posts, deadlines and undelivered notices are listed behind the board's numbers."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from workflow.board.case_list import PAGE_SIZE
from workflow.board.due_soon import CLOCK_KINDS, list_due_clocks
from workflow.board.snapshot.snapshot import BoardSnapshot, open_snapshot
from workflow.core.input import FieldFault, InvalidInput, parse_day
from workflow.register.views.posts import PostWithPlanView, list_posts
from workflow.reminders.notices.undelivered import NOT_ARRIVED, list_undelivered, summarize_undelivered
from workflow.storage import reads
from workflow.web.context import RequestContext, load_context
from workflow.web.form_data import describe_faults
from workflow.web.pages.filters import (
    BoardQuery,
    FiltersParam,
    QueryText,
    build_list_paging,
    build_query,
    list_unit_choices,
    require_above_branches,
)
from workflow.web.render import render_page

DEFAULT_SPAN = timedelta(days=30)
LONGEST_SPAN = timedelta(days=366 * 5)

router = APIRouter(include_in_schema=False)


# --- posts --------------------------------------------------------------------------------------------------

CoverageNumber = Literal["posts", "members", "probationary", "combined", "remaining", "vacant"]


@router.get("/heads")
def heads_page(request: Request, filters: FiltersParam, of: CoverageNumber = "posts") -> HTMLResponse:
    """The posts behind a number of the coverage, with who holds them."""
    ctx = load_context(request)
    require_above_branches(ctx)
    query = build_query(ctx, replace(filters, known="now"))
    posts = [post for post in list_posts(ctx.office, query.day, unit=query.unit) if _may_see_post(ctx, post)]
    rows = [post for post in posts if _is_counted(post, of)]
    ctx.log_access("heads", filters.unit)
    shown = rows[filters.at :][:PAGE_SIZE]
    return render_page(
        "heads.html",
        ctx,
        status=query.status,
        asked=query.links,
        look=query,
        faults=query.faults,
        of=of,
        rows=shown,
        total=len(rows),
        units=list_unit_choices(ctx, filters.unit),
        paged=build_list_paging(query.links, "/heads", len(rows), len(shown), of=of),
    )


def _may_see_post(ctx: RequestContext, post: PostWithPlanView) -> bool:
    scope = ctx.access.scope
    return scope is None or post.unit.id in scope


def _is_counted(post: PostWithPlanView, of: CoverageNumber) -> bool:
    """Whether a post is among those that a number of the coverage counts."""
    membership = post.holder.membership if post.holder else None
    return {
        "posts": True,
        "members": membership in ("probationary", "member"),
        "probationary": membership == "probationary",
        "combined": bool(post.holder) and post.secretary,
        "remaining": membership == "none",
        "vacant": post.holder is None,
    }[of]


# --- what falls due -----------------------------------------------------------------------------------------


@router.get("/due")
def due_page(
    request: Request,
    filters: FiltersParam,
    first: QueryText = "",
    last: QueryText = "",
    kind: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """Everything that falls due from a day to another."""
    ctx = load_context(request)
    require_above_branches(ctx)
    query = build_query(ctx, filters)
    span, faults = _read_span(ctx, first, last)
    wanted = next((known for known in CLOCK_KINDS if known == kind), None)
    with open_snapshot(ctx.office, scope=ctx.access.scope) as snapshot:
        listing = list_due_clocks(
            snapshot, ctx.speaks, span=span, unit=query.unit, kind=wanted, limit=PAGE_SIZE, offset=filters.at
        )
    ctx.log_access("due", filters.unit)
    params = {"first": f"{span[0]:%d/%m/%Y}", "last": f"{span[1]:%d/%m/%Y}", "kind": wanted or ""}
    return render_page(
        "due.html",
        ctx,
        status=422 if faults else 200,
        asked=filters,
        faults=faults,
        kind=wanted,
        kinds=CLOCK_KINDS,
        rows=listing.rows,
        total=listing.total,
        units=list_unit_choices(ctx, filters.unit),
        typed={"first": first or params["first"], "last": last or params["last"]},
        paged=build_list_paging(filters, "/due", listing.total, len(listing.rows), **params),
    )


def _read_span(ctx: RequestContext, first: str, last: str) -> tuple[tuple[date, date], dict[str, list[str]]]:
    """From which day to which; what makes no sense is said, and the next days are shown."""
    days, faults = {"first": ctx.today, "last": ctx.today + DEFAULT_SPAN}, list[FieldFault]()
    for name, text in (("first", first), ("last", last)):
        try:
            days[name] = parse_day(text) if text.strip() else days[name]
        except ValueError:
            faults.append(FieldFault(name, "not_a_day", {"value": text}))
    if not faults and not timedelta(0) <= days["last"] - days["first"] <= LONGEST_SPAN:
        faults.append(FieldFault("last", "no_span", {"first": days["first"]}))
    if faults:
        return (ctx.today, ctx.today + DEFAULT_SPAN), describe_faults(ctx, InvalidInput(faults))
    return (days["first"], days["last"]), {}


# --- who was not told ---------------------------------------------------------------------------------------


@router.get("/untold")
def untold_page(
    request: Request,
    filters: FiltersParam,
    standing: QueryText = "",
    user: QueryText = "",
    of: QueryText = "",
) -> HTMLResponse:
    """Undelivered notices; or users without a working address (``of=no_address``)."""
    ctx = load_context(request)
    require_above_branches(ctx)
    query = build_query(ctx, filters)
    ctx.log_access("untold", filters.unit)
    with open_snapshot(ctx.office, scope=ctx.access.scope) as snapshot:
        if of == "no_address":
            return _no_address_page(ctx, snapshot, query)
        wanted_state = standing if standing in NOT_ARRIVED else ""
        listing = list_undelivered(
            snapshot,
            ctx.speaks,
            unit=query.unit,
            state=wanted_state or None,
            user=user or None,
            limit=PAGE_SIZE,
            offset=filters.at,
        )
        cases = {row.subject for row in listing.rows if reads.load_case(snapshot.connection, row.subject)}
    paged = build_list_paging(
        filters, "/untold", listing.total, len(listing.rows), standing=wanted_state, user=user
    )
    return render_page(
        "untold.html",
        ctx,
        asked=filters,
        rows=listing.rows,
        cases=cases,
        total=listing.total,
        nowhere=False,
        standing=wanted_state,
        user=user,
        paged=paged,
    )


def _no_address_page(ctx: RequestContext, snapshot: BoardSnapshot, query: BoardQuery) -> HTMLResponse:
    filters = query.raw
    undelivered = summarize_undelivered(snapshot, ctx.speaks, unit=query.unit, limit=None)
    rows, total = undelivered.no_address[filters.at :][:PAGE_SIZE], undelivered.no_address_total
    return render_page(
        "untold.html",
        ctx,
        asked=filters,
        rows=rows,
        cases=(),
        total=total,
        nowhere=True,
        standing="",
        user="",
        paged=build_list_paging(filters, "/untold", total, len(rows), of="no_address"),
    )
