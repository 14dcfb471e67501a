"""SQL writes looks together and reads them by page."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from workflow.storage.engine import PreparedStatement, Transaction
from workflow.storage.tables.accounts import LOOKS
from workflow.storage.tables.cases import CASES

_LOOK = PreparedStatement(
    sa.insert(LOOKS).values({name: sa.bindparam(name) for name in ("at", "user_id", "what", "subject")})
)


class StoredAccess(NamedTuple):
    """A look, in UTC seconds."""

    at: int
    user_id: str
    what: str
    subject: str


def add_looks(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        tx.run_many(_LOOK, rows)


def list_looks(
    connection: sa.Connection,
    *,
    subjects: Iterable[str] | None,
    user: str | None,
    units: Iterable[str] | None,
    limit: int,
    offset: int,
) -> tuple[list[StoredAccess], int]:
    """Rows of the access log, newest first, and their total number.

    ``units``: only accesses to these units, to the cases in them and to their candidates.
    """
    conditions: list[sa.ColumnElement[bool]] = []
    if subjects is not None:
        conditions.append(LOOKS.c.subject.in_(list(subjects)))
    if user is not None:
        conditions.append(LOOKS.c.user_id == user)
    if units is not None:
        theirs = list(units)
        inside = CASES.c.unit_id.in_(theirs)
        cases, people = (sa.select(column).where(inside) for column in (CASES.c.id, CASES.c.person_id))
        subject = LOOKS.c.subject
        conditions.append(sa.or_(subject.in_(cases), subject.in_(people), subject.in_(theirs)))
    newest = (
        sa.select(*(LOOKS.c[name] for name in StoredAccess._fields))
        .where(*conditions)
        .order_by(LOOKS.c.at.desc(), LOOKS.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    total: int = connection.execute(
        sa.select(sa.func.count()).select_from(LOOKS).where(*conditions)
    ).scalar_one()
    return [StoredAccess(*row) for row in connection.execute(newest)], total
