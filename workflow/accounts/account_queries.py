"""SQL finds and changes accounts, sessions, links, tokens and tries.

Instants are UTC seconds. ``today`` is the day it is in the office's zone; a sample office's own day goes
before it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from workflow.storage.engine import PreparedStatement, Transaction
from workflow.storage.tables.accounts import ACCOUNTS, LINKS, SESSIONS, TOKENS, TRIES
from workflow.storage.tables.history import OFFICE
from workflow.storage.tables.register import USERS

Table = sa.Table
Clause = sa.ColumnElement[bool]


class StoredSession(NamedTuple):
    """A session of a user who acts; ``must_change``: None where the user has no account."""

    id: str
    user_id: str
    seal: bytes
    made_at: int
    seen_at: int
    sample_entry: bool
    must_change: bool | None


class StoredToken(NamedTuple):
    """A token of a user who acts."""

    id: str
    user_id: str
    seal: bytes
    made_at: int
    seen_at: int


class StoredLink(NamedTuple):
    """A one-time link, whoever acts."""

    user_id: str
    seal: bytes
    made_at: int


class Credentials(NamedTuple):
    """By what a user signs in; ``until``: a password that somebody else gave lets in no longer."""

    password: str
    must_change: bool
    until: int | None


class ActiveUser(NamedTuple):
    """A user who acts, with what is known of the account; ``changed_at``: None where there is none."""

    id: str
    must_change: bool | None
    changed_at: int | None
    seen_at: int | None


class SessionEntry(NamedTuple):
    """A session in a list; ``sealed``: from where."""

    id: str
    user_id: str
    made_at: int
    seen_at: int
    sample_entry: bool
    sealed: bytes


class TokenEntry(NamedTuple):
    """A token in a list."""

    id: str
    user_id: str
    name: str
    made_at: int
    seen_at: int


class StoredTry(NamedTuple):
    """How often it was tried under a key, when last, and until when nobody is let try."""

    tried: int
    at: int
    until: int


def _user_is_active() -> Clause:
    """The register's row of a user holds on the office's day."""
    day = sa.func.coalesce(OFFICE.c.today, sa.bindparam("today", type_=sa.Date))
    lasts = sa.or_(USERS.c.valid_to.is_(None), USERS.c.valid_to >= day)
    return sa.and_(OFFICE.c.id == 1, USERS.c.retired_n.is_(None), USERS.c.valid_from <= day, lasts)


_SESSION = PreparedStatement(
    sa.select(
        SESSIONS.c.id,
        SESSIONS.c.user_id,
        SESSIONS.c.seal,
        SESSIONS.c.made_at,
        SESSIONS.c.seen_at,
        SESSIONS.c.sample_entry,
        ACCOUNTS.c.must_change,
    )
    .select_from(SESSIONS)
    .join(USERS, USERS.c.id == SESSIONS.c.user_id)
    .join(OFFICE, _user_is_active())
    .outerjoin(ACCOUNTS, ACCOUNTS.c.user_id == SESSIONS.c.user_id)
    .where(SESSIONS.c.hash == sa.bindparam("hash"))
)
_TOKEN = PreparedStatement(
    sa.select(TOKENS.c.id, TOKENS.c.user_id, TOKENS.c.seal, TOKENS.c.made_at, TOKENS.c.seen_at)
    .select_from(TOKENS)
    .join(USERS, USERS.c.id == TOKENS.c.user_id)
    .join(OFFICE, _user_is_active())
    .where(TOKENS.c.hash == sa.bindparam("hash"))
)


def find_session(tx: Transaction, hash_: bytes, today: date) -> StoredSession | None:
    """The session of that hash, if its user acts."""
    row = tx.run(_SESSION, {"hash": hash_, "today": today}).fetchone()
    return StoredSession(*row) if row else None


def find_token(tx: Transaction, hash_: bytes, today: date) -> StoredToken | None:
    """The token of that hash, if its user acts."""
    row = tx.run(_TOKEN, {"hash": hash_, "today": today}).fetchone()
    return StoredToken(*row) if row else None


def is_active_user(connection: sa.Connection, user: str, today: date) -> bool:
    """Whether a user acts for the office on its day."""
    statement = sa.select(USERS.c.id).join(OFFICE, _user_is_active()).where(USERS.c.id == user)
    return connection.execute(statement, {"today": today}).first() is not None


def find_credentials(connection: sa.Connection, user: str, today: date) -> Credentials | None:
    """By what a user who acts signs in; None where there is no such user or account."""
    statement = (
        sa.select(ACCOUNTS.c.password, ACCOUNTS.c.must_change, ACCOUNTS.c.until)
        .join(USERS, USERS.c.id == ACCOUNTS.c.user_id)
        .join(OFFICE, _user_is_active())
        .where(ACCOUNTS.c.user_id == user)
    )
    row = connection.execute(statement, {"today": today}).first()
    return Credentials(*row) if row else None


def list_active_users(connection: sa.Connection, today: date) -> list[ActiveUser]:
    """Every user who acts, by id."""
    known = (ACCOUNTS.c.must_change, ACCOUNTS.c.changed_at, ACCOUNTS.c.seen_at)
    statement = (
        sa.select(USERS.c.id, *known)
        .select_from(USERS)
        .join(OFFICE, _user_is_active())
        .outerjoin(ACCOUNTS, ACCOUNTS.c.user_id == USERS.c.id)
        .order_by(USERS.c.id)
    )
    return [ActiveUser(*row) for row in connection.execute(statement, {"today": today})]


# --- rows -------------------------------------------------------------------------------------------------


def build_insert(tx: Transaction, table: sa.Table) -> Any:
    """An insert statement that can say what to do if the row exists already."""
    if tx.connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        # the same construct there
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    return insert(table)


def upsert_row(tx: Transaction, table: sa.Table, row: Mapping[str, Any]) -> None:
    """A row in place of the one under its key, if there is one."""
    keys = [column.name for column in table.primary_key]
    statement = build_insert(tx, table).values(dict(row))
    updates = {name: statement.excluded[name] for name in row if name not in keys}
    tx.connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=updates))


def set_password(
    tx: Transaction, user: str, encoded: str, *, at: int, must_change: bool = False, until: int | None
) -> None:
    values = {"password": encoded, "must_change": must_change, "until": until, "changed_at": at}
    upsert_row(tx, ACCOUNTS, {"user_id": user, **values})


def insert_row(tx: Transaction, table: sa.Table, row: Mapping[str, Any]) -> None:
    """A new session or token."""
    tx.connection.execute(sa.insert(table).values(dict(row)))


def list_sessions(connection: sa.Connection, user: str | None = None) -> list[SessionEntry]:
    """Sessions, the newest first; of one user."""
    return [
        SessionEntry(*row) for row in connection.execute(_select_newest(SESSIONS, SessionEntry._fields, user))
    ]


def list_tokens(connection: sa.Connection, user: str | None = None) -> list[TokenEntry]:
    """Tokens, the newest first; of one user."""
    return [TokenEntry(*row) for row in connection.execute(_select_newest(TOKENS, TokenEntry._fields, user))]


def _select_newest(table: sa.Table, columns: Sequence[str], user: str | None) -> "sa.Select[Any]":
    statement = sa.select(*(table.c[name] for name in columns)).order_by(table.c.made_at.desc(), table.c.id)
    return statement if user is None else statement.where(table.c.user_id == user)


def mark_seen(tx: Transaction, table: sa.Table, id_: str, at: int) -> None:
    """A session or token was used."""
    tx.connection.execute(sa.update(table).where(table.c.id == id_, table.c.seen_at < at).values(seen_at=at))


def mark_account_seen(tx: Transaction, user: str, at: int) -> None:
    tx.connection.execute(sa.update(ACCOUNTS).where(ACCOUNTS.c.user_id == user).values(seen_at=at))


def delete_rows(tx: Transaction, table: sa.Table, **where: Any) -> int:
    """Delete rows by the values of their columns; returns how many."""
    conditions = [table.c[name] == value for name, value in where.items()]
    return tx.connection.execute(sa.delete(table).where(*conditions)).rowcount


def end_other_sessions(tx: Transaction, user: str, keep: bytes | None) -> int:
    """End a user's sessions except the one with a given hash; returns how many."""
    others = sa.delete(SESSIONS).where(SESSIONS.c.user_id == user)
    return tx.connection.execute(others if not keep else others.where(SESSIONS.c.hash != keep)).rowcount


