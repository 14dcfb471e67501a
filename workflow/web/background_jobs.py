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
from workflow.operations.backup import BackedUp, back_up
from workflow.operations.verify.verify import Verified, verify
from workflow.reminders.notices.preview import Planned, planned
from workflow.reminders.settings import policy_of

T = TypeVar("T")
Progress = Callable[[int, int], None]

PATIENCE = 2.0
"""Seconds that a page waits for what it has asked for: a small office sees it at once."""
AHEAD = 30
"""Days: as far as the plan of letters looks."""
FRESH, SHARE = 30.0, 20
"""Seconds that a plan holds at least; one that took long holds so many times as long, or it would be all that runs."""


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What came of an errand: its result, or what went wrong. ``took``: seconds."""

    at: datetime
    took: float
    result: T | None = None
    error: Exception | None = None


class Errand(Generic[T]):
    """One thing that takes long. Who asks while it is being done waits for the same."""

    def __init__(self, do: Callable[[Progress], T]) -> None:
        self.progress: tuple[int, int] = (0, 0)
        self.outcome: Outcome[T] | None = None
        self._do = do
        self._asking = threading.Lock()
        self._running: threading.Thread | None = None
        self._ended = 0.0

    @property
    def is_running(self) -> bool:
        """Whether it is being done now."""
        return self._running is not None and self._running.is_alive()

    def begin(self) -> None:
        """Have it done, unless it is being done already."""
        with self._asking:
            if not self.is_running:
                self.progress = (0, 0)
                self._running = threading.Thread(target=self._run, daemon=True)
                self._running.start()

    def wait(self, seconds: float | None = None) -> None:
        """Until it is done, or for so long; as long as a page waits, if nothing is said."""
        running = self._running
        if running is not None:
            running.join(PATIENCE if seconds is None else seconds)

    def lately(self) -> Outcome[T] | None:
        """What came of it, done anew where that was too long ago; None while it is being done for the first time."""
        held = self.outcome
        if held is None or time.monotonic() - self._ended > max(FRESH, SHARE * held.took):
            self.begin()
            self.wait()
        return self.outcome

    def _run(self) -> None:
        began, at = time.monotonic(), now()
        done: partial[Outcome[T]] = partial(Outcome, at)
        try:
            result = self._do(self._tell)
            outcome = done(took=time.monotonic() - began, result=result)
        except Exception as error:  # noqa: BLE001 - whoever asked is told in words
            outcome = done(took=time.monotonic() - began, error=error)
        self._ended = time.monotonic()
        self.outcome = outcome

    def _tell(self, done: int, total: int) -> None:
        self.progress = (done, total)


@dataclass(frozen=True)
class Ahead:
    """The notices that will be made, and the policy that makes them."""

    policy: Policy
    notices: list[Planned]


class Errands:
    """The errands of one office that is served."""

    def __init__(self, office: Office) -> None:
        self.verifying: Errand[Verified] = Errand(lambda tell: verify(office, on_progress=tell))
        self.backing_up: Errand[BackedUp] = Errand(lambda tell: back_up(office, on_progress=tell))
        self.planning: Errand[Ahead] = Errand(lambda _: _ahead(office))


def _ahead(office: Office) -> Ahead:
    policy = policy_of(office)
    return Ahead(policy, planned(office, policy, AHEAD))
