"""An office is opened: config, key and editions are read once."""

from functools import partial
from pathlib import Path

from states.rulebook.loading import Rulebook, load_own_rulebook
from workflow.cases.deadline_recount import compute_basis, recount_deadlines
from workflow.cases.judgement.recorded_rules import (
    ProgramUpgraded,
    RevisionChange,
    RulesChanged,
    list_revision_changes,
    load_revisions_in_force,
)
from workflow.core.config import BadConfig, ConfigFault, read_config
from workflow.core.crypto import Vault, WrongKey
from workflow.office import Office
from workflow.operations.restore.switch import finish_restore
from workflow.storage import reads
from workflow.storage.copies.closure import check_open
from workflow.storage.copies.finish_relocation import finish_relocation
from workflow.storage.engine import Database, DatabaseUnavailable
from workflow.storage.reads import Connection
from workflow.storage.schema import WrongSchemaVersion, check_version
from workflow.storage.tables.history import OfficeRow


def open_office(path: Path, rulebook: Rulebook | None = None) -> Office:
    """Open the office whose config.yaml this is. ``rulebook``: its rules, if not the program's own.

    Raises `BadConfig`, `KeyLost`, `WrongKey`, `DatabaseUnavailable`, `WrongSchemaVersion`, `RulesChanged`;
    nothing is touched then.
    """
    finish_restore(path.parent)
    database = read_config(path).database
    try:
        return _open_checked(path, rulebook)
    except DatabaseUnavailable as error:
        # A relocation that was killed after the old database had been closed is finished here.
        if error.kind != "moved" or not finish_relocation(path, database):
            raise
        return _open_checked(path, rulebook)


def _open_checked(path: Path, rulebook: Rulebook | None) -> Office:
    office = assemble_office(path, rulebook)
    try:
        _check_database(office)
    except BaseException:
        office.close()
        raise
    return office


def assemble_office(path: Path, rulebook: Rulebook | None = None) -> Office:
    """The office of a config.yaml, its database not looked into yet. Raises `BadConfig`, `KeyLost`."""
    config = read_config(path)
    vault = Vault(config.key_path)
    database = Database(config.database, path.parent)
    return Office(config, database, vault, rulebook or load_own_rulebook())


def _check_database(office: Office) -> None:
    """The database is there, of this version, under this key and by these rules.

    Its deadlines are counted by today's house clocks.
    """
    office.database.check_exists()
    with office.database.read_transaction() as connection:
        check_open(connection)
        check_version(connection)
        row = reads.load_office(connection)
        check_key(office, row)
        office.kept_texts = reads.load_kept_texts(connection)
        is_same_basis = row.basis == compute_basis(office)
        if not is_same_basis and (changes := _list_changes(office, connection)):
            raise RulesChanged([(change["pipeline"], change["edition"]) for change in changes])
    office.basis, office.judge_program = row.basis, partial(_judge_program, office)
    check_house_clocks(office)
    if not is_same_basis:
        _recount_on_opening(office)


def _judge_program(office: Office, connection: Connection) -> None:
    """Raises `ProgramUpgraded` where the database is of another version, or by other rules, since then."""
    try:
        check_version(connection)
    except WrongSchemaVersion as error:
        raise ProgramUpgraded from error
    if _list_changes(office, connection):
        raise ProgramUpgraded


def check_key(office: Office, row: OfficeRow) -> None:
    """Raises `WrongKey` unless the office's key is the one that its database was made with."""
    if row.key_check != office.vault.compute_key_check():
        raise WrongKey(office.config.key_path)


def _list_changes(office: Office, connection: Connection) -> list[RevisionChange]:
    """The editions by which the office has not been judging yet."""
    return list_revision_changes(load_revisions_in_force(connection), office.rulebook)


def _recount_on_opening(office: Office) -> None:
    """House clocks have changed since deadlines were counted.

    A database one may only read stays as is.
    """
    try:
        with office.write_transaction() as (tx, ledger):
            recount_deadlines(office, tx, ledger)
        office.basis = compute_basis(office)
    except DatabaseUnavailable as error:
        if error.kind != "read_only":
            raise


def check_house_clocks(office: Office) -> None:
    """Raises `BadConfig` where the config gives days to a step that no edition gives any."""
    if not office.config.house_clocks:
        return
    rulebook = office.rulebook
    known = {
        name
        for pipeline in rulebook.pipelines
        for edition in rulebook.list_editions(pipeline)
        for name, state in rulebook.load_edition(pipeline, edition).states.items()
        if state.house_days is not None
    }
    wrong = [name for name in office.config.house_clocks if name not in known]
    if wrong:
        faults = [
            ConfigFault(f"house_clocks.{name}", "unknown_state", ", ".join(sorted(known))) for name in wrong
        ]
        raise BadConfig(office.config.path, faults)
