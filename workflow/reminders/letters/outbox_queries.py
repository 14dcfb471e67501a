"""Letters on their way, by intent. Every function works within the transaction of the `Transaction` it is given.

A letter is claimed with a lease: whoever dies while sending leaves it to be sent again when the lease is over.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from workflow.reminders.notices.notice_queries import DbRow
from workflow.storage.engine import Transaction
from workflow.storage.tables.reminders import LETTERS


def add_letter(tx: Transaction, **values: Any) -> None:
    """A letter to be sent."""
    tx.connection.execute(sa.insert(LETTERS).values({"state": "waiting", "tries": 0, **values}))


def find_readers_with_letter(tx: Transaction, users: Sequence[str], day: date) -> set[str]:
    """Those of some users whose letter of that day is written already."""
    theirs = sa.select(LETTERS.c.user_id).where(LETTERS.c.user_id.in_(users), LETTERS.c.day == day)
    return set(tx.connection.execute(theirs).scalars())


def lease_letters(tx: Transaction, now: int, lease: str, until: int, limit: int) -> Sequence[DbRow]:
    """Lease some letters that are due and that nobody holds."""
    free = sa.or_(LETTERS.c.leased_until.is_(None), LETTERS.c.leased_until <= now)
    mine = (
        sa.select(LETTERS.c.id)
        .where(LETTERS.c.state == "waiting", LETTERS.c.next_at <= now, free)
        .order_by(LETTERS.c.next_at, LETTERS.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(tx.connection.execute(mine).scalars())
    leased = sa.update(LETTERS).where(LETTERS.c.id.in_(ids)).values(lease=lease, leased_until=until)
    tx.connection.execute(leased)
    return tx.connection.execute(sa.select(LETTERS).where(LETTERS.c.id.in_(ids)).order_by(LETTERS.c.next_at)).all()


def settle_letter(tx: Transaction, letter: str, lease: str, **values: Any) -> bool:
    """Say what became of a letter that is still leased to us; False where the lease was lost meanwhile."""
    statement = sa.update(LETTERS).where(LETTERS.c.id == letter, LETTERS.c.lease == lease, LETTERS.c.state == "waiting")
    return tx.connection.execute(statement.values({"lease": None, "leased_until": None, **values})).rowcount == 1


def release_letters(tx: Transaction, lease: str) -> None:
    """Give back what was leased and not tried."""
    statement = sa.update(LETTERS).where(LETTERS.c.lease == lease, LETTERS.c.state == "waiting")
    tx.connection.execute(statement.values(lease=None, leased_until=None))


def update_letter(tx: Transaction, letter: str, states: Sequence[str], **values: Any) -> bool:
    """Change a letter that is in one of some states; False where it is not."""
    statement = sa.update(LETTERS).where(LETTERS.c.id == letter, LETTERS.c.state.in_(states))
    return tx.connection.execute(statement.values({"lease": None, "leased_until": None, **values})).rowcount == 1


def list_letters(connection: sa.Connection, states: Sequence[str] = (), user: str | None = None) -> Sequence[DbRow]:
    """Letters, newest first; of some states, to one person."""
    statement = sa.select(LETTERS).order_by(LETTERS.c.day.desc(), LETTERS.c.made_at.desc(), LETTERS.c.id)
    if states:
        statement = statement.where(LETTERS.c.state.in_(states))
    if user is not None:
        statement = statement.where(LETTERS.c.user_id == user)
    return connection.execute(statement).all()


def find_letter(connection: sa.Connection, id_: str) -> DbRow | None:
    """One letter."""
    return connection.execute(sa.select(LETTERS).where(LETTERS.c.id == id_)).one_or_none()


def find_oldest_waiting(connection: sa.Connection) -> date | None:
    """The morning of the oldest letter that waits."""
    oldest: date | None = connection.execute(
        sa.select(sa.func.min(LETTERS.c.day)).where(LETTERS.c.state == "waiting")
    ).scalar_one()
    return oldest


def count_letters(connection: sa.Connection) -> dict[str, int]:
    """How many letters are in each state."""
    statement = sa.select(LETTERS.c.state, sa.func.count()).group_by(LETTERS.c.state)
    return {row[0]: row[1] for row in connection.execute(statement)}
