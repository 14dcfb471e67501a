"""The worker has five jobs, each with hours and a last run.

A timer only wakes the worker. The stored last run decides whether a job is due, so it does not matter which
timer was missed, or which worker did the job.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from notifications.letter_days import is_office_day, last_morning
from notifications.policy import Policy, SendingHours
from states.calendar.working_days import Calendar
from workflow.office import Office
from workflow.reminders.health import is_awake
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.notice_queries import Beat
from workflow.storage import reads

NAMES = ("carry_over", "returned_mail", "morning", "delivery", "backup")
"""In the order in which they are done: cases stand where they belong before a morning looks at them, and no
letter waits for a backup."""
CARRY_OVER, RETURNED_MAIL, MORNING, DELIVERY, BACKUP = NAMES
BACKUP_TIME = time(1, 30)

IsOpen = Callable[[date], bool]


@dataclass(frozen=True)
class JobRuns:
    """When a finished job last began, and when it runs next; None while no worker runs."""

    name: str
    last_at: datetime | None
    next_at: datetime | None


class OpenDays(BaseTrigger):  # type: ignore[misc] # comes without types
    """Fires at a time of the day, on days on which the office is open."""

    def __init__(self, at: time, zone: str, is_open_on: IsOpen) -> None:
        self._daily = CronTrigger(hour=at.hour, minute=at.minute, second=at.second, timezone=zone)
        self._is_open_on = is_open_on

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """As APScheduler asks for it."""
        at: datetime = self._daily.get_next_fire_time(previous_fire_time, now)
        while not self._is_open_on(at.date()):
            at = self._daily.get_next_fire_time(None, at + timedelta(seconds=1))
        return at


class OpenMinutes(BaseTrigger):  # type: ignore[misc] # comes without types
    """Fires every minute of the office's hours, on days on which it is open."""

    def __init__(self, hours: SendingHours, zone: str, is_open_on: IsOpen) -> None:
        self._hours, self._is_open_on = hours, is_open_on
        self._minutely = CronTrigger(minute="*", timezone=zone)
        self._opening = OpenDays(hours.from_, zone, is_open_on)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """As APScheduler asks for it."""
        at: datetime = self._minutely.get_next_fire_time(previous_fire_time, now)
        within = self._hours.from_ <= at.time() < self._hours.to and self._is_open_on(at.date())
        return at if within else self._opening.get_next_fire_time(None, at)


@dataclass(frozen=True)
class _Picture:
    """What is stored: each job's last run, the pulse of the worker, a sample office's own day."""

    runs: Mapping[str, Beat | None]
    worker: Beat | None
    sample_day: date | None


class Jobs:
    """The jobs of one office."""

    def __init__(self, office: Office, policy: Policy) -> None:
        self._office = office
        self._calendar: Calendar = office.read_snapshot().calendar
        zone, every_minute = office.config.zone, CronTrigger(minute="*", timezone=office.config.zone)
        # A sample office's letters only go into a folder, at any time.
        by_server = office.config.mail.smtp is not None
        self.triggers: dict[str, BaseTrigger] = {
            CARRY_OVER: CronTrigger(hour=0, minute=0, timezone=zone),
            RETURNED_MAIL: every_minute,
            MORNING: OpenDays(policy.hours.from_, zone, self._is_open_on),
            DELIVERY: OpenMinutes(policy.hours, zone, self._is_open_on) if by_server else every_minute,
            BACKUP: CronTrigger(hour=BACKUP_TIME.hour, minute=BACKUP_TIME.minute, timezone=zone),
        }

    def list_overdue(self, at: datetime) -> list[str]:
        """Jobs that have become due since they last began. Raises `DatabaseUnavailable`."""
        picture = self._look()
        return [name for name in NAMES if self._is_overdue(name, picture, at)]

    def list_runs(self, at: datetime) -> list[JobRuns]:
        """When each was done last, and is done next. Raises `DatabaseUnavailable`."""
        picture = self._look()
        awake = is_awake(picture.worker, at)
        return [
            JobRuns(
                name,
                datetime.fromtimestamp(run.at, UTC) if (run := picture.runs[name]) else None,
                self.triggers[name].get_next_fire_time(None, at) if awake else None,
            )
            for name in NAMES
        ]

    def record(self, name: str, began: datetime) -> None:
        """Record that a job which began at an instant has finished. Raises `DatabaseUnavailable`."""
        with self._office.database.transaction() as work:
            day = self._office.resolve_day(reads.load_today(work.connection))
            notice_queries.set_beat(work, _beat(name), at=int(began.timestamp()), day=day)

    def _look(self) -> _Picture:
        """Triggers run inside the scheduler, which must wait for no database.

        They use the calendar read here.
        """
        with self._office.database.read_transaction() as connection:
            self._calendar = self._office.snapshot_for_reading(connection).calendar
            runs = {name: notice_queries.find_beat(connection, _beat(name)) for name in NAMES}
            return _Picture(
                runs, notice_queries.find_beat(connection, "worker"), reads.load_today(connection)
            )

    def _is_overdue(self, name: str, picture: _Picture, at: datetime) -> bool:
        run: Any = picture.runs[name]
        if run is None or run.at > at.timestamp():  # the clock was put back
            return True
        if picture.sample_day and name in (CARRY_OVER, MORNING):  # its time machine moves days, no instants
            day = last_morning(self._calendar, picture.sample_day) if name == MORNING else picture.sample_day
            return bool(run.day < day)
        after = datetime.fromtimestamp(run.at + 1, UTC)
        return bool(self.triggers[name].get_next_fire_time(None, after) <= at)

    def _is_open_on(self, day: date) -> bool:
        return is_office_day(self._calendar, day)


def _beat(name: str) -> str:
    return f"job.{name}"
