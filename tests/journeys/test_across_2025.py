"""Cases on the way when the district ends on 30/6/2025, and when subcommittees end on 25/7/2026."""

from datetime import date, timedelta

import pytest

from states.machine import NotOpen
from tests.journeys.land import (
    COMMUNE,
    DISTRICT,
    DISTRICT_OFFICER,
    FIRST_OF_208,
    FIRST_WITHOUT,
    HILL,
    LAST_OF_DISTRICT,
    OFFICER,
    PARTED,
    PLAIN,
    SECRETARY,
    STRAIGHT,
    TRUSTED,
    Journey,
    begin,
    proven,
    travel,
    writing,
)
from tests.reading import list_cases
from workflow.cases.commands.advance import ActRefused
from workflow.cases.commands.correct import correct_event
from workflow.cases.views.case_view import CarryOverView
from workflow.cases.views.history import EventView, load_history
from workflow.office import Office

SPRING = date(2025, 3, 3)
"""By the usual steps the branch votes 75 days later, on 17/5/2025."""
NO_COMMITTEE = "Đơn vị không còn đảng ủy cơ sở giữa chi bộ và cấp quyết định"


def events(journey: Journey, kind: str) -> list[EventView]:
    return [event for event in load_history(journey.office, journey.case, "vi") if event.kind == kind]


def before_the_committee(land: Office) -> Journey:
    """A case that stands before the commune's committee when the district ends; nobody has touched it
    since.
    """
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, PLAIN, SPRING).to("committee_meeting")
    travel(land, date(2025, 7, 21))
    return journey


@pytest.fixture
def waiting(sqlite_land: Office) -> Journey:
    """A case that stands before a committee that is no longer there."""
    return before_the_committee(sqlite_land)


def test_the_summer_of_2025_on_either_database(land: Office) -> None:
    waiting = before_the_committee(land)
    waiting.record("record_consent", date(2025, 7, 14), consent_kind="over60", consent_organ="central_direct")
    assert waiting.advance("committee_proposes", date(2025, 6, 12), OFFICER).before == "committee_meeting"
    assert waiting.advance("suspend", date(2025, 6, 20), DISTRICT_OFFICER).after == "suspended"
    assert waiting.advance("resume", date(2025, 7, 8)).after == "decision"
    assert waiting.advance("decide", date(2025, 7, 18), OFFICER).after == "ceremony"
    assert [(event.on, event.to) for event in events(waiting, "carry_over")] == [(FIRST_WITHOUT, "decision")]
    proven(land)


def test_a_case_before_the_committee_reads_as_before_the_authority_from_the_first_day(
    waiting: Journey,
) -> None:
    for day in (FIRST_WITHOUT, date(2025, 7, 21)):
        travel(waiting.office, day)
        view = waiting.view()
        assert view.state.id == "decision"
        assert view.state.since == FIRST_WITHOUT
        assert view.state.turn_label == "Ban thường vụ đảng ủy xã"
        assert view.carried_over == CarryOverView(on=FIRST_WITHOUT, to="decision", because=NO_COMMITTEE)
        assert "decide" in [move.move for move in view.moves]
        (listed,) = list_cases(waiting.office, state="decision")
        assert (listed.case, listed.turn) == (waiting.case, "authority")
        assert list_cases(waiting.office, state="committee_meeting") == []
    travel(waiting.office, LAST_OF_DISTRICT)
    assert waiting.view().state.id == "committee_meeting"
    proven(waiting.office)


def test_the_next_act_records_the_carry_over_of_the_first_day_with_its_reason(waiting: Journey) -> None:
    done = waiting.advance("decide", date(2025, 7, 18), OFFICER)
    assert (done.before, done.after) == ("decision", "ceremony")
    (carried,) = events(waiting, "carry_over")
    assert (carried.on, carried.recorded_on) == (FIRST_WITHOUT, date(2025, 7, 21))
    assert (carried.to, carried.edition) == ("decision", "2025-07")
    assert carried.because == NO_COMMITTEE
    assert waiting.view().carried_over is None
    proven(waiting.office)


def test_a_clock_that_started_before_keeps_its_edition_and_its_days(waiting: Journey) -> None:
    before = waiting.clock("DEC_ADMIT")
    waiting.advance("decide", date(2025, 7, 18), OFFICER)
    after = waiting.clock("DEC_ADMIT")
    assert (before.edition, after.edition) == ("2025-01", "2025-01")
    assert (before.due, after.due) == (date(2025, 8, 8), date(2025, 8, 8))
    assert after.stopped == date(2025, 7, 18)


