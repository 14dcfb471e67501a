"""Letters as their page lists them: those of some readers, a page at a time. Nothing here writes."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from workflow.reminders.notices.notice_queries import DbRow
from workflow.storage.tables.reminders import LETTERS


def count_letters_by_state(connection: sa.Connection, users: Collection[str] | None) -> dict[str, int]:
    """How many letters of some readers are in each state; ``users``: None for everybody's."""
    statement = sa.select(LETTERS.c.state, sa.func.count()).where(*_of_readers(users)).group_by(LETTERS.c.state)
    return {row[0]: row[1] for row in connection.execute(statement)}


def list_letter_page(
    connection: sa.Connection, users: Collection[str] | None, state: str, *, limit: int, offset: int
) -> Sequence[DbRow]:
    """Letters of some readers in one state, the newest first."""
    newest = (LETTERS.c.day.desc(), LETTERS.c.made_at.desc(), LETTERS.c.id)
    # Sorted by their ids alone: a letter's bytes are read only where it is shown.
    wanted = sa.select(LETTERS.c.id).where(LETTERS.c.state == state, *_of_readers(users)).order_by(*newest)
    ids = list(connection.execute(wanted.limit(limit).offset(offset)).scalars())
    return connection.execute(sa.select(LETTERS).where(LETTERS.c.id.in_(ids)).order_by(*newest)).all()


def list_newest_letters(connection: sa.Connection, user: str, limit: int) -> Sequence[DbRow]:
    """The newest letters of one reader, whatever became of them."""
    newest = sa.select(LETTERS).where(LETTERS.c.user_id == user).order_by(LETTERS.c.day.desc(), LETTERS.c.id)
    return connection.execute(newest.limit(limit)).all()


def _of_readers(users: Collection[str] | None) -> list[sa.ColumnElement[bool]]:
    return [] if users is None else [LETTERS.c.user_id.in_(list(users))]
