"""A backup holds the whole office in one encrypted file.

It opens with the printed recovery key; with this machine's own key too, for the try of every night.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from states.errors import UserError
from workflow.core.backup_keys import list_recipients
from workflow.core.clock import now
from workflow.core.files import replace_file, sync_folder
from workflow.office import Office
from workflow.operations.archive.archive_file import ArchiveSource, FileChanged, write_archive
from workflow.operations.archive.manifest import CONFIG, DATABASE, FORMAT, Manifest
from workflow.operations.archive.office_files import OfficeFiles, collect_office_files
from workflow.reminders.told_before import BACKUP_FOLDER
from workflow.storage.copies.postgres_copy import copy_to_file
from workflow.storage.copies.sqlite_backup import copy_sqlite, read_copy_head

FOLDER = BACKUP_FOLDER
STALE_SECONDS = 24 * 3600
"""No backup takes a day."""
ENDING, PARTIAL, COPY = ".tar.age", ".partial", ".db.partial"
LONGEST_ERROR = 300
"""Letters of what the database had to say."""
ATTEMPTS = 5
"""So often a backup is begun anew because a file was changed meanwhile."""

BackupFault = Literal["spoilt", "changed"]
Progress = Callable[[int, int], None]


class NotBackedUp(UserError):
    """No new backup was made; older ones are untouched. ``text``: what the database said, or which file."""

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


def make_backup(office: Office, *, to: Path | None = None, on_progress: Progress | None = None) -> Backup:
    """Back up the whole office while others write; no older backup is overwritten.

    ``to``: a folder; by default the one beside config.yaml. Raises `NotBackedUp`, `DatabaseUnavailable`,
    `OSError`.
    """
    folder = to or backup_folder(office)
    folder.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(folder)
    target, partial = _reserve_names(folder, office.config.zone)
    copy = partial.with_name(f"{partial.name.removesuffix(PARTIAL)}{COPY}")
    try:
        _make_private(copy)
        began = now()  # what is told from here on is not in the backup, or is there and does no harm
        _copy_database(office, copy, on_progress)
        _write_office(office, partial, copy, began, on_progress)
        replace_file(partial, target)
        sync_folder(folder)
    finally:
        for leftover in (partial, copy, copy.with_name(f"{copy.name}-journal")):
            with contextlib.suppress(OSError):
                leftover.unlink(missing_ok=True)
    return _read_backup(target)


def list_backups(office: Office) -> list[Backup]:
    """The backups that stand in the folder, the newest first."""
    return list_backups_in(backup_folder(office))


def list_backups_in(folder: Path) -> list[Backup]:
    """The backups of a folder, the newest first."""
    backups = []
    for file in folder.glob(f"ketnap-*{ENDING}"):
        with contextlib.suppress(FileNotFoundError):  # it was removed meanwhile
            backups.append(_read_backup(file))
    return sorted(backups, key=lambda backup: (backup.at, backup.file.name), reverse=True)


def _read_backup(file: Path) -> Backup:
    stat = file.stat()
    return Backup(file, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))


def backup_folder(office: Office) -> Path:
    """Where the office's backups stand."""
    return office.config.folder / FOLDER


def _reserve_names(folder: Path, zone: str) -> tuple[Path, Path]:
    """A name that nothing has yet, and the file under which it is made.

    Ours alone, for nobody else to read.
    """
    for name in _candidate_names(now().astimezone(ZoneInfo(zone))):
        target, partial = folder / f"{name}{ENDING}", folder / f"{name}{PARTIAL}"
        try:
            _make_private(partial)
        except FileExistsError:
            continue
        if not target.exists():
            return target, partial
        partial.unlink()
    raise AssertionError  # there is always another number


def _make_private(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _remove_leftovers(folder: Path) -> None:
    """Remove partial files of interrupted backups."""
    for leftover in folder.glob(f"ketnap-*{PARTIAL}*"):
        with contextlib.suppress(
            OSError
        ):  # another backup has cleared it already, or still has it open (Windows)
            if leftover.stat().st_mtime < now().timestamp() - STALE_SECONDS:
                leftover.unlink()


def _candidate_names(at: datetime) -> Iterator[str]:
    name = f"ketnap-{at:%Y-%m-%d-%H%M%S}"
    yield name
    yield from (f"{name}-{n}" for n in count(2))


def _copy_database(office: Office, target: Path, on_progress: Progress | None) -> None:
    if not office.database.is_sqlite:
        copy_to_file(office.database, target, on_progress)
        return
    fault = copy_sqlite(office.database, target, on_progress)
    if fault is not None:
        raise NotBackedUp("spoilt", fault[:LONGEST_ERROR])


def _write_office(
    office: Office, partial: Path, copy: Path, began: datetime, on_progress: Progress | None
) -> None:
    """The copy of the database and the office's other files, as they stand together."""
    for attempt in range(1, ATTEMPTS + 1):
        files = collect_office_files(office.config)
        sources = [
            ArchiveSource(DATABASE, copy),
            ArchiveSource(CONFIG, files.config),
            *(ArchiveSource(name, path) for name, path in files.paths.items()),
        ]
        try:
            with partial.open("r+b") as target:
                target.truncate()
                recipients = list_recipients(office.config.folder)
                manifest = _describe_office(copy, files, began)
                write_archive(target, manifest, sources, recipients, on_progress)
        except FileChanged as changed:
            if attempt == ATTEMPTS:
                raise NotBackedUp("changed", str(changed)) from changed
        else:
            return


def _describe_office(copy: Path, files: OfficeFiles, began: datetime) -> Manifest:
    head = read_copy_head(copy)
    return Manifest(
        format=FORMAT,
        program=version("ketnap"),
        tables=head.tables,
        office=head.office,
        key_check=head.key_check.hex(),
        events=head.events,
        seal=head.hash.hex(),
        made_at=began,
        database=DATABASE,
        key=files.key,
    )