def test_the_district_cannot_decide_once_it_has_ended(waiting: Journey) -> None:
    with pytest.raises(ActRefused) as refused:
        waiting.advance("decide", date(2025, 7, 2), DISTRICT_OFFICER)
    assert [reason.code for reason in refused.value.reasons] == ["ROLE"]
    assert waiting.view().version == len(load_history(waiting.office, waiting.case, "vi"))


def test_what_the_committee_did_in_june_is_judged_by_june_and_carried_over_again(waiting: Journey) -> None:
    waiting.record("record_consent", date(2025, 7, 14), consent_kind="over60", consent_organ="central_direct")
    done = waiting.advance("committee_proposes", date(2025, 6, 12), OFFICER)
    assert (done.before, done.after) == ("committee_meeting", "decision")
    told = load_history(waiting.office, waiting.case, "vi")
    assert [(event.kind, event.edition) for event in told[-3:]] == [
        ("carry_over", "2025-07"),
        ("record_consent", "2025-07"),
        ("committee_proposes", "2025-01"),
    ]
    assert [vote.body for vote in waiting.view().votes] == ["branch", "committee"]
    waiting.advance("decide", date(2025, 7, 18), OFFICER)
    proven(waiting.office)


def test_a_late_report_that_leads_to_the_step_that_is_gone_is_carried_over_anew(waiting: Journey) -> None:
    waiting.record("record_consent", date(2025, 7, 14), consent_kind="over60", consent_organ="central_direct")
    back = waiting.advance("return_to_branch_meeting", date(2025, 6, 5), OFFICER)
    assert (back.before, back.after, back.carried) == ("committee_meeting", "branch_meeting", None)
    again = waiting.advance("branch_proposes", date(2025, 6, 20), SECRETARY)
    assert (again.before, again.after, again.carried) == ("branch_meeting", "decision", "decision")
    assert [event.on for event in events(waiting, "carry_over")] == [FIRST_WITHOUT, FIRST_WITHOUT]
    first, second = waiting.clocks("DEC_ADMIT")
    assert (first.start, second.start) == (date(2025, 5, 17), date(2025, 6, 20))
    assert (first.state, second.state) == ("running", "running")
    proven(waiting.office)


def test_a_late_report_of_june_finds_the_roles_of_june(waiting: Journey) -> None:
    waiting.advance("committee_proposes", date(2025, 6, 12), OFFICER)
    decided = waiting.advance("decide", date(2025, 6, 27), DISTRICT_OFFICER)
    assert (decided.before, decided.after) == ("decision", "ceremony")
    assert [event.edition for event in events(waiting, "decide")] == ["2025-01"]
    proven(waiting.office)


def test_the_commune_could_not_decide_in_june(waiting: Journey) -> None:
    waiting.advance("committee_proposes", date(2025, 6, 12), OFFICER)
    with pytest.raises(ActRefused) as refused:
        waiting.advance("decide", date(2025, 6, 27), OFFICER)
    assert [reason.code for reason in refused.value.reasons] == ["ROLE"]


def test_an_entry_of_june_reported_in_july_moves_the_case_nowhere(waiting: Journey) -> None:
    waiting.advance("decide", date(2025, 7, 10), OFFICER)
    done = waiting.record(
        "record_consent", date(2025, 6, 3), consent_kind="over60", consent_organ="central_direct"
    )
    assert (done.before, done.after) == ("ceremony", "ceremony")
    proven(waiting.office)


def test_a_move_of_june_comes_too_late_once_july_has_moved_on(waiting: Journey) -> None:
    waiting.advance("decide", date(2025, 7, 10), OFFICER)
    with pytest.raises(NotOpen):
        waiting.advance("committee_proposes", date(2025, 6, 12), OFFICER)
    assert waiting.state == "ceremony"


def test_a_case_suspended_before_the_committee_resumes_before_the_authority(waiting: Journey) -> None:
    land = waiting.office
    travel(land, LAST_OF_DISTRICT)
    waiting.advance("suspend", date(2025, 6, 10), OFFICER)
    travel(land, date(2025, 8, 4))
    resumed = waiting.advance("resume", date(2025, 8, 1))
    assert (resumed.before, resumed.after) == ("suspended", "decision")
    (carried,) = events(waiting, "carry_over")
    assert (carried.on, carried.to) == (FIRST_WITHOUT, "suspended")
    assert carried.because == NO_COMMITTEE
    proven(land)


