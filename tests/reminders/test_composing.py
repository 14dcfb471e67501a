"""Letters: one a person a day, of what is still true, with calendar entries that follow a deadline
wherever it goes.
"""

from datetime import date

import pytest

from notifications.letter import CalendarEntry, Letter
from notifications.policy import default_policy
from tests.journeys.land import (
    DISTRICT_OFFICER,
    HEADS,
    OFFICER,
    PARTED,
    PLAIN,
    SECRETARY,
    Journey,
    begin,
    travel,
)
from tests.reminders.scene import give_addresses, ledger, set_contact
from workflow.cases.commands.correct import correct_event
from workflow.cases.views.history import load_history
from workflow.office import Office
from workflow.operations.verify.verify import verify_office
from workflow.reminders.history import list_notice_history, load_case_report
from workflow.reminders.letters.compose import write_letters
from workflow.reminders.letters.outbox import list_letters
from workflow.reminders.notices import notice_queries
from workflow.reminders.notices.snooze import snooze_deadline
from workflow.reminders.notices.sweep import run_sweep
from workflow.reminders.settings import load_writer
from workflow.storage.tables.reminders import NOTICES, SNOOZES

BITHU, CANBO, HUYENUY = SECRETARY.by, OFFICER.by, DISTRICT_OFFICER.by
START = date(2022, 1, 4)
DUE = date(2022, 5, 25)


def day(text: str) -> date:
    return date.fromisoformat(text)


class Desk:
    """Writes an office's letters, and keeps what they say."""

    def __init__(self, office: Office) -> None:
        self.office, self.writer, self.kept = office, load_writer(office), list[Letter]()

    def write(self, letter: Letter) -> bytes:
        self.kept.append(letter)
        return self.writer.write(letter)

    def morning(self, on: date) -> dict[str, Letter]:
        """Sweep and write what is due on a morning: the letters by their readers' addresses."""
        self.kept = []
        swept = run_sweep(self.office, default_policy(), today=on)
        write_letters(self.office, default_policy(), self, swept.morning)
        return {letter.to.partition("@")[0]: letter for letter in self.kept}


@pytest.fixture
def office(sqlite_land: Office) -> Office:
    """The land on SQLite; everybody has an address."""
    give_addresses(sqlite_land)
    return sqlite_land


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


def awaiting_ceremony(desk: Desk) -> Journey:
    """The branch has the decision since 8 April 2022: the ceremony is due on 25 May."""
    travel(desk.office, day("2022-04-08"))
    journey = begin(desk.office, PLAIN, START).to("decision")
    journey.advance("decide", day("2022-04-06"))
    journey.record("receive_decision", day("2022-04-08"))
    desk.morning(day("2022-04-08"))
    return journey


def moved_to(journey: Journey, on: str, today: str) -> date:
    """The day on which the decision was received is corrected; the ceremony's deadline then."""
    travel(journey.office, day(today))
    seq = max(
        one.seq for one in load_history(journey.office, journey.case, "vi") if one.kind == "receive_decision"
    )
    correct_event(
        journey.office, journey.case, seq, SECRETARY, {"on": on}, reason="Ghi nhầm", allowed_by=HUYENUY
    )
    return journey.due("CEREMONY")


def test_two_cases_make_one_letter_with_two_things(desk: Desk) -> None:
    travel(desk.office, START)
    first, second = begin(desk.office, PLAIN, START), begin(desk.office, PARTED, START)
    desk.morning(day("2022-04-04"))
    letters = desk.morning(day("2022-04-05"))
    mine = [item for item in letters[BITHU].items if item.about.vi == "Trong danh sách rà soát"]
    assert sorted(str(item.case) for item in mine) == sorted([first.case, second.case])
    assert {(item.urgency, item.days, item.why) for item in mine} == {("late", -1, "turn")}


def test_nobody_gets_two_letters_on_a_day_and_what_came_later_waits_for_the_next(desk: Desk) -> None:
    awaiting_ceremony(desk)
    assert BITHU in desk.morning(day("2022-05-11"))
    [row] = [row for row in ledger(desk.office) if row.clock == "CEREMONY"]
    again = {column.name: getattr(row, column.name) for column in NOTICES.columns if column.name != "id"}
    with desk.office.database.transaction() as work:
        notice_queries.add_notices(work, [again | {"step": "-13d", "state": "waiting", "letter_id": None}])
    assert desk.morning(day("2022-05-11")) == {}
    assert BITHU in desk.morning(day("2022-05-12"))


