"""These queries count and list open cases as of today.

Nothing here writes. A board that sees all units reads the late clocks once for all cases; one that sees some
units reads the clocks of their cases.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflow.board.queries.flag_queries import is_flagged
from workflow.storage.bulk_parameters import is_among, rows_as_table
from workflow.storage.tables.cases import CASES, CLOCKS
from workflow.storage.tables.history import EVENTS

Late = Literal["legal", "house", "any"]
Sort = Literal["late", "age", "opened", "step"]
StepKey = tuple[str, str]
"""A pipeline and one of its states."""
STALLING: tuple[Late, ...] = ("legal", "house")
"""The kinds of clocks that make a case stalled."""
Overdue = Literal["week", "month", "quarter", "older"]
OVERDUES: Mapping[Overdue, tuple[int, int | None]] = {
    "week": (1, 7),
    "month": (8, 30),
    "quarter": (31, 90),
    "older": (91, None),
}
"""How long a case has been late by its oldest late clock: calendar days past the deadline, from and to
(None: more).
"""


class PendingCarryOver(NamedTuple):
    """A case whose row names a step that is gone: where it stands, and since when (ISO)."""

    case: str
    state: str
    since: str


class ListedCase(NamedTuple):
    """A case as it stands. ``since``: the day of its last move; ``legal``, ``house``: its oldest late
    clock.
    """

    case: str
    pipeline: str
    person: str
    unit: str
    state: str
    opened_on: date
    version: int
    since: date
    legal: date | None
    house: date | None
    closed_on: date | None = None


class CaseCounts(NamedTuple):
    """How many cases are open, and how many of them are late: by a legal clock, by a house clock, by
    either.
    """

    open: int = 0
    legal: int = 0
    house: int = 0
    late: int = 0

    def add_counts(self, other: "CaseCounts") -> "CaseCounts":
        return CaseCounts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def count_late(self, late: Late | None) -> int:
        """Those of them that are late by some kind of clock; None: all."""
        return {None: self.open, "legal": self.legal, "house": self.house, "any": self.late}[late]


class StepsOfUnits(NamedTuple):
    """Steps that are meant, of some units (None: of all), or of all ``but`` those."""

    steps: frozenset[StepKey]
    units: frozenset[str] | None = None
    but: bool = False

    def has_case(self, step: StepKey, unit: str) -> bool:
        """Whether a case at a step and of a unit is meant."""
        return step in self.steps and (self.units is None or (unit in self.units) != self.but)


@dataclass(frozen=True)
class CaseFilter:
    """Which open cases are meant on a day: of some units, at some steps, late by some kind of clock;
    None: all.

    ``waiting``: of these steps at these units, where that is not the same everywhere.
    ``overdue``: late for so long, by the oldest clock of that kind (of either kind, where none is said).
    ``untouched_after``: only those of which nothing was recorded after that event.
    ``ended``: those that are over, instead of the open ones.
    ``flagged``: those that a correction left flagged, open or over, until every flag is settled.
    """

    day: date
    units: Collection[str] | None = None
    steps: Collection[StepKey] | None = None
    waiting: Sequence[StepsOfUnits] | None = None
    late: Late | None = None
    overdue: Overdue | None = None
    untouched_after: int | None = None
    pending: Sequence[PendingCarryOver] = field(default=())
    ended: bool = False
    flagged: bool = False

    def is_overdue_by(self, overdue: Overdue, oldest: date) -> bool:
        """Whether a deadline was missed by so much on the day."""
        low, high = OVERDUES[overdue]
        days = (self.day - oldest).days
        return low <= days and (high is None or days <= high)


class _OpenCaseQuery:
    """The joined tables and conditions of a filter."""

    def __init__(self, connection: Connection, wanted: CaseFilter) -> None:
        self.connection, self.wanted = connection, wanted
        self.late = _late_cases(connection, wanted)
        whole = not (wanted.late or wanted.overdue)
        self.tables: sa.FromClause = CASES.join(self.late, self.late.c.case_id == CASES.c.id, isouter=whole)
        self.state: sa.ColumnElement[str] = CASES.c.state
        if wanted.units is not None:
            self.state = sa.func.coalesce(CASES.c.state, "")  # SQLite is to go by the units, not by the step
        self.pending_since: sa.Label[Any] = sa.cast(sa.null(), sa.String).label("pending_since")
        if wanted.pending:
            pending = rows_as_table(connection, "pending", wanted.pending, "case_id", "state", "since")
            self.tables = self.tables.join(pending, pending.c.case_id == CASES.c.id, isouter=True)
            self.state = sa.func.coalesce(pending.c.state, CASES.c.state)
            self.pending_since = pending.c.since.label("pending_since")

    def build_conditions(self) -> list[sa.ColumnElement[bool]]:
        wanted = self.wanted
        conditions: list[sa.ColumnElement[bool]] = [
            is_flagged(self.connection)
            if wanted.flagged
            else CASES.c.closed_on.is_not(None)
            if wanted.ended
            else CASES.c.closed_on.is_(None)
        ]
        if wanted.units is not None:
            conditions.append(is_among(self.connection, CASES.c.unit_id, wanted.units))
        if wanted.steps is not None:
            conditions.append(_at_steps(self.state, wanted.steps))
        if wanted.waiting is not None:
            conditions.append(sa.or_(sa.false(), *map(self._is_waiting, wanted.waiting)))
        if wanted.late in STALLING:
            conditions.append(self.late.c[wanted.late].is_not(None))
        if wanted.overdue is not None:
            conditions.append(self.is_overdue_by(wanted.overdue, wanted.late or "any"))
        if wanted.untouched_after is not None:
            conditions.append(CASES.c.id.not_in(select_touched_cases(wanted.untouched_after)))
        return conditions

    def _is_waiting(self, part: StepsOfUnits) -> sa.ColumnElement[bool]:
        at_steps = _at_steps(self.state, part.steps)
        if part.units is None:
            return at_steps
        among = is_among(self.connection, CASES.c.unit_id, part.units)
        return sa.and_(at_steps, sa.not_(among) if part.but else among)

    def count_by(self, *keys: sa.ColumnElement[str]) -> Sequence[tuple[Any, ...]]:
        """How many cases are open, and late, for each value of some columns."""
        numbers = (sa.func.count(), *(sa.func.count(self.late.c[name]) for name in (*STALLING, "case_id")))
        statement = sa.select(*keys, *numbers).select_from(self.tables).where(*self.build_conditions())
        return [tuple(row) for row in self.connection.execute(statement.group_by(*keys))]

    def is_overdue_by(self, overdue: Overdue, kind: Late) -> sa.ColumnElement[bool]:
        """Whether a case has been late for so long."""
        oldest, (low, high) = self.oldest_deadline(kind), OVERDUES[overdue]
        missed = [oldest <= self.wanted.day - timedelta(days=low)]
        return sa.and_(*missed, *([] if high is None else [oldest >= self.wanted.day - timedelta(days=high)]))

    def oldest_deadline(self, kind: Late) -> sa.ColumnElement[Any]:
        """The oldest deadline that a case has missed; a far day if it has missed none."""
        far = sa.literal(date.max, sa.Date)
        if kind != "any":
            return sa.func.coalesce(self.late.c[kind], far)
        least = sa.func.least if self.connection.dialect.name == "postgresql" else sa.func.min
        return least(*(sa.func.coalesce(self.late.c[kind_of_clock], far) for kind_of_clock in STALLING))


def select_touched_cases(n: int) -> sa.Select[Any]:
    """The cases with an event after number ``n``."""
    return sa.select(EVENTS.c.case_id).where(EVENTS.c.n > n, EVENTS.c.case_id.is_not(None))


def _late_cases(connection: Connection, wanted: CaseFilter) -> sa.Subquery:
    """The late cases, each with its oldest late clock of either kind."""
    state: sa.ColumnElement[str] = CLOCKS.c.state
    conditions = [CLOCKS.c.due < wanted.day, CLOCKS.c.kind.in_(STALLING)]
    if wanted.units is not None:
        theirs = sa.select(CASES.c.id).where(CASES.c.closed_on.is_(None))
        conditions.append(
            CLOCKS.c.case_id.in_(theirs.where(is_among(connection, CASES.c.unit_id, wanted.units)))
        )
        state = sa.func.coalesce(
            CLOCKS.c.state, ""
        )  # keeps SQLite from reading every late clock of the office
    oldest = {
        kind: sa.func.min(sa.case((CLOCKS.c.kind == kind, CLOCKS.c.due))).label(kind) for kind in STALLING
    }
    statement = sa.select(CLOCKS.c.case_id, *oldest.values()).where(state == "running", *conditions)
    return statement.group_by(CLOCKS.c.case_id).subquery("late")


def _at_steps(state: sa.ColumnElement[str], steps: Collection[StepKey]) -> sa.ColumnElement[bool]:
    by_pipeline: dict[str, list[str]] = {}
    for pipeline, name in sorted(steps):
        by_pipeline.setdefault(pipeline, []).append(name)
    return sa.or_(
        sa.false(),
        *(sa.and_(CASES.c.pipeline == pipeline, state.in_(names)) for pipeline, names in by_pipeline.items()),
    )


_LAST_ON = '"last_on":"'
_CARRIED = '"carried":{'


def last_move_column(connection: Connection) -> sa.ColumnElement[str]:
    """The day of a case's last move or carry-over, found as text in its record.

    Finding text is much faster than parsing. A record is canonical JSON with quotes escaped, so the pattern
    matches nowhere else.
    """
    record = CASES.c.record
    if connection.dialect.name == "sqlite":
        carried = [sa.func.json_extract(record, f"$.carried.{name}") for name in ("from", "on")]
        find = sa.func.instr
    else:
        read = sa.cast(record, sa.JSON)
        carried = [read[("carried", name)].as_string() for name in ("from", "on")]
        find = sa.func.strpos
    last_on = sa.func.substr(record, find(record, _LAST_ON) + len(_LAST_ON), 10)
    was_carried = sa.case((find(record, _CARRIED) > 0, carried[0] != CASES.c.state), else_=sa.false())
    return sa.case((was_carried, carried[1]), else_=last_on)


def count_by_step(connection: Connection, wanted: CaseFilter) -> dict[StepKey, CaseCounts]:
    """Cases counted by pipeline and state."""
    query = _OpenCaseQuery(connection, wanted)
    return {(row[0], row[1]): CaseCounts(*row[2:]) for row in query.count_by(CASES.c.pipeline, query.state)}


def count_by_unit(connection: Connection, wanted: CaseFilter) -> dict[str, CaseCounts]:
    """Cases counted by their unit."""
    return {
        row[0]: CaseCounts(*row[1:]) for row in _OpenCaseQuery(connection, wanted).count_by(CASES.c.unit_id)
    }


def count_overdue(connection: Connection, wanted: CaseFilter) -> dict[tuple[Late, Overdue], int]:
    """How many cases have been late for how long, by each kind of clock and by either."""
    query = _OpenCaseQuery(connection, replace(wanted, late="any"))
    names: list[tuple[Late, Overdue]] = [
        (kind, overdue) for kind in (*STALLING, "any") for overdue in OVERDUES
    ]
    numbers = (sa.func.count(sa.case((query.is_overdue_by(overdue, kind), 1))) for kind, overdue in names)
    statement = sa.select(*numbers).select_from(query.tables).where(*query.build_conditions())
    return dict(zip(names, connection.execute(statement).one(), strict=True))


@dataclass(frozen=True)
class CasePage:
    """A page of a list and its sort order. ``order``: the steps from first to last."""

    sort: Sort
    limit: int | None = None
    offset: int = 0
    order: Sequence[StepKey] = ()


def list_cases(connection: Connection, wanted: CaseFilter, part: CasePage) -> list[ListedCase]:
    """A page of the cases. Which they are is found first: their records are then read for the day of the
    last move.
    """
    query = _OpenCaseQuery(connection, wanted)
    late, key = query.late, _sort_key(query, part).label("key")
    keys = (
        CASES.c.id.label("case_id"),
        query.state.label("state"),
        query.pending_since,
        late.c.legal,
        late.c.house,
    )
    inner = sa.select(*keys, key).select_from(query.tables).where(*query.build_conditions())
    page_keys = inner.order_by(key, CASES.c.id).limit(part.limit).offset(part.offset).subquery("found")
    columns = (
        *(CASES.c[name] for name in ("id", "pipeline", "person_id", "unit_id")),
        page_keys.c.state,
        *(CASES.c.opened_on, CASES.c.version),
        sa.func.coalesce(page_keys.c.pending_since, last_move_column(connection)).label("since"),
        *(page_keys.c.legal, page_keys.c.house),
        CASES.c.closed_on,
    )
    statement = (
        sa.select(*columns)
        .join(page_keys, page_keys.c.case_id == CASES.c.id)
        .order_by(page_keys.c.key, CASES.c.id)
    )
    return [_to_listed_case(row) for row in connection.execute(statement)]


def _sort_key(query: _OpenCaseQuery, part: CasePage) -> sa.ColumnElement[Any]:
    if part.sort == "late":
        return query.oldest_deadline("any")
    if part.sort == "opened":
        return CASES.c.opened_on
    if part.sort == "step" and part.order:
        ranks = [(_at_steps(query.state, [step]), place) for place, step in enumerate(part.order)]
        return sa.case(*ranks, else_=len(ranks))
    return sa.func.coalesce(query.pending_since, last_move_column(query.connection))


def _to_listed_case(row: Any) -> ListedCase:
    values = dict(zip(ListedCase._fields, row, strict=True))
    return ListedCase(**{**values, "since": date.fromisoformat(row.since)})


def list_cases_at_steps(connection: Connection, wanted: CaseFilter) -> list[tuple[str, str, str, str]]:
    """Cases as their rows have them: id, pipeline, unit, state."""
    state: sa.ColumnElement[str] = CASES.c.state
    conditions: list[sa.ColumnElement[bool]] = [CASES.c.closed_on.is_(None)]
    if wanted.units is not None:
        conditions.append(is_among(connection, CASES.c.unit_id, wanted.units))
        state = sa.func.coalesce(CASES.c.state, "")
    columns = [CASES.c[name] for name in ("id", "pipeline", "unit_id", "state")]
    rows = connection.execute(sa.select(*columns).where(*conditions, _at_steps(state, wanted.steps or ())))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def load_records(connection: Connection, cases: Collection[str]) -> Mapping[str, str]:
    """The records of some cases, as text."""
    statement = sa.select(CASES.c.id, CASES.c.record).where(is_among(connection, CASES.c.id, cases))
    return {row.id: row.record for row in connection.execute(statement)}


class LateClock(NamedTuple):
    """A clock that has run past its deadline. ``of``: what it is counted per."""

    case: str
    name: str
    of: str | None
    kind: str
    organ: str
    due: date


def list_late_clocks(connection: Connection, cases: Collection[str], day: date) -> list[LateClock]:
    """The late clocks of some cases, oldest first."""
    columns = [CLOCKS.c[name] for name in ("case_id", "name", "of", "kind", "organ", "due")]
    running = sa.func.coalesce(CLOCKS.c.state, "") == "running"
    conditions = (
        running,
        CLOCKS.c.due < day,
        CLOCKS.c.kind.in_(STALLING),
        is_among(connection, CLOCKS.c.case_id, cases),
    )
    rows = connection.execute(sa.select(*columns).where(*conditions).order_by(CLOCKS.c.due, CLOCKS.c.name))
    return [LateClock(*row) for row in rows]
