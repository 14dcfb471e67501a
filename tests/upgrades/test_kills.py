"""Killed at any moment of a relocation or an upgrade, the office is the old one or the new one, whole."""

import random
import time
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.faults.scene import begin, live, make
from tests.faults.test_kills import BY_THE_CLOCK, Victims, left_alone
from tests.faults.test_kills import victims as victims
from tests.upgrades.conftest import Unpack
from workflow.core.config import read_config
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.operations.relocate import relocate_office
from workflow.operations.upgrade.upgrade import upgrade_office
from workflow.operations.verify.verify import verify_office
from workflow.register.writer import Who
from workflow.storage.engine import Database
from workflow.storage.errors import DatabaseUnavailable
from workflow.storage.schema import VERSION, WrongSchemaVersion, read_version
from workflow.storage.tables.history import EVENTS

OLDER = "0002"


@pytest.fixture(params=["sqlite", "postgresql"])
def places(request: pytest.FixtureRequest, tmp_path: Path, bare_postgres_url: str) -> tuple[str, str]:
    """Where an office is, and an empty database of the other kind."""
    file = f"sqlite:///{(tmp_path / 'sổ.db').as_posix()}"
    return (file, bare_postgres_url) if request.param == "sqlite" else (bare_postgres_url, file)


def bodies(office: Office) -> list[bytes]:
    with office.database.read_transaction() as connection:
        rows = connection.execute(sa.select(EVENTS.c.body).order_by(EVENTS.c.n)).scalars()
        return [bytes(body) for body in rows]


LINES = {
    "relocate": {"transactions": 1_000_000, "rules and verbs": 50_000},
    "upgrade_whole": {"transactions": 70_000, "rules and verbs": 85_000},
}
"""How many lines either takes, nearly: who is to be killed at one of them is killed."""


def kill_once(victims: Victims, work: str, chance: random.Random, *arguments: object) -> bool:
    """Let somebody begin, and be killed at some line, or now and then at some instant; whether they were."""
    where = chance.choice(list(LINES[work]))
    if chance.random() < BY_THE_CLOCK:  # may come too late
        return victims.work(work, where, 0, *arguments, seconds=chance.uniform(0.0, 0.3)).killed
    return victims.work(work, where, chance.randrange(1, LINES[work][where]), *arguments).killed


def kill_relocations(
    victims: Victims, tmp_path: Path, places: tuple[str, str], kills: int, seed: int
) -> None:
    """Move an office, and be killed so many times: it is here or there, never both, and works on.

    Where it has moved all the same, it moves on.
    """
    here, there = places
    chance, moves = random.Random(seed), count(1)
    with closing(make(tmp_path, here)) as office:
        live(office)
        config, before = office.config.path, bodies(office)
        dead = 0
        while dead < kills:
            dead += kill_once(victims, "relocate", chance, config, there)
            left_alone(office)
            check_one_office(config, before, (here, there), f"seed {seed}, death {dead}")
            if read_config(config).database == there:
                here, there = there, f"sqlite:///{(tmp_path / f'sổ-{next(moves)}.db').as_posix()}"
        relocate_office(config, there)
    check_one_office(config, before, (here, there), f"seed {seed}, at the end")
    with closing(open_office(config)) as office:
        assert office.config.database == there
        begin(office, "P-DUNG")
        assert verify_office(office).holds


def check_one_office(config: Path, before: list[bytes], places: tuple[str, str], told: str) -> None:
    """The office opens, holds and is what it was; where it is not, nobody can write."""
    with closing(open_office(config)) as office:
        assert (bodies(office), verify_office(office).broken) == (before, []), told
    if read_config(config).database == places[1]:
        old = Database(places[0], config.parent)
        with closing(old), pytest.raises(DatabaseUnavailable) as closed, old.transaction() as work:
            work.connection.execute(sa.text("UPDATE office SET name = 'x'"))
        assert closed.value.kind == "moved", told


def test_an_office_that_is_killed_while_it_moves_is_here_or_there(
    tmp_path: Path, places: tuple[str, str], victims: Victims
) -> None:
    kill_relocations(victims, tmp_path, places, kills=4, seed=11)


@pytest.mark.soak
@pytest.mark.parametrize("turn", range(5))
def test_an_office_that_is_killed_again_and_again_while_it_moves(
    tmp_path: Path, places: tuple[str, str], victims: Victims, turn: int
) -> None:
    kill_relocations(victims, tmp_path, places, kills=5, seed=time.time_ns() + turn)


def kill_upgrades(victims: Victims, config: Path, kills: int, seed: int) -> None:
    """Upgrade an office and be killed: it is of the old version or of this one, whole."""
    database, dead = Database(read_config(config).database, config.parent), 0
    chance, version = random.Random(seed), OLDER
    with closing(database):
        while dead < kills and version == OLDER:
            dead += kill_once(victims, "upgrade_whole", chance, config)
            with database.read_transaction() as connection:
                version = read_version(connection)
            assert version in (OLDER, VERSION), f"seed {seed}, death {dead}"
            if version == OLDER:
                with pytest.raises(WrongSchemaVersion):
                    open_office(config)
    upgrade_office(config, Who("", "quan-tri"))
    with closing(open_office(config)) as office:
        assert verify_office(office).broken == []


def test_an_office_that_is_killed_while_it_is_upgraded_is_the_old_one_or_the_new_one(
    unpack: Unpack, victims: Victims
) -> None:
    kill_upgrades(victims, unpack(OLDER), kills=4, seed=12)


@pytest.mark.soak
@pytest.mark.parametrize("turn", range(30))  # some of them end before they are killed
def test_an_office_that_is_killed_at_some_moment_of_its_upgrade(
    unpack: Unpack, victims: Victims, turn: int
) -> None:
    kill_upgrades(victims, unpack(OLDER), kills=1, seed=time.time_ns() + turn)
