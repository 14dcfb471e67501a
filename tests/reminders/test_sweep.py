"""Sweeping: who is told what on which morning, once for ever, whatever the worker's own days are like."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from notifications.policy import Policy, default_policy, read_policy
from tests.journeys.land import (
    DISTRICT_OFFICER,
    HEADS,
    OFFICER,
    PARTED,
    PLAIN,
    SECRETARY,
    STRAIGHT,
    Journey,
    begin,
    travel,
    writing,
)
from tests.reminders.scene import Told, give_addresses, ledger, set_contact, sweep_days, told
from workflow.cases.commands.advance import record_entry
from workflow.cases.commands.correct import correct_event
from workflow.cases.views.history import load_history
from workflow.office import Office
from workflow.reminders.notices.sweep import run_sweep

BITHU, CANBO, HUYENUY = SECRETARY.by, OFFICER.by, DISTRICT_OFFICER.by
START = date(2022, 1, 4)
DECIDED = date(2022, 4, 6)
DUE = date(2022, 5, 25)
"""Thirty working days after the branch received the decision on 8 April 2022, with the holidays of May
between.
"""


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    """The land on SQLite; everybody has an address."""
    give_addresses(sqlite_land)
    return sqlite_land


@pytest.fixture
def both(land: Office) -> Office:
    """The land on each database; everybody has an address."""
    give_addresses(land)
    return land


def listed(office: Office, village: str = PLAIN) -> Journey:
    """A case opened on its first day: the branch has 90 days by the office's custom, until 4 April 2022."""
    travel(office, START)
    run_sweep(office, default_policy(), today=START)
    return begin(office, village, START)


def awaiting_ceremony(office: Office) -> Journey:
    """The branch has the decision since 8 April 2022: the ceremony is due on 25 May."""
    travel(office, START)
    journey = begin(office, PLAIN, START)
    travel(office, day("2022-04-08"))
    journey.to("decision").advance("decide", DECIDED)
    journey.record("receive_decision", day("2022-04-08"))
    assert journey.clock("CEREMONY").due == DUE
    run_sweep(office, default_policy(), today=day("2022-04-08"))
    return journey


def test_a_legal_deadline_is_told_14_7_and_1_days_before_and_then_each_week_ever_higher_up(
    both: Office,
) -> None:
    awaiting_ceremony(both)
    sweep_days(both, day("2022-04-09"), day("2022-07-08"))
    assert told(both, "CEREMONY") == sorted(
        [
            Told(day("2022-05-11"), "-14d", BITHU),
            Told(day("2022-05-18"), "-7d", BITHU),
            Told(day("2022-05-24"), "-1d", BITHU),
            *(Told(DUE + timedelta(days=7 * week), f"+{7 * week}d", BITHU) for week in range(1, 7)),
            *(Told(DUE + timedelta(days=7 * week), f"+{7 * week}d", CANBO, "above") for week in range(1, 7)),
            *(
                Told(DUE + timedelta(days=7 * week), f"+{7 * week}d", HUYENUY, "supervisor")
                for week in (5, 6)
            ),
        ]
    )


def test_the_ceremony_is_not_spoken_of_any_more_once_it_was_held(office: Office) -> None:
    journey = awaiting_ceremony(office)
    sweep_days(office, day("2022-04-09"), day("2022-05-13"))
    travel(office, day("2022-05-13"))
    journey.advance("hold_ceremony", day("2022-05-13"))
    sweep_days(office, day("2022-05-14"), day("2022-07-08"))
    assert [one.step for one in told(office, "CEREMONY")] == ["-14d"]


def test_a_worker_that_stood_still_over_the_holidays_tells_each_thing_once_when_it_comes_back(
    office: Office,
) -> None:
    awaiting_ceremony(office)
    run_sweep(office, default_policy(), today=day("2022-04-28"))
    swept = run_sweep(office, default_policy(), today=day("2022-05-20"))
    assert swept.late == 13
    assert [(one.morning, one.step) for one in told(office, "CEREMONY")] == [
        (day("2022-05-20"), "-14d"),
        (day("2022-05-20"), "-7d"),
    ]
    late = [(row.swept_on, row.instance, row.user_id) for row in ledger(office) if row.clock == "sweep_late"]
    assert (day("2022-05-20"), "13", HUYENUY) in late


def test_sweeping_again_and_again_on_one_day_makes_nothing_new(both: Office) -> None:
    awaiting_ceremony(both)
    assert [run_sweep(both, default_policy(), today=day("2022-05-12")).made for _ in range(3)][1:] == [0, 0]
    assert len(told(both, "CEREMONY")) == 1


