"""These queries find the open cases at given steps.

Cases whose deadline ends first come first.
"""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflow.storage.bulk_parameters import is_among
from workflow.storage.tables.cases import CASES, CLOCKS
from workflow.storage.tables.history import SEAL

COLUMNS = (CASES.c.id, CASES.c.pipeline, CASES.c.person_id, CASES.c.unit_id, CASES.c.state)
RUNNING = (CLOCKS.c.state == "running", CLOCKS.c.kind.in_(("legal", "house")), CLOCKS.c.due.is_not(None))


class WaitingCase(NamedTuple):
    """An open case as its row has it."""

    id: str
    pipeline: str
    person: str
    unit: str
    state: str


class WaitingSteps(NamedTuple):
    """The steps of a pipeline that are meant at every unit, and those that are only at some."""

    pipeline: str
    states: frozenset[str]
    fallen_states: frozenset[str]
    units: frozenset[str]


class RunningClock(NamedTuple):
    """A clock that runs in a case: a deadline, or a period that has to pass."""

    case: str
    kind: str
    due: date


_NEWEST_EVENT = sa.select(SEAL.c.n)
_ACTS_IN_UNITS = sa.select(sa.func.sum(CASES.c.version)).where(
    CASES.c.unit_id.in_(sa.bindparam("units", expanding=True))
)
_IN_UNITS = sa.select(*COLUMNS).where(
    CASES.c.closed_on.is_(None), CASES.c.unit_id.in_(sa.bindparam("units", expanding=True))
)
# Said of the state as it is, SQLite would walk every running clock there is instead of those of these few
# cases.
_RUNNING_CLOCKS = (
    sa.select(CLOCKS.c.case_id, CLOCKS.c.kind, CLOCKS.c.due)
    .where(
        CLOCKS.c.case_id.in_(sa.bindparam("cases", expanding=True)),
        sa.func.coalesce(CLOCKS.c.state, "") == "running",
        CLOCKS.c.kind.in_(("legal", "house", "period")),
        CLOCKS.c.due.is_not(None),
    )
    .order_by(CLOCKS.c.due)
)
"""Built once: building them takes longer than the database needs."""


def count_acts(connection: Connection, units: Collection[str] | None) -> int:
    """The number of acts on the cases of these units, closed ones too.

    Of all units (None): the number of the newest event.
    """
    if units is None:
        return int(connection.execute(_NEWEST_EVENT).scalar_one())
    return int(connection.execute(_ACTS_IN_UNITS, {"units": list(units)}).scalar_one() or 0)


def list_cases_in_units(connection: Connection, units: Collection[str]) -> list[WaitingCase]:
    """Every open case of these units."""
    return [WaitingCase(*row) for row in connection.execute(_IN_UNITS, {"units": list(units)})]


def list_first_due(
    connection: Connection, wanted: Collection[WaitingSteps], limit: int, offset: int
) -> list[WaitingCase]:
    """Open cases at these steps, the next deadline first.

    It reads along the index of deadlines.
    """
    ending = (
        sa.select(*COLUMNS, CLOCKS.c.due)
        .join(CASES, CASES.c.id == CLOCKS.c.case_id)
        .where(*RUNNING, CASES.c.closed_on.is_(None), _at_wanted_steps(connection, wanted))
        .order_by(CLOCKS.c.due, CASES.c.id)
        .limit(4 * (limit + offset))
        .subquery()
    )
    columns = [ending.c[column.name] for column in COLUMNS]
    first = sa.select(*columns, sa.func.min(ending.c.due).label("due")).group_by(*columns)
    rows = connection.execute(first.order_by("due", ending.c.id).limit(limit).offset(offset))
    return [WaitingCase(*row[:-1]) for row in rows]


def _at_wanted_steps(connection: Connection, wanted: Collection[WaitingSteps]) -> sa.ColumnElement[bool]:
    every = sorted(frozenset().union(*(steps.states for steps in wanted)))
    fallen = (
        sa.and_(
            CASES.c.pipeline == steps.pipeline,
            CASES.c.state.in_(sorted(steps.fallen_states)),
            is_among(connection, CASES.c.unit_id, steps.units),
        )
        for steps in wanted
        if steps.units
    )
    return sa.or_(CASES.c.state.in_(every), *fallen)


def list_running_clocks(connection: Connection, cases: Collection[str]) -> list[RunningClock]:
    """The clocks that run in these cases, deadlines and periods that have to pass, the next to end first."""
    return [RunningClock(*row) for row in connection.execute(_RUNNING_CLOCKS, {"cases": list(cases)})]
