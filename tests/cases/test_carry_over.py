"""A unit's organs change under a case, units merge, and cases stay with those who take them over."""

from datetime import date

import pytest

from tests.journeys.land import (
    COMMUNE,
    DISTRICT,
    EAST,
    LAST_OF_DISTRICT,
    OFFICER,
    PARTED,
    PLAIN,
    Journey,
    begin,
    proven,
    travel,
    writing,
)
from tests.reading import ask, list_cases
from workflow.board.coverage import count_coverage
from workflow.cases.commands.advance import ActRefused
from workflow.cases.commands.carry_over_all import carry_over_all
from workflow.cases.views.history import load_history
from workflow.office import Office
from workflow.register.writer import Who

START = date(2022, 1, 4)
LAST, FIRST = date(2022, 4, 30), date(2022, 5, 1)


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    """The land in May 2022."""
    travel(sqlite_land, date(2022, 5, 16))
    return sqlite_land


def without_subcommittee(office: Office) -> None:
    """The eastern subcommittee is dissolved from 1/5/2022 on, within the same edition."""
    (row,) = [one for one in office.read_snapshot().units[PARTED] if one.valid_to == LAST_OF_DISTRICT]
    with writing(office) as books:
        books.end_row("units", row, LAST)
        books.add_row(
            "units",
            FIRST,
            LAST_OF_DISTRICT,
            id=PARTED,
            name="Thôn Bình",
            level="village",
            parent=COMMUNE,
            organs="branch",
        )


def carried(journey: Journey) -> list[tuple[date, str | None, str | None]]:
    return [
        (event.on, event.to, event.because)
        for event in load_history(journey.office, journey.case, "vi")
        if event.kind == "carry_over"
    ]


def test_a_dissolved_organ_carries_its_cases_over_within_one_edition(office: Office) -> None:
    journey = begin(office, PARTED, START).to("appraisal")
    without_subcommittee(office)
    due = journey.view().carried_over
    assert due
    assert (journey.state, due.on) == ("committee_meeting", FIRST)
    assert journey.advance("committee_proposes", date(2022, 5, 10)).before == "committee_meeting"
    assert carried(journey) == [(FIRST, "committee_meeting", "Đơn vị không còn đảng ủy bộ phận")]
    proven(office)


def test_the_morning_carries_over_all_that_stand_at_steps_that_are_gone(office: Office) -> None:
    gone = begin(office, PARTED, START).to("appraisal")
    there = begin(office, PLAIN, START).to("committee_meeting")
    without_subcommittee(office)
    assert carry_over_all(office, date(2022, 5, 16)) == ((gone.case, "appraisal", "committee_meeting"),)
    assert carry_over_all(office, date(2022, 5, 16)) == ()
    assert (gone.view().version, there.view().version) == (12, 11)
    assert [clock.organ for clock in gone.clocks("DEC_ADMIT")] == ["authority"]
    proven(office)


def test_the_morning_carries_over_what_suspended_cases_return_to(office: Office) -> None:
    journey = begin(office, PARTED, START).to("appraisal")
    journey.advance("suspend", date(2022, 4, 20))
    without_subcommittee(office)
    assert carry_over_all(office, date(2022, 5, 16)) == ((journey.case, "suspended", "suspended"),)
    assert journey.advance("resume", date(2022, 5, 12)).after == "committee_meeting"
    proven(office)


def test_a_house_clock_of_the_step_that_is_gone_stops_and_the_next_ones_starts(sqlite_land: Office) -> None:
    travel(sqlite_land, LAST_OF_DISTRICT)
    journey = begin(sqlite_land, PLAIN, date(2024, 3, 4)).to("recognition_branch")
    journey.advance("propose_strike_off", date(2025, 6, 19))
    journey.advance("branch_strikes_off", date(2025, 6, 21))
    travel(sqlite_land, date(2025, 7, 20))
    carry_over_all(sqlite_land, date(2025, 7, 20))
    old, new = journey.clock("house:strike_off_committee"), journey.clock("house:strike_off_decision")
    assert (old.state, old.stopped, new.state, new.start) == (
        "stopped",
        date(2025, 7, 1),
        "running",
        date(2025, 7, 1),
    )
    proven(sqlite_land)


def test_a_village_merged_into_another_takes_its_cases_and_roles_along(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("branch_meeting")
    (row,) = [one for one in office.read_snapshot().units[PLAIN] if one.valid_to == LAST_OF_DISTRICT]
    with writing(office) as books:
        books.end_row("units", row, LAST, successor=PARTED)
        books.add_row("grants", FIRST, user_id="la", role="branch_secretary", unit_id=PARTED)
    view = journey.view()
    assert view.unit.name == "Thôn Bình"
    assert [one.case for one in list_cases(office, unit=PARTED)] == [journey.case]
    assert [one.case for one in list_cases(office, unit=EAST)] == [journey.case]
    assert journey.advance("branch_proposes", date(2022, 5, 9), Who("la", "may-la")).after == "appraisal"
    before, after = ask(office, count_coverage, on=LAST), ask(office, count_coverage, on=FIRST)
    assert (before.total, before.communes) == (after.total, after.communes)
    proven(office)


def test_a_commune_that_became_part_of_another_keeps_its_villages_in_its_successor(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    rows = [one for one in office.read_snapshot().units[COMMUNE] if one.valid_to == LAST_OF_DISTRICT]
    with writing(office) as books:
        books.end_row("units", rows[0], LAST, successor="xa-moi")
        books.add_row(
            "units", FIRST, id="xa-moi", name="Xã Mới", level="commune", parent=DISTRICT, organs="committee"
        )
        books.add_row("grants", FIRST, user_id="la", role="commune_officer", unit_id="xa-moi")
    tree = office.read_snapshot()
    assert tree.find_line(PLAIN, FIRST).organs == {
        "branch": PLAIN,
        "committee": "xa-moi",
        "authority": DISTRICT,
        "supervisor": DISTRICT,
    }
    assert [one.name for one in ask(office, count_coverage, on=FIRST).communes] == [
        "",
        "Xã Mới",
        "Xã Tin Cậy",
    ]
    back = journey.advance("return_to_branch_meeting", date(2022, 5, 9), Who("huyenuy", "may-huyen"))
    assert back.after == "branch_meeting"
    with pytest.raises(ActRefused):
        journey.record(
            "record_consent", date(2022, 5, 9), OFFICER, consent_kind="over60", consent_organ="central_direct"
        )
    journey.record("record_consent", LAST, OFFICER, consent_kind="over60", consent_organ="central_direct")
    proven(office)


def test_where_the_register_knows_no_unit_nothing_is_carried_over(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("committee_meeting")
    (row,) = [one for one in office.read_snapshot().units[PLAIN] if one.valid_to == LAST_OF_DISTRICT]
    with writing(office) as books:
        books.end_row("units", row, LAST)
    assert journey.state == "committee_meeting"
    assert carry_over_all(office, date(2022, 5, 16)) == ()
