"""The lists behind the board's numbers: cases, posts, what falls due, who was not told; narrowed by their address."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from workflow.board.case_list import PAGE_SIZE, list_open_cases
from workflow.board.due_soon import CLOCK_KINDS, list_due_clocks
from workflow.board.snapshot.steps import StepIndex, pipeline_label
from workflow.board.undelivered import NOT_ARRIVED, list_undelivered, summarize_undelivered
from workflow.core.input import FieldFault, InvalidInput, parse_day
from workflow.core.text import matches_query, search_key
from workflow.register.views.posts import PostWithPlanView, list_posts
from workflow.storage import reads
from workflow.web.context import RequestContext, load_context
from workflow.web.field_errors import describe_faults
from workflow.web.filters import (
    BoardQuery,
    FiltersParam,
    ListFilters,
    QueryText,
    build_query,
    list_unit_choices,
    require_above_branches,
)
from workflow.web.pages.paging import PagingView, build_paging
from workflow.web.render import render_page

View = dict[str, Any]

SORTS = ("late", "age", "opened", "step", "place")
DEFAULT_SPAN = timedelta(days=30)
LONGEST_SPAN = timedelta(days=366 * 5)

router = APIRouter(include_in_schema=False)


def build_list_paging(filters: ListFilters, path: str, total: int, shown: int, **params: object) -> PagingView:
    """Which part of a list is shown, and the addresses of the parts before and after it."""
    return build_paging(path, filters.at, shown, total, PAGE_SIZE, filters.link_to, **params)


# --- cases -------------------------------------------------------------------------------------------------------


@router.get("/cases")
def cases_page(request: Request, filters: FiltersParam, mark: Literal["", "all"] = "") -> HTMLResponse:
    """Open cases, a page of them, to look at or to choose from for an act on many."""
    ctx = load_context(request)
    query = build_query(ctx, filters)
    listing = load_case_rows(ctx, query, limit=PAGE_SIZE, offset=filters.at)
    ctx.log_access("cases", filters.unit)
    return render_page(
        "cases.html", ctx, status=query.status, asked=query.links, look=query, faults=query.faults, marked=mark == "all",
        rows=listing["rows"], total=listing["total"], units=list_unit_choices(ctx, filters.unit), sorts=SORTS,
        sort=choose_sort(filters), chosen=describe_filters(ctx, query), **_filter_options(ctx, query),
        paged=build_list_paging(query.links, "/cases", listing["total"], len(listing["rows"])),
    )  # fmt: skip


def load_case_rows(ctx: RequestContext, query: BoardQuery, *, limit: int | None, offset: int = 0) -> View:
    """The cases that are meant. By name they are looked for among all of them, for names are kept sealed."""
    office, scope, wanted = ctx.office, ctx.access.scope, search_key(query.raw.q)
    sort: Any = choose_sort(query.raw)
    if not wanted:
        return list_open_cases(
            office, ctx.speaks, scope=scope, sort=sort, limit=limit, offset=offset, **query.list_args
        )
    every = list_open_cases(office, ctx.speaks, scope=scope, sort=sort, limit=None, **query.list_args)
    rows = [row for row in every["rows"] if _matches_case(row, wanted, query.raw.q.strip().upper())]
    return every | {"rows": rows[offset:][:limit], "total": len(rows)}


def _matches_case(row: View, wanted: str, typed: str) -> bool:
    """Whether a search finds a case: by its own id, by the name of its person, its village or commune."""
    places = f"{row['unit']['name']} {row['commune']['name']}"
    return typed == row["case"] or matches_query(wanted, search_key(f"{row['person']['name']} {places}"))


def choose_sort(filters: ListFilters) -> str:
    """What cases are sorted by: those longest late first, unless another way is asked for."""
    return filters.sort if filters.sort in SORTS else SORTS[0]


def _filter_options(ctx: RequestContext, query: BoardQuery) -> View:
    """What the filters offer, as the editions of the day have it."""
    steps = StepIndex(ctx.office, query.day or ctx.today)
    pipelines = ctx.office.rulebook.pipelines
    shown = [query.raw.pipeline] if query.raw.pipeline in pipelines else pipelines
    rules = [
        step for name in shown for step in steps.list_steps(name) if step.in_force or step.state == query.raw.state
    ]
    states: dict[str, str] = {}
    for step in rules:
        states.setdefault(step.state, step.label.in_language(ctx.speaks))
    return {
        "pipelines": {name: pipeline_label(name, ctx.speaks) for name in pipelines},
        "states": states,
        "turns": {organ: steps.organ_label(organ, ctx.speaks) for organ in steps.list_organs()},
    }


def describe_filters(ctx: RequestContext, query: BoardQuery) -> list[View]:
    """What a list is narrowed to, in words, each with the address of the same list without it."""
    raw, options = query.raw, _filter_options(ctx, query)
    unit = ctx.register.find_unit(raw.unit, ctx.today) if raw.unit else None
    words = {
        "unit": unit.name if unit else raw.unit,
        "pipeline": options["pipelines"].get(raw.pipeline, raw.pipeline),
        "state": options["states"].get(raw.state, raw.state),
        "turn": options["turns"].get(raw.turn, raw.turn),
        "late": ctx.say(f"page.cases.late.{raw.late}") if raw.late else "",
        "overdue": ctx.say(f"page.cases.overdue.{raw.overdue}") if raw.overdue else "",
        "q": raw.q,
    }
    return [
        {
            "name": name,
            "label": ctx.say(f"page.cases.{name}"),
            "text": text,
            "without": raw.link_to("/cases", **{name: ""}),
        }
        for name, text in words.items()
        if text
    ]


# --- posts -------------------------------------------------------------------------------------------------------

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
        "heads.html", ctx, status=query.status, asked=query.links, look=query, faults=query.faults, of=of, rows=shown,
        total=len(rows), units=list_unit_choices(ctx, filters.unit),
        paged=build_list_paging(query.links, "/heads", len(rows), len(shown), of=of),
    )  # fmt: skip


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


# --- what falls due ----------------------------------------------------------------------------------------------


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
    wanted = kind if kind in CLOCK_KINDS else None
    listing = list_due_clocks(
        ctx.office, ctx.speaks, scope=ctx.access.scope, span=span, unit=query.unit, kind=wanted, limit=PAGE_SIZE,
        offset=filters.at,
    )  # fmt: skip
    ctx.log_access("due", filters.unit)
    params = {"first": f"{span[0]:%d/%m/%Y}", "last": f"{span[1]:%d/%m/%Y}", "kind": wanted or ""}
    return render_page(
        "due.html", ctx, status=422 if faults else 200, asked=filters, faults=faults, kind=wanted, kinds=CLOCK_KINDS,
        rows=listing["rows"], total=listing["total"], units=list_unit_choices(ctx, filters.unit),
        typed={"first": first or params["first"], "last": last or params["last"]},
        paged=build_list_paging(filters, "/due", listing["total"], len(listing["rows"]), **params),
    )  # fmt: skip


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


# --- who was not told --------------------------------------------------------------------------------------------


@router.get("/untold")
def untold_page(
    request: Request, filters: FiltersParam, standing: QueryText = "", user: QueryText = "", of: QueryText = ""
) -> HTMLResponse:
    """Notices that did not arrive; or (``of=no_address``) users whom none can reach."""
    ctx = load_context(request)
    require_above_branches(ctx)
    query = build_query(ctx, filters)
    place: Any = {"scope": ctx.access.scope, "unit": query.unit, "limit": PAGE_SIZE, "offset": filters.at}
    ctx.log_access("untold", filters.unit)
    if of == "no_address":
        listing = summarize_undelivered(ctx.office, ctx.speaks, **place | {"limit": None, "offset": 0})
        rows, total = listing["no_address"][filters.at :][:PAGE_SIZE], listing["no_address_total"]
        params = {"of": of}
    else:
        standing = standing if standing in NOT_ARRIVED else ""
        listing = list_undelivered(ctx.office, ctx.speaks, **place, state=standing or None, user=user or None)
        rows, total = _mark_case_notices(ctx, listing["rows"]), listing["total"]
        params = {"standing": standing, "user": user}
    return render_page(
        "untold.html", ctx, asked=filters, rows=rows, total=total, nowhere=of == "no_address", standing=standing,
        user=user, paged=build_list_paging(filters, "/untold", total, len(rows), **params),
    )  # fmt: skip


def _mark_case_notices(ctx: RequestContext, rows: Sequence[View]) -> list[View]:
    """Each notice with the case that it is about, if it is about one."""
    with ctx.office.database.read_transaction() as connection:
        return [{**row, "of_case": reads.load_case(connection, row["subject"]) is not None} for row in rows]
