"""An office is brought to this version, or stays as it was."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from states.errors import EXIT_BROKEN, UserError
from workflow.cases.deadline_recount import compute_basis, recount_deadlines
from workflow.core.config import read_config
from workflow.core.crypto import Vault, WrongKey
from workflow.office import Office
from workflow.operations.backup import make_backup
from workflow.operations.open_office import check_house_clocks
from workflow.operations.verify.verify import Verification, find_broken_link, verify_record
from workflow.reminders.daily_run import DailyRun
from workflow.storage import reads
from workflow.storage.copies.closure import check_open, lock_tables
from workflow.storage.engine import Connection, Database, Transaction
from workflow.storage.ledger import Ledger, lock_ledger
from workflow.storage.schema import VERSION, read_version, upgrade_schema
from workflow.storage.tables.history import OFFICE

Progress = Callable[[int, int], None]
UpgradeFault = Literal["chain", "verify"]


class UpgradeUndone(UserError):
    """The upgrade was taken back: the office is the old one.

    ``why``: the history did not hold before (``chain``), or not after it (``verify``), from event ``n`` on.
    """

    code = "upgrade_undone"
    exit_code = EXIT_BROKEN
    advice = "advice.upgrade_undone"

    def __init__(self, why: UpgradeFault, n: int) -> None:
        super().__init__(f"{why}: {n}")
        self.why, self.n = why, n


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeView:
    """What an upgrade did: versions of the schema, where the office before it is kept, events verified.

    ``backup``: None where there was nothing to do.
    """

    before: str
    now: str
    backup: Path | None = None
    events: int = 0


def upgrade_office(path: Path, on_progress: Progress | None = None) -> UpgradeView:
    """Bring the office of this config to this version: all of it, or nothing.

    First it is asked whether this version would start with the office. Raises `UpgradeUndone`, and what
    `open_office`, the policy, the letters' templates, the editions and `make_backup` raise; the office is the
    old one then.
    """
    config = read_config(path)
    vault = Vault(config.key_path)
    with contextlib.closing(Office(config, Database(config.database, path.parent), vault)) as office:
        before = _check_start(office)
        if before == VERSION:
            return UpgradeView(before=before, now=VERSION)
        backup = make_backup(office)
        with office.database.transaction() as work:
            verification = _upgrade_record(office, work, on_progress)
        return UpgradeView(before=before, now=VERSION, backup=backup.file, events=verification.events)


def _check_start(office: Office) -> str:
    """The version of an office with which this program would start."""
    office.database.check_exists()
    with office.database.read_transaction() as connection:
        check_open(connection)
        version = read_version(connection)
        if connection.execute(sa.select(OFFICE.c.key_check)).scalar_one() != office.vault.compute_key_check():
            raise WrongKey(office.config.key_path)
    office.rulebook.check_editions()
    check_house_clocks(office)
    DailyRun(office).check_settings()
    return version


def _upgrade_record(office: Office, work: Transaction, on_progress: Progress | None) -> Verification:
    """Everything an upgrade changes, in one write transaction, and verified within it."""
    lock_tables(work.connection)
    _check_chain(office, work.connection)
    upgrade_schema(work.connection)
    ledger = lock_ledger(work, office.vault)
    for step in STEPS:
        step(office, work, ledger)
    ledger.seal_head()
    verification = verify_record(office, work.connection, on_progress=on_progress)
    if not verification.holds:
        raise UpgradeUndone("verify", verification.broken[0].n)
    return verification


def _check_chain(office: Office, connection: Connection) -> None:
    broken_at = find_broken_link(office, connection)
    if broken_at is not None:
        raise UpgradeUndone("chain", broken_at)


def _recount(office: Office, work: Transaction, ledger: Ledger) -> None:
    """Deadlines as this version counts them."""
    if reads.load_office(work.connection).basis != compute_basis(office):
        recount_deadlines(office, work, ledger)


STEPS: tuple[Callable[[Office, Transaction, Ledger], None], ...] = (_recount,)
"""What changes once the tables are of this version, in this order: the revision of rules stands before the
recount of deadlines."""
