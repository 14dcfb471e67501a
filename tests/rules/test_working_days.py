"""Working days are counted as a clerk would on a wall calendar."""

import pickle
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.calendar.calendar_file import parse_calendar_yaml
from states.calendar.working_days import Calendar, CalendarMissing, SkippedDays, due_in_months
from states.vocabulary import Text

ROOT = Path(__file__).parents[2]
VIETNAM = parse_calendar_yaml((ROOT / "states/calendar/vietnam.yaml").read_text(encoding="utf-8"))

within_verified_years = st.dates(date(2021, 1, 1), date(2025, 12, 31))


def due(start: str, amount: int) -> str:
    return VIETNAM.add_working_days(date.fromisoformat(start), amount).due.isoformat()


def every_day(days: SkippedDays) -> list[date]:
    return [days.first + timedelta(days=number) for number in range((days.last - days.first).days + 1)]


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("2022-08-25", 0, "2022-08-25"),
        ("2022-08-25", 1, "2022-08-26"),  # Thursday, then Friday: the day itself is not counted
        ("2022-08-26", 1, "2022-08-29"),  # over a weekend
        ("2022-08-27", 1, "2022-08-29"),  # from a Saturday
        ("2022-08-25", 30, "2022-10-10"),  # through National Day on Thursday and Friday
        ("2023-01-19", 1, "2023-01-27"),  # the whole of Tết 2023 lies between two working days
        ("2023-01-26", 1, "2023-01-27"),  # from within Tết
        ("2025-01-24", 1, "2025-02-03"),  # Tết 2025
        ("2025-01-23", 2, "2025-02-03"),
        ("2024-04-26", 1, "2024-05-02"),  # 29/4 is off, exchanged
        ("2024-04-26", 3, "2024-05-04"),  # for a worked Saturday
        ("2024-05-03", 2, "2024-05-06"),
        ("2025-04-25", 1, "2025-04-26"),
        ("2025-04-29", 1, "2025-05-05"),
        ("2026-01-01", 1, "2026-01-05"),
        ("2026-01-09", 1, "2026-01-10"),
        ("2026-08-21", 1, "2026-08-22"),
        ("2026-08-28", 1, "2026-09-03"),
        ("2026-11-23", 1, "2026-11-25"),  # 24 November is a day off from 2026 on
        ("2025-11-21", 2, "2025-11-25"),
        ("2015-12-31", 1, "2016-01-04"),  # only the days after the start need a calendar
    ],
)
def test_the_next_working_day_is_day_one(start: str, amount: int, expected: str) -> None:
    assert due(start, amount) == expected


def test_a_date_in_a_year_without_data_names_that_year() -> None:
    with pytest.raises(CalendarMissing) as caught:
        VIETNAM.add_working_days(date(2027, 12, 20), 60)
    assert caught.value.year == 2028
    assert "2028" in str(caught.value)
    with pytest.raises(CalendarMissing) as caught:
        VIETNAM.is_working_day(date(2015, 3, 2))
    assert caught.value.year == 2015
    with pytest.raises(CalendarMissing) as caught:
        VIETNAM.add_working_days(date(2015, 3, 2), 1)
    assert caught.value.year == 2015


def test_the_last_known_working_day_can_still_be_reached() -> None:
    assert due("2027-12-30", 1) == "2027-12-31"
    with pytest.raises(CalendarMissing, match="2028"):
        VIETNAM.add_working_days(date(2027, 12, 31), 1)


def test_a_thousand_million_working_days_are_missing_a_calendar_not_memory() -> None:
    with pytest.raises(CalendarMissing, match="2028"):
        VIETNAM.add_working_days(date(2022, 8, 25), 10**9)


def test_a_gap_between_known_years_is_not_jumped_over() -> None:
    gapped = Calendar({2021: True, 2023: True}, {}, {})
    with pytest.raises(CalendarMissing) as caught:
        gapped.add_working_days(date(2021, 12, 1), 40)
    assert caught.value.year == 2022


def test_nobody_counts_backward() -> None:
    with pytest.raises(ValueError, match="forward"):
        VIETNAM.add_working_days(date(2022, 8, 25), -1)


def test_what_is_counted_through_2027_is_marked_unverified() -> None:
    assert VIETNAM.add_working_days(date(2026, 12, 1), 10).unverified_years == ()
    assert VIETNAM.add_working_days(date(2026, 12, 1), 60).unverified_years == (2027,)
    assert VIETNAM.add_working_days(date(2027, 2, 1), 5).unverified_years == (2027,)