def test_a_resumption_of_june_reported_in_august_leads_where_june_would_have_led(waiting: Journey) -> None:
    land = waiting.office
    travel(land, LAST_OF_DISTRICT)
    waiting.advance("suspend", date(2025, 6, 10), OFFICER)
    travel(land, date(2025, 8, 4))
    waiting.record("record_consent", date(2025, 8, 1), consent_kind="over60", consent_organ="central_direct")
    resumed = waiting.advance("resume", date(2025, 6, 24))
    assert (resumed.after, resumed.carried) == ("decision", "decision")
    proven(land)


def test_a_case_before_the_districts_standing_committee_goes_on_before_the_communes(
    sqlite_land: Office,
) -> None:
    land = sqlite_land
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, PLAIN, SPRING).to("decision")
    travel(land, date(2025, 7, 21))
    done = journey.advance("decide", date(2025, 7, 15), OFFICER)
    assert (done.carried, done.after) == (None, "ceremony")
    assert events(journey, "carry_over") == []
    proven(land)


def test_a_case_that_comes_under_a_new_committee_passes_it_from_then_on(sqlite_land: Office) -> None:
    land = sqlite_land
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, STRAIGHT, date(2025, 4, 21)).to("branch_meeting")
    travel(land, date(2025, 8, 1))
    assert journey.advance("branch_proposes", date(2025, 7, 8)).after == "committee_meeting"
    assert journey.advance("committee_proposes", date(2025, 7, 20)).after == "decision"
    proven(land)


def test_recognition_across_the_end_of_the_district_is_carried_over_too(sqlite_land: Office) -> None:
    land = sqlite_land
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, PLAIN, date(2024, 3, 4)).to("recognition_committee")
    travel(land, date(2025, 7, 15))
    done = journey.advance("recognise", date(2025, 7, 10), OFFICER)
    assert (done.before, done.after) == ("recognition_decision", "member")
    assert [event.on for event in events(journey, "carry_over")] == [FIRST_WITHOUT]
    proven(land)


def test_an_authorised_committee_decides_before_and_after(sqlite_land: Office) -> None:
    land = sqlite_land
    travel(land, LAST_OF_DISTRICT)
    journey = begin(land, TRUSTED, SPRING).to("committee_meeting")
    travel(land, date(2025, 7, 15))
    done = journey.advance("committee_proposes", date(2025, 7, 8))
    assert (done.before, done.after) == ("committee_meeting", "ceremony")
    proven(land)


# --- 26/7/2026: subcommittees are gone ----------------------------------------------------------------------


@pytest.fixture
def appraised(sqlite_land: Office) -> Journey:
    """A case that stands before the subcommittee when there are no subcommittees any more."""
    land = sqlite_land
    travel(land, FIRST_OF_208 - timedelta(days=1))
    journey = begin(land, PARTED, date(2026, 4, 20)).to("appraisal")
    travel(land, date(2026, 8, 10))
    return journey


def test_a_case_before_the_subcommittee_goes_on_without_it(appraised: Journey) -> None:
    view = appraised.view()
    assert view.state.id == "decision"
    because = "Từ 26/7/2026 không còn đảng ủy bộ phận"
    assert view.carried_over == CarryOverView(on=FIRST_OF_208, to="decision", because=because)
    done = appraised.advance("decide", date(2026, 8, 7))
    assert (done.before, done.after) == ("decision", "ceremony")
    (carried,) = events(appraised, "carry_over")
    assert (carried.on, carried.edition, carried.because) == (
        FIRST_OF_208,
        "2026-07",
        "Từ 26/7/2026 không còn đảng ủy bộ phận",
    )
    proven(appraised.office)


def test_an_appraisal_of_july_reported_in_august_still_counts(appraised: Journey) -> None:
    done = appraised.advance("appraise", date(2026, 7, 24), OFFICER)
    assert (done.before, done.after, done.carried) == ("appraisal", "decision", "decision")
    assert [event.kind for event in load_history(appraised.office, appraised.case, "vi")][-3:] == [
        "branch_proposes",
        "appraise",
        "carry_over",
    ]
    proven(appraised.office)


def test_a_case_suspended_before_the_subcommittee_can_be_resumed(appraised: Journey) -> None:
    land = appraised.office
    travel(land, FIRST_OF_208 - timedelta(days=1))
    appraised.advance("suspend", date(2026, 7, 20), OFFICER)
    travel(land, date(2026, 9, 1))
    assert "resume" in [move.move for move in appraised.view().moves]
    assert appraised.advance("resume", date(2026, 8, 31)).after == "decision"
    proven(land)


