"""A copy of the database while it is in use, into a folder beside the config. The key is never copied along."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from workflow.store.database import Database

FOLDER = "sao-luu"


@dataclass(frozen=True)
class BackedUp:
    """``file``: the copy, None where the database's own tool is not on this machine; ``size``: its bytes."""

    file: Path | None
    size: int = 0


def back_up(database: Database, beside: Path, now: datetime) -> BackedUp:
    """Copy the database as it stands; an older copy is never written over.

    SQLite is copied by its online backup; PostgreSQL by ``pg_dump``, where that is installed here.
    """
    folder = beside / FOLDER
    folder.mkdir(exist_ok=True)
    name = f"ketnap-{now:%Y-%m-%d-%H%M%S}"
    source = database.file
    if source is not None:
        return _sqlite(source, folder / f"{name}.db")
    return _postgres(database, folder / f"{name}.dump")


def _sqlite(source: Path, target: Path) -> BackedUp:
    partial = target.with_suffix(".partial")
    with closing(sqlite3.connect(source)) as held, closing(sqlite3.connect(partial)) as copy:
        held.backup(copy)
    partial.rename(target)
    return BackedUp(target, target.stat().st_size)


def _postgres(database: Database, target: Path) -> BackedUp:
    tool = shutil.which("pg_dump")
    if tool is None:
        return BackedUp(None)
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    partial = target.with_suffix(".partial")
    # The tool is found on this machine's own path, and is given nothing that anybody typed.
    done = subprocess.run([tool, "--format=custom", f"--file={partial}", url], check=False, capture_output=True)  # noqa: S603
    if done.returncode != 0:
        partial.unlink(missing_ok=True)
        return BackedUp(None)
    partial.rename(target)
    return BackedUp(target, target.stat().st_size)
