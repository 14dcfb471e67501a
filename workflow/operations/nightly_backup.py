"""Every night a backup is made, tried and copied elsewhere.

Only after a good one are old ones removed: what is there stays while something is wrong.
"""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from states.errors import UserError
from workflow.core.backup_keys import load_machine_key
from workflow.core.clock import now
from workflow.core.files import replace_file, sync_folder
from workflow.office import Office
from workflow.operations.archive.archive_file import BadArchive
from workflow.operations.archive.try_backup import try_backup
from workflow.operations.backup import Backup, list_backups, list_backups_in, make_backup
from workflow.reminders.backup_health import NightlyResult, record_backup
from workflow.reminders.stop import GoesOn, always
from workflow.reminders.told_before import BACKUP_FOLDER, SENT_LEDGER

DAYS = 30
"""Of so many days backups are kept: the newest days of which there are any."""
SECOND_PARTIAL = ".partial"


class BackupStopped(Exception):
    """The worker was told to stop; the backup is made when it is back."""


def run_nightly_backup(office: Office, goes_on: GoesOn = always) -> NightlyResult:
    """Make a backup, try it, copy it, and remove those of days long past; none where ``goes_on`` ends.

    Raises `DatabaseUnavailable`.
    """

    def check_stop(_done: int, _total: int) -> None:
        if not goes_on():
            raise BackupStopped

    at = now()
    try:
        backup = make_backup(office, on_progress=check_stop)
        trial = try_backup(backup.file, load_machine_key(office.config.folder), on_progress=check_stop)
    except BackupStopped:
        return NightlyResult()
    except (UserError, OSError) as problem:
        record_backup(office, "failed", at=at)
        return NightlyResult(problem=problem, second=_copy_and_record(office))
    if not trial.holds:
        record_backup(office, "made", "failed", at=at)
        return NightlyResult(backup.file, problem=BadArchive("broken_record", backup.file.name))
    record_backup(office, "made", "held", at=at)
    second = _copy_and_record(office)
    remove_old_backups(list_backups(office), office.config.zone)
    return NightlyResult(backup.file, held=True, second=second)


def remove_old_backups(backups: Sequence[Backup], zone: str) -> None:
    """Remove the backups of days before the newest thirty."""

    def day_of(backup: Backup) -> date:
        return backup.at.astimezone(ZoneInfo(zone)).date()

    days = sorted({day_of(backup) for backup in backups}, reverse=True)[:DAYS]
    for backup in backups:
        if day_of(backup) not in days:
            with contextlib.suppress(OSError):  # open elsewhere (Windows): next night
                backup.file.unlink()


def _copy_and_record(office: Office) -> Literal["none", "done", "away"]:
    """Bring the second place up to what is here, and store that it is."""
    if not office.config.backup.second:
        return "none"
    at = now()
    try:
        copy_to_second(office)
    except OSError:
        return "away"
    record_backup(office, "second", at=at)
    return "done"


def copy_to_second(office: Office) -> int:
    """Copy the backups that the second place lacks, the newest first; how many it were.

    A folder that is not there is not made: it would be an empty one beside a disk that is away. Raises
    `OSError`.
    """
    second = office.config.folder / office.config.backup.second
    if not second.is_dir():
        raise FileNotFoundError(2, "", str(second))
    there = {backup.file.name: backup.size for backup in list_backups_in(second)}
    missing = [backup for backup in list_backups(office) if there.get(backup.file.name) != backup.size]
    for backup in missing:
        _copy_file(backup.file, second / backup.file.name)
    for backup_note in _notes(office):
        _copy_file(backup_note, second / backup_note.name)
    remove_old_backups(list_backups_in(second), office.config.zone)
    return len(missing)


def _notes(office: Office) -> list[Path]:
    """What stands beside the backups: the letters that went out."""
    note = office.config.folder / BACKUP_FOLDER / SENT_LEDGER
    return [note] if note.is_file() else []


def _copy_file(source: Path, target: Path) -> None:
    """Copy a file under a partial name, read it back, and only then give it its own."""
    partial = target.with_name(f"{target.name}{SECOND_PARTIAL}")
    try:
        with source.open("rb") as read, partial.open("wb") as write:
            shutil.copyfileobj(read, write)
            write.flush()
            os.fsync(write.fileno())
        shutil.copystat(source, partial)
        if _hash_file(source) != _hash_file(partial):
            raise OSError(5, "", str(target))
        replace_file(partial, target)
        sync_folder(target.parent)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def _hash_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
