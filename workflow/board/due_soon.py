"""What falls due in the days to come, day by day, for a calendar; and all of one day, page by page."""

from datetime import date, timedelta
from typing import Any

from workflow.board.cache import Kept
from workflow.board.case_list import PAGE, opened_people
from workflow.board.funnel import said
from workflow.board.queries import due_queries
from workflow.board.queries.due_queries import Ahead, Due
from workflow.board.snapshot.snapshot import Look, Scope, looking
from workflow.office import Office
from workflow.reminders.letters.compose import clock_rule

View = dict[str, Any]

_DAYS = Kept(32)

KINDS = ("legal", "house", "validity", "period")
ON_A_DAY = 20
"""Clocks that a day of the calendar names; `due_on` has all of them."""


def falling_due(
    office: Office, language: str, *, scope: Scope, days: int = 30, unit: str | None = None, per_day: int = ON_A_DAY
) -> View:
    """Every day from today on that something falls due on: how many clocks by kind, and the first ``per_day`` of them.

    Raises `UnknownUnit`.
    """
    with looking(office, scope=scope) as look:
        ahead = Ahead(look.today, look.today + timedelta(days=days), look.units(unit))
        counts, rows = _DAYS.get(
            office.database, look.key(ahead.last, ahead.units, per_day), lambda: _days(look, ahead, per_day)
        )
        clocks = _views(look, rows, language)
        found = [_day(day, counts, clocks) for day in sorted({day for day, _ in counts})]
        return said(look, unit) | {
            "first": ahead.first,
            "last": ahead.last,
            "days": found,
            "total": sum(counts.values()),
        }


def _days(look: Look, ahead: Ahead, most: int) -> tuple[dict[tuple[date, str], int], list[Due]]:
    return due_queries.due_counts(look.connection, ahead), due_queries.due_each_day(look.connection, ahead, most)


def _day(day: date, counts: dict[tuple[date, str], int], clocks: list[View]) -> View:
    by_kind = {kind: counts.get((day, kind), 0) for kind in KINDS}
    return {
        "on": day,
        **by_kind,
        "total": sum(by_kind.values()),
        "clocks": [one for one in clocks if one["due"] == day],
    }


def due_on(
    office: Office,
    language: str,
    *,
    scope: Scope,
    span: tuple[date, date],
    unit: str | None = None,
    kind: str | None = None,
    limit: int | None = PAGE,
    offset: int = 0,
) -> View:
    """All clocks that run out from a day to another, both included; a page of them. Raises `UnknownUnit`."""
    with looking(office, scope=scope) as look:
        ahead = Ahead(*span, look.units(unit), kind)
        rows = due_queries.due_page(look.connection, ahead, limit=limit, offset=offset)
        total = sum(due_queries.due_counts(look.connection, ahead).values())
        views = _views(look, rows, language)
        return said(look, unit) | {"rows": views, "total": total, "limit": limit, "offset": offset}


def _views(look: Look, rows: list[Due], language: str) -> list[View]:
    people = opened_people(look, {row.person for row in rows})
    return [
        {
            "case": row.case,
            "person": {"id": row.person, "name": people[row.person].name},
            "unit": look.places.view(row.unit),
            "commune": look.places.view(look.places.commune(row.unit)),
            "name": row.name,
            "label": clock_rule(look.office, row.pipeline, row.name)[0].in_language(language),
            "of": row.of,
            "kind": row.kind,
            "organ": row.organ,
            "organ_label": look.steps.organ(row.organ, language),
            "due": row.due,
            "days": (row.due - look.today).days,
        }
        for row in rows
    ]
