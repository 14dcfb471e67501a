"""Corrections: nothing is edited, later acts are judged anew, and what no longer holds stays flagged
until settled.
"""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.journeys.land import (
    HEADS,
    LAST_OF_BASES,
    LAST_OF_DISTRICT,
    MOI,
    OFFICER,
    PARTED,
    PLAIN,
    SECRETARY,
    TRO,
    Journey,
    begin,
    proven,
    travel,
)
from tests.reading import ask
from workflow.board.coverage import count_coverage
from workflow.cases.commands.advance import ActRefused, CaseChanged
from workflow.cases.commands.correct import correct_event
from workflow.cases.views.case_parts import ConsentView
from workflow.cases.views.history import load_history
from workflow.core.input import InvalidInput
from workflow.office import Office
from workflow.register.writer import Who
from workflow.storage import reads

START = date(2022, 1, 4)


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    """The land on the district's last day."""
    travel(sqlite_land, LAST_OF_DISTRICT)
    return sqlite_land


def seq_of(journey: Journey, kind: str) -> int:
    """The number of the last act of that kind."""
    told = reversed(load_history(journey.office, journey.case, "vi"))
    return int(next(one.seq for one in told if one.kind == kind))


def mend(journey: Journey, kind: str, **typed: Any) -> list[tuple[str, str]]:
    """Correct the last act of that kind; what is flagged then, as act and code."""
    flags = correct_event(
        journey.office,
        journey.case,
        seq_of(journey, kind),
        OFFICER,
        typed,
        reason="Ghi nhầm",
        allowed_by=OFFICER.by,
    )
    return [(flag["kind"], flag["code"]) for flag in flags]


def flagged(journey: Journey) -> list[tuple[str, str, bool]]:
    return [(flag.kind, flag.code, bool(flag.settled)) for flag in journey.view().flags]


def open_flag(journey: Journey) -> str:
    """The first flag that is not settled, as an act names it."""
    return next(flag.flag for flag in journey.view().flags if flag.settled is None)


# --- what a correction is -----------------------------------------------------------------------------------


def test_a_branch_does_not_allow_itself_to_correct(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    journey, mine = begin(land, PLAIN, START).to("sponsorship"), SECRETARY.by
    with pytest.raises(InvalidInput) as refused:
        correct_event(
            land, journey.case, 2, SECRETARY, {"on": "2022-01-06"}, reason="Ghi nhầm", allowed_by=mine
        )
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("allowed_by", "not_above_branch")
    ]


def test_what_was_recorded_stays_and_the_correction_says_why_and_who_allowed_it(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, PLAIN, START).to("committee_meeting")
    recorded = load_history(land, journey.case, "vi")
    assert mend(journey, "branch_proposes", votes_for="8", votes_against="2") == []
    told = load_history(land, journey.case, "vi")
    assert told[:-1] == recorded
    last = told[-1]
    assert (last.kind, last.of, last.allowed_by, last.by) == (
        "correct",
        seq_of(journey, "branch_proposes"),
        "canbo",
        "canbo",
    )
    assert {one.field: one.text for one in last.fields} == {
        "votes_for": 8,
        "votes_against": 2,
        "reason": "Ghi nhầm",
    }
    assert [(vote.votes_for, vote.reached) for vote in journey.view().votes] == [(8, True)]
    assert journey.advance("committee_proposes", journey.on(85)).after == "decision"
    proven(land)


