"""Cases taken over half-way from paper: stated, not judged, shown so, and able to go on from every step."""

from datetime import date
from typing import Any

import pytest

from tests.adoptions import stated
from tests.journeys.land import (
    BAO,
    HEADS,
    LAST_OF_BASES,
    LAST_OF_DISTRICT,
    OFFICER,
    PARTED,
    PATH,
    PLAIN,
    RULES,
    SPARE,
    TRO,
    Journey,
    proven,
    travel,
)
from tests.reading import ask, list_cases
from workflow.board.coverage import count_coverage
from workflow.cases.commands.advance import ActRefused
from workflow.cases.commands.correct import correct_event
from workflow.cases.commands.open import AlreadyOpen, adopt_case
from workflow.cases.views.history import load_history
from workflow.core.input import InvalidInput
from workflow.office import Office
from workflow.register.writer import RegisterWriter, Who

ON = date(2022, 8, 9)
EDITION = RULES.load_edition("admission", "2021-07")
OPEN = [name for name, state in EDITION.states.items() if not state.end]
CAME_FROM = {
    "awaiting_ruling": "branch_meeting",
    "suspended": "opinions",
    "strike_off_branch": "probation",
    "strike_off_committee": ["recognition_branch"],
    "strike_off_decision": "recognition_decision",
}
"""Where a case came from must be said at the steps from which it goes back there."""
GOES_ON = {name: path[-1][1] for name, path in PATH.items()} | {
    "awaiting_ruling": "rule_go_on",
    "suspended": "resume",
    "strike_off_branch": "branch_strike_off_falls_short",
    "strike_off_committee": "committee_strikes_off",
    "strike_off_decision": "strike_off_falls_short",
}


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    """The land on the district's last day."""
    travel(sqlite_land, LAST_OF_DISTRICT)
    return sqlite_land


def taken(office: Office, state: str, village: str = PARTED, on: date = ON, **typed: Any) -> Journey:
    """A case taken over at a state on a day, with all that lies behind it, and what a test says of it."""
    if state in CAME_FROM:
        typed = {"came_from": CAME_FROM[state]} | typed
    said = stated(state, on, (BAO, TRO), **typed)
    case = adopt_case(office, HEADS[village], state, on, OFFICER, said)
    return Journey(office, case, on, state)


@pytest.mark.parametrize("state", OPEN)
def test_a_case_taken_over_at_any_step_goes_on_from_it(office: Office, state: str) -> None:
    journey = taken(office, state)
    view = journey.view()
    assert (view.state.id, view.adopted, view.state.since) == (state, True, ON)
    assert journey.advance(GOES_ON[state], date(2022, 8, 15)).before == state
    proven(office)


def test_what_is_stated_is_judged_and_the_history_says_that_it_was_taken_over(office: Office) -> None:
    said: dict[str, Any] = {
        "branch_resolution_on": "2022-07-01",
        "resolution_no": "7",
        "strengths": "Chăm chỉ.",
    }
    wrong = said | {"sponsors": [SPARE, SPARE], "certificate_issued_on": "2001-01-01"}
    with pytest.raises(InvalidInput) as untyped:
        taken(office, "decision", **wrong)
    assert [(fault.field, fault.code) for fault in untyped.value.faults] == [
        ("official_since", "behind_or_ticked"),
        ("together_since", "behind_or_ticked"),
    ]
    with pytest.raises(ActRefused) as refused:
        taken(office, "decision", unseen="official_since, together_since", **wrong)
    assert [reason.code for reason in refused.value.reasons] == ["CLASS_CERT", "SPONSORS_DIFFERENT"]
    assert list_cases(office) == []
    journey = taken(office, "decision", **said)
    (told,) = load_history(office, journey.case, "vi")
    assert (told.kind, told.to, told.warnings, told.flags) == ("adopt", "decision", [], [])
    said = {one.field: one.text for one in told.fields}
    assert (said["sponsors"], said["strengths"]) == ("Trần Văn Bảo, Lê Thị Trợ", "Chăm chỉ.")
    assert said["branch_resolution_on"] == date(2022, 7, 1)
    proven(office)


def test_clocks_run_from_the_days_that_were_stated(office: Office) -> None:
    journey = taken(office, "decision", branch_resolution_on="2022-07-01", certificate_issued_on="2020-03-01")
    clock = journey.clock("DEC_ADMIT")
    assert (clock.start, clock.due, clock.state) == (date(2022, 7, 1), date(2022, 9, 27), "running")
    assert journey.clock("CLASS_CERT_VALID").state == "stopped"
    assert journey.clock("CLASS_CERT_VALID").due == date(2025, 3, 1)
    proven(office)