def test_a_missing_year_travels_between_processes() -> None:
    assert pickle.loads(pickle.dumps(CalendarMissing(2028))).year == 2028  # noqa: S301 - our own bytes


def test_the_account_of_a_date_gives_every_day_its_number_or_its_reason() -> None:
    rows = VIETNAM.explain_due(VIETNAM.add_working_days(date(2024, 4, 25), 4))
    assert [(row.day.strftime("%d/%m"), row.number, row.kind) for row in rows] == [
        ("25/04", 0, "start"),
        ("26/04", 1, "working"),
        ("27/04", None, "weekend"),
        ("28/04", None, "weekend"),
        ("29/04", None, "holiday"),
        ("30/04", None, "holiday"),
        ("01/05", None, "holiday"),
        ("02/05", 2, "working"),
        ("03/05", 3, "working"),
        ("04/05", 4, "worked_weekend"),
    ]
    assert rows[5].label == Text("Ngày Chiến thắng 30/4", "Victory Day 30 April")


def test_the_days_passed_over_are_grouped_by_weekend_and_holiday() -> None:
    skipped = VIETNAM.list_skipped_days(VIETNAM.add_working_days(date(2022, 1, 27), 3))
    assert [(days.first.day, days.last.day, days.label.vi if days.label else None) for days in skipped] == [
        (29, 30, None),
        (31, 4, "Tết Nguyên đán"),
        (5, 6, None),
    ]


def test_days_counted_in_an_unverified_year_say_so_one_by_one() -> None:
    rows = VIETNAM.explain_due(VIETNAM.add_working_days(date(2026, 12, 30), 3))
    assert {row.day.year: row.verified for row in rows} == {2026: True, 2027: False}


def test_months_have_an_account_too() -> None:
    counted = due_in_months(date(2022, 1, 31), 3)
    assert [(row.day.isoformat(), row.number, row.kind) for row in VIETNAM.explain_due(counted)] == [
        ("2022-01-31", 0, "start"),
        ("2022-02-28", 1, "month_end"),
        ("2022-03-31", 2, "month"),
        ("2022-04-30", 3, "month_end"),
    ]
    assert VIETNAM.list_skipped_days(counted) == ()


@given(within_verified_years, st.integers(1, 300))
def test_a_deadline_never_lands_on_a_day_off(start: date, amount: int) -> None:
    assert VIETNAM.is_working_day(VIETNAM.add_working_days(start, amount).due)


@given(within_verified_years, st.integers(0, 120), st.integers(1, 120))
def test_counting_in_two_stretches_is_counting_in_one(start: date, first: int, second: int) -> None:
    midway = VIETNAM.add_working_days(start, first).due
    assert VIETNAM.add_working_days(midway, second).due == VIETNAM.add_working_days(start, first + second).due


@given(within_verified_years, st.integers(0, 200), st.integers(1, 30))
def test_more_days_or_a_later_start_never_end_earlier(start: date, amount: int, more: int) -> None:
    ends = VIETNAM.add_working_days(start, amount).due
    assert VIETNAM.add_working_days(start, amount + more).due > ends
    assert VIETNAM.add_working_days(start + timedelta(days=more), amount).due >= ends


@given(within_verified_years, st.integers(1, 60))
def test_the_account_ends_with_the_number_that_was_asked_for(start: date, amount: int) -> None:
    counted = VIETNAM.add_working_days(start, amount)
    rows = VIETNAM.explain_due(counted)
    assert (rows[-1].day, rows[-1].number) == (counted.due, amount)
    assert [row.number for row in rows if row.number is not None] == list(range(amount + 1))
    skipped = [day for days in VIETNAM.list_skipped_days(counted) for day in every_day(days)]
    assert skipped == [row.day for row in rows if row.number is None]


@given(within_verified_years, st.integers(0, 90))
def test_bisection_agrees_with_walking_day_by_day(start: date, amount: int) -> None:
    day, number = start, 0
    while number < amount:
        day += timedelta(days=1)
        number += VIETNAM.is_working_day(day)
    assert VIETNAM.add_working_days(start, amount).due == day


def test_the_room_is_light_to_enter() -> None:
    heavy = "yaml", "pydantic", "transitions", "openpyxl"
    listed = (
        f"import sys, states.calendar.working_days; print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", listed], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
