"""A backup is tried in a scratch folder and thrown away."""

import contextlib
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from workflow.core.clock import now
from workflow.operations.archive.archive_file import Progress, read_archive
from workflow.operations.archive.check_archive import verify_unpacked

if TYPE_CHECKING:
    from pyrage.x25519 import Identity

SCRATCH = ".thu-"
STALE_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupTrial:
    """What came of trying a backup; ``holds``: the office in it verifies."""

    file: Path
    holds: bool
    office: str
    made_at: datetime
    events: int
    seal: str


def try_backup(file: Path, identity: "Identity", on_progress: Progress | None = None) -> BackupTrial:
    """Unpack and verify a backup beside it.

    Raises `BadArchive` where it cannot be unpacked, and what `verify_unpacked` raises.
    """
    with _scratch_beside(file) as scratch:
        manifest = read_archive(file, identity, scratch, on_progress)
        result = verify_unpacked(scratch, manifest, on_progress)
    return BackupTrial(
        file=file,
        holds=result.holds,
        office=manifest.office,
        made_at=manifest.made_at,
        events=manifest.events,
        seal=result.seal,
    )


@contextmanager
def _scratch_beside(file: Path) -> Iterator[Path]:
    for left in file.parent.glob(f"{SCRATCH}*"):
        with contextlib.suppress(OSError):
            if left.stat().st_mtime < now().timestamp() - STALE_SECONDS:  # of a try that was killed
                shutil.rmtree(left)
    scratch = file.parent / f"{SCRATCH}{secrets.token_hex(4)}"
    scratch.mkdir(mode=0o700)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
