"""A backup while the office is at work: the whole office in one file that only its keys open."""

import io
import os
import stat
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyrage
import pytest

from tests.offices import HUYEN, make_small_office
from workflow.core.backup_keys import load_machine_key, make_recovery_key, read_identity
from workflow.core.clock import now
from workflow.core.config import read_config
from workflow.office import Office
from workflow.operations.archive.archive_file import BadArchive, read_archive
from workflow.operations.archive.try_backup import try_backup
from workflow.operations.backup import STALE_SECONDS, Backup, NotBackedUp, list_backups, make_backup
from workflow.operations.open_office import open_office
from workflow.register.acts import AddPerson
from workflow.register.commands.people import add_person
from workflow.storage.copies import sqlite_backup
from workflow.storage.errors import DatabaseUnavailable

NEW = AddPerson(details={"name": "Nguyễn Thị Mới"})


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    """A small office on either database."""
    with closing(make_small_office(tmp_path, database_url)) as opened:
        yield opened


@pytest.fixture
def sqlite_office(tmp_path: Path, bare_sqlite_url: str) -> Iterator[Office]:
    """A small office on SQLite."""
    with closing(make_small_office(tmp_path, bare_sqlite_url)) as opened:
        yield opened


def tried(office: Office, backup: Backup) -> bool:
    return try_backup(backup.file, load_machine_key(office.config.folder)).holds


def members(office: Office, backup: Backup) -> dict[str, bytes]:
    """What `age -d | tar -x` gives."""
    plain = pyrage.decrypt(backup.file.read_bytes(), [load_machine_key(office.config.folder)])
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        files = {one.name: tar.extractfile(one) for one in tar}
        return {name: file.read() for name, file in files.items() if file}


def test_a_backup_is_the_whole_office_and_verifies(office: Office) -> None:
    add_person(office, NEW, HUYEN)
    made = make_backup(office)
    assert tried(office, made)
    assert made.file.name.endswith(".tar.age")
    inside = members(office, made)
    assert list(inside)[:3] == ["manifest.json", "ketnap.db", "config.yaml"]
    assert inside["office.key"] == office.config.key_path.read_bytes()


def test_a_backup_says_nothing_to_somebody_without_a_key(sqlite_office: Office) -> None:
    content = make_backup(sqlite_office).file.read_bytes()
    assert content.startswith(b"age-encryption.org/v1")
    assert sqlite_office.config.key_path.read_bytes().strip() not in content
    assert b"SQLite format" not in content


def test_the_machines_own_key_is_in_no_backup(sqlite_office: Office) -> None:
    make_recovery_key(sqlite_office.config.folder, now())
    inside = members(sqlite_office, make_backup(sqlite_office))
    assert sorted(inside) == [
        "config.yaml",
        "ketnap.db",
        "khoa-khoi-phuc.json",
        "manifest.json",
        "office.key",
    ]
    assert all(b"AGE-SECRET-KEY" not in content for content in inside.values())


def test_the_printed_key_opens_it_and_another_does_not(sqlite_office: Office, tmp_path: Path) -> None:
    older = make_backup(sqlite_office)
    secret = make_recovery_key(sqlite_office.config.folder, now())
    made = make_backup(sqlite_office)
    assert read_archive(made.file, read_identity(secret), tmp_path / "mở").events == 35
    with pytest.raises(BadArchive) as told:
        read_archive(older.file, read_identity(secret), None)
    assert told.value.why == "wrong_key"


