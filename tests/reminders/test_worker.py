"""The worker: a process that may start late, stop, run twice, see its clock jump or its database go: no
harm done.
"""

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as rfc5322
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from notifications.policy import default_policy
from tests.doors.ketnap import Ketnap
from tests.journeys.land import DISTRICT_OFFICER, HEADS, OFFICER, SECRETARY, Template, begin, opened, travel
from tests.offices import HUYEN, make_small_office
from tests.pool import Pool
from tests.reminders.outbox_scene import by_folder, by_smtp, lay, states
from tests.reminders.scene import DAY, give_addresses, ledger, sweep_days
from workflow.core import clock
from workflow.office import Office
from workflow.reminders import health as pulses
from workflow.reminders.daily_run import DailyRun
from workflow.reminders.health import read_pulse
from workflow.reminders.letters.deliver import DeliveryResult, deliver_letters
from workflow.reminders.notices import notice_queries
from workflow.reminders.settings import load_transport
from workflow.reminders.worker import Worker, WorkerEvent
from workflow.storage.engine import DatabaseUnavailable

START, LAST_SWEPT, TODAY = date(2022, 1, 4), date(2022, 4, 1), date(2022, 5, 20)
"""Four cases begun on 4 January are late from 4 April on; the worker stood still from 1 April until 20
May 2022.
"""
READERS = {f"{one.by}@xa.example" for one in (SECRETARY, OFFICER, DISTRICT_OFFICER)}
SOON = 60.0


def stood_still(office: Office) -> None:
    give_addresses(office)
    travel(office, START)
    for village in HEADS:
        begin(office, village, START)
    sweep_days(office, LAST_SWEPT, LAST_SWEPT)
    travel(office, TODAY)


