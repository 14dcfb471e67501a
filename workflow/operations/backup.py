"""A backup copies the whole database while the office is at work.

The office's key is not in it: whoever finds a backup reads no name, and whoever has lost the key reads none
either.
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

from states.errors import UserError
from workflow.core.clock import now
from workflow.office import Office
from workflow.storage.copies.sqlite_backup import copy_sqlite

FOLDER = "sao-luu"
STALE_SECONDS = 24 * 3600
"""No backup takes a day."""
CONNECT_SECONDS = 10
"""For a server that does not answer."""
SQLITE, POSTGRES, PARTIAL = ".db", ".dump", ".partial"
TOOL = "pg_dump"
LONGEST_ERROR = 300
"""Letters of what the database's tool had to say."""

BackupFault = Literal["no_tool", "tool", "spoilt"]


class NotBackedUp(UserError):
    """No new backup was made; older ones are untouched. ``text``: the tool's own words."""

    code = "not_backed_up"
    advice = "advice.not_backed_up"
    writes = False

    def __init__(self, why: BackupFault, text: str = "") -> None:
        super().__init__(f"{why}: {text}")
        self.why, self.text = why, text


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup: where it stands, its size in bytes, and when it was made."""

    file: Path
    size: int
    at: datetime


def make_backup(office: Office, *, on_progress: Callable[[int, int], None] | None = None) -> Backup:
    """Back up the database while others write; no older backup is overwritten.

    SQLite uses its online backup, PostgreSQL ``pg_dump``. Raises `NotBackedUp`, `DatabaseUnavailable`,
    `OSError`.
    """
    target, partial = _reserve_names(office)
    try:
        if office.database.is_sqlite:
            _copy_database(office, partial, on_progress)
        else:
            _dump_database(office, partial)
        partial.rename(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return _read_backup(target)


def list_backups(office: Office) -> list[Backup]:
    """The backups that stand in the folder, the newest first."""
    folder = _backup_folder(office)
    files = (
        [file for file in folder.glob("ketnap-*") if file.suffix in (SQLITE, POSTGRES)]
        if folder.is_dir()
        else []
    )
    return sorted(map(_read_backup, files), key=lambda backup: backup.at, reverse=True)


def _read_backup(file: Path) -> Backup:
    stat = file.stat()
    return Backup(file, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))


def _backup_folder(office: Office) -> Path:
    return office.config.folder / FOLDER


def _reserve_names(office: Office) -> tuple[Path, Path]:
    """A name that nothing has yet, and the file under which it is made.

    Ours alone, for nobody else to read.
    """
    folder = _backup_folder(office)
    folder.mkdir(exist_ok=True)
    _remove_leftovers(folder)
    ending = SQLITE if office.database.is_sqlite else POSTGRES
    for name in _candidate_names(now().astimezone(ZoneInfo(office.config.zone))):
        target, partial = folder / f"{name}{ending}", folder / f"{name}{PARTIAL}"
        try:
            os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            continue
        if not target.exists():
            return target, partial
        partial.unlink()
    raise AssertionError  # there is always another number


def _remove_leftovers(folder: Path) -> None:
    """Remove partial files of interrupted backups."""
    for leftover in folder.glob(f"ketnap-*{PARTIAL}"):
        with contextlib.suppress(
            OSError
        ):  # another backup has cleared it already, or still has it open (Windows)
            if leftover.stat().st_mtime < now().timestamp() - STALE_SECONDS:
                leftover.unlink()


def _candidate_names(at: datetime) -> Iterator[str]:
    name = f"ketnap-{at:%Y-%m-%d-%H%M%S}"
    yield name
    yield from (f"{name}-{n}" for n in count(2))


def _copy_database(office: Office, target: Path, on_progress: Callable[[int, int], None] | None) -> None:
    fault = copy_sqlite(office.database, target, on_progress)
    if fault is not None:
        raise NotBackedUp("spoilt", fault[:LONGEST_ERROR])


def _dump_database(office: Office, target: Path) -> None:
    tool = shutil.which(TOOL)
    if tool is None:
        raise NotBackedUp("no_tool")
    url = office.database.url
    # The password goes by the environment: everybody on the machine may read how a program was called.
    url_without_password = url._replace(drivername="postgresql", password=None).render_as_string(
        hide_password=False
    )
    timeout = {"PGCONNECT_TIMEOUT": str(CONNECT_SECONDS)}
    environment = {**os.environ, **timeout, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    command = [
        tool,
        "--format=custom",
        "--no-password",
        f"--file={target}",
        f"--dbname={url_without_password}",
    ]
    result = subprocess.run(  # noqa: S603 - pg_dump, with arguments of ours
        command, env=environment, check=False, capture_output=True, text=True, errors="replace"
    )
    if result.returncode:
        raise NotBackedUp("tool", " ".join(result.stderr.split())[:LONGEST_ERROR])
