"""Letters go out on working mornings, never at Tết: before a deadline rather earlier, after it rather
later.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.letter_days import build_horizon, is_office_day, last_morning, morning_for_step
from notifications.policy import ReminderStep
from states.calendar.calendar_file import parse_calendar_yaml
from workflow.operations.create_office import CALENDAR

OFFICE = parse_calendar_yaml(CALENDAR.read_text(encoding="utf-8"))
DAYS = st.dates(date(2021, 2, 1), date(2026, 12, 1))
STEPS = st.integers(-40, 40).map(ReminderStep)


@pytest.mark.parametrize(
    ("step", "falls_on", "told_on"),
    [
        (ReminderStep(-7), date(2022, 1, 28), date(2022, 1, 28)),  # the last Friday before Tết
        (ReminderStep(-7), date(2022, 1, 31), date(2022, 1, 28)),  # the eve of Tết
        (ReminderStep(-7), date(2022, 2, 3), date(2022, 1, 28)),
        (ReminderStep(-7), date(2022, 2, 6), date(2022, 1, 28)),  # the Sunday after
        (ReminderStep(7), date(2022, 1, 31), date(2022, 2, 7)),
        (ReminderStep(7), date(2022, 2, 5), date(2022, 2, 7)),
        (
            ReminderStep(0),
            date(2022, 2, 5),
            date(2022, 1, 28),
        ),  # on the day itself is not late yet: it is told before
        (
            ReminderStep(1),
            date(2022, 4, 30),
            date(2022, 5, 4),
        ),  # 30 April and 1 May on a weekend, made up on Monday, Tuesday
        (ReminderStep(-1), date(2022, 9, 2), date(2022, 8, 31)),  # 1 and 2 September off
        (ReminderStep(-14), date(2022, 8, 9), date(2022, 8, 9)),
    ],
)
def test_days_off_are_never_mornings(step: ReminderStep, falls_on: date, told_on: date) -> None:
    assert morning_for_step(OFFICE, step, falls_on) == told_on


def test_where_the_calendar_says_nothing_every_weekday_counts() -> None:
    assert is_office_day(OFFICE, date(2060, 2, 2))
    assert not is_office_day(OFFICE, date(2060, 2, 1))


@given(step=STEPS, day=DAYS)
def test_a_step_is_told_on_a_working_day_on_the_side_that_helps(step: ReminderStep, day: date) -> None:
    told = morning_for_step(OFFICE, step, day)
    assert is_office_day(OFFICE, told)
    assert told <= day if step.is_before_due else told >= day
    between = (min(told, day) + timedelta(days=n) for n in range(abs((told - day).days) + 1))
    assert sum(is_office_day(OFFICE, one) for one in between) == 1


@given(step=STEPS, day=DAYS, today=DAYS)
def test_a_sweep_reaches_just_what_is_told_by_its_morning(step: ReminderStep, day: date, today: date) -> None:
    working_day = last_morning(OFFICE, today)
    assert (day <= build_horizon(OFFICE, working_day)(step)) == (
        morning_for_step(OFFICE, step, day) <= working_day
    )
