"""Killed at any line of sweep, compose, claim, send or mark: nothing is lost, and nobody gets two letters
of one day.

The one double that may happen is the same letter again, under the same Message-ID.
"""

import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.faults.test_kills import Victims
from tests.journeys.land import HEADS, Template, begin, opened, travel
from tests.letters.conftest import mail_server as mail_server
from tests.letters.smtp_server import Open
from tests.reminders.outbox_scene import by_smtp, states
from tests.reminders.scene import give_addresses, ledger
from tests.reminders.sink import Own, Sink, smtp_sink
from workflow.reminders.daily_run import DailyRun
from workflow.reminders.letters.deliver import LEASE_SECONDS, deliver_letters
from workflow.reminders.notices.sweep import run_sweep
from workflow.reminders.settings import load_transport

MORNING, DAY = date(2022, 4, 4), date(2022, 4, 5)
LINES = 9_000
"""How many lines such a morning takes, nearly."""


@pytest.fixture(scope="module")
def before(land_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four villages whose cases are one day late, swept the morning before; nobody has been told yet."""
    folder = tmp_path_factory.mktemp("sáng") / "văn phòng"
    with closing(opened(land_template.sqlite(folder))) as office:
        give_addresses(office)
        travel(office, date(2022, 1, 4))
        for village in HEADS:
            begin(office, village, date(2022, 1, 4))
        run_sweep(office, DailyRun(office).policy, today=MORNING)
    return folder


@pytest.fixture(scope="module")
def victims() -> Iterator[Victims]:
    with closing(Victims()) as source:
        yield source


def expected(before: Path, tmp_path: Path, sink: Sink) -> tuple[set[tuple[str, str, str, str]], int]:
    """What an undisturbed morning tells, and in how many letters."""
    shutil.copytree(before, tmp_path / "yên")
    with closing(opened(tmp_path / "yên" / "config.yaml")) as office:
        by_smtp(office, sink.port)
        rounds = DailyRun(office)
        rounds.run_morning(DAY)
        sent = rounds.send_letters().sent
        told = {
            (row.subject, row.clock, row.step, row.user_id) for row in ledger(office) if row.state == "told"
        }
    sink.forget()
    return told, sent


def killed_at(lines: list[int], before: Path, tmp_path: Path, sink: Sink, victims: Victims) -> Counter[str]:
    """Let a morning be killed at each of these lines, go on afterwards, and count what became of it."""
    told, sent = expected(before, tmp_path, sink)
    counted: Counter[str] = Counter()
    for number, line in enumerate(lines):
        folder = tmp_path / f"lần {number}"
        shutil.copytree(before, folder)
        end = victims.work("remind", "reminders", line, folder / "config.yaml", sink.port, DAY)
        counted["killed"] += end.killed
        with closing(opened(folder / "config.yaml")) as office:
            by_smtp(office, sink.port)
            DailyRun(office).run_morning(DAY)
            with load_transport(office) as post:
                deliver_letters(office, post, at=int(time.time()) + LEASE_SECONDS + 1)
            rows = [row for row in ledger(office) if row.state == "told"]
            assert {(row.subject, row.clock, row.step, row.user_id) for row in rows} == told, line
            assert len(rows) == len(told)
            assert set(states(office).values()) == {"sent"}
            keys = set(states(office))
        ids = sink.taken()
        assert set(ids) == keys, line
        assert len(keys) == sent
        assert max(ids.values()) <= 2
        counted["again under the same id"] += sum(count - 1 for count in ids.values())
        sink.forget()
        shutil.rmtree(folder)
    return counted


def test_killed_at_ten_lines_a_morning_is_told_once(
    before: Path, tmp_path: Path, mail_server: Open, victims: Victims
) -> None:
    lines = random.Random(11).sample(range(1, LINES), 10)
    counted = killed_at(lines, before, tmp_path, Own(mail_server()), victims)
    assert counted["killed"] >= 7
    assert counted["again under the same id"] <= counted["killed"]


@pytest.mark.soak
def test_killed_at_three_hundred_lines_a_morning_is_told_once(
    before: Path, tmp_path: Path, victims: Victims
) -> None:
    lines = random.Random().sample(range(1, LINES), 300)
    with smtp_sink() as sink:
        counted = killed_at(lines, before, tmp_path, sink, victims)
    assert counted["killed"] >= 200
