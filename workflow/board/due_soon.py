"""The board lists what falls due in the days to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from workflow.board.case_list import PAGE_SIZE, load_people
from workflow.board.queries import due_queries
from workflow.board.queries.due_queries import DueClock, DueFilter
from workflow.board.snapshot.snapshot import BoardScopeView, BoardSnapshot
from workflow.cases.views.clock_label import describe_clock
from workflow.core.views import NamedRef

ClockKind = Literal["legal", "house", "validity", "period"]
CLOCK_KINDS: tuple[ClockKind, ...] = get_args(ClockKind)
CLOCKS_PER_DAY = 20
"""Clocks that a day of the calendar names; `list_due_clocks` has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueClockView:
    """A deadline to come."""

    case: str
    person: NamedRef
    unit: NamedRef
    commune: NamedRef
    name: str
    label: str
    of: str | None
    kind: str
    organ: str
    organ_label: str
    due: date
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDayView:
    """What falls due on a day."""

    on: date
    legal: int
    house: int
    validity: int
    period: int
    total: int
    clocks: list[DueClockView]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueView(BoardScopeView):
    """What falls due, day by day."""

    first: date
    last: date
    days: list[DueDayView]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DueListPage(BoardScopeView):
    """A page of what falls due."""

    rows: list[DueClockView]
    total: int
    limit: int | None
    offset: int


def list_due_days(
    snapshot: BoardSnapshot,
    language: str,
    *,
    days: int = 30,
    unit: str | None = None,
    per_day: int = CLOCKS_PER_DAY,
) -> DueView:
    """Every day from today on that something falls due on: how many clocks by kind, and the first
    ``per_day`` of them.

    Raises `NoSuchUnit`.
    """
    due_query = DueFilter(snapshot.today, snapshot.today + timedelta(days=days), snapshot.select_units(unit))
    counts = due_queries.count_due(snapshot.connection, due_query)
    clocks = _clock_views(
        snapshot, due_queries.list_due_each_day(snapshot.connection, due_query, per_day), language
    )
    return DueView(
        **snapshot.describe(unit),
        first=due_query.first,
        last=due_query.last,
        days=[_day_view(day, counts, clocks) for day in sorted({day for day, _ in counts})],
        total=sum(counts.values()),
    )


def _day_view(day: date, counts: dict[tuple[date, str], int], clocks: Sequence[DueClockView]) -> DueDayView:
    legal, house, validity, period = by_kind = [counts.get((day, kind), 0) for kind in CLOCK_KINDS]
    return DueDayView(
        on=day,
        legal=legal,
        house=house,
        validity=validity,
        period=period,
        total=sum(by_kind),
        clocks=[clock for clock in clocks if clock.due == day],
    )


def list_due_clocks(
    snapshot: BoardSnapshot,
    language: str,
    *,
    span: tuple[date, date],
    unit: str | None = None,
    kind: str | None = None,
    limit: int | None = PAGE_SIZE,
    offset: int = 0,
) -> DueListPage:
    """All clocks that run out from a day to another, both included; a page of them. Raises `NoSuchUnit`."""
    due_query = DueFilter(*span, snapshot.select_units(unit), kind)
    rows = due_queries.list_due(snapshot.connection, due_query, limit=limit, offset=offset)
    return DueListPage(
        **snapshot.describe(unit),
        rows=_clock_views(snapshot, rows, language),
        total=sum(due_queries.count_due(snapshot.connection, due_query).values()),
        limit=limit,
        offset=offset,
    )


def _clock_views(snapshot: BoardSnapshot, rows: Sequence[DueClock], language: str) -> list[DueClockView]:
    people = load_people(snapshot, {row.person for row in rows})
    rows = [row._replace(organ=snapshot.steps.organ_at(row.pipeline, row.unit, row.organ)) for row in rows]
    return [
        DueClockView(
            case=row.case,
            person=NamedRef(id=row.person, name=people[row.person].name),
            unit=snapshot.unit_index.unit_ref(row.unit),
            commune=snapshot.unit_index.commune_ref(row.unit),
            name=row.name,
            label=describe_clock(snapshot.office, row.pipeline, row.name)[0].in_language(language),
            of=row.of,
            kind=row.kind,
            organ=row.organ,
            organ_label=snapshot.steps.organ_label(row.organ, language),
            due=row.due,
            days=(row.due - snapshot.today).days,
        )
        for row in rows
    ]
