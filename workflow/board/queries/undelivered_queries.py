"""Which notices have not reached whom they are for; nothing here writes.

A notice waits for its letter, or is void; a letter waits (``in_outbox``), is stuck, came back, or was cancelled. What
was sent is not looked at: it is most of all that there is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflow.reminders.notices.notice_queries import LETTERS, MAILBOXES, NOTICES
from workflow.storage.bulk_parameters import among
from workflow.storage.writes import CASES, REGISTER_TABLES

POSTS = REGISTER_TABLES["posts"]
UNTOLD = ("waiting", "in_outbox", "stuck", "returned", "cancelled", "void")


class Untold(NamedTuple):
    """A notice that did not reach its reader. ``letter``: the one it stands in, with what the server last said."""

    id: int
    subject: str
    reminder: str
    clock: str
    step: str
    due: date
    user: str
    via: str
    why: str
    swept_on: date
    standing: str
    letter: str | None
    code: int | None
    said: str | None


@dataclass(frozen=True)
class Wish:
    """Which are meant: about cases, posts and units of some units (None: of all), of one standing, to one user."""

    units: Collection[str] | None = None
    standing: str | None = None
    user: str | None = None


_SAID = ("id", "subject", "reminder", "clock", "step", "due", "user_id", "via", "why", "swept_on")


def _untold(connection: Connection, wish: Wish) -> sa.Subquery:
    columns = [NOTICES.c[name] for name in _SAID]
    nothing = [sa.cast(sa.null(), kind) for kind in (sa.String, sa.Integer, sa.String)]
    theirs = _conditions(connection, wish)
    unwritten = sa.select(*columns, NOTICES.c.state.label("standing"), *_named(nothing))
    unwritten = unwritten.where(NOTICES.c.state.in_(("waiting", "void")), *theirs)
    standing = sa.case((LETTERS.c.state == "waiting", "in_outbox"), else_=LETTERS.c.state).label("standing")
    written = sa.select(*columns, standing, *_named([LETTERS.c.id, LETTERS.c.code, LETTERS.c.said]))
    written = written.join(LETTERS, LETTERS.c.id == NOTICES.c.letter_id)
    written = written.where(LETTERS.c.state.in_(("waiting", "stuck", "returned", "cancelled")), *theirs)
    found = sa.union_all(unwritten, written.where(NOTICES.c.state == "told")).subquery("untold")
    if wish.standing is None:
        return found
    return sa.select(found).where(found.c.standing == wish.standing).subquery("of_standing")


def _named(columns: Sequence[sa.ColumnElement[object]]) -> list[sa.Label[object]]:
    return [column.label(name) for column, name in zip(columns, ("letter", "code", "said"), strict=True)]


def _conditions(connection: Connection, wish: Wish) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wish.units is not None:
        cases = sa.select(CASES.c.id).where(among(connection, CASES.c.unit_id, wish.units))
        posts = sa.select(POSTS.c.id).where(among(connection, POSTS.c.unit_id, wish.units))
        subject = NOTICES.c.subject
        found.append(sa.or_(subject.in_(cases), subject.in_(posts), among(connection, subject, wish.units)))
    if wish.user is not None:
        found.append(NOTICES.c.user_id == wish.user)
    return found


def untold_counts(connection: Connection, wish: Wish) -> dict[tuple[str, str], tuple[int, date]]:
    """How many there are, and the oldest morning that made one, by user and standing."""
    found = _untold(connection, wish)
    statement = sa.select(found.c.user_id, found.c.standing, sa.func.count(), sa.func.min(found.c.swept_on))
    rows = connection.execute(statement.group_by(found.c.user_id, found.c.standing))
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def untold_page(connection: Connection, wish: Wish, *, limit: int | None, offset: int) -> list[Untold]:
    """A page of them, oldest first."""
    found = _untold(connection, wish)
    statement = sa.select(found).order_by(found.c.swept_on, found.c.id).limit(limit).offset(offset)
    return [Untold(*row) for row in connection.execute(statement)]


def switched_off(connection: Connection) -> dict[str, bytes]:
    """Users whose address failed, each with the office's seal over that address."""
    statement = sa.select(MAILBOXES.c.user_id, MAILBOXES.c.address).where(MAILBOXES.c.off_since.is_not(None))
    return {row[0]: bytes(row[1] or b"") for row in connection.execute(statement)}
