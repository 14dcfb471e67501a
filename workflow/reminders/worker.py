"""APScheduler wakes an office's worker for its jobs.

Nothing depends on a timer: jobs that are overdue by their last run (`Jobs`) are found every minute. Two
workers on one database do what one would, and one that starts late begins with what is due. No job asks the
scheduler, for the scheduler may be waiting for that job to end.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflow.cases.judgement.recorded_rules import ProgramUpgraded
from workflow.core.clock import now
from workflow.office import Office
from workflow.reminders.backup_health import NightlyResult
from workflow.reminders.daily_run import DailyRun, MorningResult
from workflow.reminders.jobs import BACKUP, CARRY_OVER, DELIVERY, MORNING, RETURNED_MAIL, Jobs
from workflow.reminders.letters.bounces import BounceResult, NotAMailbox
from workflow.reminders.letters.deliver import DeliveryResult, is_sending_time
from workflow.reminders.notices import notice_queries
from workflow.reminders.stop import GoesOn, Stop
from workflow.storage.engine import DatabaseUnavailable

EVERY_SECONDS = 60
SENDING_SECONDS = 50.0
"""A slow mail server holds up the other jobs no longer; what is left goes out a minute later."""

WorkerEvent = (
    MorningResult
    | DeliveryResult
    | BounceResult
    | NightlyResult
    | DatabaseUnavailable
    | NotAMailbox
    | OSError
)
"""What a worker did, or what kept it from doing it: the database, or the folder of returned letters, away."""
WorkerListener = Callable[[WorkerEvent], None]
NightlyBackup = Callable[[Office, GoesOn], NightlyResult]


@dataclass
class Worker:
    """One worker of one office; ``on_event`` is called with every result.

    ``backup``: makes a night's backup; a worker without one leaves that to others.

    Raises `BadPolicy`, `BadTemplates`, `DatabaseUnavailable` when it is made.
    """

    office: Office
    on_event: WorkerListener
    stop: Stop = field(default_factory=Stop)
    sending_seconds: float = SENDING_SECONDS
    backup: NightlyBackup | None = None

    def __post_init__(self) -> None:
        self.rounds = DailyRun(self.office, lambda: not self.stop.is_asked)
        self.rounds.check_settings()
        self.jobs = Jobs(self.office, self.rounds.policy)
        self._at_work = threading.Lock()
        self._methods: dict[str, Callable[[], object]] = {
            CARRY_OVER: self.rounds.carry_over,
            RETURNED_MAIL: self._take_in_returned_mail,
            MORNING: lambda: self.on_event(self.rounds.run_morning()),
            DELIVERY: lambda: self.on_event(self.rounds.send_letters(self.sending_seconds)),
        }
        if self.backup is not None:
            self._methods[BACKUP] = self._back_up

    def run(self) -> None:
        """Work until a stop is requested; the job that runs is finished first."""
        with self.run_in_background():
            self.stop.wait()

    @contextmanager
    def run_in_background(self) -> Iterator[None]:
        """Work in a thread while the block runs; the job that runs is finished first."""
        scheduler = self._build_scheduler()
        scheduler.start()
        try:
            yield
        finally:
            self.stop.ask()
            scheduler.shutdown(wait=False)  # waiting in there, it would hold locks that a job may want
            self._wait_for_the_job()

    def run_once(self) -> None:
        """Run every job now, and send everything that waits; a backup only where one is due."""
        self.sending_seconds = float("inf")
        overdue = self.jobs.list_overdue(now())
        for name in self._methods:
            if name != BACKUP or name in overdue:
                self._do(name)

    def _build_scheduler(self) -> Any:
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.background import BackgroundScheduler
        from apscheduler.triggers.interval import IntervalTrigger

        # That a job is still at work when its time comes again is no fault: the next look makes up for it.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        # A late job is done, once, and never beside itself; the library alone would drop it silently.
        scheduler = BackgroundScheduler(
            timezone=self.office.config.zone,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for name in self._methods:
            scheduler.add_job(self._work, self.jobs.triggers[name], [self._do_overdue, (name,)], id=name)
        every = IntervalTrigger(seconds=EVERY_SECONDS, timezone=self.office.config.zone)
        at_once = datetime.now(scheduler.timezone)
        scheduler.add_job(self._work, every, [self._catch_up], id="catch_up", next_run_time=at_once)
        return scheduler

    def _work(self, do: Callable[..., None], *names: Sequence[str]) -> None:
        """Run what the scheduler starts: the office stays open meanwhile, and nothing begins after a stop."""
        with self._at_work, self._telling_if_away():
            if not self.stop.is_asked:
                self._check_program()
                do(*names)

    def _check_program(self) -> None:
        """Raises `ProgramUpgraded`, before a job would go by rules that are no longer those of the office."""
        with self.office.database.read_transaction() as connection:
            self.office.check_program(connection)

    def _catch_up(self) -> None:
        """Make up for missed timers and a database that was away; say when the next look is due."""
        self._do_overdue(list(self._methods))
        at = int(now().timestamp())
        with self.office.database.transaction() as work:
            notice_queries.set_beat(work, "worker", at=at, next_at=at + EVERY_SECONDS)

    def _do_overdue(self, names: Sequence[str]) -> None:
        for name in self.jobs.list_overdue(now()):
            if name in names and not self.stop.is_asked:
                self._do(name)

    def _do(self, name: str) -> None:
        """Run a job and record that it finished; letters go only in the office's hours."""
        with self._telling_if_away():
            if name == DELIVERY and not self._is_within_hours():
                return
            began = now()
            self._methods[name]()
            if not self.stop.is_asked:
                self.jobs.record(name, began)

    def _take_in_returned_mail(self) -> None:
        try:
            for bounce in self.rounds.process_returned():
                self.on_event(bounce)
        except (NotAMailbox, OSError) as away:
            self.on_event(away)

    def _back_up(self) -> None:
        if self.backup is not None:
            self.on_event(self.backup(self.office, lambda: not self.stop.is_asked))

    def _is_within_hours(self) -> bool:
        """Whether letters may go now; those that go into a folder may at any time."""
        return self.office.config.mail.smtp is None or is_sending_time(
            self.rounds.policy.hours, self.office, now()
        )

    @contextmanager
    def _telling_if_away(self) -> Iterator[None]:
        """Report a database that is away; the next run tries again. After an upgrade there is none."""
        try:
            yield
        except DatabaseUnavailable as away:
            self.on_event(away)
        except ProgramUpgraded as upgraded:
            self.stop.ask_because(upgraded)

    def _wait_for_the_job(self) -> None:
        """Wait until the running job ends; a mail server that is silent for long is disconnected."""
        while not self._at_work.acquire(timeout=max(self.stop.patience, 0.5)):
            if self.stop.patience <= 0:
                self.rounds.interrupt()
        self._at_work.release()
