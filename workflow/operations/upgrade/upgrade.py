"""An office is brought to this version, or stays as it was."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from states.errors import EXIT_BROKEN, UserError
from states.rulebook.loading import Rulebook
from workflow.cases.deadline_recount import compute_basis, recount_deadlines
from workflow.cases.judgement.recorded_rules import list_revision_changes, load_revisions_in_force
from workflow.core.crypto import WrongKey
from workflow.office import Office
from workflow.operations.backup import make_backup
from workflow.operations.open_office import assemble_office, check_house_clocks
from workflow.operations.restore.switch import finish_restore
from workflow.operations.upgrade.carry_pairs import FIRST_WITH_PAIRS, CarriedPairs, carry_pairs
from workflow.operations.upgrade.revise_office import OfficeRevision, revise_office
from workflow.operations.verify.verify import Verification, find_broken_link, verify_record
from workflow.register.writer import Who
from workflow.reminders.daily_run import DailyRun
from workflow.storage import reads
from workflow.storage.copies.closure import check_open, lock_tables
from workflow.storage.engine import Connection, Transaction
from workflow.storage.ledger import lock_ledger
from workflow.storage.schema import VERSION, read_version, upgrade_schema

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
class OfficeUpgrade:
    """What an upgrade did: versions of the schema, the backup made before it, events verified, other rules.

    ``backup``: None where there was nothing to do.
    """

    before: str
    now: str
    revision: OfficeRevision
    pairs: CarriedPairs = field(default_factory=CarriedPairs)
    backup: Path | None = None
    events: int = 0


def upgrade_office(
    path: Path, who: Who, *, rulebook: Rulebook | None = None, on_progress: Progress | None = None
) -> OfficeUpgrade:
    """Bring the office of this config to this version and under its rules: all of it, or nothing.

    First it is asked whether this version would start with the office. ``rulebook``: the rules, if not the
    program's own. Raises `UpgradeUndone`, `CasesStuck`, and what `open_office`, the policy, the letters'
    templates, the editions and `make_backup` raise; the office is the old one then.
    """
    finish_restore(path.parent)
    with contextlib.closing(assemble_office(path, rulebook)) as office:
        before = _check_start(office)
        if before == VERSION and not _has_new_rules(office):
            return OfficeUpgrade(before=before, now=VERSION, revision=OfficeRevision(office.read_today()))
        backup = make_backup(office)
        with office.database.transaction() as tx:
            revision, pairs, verification = _upgrade_record(office, tx, who, before, on_progress)
        return OfficeUpgrade(
            before=before,
            now=VERSION,
            revision=revision,
            pairs=pairs,
            backup=backup.file,
            events=verification.events,
        )


def _check_start(office: Office) -> str:
    """The version of an office with which this program would start."""
    office.database.check_exists()
    with office.database.read_transaction() as connection:
        check_open(connection)
        version = read_version(connection)
        if reads.load_key_check(connection) != office.vault.compute_key_check():
            raise WrongKey(office.config.key_path)
    office.rulebook.check_editions()
    check_house_clocks(office)
    DailyRun(office).check_settings()
    return version


def _has_new_rules(office: Office) -> bool:
    with office.database.read_transaction() as connection:
        return bool(list_revision_changes(load_revisions_in_force(connection), office.rulebook))


def _upgrade_record(
    office: Office, tx: Transaction, who: Who, before: str, on_progress: Progress | None
) -> tuple[OfficeRevision, CarriedPairs, Verification]:
    """Everything an upgrade changes, in one write transaction, and verified within it."""
    lock_tables(tx.connection)
    _check_chain(office, tx.connection)
    upgrade_schema(tx.connection)
    office.kept_texts = reads.load_kept_texts(tx.connection)
    ledger = lock_ledger(tx, office.vault)
    revision = revise_office(office, tx, ledger, who)
    pairs = carry_pairs(office, tx, ledger, who) if before < FIRST_WITH_PAIRS else CarriedPairs()
    if reads.load_office(tx.connection).basis != compute_basis(office):
        recount_deadlines(office, tx, ledger)
    ledger.seal_head()
    verification = verify_record(office, tx.connection, on_progress=on_progress)
    if not verification.holds:
        raise UpgradeUndone("verify", verification.broken[0].n)
    return revision, pairs, verification


def _check_chain(office: Office, connection: Connection) -> None:
    broken_at = find_broken_link(office, connection)
    if broken_at is not None:
        raise UpgradeUndone("chain", broken_at)
