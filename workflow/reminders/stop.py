"""A stop is requested once, and running work checks for it.

It raises nothing into running code: a transaction ends, a letter is marked, then the process ends. What does
not end by itself is ended by force, as in a power failure.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue

PATIENCE_SECONDS = 4.0
"""So long a mail server may still answer; then it is hung up on."""
LONGEST_SECONDS = 8.0
"""So long a process runs on at most. Whoever started it would kill it after 10 s (Docker) or 90 s
(systemd)."""

GoesOn = Callable[[], bool]
"""Asked between two steps of work: whether there is to be another."""


def always() -> bool:
    """Nothing stops the work."""
    return True


class Stop:
    """A request that the process stops, made by a signal or when other work ends."""

    def __init__(self) -> None:
        self.reason: Exception | None = None
        """What made it end, where that was not a signal."""
        self._asked_at: float | None = None
        self._by_signal = False
        self._wakes: SimpleQueue[None] = SimpleQueue()

    def ask(self, *from_signal: object) -> None:
        """Request the stop; also as a signal handler.

        A handler may interrupt this very method: an Event would block on its own lock, this queue does not.
        """
        if self._asked_at is None:
            self._by_signal, self._asked_at = bool(from_signal), time.monotonic()
        self._wakes.put(None)

    def ask_because(self, reason: Exception) -> None:
        """Request the stop for a reason that whoever started the process is told."""
        self.reason = self.reason or reason
        self.ask()

    def raise_reason(self) -> None:
        """Raise the reason, if the stop had one."""
        if self.reason is not None:
            raise self.reason

    @property
    def is_asked(self) -> bool:
        """Whether it was asked for."""
        return self._asked_at is not None

    @property
    def patience(self) -> float:
        """Seconds for which a mail server may still answer."""
        return PATIENCE_SECONDS - (time.monotonic() - self._asked_at) if self._asked_at is not None else 0.0

    def wait(self) -> None:
        """Return when it is asked for."""
        while not self.is_asked:
            with suppress(Empty):
                self._wakes.get(timeout=0.5)  # on Windows no signal ends a wait for a lock

    def listen(self) -> None:
        """Let Ctrl-C and SIGTERM request the stop, and make sure that the process ends soon after."""
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, self.ask)
        threading.Thread(target=self._force_the_end, name="stop", daemon=True).start()

    def _force_the_end(self) -> None:
        """End the process although a database, a name server or a page still runs; it is rolled back."""
        self.wait()
        time.sleep(LONGEST_SECONDS)
        os._exit(0 if self._by_signal else 1)
