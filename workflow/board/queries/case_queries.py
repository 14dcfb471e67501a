"""What a board counts and lists of open cases as they stand today, asked of the tables; nothing here writes.

A board that sees everything reads the late clocks once for all cases; one that sees some units goes by their cases.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflow.storage.bulk_parameters import among, given
from workflow.storage.writes import CASES, CLOCKS, EVENTS, OFFICE, SEAL

Late = Literal["legal", "house", "any"]
Sort = Literal["late", "age", "opened", "step"]
Step = tuple[str, str]
"""A pipeline and one of its states."""
STALLING: tuple[Late, ...] = ("legal", "house")
"""The kinds of clocks that make a case stalled."""
Overdue = Literal["week", "month", "quarter", "older"]
OVERDUES: Mapping[Overdue, tuple[int, int | None]] = {
    "week": (1, 7), "month": (8, 30), "quarter": (31, 90), "older": (91, None),
}  # fmt: skip
"""How long a case has been late by its oldest late clock: calendar days past the deadline, from and to (None: more)."""


class Stray(NamedTuple):
    """A case that stands elsewhere than its row says, because its step is gone: where, and since when (ISO)."""

    case: str
    state: str
    since: str


class Stood(NamedTuple):
    """One open case as it stands. ``since``: the day of its last move; ``legal``, ``house``: its oldest late clock."""

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


class Counted(NamedTuple):
    """How many cases are open, and how many of them are late: by a legal clock, by a house clock, by either."""

    open: int = 0
    legal: int = 0
    house: int = 0
    late: int = 0

    def plus(self, other: "Counted") -> "Counted":
        """Both together."""
        return Counted(*(one + two for one, two in zip(self, other, strict=True)))

    def of(self, late: Late | None) -> int:
        """Those of them that are late by some kind of clock; None: all."""
        return (
            self.open
            if late is None
            else self.legal
            if late == "legal"
            else self.house
            if late == "house"
            else self.late
        )


@dataclass(frozen=True)
class Wanted:
    """Which open cases are meant on a day: of some units, at some steps, late by some kind of clock; None: all.

    ``overdue``: late for so long, by the oldest clock of that kind (of either kind, where none is said).
    ``untouched_after``: only those of which nothing was recorded after that event.
    """

    day: date
    units: Collection[str] | None = None
    steps: Collection[Step] | None = None
    late: Late | None = None
    overdue: Overdue | None = None
    untouched_after: int | None = None
    strays: Sequence[Stray] = field(default=())

    def is_of(self, overdue: Overdue, oldest: date) -> bool:
        """Whether a deadline was missed by so much on the day."""
        low, high = OVERDUES[overdue]
        days = (self.day - oldest).days
        return low <= days and (high is None or days <= high)


class Basis(NamedTuple):
    """What all that is read goes by: the newest event, how deadlines were counted, a sample office's day."""

    n: int
    hash: bytes
    deadlines: str
    today: date | None


def basis(connection: Connection) -> Basis:
    """What a reading goes by; while it is the same, everything counted is the same."""
    statement = sa.select(SEAL.c.n, SEAL.c.hash, OFFICE.c.basis, OFFICE.c.today)
    return Basis(*connection.execute(statement.join(OFFICE, OFFICE.c.id == SEAL.c.id)).one())


