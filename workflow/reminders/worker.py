"""The worker: every minute it looks for a morning to sweep and letters to send. Timers only wake it up.

Nothing depends on a timer being right: a round makes up for every one that was missed, two workers on one database
make what one would, and whoever starts late begins with a round.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow.core.clock import now
from workflow.office import Office
from workflow.reminders.daily_run import DailyRun, MorningResult
from workflow.reminders.letters.bounces import BounceResult, NotAMailbox
from workflow.reminders.letters.deliver import DeliveryResult, is_sending_time
from workflow.reminders.notices import notice_queries
from workflow.storage.engine import DatabaseUnavailable

EVERY_SECONDS = 60

WorkerEvent = MorningResult | DeliveryResult | BounceResult | DatabaseUnavailable | NotAMailbox | OSError
"""What a worker did, or what kept it from doing it: the database, or the folder of returned letters, away."""
WorkerListener = Callable[[WorkerEvent], None]


def _exit_on_signal(_signal: int, _frame: object) -> None:
    raise SystemExit(0)


@dataclass
class Worker:
    """One worker on one office. ``told`` hears of all it does. Raises `BadPolicy`, `BadTemplates` when it is made."""

    office: Office
    on_event: WorkerListener

    def __post_init__(self) -> None:
        self.rounds = DailyRun(self.office)
        self.rounds.check_settings()

    def run(self) -> None:
        """Work until the process is told to stop, by Ctrl-C or by the system (SIGTERM); what was begun is ended."""
        from apscheduler.schedulers.blocking import BlockingScheduler

        scheduler = self._build_scheduler(BlockingScheduler)
        signal.signal(signal.SIGTERM, _exit_on_signal)
        try:
            scheduler.start()
        except (KeyboardInterrupt, SystemExit):
            scheduler.shutdown(wait=True)

    @contextmanager
    def run_in_background(self) -> Iterator[None]:
        """Work in a thread beside whatever the block does; what was begun when the block ends is ended."""
        from apscheduler.schedulers.background import BackgroundScheduler

        scheduler = self._build_scheduler(BackgroundScheduler)
        scheduler.start()
        try:
            yield
        finally:
            scheduler.shutdown(wait=True)

    def run_once(self) -> None:
        """What came back, one round, and one look into the outbox."""
        self.take_returned()
        self.run_morning()
        self.send_letters()

    def run_morning(self) -> None:
        """Sweep and write what is due by today."""
        self._run_and_report(self.rounds.run_morning)

    def take_returned(self) -> None:
        """Take in the letters that came back."""
        try:
            for bounce in self.rounds.process_returned():
                self.on_event(bounce)
        except (DatabaseUnavailable, NotAMailbox, OSError) as away:
            self.on_event(away)

    def send_letters(self) -> None:
        """Send what waits, in the office's hours; a sample office's letters only go into a folder, at any time."""
        if self._is_within_hours():
            self._run_and_report(self.rounds.send_letters)

    def _is_behind(self) -> bool:
        try:
            return self.rounds.is_behind()
        except DatabaseUnavailable as away:
            self.on_event(away)
            return False

    def _is_within_hours(self) -> bool:
        try:
            return self.office.config.mail.smtp is None or is_sending_time(self.rounds.policy.hours, self.office, now())
        except DatabaseUnavailable as away:
            self.on_event(away)
            return False

    def _run_and_report(self, action: Callable[[], MorningResult | DeliveryResult]) -> None:
        """Do it and tell; a database that is away is told and tried again the next time."""
        try:
            self.on_event(action())
        except DatabaseUnavailable as away:
            self.on_event(away)

    def _build_scheduler(self, kind: Callable[..., Any]) -> Any:
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.triggers.interval import IntervalTrigger

        zone = self.office.config.zone
        # A job that comes late is done, once, and never beside itself: by itself the library would drop it silently.
        scheduler = kind(
            timezone=zone,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        every = IntervalTrigger(seconds=EVERY_SECONDS, timezone=zone)
        scheduler.add_job(self._run_round, every, [scheduler], next_run_time=datetime.now(scheduler.timezone))
        return scheduler

    def _run_round(self, scheduler: Any) -> None:
        """What came back, a morning that is not swept yet, the outbox; and a pulse that says when the next look is due.

        A morning that a database away has cost is made up for a minute later.
        """
        self.take_returned()
        if self._is_behind():
            self.run_morning()
        self.send_letters()
        at = int(now().timestamp())
        coming = [job.next_run_time for job in scheduler.get_jobs() if job.next_run_time]
        try:
            with self.office.database.transaction() as tx:
                notice_queries.set_beat(tx, "worker", at=at, next_at=int(min(coming).timestamp()) if coming else None)
        except DatabaseUnavailable as away:
            self.on_event(away)
