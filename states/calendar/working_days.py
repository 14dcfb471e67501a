"""A calendar counts working days and shows how a date came about.

Whatever it says of a due date it can also explain, day by day; months, which need no calendar, stand in
``months``.
"""

from bisect import bisect_right
from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

from states.calendar.months import add_months
from states.errors import UserError
from states.vocabulary import Text

DurationUnit = Literal["working_days", "months"]
DayKind = Literal["start", "working", "worked_weekend", "weekend", "holiday", "month", "month_end"]

_SATURDAY = 5
_DAY = timedelta(days=1)


class CalendarMissing(UserError, LookupError):
    """The working calendar says nothing about `year`, so no date in it can be computed yet."""

    code = "calendar_missing"
    advice = "advice.calendar_missing"
    message_values = ("year",)

    def __init__(self, year: int) -> None:
        super().__init__(f"the working calendar of {year} is missing")
        self.year = year

    def __reduce__(self) -> tuple[type["CalendarMissing"], tuple[int]]:
        return CalendarMissing, (self.year,)


@dataclass(frozen=True, slots=True)
class DueDate:
    """A date counted from a start; `unverified_years`: counted through, their calendar not certain."""

    start: date
    amount: int
    unit: DurationUnit
    due: date
    unverified_years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One line of the account of a date: its running number, or none and the reason why the day is off.

    `label` is the calendar's own word for a holiday or a worked weekend; ordinary weekends have none.
    `number` counts working days or months, as the unit of the date is; the start is number 0.
    """

    day: date
    number: int | None
    kind: DayKind
    label: Text | None = None
    verified: bool = True


@dataclass(frozen=True, slots=True)
class SkippedDays:
    """Days off in a row, passed over for the same reason: a weekend, or a holiday with its label."""

    first: date
    last: date
    label: Text | None


@dataclass(frozen=True)
class Calendar:
    """An office's calendar: its years (True: verified), days off besides weekends, weekends worked."""

    years: Mapping[int, bool]
    off: Mapping[date, Text]
    worked: Mapping[date, Text]

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on `day`. Raises CalendarMissing for a year without data."""
        if day.year not in self.years:
            raise CalendarMissing(day.year)
        return self._is_worked(day)

    def add_working_days(self, start: date, amount: int) -> DueDate:
        """The date `amount` working days after `start`, which is not counted: the next working day is day 1.

        Zero days give the start itself. Raises CalendarMissing with the first year without data that the
        count runs into; ValueError for a negative amount.
        """
        if amount < 0:
            raise ValueError("working days are counted forward")
        if amount == 0:
            return DueDate(start, 0, "working_days", start)
        first_year = (start + _DAY).year
        last_year = self._last_year_of_run(first_year)
        days = self._working_days
        position = bisect_right(days, start) + amount - 1
        if position >= self._working_days_until[last_year]:
            raise CalendarMissing(last_year + 1)
        due = days[position]
        return DueDate(start, amount, "working_days", due, self._unverified_years(first_year, due.year))

    def explain_due(self, due: DueDate) -> tuple[CountedDay, ...]:
        """The whole account of a date, from its start: every calendar day, or for months every month."""
        rows = [CountedDay(due.start, 0, "start")]
        if due.unit == "months":
            rows += [_month_row(due.start, number) for number in range(1, due.amount + 1)]
            return tuple(rows)
        number = 0
        for offset in range(1, (due.due - due.start).days + 1):
            day = due.start + timedelta(days=offset)
            counted = self.is_working_day(day)
            number += counted
            kind, label = self._day_kind(day)
            rows.append(CountedDay(day, number if counted else None, kind, label, self.years[day.year]))
        return tuple(rows)

    def list_skipped_days(self, due: DueDate) -> tuple[SkippedDays, ...]:
        """The days off passed over on the way to a date, neighbours with one reason together."""
        skipped: list[SkippedDays] = []
        for row in self.explain_due(due) if due.unit == "working_days" else ():
            if row.number is not None:
                continue
            if skipped and _extends_run(skipped[-1], row):
                skipped[-1] = SkippedDays(skipped[-1].first, row.day, row.label)
            else:
                skipped.append(SkippedDays(row.day, row.day, row.label))
        return tuple(skipped)

    @cached_property
    def _working_days(self) -> list[date]:
        """Every working day of every known year in order; built once, so that counting is a bisection."""
        days = (
            date(year, 1, 1) + timedelta(days=n)
            for year in sorted(self.years)
            for n in range(365 + isleap(year))
        )
        return [day for day in days if self._is_worked(day)]

    @cached_property
    def _working_days_until(self) -> dict[int, int]:
        """How many of the known working days lie before the end of each known year."""
        return {year: bisect_right(self._working_days, date(year, 12, 31)) for year in self.years}

    @cached_property
    def _run_ends(self) -> dict[int, int]:
        """For each known year the last year that can be reached from it without a gap."""
        ends: dict[int, int] = {}
        for year in sorted(self.years, reverse=True):
            ends[year] = ends.get(year + 1, year)
        return ends

    def _last_year_of_run(self, year: int) -> int:
        try:
            return self._run_ends[year]
        except KeyError:
            raise CalendarMissing(year) from None

    def _unverified_years(self, first_year: int, last_year: int) -> tuple[int, ...]:
        return tuple([year for year in range(first_year, last_year + 1) if not self.years[year]])

    def _is_worked(self, day: date) -> bool:
        return day in self.worked if day.weekday() >= _SATURDAY else day not in self.off

    def _day_kind(self, day: date) -> tuple[DayKind, Text | None]:
        if day.weekday() >= _SATURDAY:
            return ("worked_weekend", self.worked[day]) if day in self.worked else ("weekend", None)
        return ("holiday", self.off[day]) if day in self.off else ("working", None)


def due_in_months(start: date, amount: int) -> DueDate:
    """A date some months after a start, with what it was counted from."""
    return DueDate(start, amount, "months", add_months(start, amount))


def _month_row(start: date, number: int) -> CountedDay:
    day = add_months(start, number)
    return CountedDay(day, number, "month" if day.day == start.day else "month_end")


def _extends_run(skipped: SkippedDays, row: CountedDay) -> bool:
    return row.day - skipped.last == _DAY and row.label == skipped.label
