"""The list behind every number of the board: which cases they are, page by page."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal, Unpack

from states.vocabulary import Person
from workflow.board.cache import BoardCache
from workflow.board.funnel import describe_query
from workflow.board.queries.case_queries import CasePage, LateClock, OpenCase
from workflow.board.queries.case_queries import Sort as BySort
from workflow.board.snapshot.snapshot import (
    BoardFilter,
    BoardFilterArgs,
    BoardSnapshot,
    Scope,
    build_filter,
    open_snapshot,
)
from workflow.office import Office
from workflow.register.person_record import decrypt_person
from workflow.reminders.letters.compose import describe_clock
from workflow.storage import reads

_PAGES_CACHE = BoardCache(256)

View = dict[str, Any]
CaseSort = BySort | Literal["place"]

PAGE_SIZE = 50
"""Rows of a page, unless more are asked for."""
MAX_CACHED_ROWS = 200
"""Rows of the longest page that is kept."""
IDS_PER_QUERY = 5000
"""Ids that one statement is given: a driver takes only so many."""


def list_open_cases(
    office: Office,
    language: str,
    *,
    scope: Scope,
    sort: CaseSort = "late",
    limit: int | None = PAGE_SIZE,
    offset: int = 0,
    **filters: Unpack[BoardFilterArgs],
) -> View:
    """Open cases as they stand, a page of them (``limit`` None: all), and how many there are in all.

    ``filters``: ``unit`` with all below it, ``pipeline``, ``state``, ``turn`` (an organ), ``late`` (past a ``legal``
    deadline, one of the ``house``, or ``any``), ``overdue`` (for how long), ``on`` and ``as_known_on`` as for `funnel`.
    ``sort``: longest late first (``late``), longest without a move (``age``), first opened (``opened``), by ``step``,
    by ``place``.
    ``days`` of a row: since the case last moved.
    Raises `UnknownUnit`.
    """
    board_filter = build_filter(filters)
    with open_snapshot(office, scope=scope, on=filters.get("on"), as_known_on=filters.get("as_known_on")) as snapshot:
        rows = _load_rows(snapshot, board_filter, sort, limit, offset)
        return describe_query(snapshot, board_filter.unit) | {
            "rows": _case_views(snapshot, rows, language),
            "total": snapshot.count_total(board_filter),
            "limit": limit,
            "offset": offset,
        }


def _load_rows(
    snapshot: BoardSnapshot, board_filter: BoardFilter, sort: CaseSort, limit: int | None, offset: int
) -> list[OpenCase]:
    """A page, without anybody's name; kept, unless it is a long one."""

    def build() -> list[OpenCase]:
        return (
            _page_by_place(snapshot, board_filter, limit, offset)
            if sort == "place"
            else _query_page(snapshot, board_filter, sort, limit, offset)
        )

    if limit is None or limit > MAX_CACHED_ROWS:
        return build()
    return _PAGES_CACHE.get_or_build(
        snapshot.office.database, snapshot.cache_key(board_filter, sort, limit, offset), build
    )


def _query_page(
    snapshot: BoardSnapshot, board_filter: BoardFilter, sort: BySort, limit: int | None, offset: int
) -> list[OpenCase]:
    order = list(snapshot.steps.rules) if sort == "step" else ()
    return snapshot.open_cases.list_page(snapshot.build_query(board_filter), CasePage(sort, limit, offset, order))


def _page_by_place(
    snapshot: BoardSnapshot, board_filter: BoardFilter, limit: int | None, offset: int
) -> list[OpenCase]:
    """A page sorted as people look for places, which no database knows: the units that it covers are found first."""
    counts = {unit: counted.open for unit, counted in snapshot.count_cases(board_filter, "unit").items()}
    end = sum(counts.values()) if limit is None else offset + limit
    covered_units, before, skipped = list[str](), 0, 0
    for unit in snapshot.unit_index.sort_units(unit for unit, number in counts.items() if number):
        if before + counts[unit] <= offset:
            skipped += counts[unit]
        elif before < end:
            covered_units.append(unit)
        before += counts[unit]
    rows = snapshot.open_cases.list_page(
        replace(snapshot.build_query(board_filter), units=covered_units), CasePage("opened")
    )
    rows.sort(key=lambda row: snapshot.unit_index.unit_order(row.unit))
    return rows[offset - skipped :][:limit]


def _case_views(snapshot: BoardSnapshot, rows: list[OpenCase], language: str) -> list[View]:
    people = load_people(snapshot, (row.person for row in rows))
    late: dict[str, list[LateClock]] = {}
    for clock in snapshot.open_cases.list_late_clocks([row.case for row in rows if row.legal or row.house]):
        late.setdefault(clock.case, []).append(clock)
    return [_case_view(snapshot, row, people[row.person], late.get(row.case, []), language) for row in rows]


def load_people(snapshot: BoardSnapshot, ids: Iterable[str]) -> Mapping[str, Person]:
    """Some people, opened: those alone who are shown."""
    vault, wanted = snapshot.office.vault, sorted(set(ids))
    parts = (wanted[at : at + IDS_PER_QUERY] for at in range(0, len(wanted), IDS_PER_QUERY))
    rows = (row for part in parts for row in reads.load_people(snapshot.connection, part))
    return {row.id: decrypt_person(vault, row.id, row.key, row.sealed) for row in rows}


def _case_view(snapshot: BoardSnapshot, row: OpenCase, person: Person, late: list[LateClock], language: str) -> View:
    rule = snapshot.steps.rules.get((row.pipeline, row.state))
    turn = rule.turn if rule else None
    return {
        "case": row.case,
        "version": row.version,
        "pipeline": row.pipeline,
        "person": {"id": person.id, "name": person.name},
        "unit": snapshot.unit_index.unit_view(row.unit),
        "commune": snapshot.unit_index.unit_view(snapshot.unit_index.commune_id(row.unit)),
        "state": {"id": row.state, "label": rule.label.in_language(language) if rule else row.state},
        "turn": turn,
        "turn_label": snapshot.steps.organ_label(turn, language) if turn else None,
        "opened_on": row.opened_on,
        "since": row.since,
        "days": (snapshot.day - row.since).days,
        "stalled": bool(late),
        "days_late": max(((snapshot.day - clock.due).days for clock in late), default=0),
        "late": [_late_clock_view(snapshot, row.pipeline, clock, language) for clock in late],
    }


def _late_clock_view(snapshot: BoardSnapshot, pipeline: str, clock: LateClock, language: str) -> View:
    return {
        "name": clock.name,
        "label": describe_clock(snapshot.office, pipeline, clock.name)[0].in_language(language),
        "of": clock.of,
        "kind": clock.kind,
        "organ": clock.organ,
        "due": clock.due,
        "days": (snapshot.day - clock.due).days,
    }
