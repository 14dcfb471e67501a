"""A case suspended and resumed, and every way in which a case can end."""

from datetime import date, timedelta

import pytest

from states.machine import NotOpen
from tests.journeys.land import (
    HEADS,
    LAST_OF_DISTRICT,
    PARTED,
    PLAIN,
    SECRETARY,
    SPARE,
    TRUSTED,
    begin,
    proven,
    travel,
    writing,
)
from tests.reading import ask
from workflow.board.coverage import count_coverage
from workflow.cases.commands.advance import ActRefused, advance_case
from workflow.cases.views.history import load_history
from workflow.core.input import InvalidInput
from workflow.office import Office
from workflow.register.writer import Who
from workflow.storage import reads
from workflow.storage.tables.register import TenureRow

START = date(2022, 1, 4)


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    """The land on the district's last day."""
    travel(sqlite_land, LAST_OF_DISTRICT)
    return sqlite_land


def codes(refused: pytest.ExceptionInfo[ActRefused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_suspended_the_house_waits_and_the_law_does_not(land: Office) -> None:
    travel(land, date(2022, 3, 20))
    journey = begin(land, PLAIN, START).to("branch_meeting")
    house = journey.clock("house:branch_meeting")
    assert (house.state, house.due) == ("running", journey.on(100))
    journey.advance("suspend", journey.on(71))
    assert journey.clock("house:branch_meeting").state == "paused"
    travel(land, date(2022, 5, 1))
    assert not journey.view().stalled
    journey.advance("resume", journey.on(91))
    resumed = journey.clock("house:branch_meeting")
    assert (journey.at, resumed.state, resumed.due) == ("branch_meeting", "running", journey.on(120))
    journey.advance("suspend", journey.on(95))
    journey.advance("resume", journey.on(105))
    assert journey.clock("house:branch_meeting").due == journey.on(130)
    proven(land)


def test_suspended_before_the_committee_the_decision_falls_due_all_the_same(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("committee_meeting")
    due = journey.due("DEC_ADMIT")
    travel(office, due + timedelta(days=1))
    journey.advance("suspend", journey.on(80))
    clock = journey.clock("DEC_ADMIT")
    assert (clock.state, clock.due, clock.late) == ("running", due, True)
    assert journey.view().stalled
    journey.advance("resume", journey.on(90))
    assert journey.at == "committee_meeting"


def test_a_suspension_needs_a_reason_and_a_day_to_look_again_that_lies_ahead(office: Office) -> None:
    journey = begin(office, PLAIN, START)
    with pytest.raises(InvalidInput) as mistyped:
        advance_case(office, journey.case, "suspend", journey.on(5), SECRETARY, {})
    assert [fault.field for fault in mistyped.value.faults] == ["reason", "review_on"]
    with pytest.raises(ActRefused) as refused:
        journey.advance("suspend", journey.on(5), review_on="2022-01-05")
    assert codes(refused) == ["REVIEW_AHEAD"]
    with pytest.raises(NotOpen):
        journey.advance("resume", journey.on(6))
    journey.advance("suspend", journey.on(5), review_on="2030-01-05")
    with pytest.raises(NotOpen):
        journey.advance("suspend", journey.on(6))


def test_who_waits_for_a_ruling_may_be_suspended_and_still_be_ruled_on(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("branch_meeting")
    journey.advance("branch_falls_short", journey.on(75))
    journey.advance("suspend", journey.on(80), who=Who("huyenuy", "may-huyen"))
    journey.advance("resume", journey.on(85))
    assert journey.at == "awaiting_ruling"
    journey.advance("rule_go_on", journey.on(90))
    assert journey.at == "committee_meeting"
    proven(office)


@pytest.mark.parametrize(
    ("at", "move", "end"),
    [
        ("listed", "withdraw", "withdrawn"),
        ("training", "move_away", "moved_away"),
        ("sponsorship", "close", "closed"),
        ("verification", "decline", "declined"),
        ("committee_meeting", "committee_declines", "declined"),
        ("decision", "authority_declines", "declined"),
        ("probation", "move_away", "moved_away"),
        ("recognition_decision", "recognise", "member"),
    ],
)
def test_every_end_stops_every_clock_and_closes_the_case(
    office: Office, at: str, move: str, end: str
) -> None:
    journey = begin(office, PLAIN, START).to(at)
    journey.advance(move, journey.on(500))
    view = journey.view()
    assert (view.state.id, view.closed_on) == (end, journey.on(500))
    assert {act.name for act in view.moves} <= {"annul"}
    assert {clock.state for clock in view.clocks} == {"stopped"}
    with pytest.raises(NotOpen):
        journey.advance("close", journey.on(501))
    proven(office)


def test_from_every_open_step_one_may_withdraw_suspend_move_away_or_close(office: Office) -> None:
    edition = office.rulebook.edition_on("admission", START)
    for name, state in edition.states.items():
        moves = [move for move in edition.moves if name in edition.source_states(edition.moves[move])]
        wanted = {"withdraw", "move_away", "close"} | ({"suspend"} if name != "suspended" else set())
        assert (wanted <= set(moves)) == (not state.end)


def test_a_refusal_by_the_authority_is_no_decision_of_admission(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    journey.advance("authority_declines", journey.on(92))
    assert journey.clocks("CEREMONY") == []
    papers = {paper.code: paper.status for paper in journey.view().papers}
    assert (papers["8-KNĐ"], papers["9-KNĐ"]) == ("noted", "missing")
    travel(office, date(2027, 3, 1))
    later = begin(office, TRUSTED, date(2026, 8, 3)).to("committee_meeting")
    later.advance("committee_declines", later.on(85))
    assert later.clocks("CEREMONY") == []


def test_withdrawing_asks_no_reason_and_after_the_decision_it_is_unverified(office: Office) -> None:
    early = begin(office, PLAIN, START).to("decision")
    assert early.advance("withdraw", early.on(92)).warnings == ()
    late = begin(office, PARTED, START).to("ceremony")
    (warning,) = late.advance("withdraw", late.on(96)).warnings
    assert (warning.code, warning.effect, warning.verified) == ("WITHDRAW_AFTER_DECISION", "warn", False)


def test_who_withdraws_from_probation_is_no_probationary_member_any_more(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("probation")
    journey.advance("withdraw", journey.on(200))
    tree = office.read_snapshot()
    assert tree.get_membership(HEADS[PLAIN], journey.on(199)) == "probationary"
    assert tree.get_membership(HEADS[PLAIN], journey.on(200)) == "none"
    proven(office)


def test_a_case_that_made_nobody_a_member_ends_no_membership(office: Office) -> None:
    journey = begin(office, PLAIN, START)
    with writing(office) as books:
        books.add_row("memberships", date(2021, 5, 1), person_id=HEADS[PLAIN], status="member")
    journey.advance("withdraw", journey.on(10))
    assert office.read_snapshot().get_membership(HEADS[PLAIN], date(2023, 1, 1)) == "member"


def test_a_head_who_leaves_the_post_keeps_the_case_and_the_register_shows_the_new_one(office: Office) -> None:
    journey = begin(office, PLAIN, START).to("decision")
    with office.database.read_transaction() as connection:
        (tenure,) = [row for row in reads.load_register_rows(connection, TenureRow) if row.post_id == PLAIN]
    with writing(office) as books:
        books.end_row("tenures", tenure, journey.on(91))
        books.add_row("tenures", journey.on(92), post_id=PLAIN, person_id=SPARE)
    assert journey.to("probation").at == "probation"
    before, after = (
        ask(office, count_coverage, on=journey.on(91)),
        ask(office, count_coverage, on=journey.on(101)),
    )
    assert (before.total.members, after.total.members) == (0, 0)
    assert after.total.remaining == 4
    closed = begin(office, PARTED, START)
    closed.advance("close", closed.on(5), close_reason="left_post")
    told = {one.field: one.text for one in load_history(office, closed.case, "vi")[-1].fields}
    assert told["close_reason"] == "Thôi giữ chức trưởng thôn"
    proven(office)
