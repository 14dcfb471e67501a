"""Letters go out on working days, rather before a deadline than after."""

from collections.abc import Callable
from datetime import date, timedelta

from notifications.policy import ReminderStep
from states.calendar.working_days import Calendar, CalendarMissing

DAY = timedelta(days=1)
_SATURDAY = 5


def is_office_day(calendar: Calendar, day: date) -> bool:
    """Whether the office works on a day; of a year that its calendar does not know, every weekday counts."""
    try:
        return calendar.is_working_day(day)
    except CalendarMissing:
        return day.weekday() < _SATURDAY


def morning_for_step(calendar: Calendar, step: ReminderStep, day: date) -> date:
    """The working morning on which a step that falls on ``day`` is told."""
    return _nearest_office_day(calendar, day, -DAY if step.is_before_due else DAY)


def last_morning(calendar: Calendar, today: date) -> date:
    """The newest working day up to ``today``."""
    return _nearest_office_day(calendar, today, -DAY)


def build_horizon(calendar: Calendar, working_day: date) -> Callable[[ReminderStep], date]:
    """The last day whose step is told by the morning of a working day.

    Before a deadline, all days off to come.
    """
    last_day_before = _nearest_office_day(calendar, working_day + DAY, DAY) - DAY
    return lambda step: last_day_before if step.is_before_due else working_day


def _nearest_office_day(calendar: Calendar, day: date, by: timedelta) -> date:
    while not is_office_day(calendar, day):
        day += by
    return day
