"""A database that is set aside is looked at in a copy."""

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from workflow.storage.errors import DatabaseUnavailable, TranslatedErrors

LOGS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database: laid beside another one, it would be played into that."""
SHARED_FIRST, SHARED_COUNT = 0x40000002, 510
"""The bytes of a database file that everybody who has it open holds a lock on (SQLite's file format)."""


class EventSince(NamedTuple):
    """An event that one database has and another has not; ``body``: its canonical JSON."""

    n: int
    case_id: str | None
    body: bytes


class NoticeKey(NamedTuple):
    """By which a notice is known in every copy of the database."""

    subject: str
    clock: str
    instance: str
    step: str
    due: str
    user_id: str


@contextmanager
def hold_alone(file: Path) -> Iterator[None]:
    """Keep everybody else out of a database's file. Raises `DatabaseUnavailable` (``busy``) if it is in use.

    Windows does so by itself: a file that is open cannot be renamed.
    """
    if sys.platform == "win32" or not file.is_file():
        yield
        return
    import fcntl

    with file.open("r+b") as database:
        try:
            fcntl.lockf(database, fcntl.LOCK_EX | fcntl.LOCK_NB, SHARED_COUNT, SHARED_FIRST)
        except OSError as error:
            raise DatabaseUnavailable(str(file), "busy") from error
        yield


def copy_files(file: Path, into: Path) -> Path:
    """Copy a database that may be broken, with what stands beside it, so that it is looked at elsewhere."""
    for name in ("", *LOGS):
        source = file.with_name(file.name + name)
        if source.is_file():
            shutil.copyfile(source, into / source.name)
    return into / file.name


def list_events_since(old: Path, restored: Path) -> list[EventSince]:
    """The events of an old database from the first on that a restored one does not have as it is.

    Raises `DatabaseUnavailable` where the old one cannot be read.
    """
    query = (
        "SELECT n, case_id, body FROM events WHERE n >= (SELECT coalesce(min(events.n), 0) FROM events"
        " LEFT JOIN restored.events AS other ON other.n = events.n"
        " WHERE other.hash IS NULL OR other.hash <> events.hash)"
        " AND EXISTS (SELECT 1 FROM events LEFT JOIN restored.events AS other ON other.n = events.n"
        " WHERE other.hash IS NULL OR other.hash <> events.hash) ORDER BY n"
    )
    with TranslatedErrors(), closing(sqlite3.connect(old)) as connection:
        connection.execute("ATTACH ? AS restored", (str(restored),))
        return [EventSince(*row) for row in connection.execute(query)]


def list_sent_letters(file: Path) -> list[str]:
    """The letters that went out. Raises `DatabaseUnavailable`."""
    with TranslatedErrors(), closing(sqlite3.connect(file)) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM letters WHERE state = 'sent'")]


def list_told_keys(file: Path) -> list[NoticeKey]:
    """The notices that stand in letters which went out. Raises `DatabaseUnavailable`."""
    query = (
        "SELECT subject, clock, instance, step, due, notices.user_id FROM notices JOIN letters"
        " ON letters.id = notices.letter_id WHERE letters.state = 'sent' AND notices.state = 'told'"
    )
    with TranslatedErrors(), closing(sqlite3.connect(file)) as connection:
        return [NoticeKey(*row) for row in connection.execute(query)]
