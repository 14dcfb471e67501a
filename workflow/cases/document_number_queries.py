"""The books of numbers, by intent. Every function works within the transaction of the `Work` it is given, or reads."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflow.storage.engine import Work
from workflow.storage.tables import NumberRow, table_of

NUMBERS = table_of(NumberRow)


def add(work: Work, rows: Iterable[Mapping[str, Any]]) -> None:
    """Numbers that an act has taken."""
    held = list(rows)
    if held:
        work.connection.execute(sa.insert(NUMBERS), held)


def drop(work: Work, case: str, seq: int) -> None:
    """What an act had taken, before it was corrected."""
    work.connection.execute(sa.delete(NUMBERS).where(NUMBERS.c.case_id == case, NUMBERS.c.seq == seq))


def of_book(work: Work, unit: str, mark: str, since: date, until: date | None) -> Sequence[Any]:
    """The numbers of one kind of document of a unit within a term."""
    mine = [NUMBERS.c.unit_id == unit, NUMBERS.c.mark == mark, NUMBERS.c.on_day >= since]
    if until is not None:
        mine.append(NUMBERS.c.on_day <= until)
    return work.connection.execute(sa.select(NUMBERS).where(*mine).order_by(NUMBERS.c.number)).all()


def by_case(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every number as plain values, by case."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(sa.select(NUMBERS)).mappings():
        found.setdefault(row["case_id"], []).append(dict(row))
    return found
