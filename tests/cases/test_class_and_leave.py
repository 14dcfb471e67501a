"""The branch asks for a place in the class; since 29/9/2025 leave is asked before the dossier is begun."""

from datetime import date

import pytest

from states.machine import NotOpen, UnknownAct
from tests.journeys.land import PLAIN, Journey, begin, proven, travel
from workflow.cases.commands.advance import ActRefused
from workflow.cases.views.history import load_history
from workflow.office import Office

SPRING = date(2022, 1, 4)
BEFORE_LEAVE, FIRST_OF_LEAVE = date(2025, 9, 28), date(2025, 9, 29)


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    travel(sqlite_land, date(2026, 3, 31))
    return sqlite_land


def kinds(journey: Journey) -> list[str]:
    return [event.kind for event in load_history(journey.office, journey.case, "vi")]


# --- the class ----------------------------------------------------------------------------------------------


def test_nobody_is_enrolled_before_the_branch_has_asked(office: Office) -> None:
    travel(office, date(2022, 2, 1))
    journey = begin(office, PLAIN, SPRING).to("nominated")
    with pytest.raises(NotOpen):
        journey.advance("enrol", journey.on(6))
    assert journey.advance("request_class", journey.on(5), class_request_no="3-CV/CB").after == (
        "class_requested"
    )
    view = journey.view()
    assert (view.state.turn, view.state.turn_label) == ("committee", "Đảng ủy cơ sở")
    assert journey.clock("house:class_requested").amount == 60
    assert journey.advance("enrol", journey.on(6)).after == "training"


def test_one_meeting_may_nominate_and_ask_for_the_class(office: Office) -> None:
    journey = begin(office, PLAIN, SPRING)
    assert journey.advance("nominate", journey.on(3), class_request="same_day").after == "class_requested"
    journey.advance("enrol", journey.on(6))
    assert kinds(journey) == ["open", "nominate", "enrol"]
    proven(office)


def test_a_meeting_that_leaves_the_class_for_later_only_nominates(office: Office) -> None:
    journey = begin(office, PLAIN, SPRING)
    assert journey.advance("nominate", journey.on(3), class_request="later").after == "nominated"


def test_a_request_that_is_declined_goes_back_to_the_branch_with_its_reason(office: Office) -> None:
    journey = begin(office, PLAIN, SPRING).to("class_requested")
    assert journey.advance("decline_class", journey.on(20)).after == "nominated"
    said = load_history(office, journey.case, "vi")[-1]
    assert "Chưa mở lớp trong quý này." in str(said.fields)
    assert journey.advance("request_class", journey.on(40)).after == "class_requested"


@pytest.mark.parametrize("state", ["nominated", "class_requested"])
def test_a_certificate_already_held_needs_no_class(office: Office, state: str) -> None:
    journey = begin(office, PLAIN, SPRING).to(state)
    assert journey.advance("accept_certificate", journey.on(10)).after == "sponsorship"


# --- leave to begin the procedure ---------------------------------------------------------------------------


def test_since_29_september_2025_leave_stands_between_the_class_and_the_dossier(office: Office) -> None:
    journey = begin(office, PLAIN, date(2025, 8, 1)).to("training")
    assert journey.advance("certify", FIRST_OF_LEAVE).after == "procedure_requested"
    view = journey.view()
    assert (view.state.label, view.state.turn) == ("Chờ cho phép làm thủ tục kết nạp", "authority")
    assert journey.clock("house:procedure_requested").amount == 30
    assert journey.advance("allow_procedure", date(2025, 10, 6)).after == "sponsorship"


def test_on_the_day_before_there_is_no_such_step(office: Office) -> None:
    journey = begin(office, PLAIN, date(2025, 8, 1)).to("training")
    assert journey.advance("certify", BEFORE_LEAVE).after == "sponsorship"
    assert journey.advance("send_for_verification", date(2025, 10, 20)).after == "verification"
    assert journey.view().edition.id == "2025-09"


def test_a_certificate_already_held_waits_for_leave_as_well(office: Office) -> None:
    journey = begin(office, PLAIN, date(2025, 10, 1)).to("nominated")
    assert journey.advance("accept_certificate", journey.on(10)).after == "procedure_requested"


def test_leave_is_not_dated_before_the_branch_has_proposed(office: Office) -> None:
    journey = begin(office, PLAIN, date(2025, 10, 1)).to("procedure_requested")
    with pytest.raises(ActRefused) as refused:
        journey.advance("allow_procedure", journey.on(45), procedure_proposed_on=journey.on(46).isoformat())
    assert [reason.code for reason in refused.value.reasons] == ["DATED_BY_THEN", "PROPOSED_BEFORE_LEAVE"]


def test_leave_that_is_declined_goes_back_to_the_branch(office: Office) -> None:
    journey = begin(office, PLAIN, date(2025, 10, 1)).to("procedure_requested")
    assert journey.advance("decline_procedure", journey.on(45)).after == "nominated"
    again = journey.advance("accept_certificate", journey.on(60), certificate_issued_on="2025-11-08")
    assert again.after == "procedure_requested"


def test_a_class_taken_again_asks_for_no_second_leave(office: Office) -> None:
    journey = begin(office, PLAIN, date(2025, 10, 1)).to("verification")
    journey.advance("retake_class", journey.on(55))
    assert journey.advance("certify", journey.on(80)).after == "verification"
    assert kinds(journey).count("allow_procedure") == 1


def test_an_act_of_a_day_before_the_step_was_there_is_unknown_and_breaks_nothing(office: Office) -> None:
    journey = begin(office, PLAIN, date(2025, 8, 20)).to("procedure_requested")
    with pytest.raises(UnknownAct):
        journey.advance("allow_procedure", date(2025, 9, 20))
    assert journey.state == "procedure_requested"
