"""Making an office: its folder with config, key and database; a half-made one never stands under the final name."""

import contextlib
import getpass
import hashlib
import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from importlib import resources
from pathlib import Path

from states.calendar.calendar_file import calendar_from_yaml
from workflow.cases.deadline_recount import basis
from workflow.core.config import BadConfig, read_config
from workflow.core.crypto import KeyLost, Vault, make_key_file
from workflow.office import Office
from workflow.operations.calendar_import import year_rows
from workflow.register.writer import Registrar, Who
from workflow.storage import writes
from workflow.storage.engine import Database, DatabaseAway
from workflow.storage.write_lock import Turns

CALENDAR = resources.files("states") / "calendar" / "vietnam.yaml"


class AlreadyThere(Exception):
    """Something stands where the office was to be made; nothing was touched."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


def make_office(
    folder: Path,
    *,
    name: str,
    config: str,
    who: Who,
    sample: str | None = None,
    today: date | None = None,
    fill: Callable[[Office], None] | None = None,
) -> None:
    """Make an office in a new ``folder``: all of it, or nothing. ``config``: the text of its config.yaml.

    Whoever makes the same one at the same time waits, and is told `AlreadyThere`; what a killed one left is taken away.
    Raises `AlreadyThere`, `BadConfig`, `DatabaseAway`.
    """
    folder = folder.absolute()
    partial = folder.with_name(f".{folder.name}.partial")
    turns = Turns(_turns_for(folder))
    with contextlib.closing(turns), turns:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise AlreadyThere(folder)
        if partial.exists():
            _take_away(partial)
        partial.mkdir(parents=True)
        try:
            (partial / "config.yaml").write_text(config, encoding="utf-8")
            with contextlib.closing(
                found(partial / "config.yaml", name=name, who=who, sample=sample, today=today)
            ) as made:
                if fill:
                    fill(made)
            if folder.exists():
                folder.rmdir()
            partial.rename(folder)
        except BaseException:
            _take_away(partial)
            raise


def _turns_for(folder: Path) -> Path:
    """A file outside the folder, which is not there yet, and its neighbours, which are somebody else's."""
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"ketnap-init-{getpass.getuser()}-{name}"


def _take_away(partial: Path) -> None:
    """Take away an office that was not made to its end: its tables, if they stand under its key, and its folder."""
    with contextlib.suppress(BadConfig, KeyLost, DatabaseAway):
        config = read_config(partial / "config.yaml")
        vault = Vault(config.key_path)
        with contextlib.closing(Database(config.database, partial)) as database, database.transaction() as work:
            writes.unmake(work, vault)
    shutil.rmtree(partial, ignore_errors=True)


def found(path: Path, *, name: str, who: Who, sample: str | None = None, today: date | None = None) -> Office:
    """Make the key and the tables that a config.yaml speaks of, with the calendar in them. Raises `AlreadyThere`."""
    config = read_config(path)
    if not config.key_path.exists():
        make_key_file(config.key_path)
    vault = Vault(config.key_path)
    office = Office(config, Database(config.database, path.parent), vault)
    try:
        _lay(office, name=name, who=who, sample=sample, today=today)
    except BaseException:
        office.close()
        raise
    return office


def _lay(office: Office, *, name: str, who: Who, sample: str | None, today: date | None) -> None:
    with office.database.transaction() as work:
        if not writes.make(work, office.vault, name=name, sample=sample, today=today):
            raise AlreadyThere(office.config.path)
    calendar = calendar_from_yaml(CALENDAR.read_text(encoding="utf-8"))
    with office.writing() as (work, ledger):
        books = Registrar(office, work, ledger, who)
        books.found(name, sample)
        books.add_many("calendar_years", year_rows(calendar))
        writes.set_basis(work, basis(office))
