"""An office of an earlier version is upgraded: it holds afterwards, or it is the old one."""

from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from states.errors import UserError
from tests.reminders.scene import give_addresses
from tests.upgrades.conftest import OFFICES, Unpack
from workflow.core.config import BadConfig, read_config
from workflow.core.crypto import WrongKey, make_key_file
from workflow.office import Office
from workflow.operations.backup import NotBackedUp, list_backups
from workflow.operations.open_office import open_office
from workflow.operations.relocate import relocate_office
from workflow.operations.upgrade import upgrade as module
from workflow.operations.upgrade.revise_office import OfficeRevision, revise_office
from workflow.operations.upgrade.upgrade import UpgradeUndone, upgrade_office
from workflow.operations.verify.verify import verify_office
from workflow.register.writer import Who
from workflow.reminders.daily_run import DailyRun
from workflow.storage.engine import Database, Transaction
from workflow.storage.errors import DatabaseUnavailable
from workflow.storage.ledger import Ledger
from workflow.storage.schema import VERSION, WrongSchemaVersion
from workflow.storage.tables.cases import CASES

MORNINGS = {date(2024, 8, 16): (0, 0), date(2024, 8, 22): (20, 3), date(2024, 9, 6): (42, 3)}
"""The notices and the letters of the morning after the upgrade, of a week later, and of a month: of each version."""
ADMIN = Who("", "quan-tri")
OLDER = "0002"
ADOPTED = {"listed", "training", "branch_meeting", "probation", "awaiting_ruling", "suspended", "member"}


def read_rows(config: Path) -> dict[str, Sequence[sa.Row[tuple[object, ...]]]]:
    """Every row of every table that there is, and the version."""
    database = Database(read_config(config).database, config.parent)
    with closing(database), database.read_transaction() as connection:
        return {
            name: connection.execute(sa.text(f'SELECT * FROM "{name}" ORDER BY 1, 2')).all()  # noqa: S608
            if name != "alembic_version"
            else connection.execute(sa.text("SELECT * FROM alembic_version")).all()
            for name in sa.inspect(connection).get_table_names()
            if name not in {"office", "seal", "people", "beats"}
        }


def check_whole(office: Office) -> None:
    verification = verify_office(office)
    assert verification.broken == []
    with office.database.read_transaction() as connection:
        states = set(connection.execute(sa.select(CASES.c.state)).scalars())
    assert states >= ADOPTED


@pytest.mark.parametrize("version", sorted(OFFICES))
def test_an_office_of_each_earlier_version_is_upgraded_holds_and_writes_its_letters(
    unpack: Unpack, version: str
) -> None:
    config = unpack(version)
    done = upgrade_office(config, ADMIN)
    assert (done.before, done.now) == (version, VERSION)
    with closing(open_office(config)) as office:
        check_whole(office)
        assert [backup.file for backup in list_backups(office)] == [done.backup] * (version != VERSION)
        give_addresses(office, "bithu", "canbo", "huyen")
        told = {day: DailyRun(office).run_morning(day) for day in MORNINGS}
        assert {day: (run.sweep.made, len(run.letters)) for day, run in told.items()} == MORNINGS
        check_whole(office)
    again = upgrade_office(config, ADMIN)
    assert (again.before, again.backup) == (VERSION, None)


def check_undone(config: Path, error: type[UserError]) -> UserError:
    """It is refused, and every row is as it was."""
    before = read_rows(config)
    with pytest.raises(error) as told:
        upgrade_office(config, ADMIN)
    assert read_rows(config) == before
    return told.value


def test_an_office_whose_history_did_not_hold_before_stays_as_it_is(unpack: Unpack) -> None:
    config = unpack(OLDER)
    change(config, "UPDATE events SET hash = body WHERE n = 9")
    told = check_undone(config, UpgradeUndone)
    assert isinstance(told, UpgradeUndone)
    assert (told.why, told.n) == ("chain", 9)


def change(config: Path, statement: str) -> None:
    database = Database(read_config(config).database, config.parent)
    with closing(database), database.transaction() as work:
        work.connection.execute(sa.text(statement))


def test_what_does_not_hold_after_the_upgrade_is_taken_back_tables_and_all(
    unpack: Unpack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(office: Office, tx: Transaction, ledger: Ledger, who: Who) -> OfficeRevision:
        revision = revise_office(office, tx, ledger, who)
        tx.connection.execute(sa.text("UPDATE cases SET state = 'decision' WHERE state = 'training'"))
        return revision

    config = unpack(OLDER)
    monkeypatch.setattr(module, "revise_office", spoil)
    told = check_undone(config, UpgradeUndone)
    assert isinstance(told, UpgradeUndone)
    assert told.why == "verify"


def test_an_office_with_which_this_version_would_not_start_is_not_touched(unpack: Unpack) -> None:
    config = unpack(OLDER)
    text = config.read_text(encoding="utf-8")
    for line in ("khong_co: 1\n", "house_clocks: {khong_co: 3}\n"):
        config.write_text(text + line, encoding="utf-8")
        with pytest.raises(BadConfig):
            upgrade_office(config, ADMIN)
    config.write_text(text, encoding="utf-8")
    policy = config.with_name("nhac-viec.yaml")
    policy.write_text("khong_co: 1\n", encoding="utf-8")
    config.write_text(f"{text}reminders: nhac-viec.yaml\n", encoding="utf-8")
    assert check_undone(config, UserError).code == "bad_policy"
    templates = config.with_name("mau-thu")
    templates.mkdir()
    (templates / "letter.txt").write_text("{{ khong.co", encoding="utf-8")
    config.write_text(f"{text}letters: mau-thu\n", encoding="utf-8")
    assert check_undone(config, UserError).code == "bad_templates"
    config.write_text(text, encoding="utf-8")
    assert not config.with_name("sao-luu").exists(), "nothing was even backed up"


def test_without_a_backup_there_is_no_upgrade(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_office: Office) -> None:
        raise NotBackedUp("spoilt")

    config = unpack(OLDER)
    monkeypatch.setattr(module, "make_backup", refuse)
    check_undone(config, NotBackedUp)


def test_another_office_s_key_and_a_newer_database_are_refused(unpack: Unpack) -> None:
    config = unpack(OLDER)
    key = config.with_name("office.key")
    own = key.read_bytes()
    key.unlink()
    make_key_file(key)
    check_undone(config, WrongKey)
    key.write_bytes(own)
    change(config, "UPDATE alembic_version SET version_num = '9999'")
    check_undone(config, WrongSchemaVersion)


def test_an_office_that_has_moved_away_is_not_upgraded(unpack: Unpack, tmp_path: Path) -> None:
    config = unpack(max(OFFICES))
    upgrade_office(config, ADMIN)
    text = config.read_text(encoding="utf-8")
    relocate_office(config, f"sqlite:///{(tmp_path / 'mới.db').as_posix()}")
    config.write_text(text, encoding="utf-8")
    with pytest.raises(DatabaseUnavailable) as told:
        upgrade_office(config, ADMIN)
    assert told.value.kind == "moved"
