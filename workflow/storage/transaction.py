"""A transaction runs prepared statements and commits once."""

import time
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

Converter = Callable[[Any], Any]
"""What a driver wants made of one value."""
Bind = Callable[[Mapping[str, Any]], Any]
"""Named values turned into a driver's parameters."""


class PreparedStatement:
    """A Core statement, compiled once per dialect and run on the driver's cursor.

    Compiling and SQLAlchemy's layers cost more than a durable commit on a good disk, and an act runs few
    statements, which never change.
    """

    def __init__(self, statement: sa.Executable) -> None:
        self.statement = statement
        self._compiled: dict[str, tuple[str, Bind]] = {}

    def compile_for(self, dialect: Dialect) -> tuple[str, Bind]:
        """The SQL of a dialect, and the function that converts named values to driver parameters."""
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = self._compile(dialect)
        return compiled

    def _compile(self, dialect: Dialect) -> tuple[str, Bind]:
        # every Executable compiles
        compiled: Any = self.statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        bounds = {name: bound for bound, name in compiled.bind_names.items()}
        fixed = {name: bound.value for name, bound in bounds.items() if bound.value is not None}
        converters = {
            name: converter
            for name, bound in bounds.items()
            if (converter := _find_converter(bound.type, dialect))
        }
        if compiled.positiontup is None:
            return str(compiled), _bind_by_name(fixed, converters)
        return str(compiled), _bind_by_position(tuple(compiled.positiontup), fixed, converters)


def _find_converter(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Converter | None:
    """The converter of a value for the driver; bytes need none, though SQLAlchemy would wrap them."""
    if isinstance(kind, sa.LargeBinary):
        return None
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _bind_by_name(fixed: Mapping[str, Any], converters: Mapping[str, Converter]) -> Bind:
    """Parameters for a driver that finds them by name and ignores others."""

    def bind(values: Mapping[str, Any]) -> Any:
        return {**fixed, **values, **{name: turn(values[name]) for name, turn in converters.items()}}

    return bind if fixed or converters else lambda values: values


def _bind_by_position(
    names: tuple[str, ...], fixed: Mapping[str, Any], converters: Mapping[str, Converter]
) -> Bind:
    """Parameters for a driver that takes them in order."""
    take = itemgetter(*names) if len(names) > 1 else lambda values: tuple(values[name] for name in names)
    positioned = [(at, converters[name]) for at, name in enumerate(names) if name in converters]

    def bind(values: Mapping[str, Any]) -> Any:
        parameters = list(take({**fixed, **values} if fixed else values))
        for at, turn in positioned:
            parameters[at] = turn(parameters[at])
        return parameters

    return bind if fixed or positioned else take


class Transaction:
    """One transaction: `run` for prepared statements, ``connection`` for statements built on the spot."""

    def __init__(self, connection: Connection) -> None:
        pooled: Any = connection.connection
        self._connection, self._raw, self._dialect = connection, pooled.driver_connection, connection.dialect
        self._cursor: Any = self._raw.cursor()
        self.used_at = 0.0

    @property
    def connection(self) -> Connection:
        """SQLAlchemy's connection of the transaction, created when first asked for."""
        if not self._connection.in_transaction():
            self._connection.begin()
        return self._connection

    def begin(self) -> None:
        """Begin a transaction that writes.

        On PostgreSQL the driver itself begins it with the first statement.
        """
        if self._dialect.name == "sqlite":
            self._cursor.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        if self._connection.in_transaction():
            self._connection.commit()
        else:
            self._raw.commit()
        self.used_at = time.monotonic()

    def roll_back(self) -> bool:
        """Take back what was begun, and give the connection back to the pool.

        False where it could not even do that.
        """
        sound = True
        try:
            self._raw.rollback()
        except self._dialect.loaded_dbapi.Error:
            self._connection.invalidate()
            sound = False
        self._connection.close()
        return sound

    def close(self) -> None:
        self._connection.close()

    def run(self, prepared: PreparedStatement, values: Mapping[str, Any]) -> Any:
        """Run a prepared statement; the driver's cursor comes back."""
        text, bind = prepared.compile_for(self._dialect)
        self._cursor.execute(text, bind(values))
        return self._cursor

    def run_many(self, prepared: PreparedStatement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a prepared statement once for each row of values."""
        if len(rows) == 1:
            self.run(prepared, rows[0])
            return
        text, bind = prepared.compile_for(self._dialect)
        self._cursor.executemany(text, [bind(values) for values in rows])
