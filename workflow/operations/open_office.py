"""An office is opened: config, key and editions are read once."""

from pathlib import Path

from workflow.cases.deadline_recount import compute_basis, recount_deadlines
from workflow.core.config import BadConfig, Config, ConfigFault, read_config
from workflow.core.crypto import Vault, WrongKey
from workflow.office import Office
from workflow.operations.finish_relocation import finish_relocation
from workflow.operations.restore.switch import finish_restore
from workflow.storage import reads
from workflow.storage.copies.closure import check_open
from workflow.storage.engine import Database, DatabaseUnavailable
from workflow.storage.schema import check_version


def open_office(path: Path) -> Office:
    """Open the office whose config.yaml this is.

    Raises `BadConfig`, `KeyLost`, `WrongKey`, `DatabaseUnavailable`, `WrongSchemaVersion`; nothing is touched
    then.
    """
    finish_restore(path.parent)
    config = read_config(path)
    try:
        return _open_at(config)
    except DatabaseUnavailable as error:
        # A relocation that was killed after the old database had been closed is finished here.
        if error.kind != "moved" or not finish_relocation(path, config.database):
            raise
        return _open_at(read_config(path))


def _open_at(config: Config) -> Office:
    vault = Vault(config.key_path)
    office = Office(config, Database(config.database, config.folder), vault)
    try:
        _check_database(office)
    except BaseException:
        office.close()
        raise
    return office


def _check_database(office: Office) -> None:
    """The database is there, of this version and under this key.

    Its deadlines are counted by today's rules.
    """
    office.database.check_exists()
    with office.database.read_transaction() as connection:
        check_open(connection)
        check_version(connection)
        row = reads.load_office(connection)
    if row.key_check != office.vault.compute_key_check():
        raise WrongKey(office.config.key_path)
    check_house_clocks(office)
    if row.basis != compute_basis(office):
        _recount_on_opening(office)


def _recount_on_opening(office: Office) -> None:
    """House clocks or rules have changed since deadlines were counted.

    A database one may only read stays as is.
    """
    try:
        with office.write_transaction() as (tx, ledger):
            recount_deadlines(office, tx, ledger)
    except DatabaseUnavailable as error:
        if error.kind != "read_only":
            raise


def check_house_clocks(office: Office) -> None:
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