@pytest.fixture(scope="module")
def made(land_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office whose worker stood still, on SQLite, made once."""
    folder = tmp_path_factory.mktemp("đứng") / "văn phòng"
    with closing(opened(land_template.sqlite(folder))) as office:
        stood_still(office)
    return folder


@pytest.fixture
def config(made: Path, tmp_path: Path) -> Path:
    """The config of a copy on SQLite."""
    shutil.copytree(made, tmp_path / "văn phòng")
    return tmp_path / "văn phòng" / "config.yaml"


@pytest.fixture
def on_postgres(land_template: Template, postgres: Pool, tmp_path: Path) -> Iterator[Path]:
    """The config of one on PostgreSQL."""
    config, url = land_template.postgres(tmp_path / "đất", postgres)
    with closing(opened(config)) as office:
        stood_still(office)
    yield config
    postgres.drop(url)


def letters_in(folder: Path) -> list[EmailMessage]:
    """The letters that lie in the office's folder."""
    return [message_from_bytes(file.read_bytes(), policy=rfc5322) for file in folder.glob("thu-gui/*.eml")]


def wait_until(holds: Callable[[], bool], seconds: float = SOON) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


@contextmanager
def running(config: Path, *words: str) -> "Iterator[subprocess.Popen[str]]":
    """A worker as a process, which does not outlive the test."""
    with Ketnap(config).started("worker", *words) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def stop(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """Stop it as Ctrl-C does; how it ended, and everything it said."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    return process.returncode, out + err


posix = pytest.mark.skipif(sys.platform == "win32", reason="there a process cannot be sent Ctrl-C alone")


# --- as a process -------------------------------------------------------------------------------------------


@posix
def test_a_worker_that_is_started_late_catches_up_at_once_and_stops_when_it_is_told_to(config: Path) -> None:
    ketnap = Ketnap(config)
    assert ketnap.done("status", "--json").json["swept"] == LAST_SWEPT.isoformat()
    with running(config) as process:
        wait_until(lambda: has_begun(config))
        asked = time.monotonic()
        code, said = stop(process)
    assert time.monotonic() - asked < 5
    assert (code, "Traceback" in said) == (0, False)
    assert "Đã rà đến 20/05/2022" in said
    status = ketnap.done("status", "--json").json
    assert (status["swept"], status["waiting"], sum(status["letters"].values())) == (TODAY.isoformat(), 0, 3)
    until_next = datetime.fromisoformat(status["next_at"]) - datetime.now(UTC)
    assert timedelta(seconds=-10) < until_next <= timedelta(seconds=60)
    ketnap.done("worker", "--once")
    assert Counter(str(one["To"]) for one in letters_in(config.parent)) == dict.fromkeys(READERS, 1)
    with closing(opened(config)) as office:
        assert {row.step for row in ledger(office) if row.clock == "house:listed"} >= {"+1d", "+7d", "+42d"}


def has_begun(config: Path) -> bool:
    """Whether a worker has swept today and looked into the outbox."""
    status = Ketnap(config).done("status", "--json").json
    return bool(status["next_at"]) and status["swept"] == TODAY.isoformat() and status["waiting"] == 0


@pytest.mark.parametrize("where", ["config", "on_postgres"], ids=["sqlite", "postgresql"])
def test_two_workers_at_once_send_everybody_one_letter(where: str, request: pytest.FixtureRequest) -> None:
    config: Path = request.getfixturevalue(where)
    with ExitStack() as both:
        for one in [both.enter_context(running(config, "--once")) for _ in range(2)]:
            one.communicate(timeout=60)
    Ketnap(config).done("worker", "--once")
    letters = letters_in(config.parent)
    assert Counter(str(one["To"]) for one in letters) == dict.fromkeys(READERS, 1)
    with closing(opened(config)) as office:
        assert set(states(office).values()) == {"sent"}
        assert {str(one["Message-ID"]).strip("<>").partition("@")[0] for one in letters} == set(
            states(office)
        )
        assert {row.state for row in ledger(office)} == {"told"}


def test_a_worker_that_was_killed_is_made_up_for_by_the_next_one(config: Path) -> None:
    with running(config) as process:
        wait_until(lambda: has_begun(config))
        process.kill()
    with closing(opened(config)) as office:
        DailyRun(office).run_morning()
        with load_transport(office) as post:
            deliver_letters(office, post, at=int(time.time()) + 3600)
        assert set(states(office).values()) == {"sent"}
    letters = letters_in(config.parent)
    assert {str(one["To"]) for one in letters} == READERS
    assert len({str(one["Message-ID"]) for one in letters}) == len(READERS)


# --- the pulse ----------------------------------------------------------------------------------------------


@pytest.fixture
def real(tmp_path: Path, sqlite_url: str) -> Iterator[Office]:
    """A real office, on its real day, whose district officer supervises and has an address."""
    with closing(make_small_office(tmp_path, sqlite_url, today=None)) as office:
        give_addresses(office, HUYEN.by)
        yield office


def last_swept(office: Office, day: date) -> None:
    with office.database.transaction() as work:
        notice_queries.set_beat(work, "sweep", day=day, at=int(time.time()))


def it_is(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """The instant it is, in Việt Nam."""
    at = datetime.fromisoformat(f"{text}+07:00")
    monkeypatch.setattr(pulses, "now", lambda: at.astimezone(UTC))
    monkeypatch.setattr(clock, "today_in", lambda _zone: at.date())
    monkeypatch.setattr("workflow.office.today_in", lambda _zone: at.date(), raising=False)


@pytest.mark.parametrize(
    ("swept", "now", "late"),
    [
        ("2024-08-05", "2024-08-06T16:29", False),  # in the next day's hours
        ("2024-08-05", "2024-08-06T16:31", True),  # the next day has gone by
        ("2024-08-06", "2024-08-06T23:59", False),  # the same night
        ("2024-08-05", "2024-08-07T08:00", True),  # two mornings later
        ("2024-08-09", "2024-08-11T20:00", False),  # a Sunday after a Friday
        ("2024-08-09", "2024-08-12T09:00", False),  # a Monday morning after a Friday
        ("2024-08-09", "2024-08-12T17:00", True),  # a Monday evening after a Friday
        ("2024-08-30", "2024-09-03T20:00", False),  # over the National Day's holidays
        ("2024-08-30", "2024-09-04T20:00", True),  # the day after them
        ("2024-08-09", "2024-08-02T20:00", False),  # the clock was put back
    ],
)
def test_the_worker_is_late_when_a_working_day_has_gone_by(
    real: Office, monkeypatch: pytest.MonkeyPatch, swept: str, now: str, *, late: bool
) -> None:
    last_swept(real, date.fromisoformat(swept))
    it_is(monkeypatch, now)
    assert read_pulse(real, default_policy()).late is late


def test_a_real_office_whose_worker_stood_still_for_a_month_is_well_again_after_a_round(real: Office) -> None:
    ketnap = Ketnap(real.config.path)
    last_swept(real, real.read_today() - 30 * DAY)
    before = ketnap("status", "--json")
    assert (before.exit, before.json["late"], before.json["well"]) == (1, True, False)
    ketnap.done("worker", "--once")
    assert ketnap.done("status", "--json").json["late"] is False


@pytest.mark.parametrize(
    ("now", "unsent"),
    [
        ("2024-08-06T16:29", None),  # in the hours of its own morning
        ("2024-08-06T16:31", "2024-08-06"),  # those are over
        ("2024-08-07T08:00", "2024-08-06"),  # the next morning
    ],
)
def test_a_letter_that_still_waits_when_its_days_hours_are_over_wants_looking_after(
    real: Office, monkeypatch: pytest.MonkeyPatch, now: str, unsent: str | None
) -> None:
    morning = date(2024, 8, 6)
    last_swept(real, morning)
    lay(real, morning, user=HUYEN.by)
    with closing(socket.create_server(("127.0.0.1", 0))) as nobody_listens_here:
        by_smtp(real, nobody_listens_here.getsockname()[1])
    assert DailyRun(real).send_letters().away
    it_is(monkeypatch, now)
    found = read_pulse(real, default_policy())
    assert (found.unsent_since, found.is_well) == (unsent and date.fromisoformat(unsent), unsent is None)
    assert found.delivered_at is None, "a server that is away has been sent nothing"


def test_a_worker_that_stood_still_is_told_to_the_supervisor_and_to_nobody_else(config: Path) -> None:
    Ketnap(config).done("worker", "--once")
    with closing(opened(config)) as office:
        assert {row.user_id for row in ledger(office) if row.clock == "sweep_late"} == {DISTRICT_OFFICER.by}
    said = {str(one["To"]): one.get_body(("plain",)) for one in letters_in(config.parent)}
    who = {
        to
        for to, body in said.items()
        if body and "Máy nhắc việc đã đứng 31 ngày làm việc" in body.get_content()
    }
    assert who == {f"{DISTRICT_OFFICER.by}@xa.example"}


def test_users_whom_nobody_can_write_to_are_named(real: Office) -> None:
    assert read_pulse(real, default_policy()).unreachable == []
    with closing(opened(real.config.path)) as office:
        lay_notice(office, "ai")
    assert read_pulse(real, default_policy()).unreachable == ["ai"]
    assert Ketnap(real.config.path)("status").exit == 1


def lay_notice(office: Office, user: str) -> None:
    """A notice that waits for somebody who has no address."""
    row = {
        "subject": "K0000000",
        "reminder": "legal",
        "clock": "CEREMONY",
        "instance": "1",
        "step": "-7d",
        "due": TODAY,
        "user_id": user,
        "via": user,
        "why": "turn",
        "person_id": None,
        "swept_on": TODAY,
        "state": "waiting",
    }
    with office.database.transaction() as work:
        notice_queries.add_notices(work, [row])


# --- clocks that jump ---------------------------------------------------------------------------------------


def rounds_on(office: Office, *days: date) -> None:
    rounds = DailyRun(office)
    for day in days:
        rounds.run_morning(day)
        rounds.send_letters()


def heard(office: Office) -> set[tuple[str, str, str, str]]:
    return {
        (row.subject, row.clock, row.step, row.user_id) for row in ledger(office) if row.clock != "sweep_late"
    }


def test_a_day_that_jumps_a_week_forward_and_back_tells_what_steady_days_tell_and_no_more(
    config: Path, tmp_path: Path
) -> None:
    shutil.copytree(config.parent, tmp_path / "yên")
    first = date(2022, 5, 9)
    with closing(opened(tmp_path / "yên" / "config.yaml")) as steady:
        rounds_on(steady, *(first + number * DAY for number in range(10)))
        expected = heard(steady)
    with closing(opened(config)) as office:
        jumps = [0, 7, 0, 1, 2, 7, 3, 8, 9]
        rounds_on(office, *(first + number * DAY for number in jumps))
        assert heard(office) == expected
        assert set(states(office).values()) == {"sent"}
    letters = letters_in(config.parent)
    assert len({str(one["Message-ID"]) for one in letters}) == len(letters)


def test_a_clock_that_is_put_back_an_hour_or_on_a_week_sends_nothing_twice(sqlite_land: Office) -> None:
    folder = by_folder(sqlite_land)
    [due] = lay(sqlite_land, TODAY)
    [later] = lay(sqlite_land, TODAY + DAY)
    now = int(time.time())
    with sqlite_land.database.transaction() as work:
        from workflow.reminders.letters import outbox_queries

        assert outbox_queries.update_letter(work, due, ("waiting",), next_at=now)
        assert outbox_queries.update_letter(work, later, ("waiting",), next_at=now + 300)

    def send(at: int) -> DeliveryResult:
        with load_transport(sqlite_land) as post:
            return deliver_letters(sqlite_land, post, at=at)

    assert send(now - 3600) == DeliveryResult()
    assert send(now) == DeliveryResult(sent=1)
    assert [send(now - 3600), send(now)] == [DeliveryResult()] * 2
    assert send(now + 7 * 86400) == DeliveryResult(sent=1)
    assert [send(now + 14 * 86400), send(now)] == [DeliveryResult()] * 2
    assert len(list(folder.iterdir())) == 2


# --- a database that goes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("apart", [0.0, 5.0], ids=["a minute apart", "right after each other"])
def test_when_the_servers_connections_are_cut_between_two_rounds_nothing_is_lost(
    on_postgres: Path, monkeypatch: pytest.MonkeyPatch, apart: float
) -> None:
    """A connection that lay idle is tried before it is used; one used just now may fail, and the round is
    made up.
    """
    monkeypatch.setattr("workflow.storage.engine.IDLE_SECONDS", apart)
    did: list[WorkerEvent] = []
    with closing(opened(on_postgres)) as office:
        worker = Worker(office, did.append)
        worker.run_once()
        with closing(opened(on_postgres)) as elsewhere:
            travel(elsewhere, TODAY + 7 * DAY)
        assert cut(office) >= 1
        worker.run_once()
        if apart:
            worker.run_once()
        else:
            assert not [one for one in did if isinstance(one, DatabaseUnavailable)]
        assert read_pulse(office, default_policy()).swept == TODAY + 7 * DAY
        assert set(states(office).values()) == {"sent"}
        sent = [one.sent for one in did if isinstance(one, DeliveryResult)]
    assert sent[0] == len(READERS) < sum(sent)
    ids = {str(one["Message-ID"]) for one in letters_in(on_postgres.parent)}
    assert len(letters_in(on_postgres.parent)) == len(ids) == sum(sent)


def cut(office: Office) -> int:
    """Cut every connection to the office's database, as a restart of the server does; how many there were."""
    url = make_url(office.config.database)
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    with psycopg.connect(plain, autocommit=True) as connection:
        return len(connection.execute(others, [url.database]).fetchall())
