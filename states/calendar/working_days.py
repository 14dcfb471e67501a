"""Days as the rules count them: working days by an office's calendar, months for people, and how a date came about."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

from states.errors import UserError

DurationUnit = Literal["working_days", "months", "days"]
DayKind = Literal["start", "working", "worked_weekend", "weekend", "holiday", "day", "month", "month_end"]

_SATURDAY = 5
_MONTH_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # days of each month, in a leap year
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
class CalendarLabel:
    """Why a day is off, or worked, in the words of the calendar."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class DueDate:
    """A date counted from a start; `unverified_years` are those counted through whose calendar is not certain."""

    start: date
    amount: int
    unit: DurationUnit
    due: date
    unverified_years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One line of the account of a date: its running number, or none and the reason why the day is off.

    `label` is the calendar's own word for a holiday or a worked weekend; ordinary weekends have none.
    `number` counts working days, months or days, as the unit of the date is; the start is number 0.
    """

    day: date
    number: int | None
    kind: DayKind
    label: CalendarLabel | None = None
    verified: bool = True


@dataclass(frozen=True, slots=True)
class SkippedDays:
    """Days off in a row, passed over for the same reason: a weekend, or a holiday with its label."""

    first: date
    last: date
    label: CalendarLabel | None

    @property
    def day_count(self) -> int:
        """How many days these are."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class DueSummary:
    """In short how a date was counted: the days passed over, the weekends worked, the years not certain."""

    skipped: tuple[SkippedDays, ...]
    worked: tuple[tuple[date, CalendarLabel], ...]
    unverified_years: tuple[int, ...]


@dataclass(frozen=True)
class Calendar:
    """An office's calendar: the years it knows (True: verified), the days off besides weekends, the weekends worked."""

    years: Mapping[int, bool]
    off: Mapping[date, CalendarLabel]
    worked: Mapping[date, CalendarLabel]

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on `day`. Raises CalendarMissing for a year without data."""
        if day.year not in self.years:
            raise CalendarMissing(day.year)
        return self._is_worked(day)

    def add_working_days(self, start: date, amount: int) -> DueDate:
        """The date `amount` working days after `start`, which is not counted: the next working day is day 1.

        Zero days give the start itself. Raises CalendarMissing with the first year without data that the count runs
        into; ValueError for a negative amount.
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

    def count_working_days(self, start: date, until: date) -> int:
        """How many working days there are after `start`, up to and with `until`. Raises CalendarMissing."""
        if until <= start:
            return 0
        first_year = (start + _DAY).year
        if self._last_year_of_run(first_year) < until.year:
            raise CalendarMissing(self._last_year_of_run(first_year) + 1)
        return bisect_right(self._working_days, until) - bisect_right(self._working_days, start)

    def explain_due(self, due: DueDate) -> tuple[CountedDay, ...]:
        """The whole account of a date, from its start: every calendar day, or for months every month."""
        rows = [CountedDay(due.start, 0, "start")]
        if due.unit == "months":
            rows += [_month_row(due.start, number) for number in range(1, due.amount + 1)]
            return tuple(rows)
        number = 0
        for offset in range(1, (due.due - due.start).days + 1):
            day = due.start + timedelta(days=offset)
            if due.unit == "days":
                rows.append(CountedDay(day, offset, "day"))
                continue
            counted = self.is_working_day(day)
            number += counted
            kind, label = self._day_kind(day)
            rows.append(CountedDay(day, number if counted else None, kind, label, self.years[day.year]))
        return tuple(rows)

    def summarise_due(self, due: DueDate) -> DueSummary:
        """The days passed over on the way to a date, neighbours with one reason together."""
        skipped: list[SkippedDays] = []
        worked: list[tuple[date, CalendarLabel]] = []
        for row in self.explain_due(due) if due.unit == "working_days" else ():
            if row.kind == "worked_weekend" and row.label:
                worked.append((row.day, row.label))
            elif row.number is None and skipped and _extends_run(skipped[-1], row):
                skipped[-1] = SkippedDays(skipped[-1].first, row.day, row.label)
            elif row.number is None:
                skipped.append(SkippedDays(row.day, row.day, row.label))
        return DueSummary(tuple(skipped), tuple(worked), due.unverified_years)

    @cached_property
    def _working_days(self) -> list[date]:
        """Every working day of every known year in order; built once, so that counting is a bisection."""
        days = (
            date(year, 1, 1) + timedelta(days=n) for year in sorted(self.years) for n in range(365 + _is_leap(year))
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

    def _day_kind(self, day: date) -> tuple[DayKind, CalendarLabel | None]:
        if day.weekday() >= _SATURDAY:
            return ("worked_weekend", self.worked[day]) if day in self.worked else ("weekend", None)
        return ("holiday", self.off[day]) if day in self.off else ("working", None)


def add_months(day: date, amount: int) -> date:
    """The day `amount` months later (earlier, if negative), or that month's last day: 31/1 and 1 month is 28/2.

    Raises OverflowError beyond the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + amount, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError("date value out of range")
    return date(year, month + 1, min(day.day, _MONTH_LENGTHS[month] - (month == 1 and not _is_leap(year))))


def due_in_months(start: date, amount: int) -> DueDate:
    """A date some months after a start, with what it was counted from."""
    return DueDate(start, amount, "months", add_months(start, amount))


def due_in_days(start: date, amount: int) -> DueDate:
    """A date some calendar days after a start, with what it was counted from. Raises OverflowError after 31/12/9999."""
    return DueDate(start, amount, "days", start + timedelta(days=amount))


def whole_months_between(earlier: date, later: date) -> int:
    """How many whole months have passed at `later`: the most that can be added to `earlier` without passing it.

    Negative when `later` lies before `earlier`.
    """
    months = months_apart_by_month(earlier, later)
    return months if add_months(earlier, months) <= later else months - 1


def months_apart_by_month(birth: date, on: date) -> int:
    """How many months lie between two months, whatever the day: ages in the rules count by month (tính theo tháng)."""
    return (on.year - birth.year) * 12 + on.month - birth.month


def _month_row(start: date, number: int) -> CountedDay:
    day = add_months(start, number)
    return CountedDay(day, number, "month" if day.day == start.day else "month_end")


def _extends_run(skipped: SkippedDays, row: CountedDay) -> bool:
    return row.day - skipped.last == _DAY and row.label == skipped.label


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
