"""A case sent back, a class taken again, votes that fall short, rulings and the strike-off track."""

from datetime import date
from typing import Any

import pytest

from states.machine import NotOpen
from tests.journeys.land import (
    HALF,
    HEADS,
    LAST_OF_DISTRICT,
    OFFICER,
    PARTED,
    PLAIN,
    SHORT,
    TEN,
    TRUSTED,
    begin,
    proven,
    travel,
)
from workflow.cases.commands.advance import ActRefused, advance_case
from workflow.cases.views.history import load_history
from workflow.core.input import InvalidInput
from workflow.office import Office

START = date(2022, 1, 4)


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    """The land on the district's last day."""
    travel(sqlite_land, LAST_OF_DISTRICT)
    return sqlite_land


def codes(refused: pytest.ExceptionInfo[ActRefused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_returned_with_defects_the_first_clock_runs_on_and_a_second_resolution_starts_another(
    office: Office,
) -> None:
    journey = begin(office, PLAIN, START).to("committee_meeting")
    journey.advance("return_to_branch_meeting", journey.on(84), defects=["Thiếu chữ ký", "  ", "Sai ngày"])
    (only,) = journey.clocks("DEC_ADMIT")
    assert (only.state, only.start) == ("running", journey.on(75))
    told = {one.field: one.text for one in load_history(office, journey.case, "vi")[-1].fields}
    assert told["defects"] == ["Thiếu chữ ký", "Sai ngày"]
    journey.advance("branch_proposes", journey.on(90))
    first, second = journey.clocks("DEC_ADMIT")
    assert (first.state, first.start) == ("running", journey.on(75))
    assert (second.state, second.start) == ("running", journey.on(90))
    assert first.due
    assert first.due < journey.due("DEC_ADMIT")
    journey.advance("committee_proposes", journey.on(95))
    journey.advance("decide", journey.on(99))
    assert [clock.stopped for clock in journey.clocks("DEC_ADMIT")] == [journey.on(99)] * 2
    assert len(journey.view().votes) == 4
    proven(office)


@pytest.mark.parametrize("at", ["appraisal", "committee_meeting", "decision"])
def test_from_each_step_above_the_branch_the_dossier_may_go_back_to_its_beginning(
    office: Office, at: str
) -> None:
    journey = begin(office, PARTED, START).to(at)
    journey.advance("return_to_sponsorship", journey.on(92))
    assert journey.at == "sponsorship"
    assert journey.clock("DEC_ADMIT").state == "running"
    journey.advance("send_for_verification", journey.on(93))
    assert journey.at == "verification"
    proven(office)


@pytest.mark.parametrize("at", ["recognition_appraisal", "recognition_committee", "recognition_decision"])
def test_at_recognition_the_papers_go_back_to_the_branch_only(office: Office, at: str) -> None:
    journey = begin(office, PARTED, START).to(at)
    journey.advance("return_to_recognition_branch", journey.on(492))
    assert journey.clock("DEC_RECOG").state == "running"
    assert journey.clock("RECOG_BRANCH").state == "stopped"
    with pytest.raises(NotOpen):
        journey.advance("return_to_sponsorship", journey.on(493))
    journey.advance("branch_recognises", journey.on(495))
    assert [clock.start for clock in journey.clocks("DEC_RECOG")] == [journey.on(475), journey.on(495)]


@pytest.mark.parametrize("at", ["sponsorship", "verification", "opinions", "branch_meeting"])
def test_a_class_taken_again_leads_back_to_where_the_case_was(office: Office, at: str) -> None:
    journey = begin(office, PLAIN, START).to(at)
    journey.advance("retake_class", journey.on(80))
    assert journey.at == "training"
    journey.advance("certify", journey.on(110), certificate_no="12")
    assert journey.at == at
    old, new = journey.clocks("CLASS_CERT_VALID")
    assert (old.state, new.state, new.start) == ("stopped", "running", journey.on(108))
    proven(office)


def test_no_class_is_retaken_once_the_branch_has_voted(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("committee_meeting")
    with pytest.raises(NotOpen):
        journey.advance("retake_class", journey.on(80))


def test_an_expired_certificate_is_refused_at_the_branch_and_a_new_class_mends_it(office: Office) -> None:
    journey = begin(office, PLAIN, START)
    journey.advance("nominate", journey.on(3))
    done = journey.advance("accept_certificate", journey.on(6), certificate_issued_on="2017-01-05")
    assert [one.code for one in done.warnings] == ["CLASS_CERT_SOON"]
    journey.to("branch_meeting")
    with pytest.raises(ActRefused) as refused:
        journey.advance("branch_proposes", journey.on(75))
    assert codes(refused) == ["CLASS_CERT"]
    journey.advance("retake_class", journey.on(76))
    journey.advance("certify", journey.on(110), certificate_no="12")
    assert journey.advance("branch_proposes", journey.on(112)).after == "committee_meeting"


def test_a_vote_that_falls_short_shows_its_arithmetic(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("branch_meeting")
    with pytest.raises(ActRefused) as refused:
        journey.advance("branch_proposes", journey.on(75), **SHORT)
    assert refused.value.reasons[0].text.vi == "Cần 7/10 đảng viên chính thức tán thành, được 6."
    cited = refused.value.reasons[0].citation
    assert cited is not None
    assert cited.vi == "Điều lệ Đảng, Điều 4; Hướng dẫn 01-HD/TW ngày 28/9/2021, 3.6"
    journey.advance("branch_falls_short", journey.on(75))
    assert journey.at == "awaiting_ruling"
    (vote,) = journey.view().votes
    assert (vote.need, vote.base, vote.votes_for, vote.reached) == (7, 10, 6, False)


def test_a_ruling_to_go_on_leads_to_the_step_after(office: Office) -> None:
    verified = begin(office, PLAIN, START).to("verification")
    verified.record("send_verification_letter", verified.on(51))
    verified.advance("refer_upward", verified.on(60))
    verified.advance("rule_go_on", verified.on(70))
    assert verified.at == "opinions"
    assert verified.clock("VERIF_REPLY").state == "stopped"
    voted = begin(office, PARTED, START).to("branch_meeting")
    voted.advance("branch_falls_short", voted.on(75))
    voted.advance("rule_go_on", voted.on(78))
    assert voted.at == "appraisal"
    assert voted.to("decision").advance("decide", voted.on(100)).after == "ceremony"
    proven(office)


def test_a_ruling_to_stop_ends_the_case(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("branch_meeting")
    journey.advance("branch_falls_short", journey.on(75))
    journey.advance("rule_stop", journey.on(90))
    assert (journey.at, journey.view().closed_on) == ("declined", journey.on(90))


def test_the_third_short_vote_at_recognition_goes_upward(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("recognition_branch")
    for days, after in ((475, "recognition_branch"), (480, "recognition_branch"), (485, "awaiting_ruling")):
        assert journey.advance("branch_recognition_falls_short", journey.on(days)).after == after
    journey.advance("rule_go_on", journey.on(495))
    assert journey.at == "recognition_committee"
    assert journey.clock("RECOG_BRANCH").state == "stopped"
    journey.advance("committee_recognises", journey.on(500))
    journey.advance("recognise", journey.on(510))
    assert len(journey.view().votes) == 8
    proven(office)


def test_a_ruling_against_recognition_opens_the_strike_off(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("recognition_branch")
    for days in (475, 480, 485):
        journey.advance("branch_recognition_falls_short", journey.on(days))
    journey.advance("rule_stop", journey.on(495))
    assert journey.at == "strike_off_branch"
    journey.advance("branch_strikes_off", journey.on(500))
    journey.advance("committee_strikes_off", journey.on(505))
    journey.advance("strike_off", journey.on(510))
    assert journey.at == "struck_off"
    tree = office.read_snapshot()
    assert tree.get_membership(HEADS[PLAIN], journey.on(509)) == "probationary"
    assert tree.get_membership(HEADS[PLAIN], journey.on(510)) == "none"
    proven(office)


@pytest.mark.parametrize(
    "at",
    [
        "probation",
        "recognition_branch",
        "recognition_appraisal",
        "recognition_committee",
        "recognition_decision",
    ],
)
def test_a_strike_off_that_fails_at_any_body_returns_the_case(office: Office, at: str) -> None:
    journey = begin(office, PARTED, START).to(at)
    for fails, passed in (
        ("branch_strike_off_falls_short", []),
        ("committee_strike_off_falls_short", ["branch_strikes_off"]),
        ("strike_off_falls_short", ["branch_strikes_off", "committee_strikes_off"]),
    ):
        for move in ("propose_strike_off", *passed, fails):
            journey.advance(move, journey.on(495))
        assert journey.at == at
    proven(office)


def test_the_third_short_vote_on_striking_off_goes_upward_and_back(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("probation")
    for days in (110, 120, 130):
        journey.advance("propose_strike_off", journey.on(days))
        journey.advance("branch_strike_off_falls_short", journey.on(days + 1))
    assert journey.at == "awaiting_ruling"
    journey.advance("rule_stop", journey.on(150))
    assert journey.at == "probation"
    proven(office)


@pytest.mark.parametrize(
    ("at", "move", "votes", "code"),
    [
        ("committee_meeting", "committee_proposes", SHORT, "VOTE_BASE_AUTH"),
        ("recognition_committee", "committee_recognises", SHORT, "VOTE_BASE_AUTH"),
        ("strike_off_committee", "committee_strikes_off", SHORT, "VOTE_BASE"),
        ("strike_off_decision", "strike_off", HALF, "VOTE_UPPER"),
    ],
)
def test_no_body_gets_round_its_share(
    office: Office, at: str, move: str, votes: dict[str, Any], code: str
) -> None:
    journey = begin(office, TRUSTED, START)
    if at.startswith("strike_off"):
        journey.to("probation").advance("propose_strike_off", journey.on(480))
        for passed in ("branch_strikes_off", "committee_strikes_off"):
            if journey.at != at:
                journey.advance(passed, journey.on(485))
    else:
        journey.to(at)
    with pytest.raises(ActRefused) as refused:
        journey.advance(move, journey.on(490), **votes)
    assert codes(refused) == [code]


def test_an_authorised_committee_must_give_its_decision_a_number(office: Office) -> None:
    journey = begin(office, TRUSTED, START).to("committee_meeting")
    with pytest.raises(InvalidInput) as mistyped:
        advance_case(
            office, journey.case, "committee_proposes", journey.on(85), OFFICER, {"resolution_no": "4", **TEN}
        )
    assert [(fault.field, fault.code) for fault in mistyped.value.faults] == [("decision_no", "missing")]
