"""A database is copied row by row into an empty one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from states.errors import UserError
from workflow.storage.copies.closure import MARKS
from workflow.storage.schema import MIGRATED, read_version, upgrade_schema

Progress = Callable[[int, int], None]
"""Told how many rows are done, of how many."""
CopyFault = Literal["not_empty", "no_tables", "foreign_tables", "bad_rows"]

MOST_ROWS = 1000
MOST_BYTES = 64 * 2**20
"""What is held in memory at a time: a scan is megabytes, a vote some bytes."""
MOST_DIFFERENCES = 20
BAD_ROWS = (sa.exc.IntegrityError, sa.exc.DataError, sa.exc.ProgrammingError, TypeError, ValueError)
"""What SQLite held and its target will not: a word where a number belongs, a case without its person."""


class NotCopied(UserError):
    """A database cannot be copied; the target is as it was. ``text``: the table, or what stood there."""

    code = "not_copied"
    advice = "advice.not_copied"

    def __init__(self, why: CopyFault, text: str = "") -> None:
        super().__init__(f"{why}: {text}")
        self.why, self.text = why, text


class RowDifference(NamedTuple):
    """A row that is not the same in two databases; ``key``: its primary key."""

    table: str
    key: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _TablePair:
    """A table as it stands in the one database and in the other."""

    source: sa.Table
    target: sa.Table


def copy_database(source: Connection, target: Connection, on_progress: Progress | None = None) -> int:
    """Copy all tables of an office's database into an empty one; the number of rows comes back.

    ``source`` reads in the transaction it is in, which must show one picture of the whole: a
    `read_transaction`, or a write transaction that keeps others out. All is written in the transaction of
    ``target``: whoever ends it decides. The target gets the tables of the source's own version; tables
    that no migration has made are left out. Raises `NotCopied`, `WrongSchemaVersion`.
    """
    version = read_version(source)
    if list_tables(target):
        raise NotCopied("not_empty", ", ".join(list_tables(target)[:3]))
    upgrade_schema(target, version)
    pairs = _pair_tables(source, target)
    total, done = sum(_count_rows(source, pair.source) for pair in pairs), 0
    for pair in pairs:
        for rows in _read_batches(source, pair.source):
            _insert_rows(target, pair.target, rows)
            done += len(rows)
            if on_progress:
                on_progress(done, total)
        _set_sequence(target, pair.target)
    return done


def compare_databases(
    source: Connection, target: Connection, on_progress: Progress | None = None
) -> list[RowDifference]:
    """The first rows that are not the same in two databases, or stand in one alone; none: they are alike.

    Raises `NotCopied` where the two are not of one version, or lack tables.
    """
    if read_version(source) != read_version(target):
        raise NotCopied("foreign_tables", MIGRATED)
    pairs = _pair_tables(source, target)
    total, done = sum(_count_rows(source, pair.source) for pair in pairs), 0
    differences: list[RowDifference] = []
    for pair in pairs:
        differences += _compare_rows(source, target, pair)
        done += _count_rows(source, pair.source)
        if on_progress:
            on_progress(done, total)
        if len(differences) >= MOST_DIFFERENCES:
            break
    return differences[:MOST_DIFFERENCES]


def list_tables(connection: Connection) -> list[str]:
    """The tables that stand in a database, whoever made them."""
    return sorted(sa.inspect(connection).get_table_names())


def _pair_tables(source: Connection, target: Connection) -> list[_TablePair]:
    """The tables that migrations make, so that a row comes after those it refers to."""
    theirs, ours = _reflect_tables(source), _reflect_tables(target)
    known = sa.MetaData()
    for table in ours.values():
        table.to_metadata(known)
    pairs = []
    for name in [table.name for table in known.sorted_tables]:
        if name not in theirs or set(theirs[name].columns.keys()) != set(ours[name].columns.keys()):
            raise NotCopied("foreign_tables", name)
        pairs.append(_TablePair(theirs[name], ours[name]))
    return pairs


def _reflect_tables(connection: Connection) -> dict[str, sa.Table]:
    """The tables as the database itself describes them: those of an earlier version have fewer columns."""
    if MIGRATED not in list_tables(connection):
        raise NotCopied("no_tables")
    schema = sa.MetaData()
    schema.reflect(connection, only=lambda name, _: name not in {MIGRATED, MARKS.name}, resolve_fks=True)
    return {table.name: table for table in schema.tables.values()}


def _count_rows(connection: Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def _read_batches(connection: Connection, table: sa.Table) -> Iterator[Sequence[dict[str, Any]]]:
    """The rows of a table in the order of their keys, some megabytes at a time."""
    statement = sa.select(*table.columns).order_by(*_key_order(connection, table))
    at_once = {"yield_per": _rows_at_once(connection, table)}
    result = connection.execute(statement, execution_options=at_once)
    names = table.columns.keys()
    try:
        for rows in result.partitions():
            yield [dict(zip(names, map(_plain_value, row), strict=True)) for row in rows]
    except (TypeError, ValueError) as error:  # SQLite holds a word where a day belongs
        raise NotCopied("bad_rows", table.name) from error
    finally:
        result.close()


def _rows_at_once(connection: Connection, table: sa.Table) -> int:
    """So many rows that they stay within memory, however large the largest of them is."""
    long = [column for column in table.columns if isinstance(column.type, sa.LargeBinary | sa.Text)]
    if not long:
        return MOST_ROWS
    length = sum((sa.func.coalesce(sa.func.length(column), 0) for column in long), start=sa.literal(0))
    largest = connection.execute(sa.select(sa.func.max(length)).select_from(table)).scalar_one()
    return int(max(1, min(MOST_ROWS, MOST_BYTES // (largest or 1))))


def _key_order(connection: Connection, table: sa.Table) -> list[sa.ColumnElement[Any]]:
    """The primary key, in the order of bytes on both databases: PostgreSQL would sort words by a language."""
    return [
        sa.collate(column, "C")
        if connection.dialect.name == "postgresql" and isinstance(column.type, sa.String)
        else column
        for column in table.primary_key.columns
    ]


def _plain_value(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _insert_rows(target: Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    try:
        target.execute(sa.insert(table), list(rows))
    except BAD_ROWS as error:
        raise NotCopied("bad_rows", table.name) from error


def _set_sequence(target: Connection, table: sa.Table) -> None:
    """PostgreSQL counts numbers of its own for new rows: on from the largest."""
    key = table.autoincrement_column
    if target.dialect.name != "postgresql" or key is None:
        return
    sequence = sa.func.pg_get_serial_sequence(sa.func.quote_ident(table.name), key.name)
    largest = sa.select(sa.func.max(key)).scalar_subquery()
    target.execute(sa.select(sa.func.setval(sequence, largest)).where(sequence.is_not(None)))


def _compare_rows(source: Connection, target: Connection, pair: _TablePair) -> list[RowDifference]:
    key = [column.name for column in pair.source.primary_key.columns]
    differences = []
    for row, copy in zip_longest(_read_rows(source, pair.source), _read_rows(target, pair.target)):
        if row != copy:
            there = row or copy or {}
            differences.append(RowDifference(pair.source.name, tuple(there[name] for name in key)))
        if len(differences) >= MOST_DIFFERENCES:
            break
    return differences


def _read_rows(connection: Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    for batch in _read_batches(connection, table):
        yield from batch
