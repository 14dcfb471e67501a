"""A restored office takes the place of the old one wholly.

What is to be moved stands in a journal. Until it is written the old office is the office; from then on
whoever opens the office, or restores again, first does the moves that are left.
"""

import contextlib
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from states.errors import UserError
from workflow.core.config import read_config
from workflow.core.files import replace_file, sync_folder, write_private_file
from workflow.operations.archive.manifest import CONFIG
from workflow.storage.copies.postgres_copy import switch_schemas
from workflow.storage.errors import DatabaseUnavailable
from workflow.storage.write_lock import BUSY_SECONDS, WriteLock

JOURNAL, SCRATCH, ASIDE = "khoi-phuc.json", ".khoi-phuc-", "cat-di-"
RestoreFault = Literal["running", "in_use", "foreign", "broken_record", "in_the_way"]


class NotRestored(UserError):
    """Nothing was restored; what was there stands as it was. ``text``: what it is about."""

    code = "not_restored"

    def __init__(self, why: RestoreFault, text: str = "") -> None:
        super().__init__(f"{why}: {text}")
        self.why, self.text = why, text


class SwitchJournal(BaseModel):
    """What is moved: names beside config.yaml into ``aside``, then those of ``scratch`` to their place.

    ``aside_schema``: for PostgreSQL, where its tables go; "" for SQLite.
    """

    model_config = ConfigDict(frozen=True)

    aside: str
    scratch: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    aside_schema: str = ""


@contextmanager
def restore_lock(folder: Path, seconds: float = 0) -> Iterator[None]:
    """One restore of a folder at a time. Raises `NotRestored`."""
    lock = WriteLock(folder / ".khoi-phuc", seconds)
    with contextlib.closing(lock):
        try:
            lock.__enter__()
        except DatabaseUnavailable as error:
            if error.kind == "busy":
                raise NotRestored("running", str(folder)) from error
            raise
        try:
            yield
        finally:
            lock.__exit__(None, None, None)


@contextmanager
def scratch_folder(folder: Path) -> Iterator[Path]:
    """A folder of its own for what is unpacked, removed at the end; those of killed restores go first."""
    for left in folder.glob(f"{SCRATCH}*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
    scratch = folder / f"{SCRATCH}{secrets.token_hex(4)}"
    scratch.mkdir(mode=0o700)
    try:
        yield scratch
    finally:
        if not (folder / JOURNAL).exists():
            shutil.rmtree(scratch, ignore_errors=True)


def begin_switch(folder: Path, journal: SwitchJournal) -> None:
    """From here on the restored office is the office. Raises `OSError`."""
    for new in journal.new:
        sync_folder((folder / journal.scratch / new).parent)
    write_private_file(folder / JOURNAL, journal.model_dump_json(indent=1).encode())
    sync_folder(folder)


def finish_switch(folder: Path) -> None:
    """Do the moves of a journal that are left; without one there are none. Raises `OSError`."""
    path = folder / JOURNAL
    if not path.exists():
        return
    journal = SwitchJournal.model_validate_json(path.read_bytes())
    aside, scratch = folder / journal.aside, folder / journal.scratch
    if journal.aside_schema:
        present = scratch if (scratch / CONFIG).exists() else folder
        switch_schemas(read_config(present / CONFIG).database, journal.aside_schema)
    if journal.old or journal.aside_schema:
        aside.mkdir(mode=0o700, exist_ok=True)
    for name in _config_first(journal.old):
        taken = name in journal.new and not (scratch / name).exists()
        if (folder / name).exists() and not (aside / name).exists() and not taken:
            replace_file(folder / name, aside / name)
    for name in reversed(_config_first(journal.new)):
        if (scratch / name).exists():
            replace_file(scratch / name, folder / name)
    sync_folder(folder)
    path.unlink()
    sync_folder(folder)
    shutil.rmtree(folder / Path(journal.scratch).parts[0], ignore_errors=True)


def finish_restore(folder: Path) -> None:
    """Finish a restore that was cut off after its journal was written. Raises `NotRestored`, `OSError`."""
    if (folder / JOURNAL).exists():
        with restore_lock(folder, BUSY_SECONDS):
            finish_switch(folder)


def _config_first(names: tuple[str, ...]) -> list[str]:
    """Without its config an office cannot be opened: it goes first, and comes back last."""
    return sorted(names, key=lambda name: name != CONFIG)
