"""An unpacked backup is opened and verified as the office it holds."""

from contextlib import closing
from pathlib import Path

from workflow.core.config import read_config
from workflow.core.crypto import Vault, WrongKey
from workflow.office import Office
from workflow.operations.archive.archive_file import BadArchive
from workflow.operations.archive.manifest import CONFIG, Manifest
from workflow.operations.verify.verify import Progress, Verification, verify_office
from workflow.storage import reads
from workflow.storage.engine import Database
from workflow.storage.schema import check_version


def verify_unpacked(folder: Path, manifest: Manifest, on_progress: Progress | None = None) -> Verification:
    """Verify the office that lies unpacked in a folder, and compare it with its manifest.

    Raises `BadArchive`, `BadConfig`, `KeyLost`, `WrongKey`, `WrongSchemaVersion`, `DatabaseUnavailable`.
    """
    config = read_config(folder / CONFIG)
    url = f"sqlite:///{manifest.database}"
    vault = Vault(folder / manifest.key)
    with closing(Office(config, Database(url, folder), vault)) as office:
        with office.database.read_transaction() as connection:
            check_version(connection)
            row, head = reads.load_office(connection), reads.load_chain_head(connection)
        if row.key_check != vault.compute_key_check():
            raise WrongKey(vault.path)
        if head is None or (head[0].n, head[0].hash.hex()) != (manifest.events, manifest.seal):
            raise BadArchive("damaged", manifest.database)
        return verify_office(office, on_progress=on_progress)