class _Standing:
    """The tables that a wish is about, joined, and its conditions."""

    def __init__(self, connection: Connection, wanted: Wanted) -> None:
        self.connection, self.wanted = connection, wanted
        self.late = _late(connection, wanted)
        whole = not (wanted.late or wanted.overdue)
        self.tables: sa.FromClause = CASES.join(self.late, self.late.c.case_id == CASES.c.id, isouter=whole)
        self.state: sa.ColumnElement[str] = CASES.c.state
        if wanted.units is not None:
            self.state = sa.func.coalesce(CASES.c.state, "")  # SQLite is to go by the units, not by the step
        self.stray_since: sa.Label[Any] = sa.cast(sa.null(), sa.String).label("stray_since")
        if wanted.strays:
            strays = given(connection, "strays", wanted.strays, "case_id", "state", "since")
            self.tables = self.tables.join(strays, strays.c.case_id == CASES.c.id, isouter=True)
            self.state = sa.func.coalesce(strays.c.state, CASES.c.state)
            self.stray_since = strays.c.since.label("stray_since")

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        wanted = self.wanted
        found: list[sa.ColumnElement[bool]] = [CASES.c.closed_on.is_(None)]
        if wanted.units is not None:
            found.append(among(self.connection, CASES.c.unit_id, wanted.units))
        if wanted.steps is not None:
            found.append(_at_steps(self.state, wanted.steps))
        if wanted.late in STALLING:
            found.append(self.late.c[wanted.late].is_not(None))
        if wanted.overdue is not None:
            found.append(self.is_of(wanted.overdue, wanted.late or "any"))
        if wanted.untouched_after is not None:
            found.append(CASES.c.id.not_in(touched(wanted.untouched_after)))
        return found

    def is_of(self, overdue: Overdue, kind: Late) -> sa.ColumnElement[bool]:
        """Whether a case has been late for so long."""
        oldest, (low, high) = self.oldest(kind), OVERDUES[overdue]
        missed = [oldest <= self.wanted.day - timedelta(days=low)]
        return sa.and_(*missed, *([] if high is None else [oldest >= self.wanted.day - timedelta(days=high)]))

    def oldest(self, kind: Late) -> sa.ColumnElement[Any]:
        """The oldest deadline that a case has missed; one far away where it has missed none."""
        far = sa.literal(date.max, sa.Date)
        if kind != "any":
            return sa.func.coalesce(self.late.c[kind], far)
        least = sa.func.least if self.connection.dialect.name == "postgresql" else sa.func.min
        return least(*(sa.func.coalesce(self.late.c[one], far) for one in STALLING))


def touched(n: int) -> sa.Select[Any]:
    """The cases of which something was recorded after an event."""
    return sa.select(EVENTS.c.case_id).where(EVENTS.c.n > n, EVENTS.c.case_id.is_not(None))


def _late(connection: Connection, wanted: Wanted) -> sa.Subquery:
    """The late cases, each with its oldest late clock of either kind."""
    state: sa.ColumnElement[str] = CLOCKS.c.state
    conditions = [CLOCKS.c.due < wanted.day, CLOCKS.c.kind.in_(STALLING)]
    if wanted.units is not None:
        theirs = sa.select(CASES.c.id).where(CASES.c.closed_on.is_(None))
        conditions.append(CLOCKS.c.case_id.in_(theirs.where(among(connection, CASES.c.unit_id, wanted.units))))
        state = sa.func.coalesce(CLOCKS.c.state, "")  # keeps SQLite from reading every late clock of the office
    oldest = {kind: sa.func.min(sa.case((CLOCKS.c.kind == kind, CLOCKS.c.due))).label(kind) for kind in STALLING}
    statement = sa.select(CLOCKS.c.case_id, *oldest.values()).where(state == "running", *conditions)
    return statement.group_by(CLOCKS.c.case_id).subquery("late")


def _at_steps(state: sa.ColumnElement[str], steps: Collection[Step]) -> sa.ColumnElement[bool]:
    by_pipeline: dict[str, list[str]] = {}
    for pipeline, name in sorted(steps):
        by_pipeline.setdefault(pipeline, []).append(name)
    return sa.or_(
        sa.false(),
        *(sa.and_(CASES.c.pipeline == pipeline, state.in_(names)) for pipeline, names in by_pipeline.items()),
    )


_LAST_ON = '"last_on":"'
_CARRIED = '"carried":{'


