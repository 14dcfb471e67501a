"""The schema is created, upgraded and checked for its version."""

import threading
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from states.errors import UserError
from workflow.core.crypto import Vault
from workflow.storage.engine import Transaction
from workflow.storage.ledger import GENESIS, ChainHead, compute_seal
from workflow.storage.tables import accounts, cases, register, reminders  # noqa: F401 - registers the tables
from workflow.storage.tables.history import OFFICE, SEAL

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION = "0006"
"""The newest migration; a test holds it to what stands in migrations/versions."""
MIGRATED = "alembic_version"
"""The table in which a database says of which version it is."""

MIGRATING = threading.Lock()
"""Alembic does one upgrade of a process at a time."""


class WrongSchemaVersion(UserError):
    """The database is of another version.

    ``newer`` than this program, or older and waiting for `ketnap upgrade`.
    """

    code = "schema"

    def __init__(self, version: str, *, newer: bool) -> None:
        super().__init__(version)
        self.found, self.newer = version, newer


def check_version(connection: Connection) -> None:
    """Raises `WrongSchemaVersion` unless the database is of this very version."""
    version = _find_version(connection)
    if version != VERSION:
        raise WrongSchemaVersion(version, newer=version > VERSION)


def read_version(connection: Connection) -> str:
    """The version of a database, this one or an earlier one. Raises `WrongSchemaVersion` for a newer one."""
    version = _find_version(connection)
    if version > VERSION:
        raise WrongSchemaVersion(version, newer=True)
    return version


def _find_version(connection: Connection) -> str:
    statement = sa.text(f"SELECT version_num FROM {MIGRATED}")  # noqa: S608 - a name of ours
    return connection.execute(statement).scalar_one_or_none() or "0000"


def upgrade_schema(connection: Connection, version: str = "head") -> None:
    """Bring a database to this version, or an earlier one, inside the transaction of ``connection``."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    with MIGRATING:
        command.upgrade(config, version)


def drop_tables(connection: Connection) -> None:
    """Drop all tables of a database whose creation failed."""
    SQLModel.metadata.drop_all(connection)
    connection.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))


def create_database(
    tx: Transaction, vault: Vault, *, name: str, sample: str | None, today: date | None
) -> bool:
    """The tables, the office's own row and an empty history; False where there is an office already."""
    if _has_office(tx):
        return False
    upgrade_schema(tx.connection)
    row = {
        "id": 1,
        "name": name,
        "sample": sample,
        "today": today,
        "key_check": vault.compute_key_check(),
        "basis": "",
    }
    tx.connection.execute(sa.insert(OFFICE).values(row))
    head = ChainHead(0, GENESIS, 0)
    seal = {"id": 1, "n": 0, "hash": GENESIS, "register_n": 0, "mac": compute_seal(vault, head)}
    tx.connection.execute(sa.insert(SEAL).values(seal))
    return True


def _has_office(tx: Transaction) -> bool:
    """Tables alone are none: whoever looks after the database may have made them beforehand."""
    if not sa.inspect(tx.connection).has_table("office"):
        return False
    return tx.connection.execute(sa.select(OFFICE.c.id)).first() is not None


def drop_database(tx: Transaction, vault: Vault) -> None:
    """Take the tables away again, if it is under this key that they were made."""
    if not sa.inspect(tx.connection).has_table("office"):
        return
    if tx.connection.execute(sa.select(OFFICE.c.key_check)).scalar_one_or_none() == vault.compute_key_check():
        drop_tables(tx.connection)