def test_a_clock_that_jumps_a_week_forward_and_back_again_neither_doubles_nor_loses(office: Office) -> None:
    awaiting_ceremony(office)
    sweep_days(office, day("2022-05-10"), day("2022-05-11"))
    run_sweep(office, default_policy(), today=day("2022-05-18"))
    sweep_days(office, day("2022-05-11"), day("2022-05-19"))
    assert [one.step for one in told(office, "CEREMONY")] == ["-14d", "-7d"]


def test_before_tet_the_last_working_morning_tells_what_falls_into_the_holidays(office: Office) -> None:
    """Nominated on 5 January, the branch has 30 days by custom, until 4 February, in the middle of Tết."""
    policy = read(office, "legal:\n    clocks: {kind: house}\n    before: [7, 2]\n    after: [1]\n")
    travel(office, START)
    journey = begin(office, PLAIN, START)
    travel(office, day("2022-01-05"))
    journey.advance("nominate", day("2022-01-05"))
    assert journey.clock("house:nominated").due == day("2022-02-04")
    sweep_days(office, day("2022-01-05"), day("2022-02-10"), policy)
    assert [(one.morning, one.step) for one in told(office, "house:nominated")] == [
        (day("2022-01-28"), "-2d"),
        (day("2022-01-28"), "-7d"),
        (day("2022-02-07"), "+1d"),
    ]


def read(office: Office, reminder: str) -> Policy:
    """A policy of one reminder, told to whoever's turn it is."""
    file = Path(office.config.folder) / "mot.yaml"
    words = "    tell: [{who: turn}]\n    todo: {vi: Làm đi., en: Do it.}\n"
    file.write_text(
        f'hours: {{from: "07:30", to: "16:30"}}\nreminders:\n  {reminder}{words}', encoding="utf-8"
    )
    return read_policy(file)


# --- a deadline that moves ----------------------------------------------------------------------------------


def test_when_a_deadline_moves_later_its_new_steps_are_told_and_the_old_ones_not_again(
    office: Office,
) -> None:
    journey = awaiting_ceremony(office)
    sweep_days(office, day("2022-04-09"), day("2022-05-12"))
    travel(office, day("2022-05-12"))
    seq = max(one.seq for one in load_history(office, journey.case, "vi") if one.kind == "receive_decision")
    correct_event(
        office, journey.case, seq, SECRETARY, {"on": "2022-04-29"}, reason="Ghi nhầm ngày", allowed_by=HUYENUY
    )
    assert journey.clock("CEREMONY").due == day("2022-06-14")
    sweep_days(office, day("2022-05-13"), day("2022-06-13"))
    rows = [(row.swept_on, row.step, row.due) for row in ledger(office) if row.clock == "CEREMONY"]
    assert rows == [
        (day("2022-05-11"), "-14d", DUE),
        (day("2022-05-31"), "-14d", day("2022-06-14")),
        (day("2022-06-07"), "-7d", day("2022-06-14")),
        (day("2022-06-13"), "-1d", day("2022-06-14")),
    ]


def test_when_a_deadline_moves_nearer_the_steps_that_lie_behind_are_passed_over(office: Office) -> None:
    journey = awaiting_ceremony(office)
    travel(office, day("2022-05-13"))
    run_sweep(office, default_policy(), today=day("2022-05-13"))
    seq = max(one.seq for one in load_history(office, journey.case, "vi") if one.kind == "receive_decision")
    correct_event(
        office, journey.case, seq, SECRETARY, {"on": "2022-04-06"}, reason="Ghi nhầm ngày", allowed_by=HUYENUY
    )
    due = journey.due("CEREMONY")
    assert due == day("2022-05-23")
    sweep_days(office, day("2022-05-14"), due)
    rows = [(row.step, row.due) for row in ledger(office) if row.clock == "CEREMONY"]
    assert rows == [("-14d", DUE), ("-7d", due), ("-1d", due)]


def test_a_case_taken_over_long_after_its_deadline_is_told_in_the_next_week_not_for_all_weeks_past(
    office: Office,
) -> None:
    travel(office, day("2022-06-01"))
    run_sweep(office, default_policy(), today=day("2022-06-01"))
    begin(office, PLAIN, START)
    sweep_days(office, day("2022-06-02"), day("2022-06-15"))
    assert sorted({one.step for one in told(office, "house:listed")}) == ["+63d", "+70d"]


# --- who is told --------------------------------------------------------------------------------------------


