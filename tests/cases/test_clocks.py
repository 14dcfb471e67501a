"""Deadlines of cases: how they were counted, years whose calendar is missing or provisional, and who is
stalled.
"""

from datetime import date, timedelta
from pathlib import Path

import pytest

from states.calendar.calendar_file import parse_calendar_yaml
from tests.journeys.land import (
    LAST_OF_DISTRICT,
    OFFICER,
    PARTED,
    PLAIN,
    STRAIGHT,
    TRUSTED,
    Template,
    begin,
    opened,
    proven,
    travel,
)
from tests.reading import list_cases
from workflow.cases.commands.advance import ActRefused
from workflow.cases.deadline_recount import recount_deadlines
from workflow.office import Office
from workflow.operations.calendar_import import build_calendar_rows
from workflow.operations.create_office import CALENDAR
from workflow.operations.verify.verify import verify_office
from workflow.register.writer import RegisterWriter

START = date(2022, 1, 4)
YEAR_2028 = """
years:
  - year: 2028
    verified: true
    days_off:
      - 2028-01-03: {vi: Nghỉ bù Tết Dương lịch, en: New Year in lieu}
      - 2028-01-25: {vi: Tết, en: Tết}
      - 2028-01-26: {vi: Tết, en: Tết}
      - 2028-01-27: {vi: Tết, en: Tết}
      - 2028-01-28: {vi: Tết, en: Tết}
    days_worked: []
"""


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    """The land on the district's last day."""
    travel(sqlite_land, LAST_OF_DISTRICT)
    return sqlite_land


def stalled(office: Office, **more: str) -> list[str]:
    return [row.case for row in list_cases(office, stalled=True, **more)]


def learn_2028(office: Office) -> int:
    """The calendar of 2028 is announced and taken into the register; how many cases came out differently."""
    calendar = parse_calendar_yaml(CALENDAR.read_text(encoding="utf-8"))
    assert 2028 not in calendar.years
    new = parse_calendar_yaml(YEAR_2028)
    with office.write_transaction() as (work, ledger):
        RegisterWriter(office, work, ledger, OFFICER).add_rows("calendar_years", build_calendar_rows(new))
        return recount_deadlines(office, work, ledger)


# --- how a deadline was counted -----------------------------------------------------------------------------


