"""Counting deadlines anew: when the calendar, the house clocks or the rules they are counted by have changed."""

import hashlib
import json

from states.record.journey import Record
from workflow.cases.derived_rows import clock_row
from workflow.office import Office
from workflow.storage import reads, writes
from workflow.storage.engine import Work
from workflow.storage.writes import Ledger


def basis(office: Office) -> str:
    """A digest of what deadlines are counted by beside the history: the editions' files and the house clocks."""
    digest = hashlib.sha256(json.dumps(office.config.house_clocks, sort_keys=True).encode())
    for file in office.rulebook.files():
        digest.update(file.read_bytes())
    return digest.hexdigest()


def recount(office: Office, work: Work, ledger: Ledger) -> int:
    """Count the clocks of every case anew; how many cases came out differently."""
    tree = office.tree(work, ledger)
    today = office.day(ledger.today)
    stored = reads.clocks_by_case(work.connection)
    changed = 0
    for row in reads.cases(work.connection):
        record = Record.from_json(json.loads(row.record))
        edition = office.rulebook.edition_on(row.pipeline, today)
        clocks = office.clocks(record, edition, tree)
        rows = [clock_row(row.id, clock) for clock in clocks if clock.seq is not None]
        if rows != stored.get(row.id, []):
            writes.replace_clocks(work, row.id, rows, today)
            changed += 1
    writes.set_basis(work, basis(office))
    return changed