def test_what_was_done_since_it_fell_due_is_not_spoken_of(desk: Desk) -> None:
    journey = awaiting_ceremony(desk)
    run_sweep(desk.office, default_policy(), today=day("2022-05-11"))
    travel(desk.office, day("2022-05-11"))
    journey.advance("hold_ceremony", day("2022-05-11"))
    letters = desk.morning(day("2022-05-12"))
    assert journey.case not in {item.case for letter in letters.values() for item in letter.items}
    assert [
        one.state for one in list_notice_history(desk.office, journey.case, "vi") if one.clock == "CEREMONY"
    ] == ["void"]


def test_three_steps_that_fall_due_at_once_are_one_thing(desk: Desk) -> None:
    journey = awaiting_ceremony(desk)
    letters = desk.morning(day("2022-05-24"))
    [item] = [item for item in letters[BITHU].items if item.case == journey.case]
    assert (item.due, item.days, item.urgency) == (DUE, 1, "soon")
    rows = [row for row in ledger(desk.office) if row.clock == "CEREMONY"]
    assert {row.state for row in rows} == {"told"}
    assert len(rows) == 3


def test_the_calendar_entry_is_the_same_one_when_the_deadline_moves_and_goes_when_it_is_over(
    desk: Desk,
) -> None:
    journey = awaiting_ceremony(desk)
    [made] = desk.morning(day("2022-05-11"))[BITHU].entries
    assert (made.day, made.sequence, made.case, made.cancelled) == (DUE, 0, journey.case, False)
    later = moved_to(journey, "2022-04-29", "2022-05-12")
    letters = desk.morning(day("2022-05-13"))
    [moved] = letters[BITHU].entries
    assert (moved.uid, moved.sequence, moved.day, moved.cancelled) == (made.uid, 1, later, False)
    [item] = [item for item in letters[BITHU].items if item.case == journey.case]
    assert (item.moved_from, item.due) == (DUE, later)
    travel(desk.office, day("2022-05-16"))
    journey.advance("hold_ceremony", day("2022-05-16"))
    gone = [one for on in range(17, 32) for one in entries(desk, date(2022, 5, on)) if one.uid == made.uid]
    assert [(one.sequence, one.cancelled) for one in gone] in ([], [(2, True)])
    assert desk.morning(day("2022-06-30"))
    with desk.office.database.transaction() as work:
        [held] = [
            row
            for row in notice_queries.load_calendar_entries(work, [BITHU])[BITHU].values()
            if row.uid == made.uid
        ]
    assert held.cancelled


def entries(desk: Desk, on: date) -> tuple[CalendarEntry, ...]:
    letters = desk.morning(on)
    return letters[BITHU].entries if BITHU in letters else ()


def test_letters_say_the_code_and_neither_village_nor_name_unless_the_office_wants_it(desk: Desk) -> None:
    journey = awaiting_ceremony(desk)
    letters = desk.morning(day("2022-05-11"))
    assert {(item.place, item.name) for letter in letters.values() for item in letter.items} == {(None, None)}
    mail = desk.office.config.mail.model_copy(update={"names": True})
    desk.office.config = desk.office.config.model_copy(update={"mail": mail})
    letters = desk.morning(day("2022-05-18"))
    [item] = [item for item in letters[BITHU].items if item.case == journey.case]
    assert (item.place, item.name) == ("Thôn An", "Nguyễn Văn An")


def test_a_slip_for_a_secretary_without_address_stands_in_the_officers_letter_beside_the_officers_own(
    desk: Desk,
) -> None:
    set_contact(desk.office, BITHU, None)
    journey = awaiting_ceremony(desk)
    desk.morning(day("2022-05-26"))
    letters = desk.morning(day("2022-06-01"))
    assert BITHU not in letters
    own = {item.why for item in letters[CANBO].items if item.case == journey.case}
    assert own == {"no_address", "above"}
    assert letters[CANBO].entries == ()


def test_supervisors_read_coverage_what_moved_and_what_is_stalled_with_the_seal_on_monday(desk: Desk) -> None:
    journey = awaiting_ceremony(desk)
    travel(desk.office, day("2022-06-06"))
    weekly = desk.morning(day("2022-06-06"))[HUYENUY].weekly
    assert weekly is not None
    assert (weekly.total.posts, weekly.total.remaining) == (4, 4)
    assert [(one.case, one.days) for one in weekly.stalled] == [(journey.case, 12)]
    assert weekly.seal == verify_office(desk.office).seal
    assert desk.morning(day("2022-06-07")).get(HUYENUY) is None