def test_a_deadline_shows_the_holidays_it_stepped_over(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("committee_meeting")
    clock = journey.clock("DEC_ADMIT")
    assert (clock.start, clock.amount, clock.unit, clock.due) == (
        date(2022, 3, 20),
        60,
        "working_days",
        date(2022, 6, 15),
    )
    assert [(one.first, one.last) for one in clock.skipped] == [
        (date(2022, 4, 11), date(2022, 4, 11)),
        (date(2022, 5, 2), date(2022, 5, 3)),
    ]
    assert (clock.citation, clock.verified, clock.kind, clock.organ) == (
        "Quy định 24-QĐ/TW (chưa thấy số điểm; bản trước và bản sau đều quy định như vậy)",
        True,
        "legal",
        "authority",
    )


def test_probation_and_certificates_are_counted_in_months_and_never_late(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("probation")
    probation, certificate = journey.clock("PROBATION"), journey.clock("CLASS_CERT_VALID")
    assert (probation.kind, probation.due) == ("period", date(2023, 4, 14))
    assert (certificate.kind, certificate.due) == ("validity", date(2027, 2, 11))
    assert not probation.late
    assert not certificate.late


def test_recognition_by_the_branch_waits_for_the_twelve_months(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("probation")
    travel(office, date(2022, 6, 1))
    clock = journey.clock("RECOG_BRANCH")
    assert (clock.state, clock.start, clock.due) == ("not_started", date(2023, 4, 14), date(2023, 5, 31))
    travel(office, date(2023, 5, 31))
    assert journey.clock("RECOG_BRANCH").state == "running"
    assert not journey.clock("RECOG_BRANCH").late
    travel(office, date(2023, 6, 1))
    assert journey.clock("RECOG_BRANCH").late
    assert stalled(office) == [journey.case]


def test_the_last_day_is_not_late_and_the_next_one_is(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("committee_meeting")
    due = journey.due("DEC_ADMIT")
    travel(office, due)
    assert (journey.clock("DEC_ADMIT").days_left, stalled(office)) == (0, [])
    travel(office, due + timedelta(days=1))
    assert (journey.clock("DEC_ADMIT").days_left, stalled(office)) == (-1, [journey.case])


# --- years without a calendar, years that are provisional ---------------------------------------------------


def test_a_deadline_that_runs_into_a_year_without_calendar_waits_for_it(land: Office) -> None:
    travel(land, date(2027, 12, 31))
    journey = begin(land, PLAIN, date(2027, 8, 30)).to("decision")
    assert (journey.clock("DEC_ADMIT").due, journey.clock("DEC_ADMIT").missing_year) == (None, 2028)
    journey.advance("decide", date(2027, 12, 20))
    clock = journey.clock("CEREMONY")
    assert (clock.due, clock.missing_year, clock.state, clock.late) == (None, 2028, "running", False)
    assert stalled(land) == []
    assert journey.advance("hold_ceremony", date(2027, 12, 30)).warnings == ()
    assert (journey.clock("OWN_CV_30").missing_year, journey.clock("OWN_CV_30").due) == (2028, None)
    proven(land)
    assert learn_2028(land) == 1
    clock = journey.clock("OWN_CV_30")
    assert (clock.due, clock.missing_year, clock.unverified_years) == (date(2028, 2, 17), None, [2027])
    assert learn_nothing(land) == 0
    proven(land)


def learn_nothing(office: Office) -> int:
    with office.write_transaction() as (work, ledger):
        return recount_deadlines(office, work, ledger)


def test_a_clock_wholly_within_2027_says_that_its_calendar_is_provisional(sqlite_land: Office) -> None:
    journey = begin(sqlite_land, PLAIN, date(2027, 1, 4)).to("decision")
    assert (journey.due("DEC_ADMIT").year, journey.clock("DEC_ADMIT").unverified_years) == (2027, [2027])


def test_a_clock_across_new_year_of_2027_counts_through_both(sqlite_land: Office) -> None:
    journey = begin(sqlite_land, PLAIN, date(2026, 10, 5)).to("decision")
    clock = journey.clock("DEC_ADMIT")
    assert (clock.start, clock.unverified_years) == (date(2026, 12, 19), [2027])


def test_a_ceremony_in_a_year_without_calendar_cannot_be_told_to_be_in_time(office: Office) -> None:
    """An office that was made before the calendar had its first years."""
    with office.write_transaction() as (tx, ledger):
        rows = office.snapshot_for_writing(tx, ledger).calendar_years
        for year in range(2016, 2021):
            RegisterWriter(office, tx, ledger, OFFICER).retire_row("calendar_years", rows[year][0])
    journey = begin(office, PLAIN, date(2019, 3, 4)).to("ceremony")
    assert journey.clock("DEC_ADMIT").missing_year == 2019
    assert journey.clock("DEC_ADMIT").due is None
    journey.record("receive_decision", journey.on(95))
    with pytest.raises(ActRefused) as refused:
        journey.advance("hold_ceremony", journey.on(100))
    (reason,) = refused.value.reasons
    assert (reason.code, reason.answer, reason.fact) == ("CEREMONY_LATE", "unknown", "calendar")
    assert stalled(office) == []
    proven(office)


# --- who is stalled -----------------------------------------------------------------------------------------


def test_house_clocks_stall_a_case_and_refuse_nothing(office: Office) -> None:
    journey = begin(office, PLAIN, START)
    travel(office, START + timedelta(days=90))
    assert stalled(office) == []
    travel(office, START + timedelta(days=91))
    (row,) = list_cases(office, stalled=True)
    assert (row.days_late, [late.kind for late in row.late]) == (1, ["house"])
    assert journey.advance("nominate", START + timedelta(days=91)).warnings == ()
    assert stalled(office) == []


def test_the_longest_late_come_first_and_a_unit_narrows_the_list(office: Office) -> None:
    legal = begin(office, PARTED, START).to("decision")
    house = begin(office, PLAIN, date(2022, 3, 7))
    fine = begin(office, TRUSTED, date(2022, 6, 1))
    travel(office, date(2022, 6, 20))
    assert stalled(office) == [house.case, legal.case]
    assert stalled(office, unit="xa") == [house.case, legal.case]
    assert stalled(office, unit=PLAIN) == [house.case]
    assert stalled(office, unit="xa-tin") == []
    rows = {row.case: row for row in list_cases(office)}
    assert [late.kind for late in rows[legal.case].late] == ["legal"]
    assert not rows[fine.case].stalled
    legal.advance("withdraw", date(2022, 6, 20))
    assert stalled(office) == [house.case]


def test_an_office_may_set_its_own_house_clocks(land_template: Template, tmp_path: Path) -> None:
    config = land_template.sqlite(tmp_path / "nhanh")
    first = opened(config)
    travel(first, date(2022, 2, 1))
    journey = begin(first, STRAIGHT, START)
    assert journey.clock("house:listed").due == date(2022, 4, 4)
    first.close()
    config.write_text(config.read_text(encoding="utf-8") + "house_clocks: {listed: 20}\n", encoding="utf-8")
    quick = opened(config)
    journey.office = quick
    assert journey.clock("house:listed").due == date(2022, 1, 24)
    assert stalled(quick) == [journey.case]
    assert verify_office(quick).holds
    quick.close()
