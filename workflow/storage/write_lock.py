"""The write lock lets processes write one after another.

The lock is the operating system's own, so it is let go however a process ends.
"""

import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import IO

from workflow.storage.errors import DatabaseUnavailable, classify_error

BUSY_SECONDS = 30
POLL_SECONDS = 0.002

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(file: IO[str]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


class WriteLock:
    """A lock between writing processes: SQLite's own waiting starves some of them for seconds.

    ``with lock:`` holds it. Raises `DatabaseUnavailable` if it is not free within ``seconds``, or if nothing
    may be written.
    """

    def __init__(self, database: Path, seconds: float | None = None) -> None:
        self.seconds = BUSY_SECONDS if seconds is None else seconds
        self.path = database.with_name(database.name + ".lock")
        self._threads = threading.Lock()
        self._file: IO[str] | None = None

    def __enter__(self) -> None:
        if not self._threads.acquire(timeout=self.seconds):
            raise DatabaseUnavailable(str(self.path), "busy")
        try:
            self._acquire()
        except BaseException:
            self._threads.release()
            raise

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            if self._file is not None:
                _unlock(self._file)
        finally:
            self._threads.release()

    def _acquire(self) -> None:
        if self._file is None:
            self._file = self._open_file()
        until = time.monotonic() + self.seconds
        while True:
            try:
                return _lock(self._file)
            except OSError as error:
                if time.monotonic() > until:
                    raise DatabaseUnavailable(str(self.path), "busy") from error
                time.sleep(POLL_SECONDS)

    def _open_file(self) -> IO[str]:
        try:
            return self.path.open("a", encoding="ascii")
        except OSError as error:
            raise classify_error(error) from error

    def close(self) -> None:
        """Close the lock file."""
        if self._file is not None:
            self._file.close()
            self._file = None
