"""Whoever was in the Party before comes by re-admission; nobody is in two ways at once."""

from datetime import date
from typing import Any

import pytest

from tests.journeys.land import (
    DISTRICT_OFFICER,
    HEADS,
    LAST_OF_DISTRICT,
    OFFICER,
    PLAIN,
    SECRETARY,
    begin,
    proven,
    travel,
    writing,
)
from workflow.cases.commands.advance import ActRefused, advance_case
from workflow.cases.commands.open import adopt_case, open_case
from workflow.cases.views.history import load_history
from workflow.office import Office

START = date(2022, 1, 4)
AN = HEADS[PLAIN]
LEFT = date(2018, 6, 30)


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    """The land on the district's last day."""
    travel(sqlite_land, LAST_OF_DISTRICT)
    return sqlite_land


def was_a_member(office: Office, *spans: tuple[date, date]) -> None:
    """The register says that the head was a member then."""
    with writing(office) as books:
        for since, until in spans:
            books.add_row("memberships", since, until, person_id=AN, status="member")


def opening_codes(office: Office, pipeline: str = "admission", on: date = START) -> list[str]:
    with pytest.raises(ActRefused) as refused:
        open_case(office, AN, on, SECRETARY, pipeline=pipeline)
    return [reason.code for reason in refused.value.reasons]


def test_a_member_who_left_is_not_opened_as_a_first_admission_and_told_of_the_other_way(
    office: Office,
) -> None:
    was_a_member(office, (date(2010, 1, 1), LEFT))
    with pytest.raises(ActRefused) as refused:
        open_case(office, AN, START, SECRETARY)
    [reason] = refused.value.reasons
    assert (reason.code, reason.verified) == ("FORMER_MEMBER", True)
    assert "30/06/2018" in reason.text.vi
    assert "Hãy mở lượt kết nạp lại" in reason.text.vi
    assert open_case(office, AN, START, SECRETARY, pipeline="readmission")
    proven(office)


def test_nor_is_such_a_case_taken_over_from_paper(office: Office) -> None:
    was_a_member(office, (date(2010, 1, 1), LEFT))
    with pytest.raises(ActRefused) as refused:
        adopt_case(office, AN, "nominated", START, OFFICER, {})
    assert [reason.code for reason in refused.value.reasons] == ["FORMER_MEMBER"]


def test_an_end_that_is_recorded_after_the_opening_stops_the_nomination(office: Office) -> None:
    journey = begin(office, PLAIN, START)
    was_a_member(office, (date(2010, 1, 1), LEFT))
    with pytest.raises(ActRefused) as refused:
        journey.advance("nominate", journey.on(3))
    assert [reason.code for reason in refused.value.reasons] == ["FORMER_MEMBER"]


