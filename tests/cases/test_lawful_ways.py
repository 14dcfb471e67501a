"""Ways that the law has and the process lacked: short votes above the branch, annulment, a move, the list."""

from datetime import date, timedelta

import orjson
import pytest

from states.machine import NotOpen
from tests.journeys.land import (
    DISTRICT_OFFICER,
    HALF,
    HEADS,
    MOI,
    OFFICER,
    PARTED,
    PLAIN,
    SHORT,
    STRAIGHT,
    TRUSTED,
    Journey,
    begin,
    proven,
    travel,
)
from workflow.cases.commands.advance import ActRefused
from workflow.cases.commands.open import open_case
from workflow.cases.views.history import load_history
from workflow.office import Office

START = date(2022, 1, 4)


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    travel(sqlite_land, date(2023, 12, 29))
    return sqlite_land


def refusals(refused: pytest.ExceptionInfo[ActRefused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons if reason.effect == "refuse"]


# --- recognition that falls short above the branch ----------------------------------------------------------


def test_a_committee_that_falls_short_leaves_the_case_with_it(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("recognition_committee")
    short = {"resolution_no": "09-NQ/ĐU", **SHORT}
    assert journey.advance("committee_recognition_falls_short", journey.on(480), **short).after == (
        "recognition_committee"
    )
    vote = journey.view().votes[-1]
    assert (vote.body, vote.votes_for, vote.reached) == ("committee", 6, False)
    assert journey.advance("committee_recognises", journey.on(485)).after == "recognition_decision"
    proven(office)


def test_three_short_votes_of_all_bodies_together_open_the_way_upward_and_force_nobody(
    office: Office,
) -> None:
    journey = begin(office, PLAIN, START).to("recognition_branch")
    journey.advance("branch_recognition_falls_short", journey.on(474))
    journey.to("recognition_decision")
    day = journey.on(490)
    journey.advance("recognition_falls_short", day, DISTRICT_OFFICER, **HALF)
    with pytest.raises(ActRefused) as refused:
        journey.advance("refer_recognition_upward", day, DISTRICT_OFFICER, report_no="31-BC")
    assert refusals(refused) == ["SHORT_VOTES_OF_RECOGNITION"]
    assert journey.advance("recognition_falls_short", day, DISTRICT_OFFICER, **HALF).after == (
        "recognition_decision"
    )
    upward = journey.advance("refer_recognition_upward", day, DISTRICT_OFFICER, report_no="31-BC")
    assert upward.after == "awaiting_ruling"
    assert "SHORT_VOTES_TOGETHER" in {reason.code for reason in upward.warnings}
    assert journey.advance("rule_go_on", journey.on(500)).after == "recognition_decision"
    assert journey.advance("recognise", journey.on(501)).after == "member"
    proven(office)


def test_a_ruling_that_stops_a_short_vote_of_the_committee_leads_to_striking_off(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("recognition_committee")
    for number in (9, 10, 11):
        journey.advance(
            "committee_recognition_falls_short",
            journey.on(480),
            **{"resolution_no": f"{number:02}-NQ/ĐU", **SHORT},
        )
    journey.advance("refer_recognition_upward", journey.on(481), OFFICER, report_no="31-BC")
    assert journey.advance("rule_stop", journey.on(490)).after == "strike_off_branch"


def test_a_ruling_on_an_authorised_committee_sends_the_case_back_to_it(office: Office) -> None:
    journey = begin(office, TRUSTED, START).to("recognition_committee")
    for number in (9, 10, 11):
        journey.advance(
            "committee_recognition_falls_short",
            journey.on(480),
            **{"resolution_no": f"{number:02}-NQ/ĐU", **SHORT},
        )
    journey.advance("refer_recognition_upward", journey.on(481), OFFICER, report_no="31-BC")
    assert journey.advance("rule_go_on", journey.on(490)).after == "recognition_committee"


# --- annulled -----------------------------------------------------------------------------------------------


def annul(journey: Journey, on: date, **more: str) -> str:
    said = {"annulment_no": "77-QĐ/HU", "annul_reason": "conditions", **more}
    return journey.advance("annul", on, DISTRICT_OFFICER, **said).after


def test_an_admission_is_annulled_even_when_the_case_is_over_and_nothing_is_deleted(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("member")
    day = journey.on(600)
    assert annul(journey, day) == "annulled"
    tree = office.read_snapshot()
    assert tree.get_membership(HEADS[PLAIN], day) == "none"
    assert tree.get_membership(HEADS[PLAIN], day - timedelta(days=1)) == "member"
    view = journey.view()
    assert (view.state.end, view.moves, view.stalled) == (True, [], False)
    last = load_history(office, journey.case, "vi")[-1]
    assert {"77-QĐ/HU", "Không đúng tiêu chuẩn, điều kiện"} <= {str(one.text) for one in last.fields}
    proven(office)


def test_a_decision_is_annulled_before_the_ceremony_and_by_whoever_decided(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("ceremony")
    with pytest.raises(ActRefused) as refused:
        journey.advance("annul", journey.on(98), OFFICER, annulment_no="7-QĐ", annul_reason="procedure")
    assert refusals(refused) == ["ROLE"]
    assert annul(journey, journey.on(98), annul_reason="procedure") == "annulled"


def test_an_authorised_committee_annuls_its_own_decision(office: Office) -> None:
    journey = begin(office, TRUSTED, START).to("probation")
    said = {"annulment_no": "7-QĐ/ĐU", "annul_reason": "competence"}
    assert journey.advance("annul", journey.on(120), OFFICER, **said).after == "annulled"
    assert office.read_snapshot().get_membership(HEADS[TRUSTED], journey.on(120)) == "none"


def test_what_nobody_decided_cannot_be_annulled(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("branch_meeting")
    journey.advance("suspend", journey.on(76), reason="Đi làm xa.")
    with pytest.raises(ActRefused) as refused:
        annul(journey, journey.on(90))
    assert "DECISION_KNOWN" in refusals(refused)
    with pytest.raises(NotOpen):
        annul(begin(office, PARTED, START).to("decision"), journey.on(95))


# --- off the list, and refused ------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["listed", "nominated", "class_requested", "training"])
def test_the_branch_takes_somebody_off_the_list_by_resolution(office: Office, state: str) -> None:
    journey = begin(office, PLAIN, START).to(state)
    assert journey.advance("remove_from_list", journey.on(41), resolution_no="6-NQ/CB").after == "removed"
    assert journey.view().closed_on == journey.on(41)
    again = open_case(office, HEADS[PLAIN], journey.on(90), DISTRICT_OFFICER)
    assert again != journey.case


def test_nobody_is_taken_off_the_list_once_the_dossier_is_begun(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("sponsorship")
    with pytest.raises(NotOpen):
        journey.advance("remove_from_list", journey.on(60), resolution_no="6-NQ/CB")


def test_the_branch_is_told_of_a_refusal_within_the_deadline_of_the_decision(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    assert journey.advance("authority_declines", journey.on(92)).after == "declined"
    told = journey.record("notify_result", journey.on(95), DISTRICT_OFFICER)
    assert (told.after, told.warnings) == ("declined", ())
    with pytest.raises(ActRefused) as refused:
        journey.record("notify_result", journey.on(96), DISTRICT_OFFICER)
    assert refusals(refused) == ["RESULT_TOLD_ONCE"]


def test_a_refusal_that_is_told_too_late_is_warned_of(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    due = journey.due("DEC_ADMIT")
    journey.advance("authority_declines", journey.on(92))
    told = journey.record("notify_result", due + timedelta(days=1), DISTRICT_OFFICER)
    assert [reason.code for reason in told.warnings] == ["RESULT_TOLD_IN_TIME"]
    assert told.warnings[0].verified


# --- moved --------------------------------------------------------------------------------------------------


def moved(journey: Journey, on: date, **said: str) -> Journey:
    journey.record("change_unit", on, OFFICER, unit=STRAIGHT, **said)
    journey.village = STRAIGHT
    return journey


def test_a_certificate_of_being_helped_waives_the_twelve_months_at_the_new_place(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("sponsorship")
    on = {"helped_certificate_no": "3-GCN/ĐU", "helped_certificate_on": journey.on(44).isoformat()}
    moved(journey, journey.on(45), **on)
    sent = journey.advance("send_for_verification", journey.on(50), sponsors=[MOI, "P-BAO"])
    assert "SPONSOR_12M_SOON" not in {reason.code for reason in sent.warnings}
    assert journey.to("decision").at == "decision"


def test_without_the_certificate_or_after_another_move_they_are_asked_for(office: Office) -> None:
    journey = moved(begin(office, PLAIN, START).to("sponsorship"), START + timedelta(days=45))
    sent = journey.advance("send_for_verification", journey.on(50), sponsors=[MOI, "P-BAO"])
    assert "SPONSOR_12M_SOON" in {reason.code for reason in sent.warnings}
    other = begin(office, PARTED, START).to("sponsorship")
    moved(other, other.on(45), helped_certificate_no="3-GCN/ĐU")
    other.record("change_unit", other.on(46), DISTRICT_OFFICER, unit=PARTED)
    other.village = PARTED
    sent = other.advance("send_for_verification", other.on(50), sponsors=[MOI, "P-BAO"])
    assert "SPONSOR_12M_SOON" in {reason.code for reason in sent.warnings}


def test_a_certificate_is_not_dated_after_the_move(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("sponsorship")
    with pytest.raises(ActRefused) as refused:
        moved(journey, journey.on(45), helped_certificate_on=journey.on(46).isoformat())
    assert refusals(refused) == ["DATED_BY_THEN", "HELPED_CERTIFICATE_FIRST"]


def test_decided_received_and_then_moved_the_new_branch_records_its_own_receipt(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("ceremony")
    journey.record("receive_decision", journey.on(95))
    first = journey.clock("CEREMONY").due
    moved(journey, journey.on(98))
    assert [clock.state for clock in journey.clocks("CEREMONY")] == ["stopped"]
    journey.record("receive_decision", journey.on(110))
    clock = journey.clocks("CEREMONY")[-1]
    assert (clock.state, clock.start) == ("running", journey.on(110))
    assert clock.due
    assert first
    assert clock.due > first
    assert journey.advance("hold_ceremony", clock.due).after == "probation"
    proven(office)


def test_a_move_on_probation_leaves_the_receipt_on_record(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("probation")
    moved(journey, journey.on(200))
    with office.case_transaction(journey.case) as (_, _, locked):
        fields = orjson.loads(locked.record)["fields"]
    assert fields["decision_received_on"] == journey.on(95).isoformat()


def test_without_a_move_the_receipt_is_recorded_once(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("ceremony")
    journey.record("receive_decision", journey.on(95))
    with pytest.raises(ActRefused) as refused:
        journey.record("receive_decision", journey.on(96))
    assert refusals(refused) == ["RECEIVED_ONCE"]
