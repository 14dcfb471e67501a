"""An office is restored, and verified before it takes its place.

What stands there is set aside, never written over; killed anywhere, the office is the old one or the new one.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from workflow.core.backup_keys import RECOVERY_FILE, find_recovery_key
from workflow.core.clock import now
from workflow.core.config import read_config
from workflow.core.crypto import Vault
from workflow.operations.archive.archive_file import Progress, read_archive
from workflow.operations.archive.check_archive import verify_unpacked
from workflow.operations.archive.manifest import CONFIG, DATABASE, Manifest
from workflow.operations.archive.office_files import replace_config_values
from workflow.operations.backup import FOLDER
from workflow.operations.restore.old_office import LostEvent, OldOffice
from workflow.operations.restore.set_aside import name_schema
from workflow.operations.restore.switch import (
    ASIDE,
    NotRestored,
    SwitchJournal,
    begin_switch,
    finish_switch,
    restore_lock,
    scratch_folder,
)
from workflow.reminders.told_before import add_told_before, read_sent_letters
from workflow.storage.copies.postgres_copy import (
    check_alone,
    drop_staging,
    has_tables,
    load_staging,
    read_head,
)
from workflow.storage.copies.sqlite_files import hold_alone
from workflow.storage.errors import DatabaseUnavailable
from workflow.storage.schema import WrongSchemaVersion

if TYPE_CHECKING:
    from pyrage.x25519 import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreView:
    """A restored office.

    ``aside``: the folder in which lies what stood there before; None where nothing did. ``lost``: what was
    recorded after the backup; None where the old office cannot tell. ``letters``: how many went out since,
    and are not sent again. ``verified``: False for one of older tables, which `ketnap upgrade` looks at.
    """

    folder: Path
    office: str
    made_at: datetime
    events: int
    seal: str
    aside: Path | None
    lost: list[LostEvent] | None
    letters: int
    verified: bool


def restore_office(
    file: Path,
    identity: "Identity",
    folder: Path,
    *,
    database: str | None = None,
    accept_faults: bool = False,
    on_progress: Progress | None = None,
) -> RestoreView:
    """Restore an office from a backup into a folder, whatever stands there.

    ``database``: another one than the backup's config names. ``accept_faults``: also an office whose record
    does not verify. Raises `BadArchive`, `NotRestored`, `NotCopied`, `BadConfig`, `KeyLost`, `WrongKey`,
    `WrongSchemaVersion`, `DatabaseUnavailable`, `OSError`.
    """
    folder, file = folder.resolve(), file.resolve()
    read_archive(file, identity, None)
    folder.mkdir(parents=True, exist_ok=True)
    with restore_lock(folder):
        finish_switch(folder)
        with scratch_folder(folder) as scratch:
            unpacked = scratch / "new"
            unpacked.mkdir()
            manifest = read_archive(file, identity, unpacked, on_progress)
            if database is not None:
                _name_database(unpacked / CONFIG, database)
            return _Restore(folder, file, scratch, manifest).run(accept_faults, on_progress)


def _name_database(config: Path, url: str) -> None:
    """Let the config name another database; a file always has the name that it has in backups."""
    named = f"sqlite:///{DATABASE}" if url.startswith("sqlite") else url
    text = replace_config_values(config.read_text(encoding="utf-8"), {"database": named})
    config.write_text(text, encoding="utf-8")


@dataclass
class _Restore:
    """One restore: what was unpacked into ``scratch``/new takes the place of the old office."""

    folder: Path
    file: Path
    scratch: Path
    manifest: Manifest

    def __post_init__(self) -> None:
        self.new = self.scratch / "new"
        url = read_config(self.new / CONFIG).database
        self.postgres = "" if url.startswith("sqlite") else url
        self.old = OldOffice(self.folder, url if self.postgres and has_tables(url) else "")

    def run(self, accept_faults: bool, on_progress: Progress | None) -> RestoreView:  # noqa: FBT001 - ours
        names = self.old.list_names()
        checks = self.old.list_key_checks(self.scratch) if names or self.old.has_database else set()
        if checks and self.manifest.key_check not in checks:
            raise NotRestored("foreign", self.manifest.office)
        verified = self._verify(accept_faults, on_progress)
        with self._hold_old_database() as before:
            lost = self.old.list_lost_events(self.new / self.manifest.database, self.scratch)
            letters = self._note_told_letters()
            self._keep_newer_recovery_key()
            if self.postgres:
                load_staging(self.postgres, self.new / self.manifest.database, on_progress)
                self._check_nobody_came(before)
                (self.new / self.manifest.database).unlink()
            aside = self._switch(names)
        return RestoreView(
            folder=self.folder,
            office=self.manifest.office,
            made_at=self.manifest.made_at,
            events=self.manifest.events,
            seal=f"{self.manifest.events} {self.manifest.seal[:16]}",
            aside=aside,
            lost=lost,
            letters=letters,
            verified=verified,
        )

    @contextmanager
    def _hold_old_database(self) -> Iterator[bytes | None]:
        """Nobody has the old office open, and nobody opens it until it is set aside.

        A server lets everybody in at any time: what comes back is the newest event that stands there now.
        """
        with ExitStack() as stack:
            try:
                stack.enter_context(hold_alone(self.old.database_file))
                if self.postgres:
                    check_alone(self.postgres)
            except DatabaseUnavailable as error:
                raise NotRestored("in_use", self.old.database_file.name) from error
            yield read_head(self.postgres) if self.postgres else None

    def _check_nobody_came(self, before: bytes | None) -> None:
        """Loading takes minutes; whoever came to the server meanwhile would lose what they recorded."""
        try:
            check_alone(self.postgres)
            if read_head(self.postgres) == before:
                return
        except DatabaseUnavailable as error:
            drop_staging(self.postgres)
            raise NotRestored("in_use", self.old.database_file.name) from error
        drop_staging(self.postgres)
        raise NotRestored("in_use", self.old.database_file.name)

    def _verify(self, accept_faults: bool, on_progress: Progress | None) -> bool:  # noqa: FBT001 - as above
        try:
            result = verify_unpacked(self.new, self.manifest, on_progress)
        except WrongSchemaVersion as error:
            if error.newer:
                raise
            return False
        if not result.holds and not accept_faults:
            raise NotRestored("broken_record", str(len(result.broken)))
        return result.holds

    def _note_told_letters(self) -> int:
        """Write down what went out since the backup, as the old database and the notes beside backups say."""
        already_sent = self.old.list_told(
            Vault(self.new / self.manifest.key), self.new / self.manifest.database, self.scratch
        )
        for place in self._list_backup_folders():
            for sent in read_sent_letters(place, self.manifest.made_at):
                already_sent |= {sent.letter, *sent.signs}
        add_told_before(self.new, already_sent)
        return sum(word.startswith("T") for word in already_sent)

    def _list_backup_folders(self) -> Iterable[Path]:
        config = read_config(self.new / CONFIG)
        second = [self.folder / config.backup.second] if config.backup.second else []
        return {self.folder / FOLDER, self.file.parent, *second}

    def _keep_newer_recovery_key(self) -> None:
        """A recovery key that was printed after the backup stays: its paper is the one that is there."""
        present, archived = find_recovery_key(self.folder), find_recovery_key(self.new)
        if present and (archived is None or present.made_at > archived.made_at):
            (self.new / RECOVERY_FILE).unlink(missing_ok=True)

    def _switch(self, names: list[str]) -> Path | None:
        new = sorted({PurePosixPath(name.relative_to(self.new)).parts[0] for name in self.new.iterdir()})
        taken = {name for name in new if (self.folder / name).exists()}
        old = tuple(sorted({*names, *taken}))
        aside = self._name_aside()
        if self.file.parent == self.folder and self.file.name in old:
            raise NotRestored("in_the_way", self.file.name)
        begin_switch(
            self.folder,
            SwitchJournal(
                aside=aside.name,
                scratch=self.new.relative_to(self.folder).as_posix(),
                old=old,
                new=tuple(new),
                aside_schema=name_schema(aside) if self.postgres else "",
            ),
        )
        finish_switch(self.folder)
        return aside if old or self.old.postgres else None

    def _name_aside(self) -> Path:
        at = now().astimezone(ZoneInfo(read_config(self.new / CONFIG).zone))
        name, number = f"{ASIDE}{at:%Y-%m-%d-%H%M%S}", 2
        free = self.folder / name
        while free.exists():
            free, number = self.folder / f"{name}-{number}", number + 1
        return free
