"""An office is created: its folder with config, key and database.

A half-made one never stands under the final name.
"""

import contextlib
import getpass
import hashlib
import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from importlib import resources
from pathlib import Path

from states.calendar.calendar_file import parse_calendar_yaml
from states.errors import UserError
from workflow.cases.deadline_recount import compute_basis
from workflow.cases.judgement.recorded_rules import list_revision_changes, note_revisions
from workflow.core.config import BadConfig, Config, read_config
from workflow.core.crypto import KeyLost, Vault, make_key_file
from workflow.office import Office
from workflow.operations.backup import FOLDER
from workflow.operations.calendar_import import build_calendar_rows
from workflow.operations.restore.switch import finish_restore
from workflow.register.writer import RegisterWriter, Who
from workflow.storage import schema, writes
from workflow.storage.engine import Database, DatabaseUnavailable, resolve_url
from workflow.storage.write_lock import WriteLock

CALENDAR = resources.files("states") / "calendar" / "vietnam.yaml"


class AlreadyThere(UserError):
    """Something exists where the office was to be created; nothing was touched."""

    code = "already_there"
    advice = "advice.already_there"
    message_values = ("path",)

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


class DatabaseGone(UserError):
    """An office's key or letters are there, its database file is not: an empty one would hide the loss."""

    code = "database_gone"
    advice = "advice.database_gone"
    message_values = ("path",)

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


def create_office(
    folder: Path,
    *,
    name: str,
    config: str,
    who: Who,
    sample: str | None = None,
    today: date | None = None,
    fill: Callable[[Office], None] | None = None,
) -> None:
    """Create an office in a new ``folder``: all of it, or nothing. ``config``: text of its config.yaml.

    A second process that creates the same office waits and gets `AlreadyThere`; the remains of a killed one
    are removed. Raises `AlreadyThere`, `BadConfig`, `DatabaseUnavailable`.
    """
    folder = folder.absolute()
    partial = folder.with_name(f".{folder.name}.partial")
    lock = WriteLock(_lock_path_for(folder))
    with contextlib.closing(lock), lock:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise AlreadyThere(folder)
        if partial.exists():
            _remove_partial(partial)
        partial.mkdir(parents=True)
        try:
            (partial / "config.yaml").write_text(config, encoding="utf-8")
            with contextlib.closing(
                initialise_office(partial / "config.yaml", name=name, who=who, sample=sample, today=today)
            ) as office:
                if fill:
                    fill(office)
            if folder.exists():
                folder.rmdir()
            partial.rename(folder)
        except BaseException:
            _remove_partial(partial)
            raise


def _lock_path_for(folder: Path) -> Path:
    """The lock file for a folder that does not exist yet; it must not stand among others' files."""
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"ketnap-init-{getpass.getuser()}-{name}"


def _remove_partial(partial: Path) -> None:
    """Take away an office that was not made to its end.

    Its tables, if they stand under its key, and its folder.
    """
    with contextlib.suppress(BadConfig, KeyLost, DatabaseUnavailable):
        config = read_config(partial / "config.yaml")
        vault = Vault(config.key_path)
        with contextlib.closing(Database(config.database, partial)) as database, database.transaction() as tx:
            schema.drop_database(tx, vault)
    shutil.rmtree(partial, ignore_errors=True)


def initialise_office(
    path: Path, *, name: str, who: Who, sample: str | None = None, today: date | None = None
) -> Office:
    """Make the key and the tables that a config.yaml speaks of, with the calendar in them.

    Raises `AlreadyThere`, `DatabaseGone`.
    """
    finish_restore(path.parent)
    config = read_config(path)
    _check_nothing_lost(config)
    if not config.key_path.exists():
        make_key_file(config.key_path)
    vault = Vault(config.key_path)
    office = Office(config, Database(config.database, path.parent), vault)
    try:
        _fill_database(office, name=name, who=who, sample=sample, today=today)
    except BaseException:
        office.close()
        raise
    return office


def _check_nothing_lost(config: Config) -> None:
    """Raises `DatabaseGone` where an office stood whose database file is gone."""
    file = resolve_url(config.database, config.folder)
    if file.get_backend_name() != "sqlite" or not file.database or Path(file.database).exists():
        return
    left = (config.key_path, config.folder / config.mail.folder, config.folder / FOLDER)
    if any(path.exists() for path in left):
        raise DatabaseGone(Path(file.database))


def _fill_database(office: Office, *, name: str, who: Who, sample: str | None, today: date | None) -> None:
    with office.database.transaction() as tx:
        if not schema.create_database(tx, office.vault, name=name, sample=sample, today=today):
            raise AlreadyThere(office.config.path)
    calendar = parse_calendar_yaml(CALENDAR.read_text(encoding="utf-8"))
    with office.write_transaction() as (tx, ledger):
        register_writer = RegisterWriter(office, tx, ledger, who)
        revisions = list_revision_changes({}, office.rulebook)
        n = register_writer.record_founding(name, sample, revisions=revisions)
        note_revisions(tx, office.rulebook, n, revisions)
        register_writer.add_rows("calendar_years", build_calendar_rows(calendar))
        writes.set_basis(tx, compute_basis(office))
