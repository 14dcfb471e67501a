"""The jobs of an office: when each is due by its calendar, in its zone, and when it was done last."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from notifications.policy import default_policy
from tests.cases.test_carry_over import FIRST, LAST, without_subcommittee
from tests.doors.ketnap import Ketnap
from tests.journeys.land import PARTED, Template, begin, opened, travel
from tests.offices import HUYEN, make_small_office
from tests.reminders.outbox_scene import by_folder, by_smtp, states
from tests.reminders.scene import give_addresses, ledger
from tests.reminders.test_worker import TODAY, running, stood_still, stop, wait_until
from workflow.office import Office
from workflow.operations.nightly_backup import run_nightly_backup
from workflow.reminders.daily_run import MorningResult
from workflow.reminders.jobs import CARRY_OVER, DELIVERY, MORNING, NAMES, RETURNED_MAIL, Jobs
from workflow.reminders.notices import notice_queries
from workflow.reminders.worker import Worker, WorkerEvent


def instant(text: str) -> datetime:
    """An instant, as the clocks of Việt Nam show it."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


@pytest.fixture
def real(tmp_path: Path, sqlite_url: str) -> Iterator[Office]:
    """A real office, which sends by a server."""
    with closing(make_small_office(tmp_path, sqlite_url, today=None)) as office:
        give_addresses(office, HUYEN.by)
        by_smtp(office, 25)
        yield office


def jobs_of(office: Office) -> Jobs:
    return Jobs(office, default_policy())


def worker_looked(office: Office, when: datetime) -> None:
    with office.database.transaction() as work:
        notice_queries.set_beat(work, "worker", at=int(when.timestamp()), next_at=int(when.timestamp()) + 60)


def record_runs(jobs: Jobs, when: str, *names: str) -> None:
    for name in names or NAMES:
        jobs.record(name, instant(when))


# --- when a job is due --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "job", "next_run"),
    [
        ("2024-08-06T07:29", MORNING, "2024-08-06T07:30"),
        ("2024-08-06T07:31", MORNING, "2024-08-07T07:30"),
        ("2024-08-09T12:00", MORNING, "2024-08-12T07:30"),  # a Friday
        ("2024-08-30T12:00", MORNING, "2024-09-04T07:30"),  # before the National Day's holidays
        ("2024-08-06T07:00", DELIVERY, "2024-08-06T07:30"),
        ("2024-08-06T10:00:20", DELIVERY, "2024-08-06T10:01"),
        ("2024-08-06T16:29:30", DELIVERY, "2024-08-07T07:30"),
        ("2024-08-30T16:29:30", DELIVERY, "2024-09-04T07:30"),
        ("2024-08-10T23:00", CARRY_OVER, "2024-08-11T00:00"),  # a Saturday: rules change on Sundays as well
        ("2024-08-11T03:00:10", RETURNED_MAIL, "2024-08-11T03:01"),
    ],
)
def test_a_job_is_done_next_by_the_offices_calendar_and_hours(
    real: Office, now: str, job: str, next_run: str
) -> None:
    worker_looked(real, instant(now))
    runs = {run.name: run for run in jobs_of(real).list_runs(instant(now))}
    assert runs[job].next_at == instant(next_run)


def test_in_another_zone_the_morning_begins_by_its_own_clocks(real: Office) -> None:
    real.config = real.config.model_copy(update={"zone": "Europe/Moscow"})
    worker_looked(real, instant("2024-08-06T07:00"))
    runs = {run.name: run for run in jobs_of(real).list_runs(instant("2024-08-06T07:00"))}
    assert runs[MORNING].next_at == datetime.fromisoformat("2024-08-06T07:30+03:00")


def test_a_sample_office_lays_its_letters_into_a_folder_at_any_hour(real: Office) -> None:
    by_folder(real)
    worker_looked(real, instant("2024-08-10T23:00:30"))
    runs = {run.name: run for run in jobs_of(real).list_runs(instant("2024-08-10T23:00:30"))}
    assert runs[DELIVERY].next_at == instant("2024-08-10T23:01")


def test_where_no_worker_runs_nothing_is_promised(real: Office) -> None:
    assert {run.next_at for run in jobs_of(real).list_runs(instant("2024-08-06T07:00"))} == {None}
    worker_looked(real, instant("2024-08-06T07:00"))
    assert {run.next_at for run in jobs_of(real).list_runs(instant("2024-08-06T08:00"))} == {None}


