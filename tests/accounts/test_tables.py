"""The tables of accounts: as the migration makes them, new or upgraded."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from workflow.office import Office
from workflow.storage.schema import MIGRATIONS, VERSION

OURS = ("accounts", "sessions", "links", "tokens", "tries", "claims", "drafts", "looks")


def test_the_newest_migration_is_the_version_of_the_program() -> None:
    assert max(file.name[:4] for file in (MIGRATIONS / "versions").glob("0*.py")) == VERSION


def test_the_migration_makes_what_the_tables_say(office: Office) -> None:
    with office.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        amiss = [one for one in compare_metadata(context, SQLModel.metadata) if mentions(one)]
    assert amiss == []


def mentions(difference: object) -> bool:
    return any(f"'{name}'" in repr(difference) for name in OURS)
