"""Carrying every open case over whose step is gone on a day."""

from datetime import date

from workflow.cases import Step
from workflow.office import Office
from workflow.store import reading


def carry_all(office: Office, day: date) -> list[tuple[str, str]]:
    """Carry over each open case that needs it by ``day``; case and the state it came to. One transaction each."""
    with office.database.reading() as connection:
        cases = [row.id for row in reading.cases(connection) if row.closed_on is None]
    moved = []
    for case in cases:
        with office.stepping(case) as (work, ledger, held):
            step = Step(office, work, ledger, held)
            if (to := step.carry(day)) is not None:
                step.write()
                moved.append((case, to))
    return moved
