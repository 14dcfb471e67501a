"""Making the tables, and knowing whether a database is of this version of the program."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from workflow.storage import tables  # noqa: F401 - registers the tables

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION = "0004"
"""The newest migration; a test holds it to what stands in migrations/versions."""


class WrongSchemaVersion(Exception):
    """The database is of another version: ``newer`` than this program, or older and waiting for `ketnap upgrade`."""

    def __init__(self, found: str, *, newer: bool) -> None:
        super().__init__(found)
        self.found, self.newer = found, newer


def check_version(connection: Connection) -> None:
    """Raises `WrongSchemaVersion` unless the database is of this very version."""
    version = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none() or "0000"
    if version != VERSION:
        raise WrongSchemaVersion(version, newer=version > VERSION)


def upgrade_schema(connection: Connection) -> None:
    """Bring a database to this version, inside the transaction of ``connection``."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def drop_tables(connection: Connection) -> None:
    """Take every table away: a database that was never handed out goes back to what it was."""
    SQLModel.metadata.drop_all(connection)
    connection.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
