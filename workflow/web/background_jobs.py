"""Long jobs run beside the pages, each once at a time."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Generic, TypeVar

import anyio.to_thread

from notifications.policy import BadPolicy, Policy
from workflow.core.clock import now
from workflow.office import Office
from workflow.operations.backup import Backup, make_backup
from workflow.operations.verify.verify import Verification, verify_office
from workflow.reminders.health import Pulse, read_pulse
from workflow.reminders.notices.preview import PlannedNotice, plan_notices
from workflow.reminders.settings import load_policy
from workflow.storage.errors import DatabaseUnavailable

T = TypeVar("T")
Progress = Callable[[int, int], None]

PATIENCE = 2.0
"""Seconds that a page waits for what it has asked for: a small office sees it at once."""
PLAN_DAYS = 30
"""Days: as far as the plan of letters looks."""
MIN_FRESH_SECONDS, FRESH_FACTOR = 30.0, 20
"""Seconds that a plan holds at least; one that took long holds so many times as long, or it would be all that
runs."""

LOOK_EVERY_SECONDS = 30
"""Seconds between two looks at how the reminders are."""

logger = logging.getLogger("ketnap")


@dataclass(frozen=True)
class JobOutcome(Generic[T]):
    """The result of a job, or its error. ``took``: seconds."""

    at: datetime
    seconds: float
    result: T | None = None
    error: Exception | None = None


class BackgroundJob(Generic[T]):
    """A slow job. Requests that come while it runs wait for the same run."""

    def __init__(self, do: Callable[[Progress], T]) -> None:
        self.progress: tuple[int, int] = (0, 0)
        self.outcome: JobOutcome[T] | None = None
        self._do = do
        self._start_lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ended_at = 0.0

    @property
    def is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Start the job unless it is running."""
        with self._start_lock:
            if not self.is_running:
                self.progress = (0, 0)
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the job ends, at most so many seconds; by default as long as a page may wait."""
        running = self._thread
        if running is not None:
            running.join(PATIENCE if seconds is None else seconds)

    def get_recent_outcome(self) -> JobOutcome[T] | None:
        """What came of it, done anew where that was too long ago.

        None while it is being done for the first time.
        """
        outcome = self.outcome
        if outcome is None or time.monotonic() - self._ended_at > max(
            MIN_FRESH_SECONDS, FRESH_FACTOR * outcome.seconds
        ):
            self.start()
            self.wait()
        return self.outcome

    def _run(self) -> None:
        began, at = time.monotonic(), now()
        result: T | None = None
        failure: Exception | None = None
        try:
            result = self._do(self._set_progress)
        except Exception as error:  # noqa: BLE001 - whoever asked is told in words
            failure = error
        self._ended_at = time.monotonic()
        self.outcome = JobOutcome(at, self._ended_at - began, result, failure)

    def _set_progress(self, steps_done: int, total: int) -> None:
        self.progress = (steps_done, total)


@dataclass(frozen=True)
class LetterPlan:
    """The notices that will be made, with their policy."""

    policy: Policy
    notices: list[PlannedNotice]


class BackgroundJobs:
    def __init__(self, office: Office) -> None:
        self.verification: BackgroundJob[Verification] = BackgroundJob(
            lambda tell: verify_office(office, on_progress=tell)
        )
        self.backup: BackgroundJob[Backup] = BackgroundJob(lambda tell: make_backup(office, on_progress=tell))
        self.letter_plan: BackgroundJob[LetterPlan] = BackgroundJob(lambda _: _plan_letters(office))


def _plan_letters(office: Office) -> LetterPlan:
    policy = load_policy(office)
    return LetterPlan(policy, plan_notices(office, policy, PLAN_DAYS))


# --- how the reminders are --------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReminderStatus:
    """What was found last. ``pulse``: None where nothing could be found out."""

    pulse: Pulse | None

    @property
    def is_well(self) -> bool:
        """Whether nobody has to look after the reminders."""
        return self.pulse is not None and self.pulse.is_well

    @property
    def word(self) -> str:
        """What is said of it: all is well, somebody has to look, or no morning has come yet."""
        health = self.pulse
        return "bad" if not self.is_well else "well" if health and health.swept else "never"

    @property
    def tone(self) -> str:
        """How it is shown."""
        return {"bad": "late", "well": "good", "never": "dim"}[self.word]


class ReminderMonitor:
    """The newest pulse of one office, read beside the pages so that it costs no reader anything."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.latest: ReminderStatus | None = None
        """What was found last; None before the first look."""

    @cached_property
    def _policy(self) -> Policy:
        return load_policy(self._office)

    def refresh(self) -> None:
        """Look anew."""
        try:
            self.latest = ReminderStatus(read_pulse(self._office, self._policy))
        except (DatabaseUnavailable, BadPolicy):
            self.latest = ReminderStatus(None)

    async def keep_refreshing(self) -> None:
        """Look again and again, as long as the pages are served."""
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                await anyio.to_thread.run_sync(self.refresh)
            except Exception:
                logger.exception("nothing could be found out about the reminders")
                self.latest = ReminderStatus(None)
