"""What falls due in the days to come, day by day, for a calendar; and all of one day, page by page."""

from datetime import date, timedelta
from typing import Any

from workflow.board.cache import BoardCache
from workflow.board.case_list import PAGE_SIZE, load_people
from workflow.board.funnel import describe_query
from workflow.board.queries import due_queries
from workflow.board.queries.due_queries import DueClock, DueFilter
from workflow.board.snapshot.snapshot import BoardSnapshot, Scope, open_snapshot
from workflow.office import Office
from workflow.reminders.letters.compose import describe_clock

View = dict[str, Any]

_DUE_DAYS_CACHE = BoardCache(32)

CLOCK_KINDS = ("legal", "house", "validity", "period")
CLOCKS_PER_DAY = 20
"""Clocks that a day of the calendar names; `list_due_clocks` has all of them."""


def list_due_days(
    office: Office,
    language: str,
    *,
    scope: Scope,
    days: int = 30,
    unit: str | None = None,
    per_day: int = CLOCKS_PER_DAY,
) -> View:
    """Every day from today on that something falls due on: how many clocks by kind, and the first ``per_day`` of them.

    Raises `UnknownUnit`.
    """
    with open_snapshot(office, scope=scope) as snapshot:
        due_query = DueFilter(snapshot.today, snapshot.today + timedelta(days=days), snapshot.select_units(unit))
        counts, rows = _DUE_DAYS_CACHE.get_or_build(
            office.database,
            snapshot.cache_key(due_query.last, due_query.units, per_day),
            lambda: _query_days(snapshot, due_query, per_day),
        )
        clocks = _clock_views(snapshot, rows, language)
        day_views = [_day_view(day, counts, clocks) for day in sorted({day for day, _ in counts})]
        return describe_query(snapshot, unit) | {
            "first": due_query.first,
            "last": due_query.last,
            "days": day_views,
            "total": sum(counts.values()),
        }


def _query_days(
    snapshot: BoardSnapshot, due_query: DueFilter, most: int
) -> tuple[dict[tuple[date, str], int], list[DueClock]]:
    return due_queries.count_due(snapshot.connection, due_query), due_queries.list_due_each_day(
        snapshot.connection, due_query, most
    )


def _day_view(day: date, counts: dict[tuple[date, str], int], clocks: list[View]) -> View:
    by_kind = {kind: counts.get((day, kind), 0) for kind in CLOCK_KINDS}
    return {
        "on": day,
        **by_kind,
        "total": sum(by_kind.values()),
        "clocks": [clock for clock in clocks if clock["due"] == day],
    }


def list_due_clocks(
    office: Office,
    language: str,
    *,
    scope: Scope,
    span: tuple[date, date],
    unit: str | None = None,
    kind: str | None = None,
    limit: int | None = PAGE_SIZE,
    offset: int = 0,
) -> View:
    """All clocks that run out from a day to another, both included; a page of them. Raises `UnknownUnit`."""
    with open_snapshot(office, scope=scope) as snapshot:
        due_query = DueFilter(*span, snapshot.select_units(unit), kind)
        rows = due_queries.list_due(snapshot.connection, due_query, limit=limit, offset=offset)
        total = sum(due_queries.count_due(snapshot.connection, due_query).values())
        views = _clock_views(snapshot, rows, language)
        return describe_query(snapshot, unit) | {"rows": views, "total": total, "limit": limit, "offset": offset}


def _clock_views(snapshot: BoardSnapshot, rows: list[DueClock], language: str) -> list[View]:
    people = load_people(snapshot, {row.person for row in rows})
    return [
        {
            "case": row.case,
            "person": {"id": row.person, "name": people[row.person].name},
            "unit": snapshot.unit_index.unit_view(row.unit),
            "commune": snapshot.unit_index.unit_view(snapshot.unit_index.commune_id(row.unit)),
            "name": row.name,
            "label": describe_clock(snapshot.office, row.pipeline, row.name)[0].in_language(language),
            "of": row.of,
            "kind": row.kind,
            "organ": row.organ,
            "organ_label": snapshot.steps.organ_label(row.organ, language),
            "due": row.due,
            "days": (row.due - snapshot.today).days,
        }
        for row in rows
    ]
