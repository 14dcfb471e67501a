"""What runs for a case: clocks that start, stop, pause and grow longer with what its events recorded."""

from datetime import date

import pytest

from states.calendar.working_days import Calendar
from states.record.deadlines import compute_clocks
from states.vocabulary import Text
from tests.rules.events import Case
from tests.rules.scene import day, edition, edition_of, vietnam


def test_the_decision_is_due_sixty_working_days_after_the_resolution() -> None:
    case = Case("branch_meeting", "2022-02-01").moved(
        "branch_proposes", "2022-02-15", "committee_meeting", way=1
    )
    clock = case.clock("DEC_ADMIT")
    assert (clock.start, clock.due, clock.state) == (date(2022, 2, 15), date(2022, 5, 13), "running")
    assert (clock.amount, clock.unit, clock.organ) == (60, "working_days", "authority")
    assert clock.verified
    assert clock.citation == Text(
        "Quy định 24-QĐ/TW (chưa thấy số điểm; bản trước và bản sau đều quy định như vậy)",
        "Quy định 24-QĐ/TW (the point was not seen; the texts before and after both say so)",
    )
    assert not clock.is_late_on(date(2022, 5, 13))
    assert clock.is_late_on(date(2022, 5, 14))


def test_it_stops_with_the_decision_not_with_what_lies_between() -> None:
    case = Case("branch_meeting", "2022-02-01").moved(
        "branch_proposes", "2022-02-15", "committee_meeting", way=1
    )
    case.moved("committee_proposes", "2022-03-01", "decision", way=1)
    assert case.clock("DEC_ADMIT").state == "running"
    case.moved("decide", "2022-06-01", "ceremony")
    clock = case.clock("DEC_ADMIT")
    assert (clock.state, clock.stopped) == ("stopped", date(2022, 6, 1))
    assert not clock.is_late_on(date(2022, 7, 1))


def test_a_second_resolution_starts_a_second_clock_and_the_first_stays_to_be_seen() -> None:
    case = Case("branch_meeting", "2022-02-01").moved("branch_proposes", "2022-02-15", "decision", way=2)
    case.moved("return_to_branch_meeting", "2022-03-01", "branch_meeting")
    assert case.clock("DEC_ADMIT").state == "running"  # being returned stops nothing
    case.moved("branch_proposes", "2022-03-15", "decision", way=2)
    assert [(clock.start, clock.state) for clock in case.clocks("DEC_ADMIT")] == [
        (date(2022, 2, 15), "running"),
        (date(2022, 3, 15), "running"),
    ]


def test_an_extension_adds_thirty_working_days_to_the_clock_that_runs() -> None:
    case = Case("branch_meeting", "2022-02-01").moved("branch_proposes", "2022-02-15", "decision", way=2)
    before = case.clock("DEC_ADMIT").due
    case.noted("extend_decision", "2022-05-01", {"extension_no": "4-CV"})
    clock = case.clock("DEC_ADMIT")
    assert (before, clock.due, clock.amount, clock.extended) == (date(2022, 5, 13), date(2022, 6, 24), 90, 30)


@pytest.mark.parametrize(
    ("reach", "amount", "due"), [("domestic", 30, "2022-01-14"), ("abroad", 90, "2022-04-18")]
)
def test_every_letter_has_a_clock_of_its_own(reach: str, amount: int, due: str) -> None:
    case = Case("verification", "2021-12-01")
    case.noted("send_verification_letter", "2021-12-02", {"letter_no": "5-CV", "letter_reach": reach})
    clock = case.clock("VERIF_REPLY")
    assert (clock.of, clock.amount, clock.due) == ("5-CV", amount, day(due))
    assert not clock.verified


def test_an_answer_stops_the_clock_of_its_letter_and_the_conclusion_stops_them_all() -> None:
    case = Case("verification", "2021-12-01")
    for number, on in (("5-CV", "2021-12-02"), ("6-CV", "2021-12-03"), ("7-CV", "2021-12-04")):
        case.noted("send_verification_letter", on, {"letter_no": number, "letter_reach": "domestic"})
    case.noted("verification_received", "2021-12-20", {"letter_no": "6-CV"})
    assert [clock.state for clock in case.clocks("VERIF_REPLY")] == ["running", "stopped", "running"]
    case.moved("conclude_verification", "2022-01-05", "opinions")
    assert {clock.stopped for clock in case.clocks("VERIF_REPLY")} == {date(2021, 12, 20), date(2022, 1, 5)}


def test_before_the_decision_is_received_the_ceremonys_clock_has_not_started() -> None:
    case = Case("decision", "2022-03-01").moved("decide", "2022-04-01", "ceremony")
    waiting = case.clock("CEREMONY")
    assert (waiting.state, waiting.start, waiting.due, waiting.seq) == ("not_started", None, None, None)
    assert not waiting.is_late_on(date(2030, 1, 1))
    case.noted("receive_decision", "2022-04-05")
    running = case.clock("CEREMONY")
    assert (running.state, running.start, running.due) == ("running", date(2022, 4, 5), date(2022, 5, 20))


def test_from_july_2026_it_starts_with_the_decision_itself() -> None:
    case = Case("decision", "2026-07-27").moved("decide", "2026-08-03", "ceremony")
    clock = case.clock("CEREMONY")
    assert (clock.state, clock.start, clock.edition) == ("running", date(2026, 8, 3), "2026-07")
    case.noted("receive_decision", "2026-08-10")
    assert len(case.clocks("CEREMONY")) == 1


