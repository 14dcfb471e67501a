"""A document's number out of the branch's own book: once in a term, a gap mentioned, anew with the next
term.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta

import pytest

from states.vocabulary import Person
from tests.journeys.fixtures import land as land
from tests.journeys.fixtures import land_template as land_template
from tests.journeys.fixtures import sqlite_land as sqlite_land
from tests.journeys.land import (
    OFFICER,
    PARTED,
    PLAIN,
    SECRETARY,
    Journey,
    begin,
    opened,
    proven,
    travel,
    usual,
    writing,
)
from workflow.cases import document_number_queries
from workflow.cases.commands.advance import ActRefused, advance_case
from workflow.cases.commands.correct import correct_event
from workflow.cases.commands.open import open_case
from workflow.cases.document_numbers import parse_number
from workflow.core.input import InvalidInput
from workflow.office import Office
from workflow.register.acts import BeginTerm
from workflow.register.commands.units import begin_term
from workflow.register.views.places import list_terms

START, TODAY = date(2022, 1, 4), date(2022, 12, 30)
TERM = date(2021, 6, 1)


@pytest.fixture
def numbered(land: Office) -> Journey:
    """A case in a village whose branch's term is known, before the nomination."""
    travel(land, TODAY)
    begin_term(land, BeginTerm(unit=PLAIN, on=TERM), SECRETARY)
    return begin(land, PLAIN, START)


def nominate(office: Office, case: str, day: date, number: str) -> list[str]:
    fields = usual("nominate", day) | {"resolution_no": number}
    done = advance_case(office, case, "nominate", day, SECRETARY, fields)
    return [one.code for one in done.warnings]


def taken(office: Office) -> list[tuple[str, int]]:
    with office.database.read_transaction() as connection:
        held = document_number_queries.load_numbers_by_case(connection)
    return sorted((str(row["mark"]), int(str(row["number"]))) for rows in held.values() for row in rows)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("06-NQ/CB", (6, "NQ/CB")),
        (" 6 - nq/cb ", (6, "NQ/CB")),
        ("217/QĐ-HU", (217, "QĐ-HU")),
        ("số 6", None),
        ("", None),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, said: tuple[int, str] | None) -> None:
    assert parse_number(typed) == said


def propose(office: Office, journey: Journey, number: str) -> list[str]:
    """The branch's resolution in a village whose nomination bears 01-NQ/CB."""
    day = journey.on(85)
    fields = usual("branch_proposes", day) | {"resolution_no": number}
    return [
        one.code
        for one in advance_case(office, journey.case, "branch_proposes", day, SECRETARY, fields).warnings
    ]


def test_a_number_given_twice_in_a_term_is_refused_with_its_source(land: Office, numbered: Journey) -> None:
    numbered.to("branch_meeting")
    with pytest.raises(ActRefused) as refused:
        propose(land, numbered, "1-NQ/CB")
    [reason] = [one for one in refused.value.reasons if one.code == "NUMBER_ONCE"]
    assert reason.verified
    assert "36-HD/VPTW" in (reason.citation.vi if reason.citation else "")
    assert propose(land, numbered, "02-NQ/CB") == []
    proven(land)


def test_a_gap_is_mentioned_and_refuses_nothing(land: Office, numbered: Journey) -> None:
    numbered.to("branch_meeting")
    assert propose(land, numbered, "09-NQ/CB") == ["NUMBER_FOLLOWS"]
    proven(land)


def test_with_a_new_term_numbers_begin_anew(land: Office, numbered: Journey) -> None:
    numbered.to("branch_meeting")
    begin_term(land, BeginTerm(unit=PLAIN, on=numbered.on(20)), SECRETARY)
    assert propose(land, numbered, "01-NQ/CB") == []
    assert [(one.from_, one.to) for one in list_terms(land)] == [
        (numbered.on(20), None),
        (TERM, numbered.on(20) - timedelta(days=1)),
    ]
    proven(land)


def test_where_no_term_is_known_nothing_is_said(land: Office) -> None:
    travel(land, TODAY)
    journey = begin(land, PARTED, START)
    assert nominate(land, journey.case, journey.on(10), "05-NQ/CB") == []
    assert taken(land) == [("NQ/CB", 5)]


def test_a_corrected_number_leaves_the_old_one_free(land: Office, numbered: Journey) -> None:
    nominate(land, numbered.case, numbered.on(10), "05-NQ/CB")
    by = OFFICER.by
    correct_event(
        land, numbered.case, 2, SECRETARY, {"resolution_no": "04-NQ/CB"}, reason="Ghi nhầm", allowed_by=by
    )
    assert taken(land) == [("NQ/CB", 4)]
    proven(land)


def test_a_number_changed_in_the_database_is_found_by_the_proof(land: Office, numbered: Journey) -> None:
    nominate(land, numbered.case, numbered.on(10), "05-NQ/CB")
    with land.database.transaction() as work:
        work.connection.exec_driver_sql("UPDATE numbers SET number = 6")
    from workflow.operations.verify.verify import verify_office

    assert [one.code for one in verify_office(land).broken] == ["numbers_differ"]


def test_a_term_cannot_begin_before_the_one_that_runs(land: Office) -> None:
    travel(land, TODAY)
    begin_term(land, BeginTerm(unit=PLAIN, on=date(2022, 6, 1)), SECRETARY)
    with pytest.raises(InvalidInput):
        begin_term(land, BeginTerm(unit=PLAIN, on=date(2022, 5, 1)), SECRETARY)
    begin_term(land, BeginTerm(unit=PLAIN, on=date(2022, 6, 1)), SECRETARY)
    assert len(list_terms(land)) == 1


def test_of_two_clerks_who_take_the_same_number_at_once_one_is_told(land: Office, numbered: Journey) -> None:
    with writing(land) as books:
        [other] = books.add_people([Person("P-BAN", "Người Ban", born=date(1985, 4, 2))])
    cases = [numbered.case, open_case(land, other, START, SECRETARY, unit=PLAIN)]
    told: list[str] = []

    def take(number: int) -> None:
        with closing(opened(land.config.path)) as office:
            try:
                told.append(",".join(nominate(office, cases[number], numbered.on(10 + number), "05-NQ/CB")))
            except ActRefused as refused:
                told.append(" ".join(one.code for one in refused.reasons))

    with ThreadPoolExecutor(2) as both:
        list(both.map(take, range(2)))
    assert sorted(told) == ["", "NUMBER_ONCE"]
    assert taken(land) == [("NQ/CB", 5)]
    proven(land)