def steps_by_user(office: Office, clock: str) -> list[tuple[str, str, str]]:
    rows = [row for row in ledger(office) if row.clock == clock]
    return sorted({(row.user_id, row.via, row.why) for row in rows})


def test_a_secretary_without_an_address_is_told_by_a_slip_in_the_officers_letter(office: Office) -> None:
    set_contact(office, BITHU, None)
    listed(office)
    sweep_days(office, START, day("2022-04-06"))
    assert steps_by_user(office, "house:listed") == [(BITHU, CANBO, "no_address")]


def test_where_nobody_is_secretary_any_more_the_officer_above_is_told_and_sees_why(office: Office) -> None:
    listed(office)
    travel(office, day("2022-03-01"))
    with writing(office) as books:
        tree = office.snapshot_for_writing(books.tx, books.ledger)
        for grant in tree.grants[BITHU]:
            books.end_row("grants", grant, day("2022-02-28"))
    sweep_days(office, START, day("2022-04-06"))
    assert steps_by_user(office, "house:listed") == [(CANBO, CANBO, "nobody")]


def test_where_nobody_at_all_has_an_address_the_notice_waits_and_is_not_lost(office: Office) -> None:
    for user in (BITHU, CANBO, HUYENUY):
        set_contact(office, user, "0912 000 000")
    listed(office)
    sweep_days(office, START, day("2022-04-06"))
    [row] = [row for row in ledger(office) if row.clock == "house:listed"]
    assert (row.user_id, row.via, row.why, row.state) == (BITHU, BITHU, "no_address", "waiting")


def test_only_the_officer_of_the_units_own_line_is_told_never_all_with_the_role(office: Office) -> None:
    """Whoever holds the officer's role in another commune hears nothing of it."""
    with writing(office) as books:
        books.add_row("users", date(2016, 1, 1), id="canbo-khac", person_id="P-MOI")
        books.add_row(
            "units",
            date(2016, 1, 1),
            id="xa-khac",
            name="Xã Khác",
            level="commune",
            parent="huyen",
            organs="",
        )
        books.add_row(
            "grants", date(2016, 1, 1), user_id="canbo-khac", role="commune_officer", unit_id="xa-khac"
        )
    give_addresses(office, "canbo-khac")
    listed(office)
    sweep_days(office, START, day("2022-05-20"))
    assert {user for user, _, _ in steps_by_user(office, "house:listed")} == {BITHU, CANBO, HUYENUY}


def test_what_waits_for_the_district_is_told_to_the_district(office: Office) -> None:
    travel(office, day("2022-04-08"))
    journey = begin(office, STRAIGHT, START).to("decision")
    due = journey.due("DEC_ADMIT")
    sweep_days(office, day("2022-04-08"), due)
    assert steps_by_user(office, "DEC_ADMIT") == [(HUYENUY, HUYENUY, "turn")]


def test_a_subcommittees_turn_is_told_where_the_subcommittee_stands_or_above_it(office: Office) -> None:
    travel(office, day("2022-04-08"))
    begin(office, PARTED, START).to("appraisal")
    sweep_days(office, day("2022-04-08"), day("2022-06-30"))
    assert {why for _, _, why in steps_by_user(office, "DEC_ADMIT")} <= {
        "turn",
        "above",
        "nobody",
        "supervisor",
    }
    assert {user for user, _, _ in steps_by_user(office, "DEC_ADMIT")} <= {CANBO, HUYENUY}


# --- silence ------------------------------------------------------------------------------------------------


def test_the_plan_not_now_silences_everything_about_that_person(both: Office) -> None:
    listed(both)
    with writing(both) as books:
        books.add_row("plans", START, post_id=PLAIN, kind="not_now")
    sweep_days(both, START, day("2022-05-20"))
    assert [row for row in ledger(both) if row.person_id == HEADS[PLAIN]] == []
    assert [row for row in ledger(both) if row.person_id == HEADS[PARTED]] != []


def test_a_suspended_case_is_not_hurried_by_custom_and_the_law_runs_on(office: Office) -> None:
    journey = listed(office)
    travel(office, day("2022-02-10"))
    journey.advance("suspend", day("2022-02-10"), OFFICER)
    sweep_days(office, day("2022-02-10"), day("2022-05-20"))
    assert told(office, "house:listed") == []
    waiting = awaiting_in_another_village(office)
    sweep_days(office, day("2022-06-16"), day("2022-07-20"))
    assert {one.step for one in told(office, "CEREMONY", waiting.case)} == {"-14d", "-7d", "-1d"}


