"""A PostgreSQL database becomes a file, and a file takes its place.

What is restored is loaded into a schema of its own, and changes places with the old tables in one
transaction.
"""

from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, make_url
from sqlmodel import SQLModel

from workflow.storage.copies.copy_database import (
    NotCopied,
    Progress,
    compare_databases,
    copy_database,
    list_tables,
)
from workflow.storage.engine import Database
from workflow.storage.errors import DatabaseUnavailable, TranslatedErrors
from workflow.storage.schema import MIGRATED
from workflow.storage.tables.history import SEAL

STAGING = "ketnap_khoi_phuc"
"""The schema in which a restored office stands until it takes its place."""


def copy_to_file(database: Database, target: Path, on_progress: Progress | None = None) -> None:
    """Copy a database into an SQLite file, while others write. Raises `DatabaseUnavailable`, `NotCopied`."""
    engine = _file_engine(target)
    try:
        with TranslatedErrors(), database.read_transaction() as source, engine.begin() as copy:
            copy_database(source, copy, on_progress)
    finally:
        engine.dispose()


def _file_engine(file: Path) -> sa.Engine:
    return sa.create_engine(f"sqlite:///{file.as_posix()}", poolclass=sa.NullPool)


def has_tables(url: str) -> bool:
    """Whether an office's tables stand in a database. Raises `DatabaseUnavailable`."""
    with closing(_open(url)) as database, database.read_transaction() as connection:
        return bool(set(list_tables(connection)) & _own_tables())


def check_alone(url: str) -> None:
    """Raises `DatabaseUnavailable` (``busy``) where others are connected to the database."""
    others = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    with closing(_open(url)) as database, database.read_transaction() as connection:
        count = connection.execute(others).scalar_one()
    if count:
        raise DatabaseUnavailable(str(count), "busy")


def read_head(url: str) -> bytes | None:
    """The hash of an office's newest event; None where no office stands in the database.

    Raises `DatabaseUnavailable`.
    """
    with closing(_open(url)) as database, database.read_transaction() as connection:
        if SEAL.name not in list_tables(connection):
            return None
        head = connection.execute(sa.select(SEAL.c.hash)).scalar_one_or_none()
    return None if head is None else bytes(head)


def load_staging(url: str, file: Path, on_progress: Progress | None = None) -> None:
    """Load an SQLite file into the schema beside, and compare them.

    Raises `DatabaseUnavailable`, `NotCopied`.
    """
    drop_staging(url)
    with closing(_open(url)) as database, database.transaction() as tx:
        tx.connection.execute(sa.schema.CreateSchema(STAGING))
    engine = _file_engine(file)
    try:
        with closing(_open(url, STAGING)) as staging, TranslatedErrors(), engine.connect() as source:
            with staging.transaction() as tx:
                copy_database(source, tx.connection, on_progress)
            with staging.read_transaction() as target:
                if compare_databases(source, target):
                    raise NotCopied("bad_rows", STAGING)
    finally:
        engine.dispose()


def drop_staging(url: str) -> None:
    """Remove what an earlier restore that was cut off has loaded. Raises `DatabaseUnavailable`."""
    with closing(_open(url)) as database, database.transaction() as tx:
        tx.connection.execute(sa.schema.DropSchema(STAGING, cascade=True, if_exists=True))


def switch_schemas(url: str, aside: str) -> None:
    """The tables that stand there go into a schema of their own, those beside take their place.

    Once that is done, nothing happens. Raises `DatabaseUnavailable`.
    """
    with closing(_open(url)) as database, database.transaction() as tx:
        inspector = sa.inspect(tx.connection)
        if STAGING not in inspector.get_schema_names():
            return
        home = tx.connection.execute(sa.text("SELECT current_schema()")).scalar_one()
        old = set(list_tables(tx.connection)) & _own_tables()
        if old:
            tx.connection.execute(sa.schema.CreateSchema(aside))
        for name in sorted(old):
            _move_table(tx.connection, name, home, aside)
        for name in sorted(inspector.get_table_names(schema=STAGING)):
            _move_table(tx.connection, name, STAGING, home)
        tx.connection.execute(sa.schema.DropSchema(STAGING))


def drop_aside(url: str, aside: str) -> None:
    """Delete what a restore has set aside. Raises `DatabaseUnavailable`."""
    with closing(_open(url)) as database, database.transaction() as tx:
        tx.connection.execute(sa.schema.DropSchema(aside, cascade=True, if_exists=True))


def _move_table(connection: Connection, name: str, source: str, target: str) -> None:
    quote = connection.dialect.identifier_preparer.quote
    statement = f"ALTER TABLE {quote(source)}.{quote(name)} SET SCHEMA {quote(target)}"
    connection.execute(sa.text(statement))


def _own_tables() -> set[str]:
    return {MIGRATED, *SQLModel.metadata.tables}


def _open(url: str, schema: str | None = None) -> Database:
    parsed: URL = make_url(url)
    if schema is not None:
        parsed = parsed.update_query_pairs([("options", f"-csearch_path={schema}")], append=True)
    return Database(parsed.render_as_string(hide_password=False), Path())
