"""The board: what is covered, where cases stand and wait, what is stalled, what falls due, who was not told."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from workflow import board
from workflow.board.queries.case_queries import STALLING
from workflow.board.undelivered import AMISS
from workflow.cases.views import my_work_queries
from workflow.register.place_names import place_order
from workflow.web.context import Visit, visit
from workflow.web.filters import Asked, AskedFor, Narrowed, above_branches, narrowed, unit_choices
from workflow.web.pages.board.charts import bars, calendar, course
from workflow.web.render import Keepable, kept_page

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
async def board_page(request: Request, asked: AskedFor) -> HTMLResponse:
    """The board as it stands, or as it stood on a day."""
    return await kept_page(_board, request, asked)


def _board(request: Request, asked: Asked) -> Keepable:
    here = visit(request)
    above_branches(here)
    look = narrowed(here, asked)
    here.looked("board", asked.unit)
    with here.office.database.reading() as connection:
        newest = my_work_queries.acts(connection, None)

    def values() -> View:
        return {
            "status": look.status,
            "asked": look.links.place,
            "look": look,
            "faults": look.faults,
            "units": unit_choices(here, asked.unit),
            "month": f"{look.day or here.today:%m/%Y}",
            **_covered(here, look),
            **_standing(here, look),
            **_ahead(here, look),
        }

    return Keepable("board.html", here, (newest, int(time.monotonic() / LETTERS_SECONDS)), values)


def _covered(here: Visit, look: Narrowed) -> View:
    """How many heads are members: now, over the months, per commune."""
    office, scope = here.office, here.access.scope
    coverage = board.coverage_table(office, scope=scope, **look.place)
    points = board.coverage_course(office, scope=scope, unit=look.unit, until=look.day)
    waits = board.waiting_for(office, here.speaks, scope=scope, **look.place)
    communes = _communes(coverage["communes"], waits["communes"])
    sort = look.asked.sort or (COLUMNS[0] if len(communes) <= COMMUNES else MOST_LATE)
    return {
        "coverage": coverage["total"] | {"share": share(coverage["total"])},
        "points": [one | {"share": share(one)} for one in points],
        "course": course(points, "remaining"),
        "communes": _sorted(communes, sort)[:COMMUNES],
        "more_communes": max(len(communes) - COMMUNES, 0),
        "columns": COLUMNS,
        "sort": sort,
        "waits": waits,
    }


def share(counts: View) -> float | None:
    """How many of some posts are held by members, of 100."""
    return 100 * counts["members"] / counts["posts"] if counts["posts"] else None


def _communes(covered: Sequence[View], waiting: Sequence[View]) -> list[View]:
    """One row per commune: its posts, and its open cases."""
    nothing = dict.fromkeys((*COUNTED, "open", "legal", "house", "late"), 0)
    rows: dict[str, View] = {}
    for one in (*covered, *waiting):
        rows[one["unit"]] = rows.get(one["unit"], nothing) | one
    return [row | {"share": share(row), "shade": _shade(row)} for row in rows.values()]


def _shade(row: View) -> int | None:
    of_100 = share(row)
    return None if of_100 is None else min(int(of_100 * SHADES / 100), SHADES - 1) if of_100 < 100 else SHADES  # noqa: PLR2004


def _sorted(rows: Sequence[View], sort: str) -> list[View]:
    """By a column of the table; an unknown one sorts nothing."""
    keys: dict[str, Callable[[View], Any]] = {
        "name": lambda row: place_order(row["name"]),
        "share": lambda row: -1.0 if row["share"] is None else row["share"],
    }
    column, named = sort.removeprefix(DOWN), sorted(rows, key=keys["name"])
    if column not in COLUMNS:
        return named
    return sorted(named, key=keys.get(column, lambda row: row[column]), reverse=sort.startswith(DOWN))


def _standing(here: Visit, look: Narrowed) -> View:
    """Where cases stand, and which of them are stalled the longest."""
    office, scope = here.office, here.access.scope
    funnel = board.funnel(office, here.speaks, scope=scope, **look.place)
    most = max((step["open"] for one in funnel["pipelines"] for step in one["steps"]), default=0)
    late: dict[str, View] = {}
    for kind in STALLING:
        late[kind] = board.standing(
            office, here.speaks, scope=scope, **{**look.place, "late": kind}, sort="late", limit=ROWS
        )
    return {
        "overdues": _overdues(board.overdue(office, scope=scope, **look.place)),
        "funnel": [
            one | {"steps": bars([step for step in one["steps"] if step["open"]], most)}
            for one in funnel["pipelines"]
            if one["total"]["open"]
        ],
        "total": funnel["total"],
        "stalled": late,
    }


def _overdues(counts: View) -> View:
    """How many are late for how long, each as a share of the longest bar."""
    most = max(one["count"] for kind in STALLING for one in counts[kind]) or 1
    return {kind: [one | {"of_100": 100 * one["count"] / most} for one in counts[kind]] for kind in STALLING}


def _ahead(here: Visit, look: Narrowed) -> View:
    """What falls due, and who was not told: of today only; nobody kept what was to come on a past day."""
    if look.day is not None:
        return {"days": None}
    office, scope = here.office, here.access.scope
    due = board.falling_due(office, here.speaks, scope=scope, unit=look.unit, per_day=PER_DAY)
    untold = board.untold(office, here.speaks, scope=scope, unit=look.unit, limit=UNTOLD)
    return {
        "due": due,
        "days": calendar(due["first"], due["last"], due["days"]),
        "untold": untold,
        "missed": [standing for standing in AMISS if untold["total"][standing]],
    }
