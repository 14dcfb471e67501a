"""The engine connects to the database, SQLite or PostgreSQL.

SQLite beside the config by default, PostgreSQL where several machines share one record.

One transaction is one `transaction()`: it commits once, at its end, or leaves nothing behind.
"""

import contextlib
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.engine import Connection as Connection

from workflow.storage.errors import DatabaseUnavailable as DatabaseUnavailable
from workflow.storage.errors import TranslatedErrors
from workflow.storage.transaction import PreparedStatement as PreparedStatement
from workflow.storage.transaction import Transaction as Transaction
from workflow.storage.write_lock import BUSY_SECONDS, WriteLock

HUNG_SECONDS = 300
SNAPSHOT_OPTIONS = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""PostgreSQL would show each statement what was committed meanwhile; a reader wants one picture of all."""
IDLE_SECONDS = 5


class Database:
    """The office's database by its URL. Opening it touches no file yet."""

    def __init__(self, url: str, beside: Path) -> None:
        self.url = resolve_url(url, beside)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(self.url) if self.is_sqlite else _postgres_engine(self.url)
        self._read_options: dict[str, Any] = {} if self.is_sqlite else SNAPSHOT_OPTIONS
        self._idle = deque[Transaction]()
        self._write_lock = WriteLock(self.file) if self.file else contextlib.nullcontext()

    @property
    def file(self) -> Path | None:
        """Where an SQLite database stands."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    def check_exists(self) -> None:
        """Raises `DatabaseUnavailable` where an SQLite file should stand and does not.

        Opening it would make an empty one.
        """
        if self.file is not None and not self.file.exists():
            raise DatabaseUnavailable(str(self.file), "missing")

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One write transaction. Raises `DatabaseUnavailable`; nothing is written then."""
        with TranslatedErrors(), self._write_lock:
            tx = self._take_connection()
            try:
                tx.begin()
                yield tx
                tx.commit()
            except BaseException:
                if not tx.roll_back():
                    self._close_idle()
                raise
            self._idle.append(tx)

    @contextlib.contextmanager
    def read_transaction(self) -> Iterator[Connection]:
        """A consistent read that writes nothing and blocks nobody."""
        with TranslatedErrors(), self.engine.connect() as connection:
            yield connection.execution_options(**self._read_options)

    def _take_connection(self) -> Transaction:
        """A recently used connection as it is; an idle one goes through the pool, which tests it."""
        while True:
            try:
                tx = self._idle.pop()
            except IndexError:
                return Transaction(self.engine.connect())
            if time.monotonic() - tx.used_at < IDLE_SECONDS:
                return tx
            tx.close()

    def _close_idle(self) -> None:
        while self._idle:
            with contextlib.suppress(IndexError):
                self._idle.pop().close()

    def close(self) -> None:
        self._close_idle()
        if isinstance(self._write_lock, WriteLock):
            self._write_lock.close()
        self.engine.dispose()


def find_login(address: str) -> tuple[str, bool] | None:
    """Who signs in at a database's address, and whether the password stands in it; None where nobody does."""
    try:
        url = make_url(address)
    except (sa.exc.ArgumentError, ValueError):
        return None  # whoever opens it says what is wrong with it
    if url.get_backend_name() != "postgresql" or not url.username:
        return None
    return url.username, bool(url.password)


def set_password(address: str, password: str) -> str:
    """A database's address with its password."""
    return make_url(address).set(password=password).render_as_string(hide_password=False)


def resolve_url(url: str, beside: Path) -> URL:
    """The URL with a relative SQLite file taken as beside the config file.

    Raises ValueError for what is none.
    """
    try:
        parsed_url = make_url(url)
    except sa.exc.ArgumentError as error:
        raise ValueError(url) from error
    if (
        parsed_url.get_backend_name() == "sqlite"
        and parsed_url.database
        and not Path(parsed_url.database).is_absolute()
    ):
        return parsed_url.set(database=str(beside / parsed_url.database))
    return parsed_url


def show_url(url: URL) -> str:
    """Where a database is, for people: without user, password and options."""
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{url.database}"
    shown = url._replace(drivername=url.get_backend_name(), username=None, password=None)
    return shown.set(query={}).render_as_string()


def _sqlite_engine(url: URL) -> Engine:
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def _set_up_connection(raw: Any, _record: Any) -> None:
        raw.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
        ):
            raw.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin_transaction(connection: Connection) -> None:
        raw: Any = connection.connection.driver_connection
        if not raw.in_transaction:
            raw.execute("BEGIN")

    return engine


def _postgres_engine(url: URL) -> Engine:
    """An engine with lock and idle timeouts, which settings in the URL override."""
    options = (
        f"-c lock_timeout={BUSY_SECONDS}s -c idle_in_transaction_session_timeout={HUNG_SECONDS}s",
        *url.normalized_query.get("options", ()),
    )
    full_url = url.difference_update_query(["options"]).set(drivername="postgresql+psycopg")
    return sa.create_engine(full_url, pool_pre_ping=True, connect_args={"options": " ".join(options)})
