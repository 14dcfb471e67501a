"""The tables of accounts: as the migration makes them, new or upgraded."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from tests.accounts.scene import BAO, welcome
from tests.doors.ketnap import Ketnap
from tests.faults.by_hand import by_hand
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


def test_an_office_of_before_is_upgraded_and_then_has_accounts(office: Office) -> None:
    with by_hand(office) as hand:
        for table in OURS:
            hand.type(f"DROP TABLE {table}")
        hand.type("DROP INDEX open_cases")
        hand.type("UPDATE alembic_version SET version_num = '0003'")
    ketnap = Ketnap(office.config.path)
    assert ketnap("account", "list", "--json").code == "database_older"
    assert ketnap.done("upgrade", "--json").json == {"before": "0003", "now": VERSION}
    assert ketnap.done("verify", "--json").json["holds"]
    assert welcome(office).user == BAO
    with office.database.read_transaction() as connection:
        assert set(OURS) <= set(sa.inspect(connection).get_table_names())
