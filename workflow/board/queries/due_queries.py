"""What falls due in the days to come; nothing here writes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflow.storage.bulk_parameters import among
from workflow.storage.writes import CASES, CLOCKS


class Due(NamedTuple):
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
class Ahead:
    """Which clocks are meant: those that run out from a day to another, of open cases of some units (None: of all)."""

    first: date
    last: date
    units: Collection[str] | None = None
    kind: str | None = None


def due_counts(connection: Connection, ahead: Ahead) -> dict[tuple[date, str], int]:
    """How many clocks run out, by day and kind."""
    columns = (CLOCKS.c.due, CLOCKS.c.kind)
    statement = sa.select(*columns, sa.func.count()).select_from(_TABLES).where(*_conditions(connection, ahead))
    return {(row[0], row[1]): row[2] for row in connection.execute(statement.group_by(*columns))}


def due_page(connection: Connection, ahead: Ahead, *, limit: int | None, offset: int = 0) -> list[Due]:
    """A page of them, day by day."""
    conditions = _conditions(connection, ahead)
    statement = sa.select(*_COLUMNS).select_from(_TABLES).where(*conditions).order_by(*_ORDER)
    return [Due(*row) for row in connection.execute(statement.limit(limit).offset(offset))]


def due_each_day(connection: Connection, ahead: Ahead, most: int) -> list[Due]:
    """The first of them of each day, so many at most."""
    place = sa.func.row_number().over(partition_by=CLOCKS.c.due, order_by=_ORDER).label("place")
    placed = sa.select(*_COLUMNS, place).select_from(_TABLES).where(*_conditions(connection, ahead)).subquery()
    columns = [one for one in placed.c if one.name != "place"]
    statement = sa.select(*columns).where(placed.c.place <= most).order_by(placed.c.due, placed.c.place)
    return [Due(*row) for row in connection.execute(statement)]


_TABLES = CLOCKS.join(CASES, CASES.c.id == CLOCKS.c.case_id)
_COLUMNS = (
    *(CLOCKS.c[name] for name in ("due", "kind", "name", "of", "organ", "case_id")),
    *(CASES.c[name] for name in ("pipeline", "person_id", "unit_id")),
)
_RANKS = {"legal": 0, "house": 1, "validity": 2, "period": 3}
"""What binds stands before what is only shown."""
_RANK = sa.case(_RANKS, value=CLOCKS.c.kind, else_=len(_RANKS))
_ORDER = (CLOCKS.c.due, _RANK, CLOCKS.c.case_id, CLOCKS.c.name, CLOCKS.c.seq)


def _conditions(connection: Connection, ahead: Ahead) -> list[sa.ColumnElement[bool]]:
    state: sa.ColumnElement[str] = CLOCKS.c.state
    found: list[sa.ColumnElement[bool]] = [CASES.c.closed_on.is_(None), CLOCKS.c.due.between(ahead.first, ahead.last)]
    if ahead.units is not None:
        found.append(among(connection, CASES.c.unit_id, ahead.units))
        state = sa.func.coalesce(CLOCKS.c.state, "")  # from their cases, and not from every clock that runs out
    if ahead.kind is not None:
        found.append(CLOCKS.c.kind == ahead.kind)
    return [state == "running", *found]
