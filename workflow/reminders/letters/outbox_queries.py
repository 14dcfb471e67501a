"""SQL reads, leases and settles the letters of the outbox.

A letter is claimed with a lease: whoever dies while sending leaves it to be sent again when the lease is
over.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from workflow.storage.engine import Transaction
from workflow.storage.tables.reminders import LETTERS


class OutboxRow(NamedTuple):
    """A letter as it is stored; instants are UTC seconds."""

    id: str
    user_id: str
    day: date
    sealed: bytes
    state: str
    tries: int
    next_at: int
    lease: str | None
    sent_at: int | None
    code: int | None
    said: str | None


_COLUMNS = [LETTERS.c[name] for name in OutboxRow._fields]


def add_letter(tx: Transaction, **values: Any) -> None:
    tx.connection.execute(sa.insert(LETTERS).values({"state": "waiting", "tries": 0, **values}))


def find_readers_with_letter(tx: Transaction, users: Sequence[str], day: date) -> set[str]:
    """Those of some users whose letter of that day is written already."""
    theirs = sa.select(LETTERS.c.user_id).where(LETTERS.c.user_id.in_(users), LETTERS.c.day == day)
    return set(tx.connection.execute(theirs).scalars())


def lease_letters(tx: Transaction, now: int, lease: str, until: int, limit: int) -> list[OutboxRow]:
    """Lease some due letters that nobody else has leased."""
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
    claimed = sa.select(*_COLUMNS).where(LETTERS.c.id.in_(ids)).order_by(LETTERS.c.next_at)
    return [OutboxRow(*row) for row in tx.connection.execute(claimed)]


def settle_letter(tx: Transaction, letter: str, lease: str, **values: Any) -> bool:
    """Store the result of a letter that we still lease; False if the lease was lost meanwhile."""
    statement = sa.update(LETTERS).where(
        LETTERS.c.id == letter, LETTERS.c.lease == lease, LETTERS.c.state == "waiting"
    )
    return (
        tx.connection.execute(statement.values({"lease": None, "leased_until": None, **values})).rowcount == 1
    )


def release_letters(tx: Transaction, lease: str) -> None:
    """Release leased letters that were not tried."""
    statement = sa.update(LETTERS).where(LETTERS.c.lease == lease, LETTERS.c.state == "waiting")
    tx.connection.execute(statement.values(lease=None, leased_until=None))


def update_letter(tx: Transaction, letter: str, states: Sequence[str], **values: Any) -> bool:
    """Change a letter that is in one of some states; False where it is not."""
    statement = sa.update(LETTERS).where(LETTERS.c.id == letter, LETTERS.c.state.in_(states))
    return (
        tx.connection.execute(statement.values({"lease": None, "leased_until": None, **values})).rowcount == 1
    )


def list_letters(
    connection: sa.Connection,
    states: Collection[str] = (),
    users: Collection[str] | None = None,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> list[OutboxRow]:
    """Letters, newest first; of some states, to some readers."""
    newest = (LETTERS.c.day.desc(), LETTERS.c.made_at.desc(), LETTERS.c.id)
    wanted = sa.select(LETTERS.c.id).where(*_of_readers(users))
    if states:
        wanted = wanted.where(LETTERS.c.state.in_(states))
    # Sorted by their ids alone: a letter's bytes are read only where it is shown.
    ids = wanted.order_by(*newest).limit(limit).offset(offset)
    letters = connection.execute(sa.select(*_COLUMNS).where(LETTERS.c.id.in_(ids)).order_by(*newest))
    return [OutboxRow(*row) for row in letters]


def _of_readers(users: Collection[str] | None) -> list[sa.ColumnElement[bool]]:
    return [] if users is None else [LETTERS.c.user_id.in_(list(users))]


def find_letter(connection: sa.Connection, id_: str) -> OutboxRow | None:
    row = connection.execute(sa.select(*_COLUMNS).where(LETTERS.c.id == id_)).one_or_none()
    return OutboxRow(*row) if row else None


def find_oldest_waiting(connection: sa.Connection) -> date | None:
    """The morning of the oldest letter that waits."""
    oldest: date | None = connection.execute(
        sa.select(sa.func.min(LETTERS.c.day)).where(LETTERS.c.state == "waiting")
    ).scalar_one()
    return oldest


def count_letters(connection: sa.Connection, users: Collection[str] | None = None) -> dict[str, int]:
    """How many letters of some readers are in each state; ``users``: None for everybody's."""
    statement = (
        sa.select(LETTERS.c.state, sa.func.count()).where(*_of_readers(users)).group_by(LETTERS.c.state)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}
