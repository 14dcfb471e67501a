"""The composition root: reads config, key and editions once, and hands the doors one `Office` to work with."""

from pathlib import Path

from workflow.cases.deadline_recount import basis, recount
from workflow.core.config import BadConfig, ConfigFault, read_config
from workflow.core.crypto import KeyForeign, Vault
from workflow.office import Office
from workflow.storage import reads
from workflow.storage.engine import Database, DatabaseAway
from workflow.storage.schema import check_version


def open_office(path: Path) -> Office:
    """Open the office whose config.yaml this is.

    Raises `BadConfig`, `KeyLost`, `KeyForeign`, `DatabaseAway`, `SchemaForeign`; nothing is touched then.
    """
    config = read_config(path)
    vault = Vault(config.key_path)
    office = Office(config, Database(config.database, path.parent), vault)
    try:
        _check(office)
    except BaseException:
        office.close()
        raise
    return office


def _check(office: Office) -> None:
    """The database is there, of this version and under this key; its deadlines are counted by today's rules."""
    office.database.check_there()
    with office.database.reading() as connection:
        check_version(connection)
        row = reads.office(connection)
    if row.key_check != office.vault.check():
        raise KeyForeign(office.config.key_path)
    _check_house_clocks(office)
    if row.basis != basis(office):
        _count_anew(office)


def _count_anew(office: Office) -> None:
    """House clocks or rules have changed since deadlines were counted; a database one may only read stays as is."""
    try:
        with office.writing() as (work, ledger):
            recount(office, work, ledger)
    except DatabaseAway as error:
        if error.kind != "read_only":
            raise


def _check_house_clocks(office: Office) -> None:
    if not office.config.house_clocks:
        return
    rulebook = office.rulebook
    known = {
        name
        for pipeline in rulebook.pipelines
        for edition in rulebook.editions(pipeline)
        for name, state in rulebook.edition(pipeline, edition).states.items()
        if state.house_days is not None
    }
    wrong = [name for name in office.config.house_clocks if name not in known]
    if wrong:
        faults = [ConfigFault(f"house_clocks.{name}", "unknown_state", ", ".join(sorted(known))) for name in wrong]
        raise BadConfig(office.config.path, faults)
