"""The list behind every number of the board names its cases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Literal

from states.vocabulary import Person
from workflow.board.queries import case_queries
from workflow.board.queries.case_queries import CasePage, LateClock, ListedCase
from workflow.board.queries.case_queries import Sort as BySort
from workflow.board.snapshot.snapshot import BoardFilter, BoardScopeView, BoardSnapshot
from workflow.cases.views.clock_label import describe_clock
from workflow.cases.views.state_ref import StateRef
from workflow.core.text import sort_key
from workflow.core.views import NamedRef
from workflow.register.person_record import decrypt_person
from workflow.register.place_names import place_order
from workflow.storage import reads

CaseSort = BySort | Literal["place"]

PAGE_SIZE = 50
"""Rows of a page, unless more are asked for."""
IDS_PER_QUERY = 5000
"""Ids that one statement is given: a driver takes only so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateClockSummary:
    """A deadline that has passed, in short."""

    name: str
    kind: str
    organ: str
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LateClockView(LateClockSummary):
    """A deadline that has passed; ``of``: what it is counted per, ``days``: how long ago."""

    label: str
    of: str | None
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSummary:
    """A case in a list, in short; ``above``: the units over its own, nearest first."""

    case: str
    pipeline: str
    person: NamedRef
    unit: NamedRef
    above: list[NamedRef]
    state: StateRef
    turn: str | None
    turn_label: str | None
    version: int
    opened_on: date
    closed_on: date | None
    stalled: bool
    days_late: int
    late: Sequence[LateClockSummary]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseListRow(CaseSummary):
    """A case in a list; ``since``, ``days``: since when, and how long, an open one has not moved."""

    late: Sequence[LateClockView]
    commune: NamedRef
    since: date | None
    days: int | None

    def days_late_by(self, kind: str) -> int | None:
        """How long it has been late by clocks of a kind; None where it is not."""
        return max((clock.days for clock in self.late if clock.kind == kind), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseListView(BoardScopeView):
    """A page of open cases, and how many there are in all."""

    rows: list[CaseListRow]
    total: int
    limit: int | None
    offset: int


def list_open_cases(
    snapshot: BoardSnapshot,
    language: str,
    board_filter: BoardFilter | None = None,
    *,
    sort: CaseSort = "late",
    limit: int | None = PAGE_SIZE,
    offset: int = 0,
) -> CaseListView:
    """Open cases as they stand, a page of them (``limit`` None: all), and how many there are in all.

    ``sort``: longest late first (``late``), longest without a move (``age``), first opened (``opened``),
    by ``step``, by ``place``. Raises `NoSuchUnit`.
    """
    wanted = board_filter or BoardFilter()
    if sort == "place":
        rows = _page_by_place(snapshot, wanted, limit, offset)
    else:
        order = list(snapshot.steps.rules) if sort == "step" else ()
        rows = snapshot.open_cases.list_page(
            snapshot.build_query(wanted), CasePage(sort, limit, offset, order)
        )
    return CaseListView(
        **snapshot.describe(wanted.unit),
        rows=_case_rows(snapshot, rows, language),
        total=snapshot.count_total(wanted),
        limit=limit,
        offset=offset,
    )


def _page_by_place(
    snapshot: BoardSnapshot, board_filter: BoardFilter, limit: int | None, offset: int
) -> list[ListedCase]:
    """A page sorted by Vietnamese place names, which no database can do: it finds the page's units first."""
    counts = {unit: counted.open for unit, counted in snapshot.count_by_unit(board_filter).items()}
    end = sum(counts.values()) if limit is None else offset + limit
    covered_units, before, skipped = list[str](), 0, 0
    for unit in snapshot.unit_index.sort_units(unit for unit, number in counts.items() if number):
        if before + counts[unit] <= offset:
            skipped += counts[unit]
        elif before < end:
            covered_units.append(unit)
        before += counts[unit]
    query = replace(snapshot.build_query(board_filter), units=covered_units)
    rows = snapshot.open_cases.list_page(query, CasePage("opened"))
    rows.sort(key=lambda row: snapshot.unit_index.unit_order(row.unit))
    return rows[offset - skipped :][:limit]


def list_cases_by_urgency(
    snapshot: BoardSnapshot,
    language: str,
    *,
    unit: str | None = None,
    state: str | None = None,
    stalled: bool = False,
    flagged: bool = False,
) -> list[CaseListRow]:
    """All open cases, or those at a state, the ends of the way too: those longest late first, then by
    village.

    ``stalled``: past a legal or an unpaused house deadline. ``flagged``: with something that a correction
    left unsettled, ended cases too. Raises `NoSuchUnit`.
    """
    if state is not None and snapshot.steps.is_end(state) and not flagged:
        rows = [] if stalled else _list_ended(snapshot, state, unit)
    else:
        wanted = BoardFilter(unit, state=state, late="any" if stalled else None, flagged=flagged)
        rows = snapshot.open_cases.list_page(snapshot.build_query(wanted), CasePage("late"))
    return sorted(_case_rows(snapshot, rows, language), key=_urgency_key)


def _list_ended(snapshot: BoardSnapshot, state: str, unit: str | None) -> list[ListedCase]:
    query = replace(snapshot.build_query(BoardFilter(unit, state=state)), ended=True)
    return case_queries.list_cases(snapshot.connection, query, CasePage("opened"))


def _urgency_key(row: CaseListRow) -> tuple[int, tuple[str, ...], str]:
    return -row.days_late, place_order(row.unit.name), sort_key(row.person.name)


def summarize_case(row: CaseListRow) -> CaseSummary:
    """What a list of the command line says of a case."""
    late = [
        LateClockSummary(name=clock.name, kind=clock.kind, organ=clock.organ, due=clock.due)
        for clock in row.late
    ]
    summary = {each.name: getattr(row, each.name) for each in fields(CaseSummary)}
    return CaseSummary(**{**summary, "late": late})


def load_people(snapshot: BoardSnapshot, ids: Iterable[str]) -> Mapping[str, Person]:
    """Some people, decrypted: only those who are shown."""
    vault, wanted = snapshot.office.vault, sorted(set(ids))
    parts = (wanted[at : at + IDS_PER_QUERY] for at in range(0, len(wanted), IDS_PER_QUERY))
    rows = (row for part in parts for row in reads.load_people(snapshot.connection, part))
    return {row.id: decrypt_person(vault, row.id, row.key, row.sealed) for row in rows}


def _case_rows(snapshot: BoardSnapshot, rows: Sequence[ListedCase], language: str) -> list[CaseListRow]:
    people = load_people(snapshot, (row.person for row in rows))
    late: dict[str, list[LateClock]] = {}
    for clock in snapshot.open_cases.list_late_clocks([row.case for row in rows if row.legal or row.house]):
        late.setdefault(clock.case, []).append(clock)
    return [_case_row(snapshot, row, people[row.person], late.get(row.case, []), language) for row in rows]


def _case_row(
    snapshot: BoardSnapshot, row: ListedCase, person: Person, late: Sequence[LateClock], language: str
) -> CaseListRow:
    rule = snapshot.steps.rules.get((row.pipeline, row.state))
    turn = snapshot.steps.turn_at((row.pipeline, row.state), row.unit)
    return CaseListRow(
        case=row.case,
        pipeline=row.pipeline,
        person=NamedRef(id=person.id, name=person.name),
        unit=snapshot.unit_index.unit_ref(row.unit),
        above=snapshot.unit_index.refs_above(row.unit),
        state=StateRef(id=row.state, label=rule.label.in_language(language) if rule else row.state),
        turn=turn,
        turn_label=snapshot.steps.organ_label(turn, language) if turn else None,
        version=row.version,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        stalled=bool(late),
        days_late=max(((snapshot.day - clock.due).days for clock in late), default=0),
        late=[_late_clock_view(snapshot, row, clock, language) for clock in late],
        commune=snapshot.unit_index.commune_ref(row.unit),
        since=None if row.closed_on else row.since,
        days=None if row.closed_on else (snapshot.day - row.since).days,
    )


def _late_clock_view(
    snapshot: BoardSnapshot, row: ListedCase, clock: LateClock, language: str
) -> LateClockView:
    return LateClockView(
        name=clock.name,
        kind=clock.kind,
        organ=snapshot.steps.organ_at(row.pipeline, row.unit, clock.organ),
        due=clock.due,
        label=describe_clock(snapshot.office, row.pipeline, clock.name)[0].in_language(language),
        of=clock.of,
        days=(snapshot.day - clock.due).days,
    )
