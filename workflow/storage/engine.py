"""The database itself: SQLite beside the config by default, PostgreSQL where several machines share one record.

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

from workflow.storage.errors import DatabaseAway as DatabaseAway
from workflow.storage.errors import Plainly
from workflow.storage.transaction import Prepared as Prepared
from workflow.storage.transaction import Work as Work
from workflow.storage.write_lock import BUSY_SECONDS, Turns

HUNG_SECONDS = 300
PICTURE = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""PostgreSQL would show each statement what was committed meanwhile; a reader wants one picture of all."""
IDLE_SECONDS = 5


class Database:
    """The office's database by its URL. Opening it touches no file yet."""

    def __init__(self, url: str, beside: Path) -> None:
        self.url = located(url, beside)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgres(self.url)
        self._view: dict[str, Any] = {} if self.is_sqlite else PICTURE
        self._idle = deque[Work]()
        self._turns = Turns(self.file) if self.file else contextlib.nullcontext()

    @property
    def file(self) -> Path | None:
        """Where an SQLite database stands."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    def check_there(self) -> None:
        """Raises `DatabaseAway` where an SQLite file should stand and does not: opening it would make an empty one."""
        if self.file is not None and not self.file.exists():
            raise DatabaseAway(str(self.file), "missing")

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Work]:
        """One transaction that writes. Raises `DatabaseAway`; nothing is written then."""
        with Plainly(), self._turns:
            work = self._held()
            try:
                work.begin()
                yield work
                work.commit()
            except BaseException:
                if not work.undo():
                    self._let_go()
                raise
            self._idle.append(work)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view that writes nothing and holds up nobody."""
        with Plainly(), self.engine.connect() as connection:
            yield connection.execution_options(**self._view)

    def _held(self) -> Work:
        """A connection that was just used, as it is. One that lay idle goes through the pool again, which tries it."""
        while True:
            try:
                work = self._idle.pop()
            except IndexError:
                return Work(self.engine.connect())
            if time.monotonic() - work.used < IDLE_SECONDS:
                return work
            work.close()

    def _let_go(self) -> None:
        while self._idle:
            with contextlib.suppress(IndexError):
                self._idle.pop().close()

    def close(self) -> None:
        """Let go of every connection."""
        self._let_go()
        if isinstance(self._turns, Turns):
            self._turns.close()
        self.engine.dispose()


def located(url: str, beside: Path) -> URL:
    """The URL with a relative SQLite file taken as beside the config file."""
    made = make_url(url)
    if made.get_backend_name() == "sqlite" and made.database and not Path(made.database).is_absolute():
        return made.set(database=str(beside / made.database))
    return made


def _sqlite(url: URL) -> Engine:
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def _connected(raw: Any, _record: Any) -> None:
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
    def _began(connection: Connection) -> None:
        raw: Any = connection.connection.driver_connection
        if not raw.in_transaction:
            raw.execute("BEGIN")

    return engine


def _postgres(url: URL) -> Engine:
    """Nobody waits for a turn for ever, and a process that hangs in its turn loses it. What the URL says goes first."""
    options = (
        f"-c lock_timeout={BUSY_SECONDS}s -c idle_in_transaction_session_timeout={HUNG_SECONDS}s",
        *url.normalized_query.get("options", ()),
    )
    made = url.difference_update_query(["options"]).set(drivername="postgresql+psycopg")
    return sa.create_engine(made, pool_pre_ping=True, connect_args={"options": " ".join(options)})
