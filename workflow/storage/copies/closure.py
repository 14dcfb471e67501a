"""A database that an office has left says where it went."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflow.storage.errors import MOVED, DatabaseUnavailable
from workflow.storage.schema import MIGRATED

Role = Literal["arriving", "here", "closed"]
"""Filled and not yet the office; the office, which came from elsewhere; no more the office."""

MARKS = sa.Table(
    "relocation",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("token", sa.String, nullable=False),
    sa.Column("place", sa.String, nullable=False),
    sa.Column("key_check", sa.LargeBinary, nullable=False),
)
"""Made by a relocation, in both its databases; no migration knows of it, and no copy takes it along."""


@dataclass(frozen=True, slots=True)
class RelocationMark:
    """What a relocation has written into a database.

    ``token``: the same in both its databases. ``place``: of a closed one, where the office went, without
    password; of another one, whence it came. ``key_check``: by which office key.
    """

    role: Role
    token: str
    place: str
    key_check: bytes

    def as_office(self) -> "RelocationMark":
        """The database it stands in is the office from now on."""
        return replace(self, role="here")


def new_token() -> str:
    """A token that tells one relocation from every other."""
    return secrets.token_hex(16)


def read_mark(connection: Connection) -> RelocationMark | None:
    """What a relocation has written here, if there was one."""
    if not sa.inspect(connection).has_table(MARKS.name):
        return None
    row = connection.execute(sa.select(MARKS)).first()
    return RelocationMark(row.role, row.token, row.place, bytes(row.key_check)) if row else None


def write_mark(connection: Connection, mark: RelocationMark) -> None:
    """Say it in place of what was said before."""
    MARKS.create(connection, checkfirst=True)
    connection.execute(sa.delete(MARKS))
    values = {"role": mark.role, "token": mark.token, "place": mark.place, "key_check": mark.key_check}
    connection.execute(sa.insert(MARKS).values(id=1, **values))


def check_open(connection: Connection) -> None:
    """Raises `DatabaseUnavailable`, with the place, where the office has gone elsewhere."""
    mark = read_mark(connection)
    if mark is not None and mark.role == "closed":
        raise DatabaseUnavailable(mark.place, "moved")


def lock_tables(connection: Connection) -> None:
    """Let nobody else write until the transaction ends; readers go on. On SQLite it is so already."""
    if connection.dialect.name == "sqlite":
        return
    connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    # Writers take the seal first, and so must whoever takes all.
    names = sorted(sa.inspect(connection).get_table_names(), key=lambda name: (name != "seal", name))
    connection.execute(sa.text(f"LOCK TABLE {', '.join(map(_quote, names))} IN EXCLUSIVE MODE"))


def close_database(connection: Connection, mark: RelocationMark) -> None:
    """Say where the office went, and refuse every write from now on.

    By the database itself: programs that have it open, or are older, know nothing of the mark.
    """
    write_mark(connection, mark)
    names = [name for name in sa.inspect(connection).get_table_names() if name not in {MIGRATED, MARKS.name}]
    words = _quote_text(f"{MOVED}{mark.place}")
    for statement in _list_triggers(connection, names, words):
        connection.exec_driver_sql(statement)


def _list_triggers(connection: Connection, names: Sequence[str], words: str) -> Iterator[str]:
    """The statements that make a database refuse whoever writes, in these words."""
    if connection.dialect.name == "sqlite":
        for name in names:
            for act in ("INSERT", "UPDATE", "DELETE"):
                yield (
                    f"CREATE TRIGGER {_quote(f'closed_{act}_{name}')} BEFORE {act} ON {_quote(name)}"
                    f" BEGIN SELECT RAISE(ABORT, {words}); END"
                )
        return
    body = f"BEGIN RAISE EXCEPTION USING MESSAGE = {words}; END".replace("%", "%%")
    yield (
        f"CREATE OR REPLACE FUNCTION ketnap_closed() RETURNS trigger LANGUAGE plpgsql AS {_quote_text(body)}"
    )
    for name in names:
        yield (
            f"CREATE TRIGGER closed BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {_quote(name)}"
            " FOR EACH STATEMENT EXECUTE FUNCTION ketnap_closed()"
        )


def _quote(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _quote_text(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
