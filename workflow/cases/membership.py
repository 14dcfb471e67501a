"""This module computes a person's Party membership from a case."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from states.calendar.months import add_months
from states.record.case_record import Record
from states.rulebook.edition import Edition
from states.vocabulary import Membership

Span = tuple[Membership, date]


class Period(NamedTuple):
    """A membership with its first and last day; None: it goes on."""

    status: Membership
    since: date
    until: date | None


def list_membership_spans(edition: Edition, record: Record) -> list[Span]:
    """Each membership that the case's recorded days have brought, with the day it began, in their order.

    Full membership counts from the end of probation, whatever the date of its decision (Quy định
    24-QĐ/TW, 4.2).
    """
    brought = set[Span]()
    for move in edition.moves.values():
        for arrival in move.to:
            day = record.find_day(arrival.dated or move.dated)
            if arrival.membership and day:
                since = find_membership_start(edition, record, arrival.membership, day)
                brought.add((arrival.membership, since))
    return sorted(brought, key=lambda span: (span[1], span[0]))


def list_membership_periods(brought: Iterable[Span]) -> Iterator[Period]:
    """Membership periods in order: each ends the day before the next begins.

    ``none`` only ends the one before.
    """
    ordered = list(brought)
    ends: list[date | None] = [start - timedelta(days=1) for _, start in ordered[1:]]
    for (status, since_), until in zip(ordered, [*ends, None], strict=False):
        if status != "none" and (until is None or since_ <= until):
            yield Period(status, since_, until)


def find_membership_start(edition: Edition, record: Record, membership: Membership, on: date) -> date:
    """The day from which an act of day ``on`` makes somebody ``membership``."""
    if membership != "member":
        return on
    for rule in edition.clocks.values():
        start = record.find_day(rule.from_)
        if rule.kind == "period" and rule.length.months and start:
            return add_months(start, rule.length.months)
    return on