def test_what_config_names_goes_along_wherever_it_lies(sqlite_office: Office, tmp_path: Path) -> None:
    folder = sqlite_office.config.folder
    elsewhere = tmp_path / "nơi khác"
    (elsewhere / "mau").mkdir(parents=True)
    (elsewhere / "mau" / "a.txt").write_text("mẫu", encoding="utf-8")
    (elsewhere / "mat-khau").write_text("bí mật", encoding="utf-8")
    (folder / "thu-gui").mkdir()
    (folder / "thu-gui" / "một.eml").write_text("thư", encoding="utf-8")
    (folder / "ketnap.log").write_text("log", encoding="utf-8")
    (folder / "chung-thu.pem").write_text("pem", encoding="utf-8")
    text = (
        "office: Sông Lô # tên\ndatabase: sqlite:///{db}\nletters: {place}/mau\nbackup: {{also: [chung-thu.pem]}}\n"
        "mail:\n  smtp: {{host: a, password_file: '{place}/mat-khau'}} # máy chủ\n"
    )
    database = sqlite_office.database.file
    assert database
    sqlite_office.config.path.write_text(
        text.format(place=elsewhere.as_posix(), db=database.as_posix()), encoding="utf-8"
    )
    with closing(open_office(sqlite_office.config.path)) as again:
        inside = members(again, make_backup(again))
    assert {"mau/a.txt", "mat-khau", "thu-gui/một.eml", "chung-thu.pem"} < set(inside)
    assert "ketnap.log" not in inside
    config = tmp_path / "config.yaml"
    config.write_bytes(inside["config.yaml"])
    taken = read_config(config)
    assert (taken.letters, taken.mail.smtp and taken.mail.smtp.password_file) == ("mau", "mat-khau")
    assert taken.database == "sqlite:///ketnap.db"
    assert "# tên" in config.read_text(encoding="utf-8")
    assert "# máy chủ" in config.read_text(encoding="utf-8")


def test_no_backup_is_written_over_and_the_newest_comes_first(office: Office) -> None:
    made = [make_backup(office) for _ in range(3)]
    assert len({one.file for one in made}) == 3
    assert [one.file for one in list_backups(office)] == sorted(
        (one.file for one in made), key=os.path.getmtime, reverse=True
    )
    assert sorted(one.name for one in made[0].file.parent.iterdir()) == sorted(one.file.name for one in made)


def test_only_its_owner_may_read_a_backup(office: Office) -> None:
    made = make_backup(office)
    key = office.config.folder / "may-nay.key"
    assert os.name == "nt" or {stat.S_IMODE(one.stat().st_mode) for one in (made.file, key)} == {0o600}


def test_it_is_one_picture_while_others_write(office: Office) -> None:
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            add_person(office, NEW, HUYEN)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [make_backup(office) for _ in range(3)]
    finally:
        ended.set()
        writer.join()
    assert all(tried(office, one) for one in made)


def test_two_at_once_are_two_backups(office: Office) -> None:
    made: list[Backup] = []
    threads = [threading.Thread(target=lambda: made.append(make_backup(office))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.file for one in made}) == 2
    assert {file.name for file in office.config.folder.glob("*may-nay*")} == {"may-nay.key"}
    assert all(tried(office, one) for one in made)


def test_a_copy_that_is_spoilt_is_thrown_away(sqlite_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    older = make_backup(sqlite_office)
    monkeypatch.setattr("workflow.operations.backup.copy_sqlite", spoiling)
    with pytest.raises(NotBackedUp) as told:
        make_backup(sqlite_office)
    assert told.value.why == "spoilt"
    assert list(older.file.parent.iterdir()) == [older.file]


def spoiling(*asked: object) -> str:
    """A disk that loses what is written to it."""
    assert sqlite_backup.copy_sqlite(*asked) is None  # type: ignore[arg-type] # as it is called
    return "row 1 missing from index"


def test_a_database_that_is_gone_is_told_and_leaves_nothing(sqlite_office: Office) -> None:
    assert sqlite_office.database.file
    sqlite_office.close()
    sqlite_office.database.file.write_bytes(b"gone" * 5000)
    with pytest.raises(DatabaseUnavailable):
        make_backup(sqlite_office)
    assert list((sqlite_office.config.folder / "sao-luu").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(sqlite_office: Office) -> None:
    (sqlite_office.config.folder / "sao-luu").write_text("", encoding="utf-8")
    with pytest.raises(OSError, match="sao-luu"):
        make_backup(sqlite_office)


def test_how_much_room_a_database_takes(office: Office) -> None:
    with office.database.read_transaction() as connection:
        assert sqlite_backup.measure_database(connection) > 100_000


def test_what_a_machine_that_went_off_has_left_is_cleared_after_a_day(sqlite_office: Office) -> None:
    folder = make_backup(sqlite_office).file.parent
    names = [
        f"ketnap-2022-08-{day}-070000{end}" for day in ("09", "10") for end in (".partial", ".db.partial")
    ]
    for name in names:
        (folder / name).write_bytes(b"half a backup")
    yesterday = (folder / names[0]).stat().st_mtime - STALE_SECONDS - 1
    for name in names[:2]:
        os.utime(folder / name, (yesterday, yesterday))
    make_backup(sqlite_office)
    assert [(folder / name).exists() for name in names] == [False, False, True, True]
