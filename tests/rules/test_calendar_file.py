"""A working calendar as an office writes or imports it: every fault at once, each with its place and its
words.
"""

import re
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
import yaml

from states.calendar.calendar_file import (
    CalendarFaults,
    parse_calendar,
    parse_calendar_rows,
    parse_calendar_yaml,
)
from states.vocabulary import Text

ROOT = Path(__file__).parents[2]
VIETNAM = parse_calendar_yaml((ROOT / "states/calendar/vietnam.yaml").read_text(encoding="utf-8"))
WORDS = {
    language: yaml.safe_load((ROOT / f"templates/words/calendar.{language}.yaml").read_text(encoding="utf-8"))
    for language in ("vi", "en")
}


def faults_of(text: str) -> list[tuple[str, str]]:
    with pytest.raises(CalendarFaults) as caught:
        parse_calendar_yaml(text)
    return said(caught.value)


def said(faults: CalendarFaults) -> list[tuple[str, str]]:
    """Place and code of every fault, after making sure that both catalogues can say it."""
    for fault in faults.faults:
        for words in WORDS.values():
            assert words[fault.code].format(**fault.values)
        assert str(fault) in str(faults)
    return [(fault.place, fault.code) for fault in faults.faults]


def test_the_calendar_of_vietnam_knows_twelve_years_and_is_not_certain_of_the_first_and_the_last() -> None:
    assert VIETNAM.years == {2016: False} | dict.fromkeys(range(2017, 2027), True) | {2027: False}
    assert [len([day for day in VIETNAM.off if day.year == year]) for year in VIETNAM.years] == [
        *(10, 10, 11, 11, 10, 11, 11, 11, 12, 12, 14),
        12,
    ]
    assert sorted(VIETNAM.worked) == [
        date(2019, 1, 5),
        date(2019, 5, 4),
        date(2024, 5, 4),
        date(2025, 4, 26),
        date(2026, 1, 10),
        date(2026, 8, 22),
    ]
    assert VIETNAM.off[date(2026, 11, 24)] == Text(
        "Ngày Văn hóa Việt Nam 24/11", "Day of Vietnamese Culture 24 November"
    )


def test_a_clerk_writes_reasons_in_plain_words() -> None:
    calendar = parse_calendar_yaml(
        "years: [{year: 2028, verified: true, days_off: [{2028-01-26: Tết Mậu Thân}]}]"
    )
    assert calendar.off == {date(2028, 1, 26): Text("Tết Mậu Thân", "Tết Mậu Thân")}
    assert calendar.worked == {}


def test_all_faults_of_a_calendar_come_at_once_with_their_places() -> None:
    text = """
    holidays: yes please
    reasons: {tet: {vi: Tết}}
    years:
      - year: 2028
        days_off: [2028-02-30: tet, 2027-01-27: tet, 2028-01-29: tet, 2028-01-26: tet, 26/01/2028: tet, 2028-01-27: '']
        days_worked: {2028-05-06: x}
      - {year: 2028, verified: true}
      - {year: 28, verified: true, note: x}
      - {year: 2029, verified: true, days_worked: [2029-05-04: bù, just words]}
      - nothing
    """
    assert faults_of(text) == [
        ("calendar.holidays", "calendar.unknown_key"),
        ("reasons.tet", "calendar.bad_reason"),
        ("years[1].verified", "calendar.verified_missing"),
        ("years[1].days_off[1]", "calendar.bad_date"),
        ("years[1].days_off[2]", "calendar.wrong_year"),
        ("years[1].days_off[3]", "calendar.off_on_weekend"),
        ("years[1].days_off[5]", "calendar.day_twice"),
        ("years[1].days_off[6]", "calendar.bad_reason"),
        ("years[1].days_worked", "calendar.not_a_list"),
        ("years[2].year", "calendar.year_twice"),
        ("years[3].note", "calendar.unknown_key"),
        ("years[3].year", "calendar.bad_year"),
        ("years[4].days_worked[1]", "calendar.worked_not_weekend"),
        ("years[4].days_worked[2]", "calendar.bad_entry"),
        ("years[5]", "calendar.not_a_mapping"),
        ("years[5].verified", "calendar.verified_missing"),
        ("years[5].year", "calendar.bad_year"),
    ]


@pytest.mark.parametrize("text", ["", "just words", "[]", "years:", "years: []", "{years: {2028: {}}}"])
def test_a_calendar_without_years_is_refused(text: str) -> None:
    assert ("years", "calendar.empty") in faults_of(text)


def test_broken_yaml_names_its_line() -> None:
    assert faults_of("years:\n  - {year: 2028\nreasons: x") == [("3", "calendar.broken_yaml")]


def test_dates_that_yaml_has_already_read_are_taken_too() -> None:
    calendar = parse_calendar(
        {"years": [{"year": 2028, "verified": False, "days_off": [{date(2028, 1, 26): "Tết"}]}]}
    )
    assert calendar.off == {date(2028, 1, 26): Text("Tết", "Tết")}


def test_a_csv_file_brings_the_years_it_names() -> None:
    rows = [
        ["ngày", "nghỉ|làm", "lý do"],
        ["2028-01-26", "off", "Tết Nguyên đán", "Lunar New Year"],
        ["27/01/2028", "Nghỉ", "Tết"],
        [],
        ["2028-05-06", "worked", "làm bù"],
    ]
    calendar = parse_calendar_rows(rows)
    assert calendar.years == {2028: True}
    assert calendar.off[date(2028, 1, 26)] == Text("Tết Nguyên đán", "Lunar New Year")
    assert date(2028, 1, 27) in calendar.off
    assert list(calendar.worked) == [date(2028, 5, 6)]


def test_faults_in_a_csv_file_name_the_line() -> None:
    rows = [
        ["2028-02-30", "off", "x"],
        ["2028-01-26", "maybe", "x"],
        ["2028-01-29", "off", "x"],
        ["0028-01-27", "off"],
        ["2028-01-27"],
    ]
    with pytest.raises(CalendarFaults) as caught:
        parse_calendar_rows(rows)
    assert said(caught.value) == [
        ("1", "calendar.bad_date"),
        ("2", "calendar.bad_kind"),
        ("3", "calendar.off_on_weekend"),
        ("4", "calendar.bad_year"),
        ("5", "calendar.bad_kind"),
    ]
    with pytest.raises(CalendarFaults) as caught:
        parse_calendar_rows([["date", "kind", "label"]])
    assert said(caught.value) == [("years", "calendar.empty")]


def test_both_catalogues_say_exactly_what_can_go_wrong() -> None:
    source = (ROOT / "states/calendar/calendar_file.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'"(calendar\.[a-z_]+)"', source)) | {"calendar.at"}
    for words in WORDS.values():
        assert set(words) == codes
    for code in codes:
        named = [
            {name for _, name, _, _ in Formatter().parse(words[code]) if name} for words in WORDS.values()
        ]
        assert named[0] == named[1]
