"""A village without a committee: what the rules give to the committee is then the deciding level's."""

from datetime import date

import pytest

from tests.cases.test_class_and_leave import kinds
from tests.journeys.land import (
    DISTRICT,
    DISTRICT_OFFICER,
    LAST_OF_DISTRICT,
    OFFICER,
    PLAIN,
    SECRETARY,
    STRAIGHT,
    Journey,
    begin,
    proven,
    travel,
    writing,
)
from tests.reading import ask, list_cases
from tests.reminders.scene import give_addresses
from workflow.board.case_list import list_open_cases
from workflow.board.due_soon import list_due_clocks
from workflow.board.funnel import count_waiting
from workflow.board.snapshot.snapshot import BoardFilter
from workflow.cases.commands.advance import ActRefused
from workflow.cases.document_number_queries import list_book_numbers
from workflow.cases.views.my_work import MyWork
from workflow.dossier.dossier_paper import DossierPaper
from workflow.dossier.papers import Dossier
from workflow.office import Office
from workflow.register.permissions import get_access
from workflow.reminders.notices.recipients import RecipientFinder

SPRING, AUTUMN = date(2022, 1, 4), date(2025, 10, 1)


@pytest.fixture
def office(land: Office) -> Office:
    travel(land, date(2022, 3, 31))
    return land


def own_work(office: Office, user: str, day: date) -> list[str]:
    """The cases whose turn is a user's."""
    snapshot = office.read_snapshot()
    access = get_access(snapshot, user, day, office.rulebook.edition_on("admission", day))
    with office.database.read_transaction() as connection:
        return [item.case for item in MyWork(office, access, connection).list_own("vi")]


def readers(office: Office, village: str, day: date) -> list[str]:
    """Who is told that it is the committee's turn in a village's case."""
    edition = office.rulebook.edition_on("admission", day)
    with office.database.transaction() as work:
        finder = RecipientFinder(office, work, office.read_snapshot(), day)
        return [reader.user for reader in finder.find_readers(edition, village, "committee", "turn")]


# --- straight under the district, before 1/7/2025 -----------------------------------------------------------


def test_straight_under_the_district_its_officer_concludes_the_verification(office: Office) -> None:
    journey = begin(office, STRAIGHT, SPRING).to("verification")
    journey.record("send_verification_letter", journey.on(51))
    journey.record("verification_received", journey.on(60))
    with pytest.raises(ActRefused) as refused:
        journey.advance("conclude_verification", journey.on(65), OFFICER)
    assert [reason.code for reason in refused.value.reasons if reason.effect == "refuse"] == ["ROLE"]
    assert "Ban thường vụ" in refused.value.reasons[0].text.vi
    assert journey.advance("conclude_verification", journey.on(65), DISTRICT_OFFICER).after == "opinions"
    proven(office)


def test_the_page_the_work_list_and_the_letters_name_the_same_organ(office: Office) -> None:
    give_addresses(office)
    straight, plain = (begin(office, village, SPRING).to("verification") for village in (STRAIGHT, PLAIN))
    today = date(2022, 3, 31)
    assert (straight.view().state.turn, plain.view().state.turn) == ("authority", "committee")
    letter = straight.record("send_verification_letter", straight.on(51))
    assert not letter.warnings
    assert straight.clock("VERIF_REPLY").organ == "authority"
    assert own_work(office, DISTRICT_OFFICER.by, today) == [straight.case]
    assert own_work(office, OFFICER.by, today) == [plain.case]
    assert readers(office, STRAIGHT, today) == [DISTRICT_OFFICER.by]
    assert readers(office, PLAIN, today) == [OFFICER.by]


def test_the_board_counts_a_case_with_the_organ_whose_turn_it_is_in_its_line(office: Office) -> None:
    straight, plain = (begin(office, village, SPRING).to("verification") for village in (STRAIGHT, PLAIN))
    for organ, journey in (("authority", straight), ("committee", plain)):
        listed = ask(office, list_open_cases, "vi", BoardFilter(turn=organ))
        assert [(row.case, row.turn) for row in listed.rows] == [(journey.case, organ)]
        assert listed.total == 1
    waits = ask(office, count_waiting, "vi")
    assert {one.turn: one.open for one in waits.organs if one.open} == {"authority": 1, "committee": 1}
    straight.record("send_verification_letter", straight.on(51))
    span = (date(2022, 3, 1), date(2022, 12, 31))
    due = ask(office, list_due_clocks, "vi", span=span).rows
    assert {clock.organ for clock in due if clock.name == "VERIF_REPLY"} == {"authority"}
    assert {row.case: row.turn for row in list_cases(office)} == {
        straight.case: "authority",
        plain.case: "committee",
    }


def test_its_numbers_stand_in_the_book_of_the_district(office: Office) -> None:
    since = date(2020, 5, 1)
    with writing(office) as books:
        books.add_row("terms", since, unit_id=DISTRICT)
    begin(office, STRAIGHT, SPRING).to("verification").advance(
        "conclude_verification", date(2022, 3, 21), report_no="7-BC/HU", places_asked=0, places_answered=0
    )
    with office.database.transaction() as work:
        rows = list_book_numbers(work, DISTRICT, "BC/HU", since, None)
    assert [(row.number, row.on_day) for row in rows] == [(7, date(2022, 3, 21))]
    proven(office)


# --- the ordinary village since 1/7/2025 --------------------------------------------------------------------


def test_since_july_2025_the_commune_does_all_that_a_committee_did(office: Office) -> None:
    travel(office, date(2026, 3, 31))
    journey = begin(office, PLAIN, AUTUMN).to("ceremony")
    assert "committee_meeting" not in {acted.after for acted in journey.acted}
    assert "conclude_verification" in kinds(journey)
    assert not any(paper.code == "8-KNĐ" for paper in _papers(journey))
    proven(office)


def _papers(journey: Journey) -> list[DossierPaper]:
    with journey.office.database.read_transaction() as connection:
        dossier = Dossier(journey.office, connection, journey.case)
        return [*dossier.papers, *dossier.other_papers]


def test_no_act_of_a_case_without_a_committee_waits_for_one(office: Office) -> None:
    travel(office, date(2026, 3, 31))
    journey = begin(office, PLAIN, AUTUMN).to("verification")
    view = journey.view()
    assert "committee" not in {act.organ for act in view.acts}
    assert {clock.organ for clock in view.clocks} <= {"branch", "authority"}
    assert own_work(office, OFFICER.by, date(2026, 3, 31)) == [journey.case]
    assert own_work(office, SECRETARY.by, date(2026, 3, 31)) == []


def test_a_late_report_of_june_finds_the_committee_of_june(office: Office) -> None:
    travel(office, date(2025, 7, 10))
    journey = begin(office, PLAIN, date(2025, 4, 1)).to("verification")
    assert journey.view().state.turn == "authority"
    last = journey.advance(
        "conclude_verification", LAST_OF_DISTRICT, OFFICER, places_answered=0, places_asked=0
    )
    assert last.after == "opinions"
    proven(office)
