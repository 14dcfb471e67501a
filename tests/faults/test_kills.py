"""Killed at any line: the last act is whole or was never made, the history holds, and work goes on from
there.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from subprocess import PIPE
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from tests.faults.by_hand import copied
from tests.faults.scene import LIFE, live, make
from tests.offices import make_small_office
from workflow.office import Office
from workflow.operations.create_office import AlreadyThere
from workflow.operations.open_office import open_office
from workflow.operations.verify.verify import verify_office
from workflow.storage import schema
from workflow.storage.engine import Database

Shape = dict[str, object]
ROOT = Path(__file__).parents[2]
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
KILLED = -KILL if hasattr(os, "fork") else int(KILL)


REACH = {"rules and verbs": 6_000, "transactions": 3_500}
"""How many lines a victim runs at most: a few acts."""
INIT = {"rules and verbs": 6_000, "transactions": 15_000}
"""How many lines it takes to make an office, nearly."""
USERS = 3
"""What is written last into the small office."""
BY_THE_CLOCK = 0.2
"""How often somebody is killed at an instant, which may lie in the middle of a write to the disk, not at
a line.
"""


class End(NamedTuple):
    """How a victim ended: the acts that it saw done, and whether it was killed."""

    done: int
    killed: bool


class Victims:
    """Where victims come from."""

    def __init__(self) -> None:
        words = [sys.executable, "-m", "tests.faults.victim"]
        self.source = subprocess.Popen(
            words, stdin=PIPE, stdout=PIPE, stderr=PIPE, encoding="utf-8", cwd=ROOT
        )

    def work(self, work: str, where: str, line: int, *arguments: object, seconds: float | None = None) -> End:
        """Let one work who is killed at a line, or after so many seconds."""
        assert self.source.stdin is not None
        assert self.source.stdout is not None
        self.source.stdin.write(json.dumps([work, where, str(line), *map(str, arguments)]) + "\n")
        self.source.stdin.flush()
        at_work, pid = self.source.stdout.readline().rsplit(maxsplit=1)
        assert at_work == "at work"
        if seconds is not None:
            time.sleep(seconds)
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), KILL)
        said = [self.source.stdout.readline()]
        while not said[-1].startswith("ended"):
            said.append(self.source.stdout.readline())
        code = int(said[-1].split()[1])
        assert code in (0, KILLED)
        return End(said.count("done\n"), code == KILLED)

    def close(self) -> None:
        _, error = self.source.communicate(timeout=600)
        assert error == ""


@pytest.fixture(scope="module")
def victims() -> Iterator[Victims]:
    with closing(Victims()) as found:
        yield found


def left_alone(office: Office) -> None:
    """The server may still be at work for a client that is dead."""
    if office.database.is_sqlite:
        return
    office.close()
    others = (
        "SELECT backend_start, state, query FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    sessions: Sequence[sa.Row[Any]] = ()
    for _ in range(3000):
        with office.database.engine.connect() as connection:
            sessions = connection.execute(sa.text(others)).all()
        if not sessions:
            return
        time.sleep(0.01)
    pytest.fail(f"the dead client's session does not end: {sessions}")


def shape(office: Office) -> Shape:
    """What there is, but for ids and secrets, which are others each time."""
    rows = copied(office)
    counts: dict[str, object] = {table: len(held) for table, held in rows.items()}
    cases = sorted((row["person_id"], row["state"], row["version"]) for row in rows["cases"])
    return counts | {"cases": cases, "today": rows["office"][0]["today"]}


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> list[Shape]:
    """The office after no act, after one, after two …"""
    with closing(make(tmp_path_factory.mktemp("undisturbed"), "sqlite:///ketnap.db")) as office:
        found = [shape(office)]
        live(office, after_each=lambda: found.append(shape(office)))
    assert all(found.count(one) == 1 for one in found)
    return found


def killed_on_the_way(victims: Victims, office: Office, shapes: list[Shape], kills: int, seed: int) -> None:
    """Live through the year with so many deaths; each successor goes on where the one before was killed."""
    chance, done, deaths = random.Random(seed), 0, 0
    while done < len(LIFE):
        where = chance.choice(list(REACH))
        line = chance.randrange(1, REACH[where])
        seconds = None
        if deaths == kills or chance.random() < BY_THE_CLOCK:
            line, seconds = 0, None if deaths == kills else chance.uniform(0.0, 0.08)
        end = victims.work("life", where, line, office.config.path, done, seconds=seconds)
        left_alone(office)
        told = f"seed {seed}, death {deaths}: {where}, line {line}, {seconds} s, act {done}"
        assert verify_office(office).broken == [], told
        now = shapes.index(shape(office))
        assert now - done in ({end.done, end.done + 1} if end.killed else {len(LIFE) - done}), told
        done, deaths = now, deaths + end.killed
    assert deaths >= kills // 2


def test_killed_at_random_lines_the_office_lives_on(
    tmp_path: Path, database_url: str, shapes: list[Shape], victims: Victims
) -> None:
    with closing(make(tmp_path, database_url)) as office:
        killed_on_the_way(victims, office, shapes, kills=10, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("life", range(15))
def test_killed_again_and_again_the_office_lives_on(
    tmp_path: Path, database_url: str, shapes: list[Shape], victims: Victims, life: int
) -> None:
    with closing(make(tmp_path, database_url)) as office:
        killed_on_the_way(victims, office, shapes, kills=10, seed=time.time_ns() + life)


def made_whole(folder: Path) -> bool:
    """Whether the office that stands in the folder is whole."""
    with closing(open_office(folder / "config.yaml")) as office:
        left_alone(office)
        return verify_office(office).holds and len(copied(office)["users"]) == USERS


def killed_init(victims: Victims, tmp_path: Path, url: str, kills: int, seed: int) -> None:
    """Make an office and be killed, over and over, until one stands: it is whole then, and no other takes
    its place.
    """
    chance, folder = random.Random(seed), tmp_path / "văn phòng"
    for death in range(kills):
        where = chance.choice(list(REACH))
        line = chance.randrange(1, INIT[where])
        end = victims.work("init", where, line, tmp_path, url)
        assert end.killed or folder.exists(), (seed, death, where, line)
        if folder.exists():
            break
    if not folder.exists():
        make_small_office(tmp_path, url).close()
    assert made_whole(folder)
    with pytest.raises(AlreadyThere):
        make_small_office(tmp_path, url)
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("ketnap.db")) == [
        "văn phòng"
    ]


def test_a_half_made_office_never_stands_and_the_next_init_succeeds(
    tmp_path: Path, bare_database_url: str, victims: Victims
) -> None:
    killed_init(victims, tmp_path, bare_database_url, kills=3, seed=5)


@pytest.mark.soak
@pytest.mark.parametrize("turn", range(8))
def test_init_killed_again_and_again(
    tmp_path: Path, bare_database_url: str, victims: Victims, turn: int
) -> None:
    killed_init(victims, tmp_path, bare_database_url, kills=6, seed=time.time_ns() + turn)


def test_an_upgrade_that_was_killed_left_no_table_and_the_next_one_succeeds(
    tmp_path: Path, bare_database_url: str, victims: Victims
) -> None:
    with closing(Database(bare_database_url, tmp_path)) as database:
        for line in (500, 2_500, 4_500):
            assert victims.work("upgrade", "transactions", line, bare_database_url, tmp_path).killed
            with database.read_transaction() as connection:
                assert sa.inspect(connection).get_table_names() == []
        assert not victims.work("upgrade", "transactions", 0, bare_database_url, tmp_path).killed
        with database.read_transaction() as connection:
            schema.check_version(connection)
