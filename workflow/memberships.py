"""What a case makes of a person in the Party, and since when."""

from collections.abc import Iterator
from datetime import date

from states.journey import Record
from states.rulebook import Edition
from states.vocabulary import Membership
from states.working_days import add_months

Span = tuple[Membership, date]


def spans(edition: Edition, record: Record) -> Iterator[Span]:
    """Each membership that the case's recorded days have brought, with the day it began.

    Full membership counts from the end of probation, whatever the date of its decision (Quy định 24-QĐ/TW, 4.2).
    """
    for move in edition.moves.values():
        for arrival in move.to:
            day = record.fields.get(arrival.dated or move.dated)
            if arrival.membership and day:
                yield arrival.membership, since(edition, record, arrival.membership, date.fromisoformat(day))


def since(edition: Edition, record: Record, membership: Membership, on: date) -> date:
    """The day from which an act of day ``on`` makes somebody ``membership``."""
    if membership != "member":
        return on
    for rule in edition.clocks.values():
        start = record.fields.get(rule.from_)
        if rule.kind == "period" and rule.length.months and start:
            return add_months(date.fromisoformat(start), rule.length.months)
    return on
