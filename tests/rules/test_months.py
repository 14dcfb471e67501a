"""Months are added, and papers grow old, as people count from one date to the same date a year on."""

import inspect
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.calendar import months
from states.calendar.months import add_months, is_older_than, months_apart_by_month
from states.rulebook.edition import PaperRule
from states.vocabulary import Text

days = st.dates(date(1900, 1, 1), date(2200, 12, 31))
IsOlder = Callable[[date, int, date], bool]

STILL_GOOD = [
    ("2021-02-15", "2022-02-15", "twelve months to the day"),
    ("2021-02-15", "2021-02-15", "the day it was written"),
    ("2021-02-15", "2021-02-14", "a day before it was written"),
    ("2024-02-29", "2025-02-28", "written on 29 February, a year on at the end of February"),
    ("2023-02-28", "2024-02-28", "written at the end of February, in a leap year on the 28th"),
    ("2021-08-31", "2022-08-31", "from the end of a month to the end of that month"),
    ("2021-03-01", "2022-03-01", "366 days or 365, a year on the same day"),
    ("2023-03-01", "2024-03-01", "over a 29 February: the 366th day"),
]
TOO_OLD = [
    ("2021-02-15", "2022-02-16", "a day more than twelve months"),
    ("2024-02-29", "2025-03-01", "written on 29 February, a year on in March"),
    ("2023-02-28", "2024-02-29", "written on the 28th, a year on at 29 February"),
    ("2021-08-31", "2022-09-01", "a day after the end of the month"),
    ("2021-12-31", "2023-01-01", "a day over the turn of the year"),
    ("2023-03-01", "2024-03-02", "over a 29 February: the 367th day"),
]


def wrong_answers(is_older: IsOlder) -> list[str]:
    """The sentences about twelve months that do not hold by a rule for growing old."""
    expected = [*((row, False) for row in STILL_GOOD), *((row, True) for row in TOO_OLD)]
    return [
        sentence
        for (dated, on, sentence), older in expected
        if is_older(date.fromisoformat(dated), 12, date.fromisoformat(on)) is not older
    ]


def test_a_paper_is_too_old_from_the_day_after_its_twelve_months() -> None:
    assert wrong_answers(is_older_than) == []


@pytest.mark.parametrize(
    ("months_counted", "last_good_day"), [(1, "2022-02-28"), (6, "2022-07-31"), (60, "2027-01-31")]
)
def test_any_number_of_months_ends_with_its_last_day(months_counted: int, last_good_day: str) -> None:
    written, last = date(2022, 1, 31), date.fromisoformat(last_good_day)
    assert not is_older_than(written, months_counted, last)
    assert is_older_than(written, months_counted, last + timedelta(days=1))


MUTANTS = [
    ("on > add_months(dated, months)", "on >= add_months(dated, months)"),
    ("on > add_months(dated, months)", "on < add_months(dated, months)"),
    ("on > add_months(dated, months)", "on > add_months(dated, months - 1)"),
    ("on > add_months(dated, months)", "on > add_months(dated, months + 1)"),
    ("on > add_months(dated, months)", "add_months(on, -months) > dated"),
    ("on > add_months(dated, months)", "(on - dated).days > 365 * months // 12"),
    ("on > add_months(dated, months)", "(on - dated).days > 366 * months // 12"),
    ("on > add_months(dated, months)", "(on - dated).days > 30 * months"),
    ("on > add_months(dated, months)", "months_apart_by_month(dated, on) > months"),
    ("on > add_months(dated, months)", "months_apart_by_month(dated, on) >= months"),
]


@pytest.mark.parametrize(("said", "mutant"), MUTANTS)
def test_no_other_way_of_counting_twelve_months_passes_for_the_right_one(said: str, mutant: str) -> None:
    source = inspect.getsource(is_older_than)
    assert said in source
    names = vars(months).copy()
    exec(source.replace(said, mutant), names)  # noqa: S102 - our own source, with one sign changed
    assert wrong_answers(names["is_older_than"]) != []


# --- papers of a dossier ------------------------------------------------------------------------------------

WRITTEN, BEFORE, AFTER = date(2021, 2, 15), date(2022, 2, 15), date(2022, 2, 16)


def application(stale_months: int | None) -> PaperRule:
    """The rule for an application that is good for so many months."""
    title = Text("Đơn xin vào Đảng", "Application")
    return PaperRule(
        order=1,
        part="admission",
        by="candidate",
        dated="application_dated",
        stale_months=stale_months,
        title=title,
    )


def test_before_the_branch_has_met_a_paper_is_as_old_as_it_is_today() -> None:
    assert not application(12).is_stale(WRITTEN, None, today=BEFORE)
    assert application(12).is_stale(WRITTEN, None, today=AFTER)


def test_once_the_branch_has_met_a_paper_grows_no_older() -> None:
    assert not application(12).is_stale(WRITTEN, BEFORE, today=AFTER)
    assert application(12).is_stale(WRITTEN, AFTER, today=BEFORE)


def test_a_paper_that_its_edition_does_not_limit_never_grows_old() -> None:
    assert not application(None).is_stale(WRITTEN, None, today=date(2099, 1, 1))


# --- months themselves --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("2022-01-31", 1, "2022-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2022-08-31", 60, "2027-08-31"),
        ("2022-12-15", 1, "2023-01-15"),
        ("2022-03-31", -1, "2022-02-28"),
        ("2100-01-30", 1, "2100-02-28"),
        ("2000-01-30", 1, "2000-02-29"),
    ],
)
def test_months_end_clamped(start: str, amount: int, expected: str) -> None:
    assert add_months(date.fromisoformat(start), amount).isoformat() == expected


def test_months_beyond_all_years_overflow() -> None:
    with pytest.raises(OverflowError):
        add_months(date(2022, 1, 1), 10**9)


def test_ages_by_month_do_not_look_at_the_day() -> None:
    assert months_apart_by_month(date(1962, 8, 31), date(2022, 8, 1)) == 720
    assert months_apart_by_month(date(1962, 8, 1), date(2022, 7, 31)) == 719


@given(days, st.integers(0, 600))
def test_a_month_is_left_and_the_day_kept_or_the_months_last(day: date, amount: int) -> None:
    later = add_months(day, amount)
    assert months_apart_by_month(day, later) == amount
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(days, st.integers(0, 300), st.integers(0, 300))
def test_months_in_two_stretches_differ_only_by_a_clamped_end(day: date, first: int, second: int) -> None:
    at_once, stretched = add_months(day, first + second), add_months(add_months(day, first), second)
    assert (at_once.year, at_once.month) == (stretched.year, stretched.month)
    assert stretched.day <= at_once.day
    assert at_once == stretched or day.day > 28
