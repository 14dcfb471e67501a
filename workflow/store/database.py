"""The database itself: SQLite beside the config by default, PostgreSQL where several machines share one record.

One transaction is one `transaction()`: it commits once, at its end, or leaves nothing behind.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Dialect, Engine, make_url
from sqlalchemy.engine import Connection as Connection

BUSY_SECONDS = 30


class DatabaseAway(Exception):
    """The database cannot be reached, read or written; nothing was changed. ``why`` is the driver's own word."""

    def __init__(self, why: str, kind: str = "away") -> None:
        super().__init__(why)
        self.why, self.kind = why, kind


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
        adapt = {}
        for bound, name in compiled.bind_names.items():
            processor = bound.type.dialect_impl(dialect).bind_processor(dialect)
            if processor:
                adapt[name] = processor
        fixed = {name: bound.value for bound, name in compiled.bind_names.items() if bound.value is not None}

        def value(name: str, values: Mapping[str, Any]) -> Any:
            found = values[name] if name in values else fixed[name]
            return adapt[name](found) if name in adapt and found is not None else found

        order: Sequence[str] | None = compiled.positiontup
        if order is not None:
            names = tuple(order)
            if not adapt and not fixed:
                return str(compiled), lambda values: tuple([values[name] for name in names])
            return str(compiled), lambda values: tuple([value(name, values) for name in names])
        every = tuple(compiled.bind_names.values())
        return str(compiled), lambda values: {name: value(name, values) for name in every}


class Work:
    """One transaction at work. ``connection`` for statements made on the spot, `run` for prepared ones."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._dialect = connection.dialect
        self._cursor: Any = connection.connection.cursor()

    def run(self, prepared: Prepared, values: Mapping[str, Any]) -> Any:
        """Run a prepared statement; the driver's cursor comes back."""
        text, bind = prepared.on(self._dialect)
        self._cursor.execute(text, bind(values))
        return self._cursor

    def run_many(self, prepared: Prepared, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a prepared statement once for each row of values."""
        text, bind = prepared.on(self._dialect)
        self._cursor.executemany(text, [bind(values) for values in rows])


class Database:
    """The office's database by its URL. Opening it touches no file yet."""

    def __init__(self, url: str, beside: Path) -> None:
        self.url = located(url, beside)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgres(self.url)
        self._lock: Any = None

    @property
    def file(self) -> Path | None:
        """Where an SQLite database stands."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Work]:
        """One transaction that writes. Raises `DatabaseAway`; nothing is written then."""
        with _plainly(), self._writers(), self.engine.begin() as connection:
            yield Work(connection)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view that writes nothing and holds up nobody."""
        with _plainly(), self.engine.connect() as connection:
            yield connection.execution_options(reading=True)

    def _writers(self) -> contextlib.AbstractContextManager[Any]:
        """Writing processes take turns before SQLite lets them contend: its own waiting starves some for seconds."""
        if self.file is None:
            return contextlib.nullcontext()
        if self._lock is None:
            from filelock import FileLock, Timeout

            self._lock = FileLock(f"{self.file}.lock", timeout=BUSY_SECONDS, poll_interval=0.005, thread_local=False)
            self._timeout = Timeout
        return self._waited()

    @contextlib.contextmanager
    def _waited(self) -> Iterator[None]:
        try:
            self._lock.acquire()
        except self._timeout as error:
            raise DatabaseAway(str(error), "busy") from error
        except OSError as error:
            raise DatabaseAway(str(error), "read_only") from error
        try:
            yield
        finally:
            self._lock.release()

    def close(self) -> None:
        """Let go of every connection."""
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
            f"busy_timeout={BUSY_SECONDS * 1000}",
        ):
            raw.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _began(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading")
        connection.connection.cursor().execute("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _postgres(url: URL) -> Engine:
    return sa.create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)


@contextlib.contextmanager
def _plainly() -> Iterator[None]:
    """Turn what a driver says of a missing, full, read-only or busy database into `DatabaseAway`."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise
    except sa.exc.DBAPIError as error:
        raise away(error.orig or error) from error
    except Exception as error:
        if _is_driver_error(error):
            raise away(error) from error
        raise


def _is_driver_error(error: BaseException) -> bool:
    return type(error).__module__.split(".")[0] in ("sqlite3", "psycopg") and "Integrity" not in type(error).__name__


KINDS = {
    "disk is full": "full", "no space": "full", "disk i/o": "full", "readonly": "read_only", "read-only": "read_only",
    "locked": "busy", "malformed": "broken", "not a database": "broken", "no such table": "not_made",
    "does not exist": "not_made", "unable to open": "missing",
}  # fmt: skip


def away(error: BaseException) -> DatabaseAway:
    """The driver's error, sorted by what a person can do about it."""
    why = str(error)
    kind = next((kind for words, kind in KINDS.items() if words in why.lower()), "away")
    return DatabaseAway(why, kind)