def last_moved(connection: Connection) -> sa.ColumnElement[str]:
    """The day of a case's last move, or carry-over, out of its record: found as text, which is far quicker than read.

    A record is canonical JSON, and quotes within its texts are escaped: what is looked for stands nowhere else.
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


def counts(connection: Connection, wanted: Wanted, by: Literal["step", "unit"]) -> dict[Any, Counted]:
    """Cases counted by step (pipeline and state), or by unit."""
    standing = _Standing(connection, wanted)
    late = standing.late
    keys = (CASES.c.pipeline, standing.state) if by == "step" else (CASES.c.unit_id,)
    numbers = (sa.func.count(), *(sa.func.count(late.c[name]) for name in (*STALLING, "case_id")))
    statement = sa.select(*keys, *numbers).select_from(standing.tables).where(*standing.conditions()).group_by(*keys)
    rows = connection.execute(statement).all()
    if by == "step":
        return {(row[0], row[1]): Counted(*row[2:]) for row in rows}
    return {row[0]: Counted(*row[1:]) for row in rows}


def overdues(connection: Connection, wanted: Wanted) -> dict[tuple[Late, Overdue], int]:
    """How many cases have been late for how long, by each kind of clock and by either."""
    standing = _Standing(connection, replace(wanted, late="any"))
    names: list[tuple[Late, Overdue]] = [(kind, overdue) for kind in (*STALLING, "any") for overdue in OVERDUES]
    numbers = (sa.func.count(sa.case((standing.is_of(overdue, kind), 1))) for kind, overdue in names)
    statement = sa.select(*numbers).select_from(standing.tables).where(*standing.conditions())
    return dict(zip(names, connection.execute(statement).one(), strict=True))


@dataclass(frozen=True)
class Page:
    """A part of a list, and how the list is sorted. ``order``: the steps from the first to the last."""

    sort: Sort
    limit: int | None = None
    offset: int = 0
    order: Sequence[Step] = ()


def page(connection: Connection, wanted: Wanted, part: Page) -> list[Stood]:
    """A page of the cases. Which they are is found first: their records are then read for the day of the last move."""
    standing = _Standing(connection, wanted)
    late, key = standing.late, _sort_key(standing, part).label("key")
    keys = (
        CASES.c.id.label("case_id"),
        standing.state.label("state"),
        standing.stray_since,
        late.c.legal,
        late.c.house,
    )
    inner = sa.select(*keys, key).select_from(standing.tables).where(*standing.conditions())
    found = inner.order_by(key, CASES.c.id).limit(part.limit).offset(part.offset).subquery("found")
    columns = (
        *(CASES.c[name] for name in ("id", "pipeline", "person_id", "unit_id")),
        found.c.state,
        *(CASES.c.opened_on, CASES.c.version),
        sa.func.coalesce(found.c.stray_since, last_moved(connection)).label("since"),
        *(found.c.legal, found.c.house),
    )
    statement = sa.select(*columns).join(found, found.c.case_id == CASES.c.id).order_by(found.c.key, CASES.c.id)
    return [_stood(row) for row in connection.execute(statement)]


def _sort_key(standing: _Standing, part: Page) -> sa.ColumnElement[Any]:
    if part.sort == "late":
        return standing.oldest("any")
    if part.sort == "opened":
        return CASES.c.opened_on
    if part.sort == "step" and part.order:
        ranks = [(_at_steps(standing.state, [step]), place) for place, step in enumerate(part.order)]
        return sa.case(*ranks, else_=len(ranks))
    return sa.func.coalesce(standing.stray_since, last_moved(standing.connection))


def _stood(row: Any) -> Stood:
    values = dict(zip(Stood._fields, row, strict=True))
    return Stood(**{**values, "since": date.fromisoformat(row.since)})


def of_steps(connection: Connection, wanted: Wanted) -> list[tuple[str, str, str, str]]:
    """Cases as their rows have them: id, pipeline, unit, state."""
    state: sa.ColumnElement[str] = CASES.c.state
    conditions: list[sa.ColumnElement[bool]] = [CASES.c.closed_on.is_(None)]
    if wanted.units is not None:
        conditions.append(among(connection, CASES.c.unit_id, wanted.units))
        state = sa.func.coalesce(CASES.c.state, "")
    columns = [CASES.c[name] for name in ("id", "pipeline", "unit_id", "state")]
    rows = connection.execute(sa.select(*columns).where(*conditions, _at_steps(state, wanted.steps or ())))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def records(connection: Connection, cases: Collection[str]) -> Mapping[str, str]:
    """The records of some cases, as text."""
    statement = sa.select(CASES.c.id, CASES.c.record).where(among(connection, CASES.c.id, cases))
    return {row.id: row.record for row in connection.execute(statement)}


class LateClock(NamedTuple):
    """A clock that has run past its deadline. ``of``: what it is counted per."""

    case: str
    name: str
    of: str | None
    kind: str
    organ: str
    due: date


def late_clocks(connection: Connection, cases: Collection[str], day: date) -> list[LateClock]:
    """The late clocks of some cases, oldest first."""
    columns = [CLOCKS.c[name] for name in ("case_id", "name", "of", "kind", "organ", "due")]
    running = sa.func.coalesce(CLOCKS.c.state, "") == "running"
    conditions = (running, CLOCKS.c.due < day, CLOCKS.c.kind.in_(STALLING), among(connection, CLOCKS.c.case_id, cases))
    rows = connection.execute(sa.select(*columns).where(*conditions).order_by(CLOCKS.c.due, CLOCKS.c.name))
    return [LateClock(*row) for row in rows]
