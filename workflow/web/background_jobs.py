"""What takes long and is asked for at the pages: done once at a time beside them, while they go on being answered."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Generic, TypeVar

from notifications.policy import Policy
from workflow.core.clock import now
from workflow.office import Office
from workflow.operations.backup import Backup, make_backup
from workflow.operations.verify.verify import Verification, verify_office
from workflow.reminders.notices.preview import PlannedNotice, plan_notices
from workflow.reminders.settings import load_policy

T = TypeVar("T")
Progress = Callable[[int, int], None]

PATIENCE = 2.0
"""Seconds that a page waits for what it has asked for: a small office sees it at once."""
PLAN_DAYS = 30
"""Days: as far as the plan of letters looks."""
MIN_FRESH_SECONDS, FRESH_FACTOR = 30.0, 20
"""Seconds that a plan holds at least; one that took long holds so many times as long, or it would be all that runs."""


@dataclass(frozen=True)
class JobOutcome(Generic[T]):
    """What came of an errand: its result, or what went wrong. ``took``: seconds."""

    at: datetime
    seconds: float
    result: T | None = None
    error: Exception | None = None


class BackgroundJob(Generic[T]):
    """One thing that takes long. Who asks while it is being done waits for the same."""

    def __init__(self, do: Callable[[Progress], T]) -> None:
        self.progress: tuple[int, int] = (0, 0)
        self.outcome: JobOutcome[T] | None = None
        self._do = do
        self._start_lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ended_at = 0.0

    @property
    def is_running(self) -> bool:
        """Whether it is being done now."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Have it done, unless it is being done already."""
        with self._start_lock:
            if not self.is_running:
                self.progress = (0, 0)
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Until it is done, or for so long; as long as a page waits, if nothing is said."""
        running = self._thread
        if running is not None:
            running.join(PATIENCE if seconds is None else seconds)

    def get_recent_outcome(self) -> JobOutcome[T] | None:
        """What came of it, done anew where that was too long ago; None while it is being done for the first time."""
        outcome = self.outcome
        if outcome is None or time.monotonic() - self._ended_at > max(
            MIN_FRESH_SECONDS, FRESH_FACTOR * outcome.seconds
        ):
            self.start()
            self.wait()
        return self.outcome

    def _run(self) -> None:
        began, at = time.monotonic(), now()
        make_outcome: partial[JobOutcome[T]] = partial(JobOutcome, at)
        try:
            result = self._do(self._set_progress)
            outcome = make_outcome(seconds=time.monotonic() - began, result=result)
        except Exception as error:  # noqa: BLE001 - whoever asked is told in words
            outcome = make_outcome(seconds=time.monotonic() - began, error=error)
        self._ended_at = time.monotonic()
        self.outcome = outcome

    def _set_progress(self, steps_done: int, total: int) -> None:
        self.progress = (steps_done, total)


@dataclass(frozen=True)
class LetterPlan:
    """The notices that will be made, and the policy that makes them."""

    policy: Policy
    notices: list[PlannedNotice]


class BackgroundJobs:
    """The errands of one office that is served."""

    def __init__(self, office: Office) -> None:
        self.verification: BackgroundJob[Verification] = BackgroundJob(
            lambda tell: verify_office(office, on_progress=tell)
        )
        self.backup: BackgroundJob[Backup] = BackgroundJob(lambda tell: make_backup(office, on_progress=tell))
        self.letter_plan: BackgroundJob[LetterPlan] = BackgroundJob(lambda _: _plan_letters(office))


def _plan_letters(office: Office) -> LetterPlan:
    policy = load_policy(office)
    return LetterPlan(policy, plan_notices(office, policy, PLAN_DAYS))