def test_what_started_and_stopped_before_is_shown_as_stopped(land: Office) -> None:
    """Fields are stored by name, days lie in their own order: both must give the same clocks."""
    travel(land, LAST_OF_DISTRICT)
    for village, ceremony in ((PLAIN, "2022-07-20"), (PARTED, "2022-06-30")):
        days = {"decision_on": "2022-06-20", "decision_received_on": "2022-06-30", "ceremony_on": ceremony}
        journey = taken(land, "probation", village, ON, **days)
        clock = journey.clock("CEREMONY")
        assert (clock.state, clock.start, clock.stopped) == (
            "stopped",
            date(2022, 6, 30),
            date.fromisoformat(ceremony),
        )
        assert journey.clock("PROBATION").state == "running"
    proven(land)


def test_a_clock_keeps_the_edition_of_the_stated_day(sqlite_land: Office) -> None:
    travel(sqlite_land, date(2026, 9, 1))
    stated: dict[str, Any] = {
        "branch_resolution_on": "2026-05-04",
        "decision_on": "2026-07-13",
        "decision_received_on": "2026-07-20",
    }
    journey = taken(sqlite_land, "ceremony", PLAIN, date(2026, 8, 3), **stated)
    clock = journey.clock("CEREMONY")
    assert (clock.edition, clock.start) == ("2026-04", date(2026, 7, 20))
    assert journey.clock("DEC_ADMIT").edition == "2026-04"
    decided = {"decision_on": "2026-07-28", "decision_received_on": "2026-07-30"}
    other = taken(sqlite_land, "ceremony", PARTED, date(2026, 8, 3), **decided)
    assert other.clock("CEREMONY").start == date(2026, 7, 28)
    proven(sqlite_land)


def test_a_letter_under_way_is_taken_over_with_its_clock(office: Office) -> None:
    stated: dict[str, Any] = {"letter_no": "5-CV", "letter_reach": "abroad", "letter_sent_on": "2022-07-01"}
    journey = taken(office, "verification", **stated)
    clock = journey.clock("VERIF_REPLY")
    assert (clock.of, clock.amount, clock.state) == ("5-CV", 90, "running")
    journey.record("verification_received", date(2022, 8, 15), letter_no="5-CV")
    assert journey.clock("VERIF_REPLY").state == "stopped"
    proven(office)


def test_who_was_received_already_counts_as_a_probationary_member(office: Office) -> None:
    assert ask(office, count_coverage, on=ON).total.members == 0
    journey = taken(office, "probation", ceremony_on="2022-03-01")
    total = ask(office, count_coverage, on=ON).total
    assert (total.members, total.probationary) == (1, 1)
    correct_event(
        office, journey.case, 1, OFFICER, {"ceremony_on": "2022-04-01"}, reason="Ghi nhầm", allowed_by="canbo"
    )
    assert ask(office, count_coverage, on=date(2022, 3, 15)).total.members == 0
    assert ask(office, count_coverage, on=ON).total.members == 1
    assert journey.clock("PROBATION").start == date(2022, 4, 1)
    proven(office)


def test_whom_the_register_has_as_probationary_is_not_entered_twice(office: Office) -> None:
    with office.write_transaction() as (work, ledger):
        RegisterWriter(office, work, ledger, OFFICER).add_row(
            "memberships", date(2022, 2, 1), person_id=HEADS[PARTED], status="probationary"
        )
    taken(office, "probation", ceremony_on="2022-03-01")
    assert len(office.read_snapshot().memberships[HEADS[PARTED]]) == 1


def test_the_house_clock_runs_from_the_day_of_taking_over(office: Office) -> None:
    journey = taken(office, "opinions")
    assert journey.clock("house:opinions").due == date(2022, 9, 8)
    travel(office, date(2022, 9, 9))
    assert [row.case for row in list_cases(office, stalled=True)] == [journey.case]


# --- where it came from -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "came_from"),
    [
        ("suspended", None),
        ("suspended", "member"),
        ("suspended", "suspended"),
        ("awaiting_ruling", None),
        ("awaiting_ruling", "listed"),
        ("awaiting_ruling", "strike_off_branch"),
        ("strike_off_branch", "branch_meeting"),
        ("decision", "branch_meeting"),
        ("suspended", "awaiting_ruling"),
    ],
)
def test_where_a_case_came_from_is_asked_where_it_matters(
    office: Office, state: str, came_from: str | None
) -> None:
    with pytest.raises(InvalidInput) as mistyped:
        taken(office, state, came_from=came_from)
    (fault,) = mistyped.value.faults
    assert (fault.field, fault.code) == ("came_from", "not_an_option")
    assert fault.values["options"]


