"""Every night a backup is made, tried and copied; what is wrong is told, and nothing is lost meanwhile."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.doors.ketnap import Ketnap
from tests.offices import HUYEN, make_small_office
from workflow.office import Office
from workflow.operations.archive.archive_file import BadArchive
from workflow.operations.backup import Backup, list_backups, list_backups_in, make_backup
from workflow.operations.nightly_backup import DAYS, remove_old_backups, run_nightly_backup
from workflow.operations.open_office import open_office
from workflow.register.acts import AddPerson
from workflow.register.commands.people import add_person
from workflow.reminders.backup_health import BackupHealth, read_backup_health
from workflow.reminders.jobs import BACKUP, Jobs
from workflow.reminders.settings import load_policy
from workflow.reminders.worker import Worker


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    with closing(make_small_office(tmp_path, database_url)) as opened:
        yield opened


@pytest.fixture
def sqlite_office(tmp_path: Path) -> Iterator[Office]:
    with closing(make_small_office(tmp_path, "sqlite:///ketnap.db")) as opened:
        yield opened


def with_second(office: Office, second: Path) -> Office:
    """The office, whose config names a second place."""
    with office.config.path.open("a", encoding="utf-8") as file:
        file.write(f"backup: {{second: '{second.as_posix()}'}}\n")
    return open_office(office.config.path)


def test_a_nights_backup_is_made_tried_and_remembered(office: Office) -> None:
    assert read_backup_health(office).held_at is None
    result = run_nightly_backup(office)
    assert (result.held, result.problem, result.second) == (True, None, "none")
    health = read_backup_health(office)
    assert health.held_at == health.made_at is not None
    assert health.is_well
    assert [one.file for one in list_backups(office)] == [result.file]


def test_a_backup_that_does_not_hold_is_told_and_no_older_one_goes(sqlite_office: Office) -> None:
    aged = make_days(sqlite_office, DAYS + 3)
    with sqlite_office.database.transaction() as work:
        work.connection.exec_driver_sql("UPDATE events SET hash = zeroblob(32) WHERE n = 5")
    result = run_nightly_backup(sqlite_office)
    assert isinstance(result.problem, BadArchive)
    assert result.problem.why == "broken_record"
    assert read_backup_health(sqlite_office).has_failed
    assert {one.file for one in list_backups(sqlite_office)} == {*aged, result.file}


def make_days(office: Office, days: int) -> list[Path]:
    """A backup of each of so many days."""
    first = make_backup(office).file
    files = [first]
    for ago in range(1, days):
        at = (datetime.now(UTC) - timedelta(days=ago)).timestamp()
        files.append(Path(shutil.copy(first, first.with_name(f"ketnap-old-{ago}.tar.age"))))
        os.utime(files[-1], (at, at))
    return files


def test_backups_of_thirty_days_are_kept(sqlite_office: Office) -> None:
    files = make_days(sqlite_office, DAYS + 3)
    result = run_nightly_backup(sqlite_office)
    assert {one.file for one in list_backups(sqlite_office)} == {*files[:DAYS], result.file}


def test_thirty_days_on_which_the_machine_was_on_are_kept_however_long_ago(sqlite_office: Office) -> None:
    made = make_backup(sqlite_office)
    monthly = [Backup(made.file, 1, made.at - timedelta(days=30 * ago)) for ago in range(DAYS)]
    remove_old_backups(monthly, "UTC")
    assert made.file.exists()


def test_a_disk_that_takes_nothing_is_told_and_the_last_good_one_stays(sqlite_office: Office) -> None:
    good = run_nightly_backup(sqlite_office).file
    assert good
    aside = shutil.move(good.parent, good.parent.with_name("x"))
    good.parent.write_text("", encoding="utf-8")
    result = run_nightly_backup(sqlite_office)
    assert isinstance(result.problem, OSError)
    health = read_backup_health(sqlite_office)
    assert (health.has_failed, health.is_well) == (True, False)
    good.parent.unlink()
    shutil.move(aside, good.parent)
    assert run_nightly_backup(sqlite_office).held
    assert read_backup_health(sqlite_office).is_well


# --- the second place --------------------------------------------------------------------------------------


def test_a_second_place_that_is_away_for_a_week_gets_what_it_missed(
    sqlite_office: Office, tmp_path: Path
) -> None:
    second = tmp_path / "ổ thứ hai"
    with closing(with_second(sqlite_office, second)) as office:
        for _ in range(7):
            assert run_nightly_backup(office).second == "away"
        health = read_backup_health(office)
        assert health.is_second_away
        assert not second.exists(), "an empty folder beside a disk that is away would hold no backup"
        second.mkdir()
        result = run_nightly_backup(office)
        assert (result.held, result.second) == (True, "done")
        assert {one.file.name: one.file.read_bytes() for one in list_backups_in(second)} == {
            one.file.name: one.file.read_bytes() for one in list_backups(office)
        }
        assert not read_backup_health(office).is_second_away


def test_a_copy_that_was_cut_off_is_made_anew(sqlite_office: Office, tmp_path: Path) -> None:
    second = tmp_path / "ổ thứ hai"
    second.mkdir()
    with closing(with_second(sqlite_office, second)) as office:
        first = run_nightly_backup(office).file
        assert first
        copy = second / first.name
        copy.write_bytes(copy.read_bytes()[:100])
        run_nightly_backup(office)
        assert copy.read_bytes() == first.read_bytes()
        assert list(second.glob("*.partial")) == []


# --- the job -----------------------------------------------------------------------------------------------


def test_it_is_due_at_half_past_one_and_made_up_for_when_the_machine_was_off(sqlite_office: Office) -> None:
    jobs = Jobs(sqlite_office, load_policy(sqlite_office))
    night = datetime(2024, 8, 9, 18, 30, tzinfo=UTC)  # 1:30 in Viet Nam on the tenth
    for name in ("carry_over", "returned_mail", "morning", "delivery", BACKUP):
        jobs.record(name, night - timedelta(hours=1))
    assert BACKUP not in jobs.list_overdue(night - timedelta(seconds=1))
    assert BACKUP in jobs.list_overdue(night)
    assert BACKUP in jobs.list_overdue(night + timedelta(days=20, hours=5))
    jobs.record(BACKUP, night + timedelta(hours=6))
    assert BACKUP not in jobs.list_overdue(night + timedelta(hours=7))
    assert BACKUP in jobs.list_overdue(night + timedelta(days=1))


def test_a_worker_that_runs_by_the_clock_of_others_backs_up_once_a_night(office: Office) -> None:
    for _ in range(2):
        Worker(office, lambda _: None, backup=run_nightly_backup).run_once()
    assert len(list_backups(office)) == 1


def test_a_worker_that_is_told_to_stop_leaves_no_half_backup(sqlite_office: Office) -> None:
    result = run_nightly_backup(sqlite_office, lambda: False)
    assert (result.file, result.problem) == (None, None)
    assert list(sqlite_office.config.folder.glob("sao-luu/*")) == []
    health: BackupHealth = read_backup_health(sqlite_office)
    assert health.failed_at is None


def test_status_says_how_backups_are(sqlite_office: Office) -> None:
    ketnap = Ketnap(sqlite_office.config.path)
    assert "chưa có bản nào được mở thử" in ketnap("status").out
    assert "mở thử: tốt" in ketnap.done("worker", "--once").out
    add_person(sqlite_office, AddPerson(details={"name": "Nguyễn Thị Mới"}), HUYEN)
    said = ketnap("status")
    assert "bản mới nhất mở thử tốt" in said.out
    assert "CHƯA CÓ KHÓA KHÔI PHỤC" in said.out
    view = ketnap("status", "--json").json
    assert (view["backup"]["failed"], view["backup"]["recovery"], view["set_aside"]) == (False, "none", [])
