"""An office comes back from a backup; what stood there is set aside, and nothing is half done."""

import io
import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyrage
import pytest

from tests.offices import HUYEN, make_small_office
from workflow.core.backup_keys import RECOVERY_FILE, load_machine_key, make_recovery_key, read_identity
from workflow.core.clock import now, today_in
from workflow.core.config import read_config
from workflow.office import Office
from workflow.operations.archive.archive_file import BadArchive
from workflow.operations.backup import Backup, make_backup
from workflow.operations.create_office import DatabaseGone, initialise_office
from workflow.operations.open_office import open_office
from workflow.operations.restore import restore, switch
from workflow.operations.restore.restore import RestoreView, restore_office
from workflow.operations.restore.set_aside import delete_set_aside, list_set_aside
from workflow.operations.restore.switch import NotRestored
from workflow.operations.verify.verify import verify_office
from workflow.register.acts import AddPerson
from workflow.register.commands.people import add_person
from workflow.register.views.people import find_people
from workflow.storage.copies import postgres_copy

OLD, LATER, LATEST = "Nguyễn Thị Mới", "Trần Văn Sau", "Lê Thị Sau Cùng"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A small office beside its own database, with somebody entered."""
    with closing(make_small_office(tmp_path, "sqlite:///ketnap.db")) as opened:
        enter(opened, OLD)
        yield opened


def enter(office: Office, name: str) -> None:
    add_person(office, AddPerson(details={"name": name}), HUYEN)


def names_in(folder: Path) -> list[str]:
    with closing(open_office(folder / "config.yaml")) as office:
        assert verify_office(office).holds
        return [name for name in (OLD, LATER) if find_people(office, name)]


def backed_up(office: Office) -> tuple[Backup, str]:
    """A backup that a printed key opens; somebody else is entered after it."""
    secret = make_recovery_key(office.config.folder, now(), anew=True)
    backup = make_backup(office)
    enter(office, LATER)
    office.close()
    return backup, secret


def restored(backup: Path, secret: str, folder: Path) -> RestoreView:
    return restore_office(backup, read_identity(secret), folder)


def look(folder: Path) -> dict[str, bytes]:
    """Everything in a folder but locks."""
    return {
        one.relative_to(folder).as_posix(): one.read_bytes()
        for one in folder.rglob("*")
        if one.is_file() and one.suffix != ".lock"
    }


def test_on_an_empty_machine_the_file_and_the_paper_are_enough(office: Office, tmp_path: Path) -> None:
    backup, secret = backed_up(office)
    shutil.copy(backup.file, tmp_path / "bản sao")
    shutil.rmtree(office.config.folder)
    told = restored(tmp_path / "bản sao", secret, tmp_path / "máy khác" / "cơ quan")
    assert names_in(tmp_path / "máy khác" / "cơ quan") == [OLD]
    assert (told.office, told.aside, told.lost, told.verified) == ("Sông Lô", None, None, True)


def test_over_a_broken_office_the_old_files_are_set_aside_with_their_log(office: Office) -> None:
    backup, secret = backed_up(office)
    folder = office.config.folder
    for name in ("ketnap.db", "ketnap.db-wal", "ketnap.db-shm"):
        (folder / name).write_bytes(b"broken " + name.encode())
    told = restored(backup.file, secret, folder)
    assert names_in(folder) == [OLD]
    assert told.aside
    assert (told.aside / "ketnap.db-wal").read_bytes() == b"broken ketnap.db-wal"
    assert {one.name for one in told.aside.iterdir()} >= {"config.yaml", "office.key", "ketnap.db"}
    assert backup.file.exists(), "the backups stay where they are"
    assert told.lost is None
    assert [one.folder for one in list_set_aside(folder, today_in("Asia/Ho_Chi_Minh"))] == [told.aside]
    assert list_set_aside(folder, today_in("Asia/Ho_Chi_Minh"))[0].days == 0
    delete_set_aside(folder, today_in("Asia/Ho_Chi_Minh"))
    assert not told.aside.exists()
    assert names_in(folder) == [OLD]


def test_a_log_of_a_crashed_database_is_not_played_into_the_restored_one(office: Office) -> None:
    folder = office.config.folder
    secret = make_recovery_key(folder, now())
    backup = make_backup(office)
    enter(office, LATER)
    log = (folder / "ketnap.db-wal").read_bytes()
    assert log
    office.close()
    (folder / "ketnap.db-wal").write_bytes(log)
    restored(backup.file, secret, folder)
    assert not (folder / "ketnap.db-wal").exists()
    assert names_in(folder) == [OLD]


def test_what_was_recorded_since_is_listed(office: Office) -> None:
    backup, secret = backed_up(office)
    told = restored(backup.file, secret, office.config.folder)
    assert told.lost
    assert [(one.kind, one.table, one.by) for one in told.lost] == [("person", "", "huyen")]
    assert told.lost[0].n == told.events + 1


def test_where_nothing_was_recorded_since_nothing_is_listed(office: Office) -> None:
    secret = make_recovery_key(office.config.folder, now())
    backup = make_backup(office)
    office.close()
    assert restored(backup.file, secret, office.config.folder).lost == []


def test_another_history_is_listed_from_where_it_parts(office: Office) -> None:
    backup, secret = backed_up(office)
    restored(backup.file, secret, office.config.folder)
    with closing(open_office(office.config.path)) as again:
        enter(again, "Người Khác")
        newer = make_backup(again)
        enter(again, "Người Nữa")
    told = restored(backup.file, secret, office.config.folder)
    assert [one.n for one in told.lost or ()] == [told.events + 1, told.events + 2]
    told = restored(newer.file, secret, office.config.folder)
    assert told.lost == []


def test_a_newer_recovery_key_outlives_an_older_backup(office: Office) -> None:
    backup, secret = backed_up(office)
    newer = make_recovery_key(office.config.folder, now(), anew=True)
    kept = (office.config.folder / RECOVERY_FILE).read_bytes()
    restored(backup.file, secret, office.config.folder)
    assert (office.config.folder / RECOVERY_FILE).read_bytes() == kept
    with closing(open_office(office.config.path)) as again:
        assert restored(make_backup(again).file, newer, again.config.folder.parent / "nữa").events == 36


# --- what cannot be restored -------------------------------------------------------------------------------


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def cut_a_little(content: bytes) -> bytes:
    return content[:-1]


def cut_early(content: bytes) -> bytes:
    return content[:100]


def emptied(_: bytes) -> bytes:
    return b""


def flipped(content: bytes) -> bytes:
    at = len(content) // 2
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def doubled(content: bytes) -> bytes:
    return content + content


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (cut, "damaged"),
        (cut_a_little, "damaged"),
        (cut_early, "not_a_backup"),
        (emptied, "not_a_backup"),
        (flipped, "damaged"),
        (doubled, "damaged"),
    ],
)
def test_a_spoilt_backup_touches_nothing(office: Office, spoil: Callable[[bytes], bytes], why: str) -> None:
    backup, secret = backed_up(office)
    backup.file.write_bytes(spoil(backup.file.read_bytes()))
    refused(office, backup.file, secret, BadArchive, why)


def refused(office: Office, file: Path, secret: str, error: type[Exception], why: str) -> None:
    """It is said why, and the office stands as it stood."""
    before = look(office.config.folder)
    with pytest.raises(error) as told:
        restored(file, secret, office.config.folder)
    assert getattr(told.value, "why", None) == why
    assert look(office.config.folder) == before
    assert names_in(office.config.folder) == [OLD, LATER]


def test_a_wrong_key_touches_nothing(office: Office) -> None:
    backup, _ = backed_up(office)
    refused(office, backup.file, str(pyrage.x25519.Identity.generate()), BadArchive, "wrong_key")


def rewritten(office: Office, backup: Backup, change: Callable[[dict[str, bytes]], None]) -> str:
    """The backup with other files in it, and a key that opens it."""
    plain = pyrage.decrypt(backup.file.read_bytes(), [load_machine_key(office.config.folder)])
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        files = {one.name: file.read() for one in tar if (file := tar.extractfile(one))}
    change(files)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    key = pyrage.x25519.Identity.generate()
    backup.file.write_bytes(pyrage.encrypt(packed.getvalue(), [key.to_public()]))
    return str(key)


def test_a_backup_of_a_newer_program_touches_nothing(office: Office) -> None:
    backup, _ = backed_up(office)

    def change(files: dict[str, bytes]) -> None:
        files["manifest.json"] = json.dumps({"format": 2, "what": "else"}).encode()

    refused(office, backup.file, rewritten(office, backup, change), BadArchive, "newer")


@pytest.mark.parametrize("name", ["../ra-ngoai", "/ra-ngoai", "c:/ra-ngoai", "thừa"])
def test_a_file_that_is_not_in_the_manifest_is_not_written(office: Office, name: str) -> None:
    backup, _ = backed_up(office)
    secret = rewritten(office, backup, lambda files: files.update({name: b"x"}))
    refused(office, backup.file, secret, BadArchive, "damaged")


def test_a_file_that_differs_from_the_manifest_is_told(office: Office) -> None:
    backup, _ = backed_up(office)
    secret = rewritten(office, backup, lambda files: files.update({"config.yaml": b"office: khac\n"}))
    refused(office, backup.file, secret, BadArchive, "damaged")


def test_another_offices_backup_is_not_laid_over_this_one(office: Office, tmp_path: Path) -> None:
    _, _ = backed_up(office)
    (tmp_path / "khác").mkdir()
    with closing(make_small_office(tmp_path / "khác", "sqlite:///ketnap.db")) as other:
        foreign, secret = backed_up(other)
    refused(office, foreign.file, secret, NotRestored, "foreign")


def test_an_office_whose_record_does_not_hold_is_restored_only_when_that_is_said(office: Office) -> None:
    office.close()
    with closing(sqlite3.connect(office.config.folder / "ketnap.db")) as forger:
        forger.execute("UPDATE events SET body = replace(body, 'huyen', 'HUYEN') WHERE n = 29")
        forger.commit()
    secret = make_recovery_key(office.config.folder, now())
    backup = make_backup(office)
    office.close()
    with pytest.raises(NotRestored) as told:
        restored(backup.file, secret, office.config.folder)
    assert told.value.why == "broken_record"
    view = restore_office(backup.file, read_identity(secret), office.config.folder, accept_faults=True)
    assert not view.verified


@pytest.mark.skipif(os.name == "nt", reason="Windows renames no file that is open")
def test_an_office_that_is_open_elsewhere_is_not_taken_away_under_it(office: Office) -> None:
    import subprocess
    import sys

    backup, secret = backed_up(office)
    reading = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('select * from seal').fetchall();"
        " print('open', flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", reading, str(office.config.folder / "ketnap.db")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdout
        reader.stdout.readline()
        with pytest.raises(NotRestored) as told:
            restored(backup.file, secret, office.config.folder)
        assert told.value.why == "in_use"
        reader.communicate()
    assert names_in(office.config.folder) == [OLD, LATER]


def test_two_restores_at_once_are_one(office: Office) -> None:
    backup, secret = backed_up(office)
    with switch.restore_lock(office.config.folder), pytest.raises(NotRestored) as told:
        restored(backup.file, secret, office.config.folder)
    assert told.value.why == "running"


@pytest.mark.parametrize("at", range(14))
def test_cut_off_at_any_move_the_next_who_opens_it_has_the_new_office(
    office: Office, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup, secret = backed_up(office)
    moves = 0

    class Killed(BaseException):
        pass

    def replace_until(source: Path, target: Path) -> None:
        nonlocal moves
        if moves == at:
            raise Killed
        moves += 1
        source.replace(target)

    with monkeypatch.context() as patched:
        patched.setattr(switch, "replace_file", replace_until)
        try:
            restored(backup.file, secret, office.config.folder)
        except Killed:
            assert (office.config.folder / switch.JOURNAL).exists()
    assert names_in(office.config.folder) == [OLD]
    left = [one.name for one in office.config.folder.iterdir() if one.name.startswith(".khoi-phuc-")]
    assert left == []
    assert not (office.config.folder / switch.JOURNAL).exists()


# --- what is gone ------------------------------------------------------------------------------------------


def test_no_empty_record_is_made_beside_the_key_of_a_lost_one(office: Office) -> None:
    office.close()
    (office.config.folder / "ketnap.db").unlink()
    with pytest.raises(DatabaseGone):
        initialise_office(office.config.path, name="Sông Lô", who=HUYEN)
    assert not (office.config.folder / "ketnap.db").exists()


def test_a_config_that_is_gone_is_brought_back_with_the_rest(office: Office) -> None:
    backup, secret = backed_up(office)
    folder = office.config.folder
    for name in ("config.yaml", "office.key", "ketnap.db"):
        (folder / name).unlink()
    restored(backup.file, secret, folder)
    assert names_in(folder) == [OLD]
    assert read_config(folder / "config.yaml").office == "Sông Lô"


# --- on a server -------------------------------------------------------------------------------------------


@pytest.fixture
def served(tmp_path: Path, postgres_url: str) -> Iterator[Office]:
    """A small office on PostgreSQL, with somebody entered."""
    with closing(make_small_office(tmp_path, postgres_url)) as opened:
        enter(opened, OLD)
        yield opened


def schemas(office: Office) -> list[str]:
    with closing(open_office(office.config.path)) as again, again.database.read_transaction() as connection:
        names = connection.exec_driver_sql("SELECT nspname FROM pg_namespace").scalars().all()
    return sorted(name for name in names if name.startswith(("cat_di", "ketnap")))


def test_tables_of_a_server_change_places_and_are_set_aside(served: Office) -> None:
    backup, secret = backed_up(served)
    told = restored(backup.file, secret, served.config.folder)
    assert [one.kind for one in told.lost or ()] == ["person"]
    assert names_in(served.config.folder) == [OLD]
    assert told.aside
    assert schemas(served) == [told.aside.name.replace("-", "_")]
    with closing(open_office(served.config.path)) as again:
        enter(again, LATER)
    assert names_in(served.config.folder) == [OLD, LATER]
    delete_set_aside(served.config.folder, today_in("Asia/Ho_Chi_Minh"))
    assert schemas(served) == []
    assert names_in(served.config.folder) == [OLD, LATER]


def test_an_office_of_a_server_that_is_gone_is_restored_beside_its_config(
    served: Office, tmp_path: Path
) -> None:
    backup, secret = backed_up(served)
    folder = tmp_path / "máy khác"
    restore_office(backup.file, read_identity(secret), folder, database="sqlite:///ketnap.db")
    assert names_in(folder) == [OLD]
    assert (folder / "ketnap.db").is_file()


def test_an_office_of_a_file_is_restored_into_a_server(
    office: Office, bare_postgres_url: str, tmp_path: Path
) -> None:
    backup, secret = backed_up(office)
    folder = tmp_path / "máy khác"
    restore_office(backup.file, read_identity(secret), folder, database=bare_postgres_url)
    assert names_in(folder) == [OLD]
    assert not (folder / "ketnap.db").exists()


def test_a_server_on_which_somebody_is_at_work_is_left_alone(served: Office) -> None:
    backup, secret = backed_up(served)
    with served.database.read_transaction() as connection:
        connection.exec_driver_sql("SELECT 1")
        with pytest.raises(NotRestored) as told:
            restored(backup.file, secret, served.config.folder)
    assert told.value.why == "in_use"
    served.close()
    assert names_in(served.config.folder) == [OLD, LATER]


@pytest.mark.parametrize("stays", [True, False])
def test_whoever_comes_to_a_server_while_it_is_restored_loses_nothing(
    served: Office, monkeypatch: pytest.MonkeyPatch, *, stays: bool
) -> None:
    backup, secret = backed_up(served)
    real, came = postgres_copy.load_staging, list[Office]()

    def load_staging(*args: Any) -> None:
        real(*args)
        came.append(open_office(served.config.path))
        enter(came[0], LATEST)
        if not stays:
            came[0].close()

    monkeypatch.setattr(restore, "load_staging", load_staging)
    with pytest.raises(NotRestored) as told:
        restored(backup.file, secret, served.config.folder)
    assert told.value.why == "in_use"
    came[0].close()
    assert schemas(served) == []
    with closing(open_office(served.config.path)) as again:
        assert verify_office(again).holds
        assert find_people(again, LATEST)


@pytest.mark.parametrize("before", [True, False])
def test_cut_off_at_the_server_the_next_who_opens_it_has_the_new_office(
    served: Office, monkeypatch: pytest.MonkeyPatch, *, before: bool
) -> None:
    backup, secret = backed_up(served)
    real = postgres_copy.switch_schemas

    def killed(url: str, aside: str) -> None:
        if not before:
            real(url, aside)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(switch, "switch_schemas", killed)
        with pytest.raises(KeyboardInterrupt):
            restored(backup.file, secret, served.config.folder)
    assert names_in(served.config.folder) == [OLD]


def test_another_offices_tables_are_not_taken_away(served: Office, tmp_path: Path) -> None:
    (tmp_path / "khác").mkdir()
    with closing(make_small_office(tmp_path / "khác", "sqlite:///ketnap.db")) as other:
        foreign, secret = backed_up(other)
    served.close()
    url = served.config.database
    with pytest.raises(NotRestored) as told:
        restore_office(foreign.file, read_identity(secret), tmp_path / "mới", database=url)
    assert told.value.why == "foreign"
    assert names_in(served.config.folder) == [OLD]
