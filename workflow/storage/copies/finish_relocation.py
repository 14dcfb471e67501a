"""The config names another database, in one step."""

import contextlib
import json
import re
import shutil
from pathlib import Path

from workflow.core.config import BadConfig, read_config
from workflow.core.files import replace_file, sync_folder, write_private_file
from workflow.storage.copies.closure import read_mark, write_mark
from workflow.storage.engine import Database
from workflow.storage.write_lock import WriteLock

DATABASE_LINE = re.compile(
    r"""^database:[ \t]*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^#\n\r]*?)([ \t]+\#[^\n\r]*)?(?=\r?$)""",
    re.MULTILINE,
)


def prepared_config_path(path: Path) -> Path:
    """Where the config stands that names the new database, until it takes the old one's place."""
    return path.with_name(f".{path.name}.relocate")


def prepare_config(path: Path, url: str) -> None:
    """Write the config with another database beside the one in force; comments stay.

    Raises `BadConfig`, `OSError`.
    """
    with path.open(encoding="utf-8", newline="") as file:
        text = file.read()
    line = f"database: {json.dumps(url, ensure_ascii=False)}"
    changed, count = DATABASE_LINE.subn(lambda match: line + (match[2] or ""), text, count=1)
    if not count:
        changed = f"{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{line}\n"
    prepared = prepared_config_path(path)
    write_private_file(prepared, changed.encode())
    shutil.copymode(path, prepared)
    if read_config(prepared).database != url:
        raise BadConfig(path, [])


def relocation_lock(path: Path) -> WriteLock:
    """One relocation of an office at a time, whoever begins or finishes it."""
    return WriteLock(prepared_config_path(path))


def finish_relocation(path: Path, before: str) -> bool:
    """Finish what was killed after the old database had been closed: the office is the new one.

    ``before``: the database that was found closed. False where there is nothing to finish: this config waits
    for nothing, or the databases do not belong together.
    """
    if not prepared_config_path(path).exists():
        return read_config(path).database != before
    lock = relocation_lock(path)
    with contextlib.closing(lock), lock:
        if read_config(path).database != before:
            return True
        if not _open_target(path, before):
            return False
        switch_config(path)
    return True


def _open_target(path: Path, before: str) -> bool:
    """Let the database that the prepared config names be the office, if the closed one went there."""
    try:
        after = read_config(prepared_config_path(path)).database
    except BadConfig:
        return False
    with (
        contextlib.closing(Database(before, path.parent)) as source,
        contextlib.closing(Database(after, path.parent)) as target,
    ):
        with source.read_transaction() as connection:
            closed = read_mark(connection)
        if closed is None or closed.role != "closed":
            return False
        target.check_exists()
        with target.transaction() as work:
            mark = read_mark(work.connection)
            if mark is None or mark.token != closed.token or mark.role == "closed":
                return False
            write_mark(work.connection, mark.as_office())
    return True


def switch_config(path: Path) -> None:
    """Let the prepared config take the place of the one in force."""
    replace_file(prepared_config_path(path), path)
    sync_folder(path.parent)
