"""This module recounts the deadlines of all cases.

That is needed when the calendar or the house clocks have changed.
"""

import hashlib
import json

from states.record.case_record import Record
from workflow.cases.derived_rows import build_clock_row
from workflow.office import Office
from workflow.storage import reads, writes
from workflow.storage.engine import Transaction
from workflow.storage.ledger import Ledger
from workflow.storage.schema import VERSION


def compute_basis(office: Office) -> str:
    """A digest of what an office judges and counts by: version, edition files and house clocks."""
    digest = hashlib.sha256(json.dumps([VERSION, office.config.house_clocks], sort_keys=True).encode())
    for file in office.rulebook.list_files():
        digest.update(file.read_bytes())
    return digest.hexdigest()


def recount_deadlines(office: Office, tx: Transaction, ledger: Ledger) -> int:
    """Recount the clocks of every case; returns how many cases changed."""
    snapshot = office.snapshot_for_writing(tx, ledger)
    today = office.resolve_day(ledger.today)
    stored = reads.load_clocks_by_case(tx.connection)
    changed = 0
    for row in reads.load_cases(tx.connection):
        record = Record.from_json(json.loads(row.record))
        edition = office.rulebook.edition_on(row.pipeline, today)
        clocks = office.list_clocks(record, edition, snapshot)
        rows = [build_clock_row(row.id, clock) for clock in clocks if clock.seq is not None]
        if rows != stored.get(row.id, []):
            writes.replace_clocks(tx, row.id, rows, today)
            changed += 1
    writes.set_basis(tx, compute_basis(office))
    return changed
