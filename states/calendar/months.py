"""Months are counted for people, by date or by month.

Nothing here asks a calendar.
"""

from calendar import monthrange
from datetime import date


def add_months(day: date, amount: int) -> date:
    """The day `amount` months later, or that month's last day: 31/1 and 1 month is 28/2.

    A negative amount goes back. Raises OverflowError beyond the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + amount, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError("date value out of range")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def is_older_than(dated: date, months: int, on: date) -> bool:
    """Whether a paper is past its months on a day: to the day it still is good, the day after no more."""
    return on > add_months(dated, months)


def months_apart_by_month(birth: date, on: date) -> int:
    """How many months lie between two months, whatever the day (ages: tính theo tháng)."""
    return (on.year - birth.year) * 12 + on.month - birth.month