def test_a_strike_off_that_fails_returns_to_where_the_case_would_stand_by_now(sqlite_land: Office) -> None:
    land = sqlite_land
    travel(land, FIRST_OF_208 - timedelta(days=1))
    journey = begin(land, PARTED, date(2025, 3, 3)).to("recognition_appraisal")
    journey.advance("propose_strike_off", date(2026, 7, 20))
    travel(land, date(2026, 8, 10))
    done = journey.advance("branch_strike_off_falls_short", date(2026, 8, 3))
    assert (done.before, done.after) == ("strike_off_branch", "recognition_decision")
    proven(land)


def test_the_ceremony_is_counted_from_the_decision_of_august(appraised: Journey) -> None:
    assert appraised.clocks("CEREMONY") == []
    appraised.advance("decide", date(2026, 8, 7))
    clock = appraised.clock("CEREMONY")
    assert (clock.start, clock.edition, clock.state) == (date(2026, 8, 7), "2026-07", "running")
    appraised.record("receive_decision", date(2026, 8, 10))
    assert appraised.clock("CEREMONY").start == date(2026, 8, 7)


def test_a_decision_of_before_that_is_received_after_still_gets_its_clock(sqlite_land: Office) -> None:
    land = sqlite_land
    travel(land, date(2026, 8, 10))
    journey = begin(land, PLAIN, date(2026, 4, 13)).to("decision")
    journey.advance("decide", date(2026, 7, 20))
    assert journey.clock("CEREMONY").state == "not_started"
    journey.record("receive_decision", date(2026, 7, 28))
    clock = journey.clock("CEREMONY")
    assert (clock.start, clock.state) == (date(2026, 7, 28), "running")
    proven(land)


def test_a_step_gone_twice_over_is_carried_over_twice(sqlite_land: Office) -> None:
    land = sqlite_land
    travel(land, date(2026, 8, 10))
    journey = begin(land, PARTED, date(2026, 4, 20)).to("branch_meeting")
    (row,) = [one for one in land.read_snapshot().units[PARTED] if one.valid_from == FIRST_WITHOUT]
    with writing(land) as books:
        books.end_row("units", row, date(2026, 7, 14))
        books.add_row(
            "units",
            date(2026, 7, 15),
            date(2026, 7, 25),
            id=PARTED,
            name="Thôn Bình",
            level="village",
            parent=HILL,
            organs="branch",
        )
    done = journey.advance("branch_proposes", date(2026, 7, 4))
    assert done.after == "decision"
    assert [(event.on, event.to) for event in events(journey, "carry_over")] == [
        (date(2026, 7, 15), "committee_meeting"),
        (FIRST_OF_208, "decision"),
    ]
    late = journey.advance("appraise", date(2026, 7, 10))
    assert (late.before, late.after) == ("appraisal", "decision")
    proven(land)


def test_a_correction_across_the_end_of_the_district_flags_what_was_not_open(waiting: Journey) -> None:
    waiting.advance("committee_proposes", date(2025, 6, 12), OFFICER)
    seq = waiting.acted[-1].version
    flags = correct_event(
        waiting.office,
        waiting.case,
        seq,
        OFFICER,
        {"on": "2025-07-03"},
        reason="Ghi nhầm tháng",
        allowed_by="canbo",
    )
    assert [(flag["seq"], flag["code"]) for flag in flags] == [(seq, "NOT_OPEN")]
    assert waiting.view().flags[0].text == "Vào ngày ấy lượt xét không đứng ở bước làm được việc này."
    assert (
        correct_event(
            waiting.office,
            waiting.case,
            seq,
            OFFICER,
            {"on": "2025-06-13"},
            reason="Đúng là tháng sáu",
            allowed_by="canbo",
        )
        == []
    )
    proven(waiting.office)


def test_who_stands_over_a_village_is_asked_of_the_day(sqlite_land: Office) -> None:
    tree = sqlite_land.read_snapshot()
    assert tree.find_line(PLAIN, LAST_OF_DISTRICT).organs["authority"] == DISTRICT
    assert tree.find_line(PLAIN, FIRST_WITHOUT).organs["authority"] == COMMUNE
    assert "committee" not in tree.find_line(PLAIN, FIRST_WITHOUT).organs
    assert tree.find_line(TRUSTED, LAST_OF_DISTRICT).authorised
    assert tree.find_line(TRUSTED, FIRST_WITHOUT).authorised
    assert not tree.find_line(PARTED, FIRST_WITHOUT).authorised
