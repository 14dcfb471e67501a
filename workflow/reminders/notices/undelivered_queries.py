"""Which notices have not reached whom they are for; nothing here writes.

A notice waits for its letter, or is void; a letter waits (``in_outbox``), is stuck, came back, or was
cancelled. What was sent is not looked at: it is most of all that there is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflow.storage.bulk_parameters import is_among
from workflow.storage.tables.cases import CASES
from workflow.storage.tables.register import REGISTER_TABLES
from workflow.storage.tables.reminders import LETTERS, MAILBOXES, NOTICES

POSTS = REGISTER_TABLES["posts"]


class UndeliveredNotice(NamedTuple):
    """A notice that did not reach its reader.

    ``letter``: the one it stands in, with what the server last said.
    """

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
class UndeliveredFilter:
    """Which are meant.

    About cases, posts and units of some units (None: of all), of one standing, to one user.
    """

    units: Collection[str] | None = None
    standing: str | None = None
    user: str | None = None


_NOTICE_COLUMNS = ("id", "subject", "reminder", "clock", "step", "due", "user_id", "via", "why", "swept_on")


def _undelivered(connection: Connection, chosen: UndeliveredFilter) -> sa.Subquery:
    columns = [NOTICES.c[name] for name in _NOTICE_COLUMNS]
    nothing = [sa.cast(sa.null(), kind) for kind in (sa.String, sa.Integer, sa.String)]
    conditions = _conditions(connection, chosen)
    unwritten = sa.select(*columns, NOTICES.c.state.label("standing"), *_label_letter_columns(nothing))
    unwritten = unwritten.where(NOTICES.c.state.in_(("waiting", "void")), *conditions)
    delivery_state = sa.case((LETTERS.c.state == "waiting", "in_outbox"), else_=LETTERS.c.state).label(
        "standing"
    )
    written = sa.select(
        *columns, delivery_state, *_label_letter_columns([LETTERS.c.id, LETTERS.c.code, LETTERS.c.said])
    )
    written = written.join(LETTERS, LETTERS.c.id == NOTICES.c.letter_id)
    written = written.where(LETTERS.c.state.in_(("waiting", "stuck", "returned", "cancelled")), *conditions)
    undelivered = sa.union_all(unwritten, written.where(NOTICES.c.state == "told")).subquery("untold")
    if chosen.standing is None:
        return undelivered
    return sa.select(undelivered).where(undelivered.c.standing == chosen.standing).subquery("of_standing")


def _label_letter_columns(columns: Sequence[sa.ColumnElement[object]]) -> list[sa.Label[object]]:
    return [column.label(name) for column, name in zip(columns, ("letter", "code", "said"), strict=True)]


def _conditions(connection: Connection, chosen: UndeliveredFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if chosen.units is not None:
        cases = sa.select(CASES.c.id).where(is_among(connection, CASES.c.unit_id, chosen.units))
        posts = sa.select(POSTS.c.id).where(is_among(connection, POSTS.c.unit_id, chosen.units))
        subject = NOTICES.c.subject
        conditions.append(
            sa.or_(subject.in_(cases), subject.in_(posts), is_among(connection, subject, chosen.units))
        )
    if chosen.user is not None:
        conditions.append(NOTICES.c.user_id == chosen.user)
    return conditions


def count_undelivered(
    connection: Connection, chosen: UndeliveredFilter
) -> dict[tuple[str, str], tuple[int, date]]:
    """How many there are, and the oldest morning that made one, by user and standing."""
    undelivered = _undelivered(connection, chosen)
    statement = sa.select(
        undelivered.c.user_id, undelivered.c.standing, sa.func.count(), sa.func.min(undelivered.c.swept_on)
    )
    rows = connection.execute(statement.group_by(undelivered.c.user_id, undelivered.c.standing))
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def list_undelivered(
    connection: Connection, chosen: UndeliveredFilter, *, limit: int | None, offset: int
) -> list[UndeliveredNotice]:
    """A page of them, oldest first."""
    undelivered = _undelivered(connection, chosen)
    statement = (
        sa.select(undelivered).order_by(undelivered.c.swept_on, undelivered.c.id).limit(limit).offset(offset)
    )
    return [UndeliveredNotice(*row) for row in connection.execute(statement)]


def list_failed_addresses(connection: Connection) -> dict[str, bytes]:
    """Users whose address failed, each with the office's seal over that address."""
    statement = sa.select(MAILBOXES.c.user_id, MAILBOXES.c.address).where(MAILBOXES.c.off_since.is_not(None))
    return {row[0]: bytes(row[1] or b"") for row in connection.execute(statement)}
