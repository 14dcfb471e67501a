"""An SQLite database is copied while others write."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from workflow.storage.engine import Connection, Database
from workflow.storage.errors import DatabaseUnavailable, TranslatedErrors

PAGES = 5_000
"""Copied between two words on how far it is: some twenty megabytes."""


class CopyHead(NamedTuple):
    """Of which office a copy is, by which version of the tables, and how far its history goes."""

    tables: str
    office: str
    key_check: bytes
    events: int
    hash: bytes


def read_copy_head(file: Path) -> CopyHead:
    """The head of a database that nobody has open. Raises `DatabaseUnavailable`."""
    query = (
        "SELECT (SELECT version_num FROM alembic_version), office.name, office.key_check, seal.n, seal.hash"
        " FROM office, seal"
    )
    with TranslatedErrors(), closing(sqlite3.connect(file)) as copy:
        row = copy.execute(query).fetchone()
        if row is None:
            raise DatabaseUnavailable(str(file), "broken")
        return CopyHead(*row)


def copy_sqlite(
    database: Database, target: Path, on_progress: Callable[[int, int], None] | None = None
) -> str | None:
    """Copy an SQLite database into ``target``; returns what is wrong with the copy, or None.

    Raises `DatabaseUnavailable`.
    """
    with database.read_transaction() as connection, closing(sqlite3.connect(target)) as copy:
        # A reader's picture is taken with the first thing that is read; without it each write begins the copy
        # anew.
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
        source: Any = connection.connection.driver_connection

        def report_progress(_status: int, left: int, total: int) -> None:
            if on_progress:
                on_progress(total - left, total)

        source.backup(copy, pages=PAGES, progress=report_progress, sleep=0)
        # One file that can be carried away, without the log beside it that a database in use has.
        copy.execute("PRAGMA journal_mode=DELETE")
        check_result: str = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    return None if check_result == "ok" else check_result


def measure_database(connection: Connection) -> int:
    """The size of a database in bytes."""
    if connection.dialect.name == "sqlite":
        pages, each = (
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size")
        )
        return int(pages) * int(each)
    return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
