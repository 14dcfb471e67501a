"""The calendar beside the `holidays` package, which computes Tết and days in lieu on its own."""

from datetime import date
from pathlib import Path

import holidays
import pytest

from states.calendar.calendar_file import parse_calendar_yaml

ROOT = Path(__file__).parents[2]
VIETNAM = parse_calendar_yaml((ROOT / "states/calendar/vietnam.yaml").read_text(encoding="utf-8"))
ONLY_BY_CONSENT = {date(2026, 1, 2)}  # allowed on 25/12/2025 in exchange for 10/1; the package lacks it


@pytest.mark.parametrize("year", range(2016, 2027))
def test_an_independent_count_gives_the_same_days_off(year: int) -> None:
    theirs = {day for day in holidays.country_holidays("VN", years=year) if day.weekday() < 5}
    assert {day for day in VIETNAM.off if day.year == year} - ONLY_BY_CONSENT == theirs


def test_what_is_expected_of_2027_is_what_the_package_expects() -> None:
    theirs = {day for day in holidays.country_holidays("VN", years=2027) if day.weekday() < 5}
    assert {day for day in VIETNAM.off if day.year == 2027} == theirs