def test_a_case_suspended_while_waiting_goes_back_step_by_step(office: Office) -> None:
    journey = taken(office, "suspended", came_from="recognition_branch, strike_off_branch, awaiting_ruling")
    journey.advance("resume", date(2022, 8, 10))
    journey.advance("rule_stop", date(2022, 8, 11))
    assert journey.at == "recognition_branch"
    proven(office)


def test_a_class_taken_again_may_be_taken_over_too(office: Office) -> None:
    journey = taken(office, "training", came_from="branch_meeting")
    assert journey.advance("certify", date(2022, 8, 20)).after == "branch_meeting"
    plain = taken(office, "training", PLAIN)
    assert plain.advance("certify", date(2022, 8, 20)).after == "sponsorship"


# --- what cannot be taken over ------------------------------------------------------------------------------


def test_every_mistake_of_taking_over_is_said_at_once(office: Office) -> None:
    typed = {"branch_resolution_on": "2022-02-30", "roll": "ba", "la": "1", "decision_on": "2040-01-01"}
    with pytest.raises(InvalidInput) as mistyped:
        adopt_case(
            office, HEADS[PLAIN], "khong-co", date(2031, 1, 1), Who("ai-do", "may"), typed, unit="thon-khong"
        )
    assert {(fault.field, fault.code) for fault in mistyped.value.faults} == {
        ("branch_resolution_on", "not_a_day"),
        ("roll", "not_a_count"),
        ("la", "unknown"),
        ("by", "unknown_user"),
        ("decision_on", "in_the_future"),
        ("on", "in_the_future"),
        ("state", "not_an_option"),
        ("unit", "unknown_unit"),
    }
    proven(office)


@pytest.mark.parametrize("state", ["member", "closed", "withdrawn"])
def test_no_case_is_taken_over_at_its_end(office: Office, state: str) -> None:
    with pytest.raises(InvalidInput) as mistyped:
        taken(office, state)
    assert [(fault.field, fault.code) for fault in mistyped.value.faults] == [("state", "not_an_option")]


def test_no_case_is_taken_over_at_a_step_its_unit_has_not(office: Office) -> None:
    with pytest.raises(InvalidInput) as mistyped:
        taken(office, "appraisal", PLAIN)
    (fault,) = mistyped.value.faults
    assert (fault.field, fault.code) == ("state", "not_an_option")
    assert "committee_meeting" in str(fault.values["options"])
    assert "appraisal" not in str(fault.values["options"])
    with pytest.raises(AlreadyOpen):
        [taken(office, "listed", PLAIN) for _ in range(2)]


def test_a_step_that_is_gone_by_now_is_taken_over_and_carried_on(sqlite_land: Office) -> None:
    travel(sqlite_land, date(2026, 9, 1))
    journey = taken(sqlite_land, "appraisal", PARTED, LAST_OF_BASES, branch_resolution_on="2026-07-01")
    assert [(event.kind, event.on) for event in load_history(sqlite_land, journey.case, "vi")] == [
        ("adopt", LAST_OF_BASES),
        ("carry_over", date(2026, 7, 26)),
    ]
    assert journey.state == "decision"
    proven(sqlite_land)


def test_a_fact_taken_over_wrongly_is_corrected_like_any_other(office: Office) -> None:
    journey = taken(office, "decision", branch_resolution_on="2022-07-01")
    correct_event(
        office,
        journey.case,
        1,
        OFFICER,
        {"on": "2022-08-08", "branch_resolution_on": "2022-07-04", "roll": 9},
        reason="Xem lại sổ",
        allowed_by="huyenuy",
    )
    assert journey.clock("DEC_ADMIT").start == date(2022, 7, 4)
    assert journey.view().opened_on == date(2022, 8, 8)
    proven(office)


def test_a_re_admission_without_the_provinces_consent_is_not_taken_over_behind_the_decision(
    office: Office,
) -> None:
    said = stated("probation", ON, (BAO, TRO)) | {
        "left_on": "2015-03-01",
        "bar_checked_on": "2021-10-01",
        "bar_checked_by": "committee",
    }
    with pytest.raises(ActRefused) as refused:
        adopt_case(office, HEADS[PLAIN], "probation", ON, OFFICER, said, pipeline="readmission")
    assert "READMIT_OK" in [reason.code for reason in refused.value.reasons]
