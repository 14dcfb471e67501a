"""Clocks of a case are worked out from its record's marks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from states.calendar.months import add_months
from states.calendar.working_days import Calendar, CalendarMissing
from states.record.case_record import HOUSE_PREFIX, EditionLookup, Mark, Record
from states.rulebook.edition import Edition
from states.vocabulary import Text

ClockKind = Literal["legal", "house", "validity", "period"]
STALLING = ("legal", "house")
"""Kinds of clocks that make a case late."""
ClockState = Literal["running", "paused", "stopped", "not_started"]


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of one case. Days are office-zone dates.

    ``due`` is None while a clock has not started, and where a year of the calendar is missing
    (``missing_year``). ``amount`` counts ``unit``: working_days, months or (house clocks) calendar days.
    ``seq``: the event it started by. ``provisional``: it should be counted from a day that nobody has
    recorded yet. ``broken_off``: it was stopped though what it waited for has not come.
    ``spared_on``: the day on which corrected rules brought or shortened it,
    where it would have been late before that day.
    """

    name: str
    label: Text
    kind: ClockKind
    organ: str
    edition: str
    state: ClockState
    amount: int
    unit: Literal["working_days", "months", "days"]
    seq: int | None = None
    of: str | None = None
    start: date | None = None
    due: date | None = None
    stopped: date | None = None
    extended: int = 0
    spared_on: date | None = None
    missing_year: int | None = None
    unverified_years: tuple[int, ...] = ()
    provisional: bool = False
    broken_off: bool = False
    citation: Text | None = None
    verified: bool = False

    def is_late_on(self, today: date) -> bool:
        """Past its deadline and still open; a paused clock is never late, nor is one that only shows a
        validity.
        """
        return self.kind in STALLING and self.state == "running" and self.due is not None and self.due < today


def compute_clocks(
    record: Record,
    edition_of: EditionLookup,
    edition: Edition,
    calendar: Calendar,
    house_days: Mapping[str, int],
) -> tuple[Clock, ...]:
    """Every clock of a case: the started ones, oldest first, then those that its state waits for.

    ``edition`` is the one in force now: it names the clocks of the present state.
    """
    marked = tuple(compute_clock(record, mark, edition_of, calendar, house_days) for mark in record.clocks)
    started = {clock.name for clock in marked}
    state = edition.states.get(record.state)
    waiting = tuple(
        _waiting_clock(name, edition) for name in (state.clocks if state else ()) if name not in started
    )
    return marked + waiting


def compute_clock(
    record: Record, mark: Mark, edition_of: EditionLookup, calendar: Calendar, house_days: Mapping[str, int]
) -> Clock:
    """Compute the clock of one mark by the edition of the day on which it started."""
    edition = edition_of(record.pipeline, mark["edition"], mark.get("revision"))
    if mark["clock"].startswith(HOUSE_PREFIX):
        clock = _house_clock(mark, edition, house_days)
    else:
        clock = _edition_clock(mark, edition, calendar, house_days)
    revised = mark.get("revised")
    if revised is None or clock.due is None or clock.kind not in STALLING:
        return clock
    was = revised["was"] and compute_clock(record, revised["was"], edition_of, calendar, house_days).due
    return _spare_the_past(clock, date.fromisoformat(revised["on"]), was)


def _spare_the_past(clock: Clock, revised_on: date, was: date | None) -> Clock:
    """A clock that corrected rules brought or shortened is not late before the day of the correction."""
    earliest = min(revised_on, was) if was else revised_on
    if clock.due is None or clock.due >= earliest:
        return clock
    return replace(clock, due=earliest, spared_on=revised_on)


def _stop_day(mark: Mark) -> date | None:
    return date.fromisoformat(mark["stopped"]) if mark["stopped"] else None


def _house_clock(mark: Mark, edition: Edition, house_days: Mapping[str, int]) -> Clock:
    name = mark["clock"].removeprefix(HOUSE_PREFIX)
    state = edition.states[name]
    amount = house_days.get(name, state.house_days or 0)
    start, stopped = date.fromisoformat(mark["start"]), _stop_day(mark)
    return Clock(
        name=mark["clock"],
        label=state.label,
        kind="house",
        organ=state.turn or "",
        edition=edition.edition,
        state=_running_state(mark),
        amount=amount,
        unit="days",
        seq=mark["seq"],
        start=start,
        due=start + timedelta(days=amount) + _paused_days(mark),
        stopped=stopped,
    )


def _paused_days(mark: Mark) -> timedelta:
    """How long a clock stood still, but for the pause that lasts."""
    spans = [(begun, ended) for begun, ended in mark.get("pauses", []) if begun and ended]
    return sum((date.fromisoformat(ended) - date.fromisoformat(begun) for begun, ended in spans), timedelta())


def _running_state(mark: Mark) -> ClockState:
    if mark["stopped"]:
        return "stopped"
    return "paused" if any(ended is None for _, ended in mark.get("pauses", [])) else "running"


def _edition_clock(mark: Mark, edition: Edition, calendar: Calendar, house_days: Mapping[str, int]) -> Clock:
    rule, start = edition.clocks[mark["clock"]], date.fromisoformat(mark["start"])
    started = date.fromisoformat(mark.get("began", mark["start"]))
    if rule.after and rule.after.months:
        start = add_months(start, rule.after.months)
    amount: int = mark.get("amount") or rule.length.amount
    if rule.length.unit == "days":
        amount = house_days.get(mark["clock"], amount)
    extended: int = mark.get("extended", 0)
    due: date | None = None
    missing: int | None = None
    unverified: tuple[int, ...] = ()
    try:
        if rule.length.unit == "months":
            due = add_months(start, amount)
        elif rule.length.unit == "days":
            due = start + timedelta(days=amount) + _paused_days(mark)
        else:
            counted = calendar.add_working_days(start, amount + extended)
            due, unverified = counted.due, counted.unverified_years
    except CalendarMissing as error:
        missing = error.year
    return Clock(
        name=mark["clock"],
        label=rule.label,
        kind=rule.kind,
        organ=rule.organ,
        edition=mark["edition"],
        state=_running_state(mark),
        amount=amount + extended,
        unit=rule.length.unit,
        seq=mark["seq"],
        of=mark["of"],
        start=start,
        due=due,
        stopped=_stop_day(mark),
        extended=extended,
        missing_year=missing,
        unverified_years=unverified,
        broken_off=mark.get("broken_off", False),
        provisional=rule.anew_from is not None and "began" not in mark and not mark["stopped"],
        citation=edition.cite(rule, started),
        verified=rule.is_verified_on(started),
    )


def _waiting_clock(name: str, edition: Edition) -> Clock:
    rule = edition.clocks[name]
    return Clock(
        name=name,
        label=rule.label,
        kind=rule.kind,
        organ=rule.organ,
        edition=edition.edition,
        state="not_started",
        amount=rule.length.amount,
        unit=rule.length.unit,
        citation=edition.cite(rule),
        verified=rule.verified,
    )