def test_an_end_that_is_recorded_at_the_last_step_stops_the_decision(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    was_a_member(office, (date(2010, 1, 1), LEFT))
    with pytest.raises(ActRefused) as refused:
        journey.advance("decide", journey.on(92))
    assert [reason.code for reason in refused.value.reasons] == ["FORMER_MEMBER"]


def test_whoever_was_struck_off_on_probation_is_admitted_anew_only_by_re_admission(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("probation")
    for days, act in (
        (200, "propose_strike_off"),
        (210, "branch_strikes_off"),
        (220, "committee_strikes_off"),
        (230, "strike_off"),
    ):
        journey.advance(act, journey.on(days))
    assert journey.state == "struck_off"
    assert opening_codes(office, on=journey.on(300)) == ["FORMER_MEMBER"]


def test_nobody_has_a_case_in_both_pipelines(office: Office) -> None:
    journey = begin(office, PLAIN, START)
    with pytest.raises(ActRefused) as refused:
        open_case(office, AN, date(2021, 12, 1), SECRETARY, pipeline="readmission")
    [reason] = refused.value.reasons
    assert reason.code == "ONE_CASE"
    assert journey.case in reason.text.vi
    with pytest.raises(ActRefused) as refused:
        adopt_case(office, AN, "nominated", START, OFFICER, {"left_on": "2010-01-01"}, pipeline="readmission")
    assert "ONE_CASE" in [reason.code for reason in refused.value.reasons]
    journey.advance("close", journey.on(2), close_reason="registered_in_error")
    assert open_case(office, AN, journey.on(3), SECRETARY, pipeline="readmission")


@pytest.mark.parametrize(
    ("left_on", "refused"),
    [("2015-01-01", ["LEFT_AS_RECORDED"]), (LEFT.isoformat(), []), ("2018-07-01", [])],
)
def test_the_day_of_leaving_is_the_registers(office: Office, left_on: str, refused: list[str]) -> None:
    was_a_member(office, (date(2010, 1, 1), LEFT))
    case = open_case(office, AN, START, SECRETARY, pipeline="readmission")
    typed: dict[str, Any] = {"resolution_no": "01-NQ/CB", "helpers": ["P-GIUP"], "left_on": left_on}
    if not refused:
        assert advance_case(office, case, "nominate", START, SECRETARY, typed).warnings == ()
        return
    with pytest.raises(ActRefused) as raised:
        advance_case(office, case, "nominate", START, SECRETARY, typed)
    [reason] = raised.value.reasons
    assert [reason.code] == refused
    assert "01/01/2015" in reason.text.vi
    assert "30/06/2018" in reason.text.vi


def test_a_day_of_leaving_that_no_row_confirms_is_warned_of_as_stated(office: Office) -> None:
    case = open_case(office, AN, START, SECRETARY, pipeline="readmission")
    typed: dict[str, Any] = {"resolution_no": "01-NQ/CB", "helpers": ["P-GIUP"], "left_on": "2015-01-01"}
    done = advance_case(office, case, "nominate", START, SECRETARY, typed)
    assert [reason.code for reason in done.warnings] == ["LEFT_UNRECORDED"]


def test_two_memberships_that_ended_by_the_register_are_one_too_many(office: Office) -> None:
    was_a_member(office, (date(2001, 1, 1), date(2005, 1, 1)), (date(2010, 1, 1), LEFT))
    assert opening_codes(office, "readmission") == ["READMIT_ONCE"]


@pytest.mark.parametrize(
    ("reason", "warned"),
    [("died", []), ("registered_in_error", []), ("left_post", ["CLOSE_ENDS_PROBATION"])],
)
def test_closing_on_probation_ends_the_probationary_membership(
    office: Office, reason: str, warned: list[str]
) -> None:
    journey = begin(office, PLAIN, START).to("probation")
    last = journey.on(150)
    done = journey.advance("close", last, close_reason=reason)
    assert [one.code for one in done.warnings if one.code != "LATE"] == warned
    with office.database.read_transaction() as connection:
        snapshot = office.snapshot_for_reading(connection)
    assert snapshot.get_membership(AN, journey.on(149)) == "probationary"
    assert snapshot.get_membership(AN, last) == "none"
    proven(office)


def test_withdrawing_after_the_ceremony_ends_it_as_well(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("probation")
    journey.advance("withdraw", journey.on(150))
    with office.database.read_transaction() as connection:
        assert office.snapshot_for_reading(connection).get_membership(AN, journey.on(150)) == "none"


def test_a_case_that_made_nobody_a_member_ends_no_membership_when_it_is_closed(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("training")
    with writing(office) as books:
        books.add_row("memberships", journey.on(50), person_id=AN, status="member")
    journey.advance("close", journey.on(60), close_reason="other")
    with office.database.read_transaction() as connection:
        assert office.snapshot_for_reading(connection).get_membership(AN, journey.on(61)) == "member"


def test_an_admission_that_was_annulled_made_nobody_a_former_member_and_is_asked_about(
    office: Office,
) -> None:
    journey = begin(office, PLAIN, START).to("probation")
    journey.advance("annul", journey.on(150), DISTRICT_OFFICER, annulment_no="1-QĐ", annul_reason="procedure")
    assert journey.state == "annulled"
    case = open_case(office, AN, journey.on(160), SECRETARY)
    opened = load_history(office, case, "vi")[0]
    assert opened.warnings == ["ANNULLED_BEFORE"]
