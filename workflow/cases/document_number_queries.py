"""These queries read and write the books of document numbers.

Every function works within the caller's transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypedDict, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflow.storage.engine import Transaction
from workflow.storage.tables.cases import NUMBERS


class StoredNumber(TypedDict):
    """A number that an act of a case has taken, as its row."""

    case_id: str
    seq: int
    field: str
    unit_id: str
    mark: str
    number: int
    on_day: date


def add_numbers(tx: Transaction, rows: Iterable[StoredNumber]) -> None:
    taken = list(rows)
    if taken:
        tx.connection.execute(sa.insert(NUMBERS), taken)


def delete_numbers(tx: Transaction, case: str, seq: int) -> None:
    """What an act had taken, before it was corrected."""
    tx.connection.execute(sa.delete(NUMBERS).where(NUMBERS.c.case_id == case, NUMBERS.c.seq == seq))


def list_book_numbers(
    tx: Transaction, unit: str, mark: str, since: date, until: date | None
) -> Sequence[Any]:
    """The numbers of one kind of document of a unit within a term."""
    mine = [NUMBERS.c.unit_id == unit, NUMBERS.c.mark == mark, NUMBERS.c.on_day >= since]
    if until is not None:
        mine.append(NUMBERS.c.on_day <= until)
    return tx.connection.execute(sa.select(NUMBERS).where(*mine).order_by(NUMBERS.c.number)).all()


def load_numbers_by_case(connection: Connection) -> dict[str, list[StoredNumber]]:
    """Every number as plain values, by case."""
    numbers_by_case: dict[str, list[StoredNumber]] = {}
    for row in connection.execute(sa.select(NUMBERS)).mappings():
        numbers_by_case.setdefault(row["case_id"], []).append(cast("StoredNumber", dict(row)))
    return numbers_by_case
