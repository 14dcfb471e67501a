"""A backup while the office is at work: the whole database as it stands, into a folder beside the config.

The office's key is not in it: whoever finds a backup reads no name, and whoever has lost the key reads none either.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from workflow.core.clock import now
from workflow.office import Office
from workflow.storage.sqlite_backup import copy_sqlite

FOLDER = "sao-luu"
STALE_SECONDS = 24 * 3600
"""No backup takes a day."""
PATIENCE_SECONDS = 10
"""For a server that does not answer."""
SQLITE, POSTGRES, PARTIAL = ".db", ".dump", ".partial"
TOOL = "pg_dump"
LONGEST = 300
"""Letters of what the database's tool had to say."""

Why = Literal["no_tool", "tool", "spoilt"]


class NotBackedUp(Exception):
    """There is no new backup, and the older ones stand as they were. ``text``: in the tool's own words."""

    def __init__(self, why: Why, text: str = "") -> None:
        super().__init__(f"{why}: {text}")
        self.why, self.text = why, text


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup: where it stands, its size in bytes, and when it was made."""

    file: Path
    size: int
    at: datetime


def back_up(office: Office, *, on_progress: Callable[[int, int], None] | None = None) -> BackedUp:
    """Back the database up as it stands; nobody is held up, and no older backup is written over.

    SQLite by its online backup, PostgreSQL by ``pg_dump``. Raises `NotBackedUp`, `DatabaseAway`, `OSError`.
    """
    target, partial = _reserved(office)
    try:
        if office.database.is_sqlite:
            _copy(office, partial, on_progress)
        else:
            _dump(office, partial)
        partial.rename(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return _standing(target)


def backups(office: Office) -> list[BackedUp]:
    """The backups that stand in the folder, the newest first."""
    folder = _folder(office)
    files = [file for file in folder.glob("ketnap-*") if file.suffix in (SQLITE, POSTGRES)] if folder.is_dir() else []
    return sorted(map(_standing, files), key=lambda one: one.at, reverse=True)


def _standing(file: Path) -> BackedUp:
    known = file.stat()
    return BackedUp(file, known.st_size, datetime.fromtimestamp(known.st_mtime, UTC))


def _folder(office: Office) -> Path:
    return office.config.folder / FOLDER


def _reserved(office: Office) -> tuple[Path, Path]:
    """A name that nothing has yet, and the file under which it is made: ours alone, for nobody else to read."""
    folder = _folder(office)
    folder.mkdir(exist_ok=True)
    _clear(folder)
    ending = SQLITE if office.database.is_sqlite else POSTGRES
    for name in _names(now().astimezone(ZoneInfo(office.config.zone))):
        target, partial = folder / f"{name}{ending}", folder / f"{name}{PARTIAL}"
        try:
            os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            continue
        if not target.exists():
            return target, partial
        partial.unlink()
    raise AssertionError  # there is always another number


def _clear(folder: Path) -> None:
    """Take out what a machine that went off in the middle of a backup has left."""
    for left in folder.glob(f"ketnap-*{PARTIAL}"):
        with contextlib.suppress(OSError):  # another backup has cleared it already, or still has it open (Windows)
            if left.stat().st_mtime < now().timestamp() - STALE_SECONDS:
                left.unlink()


def _names(at: datetime) -> Iterator[str]:
    name = f"ketnap-{at:%Y-%m-%d-%H%M%S}"
    yield name
    yield from (f"{name}-{n}" for n in count(2))


def _copy(office: Office, target: Path, on_progress: Callable[[int, int], None] | None) -> None:
    amiss = copy_sqlite(office.database, target, on_progress)
    if amiss is not None:
        raise NotBackedUp("spoilt", amiss[:LONGEST])


def _dump(office: Office, target: Path) -> None:
    tool = shutil.which(TOOL)
    if tool is None:
        raise NotBackedUp("no_tool")
    url = office.database.url
    # The password goes by the environment: everybody on the machine may read how a program was called.
    plain = url._replace(drivername="postgresql", password=None).render_as_string(hide_password=False)
    waits = {"PGCONNECT_TIMEOUT": str(PATIENCE_SECONDS)}
    environment = {**os.environ, **waits, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    asked = [tool, "--format=custom", "--no-password", f"--file={target}", f"--dbname={plain}"]
    done = subprocess.run(asked, env=environment, check=False, capture_output=True, text=True, errors="replace")  # noqa: S603
    if done.returncode:
        raise NotBackedUp("tool", " ".join(done.stderr.split())[:LONGEST])
