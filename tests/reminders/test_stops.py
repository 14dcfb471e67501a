"""Told to stop at any moment, worker and server end within ten seconds.

Nothing is lost, and nothing is sent twice.
"""

import random
import shutil
import signal
import socket
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.doors.ketnap import Ketnap
from tests.journeys.land import Template, opened
from tests.reminders.office_at_work import (
    SlowClerk,
    choose_process,
    copy_office,
    list_told,
    make_busy,
    run_process,
    slow_server,
    stop,
)
from tests.reminders.outbox_scene import states
from tests.reminders.sink import Own
from tests.reminders.test_worker import wait_until
from workflow.office import Office
from workflow.operations.verify.verify import verify_office
from workflow.reminders.daily_run import DailyRun
from workflow.reminders.letters import outbox_queries
from workflow.reminders.letters.deliver import LEASE_SECONDS, RETRY_PAUSES, deliver_letters
from workflow.reminders.settings import load_transport

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="there a process cannot be told to stop by a signal"
)

WITHIN, SLOW_SECONDS = 10.0, 0.2


@dataclass(frozen=True)
class Busy:
    """The office as it is copied for each stop, and the mail server that its letters go to."""

    config: Path
    sink: Own
    clerk: SlowClerk


@pytest.fixture
def busy(land_template: Template, tmp_path: Path) -> Iterator[Busy]:
    with slow_server() as (sink, clerk):
        yield Busy(make_busy(land_template, tmp_path / "văn phòng", sink.port), sink, clerk)


def finish(config: Path) -> Office:
    """Whoever is started the next day does what is left."""
    office = opened(config)
    DailyRun(office).run_morning()
    with load_transport(office) as post:
        deliver_letters(office, post, at=int(time.time()) + max(LEASE_SECONDS, RETRY_PAUSES[0]) + 60)
    return office


# --- at random moments --------------------------------------------------------------------------------------


def run_undisturbed(busy: Busy, folder: Path) -> tuple[set[tuple[str, str, str, str]], int, float]:
    """What a worker tells whom nobody stops, in how many letters, and how many seconds that takes."""
    busy.clerk.seconds = SLOW_SECONDS
    config, began = copy_office(busy.config, folder), time.monotonic()
    with run_process(config, "worker") as process, closing(opened(config)) as office:
        wait_until(
            lambda: (
                bool(letters := states(office))
                and set(letters.values()) == {"sent"}
                and bool(list_told(office))
            )
        )
        took = time.monotonic() - began
        assert stop(process, signal.SIGTERM).code == 0
        found = list_told(office), len(states(office)), took
    busy.sink.forget()
    return found


def stop_at_random(
    busy: Busy, tmp_path: Path, rng: random.Random, *, stops: int, until: float = float("inf")
) -> Counter[str]:
    """Stop the same morning so many times, or until the budget is spent; how often in the midst of what."""
    counted: Counter[str] = Counter()
    tells, letters, takes = run_undisturbed(busy, tmp_path / "yên")
    for number in range(stops):
        if time.monotonic() > until:
            break
        config, (words, by) = copy_office(busy.config, tmp_path / f"lần {number}"), choose_process(rng)
        busy.clerk.seconds, busy.clerk.stalls = SLOW_SECONDS, int(number % 10 == 9)
        moment = rng.uniform(0, takes)
        with run_process(config, *words) as process:
            time.sleep(moment)
            ended = stop(process, by)
        story = (number, words, by.name, round(moment, 2), ended)
        assert ended.seconds < WITHIN, story
        assert ended.code == 0 or not ended.out, (
            story
        )  # before it has said a word it ends as any program does
        assert ended.code != 0 or not ended.err, story
        busy.clerk.seconds, busy.clerk.stalls = 0, 0
        counted[_midst(ended.code, busy.sink.taken().total(), letters)] += 1
        with closing(finish(config)) as office:
            assert list_told(office) == tells, story
            assert set(states(office).values()) == {"sent"}, story
            assert busy.sink.taken() == dict.fromkeys(states(office), 1), story
            assert len(states(office)) == letters, story
            assert verify_office(office).holds, story
        busy.sink.forget()
        shutil.rmtree(config.parent)
    return counted


def _midst(code: int, taken: int, letters: int) -> str:
    if code:
        return "starting"
    return "sending" if 0 < taken < letters else "idle" if taken else "before the first letter"


def test_stopped_at_ten_moments_of_a_morning_everything_is_told_once(busy: Busy, tmp_path: Path) -> None:
    assert stop_at_random(busy, tmp_path, random.Random(10), stops=10).total() == 10


@pytest.mark.soak
def test_stopped_at_two_hundred_moments_of_a_morning_everything_is_told_once(
    busy: Busy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    budget, began = 1800.0, time.monotonic()
    done = stop_at_random(busy, tmp_path, random.Random(), stops=200, until=began + budget)
    with capsys.disabled():
        took = time.monotonic() - began
        # for the reader
        print(f"\n{done.total()} stops in {took:.0f} s of {budget:.0f} s: {dict(done)}")  # noqa: T201 - as above
    assert done.total() == 200
    assert done["sending"] >= 20


# --- at the worst moments -----------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [("worker",), ("serve", "--port", "0")], ids=["worker", "serve"])
def test_a_mail_server_that_falls_silent_holds_up_no_stop_and_its_letter_waits(
    busy: Busy, words: tuple[str, ...]
) -> None:
    busy.clerk.stalls = 1
    with run_process(busy.config, *words) as process:
        wait_until(lambda: bool(busy.clerk.reached))
        ended = stop(process, signal.SIGTERM)
    assert ended.seconds < WITHIN
    assert (ended.code, ended.err) == (0, "")
    with closing(opened(busy.config)) as office:
        with office.database.read_transaction() as connection:
            rows = outbox_queries.list_letters(connection)
        assert {row.lease for row in rows} == {None}, "the next worker may send them at once"
        assert sorted(row.tries for row in rows)[-2:] == [0, 1]
    with closing(finish(busy.config)) as office:
        assert busy.sink.taken() == dict.fromkeys(states(office), 1)


def test_a_database_that_another_program_holds_holds_up_no_stop(busy: Busy) -> None:
    with closing(opened(busy.config)) as office:
        assert office.database.file
        file = office.database.file
    with (
        closing(sqlite3.connect(file, isolation_level=None)) as elsewhere,
        run_process(busy.config, "worker") as process,
    ):
        elsewhere.execute("BEGIN IMMEDIATE")
        assert process.stdout
        assert "Dừng lại: bấm Ctrl-C" in process.stdout.readline() + process.stdout.readline()
        time.sleep(1)
        ended = stop(process, signal.SIGTERM)
        elsewhere.execute("ROLLBACK")
    assert (ended.code, ended.seconds < WITHIN) == (0, True), ended
    with closing(finish(busy.config)) as office:
        assert busy.sink.taken() == dict.fromkeys(states(office), 1)
        assert verify_office(office).holds


def test_where_the_port_is_taken_no_worker_begins(busy: Busy) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as another:
        port, began = another.getsockname()[1], time.monotonic()
        said = Ketnap(busy.config).run("serve", "--port", port)
    assert time.monotonic() - began < WITHIN
    assert (said.exit != 0, str(port) in said.err) == (True, True)
    with closing(opened(busy.config)) as office:
        assert list_told(office) == set()
    assert busy.clerk.reached == []