def test_a_supervisor_hears_that_the_worker_stood_still(desk: Desk) -> None:
    desk.morning(day("2022-06-06"))
    assert desk.morning(day("2022-06-09"))[HUYENUY].worker_late == 2
    assert desk.morning(day("2022-06-13"))[HUYENUY].worker_late == 1


def test_whoever_wants_duties_only_hears_of_duties_only(desk: Desk) -> None:
    with desk.office.database.transaction() as work:
        notice_queries.set_mailbox(work, HUYENUY, only_duty=True)
    desk.morning(day("2022-06-03"))
    assert HUYENUY not in desk.morning(day("2022-06-06"))
    assert {row.state for row in ledger(desk.office) if row.user_id == HUYENUY and row.clock == "monday"} == {
        "void"
    }


def test_a_policy_that_drops_a_reminder_drops_what_still_waited(desk: Desk) -> None:
    awaiting_ceremony(desk)
    run_sweep(desk.office, default_policy(), today=day("2022-05-11"))
    held = default_policy()
    less = held.model_copy(update={"reminders": {"weekly": held.reminders["weekly"]}})
    write_letters(desk.office, less, desk, day("2022-05-11"))
    assert {row.state for row in ledger(desk.office) if row.clock == "CEREMONY"} == {"void"}


# --- snoozing -----------------------------------------------------------------------------------------------


def test_a_snoozed_deadline_is_quiet_until_its_day_and_the_reason_stays_on_the_record(desk: Desk) -> None:
    journey = awaiting_ceremony(desk)
    desk.morning(day("2022-05-11"))
    travel(desk.office, day("2022-05-11"))
    [told] = [one for one in list_notice_history(desk.office, journey.case, "vi") if one.clock == "CEREMONY"]
    snooze_deadline(desk.office, told.id, day("2022-05-20"), "Chờ đại hội chi bộ", SECRETARY)
    quiet = desk.morning(day("2022-05-18"))
    assert journey.case not in {item.case for letter in quiet.values() for item in letter.items}
    again = desk.morning(day("2022-05-20"))
    assert journey.case in {item.case for item in again[BITHU].items}
    assert verify_office(desk.office).holds


def test_a_snooze_that_somebody_changed_by_hand_is_found(desk: Desk) -> None:
    import sqlalchemy as sa

    journey = awaiting_ceremony(desk)
    desk.morning(day("2022-05-11"))
    travel(desk.office, day("2022-05-11"))
    [told] = [one for one in list_notice_history(desk.office, journey.case, "vi") if one.clock == "CEREMONY"]
    snooze_deadline(desk.office, told.id, day("2022-05-20"), "Chờ đại hội chi bộ", SECRETARY)
    with desk.office.database.transaction() as work:
        work.connection.execute(sa.update(SNOOZES).values(until=day("2032-05-20")))
    assert [one.code for one in verify_office(desk.office).broken] == ["row_differs"]


# --- what doors show ----------------------------------------------------------------------------------------


def test_each_case_says_who_was_told_what_when_and_whether_it_went_out(desk: Desk) -> None:
    journey = awaiting_ceremony(desk)
    desk.morning(day("2022-05-11"))
    report = load_case_report(desk.office, journey.case, "vi")
    [told] = [one for one in report.told if one.clock == "CEREMONY"]
    assert (told.user, told.step, told.swept_on, told.state) == (
        BITHU,
        "-14d",
        day("2022-05-11"),
        "in_outbox",
    )
    assert told.about == "Tổ chức lễ kết nạp"


def test_a_letter_in_the_outbox_can_be_read(desk: Desk) -> None:
    journey = awaiting_ceremony(desk)
    desk.morning(day("2022-05-11"))
    [letter] = list_letters(desk.office, users=[BITHU])
    shown = letter.content
    assert shown is not None
    assert shown.to == "bithu@xa.example"
    assert journey.case in shown.text
    assert "Nguyễn Văn An" not in shown.text
    assert HEADS[PLAIN] not in shown.text


def test_the_letter_lies_sealed_in_the_database(desk: Desk) -> None:
    journey = awaiting_ceremony(desk)
    desk.morning(day("2022-05-11"))
    stored = desk.office.database.file
    assert stored is not None
    desk.office.database.close()
    held = b"".join(file.read_bytes() for file in stored.parent.glob(stored.name + "*"))
    assert b"bithu@xa.example" not in held
    assert journey.case.encode() in held
