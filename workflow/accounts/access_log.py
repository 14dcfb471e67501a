"""The access log says who looked at what is kept of whom.

It stands beside the history, which is about cases.
"""

import logging
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow.accounts import access_log_queries as store
from workflow.accounts.secret_tokens import to_instant, to_seconds
from workflow.accounts.sessions import CredentialUse, write_use
from workflow.office import Office
from workflow.storage.engine import DatabaseUnavailable

WRITE_EVERY = 1.0
"""Seconds that a look waits at the most for others to be written with."""
ROWS_PER_WRITE = 200
MAX_WAITING = 20_000
"""Looks that wait while the database is away: an hour of a busy office, some megabytes."""
MAX_ID_LENGTH = 100

logger = logging.getLogger("ketnap")


@dataclass(frozen=True, slots=True)
class LoggedAccess:
    """``user`` looked at ``subject`` (a case, a person, a unit); ``what``: the kind of page."""

    at: datetime
    user: str
    what: str
    subject: str


@dataclass(frozen=True, slots=True)
class AccessPage:
    """A page of the access log, newest first, and the total number of rows."""

    looks: tuple[LoggedAccess, ...]
    total: int


class AccessLog:
    """Writes accesses in the background: `log_access` does not wait for the database.

    It also records the use of sessions and tokens, so reading a page needs no write. Rows are in the database
    within a second, or once 200 wait; a crash loses at most that second, and `close` loses nothing. While the
    database is away, up to `MOST` rows wait; then the oldest are given up and counted in ``dropped``.
    """

    def __init__(self, office: Office) -> None:
        self.dropped = 0
        self._office = office
        self._waiting = deque[dict[str, Any]]()
        self._uses: dict[str, CredentialUse] = {}
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="looks", daemon=True)
        self._thread.start()

    def log_access(self, user: str, what: str, subject: str, at: int | None = None) -> None:
        """Record that a user looked at something, now or at ``at``."""
        row = {
            "at": to_seconds(at),
            "user_id": _clean_id(user),
            "what": _clean_id(what),
            "subject": _clean_id(subject),
        }
        with self._changed:
            self._waiting.append(row)
            self._drop_oldest()
            if len(self._waiting) in (1, ROWS_PER_WRITE):
                self._changed.notify()

    def log_use(self, use: CredentialUse) -> None:
        with self._changed:
            self._uses[use.id] = use
            self._changed.notify()

    def flush(self) -> None:
        """Write everything recorded so far. Raises `DatabaseUnavailable`; the rows then wait on."""
        with self._writing:
            self._write_uses()
            while batch := self._take_batch():
                try:
                    with self._office.database.transaction() as work:
                        store.add_looks(work, batch)
                except BaseException:
                    self._put_back(batch)
                    raise

    def _write_uses(self) -> None:
        with self._changed:
            uses, self._uses = self._uses, {}
        if not uses:
            return
        try:
            with self._office.database.transaction() as work:
                for use in uses.values():
                    write_use(work, use)
        except BaseException:
            with self._changed:
                self._uses = uses | self._uses
            raise

    def close(self) -> None:
        """Write everything recorded so far and stop. What cannot be written now is lost and counted."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        try:
            self.flush()
        except DatabaseUnavailable:
            with self._changed:
                self.dropped += len(self._waiting)
                self._waiting.clear()

    def _run(self) -> None:
        while not self._closed:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._uses or self._closed)
                self._changed.wait_for(
                    lambda: len(self._waiting) >= ROWS_PER_WRITE or self._closed, WRITE_EVERY
                )
            try:
                self.flush()
            except DatabaseUnavailable:
                self._wait_a_second()
            except Exception:
                logger.exception("looks could not be written; they wait")
                self._wait_a_second()

    def _wait_a_second(self) -> None:
        """The database is away: a second until it is tried again, however many wait."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed, WRITE_EVERY)

    def _take_batch(self) -> list[dict[str, Any]]:
        with self._changed:
            return [self._waiting.popleft() for _ in range(min(ROWS_PER_WRITE, len(self._waiting)))]

    def _put_back(self, batch: list[dict[str, Any]]) -> None:
        with self._changed:
            self._waiting.extendleft(reversed(batch))
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        while len(self._waiting) > MAX_WAITING:
            self._waiting.popleft()
            self.dropped += 1


def _clean_id(text: str) -> str:
    """An id that every database accepts, so that one hostile id does not block all other rows."""
    return "".join(letter for letter in text if letter.isprintable())[:MAX_ID_LENGTH]


def list_accesses(
    office: Office,
    *,
    subject: str | Iterable[str] | None = None,
    user: str | None = None,
    units: Iterable[str] | None = None,
    limit: int = 50,
    offset: int = 0,
) -> AccessPage:
    """The access log, newest first: of one subject (or several), of one user, or of some units."""
    subjects = [subject] if isinstance(subject, str) else subject
    with office.database.read_transaction() as connection:
        rows, total = store.list_looks(
            connection, subjects=subjects, user=user, units=units, limit=limit, offset=offset
        )
    return AccessPage(
        tuple(LoggedAccess(to_instant(row.at), row.user_id, row.what, row.subject) for row in rows), total
    )
