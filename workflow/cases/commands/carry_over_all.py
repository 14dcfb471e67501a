"""This command carries over every open case that needs it.

It is the first work of a day, before anybody acts.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import orjson

from states.rulebook.edition import Edition
from workflow.cases.commands.advance import CaseWriter
from workflow.office import Office
from workflow.storage import reads, writes
from workflow.storage.engine import Transaction
from workflow.storage.ledger import Ledger, LockedCase
from workflow.storage.tables.cases import CaseRow


class CarriedCase(NamedTuple):
    """A carried case and its states before and after.

    They are the same if only a step to return to was gone.
    """

    case: str
    before: str
    after: str


def carry_over_all(office: Office, day: date) -> tuple[CarriedCase, ...]:
    """Record every carry-over that is due by ``day``, in one transaction.

    A second run finds nothing to do.
    """
    with office.write_transaction() as (tx, ledger):
        return tuple(carry_over_open_cases(office, tx, ledger, day))


def carry_over_open_cases(
    office: Office, tx: Transaction, ledger: Ledger, day: date
) -> Iterator[CarriedCase]:
    """As `carry_over_all`, within a transaction that is open already."""
    for row in reads.load_cases(tx.connection):
        if row.closed_on is None and _may_lack_state(office.rulebook.edition_on(row.pipeline, day), row):
            key, sealed = writes.load_person_row(tx, row.person_id)
            locked_case = LockedCase(
                row.id, row.pipeline, row.person_id, key, sealed, row.version, row.record
            )
            writer = CaseWriter(office, tx, ledger, locked_case)
            if (to := writer.carry_over(day)) is not None:
                writer.write_rows()
                yield CarriedCase(row.id, row.state, to)


def _may_lack_state(edition: Edition, row: CaseRow) -> bool:
    """Whether a step that the case stands at, or may return to, is one that not every unit has."""
    steps = (row.state, *orjson.loads(row.record)["back"])
    rules = (edition.states.get(step) for step in steps)
    return any(rule is None or rule.only_where.has is not None for rule in rules)
