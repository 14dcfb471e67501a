"""Killed at any moment of a backup or a restore: no half backup has a name, the office is the old or the new."""

import random
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.test_kills import Victims, left_alone
from tests.offices import HUYEN, make_small_office
from workflow.core.backup_keys import load_machine_key, make_recovery_key
from workflow.core.clock import now
from workflow.office import Office
from workflow.operations.archive.try_backup import try_backup
from workflow.operations.backup import list_backups, make_backup
from workflow.operations.open_office import open_office
from workflow.operations.restore.set_aside import list_set_aside
from workflow.operations.verify.verify import verify_office
from workflow.register.acts import AddPerson
from workflow.register.commands.people import add_person
from workflow.register.views.people import find_people

LINES = {"backup": 1_000, "restore": 40_000}
"""How many lines the victims run, nearly: of the program itself, and of what speaks to the database."""
SECONDS = {"backup": 0.06, "restore": 0.8}
BY_THE_CLOCK = 0.4
OLD, LATER = "Nguyễn Thị Mới", "Trần Văn Sau"


@pytest.fixture(scope="module")
def victims() -> Iterator[Victims]:
    with closing(Victims()) as found:
        yield found


def enter(office: Office, name: str) -> None:
    add_person(office, AddPerson(details={"name": name}), HUYEN)


def killed(victims: Victims, chance: random.Random, work: str, *arguments: object) -> bool:
    where = chance.choice(["rules and verbs", "transactions"])
    if chance.random() < BY_THE_CLOCK:
        return victims.work(work, where, 0, *arguments, seconds=chance.uniform(0, SECONDS[work])).killed
    return victims.work(work, where, chance.randrange(1, LINES[work]), *arguments).killed


def killed_backups(victims: Victims, office: Office, kills: int, seed: int) -> int:
    """Back up and be killed so often; what has a name is whole each time."""
    chance, deaths, key = random.Random(seed), 0, load_machine_key(office.config.folder)
    for _ in range(kills):
        deaths += killed(victims, chance, "backup", office.config.path)
        assert all(try_backup(backup.file, key).holds for backup in list_backups(office)), seed
    left_alone(office)
    assert try_backup(make_backup(office).file, key).holds
    assert verify_office(office).holds
    return deaths


def test_a_backup_that_is_killed_has_no_name(tmp_path: Path, database_url: str, victims: Victims) -> None:
    with closing(make_small_office(tmp_path, database_url)) as office:
        assert killed_backups(victims, office, kills=3, seed=7) > 0


@pytest.mark.soak
def test_backups_killed_again_and_again(tmp_path: Path, database_url: str, victims: Victims) -> None:
    with closing(make_small_office(tmp_path, database_url)) as office:
        assert killed_backups(victims, office, kills=25, seed=time.time_ns()) > 5


def names_in(folder: Path) -> list[str]:
    """Who is entered in the office, which is whole."""
    with closing(open_office(folder / "config.yaml")) as office:
        assert verify_office(office).holds
        names = [name for name in (OLD, LATER) if find_people(office, name)]
        left_alone(office)
        return names


def killed_restores(victims: Victims, office: Office, kills: int, seed: int) -> int:
    """Restore and be killed so often; the office is the old one or the new one each time."""
    chance, deaths, folder = random.Random(seed), 0, office.config.folder
    enter(office, OLD)
    secret = make_recovery_key(folder, now())
    backup = make_backup(office)
    enter(office, LATER)
    left_alone(office)
    office.close()
    for _ in range(kills):
        before = names_in(folder)
        was_killed = killed(victims, chance, "restore", backup.file, secret, folder)
        left_alone(office)
        office.close()
        after = names_in(folder)
        assert after in ([OLD], before), seed
        assert was_killed or after == [OLD], seed
        deaths += was_killed
        if after == [OLD]:  # and on it goes
            with closing(open_office(office.config.path)) as again:
                enter(again, LATER)
                left_alone(again)
    assert not victims.work("restore", "transactions", 0, backup.file, secret, folder).killed
    assert names_in(folder) == [OLD]
    assert list_set_aside(folder, office.read_today()) != []
    assert [one.name for one in folder.iterdir() if one.name.startswith((".khoi-phuc-", "khoi-phuc"))] == []
    return deaths


def test_a_restore_that_is_killed_left_the_old_office_or_the_new_one(
    tmp_path: Path, database_url: str, victims: Victims
) -> None:
    with closing(make_small_office(tmp_path, database_url)) as office:
        assert killed_restores(victims, office, kills=4, seed=11) > 0


@pytest.mark.soak
def test_restores_killed_again_and_again(tmp_path: Path, database_url: str, victims: Victims) -> None:
    with closing(make_small_office(tmp_path, database_url)) as office:
        assert killed_restores(victims, office, kills=25, seed=time.time_ns()) > 5