@pytest.mark.parametrize(
    ("last", "now", "overdue"),
    [
        ("2024-08-09T07:30", "2024-08-09T07:30:40", []),
        ("2024-08-09T07:30", "2024-08-09T07:31", [RETURNED_MAIL, DELIVERY]),
        ("2024-08-09T16:40", "2024-08-09T16:41", [RETURNED_MAIL]),  # a Friday after hours
        ("2024-08-09T23:59:59", "2024-08-10T00:00", [CARRY_OVER, RETURNED_MAIL]),  # Saturday begins
        (
            "2024-08-10T10:00",
            "2024-08-12T07:30",
            list(NAMES),
        ),  # Monday morning
        (
            "2024-08-20T10:00",
            "2024-08-09T10:00",
            list(NAMES),
        ),  # clock put back
    ],
)
def test_a_job_is_overdue_when_its_hour_has_come_since_it_was_done(
    real: Office, last: str, now: str, overdue: list[str]
) -> None:
    record_runs(jobs := jobs_of(real), last)
    assert jobs.list_overdue(instant(now)) == overdue


def test_what_was_never_done_is_overdue_at_any_hour(real: Office) -> None:
    assert jobs_of(real).list_overdue(instant("2024-08-10T03:00")) == list(NAMES)


def test_of_a_sample_office_mornings_come_by_its_time_machine(sqlite_land: Office) -> None:
    travel(sqlite_land, date(2022, 5, 20))
    record_runs(jobs := jobs_of(sqlite_land), "2024-08-09T07:30")
    assert MORNING not in jobs.list_overdue(instant("2024-08-16T10:00"))
    travel(sqlite_land, date(2022, 5, 21))  # a Saturday
    assert jobs.list_overdue(instant("2024-08-09T07:30:30")) == [CARRY_OVER]
    travel(sqlite_land, date(2022, 5, 23))
    assert jobs.list_overdue(instant("2024-08-09T07:30:30")) == [CARRY_OVER, MORNING]


# --- the jobs at work ---------------------------------------------------------------------------------------


def test_on_the_first_day_of_a_unit_change_its_cases_are_carried_over_though_it_is_a_holiday(
    sqlite_land: Office,
) -> None:
    travel(sqlite_land, LAST)
    journey = begin(sqlite_land, PARTED, date(2022, 1, 4)).to("appraisal")
    with Worker(sqlite_land, lambda _: None, backup=run_nightly_backup).run_in_background():
        wait_until(lambda: all(run.last_at for run in jobs_of(sqlite_land).list_runs(datetime.now(UTC))))
    without_subcommittee(sqlite_land)
    travel(sqlite_land, FIRST)
    did: list[WorkerEvent] = []
    with Worker(sqlite_land, did.append).run_in_background():
        wait_until(lambda: state_of(sqlite_land, journey.case) == "committee_meeting")
    assert [one for one in did if isinstance(one, MorningResult)] == [], "on a holiday nobody is reminded"


def state_of(office: Office, case: str) -> str:
    from workflow.storage import reads

    with office.database.read_transaction() as connection:
        return next(row.state for row in reads.load_cases(connection) if row.id == case)


def test_whoever_is_stopped_between_sweep_and_letters_writes_them_the_next_time(
    land_template: Template, tmp_path: Path
) -> None:
    with closing(opened(land_template.sqlite(tmp_path / "đất"))) as office:
        stood_still(office)
        by_folder(office)
        stopped = Worker(office, lambda _: None)
        stopped.stop.ask()
        stopped.rounds.run_morning()
        assert (len(ledger(office)) > 0, states(office)) == (True, {})
        with Worker(office, lambda _: None).run_in_background():
            wait_until(lambda: set(states(office).values()) == {"sent"})


def test_the_status_lists_each_job_with_its_last_and_its_next_run(
    land_template: Template, tmp_path: Path
) -> None:
    config = land_template.sqlite(tmp_path / "đất")
    with closing(opened(config)) as office:
        stood_still(office)
    ketnap = Ketnap(config)
    never = ketnap.done("status", "--json").json["jobs"]
    assert [(one["job"], one["last_at"], one["next_at"]) for one in never] == [
        (name, None, None) for name in NAMES
    ]
    with running(config) as process:
        wait_until(lambda: bool(ketnap.done("status", "--json").json["next_at"]))
        stop(process)
    listed = ketnap.done("status", "--json").json["jobs"]
    now = datetime.now(UTC)
    for one in listed:
        last, following = (datetime.fromisoformat(one[key]) for key in ("last_at", "next_at"))
        assert now - timedelta(minutes=2) < last <= now < following + timedelta(minutes=1)
    said = ketnap.done("status").out
    assert "Rà việc nhắc buổi sáng" in said
    assert "chưa lần nào" not in said.partition("Việc máy tự làm")[2]
    assert TODAY.isoformat() == ketnap.done("status", "--json").json["swept"]
