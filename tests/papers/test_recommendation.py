"""A sponsor's recommendation bears the day of the pair, and the official day by the register."""

from datetime import date

from tests.journeys.land import (
    BAO,
    HEADS,
    LAST_OF_DISTRICT,
    OFFICER,
    PARTED,
    PLAIN,
    SECRETARY,
    TRO,
    Journey,
    begin,
    travel,
)
from workflow.cases.commands.people_facts import change_person, set_membership, set_together
from workflow.dossier.print_papers import write_papers
from workflow.office import Office
from workflow.register.acts import ChangePerson, SetMembership, SetTogether

START = date(2022, 1, 4)


def print_recommendations(journey: Journey) -> list[str]:
    """The recommendation of each sponsor of a case."""
    papers = write_papers(journey.office, journey.case, "3-KNĐ", "html", SECRETARY)
    return [paper.content.decode() for paper in papers]


def test_the_same_sponsor_recommends_two_candidates_with_two_days(sqlite_land: Office) -> None:
    travel(sqlite_land, LAST_OF_DISTRICT)
    first, second = (begin(sqlite_land, village, START).to("branch_meeting") for village in (PLAIN, PARTED))
    set_together(
        sqlite_land, SetTogether(person=BAO, candidate=HEADS[PARTED], since=date(2017, 4, 9)), OFFICER
    )
    assert "01/01/2010" in print_recommendations(first)[0]
    assert "09/04/2017" in print_recommendations(second)[0]
    assert "01/01/2010" not in print_recommendations(second)[0]


def test_the_official_day_is_the_stated_one_while_the_register_knows_a_member(sqlite_land: Office) -> None:
    travel(sqlite_land, LAST_OF_DISTRICT)
    journey = begin(sqlite_land, PLAIN, START).to("branch_meeting")
    assert "01/01/2005" in print_recommendations(journey)[1]
    change_person(sqlite_land, ChangePerson(person=TRO, details={"official_since": "03/02/2006"}), OFFICER)
    assert "03/02/2006" in print_recommendations(journey)[1]
    set_membership(sqlite_land, SetMembership(person=TRO, status="none", since=date(2021, 6, 1)), OFFICER)
    assert "03/02/2006" not in print_recommendations(journey)[1]
