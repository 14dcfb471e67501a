"""The log of looks: who looked at what is kept of whom. It stands beside the history, which is about cases."""

import logging
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow.accounts import access_log_queries as store
from workflow.accounts.secret_tokens import instant, seconds
from workflow.accounts.sessions import Use, write_use
from workflow.office import Office
from workflow.storage.engine import DatabaseAway

EVERY = 1.0
"""Seconds that a look waits at the most for others to be written with."""
TOGETHER = 200
MOST = 20_000
"""Looks that wait while the database is away: an hour of a busy office, some megabytes."""
LONGEST = 100

logger = logging.getLogger("ketnap")


@dataclass(frozen=True, slots=True)
class Look:
    """``user`` looked at ``subject`` (a case, a person, a unit); ``what``: the kind of page."""

    at: datetime
    user: str
    what: str
    subject: str


@dataclass(frozen=True, slots=True)
class LookPage:
    """Some looks, the newest first, of so many in all."""

    rows: tuple[Look, ...]
    total: int


class Looks:
    """The log, open for writing: `note` costs no write; one thread writes what was noted, together.

    Beside looks it takes down when sessions and tokens were used: nobody who reads waits for those who write.

    What is noted is in the database within a second, or once 200 wait. A crash loses what was noted in the second
    before it, and no more; a process that ends as it should calls `close` and loses nothing. While the database is away
    looks wait, `MOST` of them; then the oldest are given up, and counted in ``dropped``.
    """

    def __init__(self, office: Office) -> None:
        self.dropped = 0
        self._office = office
        self._waiting = deque[dict[str, Any]]()
        self._uses: dict[str, Use] = {}
        self._noted = threading.Condition()
        self._writing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="looks", daemon=True)
        self._thread.start()

    def note(self, user: str, what: str, subject: str, at: int | None = None) -> None:
        """A user looks at something now, or did at ``at``."""
        row = {"at": seconds(at), "user_id": _fit(user), "what": _fit(what), "subject": _fit(subject)}
        with self._noted:
            self._waiting.append(row)
            self._give_up()
            if len(self._waiting) in (1, TOGETHER):
                self._noted.notify()

    def used(self, use: Use) -> None:
        """A session or token is used."""
        with self._noted:
            self._uses[use.id] = use
            self._noted.notify()

    def flush(self) -> None:
        """Write what was noted until now. Raises `DatabaseAway`; it waits on then."""
        with self._writing:
            self._write_uses()
            while some := self._taken():
                try:
                    with self._office.database.transaction() as work:
                        store.add(work, some)
                except BaseException:
                    self._put_back(some)
                    raise

    def _write_uses(self) -> None:
        with self._noted:
            uses, self._uses = self._uses, {}
        if not uses:
            return
        try:
            with self._office.database.transaction() as work:
                for use in uses.values():
                    write_use(work, use)
        except BaseException:
            with self._noted:
                self._uses = uses | self._uses
            raise

    def close(self) -> None:
        """Write what was noted, and stop. What cannot be written now is lost, and counted."""
        with self._noted:
            self._closed = True
            self._noted.notify()
        self._thread.join()
        try:
            self.flush()
        except DatabaseAway:
            with self._noted:
                self.dropped += len(self._waiting)
                self._waiting.clear()

    def _run(self) -> None:
        while not self._closed:
            with self._noted:
                self._noted.wait_for(lambda: self._waiting or self._uses or self._closed)
                self._noted.wait_for(lambda: len(self._waiting) >= TOGETHER or self._closed, EVERY)
            try:
                self.flush()
            except DatabaseAway:
                self._rest()
            except Exception:
                logger.exception("looks could not be written; they wait")
                self._rest()

    def _rest(self) -> None:
        """The database is away: a second until it is tried again, however many wait."""
        with self._noted:
            self._noted.wait_for(lambda: self._closed, EVERY)

    def _taken(self) -> list[dict[str, Any]]:
        with self._noted:
            return [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]

    def _put_back(self, some: list[dict[str, Any]]) -> None:
        with self._noted:
            self._waiting.extendleft(reversed(some))
            self._give_up()

    def _give_up(self) -> None:
        while len(self._waiting) > MOST:
            self._waiting.popleft()
            self.dropped += 1


def _fit(text: str) -> str:
    """An id as every database takes it; one hostile look shall not hold up all others."""
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST]


def look_list(
    office: Office, *, subject: str | Iterable[str] | None = None, user: str | None = None,
    units: Iterable[str] | None = None, limit: int = 50, offset: int = 0,
) -> LookPage:  # fmt: skip
    """Looks, the newest first: at one subject (or several), of one user, at what is in some units."""
    subjects = [subject] if isinstance(subject, str) else subject
    with office.database.reading() as connection:
        rows, total = store.page(connection, subjects=subjects, user=user, units=units, limit=limit, offset=offset)
    return LookPage(tuple(Look(instant(row.at), row.user_id, row.what, row.subject) for row in rows), total)
