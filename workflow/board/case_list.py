"""The list behind every number of the board: which cases they are, page by page."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal, Unpack

from states.vocabulary import Person
from workflow.board.cache import Kept
from workflow.board.funnel import said
from workflow.board.queries.case_queries import LateClock, Page, Stood
from workflow.board.queries.case_queries import Sort as BySort
from workflow.board.snapshot.snapshot import Asked, Filters, Look, Scope, asked_by, looking
from workflow.office import Office
from workflow.register.person_record import opened_person
from workflow.reminders.letters.compose import clock_rule
from workflow.storage import reads

_PAGES = Kept(256)

View = dict[str, Any]
Sort = BySort | Literal["place"]

PAGE = 50
"""Rows of a page, unless more are asked for."""
MOST_KEPT = 200
"""Rows of the longest page that is kept."""
AT_ONCE = 5000
"""Ids that one statement is given: a driver takes only so many."""


def standing(
    office: Office,
    language: str,
    *,
    scope: Scope,
    sort: Sort = "late",
    limit: int | None = PAGE,
    offset: int = 0,
    **filters: Unpack[Filters],
) -> View:
    """Open cases as they stand, a page of them (``limit`` None: all), and how many there are in all.

    ``filters``: ``unit`` with all below it, ``pipeline``, ``state``, ``turn`` (an organ), ``late`` (past a ``legal``
    deadline, one of the ``house``, or ``any``), ``overdue`` (for how long), ``on`` and ``as_known_on`` as for `funnel`.
    ``sort``: longest late first (``late``), longest without a move (``age``), first opened (``opened``), by ``step``,
    by ``place``.
    ``days`` of a row: since the case last moved.
    Raises `UnknownUnit`.
    """
    asked = asked_by(filters)
    with looking(office, scope=scope, on=filters.get("on"), as_known_on=filters.get("as_known_on")) as look:
        rows = _rows(look, asked, sort, limit, offset)
        return said(look, asked.unit) | {
            "rows": _views(look, rows, language),
            "total": look.total(asked),
            "limit": limit,
            "offset": offset,
        }


def _rows(look: Look, asked: Asked, sort: Sort, limit: int | None, offset: int) -> list[Stood]:
    """A page, without anybody's name; kept, unless it is a long one."""

    def made() -> list[Stood]:
        return _by_place(look, asked, limit, offset) if sort == "place" else _page(look, asked, sort, limit, offset)

    if limit is None or limit > MOST_KEPT:
        return made()
    return _PAGES.get(look.office.database, look.key(asked, sort, limit, offset), made)


def _page(look: Look, asked: Asked, sort: BySort, limit: int | None, offset: int) -> list[Stood]:
    order = list(look.steps.rules) if sort == "step" else ()
    return look.standings.page(look.wanted(asked), Page(sort, limit, offset, order))


def _by_place(look: Look, asked: Asked, limit: int | None, offset: int) -> list[Stood]:
    """A page sorted as people look for places, which no database knows: the units that it covers are found first."""
    counts = {unit: one.open for unit, one in look.counts(asked, "unit").items()}
    end = sum(counts.values()) if limit is None else offset + limit
    covered, before, skipped = list[str](), 0, 0
    for unit in look.places.sorted(unit for unit, number in counts.items() if number):
        if before + counts[unit] <= offset:
            skipped += counts[unit]
        elif before < end:
            covered.append(unit)
        before += counts[unit]
    rows = look.standings.page(replace(look.wanted(asked), units=covered), Page("opened"))
    rows.sort(key=lambda row: look.places.order(row.unit))
    return rows[offset - skipped :][:limit]


def _views(look: Look, rows: list[Stood], language: str) -> list[View]:
    people = opened_people(look, (row.person for row in rows))
    late: dict[str, list[LateClock]] = {}
    for clock in look.standings.late_clocks([row.case for row in rows if row.legal or row.house]):
        late.setdefault(clock.case, []).append(clock)
    return [_view(look, row, people[row.person], late.get(row.case, []), language) for row in rows]


def opened_people(look: Look, ids: Iterable[str]) -> Mapping[str, Person]:
    """Some people, opened: those alone who are shown."""
    vault, wanted = look.office.vault, sorted(set(ids))
    parts = (wanted[at : at + AT_ONCE] for at in range(0, len(wanted), AT_ONCE))
    rows = (row for part in parts for row in reads.people(look.connection, part))
    return {row.id: opened_person(vault, row.id, row.key, row.sealed) for row in rows}


def _view(look: Look, row: Stood, person: Person, late: list[LateClock], language: str) -> View:
    rule = look.steps.rules.get((row.pipeline, row.state))
    turn = rule.turn if rule else None
    return {
        "case": row.case,
        "version": row.version,
        "pipeline": row.pipeline,
        "person": {"id": person.id, "name": person.name},
        "unit": look.places.view(row.unit),
        "commune": look.places.view(look.places.commune(row.unit)),
        "state": {"id": row.state, "label": rule.label.in_language(language) if rule else row.state},
        "turn": turn,
        "turn_label": look.steps.organ(turn, language) if turn else None,
        "opened_on": row.opened_on,
        "since": row.since,
        "days": (look.day - row.since).days,
        "stalled": bool(late),
        "days_late": max(((look.day - clock.due).days for clock in late), default=0),
        "late": [_late(look, row.pipeline, clock, language) for clock in late],
    }


def _late(look: Look, pipeline: str, clock: LateClock, language: str) -> View:
    return {
        "name": clock.name,
        "label": clock_rule(look.office, pipeline, clock.name)[0].in_language(language),
        "of": clock.of,
        "kind": clock.kind,
        "organ": clock.organ,
        "due": clock.due,
        "days": (look.day - clock.due).days,
    }