def test_a_decision_of_before_july_2026_that_is_received_after_still_starts_it() -> None:
    """Otherwise nothing would: the old edition waits for the receipt, the new one for a decision long
    made.
    """
    case = Case("decision", "2026-07-01").moved("decide", "2026-07-20", "ceremony")
    assert case.clock("CEREMONY").state == "not_started"
    case.noted("receive_decision", "2026-07-28")
    assert (case.clock("CEREMONY").start, case.clock("CEREMONY").state) == (date(2026, 7, 28), "running")


def test_a_clock_keeps_the_edition_of_the_day_it_started() -> None:
    case = Case("branch_meeting", "2025-01-01").moved("branch_proposes", "2025-01-15", "decision", way=2)
    case.noted("extend_decision", "2025-03-01", {"extension_no": "4-CV"})
    assert case.clock("DEC_ADMIT").edition == "2021-07"
    assert case.clock("DEC_ADMIT").extended == 30


def test_after_the_ceremony_probation_the_members_cv_and_later_the_branch_are_counted() -> None:
    case = Case("ceremony", "2022-04-10").moved("hold_ceremony", "2022-04-20", "probation")
    probation, own_cv, branch = (case.clock(name) for name in ("PROBATION", "OWN_CV_30", "RECOG_BRANCH"))
    assert (probation.kind, probation.due) == ("period", date(2023, 4, 20))
    assert own_cv.due == date(2022, 6, 3)
    assert (branch.start, branch.due) == (date(2023, 4, 20), date(2023, 6, 6))
    assert not probation.is_late_on(date(2023, 5, 1))  # a period only ends
    assert not branch.is_late_on(date(2023, 6, 6))
    assert branch.is_late_on(date(2023, 6, 7))


def test_a_certificate_taken_again_is_the_only_one_that_counts() -> None:
    case = Case("training", "2021-09-01")
    case.moved("certify", "2021-10-01", "sponsorship", {"certificate_issued_on": "2021-09-30"}, way=1)
    case.moved("retake_class", "2022-01-01", "training")
    case.moved("certify", "2022-02-01", "sponsorship", {"certificate_issued_on": "2022-01-31"})
    old, new = case.clocks("CLASS_CERT_VALID")
    assert (old.state, new.state, new.due) == ("stopped", "running", date(2027, 1, 31))
    assert (new.kind, new.is_late_on(date(2028, 1, 1))) == ("validity", False)


# --- the clocks of the house --------------------------------------------------------------------------------


def test_a_house_clock_counts_the_days_of_a_step() -> None:
    case = Case("nominated", "2022-01-10")
    clock = case.clock("house:nominated")
    assert (clock.kind, clock.amount, clock.unit, clock.due) == ("house", 30, "days", date(2022, 2, 9))
    assert (clock.organ, clock.is_late_on(date(2022, 2, 9)), clock.is_late_on(date(2022, 2, 10))) == (
        "branch",
        False,
        True,
    )
    case.moved("enrol", "2022-01-20", "training")
    assert case.clock("house:nominated").stopped == date(2022, 1, 20)
    assert case.clock("house:training").due == date(2022, 7, 19)


def test_an_office_may_give_its_own_steps_more_time() -> None:
    assert Case("nominated", "2022-01-10").clock("house:nominated", {"nominated": 45}).due == date(
        2022, 2, 24
    )


def test_suspended_the_house_clock_waits_and_the_legal_one_runs_on() -> None:
    case = Case("branch_meeting", "2022-02-01").moved("branch_proposes", "2022-02-15", "decision", way=2)
    case.moved("return_to_branch_meeting", "2022-03-01", "branch_meeting")
    case.moved("suspend", "2022-03-11", "suspended")
    house = case.clocks("house:branch_meeting")[-1]
    assert (house.state, house.is_late_on(date(2030, 1, 1))) == ("paused", False)
    assert case.clock("DEC_ADMIT").state == "running"
    case.moved("resume", "2022-04-11", "branch_meeting")
    house = case.clocks("house:branch_meeting")[-1]
    assert (house.state, house.start, house.due) == ("running", date(2022, 3, 1), date(2022, 5, 1))
    assert len(case.clocks("house:branch_meeting")) == 2  # the first visit, and this one


def test_suspended_twice_both_pauses_are_added() -> None:
    case = Case("opinions", "2022-01-01")
    for gone, back in (("2022-01-11", "2022-01-21"), ("2022-02-01", "2022-02-06")):
        case.moved("suspend", gone, "suspended").moved("resume", back, "opinions")
    assert case.clock("house:opinions").due == date(2022, 2, 15)


def test_at_the_end_nothing_runs_any_more() -> None:
    case = Case("decision", "2022-03-01", {"branch_resolution_on": "2022-02-15"})
    assert case.clock("DEC_ADMIT").state == "running"
    case.moved("authority_declines", "2022-04-01", "declined")
    assert {
        clock.state for clock in compute_clocks(case.record, edition_of, edition("2021-07"), vietnam(), {})
    } == {"stopped"}
    assert not case.clocks("CEREMONY")  # a refusal starts nothing


def test_a_missing_year_of_the_calendar_is_named() -> None:
    short = Calendar({2022: True}, {}, {})
    case = Case("branch_meeting", "2022-02-01").moved("branch_proposes", "2022-12-15", "decision", way=2)
    (clock,) = (
        one
        for one in compute_clocks(case.record, edition_of, edition("2021-07"), short, {})
        if one.name == "DEC_ADMIT"
    )
    assert (clock.due, clock.missing_year, clock.state) == (None, 2023, "running")
    assert not clock.is_late_on(date(2030, 1, 1))


def test_expected_years_are_named_as_such() -> None:
    case = Case("branch_meeting", "2026-10-01").moved("branch_proposes", "2026-12-15", "decision", way=1)
    clock = case.clock("DEC_ADMIT")
    assert clock.unverified_years == tuple(year for year in (2026, 2027) if not vietnam().years[year])
