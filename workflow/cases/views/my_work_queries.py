"""Reading whose turn it is: open cases at given steps, those whose time runs out first before the others."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from workflow.storage.tables.cases import CASES, CLOCKS
from workflow.storage.tables.history import SEAL

COLUMNS = (CASES.c.id, CASES.c.pipeline, CASES.c.person_id, CASES.c.unit_id, CASES.c.state, CASES.c.version)
RUNNING = (CLOCKS.c.state == "running", CLOCKS.c.kind.in_(("legal", "house")), CLOCKS.c.due.is_not(None))


def count_acts(connection: Connection, units: Iterable[str] | None) -> int:
    """How many acts the cases of these units have seen, closed ones too; of all units: the newest event there is."""
    chosen = sa.select(SEAL.c.n)
    if units is not None:
        chosen = sa.select(sa.func.sum(CASES.c.version)).where(CASES.c.unit_id.in_(list(units)))
    return int(connection.execute(chosen).scalar_one() or 0)


def list_cases_in_units(connection: Connection, units: Iterable[str]) -> list[Row[Any]]:
    """Every open case of these units: id, pipeline, person_id, unit_id, state, version."""
    chosen = sa.select(*COLUMNS).where(CASES.c.closed_on.is_(None), CASES.c.unit_id.in_(list(units)))
    return list(connection.execute(chosen))


def list_first_due(connection: Connection, states: Iterable[str], limit: int, offset: int) -> list[Row[Any]]:
    """Open cases at these steps anywhere, by the deadline that ends first: walked along the index of deadlines."""
    ending = (
        sa.select(*COLUMNS, CLOCKS.c.due)
        .join(CASES, CASES.c.id == CLOCKS.c.case_id)
        .where(*RUNNING, CASES.c.closed_on.is_(None), CASES.c.state.in_(list(states)))
        .order_by(CLOCKS.c.due, CASES.c.id)
        .limit(4 * (limit + offset))
        .subquery()
    )
    columns = [ending.c[column.name] for column in COLUMNS]
    first = sa.select(*columns, sa.func.min(ending.c.due).label("due")).group_by(*columns)
    return list(connection.execute(first.order_by("due", ending.c.id).limit(limit).offset(offset)))


def list_running_clocks(connection: Connection, cases: Iterable[str]) -> list[Row[Any]]:
    """The clocks that run in these cases – deadlines, and periods that have to pass –, the next to end first.

    Columns: case_id, name, kind, due, organ.
    """
    columns = (CLOCKS.c.case_id, CLOCKS.c.name, CLOCKS.c.kind, CLOCKS.c.due, CLOCKS.c.organ)
    # Said of the state as it is, SQLite would walk every running clock there is instead of those of these few cases.
    running = sa.func.coalesce(CLOCKS.c.state, "") == "running"
    kinds = CLOCKS.c.kind.in_(("legal", "house", "period"))
    chosen = sa.select(*columns).where(CLOCKS.c.case_id.in_(list(cases)), running, kinds, CLOCKS.c.due.is_not(None))
    return list(connection.execute(chosen.order_by(CLOCKS.c.due)))
