"""The board: what is covered, where cases stand and wait, what is stalled, what falls due, who was not told."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from workflow.board.case_list import list_open_cases
from workflow.board.coverage import coverage_table, coverage_trend
from workflow.board.due_soon import list_due_days
from workflow.board.funnel import count_overdue, count_waiting, load_funnel
from workflow.board.queries.case_queries import STALLING
from workflow.board.undelivered import NOT_ARRIVED, summarize_undelivered
from workflow.cases.views import my_work_queries
from workflow.register.place_names import place_order
from workflow.web.context import RequestContext, load_context
from workflow.web.filters import (
    BoardQuery,
    FiltersParam,
    ListFilters,
    build_query,
    list_unit_choices,
    require_above_branches,
)
from workflow.web.pages.board.charts import build_calendar, draw_bars, draw_trend
from workflow.web.render import CacheablePage, render_cached_page

View = dict[str, Any]

ROWS, UNTOLD, PER_DAY = 12, 8, 3
"""So many rows stand on the board itself; the lists have all of them."""

COMMUNES = 100
"""Rows of the table of communes: a district has some twenty, and nobody reads a country's; the Excel file has all."""

COUNTED = ("posts", "members", "probationary", "combined", "remaining", "vacant")
COLUMNS = ("name", "posts", "members", "combined", "remaining", "vacant", "share", "open", "legal", "house")
DOWN = "-"
"""Before the column that a table is sorted by: the most first."""
MOST_LATE = f"{DOWN}legal"
SHADES = 4
"""Shades of the share of members, from the least to the most."""

LETTERS_SECONDS = 60
"""How letters fare is no act of the record: the board may say it so much later."""

router = APIRouter(include_in_schema=False)


@router.get("/board")
async def board_page(request: Request, filters: FiltersParam) -> HTMLResponse:
    """The board as it stands, or as it stood on a day."""
    return await render_cached_page(_load_board, request, filters)


def _load_board(request: Request, filters: ListFilters) -> CacheablePage:
    ctx = load_context(request)
    require_above_branches(ctx)
    query = build_query(ctx, filters)
    ctx.log_access("board", filters.unit)
    with ctx.office.database.read_transaction() as connection:
        newest = my_work_queries.count_acts(connection, None)

    def values() -> View:
        return {
            "status": query.status,
            "asked": query.links.place,
            "look": query,
            "faults": query.faults,
            "units": list_unit_choices(ctx, filters.unit),
            "month": f"{query.day or ctx.today:%m/%Y}",
            **_coverage_values(ctx, query),
            **_case_values(ctx, query),
            **_due_values(ctx, query),
        }

    return CacheablePage("board.html", ctx, (newest, int(time.monotonic() / LETTERS_SECONDS)), values)


def _coverage_values(ctx: RequestContext, query: BoardQuery) -> View:
    """How many heads are members: now, over the months, per commune."""
    office, scope = ctx.office, ctx.access.scope
    coverage = coverage_table(office, scope=scope, **query.board_args)
    points = coverage_trend(office, scope=scope, unit=query.unit, until=query.day)
    waits = count_waiting(office, ctx.speaks, scope=scope, **query.board_args)
    communes = _commune_rows(coverage["communes"], waits["communes"])
    sort = query.raw.sort or (COLUMNS[0] if len(communes) <= COMMUNES else MOST_LATE)
    return {
        "coverage": coverage["total"] | {"share": share_of_members(coverage["total"])},
        "points": [point | {"share": share_of_members(point)} for point in points],
        "course": draw_trend(points, "remaining"),
        "communes": _sort_rows(communes, sort)[:COMMUNES],
        "more_communes": max(len(communes) - COMMUNES, 0),
        "columns": COLUMNS,
        "sort": sort,
        "waits": waits,
    }


def share_of_members(counts: View) -> float | None:
    """How many of some posts are held by members, of 100."""
    return 100 * counts["members"] / counts["posts"] if counts["posts"] else None


def _commune_rows(covered: Sequence[View], waiting: Sequence[View]) -> list[View]:
    """One row per commune: its posts, and its open cases."""
    nothing = dict.fromkeys((*COUNTED, "open", "legal", "house", "late"), 0)
    rows: dict[str, View] = {}
    for counts in (*covered, *waiting):
        rows[counts["unit"]] = rows.get(counts["unit"], nothing) | counts
    return [row | {"share": share_of_members(row), "shade": _shade_of(row)} for row in rows.values()]


def _shade_of(row: View) -> int | None:
    of_100 = share_of_members(row)
    return None if of_100 is None else min(int(of_100 * SHADES / 100), SHADES - 1) if of_100 < 100 else SHADES  # noqa: PLR2004


def _sort_rows(rows: Sequence[View], sort: str) -> list[View]:
    """By a column of the table; an unknown one sorts nothing."""
    keys: dict[str, Callable[[View], Any]] = {
        "name": lambda row: place_order(row["name"]),
        "share": lambda row: -1.0 if row["share"] is None else row["share"],
    }
    column, named = sort.removeprefix(DOWN), sorted(rows, key=keys["name"])
    if column not in COLUMNS:
        return named
    return sorted(named, key=keys.get(column, lambda row: row[column]), reverse=sort.startswith(DOWN))


def _case_values(ctx: RequestContext, query: BoardQuery) -> View:
    """Where cases stand, and which of them are stalled the longest."""
    office, scope = ctx.office, ctx.access.scope
    funnel = load_funnel(office, ctx.speaks, scope=scope, **query.board_args)
    most = max((step["open"] for pipeline in funnel["pipelines"] for step in pipeline["steps"]), default=0)
    late: dict[str, View] = {}
    for kind in STALLING:
        late[kind] = list_open_cases(
            office, ctx.speaks, scope=scope, **{**query.board_args, "late": kind}, sort="late", limit=ROWS
        )
    return {
        "overdues": _overdue_bars(count_overdue(office, scope=scope, **query.board_args)),
        "funnel": [
            pipeline | {"steps": draw_bars([step for step in pipeline["steps"] if step["open"]], most)}
            for pipeline in funnel["pipelines"]
            if pipeline["total"]["open"]
        ],
        "total": funnel["total"],
        "stalled": late,
    }


def _overdue_bars(counts: View) -> View:
    """How many are late for how long, each as a share of the longest bar."""
    most = max(band["count"] for kind in STALLING for band in counts[kind]) or 1
    return {kind: [band | {"of_100": 100 * band["count"] / most} for band in counts[kind]] for kind in STALLING}


def _due_values(ctx: RequestContext, query: BoardQuery) -> View:
    """What falls due, and who was not told: of today only; nobody kept what was to come on a past day."""
    if query.day is not None:
        return {"days": None}
    office, scope = ctx.office, ctx.access.scope
    due = list_due_days(office, ctx.speaks, scope=scope, unit=query.unit, per_day=PER_DAY)
    untold = summarize_undelivered(office, ctx.speaks, scope=scope, unit=query.unit, limit=UNTOLD)
    return {
        "due": due,
        "days": build_calendar(due["first"], due["last"], due["days"]),
        "untold": untold,
        "missed": [status for status in NOT_ARRIVED if untold["total"][status]],
    }
