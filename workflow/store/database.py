"""The database itself: SQLite beside the config by default, PostgreSQL where several machines share one record.

One transaction is one `transaction()`: it commits once, at its end, or leaves nothing behind.
"""

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Dialect, Engine, make_url
from sqlalchemy.engine import Connection as Connection

from workflow.store.away import DatabaseAway as DatabaseAway
from workflow.store.away import Plainly
from workflow.store.turns import BUSY_SECONDS, Turns

HUNG_SECONDS = 300
PICTURE = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""PostgreSQL would show each statement what was committed meanwhile; a reader wants one picture of all."""
IDLE_SECONDS = 5


class Prepared:
    """A Core statement, compiled once per dialect and run on the driver's own cursor.

    Compiling and passing through the toolkit's layers costs more than a durable commit on a good disk; a step is made
    of few statements that never change, so each is turned into the driver's text once.
    """

    def __init__(self, statement: sa.Executable) -> None:
        self.statement = statement
        self._made: dict[str, tuple[str, Callable[[Mapping[str, Any]], Any]]] = {}

    def on(self, dialect: Dialect) -> tuple[str, Callable[[Mapping[str, Any]], Any]]:
        """The text for a dialect, and what turns named values into the driver's parameters."""
        made = self._made.get(dialect.name)
        if made is None:
            made = self._made[dialect.name] = self._compile(dialect)
        return made

    def _compile(self, dialect: Dialect) -> tuple[str, Callable[[Mapping[str, Any]], Any]]:
        compiled: Any = self.statement.compile(dialect=dialect)  # type: ignore[attr-defined] # every Executable compiles
        names = tuple(compiled.positiontup or compiled.bind_names.values())
        bounds = {name: bound for bound, name in compiled.bind_names.items()}
        fixed = {name: bound.value for name, bound in bounds.items() if bound.value is not None}
        turned = {
            name: processor
            for name, bound in bounds.items()
            if (processor := bound.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        }

        def bind(values: Mapping[str, Any]) -> list[Any]:
            found = {**fixed, **values} if fixed else values
            return [turned[name](found[name]) if name in turned else found[name] for name in names]

        if compiled.positiontup is not None:
            return str(compiled), bind
        return str(compiled), lambda values: dict(zip(names, bind(values), strict=True))


class Work:
    """One transaction at work: `run` for prepared statements, ``connection`` for those made on the spot."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect
        self._cursor: Any = connection.connection.cursor()

    @property
    def connection(self) -> Connection:
        """The toolkit's view of the transaction, which it only joins when it is asked."""
        if not self._connection.in_transaction():
            self._connection.begin()
        return self._connection

    def run(self, prepared: Prepared, values: Mapping[str, Any]) -> Any:
        """Run a prepared statement; the driver's cursor comes back."""
        text, bind = prepared.on(self._dialect)
        self._cursor.execute(text, bind(values))
        return self._cursor

    def run_many(self, prepared: Prepared, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a prepared statement once for each row of values."""
        if len(rows) == 1:
            self.run(prepared, rows[0])
            return
        text, bind = prepared.on(self._dialect)
        self._cursor.executemany(text, [bind(values) for values in rows])


class Database:
    """The office's database by its URL. Opening it touches no file yet."""

    def __init__(self, url: str, beside: Path) -> None:
        self.url = located(url, beside)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgres(self.url)
        self._view: dict[str, Any] = {} if self.is_sqlite else PICTURE
        self._idle: deque[tuple[Connection, float]] = deque()
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
            connection = self._held()
            raw: Any = connection.connection.driver_connection
            try:
                if self.is_sqlite:
                    raw.execute("BEGIN IMMEDIATE")
                yield Work(connection)
                if connection.in_transaction():
                    connection.commit()
                else:
                    raw.commit()
            except BaseException:
                self._undo(connection, raw)
                raise
            self._idle.append((connection, time.monotonic()))

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view that writes nothing and holds up nobody."""
        with Plainly(), self.engine.connect() as connection:
            yield connection.execution_options(**self._view)

    def _held(self) -> Connection:
        """A connection that was just used, as it is. One that lay idle goes through the pool again, which tries it."""
        while self._idle:
            with contextlib.suppress(IndexError):
                connection, used = self._idle.pop()
                if time.monotonic() - used < IDLE_SECONDS:
                    return connection
                connection.close()
        return self.engine.connect()

    def _undo(self, connection: Connection, raw: Any) -> None:
        """Take back what was begun. A connection that cannot even do that is thrown away, with all that lie idle."""
        try:
            raw.rollback()
        except self.engine.dialect.loaded_dbapi.Error:
            connection.invalidate()
            self._let_go()
        connection.close()

    def _let_go(self) -> None:
        while self._idle:
            with contextlib.suppress(IndexError):
                self._idle.pop()[0].close()

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
