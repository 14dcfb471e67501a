"""Carrying over every open case whose step is gone: the first work of a day, before anybody acts."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import orjson

from states.rulebook.edition import Edition
from workflow.cases.commands.advance import Step
from workflow.office import Office
from workflow.storage import reads, writes
from workflow.storage.engine import Work
from workflow.storage.tables import CaseRow
from workflow.storage.writes import HeldCase, Ledger


class Carried(NamedTuple):
    """A case that was carried over, from which state to which (the same, where only a step to return to was gone)."""

    case: str
    before: str
    after: str


def carry_all(office: Office, day: date) -> tuple[Carried, ...]:
    """Carry every open case as far as the rules and organs of ``day`` put it, each by a recorded event.

    One transaction. A second time there is nothing left to carry.
    """
    with office.writing() as (work, ledger):
        return tuple(carry_open(office, work, ledger, day))


def carry_open(office: Office, work: Work, ledger: Ledger, day: date) -> Iterator[Carried]:
    """As `carry_all`, within a transaction that is open already."""
    for row in reads.cases(work.connection):
        if row.closed_on is None and _may_be_gone(office.rulebook.edition_on(row.pipeline, day), row):
            key, sealed = writes.person_row(work, row.person_id)
            held = HeldCase(row.id, row.pipeline, row.person_id, key, sealed, row.version, row.record)
            step = Step(office, work, ledger, held)
            if (to := step.carry(day)) is not None:
                step.write()
                yield Carried(row.id, row.state, to)


def _may_be_gone(edition: Edition, row: CaseRow) -> bool:
    """Whether a step that the case stands at, or may return to, is one that not every unit has."""
    steps = (row.state, *orjson.loads(row.record)["back"])
    rules = (edition.states.get(step) for step in steps)
    return any(rule is None or rule.only_where.has is not None for rule in rules)
