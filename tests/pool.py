"""PostgreSQL databases that tests use one after the other: emptying one costs a tenth of making one."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tests.databases import Postgres, make_tables

KEPT = frozenset({"alembic_version"})
"""Which version the tables are of stays with them."""

SHAPE = """
SELECT md5(string_agg(line, ';' ORDER BY line)) FROM (
  SELECT concat_ws(' ', relname, relkind, attname, atttypid, attnotnull) AS line
  FROM pg_class LEFT JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0
  WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT 'version ' || version_num FROM alembic_version
) AS lines
"""
OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
UNCHECKED = "SET session_replication_role = replica"
"""Foreign keys are not looked at: all rows go, or come, together."""


class Contents(NamedTuple):
    """What stands in a database: each table's rows as they are copied, and how far its sequences have
    come.
    """

    rows: dict[str, bytes]
    sequences: dict[str, int]


@dataclass
class Pool:
    """Databases with the program's tables in them, of one worker."""

    server: Postgres
    _free: list[str] = field(default_factory=list)
    _known: dict[str, Contents] = field(default_factory=dict)
    _shape: str | None = None

    def create(self, like: str | None = None) -> str:
        """A database with empty tables, or with what stands in another one (its URL) when it is first
        asked for.
        """
        url = self._free.pop() if self._free else self._made()
        if like is not None:
            if like not in self._known:
                self._known[like] = _contents(like)
            _fill(url, self._known[like])
        return url

    def bare(self) -> str:
        """A database without any table."""
        return self.server.create()

    def drop(self, url: str) -> None:
        """Give one back, whoever is still connected to it. One whose tables are not what they were goes
        for good.
        """
        self._known.pop(url, None)
        if self._is_as_made(url):
            self._free.append(url)
        else:
            self.server.drop(url)

    def _made(self) -> str:
        url = self.server.create()
        make_tables(url)
        with _connected(url) as connection:
            self._shape = _one(connection, SHAPE)
        return url

    def _is_as_made(self, url: str) -> bool:
        try:
            with _connected(url) as connection:
                connection.execute(OTHERS)
                _empty(connection)
                return _one(connection, SHAPE) == self._shape
        except psycopg.Error:
            return False


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        yield connection


def _one(connection: psycopg.Connection, statement: str) -> str:
    row = connection.execute(statement.encode()).fetchone()
    return str(row[0]) if row else ""


def _tables(connection: psycopg.Connection) -> list[str]:
    return [row[0] for row in connection.execute(TABLES) if row[0] not in KEPT]


def _all(connection: psycopg.Connection, statements: Iterable[sql.Composable]) -> None:
    connection.execute(sql.SQL("; ").join([sql.SQL(UNCHECKED), *statements]))


def _empty(connection: psycopg.Connection) -> None:
    emptied = [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in _tables(connection)]
    names = [row[0] for row in connection.execute(SEQUENCES) if row[1] is not None]
    again = [sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(name)) for name in names]
    _all(connection, emptied + again)


def _contents(url: str) -> Contents:
    with _connected(url) as connection, connection.cursor() as cursor:
        rows = {}
        for name in _tables(connection):
            with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as copy:
                rows[name] = b"".join(bytes(part) for part in copy)
        sequences = {row[0]: row[1] for row in connection.execute(SEQUENCES) if row[1] is not None}
    return Contents({name: text for name, text in rows.items() if text}, sequences)


def _fill(url: str, contents: Contents) -> None:
    with _connected(url) as connection, connection.cursor() as cursor:
        cursor.execute(UNCHECKED)
        for name, rows in contents.rows.items():
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as copy:
                copy.write(rows)
        for name, last in contents.sequences.items():
            cursor.execute("SELECT setval(%s, %s)", (name, last))
