"""This page shows the board.

It shows coverage, where cases stand and wait, what is stalled or falls due, and who was not told.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from workflow.board.case_list import CaseListView, list_open_cases
from workflow.board.coverage import (
    CommuneCoverageView,
    CoverageCountsView,
    CoveragePointView,
    count_coverage,
    load_coverage_trend,
)
from workflow.board.due_soon import DueView, list_due_days
from workflow.board.funnel import (
    CaseCountsView,
    CommuneCountsView,
    WaitingView,
    count_overdue,
    count_waiting,
    load_funnel,
)
from workflow.board.queries.case_queries import STALLING
from workflow.board.queries.register_queries import HeadCounts
from workflow.board.snapshot.snapshot import BoardFilter, BoardSnapshot
from workflow.register.place_names import place_order
from workflow.reminders.notices.undelivered import NOT_ARRIVED, UndeliveredView, summarize_undelivered
from workflow.web.context import load_context
from workflow.web.pages.board.charts import (
    CalendarDay,
    FunnelChart,
    OverdueBar,
    TrendChart,
    build_calendar,
    draw_funnel,
    draw_overdue,
    draw_trend,
)
from workflow.web.pages.filters import FiltersParam, build_query, list_unit_choices, require_above_branches
from workflow.web.render import render_page

ROWS, UNDELIVERED, PER_DAY = 12, 8, 3
"""So many rows stand on the board itself; the lists have all of them."""

COMMUNES = 100
"""Rows of the table of communes: a district has some twenty, and nobody reads a country's; the Excel file
has all.
"""

COLUMNS = ("name", "posts", "members", "combined", "remaining", "vacant", "share", "open", "legal", "house")
DOWN = "-"
"""Before the column that a table is sorted by: the most first."""
MOST_LATE = f"{DOWN}legal"
SHADES = 4
"""Shades of the share of members, from the least to the most."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuneRow(CommuneCoverageView):
    """A row of the table of communes: its posts, and its open cases."""

    open: int = 0
    legal: int = 0
    house: int = 0
    late: int = 0

    @property
    def shade(self) -> int | None:
        """The shade of its share of members; the darkest is for all of them."""
        return None if not self.posts else self.members * SHADES // self.posts


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePart:
    """What of a board is of today only: what falls due, who was not told."""

    due: DueView
    days: list[CalendarDay]
    untold: UndeliveredView
    missed: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """All that stands on a board, by one picture of the database. ``ahead``: None for a past day."""

    coverage: CoverageCountsView
    points: list[CoveragePointView]
    course: TrendChart
    communes: list[CommuneRow]
    waits: WaitingView
    funnel: list[FunnelChart]
    total: CaseCountsView
    overdues: dict[str, list[OverdueBar]]
    stalled: dict[str, CaseListView]
    flagged: int
    ahead: DuePart | None


@router.get("/board")
def board_page(request: Request, filters: FiltersParam) -> HTMLResponse:
    """The board as it stands, or as it stood on a day."""
    ctx = load_context(request)
    require_above_branches(ctx)
    query = build_query(ctx, filters)
    ctx.log_access("board", filters.unit)
    with query.open_snapshot(ctx) as snapshot:
        board = load_board(snapshot, ctx.speaks, query.unit, is_today=query.day is None)
    sort = filters.sort or (COLUMNS[0] if len(board.communes) <= COMMUNES else MOST_LATE)
    return render_page(
        "board.html",
        ctx,
        status=query.status,
        asked=query.links.place,
        look=query,
        faults=query.faults,
        units=list_unit_choices(ctx, filters.unit),
        month=f"{query.day or ctx.today:%m/%Y}",
        board=board,
        communes=_sort_rows(board.communes, sort)[:COMMUNES],
        more_communes=max(len(board.communes) - COMMUNES, 0),
        columns=COLUMNS,
        sort=sort,
    )


def load_board(snapshot: BoardSnapshot, language: str, unit: str | None, *, is_today: bool) -> BoardPage:
    """Every part of a board. Raises `NoSuchUnit`."""
    coverage, points = count_coverage(snapshot, unit), load_coverage_trend(snapshot, unit)
    waits, funnel = count_waiting(snapshot, language, unit), load_funnel(snapshot, language, unit)
    return BoardPage(
        coverage=coverage.total,
        points=points,
        course=draw_trend(points),
        communes=_merge_communes(coverage.communes, waits.communes),
        waits=waits,
        funnel=draw_funnel(funnel.pipelines),
        total=funnel.total,
        overdues=_overdue_bars(snapshot, unit),
        stalled={
            kind: list_open_cases(snapshot, language, BoardFilter(unit, late=kind), limit=ROWS)
            for kind in STALLING
        },
        flagged=snapshot.count_total(BoardFilter(unit, flagged=True)),
        ahead=_load_due_part(snapshot, language, unit) if is_today else None,
    )


def _merge_communes(
    covered: Iterable[CommuneCoverageView], waiting: Iterable[CommuneCountsView]
) -> list[CommuneRow]:
    """One row per commune."""
    nothing = dict.fromkeys(HeadCounts._fields, 0)
    rows = {
        commune.unit: CommuneRow(**{name: getattr(commune, name) for name in ("unit", "name", *nothing)})
        for commune in covered
    }
    for commune in waiting:
        row = rows.get(commune.unit) or CommuneRow(unit=commune.unit, name=commune.name, **nothing)
        rows[commune.unit] = replace(
            row,
            name=commune.name,
            open=commune.open,
            legal=commune.legal,
            house=commune.house,
            late=commune.late,
        )
    return list(rows.values())


def _sort_rows(rows: Sequence[CommuneRow], sort: str) -> list[CommuneRow]:
    """By a column of the table; an unknown one sorts nothing."""
    column, is_down = sort.removeprefix(DOWN), sort.startswith(DOWN)
    named = sorted(rows, key=lambda row: place_order(row.name), reverse=is_down and column == "name")
    return sorted(named, key=_sort_key(column), reverse=is_down) if column in COLUMNS[1:] else named


def _sort_key(column: str) -> Callable[[CommuneRow], float]:
    if column == "share":
        return lambda row: -1.0 if row.share_of_members is None else row.share_of_members
    return lambda row: float(getattr(row, column))


def _overdue_bars(snapshot: BoardSnapshot, unit: str | None) -> dict[str, list[OverdueBar]]:
    """How many are late for how long, each as a share of the longest bar of all."""
    counts = count_overdue(snapshot, unit)
    most = max(band.count for band in (*counts.legal, *counts.house))
    return {"legal": draw_overdue(counts.legal, most), "house": draw_overdue(counts.house, most)}


def _load_due_part(snapshot: BoardSnapshot, language: str, unit: str | None) -> DuePart:
    """What falls due, and who was not told: nobody kept what was to come on a past day."""
    due = list_due_days(snapshot, language, unit=unit, per_day=PER_DAY)
    undelivered = summarize_undelivered(snapshot, language, unit=unit, limit=UNDELIVERED)
    missed = [status for status in NOT_ARRIVED if getattr(undelivered.total, status)]
    return DuePart(
        due=due, days=build_calendar(due.first, due.last, due.days), untold=undelivered, missed=missed
    )