def revoke_sign_ins(tx: Transaction, user: str) -> None:
    """End all sessions, tokens and one-time links of a user."""
    for table in (SESSIONS, TOKENS, LINKS):
        delete_rows(tx, table, user_id=user)


def delete_rows_before(tx: Transaction, table: sa.Table, at: int, *columns: str) -> int:
    """Delete rows with an instant before ``at`` in one of some columns; returns how many."""
    return tx.connection.execute(
        sa.delete(table).where(sa.or_(*(table.c[name] < at for name in columns)))
    ).rowcount


def find_link(connection: sa.Connection, hash_: bytes) -> StoredLink | None:
    """The link of that hash."""
    statement = sa.select(LINKS.c.user_id, LINKS.c.seal, LINKS.c.made_at).where(LINKS.c.hash == hash_)
    row = connection.execute(statement).one_or_none()
    return StoredLink(*row) if row else None


# --- tries ------------------------------------------------------------------------------------------------


def find_barred_until(connection: sa.Connection, keys: Iterable[bytes]) -> int:
    """Until when (UTC seconds) tries under some keys are barred; 0 if they are not.

    It takes no lock.
    """
    latest = sa.select(sa.func.max(TRIES.c.until)).where(TRIES.c.key.in_(list(keys)))
    return connection.execute(latest).scalar_one() or 0


def lock_tries(tx: Transaction, keys: Iterable[bytes]) -> dict[bytes, StoredTry]:
    """The tries under some keys, locked in one order, so that nobody counts beside us."""
    wanted = sorted(keys)
    statement = build_insert(tx, TRIES).on_conflict_do_nothing()
    for key in wanted:
        tx.connection.execute(statement.values(key=key, tried=0, at=0, until=0))
    columns = (TRIES.c.key, *(TRIES.c[name] for name in StoredTry._fields))
    mine = sa.select(*columns).where(TRIES.c.key.in_(wanted)).order_by(TRIES.c.key).with_for_update()
    return {bytes(row.key): StoredTry(*row[1:]) for row in tx.connection.execute(mine)}


def update_try(tx: Transaction, key: bytes, *, tried: int, at: int, until: int) -> None:
    """How often it was tried under a key, when last, and until when nobody is let try."""
    tx.connection.execute(sa.update(TRIES).where(TRIES.c.key == key).values(tried=tried, at=at, until=until))


def forgive_try(tx: Transaction, key: bytes) -> None:
    """Take back one try under a key."""
    fewer = sa.case((TRIES.c.tried > 0, TRIES.c.tried - 1), else_=0)
    tx.connection.execute(sa.update(TRIES).where(TRIES.c.key == key).values(tried=fewer, until=0))
