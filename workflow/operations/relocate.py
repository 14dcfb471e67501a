"""An office is relocated: its record moves into another database."""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from states.errors import UserError
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.operations.verify.verify import verify_office
from workflow.storage.copies.closure import (
    MARKS,
    RelocationMark,
    check_open,
    close_database,
    lock_tables,
    new_token,
    read_mark,
    write_mark,
)
from workflow.storage.copies.copy_database import NotCopied, compare_databases, copy_database, list_tables
from workflow.storage.copies.finish_relocation import (
    prepare_config,
    prepared_config_path,
    relocation_lock,
    switch_config,
)
from workflow.storage.engine import Connection, Database, DatabaseUnavailable, Transaction, show_url
from workflow.storage.schema import drop_tables

Progress = Callable[[int, int], None]


class NotRelocated(UserError):
    """The office stays where it is, whole and open. ``text``: the other side's own words.

    ``why``: same, bad_url, broken, different; what `NotCopied` says; ``target_KIND``, where the target is a
    `DatabaseUnavailable` of that kind.
    """

    code = "not_relocated"
    advice = "advice.not_relocated"
    writes = False

    def __init__(self, why: str, text: str = "") -> None:
        super().__init__(f"{why}: {text}")
        self.why, self.text = why, text


@dataclass(frozen=True, slots=True, kw_only=True)
class RelocationView:
    """An office moved. ``before``, ``now``: its database, without password. ``seal``: the same in both."""

    before: str
    now: str
    rows: int
    events: int
    seal: str


def relocate_office(path: Path, to: str, on_progress: Progress | None = None) -> RelocationView:
    """Move the office of this config into another, empty database, and close the one it leaves.

    Nobody else writes meanwhile; reading goes on. Until the old database is closed the office is the old one,
    from then on the new one: `open_office` finishes what was killed in between. Raises `NotRelocated`, and as
    `open_office` does; the office is the old one then.
    """
    lock = relocation_lock(path)
    with (
        contextlib.closing(open_office(path)) as office,
        _open_target(office, to) as target,
        contextlib.closing(lock),
        lock,
    ):
        moved = _move_record(office, target, to, on_progress)
        with _target_errors(), target.transaction() as work:
            mark = read_mark(work.connection)
            if mark is not None:
                write_mark(work.connection, mark.as_office())
        switch_config(path)
    return moved


def _move_record(office: Office, target: Database, to: str, on_progress: Progress | None) -> RelocationView:
    """Copy, verify, compare; the old database is closed in the transaction that kept others from writing."""
    mark = RelocationMark(
        "arriving", new_token(), show_url(office.database.url), office.vault.compute_key_check()
    )
    try:
        with office.database.transaction() as work, _new_file(target):
            lock_tables(work.connection)
            check_open(work.connection)
            rows = _fill_target(work, target, mark, on_progress)
            moved = _prove_copy(office, work.connection, target, rows)
            prepare_config(office.config.path, to)
            close_database(work.connection, replace(mark, role="closed", place=moved.now))
    except BaseException:
        if not _is_closed(office.database):
            prepared_config_path(office.config.path).unlink(missing_ok=True)
        raise
    return moved


def _fill_target(
    work: Transaction, target: Database, mark: RelocationMark, on_progress: Progress | None
) -> int:
    with _target_errors(), target.transaction() as there:
        _clear_remains(there.connection, mark.key_check)
        rows = copy_database(work.connection, there.connection, on_progress)
        write_mark(there.connection, mark)
    return rows


def _clear_remains(connection: Connection, key_check: bytes) -> None:
    """What a relocation of this office has filled that came to no end; nothing of anybody else."""
    mark = read_mark(connection)
    if mark is not None and mark.role == "arriving" and mark.key_check == key_check:
        drop_tables(connection)
        MARKS.drop(connection)
    if list_tables(connection):
        raise NotRelocated("not_empty", ", ".join(list_tables(connection)[:3]))


def _prove_copy(office: Office, source: Connection, target: Database, rows: int) -> RelocationView:
    """The copy holds by itself, and is the same as the source row by row."""
    there = Office(office.config, target, office.vault, office.rulebook)
    with _target_errors():
        verification = verify_office(there)
        if not verification.holds:
            raise NotRelocated("broken", str(verification.broken[0].n))
        with target.read_transaction() as connection:
            differences = compare_databases(source, connection)
        if differences:
            raise NotRelocated("different", differences[0].table)
    before, now = show_url(office.database.url), show_url(target.url)
    return RelocationView(
        before=before, now=now, rows=rows, events=verification.events, seal=verification.seal
    )


@contextlib.contextmanager
def _open_target(office: Office, to: str) -> Iterator[Database]:
    """The database to move into. Raises `NotRelocated` if it is the office's own, or no database at all."""
    try:
        office.config.model_validate(
            office.config.model_dump() | {"path": office.config.path, "database": to}
        )
        target = Database(to, office.config.folder)
    except ValueError as error:
        raise NotRelocated("bad_url", to.partition("//")[0]) from error
    with contextlib.closing(target):
        if _is_same(office.database, target):
            raise NotRelocated("same")
        yield target


def _is_same(mine: Database, other: Database) -> bool:
    if mine.file and other.file:
        same_file = mine.file.exists() and other.file.exists() and mine.file.samefile(other.file)
        return same_file or mine.file.resolve() == other.file.resolve()
    place = [
        (url.host, url.port or 5432, url.database, url.normalized_query) for url in (mine.url, other.url)
    ]
    return mine.is_sqlite == other.is_sqlite and place[0] == place[1]


@contextlib.contextmanager
def _new_file(target: Database) -> Iterator[None]:
    """A file for nobody else to read; it goes again if the office does not move into it."""
    file = target.file
    if file is None or file.exists():
        yield
        return
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        kind = "target_missing" if isinstance(error, FileNotFoundError) else "target_read_only"
        raise NotRelocated(kind, str(error.strerror)) from error
    try:
        yield
    except BaseException:
        target.close()
        for ending in ("", "-wal", "-shm", ".lock"):
            file.with_name(file.name + ending).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _target_errors() -> Iterator[None]:
    """What goes wrong in the target is told as of the target."""
    try:
        yield
    except DatabaseUnavailable as error:
        raise NotRelocated(f"target_{error.kind}", error.why.strip().partition("\n")[0]) from error
    except NotCopied as error:
        raise NotRelocated(error.why, error.text) from error


def _is_closed(database: Database) -> bool:
    """Whether the office has left: a commit may have arrived although its answer did not."""
    try:
        with database.read_transaction() as connection:
            check_open(connection)
    except DatabaseUnavailable:
        return True
    return False