def awaiting_in_another_village(office: Office) -> Journey:
    """Suspended while the ceremony is due on 15 July 2022."""
    start = day("2022-02-21")
    travel(office, start)
    journey = begin(office, STRAIGHT, start)
    travel(office, day("2022-06-15"))
    journey.to("decision").advance("decide", day("2022-06-01"))
    journey.record("receive_decision", day("2022-06-02"))
    run_sweep(office, default_policy(), today=day("2022-06-15"))
    journey.advance("suspend", day("2022-06-15"), SECRETARY)
    assert journey.clock("CEREMONY").due == day("2022-07-14")
    return journey


# --- what is watched beside clocks --------------------------------------------------------------------------


def test_supervisors_get_a_summary_on_the_first_working_morning_of_a_week(office: Office) -> None:
    run_sweep(office, default_policy(), today=day("2022-04-22"))
    sweep_days(office, day("2022-04-23"), day("2022-05-10"))
    mornings = [one.morning for one in told(office, "monday")]
    assert mornings == [
        day("2022-04-25"),
        day("2022-05-04"),
        day("2022-05-09"),
    ]  # 2 and 3 May are off, in lieu


def test_a_head_who_is_no_member_and_has_no_case_is_told_of_after_90_days_and_then_each_30(
    office: Office,
) -> None:
    """The register was recorded in 2016, so that in 2022 it is only the thirty days that count."""
    run_sweep(office, default_policy(), today=START)
    sweep_days(office, START, START + timedelta(days=60))
    steps = {one.step for one in told(office, "head_without_case", PLAIN) if one.why == "turn"}
    assert len(steps) == 2
    begin_day = START + timedelta(days=61)
    travel(office, begin_day)
    begin(office, PLAIN, begin_day)
    before = len(told(office, "head_without_case", PLAIN))
    sweep_days(office, begin_day, begin_day + timedelta(days=60))
    assert len(told(office, "head_without_case", PLAIN)) == before


def test_a_meeting_with_the_head_gives_the_branch_another_90_days(office: Office) -> None:
    travel(office, START)
    with writing(office) as books:
        books.add_row("meetings", START, START, unit_id=PLAIN, person_id=HEADS[PLAIN], came=True)
    run_sweep(office, default_policy(), today=START)
    sweep_days(office, START, START + timedelta(days=89))
    assert told(office, "no_extended_meeting", PLAIN) == []
    sweep_days(office, START + timedelta(days=90), START + timedelta(days=92))
    assert [one.step for one in told(office, "no_extended_meeting", PLAIN)] == ["+0d"]


def test_papers_that_turn_a_year_old_are_told_of_30_and_7_days_before(office: Office) -> None:
    travel(office, day("2022-04-08"))
    journey = begin(office, PLAIN, START).to("branch_meeting")
    oldest = START + timedelta(days=70)  # the summary of opinions; application and CV never grow old
    due = oldest.replace(year=oldest.year + 1)
    run_sweep(office, default_policy(), today=day("2022-04-08"))
    sweep_days(office, due - timedelta(days=40), due)
    assert [(one.step, one.user) for one in told(office, "papers_twelve_months", journey.case)] == [
        ("-30d", BITHU),
        ("-7d", BITHU),
    ]


def test_the_age_limit_is_told_of_half_a_year_and_a_month_before_and_the_day_stays_out_of_the_ledger(
    office: Office,
) -> None:
    """Nguyễn Văn An, born on 1 May 1980, may be admitted until the end of May 2040."""
    travel(office, day("2027-12-30"))
    begin(office, PLAIN, day("2027-12-30"))
    run_sweep(office, default_policy(), today=day("2039-11-01"))
    sweep_days(office, day("2039-11-25"), day("2039-12-02"))
    sweep_days(office, day("2040-04-25"), day("2040-05-02"))
    rows = [row for row in ledger(office) if row.clock == "age_limit"]
    assert [(row.swept_on, row.step, row.due) for row in rows] == [
        (day("2039-11-30"), "-6m", date.max),
        (day("2040-04-30"), "-1m", date.max),
    ]


def test_an_entry_that_moves_nothing_makes_nobody_hear_twice(office: Office) -> None:
    journey = awaiting_ceremony(office)
    sweep_days(office, day("2022-05-10"), day("2022-05-12"))
    travel(office, day("2022-05-12"))
    record_entry(
        office,
        journey.case,
        "receive_paper",
        day("2022-05-12"),
        SECRETARY,
        {"paper": "9-KNĐ", "paper_dated": "2022-04-06"},
    )
    sweep_days(office, day("2022-05-12"), day("2022-05-17"))
    assert [one.step for one in told(office, "CEREMONY")] == ["-14d"]
