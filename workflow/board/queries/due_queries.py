"""These queries read the clocks that run out in coming days.

Nothing here writes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflow.storage.bulk_parameters import is_among
from workflow.storage.tables.cases import CASES, CLOCKS


class DueClock(NamedTuple):
    """A clock of an open case that runs out on a day. ``of``: what it is counted per."""

    due: date
    kind: str
    name: str
    of: str | None
    organ: str
    case: str
    pipeline: str
    person: str
    unit: str


@dataclass(frozen=True)
class DueFilter:
    """Which clocks are meant: those that run out from a day to another, of open cases of some units
    (None: of all).
    """

    first: date
    last: date
    units: Collection[str] | None = None
    kind: str | None = None


def count_due(connection: Connection, due_filter: DueFilter) -> dict[tuple[date, str], int]:
    columns = (CLOCKS.c.due, CLOCKS.c.kind)
    statement = (
        sa.select(*columns, sa.func.count()).select_from(_TABLES).where(*_conditions(connection, due_filter))
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(statement.group_by(*columns))}


def list_due(
    connection: Connection, due_filter: DueFilter, *, limit: int | None, offset: int = 0
) -> list[DueClock]:
    """A page of them, day by day."""
    conditions = _conditions(connection, due_filter)
    statement = sa.select(*_COLUMNS).select_from(_TABLES).where(*conditions).order_by(*_ORDER)
    return [DueClock(*row) for row in connection.execute(statement.limit(limit).offset(offset))]


def list_due_each_day(connection: Connection, due_filter: DueFilter, most: int) -> list[DueClock]:
    """The first of them of each day, so many at most."""
    place = sa.func.row_number().over(partition_by=CLOCKS.c.due, order_by=_ORDER).label("place")
    placed = (
        sa.select(*_COLUMNS, place)
        .select_from(_TABLES)
        .where(*_conditions(connection, due_filter))
        .subquery()
    )
    columns = [column for column in placed.c if column.name != "place"]
    statement = sa.select(*columns).where(placed.c.place <= most).order_by(placed.c.due, placed.c.place)
    return [DueClock(*row) for row in connection.execute(statement)]


_TABLES = CLOCKS.join(CASES, CASES.c.id == CLOCKS.c.case_id)
_COLUMNS = (
    *(CLOCKS.c[name] for name in ("due", "kind", "name", "of", "organ", "case_id")),
    *(CASES.c[name] for name in ("pipeline", "person_id", "unit_id")),
)
_RANKS = {"legal": 0, "house": 1, "validity": 2, "period": 3}
"""What binds stands before what is only shown."""
_RANK = sa.case(_RANKS, value=CLOCKS.c.kind, else_=len(_RANKS))
_ORDER = (CLOCKS.c.due, _RANK, CLOCKS.c.case_id, CLOCKS.c.name, CLOCKS.c.seq)


def _conditions(connection: Connection, due_filter: DueFilter) -> list[sa.ColumnElement[bool]]:
    state: sa.ColumnElement[str] = CLOCKS.c.state
    conditions: list[sa.ColumnElement[bool]] = [
        CASES.c.closed_on.is_(None),
        CLOCKS.c.due.between(due_filter.first, due_filter.last),
    ]
    if due_filter.units is not None:
        conditions.append(is_among(connection, CASES.c.unit_id, due_filter.units))
        state = sa.func.coalesce(
            CLOCKS.c.state, ""
        )  # from their cases, and not from every clock that runs out
    if due_filter.kind is not None:
        conditions.append(CLOCKS.c.kind == due_filter.kind)
    return [state == "running", *conditions]
