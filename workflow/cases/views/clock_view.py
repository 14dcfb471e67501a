"""A clock is shown with how it was counted."""

from dataclasses import dataclass
from datetime import date

from states.calendar.working_days import Calendar, DueDate
from states.record.deadlines import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedDaysView:
    """Days off that were passed over in counting."""

    first: date
    last: date
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockView:
    """A deadline, how it was counted, and by which article.

    ``provisional``: it should be counted from a day that is not on record yet. ``broken_off``: it was stopped
    though what it waited for has not come. ``spared_on``: it is counted
    from no earlier than that day, on which the rules were corrected.
    """

    name: str
    label: str
    kind: str
    organ: str
    state: str
    basis: int | None
    of: str | None
    edition: str
    start: date | None
    amount: int
    unit: str
    extended: int
    due: date | None
    stopped: date | None
    spared_on: date | None
    late: bool
    days_left: int | None
    missing_year: int | None
    unverified_years: list[int]
    provisional: bool
    broken_off: bool
    citation: str | None
    verified: bool
    skipped: list[SkippedDaysView]


def build_clock_view(clock: Clock, today: date, calendar: Calendar, language: str) -> ClockView:
    """A clock as it stands today."""
    return ClockView(
        name=clock.name,
        label=clock.label.in_language(language),
        kind=clock.kind,
        organ=clock.organ,
        state="not_started"
        if clock.state == "running" and clock.start and clock.start > today
        else clock.state,
        basis=clock.seq,
        of=clock.of,
        edition=clock.edition,
        start=clock.start,
        amount=clock.amount,
        unit=clock.unit,
        extended=clock.extended,
        due=clock.due,
        stopped=clock.stopped,
        spared_on=clock.spared_on,
        late=clock.is_late_on(today),
        days_left=(clock.due - today).days if clock.due and clock.state == "running" else None,
        missing_year=clock.missing_year,
        unverified_years=list(clock.unverified_years),
        provisional=clock.provisional,
        broken_off=clock.broken_off,
        citation=clock.citation.in_language(language) if clock.citation else None,
        verified=clock.verified,
        skipped=_list_skipped_days(clock, calendar, language),
    )


def _list_skipped_days(clock: Clock, calendar: Calendar, language: str) -> list[SkippedDaysView]:
    """The days off that were passed over in counting, other than plain weekends."""
    if clock.unit != "working_days" or clock.start is None or clock.due is None or clock.spared_on:
        return []
    due = DueDate(clock.start, clock.amount, "working_days", clock.due, clock.unverified_years)
    return [
        SkippedDaysView(first=days_off.first, last=days_off.last, label=days_off.label.in_language(language))
        for days_off in calendar.list_skipped_days(due)
        if days_off.label is not None
    ]
