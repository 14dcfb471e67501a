"""These queries read the events that describe a past day.

They read what was recorded by then, and the events of cases that changed since.
"""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflow.board.queries.case_queries import select_touched_cases
from workflow.storage.bulk_parameters import is_among
from workflow.storage.tables.cases import CASES
from workflow.storage.tables.history import EVENTS, SEAL

AT_ONCE = 2000


def find_last_event(connection: Connection, day: date) -> int:
    """The newest event recorded by the end of a day; 0 if there is none.

    Only an event's body holds its day, and days never decrease: this is a binary search.
    """
    low, high = 0, int(connection.execute(sa.select(SEAL.c.n)).scalar_one())
    day_text = day.isoformat()
    while low < high:
        middle = (low + high + 1) // 2
        body = connection.execute(sa.select(EVENTS.c.body).where(EVENTS.c.n == middle)).scalar_one_or_none()
        if body is not None and orjson.loads(body)["recorded_on"] > day_text:
            high = middle - 1
        else:
            low = middle
    return low


def list_events_of_touched(
    connection: Connection, n: int, units: Collection[str] | None, open_on: date | None
) -> Iterator[Any]:
    """Every event of the cases touched after event ``n``, case by case: id, person_id, pipeline, version,
    body.

    ``units``: of cases that belong to some units now. ``open_on``: of cases that were open on a day, as
    known now.
    """
    conditions: list[sa.ColumnElement[bool]] = [CASES.c.id.in_(select_touched_cases(n))]
    if units is not None:
        conditions.append(is_among(connection, CASES.c.unit_id, units))
    if open_on is not None:
        conditions += [
            CASES.c.opened_on <= open_on,
            sa.or_(CASES.c.closed_on.is_(None), CASES.c.closed_on > open_on),
        ]
    columns = (CASES.c.id, CASES.c.person_id, CASES.c.pipeline, CASES.c.version, EVENTS.c.body)
    statement = sa.select(*columns).join(EVENTS, EVENTS.c.case_id == CASES.c.id).where(*conditions)
    statement = statement.order_by(EVENTS.c.case_id, EVENTS.c.seq)
    return iter(connection.execution_options(yield_per=AT_ONCE).execute(statement))


def list_events_since(connection: Connection, n: int, units: Collection[str] | None) -> Iterator[Any]:
    """What was recorded of cases after event ``n``, in order: case_id, seq, person_id, unit_id, pipeline,
    body.
    """
    conditions: list[sa.ColumnElement[bool]] = [EVENTS.c.n > n]
    if units is not None:
        conditions.append(is_among(connection, CASES.c.unit_id, units))
    return iter(connection.execution_options(yield_per=AT_ONCE).execute(_OF_CASES.where(*conditions)))


def find_event(connection: Connection, case: str, seq: int) -> Any:
    """One event of a case, as `list_events_since` gives them; None where there is none."""
    mine = (EVENTS.c.case_id == case, EVENTS.c.seq == seq)
    return connection.execute(_OF_CASES.where(*mine)).one_or_none()


_OF_CASES = (
    sa.select(
        EVENTS.c.case_id, EVENTS.c.seq, CASES.c.person_id, CASES.c.unit_id, CASES.c.pipeline, EVENTS.c.body
    )
    .join(CASES, CASES.c.id == EVENTS.c.case_id)
    .order_by(EVENTS.c.n)
)