def test_a_vote_corrected_below_its_share_is_flagged_and_corrected_back_it_is_not(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    assert mend(journey, "branch_proposes", votes_for=6, votes_against=4) == [
        ("branch_proposes", "VOTE_BRANCH")
    ]
    view = journey.view()
    (flag,) = view.flags
    assert flag.text == "Cần 7/10 đảng viên chính thức tán thành, được 6."
    assert [(vote.votes_for, vote.reached) for vote in view.votes] == [(6, False), (10, True)]
    assert mend(journey, "branch_proposes", votes_for=7, votes_against=3) == []
    assert journey.view().flags == []
    proven(office)


def test_nobody_is_admitted_on_a_vote_that_a_correction_left_short(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    mend(journey, "branch_proposes", votes_for=6, votes_against=4)
    before = proven(office).seal
    with pytest.raises(ActRefused) as refused:
        journey.advance("decide", journey.on(92))
    assert [one.code for one in refused.value.reasons] == ["FLAGS_SETTLED", "VOTE_BRANCH"]
    reason = refused.value.reasons[1]
    assert (reason.code, reason.answer, reason.effect) == ("VOTE_BRANCH", "not_met", "refuse")
    assert "20/03/2022" in reason.text.vi
    assert "Cần 7/10 đảng viên chính thức tán thành, được 6." in reason.text.vi
    assert (journey.state, proven(office).seal) == ("decision", before)
    mend(journey, "branch_proposes", votes_for=7, votes_against=3)
    assert journey.advance("decide", journey.on(92)).warnings == ()
    proven(office)


def test_acts_before_the_decision_go_on_while_a_flag_hangs_over_the_case(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("committee_meeting")
    mend(journey, "branch_proposes", votes_for=6, votes_against=4)
    assert journey.advance("committee_proposes", journey.on(85)).after == "decision"
    assert flagged(journey) == [("branch_proposes", "VOTE_BRANCH", False)]


def test_a_flag_settled_in_writing_warns_at_the_decision(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    mend(journey, "branch_proposes", votes_for=6, votes_against=4)
    journey.record("settle_flag", journey.on(91), flag=open_flag(journey))
    decided = journey.advance("decide", journey.on(92))
    assert [(one.code, one.effect) for one in decided.warnings] == [("VOTE_BRANCH", "warn")]
    assert decided.after == "ceremony"
    proven(office)


def test_blank_ballots_that_were_left_out_come_by_a_correction(land: Office) -> None:
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, PLAIN, START).to("branch_meeting")
    journey.advance("branch_proposes", journey.on(75), votes_for=8, votes_against=2)
    assert mend(journey, "branch_proposes", votes_against=1, votes_blank=1) == []
    [vote] = journey.view().votes
    assert (vote.votes_for, vote.votes_against, vote.votes_blank) == (8, 1, 1)
    proven(land)


def test_a_second_correction_stands_on_the_first(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    mend(journey, "branch_proposes", votes_for=6, votes_against=4)
    mend(journey, "branch_proposes", resolution_no="02a-NQ/CB")
    vote = journey.view().votes[0]
    assert (vote.votes_for, vote.votes_against, vote.reached) == (6, 4, False)
    mend(journey, "branch_proposes", on=journey.on(76).isoformat())
    mend(journey, "branch_proposes", votes_for=9, votes_against=1)
    vote = journey.view().votes[0]
    assert (vote.on, vote.votes_for) == (journey.on(76), 9)
    assert flagged(journey) == []
    proven(office)


def test_a_flag_is_settled_in_writing_and_stays_settled(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    mend(journey, "branch_proposes", votes_for=6, votes_against=4)
    journey.record("settle_flag", journey.on(95), flag=open_flag(journey))
    assert flagged(journey) == [("branch_proposes", "VOTE_BRANCH", True)]
    mend(journey, "committee_proposes", votes_for=6, votes_against=4)
    assert flagged(journey) == [
        ("branch_proposes", "VOTE_BRANCH", True),
        ("committee_proposes", "VOTE_BASE", False),
    ]
    mend(journey, "branch_proposes", votes_for=10, votes_against=0)
    assert flagged(journey) == [("committee_proposes", "VOTE_BASE", False)]
    proven(office)


def test_even_a_closed_case_is_corrected_and_settled(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("member")
    closed = journey.view().closed_on
    assert mend(journey, "decide", votes_for=5, votes_against=5) == [("decide", "VOTE_UPPER")]
    journey.record("settle_flag", journey.on(500), flag=open_flag(journey))
    view = journey.view()
    assert (view.state.id, view.closed_on, bool(view.flags[0].settled)) == ("member", closed, True)
    proven(office)


# --- later acts are judged anew -----------------------------------------------------------------------------


def test_a_day_moved_behind_a_later_act_flags_that_act(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    assert mend(journey, "branch_proposes", on=journey.on(86).isoformat()) == [
        ("committee_proposes", "DATE_ORDER")
    ]
    proven(office)


def test_every_later_act_that_hangs_on_a_day_is_flagged(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("member")
    late = journey.on(112)
    assert mend(journey, "hold_ceremony", on=late.isoformat()) == [
        ("open_recognition", "PROBATION_DONE"),
        ("branch_recognises", "PROBATION_DONE"),
        ("branch_recognises", "RECOG_AFTER_END"),
    ]
    tree = office.read_snapshot()
    assert tree.get_membership(HEADS[PLAIN], late - timedelta(days=1)) == "none"
    assert tree.get_membership(HEADS[PLAIN], late) == "probationary"
    assert tree.get_membership(HEADS[PLAIN], date(2023, 4, 25)) == "probationary"
    assert tree.get_membership(HEADS[PLAIN], date(2023, 4, 26)) == "member"
    assert journey.clock("PROBATION").start == late
    assert journey.clock("RECOG_BRANCH").start == date(2023, 4, 26)
    proven(office)


def test_a_certificate_that_turns_out_older_flags_the_branchs_vote(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("committee_meeting")
    assert mend(journey, "certify", certificate_issued_on="2017-02-20") == [
        ("certify", "CLASS_AFTER_START"),
        ("branch_proposes", "CLASS_CERT"),
    ]
    assert journey.clock("CLASS_CERT_VALID").start == date(2017, 2, 20)
    proven(office)


def test_sponsors_who_turn_out_others_are_judged_anew(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("committee_meeting")
    assert mend(journey, "send_for_verification", sponsors=[TRO, MOI]) == [("branch_proposes", "SPONSOR_12M")]
    assert [one.id for one in journey.view().sponsors] == [TRO, MOI]


def test_a_short_vote_that_was_none_is_flagged(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("branch_meeting")
    journey.advance("branch_falls_short", journey.on(75))
    assert mend(journey, "branch_falls_short", votes_for=9, votes_against=1) == [
        ("branch_falls_short", "VOTE_BRANCH_SHORT"),
    ]


def test_an_act_that_would_lead_elsewhere_by_now_is_flagged(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("branch_meeting")
    journey.advance("branch_proposes", journey.on(75))
    journey.record("change_unit", journey.on(76), unit=PARTED)
    assert mend(journey, "change_unit", on=journey.on(74).isoformat()) == []
    assert mend(journey, "branch_proposes", on=journey.on(75).isoformat()) == []
    assert journey.advance("committee_proposes", journey.on(85)).after == "decision"
    proven(office)


def test_a_day_moved_under_another_edition_is_judged_by_that_one_and_so_are_its_clocks(
    office: Office,
) -> None:
    journey = begin(office, PLAIN, date(2021, 5, 10)).to("decision")
    assert journey.clock("DEC_ADMIT").edition == "2016-07"
    mend(journey, "branch_proposes", on="2021-07-30")
    clock = journey.clock("DEC_ADMIT")
    assert (clock.edition, clock.start) == ("2021-07", date(2021, 7, 30))
    mend(journey, "branch_proposes", on="2021-07-24")
    assert journey.clock("DEC_ADMIT").edition == "2016-07"
    proven(office)


def test_a_step_moved_to_where_its_edition_has_none_is_flagged(sqlite_land: Office) -> None:
    travel(sqlite_land, LAST_OF_BASES)
    journey = begin(sqlite_land, PARTED, date(2026, 4, 20)).to("appraisal")
    journey.advance("appraise", date(2026, 7, 20))
    travel(sqlite_land, date(2026, 8, 10))
    assert mend(journey, "appraise", on="2026-07-27") == [("appraise", "NOT_OPEN")]
    assert mend(journey, "branch_proposes", on="2026-07-26") == [
        ("branch_proposes", "LEADS_ELSEWHERE"),
        ("appraise", "NOT_OPEN"),
    ]
    assert journey.clock("DEC_ADMIT").edition == "2026-07"
    assert str(journey.view("en").flags[0].text).startswith("By what was corrected")
    proven(sqlite_land)


# --- clocks, membership, the day it was opened --------------------------------------------------------------


def test_clocks_follow_the_corrected_day_and_stalled_lists_with_them(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    due = journey.due("DEC_ADMIT")
    mend(journey, "branch_proposes", on=journey.on(80).isoformat())
    assert journey.clock("DEC_ADMIT").start == journey.on(80)
    assert journey.due("DEC_ADMIT") > due
    with office.database.read_transaction() as connection:
        rows = [
            (row.start, row.due)
            for row in reads.load_clocks(connection, journey.case)
            if row.name == "DEC_ADMIT"
        ]
    assert rows == [(journey.on(80), journey.due("DEC_ADMIT"))]
    proven(office)


def test_an_entrys_day_and_a_letters_answer_are_corrected_alike(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("ceremony")
    journey.record("receive_decision", journey.on(95))
    mend(journey, "receive_decision", on=journey.on(97).isoformat())
    assert journey.clock("CEREMONY").start == journey.on(97)
    mend(journey, "verification_received", on=journey.on(58).isoformat())
    assert journey.clock("VERIF_REPLY").stopped == journey.on(58)
    assert mend(journey, "receive_decision", on=journey.on(90).isoformat()) == [
        ("receive_decision", "RECEIVED_AFTER_DECISION"),
    ]
    proven(office)


def test_the_day_a_case_was_opened_can_be_corrected_and_nothing_else_of_it(office: Office) -> None:
    journey = begin(office, PLAIN, START)
    assert mend(journey, "open", on="2022-01-02") == []
    assert journey.view().opened_on == date(2022, 1, 2)
    assert journey.clock("house:listed").due == date(2022, 4, 2)
    journey.to("nominated")
    assert mend(journey, "open", on="2022-01-20") == [("nominate", "DATE_ORDER")]
    with pytest.raises(InvalidInput):
        mend(journey, "open", resolution_no="1")
    proven(office)


def test_coverage_follows_a_corrected_ceremony(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("probation")
    on = journey.on(101)
    assert ask(office, count_coverage, on=on).total.probationary == 1
    mend(journey, "hold_ceremony", on=journey.on(103).isoformat())
    assert ask(office, count_coverage, on=on).total.probationary == 0
    assert ask(office, count_coverage, on=journey.on(103)).total.probationary == 1
    mend(journey, "hold_ceremony", on=journey.on(100).isoformat())
    assert ask(office, count_coverage, on=on).total.probationary == 1
    proven(office)


def test_a_consent_a_helper_and_a_sponsor_are_corrected_where_they_were_recorded(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("branch_meeting")
    journey.record("replace_sponsor", journey.on(72), sponsor_in=MOI)
    journey.record("record_consent", journey.on(73), consent_kind="over60", consent_organ="direct_superior")
    mend(journey, "replace_sponsor", replace_reason="disciplined")
    mend(journey, "record_consent", consent_organ="central_direct", on=journey.on(71).isoformat())
    assert journey.view().consents == [
        ConsentView(kind="over60", organ="central_direct", no="15-CV", on=journey.on(71))
    ]
    proven(office)


# --- what cannot be corrected -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({}, "nothing_to_correct"),
        ({"on": "2022-02-30"}, "not_a_day"),
        ({"on": "2031-01-01"}, "in_the_future"),
        ({"votes_for": "ba"}, "not_a_count"),
        ({"decision_no": "1"}, "unknown"),
        ({"findings": "khác"}, "words_stay"),
    ],
)
def test_a_correction_is_read_as_the_act_was(office: Office, typed: dict[str, Any], code: str) -> None:
    journey = begin(office, PLAIN, START).to("committee_meeting")
    with pytest.raises(InvalidInput) as mistyped:
        mend(journey, "branch_proposes", **typed)
    assert [fault.code for fault in mistyped.value.faults] == [code]


def test_every_mistake_of_a_correction_is_said_at_once(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("committee_meeting")
    with pytest.raises(InvalidInput) as mistyped:
        correct_event(
            office,
            journey.case,
            seq_of(journey, "branch_proposes"),
            Who("ai-do", "may"),
            {"on": "2022-02-30", "votes_for": "ba", "la": "1"},
            reason="  ",
            allowed_by="Trần Văn Bảo",
        )
    assert {(fault.field, fault.code) for fault in mistyped.value.faults} == {
        ("by", "unknown_user"),
        ("allowed_by", "unknown_user"),
        ("reason", "missing"),
        ("on", "not_a_day"),
        ("votes_for", "not_a_count"),
        ("la", "unknown"),
    }


def test_corrections_and_carry_overs_are_not_themselves_corrected(sqlite_land: Office) -> None:
    travel(sqlite_land, LAST_OF_DISTRICT)
    journey = begin(sqlite_land, PLAIN, date(2025, 3, 3)).to("committee_meeting")
    travel(sqlite_land, date(2025, 7, 10))
    journey.advance("decide", date(2025, 7, 3))
    mend(journey, "nominate", resolution_no="02")
    for kind in ("carry_over", "correct"):
        with pytest.raises(InvalidInput) as mistyped:
            mend(journey, kind, on="2025-07-02")
        (fault,) = mistyped.value.faults
        assert (fault.field, fault.code) == ("event", "not_an_option")
    with pytest.raises(InvalidInput):
        correct_event(
            sqlite_land, journey.case, 99, OFFICER, {"on": "2025-07-02"}, reason="x", allowed_by="canbo"
        )


def test_a_correction_upon_a_case_that_has_changed_is_stopped(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("nominated")
    seen = journey.view().version
    journey.to("training")
    with pytest.raises(CaseChanged):
        correct_event(
            office, journey.case, 2, OFFICER, {"on": "2022-01-06"}, reason="x", allowed_by="canbo", seen=seen
        )


def test_a_refused_act_after_a_correction_is_judged_by_what_was_corrected(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("branch_meeting")
    mend(journey, "certify", certificate_issued_on="2017-02-20")
    with pytest.raises(ActRefused) as refused:
        journey.advance("branch_proposes", journey.on(75))
    assert [reason.code for reason in refused.value.reasons] == ["FLAGS_AHEAD", "CLASS_CERT"]
